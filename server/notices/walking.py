"""The job that finds what is to be told: once a day through all running cases whose date is near or past, otherwise
through those that changed since.

It walks the index of due dates, a few thousand cases at a time, and asks in one query which of their matters were told
before; where there is nothing new, nothing is written. Killed anywhere, it begins again and tells nothing twice: a
matter's rows are written in one transaction, under keys that say what it is.
"""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any, Final

from sqlalchemy import Connection, Row, bindparam, text

from schemas.ledger import ONE_DAY
from server.access import city_settings, roster
from server.access.devices import stamp
from server.jobs.saying import NOTICED, did
from server.notices import deciding
from server.notices.deciding import Matter, Officer, Staff, Terms, Watched
from server.rules import Rules
from server.services import Services
from server.store.database import reading, writing
from server.store.straight import many
from sync.decoding import decoder

CHUNK: Final = 2_000
"""Cases read at a time."""

KEPT_FOR: Final = timedelta(days=400)
"""After which a notice's row is dropped; what it told is older than `deciding.OLDEST` by then."""

_watched = decoder(Watched)


def walk(world: Services, now: datetime) -> str:
    """Make the notices that are due at this moment; a sentence on what was done."""
    rules = world.rules.refresh(world.engine)
    on = rules.calendar.local(now).date()
    with reading(world.engine) as connection:
        set_ = city_settings.read(connection)
        staff = _staff(connection)
        mark = connection.execute(_MARK).one_or_none()
        head = connection.execute(_HEAD).scalar_one()
    if mark is None:
        # Kept before anything is told: where this run is killed, the next one calls the same things old.
        with writing(world.engine) as connection:
            connection.execute(_BEGIN, {"since": on.isoformat()})
        since, walked, pos = on, "", 0
    else:
        since, walked, pos = date.fromisoformat(mark.since), mark.day, mark.pos
    terms = Terms(since, set_.notice_days)
    mails = set_.notice_email and world.smtp is not None
    maker = _Maker(world, staff, stamp(now), mails=mails)
    full = walked != on.isoformat()
    horizon = _horizon(rules, on, terms)
    old: list[Matter] = []
    for cases in _all_due(world, horizon) if full else _changed(world, horizon, pos, head):
        maker.make(_decided(rules, cases, on, terms))
        if full and not walked:
            old += _decided(rules, cases, on, terms, backlog=True)
    with reading(world.engine) as connection:
        silent = roster.silent(connection, now, set_.silent_days)
        shut = connection.execute(_SHUT).all()
    maker.make(*_silent(silent))
    maker.make(*_shut(shut))
    maker.make_backlog(deciding.summed(old, staff, since), since)
    with writing(world.engine) as connection:
        connection.execute(_MARK_ON, {"day": on.isoformat(), "pos": head})
        if full:
            connection.execute(_PRUNE, {"before": stamp(now - KEPT_FOR)})
    return did(NOTICED, maker.looked, maker.made)


class _Maker:
    """Writes notices of matters that nobody was told of before."""

    def __init__(self, world: Services, staff: Staff, made: str, *, mails: bool) -> None:
        self._engine = world.engine
        self._staff = staff
        self._made = made
        self._mails = mails
        self.looked = 0
        self.made = 0

    def make(self, found: "Decided", to: Mapping[str, tuple[str, ...]] | None = None) -> None:
        """`to`: by a matter's key, whom it is told to, where its levels do not say that."""
        self.looked += found.looked
        fresh = self._fresh(found)
        rows = []
        for matter in fresh:
            told: Sequence[str] = (to or {}).get(matter.key, ())
            rows += [self._row(matter, person) for person in self._reached(told or self._staff.told(matter))]
        self._write(rows)

    def _reached(self, told: Sequence[str]) -> list[str]:
        """Those who are told, and where mail is sent and would reach none of them, the admins whom it reaches too."""
        if not self._mails or any(map(self._staff.has_mail, told)):
            return list(told)
        return sorted({*told, *filter(self._staff.has_mail, self._staff.admins())})

    def make_backlog(self, counts: Mapping[str, int], since: date) -> None:
        """One notice for each person, of all that had passed before notices began."""
        rows = [
            self._row(Matter("backlog", (), since, "", details={"cases": n}), person) for person, n in counts.items()
        ]
        self._write(rows)

    def _fresh(self, found: Sequence[Matter]) -> list[Matter]:
        keys = [matter.key for matter in found]
        if not keys:
            return []
        with reading(self._engine) as connection:
            told = set(connection.execute(_TOLD, {"keys": keys}).scalars())
        return [matter for matter in found if matter.key not in told]

    def _row(self, matter: Matter, person: str) -> dict[str, Any]:
        return {
            "key": matter.key,
            "person": person,
            "kind": matter.kind,
            "case": matter.case,
            "device": matter.device,
            "number": matter.number,
            "service": matter.service,
            "stage": matter.stage,
            "limit": matter.limit,
            "office": matter.office,
            "due": matter.due.isoformat() if matter.due else None,
            "details": json.dumps(matter.details, sort_keys=True, ensure_ascii=False),
            "made": self._made,
            "state": "queued" if self._mails and self._staff.has_mail(person) else "kept",
        }

    def _write(self, rows: list[dict[str, Any]]) -> None:
        if not rows:
            return
        with writing(self._engine) as connection:
            many(connection, _ADD, rows)
        self.made += len(rows)


class Decided(list[Matter]):
    """Matters, and of how many cases."""

    looked = 0


def _decided(rules: Rules, cases: Sequence[Watched], on: date, terms: Terms, *, backlog: bool = False) -> Decided:
    decide = deciding.backlog if backlog else deciding.matters
    found = Decided()
    found.looked = 0 if backlog else len(cases)
    for case in cases:
        try:
            service = rules.city.service(case.service)
        except KeyError:
            # A service that the catalogue no longer has: nobody acts in its stages any more.
            continue
        found += decide(case, service, on, terms, rules.calendar)
    return found


def _silent(found: Iterable[roster.Silent]) -> tuple[Decided, dict[str, tuple[str, ...]]]:
    """A silence is named by the moment it began, so that the next one is another matter. Where a person has no
    supervisor, or no office, the admins are told."""
    made = Decided()
    to: dict[str, tuple[str, ...]] = {}
    for one in found:
        office = one.offices[0] if one.offices else ""
        day = datetime.fromisoformat(one.seen).date()
        made.append(
            Matter(
                "device_silent",
                ("admin",),
                day,
                office,
                device=one.device,
                details={"seen": one.seen, "waits": one.waits},
            )
        )
        to[made[-1].key] = one.supervisors
    return made, to


def _shut(found: Iterable[Row[Any]]) -> tuple[Decided, dict[str, tuple[str, ...]]]:
    """Told to whose phone it is. Named by the moment: what was opened may be shut again on the same day."""
    made = Decided()
    to: dict[str, tuple[str, ...]] = {}
    for one in found:
        day = datetime.fromisoformat(one.shut).date()
        details = {"person": one.person_id, "since": one.shut}
        made.append(Matter("codes_shut", ("admin",), day, "", person=one.person_id, since=one.shut, details=details))
        to[made[-1].key] = (one.person_id,)
    return made, to


def _horizon(rules: Rules, on: date, terms: Terms) -> str:
    """The last due date that somebody may be warned of on this day."""
    warned = rules.calendar.add_working(on, terms.warn) if terms.warn else on
    # Days off behind the last working day are no further away, counted in working days.
    return (rules.calendar.add_working(warned, 1) - ONE_DAY).isoformat()


def _staff(connection: Connection) -> Staff:
    people: dict[str, Row[Any]] = {}
    scopes: dict[str, set[str]] = {}
    for row in connection.execute(_STAFF):
        people[row.id] = row
        if row.scope:
            scopes.setdefault(row.id, set()).add(row.scope)
    return Staff(
        Officer(id_, frozenset(row.roles.split()), frozenset(scopes.get(id_, ())), bool(row.email))
        for id_, row in people.items()
    )


def _all_due(world: Services, horizon: str) -> Iterator[list[Watched]]:
    """Every running case whose date is no later than the horizon, the oldest date first."""
    due, born = "", -1
    while True:
        with reading(world.engine) as connection:
            rows = connection.execute(_DUE, {"horizon": horizon, "due": due, "born": born, "most": CHUNK}).all()
        if not rows:
            return
        yield [_watched.decode(row.state) for row in rows]
        due, born = rows[-1].due, rows[-1].born


def _changed(world: Services, horizon: str, pos: int, head: int) -> Iterator[list[Watched]]:
    """Of the cases that changed after a feed position, those whose date is no later than the horizon."""
    while pos < head:
        upto = min(head, pos + CHUNK)
        with reading(world.engine) as connection:
            rows = connection.execute(_CHANGED, {"horizon": horizon, "pos": pos, "upto": upto}).all()
        if rows:
            yield [_watched.decode(row.state) for row in rows]
        pos = upto


_MARK = text("SELECT since, day, pos FROM notice_walk WHERE id = 1")
_BEGIN = text("INSERT INTO notice_walk (id, since, day, pos) VALUES (1, :since, '', 0) ON CONFLICT (id) DO NOTHING")
_MARK_ON = text("UPDATE notice_walk SET day = :day, pos = :pos WHERE id = 1")
_HEAD = text("SELECT pos FROM feed_head WHERE id = 1")
_STAFF = text(
    'SELECT p.id, p.roles, p.email, g.scope FROM person p LEFT JOIN "grant" g ON g.person_id = p.id'
    " WHERE p.kind = 'staff' AND p.disabled IS NULL"
)
_SHUT = text(
    "SELECT f.person_id, f.shut FROM second_factor f JOIN person p ON p.id = f.person_id"
    " WHERE f.shut IS NOT NULL AND p.disabled IS NULL"
)
_DUE = text(
    "SELECT due, born, state FROM case_record WHERE due IS NOT NULL AND due <= :horizon"
    " AND (due, born) > (:due, :born) ORDER BY due, born LIMIT :most"
)
_CHANGED = text(
    "SELECT state FROM case_record WHERE due IS NOT NULL AND due <= :horizon"
    " AND id IN (SELECT case_id FROM feed WHERE pos > :pos AND pos <= :upto)"
)
_TOLD = text("SELECT DISTINCT key FROM notice WHERE key IN :keys").bindparams(bindparam("keys", expanding=True))
_ADD = (
    "INSERT INTO notice (key, person_id, kind, case_id, device_id, number, service, stage, limit_code, office, due,"
    " details, made, state, tries) VALUES (:key, :person, :kind, :case, :device, :number, :service, :stage, :limit,"
    " :office, :due, :details, :made, :state, 0) ON CONFLICT (key, person_id) DO NOTHING"
)
_PRUNE = text("DELETE FROM notice WHERE made < :before AND state IN ('sent', 'kept', 'failed')")
