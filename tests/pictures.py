"""Small real pictures and documents, for tests that attach."""

import random
from pathlib import Path
from typing import Any

from PIL import Image

PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj 2 0 obj<</Type/Pages/Kids[]/Count 0>>endobj\n%%EOF\n"

JPEG_HEAD = b"\xff\xd8\xff\xe0\x00\x10JFIF\x00\x01"
"""What each of these begins with. Four letters of it alone stand in some hundred megabytes of noise by chance."""


def picture(seed: str, size: tuple[int, int] = (8, 8), *, noise: bool = False) -> Image.Image:
    """Another seed is another picture. `noise`: one that does not compress, as heavy as a picture gets."""
    chance = random.Random(seed)
    if noise:
        return Image.frombytes("RGB", size, chance.randbytes(size[0] * size[1] * 3))
    image = Image.new("RGB", size, tuple(chance.randrange(256) for _ in range(3)))
    image.paste(tuple(chance.randrange(256) for _ in range(3)), (0, 0, size[0] // 2, size[1] // 2))
    return image


def write_jpeg(path: Path, seed: str, size: tuple[int, int] = (8, 8), *, noise: bool = False, **options: Any) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    picture(seed, size, noise=noise).save(path, "JPEG", **options)
    return path


def write_pdf(path: Path, seed: str = "", size: int = 0) -> Path:
    """A PDF of at least so many bytes, padded with what no reader looks at."""
    path.parent.mkdir(parents=True, exist_ok=True)
    filler = random.Random(seed).randbytes(max(0, size - len(PDF))).replace(b"%", b".")
    path.write_bytes(
        PDF[:9] + b"%" + seed.encode() + filler.replace(b"\n", b" ").replace(b"\r", b" ") + b"\n" + PDF[9:]
    )
    return path
