"""The city's devices: whose they are, when they were last here, what waits on them; and revoking one.

Each question is one statement, whatever the number of devices: the command line asks here, and so may a board.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Engine, bindparam, text

from server.access.devices import stamp
from server.sources import Sources
from server.store.database import reading, writing


@dataclass(frozen=True)
class Listed:
    """A device as it last told of itself. Times are stamps in UTC but for `oldest`, which is its own clock's."""

    id: str
    person: str
    login: str | None
    """None for a guest's."""
    name: str
    kind: str
    app: str
    created: str
    seen: str | None
    """The last exchange; None where there was none yet."""
    revoked: str | None
    skew: int | None
    """Its clock minus the server's, in seconds."""
    waiting: int
    """Commands that it had not sent then; `files` the same of photos and documents."""
    refused: int
    files: int
    oldest: str | None
    """Since when the oldest of them waits."""


def devices(
    engine: Engine,
    *,
    login: str | None = None,
    guests: bool = False,
    revoked: bool = False,
    most: int = 1_000,
) -> list[Listed]:
    """The devices of accounts, or of one, the ones longest silent first; `guests`, `revoked`: those too."""
    values = {"login": login, "guests": guests, "revoked": revoked, "most": most}
    with reading(engine) as connection:
        return [_listed(row) for row in connection.execute(_DEVICES, values)]


def beginning(engine: Engine, begin: str) -> list[Listed]:
    """The devices whose id begins like this, of whomever; at most two, since that is one too many already."""
    pattern = begin.translate(_PLAIN) + "%"
    with reading(engine) as connection:
        return [_listed(row) for row in connection.execute(_BEGINNING, {"pattern": pattern})]


def revoke(engine: Engine, sources: Sources, ids: Sequence[str]) -> int:
    """Revoke devices; how many were not before. Each hands over what waits on it at its next exchange (it goes to
    quarantine), then drops all that it holds."""
    with writing(engine) as connection:
        now = stamp(sources.clock())
        return connection.execute(_REVOKE, {"ids": list(ids), "now": now}).rowcount


def silent_for(device: Listed, now: datetime) -> int | None:
    """Seconds since its last exchange; None where there was none."""
    return None if device.seen is None else round((now - datetime.fromisoformat(device.seen)).total_seconds())


def _listed(row: Any) -> Listed:
    *facts, health = row
    return Listed(*facts, **_health(health))


def _health(said: str) -> dict[str, Any]:
    # It is cut at a thousand letters, so it may be no JSON any more.
    try:
        found = json.loads(said)
    except ValueError:
        found = {}
    counts = {name: found.get(name, 0) for name in ("waiting", "refused", "files")}
    return counts | {"oldest": found.get("oldest")}


_PLAIN = str.maketrans({"\\": "", "%": "", "_": ""})

_COLUMNS = (
    "SELECT d.id, p.id, p.login, p.name, p.kind, d.app, d.created, d.seen, d.revoked, d.skew, d.health"
    " FROM device d JOIN person p ON p.id = d.person_id"
)
_DEVICES = text(
    f"{_COLUMNS} WHERE (CAST(:login AS VARCHAR) IS NULL OR p.login = :login)"
    " AND (:guests OR p.kind != 'guest') AND (:revoked OR d.revoked IS NULL)"
    " ORDER BY d.seen IS NOT NULL, d.seen, d.created, d.id LIMIT :most"
)
_BEGINNING = text(f"{_COLUMNS} WHERE d.id LIKE :pattern ORDER BY d.id LIMIT 2")
_REVOKE = text("UPDATE device SET revoked = :now WHERE id IN :ids AND revoked IS NULL").bindparams(
    bindparam("ids", expanding=True)
)
