"""A city's tables from one database into another, row by row, in one unchanging view of the first.

A backup is always SQLite, whatever the city runs on. So one way of looking at a backup serves both, no program of
PostgreSQL's own version is needed to take or bring back one, and a city can move from the one to the other.
"""

import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

from sqlalchemy import Connection, Engine, Integer, Table, func, insert, select

from server.store.database import reading, writing
from server.store.models import Base

BATCH = 2_000

Told = Callable[[str, int], None]
"""Hears of a table and how many of its rows were copied so far."""


def silent(_table: str, _rows: int) -> None:
    """Nobody listens."""


def snapshot(source: str, target: Path) -> None:
    """Copy an SQLite file while others write to it. One step holds one view of it; writers go on in their log."""
    with closing(sqlite3.connect(source, timeout=15)) as old, closing(sqlite3.connect(target)) as new:
        old.backup(new)
    one_file(target)


def one_file(path: Path) -> None:
    """Make of a database and its log one file, with nothing beside it that could be forgotten."""
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute("PRAGMA journal_mode=DELETE")


def copy(source: Engine, target: Engine, told: Told = silent) -> None:
    """All rows of all tables, into a database that has the same tables, empty."""
    with reading(source) as old, writing(target) as new:
        copy_rows(old, new, told)


def copy_rows(old: Connection, new: Connection, told: Told = silent) -> None:
    """The same within two transactions."""
    for table in Base.metadata.sorted_tables:
        _copy(old, new, table, told)
        _go_on_counting(new, table)


def _copy(old: Connection, new: Connection, table: Table, told: Told) -> None:
    rows = old.execution_options(stream_results=True, yield_per=BATCH).execute(select(table))
    done = 0
    for batch in rows.mappings().partitions():
        new.execute(insert(table), [dict(row) for row in batch])
        done += len(batch)
        told(table.name, done)


def _go_on_counting(new: Connection, table: Table) -> None:
    """PostgreSQL's own counters know nothing of rows that brought their numbers along."""
    key = table.autoincrement_column
    if new.dialect.name != "postgresql" or key is None or not isinstance(key.type, Integer):
        return
    sequence = new.execute(select(func.pg_get_serial_sequence(f'"{table.name}"', key.name))).scalar()
    highest = new.execute(select(func.max(key))).scalar()
    if sequence and highest:
        new.execute(select(func.setval(sequence, highest)))
