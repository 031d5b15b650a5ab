from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient

from tests.conftest import Server

from .device import Device

Make = Callable[..., Device]


@pytest.fixture
def read_to_the_end(monkeypatch: pytest.MonkeyPatch) -> None:
    """Answers are read and closed at once, as real servers do: what is done with the last byte is done by then."""
    opened = FlaskClient.open

    def read(self: FlaskClient, *args: Any, **options: Any) -> Any:
        return opened(self, *args, **{"buffered": True} | options)

    monkeypatch.setattr(FlaskClient, "open", read)


@pytest.fixture
def guest(server: Server) -> Device:
    """A citizen's phone, never signed in."""
    return Device(server.app)


@pytest.fixture
def staff(server: Server) -> Make:
    """Makes devices of staff: roles, and scopes where they are not the planning office's."""

    def make(*roles: str, scopes: tuple[str, ...] = ("office:distaru",)) -> Device:
        return Device(server.app, server.staff(*roles, scopes=scopes)[1], guest=False)

    return make
