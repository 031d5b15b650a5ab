"""Wrong codes in a row of one person's phone. Whoever sends any has typed the password: so after many of them that is
taken for known to somebody else, and codes of the phone open nothing any more.

How fast they come is counted elsewhere (`throttle`); here it is how many, over any time. A right code begins the count
anew. What was shut is opened by a recovery code, by another phone that is connected from a session that goes on, and by
an admin who gives the person another password: never by its owner's own new one, which whoever knows the old one can
choose as well.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import Connection, text

from schemas.text import Text
from server.access import audit
from server.access.devices import stamp
from server.store.database import for_update
from sync.errors import Forbidden

MOST: Final = 20
"""In a row. Three of a million count at any moment, so one who guesses is in before that once in 17,000 times."""

TOLD: Final = 5
"""Of the last ones, whoever types is told how many are left; of as many before, whoever comes in with a right one."""


@dataclass(frozen=True)
class Reopened:
    """How many wrong ones there had been, and whether codes of the phone were shut by them."""

    wrong: int
    shut: bool


class Shut(Forbidden):
    """Codes of this person's phone open nothing any more."""


def count(connection: Connection, person: str, now: datetime) -> int:
    """Another one; how many there are now. `MOST` where this one shut it, and more where it was; 0 of somebody without
    a second factor, who has none to guess at."""
    wrong = connection.execute(_COUNT, {"person": person, "most": MOST, "now": stamp(now)}).scalar_one_or_none()
    return wrong or 0


def shut() -> Shut:
    """What is said to whoever knows the password, whoever that is."""
    return Shut("too many wrong codes in a row: codes of the phone open nothing any more", text=_SHUT)


def reopen(connection: Connection, person: str) -> Reopened:
    """Codes of the phone count again, and no wrong ones do. What it says is noted at the transaction's end
    (`note_reopened`)."""
    row = connection.execute(text(for_update(_HELD, connection.engine)), {"person": person}).one_or_none()
    if row is None:
        return Reopened(0, False)
    connection.execute(_REOPEN, {"person": person})
    return Reopened(row.wrong, row.shut is not None)


def note_shut(connection: Connection, wrong: int, person: str, now: datetime) -> None:
    """Where this one shut it."""
    if wrong == MOST:
        audit.note(connection, person, "factor.shut", person, {"wrong": MOST}, now=now)


def note_reopened(connection: Connection, before: Reopened, person: str, who: str, now: datetime) -> None:
    """Where they were shut."""
    if before.shut:
        audit.note(connection, who, "factor.reopen", person, now=now)


_SHUT: Final = Text(
    f"Kode dari ponsel ditutup: {MOST} kode salah berturut-turut sesudah kata sandi yang benar. Bila bukan Anda yang"
    " mengetiknya, orang lain mengetahui kata sandi Anda. Masuk dengan kode pemulihan, lalu ganti kata sandi; atau"
    " minta kata sandi baru ke admin lain.",
    f"Codes of the phone are shut: {MOST} wrong ones in a row, after the right password. If it was not you who typed"
    " them, somebody else knows your password. Sign in with a recovery code and change the password; or ask another"
    " admin for a new one.",
)
_COUNT = text(
    "UPDATE second_factor SET wrong = wrong + 1,"
    " shut = CASE WHEN shut IS NULL AND wrong + 1 >= :most THEN CAST(:now AS VARCHAR) ELSE shut END"
    " WHERE person_id = :person RETURNING wrong"
)
_HELD = "SELECT wrong, shut FROM second_factor WHERE person_id = :person"
_REOPEN = text("UPDATE second_factor SET wrong = 0, shut = NULL WHERE person_id = :person")
