"""Where the simulated server's database lies: a file, or a PostgreSQL. Both can be kept, put back, and left behind by a
process that dies."""

from collections.abc import Callable
from pathlib import Path
from typing import Protocol

from tests.postgres import Databases
from tests.simulation.crashes import Fuse, Killed, copy_files, put_files

Told = Callable[[str], None]


class Disk(Protocol):
    """`keep` and `put` want every connection closed."""

    url: str | None

    def keep(self, name: str) -> None: ...

    def put(self, name: str) -> None: ...

    def forget(self) -> None: ...

    def fuse(self, told: Told) -> Fuse: ...


class File:
    """A file of SQLite, and copies of it beside."""

    url = None

    def __init__(self, path: Path, folder: Path) -> None:
        self.path = path
        self._folder = folder

    def keep(self, name: str) -> None:
        copy_files(self.path, self._folder / name)

    def put(self, name: str) -> None:
        put_files(self._folder / name, self.path)

    def forget(self) -> None:
        """Copies lie in the folder, and go with it."""

    def fuse(self, told: Told) -> Fuse:
        return Fuse(self.path, self._folder / "grave", told)


class Database:
    """A database on a PostgreSQL, and others made like it."""

    def __init__(self, databases: Databases, name: str) -> None:
        self._databases = databases
        self._name = name
        self._copies: set[str] = set()
        self.url = databases.make_with_tables(name)

    def keep(self, name: str) -> None:
        self._become(copy := self._copy(name), self._name)
        self._copies.add(copy)

    def put(self, name: str) -> None:
        self._become(self._name, self._copy(name))

    def forget(self) -> None:
        for name in (self._name, *self._copies):
            self._databases.drop(name)

    def fuse(self, told: Told) -> Fuse:
        return _Fuse(told, lambda: self._databases.cut(self._name))

    def _copy(self, name: str) -> str:
        return f"{self._name} {name}"

    def _become(self, one: str, other: str) -> None:
        self._databases.cut(other)
        self._databases.drop(one)
        self._databases.make(one, like=other)


class _Fuse(Fuse):
    """Of a process whose database is another process: what was committed is there when it dies, and whatever it still
    does on its way down comes to nothing."""

    def __init__(self, told: Told, cut: Callable[[], object]) -> None:
        super().__init__(Path(), Path(), told)
        self._cut = cut

    def tick(self, statement: str) -> None:
        if self.dead:
            raise Killed
        super().tick(statement)

    def bury(self) -> None:
        """Nothing lies here."""

    def rise(self) -> None:
        self._cut()
        self.dead = False
