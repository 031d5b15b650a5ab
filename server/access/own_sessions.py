"""A person's sessions on the admin pages, as they see and end them from a device of theirs."""

import hashlib
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Row, text

from server.access import audit
from server.access.devices import stamp
from server.admin.sessions import IDLE, LONGEST


def of(connection: Connection, person: str, now: datetime) -> dict[str, Row[Any]]:
    """Those that go on, by a name that tells nothing of their cookie: when they were begun and last used."""
    values = {"person": person, "idle": stamp(now - IDLE), "longest": stamp(now - LONGEST)}
    return {_name(row.token): row for row in connection.execute(_GOING_ON, values)}


def end(connection: Connection, person: str, name: str, now: datetime) -> None:
    """End the one of this name, where it goes on."""
    row = of(connection, person, now).get(name)
    if row is not None and connection.execute(_END, {"token": row.token}).rowcount:
        audit.note(connection, person, "session.end", person, now=now)


def _name(token: bytes) -> str:
    return str(UUID(bytes=hashlib.sha256(token).digest()[:16]))


_GOING_ON = text(
    "SELECT token, created, seen FROM admin_session WHERE person_id = :person AND seen > :idle AND created > :longest"
    " ORDER BY seen DESC, created DESC, token"
)
_END = text("DELETE FROM admin_session WHERE token = :token")
