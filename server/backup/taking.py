"""Taking a backup while the city works.

The database comes first and the files second. Bytes are in the store before a row names them and are never deleted, so
whatever the snapshot names is there when the files are copied. The other way round, a photo that arrived in between
would be named by a backup that has not got it. Part files of uploads under way stay behind: devices keep what they send
until it arrived, and send it again.
"""

import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, create_engine, text

import sync
from server.access.devices import stamp
from server.backup import tables
from server.backup.shelf import DATABASE, FORMAT, KEYS, Backup, Manifest, Shelf, digest, write_manifest
from server.bundles import renewing
from server.feed.stamp import head
from server.files import disk
from server.files.blobs import BlobStore
from server.store.database import prepare, reading
from server.store.migrating import migrate, migrations
from sync.errors import Conflict, Invalid

Progress = Callable[[str, int, int | None], None]
"""Told of what is under way: a word (`database`, `files`), how much of it is done, and of how much where known."""


def silent(_what: str, _done: int, _all: int | None) -> None:
    """Nobody watches."""


@dataclass(frozen=True)
class City:
    """What is to be kept: the database, the folder of photos and documents, the folder of keys."""

    engine: Engine
    files: BlobStore
    keys: Path
    name: str


def take(city: City, shelf: Shelf, now: datetime, progress: Progress = silent) -> Backup:
    """A new backup on the shelf. `Conflict` where the database is not of this version of the program, `Busy` while
    another backup goes into the same shelf, `Invalid` where the shelf lies within what is to be kept, `StorageFull`."""
    _apart(city, shelf)
    _of_this_version(city.engine)
    name = now.strftime("%Y-%m-%dT%H-%M-%SZ")
    with disk.room(), shelf.begin(name) as part:
        progress("database", 0, None)
        _snapshot(city.engine, part / DATABASE, progress)
        with one_file(part / DATABASE) as engine, reading(engine) as connection:
            epoch, position, _ = head(connection)
            cases = connection.execute(text("SELECT count(*) FROM case_record")).scalar_one()
            blobs, size = connection.execute(text("SELECT count(*), coalesce(sum(size), 0) FROM blob")).one()
            _take_files(connection, city.files, shelf.files, progress, blobs)
            revision = _revision(connection)
        renewing.copy(city.keys, part / KEYS)
        kept = {path.relative_to(part).as_posix(): digest(path) for path in sorted(part.rglob("*")) if path.is_file()}
        for path in kept:
            disk.flush(part / path)
        manifest = Manifest(
            FORMAT, sync.__version__, stamp(now), city.name, revision, epoch, position, cases, blobs, size, kept
        )
        write_manifest(part, manifest)
    return shelf.find()


def drop_old(shelf: Shelf, keep: int) -> list[str]:
    """Let go of all but the newest `keep` backups, and of bytes that none of those names; the names that went."""
    assert keep >= 1, "the newest one always stays"
    old = shelf.all()[:-keep]
    for backup in old:
        shutil.rmtree(backup.folder)
    if old:
        named = {sha256 for backup in shelf.all() for sha256 in _blobs_of(backup.database)}
        for sha256 in set(shelf.files.all()) - named:
            shelf.files.blob(sha256).unlink(missing_ok=True)
            shelf.files.thumbnail(sha256).unlink(missing_ok=True)
    return [backup.name for backup in old]


@contextmanager
def one_file(path: Path) -> Iterator[Engine]:
    """An engine on one SQLite file, let go of at the end of the block."""
    engine = create_engine(f"sqlite:///{path}")
    try:
        yield engine
    finally:
        engine.dispose()


def _snapshot(engine: Engine, target: Path, progress: Progress) -> None:
    if engine.dialect.name == "sqlite":
        tables.snapshot(str(engine.url.database), target)
        return
    with one_file(target) as copied:
        prepare(copied)
        migrate(copied)
        tables.copy(engine, copied, lambda table, rows: progress(f"database: {table}", rows, None))
    tables.one_file(target)


def _take_files(connection: Connection, source: BlobStore, target: BlobStore, progress: Progress, count: int) -> None:
    for done, sha256 in enumerate(_named(connection), 1):
        # What a row names and the store has not got, a look at the city would have told; `verify` tells it.
        if source.has(sha256) and not target.has(sha256):
            copy_bytes(source.blob(sha256), target.blob(sha256))
        small = source.thumbnail(sha256)
        if small.is_file() and not target.thumbnail(sha256).exists():
            copy_bytes(small, target.thumbnail(sha256))
        progress("files", done, count)


def _named(connection: Connection) -> Iterator[str]:
    yield from connection.execute(text("SELECT sha256 FROM blob ORDER BY sha256")).scalars()


def _blobs_of(database: Path) -> set[str]:
    with one_file(database) as engine, reading(engine) as connection:
        return set(_named(connection))


def copy_bytes(source: Path, target: Path) -> None:
    """Whole and durable under its name, or not there at all."""
    disk.make_folder(target.parent)
    beside = target.with_name(f"{target.name}.new")
    shutil.copyfile(source, beside)
    disk.flush(beside)
    disk.move(beside, target)


def _apart(city: City, shelf: Shelf) -> None:
    own, kept = shelf.folder.resolve(), city.files.folder.resolve()
    if own == kept or kept in own.parents or own in kept.parents:
        raise Invalid(f"{shelf.folder} lies where the photos themselves lie; keep backups on another disk")


def _revision(connection: Connection) -> str:
    return MigrationContext.configure(connection).get_current_revision() or ""


def _of_this_version(engine: Engine) -> None:
    with reading(engine) as connection:
        found = _revision(connection)
    newest = ScriptDirectory.from_config(migrations()).get_current_head()
    if found != newest:
        raise Conflict(
            f"the database is at revision {found or 'none'}, this program at {newest}; run `tenggat-server init` first"
        )
