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
from sqlalchemy.exc import IntegrityError

import server
from server.settings import Settings
from server.store.database import prepare, reading, writing
from server.store.migrating import migrate
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


def test_files_go_and_come_and_take_nothing_else_along(engine: Engine) -> None:
    """0002 with rows in its tables and in those before it."""
    migrate(engine, "0002")
    with writing(engine) as connection:
        for statement in _ROWS:
            connection.exec_driver_sql(statement)
    _down(engine, "0001")
    assert not {"blob", "blob_holder", "upload"} & set(inspect(engine).get_table_names())
    migrate(engine, "0002")
    with reading(engine) as connection:
        counts = {table: connection.exec_driver_sql(f"SELECT count(*) FROM {table}").scalar() for table in _COUNTED}
    assert counts == {"attempt": 1, "blob": 0, "blob_holder": 0, "upload": 0}
    with writing(engine) as connection:
        for statement in _ROWS[1:]:
            connection.exec_driver_sql(statement)
    with pytest.raises(IntegrityError), writing(engine) as connection:
        connection.exec_driver_sql(_ROWS[-1].replace("'u'", "'another'"))


_COUNTED = ("attempt", "blob", "blob_holder", "upload")
_ROWS = (
    'INSERT INTO attempt (key, "window", "count") VALUES (\'kunci\', 1, 2)',
    "INSERT INTO blob (sha256, size, type, stored) VALUES ('ab', 50000000000, 'image/jpeg', '2026-03-02T01:00:00Z')",
    "INSERT INTO blob_holder (sha256, person_id) VALUES ('ab', 'p')",
    "INSERT INTO upload (id, person_id, device_id, case_id, attachment_id, sha256, type, length, created, expires)"
    " VALUES ('u', 'p', 'd', 'c', 'a', 'ab', 'image/jpeg', 50000000000, '2026-03-02T01:00:00Z', '2026-03-09')",
)


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
