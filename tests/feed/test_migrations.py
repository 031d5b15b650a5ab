"""Migrations: up, down and up again on both databases, ending where the models are."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Engine, create_engine, inspect

import server
from server.app import migrate
from server.settings import Settings
from server.store.database import prepare, writing
from server.store.models import Base

TABLES = {table.name for table in Base.metadata.sorted_tables}


@pytest.fixture(params=["sqlite", "postgresql"])
def engine(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Engine]:
    """An empty database of each kind."""
    url = request.getfixturevalue("postgres_url") if request.param == "postgresql" else None
    made = create_engine(Settings(data=tmp_path, database=url).database_url)
    prepare(made)
    yield made
    made.dispose()


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(Path(server.__file__).parent / "migrations"))
    return config


def _down(engine: Engine, revision: str) -> None:
    config = _config()
    with writing(engine) as connection:
        config.attributes["connection"] = connection
        command.downgrade(config, revision)


def test_every_revision_up_down_and_up_again(engine: Engine) -> None:
    revisions = [script.revision for script in ScriptDirectory.from_config(_config()).walk_revisions()][::-1]
    assert revisions
    before = "base"
    for revision in revisions:
        migrate(engine, revision)
        _down(engine, before)
        migrate(engine, revision)
        before = revision
    assert set(inspect(engine).get_table_names()) == TABLES | {"alembic_version"}
    _down(engine, "base")
    assert set(inspect(engine).get_table_names()) <= {"alembic_version"}


def _differences(engine: Engine) -> list[object]:
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True, "render_as_batch": True})
        return list(compare_metadata(context, Base.metadata))


def test_the_models_are_what_the_migrations_make(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    migrate(engine)
    assert _differences(engine) == []
    with writing(engine) as connection:
        connection.exec_driver_sql("ALTER TABLE attempt ADD COLUMN stray INTEGER")
    assert len(_differences(engine)) == 1, "and a difference would be seen"


def test_migrating_twice_changes_nothing(engine: Engine) -> None:
    migrate(engine)
    migrate(engine)
    assert _differences(engine) == []
