"""Closing an account and opening it again; its password, its second factor, and whoever is signed in on the admin pages
with it.

Closing revokes the account's devices. Each hands over what waits on it at its next exchange (it goes to quarantine),
then drops what it holds: so nothing that was typed goes with whoever leaves.
"""

from dataclasses import dataclass
from typing import Final

from sqlalchemy import Connection, Engine, text

from schemas.catalogue.model import City
from schemas.text import Text
from server.access import (
    admins,
    asking,
    audit,
    duties,
    given_password,
    own_sessions,
    passwords,
    people,
    second_factor,
    wrong_codes,
)
from server.access.devices import stamp
from server.access.people import Person
from server.access.wrong_codes import Reopened
from server.sources import Sources
from server.store.database import for_update, writing
from sync.errors import Conflict, Invalid, WrongCredentials


@dataclass(frozen=True)
class Closed:
    """What ended with an account. `waits`: commands and files on its devices that were not sent yet."""

    person: Person
    devices: int
    waits: int
    sessions: int
    invitations: int


@dataclass(frozen=True)
class NewPassword:
    """A password that was set, and what ended with the old one. `told`: it was made up here, and is shown once;
    `opened`: codes of their phone were shut, and count again."""

    person: Person
    told: str | None
    sessions: int
    devices: int
    opened: bool


def disable(engine: Engine, sources: Sources, called: str, who: str, why: str = "left") -> Closed:
    """Close an account: nobody signs in with it, its devices are revoked, its admin sessions and invitations end.

    Raises `NotFound`, `Invalid` for an unknown reason, `Conflict` where it is closed already, is one's own, or is the
    last admin's."""
    asking.check_reason(why)
    now = sources.clock()
    with writing(engine) as connection:
        admins.hold(connection)
        found = _locked(connection, engine, called)
        if found.disabled is not None:
            raise Conflict(f"the account {found.login} is closed already, since {found.disabled}")
        admins.refuse_oneself(found.id, who)
        admins.refuse_the_last(connection, found.id, now)
        connection.execute(_DISABLE, {"id": found.id, "now": stamp(now)})
        sessions = own_sessions.end_all(connection, found.id)
        withdrawn = connection.execute(_WITHDRAW, {"id": found.id, "now": stamp(now)}).rowcount
        devices = _revoke_devices(connection, found.id, sources, who, why)
        closed = Closed(found, devices, found.waits, sessions, withdrawn)
        audit.note(connection, who, "person.disable", found.id, {"why": why, "devices": closed.devices}, now=now)
    return closed


def enable(engine: Engine, sources: Sources, called: str, who: str) -> Person:
    """Open an account again. Its old devices stay revoked: its person signs in anew, or is invited. `NotFound`,
    `Conflict` where it is open."""
    now = sources.clock()
    with writing(engine) as connection:
        found = _locked(connection, engine, called)
        if found.disabled is None:
            raise Conflict(f"the account {found.login} is open")
        # Whatever somebody began with it in the moment of its closing, or before this program closed accounts.
        own_sessions.end_all(connection, found.id)
        _revoke_devices(connection, found.id, sources, who, "left")
        connection.execute(_ENABLE, {"id": found.id})
        audit.note(connection, who, "person.enable", found.id, now=now)
    return found


def set_password(
    engine: Engine,
    city: City,
    sources: Sources,
    called: str,
    who: str,
    password: str | None = None,
    *,
    revoke: bool = False,
    but: str = "",
    keep: str = "",
    proved: bytes | None = None,
) -> NewPassword:
    """Give an account another password: this one, or one that is made up. Its admin sessions end, but for the one with
    the cookie `keep`, and so do tries that were counted against it; where somebody else gives it (`who`), codes of the
    phone that were shut count again. Its devices stay signed in, since what waits on them would have to go by the
    quarantine; `revoke` takes them back too, all `but` this one, where somebody else knew the old one.

    `proved`: the mark of the present one, where that was asked for. Raises `NotFound`, `Invalid` for a password that
    cannot be taken, `WrongCredentials` where another one came between."""
    told = None if password is not None else made_up(sources)
    given = password if password is not None else told or ""
    before = people.person(engine, called)
    fault = passwords.fault(given, before.login, before.name, city.name.id) if told is None else None
    if fault:
        problems = {"password": fault}
        raise Invalid(f"nothing was changed. {duties.in_words(problems)}", problems=problems)
    # Slow on purpose, and so before anything is locked.
    hashed = passwords.hash_password(given)
    now = sources.clock()
    with writing(engine) as connection:
        found = _locked(connection, engine, before.id)
        if proved is not None and passwords.mark(connection.execute(_STORED, {"id": found.id}).scalar_one()) != proved:
            raise WrongCredentials("the password is another one since a moment ago", text=_OVERTAKEN)
        until = given_password.until(now) if told is not None else None
        connection.execute(_PASSWORD, {"id": found.id, "password": hashed, "until": until})
        connection.execute(_FORGIVE, {"key": f"login:{found.login}"[:160], "own": f"own:{found.id}:%"})
        sessions = own_sessions.end_all(connection, found.id, keep)
        # Not by one's own: whoever guessed at the codes knows the old one, and could go on after each.
        reopened = second_factor.reopen(connection, found.id) if who != found.id else Reopened(0, False)
        devices = _revoke_devices(connection, found.id, sources, who, "other", but) if revoke else 0
        wrong_codes.note_reopened(connection, reopened, found.id, who, now)
        done = NewPassword(found, told, sessions, devices, reopened.shut)
        details = {"made_up": told is not None, "sessions": done.sessions, "devices": done.devices}
        audit.note(connection, who, "person.password", found.id, details, now=now)
    return done


def end_sessions(engine: Engine, sources: Sources, called: str, who: str, keep: str = "") -> tuple[Person, int]:
    """Sign somebody out of the admin pages, wherever they are but for the cookie `keep`; how many sessions ended."""
    with writing(engine) as connection:
        found = people.find(connection, called)
        ended = own_sessions.end_all(connection, found.id, keep)
        if ended:
            audit.note(connection, who, "session.end_all", found.id, {"sessions": ended}, now=sources.clock())
    return found, ended


def remove_factor(engine: Engine, sources: Sources, called: str, who: str, keep: str = "") -> tuple[Person, int]:
    """Take somebody's second factor away, with its recovery codes; how many sessions on the admin pages ended, which is
    all but the one with the cookie `keep`. `NotFound`, `Conflict` where they have none."""
    with writing(engine) as connection:
        found = _locked(connection, engine, called)
        ended = own_sessions.end_all(connection, found.id, keep)
        if not second_factor.forget(connection, found.id):
            raise Conflict(f"{found.login} has no second factor")
        audit.note(connection, who, "factor.remove", found.id, {"sessions": ended}, now=sources.clock())
    return found, ended


def made_up(sources: Sources) -> str:
    """A password of 100 random bits in groups of five: nothing in it is mistaken for something else when it is read
    out over the phone."""
    letters = (sources.new_code() + sources.new_code()).lower()
    return "-".join(letters[n : n + 5] for n in range(0, len(letters), 5))


def _locked(connection: Connection, engine: Engine, called: str) -> Person:
    """The person, whom nobody else changes until the commit. Signing in waits for it too."""
    found = people.find(connection, called)
    connection.execute(text(for_update(_LOCK, engine)), {"id": found.id})
    return people.find(connection, found.id)


def _revoke_devices(connection: Connection, person: str, sources: Sources, who: str, why: str, but: str = "") -> int:
    ids = connection.execute(_DEVICES, {"id": person, "but": but}).scalars().all()
    return asking.revoke_within(connection, ids, who, why, sources.clock()) if ids else 0


_OVERTAKEN: Final = Text(
    "Kata sandi akun ini baru saja diganti. Bila itu Anda sendiri, misalnya karena tombolnya tertekan dua kali, yang"
    " baru sudah berlaku. Bila bukan Anda, tanyakan ke admin kota.",
    "The password of this account was changed a moment ago. If that was you, perhaps because the button was pressed"
    " twice, the new one counts already. If it was not you, ask the city's admin.",
)

_STORED = text("SELECT password FROM person WHERE id = :id")
_LOCK = "SELECT id FROM person WHERE id = :id"
_DISABLE = text("UPDATE person SET disabled = :now WHERE id = :id")
_ENABLE = text("UPDATE person SET disabled = NULL WHERE id = :id")
_PASSWORD = text("UPDATE person SET password = :password, password_until = :until WHERE id = :id")
_FORGIVE = text("DELETE FROM attempt WHERE key = :key OR key LIKE :own")
_DEVICES = text("SELECT id FROM device WHERE person_id = :id AND id <> :but AND revoked IS NULL")
_WITHDRAW = text(
    "UPDATE invitation SET revoked = :now WHERE person_id = :id AND used IS NULL AND revoked IS NULL AND expires > :now"
)
