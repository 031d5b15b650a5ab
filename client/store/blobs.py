"""The bytes of photos and documents, as files in a folder beside the database; read and written nowhere else.

A name is the SHA-256 of the content, so equal bytes are there once, and a name that is there is whole: content is
written under a temporary name, flushed to the disk, and only then renamed.
"""

import hashlib
import os
import shutil
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import BinaryIO, Literal, Protocol

CHUNK = 256 * 1024
ORPHAN_AGE = 24 * 3600
"""Seconds after which bytes that no row speaks of are taken for what a killed process left."""


class Part(Protocol):
    """Something that is gathered piece by piece; a `Path` is one."""

    def __fspath__(self) -> str: ...

    def open(self, mode: Literal["rb", "wb", "ab+"]) -> BinaryIO: ...

    def exists(self) -> bool: ...

    def unlink(self, missing_ok: bool = False) -> None: ...


def go_on(_step: str) -> None:
    """Nothing happens between two steps."""


class Blobs:
    """`durable` False writes without waiting for the disk. `step` is told of each step that changes the disk before it
    is taken: tests let a process die there."""

    def __init__(self, folder: Path, *, durable: bool = True, step: Callable[[str], None] = go_on) -> None:
        self.folder = folder
        self._durable = durable
        self._step = step

    def put(self, chunks: Iterable[bytes]) -> tuple[str, int]:
        """Keep what these chunks make: its hash and size. When it returns, the bytes survive a power cut."""
        part = self._fresh()
        self._step("write file")
        try:
            digest, size = self._write(part, chunks)
            return self._place(part, digest), size
        except Exception:
            part.unlink(missing_ok=True)
            raise

    def named(self, sha256: str) -> str:
        """The name under which the bytes of that hash lie in the folder. Of such a name it is that name."""
        return sha256

    def part(self, name: str) -> "Part":
        """Where something that comes in pieces is gathered until it is whole: outlives the process."""
        self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        return self.folder / f"{name}.part"

    def adopt(self, part: "Part", sha256: str) -> bool:
        """Take in what was gathered, if it is what it should be; false, and gone, where it is not."""
        path = Path(part)
        if self._digest(path) != sha256:
            path.unlink(missing_ok=True)
            return False
        if self._durable:
            with path.open("rb") as whole:
                os.fsync(whole.fileno())
        self._place(path, sha256)
        return True

    def has(self, sha256: str) -> bool:
        return self._path(sha256).is_file()

    def open(self, sha256: str) -> BinaryIO:
        """`FileNotFoundError` where the bytes are not here."""
        return self._path(sha256).open("rb")

    def read(self, sha256: str) -> bytes:
        with self.open(sha256) as file:
            return file.read()

    def sound(self, sha256: str) -> bool:
        """Whether the bytes are here and still those of that name: disks fail, and folders are tidied by people."""
        try:
            return self._digest(self._path(sha256)) == sha256
        except OSError:
            return False

    def drop(self, names: Iterable[str]) -> None:
        """Those that are in use elsewhere just now stay until the next sweep."""
        for sha256 in names:
            self._step("drop file")
            try:
                self._path(sha256).unlink(missing_ok=True)
            except OSError:
                continue

    def drop_all(self) -> None:
        self._step("drop files")
        shutil.rmtree(self.folder, ignore_errors=True)

    def orphans(self, known: set[str]) -> Iterator[str]:
        """Names (as they lie here) of what the database has not known for longer than anything takes; parts go at
        once."""
        now = time.time()
        names = set(map(self.named, known))
        for path in sorted(self.folder.glob("**/*")):
            if path.is_dir() or path.name in names:
                continue
            try:
                if now - path.stat().st_mtime < ORPHAN_AGE:
                    continue
                if path.suffix == ".part":
                    path.unlink(missing_ok=True)
                    continue
            except OSError:
                continue
            yield path.name

    def free(self) -> int | None:
        """Bytes left on the disk; None where the system does not say."""
        found = self.folder if self.folder.exists() else self.folder.parent
        try:
            return shutil.disk_usage(found).free
        except OSError:
            return None

    def _fresh(self) -> Path:
        """Where new bytes are written until they have their name."""
        self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        return self.folder / f"{os.getpid()}-{threading.get_ident()}-{time.monotonic_ns()}.part"

    def _write(self, part: Path, chunks: Iterable[bytes]) -> tuple[str, int]:
        told = _Told()
        with os.fdopen(os.open(part, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "wb") as file:
            for chunk in self._as_stored(told.all_of(chunks)):
                file.write(chunk)
            file.flush()
            if self._durable:
                os.fsync(file.fileno())
        return told.digest.hexdigest(), told.size

    def _as_stored(self, chunks: Iterator[bytes]) -> Iterator[bytes]:
        """What of these bytes goes onto the disk."""
        return chunks

    def _place(self, part: Path, sha256: str) -> str:
        path = self._path(sha256)
        if path.is_file() and self.sound(sha256):
            # Younger than any sweep again: its row may only be about to be written.
            os.utime(path)
            part.unlink()
            return sha256
        fresh = not path.parent.is_dir()
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        self._step("rename file")
        part.replace(path)
        self._flush(path.parent)
        if fresh:
            self._flush(self.folder)
        return sha256

    def _flush(self, folder: Path) -> None:
        # A name is on the disk when its folder is. Windows knows no such thing, and needs none.
        if not self._durable or os.name == "nt":
            return
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)

    def _path(self, sha256: str) -> Path:
        name = self.named(sha256)
        return self.folder / name[:2] / name

    def _digest(self, path: Path) -> str:
        """`OSError` where it cannot be read."""
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()


class _Told:
    """The hash and the size of chunks that went by."""

    def __init__(self) -> None:
        self.digest = hashlib.sha256()
        self.size = 0

    def all_of(self, chunks: Iterable[bytes]) -> Iterator[bytes]:
        for chunk in chunks:
            self.digest.update(chunk)
            self.size += len(chunk)
            yield chunk
