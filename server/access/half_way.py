"""Between the two steps of signing in: the password was right, and the code is still to come.

What the form carries meanwhile is a random token, of which the server keeps the hash. It opens nothing but the second
step, for a quarter of an hour, and no longer than the password stays what it was. No key makes one, so whoever has a
backup has still to know a password.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import Connection, text

from server.access import passwords, tokens
from server.access.devices import stamp
from server.services import Services
from server.store.database import for_update, reading, writing
from sync.errors import NotSignedIn

GOOD_FOR: Final = timedelta(minutes=15)
"""Time to find a phone, or a paper."""
KEPT_FOR: Final = timedelta(days=1)
"""So that whoever comes back after their break is told that it was too long, and not that something was changed."""


class TooLate(NotSignedIn):
    """The first step stands, and was too long ago."""


@dataclass(frozen=True)
class HalfWay:
    """Who it is. `proved`: the mark of the password that they typed (`passwords.mark`)."""

    person: str
    proved: bytes


def begin(world: Services, person: str, proved: bytes) -> str:
    """For somebody whose password was right just now: what their next form carries. Those that are over are cleared
    away on the way."""
    token, now = world.sources.new_token(), world.sources.clock()
    with writing(world.engine) as connection:
        values = {"token": tokens.hash_of(token), "person": person, "password": proved, "now": stamp(now)}
        # First what waits for a deed on the person, then theirs and others' rows, which such a deed may want.
        connection.execute(_BEGIN, values)
        over = for_update(_OVER, world.engine, skip=True)
        connection.execute(text(_CLEAR.format(over=over)), {"over": stamp(now - KEPT_FOR)})
    return token


def of(world: Services, token: str) -> HalfWay:
    """Whose token this is. `TooLate`, and `NotSignedIn` where the account was closed or has another password since,
    where the step was ended, or has led on already."""
    with reading(world.engine) as connection:
        row = connection.execute(_FIND, {"token": tokens.hash_of(token)}).one_or_none()
    if row is None or passwords.mark(row.stored) != bytes(row.password):
        raise NotSignedIn("sign in once more")
    if datetime.fromisoformat(row.created) <= world.sources.clock() - GOOD_FOR:
        raise TooLate("sign in once more")
    return HalfWay(row.person_id, bytes(row.password))


def end(connection: Connection, person: str, token: str) -> bool:
    """The second step was made; whether the first still stood, as this person."""
    return connection.execute(_END, {"token": tokens.hash_of(token), "person": person}).rowcount == 1


def end_all(connection: Connection, person: str) -> None:
    """Whoever is half way in as this person begins anew."""
    connection.execute(_END_ALL, {"person": person})


_OVER = "SELECT token FROM half_way WHERE created <= :over"
_CLEAR = "DELETE FROM half_way WHERE token IN ({over})"
_BEGIN = text("INSERT INTO half_way (token, person_id, password, created) VALUES (:token, :person, :password, :now)")
_FIND = text(
    "SELECT h.person_id, h.password, h.created, p.password AS stored"
    " FROM half_way h JOIN person p ON p.id = h.person_id"
    " WHERE h.token = :token AND p.disabled IS NULL AND p.password IS NOT NULL"
)
_END = text("DELETE FROM half_way WHERE token = :token AND person_id = :person")
_END_ALL = text("DELETE FROM half_way WHERE person_id = :person")
