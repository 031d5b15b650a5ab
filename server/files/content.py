"""Whether a file that came is what its manifest says, whole and safe to open; `schemas.content` says what it is."""

import hashlib
from pathlib import Path

from schemas.content import HEAD, HEIC, JPEG, PDF, TAIL, kind_of, pdf_ends
from server.files import pictures
from server.files.errors import BrokenFile, HashMismatch, Heic, UnsafeImage, WrongType

_PIECE = 1024 * 1024

MOST_SCANS = 100
"""A progressive JPEG has some ten. Each one costs a walk over the whole picture, and takes but a few bytes."""

_SCAN = b"\xff\xda"


def verify(path: Path, sha256: str, type_: str) -> bytes | None:
    """Whether the file is what the manifest says, whole and safe to open; a small picture of it, if one can be made.

    Raises `HashMismatch`, or one of the refusals that are for good.
    """
    found, head, scans = _read(path)
    if found != sha256:
        raise HashMismatch("the bytes that came are not those of the manifest's hash")
    kind = kind_of(head)
    if kind == HEIC:
        raise Heic("HEIC pictures are not taken")
    if kind != type_:
        raise WrongType(f"the manifest says {type_}, the content says {kind or 'nothing that is taken'}")
    if kind == PDF:
        if not pdf_ends(_tail(path)):
            raise BrokenFile("the PDF has no end")
        return None
    if kind == JPEG and scans > MOST_SCANS:
        raise UnsafeImage(f"the picture is in {scans} scans")
    return pictures.check(path, kind)


def _read(path: Path) -> tuple[str, bytes, int]:
    """SHA-256, the first bytes, and how many scans there are if it is a JPEG."""
    whole, head, scans, before = hashlib.sha256(), b"", 0, b""
    with path.open("rb") as file:
        while piece := file.read(_PIECE):
            head = head or piece[:HEAD]
            whole.update(piece)
            scans += (before + piece).count(_SCAN)
            before = piece[-1:]
    return whole.hexdigest(), head, scans


def _tail(path: Path) -> bytes:
    with path.open("rb") as file:
        file.seek(max(0, path.stat().st_size - TAIL))
        return file.read()
