"""The people of a city as an admin looks for them: who they are, what they do, and whether they still come.

Staff can be listed; citizens are found only by their whole login or a part of their name. Guests have neither, and are
known by their devices alone.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, Literal

from sqlalchemy import Connection, Engine, Row, bindparam, text

from schemas.catalogue.model import City
from server.access import invitations, roster, second_factor
from server.access.accounts import canonical
from server.access.devices import stamp
from server.access.invitations import Invitation
from server.access.naming import plain
from server.access.own_sessions import ROLES
from server.access.second_factor import Factor
from server.domain.actor import office_scope, person_scope
from server.domain.covering import Officer
from server.domain.troubles import Facts
from server.store.database import reading
from sync.errors import Invalid, NotFound

Kind = Literal["staff", "citizen"]
State = Literal["enabled", "disabled", "all"]
Has = Literal["on", "shut", "none"]
"""Of a second factor: set up; so, and codes of the phone are shut; or not, by somebody whose password opens the admin
pages now."""

FEWEST: Final = 3
"""Letters to look for a citizen by."""


@dataclass(frozen=True)
class Chosen:
    """Which people are asked for. `words`: in login or name; of citizens, the whole login or a part of the name."""

    kind: Kind = "staff"
    words: str = ""
    role: str | None = None
    office: str | None = None
    state: State = "enabled"
    factor: Has | None = None


@dataclass(frozen=True)
class Person:
    """Somebody with an account. `devices` may exchange, `seen` is the last contact of any; `waits` is on those that
    still owe something."""

    id: str
    login: str
    name: str
    kind: Kind
    roles: tuple[str, ...]
    scopes: tuple[str, ...]
    created: str
    disabled: str | None
    email: str | None
    password_until: str | None
    """Until when their password is good, where an admin made it up."""
    devices: int
    seen: str | None
    waits: int


@dataclass(frozen=True)
class Shown:
    """All that is to be known of a person. `sessions` are open on the admin pages. `work`: of staff, cases with a date
    that runs, at a stage that is theirs to do; of citizens, their own cases that have not ended."""

    person: Person
    devices: tuple[Facts, ...]
    invitations: tuple[Invitation, ...]
    sessions: int
    work: int
    factor: Factor | None
    """Theirs for the admin pages, where they have one."""


def people(engine: Engine, chosen: Chosen = Chosen(), *, now: datetime, most: int = 50, skip: int = 0) -> list[Person]:
    """The people chosen, by name. `Invalid` where citizens are asked for with too few letters."""
    values = _values(chosen, now) | {"most": most, "skip": skip}
    with reading(engine) as connection:
        rows = connection.execute(_PEOPLE, values).all()
        return _with_scopes(connection, rows)


def count(engine: Engine, chosen: Chosen, *, now: datetime) -> int:
    """How many are chosen. `Invalid` as above."""
    with reading(engine) as connection:
        return int(connection.execute(_COUNT, _values(chosen, now)).scalar_one())


def _values(chosen: Chosen, now: datetime) -> dict[str, str | None]:
    # PostgreSQL keeps no NUL, so nobody is called so.
    words = chosen.words.replace("\0", "").strip()
    if chosen.kind == "citizen" and len(words) < FEWEST:
        raise Invalid(f"citizens are found by their login, or by at least {FEWEST} letters of their name")
    return {
        "kind": chosen.kind,
        "words": f"%{plain(words.casefold())}%" if words else None,
        "login": canonical(words),
        "role": f"% {plain(chosen.role)} %" if chosen.role else None,
        "office": office_scope(chosen.office) if chosen.office else None,
        "part": f"{plain(office_scope(chosen.office))}/%" if chosen.office else None,
        "state": chosen.state,
        "factor": chosen.factor,
        "now": stamp(now),
    }


def person(engine: Engine, called: str) -> Person:
    """The person of this id or login. `NotFound`."""
    with reading(engine) as connection:
        return find(connection, called)


def find(connection: Connection, called: str) -> Person:
    """The same within a transaction."""
    sought = called.replace("\0", "")
    row = connection.execute(_PERSON, {"id": sought, "login": canonical(sought)}).one_or_none()
    if row is None:
        raise NotFound(f"there is no account {called}; see `tenggat-server account list`")
    return _with_scopes(connection, [row])[0]


def show(engine: Engine, city: City, called: str, now: datetime) -> Shown:
    """One person, with what hangs on them. `NotFound`."""
    with reading(engine) as connection:
        found = find(connection, called)
        devices = roster.facts(connection, roster.Chosen("all", person=found.id, gone=True), now=now)
        return Shown(
            found,
            tuple(devices),
            tuple(one for one in invitations.of(connection, found.id)),
            connection.execute(_SESSIONS, {"id": found.id}).scalar_one(),
            _work(connection, city, found),
            second_factor.of(connection, found.id),
        )


def officers(connection: Connection) -> tuple[Officer, ...]:
    """All staff who can sign in, as far as it matters for who covers what."""
    rows = connection.execute(_STAFF).all()
    scopes = _scopes(connection, None)
    return tuple(
        Officer(row.id, row.name, frozenset(row.roles.split()), frozenset(scopes.get(row.id, ()))) for row in rows
    )


def _work(connection: Connection, city: City, found: Person) -> int:
    """Of staff only cases with a date that runs are looked through: there are few of these in a city of many, and an
    index of them. So a stage without any limit is not counted."""
    staff = found.kind == "staff"
    places = [
        f"{service.code}/{stage.code}"
        for service in city.services
        for stage in service.stages
        if stage.ending is None and (not staff or stage.role in found.roles)
    ]
    scopes = found.scopes if staff else (person_scope(found.id),)
    if not places or not scopes:
        return 0
    statement = _RUNNING if staff else _OWN
    return int(connection.execute(statement, {"scopes": list(scopes), "places": places}).scalar_one())


def _with_scopes(connection: Connection, rows: Iterable[Row[Any]]) -> list[Person]:
    rows = list(rows)
    scopes = _scopes(connection, [row.id for row in rows])
    return [
        Person(
            id=row.id,
            login=row.login,
            name=row.name,
            kind=row.kind,
            roles=tuple(row.roles.split()),
            scopes=tuple(scopes.get(row.id, ())),
            created=row.created,
            disabled=row.disabled,
            email=row.email,
            password_until=row.password_until,
            devices=row.devices,
            seen=row.seen,
            waits=int(row.waits or 0),
        )
        for row in rows
    ]


def _scopes(connection: Connection, of: list[str] | None) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    rows = connection.execute(_ALL_GRANTS) if of is None else connection.execute(_GRANTS, {"people": of or [""]})
    for who, scope in rows:
        found.setdefault(who, []).append(scope)
    return found


_COLUMNS = (
    "SELECT p.id, p.login, p.name, p.kind, p.roles, p.created, p.disabled, p.email, p.password_until,"
    " (SELECT count(*) FROM device d WHERE d.person_id = p.id AND d.revoked IS NULL) AS devices,"
    " (SELECT max(d.seen) FROM device d WHERE d.person_id = p.id) AS seen,"
    " (SELECT sum(d.waits) FROM device d WHERE d.person_id = p.id"
    " AND (d.revoked IS NULL OR d.seen IS NULL OR d.seen < d.revoked)) AS waits"
    " FROM person p"
)
_PERSON = text(
    f"{_COLUMNS} WHERE p.kind IN ('staff', 'citizen') AND p.login IS NOT NULL AND (p.id = :id OR p.login = :login)"
)
_HAS = "EXISTS (SELECT 1 FROM second_factor f WHERE f.person_id = p.id)"
_SHUT = "EXISTS (SELECT 1 FROM second_factor f WHERE f.person_id = p.id AND f.shut IS NOT NULL)"
_OPENS = " OR ".join(f"' ' || p.roles || ' ' LIKE '% {role} %'" for role in sorted(ROLES))
_CHOSEN = (
    " WHERE p.kind = :kind AND p.login IS NOT NULL"  # noqa: S608 - fixed words
    " AND (CAST(:words AS VARCHAR) IS NULL OR lower(p.name) LIKE :words ESCAPE '!' OR p.login = :login"
    " OR (p.kind = 'staff' AND p.login LIKE :words ESCAPE '!'))"
    " AND (CAST(:role AS VARCHAR) IS NULL OR ' ' || p.roles || ' ' LIKE :role ESCAPE '!')"
    ' AND (CAST(:office AS VARCHAR) IS NULL OR EXISTS (SELECT 1 FROM "grant" g WHERE g.person_id = p.id'
    " AND (g.scope = :office OR g.scope LIKE :part ESCAPE '!')))"
    " AND (:state = 'all' OR (:state = 'enabled') = (p.disabled IS NULL))"
    f" AND (CAST(:factor AS VARCHAR) IS NULL OR CAST(:factor AS VARCHAR) = 'on' AND {_HAS}"
    f" OR CAST(:factor AS VARCHAR) = 'shut' AND {_SHUT}"
    f" OR CAST(:factor AS VARCHAR) = 'none' AND NOT {_HAS} AND ({_OPENS}) AND p.disabled IS NULL"
    " AND p.password IS NOT NULL AND (p.password_until IS NULL OR p.password_until > :now))"
)
_PEOPLE = text(f"{_COLUMNS}{_CHOSEN} ORDER BY lower(p.name), p.id LIMIT :most OFFSET :skip")
_COUNT = text(f"SELECT count(*) FROM person p{_CHOSEN}")  # noqa: S608 - fixed words
_STAFF = text("SELECT id, name, roles FROM person WHERE kind = 'staff' AND disabled IS NULL ORDER BY lower(name), id")
_ALL_GRANTS = text('SELECT person_id, scope FROM "grant" ORDER BY person_id, scope')
_GRANTS = text('SELECT person_id, scope FROM "grant" WHERE person_id IN :people ORDER BY person_id, scope').bindparams(
    bindparam("people", expanding=True)
)
_SESSIONS = text("SELECT count(*) FROM admin_session WHERE person_id = :id")
_RUNNING = text(
    "SELECT count(*) FROM case_record c WHERE c.due IS NOT NULL AND c.service || '/' || c.stage IN :places"
    " AND EXISTS (SELECT 1 FROM scope s JOIN reach r ON r.scope = s.id"
    " WHERE s.name IN :scopes AND r.born = c.born AND r.present = 1)"
).bindparams(bindparam("scopes", expanding=True), bindparam("places", expanding=True))
_OWN = text(
    "SELECT count(*) FROM scope s JOIN reach r ON r.scope = s.id AND r.present = 1"
    " JOIN case_record c ON c.born = r.born WHERE s.name IN :scopes AND c.service || '/' || c.stage IN :places"
).bindparams(bindparam("scopes", expanding=True), bindparam("places", expanding=True))
