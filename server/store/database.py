"""How the server talks to its database: one file of SQLite by default, PostgreSQL by its URL.

SQLite runs in WAL with `synchronous=FULL`, so that what was acknowledged survives a power cut, and every writing
transaction begins with BEGIN IMMEDIATE: two writers wait for each other instead of failing half way.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import lru_cache
from typing import Any

from sqlalchemy import Connection, Engine, event, text
from sqlalchemy.exc import DBAPIError, IntegrityError, OperationalError

LOCK_WAIT = 15_000
"""Milliseconds to wait for another writer before giving the caller `busy`."""

WRITING = {"write": True}


def prepare(engine: Engine) -> None:
    """Set the engine's connections up for durability and for the two ways of beginning a transaction."""
    if engine.dialect.name != "sqlite":
        return

    @event.listens_for(engine, "connect")
    def connect(connection: Any, _record: object) -> None:
        # SQLAlchemy begins transactions itself, below; the driver must not.
        connection.isolation_level = None
        for pragma in (
            "journal_mode=WAL",
            "synchronous=FULL",
            "foreign_keys=ON",
            f"busy_timeout={LOCK_WAIT}",
            "cache_size=-32000",
            "mmap_size=268435456",
        ):
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        writes = connection.get_execution_options().get("write", False)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


@contextmanager
def writing(engine: Engine) -> Iterator[Connection]:
    """A transaction that writes; committed at the end, rolled back on any error."""
    with engine.connect().execution_options(**WRITING) as connection, connection.begin():
        if engine.dialect.name == "postgresql":
            connection.execute(text(f"SET LOCAL lock_timeout = '{LOCK_WAIT}ms'"))
        yield connection


@contextmanager
def reading(engine: Engine) -> Iterator[Connection]:
    """One unchanging view of the database: what is read together belongs together."""
    with engine.connect() as connection:
        if engine.dialect.name == "postgresql":
            connection = connection.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
        with connection.begin():
            yield connection


def many(connection: Connection, statement: str, rows: Sequence[Mapping[str, object]]) -> None:
    """Execute a statement with `:named` parameters once for each row, straight through the driver: on the way of a
    thousand commands, SQLAlchemy's own look at every parameter of every row costs more than the database does."""
    if connection.dialect.name == "postgresql":
        statement = _pyformat(statement)
    connection.exec_driver_sql(statement, list(rows))


@lru_cache(maxsize=64)
def _pyformat(statement: str) -> str:
    return re.sub(r":(\w+)", r"%(\1)s", statement)


def for_update(select: str, engine: Engine) -> str:
    """The statement, locking the rows it reads; SQLite has already locked the file."""
    return f"{select} FOR UPDATE" if engine.dialect.name == "postgresql" else select


def passing(error: DBAPIError) -> bool:
    """Whether trying again may help: a lock, a deadlock, a lost connection, or a row that someone else made first."""
    return isinstance(error, OperationalError | IntegrityError) or error.connection_invalidated
