"""The log of what admins did: who, what, to whom, when. Rows are only ever added, and each vouches for the one before.

A row's hash covers the row before it, so a row that was changed, dropped or put in between shows; where the end was
cut off, whoever noted the last hash elsewhere can tell. No personal data goes in: ids and codes, never names or what
somebody typed.
"""

import hashlib
import json
from collections.abc import Generator, Mapping
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Connection, Engine, Row, text

from server.access.devices import stamp
from server.store.database import reading
from sync.errors import Conflict

CLI: Final = "cli"
"""Who did it, where it was the command line: whoever may use that has the server itself."""

NOTHING: Final = bytes(32)
"""What stands before the first row."""


@dataclass(frozen=True)
class Entry:
    """One row. `person` is an id or `cli`; `login` theirs, None where there is none (any more)."""

    pos: int
    at: str
    person: str
    action: str
    target: str
    details: dict[str, Any]
    login: str | None = None


def note(
    connection: Connection,
    who: str,
    action: str,
    target: str,
    details: Mapping[str, object] | None = None,
    *,
    now: datetime,
) -> None:
    """Add a row, in the transaction of what it tells: both happen or neither. `action` is a word like
    `device.revoke`, `target` an id or a code.

    Everybody's rows come here one after the other, so this comes after whatever else the transaction may wait for: of
    two who each hold what the other wants, PostgreSQL ends one."""
    if connection.dialect.name == "postgresql":
        # One writer at a time, until its commit; on SQLite whoever writes is alone already.
        connection.execute(text("SELECT pg_advisory_xact_lock(hashtext('tenggat.audit'))"))
    last = connection.execute(_LAST).one_or_none()
    pos, prev = (last.pos + 1, bytes(last.hash)) if last else (1, NOTHING)
    row = {
        "pos": pos,
        "at": stamp(now),
        "person": who,
        "action": action,
        "target": target[:200],
        "details": json.dumps(details or {}, sort_keys=True, ensure_ascii=False),
    }
    connection.execute(_ADD, row | {"prev": prev, "hash": _hash(row, prev)})


def entries(engine: Engine, *, before: int | None = None, most: int = 50, action: str | None = None) -> list[Entry]:
    """The newest rows first, from below a position on; `action` is a whole word or the beginning of one."""
    values = {"before": before, "most": most, "action": f"{action}%" if action else None}
    with reading(engine) as connection:
        return [
            Entry(row.pos, row.at, row.person, row.action, row.target, json.loads(row.details), row.login)
            for row in connection.execute(_NEWEST, values)
        ]


def verify(engine: Engine, expected: str | None = None) -> tuple[int, str]:
    """How many rows there are and the last hash, in hexadecimal. `Conflict` names the first row that does not follow
    from the one before, or says that the row of the `expected` hash (noted earlier, elsewhere) is gone."""
    count, prev, found = 0, NOTHING, expected is None
    with reading(engine) as connection, closing(_all(connection)) as rows:
        for row in rows:
            count += 1
            values = {name: getattr(row, name) for name in _COVERED}
            if row.pos != count or bytes(row.prev) != prev or bytes(row.hash) != _hash(values, prev):
                raise Conflict(f"row {row.pos} of the audit log was changed, or what stood before it was")
            prev = bytes(row.hash)
            found = found or prev.hex() == expected
    if not found:
        raise Conflict("no row of the audit log has the expected hash: its end was cut off, or it was made anew")
    return count, prev.hex()


def _all(connection: Connection) -> Generator[Row[Any]]:
    # Closed also where nobody reads to the end: PostgreSQL holds a cursor for it.
    with connection.execution_options(stream_results=True, max_row_buffer=500).execute(_ALL) as found:
        yield from found


def _hash(row: Mapping[str, object], prev: bytes) -> bytes:
    told = json.dumps([row[name] for name in _COVERED], ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(prev + told.encode()).digest()


_COVERED = ("pos", "at", "person", "action", "target", "details")
_LAST = text("SELECT pos, hash FROM audit ORDER BY pos DESC LIMIT 1")
_ADD = text(
    "INSERT INTO audit (pos, at, person, action, target, details, prev, hash)"
    " VALUES (:pos, :at, :person, :action, :target, :details, :prev, :hash)"
)
_NEWEST = text(
    "SELECT a.pos, a.at, a.person, a.action, a.target, a.details, p.login"
    " FROM audit a LEFT JOIN person p ON p.id = a.person"
    " WHERE (CAST(:before AS BIGINT) IS NULL OR a.pos < :before)"
    " AND (CAST(:action AS VARCHAR) IS NULL OR a.action LIKE :action) ORDER BY a.pos DESC LIMIT :most"
)
_ALL = text("SELECT pos, at, person, action, target, details, prev, hash FROM audit ORDER BY pos")
