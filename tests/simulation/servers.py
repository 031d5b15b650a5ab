"""The real server on a database of its own: killed, started again, backed up and restored."""

import re
import shutil
from pathlib import Path
from typing import Any

from flask import Flask
from sqlalchemy import Engine, event, text

from schemas.catalogue.load import city_folder
from server.app import create_app
from server.backup.anew import begin_anew
from server.feed import stamp
from server.services import EXTENSION, Services
from server.settings import Settings
from server.sources import Sources
from server.store.database import reading, writing
from tests.postgres import Databases
from tests.simulation.crashes import copy_folder
from tests.simulation.disks import Database, Disk, File
from tests.simulation.trace import Trace
from tests.simulation.world import World


class Server:
    """One application for all seeds of a process (it keeps no state: that is one of the things simulated), on a
    database that is put back to empty for each."""

    def __init__(self, folder: Path, databases: Databases | None = None) -> None:
        self._world: World | None = None
        self.folder = folder
        sources = Sources(
            lambda: self.world.now, lambda: self.world.new_id(), lambda: self.world.new_code(),
            lambda: self.world.new_token(),
        )  # fmt: skip
        self._world = World(0)
        city = _few_documents(folder / "city")
        data = folder / "server"
        self.disk: Disk = Database(databases, folder.name) if databases else File(data / "tenggat.sqlite3", folder)
        self.app: Flask = create_app(Settings(data=data, database=self.disk.url, city=str(city)), sources)
        self.files = data / "files"
        self.fuse = self.disk.fuse(lambda _: None)
        if not databases:
            event.listen(self.engine, "connect", _hasten)
        event.listen(self.engine, "before_cursor_execute", self._before)
        event.listen(self.engine, "commit", lambda _connection: self.fuse.tick("COMMIT"))
        self.engine.dispose()
        self.disk.keep("empty")

    @property
    def world(self) -> World:
        assert self._world is not None, "a server runs in a world"
        return self._world

    @property
    def services(self) -> Services:
        found: Services = self.app.extensions[EXTENSION]
        return found

    @property
    def engine(self) -> Engine:
        return self.services.engine

    def begin(self, world: World, trace: Trace) -> None:
        """An empty server for a new run."""
        self.engine.dispose()
        self.disk.put("empty")
        for stale in (self.folder / "backups", self.files, self.services.keys.folder):
            shutil.rmtree(stale, ignore_errors=True)
        self._world = world
        self.services._promises = None
        self.fuse = self.disk.fuse(lambda s: trace.strike("server_killed", "before", s))
        with writing(self.engine) as connection:
            stamp.begin(connection, world.new_id())
        self.changes = 0

    def rise(self) -> None:
        """A new process on the files that the killed one left. The promise table is all it had in memory."""
        self.engine.dispose()
        self.fuse.rise()
        self.services._promises = None

    def back_up(self, name: str) -> None:
        self.disk.keep(name)
        copy_folder(self.files, self.folder / "backups" / name)

    def restore(self, name: str, *, with_files: bool) -> None:
        """An earlier copy in place of the database, and perhaps of the files, and a new epoch, as `docs/protocol.md`
        asks of an admin."""
        self.engine.dispose()
        self.disk.put(name)
        if with_files:
            copy_folder(self.folder / "backups" / name, self.files)
        with writing(self.engine) as connection:
            begin_anew(connection, self.services.city, self.world.new_id(), None, self.world.now)
        self.changes += 1

    def blob(self, sha256: str) -> Path:
        """Where the bytes of that hash lie in the store."""
        return self.files / "blobs" / sha256[:2] / sha256

    def rows(self, query: str, **values: object) -> list[Any]:
        with reading(self.engine) as connection:
            return list(connection.execute(text(query), values))

    def execute(self, statement: str, **values: object) -> None:
        with writing(self.engine) as connection:
            connection.execute(text(statement), values)
        self.changes += 1

    def _before(self, _c: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        self.fuse.tick(statement)


def _few_documents(folder: Path) -> Path:
    """The shipped city, in which an application needs two photos and not seven: what is simulated is that they
    arrive, and seven arrive as two do."""
    shutil.copytree(city_folder("semarang"), folder)
    for path in (folder / "services").glob("*.toml"):
        path.write_text(_DOCUMENT.sub(_optional, path.read_text()))
    return folder


_DOCUMENT = re.compile(r'\[\[documents\]\]\ncode = "(\w+)"\n(?:.+\n)*')


def _optional(found: re.Match[str]) -> str:
    if found[1] in {"ktp", "land_proof"} or "required" in found[0]:
        return found[0]
    return f"{found[0]}required = false\n"


def _hasten(connection: Any, _record: object) -> None:
    # Only process death is simulated here, and that loses nothing the operating system already has.
    connection.execute("PRAGMA synchronous=OFF")
