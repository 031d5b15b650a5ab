"""The steps of the tables, each up and down, and who takes them when several processes start at once."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, Engine, text

from server.store.database import writing


def migrations() -> Config:
    """Where the steps of the tables lie."""
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parents[1] / "migrations"))
    return config


def migrate(engine: Engine, revision: str = "head") -> None:
    """Bring the database's tables to a revision."""
    config = migrations()
    with writing(engine) as connection:
        alone(connection)
        config.attributes["connection"] = connection
        command.upgrade(config, revision)


def alone(connection: Connection) -> None:
    """Several workers start at once: one goes first, the others wait and find it done, however long it takes. SQLite
    has locked already."""
    if connection.dialect.name == "postgresql":
        connection.execute(text("SET LOCAL statement_timeout = 0"))
        connection.execute(text("SET LOCAL lock_timeout = 0"))
        connection.execute(text("SELECT pg_advisory_xact_lock(hashtext('tenggat.start'))"))
        # But a step of the tables does not stand in line for long: whoever came after it would stand there too.
        connection.execute(text("SET LOCAL lock_timeout = DEFAULT"))
