"""What is noted of a device when it comes: that it was here, how it said it stands, and whether it was let in.

Nothing of it is believed for more than the board: no word about a device's state stands in the way of its commands.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import Connection, Engine, text

from server.access.devices import Seat, stamp
from server.store.database import again, reading, writing

OFTEN: Final = timedelta(minutes=1)
"""A device with nothing new to say is noted no oftener than this, so that its exchange costs no flush to disk."""

NEAR: Final = timedelta(days=7)
"""Two digest mismatches this close to each other are counted together."""

KEPT: Final = timedelta(days=90)
"""How long samples are kept."""


@dataclass(frozen=True)
class Contact:
    """What a device said as it came. `differed`: it asked to compare, because its digest was not the server's.
    `started_over`: its cursor is of after the last time that it was told to start over. `settled`: how many of the
    commands that it counted as waiting it sent right then, and has an answer to."""

    app: str
    health: Mapping[str, Any]
    skew: int | None
    differed: bool = False
    started_over: bool = False
    settled: int = 0

    @property
    def left(self) -> Mapping[str, Any]:
        """How it stands once it has that answer."""
        if not self.settled:
            return self.health
        waiting = _count(self.health, "waiting") - self.settled
        gone = () if waiting > 0 else ("waiting", "bytes", "oldest")
        return {name: value for name, value in {**self.health, "waiting": waiting}.items() if name not in gone}


@again
def note(engine: Engine, seat: Seat, contact: Contact, now: datetime) -> None:
    """Remember a contact. Written only when something is new or a minute has passed."""
    left = contact.left
    said = json.dumps(left, sort_keys=True)[:1000]
    resynced = contact.started_over and seat.resync_asked is not None
    fresh = seat.seen is not None and timedelta() <= now - datetime.fromisoformat(seat.seen) < OFTEN
    if fresh and said == seat.health and not contact.differed and not resynced and seat.turned_away is None:
        return
    succeeded, cuts = _success(seat, contact.health)
    values = {
        "id": seat.device,
        "seen": stamp(now),
        "app": contact.app.replace("\0", "")[:80],
        "health": said,
        "skew": contact.skew,
        "waits": min(_count(left, "waiting") + _count(left, "files"), _MOST),
        "succeeded": succeeded,
        "cuts": cuts,
        "differed": int(contact.differed),
        "near": stamp(now - NEAR),
        "resync_asked": None if resynced else seat.resync_asked,
    }
    with writing(engine) as connection:
        connection.execute(_SEEN, values)
        _sample(connection, seat, contact, now)


def _success(seat: Seat, health: Mapping[str, Any]) -> tuple[str | None, int]:
    """When an exchange last ended whole, and how many of this device's contacts since then did not.

    A device that says nothing of failures got its last answer whole. One that does says when it last did: a contact
    after that is one whose answer never arrived.
    """
    if not health.get("failed"):
        return seat.seen, 0
    ended = health.get("ended")
    if seat.seen is None or not isinstance(ended, str) or ended >= seat.seen:
        return ended if isinstance(ended, str) else seat.succeeded, 0
    return ended, min(seat.cuts + 1, _MOST)


@again
def note_turned_away(engine: Engine, instance: str, now: datetime) -> None:
    """The outbox of this instance came with a token that is good for nothing; which device that is, we know."""
    with reading(engine) as connection:
        row = connection.execute(_WHOSE, {"instance": instance}).one_or_none()
    if row is None or (row.turned_away and datetime.fromisoformat(row.turned_away) > now - OFTEN):
        return
    with writing(engine) as connection:
        connection.execute(_TURNED_AWAY, {"id": row.id, "now": stamp(now)})


def _sample(connection: Connection, seat: Seat, contact: Contact, now: datetime) -> None:
    """How it stands, once an hour: of the city's own devices, and of others while something of theirs is not done."""
    hour = f"{stamp(now)[:13]}:00:00Z"
    health = contact.health
    troubled = any(_count(health, name) for name in ("waiting", "files", "refused"))
    if (seat.seen is not None and seat.seen >= hour) or (seat.kind != "staff" and not troubled):
        return
    values = {
        "device": seat.device,
        "at": hour,
        "waiting": min(_count(health, "waiting"), _MOST),
        "files": min(_count(health, "files"), _MOST),
        "refused": min(_count(health, "refused"), _MOST),
        "bytes": _count(health, "bytes"),
        "free": health.get("free"),
        "skew": contact.skew,
    }
    connection.execute(_SAMPLE, values)


def samples(engine: Engine, device: str, since: datetime) -> list[dict[str, Any]]:
    """How a device stood at its contacts since then, oldest first."""
    with reading(engine) as connection:
        rows = connection.execute(_SAMPLES, {"device": device, "since": stamp(since)})
        return [dict(row._mapping) for row in rows]


def prune(engine: Engine, now: datetime) -> int:
    """Drop samples that are older than `KEPT`; how many."""
    with writing(engine) as connection:
        return connection.execute(_PRUNE, {"until": stamp(now - KEPT)}).rowcount


def _count(health: Mapping[str, Any], name: str) -> int:
    found = health.get(name)
    return found if isinstance(found, int) else 0


_MOST: Final = 2**31 - 1

_SEEN = text(
    "UPDATE device SET seen = :seen, app = :app, health = :health, skew = :skew, waits = :waits,"
    " succeeded = :succeeded, cuts = :cuts, turned_away = NULL, resync_asked = :resync_asked,"
    " mismatches = CASE WHEN :differed = 0 THEN mismatches WHEN mismatched > :near THEN mismatches + 1 ELSE 1 END,"
    " mismatched = CASE WHEN :differed = 0 THEN mismatched ELSE :seen END WHERE id = :id"
)
_WHOSE = text("SELECT d.id, d.turned_away FROM instance i JOIN device d ON d.id = i.device_id WHERE i.id = :instance")
_TURNED_AWAY = text("UPDATE device SET turned_away = :now WHERE id = :id")
_SAMPLE = text(
    "INSERT INTO device_sample (device_id, at, waiting, files, refused, bytes, free, skew)"
    " VALUES (:device, :at, :waiting, :files, :refused, :bytes, :free, :skew) ON CONFLICT (device_id, at) DO NOTHING"
)
_SAMPLES = text(
    "SELECT at, waiting, files, refused, bytes, free, skew FROM device_sample"
    " WHERE device_id = :device AND at >= :since ORDER BY at"
)
_PRUNE = text("DELETE FROM device_sample WHERE at < :until")
