"""What is taken and what is not, by content; and what is made of it."""

import io
import struct
import zlib

import pytest
from PIL import Image

from server.files import pictures
from tests.conftest import Server

from .device import Device
from .sending import Entry, Sender, code, document, draft, entry, picture

PHOTO = picture()
HTML = b"<!doctype html><script>alert(1)</script>" + b" " * 500


@pytest.fixture
def sender(guest: Device) -> Sender:
    guest.exchange()
    return Sender(guest)


def heic() -> bytes:
    return struct.pack(">I", 24) + b"ftypheic" + bytes(12) + b"mif1heic" + bytes(400)


def png(width: int, height: int, body: bytes = b"") -> bytes:
    """A PNG that says it is so large, with as little in it as one likes."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(body)) + chunk(b"IEND", b"")


def webp(width: int, height: int) -> bytes:
    """An animation that says its canvas is so large, of two pictures of eight pixels."""
    first, second = (Image.new("RGBA", (8, 8), (shade, 2, 3, 4)) for shade in (1, 9))
    out = io.BytesIO()
    first.save(out, "WEBP", save_all=True, append_images=[second], lossless=True)
    whole = bytearray(out.getvalue())
    assert whole[12:16] == b"VP8X"
    whole[24:30] = (width - 1).to_bytes(3, "little") + (height - 1).to_bytes(3, "little")
    return bytes(whole)


def many_scans(count: int) -> bytes:
    """A JPEG whose last scan comes again and again."""
    whole = picture(size=(64, 64), progressive=True)
    last = whole.rindex(b"\xff\xda")
    return whole[:-2] + whole[last:-2] * count + whole[-2:]


REFUSED = {
    "HTML with a picture's name": (HTML, "image/jpeg", 415, "wrong_type"),
    "PNG that says it is a JPEG": (picture("PNG", (60, 60)), "image/jpeg", 415, "wrong_type"),
    "JPEG that says it is a PDF": (PHOTO, "application/pdf", 415, "wrong_type"),
    "PDF that says it is a JPEG": (document(), "image/jpeg", 415, "wrong_type"),
    "GIF": (picture("GIF", (60, 60)), "image/png", 415, "wrong_type"),
    "zeros": (bytes(1000), "image/webp", 415, "wrong_type"),
    "HEIC": (heic(), "image/jpeg", 415, "heic"),
    "a JPEG cut short": (PHOTO[: len(PHOTO) // 2], "image/jpeg", 422, "broken_file"),
    "a PNG cut short": (picture("PNG")[:-3000], "image/png", 422, "broken_file"),
    "a WebP cut short": (picture("WEBP")[:-500], "image/webp", 422, "broken_file"),
    "only a head": (b"\xff\xd8\xff", "image/jpeg", 422, "broken_file"),
    "a PDF without an end": (document()[:-6], "application/pdf", 422, "broken_file"),
    "100 megapixels": (png(10_000, 10_000), "image/png", 422, "unsafe_image"),
    "50 megapixels and one line": (png(10_000, 5_001), "image/png", 422, "unsafe_image"),
    "4 gigapixels a side": (png(2**31 - 1, 2**31 - 1), "image/png", 422, "unsafe_image"),
    "WebP of 25 megapixels and one line": (webp(5_000, 5_001), "image/webp", 422, "unsafe_image"),
    "WebP of 268 megapixels": (webp(16_384, 16_384), "image/webp", 422, "unsafe_image"),
    "5,000 scans": (many_scans(5_000), "image/jpeg", 422, "unsafe_image"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_refused(sender: Sender, server: Server, name: str) -> None:
    content, type_, status, word = REFUSED[name]
    file = entry(content, type_)
    case = draft(sender.device, file)
    upload = sender.begin(case, file)
    answer = sender.patch(upload, 0, content)
    assert code(answer) == (status, word)
    assert answer.mimetype == "application/problem+json"
    assert answer.json is not None
    assert all(len(answer.json["text"][language]) > 20 for language in ("id", "en"))
    assert sender.ask("HEAD", upload).status_code == 410
    # The answer may have been lost: who begins again is told at once, and sends nothing twice.
    assert code(sender.create(case, file)) == (status, word)
    sender.device.exchange()
    assert "arrived" not in sender.device.held[case]["attachments"][0]
    assert server.world.files.parts.all() == set()
    assert list(server.world.files.blobs.all()) == []


def test_bytes_of_another_hash_are_sent_anew(sender: Sender) -> None:
    file = entry(PHOTO)
    case = draft(sender.device, file)
    upload = sender.begin(case, file)
    damaged = PHOTO[:500] + bytes([PHOTO[500] ^ 1]) + PHOTO[501:]
    assert code(sender.patch(upload, 0, damaged)) == (460, "hash_mismatch")
    assert sender.ask("HEAD", upload).status_code == 410
    assert sender.send(case, file, PHOTO).status_code == 204


def test_a_bomb_is_never_opened(sender: Sender, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Image.Image, "load", _explode)
    monkeypatch.setattr("PIL.ImageFile.ImageFile.load", _explode)
    content = png(10_000, 5_001)
    file = entry(content, "image/png")
    assert code(sender.send(draft(sender.device, file), file, content)) == (422, "unsafe_image")


def _explode(*_: object, **__: object) -> None:
    raise AssertionError("it was decoded")


def test_the_largest_picture_that_is_taken(sender: Sender) -> None:
    """A picture of one colour, so that the test is quick: 50 megapixels and not one more."""
    content = png(10_000, 5_000, bytes(10_001 * 5_000))
    file = entry(content, "image/png")
    case = draft(sender.device, file)
    assert sender.send(case, file, content).status_code == 204
    assert sender.get(case, file, small=True).status_code == 200


@pytest.mark.parametrize("trouble", [MemoryError(), ValueError("odd"), ZeroDivisionError(), struct.error("odd")])
def test_a_photo_without_a_small_picture_is_still_a_photo(
    sender: Sender, monkeypatch: pytest.MonkeyPatch, trouble: Exception
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise trouble

    monkeypatch.setattr(Image.Image, "thumbnail", fail)
    file = entry(PHOTO)
    case = draft(sender.device, file)
    assert sender.send(case, file, PHOTO).status_code == 204
    assert sender.get(case, file).get_data() == PHOTO
    assert code(sender.get(case, file, small=True)) == (404, "no_thumbnail")


def test_no_memory_to_open_it_loses_no_photo(sender: Sender, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object, **__: object) -> None:
        raise MemoryError

    monkeypatch.setattr("PIL.ImageFile.ImageFile.load", fail)
    file = entry(PHOTO)
    case = draft(sender.device, file)
    assert sender.send(case, file, PHOTO).status_code == 204
    assert sender.get(case, file).get_data() == PHOTO


def _small(sender: Sender, content: bytes, type_: str = "image/jpeg") -> tuple[bytes, Image.Image]:
    file: Entry = entry(content, type_)
    case = draft(sender.device, file)
    assert sender.send(case, file, content).status_code == 204
    answer = sender.get(case, file, small=True)
    assert (answer.status_code, answer.mimetype) == (200, "image/jpeg")
    return answer.get_data(), Image.open(io.BytesIO(answer.get_data()))


def test_a_small_picture_stands_upright_and_tells_nothing(sender: Sender) -> None:
    plain = Image.new("RGB", (1600, 800), "red")
    plain.paste("blue", (800, 0, 1600, 800))
    exif = Image.Exif()
    exif[0x0112] = 6  # the camera lay on its side: turn by 90 degrees
    exif[0x010F] = "Kamera Rahasia"
    exif.get_ifd(0x8825)[1] = "S"
    out = io.BytesIO()
    plain.save(out, "JPEG", exif=exif, comment=b"Kamera Rahasia")
    data, small = _small(sender, out.getvalue())
    assert small.size == (160, 320)
    red, blue = small.getpixel((80, 40)), small.getpixel((80, 280))
    assert isinstance(red, tuple) and isinstance(blue, tuple)
    assert red[0] > 200 > red[2] and blue[2] > 200 > blue[0]
    assert not small.getexif() and b"Rahasia" not in data and b"Exif" not in data


@pytest.mark.parametrize("mode", ["RGBA", "LA", "P", "1", "I;16", "L"])
def test_small_pictures_of_all_kinds(sender: Sender, mode: str) -> None:
    out = io.BytesIO()
    Image.new(mode, (500, 400)).save(out, "PNG")
    _, small = _small(sender, out.getvalue(), "image/png")
    assert small.size == (320, 256)
    if mode in {"RGBA", "LA"}:
        assert small.getpixel((5, 5)) == (255, 255, 255), "what is transparent is paper"


def test_a_picture_smaller_than_small_is_left_as_it_is(sender: Sender) -> None:
    assert _small(sender, picture(size=(20, 30)))[1].size == (20, 30)


def test_a_print_shops_colours(sender: Sender) -> None:
    out = io.BytesIO()
    Image.new("CMYK", (400, 400), (0, 0, 0, 0)).save(out, "JPEG")
    assert _small(sender, out.getvalue())[1].mode == "RGB"


def test_the_limit_is_what_the_text_says() -> None:
    from server.files.errors import UnsafeImage

    assert set(pictures.MOST_PIXELS.values()) == {50_000_000, 25_000_000}
    assert all(number in text for number in ("50", "25") for text in (UnsafeImage.text.id, UnsafeImage.text.en))
