"""The ledger behind a date: everything a deadline rests on, written down so that anyone can count it again.

A ledger is made at the server and read everywhere. It carries its own holidays, so a device replays the date
and explains it with no calendar at hand. `docs/adr/0003-deadline-is-a-ledger.md` says why.
"""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Literal

import msgspec

from schemas.catalogue.process import Rolls, Unit
from schemas.text import Text

SkipKind = Literal["holiday", "leave", "closed"]
State = Literal["running", "paused", "met"]

ONE_DAY = timedelta(days=1)


class Skip(msgspec.Struct, frozen=True, omit_defaults=True):
    """A day on which the offices do not work, by its name.

    `kind`: a public holiday, a day of joint leave (*cuti bersama*), or a day that a decree of the city closed.
    `estimated`: the day follows the moon and is not decreed yet, so it may still move.
    """

    on: date
    name: Text
    kind: SkipKind
    estimated: bool = False


class Pause(msgspec.Struct, frozen=True, omit_defaults=True):
    """A time in which the clock stood still.

    `since` is the last day that still counted, `until` the day after which counting goes on (None while it
    lasts). `days` is what the pause adds, in the ledger's unit. `why` is read by the applicant: the city's own
    words in both languages, or one person's words as typed. `by` is the code of the role that asked
    (schemas/roles.py has its name), never an account or a person.
    """

    since: date
    why: Text | str
    by: str
    until: date | None = None
    days: int = 0


class Ledger(msgspec.Struct, frozen=True, omit_defaults=True, kw_only=True):
    """One running, paused or met limit of one case, and all that its date rests on.

    `rule` is the version of the service that set `days`. `received` is the server's moment, with the city's
    offset. `start` is day 0: the first day counted is the one after it. `weekend` holds ISO weekdays. `skips`
    are the holidays on weekdays that moved the date, and no others. `near` are estimated holidays that do not
    move the date now but would if they moved by a day; `undecreed` are the years whose joint leave is not
    published yet. `calendar` is the version of the calendar counted with.
    """

    limit: str
    rule: int
    days: int
    unit: Unit
    rolls: Rolls
    received: datetime
    start: date
    weekend: tuple[int, ...]
    due: date
    calendar: str
    skips: tuple[Skip, ...] = ()
    pauses: tuple[Pause, ...] = ()
    near: tuple[Skip, ...] = ()
    undecreed: tuple[int, ...] = ()
    met: datetime | None = None

    @property
    def arrived(self) -> date:
        """The city's date of the moment of receipt; `start` may be later."""
        return self.received.date()

    @property
    def open_pause(self) -> Pause | None:
        """The pause that still lasts."""
        return self.pauses[-1] if self.pauses and self.pauses[-1].until is None else None

    @property
    def state(self) -> State:
        if self.met is not None:
            return "met"
        return "paused" if self.open_pause else "running"

    @property
    def provisional(self) -> bool:
        """The date may still move through no act of anyone in the case: it rests on what is not decreed yet.

        A met ledger is history and moves no more.
        """
        doubtful = self.near or self.undecreed or any(skip.estimated for skip in self.skips)
        return self.met is None and bool(doubtful)

    @property
    def total(self) -> int:
        """The days of the rule and of all pauses that ended, in the ledger's unit."""
        return self.days + sum(pause.days for pause in self.pauses)

    def breached(self, today: date) -> bool:
        """True where the promise was not kept, judged on the day it was met, else paused, else `today`.

        A deadline met on its due day is kept, whatever the hour. The clock stands still in a pause, so a pause
        neither causes a breach nor hides one that came before it.
        """
        pause = self.open_pause
        if pause is not None:
            return pause.since > self.due
        return (today if self.met is None else self.met.date()) > self.due


def replay(ledger: Ledger) -> date:
    """The due date, counted from nothing but the ledger's own entries.

    Equals `ledger.due` for every ledger the server makes; where it does not, the ledger was tampered with.
    """
    skipped = {skip.on for skip in ledger.skips}

    def works(day: date) -> bool:
        return day.isoweekday() not in ledger.weekend and day not in skipped

    if ledger.unit == "calendar":
        return roll(ledger.start + ledger.total * ONE_DAY, ledger.start, ledger.rolls, works)
    day = ledger.start
    for _ in range(ledger.total):
        day = _next(day + ONE_DAY, works)
    return day


def roll(day: date, start: date, rolls: Rolls, works: Callable[[date], bool]) -> date:
    """The working day that `day` rolls to: itself, else the next one, or the previous where the rule says so.

    Never before `start`: where no working day lies between `start` and `day`, it is the next one after all.
    """
    if rolls == "previous":
        earlier = day
        while earlier >= start:
            if works(earlier):
                return earlier
            earlier -= ONE_DAY
    return _next(day, works)


def _next(day: date, works: Callable[[date], bool]) -> date:
    while not works(day):
        day += ONE_DAY
    return day
