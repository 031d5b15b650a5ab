"""A photo made small enough to travel, with nothing in it that should not: pure, from bytes to bytes.

What the camera wrote beside the picture stays behind, but for when and where it was taken, which are told as claims.
"""

import io
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from typing import Any, BinaryIO, Final

from PIL import ExifTags, Image, ImageCms, ImageOps, JpegImagePlugin, PngImagePlugin, WebPImagePlugin

from client.files.refusals import FileRefused

LONGEST: Final = 1600
"""Pixels of the longest side."""
SMALL: Final = 320
"""The same of what lists show."""
ENOUGH: Final = 250_000
"""Bytes above which a picture is made again with less quality."""
QUALITIES: Final = (80, 70, 60, 50)
MAX_PIXELS: Final = 40_000_000
"""Pixels that may have to be in memory at once: 120 MB. A JPEG is read at a fraction of its size, so a camera's
200 megapixels pass, and a few kilobytes that claim to be a square of 50,000 pixels do not."""


@dataclass(frozen=True)
class Picture:
    """A JPEG, and what its camera claimed."""

    content: bytes
    taken: str | None = None
    """RFC 3339."""
    place: tuple[float, float] | None = None
    """Latitude and longitude in degrees."""
    accuracy: float | None = None
    """Metres."""


def shrink(file: BinaryIO, media: str, zone: tzinfo = UTC) -> Picture:
    """The picture, upright, with its longest side at most `LONGEST`. `zone`: of a camera that does not say its own.

    `FileRefused`: `broken_file`, `unsafe_image`.
    """
    try:
        image = _opened(file, media)
        taken, place, accuracy = _claims(image, zone)
        image = _in_srgb(_flat(_upright(image)))
        image.thumbnail((LONGEST, LONGEST), Image.Resampling.LANCZOS, reducing_gap=3.0)
        return Picture(_written(image), taken, place, accuracy)
    except FileRefused:
        raise
    except MemoryError:
        raise FileRefused("unsafe_image") from None
    except Exception:
        # Pillow has no family of errors: a file that is not what it claims raises whatever its reader ran into.
        raise FileRefused("broken_file") from None


def small(content: bytes) -> bytes:
    """Something to show in a list of a picture that `shrink` made, as a JPEG."""
    image: Image.Image = JpegImagePlugin.JpegImageFile(io.BytesIO(content))
    image.draft("RGB", (SMALL, SMALL))
    image = image.convert("RGB")
    image.thumbnail((SMALL, SMALL))
    made = io.BytesIO()
    image.save(made, "JPEG", quality=70)
    return made.getvalue()


def _opened(file: BinaryIO, media: str) -> Image.Image:
    # The readers themselves, as Image.open would refuse by the size before a JPEG can be told to come smaller.
    if media == "image/jpeg":
        image: Image.Image = JpegImagePlugin.JpegImageFile(file)
        image.draft("RGB", (LONGEST, LONGEST))
    elif media == "image/png":
        image = PngImagePlugin.PngImageFile(file)
    else:
        head = file.read(64)
        file.seek(0)
        _refuse_size(*_webp_size(head))
        image = WebPImagePlugin.WebPImageFile(file)
    _refuse_size(*image.size)
    image.load()
    return image


def _refuse_size(width: int, height: int) -> None:
    if width * height > MAX_PIXELS:
        raise FileRefused("unsafe_image")


def _webp_size(head: bytes) -> tuple[int, int]:
    """As its header claims; the reader would take the memory before it says."""
    kind = head[12:16]
    if kind == b"VP8X":
        return 1 + int.from_bytes(head[24:27], "little"), 1 + int.from_bytes(head[27:30], "little")
    if kind == b"VP8L":
        bits = int.from_bytes(head[21:25], "little")
        return 1 + (bits & 0x3FFF), 1 + (bits >> 14 & 0x3FFF)
    return int.from_bytes(head[26:28], "little") & 0x3FFF, int.from_bytes(head[28:30], "little") & 0x3FFF


def _upright(image: Image.Image) -> Image.Image:
    turned: Image.Image = ImageOps.exif_transpose(image)
    turned.info = {k: v for k, v in image.info.items() if k in {"icc_profile", "transparency"}}
    return turned


def _flat(image: Image.Image) -> Image.Image:
    """Without transparency, which a JPEG does not have: on white, as paper is."""
    if image.mode.startswith("I;16") or image.mode in {"I", "F"}:
        return image.point(lambda value: value / 256).convert("L")
    if image.mode in {"RGBA", "LA", "PA"} or "transparency" in image.info:
        clear = image.convert("RGBA")
        white = Image.new("RGBA", clear.size, "white")
        white.alpha_composite(clear)
        return white.convert("RGB")
    return image if image.mode in {"RGB", "L", "CMYK"} else image.convert("RGB")


def _in_srgb(image: Image.Image) -> Image.Image:
    """In the colours that everybody assumes, since the profile that says otherwise is left behind."""
    profile = image.info.get("icc_profile")
    if profile and image.mode in {"RGB", "CMYK"}:
        try:
            given = ImageCms.ImageCmsProfile(io.BytesIO(profile))
            converted = ImageCms.profileToProfile(image, given, ImageCms.createProfile("sRGB"), outputMode="RGB")
        except (ImageCms.PyCMSError, OSError):
            converted = None
        if converted is not None:
            return converted
    return image if image.mode in {"RGB", "L"} else image.convert("RGB")


def _written(image: Image.Image) -> bytes:
    image.info = {}
    content = b""
    for quality in QUALITIES:
        made = io.BytesIO()
        image.save(made, "JPEG", quality=quality, optimize=True, progressive=True)
        content = made.getvalue()
        if len(content) <= ENOUGH:
            break
    return content


def _claims(image: Image.Image, zone: tzinfo) -> tuple[str | None, tuple[float, float] | None, float | None]:
    """When and where, as the camera says; what it says wrongly is as if it had said nothing."""
    try:
        exif = image.getexif()
        detail, gps = exif.get_ifd(ExifTags.IFD.Exif), exif.get_ifd(ExifTags.IFD.GPSInfo)
    except Exception:
        return None, None, None
    place = _place(gps)
    return _taken(detail, exif, zone), place, _accuracy(gps) if place else None


def _taken(detail: dict[int, Any], exif: Any, zone: tzinfo) -> str | None:
    text = detail.get(ExifTags.Base.DateTimeOriginal) or exif.get(ExifTags.Base.DateTime)
    offset = detail.get(ExifTags.Base.OffsetTimeOriginal)
    try:
        found = datetime.strptime(str(text).strip("\0 ")[:19], "%Y:%m:%d %H:%M:%S")
        return found.replace(tzinfo=_offset(str(offset)) if offset else zone).isoformat(timespec="seconds")
    except (ValueError, OverflowError):
        return None


def _offset(text: str) -> tzinfo:
    text = text.strip("\0 ")
    hours, minutes = int(text[1:3]), int(text[4:6])
    span = timedelta(hours=hours, minutes=minutes)
    return timezone(-span if text.startswith("-") else span)


def _place(gps: dict[int, Any]) -> tuple[float, float] | None:
    try:
        latitude = _degrees(gps[ExifTags.GPS.GPSLatitude]) * (-1 if _is(gps, ExifTags.GPS.GPSLatitudeRef, "S") else 1)
        longitude = _degrees(gps[ExifTags.GPS.GPSLongitude]) * (
            -1 if _is(gps, ExifTags.GPS.GPSLongitudeRef, "W") else 1
        )
    except (KeyError, ValueError, TypeError, ZeroDivisionError):
        return None
    # Zero and zero is what a receiver writes that knows nothing; NaN fits in no bounds.
    if not (abs(latitude) <= 90 and abs(longitude) <= 180) or latitude == longitude == 0:
        return None
    return round(latitude, 7), round(longitude, 7)


def _accuracy(gps: dict[int, Any]) -> float | None:
    try:
        metres = float(gps[ExifTags.GPS.GPSHPositioningError])
    except (KeyError, ValueError, TypeError, ZeroDivisionError):
        return None
    return round(metres, 1) if 0 <= metres <= 1e7 else None


def _degrees(parts: Any) -> float:
    degrees, minutes, seconds = (float(part) for part in parts)
    return degrees + minutes / 60 + seconds / 3600


def _is(gps: dict[int, Any], key: int, letter: str) -> bool:
    value = gps.get(key, "")
    return (value.decode("ascii", "replace") if isinstance(value, bytes) else str(value)).upper().startswith(letter)
