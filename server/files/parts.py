"""Uploads under way, as files: how far one has come is the size of its part file, and nothing else.

Several requests may serve one upload at the same time, in one process or in several: a connection that died may
still hold a PATCH in a read when its client is back with another. So nobody holds a lock while waiting for the
network. Whoever writes first takes a *claim*, a random word in a file beside the part. For each piece the lock is
held for a moment: is the claim still mine, and does the part end where I left it? Then the piece is appended. The
newest claim wins, and what an older request still reads goes nowhere.

Locks are files too, a fixed number of them that are never deleted: deleting a lock file lets two waiters each lock
another one. An upload's lock is found by its id.
"""

import os
import secrets
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from zlib import crc32

from filelock import FileLock, Timeout

from server.files import disk
from server.files.errors import WrongOffset
from sync.errors import Busy

LOCKS = 64

QUIET = 0.25
"""Seconds without a new byte after which a request that still writes is taken for dead."""

PATIENCE = 3.0
"""Seconds at most that a newcomer waits for an older request to write out what it was sent."""

_STEP = 0.02
_LOCK_WAIT = 10.0
_FINISH_WAIT = 60.0


class Parts:
    """The part files of one store, in `parts/`."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder / "parts"
        self._locks = folder / "locks"

    def path(self, upload: str) -> Path:
        return self.folder / upload

    def beside(self, upload: str) -> Path:
        """Where something may be written down before it gets its name."""
        return self.folder / f"{upload}.new"

    def size(self, upload: str) -> int:
        """The offset: how many bytes of the upload are here."""
        try:
            return self.path(upload).stat().st_size
        except FileNotFoundError:
            return 0

    def settle(self, upload: str) -> int:
        """The offset, as it can be told: durable, and nobody moves it until somebody claims the upload again."""
        self._wait(upload)
        with self._lock(upload):
            self._claim(upload).unlink(missing_ok=True)
            return self._flushed(upload)

    def claim(self, upload: str, offset: int) -> str:
        """The word that lets one write from this offset on. `WrongOffset` where the upload stands elsewhere; whoever
        writes then goes on undisturbed."""
        self._wait(upload)
        disk.make_folder(self.folder)
        with self._lock(upload):
            size = self.size(upload)
            if size != offset:
                raise WrongOffset(f"the upload stands at {size}, not at {offset}", offset=size)
            word = secrets.token_hex(8)
            with disk.room():
                self._claim(upload).write_text(word)
            return word

    def append(self, upload: str, word: str, offset: int, piece: bytes) -> int:
        """Write a piece where the last one ended; the new offset. `WrongOffset` where the claim is not one's own."""
        with self._lock(upload):
            self._check(upload, word, offset)
            new = not self.path(upload).exists()
            with disk.room(), self.path(upload).open("ab") as file:
                file.write(piece)
            if new:
                disk.flush_folder(self.folder)
            return offset + len(piece)

    def cut_off(self, upload: str, word: str, offset: int, back_to: int) -> None:
        """Take back what this claim wrote."""
        with self._lock(upload):
            self._check(upload, word, offset)
            if offset != back_to:
                os.truncate(self.path(upload), back_to)
            self._flushed(upload)

    def release(self, upload: str, word: str) -> int:
        """End one's claim, if it is still one's own; the offset, durable."""
        with self._lock(upload):
            if self._held(upload) == word:
                self._claim(upload).unlink(missing_ok=True)
            return self._flushed(upload)

    def remove(self, upload: str) -> None:
        """Forget the upload's bytes, and stop whoever still writes."""
        with self._lock(upload):
            for path in (self._claim(upload), self.beside(upload), self.path(upload)):
                path.unlink(missing_ok=True)

    @contextmanager
    def finishing(self, upload: str) -> Iterator[None]:
        """Only one at a time verifies an upload and moves it into the store; `Busy` where that takes too long."""
        with self._lock(upload, "finish", _FINISH_WAIT):
            yield

    def all(self) -> set[str]:
        """The ids of which there is a file."""
        if not self.folder.is_dir():
            return set()
        return {path.name.partition(".")[0] for path in self.folder.iterdir()}

    def _wait(self, upload: str) -> None:
        """Let an older request write out what it has: a client that comes back at once would otherwise send again
        what stands in the server's own buffers. One that gets nothing any more is not waited for."""
        end, size, changed = time.monotonic() + PATIENCE, self.size(upload), time.monotonic()
        while self._claim(upload).exists() and (now := time.monotonic()) < end and now - changed < QUIET:
            time.sleep(_STEP)
            if (found := self.size(upload)) != size:
                size, changed = found, time.monotonic()

    def _check(self, upload: str, word: str, offset: int) -> None:
        size = self.size(upload)
        if self._held(upload) != word or size != offset:
            raise WrongOffset("another request goes on with this upload", offset=size)

    def _flushed(self, upload: str) -> int:
        size = self.size(upload)
        if size:
            with disk.room():
                disk.flush(self.path(upload))
        return size

    def _held(self, upload: str) -> str | None:
        try:
            return self._claim(upload).read_text()
        except FileNotFoundError:
            return None

    def _claim(self, upload: str) -> Path:
        return self.folder / f"{upload}.claim"

    @contextmanager
    def _lock(self, upload: str, kind: str = "part", wait: float = _LOCK_WAIT) -> Iterator[None]:
        lock = FileLock(self._locks / f"{kind}-{crc32(upload.encode()) % LOCKS:02d}", timeout=wait, poll_interval=0.003)
        try:
            with disk.room():
                disk.make_folder(self._locks)
                lock.acquire()
        except Timeout:
            raise Busy("the server is still at work on this upload; try again", retry_after=5) from None
        try:
            yield
        finally:
            lock.release()
