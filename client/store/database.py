"""Opening the device's file, its transactions, and one connection to it for each thread."""

import sqlite3
import sys
import threading
import weakref
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from importlib.resources import files
from pathlib import Path
from typing import Any

from sync.errors import TenggatError

STEPS = ("schema.sql", "files.sql", "list.sql")
"""What brings a file from user_version n to n + 1. Steps are appended and never edited. The outbox's columns stay
readable by every later version: no step may lose a waiting command."""

PRAGMAS = ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "cache_size=-16000")


class StoreBroken(TenggatError):
    """The file cannot be used: damaged, or made by a newer version of this program."""

    code = "store_broken"


class StoreClosed(TenggatError):
    """Somebody closed this store meanwhile: its profile was locked away, or the program is ending."""

    code = "store_closed"


Connect = Callable[[Path], sqlite3.Connection]


def connect(path: Path) -> sqlite3.Connection:
    """A connection that survives a power cut (WAL, synchronous=FULL) and begins transactions only when told."""
    connection = sqlite3.connect(path, isolation_level=None, timeout=15, check_same_thread=False)
    for pragma in PRAGMAS:
        connection.execute(f"PRAGMA {pragma}")
    return connection


def database_errors() -> tuple[type[Exception], ...]:
    """What a database raises: SQLite's errors, and SQLCipher's where it is in use, which are a family of their own."""
    cipher = sys.modules.get("sqlcipher3.dbapi2")
    return (sqlite3.Error, cipher.Error) if cipher else (sqlite3.Error,)


def open_file(path: Path, opener: Connect = connect) -> sqlite3.Connection:
    """The device's database, made or brought up to date. `StoreBroken` says what to do where that is impossible."""
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        connection = _with_rows(opener(path))
        _upgrade(connection)
    except database_errors() as error:
        raise StoreBroken(f"{path} cannot be opened ({error}); copy it to a safe place before anything else") from error
    return connection


class Database:
    """One file, for any number of threads: each has a connection of its own, so a list is read while an exchange is
    being stored, and nobody's statement falls into somebody else's transaction.

    A connection is closed by the thread that has it and by no other: SQLite's memory of a statement that is running in
    one thread, freed by another, takes the whole program down.
    """

    def __init__(self, path: Path, opener: Connect = connect) -> None:
        self._path, self._opener = path, opener
        self._mine = threading.local()
        # SQLite would let writers wait for each other too, but by asking again and again, and without any order.
        self._writing = threading.RLock()
        self._closed = False
        _open_here.add(self)
        self._mine.held = _Held(open_file(path, opener))

    @property
    def connection(self) -> sqlite3.Connection:
        """This thread's. `StoreClosed` once anybody has closed the store."""
        if self._closed:
            self.rest()
            raise StoreClosed("this store was closed; open the profile again")
        held: _Held | None = getattr(self._mine, "held", None)
        if held is None:
            held = self._mine.held = _Held(_with_rows(self._opener(self._path)))
        return held.connection

    @property
    def in_transaction(self) -> bool:
        return self.connection.in_transaction

    def execute(self, sql: str, values: Sequence[Any] = ()) -> sqlite3.Cursor:
        return self.connection.execute(sql, values)

    def executemany(self, sql: str, rows: Sequence[Sequence[Any]]) -> sqlite3.Cursor:
        return self.connection.executemany(sql, rows)

    @contextmanager
    def transaction(self) -> Iterator[sqlite3.Connection]:
        """All or nothing, for this thread; others wait for their turn. Inside another one it belongs to it."""
        with self._writing, transaction(self.connection) as connection:
            yield connection

    def is_of(self, path: Path) -> bool:
        """Whether it is that file, and open."""
        return not self._closed and self._path.absolute() == path.absolute()

    def rest(self) -> None:
        """Close this thread's connection; it gets another when it asks for one."""
        held: _Held | None = self._mine.__dict__.pop("held", None)
        if held is not None:
            held.connection.close()

    def close(self) -> None:
        """For everybody, once the transaction that is under way in some thread is over. This thread's connection is
        closed now, those of others when they end or next come here."""
        with self._writing:
            self._closed = True
            self.rest()


class _Held:
    """A thread's connection, closed with the thread."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self.connection = connection

    def __del__(self) -> None:
        self.connection.close()


_open_here: "weakref.WeakSet[Database]" = weakref.WeakSet()


def open_here(path: Path) -> bool:
    """Whether this process has that file open. SQLite's locks tell processes apart, and two libraries in one process
    (SQLite and SQLCipher) are one to them."""
    return any(one.is_of(path) for one in list(_open_here))


def _with_rows(connection: sqlite3.Connection) -> sqlite3.Connection:
    # SQLCipher's connections come with their own kind of row.
    if connection.row_factory is None:
        connection.row_factory = sqlite3.Row
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


@contextmanager
def reading(connection: sqlite3.Connection) -> Iterator[sqlite3.Connection]:
    """Several questions answered from one state of the file, without keeping anybody from writing."""
    if connection.in_transaction:
        yield connection
        return
    connection.execute("BEGIN")
    try:
        yield connection
    except StoreClosed:
        # This thread's connection was closed when that was found out: there is nothing to end any more.
        raise
    except BaseException:
        _end(connection)
        raise
    _end(connection)


def _end(connection: sqlite3.Connection) -> None:
    if connection.in_transaction:
        connection.execute("ROLLBACK")
