"""The city's devices: whose they are, how they stand, and which of them nobody hears of.

Each question is a handful of statements, whatever the number of devices: the board, the command line, notices and
metrics ask here.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final, Literal

from sqlalchemy import Connection, Engine, String, bindparam, text

from server.access import city_settings
from server.access.devices import stamp
from server.access.naming import plain
from server.domain.actor import OFFICE
from server.domain.troubles import Facts
from server.store.database import reading

Whose = Literal["accounts", "staff", "citizen", "guest", "all"]

MOST: Final = 5_000
"""Devices looked at for one page: of more, those with work on them and the longest silent."""

WEEK: Final = timedelta(days=7)


@dataclass(frozen=True)
class Chosen:
    """Which devices are asked for. `offices`: those of people who see one of these; None for all of them."""

    whose: Whose = "accounts"
    """`accounts` are all but guests."""
    login: str | None = None
    person: str | None = None
    device: str | None = None
    words: str = ""
    """In login, name, or the beginning of the device's id."""
    office: str | None = None
    offices: frozenset[str] | None = None
    role: str | None = None
    gone: bool = False
    """Also those that nobody expects any more: revoked ones, and those signed out."""


def devices(
    engine: Engine, chosen: Chosen = Chosen(), *, now: datetime | None = None, most: int | None = None
) -> list[Facts]:
    """The devices chosen, the ones with work on them and longest silent first. `now`: refused uploads count for a week;
    without it all of them do. `most`: no more than these, else than `MOST`."""
    with reading(engine) as connection:
        return facts(connection, chosen, now=now, most=most)


def facts(
    connection: Connection, chosen: Chosen, *, now: datetime | None = None, most: int | None = None
) -> list[Facts]:
    """The same within a transaction."""
    offices = _offices(chosen)
    words = chosen.words.strip().casefold()
    values = {
        "whose": chosen.whose,
        "login": chosen.login,
        "person": chosen.person,
        "device": chosen.device,
        "role": f"% {chosen.role} %" if chosen.role else None,
        "gone": chosen.gone,
        "words": f"%{plain(words)}%" if words else None,
        "begins": f"{plain(words)}%",
        "anywhere": offices is None,
        "scopes": [] if offices is None else _within(connection, offices),
        "most": MOST if most is None else most,
    }
    rows = connection.execute(_DEVICES, values).all()
    scopes = _scopes(connection, chosen)
    quarantined = {row.device_id: row.n for row in connection.execute(_QUARANTINED)}
    uploads = {row.device_id: row for row in connection.execute(_UPLOADS, {"week": stamp(now - WEEK) if now else ""})}
    return [_facts(row, scopes.get(row.person, ()), quarantined.get(row.id, 0), uploads.get(row.id)) for row in rows]


def beginning(engine: Engine, begin: str) -> list[Facts]:
    """The devices whose id begins like this, of whomever; at most two, since that is one too many already."""
    with reading(engine) as connection:
        ids = connection.execute(_BEGINNING, {"pattern": plain(begin) + "%"}).scalars().all()
        return [one for id_ in ids for one in facts(connection, Chosen("all", device=id_, gone=True))]


@dataclass(frozen=True)
class Silent:
    """A device of the city's own people that nobody has heard of for days, and who is to be told."""

    device: str
    person: str
    name: str
    offices: tuple[str, ...]
    seen: str
    waits: int
    """Commands and files that waited on it at its last contact."""
    supervisors: tuple[str, ...]
    """Person ids: supervisors of one of its person's offices, but never the person alone."""


def silent(connection: Connection, now: datetime, days: int | None = None) -> list[Silent]:
    """Devices of staff that were last here more than so many days ago (as many as the city has set), the longest
    silent first. One that never came is not silent, and one that was revoked is not expected."""
    if days is None:
        days = city_settings.read(connection).silent_days
    rows = connection.execute(_SILENT, {"until": stamp(now - timedelta(days=days))}).all()
    if not rows:
        return []
    scopes = _scopes(connection, Chosen("staff"))
    supervisors = connection.execute(_SUPERVISORS).scalars().all()
    found = []
    for row in rows:
        offices = scopes.get(row.person, ())
        told = [who for who in supervisors if who != row.person and set(offices) & set(scopes.get(who, ()))]
        found.append(Silent(row.id, row.person, row.name, offices, row.seen, row.waits, tuple(told)))
    return found


def _scopes(connection: Connection, chosen: Chosen) -> Mapping[str, tuple[str, ...]]:
    """The offices whose cases each person sees, by person."""
    if chosen.whose in ("citizen", "guest"):
        return {}
    found: dict[str, set[str]] = {}
    for person, scope in connection.execute(_GRANTS, {"person": chosen.person}):
        if office := _office_of(scope):
            found.setdefault(person, set()).add(office)
    return {person: tuple(sorted(offices)) for person, offices in found.items()}


def _offices(chosen: Chosen) -> frozenset[str] | None:
    if not chosen.office:
        return chosen.offices
    one = frozenset({chosen.office})
    return one if chosen.offices is None else one & chosen.offices


def _within(connection: Connection, offices: frozenset[str]) -> list[str]:
    """The scopes that anybody was given in these offices, districts' among them."""
    return [scope for scope in connection.execute(_SCOPES).scalars() if _office_of(scope) in offices]


def _office_of(scope: str) -> str | None:
    return scope.removeprefix(OFFICE).partition("/")[0] if scope.startswith(OFFICE) else None


def _facts(row: Any, offices: Iterable[str], quarantined: int, uploads: Any) -> Facts:
    health = _health(row.health)
    return Facts(
        id=row.id,
        person=row.person,
        login=row.login,
        name=row.name,
        kind=row.kind,
        app=row.app,
        created=row.created,
        seen=row.seen,
        revoked=row.revoked,
        skew=row.skew,
        **health,
        succeeded=row.succeeded if row.cuts else row.seen,
        cuts=row.cuts,
        mismatches=row.mismatches,
        mismatched=row.mismatched,
        turned_away=row.turned_away,
        revoked_why=row.revoked_why,
        disabled=row.disabled is not None,
        replaced=bool(row.replaced),
        carried=row.carried,
        quarantined=quarantined,
        uploads=uploads.open if uploads else 0,
        upload_since=uploads.since if uploads else None,
        upload_bytes=int(uploads.bytes or 0) if uploads else 0,
        uploads_refused=uploads.refused if uploads else 0,
        resync_asked=row.resync_asked,
        diagnosis_asked=row.diagnosis_asked,
        roles=tuple(row.roles.split()),
        offices=tuple(offices),
    )


def _health(said: str) -> dict[str, Any]:
    # It is cut at a thousand letters, so it may be no JSON any more.
    try:
        found = json.loads(said)
    except ValueError:
        found = {}
    counts = {name: found.get(name, 0) for name in ("waiting", "refused", "files", "conflicts", "bytes", "mended")}
    return (
        counts | {"failed": found.get("failed", 0)} | {name: found.get(name) for name in ("oldest", "free", "trouble")}
    )


# Replaced: it was here, itself or by a file, and its outbox goes on at another device of the same person. Who signs in
# anew on the same device gets another token, and with it another row.
_DEVICES = text(
    "SELECT d.id, p.id AS person, p.login, p.name, p.kind, p.roles, p.disabled, d.app, d.created, d.seen, d.revoked,"
    " d.skew, d.health, d.succeeded, d.cuts, d.mismatches, d.mismatched, d.turned_away, d.revoked_why, d.resync_asked,"
    " d.diagnosis_asked, d.carried,"
    " CASE WHEN coalesce(d.seen, d.carried) IS NOT NULL"
    " AND NOT EXISTS (SELECT 1 FROM instance i WHERE i.device_id = d.id) THEN 1 ELSE 0 END AS replaced"
    " FROM device d JOIN person p ON p.id = d.person_id"
    " WHERE (:whose = 'all' OR p.kind = :whose OR (:whose = 'accounts' AND p.kind <> 'guest'))"
    " AND (CAST(:login AS VARCHAR) IS NULL OR p.login = :login)"
    " AND (CAST(:person AS VARCHAR) IS NULL OR p.id = :person)"
    " AND (CAST(:device AS VARCHAR) IS NULL OR d.id = :device)"
    " AND (CAST(:role AS VARCHAR) IS NULL OR ' ' || p.roles || ' ' LIKE :role)"
    " AND (:gone OR d.revoked IS NULL OR (coalesce(d.revoked_why, '') <> 'signed_out'"
    " AND (d.seen < d.revoked OR d.waits > 0)))"
    " AND (:gone OR coalesce(d.seen, d.carried) IS NULL OR EXISTS (SELECT 1 FROM instance i WHERE i.device_id = d.id))"
    " AND (CAST(:words AS VARCHAR) IS NULL OR lower(p.login) LIKE :words ESCAPE '!'"
    " OR lower(p.name) LIKE :words ESCAPE '!'"
    " OR d.id LIKE :begins ESCAPE '!')"
    ' AND (:anywhere OR EXISTS (SELECT 1 FROM "grant" g WHERE g.person_id = p.id AND g.scope IN :scopes))'
    " ORDER BY d.waits = 0, d.seen IS NOT NULL, d.seen, d.created, d.id LIMIT :most"
).bindparams(bindparam("scopes", type_=String, expanding=True))
_BEGINNING = text("SELECT id FROM device WHERE id LIKE :pattern ESCAPE '!' ORDER BY id LIMIT 2")
_GRANTS = text('SELECT person_id, scope FROM "grant" WHERE CAST(:person AS VARCHAR) IS NULL OR person_id = :person')
_SCOPES = text('SELECT DISTINCT scope FROM "grant"')
_QUARANTINED = text(
    "SELECT device_id, count(*) AS n FROM ("
    "SELECT i.device_id FROM command c JOIN instance i ON i.id = c.instance WHERE c.status = 'quarantined'"
    " UNION ALL SELECT i.device_id FROM stray s JOIN instance i ON i.id = s.instance WHERE s.handled IS NULL"
    ") AS held GROUP BY device_id"
)
_UPLOADS = text(
    "SELECT device_id, sum(CASE WHEN code IS NULL THEN 1 ELSE 0 END) AS open,"
    " min(CASE WHEN code IS NULL THEN created END) AS since,"
    " sum(CASE WHEN code IS NULL THEN length ELSE 0 END) AS bytes,"
    " sum(CASE WHEN code IS NOT NULL AND ended > :week THEN 1 ELSE 0 END) AS refused"
    " FROM upload WHERE code IS NULL OR code NOT IN ('done', 'terminated') GROUP BY device_id"
)
_SILENT = text(
    "SELECT d.id, p.id AS person, p.name, d.seen, d.waits FROM device d JOIN person p ON p.id = d.person_id"
    " WHERE d.seen < :until AND d.revoked IS NULL AND p.kind = 'staff' AND p.disabled IS NULL"
    " AND EXISTS (SELECT 1 FROM instance i WHERE i.device_id = d.id) ORDER BY d.seen, d.id"
)
_SUPERVISORS = text(
    "SELECT id FROM person WHERE kind = 'staff' AND disabled IS NULL AND ' ' || roles || ' ' LIKE '% supervisor %'"
    " ORDER BY id"
)
