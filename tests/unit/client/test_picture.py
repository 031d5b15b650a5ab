"""Pictures made small: what comes out, what stays behind, and what is refused before it can do harm."""

import io
import struct
import zlib
from datetime import timedelta, timezone
from typing import Any

import pytest
from PIL import ExifTags, Image
from PIL.TiffImagePlugin import IFDRational

from client.files.picture import ENOUGH, LONGEST, shrink
from client.files.refusals import FileRefused
from tests.pictures import picture

WIB = timezone(timedelta(hours=7))


def written(image: Image.Image, kind: str = "JPEG", **options: Any) -> io.BytesIO:
    made = io.BytesIO()
    image.save(made, kind, **options)
    made.seek(0)
    return made


def camera(**gps: Any) -> Image.Exif:
    exif = Image.Exif()
    exif[ExifTags.Base.Make] = "Kamera rahasia"
    exif[ExifTags.Base.Orientation] = 6
    exif.get_ifd(ExifTags.IFD.Exif)[ExifTags.Base.DateTimeOriginal] = "2026:03:16 09:12:33"
    exif.get_ifd(ExifTags.IFD.Exif)[ExifTags.Base.OffsetTimeOriginal] = "+07:00"
    where = exif.get_ifd(ExifTags.IFD.GPSInfo)
    where[ExifTags.GPS.GPSLatitudeRef], where[ExifTags.GPS.GPSLatitude] = "S", (6.0, 58.0, 48.0)
    where[ExifTags.GPS.GPSLongitudeRef], where[ExifTags.GPS.GPSLongitude] = "E", (110.0, 24.0, 36.0)
    where[ExifTags.GPS.GPSHPositioningError] = 4.5
    for name, value in gps.items():
        where[getattr(ExifTags.GPS, name)] = value
    return exif


def opened(content: bytes) -> Image.Image:
    image = Image.open(io.BytesIO(content))
    image.load()
    return image


def test_a_camera_s_picture_is_small_upright_and_says_nothing_of_its_camera() -> None:
    wide = picture("jalan", (4000, 3000))
    wide.paste("red", (0, 0, 4000, 300))  # what the sensor's first rows saw; the phone was held upright
    made = shrink(written(wide, exif=camera(), comment=b"rahasia"), "image/jpeg")
    image = opened(made.content)
    assert image.format == "JPEG" and image.size == (1200, 1600) == (LONGEST * 3 // 4, LONGEST)
    red, other = image.getpixel((1190, 800)), image.getpixel((10, 800))
    assert red[0] > 200 and red[1] < 60 and other[:2] != red[:2], "turned as the camera was"
    assert b"rahasia" not in made.content and b"Exif" not in made.content and not image.info.get("comment")
    assert made.taken == "2026-03-16T09:12:33+07:00"
    assert made.place == (-6.98, 110.41) and made.accuracy == 4.5
    assert len(made.content) <= ENOUGH


def test_a_heavy_picture_loses_quality_before_it_gets_heavy() -> None:
    made = shrink(written(picture("derau", (1200, 900), noise=True), quality=95), "image/jpeg")
    light = shrink(written(picture("rata", (1200, 900)), quality=95), "image/jpeg")
    assert len(made.content) < 600_000 and len(light.content) < 40_000
    assert opened(made.content).size == (1200, 900)


def test_the_same_picture_twice_is_the_same_bytes() -> None:
    source = written(picture("jalan", (1700, 200)), exif=camera()).getvalue()
    assert shrink(io.BytesIO(source), "image/jpeg") == shrink(io.BytesIO(source), "image/jpeg")


@pytest.mark.parametrize("mode", ["RGBA", "LA", "P", "L", "CMYK", "I;16", "1"])
@pytest.mark.parametrize("kind", ["PNG", "WEBP", "JPEG"])
def test_every_kind_of_picture_becomes_a_jpeg(mode: str, kind: str) -> None:
    able = {"PNG": {"RGBA", "LA", "P", "L", "I;16", "1"}, "WEBP": {"RGBA", "L", "P"}, "JPEG": {"L", "CMYK"}}
    if mode not in able[kind]:
        return
    image = Image.new(mode, (40, 30)) if mode == "I;16" else picture("a", (40, 30)).convert(mode)
    made = opened(shrink(written(image, kind), f"image/{kind.lower()}").content)
    assert made.mode in {"RGB", "L"} and made.size == (40, 30)


def test_what_is_clear_becomes_white() -> None:
    made = opened(shrink(written(Image.new("RGBA", (20, 20), (0, 0, 0, 0)), "PNG"), "image/png").content)
    assert made.getpixel((10, 10)) == (255, 255, 255)


def test_a_profile_is_applied_before_it_is_left_behind() -> None:
    from PIL import ImageCms

    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("LAB")).tobytes()
    broken = shrink(written(picture("a"), icc_profile=b"no profile"), "image/jpeg")
    assert opened(broken.content).info.get("icc_profile") is None
    strange = shrink(written(picture("a"), icc_profile=profile), "image/jpeg")
    assert opened(strange.content).info.get("icc_profile") is None


def test_a_camera_that_names_no_zone_is_in_the_city_s() -> None:
    exif = Image.Exif()
    exif[ExifTags.Base.DateTime] = "2026:03:16 09:12:33"
    assert shrink(written(picture("a"), exif=exif), "image/jpeg", WIB).taken == "2026-03-16T09:12:33+07:00"


@pytest.mark.parametrize(
    "gps",
    [
        {"GPSLatitude": (0.0, 0.0, 0.0), "GPSLongitude": (0.0, 0.0, 0.0)},
        {"GPSLatitude": (IFDRational(0, 0), 0.0, 0.0)},
        {"GPSLatitude": (91.0, 0.0, 0.0)},
        {"GPSLatitude": (6.0,)},
    ],
)
def test_a_place_that_cannot_be_is_as_if_none_was_said(gps: dict[str, Any]) -> None:
    made = shrink(written(picture("a"), exif=camera(**gps)), "image/jpeg")
    assert made.place is None and made.accuracy is None and made.taken is not None


def test_a_claim_of_time_that_is_none_is_left_out() -> None:
    exif = Image.Exif()
    exif[ExifTags.Base.DateTime] = "0000:00:00 00:00:00"
    assert shrink(written(picture("a"), exif=exif), "image/jpeg").taken is None


def _png(width: int, height: int) -> bytes:
    """A few bytes that claim to be a picture of that size."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + head + chunk(b"IDAT", zlib.compress(b"\0" * 1000)) + chunk(b"IEND", b"")


def _webp(width: int, height: int) -> bytes:
    size = (width - 1).to_bytes(3, "little") + (height - 1).to_bytes(3, "little")
    body = b"WEBPVP8X" + (10).to_bytes(4, "little") + b"\0\0\0\0" + size
    return b"RIFF" + len(body).to_bytes(4, "little") + body


@pytest.mark.parametrize(("content", "media"), [(_png(50_000, 50_000), "png"), (_webp(16_000, 16_000), "webp")])
def test_a_bomb_is_refused_by_what_it_claims(content: bytes, media: str) -> None:
    with pytest.raises(FileRefused) as refused:
        shrink(io.BytesIO(content), f"image/{media}")
    assert refused.value.why == "unsafe_image"


def test_a_jpeg_of_many_megapixels_is_read_small() -> None:
    """A 108 megapixel camera is no bomb: the reader brings an eighth of each side."""
    made = shrink(written(Image.new("L", (12_000, 9_000), 128), quality=30), "image/jpeg")
    assert opened(made.content).size == (1600, 1200)


def test_a_jpeg_that_cannot_be_read_small_is_refused() -> None:
    long = written(Image.new("L", (60_000, 1_500), 128), quality=10)
    with pytest.raises(FileRefused) as refused:
        shrink(long, "image/jpeg")
    assert refused.value.why == "unsafe_image"


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_what_is_cut_off_or_damaged_is_refused(kind: str) -> None:
    whole = written(picture("a", (300, 300), noise=True), kind).getvalue()
    media = f"image/{kind.lower()}"
    for content in (whole[: len(whole) // 2], whole[:30], whole[:20] + b"\0" * 400):
        with pytest.raises(FileRefused) as refused:
            shrink(io.BytesIO(content), media)
        assert refused.value.why in {"broken_file", "unsafe_image"}
