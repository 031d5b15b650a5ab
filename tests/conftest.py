"""A city, a clock that only moves when told, a server of one's own, and a PostgreSQL for those who ask for one."""

import gc
import os
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cache, lru_cache
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from alembic.config import Config
from alembic.script import ScriptDirectory
from argon2 import PasswordHasher
from flask import Flask
from sqlalchemy import Engine, create_engine, text
from werkzeug.routing import Rule

from client.store import database as device_database
from schemas.catalogue.load import city_folder, load_city
from schemas.catalogue.model import City
from server.access import devices, passwords
from server.access.staff import add_staff
from server.app import create_app
from server.domain.calendar import Calendar, CalendarRules
from server.services import EXTENSION, Services
from server.settings import Settings
from server.sources import Sources
from server.store import database
from server.store.database import prepare, writing
from server.store.migrating import migrate
from server.store.models import Base
from tests.postgres import Cluster
from tests.postgres import cluster as postgresql

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
    patch.setattr(passwords, "_hasher", PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))
    yield
    patch.undo()


DURABLE = database.PRAGMAS
"""What a server's connections to SQLite are told where it matters that a power cut loses nothing."""


@pytest.fixture(scope="session", autouse=True)
def no_power_cuts() -> Iterator[None]:
    """Processes die in tests, machines do not: what was written, the operating system has. Waiting for the disk, some
    twenty times in a test, would take nearly half of the tests' time."""
    patch = pytest.MonkeyPatch()
    for module in (database, device_database):
        others = (pragma for pragma in module.PRAGMAS if pragma != "synchronous=FULL")
        patch.setattr(module, "PRAGMAS", ("synchronous=OFF", *others))
    patch.setattr(os, "fsync", lambda _descriptor: None)
    yield
    patch.undo()


@pytest.fixture(scope="session", autouse=True)
def one_reading_of_a_city() -> Iterator[None]:
    """A city's folder is read once and not for each of hundreds of servers; a city never changes once it is read."""
    patch = pytest.MonkeyPatch()
    patch.setattr("server.opening.load_city", lru_cache(load_city))
    yield
    patch.undo()


@pytest.fixture(scope="session", autouse=True)
def one_reading_of_the_steps() -> Iterator[None]:
    """The steps of the tables likewise: files that each server reads for nothing but the newest's name."""
    patch = pytest.MonkeyPatch()
    read, found = ScriptDirectory.from_config, dict[str | None, ScriptDirectory]()

    def once(config: Config) -> ScriptDirectory:
        where = config.get_main_option("script_location")
        if where not in found:
            found[where] = read(config)
        return found[where]

    patch.setattr(ScriptDirectory, "from_config", once)
    yield
    patch.undo()


@pytest.fixture(scope="session", autouse=True)
def addresses_when_asked_for() -> Iterator[None]:
    """What makes a route's address is compiled when somebody first wants that address: for all routes of each server it
    took a third of a short test."""
    patch = pytest.MonkeyPatch()
    compiled = Rule._compile_builder

    def later(rule: Rule, append_unknown: bool = True) -> Callable[..., tuple[str, str]]:
        made = cache(lambda: compiled(rule, append_unknown))
        return lambda bound, **values: made()(bound, **values)

    patch.setattr(Rule, "_compile_builder", later)
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
    told: tuple[str, ...] = ()
    """How `tenggat-server` is told of this one: the options before a command."""
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

    def everything(self) -> str:
        """All that lies in the database, as text."""
        tables = Base.metadata.sorted_tables
        with self.engine.connect() as connection:
            return "\n".join(
                f"{table.name} {tuple(row)!r}" for table in tables for row in connection.execute(table.select())
            )

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
def make_server(tmp_path: Path, clock: Clock, homes: Callable[[str], str | None]) -> Iterator[Callable[..., Server]]:
    """Makes servers: each with a database of its own by its name, or on one that is given by URL."""
    made: list[Server] = []

    def make(
        name: str = "data",
        city: str = "semarang",
        database: str | None = None,
        web: Path | None = None,
        proxies: int = 0,
    ) -> Server:
        # Without the web app unless one is given, whether or not it was built here.
        database = database or homes(name)
        settings = Settings(city=city, data=tmp_path / name, database=database, web=web, proxies=proxies)
        app = create_app(settings, Sources(clock=clock))
        told = ("--data", str(settings.data), *(("--database", database) if database else ()))
        made.append(Server(app, clock, told))
        return made[-1]

    yield make
    for server in made:
        server.engine.dispose()


@pytest.fixture
def server(make_server: Callable[..., Server]) -> Server:
    """A server with an empty database."""
    return make_server()


@pytest.fixture(scope="session")
def cluster() -> Iterator[Cluster]:
    """A real PostgreSQL, stopped and deleted at the end."""
    with postgresql() as made:
        yield made


@pytest.fixture(scope="session")
def postgres(cluster: Cluster) -> str:
    """The URL of its own first database."""
    return cluster.url


@pytest.fixture
def postgres_url(postgres: str, cluster: Cluster, request: pytest.FixtureRequest) -> Iterator[str]:
    """The URL of an empty database of this test's own."""
    name = f"test_{abs(hash(request.node.nodeid)):x}"
    yield cluster.make(name)
    cluster.drop(name)


@pytest.fixture(scope="session")
def tables(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A file of SQLite with this program's tables and nothing in them: copied, where making it takes 30 times as
    long."""
    path = tmp_path_factory.mktemp("tables") / "tenggat.sqlite3"
    engine = create_engine(f"sqlite:///{path}")
    prepare(engine)
    migrate(engine)
    engine.dispose()
    return path


@pytest.fixture
def homes(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Callable[[str], str | None]]:
    """Where servers stand that no database was given to: by name, the URL of one on PostgreSQL where the tests run on
    that, None for a file in the folder of that name; with tables and nothing in them the first time."""
    made: dict[str, str] = {}

    def on_postgres(name: str) -> str:
        if name not in made:
            database = f"{name}_{abs(hash(request.node.nodeid)):x}"
            made[name] = request.getfixturevalue("cluster").make_with_tables(database)
        return made[name]

    def on_a_file(name: str) -> None:
        path = tmp_path / name / "tenggat.sqlite3"
        if not path.exists():
            path.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(request.getfixturevalue("tables"), path)

    on_file = request.config.getoption("database") == "sqlite" or request.node.get_closest_marker("sqlite")
    yield on_a_file if on_file else on_postgres
    for url in made.values():
        request.getfixturevalue("cluster").drop(url.partition("?")[0].rpartition("/")[2])


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--database",
        choices=["sqlite", "postgres"],
        default="sqlite",
        help="what servers stand on where a test does not say",
    )
    parser.addoption("--long", action="store_true", help="only what `make thorough` runs, too long for every time")


def pytest_configure(config: pytest.Config) -> None:
    # A command's process ends with its connections; in these tests that process is ours.
    config.addinivalue_line("filterwarnings", "ignore:.*psycopg.Connection.*was deleted:ResourceWarning")
    config.addinivalue_line("markers", "long: more of what another test shows, run by `make thorough`")
    config.addinivalue_line("markers", "sqlite: about the file of SQLite itself, whatever all others run on")


def pytest_collection_finish() -> None:
    """What was brought in until now stays until the end, a million objects: nobody looks through them again and again
    for what could be thrown away."""
    gc.collect()
    gc.freeze()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Whatever needs a PostgreSQL runs in one worker, so that only one is started; but where everything does, each
    worker has its own. Tests that share what was made for their module run in one worker too: it is made once."""
    config = items[0].config if items else None
    if config is not None:
        wanted = config.getoption("long")
        other = [item for item in items if (item.get_closest_marker("long") is not None) is not wanted]
        if other:
            config.hook.pytest_deselected(items=other)
            items[:] = [item for item in items if item not in set(other)]
    for item in items:
        if "cluster" in getattr(item, "fixturenames", ()) and item.config.getoption("database") == "sqlite":
            item.add_marker(pytest.mark.xdist_group("postgres"))
        elif item.get_closest_marker("xdist_group") is None and _shares(item):
            item.add_marker(pytest.mark.xdist_group(item.nodeid.partition("::")[0]))


def _shares(item: pytest.Item) -> bool:
    known = getattr(item, "_fixtureinfo", None)
    return known is not None and any(made[-1].scope == "module" for made in known.name2fixturedefs.values())
