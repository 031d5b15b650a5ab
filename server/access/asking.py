"""What an admin asks of a device, carried out when it comes: to start over, to tell how it stands; and its revocation.

Nothing is sent to a device; it hears of it in the answer to its next exchange, and each function notes who asked.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Connection, Engine, bindparam, text

from server.access import audit
from server.access.devices import Seat, stamp
from server.sources import Sources
from server.store.database import reading, writing
from sync.errors import Conflict, Invalid, NotFound

REASONS: Final = ("lost", "stolen", "left", "replaced", "mistake", "other")
"""Why a device is revoked; `signed_out` is its owner's own doing."""

KEPT: Final = 5
"""Reports kept of one device."""


@dataclass(frozen=True)
class Diagnosed:
    """A report, and when it came."""

    came: str
    body: dict[str, Any]


def revoke(engine: Engine, sources: Sources, ids: Sequence[str], who: str, why: str = "other") -> int:
    """Revoke devices; how many were not before. Each hands over what waits on it at its next exchange (it goes to
    quarantine), then drops all that it holds."""
    check_reason(why)
    with writing(engine) as connection:
        return revoke_within(connection, ids, who, why, sources.clock())


def revoke_within(connection: Connection, ids: Sequence[str], who: str, why: str, now: datetime) -> int:
    """The same within a transaction, for whatever takes devices along."""
    values = {"ids": list(ids), "now": stamp(now), "why": why}
    done = connection.execute(_REVOKE, values).scalars().all()
    for device in done:
        audit.note(connection, who, "device.revoke", device, {"why": why}, now=now)
    return len(done)


def check_reason(why: str) -> None:
    """`Invalid` for a reason that is none of `REASONS`."""
    if why not in REASONS:
        raise Invalid(f"the reason is one of {', '.join(REASONS)}", problems={"why": {"code": "unknown"}})


def ask_resync(engine: Engine, sources: Sources, device: str, who: str) -> None:
    """Have a device start over: it is sent all that it may see anew. What waits on it is not touched."""
    _ask(engine, sources, device, who, "device.resync", _RESYNC)


def ask_diagnosis(engine: Engine, sources: Sources, device: str, who: str) -> None:
    """Ask a device how it stands."""
    _ask(engine, sources, device, who, "device.diagnose", _DIAGNOSE)


def _ask(engine: Engine, sources: Sources, device: str, who: str, action: str, statement: Any) -> None:
    now = sources.clock()
    with writing(engine) as connection:
        row = connection.execute(_STANDING, {"id": device}).one_or_none()
        if row is None:
            raise NotFound("there is no such device")
        if row.revoked is not None:
            raise Conflict("this device was revoked: it hands over what it holds, and is asked for nothing more")
        connection.execute(statement, {"id": device, "now": stamp(now)})
        audit.note(connection, who, action, device, now=now)


def take_diagnosis(engine: Engine, sources: Sources, seat: Seat, body: Mapping[str, Any]) -> None:
    """Keep what a device told of itself. `Conflict` where nobody asked: then it is not kept."""
    with writing(engine) as connection:
        if not connection.execute(_ASKED, {"id": seat.device}).rowcount:
            raise Conflict("nobody asked for this now")
        came = stamp(sources.clock())
        told = json.dumps(body, sort_keys=True, ensure_ascii=False)
        connection.execute(_KEEP, {"id": seat.device, "came": came, "body": told})
        _drop_old(connection, seat.device)


def diagnoses(engine: Engine, device: str) -> list[Diagnosed]:
    """What a device told, the newest first."""
    with reading(engine) as connection:
        return [Diagnosed(row.came, json.loads(row.body)) for row in connection.execute(_TOLD, {"id": device})]


def _drop_old(connection: Connection, device: str) -> None:
    came = connection.execute(_TOLD, {"id": device}).all()
    for row in came[KEPT:]:
        connection.execute(_DROP, {"id": device, "came": row.came})


_REVOKE = text(
    "UPDATE device SET revoked = :now, revoked_why = :why WHERE id IN :ids AND revoked IS NULL RETURNING id"
).bindparams(bindparam("ids", expanding=True))
_STANDING = text("SELECT revoked FROM device WHERE id = :id")
_RESYNC = text("UPDATE device SET resync = resync + 1, resync_asked = :now WHERE id = :id")
_DIAGNOSE = text("UPDATE device SET diagnosis_asked = :now WHERE id = :id")
_ASKED = text("UPDATE device SET diagnosis_asked = NULL WHERE id = :id AND diagnosis_asked IS NOT NULL")
_KEEP = text(
    "INSERT INTO diagnosis (device_id, came, body) VALUES (:id, :came, :body)"
    " ON CONFLICT (device_id, came) DO UPDATE SET body = excluded.body"
)
_TOLD = text("SELECT came, body FROM diagnosis WHERE device_id = :id ORDER BY came DESC")
_DROP = text("DELETE FROM diagnosis WHERE device_id = :id AND came = :came")
