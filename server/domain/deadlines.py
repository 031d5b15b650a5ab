"""Starting, pausing, resuming, meeting and recounting a deadline: each gives a new ledger, none reads a clock.

Day 0 of a working limit is the day that counts for the receipt (`Calendar.counting_day`): after office hours or
on a day off, the next working day. Day 0 of a calendar limit is the date of receipt itself, because a promise
of ten days must not grow by a weekend; only its last day moves, to a working day.

Waiting for the applicant stops the clock and never resets it. The day of the question still counts; counting
goes on after the day that counts for the answer. Question and answer on one day move nothing.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from functools import lru_cache
from typing import ClassVar, NamedTuple

import msgspec

from schemas.catalogue.process import Rolls, Unit
from schemas.ledger import ONE_DAY, Ledger, Pause, Skip, roll
from schemas.promise import PromiseTable
from schemas.text import Text
from server.domain.calendar import Calendar
from sync.errors import TenggatError


class LedgerError(TenggatError):
    """A step that the ledger's state does not allow."""

    code: ClassVar[str] = "ledger"
    status: ClassVar[int] = 409


class AlreadyPaused(LedgerError):
    """The clock stands still already."""

    code = "already_paused"


class NotPaused(LedgerError):
    """There is no pause to end."""

    code = "not_paused"


class AlreadyMet(LedgerError):
    """The limit was met; its clock neither stops nor goes on."""

    code = "already_met"


class Link(NamedTuple):
    """One limit of a promise chain; each begins on the due date of the one before it."""

    code: str
    days: int
    unit: Unit = "working"
    rolls: Rolls = "next"


class _Reckoning(NamedTuple):
    """A due date and what it rests on; names as in `Ledger`."""

    due: date
    skips: tuple[Skip, ...]
    near: tuple[Skip, ...]
    undecreed: tuple[int, ...]

    @property
    def provisional(self) -> bool:
        return bool(self.near or self.undecreed) or any(skip.estimated for skip in self.skips)


# A batch of cases is stamped with one moment, and a ledger never changes: those of one limit can be one object.
@lru_cache(maxsize=256)
def start(limit_code: str, days: int, unit: Unit, rolls: Rolls, rule: int, at: datetime, calendar: Calendar) -> Ledger:
    """A limit of `days` that begins when the server received something, `at`.

    Raises ValueError for negative days, `CalendarError` for a moment without an offset or in an absurd year.
    """
    if days < 0:
        raise ValueError("a limit cannot be shorter than no days")
    received = calendar.local(at).replace(microsecond=0)
    arrived = received.date()
    first = calendar.counting_day(received) if unit == "working" else arrived
    due, skips, near, undecreed = _reckon(arrived, first, days, unit, rolls, calendar)
    return Ledger(
        limit=limit_code,
        rule=rule,
        days=days,
        unit=unit,
        rolls=rolls,
        received=received,
        start=first,
        weekend=calendar.weekend,
        due=due,
        calendar=calendar.version,
        skips=skips,
        near=near,
        undecreed=undecreed,
    )


def pause(ledger: Ledger, at: datetime, why: Text | str, by: str, calendar: Calendar) -> Ledger:
    """Stop the clock: the case waits for someone outside. `due` keeps the last counted date meanwhile.

    `why` is read by the applicant, `by` names the role that asked. A pause after the due date is allowed: it
    moves the date by its days like any other, and the days already late stay late.
    Raises `AlreadyPaused`, `AlreadyMet`.
    """
    if ledger.state == "paused":
        raise AlreadyPaused(f"limit {ledger.limit} is paused already")
    if ledger.state == "met":
        raise AlreadyMet(f"limit {ledger.limit} was met already")
    stopped = Pause(since=max(calendar.local(at).date(), _floor(ledger)), why=why, by=by)
    return msgspec.structs.replace(ledger, pauses=(*ledger.pauses, stopped))


def resume(ledger: Ledger, at: datetime, calendar: Calendar) -> Ledger:
    """Let the clock go on: the due date moves by exactly the days of the pause.

    The ledger is counted again with this calendar and carries its version. Raises `NotPaused`, `AlreadyMet`.
    """
    if ledger.state == "met":
        raise AlreadyMet(f"limit {ledger.limit} was met already")
    stopped = ledger.open_pause
    if stopped is None:
        raise NotPaused(f"limit {ledger.limit} is not paused")
    until = calendar.local(at).date()
    if until <= stopped.since:
        # Asked and answered on one counted day; also covers an answer before a day 0 that is yet to come.
        until = stopped.since
    elif ledger.unit == "working":
        until = calendar.counting_day(at)
    ended = msgspec.structs.replace(stopped, until=until)
    return _settle(msgspec.structs.replace(ledger, pauses=(*ledger.pauses[:-1], ended)), calendar)


def meet(ledger: Ledger, at: datetime) -> Ledger:
    """The promise is fulfilled. Idempotent: the first moment stands.

    A pause that still lasts stays open: the clock stood still to the end.
    """
    if ledger.met is not None:
        return ledger
    # The receipt carries the city's offset, and this function needs nothing else of the calendar.
    return msgspec.structs.replace(ledger, met=at.astimezone(ledger.received.tzinfo).replace(microsecond=0))


def recount(ledger: Ledger, calendar: Calendar, today: date) -> Ledger:
    """The same rule under a calendar that a decree changed. Idempotent; the same object where nothing but the
    calendar's version would be another, so that a far-off holiday rewrites no case.

    Only for a running ledger: a met one is history, and a paused one is counted again when it resumes. A date that has
    passed stays passed: what was late is not made good by a later decree, nor what was in time made late by one.
    """
    if ledger.state != "running" or ledger.calendar == calendar.version or ledger.due < today:
        return ledger
    counted = _settle(ledger, calendar)
    if counted.due < today or msgspec.structs.replace(counted, calendar=ledger.calendar) == ledger:
        return ledger
    return counted


def remaining(ledger: Ledger, on: date, calendar: Calendar) -> int:
    """Days left after `on`, in the ledger's unit: 0 on the due date, below zero when late.

    While paused, what was left when the clock stopped; once met, what was left then.
    """
    if ledger.met is not None:
        on = ledger.met.date()
    stopped = ledger.open_pause
    on = max(on, _floor(ledger)) if stopped is None else stopped.since
    if ledger.unit == "working":
        return calendar.working_between(on, ledger.due)
    return (ledger.due - on).days


def promise_table(
    chains: Mapping[str, Sequence[Link]], calendar: Calendar, first_day: date, days: int = 60
) -> PromiseTable:
    """Due dates for whatever is received within office hours on one of `days` days from `first_day`.

    `chains` gives each service's limits in the order they follow one another.
    """
    rows: dict[str, dict[str, list[int]]] = {}
    provisional: dict[str, dict[str, list[int]]] = {}
    for service, chain in chains.items():
        rows[service] = {link.code: [] for link in chain}
        doubtful: dict[str, list[int]] = {}
        for index in range(days):
            day = first_day + index * ONE_DAY
            for code, due, unsure in _follow(chain, day, calendar):
                rows[service][code].append((due - day).days)
                if unsure:
                    doubtful.setdefault(code, []).append(index)
        if doubtful:
            provisional[service] = doubtful
    return PromiseTable(calendar.version, first_day, rows, provisional)


def _follow(chain: Iterable[Link], day: date, calendar: Calendar) -> Iterable[tuple[str, date, bool]]:
    """Each limit's due date from receipt on `day`; a date that rests on a provisional one is provisional."""
    unsure = False
    for code, days, unit, rolls in chain:
        first = calendar.next_working(day) if unit == "working" else day
        reckoning = _reckon(day, first, days, unit, rolls, calendar)
        unsure = unsure or reckoning.provisional
        day = reckoning.due
        yield code, day, unsure


def _floor(ledger: Ledger) -> date:
    """The first day with nothing used up since: day 0, or the day that counts for the last answer.

    It may lie ahead, when something came after hours; no day before it can be waited or be late.
    """
    answered = ledger.pauses[-1].until if ledger.pauses else None
    return max(ledger.start, answered or ledger.start)


# A day's cases share their limits: most of what is asked was just worked out. A calendar never changes.
@lru_cache(maxsize=4096)
def _reckon(arrived: date, first: date, total: int, unit: Unit, rolls: Rolls, calendar: Calendar) -> _Reckoning:
    """The due date `total` days after day 0, `first`, and the days off it rests on."""
    if unit == "working":
        due = calendar.add_working(first, total)
        # From the day of arrival, because a holiday may be the reason why day 0 is a later one.
        skips = calendar.skips(arrived, due)
        low, high = first, due
    else:
        last = first + total * ONE_DAY
        due = roll(last, first, rolls, calendar.is_working)
        # Rolling on because nothing was open back to day 0 rests on all of those days.
        low = first if rolls == "previous" and due > last else min(last, due)
        high = max(last, due)
        skips = calendar.skips(low, high)
    # Estimated days are off by a day when they are off at all, so one day around is looked at. Day 0 of a
    # working limit counts nothing, so what lies before it cannot matter.
    estimates = calendar.estimates(low if unit == "working" else low - ONE_DAY, high + ONE_DAY)
    near = tuple(skip for skip in estimates if skip not in skips) if estimates else ()
    return _Reckoning(due, skips, near, calendar.undecreed(low, high))


def _settle(ledger: Ledger, calendar: Calendar) -> Ledger:
    """Count a ledger again from its moment of receipt and its pauses; the one place that recomputes."""
    again = start(ledger.limit, ledger.days, ledger.unit, ledger.rolls, ledger.rule, ledger.received, calendar)
    if not ledger.pauses:
        return again
    pauses = _measured(ledger.pauses, again.start, ledger.unit, calendar)
    total = ledger.days + sum(pause.days for pause in pauses)
    due, skips, near, undecreed = _reckon(again.arrived, again.start, total, ledger.unit, ledger.rolls, calendar)
    return msgspec.structs.replace(again, pauses=pauses, due=due, skips=skips, near=near, undecreed=undecreed)


def _measured(pauses: Iterable[Pause], floor: date, unit: Unit, calendar: Calendar) -> tuple[Pause, ...]:
    """Pauses that ended, with their days counted on this calendar, none overlapping day 0 or one another."""
    measured = []
    for ended in pauses:
        since = max(ended.since, floor)
        until = max(ended.until or since, since)
        if unit == "working" and until > since:
            until = calendar.next_working(until)
        days = calendar.working_between(since, until) if unit == "working" else (until - since).days
        measured.append(msgspec.structs.replace(ended, since=since, until=until, days=days))
        floor = until
    return tuple(measured)
