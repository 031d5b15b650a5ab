"""Opening pictures that strangers sent, and making small ones of them."""

import io
import logging
import threading
import warnings
from pathlib import Path
from typing import Final

from PIL import Image, ImageOps

from server.files.errors import BrokenFile, UnsafeImage

log = logging.getLogger("tenggat.files")

MOST_PIXELS: Final = {"image/jpeg": 50_000_000, "image/png": 50_000_000, "image/webp": 25_000_000}
"""By what each costs while it is open (measured, at most 400 MB): a JPEG is decoded at a part of its size, a PNG takes
8 bytes for each pixel, and of a WebP its decoder keeps three copies beside the picture."""
LONGEST: Final = 320
"""Pixels of a small picture's longest side."""
QUALITY: Final = 75
THUMBNAIL_TYPE: Final = "image/jpeg"

_FORMATS: Final = {"image/jpeg": "JPEG", "image/png": "PNG", "image/webp": "WEBP"}

# Looked at by ourselves before a pixel is decoded, see `check`; Pillow's own warning is an error too.
warnings.filterwarnings("error", category=Image.DecompressionBombWarning)

_one_at_a_time = threading.Semaphore()
"""One in each process, whoever else waits."""


def check(path: Path, type_: str) -> bytes | None:
    """A small picture, as JPEG with nothing else in it; None where the picture is whole but none could be made.

    Raises `UnsafeImage` before anything is decoded, and `BrokenFile` where decoding fails.
    """
    with _one_at_a_time:
        try:
            with Image.open(path, formats=(_FORMATS[type_],)) as image:
                if image.width * image.height > MOST_PIXELS[type_]:
                    raise UnsafeImage(f"the picture has {image.width} x {image.height} pixels")
                # A JPEG is decoded at a part of its size where that is enough; all of its bytes are read for it.
                image.draft("RGB", (LONGEST * 2, LONGEST * 2))
                image.load()
                return _small(image)
        except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
            raise UnsafeImage("the picture would be too large once it is open") from error
        except MemoryError:
            # Its hash is right, so it is what was sent; that it opens, somebody else will see.
            log.warning("no memory to open %s; kept without a small picture", path.name)
            return None
        except UnsafeImage:
            raise
        except Exception as error:  # decoders raise whatever they like: OSError, SyntaxError, struct.error, ValueError
            raise BrokenFile(f"the picture cannot be opened: {type(error).__name__}") from error


def _small(image: Image.Image) -> bytes | None:
    """The picture upright and small. Whatever is odd about it, the picture itself must not be lost for it."""
    try:
        image.thumbnail((LONGEST, LONGEST))
        upright = ImageOps.exif_transpose(image)
        if upright.has_transparency_data:
            ground = Image.new("RGB", upright.size, "white")
            layer = upright.convert("RGBA")
            ground.paste(layer, mask=layer.getchannel("A"))
            upright = ground
        out = io.BytesIO()
        # A picture made anew: what the camera wrote about place and owner stays behind.
        Image.frombytes("RGB", upright.size, upright.convert("RGB").tobytes()).save(out, "JPEG", quality=QUALITY)
        return out.getvalue()
    except Exception:
        log.warning("no small picture of this one", exc_info=True)
        return None
