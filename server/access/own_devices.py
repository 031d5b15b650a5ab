"""Where a person is signed in, as they see it themselves, and putting out what is in somebody else's hands."""

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Literal

from sqlalchemy import text

from schemas.text import Text
from server.access import asking, own_password, own_sessions
from server.access.devices import Seat
from server.services import Services
from server.store.database import reading, writing
from sync.errors import Conflict, Forbidden, NotFound

log = logging.getLogger("tenggat.access")


Kind = Literal["device", "file", "pages"]


@dataclass(frozen=True)
class OwnDevice:
    """A device whose token is good, one that is known by a file of what it held, or a session on the admin pages: since
    when, and when it was last here."""

    kind: Kind
    id: str
    app: str
    """As it names itself; empty where it never came, and of a session."""
    created: str
    seen: str | None
    waits: int
    """Commands and files that it had not sent by then."""
    this: bool
    """Whether it is the one that asks."""


def of(world: Services, seat: Seat) -> list[OwnDevice]:
    """The seat's own first, then whichever was here last, then sessions. `Forbidden` for a guest."""
    _refuse_guest(seat)
    with reading(world.engine) as connection:
        rows = connection.execute(_OWN, {"person": seat.person, "device": seat.device}).all()
        sessions = own_sessions.of(connection, seat.person, world.sources.clock())
    devices = [
        OwnDevice(_KINDS[row.by_file], row.id, row.app, row.created, row.seen, row.waits, row.id == seat.device)
        for row in rows
    ]
    return devices + [OwnDevice("pages", name, "", row.created, row.seen, 0, False) for name, row in sessions.items()]


def end(world: Services, seat: Seat, called: str, password: str) -> None:
    """Put out one of them, with the person's password. A device is revoked: it hands over what waits on it, then drops
    what it holds. One that was put out already stays so.

    Raises `NotFound` for what is not theirs, `Forbidden` for a guest, `Conflict` for the device that asks,
    `WrongCredentials`, and `TooMany` where the password was tried too often."""
    kind = _kind(world, seat, called)
    _refuse_guest(seat)
    if called == seat.device:
        said = Text("Perangkat ini sendiri dikeluarkan dengan keluar.", "This device itself is put out by signing out.")
        raise Conflict("a device does not put itself out; sign out instead", text=said)
    own_password.prove(world, seat.person, password, seat.device)
    if kind == "device":
        asking.revoke(world.engine, world.sources, [called], seat.person)
    else:
        with writing(world.engine) as connection:
            own_sessions.end(connection, seat.person, called, world.sources.clock())
    log.info("put out", extra={"kind": kind, "person": seat.person, "device": called})


def _kind(world: Services, seat: Seat, called: str) -> Kind:
    with reading(world.engine) as connection:
        if connection.execute(_IS_OWN, {"id": called, "person": seat.person}).first() is not None:
            return "device"
        if called in own_sessions.of(connection, seat.person, world.sources.clock()):
            return "pages"
    raise NotFound("there is no such device of yours")


def _refuse_guest(seat: Seat) -> None:
    if seat.kind == "guest":
        raise Forbidden("a guest has this one device; sign up first")


_KINDS: Final[Mapping[bool, Kind]] = {False: "device", True: "file"}
# One whose outbox goes on at another of the person's devices is among them: its token is as good as any. Of one that a
# file brought, nobody has the token: once the device came itself, it stands there as that.
_OWN = text(
    "SELECT id, app, created, seen, waits, carried IS NOT NULL AS by_file FROM device"
    " WHERE person_id = :person AND revoked IS NULL"
    " AND (carried IS NULL OR EXISTS (SELECT 1 FROM instance i WHERE i.device_id = device.id))"
    " ORDER BY CASE WHEN id = :device THEN 0 ELSE 1 END, coalesce(seen, created) DESC, id"
)
_IS_OWN = text("SELECT id FROM device WHERE id = :id AND person_id = :person")
