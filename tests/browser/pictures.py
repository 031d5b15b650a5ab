"""Photos and files as people have them: real JPEGs with what a camera writes into them, and what cannot be taken."""

import hashlib
import io
import random
from pathlib import Path
from typing import Any

from PIL import Image, ImageDraw, ImageOps, TiffImagePlugin

TAKEN = "2026:11:20 08:15:30"
"""When every photo says it was taken, as EXIF writes it."""

SECRET = "Kamera Milik Seseorang"
"""What a camera wrote beside it, and nobody else should read."""

_SKIES = ("#7fb2d9", "#9db8c9", "#d9b48f", "#8fa6c4")
_GROUNDS = ("#7a8f6a", "#b08d57", "#5f7d95", "#a05f4f", "#6d6478")


def photo(seed: int = 0, size: tuple[int, int] = (640, 480), words: str = "") -> bytes:
    """A JPEG with time, place and more in its EXIF; another `seed` gives another picture. A house at a road, and on
    it some `words`."""
    chance = random.Random(seed)
    width, height = size
    image = Image.linear_gradient("L").resize(size)
    image = ImageOps.colorize(image, _SKIES[seed % len(_SKIES)], "#eef3f4")
    draw = ImageDraw.Draw(image)
    ground, road = height * 5 // 8, height * 13 // 16
    draw.rectangle((0, ground, width, height), fill=_GROUNDS[seed % len(_GROUNDS)])
    draw.polygon([(0, height), (width * 2 // 5, ground), (width * 3 // 5, ground), (width, height)], fill="#4b4f52")
    for place in range(4):
        left = place * width // 4 + chance.randrange(width // 10)
        wide, high = width // 8 + chance.randrange(width // 12), height // 6 + chance.randrange(height // 6)
        wall = tuple(150 + chance.randrange(100) for _ in range(3))
        draw.rectangle((left, ground - high, left + wide, ground + 4), fill=wall)
        roof = [
            (left - 6, ground - high),
            (left + wide // 2, ground - high - height // 10),
            (left + wide + 6, ground - high),
        ]
        draw.polygon(roof, fill="#8c4a32")
        draw.rectangle((left + wide // 3, ground - high // 2, left + wide // 2, ground + 4), fill="#513a2b")
    draw.text((width // 16, road), words or f"{seed}", fill="white", font_size=height // 12)
    out = io.BytesIO()
    image.save(out, "JPEG", quality=88, exif=_exif())
    return out.getvalue()


def _exif() -> Image.Exif:
    exif = Image.Exif()
    exif[0x010F] = SECRET
    exif[0x0132] = TAKEN
    details: dict[int, Any] = {0x9003: TAKEN, 0x9011: "+07:00"}
    exif._ifds[0x8769] = details
    exif._ifds[0x8825] = {1: "S", 2: _degrees(6, 58, 48), 3: "E", 4: _degrees(110, 19, 48)}
    return exif


def _degrees(*parts: int) -> tuple[TiffImagePlugin.IFDRational, ...]:
    return tuple(TiffImagePlugin.IFDRational(part) for part in parts)


def pdf(pages: str = "Sertifikat") -> bytes:
    """A small PDF that a reader opens."""
    text = f"BT /F1 24 Tf 72 700 Td ({pages}) Tj ET".encode()
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R "
        b"/Resources << /Font << /F1 5 0 R >> >> >>",
        b"<< /Length %d >>\nstream\n%s\nendstream" % (len(text), text),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
    ]
    out, places = bytearray(b"%PDF-1.4\n"), []
    for number, body in enumerate(objects, 1):
        places.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    start = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    out += b"".join(b"%010d 00000 n \n" % place for place in places)
    out += b"trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, start)
    return bytes(out)


HEIC = b"\x00\x00\x00\x18ftypheic\x00\x00\x00\x00mif1heic" + bytes(4_000)
"""What an iPhone's camera writes, as far as one can tell by its first bytes."""

PAGE = b"<!doctype html><title>Bukan foto</title><script>alert(1)</script>" + b" " * 400
"""A page that calls itself a photo."""


def sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def chosen(name: str, content: bytes, media: str = "image/jpeg") -> Any:
    """As a file dialog gives it."""
    return {"name": name, "mimeType": media, "buffer": content}


def without_secrets(content: bytes) -> bool:
    """Whether nothing is left in a picture of what its camera wrote."""
    exif = Image.open(io.BytesIO(content)).getexif()
    return not exif and SECRET.encode() not in content


def blobs(data: Path) -> list[bytes]:
    """All that lies in a server's folder of files."""
    return [path.read_bytes() for path in sorted((data / "files").rglob("*")) if path.is_file()]
