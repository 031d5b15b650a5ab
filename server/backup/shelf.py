"""Where backups lie, and what makes one of them whole.

A shelf is a folder:

    files/blobs/ab/<sha256>         bytes of photos and documents, once for all backups
    files/thumbnails/ab/<sha256>    their small pictures
    2026-11-27T02-00-00Z/           one backup, named by the moment of its snapshot
        tenggat.sqlite3             the database, whatever it was taken from
        keys/                       the server's own keys
        manifest.json               written last: a folder without one is no backup

A backup of yesterday costs a database and the photos of a day.
"""

import hashlib
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import msgspec
from filelock import FileLock, Timeout

from server.files import disk
from server.files.blobs import BlobStore
from sync.decoding import decoder
from sync.errors import Busy, NotFound, TenggatError

DATABASE: Final = "tenggat.sqlite3"
KEYS: Final = "keys"
MANIFEST: Final = "manifest.json"
FILES: Final = "files"
FORMAT: Final = 1

_NAME = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}-[0-9]{2}-[0-9]{2}Z(-[0-9]+)?")
_UNDER_WAY = ".part"
_PIECE = 1024 * 1024


class BackupBroken(TenggatError):
    """What was kept is not what was taken: `extra["faults"]` names each thing that is wrong."""

    code = "backup_broken"


class Kept(msgspec.Struct):
    """One file of a backup, as it was when it was taken."""

    sha256: str
    size: int


class Manifest(msgspec.Struct):
    """What a backup says of itself."""

    format: int
    version: str
    """Of the program that took it."""
    taken: str
    """The moment of the snapshot: all that was committed before is in it."""
    city: str
    revision: str
    """Of the tables."""
    epoch: str
    position: int
    """Of the feed."""
    cases: int
    blobs: int
    blob_bytes: int
    files: dict[str, Kept]
    """By path within the backup's folder."""


@dataclass(frozen=True)
class Backup:
    """A backup that is whole, as far as its manifest goes."""

    folder: Path
    manifest: Manifest

    @property
    def name(self) -> str:
        return self.folder.name

    @property
    def database(self) -> Path:
        return self.folder / DATABASE

    @property
    def shelf(self) -> "Shelf":
        return Shelf(self.folder.parent)


class Shelf:
    """A folder of backups."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.files = BlobStore(folder / FILES)

    def all(self) -> list[Backup]:
        """The whole ones, the oldest first."""
        if not self.folder.is_dir():
            return []
        named = sorted(path for path in self.folder.iterdir() if path.is_dir() and _NAME.fullmatch(path.name))
        return [backup for path in named if (backup := _read(path)) is not None]

    def find(self, name: str | None = None) -> Backup:
        """The backup of this name, or the newest. `NotFound` where there is none."""
        there = [backup for backup in self.all() if name is None or backup.name == name]
        if not there:
            what = f"no whole backup called {name}" if name else "no whole backup"
            raise NotFound(f"there is {what} in {self.folder}")
        return there[-1]

    @contextmanager
    def begin(self, name: str) -> Iterator[Path]:
        """A folder to put a backup into; it gets its name when the block ends well, and goes when it does not. `Busy`
        while another one is being taken into the same shelf."""
        disk.make_folder(self.folder)
        try:
            with FileLock(self.folder / "lock", timeout=0):
                for left in self.folder.glob(f"*{_UNDER_WAY}"):
                    # Of one that was killed: nobody is at work here now.
                    shutil.rmtree(left)
                part = self.folder / f"{name}{_UNDER_WAY}"
                disk.make_folder(part)
                try:
                    yield part
                    part.replace(self._free(name))
                    disk.flush_folder(self.folder)
                except BaseException:
                    shutil.rmtree(part, ignore_errors=True)
                    raise
        except Timeout:
            raise Busy(f"another backup into {self.folder} is under way") from None

    def _free(self, name: str) -> Path:
        path, n = self.folder / name, 1
        while path.exists():
            n += 1
            path = self.folder / f"{name}-{n}"
        return path


def at(path: Path) -> Backup:
    """The backup at this path: its own folder, or a shelf, of which it is the newest. `NotFound`."""
    if _NAME.fullmatch(path.resolve().name):
        return Shelf(path.resolve().parent).find(path.resolve().name)
    return Shelf(path).find()


def digest(path: Path) -> Kept:
    """Hash and size of a file."""
    found, size = hashlib.sha256(), 0
    with path.open("rb") as file:
        while piece := file.read(_PIECE):
            found.update(piece)
            size += len(piece)
    return Kept(found.hexdigest(), size)


def write_manifest(folder: Path, manifest: Manifest) -> None:
    """The last step of a backup."""
    path = folder / MANIFEST
    path.write_bytes(msgspec.json.format(msgspec.json.encode(manifest), indent=2) + b"\n")
    disk.flush(path)
    disk.flush_folder(folder)


def _read(folder: Path) -> Backup | None:
    try:
        found = decoder(Manifest).decode((folder / MANIFEST).read_bytes())
    except (OSError, msgspec.MsgspecError):
        return None
    return Backup(folder, found)
