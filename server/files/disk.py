"""Files that survive a power cut: what was said to be there is flushed, with the folder that names it."""

import errno
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from server.files.errors import StorageFull

FLOOR = 512 * 1024 * 1024
"""Bytes of the disk that files leave free: the database must be able to go on."""

_FULL = {errno.ENOSPC, errno.EDQUOT}


@contextmanager
def room() -> Iterator[None]:
    """`StorageFull` where the disk, or what this user may have of it, is used up."""
    try:
        yield
    except OSError as error:
        if error.errno in _FULL:
            raise StorageFull from error
        raise


def check_room(folder: Path, wanted: int) -> None:
    """`StorageFull` where the disk would have less than the floor left after so many bytes more."""
    if shutil.disk_usage(folder).free - wanted < FLOOR:
        raise StorageFull


def make_folder(folder: Path) -> None:
    """The folder, and those above it; closed to other users, since identity cards lie in it."""
    missing = [path for path in (folder, *folder.parents) if not path.exists()]
    for path in reversed(missing):
        path.mkdir(mode=0o700, exist_ok=True)
        flush_folder(path.parent)


def flush(path: Path) -> None:
    """Wait until a file's bytes are on the disk."""
    with path.open("rb+") as file:
        os.fsync(file.fileno())


def flush_folder(folder: Path) -> None:
    """Wait until a folder's names are on the disk. Windows cannot be asked, and does so by itself."""
    if os.name == "nt":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def move(source: Path, target: Path) -> None:
    """Give a whole, flushed file its name, over one that may be there; durable before this returns."""
    make_folder(target.parent)
    source.replace(target)
    flush_folder(target.parent)
    flush_folder(source.parent)
