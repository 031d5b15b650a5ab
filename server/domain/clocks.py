"""Which limits start, pause, resume and end when a case moves.

A move emits `action:<code>` and, where the stage changes, `enter:<stage>`. Ends are looked at before starts, so a
limit that ends and starts on one event begins anew. Waiting for the applicant pauses every limit that runs and
never resets one (domain.md, Time).
"""

from datetime import datetime

from schemas.catalogue.model import Service
from schemas.ledger import Ledger
from schemas.text import Text
from server.domain import deadlines
from server.domain.calendar import Calendar
from server.domain.case import current
from server.domain.workflow import stage_of


def events_of(action: str, before: str, after: str) -> frozenset[str]:
    """What a move tells the limits."""
    moved = {f"enter:{after}"} if after != before else set()
    return frozenset({f"action:{action}"} | moved)


def advance(
    limits: tuple[Ledger, ...],
    service: Service,
    move: tuple[str, str, str],
    at: datetime,
    calendar: Calendar,
    *,
    why: Text,
    by: str,
) -> tuple[Ledger, ...]:
    """The ledgers after a move (action, stage before, stage after) at the server's time `at`.

    `why` and `by` go into the pause where the case now waits for the applicant.
    """
    action, before, after = move
    events = events_of(action, before, after)
    waited, waits = _waits(service, before), _waits(service, after)
    if waited and not waits:
        limits = tuple(
            deadlines.resume(ledger, at, calendar) if ledger.state == "paused" else ledger for ledger in limits
        )
    for limit in service.all_limits():
        latest = current(limits, limit.code)
        if latest is not None and latest.met is None and events.intersection(limit.ends):
            limits = _replace(limits, latest, deadlines.meet(latest, at))
            latest = None
        if (latest is None or latest.met is not None) and events.intersection(limit.starts):
            new = deadlines.start(limit.code, limit.days, limit.unit, limit.rolls, service.version, at, calendar)
            limits = (*limits, new)
    limits = _let_go(limits, service, before, after, at)
    if waits and not waited:
        limits = tuple(
            deadlines.pause(ledger, at, why, by, calendar) if ledger.state == "running" else ledger for ledger in limits
        )
    return limits


def _let_go(limits: tuple[Ledger, ...], service: Service, before: str, after: str, at: datetime) -> tuple[Ledger, ...]:
    """A limit that the city has no more runs on for those who were promised it, and nothing in the catalogue ends it:
    it ends with the stage that it was of, or with the case."""
    known = {limit.code for limit in service.all_limits()}
    found = stage_of(service, after)
    over = found is not None and found.ending is not None
    return tuple(
        deadlines.meet(ledger, at)
        if ledger.met is None and ledger.limit not in known and (over or (ledger.limit == before and after != before))
        else ledger
        for ledger in limits
    )


def _waits(service: Service, stage: str) -> bool:
    found = stage_of(service, stage)
    return found is not None and found.waits_for == "applicant"


def _replace(limits: tuple[Ledger, ...], old: Ledger, new: Ledger) -> tuple[Ledger, ...]:
    return tuple(new if ledger is old else ledger for ledger in limits)
