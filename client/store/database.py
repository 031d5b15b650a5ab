"""Opening the device's file, and its transactions."""

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib.resources import files
from pathlib import Path

from sync.errors import TenggatError

STEPS = ("schema.sql", "files.sql")
"""What brings a file from user_version n to n + 1. Steps are appended and never edited. The outbox's columns stay
readable by every later version: no step may lose a waiting command."""


class StoreBroken(TenggatError):
    """The file cannot be used: damaged, or made by a newer version of this program."""

    code = "store_broken"


Connect = Callable[[Path], sqlite3.Connection]


def connect(path: Path) -> sqlite3.Connection:
    """A connection that survives a power cut (WAL, synchronous=FULL) and begins transactions only when told."""
    connection = sqlite3.connect(path, isolation_level=None, timeout=15, check_same_thread=False)
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "cache_size=-16000"):
        connection.execute(f"PRAGMA {pragma}")
    return connection


def open_file(path: Path, opener: Connect = connect) -> sqlite3.Connection:
    """The device's database, made or brought up to date. `StoreBroken` says what to do where that is impossible."""
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        connection = opener(path)
        connection.row_factory = sqlite3.Row
        _upgrade(connection)
    except sqlite3.DatabaseError as error:
        raise StoreBroken(f"{path} cannot be opened ({error}); copy it to a safe place before anything else") from error
    return connection


def _upgrade(connection: sqlite3.Connection) -> None:
    with transaction(connection):
        version = connection.execute("PRAGMA user_version").fetchone()[0]
        if version > len(STEPS):
            raise StoreBroken("this file was made by a newer version of Tenggat; update the program")
        for number, name in enumerate(STEPS[version:], version + 1):
            script = files("client.store").joinpath(name).read_text("utf-8")
            for statement in _statements(script):
                connection.execute(statement)
            connection.execute(f"PRAGMA user_version = {number}")


def _statements(script: str) -> Iterator[str]:
    # executescript() would commit the transaction that we are in.
    pending = ""
    for line in script.splitlines(keepends=True):
        pending += line
        if sqlite3.complete_statement(pending):
            yield pending
            pending = ""


@contextmanager
def transaction(connection: sqlite3.Connection) -> Iterator[sqlite3.Connection]:
    """All or nothing. Inside another one it simply belongs to it."""
    if connection.in_transaction:
        yield connection
        return
    connection.execute("BEGIN IMMEDIATE")
    try:
        yield connection
        connection.execute("COMMIT")
    except BaseException:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise
