"""The second step of signing in on the admin pages: a code of the moment, made by an app on the person's phone, or one
of ten recovery codes that they have on paper.

It counts once a first code has shown that the phone has it. What codes are made of lies sealed in the database, its key
in a file with the server's other keys: a copy of the database alone makes no codes. Recovery codes need no key; they
are kept as hashes, and open where that file is lost or damaged.
"""

import logging
import re
import unicodedata
from dataclasses import dataclass
from typing import Final

from sqlalchemy import Connection, Engine, text

from schemas.text import Text
from server.access import audit, own_sessions, slips, throttle, tokens, totp, wrong_codes
from server.access.devices import stamp
from server.access.factor_key import KeyClosed, KeyGone, factor_key, gone
from server.access.factor_key import held as held_key
from server.access.wrong_codes import Reopened
from server.services import Services
from server.sources import Sources
from server.store.database import for_update, reading, writing
from sync.errors import Conflict, WrongCredentials

log = logging.getLogger("tenggat.access")

MOST: Final = 5
"""Wrong codes of one person's phone in a quarter of an hour: of a million, three count at any moment."""

CODES: Final = 10
"""Recovery codes of a set."""
FEW: Final = 3
"""As many, or fewer, are left: time to make new ones."""
LETTERS: Final = 25
"""Of a recovery code: 125 bits, so that a fast hash is enough (ASVS 6.5.2)."""

_KEPT: Final = "second factor"
_OFFERED: Final = "offered second factor"


@dataclass(frozen=True)
class Factor:
    """That somebody has one: since when, how many recovery codes are left, and since when codes of the phone open
    nothing any more (`wrong_codes`)."""

    since: str
    left: int
    shut: str | None

    @property
    def few(self) -> bool:
        return self.left <= FEW


@dataclass(frozen=True)
class Offer:
    """What is shown once, to be put into an app; `slip` goes along with the first code."""

    secret: str
    slip: str


@dataclass(frozen=True)
class Recovered:
    """How many recovery codes are left after one, how many wrong codes of the phone came before it, and whether it
    opened what they had shut."""

    left: int
    wrong: int
    opened: bool


class Stale(Conflict):
    """What was offered is too old, or is what the person has already."""


def of(connection: Connection, person: str) -> Factor | None:
    """Somebody's, where they have one."""
    row = connection.execute(_FIND, {"person": person}).one_or_none()
    return Factor(row.since, row.codes, row.shut) if row is not None else None


def held(engine: Engine, person: str) -> Factor | None:
    """The same for whoever reads nothing else."""
    with reading(engine) as connection:
        return of(connection, person)


def closed(world: Services) -> tuple[int, bool]:
    """How many cannot be opened, because their key is gone: their people have recovery codes, if those; and whether it
    is no more than closed to the server."""
    with reading(world.engine) as connection:
        rows = connection.execute(_ALL).all()
    found, shut = 0, False
    for row in rows:
        try:
            _opened(world, row.person_id, row.secret)
        except KeyGone as error:
            found, shut = found + 1, isinstance(error, KeyClosed)
    return found, shut


def offer(world: Services, person: str) -> Offer:
    """A new secret. Nothing is kept of it until `confirm`."""
    secret = totp.new_secret(tokens.hash_of(world.sources.new_token()))
    return Offer(secret, slips.write(factor_key(world.keys.folder), secret, world.sources.clock(), _OFFERED, person))


def offered(world: Services, person: str, slip: str) -> str:
    """The secret that was offered to this person. `Stale`."""
    secret = slips.read(factor_key(world.keys.folder), slip, world.sources.clock(), _OFFERED, person)
    if secret is None:
        raise Stale("this was shown too long ago; begin again", text=_TOO_OLD)
    return secret


def confirm(world: Services, person: str, slip: str, typed: str, keep: str = "") -> list[str]:
    """From now on codes of the offered secret count, in the place of whatever counted before; the recovery codes, told
    this once. Sessions end but for the one with the cookie `keep`: they were begun with the password alone, or with
    the phone of before.

    Raises `Stale`, `WrongCredentials` for a code that does not fit, `TooMany`."""
    secret, now = offered(world, person, slip), world.sources.clock()
    _count(world, person)
    step = totp.step_of(secret, typed, now)
    if step is None:
        raise _wrong(person, "code", _WRONG_CODE)
    sealed = slips.seal(factor_key(world.keys.folder), secret.encode(), _KEPT, person)
    with writing(world.engine) as connection:
        connection.execute(text(for_update(_LOCK, world.engine)), {"person": person})
        row = connection.execute(_STORED, {"person": person}).one_or_none()
        if (
            row is not None
            and slips.unseal(factor_key(world.keys.folder), bytes(row.secret), _KEPT, person) == secret.encode()
        ):
            # The same form once more: a code is good once, and so are the recovery codes shown once.
            raise Stale("this was set up already", text=_ALREADY)
        ended = own_sessions.end_all(connection, person, keep)
        connection.execute(_PUT, {"person": person, "secret": sealed, "since": stamp(now), "step": step})
        told = _new_codes(connection, world.sources, person)
        before = wrong_codes.reopen(connection, person)
        wrong_codes.note_reopened(connection, before, person, person, now)
        audit.note(connection, person, "factor.set", person, {"replaced": row is not None}, now=now)
        if ended:
            audit.note(connection, person, "session.end_all", person, {"sessions": ended}, now=now)
    _forgive(world, person)
    return told


def new_codes(world: Services, person: str) -> list[str]:
    """Another ten recovery codes; those of before are good no more. `Conflict` where they have no second factor."""
    with writing(world.engine) as connection:
        connection.execute(text(for_update(_LOCK, world.engine)), {"person": person})
        if of(connection, person) is None:
            raise Conflict("there is no second factor to have recovery codes of")
        told = _new_codes(connection, world.sources, person)
        audit.note(connection, person, "factor.codes", person, now=world.sources.clock())
    return told


def prove(world: Services, person: str, typed: str) -> int:
    """Whoever is here has the phone: this is its code of the moment, which is good no more after this. How many wrong
    ones came since the last right one.

    Raises `WrongCredentials`, `TooMany`, `wrong_codes.Shut`, and `KeyGone` where the secret cannot be opened."""
    _count(world, person)
    with reading(world.engine) as connection:
        row = connection.execute(_STORED, {"person": person}).one_or_none()
    if row is None:
        raise _wrong(person, "code", _WRONG_CODE)
    if row.shut is not None:
        # Not even looked at, and so no guess.
        _forgive(world, person)
        raise wrong_codes.shut()
    try:
        secret = _opened(world, person, row.secret)
    except KeyGone:
        _forgive(world, person)
        raise
    step = totp.step_of(secret, typed, world.sources.clock())
    if step is None:
        raise _guessed(world, person)
    with writing(world.engine) as connection:
        taken = connection.execute(_TAKE, {"person": person, "step": step}).rowcount
    if not taken:
        raise _wrong(person, "used code", _USED_CODE)
    _forgive(world, person)
    return int(row.wrong)


def recover(world: Services, person: str, typed: str, address: str) -> Recovered:
    """Whoever is here has the paper: one of its codes, crossed out by this. Raises `WrongCredentials`, and `TooMany`
    where wrong ones came too often from this address.

    Never counted on the person: of 125 bits nothing is guessed, and whoever knows the password would keep the owner,
    who has the paper, out for as long as they like."""
    now, before = world.sources.clock(), Reopened(0, False)
    limited = f"recovery:{address}"[:160]
    throttle.take(world.engine, limited, now, throttle.MOST_ADDRESS)
    with writing(world.engine) as connection:
        connection.execute(text(for_update(_LOCK, world.engine)), {"person": person})
        code = {"person": person, "code": tokens.hash_of(canonical(typed))}
        used = connection.execute(_USE, code).rowcount
        left = int(connection.execute(_LEFT, {"person": person}).scalar_one())
        if used:
            before = reopen(connection, person)
            audit.note(connection, person, "factor.recovery_code", person, {"left": left}, now=now)
            wrong_codes.note_reopened(connection, before, person, person, now)
    if not used:
        raise _wrong(person, "recovery code", _WRONG_RECOVERY)
    throttle.give_back(world.engine, limited, now)
    return Recovered(left, before.wrong, before.shut)


def reopen(connection: Connection, person: str) -> Reopened:
    """Within a transaction, as `wrong_codes.reopen`: codes of their phone count again, and no wrong ones do. Shut or
    not, nobody is made to wait for those any more."""
    before = wrong_codes.reopen(connection, person)
    connection.execute(_FORGIVE_ALL, {"key": _key(person)})
    return before


def forget(connection: Connection, person: str) -> bool:
    """Within a transaction: somebody has none any more, and no wrong codes of it; whether they had one."""
    had = connection.execute(_DROP, {"person": person}).rowcount > 0
    connection.execute(_DROP_CODES, {"person": person})
    connection.execute(_FORGIVE_ALL, {"key": _key(person)})
    return had


def canonical(typed: str) -> str:
    """A recovery code as it is hashed: without what stands between its letters, and with what looks alike the same."""
    letters = re.sub(r"[^0-9A-Z]", "", unicodedata.normalize("NFKC", typed).upper())
    return letters.translate(str.maketrans("ILO", "110"))


def _opened(world: Services, person: str, sealed: bytes) -> str:
    secret = slips.unseal(held_key(world.keys.folder), bytes(sealed), _KEPT, person)
    if secret is None:
        raise gone("the key of second factors is not the one that they were set up with; bring it back from a backup")
    return secret.decode()


def _new_codes(connection: Connection, sources: Sources, person: str) -> list[str]:
    connection.execute(_DROP_CODES, {"person": person})
    told = [_new_code(sources) for _ in range(CODES)]
    connection.execute(_ADD_CODE, [{"code": tokens.hash_of(canonical(one)), "person": person} for one in told])
    return told


def _new_code(sources: Sources) -> str:
    letters = (sources.new_code() + sources.new_code() + sources.new_code())[:LETTERS].lower()
    return "-".join(letters[n : n + 5] for n in range(0, LETTERS, 5))


def _key(person: str) -> str:
    return f"factor:{person}"


def _count(world: Services, person: str) -> None:
    throttle.take(world.engine, _key(person), world.sources.clock(), MOST)


def _forgive(world: Services, person: str) -> None:
    throttle.give_back(world.engine, _key(person), world.sources.clock())


def _guessed(world: Services, person: str) -> WrongCredentials | wrong_codes.Shut:
    """A code that is none of the phone's, which counts for longer than a quarter of an hour."""
    now = world.sources.clock()
    with writing(world.engine) as connection:
        count = wrong_codes.count(connection, person, now)
        left = max(0, wrong_codes.MOST - count)
        if not left:
            # From now on none is looked at: whoever sends one is told that, and not to wait.
            connection.execute(_FORGIVE_ALL, {"key": _key(person)})
        wrong_codes.note_shut(connection, count, person, now)
    wrong = _wrong(person, "code", _WRONG_CODE if left > wrong_codes.TOLD else _few_left(left))
    return wrong if left else wrong_codes.shut()


def _few_left(left: int) -> Text:
    return Text(_WRONG_CODE.id + _FEW_LEFT.id.format(n=left), _WRONG_CODE.en + _FEW_LEFT.en.format(n=left))


def _wrong(person: str, by: str, said: Text) -> WrongCredentials:
    log.warning("not let in", extra={"by": by, "person": person})
    return WrongCredentials("the code is not right", text=said)


FIRST: Final = Text(
    "Atur verifikasi dua langkah dulu: buka halaman admin lagi. Sesudah itu kembali ke sini dan kirim ulang.",
    "Set up two-step verification first: open the admin pages again. After that, come back here and send this anew.",
)
WANTED: Final = Text(
    "Kota ini mewajibkan verifikasi dua langkah bagi admin. Ganti ponselnya saja.",
    "This city wants two-step verification of its admins. Change to another phone instead.",
)
_WRONG_CODE: Final = Text(
    "Kode tidak cocok. Ketik enam angka yang sedang tampil di aplikasi. Bila tetap tidak cocok, mungkin jam ponsel Anda"
    " salah: atur tanggal dan jamnya ke otomatis, lalu coba kode berikutnya.",
    "The code is not right. Type the six digits that the app shows now. If it still does not fit, the clock of your"
    " phone may be wrong: set its date and time to automatic, then try the next code.",
)
_FEW_LEFT: Final = Text(
    " Sesudah {n} kode salah lagi, kode dari ponsel ditutup.",
    " After {n} more wrong ones, codes of the phone are shut.",
)
_USED_CODE: Final = Text(
    "Kode ini sudah dipakai. Tunggu sampai aplikasi menampilkan kode berikutnya, paling lama setengah menit.",
    "This code was used already. Wait until the app shows the next one, half a minute at the most.",
)
_WRONG_RECOVERY: Final = Text(
    "Kode pemulihan tidak cocok, atau sudah dipakai. Tiap kode hanya berlaku satu kali: coba yang lain dari daftar.",
    "This recovery code is not right, or was used before. Each is good once: try another one of your list.",
)
_TOO_OLD: Final = Text(
    "Kode QR itu ditampilkan terlalu lama. Mulai lagi, dan hapus yang tadi dari aplikasi.",
    "That QR code was shown too long ago. Begin again, and delete the one of before from the app.",
)
_ALREADY: Final = Text(
    "Ini sudah diatur. Bila kode pemulihannya tadi tidak sempat tampil, buat yang baru di sini.",
    "This is set up already. If you did not get to see the recovery codes, make new ones here.",
)

_LOCK = "SELECT id FROM person WHERE id = :person"
_FIND = text(
    "SELECT f.since, f.shut, (SELECT count(*) FROM recovery_code c WHERE c.person_id = f.person_id) AS codes"
    " FROM second_factor f WHERE f.person_id = :person"
)
_STORED = text("SELECT secret, wrong, shut FROM second_factor WHERE person_id = :person")
_ALL = text("SELECT person_id, secret FROM second_factor")
_PUT = text(
    "INSERT INTO second_factor (person_id, secret, since, step) VALUES (:person, :secret, :since, :step)"
    " ON CONFLICT (person_id) DO UPDATE SET secret = excluded.secret, since = excluded.since, step = excluded.step"
)
# In one statement: of two who come with one code at the same moment, one is let in.
_TAKE = text("UPDATE second_factor SET step = :step, wrong = 0 WHERE person_id = :person AND step < :step")
_DROP = text("DELETE FROM second_factor WHERE person_id = :person")
_ADD_CODE = text("INSERT INTO recovery_code (code, person_id) VALUES (:code, :person)")
_USE = text("DELETE FROM recovery_code WHERE code = :code AND person_id = :person")
_LEFT = text("SELECT count(*) FROM recovery_code WHERE person_id = :person")
_FORGIVE_ALL = text("DELETE FROM attempt WHERE key = :key")
_DROP_CODES = text("DELETE FROM recovery_code WHERE person_id = :person")
