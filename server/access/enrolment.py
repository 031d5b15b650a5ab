"""A device comes in with an admin's code: it looks whose account it is, then takes it, once.

The device may mint its token itself, as a guest's does. Then a lost answer costs nothing: the same code with the same
token is answered again, and with any other it is used (docs/adr/0016-enrolment.md).
"""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, text
from sqlalchemy.exc import IntegrityError

from server.access import accounts, devices, throttle, tokens
from server.services import Services
from server.store.database import for_update, reading, writing
from sync.errors import Conflict, InvitationExpired, InvitationRevoked, InvitationUnknown, InvitationUsed

log = logging.getLogger("tenggat.access")

_WRONG = (InvitationUnknown, InvitationUsed, InvitationExpired, InvitationRevoked)


@dataclass(frozen=True)
class _Found:
    id: str
    person: str
    login: str
    name: str
    kind: str
    roles: str
    expires: str
    used: bool


def look(world: Services, code: str, token: str | None, address: str) -> dict[str, Any]:
    """Whose account an invitation opens, and in which city; uses nothing up. Raises as `enrol` does."""
    with _slowed(world, address) as now, reading(world.engine) as connection:
        found = _find(connection, _BY_CODE, code, token, now)
    return {
        "person": {
            "id": found.person,
            "name": found.name,
            "kind": found.kind,
            "roles": sorted(found.roles.split()),
        },
        "login": found.login,
        "city": {"id": world.city.name.id, "en": world.city.name.en},
        "expires": found.expires,
    }


def enrol(world: Services, code: str, token: str | None, header: str | None, address: str) -> dict[str, Any]:
    """A device of the account, and its token: the one that the device minted, or else a new one.

    Raises `InvitationUnknown`, `InvitationUsed`, `InvitationExpired`, `InvitationRevoked`, `TooMany`, and `Conflict`
    where a guest would become an officer."""
    with _slowed(world, address) as now:
        token = token or world.sources.new_token()
        with reading(world.engine) as connection:
            found = _find(connection, _BY_CODE, code, token, now)
        if not found.used:
            # Before anything is used up: the same person may come again without the guest's token.
            accounts.refuse_guest_as_staff(world, found.kind, header)
        with writing(world.engine) as connection:
            found = _find(connection, for_update(_BY_CODE, world.engine), code, token, now)
            seat = devices.seat_of(connection, token)
            if not found.used:
                if seat is not None:
                    raise Conflict("this token is another device's; mint a new one")
                values = {"id": found.id, "now": devices.stamp(now), "token": tokens.hash_of(token)}
                connection.execute(_USE, values)
        if seat is not None and (seat.revoked or seat.person != found.person):
            raise InvitationUsed("this invitation was used, and the device that used it was revoked since")
    seat = seat or _seated(world, found, header, token)
    log.info("let in", extra={"by": "invitation", "invitation": found.id, "person": seat.person, "kind": seat.kind})
    return {"token": token, "person": seat.public()}


def _seated(world: Services, found: _Found, header: str | None, token: str) -> devices.Seat:
    try:
        return accounts.seated(world, found.person, found.kind, header, token)
    except IntegrityError:
        # The same request came twice at the same moment, and the other one was first.
        with reading(world.engine) as connection:
            seat = devices.seat_of(connection, token)
        if seat is None:
            raise
        return seat


def _find(connection: Connection, statement: str, code: str, token: str | None, now: datetime) -> _Found:
    row = None
    if tokens.SHAPE.match(code):
        row = connection.execute(text(statement), {"code": tokens.hash_of(code)}).one_or_none()
    if row is None:
        raise InvitationUnknown("no invitation has this code; take the whole link, as the city's admin sent it")
    if row.used is not None and (token is None or row.token != tokens.hash_of(token)):
        raise InvitationUsed("this invitation was used; ask the city's admin for a new one")
    if row.revoked is not None or row.disabled is not None:
        raise InvitationRevoked("this invitation was taken back; ask the city's admin for a new one")
    if row.used is None and row.expires <= devices.stamp(now):
        raise InvitationExpired("this invitation is too old; ask the city's admin for a new one")
    return _Found(row.id, row.person_id, row.login, row.name, row.kind, row.roles, row.expires, row.used is not None)


@contextmanager
def _slowed(world: Services, address: str) -> Iterator[datetime]:
    """The moment; counts refused codes by address, and refuses unread where there were too many."""
    key, now = f"enrol:{address}"[:160], world.sources.clock()
    throttle.check(world.engine, key, now, throttle.MOST_ADDRESS)
    try:
        yield now
    except _WRONG as wrong:
        throttle.count(world.engine, key, now)
        log.warning("not let in", extra={"by": "invitation", "refused": wrong.code})
        raise


_BY_CODE = (
    "SELECT i.id, i.person_id, i.expires, i.used, i.token, i.revoked, p.login, p.name, p.kind, p.roles, p.disabled"
    " FROM invitation i JOIN person p ON p.id = i.person_id WHERE i.code = :code"
)
_USE = text("UPDATE invitation SET used = :now, token = :token WHERE id = :id")
