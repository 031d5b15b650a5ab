"""Running dates counted again after a decree: foreseen without changing anything, then done, a few cases at a time.

What changes a case is `case.recount`, a command like any other; here is decided which cases are given one. How far it
has come stands in one row, so whoever dies in the middle of it leaves the rest to the next, and doing a part twice
changes nothing.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

import msgspec
from sqlalchemy import Connection, Engine, Row, text

from schemas.ledger import Ledger
from server.access.devices import stamp
from server.commands import system
from server.commands.apply import CHUNK, Commands
from server.domain.calendar import Calendar
from server.domain.deadlines import recount
from server.feed import stamp as feed
from server.rules import Rules
from server.store.database import reading, writing
from sync.decoding import decoder
from sync.errors import Conflict

SHOWN: Final = 20
"""Moves that a preview spells out."""

AT_ONCE: Final = 5_000
"""Cases looked at in one go of the job: well within its lease."""


AMAZED: Final = 100
"""Changes of the calendar within one go that nobody makes."""


class _Limits(msgspec.Struct):
    """Of a case's state all that matters here; the rest is not even decoded."""

    limits: tuple[Ledger, ...] = ()


_limits = decoder(_Limits)


@dataclass(frozen=True)
class Move:
    """A running date that another calendar moves. Nothing of whose case it is."""

    number: str | None
    service: str
    limit: str
    before: date
    after: date


@dataclass(frozen=True)
class Foreseen:
    """What another calendar does: `running` dates looked at, `moved` of them, in `cases` cases."""

    running: int = 0
    moved: int = 0
    cases: int = 0
    first: tuple[Move, ...] = ()
    """The earliest due of them."""


@dataclass(frozen=True)
class Standing:
    """How far a recount is. `total` was counted as it began; `ended` None: it goes on."""

    calendar: str
    walked: int
    upto: int
    total: int
    looked: int
    changed: int
    begun: str
    ended: str | None

    @property
    def percent(self) -> int:
        return 100 if self.ended else min(99, 100 * self.looked // self.total if self.total else 0)


def foresee(engine: Engine, calendar: Calendar, today: date) -> Foreseen:
    """What moves if the city counted by this calendar. Reads every running case, and changes nothing."""
    running = moved = cases = 0
    first: list[Move] = []
    with reading(engine) as connection:
        rows = connection.execution_options(stream_results=True, max_row_buffer=CHUNK).execute(_RUNNING)
        for row in rows:
            limits = _limits.decode(row.state).limits
            running += sum(ledger.state == "running" for ledger in limits)
            found = list(_moves(row, limits, calendar, today))
            moved, cases = moved + len(found), cases + bool(found)
            first += found
            if len(first) > 10 * SHOWN:
                first = _earliest(first)
    return Foreseen(running, moved, cases, tuple(_earliest(first)))


def begin(connection: Connection, mark: str, upto: int, total: int, now: str) -> None:
    """Have all cases born up to a position counted again by the calendar of this mark; what was under way by another
    one is of no use any more. In the transaction that changes the calendar: later cases are stamped by the new one."""
    connection.execute(_BEGIN, {"mark": mark, "upto": upto, "total": total, "now": now})


def standing(engine: Engine) -> Standing | None:
    """The last recount, done or under way; None where there never was one."""
    with reading(engine) as connection:
        row = connection.execute(_STANDING).one_or_none()
    return Standing(*row) if row else None


def under_way(engine: Engine) -> bool:
    """Whether something is still to be counted again."""
    found = standing(engine)
    return found is not None and found.ended is None


def running_cases(engine: Engine) -> int:
    """How many cases have a date that runs."""
    with reading(engine) as connection:
        return int(connection.execute(_COUNT).scalar() or 0)


def go_on(commands: Commands, most: int = AT_ONCE) -> Standing | None:
    """Do the next part of what is to be counted again, at most so many cases; how it stands then.

    Raises `Conflict` where what is to be counted by is not what the city counts by, which no change of ours leaves so.
    """
    left, other = most, 0
    rules = commands.rules.refresh(commands.engine)
    while left > 0 and (found := standing(commands.engine)) and found.ended is None:
        if found.calendar == rules.mark:
            left -= _part(commands, rules, found, min(left, CHUNK))
            continue
        # Changed again since: what is to be done now goes by the newer one.
        rules, other = commands.rules.refresh(commands.engine), other + 1
        if other > AMAZED:
            raise Conflict("the recount goes by another calendar than the city; begin it anew: tenggat-server recount")
    return standing(commands.engine)


def all_again(commands: Commands, told: Callable[[Standing], None] = lambda _: None) -> Standing:
    """Count everything that runs again by the calendar as it is now, to the end: after the city's folder changed, say.
    `told` hears of each part. Whoever else is at it does the same, and it is done once."""
    total = running_cases(commands.engine)
    with writing(commands.engine) as connection:
        position, mark = feed.hold(connection)
        begin(connection, mark, position, total, stamp(commands.sources.clock()))
    return to_the_end(commands, told)


def to_the_end(commands: Commands, told: Callable[[Standing], None] = lambda _: None) -> Standing:
    """Do all that is left of the recount that was begun."""
    while True:
        found = go_on(commands)
        assert found is not None, "something was begun"
        told(found)
        if found.ended:
            return found


def _part(commands: Commands, rules: Rules, found: Standing, most: int) -> int:
    """Count so many cases again; at least 1, so that whoever asks comes to an end."""
    today = rules.calendar.local(commands.sources.clock()).date()
    with reading(commands.engine) as connection:
        values = {"walked": found.walked, "upto": found.upto, "most": most}
        rows = connection.execute(_NEXT, values).all()
    touched = [row.id for row in rows if _differs(_limits.decode(row.state).limits, rules.calendar, today)]
    if touched:
        system.give(commands, "case.recount", touched)
    done = {
        "mark": found.calendar,
        "before": found.walked,
        "begun": found.begun,
        "walked": rows[-1].born if rows else found.upto,
        "looked": len(rows),
        "changed": len(touched),
        "ended": stamp(commands.sources.clock()) if len(rows) < most else None,
    }
    with writing(commands.engine) as connection:
        # Where somebody else did this part too, or the calendar changed again, theirs stands.
        connection.execute(_DONE, done)
    return max(1, len(rows))


def _differs(limits: Sequence[Ledger], calendar: Calendar, today: date) -> bool:
    return any(recount(ledger, calendar, today) is not ledger for ledger in limits)


def _moves(row: Row[Any], limits: Sequence[Ledger], calendar: Calendar, today: date) -> Iterator[Move]:
    for ledger in limits:
        counted = recount(ledger, calendar, today)
        if counted.due != ledger.due:
            yield Move(row.number, row.service, ledger.limit, ledger.due, counted.due)


def _earliest(moves: list[Move]) -> list[Move]:
    return sorted(moves, key=lambda move: (move.before, move.number or "", move.limit))[:SHOWN]


_RUNNING = text("SELECT number, service, state FROM case_record WHERE due IS NOT NULL")
_COUNT = text("SELECT count(*) FROM case_record WHERE due IS NOT NULL")
_NEXT = text(
    "SELECT born, id, state FROM case_record WHERE born > :walked AND born <= :upto AND due IS NOT NULL"
    " ORDER BY born LIMIT :most"
)
_STANDING = text("SELECT calendar, walked, upto, total, looked, changed, begun, ended FROM recount WHERE id = 1")
_BEGIN = text(
    "INSERT INTO recount (id, calendar, walked, upto, total, looked, changed, begun, ended)"
    " VALUES (1, :mark, 0, :upto, :total, 0, 0, :now, NULL) ON CONFLICT (id) DO UPDATE SET"
    " calendar = excluded.calendar, walked = 0, upto = excluded.upto, total = excluded.total, looked = 0, changed = 0,"
    " begun = excluded.begun, ended = NULL"
)
_DONE = text(
    "UPDATE recount SET walked = :walked, looked = looked + :looked, changed = changed + :changed, ended = :ended"
    " WHERE id = 1 AND calendar = :mark AND begun = :begun AND walked = :before AND ended IS NULL"
)
