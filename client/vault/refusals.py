"""Why a profile does not open, each in words that say what to do."""

from typing import Any, Final

from schemas.text import Text
from sync.errors import TenggatError

WORDS: Final = {
    "vault_refused": Text("Profil ini tidak terbuka.", "This profile does not open."),
    "wrong_secret": Text("PIN atau frasa sandi itu tidak cocok.", "That PIN or passphrase is not right."),
    "too_soon": Text(
        "Terlalu banyak percobaan; bila lupa, pakai kode pemulihan.",
        "Too many tries; if you forgot it, use the recovery code.",
    ),
    "wrong_code": Text(
        "Kode pemulihan itu tidak cocok. Periksa tiap kelompok; kode lama tidak berlaku setelah ada yang baru.",
        "That recovery code is not right. Check each group; an old one is void once there is a new one.",
    ),
    "weak_pin": Text(
        "PIN paling sedikit 6 angka, dan bukan angka kembar atau berurutan seperti 111111 atau 123456.",
        "A PIN has at least 6 digits, and not one digit repeated or a run such as 111111 or 123456.",
    ),
    "weak_passphrase": Text(
        "Komputer ini tidak punya tempat kunci sistem, jadi perlu frasa sandi: paling sedikit 12 huruf, misalnya"
        " empat kata yang tidak berhubungan.",
        "This computer has no system keyring, so a passphrase is needed: at least 12 characters, such as four words"
        " that have nothing to do with each other.",
    ),
    "keyring_locked": Text(
        "Tempat kunci sistem komputer ini terkunci. Buka dengan sandi komputer, lalu coba lagi. Ini tidak dihitung"
        " sebagai percobaan salah.",
        "This computer's keyring is locked. Unlock it with the computer's password, then try again. This does not"
        " count as a wrong try.",
    ),
    "keyring_away": Text(
        "Tempat kunci sistem tidak terjangkau dari sini, misalnya lewat SSH. Buka dari layar komputer ini sendiri; bila"
        " tempat kunci itu memang sudah tidak ada, pakai kode pemulihan (`tenggat recover`).",
        "The system's keyring cannot be reached from here, over SSH for instance. Open the profile at this computer's"
        " own screen; if that keyring is gone for good, use the recovery code (`tenggat recover`).",
    ),
    "keyring_lost": Text(
        "Tempat kunci sistem komputer ini tidak lagi menyimpan bagian kuncinya. Data Anda utuh: buka dengan kode"
        " pemulihan (`tenggat recover`).",
        "This computer's keyring no longer has its part of the key. Your data is whole: open it with the recovery code"
        " (`tenggat recover`).",
    ),
    "vault_broken": Text(
        "Berkas kunci profil ini (vault.json) rusak. Jangan hapus apa pun; salin foldernya, lalu kembalikan berkas itu"
        " dari cadangan.",
        "The file with this profile's wrapped key (vault.json) is damaged. Delete nothing; copy the folder, then bring"
        " that file back from a backup.",
    ),
    "already_locked": Text("Profil ini sudah terkunci dengan PIN.", "This profile is locked with a PIN already."),
    "not_locked": Text(
        "Profil ini tidak terkunci. Kunci dengan `tenggat lock`.",
        "This profile is not locked. Lock it with `tenggat lock`.",
    ),
    "no_profile": Text(
        "Tidak ada profil bernama itu di komputer ini.", "There is no profile of that name on this computer."
    ),
    "bad_profile": Text(
        "Itu tidak bisa jadi nama profil: pakai huruf, angka, titik, dan tanda hubung.",
        "That cannot be a profile's name: use letters, digits, dots and hyphens.",
    ),
    "needs_key": Text(
        "Profil ini terkunci: buka dengan PIN atau frasa sandinya.",
        "This profile is locked: open it with its PIN or passphrase.",
    ),
    "profile_in_use": Text(
        "Profil ini sedang dipakai jendela atau perintah lain. Tutup semuanya, lalu coba lagi; tidak ada yang berubah.",
        "This profile is in use by another window or command. Close them all, then try again; nothing was changed.",
    ),
    "no_room_to_lock": Text(
        "Ruang di perangkat ini tidak cukup untuk mengunci profil. Kosongkan sebagian, lalu coba lagi; tidak ada yang"
        " berubah.",
        "This device has not enough room to lock the profile. Make some, then try again; nothing was changed.",
    ),
}


class Refusal(TenggatError):
    """Of this family; `extra["text"]` has the words in both languages."""

    code = "vault_refused"

    def __init__(self, _detail: str = "", **extra: Any) -> None:
        text = WORDS[self.code]
        if wait := extra.get("retry_after"):
            text = Text(f"{text.id} Tunggu {_long(wait, 'detik', 'menit')}.", f"{text.en} Wait {_long(wait)}.")
        super().__init__(text.en, **extra | {"text": text})


def _long(seconds: int, second: str = "seconds", minute: str = "minutes") -> str:
    return f"{seconds} {second}" if seconds < 120 else f"{-(-seconds // 60)} {minute}"


class WrongSecret(Refusal):
    """`extra["retry_after"]`: seconds until the next try, 0 where there is no wait yet."""

    code = "wrong_secret"


class TooSoon(Refusal):
    """Not looked at: `extra["retry_after"]` seconds of the wait are left."""

    code = "too_soon"
    status = 429


class WrongCode(Refusal):
    code = "wrong_code"


class WeakPin(Refusal):
    code = "weak_pin"
    status = 422


class WeakPassphrase(Refusal):
    code = "weak_passphrase"
    status = 422


class KeyringLocked(Refusal):
    """The keyring is there and does not answer: whoever sits here has not unlocked it."""

    code = "keyring_locked"


class KeyringAway(Refusal):
    """There is no keyring where this program runs; there was one when the PIN was chosen."""

    code = "keyring_away"


class KeyringLost(Refusal):
    """The keyring does not have this profile's secret (any more)."""

    code = "keyring_lost"


class VaultBroken(Refusal):
    code = "vault_broken"


class AlreadyLocked(Refusal):
    code = "already_locked"
    status = 409


class NotLocked(Refusal):
    code = "not_locked"
    status = 409


class NoProfile(Refusal):
    code = "no_profile"
    status = 404


class BadProfile(Refusal):
    code = "bad_profile"
    status = 422


class NeedsKey(Refusal):
    """It was opened without a key."""

    code = "needs_key"
    status = 423


class ProfileInUse(Refusal):
    code = "profile_in_use"
    status = 409


class NoRoomToLock(Refusal):
    code = "no_room_to_lock"
    status = 507
