"""What a file is by its content, and whether it is whole. Neither its name nor what was said of it is believed."""

import hashlib
from pathlib import Path

from server.files import pictures
from server.files.errors import BrokenFile, HashMismatch, Heic, UnsafeImage, WrongType

_PIECE = 1024 * 1024
_HEAD, _TAIL = 1024, 4096

JPEG, PNG, WEBP, PDF, HEIC = "image/jpeg", "image/png", "image/webp", "application/pdf", "image/heic"

_HEIC_BRANDS = {b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"hevm", b"hevs", b"mif1", b"msf1"}
"""Of ISO/IEC 23008-12: pictures coded with HEVC, and the general brands that cameras write for them."""

MOST_SCANS = 100
"""A progressive JPEG has some ten. Each one costs a walk over the whole picture, and takes but a few bytes."""

_SCAN = b"\xff\xda"


def kind_of(head: bytes) -> str | None:
    """Media type by the first bytes; None for all that is not taken."""
    if head.startswith(b"\xff\xd8\xff"):
        return JPEG
    if head.startswith(b"\x89PNG\r\n\x1a\n"):
        return PNG
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return WEBP
    if head[4:8] == b"ftyp" and head[8:12] in _HEIC_BRANDS:
        return HEIC
    # Some programs write a mark of UTF-8 or an empty line first.
    if head.removeprefix(b"\xef\xbb\xbf").lstrip().startswith(b"%PDF-"):
        return PDF
    return None


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
        if b"%%EOF" not in _tail(path):
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
            head = head or piece[:_HEAD]
            whole.update(piece)
            scans += (before + piece).count(_SCAN)
            before = piece[-1:]
    return whole.hexdigest(), head, scans


def _tail(path: Path) -> bytes:
    with path.open("rb") as file:
        file.seek(max(0, path.stat().st_size - _TAIL))
        return file.read()
