"""Accounts: signing up and in, and what becomes of a guest's cases then."""

import logging
import unicodedata
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import Connection, Row, text
from sqlalchemy.exc import IntegrityError

from schemas.text import Text
from server.access import devices, given_password, passwords, throttle, tokens
from server.services import Services
from server.store.database import for_update, reading, writing
from sync.errors import Conflict, Forbidden, Invalid, WrongCredentials

log = logging.getLogger("tenggat.access")


@dataclass(frozen=True)
class Known:
    """Whoever has typed their login and password. `proved`: the mark of the password as it is stored."""

    person: str
    kind: str
    proved: bytes


def canonical(login: str) -> str:
    """One spelling per login: trimmed, composed (NFKC), lower case."""
    return unicodedata.normalize("NFKC", login).strip().casefold()


def sign_in(world: Services, login: str, password: str, header: str | None, address: str) -> dict[str, Any]:
    """A new device of the account, and its token. Raises `WrongCredentials`, `TooMany`, `Forbidden`."""
    known = recognised(world, login, password, address)
    token = world.sources.new_token()
    seat = seated(world, known.person, known.kind, header, token, known.proved)
    log.info("let in", extra={"by": "password", "person": seat.person, "kind": seat.kind})
    return {"token": token, "person": seat.public()}


def recognised(world: Services, login: str, password: str, address: str) -> Known:
    """The person whose login and password these are. Raises `WrongCredentials`, and `TooMany` where
    they were guessed at too often."""
    now, login = world.sources.clock(), canonical(login)
    keys = {f"login:{login}"[:160]: throttle.MOST, f"address:{address}"[:160]: throttle.MOST_ADDRESS}
    for key, most in keys.items():
        # All of them first: where one is closed, the others are not counted.
        throttle.check(world.engine, key, now, most)
    for key, most in keys.items():
        throttle.take(world.engine, key, now, most)
    with reading(world.engine) as connection:
        row = connection.execute(_BY_LOGIN, {"login": login}).one_or_none()
    stored = row.password if row is not None and row.disabled is None else None
    if not passwords.fits(stored, password) or row is None or stored is None:
        raise _not_let_in(row.id if row is not None else None)
    for key in keys:
        throttle.give_back(world.engine, key, now)
    given_password.refuse_over(row.password_until, now)
    if fresh := passwords.fresh(stored, password):
        stored = _renewed(world, row.id, password, stored, fresh)
    return Known(row.id, row.kind, passwords.mark(stored))


def _renewed(world: Services, person: str, password: str, stored: str, fresh: str) -> str:
    """What is stored now: the new hash, or that of whoever signed in at the same moment and was first."""
    with writing(world.engine) as connection:
        if connection.execute(_REHASH, {"id": person, "stored": stored, "fresh": fresh}).rowcount:
            return fresh
        found = connection.execute(_PASSWORD, {"id": person}).scalar_one()
    if not passwords.fits(found, password):
        raise _not_let_in(person)
    return str(found)


def seated(
    world: Services, person: str, kind: str, header: str | None, token: str, proved: bytes | None = None
) -> devices.Seat:
    """Give this person a device that has `token`: a new one, or the guest's who asks, with the guest's cases.

    `proved`: the mark of the password that they typed, where they come in by that: whoever gives another one and puts
    all devices out does not see those that come in beside it. `Conflict` where a guest would become an officer,
    `Forbidden` where the account was closed meanwhile, `WrongCredentials` where it has another password by now."""
    refuse_guest_as_staff(world, kind, header)
    with reading(world.engine) as connection:
        guest = _guest(connection, header)
        if guest is not None:
            # Nor do cases go to an account that would let nobody in after them.
            _refuse_changed(connection.execute(text(_OPEN), {"id": person}).one_or_none(), person, proved)
    if guest is not None:
        # Before the guest is closed, so that a crash in between strands no case: signing in again goes on from here.
        world.hand_over(guest.person, person)
    with writing(world.engine) as connection:
        # Whoever closes the account takes back the devices that it has: so no device comes in beside that.
        found = connection.execute(text(for_update(_OPEN, world.engine)), {"id": person}).one_or_none()
        _refuse_changed(found, person, proved, _GONE_AHEAD if guest is not None else None)
        guest = _guest(connection, header)
        if guest is None:
            devices.new_device(connection, world.sources, person, token)
        else:
            # The guest's device becomes the account's, so what waits in its outbox goes on under the same keys.
            now = devices.stamp(world.sources.clock())
            moved = {"id": guest.device, "person": person, "token": tokens.hash_of(token), "now": now}
            connection.execute(_MOVE, moved)
            connection.execute(_CLOSE, {"id": guest.person, "now": now})
        seat = devices.seat_of(connection, token)
    assert seat is not None, "the device was just made"
    if guest is not None:
        # What the guest's device sent meanwhile.
        world.hand_over(guest.person, seat.person)
    return seat


def _refuse_changed(found: Row[Any] | None, person: str, proved: bytes | None, told: Text | None = None) -> None:
    """Where the account is not as it was when its owner was recognised: closed (`found` is None), or with another
    password, which is `told` so."""
    if found is None:
        raise Forbidden("this account was closed just now; ask the city's admin")
    if proved is not None and passwords.mark(found.password) != proved:
        raise _not_let_in(person, told)


def refuse_guest_as_staff(world: Services, kind: str, header: str | None) -> None:
    """`Conflict` where a guest asks to become staff: an officer's own cases would be mixed with the office's."""
    with reading(world.engine) as connection:
        guest = _guest(connection, header)
    if guest is not None and kind == "staff":
        raise Conflict(
            "a guest's cases cannot become an officer's; sign in without the guest's token",
            text=Text(
                "Di perangkat ini ada berkas seorang tamu, dan itu tidak bisa menjadi milik petugas. Pakai profil atau "
                "peramban lain.",
                "This device holds a guest's cases, which cannot become an officer's. Use another profile or browser.",
            ),
        )


def sign_up(world: Services, login: str, password: str, name: str, header: str | None, address: str) -> dict[str, Any]:
    """A new account; a guest keeps person, device and cases. Raises `Conflict` where the login is taken, `Invalid` for
    a password that is guessed first, `TooMany`."""
    now, login, name = world.sources.clock(), canonical(login), name.strip()
    limited = f"sign-up:{address}"[:160]
    throttle.check(world.engine, limited, now, throttle.MOST_ADDRESS)
    # Each try, also one that succeeds: an account costs a slow hash, and a taken login tells that somebody has it.
    throttle.count(world.engine, limited, now)
    if fault := passwords.fault(password, login, name, world.city.name.id):
        raise Invalid(f"this password cannot be taken: {fault['en']}", problems={"password": fault})
    hashed = passwords.hash_password(password)
    token = tokens.from_header(header)
    try:
        with writing(world.engine) as connection:
            guest = _guest(connection, header)
            if guest is not None and token is not None:
                connection.execute(_UPGRADE, {"id": guest.person, "login": login, "password": hashed, "name": name})
                connection.execute(_SINCE, {"id": guest.device, "now": devices.stamp(now)})
            else:
                token = world.sources.new_token()
                person = devices.new_person(connection, world.sources, "citizen", name, login=login, password=hashed)
                devices.new_device(connection, world.sources, person, token)
            seat = devices.seat_of(connection, token)
    except IntegrityError:
        raise Conflict("this login is taken; choose another", problems={"login": {"code": "taken"}}) from None
    assert seat is not None, "the device was just made"
    log.info("signed up", extra={"person": seat.person, "device": seat.device})
    return {"token": token, "person": seat.public()}


def sign_out(world: Services, header: str | None) -> None:
    """Take the device's token back. A guest cannot sign out: nothing but this token leads to a guest's cases."""
    seat = devices.signed_in(world.engine, header)
    if seat.kind == "guest":
        raise Forbidden("a guest cannot sign out; sign up first, so that the cases stay reachable")
    with writing(world.engine) as connection:
        connection.execute(_REVOKE, {"id": seat.device, "now": devices.stamp(world.sources.clock())})
    log.info("signed out", extra={"person": seat.person, "device": seat.device})


def _not_let_in(person: str | None, told: Text | None = None) -> WrongCredentials:
    # The id where there is such a login: never what was typed, which may be a password in the wrong field.
    log.warning("not let in", extra={"by": "password", "person": person})
    return WrongCredentials("name or password is not right", **({"text": told} if told else {}))


def _guest(connection: Connection, header: str | None) -> devices.Seat | None:
    token = tokens.from_header(header)
    seat = devices.seat_of(connection, token) if token else None
    return seat if seat is not None and seat.kind == "guest" and not seat.revoked else None


_GONE_AHEAD: Final = Text(
    "Kata sandi akun ini diganti tepat saat Anda masuk. Berkas Anda sudah ada di akun ini dan tidak hilang: masuk lagi "
    "dengan kata sandi yang baru.",
    "The password of this account was changed just as you signed in. Your cases are in the account already, and nothing"
    " is lost: sign in again with the new one.",
)
_BY_LOGIN = text("SELECT id, kind, password, password_until, disabled FROM person WHERE login = :login")
_OPEN = "SELECT password FROM person WHERE id = :id AND disabled IS NULL"
_PASSWORD = text("SELECT password FROM person WHERE id = :id")
# Only in the place of the one that was looked at: a new password may have been given meanwhile.
_REHASH = text("UPDATE person SET password = :fresh WHERE id = :id AND password = :stored")
_UPGRADE = text("UPDATE person SET kind = 'citizen', login = :login, password = :password, name = :name WHERE id = :id")
# Since now it is this account's: in its list it must not look like one that was in for long.
_SINCE = text("UPDATE device SET created = :now WHERE id = :id")
_MOVE = text("UPDATE device SET person_id = :person, token = :token, created = :now WHERE id = :id")
_CLOSE = text("UPDATE person SET disabled = :now WHERE id = :id")
_REVOKE = text("UPDATE device SET revoked = :now, revoked_why = 'signed_out' WHERE id = :id")
