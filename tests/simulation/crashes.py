"""Processes that die between any two SQL statements, and what they leave behind.

A death is a `Killed` raised from a statement hook. The moment it strikes, the database and its write-ahead log are
copied as they lie on the disk: exactly what the operating system still has after SIGKILL. Whatever the dying
process does while it unwinds (a rollback, a checkpoint on closing) happens to the originals, which are then
replaced by the copies. Process death is simulated, not power loss, so both sides run with synchronous=OFF.
"""

import shutil
import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any


class Killed(BaseException):
    """The process is gone. No `except Exception` of it may notice."""


PARTS = ("", "-wal")
"""The -shm file is only an index of the log, and is built anew."""


def copy_files(database: Path, to: Path) -> None:
    """The database as it lies on the disk now, into a folder."""
    to.mkdir(parents=True, exist_ok=True)
    for part in PARTS:
        source, target = Path(f"{database}{part}"), to / f"file{part}"
        target.unlink(missing_ok=True)
        if source.exists():
            shutil.copyfile(source, target)


def put_files(copy: Path, database: Path) -> None:
    """That copy in place of the database. Every connection to it must be closed."""
    for part in (*PARTS, "-shm", "-journal"):
        Path(f"{database}{part}").unlink(missing_ok=True)
    for part in PARTS:
        if (copy / f"file{part}").exists():
            shutil.copyfile(copy / f"file{part}", f"{database}{part}")


def copy_folder(folder: Path, to: Path) -> None:
    """The folder as it lies on the disk now, in place of another."""
    shutil.rmtree(to, ignore_errors=True)
    if folder.exists():
        shutil.copytree(folder, to)


class Fuse:
    """Counts statements down to a death. Until it is lit, and after it struck, it does nothing."""

    def __init__(self, database: Path, grave: Path, told: Callable[[str], None]) -> None:
        self.database = database
        self.grave = grave
        self.dead = False
        self._told = told
        self._left: int | None = None

    def light(self, statements: int) -> None:
        self._left = statements

    def douse(self) -> None:
        self._left = None

    def pause(self) -> int | None:
        """Not while others act; gives what `resume` takes."""
        left, self._left = self._left, None
        return left

    def resume(self, left: int | None) -> None:
        self._left = left

    def tick(self, statement: str) -> None:
        if self._left is None or self.dead:
            return
        self._left -= 1
        if self._left >= 0:
            return
        self._left, self.dead = None, True
        self.bury()
        self._told(" ".join(statement.split()[:3]))
        raise Killed

    def bury(self) -> None:
        """Keep what the dying process leaves, before it does anything more."""
        copy_files(self.database, self.grave)

    def rise(self) -> None:
        """A new process on what the dead one left. Its connections must be closed."""
        put_files(self.grave, self.database)
        self.dead = False


class MortalConnection(sqlite3.Connection):
    """A device's connection that may die before any statement, COMMIT among them."""

    fuse: Fuse | None = None

    def execute(self, sql: str, *values: Any) -> sqlite3.Cursor:
        if self.fuse is not None:
            self.fuse.tick(sql)
        return super().execute(sql, *values)

    def executemany(self, sql: str, *values: Any) -> sqlite3.Cursor:
        if self.fuse is not None:
            self.fuse.tick(sql)
        return super().executemany(sql, *values)


def opener(fuse: Fuse) -> Callable[[Path], sqlite3.Connection]:
    """What `client.store.database.connect` does, but mortal, and without waiting for a disk."""

    def connect(path: Path) -> sqlite3.Connection:
        connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False, factory=MortalConnection)
        for pragma in ("journal_mode=WAL", "synchronous=OFF", "foreign_keys=ON"):
            connection.execute(f"PRAGMA {pragma}")
        connection.fuse = fuse
        return connection

    return connect
