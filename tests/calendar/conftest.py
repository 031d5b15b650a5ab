from collections.abc import Callable
from datetime import date
from typing import Any

import msgspec
import pytest

from schemas.catalogue.model import Override
from schemas.ledger import Ledger
from schemas.text import Text
from tests.api.device import Device
from tests.conftest import Server

CLOSED = Override(date(2026, 3, 17), "closed", Text("Banjir rob", "Tidal flood"), "SK Wali Kota 9/2026")
"""The day after the one on which tests file, and before Lebaran."""


@pytest.fixture(params=["sqlite", "postgresql"])
def servers(request: pytest.FixtureRequest, make_server: Callable[..., Server]) -> tuple[Server, Server]:
    """Two processes' worth of one city: two applications on one database."""
    url = request.getfixturevalue("postgres_url") if request.param == "postgresql" else None
    return make_server(database=url), make_server(database=url)


def limits(device: Device, case: str) -> dict[str, Ledger]:
    """A case's limits by their code, as its device has them."""
    found: Any = msgspec.convert(device.held[case]["limits"], tuple[Ledger, ...])
    return {ledger.limit: ledger for ledger in found}
