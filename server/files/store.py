"""All that one server has of files: the store, the uploads under way, and how many may come in at once."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import BoundedSemaphore

from server.files.blobs import BlobStore
from server.files.parts import Parts
from sync.errors import Busy

RECEIVING = 24
"""Uploads that one process takes in, or looks at, at the same time. Each holds a thread while a phone's line is slow or
dead, or while other pictures are looked at; the threads beyond these stay for all else (server/cli/serving.py)."""


class FileStore:
    """One folder, which may be shared by any number of processes."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.blobs = BlobStore(folder)
        self.parts = Parts(folder)
        self._gate = BoundedSemaphore(RECEIVING)

    @contextmanager
    def receiving(self) -> Iterator[None]:
        """A place among those whose bytes are taken in; `Busy` where all are taken."""
        if not self._gate.acquire(blocking=False):
            raise Busy("too many files are coming in at once; try again in a moment", retry_after=5)
        try:
            yield
        finally:
            self._gate.release()
