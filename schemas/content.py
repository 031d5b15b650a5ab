"""What a file is, by its first and its last bytes: the same wherever one is chosen, sent or taken in.

Pure. Neither a name nor what was said of a file is believed.
"""

from typing import Final

HEAD: Final = 1024
"""Bytes at the beginning that must be looked at."""
TAIL: Final = 4096
"""Bytes at the end of a PDF within which it says that it ends."""

JPEG, PNG, WEBP, PDF, HEIC = "image/jpeg", "image/png", "image/webp", "application/pdf", "image/heic"

_HEIC_BRANDS: Final = {b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"hevm", b"hevs", b"mif1", b"msf1"}
"""Of ISO/IEC 23008-12: pictures coded with HEVC, and the general brands that cameras write for them. Not AVIF's."""


def kind_of(head: bytes) -> str | None:
    """Media type by the first `HEAD` bytes; None for all that is not known."""
    if head.startswith(b"\xff\xd8\xff"):
        return JPEG
    if head.startswith(b"\x89PNG\r\n\x1a\n"):
        return PNG
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return WEBP
    if head[4:8] == b"ftyp" and head[8:12] in _HEIC_BRANDS:
        return HEIC
    # Scanners and printers write commands of their own, an empty line or a mark of UTF-8 first; readers look as far.
    if b"%PDF-" in head[:HEAD]:
        return PDF
    return None


def pdf_ends(tail: bytes) -> bool:
    """Whether a PDF goes on to its own end, by its last `TAIL` bytes: one that was not downloaded whole does not."""
    return b"%%EOF" in tail[-TAIL:]
