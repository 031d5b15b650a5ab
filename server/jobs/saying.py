"""What jobs say they did: noted as an English sentence, which the command line shows, and told in either language."""

import re
from typing import Final

from schemas.text import Language, Text

TIDIED: Final = Text(
    "{} unggahan kedaluwarsa dan {} berkas sisa dibersihkan", "{} expired uploads and {} stray files cleared away"
)
TRIES_FORGOTTEN: Final = Text("{} hitungan percobaan lama dilupakan", "{} old counts of tries forgotten")
SAMPLES_DROPPED: Final = Text("{} catatan kontak perangkat yang lama dihapus", "{} old samples of devices dropped")
RECOUNTED: Final = Text(
    "{} dari {} berkas berjalan dilihat, {} mendapat tanggal atau alasan lain",
    "{} of {} running cases looked at, {} have another date or reason",
)
NEVER_CHANGED: Final = Text("kalender belum pernah diubah", "the calendar was never changed")
NOTICED: Final = Text("{} berkas dilihat, {} pemberitahuan dibuat", "{} cases looked at, {} notices made")
SENT: Final = Text("{} surat terkirim, {} ditolak", "{} letters sent, {} refused")
NO_MAIL: Final = Text("pemberitahuan tidak dikirim lewat surel di sini", "notices are not sent by e-mail here")
CLOSED: Final = Text("di luar jam kantor", "outside of office hours")

_ALL: Final = (
    TIDIED, TRIES_FORGOTTEN, SAMPLES_DROPPED, RECOUNTED, NEVER_CHANGED, NOTICED, SENT, NO_MAIL, CLOSED,
)  # fmt: skip
_READ: Final = [(re.compile(re.escape(text.en).replace(r"\{\}", r"(\d+)")), text) for text in _ALL]


def did(text: Text, *counted: int) -> str:
    """The sentence to be noted."""
    return text.en.format(*counted)


def told(noted: str, language: Language) -> str | None:
    """What was noted, in a language; None for what is none of these sentences: an error's word, or an older program's
    words."""
    for pattern, text in _READ:
        if found := pattern.fullmatch(noted):
            return text.get(language).format(*found.groups())
    return None
