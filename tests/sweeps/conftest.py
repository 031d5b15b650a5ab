"""The little city, once for all questions that are asked of it."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from server.app import create_app
from server.settings import Settings
from server.sources import Sources
from tests.conftest import Clock, Server
from tests.sweeps.city_day import CityDay, live
from tests.sweeps.keeping import Kept
from tests.sweeps.keeping import kept as keep


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("sweeps") / "data"


@pytest.fixture(scope="module")
def day(data: Path) -> Iterator[CityDay]:
    """A city after one day of work. Whoever changes it brings it back."""
    clock = Clock()
    server = Server(create_app(Settings(data=data, web=None), Sources(clock=clock)), clock)
    yield live(server)
    server.engine.dispose()


@pytest.fixture(scope="module")
def kept(day: CityDay, data: Path) -> Iterator[Kept]:
    """The same, kept as it is now."""
    with keep(day.server, data, data.with_name("kept")) as made:
        yield made
