"""Slows down guessing and flooding: so many tries per key and window, counted in the database so that every worker
knows."""

from datetime import datetime
from ipaddress import IPv4Address, IPv6Address, ip_address

from sqlalchemy import Connection, Engine, text

from schemas.text import Text
from server.store.database import again, reading, writing
from sync.errors import TooMany

WINDOW = 15 * 60
"""Seconds in which failures are counted together."""
MOST = 10
"""Failures of one login in one window before further tries are refused unread."""
MOST_ADDRESS = 100
"""The same for one address: behind it may be an office, or a whole village."""


@again
def check(
    engine: Engine, key: str, now: datetime, most: int = MOST, window: int = WINDOW, said: Text | None = None
) -> None:
    """`TooMany` with the seconds to wait, where this key was counted too often in the current window. `said`: what a
    person is told, where it was no try of theirs."""
    with reading(engine) as connection:
        found = connection.execute(
            text('SELECT "count" FROM attempt WHERE key = :key AND "window" = :window'), _place(key, now, window)
        ).scalar()
    if found is not None and found >= most:
        raise _too_many(now, window, said)


def take(engine: Engine, key: str, now: datetime, most: int = MOST, window: int = WINDOW) -> None:
    """Count a try before it is looked at, for what takes long to look at: however many come at once, no more than
    `most` are. `TooMany` for the rest. What was no guess after all is given back."""
    check(engine, key, now, most, window)
    if count(engine, key, now, window) > most:
        raise _too_many(now, window)


@again
def give_back(engine: Engine, key: str, now: datetime, window: int = WINDOW) -> None:
    """What was taken was none that counts."""
    with writing(engine) as connection:
        connection.execute(_GIVE_BACK, _place(key, now, window))


@again
def count(engine: Engine, key: str, now: datetime, window: int = WINDOW) -> int:
    """Count a try; how many there are in this window. A key is always counted in windows of one length."""
    with writing(engine) as connection:
        return count_in(connection, key, now, window)


def take_in(connection: Connection, key: str, now: datetime, most: int, said: Text | None = None) -> None:
    """`take`, in the transaction of what is counted: where that comes to nothing, so does the count."""
    if count_in(connection, key, now) > most:
        raise _too_many(now, WINDOW, said)


def count_in(connection: Connection, key: str, now: datetime, window: int = WINDOW) -> int:
    """`count`, in a transaction of the caller's."""
    return int(connection.execute(_COUNT, _place(key, now, window)).scalar_one())


def forget(engine: Engine, now: datetime) -> int:
    """Drop counts whose window is a day over; how many. A longer window has a lower number, so what is counted by the
    hour (`form:`) is compared with hours."""
    day_ago = int(now.timestamp()) - 86_400
    with writing(engine) as connection:
        return connection.execute(_FORGET, {"short": day_ago // WINDOW, "long": day_ago // 3_600}).rowcount


def _place(key: str, now: datetime, window: int) -> dict[str, str | int]:
    """Where it is counted. A key is `door:who`: what is counted by address is so at every door, also at a new one."""
    door, mark, who = key.partition(":")
    if door != "login":
        key = f"{door}{mark}{_household(who)}"
    return {"key": key, "window": int(now.timestamp()) // window}


def _household(address: str) -> str:
    """Of an IPv6 address its network of 64 bits, which is the least that one subscriber has (RFC 6177), and from which
    each try could come under another address; all else as it is. One that stands for an IPv4 address is that."""
    try:
        found = ip_address(address)
    except ValueError:
        return address
    if isinstance(found, IPv4Address):
        return address
    if found.ipv4_mapped:
        return str(found.ipv4_mapped)
    return str(IPv6Address(int(found) >> 64 << 64))


def _too_many(now: datetime, window: int, said: Text | None = None) -> TooMany:
    wait = (int(now.timestamp()) // window + 1) * window - int(now.timestamp())
    words = {} if said is None else {"text": said}
    return TooMany("too many tries; wait a little", retry_after=wait, **words)


_COUNT = text(
    'INSERT INTO attempt (key, "window", "count") VALUES (:key, :window, 1) ON CONFLICT (key) DO UPDATE'
    ' SET "count" = CASE WHEN attempt."window" = excluded."window" THEN attempt."count" + 1 ELSE 1 END,'
    ' "window" = excluded."window" RETURNING "count"'
)
_GIVE_BACK = text('UPDATE attempt SET "count" = "count" - 1 WHERE key = :key AND "window" = :window AND "count" > 0')
_FORGET = text(
    "DELETE FROM attempt WHERE \"window\" < CASE WHEN key LIKE 'form:%' THEN CAST(:long AS BIGINT) ELSE :short END"
)
