"""Why a file cannot be taken, each in words that say what to do."""

import errno
from collections.abc import Mapping, Sequence

from schemas.catalogue.model import Service
from schemas.form_problems import Problem
from schemas.text import Text
from sync.errors import Invalid, TenggatError

OF_CODES: dict[str, Text] = {
    "heic": Text(
        "Foto ini HEIC, yang tidak bisa dibuka di mana-mana. Di ponsel: Setelan → Kamera → Format → “Paling"
        " kompatibel”, lalu foto lagi; atau simpan ulang sebagai JPEG.",
        "This photo is HEIC, which cannot be opened everywhere. On the phone: Settings → Camera → Formats → “Most"
        " compatible”, then take it again; or save it once more as JPEG.",
    ),
    "wrong_type": Text(
        "Yang bisa dilampirkan hanya foto (JPEG, PNG, WebP) dan PDF. Simpan ulang sebagai salah satunya, atau fotolah.",
        "Only photos (JPEG, PNG, WebP) and PDF can be attached. Save it as one of these, or take a photo of it.",
    ),
    "broken_file": Text(
        "Berkas ini rusak atau tidak lengkap. Coba buka sendiri; bila tidak bisa, foto atau pindai lagi.",
        "This file is damaged or not whole. Try to open it; if that fails, take or scan it again.",
    ),
    "unsafe_image": Text(
        "Gambar ini terlalu besar untuk dibuka dengan aman. Fotolah lagi, atau kecilkan dulu.",
        "This picture is too large to be opened safely. Take a photo of it, or make it smaller first.",
    ),
    "storage_full": Text(
        "Ruang di perangkat ini hampir habis, jadi berkas tidak disimpan. Kosongkan sebagian, lalu lampirkan lagi;"
        " yang sudah tersimpan tetap aman.",
        "This device is almost full, so the file was not kept. Make some room, then attach it again; what was saved"
        " stays safe.",
    ),
    "lost": Text(
        "Berkas ini hilang atau rusak di perangkat ini sebelum terkirim. Lampirkan sekali lagi.",
        "This file was lost or damaged on this device before it was sent. Attach it once more.",
    ),
    "hash_mismatch": Text(
        "Berkas ini berkali-kali sampai dalam keadaan rusak; ada yang mengubahnya di jalan. Lampirkan sekali lagi lewat"
        " jaringan lain.",
        "This file reached the server damaged several times; something on the way changes it. Attach it once more over"
        " another network.",
    ),
    "too_large": Text(
        "Berkas ini terlalu besar. Kecilkan, atau bagi menjadi beberapa berkas.",
        "This file is too large. Make it smaller, or split it into several.",
    ),
    "stuck": Text(
        "Kirimannya tidak maju-maju. Berkas tetap aman di sini dan dikirim lagi nanti.",
        "Its upload does not move on. The file stays safe here and is sent again later.",
    ),
    "not_found": Text(
        "Server tidak lagi menerima berkas ini dari Anda; mungkin perkaranya sudah berpindah. Berkas tetap di sini.",
        "The server does not take this file from you any more; the case may have moved on. The file stays here.",
    ),
    "server_full": Text(
        "Penyimpanan server penuh. Berkas tetap aman di sini dan dikirim lagi nanti.",
        "The server's storage is full. The file stays safe here and is sent again later.",
    ),
    "not_arrived": Text(
        "Berkas ini belum sampai dari perangkat pengirimnya.",
        "This file has not arrived from its sender's device.",
    ),
    "no_thumbnail": Text("Berkas ini tidak punya gambar kecil.", "This file has no small picture."),
}
"""What is said of each; the server may say it in its own words."""


class FileRefused(Invalid):
    """A file that this device will not attach; nothing was kept."""

    code = "invalid_file"

    def __init__(self, why: str, text: Text | None = None, **extra: object) -> None:
        said = text or OF_CODES.get(why)
        super().__init__(said.en if said else why, **({"text": said} if said else {}) | extra)
        self.why = why
        """A word code: `heic`, `wrong_type`, `broken_file`, `unsafe_image`, `too_large`, `too_many` …"""


class StorageFull(TenggatError):
    """There is not enough room on this device; said before anything is lost."""

    code = "storage_full"
    status = 507

    def __init__(self, detail: str = "", **extra: object) -> None:
        super().__init__(detail or OF_CODES["storage_full"].en, **{"text": OF_CODES["storage_full"]} | extra)


_REASONS = {
    errno.ENOENT: Text("tidak ada di sana", "it is not there"),
    errno.ENOTDIR: Text("tidak ada di sana", "it is not there"),
    errno.EISDIR: Text("itu folder; tulis berkas di dalamnya", "that is a folder; name a file in it"),
    errno.EACCES: Text("tidak ada izin untuk itu", "that is not permitted"),
    errno.EPERM: Text("tidak ada izin untuk itu", "that is not permitted"),
    errno.EROFS: Text("disknya hanya bisa dibaca", "the disk can only be read"),
    errno.EIO: Text("disknya rusak", "the disk is damaged"),
    errno.ENOSPC: Text("disknya penuh", "the disk is full"),
    errno.EDQUOT: Text("jatah disknya habis", "the disk's quota is used up"),
}


def reason(error: OSError) -> Text:
    """What the system has against it, in the words of whoever chose the file; else in its own."""
    own = error.strerror or str(error)
    return _REASONS.get(error.errno or 0, Text(own, own))


def cannot_keep(error: OSError) -> StorageFull:
    """This device's own disk took nothing, be it full or not."""
    detail = f"{StorageFull().detail} ({error.strerror or error})"
    if error.errno in {errno.ENOSPC, errno.EDQUOT}:
        return StorageFull(detail)
    why = reason(error)
    return StorageFull(
        detail,
        text=Text(
            f"Perangkat ini tidak bisa menyimpan berkas sekarang: {why.id}. Yang sudah tersimpan tetap aman; periksa"
            " folder data (`tenggat status`), lalu lampirkan lagi.",
            f"This device cannot keep files now: {why.en}. What was saved stays safe; look at the data folder"
            " (`tenggat status`), then attach it again.",
        ),
    )


class NotArrived(TenggatError):
    """The bytes are still on the device that attached them."""

    code = "not_arrived"
    status = 409


class DocumentsMissing(Invalid):
    """Required documents have no file; `extra["documents"]` are their codes."""

    code = "documents_missing"


def missing_problem(code: str, service: Service) -> Problem:
    """What is said of one document that is not there."""
    label = service.document(code).label
    return Problem("required", Text(f"Lampirkan {label.id}.", f"Attach: {label.en}."))


def documents_missing(codes: Sequence[str], service: Service) -> DocumentsMissing:
    labels = [service.document(code).label for code in codes]
    problems: Mapping[str, Problem] = {code: missing_problem(code, service) for code in codes}
    return DocumentsMissing(
        f"documents are missing: {', '.join(codes)}",
        documents=list(codes),
        problems=dict(problems),
        text=Text(
            f"Belum ada: {'; '.join(label.id for label in labels)}.",
            f"Still missing: {'; '.join(label.en for label in labels)}.",
        ),
    )
