"""Every step of the tables down and up again, on both databases, with something in every table.

What the older tables have comes through each step as it was, and after the longest way down and up the city works.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Engine

from server.app import create_app
from server.settings import Settings
from server.sources import Sources
from server.store.database import writing
from server.store.migrating import migrate, migrations
from server.store.models import Base
from tests.api.device import new_id
from tests.api.sending import Sender
from tests.conftest import Clock, Server
from tests.sweeps.city_day import CityDay, live
from tests.sweeps.filling import empty, fill
from tests.sweeps.shape import contents_of, lost, shape_of

REVISIONS = [script.revision for script in ScriptDirectory.from_config(migrations()).walk_revisions()]
"""The newest first."""

TRANSFORMED: dict[str, str] = {}
"""Revisions that change what older tables have, and why that loses nothing."""


@dataclass
class Lived:
    """A city after a day of work, and where it stands."""

    day: CityDay
    settings: Settings

    @property
    def engine(self) -> Engine:
        return self.day.server.engine

    def down(self, revision: str) -> None:
        config = migrations()
        with writing(self.engine) as connection:
            config.attributes["connection"] = connection
            command.downgrade(config, revision)

    def fill(self) -> None:
        with writing(self.engine) as connection:
            fill(connection)

    def started_again(self) -> Server:
        """The program of today on what is there."""
        clock = self.day.server.clock
        return Server(create_app(self.settings, Sources(clock=clock)), clock)


@pytest.fixture(params=["sqlite", "postgresql"])
def lived(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Lived]:
    """One on each kind of database."""
    url = request.getfixturevalue("postgres_url") if request.param == "postgresql" else None
    clock, settings = Clock(), Settings(data=tmp_path / "data", database=url, web=None)
    made = Lived(live(Server(create_app(settings, Sources(clock=clock)), clock)), settings)
    yield made
    made.engine.dispose()


def test_every_step_down_and_up_with_something_in_every_table(lived: Lived) -> None:
    engine = lived.engine
    assert len(REVISIONS) >= 8
    for revision, older in zip(REVISIONS, [*REVISIONS[1:], "base"], strict=True):
        lived.fill()
        with engine.connect() as connection:
            assert not empty(connection), "something in every table and column"
        shape, before = shape_of(engine), contents_of(engine)
        lived.down(older)
        below, after = shape_of(engine), contents_of(engine)
        if revision not in TRANSFORMED:
            assert not lost(before, after, after), f"{revision} takes along what is not its own"
        migrate(engine, revision)
        assert _difference(shape_of(engine), shape) == {}, f"{revision} does not come back as it was"
        assert not lost(after, contents_of(engine), after), f"{revision} changes what was there before it"
        lived.fill()
        lived.down(older)
        assert _difference(shape_of(engine), below) == {}, f"{revision} leaves something behind"
    assert set(contents_of(engine)) == set()
    migrate(engine)
    assert _differs_from_models(engine) == []


def _difference(now: dict[str, object], was: dict[str, object]) -> dict[str, tuple[object, object]]:
    return {name: (was.get(name), now.get(name)) for name in now | was if now.get(name) != was.get(name)}


def _differs_from_models(engine: Engine) -> list[object]:
    with engine.connect() as connection:
        # On SQLite Alembic takes an empty default for none.
        defaults = engine.dialect.name == "postgresql"
        options = {"compare_type": True, "compare_server_default": defaults, "render_as_batch": True}
        return list(compare_metadata(MigrationContext.configure(connection, opts=options), Base.metadata))


def test_the_models_are_what_the_newest_step_makes_where_a_city_has_lived(lived: Lived) -> None:
    assert _differs_from_models(lived.engine) == []
    with writing(lived.engine) as connection:
        connection.exec_driver_sql("ALTER TABLE attempt ADD COLUMN stray INTEGER")
    assert len(_differs_from_models(lived.engine)) == 1, "and a difference would be seen"


def test_a_city_works_on_after_the_whole_way_down_and_up(lived: Lived) -> None:
    """From the first step of all: cases and their numbers, people and passwords, scopes and the feed were in it."""
    held = dict(lived.day.devices["owner"].held)
    lived.down(REVISIONS[-1])
    server = lived.started_again()
    try:
        _works(server, lived.day, held)
    finally:
        server.engine.dispose()


def _works(server: Server, day: CityDay, held: dict[str, object]) -> None:
    browser = server.app.test_client()
    tracked = browser.get(f"/api/v1/track/{day.number}?code={day.code}")
    assert (tracked.status_code, tracked.get_json()["stage"]) == (200, "survey")
    for name in ("owner", "front desk", "guest"):
        device = day.devices[name]
        device.app, device.cursor = server.app, None
        device.held.clear()
        device.pull()
    owner = day.devices["owner"]
    assert owner.held == held
    case = new_id()
    drafted = {"service": "krk", "set": {"name": "Warga"}}
    assert owner.exchange(owner.command("case.edit", case, drafted)).result["status"] == "applied"
    assert case in owner.held
    # The bytes lie in the folder, and who has them was of a later step: they are sent once more.
    files = Sender(owner)
    begun = files.create(day.draft, day.waiting)
    assert begun.status_code == 201, begun.get_data()


def test_making_up_values_names_a_type_that_it_does_not_know(make: Callable[[str], Engine]) -> None:
    engine = make("strange")
    with writing(engine) as connection:
        connection.exec_driver_sql("CREATE TABLE strange (n INTEGER PRIMARY KEY, at TIMESTAMP)")
    with pytest.raises(AssertionError, match="say in tests/sweeps/filling"), writing(engine) as connection:
        fill(connection)


@pytest.fixture
def make(tmp_path: Path) -> Callable[[str], Engine]:
    """An empty file of SQLite by its name."""
    from sqlalchemy import create_engine

    from server.store.database import prepare

    def made(name: str) -> Engine:
        engine = create_engine(f"sqlite:///{tmp_path / name}.sqlite3")
        prepare(engine)
        return engine

    return made
