"""What is to be told about a case on a day, and to whom: pure. The rules are the domain's:

    before a date passes, whoever has the case is told; when it has, the supervisor; some days later the head
    where the law takes silence for a grant, all of them are told before, and at the date; nothing is ever granted
    what nobody in the office can be told goes one step up, and at last to the admins: nothing stays unsaid

A matter has a key that names it (kind, case, limit, date), so that it is told once. A date that moves is another
matter; of a warning, so is a case that moved on to somebody else.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any, Final, Literal

import msgspec

from schemas.catalogue.model import Service
from schemas.ledger import ONE_DAY, Ledger
from server.domain.actor import office_scope
from server.domain.calendar import Calendar
from server.domain.workflow import stage_of

Kind = Literal[
    "due_soon", "overdue", "still_overdue", "grant_soon", "grant_past", "device_silent", "codes_shut", "backlog"
]
Level = Literal["owner", "supervisor", "head", "admin"]

LEVELS: Final[tuple[Level, ...]] = ("owner", "supervisor", "head", "admin")
"""Each is told what nobody at the one before it can be."""

ROLES: Final[Mapping[Level, str]] = {"supervisor": "supervisor", "head": "section_head", "admin": "admin"}

OLDEST: Final = timedelta(days=365)
"""What happened longer ago is told to nobody any more: by then it was, and its row may be gone."""


@dataclass(frozen=True)
class Terms:
    """`warn`: working days before a date at which its owner is told; `head`: working days after it at which the head
    is; `since`: the first day on which notices were made. What happened before is told as one number."""

    since: date
    warn: int = 2
    head: int = 3


class Watched(msgspec.Struct, frozen=True):
    """Of a case, what a decision looks at; names as in `server.domain.case.Case`."""

    id: str
    service: str
    stage: str
    number: str | None = None
    owner: str = ""
    office: str = ""
    district: str | None = None
    limits: tuple[Ledger, ...] = ()


@dataclass(frozen=True)
class Matter:
    """One thing to tell, and to whom by level. `day` is when it came about, `role` who has the case now."""

    kind: Kind
    levels: tuple[Level, ...]
    day: date
    office: str
    district: str | None = None
    role: str | None = None
    case: str | None = None
    device: str | None = None
    person: str | None = None
    """Whose second factor it is about."""
    since: str | None = None
    """The moment when it came about, of what a day may have two of."""
    number: str | None = None
    service: str | None = None
    stage: str | None = None
    limit: str | None = None
    due: date | None = None
    owner: str = ""
    """Whose case it is: nobody is told of their own as an officer."""
    details: Mapping[str, Any] = field(default_factory=dict)

    @property
    def key(self) -> str:
        parts = [
            self.kind,
            self.case or self.device or self.person or "",
            self.limit or "",
            self.since or (self.due or self.day).isoformat(),
        ]
        # Whoever has the case next was not warned yet.
        return ":".join([*parts, self.office, self.stage or ""] if self.levels == ("owner",) else parts)


@dataclass(frozen=True)
class Officer:
    """Somebody of the staff who may be told."""

    id: str
    roles: frozenset[str]
    scopes: frozenset[str]
    mail: bool = False
    """Whether there is an address to send to."""


class Staff:
    """Everybody who may be told, found by role and part of the city."""

    def __init__(self, people: Iterable[Officer]) -> None:
        self.people = {one.id: one for one in people}
        self._by: dict[tuple[str, str], set[str]] = defaultdict(set)
        for one in self.people.values():
            for role in one.roles:
                self._by[role, ""].add(one.id)
                for scope in one.scopes:
                    self._by[role, scope].add(one.id)

    def told(self, matter: Matter) -> list[str]:
        """Person ids. Of each level those who can see the case; where there is nobody, the level above it."""
        found: set[str] = set()
        for level in matter.levels:
            for above in LEVELS[LEVELS.index(level) :]:
                here = self._at(above, matter)
                if here:
                    found |= here
                    break
        return sorted(found)

    def admins(self) -> set[str]:
        return set(self._by["admin", ""])

    def has_mail(self, person: str) -> bool:
        return person in self.people and self.people[person].mail

    def _at(self, level: Level, matter: Matter) -> set[str]:
        role = matter.role if level == "owner" else ROLES[level]
        if role is None:
            return set()
        if level == "admin":
            # Admins look after people and devices, and have no part of the city of their own.
            return self.admins()
        found = set(self._by[role, office_scope(matter.office)])
        if matter.district:
            found |= self._by[role, office_scope(matter.office, matter.district)]
        return found - {matter.owner}


def matters(case: Watched, service: Service, on: date, terms: Terms, calendar: Calendar) -> list[Matter]:
    """What is to be told about a case on a day, whether or not it was told before. Of what happened before `since`,
    `backlog` finds how much there is."""
    return [one for one in _all(case, service, on, terms, calendar) if max(terms.since, on - OLDEST) <= one.day]


def backlog(case: Watched, service: Service, on: date, terms: Terms, calendar: Calendar) -> list[Matter]:
    """What was overdue before notices began: at most one of a case, for its supervisors to be told as a number."""
    old = [one for one in _all(case, service, on, terms, calendar) if one.day < terms.since]
    return [min(old, key=lambda one: one.day)] if old else []


def _all(case: Watched, service: Service, on: date, terms: Terms, calendar: Calendar) -> list[Matter]:
    found: list[Matter] = []
    for ledger in case.limits:
        if ledger.state != "running":
            continue
        grants = any(limit.code == ledger.limit and limit.silence == "granted" for limit in service.all_limits())
        for kind, levels, day in _due(ledger, on, terms, calendar, grants):
            details = _evidence(case, ledger, on) if grants else {}
            found.append(_matter(case, service, kind, levels, day, ledger, details))
    return found


def _due(
    ledger: Ledger, on: date, terms: Terms, calendar: Calendar, grants: bool
) -> list[tuple[Kind, tuple[Level, ...], date]]:
    """Kinds that hold of a running limit on this day, whom each is for, and the day it came about."""
    if on <= ledger.due:
        if calendar.working_between(on, ledger.due) > terms.warn:
            return []
        # Of a warning nothing is old: what is still to come is worth telling whenever notices begin.
        warned: list[tuple[Kind, tuple[Level, ...], date]] = [("due_soon", ("owner",), on)]
        return [*warned, ("grant_soon", ("supervisor", "head"), on)] if grants else warned
    passed = ledger.due + ONE_DAY
    if grants:
        return [("grant_past", ("supervisor", "head", "admin"), passed)]
    found: list[tuple[Kind, tuple[Level, ...], date]] = [("overdue", ("supervisor",), passed)]
    late = calendar.add_working(ledger.due, terms.head)
    if on >= late:
        found.append(("still_overdue", ("head",), late))
    return found


def _matter(
    case: Watched,
    service: Service,
    kind: Kind,
    levels: tuple[Level, ...],
    day: date,
    ledger: Ledger,
    details: Mapping[str, Any],
) -> Matter:
    stage = stage_of(service, case.stage)
    return Matter(
        kind=kind,
        levels=levels,
        day=day,
        office=case.office or service.office,
        district=case.district,
        role=stage.role if stage else None,
        case=case.id,
        number=case.number,
        service=case.service,
        stage=case.stage,
        limit=ledger.limit,
        due=ledger.due,
        owner=case.owner,
        details=details,
    )


def _evidence(case: Watched, ledger: Ledger, on: date) -> dict[str, Any]:
    """All that the date rests on, as it stands: a court asks for it long after the case has moved on. Why somebody
    paused the clock may be in their own words, so of a pause only its days are kept."""
    told = msgspec.to_builtins(ledger)
    told["pauses"] = [
        {name: value for name, value in pause.items() if name != "why"} for pause in told.get("pauses", ())
    ]
    return {"on": on.isoformat(), "stage": case.stage, "ledger": told}


def summed(old: Sequence[Matter], staff: Staff, since: date) -> dict[str, int]:
    """How many old matters each person is told of, by person id."""
    counts: dict[str, int] = defaultdict(int)
    for one in old:
        for person in staff.told(one):
            counts[person] += 1
    return dict(counts)
