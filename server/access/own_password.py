"""A password that its owner changes: with the old one, so that a phone left lying open gives nobody the account."""

import logging
from typing import Final

from sqlalchemy import text

from schemas.text import Text
from server.access import closing, given_password, passwords, throttle
from server.access.devices import Seat
from server.services import Services
from server.store.database import reading
from sync.errors import Forbidden, Invalid, WrongCredentials

log = logging.getLogger("tenggat.access")


def change(world: Services, seat: Seat, old: str, password: str, *, others: bool = False) -> int:
    """Give the seat's person another password. Their sessions on the admin pages end, and with `others` all of their
    devices but this one; how many.

    Raises `Forbidden` for a guest, `WrongCredentials` where the old one is not right, `TooMany` where that was tried
    too often, `Invalid` for a new one that cannot be taken."""
    if seat.kind == "guest":
        raise Forbidden("a guest has no password; sign up first")
    done = replace(world, seat.person, old, password, seat.device, revoke=others, but=seat.device)
    log.info("password changed", extra={"person": seat.person, "device": seat.device})
    return done.devices


def replace(
    world: Services,
    person: str,
    old: str,
    password: str | None,
    here: str,
    *,
    keep: str = "",
    revoke: bool = False,
    but: str = "",
) -> closing.NewPassword:
    """`closing.set_password`, by whoever knows the present one. Raises what `prove` does, and `Invalid` also where the
    new one is the present one: one that was made up would be good for ever."""
    proved = prove(world, person, old, here)
    if password == old:
        raise Invalid("this is the present password", problems={"password": _SAME})
    where = (world.engine, world.city, world.sources)
    return closing.set_password(*where, person, person, password, keep=keep, revoke=revoke, but=but, proved=proved)


def prove(world: Services, person: str, old: str, here: str) -> bytes:
    """Whoever is here is the person: they know the password, whose mark this is. Raises `WrongCredentials`, and
    `TooMany` where that was tried too often `here`: on this device, or in this session.

    Counted apart from signing in: else whoever guesses at a login from outside would keep its owner from changing the
    password and from putting a stolen device out."""
    now, key = world.sources.clock(), f"own:{person}:{here}"[:160]
    throttle.take(world.engine, key, now)
    with reading(world.engine) as connection:
        row = connection.execute(_STORED, {"id": person}).one()
    if not passwords.fits(row.password, old):
        log.warning("not let in", extra={"by": "old password", "person": person})
        said = Text("Sandi yang sekarang tidak cocok.", "The present password is not right.")
        raise WrongCredentials("the old password is not right", text=said)
    throttle.give_back(world.engine, key, now)
    given_password.refuse_over(row.password_until, now)
    return passwords.mark(row.password)


_SAME: Final = {
    "code": "same",
    "id": "Ini kata sandi yang sekarang. Pilih yang lain.",
    "en": "This is the present password. Choose another one.",
}
_STORED = text("SELECT password, password_until FROM person WHERE id = :id")
