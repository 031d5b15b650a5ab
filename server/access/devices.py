"""Who a request speaks for: from a token to a device, its person, and what that person may see."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import Connection, Engine, Row, text
from sqlalchemy.exc import IntegrityError

from schemas.text import Text
from server.access import throttle, tokens
from server.domain.actor import Actor, person_scope
from server.feed.stamp import Head
from server.sources import Sources
from server.store.database import again, glancing, reading, writing
from server.store.straight import ask
from sync.errors import InstanceTaken, NotSignedIn

GUEST_NAME = "Tamu"

MOST_GUESTS = 500
"""New guests of one address in one window of the throttle: behind it may be a village, or a network's whole city."""


_CROWDED = Text(
    "Banyak perangkat baru masuk lewat jaringan ini barusan, jadi perangkat ini menunggu gilirannya sebentar. Yang Anda"
    " tulis aman di sini, dan terkirim begitu tiba gilirannya.",
    "Many new devices came in through this network just now, so this one waits a little for its turn. What you typed is"
    " safe here, and is sent when its turn comes.",
)
"""Whoever opens the app for the first time tried nothing, and need not do anything."""


@dataclass(frozen=True)
class Seat:
    """A device and the person at it."""

    device: str
    person: str
    name: str
    kind: str
    roles: frozenset[str]
    scopes: tuple[str, ...]
    seen: str | None
    health: str
    revoked: bool
    cuts: int = 0
    succeeded: str | None = None
    turned_away: str | None = None
    resync: int = 0
    """How often an admin had this device start over."""
    resync_asked: str | None = None
    diagnosis_asked: str | None = None
    amended: int = 0
    """The newest result of one of its commands that took the place of an earlier one; 0 for none."""
    password_until: str | None = None
    """Until when the person's password is good, where it was made up for them."""
    end: Head | None = None
    """Where the feed ended at the same moment; None where the seat was made just now."""

    def actor(self, skew: int | None = None) -> Actor:
        return Actor(self.person, self.name, self.roles, frozenset(self.scopes), skew)

    def public(self) -> dict[str, Any]:
        """What the device may know of its person."""
        told = {"id": self.person, "name": self.name, "kind": self.kind, "roles": sorted(self.roles)}
        return told if self.password_until is None else told | {"password_until": self.password_until}


class Arrival(NamedTuple):
    """What is known of a token and an instance that come together. `holder`: the device whose instance it was last;
    `highest`: the last of its commands that was processed, 0 for none."""

    seat: Seat | None
    holder: str | None
    highest: int


def arrival(connection: Connection, token: str, instance: str) -> Arrival:
    """All that an exchange asks of who sends it, in one query. An unknown token says nothing of the instance either."""
    rows = ask(connection, _ARRIVAL, {"token": tokens.hash_of(token), "instance": instance})
    return Arrival(_seat(rows), rows[0].holder, rows[0].highest or 0) if rows else Arrival(None, None, 0)


def seat_of(connection: Connection, token: str) -> Seat | None:
    """The seat that a token stands for, also a revoked one; None where no device has it. A disabled person's device has
    a seat as long as it was revoked: it hands over what it holds."""
    return _seat(connection.execute(_SEAT, {"token": tokens.hash_of(token)}).all())


def seat_of_instance(connection: Connection, instance: str) -> Seat | None:
    """The seat at which this instance was last shown, as `seat_of`."""
    return _seat(connection.execute(_SEAT_OF_INSTANCE, {"id": instance}).all())


def _seat(rows: Sequence[Row[Any]]) -> Seat | None:
    """Of one row for each scope that is granted; a citizen has none, and one row all the same."""
    row = rows[0] if rows else None
    if row is None or (row.disabled is not None and row.revoked is None):
        return None
    granted = [each.scope for each in rows if each.scope is not None]
    return Seat(
        device=row.device_id,
        person=row.person_id,
        name=row.name,
        kind=row.kind,
        roles=frozenset(row.roles.split()),
        scopes=(person_scope(row.person_id), *sorted(granted)),
        seen=row.seen,
        health=row.health,
        revoked=row.revoked is not None,
        cuts=row.cuts,
        succeeded=row.succeeded,
        turned_away=row.turned_away,
        resync=row.resync,
        resync_asked=row.resync_asked,
        diagnosis_asked=row.diagnosis_asked,
        amended=row.amended,
        password_until=row.password_until,
        end=None if row.epoch is None else Head(row.epoch, row.pos, row.calendar),
    )


@again
def signed_in(engine: Engine, header: str | None) -> Seat:
    """The seat of a request that must have one. `NotSignedIn` for no, an unknown or a revoked token."""
    token = tokens.from_header(header)
    if token is None:
        raise NotSignedIn("sign in first")
    with reading(engine) as connection:
        seat = seat_of(connection, token)
    if seat is None or seat.revoked:
        raise NotSignedIn("this device's token is not valid; sign in again")
    return seat


@again
def admit(
    engine: Engine, header: str | None, instance: str, guest: bool, sources: Sources, address: str | None = None
) -> Seat:
    """The seat of an exchange. A guest's unknown token makes a new guest; an instance is bound to the person whose
    device shows it first, and moves along when that person signs in anew. `address`: where a new guest is counted;
    None where whoever comes was counted already. Raises `NotSignedIn`, `InstanceTaken`, `TooMany`."""
    token = tokens.from_header(header)
    if token is None:
        raise NotSignedIn("an exchange needs a device's token; a guest's device mints its own")
    with glancing(engine) as connection:
        seat, holder, _ = arrival(connection, token, instance)
    if seat is not None and holder == seat.device:
        return seat
    if seat is None and not guest:
        raise NotSignedIn("this device's token is not valid; sign in again")
    counted = f"guests:{address}"[:160] if address is not None and seat is None else None
    if counted:
        throttle.check(engine, counted, sources.clock(), MOST_GUESTS, said=_CROWDED)
    try:
        return _bound(engine, token, instance, sources, counted)
    except IntegrityError:
        # The same request came twice at the same moment (a second tap), and the other one was first: it is there now.
        return _bound(engine, token, instance, sources, counted)


def _bound(engine: Engine, token: str, instance: str, sources: Sources, counted: str | None = None) -> Seat:
    with writing(engine) as connection:
        seat = seat_of(connection, token)
        if seat is None and connection.execute(_TAKEN, {"token": tokens.hash_of(token)}).first() is not None:
            # Looked up once more: between the two, the same request may have come in beside this one.
            seat = seat_of(connection, token)
            if seat is None:
                raise NotSignedIn("this device's account is closed")
        if seat is None:
            if counted:
                throttle.take_in(connection, counted, sources.clock(), MOST_GUESTS, _CROWDED)
            seat = _new_guest(connection, token, sources)
        connection.execute(_BIND, {"id": instance, "device": seat.device})
        bound = connection.execute(_INSTANCE, {"id": instance}).one()
        if bound.person_id != seat.person:
            raise InstanceTaken("this instance id belongs to someone else's device")
        connection.execute(_REBIND, {"id": instance, "device": seat.device})
        # What became of its commands later is told to the device that holds them now.
        connection.execute(_AMENDED, {"id": instance, "device": seat.device})
    return seat


def bind_unseen(engine: Engine, instance: str, person: str, sources: Sources) -> Seat:
    """The seat of a device of this person that never came here, and whose instance it is said to be. Its own token is
    not known; once it comes with one, as the same person, the instance moves along. Raises `InstanceTaken`."""
    token = sources.new_token()
    with writing(engine) as connection:
        device = new_device(connection, sources, person, token)
        connection.execute(_CARRIED, {"id": device, "now": stamp(sources.clock())})
    return _bound(engine, token, instance, sources)


def is_known(engine: Engine, instance: str) -> bool:
    """Whether this instance was ever bound to a device."""
    with reading(engine) as connection:
        return connection.execute(_INSTANCE, {"id": instance}).first() is not None


def _new_guest(connection: Connection, token: str, sources: Sources) -> Seat:
    person = new_person(connection, sources, "guest", GUEST_NAME)
    device = new_device(connection, sources, person, token)
    return Seat(device, person, GUEST_NAME, "guest", frozenset({"citizen"}), (person_scope(person),), None, "{}", False)


def new_person(
    connection: Connection,
    sources: Sources,
    kind: str,
    name: str,
    *,
    login: str | None = None,
    password: str | None = None,
    roles: str = "citizen",
) -> str:
    """A new person's id. `password` comes hashed."""
    person = sources.new_id()
    connection.execute(
        _NEW_PERSON,
        {
            "id": person,
            "kind": kind,
            "name": name,
            "login": login,
            "password": password,
            "roles": roles,
            "created": stamp(sources.clock()),
        },
    )
    return person


def new_device(connection: Connection, sources: Sources, person: str, token: str) -> str:
    """A new device's id."""
    device = sources.new_id()
    created = stamp(sources.clock())
    values = {"id": device, "person": person, "token": tokens.hash_of(token), "created": created}
    connection.execute(_NEW_DEVICE, values)
    return device


def stamp(moment: datetime) -> str:
    """UTC to the second, as everything in the database."""
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


_COLUMNS = (
    "SELECT d.id AS device_id, d.seen, d.health, d.revoked, d.cuts, d.succeeded, d.turned_away, d.resync,"
    " d.resync_asked, d.diagnosis_asked, d.amended, p.id AS person_id, p.name, p.kind, p.roles, p.disabled,"
    " p.password_until, h.epoch, h.pos, h.calendar, g.scope"
)
_ITS_INSTANCE = (
    ", (SELECT device_id FROM instance WHERE id = :instance) AS holder"
    ", (SELECT max(seq) FROM command WHERE instance = :instance) AS highest"
)
_TABLES = (
    " FROM device d JOIN person p ON p.id = d.person_id LEFT JOIN feed_head h ON h.id = 1"
    ' LEFT JOIN "grant" g ON g.person_id = p.id'
)
_SEAT = text(f"{_COLUMNS}{_TABLES} WHERE d.token = :token")
_SEAT_OF_INSTANCE = text(f"{_COLUMNS}{_TABLES} JOIN instance i ON i.device_id = d.id WHERE i.id = :id")
_ARRIVAL = f"{_COLUMNS}{_ITS_INSTANCE}{_TABLES} WHERE d.token = :token"
_TAKEN = text("SELECT id FROM device WHERE token = :token")
_INSTANCE = text("SELECT i.device_id, d.person_id FROM instance i JOIN device d ON d.id = i.device_id WHERE i.id = :id")
_REBIND = text("UPDATE instance SET device_id = :device WHERE id = :id")
_AMENDED = text(
    "UPDATE device SET amended = (SELECT max(n) FROM amendment WHERE instance = :id) WHERE id = :device"
    " AND amended < (SELECT coalesce(max(n), 0) FROM amendment WHERE instance = :id)"
)
_BIND = text("INSERT INTO instance (id, device_id) VALUES (:id, :device) ON CONFLICT (id) DO NOTHING")
_NEW_PERSON = text(
    "INSERT INTO person (id, kind, name, login, password, roles, created)"
    " VALUES (:id, :kind, :name, :login, :password, :roles, :created)"
)
_NEW_DEVICE = text(
    "INSERT INTO device (id, person_id, token, created, app, health) VALUES (:id, :person, :token, :created, '', '{}')"
)
_CARRIED = text("UPDATE device SET carried = :now WHERE id = :id")
