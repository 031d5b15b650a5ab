"""A password that its owner changes: with the old one, so that a phone left lying open gives nobody the account."""

import logging

from sqlalchemy import text

from schemas.text import Text
from server.access import asking, closing, given_password, passwords, throttle
from server.access.devices import Seat
from server.services import Services
from server.store.database import reading
from sync.errors import Forbidden, WrongCredentials

log = logging.getLogger("tenggat.access")


def change(world: Services, seat: Seat, old: str, password: str, address: str, *, others: bool = False) -> int:
    """Give the seat's person another password. Their sessions on the admin pages end, and with `others` all of their
    devices but this one; how many.

    Raises `Forbidden` for a guest, `WrongCredentials` where the old one is not right, `TooMany` where that was tried
    too often, `Invalid` for a new one that cannot be taken."""
    if seat.kind == "guest":
        raise Forbidden("a guest has no password; sign up first")
    prove(world, seat.person, old, address)
    with reading(world.engine) as connection:
        devices = connection.execute(_OTHERS, {"person": seat.person, "device": seat.device}).scalars().all()
    closing.set_password(world.engine, world.city, world.sources, seat.person, seat.person, password)
    log.info("password changed", extra={"person": seat.person, "device": seat.device})
    return asking.revoke(world.engine, world.sources, devices, seat.person, "other") if others and devices else 0


def prove(world: Services, person: str, old: str, address: str) -> None:
    """Whoever is here is the person: they know the password. Raises `WrongCredentials`, and `TooMany` where that was
    tried too often."""
    now = world.sources.clock()
    with reading(world.engine) as connection:
        row = connection.execute(_STORED, {"id": person}).one()
    # The same counts as for signing in: this is one more place to guess at.
    limits = {f"login:{row.login}"[:160]: throttle.MOST, f"address:{address}"[:160]: throttle.MOST_ADDRESS}
    for key, most in limits.items():
        throttle.take(world.engine, key, now, most)
    if not passwords.fits(row.password, old):
        log.warning("not let in", extra={"by": "old password", "person": person})
        said = Text("Sandi yang sekarang tidak cocok.", "The present password is not right.")
        raise WrongCredentials("the old password is not right", text=said)
    for key in limits:
        throttle.give_back(world.engine, key, now)
    given_password.refuse_over(row.password_until, now)


_STORED = text("SELECT login, password, password_until FROM person WHERE id = :id")
_OTHERS = text("SELECT id FROM device WHERE person_id = :person AND id <> :device AND revoked IS NULL")
