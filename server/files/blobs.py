"""The store: bytes under the name of their hash, each once, and small pictures beside them."""

import os
from collections.abc import Iterator
from pathlib import Path

from server.files import disk


class BlobStore:
    """`blobs/ab/<sha256>` and `thumbnails/ab/<sha256>` under one folder. What stands there is whole and verified."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def blob(self, sha256: str) -> Path:
        return self.folder / "blobs" / sha256[:2] / sha256

    def thumbnail(self, sha256: str) -> Path:
        return self.folder / "thumbnails" / sha256[:2] / sha256

    def has(self, sha256: str) -> bool:
        return self.blob(sha256).is_file()

    def take_in(self, part: Path, sha256: str) -> None:
        """Move a verified file into the store, durably. One that is there already is replaced by its equal."""
        disk.flush(part)
        disk.move(part, self.blob(sha256))

    def put_thumbnail(self, data: bytes, sha256: str, beside: Path) -> None:
        """Keep a small picture; written under `beside` first, so that none is ever seen half."""
        with beside.open("wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        disk.move(beside, self.thumbnail(sha256))

    def all(self) -> Iterator[str]:
        """The hashes of all that is stored."""
        for path in sorted((self.folder / "blobs").glob("??/*")):
            yield path.name
