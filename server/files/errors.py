"""What can be refused about files, beyond what the protocol's own errors say.

The text for people is in both languages and rides in the problem body as `text`: a device shows it beside the file.
"""

from typing import Any, ClassVar

from schemas.text import Text
from sync.errors import TenggatError


class WrongVersion(TenggatError):
    """The request is not of tus 1.0.0."""

    code = "wrong_version"
    status = 412


class WrongMedia(TenggatError):
    """A body of bytes that does not say it is one."""

    code = "wrong_media"
    status = 415


class WrongOffset(TenggatError):
    """The bytes do not begin where the upload stands (`extra["offset"]`), or somebody else took it over: ask again."""

    code = "wrong_offset"
    status = 409


class UnknownAlgorithm(TenggatError):
    """A checksum of a kind that is not offered."""

    code = "unknown_algorithm"
    status = 400


class WrongChecksum(TenggatError):
    """The bytes of this request were damaged on the way; none of them was kept."""

    code = "wrong_checksum"
    status = 460


class Ended(TenggatError):
    """This upload is over (`extra["reason"]`): begin another."""

    code = "ended"
    status = 410


class AlreadyArrived(TenggatError):
    """The bytes are here already: the next exchange says so."""

    code = "already_arrived"
    status = 409


class NotArrived(TenggatError):
    """The file is on the case, but its bytes are still on somebody's device."""

    code = "not_arrived"
    status = 409


class NoThumbnail(TenggatError):
    """There is no small picture of this file."""

    code = "no_thumbnail"
    status = 404


class StorageFull(TenggatError):
    """No room for more bytes now; what was received stays. Nothing is lost on the device: try again later."""

    code = "storage_full"
    status = 507

    def __init__(self, detail: str = "the server has no room for files now; try again later", **extra: Any) -> None:
        super().__init__(detail, **{"retry_after": 900, **extra})


class RefusedFile(TenggatError):
    """The file itself cannot be taken, however often it is sent. The upload is over."""

    text: ClassVar[Text]

    def __init__(self, detail: str, **extra: Any) -> None:
        super().__init__(detail, **{"text": {"id": self.text.id, "en": self.text.en}, **extra})


class HashMismatch(RefusedFile):
    """What came is not what the manifest promised. The one refusal that sending anew may mend."""

    code = "hash_mismatch"
    status = 460
    text = Text(
        "Berkas rusak di perjalanan. Berkas akan dikirim ulang dari awal.",
        "The file was damaged on its way. It will be sent again from the start.",
    )


class WrongType(RefusedFile):
    code = "wrong_type"
    status = 415
    text = Text(
        "Isi berkas tidak sesuai dengan jenisnya. Hapus, lalu ambil foto baru atau pilih berkas JPEG, PNG, WebP atau"
        " PDF.",
        "The file is not what it says it is. Remove it, then take a new photo or choose a JPEG, PNG, WebP or PDF.",
    )


class Heic(RefusedFile):
    code = "heic"
    status = 415
    text = Text(
        "Foto ini berformat HEIC, yang tidak bisa dibuka semua orang. Ambil foto lewat aplikasi ini, atau di iPhone:"
        " Pengaturan → Kamera → Format → Paling Kompatibel, lalu ambil lagi.",
        "This photo is in the HEIC format, which not everybody can open. Take it with this app, or on an iPhone:"
        " Settings → Camera → Formats → Most Compatible, then take it again.",
    )


class UnsafeImage(RefusedFile):
    code = "unsafe_image"
    status = 422
    text = Text(
        "Gambar ini terlalu besar untuk dibuka (lebih dari 50 megapiksel, WebP lebih dari 25). Perkecil, atau ambil"
        " foto baru.",
        "This picture is too large to open (over 50 megapixels, a WebP over 25). Make it smaller, or take a new photo.",
    )


class BrokenFile(RefusedFile):
    code = "broken_file"
    status = 422
    text = Text(
        "Berkas ini rusak atau tidak utuh. Buka di perangkat Anda untuk memeriksa, lalu ambil foto atau pilih berkas"
        " sekali lagi.",
        "This file is damaged or not whole. Open it on your device to check, then take the photo or choose the file"
        " again.",
    )


FOR_GOOD: dict[str, type[RefusedFile]] = {kind.code: kind for kind in (WrongType, Heic, UnsafeImage, BrokenFile)}
"""Refusals of what is in the file: the same bytes would be refused again."""
