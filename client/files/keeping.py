"""From a file that somebody chose to bytes that are safe on this device: the first thing that happens to a file.

Room is looked for before anything is written, bytes are on the disk before any command names them.
"""

import io
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, tzinfo
from pathlib import Path
from typing import BinaryIO, Final

from client.files.picture import shrink
from client.files.refusals import FileRefused, cannot_keep, reason
from client.files.room import RESERVE, make_room
from client.store import Store
from client.store.blobs import CHUNK
from schemas.catalogue.model import Document
from schemas.content import HEAD, HEIC, PDF, TAIL, kind_of, pdf_ends
from schemas.documents import fault
from schemas.text import Text
from sync.messages import Attach

MAX_SOURCE: Final = 200_000_000
"""Bytes of a picture as it comes from a camera. Larger ones are not photos."""


@dataclass(frozen=True)
class Kept:
    """Bytes that are on this device's disk, by what they are and what they claim."""

    sha256: str
    size: int
    type: str
    name: str
    taken: str | None = None
    place: tuple[float, float] | None = None
    accuracy: float | None = None

    def attach(self, id_: str, document: str) -> Attach:
        """The manifest's entry."""
        return Attach(
            id_, document, self.sha256, self.size, self.type, self.name, self.taken, self.place, self.accuracy
        )


def keep(store: Store, path: Path, document: Document, zone: tzinfo = UTC) -> Kept:
    """Keep what a person chose for that document. `FileRefused` says why not and what to do; `StorageFull`."""
    try:
        with path.open("rb") as file:
            return keep_open(store, file, path.name, document, zone)
    except OSError as error:
        why = reason(error)
        raise FileRefused(
            "unreadable", Text(f"Tidak dapat dibaca: {why.id}.", f"It cannot be read: {why.en}.")
        ) from None


def keep_open(store: Store, file: BinaryIO, name: str, document: Document, zone: tzinfo = UTC) -> Kept:
    """The same with a file that is open, whatever it comes from."""
    size = file.seek(0, io.SEEK_END)
    file.seek(0)
    media = kind_of(file.read(HEAD))
    file.seek(0)
    if not size:
        raise FileRefused("broken_file")
    if media is None:
        raise FileRefused("wrong_type")
    if media == HEIC:
        raise FileRefused("heic")
    called = _name(name, media)
    if media == PDF:
        _refuse(document, media, size)
        _refuse_cut(file, size)
        return _kept(store, file, size, Kept("", size, media, called))
    if size > MAX_SOURCE:
        raise FileRefused("too_large")
    _refuse(document, "image/jpeg", 1)
    picture = shrink(file, media, zone)
    made = len(picture.content)
    _refuse(document, "image/jpeg", made)
    what = Kept("", made, "image/jpeg", called, picture.taken, picture.place, picture.accuracy)
    return _kept(store, io.BytesIO(picture.content), made, what)


def _kept(store: Store, file: BinaryIO, size: int, what: Kept) -> Kept:
    make_room(store, size)
    try:
        sha256, size = store.blobs.put(_chunks(file))
    except OSError as error:
        # Whatever was wrong with the chosen file is told by now: this is the disk that it was to be kept on.
        raise cannot_keep(error) from None
    return Kept(sha256, size, what.type, what.name, what.taken, what.place, what.accuracy)


def _chunks(file: BinaryIO) -> Iterator[bytes]:
    while chunk := _read(file):
        yield chunk


def _read(file: BinaryIO) -> bytes:
    try:
        return file.read(CHUNK)
    except OSError:
        raise FileRefused("broken_file") from None


def _refuse(document: Document, media: str, size: int) -> None:
    if (problem := fault(document, media, size, 1)) is not None:
        raise FileRefused(problem.code, problem.text)


def _refuse_cut(file: BinaryIO, size: int) -> None:
    file.seek(max(0, size - TAIL))
    if not pdf_ends(file.read()):
        raise FileRefused("broken_file")
    file.seek(0)


def _name(name: str, media: str) -> str:
    """What to call it: as it was called, without what a path or a terminal would obey, and of the type it has now."""
    stem = Path(re.sub(r"[\x00-\x1f\x7f/\\]", " ", name)).stem.strip()[:150]
    ending = "pdf" if media == PDF else "jpg"
    return f"{stem}.{ending}" if stem else ""


__all__ = ["RESERVE", "Kept", "keep", "keep_open"]
