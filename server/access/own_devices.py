"""A person's devices as they see them themselves, and putting out one that is in somebody else's hands."""

import logging
from dataclasses import dataclass

from sqlalchemy import text

from schemas.text import Text
from server.access import asking, own_password
from server.access.devices import Seat
from server.services import Services
from server.store.database import reading
from sync.errors import Conflict, Forbidden, NotFound

log = logging.getLogger("tenggat.access")


@dataclass(frozen=True)
class OwnDevice:
    """A device whose token is good: what it is, since when, and how it stood when it was last here."""

    id: str
    app: str
    """Empty where it never came."""
    created: str
    seen: str | None
    waits: int
    """Commands and files that it had not sent by then."""
    this: bool
    """Whether it is the one that asks."""


def of(world: Services, seat: Seat) -> list[OwnDevice]:
    """The seat's own first, then whichever was here last. `Forbidden` for a guest."""
    _refuse_guest(seat)
    with reading(world.engine) as connection:
        rows = connection.execute(_OWN, {"person": seat.person, "device": seat.device}).all()
    return [OwnDevice(row.id, row.app, row.created, row.seen, row.waits, row.id == seat.device) for row in rows]


def end(world: Services, seat: Seat, device: str, password: str, address: str) -> None:
    """Revoke one of the person's devices, with their password: it hands over what waits on it, then drops what it
    holds. One that was put out already stays so.

    Raises `NotFound` for a device that is not theirs, `Forbidden` for a guest, `Conflict` for the one that asks,
    `WrongCredentials`, and `TooMany` where the password was tried too often."""
    with reading(world.engine) as connection:
        if connection.execute(_IS_OWN, {"id": device, "person": seat.person}).first() is None:
            raise NotFound("there is no such device of yours")
    _refuse_guest(seat)
    if device == seat.device:
        said = Text("Perangkat ini sendiri dikeluarkan dengan keluar.", "This device itself is put out by signing out.")
        raise Conflict("a device does not put itself out; sign out instead", text=said)
    own_password.prove(world, seat.person, password, address)
    asking.revoke(world.engine, world.sources, [device], seat.person)
    log.info("device put out", extra={"person": seat.person, "device": device})


def _refuse_guest(seat: Seat) -> None:
    if seat.kind == "guest":
        raise Forbidden("a guest has this one device; sign up first")


# One whose outbox goes on at another of the person's devices is among them: its token is as good as any.
_OWN = text(
    "SELECT id, app, created, seen, waits FROM device WHERE person_id = :person AND revoked IS NULL"
    " ORDER BY CASE WHEN id = :device THEN 0 ELSE 1 END, coalesce(seen, created) DESC, id"
)
_IS_OWN = text("SELECT id FROM device WHERE id = :id AND person_id = :person")
