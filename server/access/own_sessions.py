"""A person's sessions on the admin pages, as they see and end them from a device of theirs."""

import hashlib
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Connection, Row, text

from server.access import audit, half_way, tokens
from server.access.devices import stamp

IDLE: Final = timedelta(minutes=30)
LONGEST: Final = timedelta(hours=12)

ROLES: Final = frozenset({"admin", "supervisor"})
"""Who may come in at all."""


def of(connection: Connection, person: str, now: datetime) -> dict[str, Row[Any]]:
    """Those that go on, by a name that tells nothing of their cookie: when they were begun and last used."""
    values = {"person": person, "idle": stamp(now - IDLE), "longest": stamp(now - LONGEST)}
    return {_name(row.token): row for row in connection.execute(_GOING_ON, values)}


def end_all(connection: Connection, person: str, keep: str = "") -> int:
    """End all of a person's but for the one with the cookie `keep`, and whatever is half way in; how many."""
    half_way.end_all(connection, person)
    return connection.execute(_END_ALL, {"id": person, "keep": tokens.hash_of(keep)}).rowcount


def end(connection: Connection, person: str, name: str, now: datetime) -> None:
    """End the one of this name, where it goes on."""
    row = of(connection, person, now).get(name)
    if row is not None and connection.execute(_END, {"token": row.token}).rowcount:
        audit.note(connection, person, "session.end", person, now=now)


def here(cookie: str) -> str:
    """The name of the one with this cookie."""
    return _name(tokens.hash_of(cookie))


def _name(token: bytes) -> str:
    return str(UUID(bytes=hashlib.sha256(token).digest()[:16]))


_GOING_ON = text(
    "SELECT token, created, seen FROM admin_session WHERE person_id = :person AND seen > :idle AND created > :longest"
    " ORDER BY seen DESC, created DESC, token"
)
_END_ALL = text("DELETE FROM admin_session WHERE person_id = :id AND token <> :keep")
_END = text("DELETE FROM admin_session WHERE token = :token")
