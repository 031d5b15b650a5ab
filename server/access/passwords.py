"""Passwords: which may be chosen, and their keeping as argon2id (RFC 9106) with the library's own recommended costs.

Any letters may be used and none must be. What is refused is what is guessed first: short ones, those of lists that were
stolen elsewhere, rows of keys, dates, and words of this place, also with a year behind them or a 0 for an o. zxcvbn
(Wheeler, USENIX Security 2016) estimates how many guesses that takes.
"""

import hashlib
import threading
from functools import cache
from typing import Any, Final

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from zxcvbn import zxcvbn

SHORTEST = 10
LONGEST = 200

FEWEST_GUESSES: Final = 5_000_000
"""Ten in a quarter of an hour, which is what a login gets, take seven years for half of so many."""

OF_THIS_PLACE: Final = (
    "tenggat", "admin", "petugas", "pegawai", "warga", "loket", "survei", "perencana", "kepala", "seksi", "pejabat",
    "aduan", "lapor", "layanan", "izin", "permohonan", "berkas", "kota", "kabupaten", "dinas", "kantor", "pemkot",
    "pemerintah", "kecamatan", "kelurahan", "sandi", "katasandi", "password", "rahasia", "masuk", "bismillah",
    "alhamdulillah", "assalamualaikum", "insyaallah", "indonesia", "merdeka", "garuda", "pancasila", "nusantara",
    "jakarta", "surabaya", "bandung", "semarang", "yogyakarta", "sayang", "sayangku", "cinta", "cintaku", "keluarga",
    "mama", "papa", "ibu", "bapak", "anak", "lupa", "selamat", "sukses", "sehat", "berkah", "januari", "februari",
    "maret", "april", "juni", "juli", "agustus", "september", "oktober", "november", "desember", "senin", "selasa",
    "rabu", "kamis", "jumat", "sabtu", "minggu",
)  # fmt: skip
"""What people here think of first, and the lists of stolen passwords, which are of English speakers, do not hold:
names of this program, of offices and of roles, the capital words of faith and country, months and days."""

_LOOKED_AT: Final = 72
"""Letters of a password that are looked at: the estimate takes longer than a hash beyond that."""

_one_at_a_time = threading.Lock()
"""The library keeps the words beside a password in one place for all threads."""

_hasher = PasswordHasher()


def fault(password: str, *about: str) -> dict[str, Any] | None:
    """Why a password cannot be chosen, as the problem of a field; None where it can. `about`: what stands beside it
    (login, name, the city's name), which must not be most of it."""
    if len(password) < SHORTEST:
        return {
            "code": "too_short",
            "least": SHORTEST,
            "id": f"Tulis paling sedikit {SHORTEST} huruf atau angka.",
            "en": f"Write at least {SHORTEST} letters or digits.",
        }
    words = {part.casefold() for text in about for part in (text, *text.split())}
    # An empty word would be found everywhere, and one letter nearly so.
    beside = sorted(word for word in words if len(word) > 2)
    with _one_at_a_time:
        guesses = zxcvbn(password[:_LOOKED_AT], user_inputs=[*beside, *OF_THIS_PLACE])["guesses"]
    if guesses < FEWEST_GUESSES:
        return {
            "code": "too_common",
            "id": "Kata sandi ini mudah ditebak orang. Pakai beberapa kata yang tidak biasa berdampingan.",
            "en": "This password is among the first that are guessed. Use a few words that do not belong together.",
        }
    return None


def hash_password(password: str) -> str:
    return _hasher.hash(password)


def fresh(stored: str | None, password: str) -> str | None:
    """A new hash where the stored one is of costs, or of a kind, that are not today's any more; else None."""
    return _hasher.hash(password) if stored is not None and _hasher.check_needs_rehash(stored) else None


def fits(stored: str | None, password: str) -> bool:
    """Whether the password is the one that was stored; as slow for nobody as for somebody."""
    # Made whether it is needed or not, so that the first time tells nothing either.
    nobody = _of_nobody(_hasher)
    try:
        return _hasher.verify(stored or nobody, password) and stored is not None
    except (VerificationError, InvalidHashError):
        return False


def mark(stored: str) -> bytes:
    """Tells one stored password from another, and nothing of either."""
    return hashlib.sha256(stored.encode()).digest()


@cache
def _of_nobody(hasher: PasswordHasher) -> str:
    """Checked when there is no such login, so that a wrong name takes as long as a wrong password. Made when it is
    first needed: commands that look at no password start without it."""
    return hasher.hash("no such person")
