"""Positions in the feed, given in the order of commits. The only place that gives them.

A sequence gives numbers in the order they are asked for, not in the order transactions commit: a reader that
follows it skips whatever commits late. Here the head is a row. Taking positions updates it, which locks it until
the transaction ends, so the next taker waits for this commit and its numbers are higher. Whoever sees a position
has everything before it, with no gaps, on SQLite and on PostgreSQL alike (docs/adr/0002-feed-order.md).

Take positions as late as possible: from here to the commit, writers stand in line.

The same row tells by which days the city counts (`server/rules.py`), and whoever changes those locks it too. So what is
taken here comes with the days that are true for it.
"""

from typing import NamedTuple

from sqlalchemy import Connection, text

from server.store.database import for_update
from server.store.straight import ask
from sync.errors import Busy

_TAKE = "UPDATE feed_head SET pos = pos + :n WHERE id = 1 RETURNING pos, calendar"


class CalendarMoved(Busy):
    """What was decided in this transaction went by days that somebody changed meanwhile: it must be decided again."""

    def __init__(self, mark: str) -> None:
        super().__init__("the calendar was changed at this moment; nothing else was; try again", retry_after=1)
        self.mark = mark


def take(connection: Connection, n: int, mark: str | None = None) -> int:
    """The first of `n` consecutive positions; the head's row stays locked until this transaction ends. `mark`: of the
    calendar that was gone by. Raises `CalendarMoved` where it is another by now."""
    [row] = ask(connection, _TAKE, {"n": n})
    if mark is not None and mark != row.calendar:
        raise CalendarMoved(row.calendar)
    first: int = row.pos - n + 1
    return first


def hold(connection: Connection) -> tuple[int, str]:
    """The last position and the calendar's mark; nobody takes positions until this transaction ends."""
    row = connection.execute(
        text(for_update("SELECT pos, calendar FROM feed_head WHERE id = 1", connection.engine))
    ).one()
    return row.pos, row.calendar


def set_calendar(connection: Connection, mark: str) -> None:
    """From this commit on, dates are stamped by other days."""
    connection.execute(text("UPDATE feed_head SET calendar = :mark WHERE id = 1"), {"mark": mark})


class Head(NamedTuple):
    """Where the feed ends. `calendar`: the mark of the days that the city counts by."""

    epoch: str
    pos: int
    calendar: str


def head(connection: Connection) -> Head:
    """As of this transaction's view."""
    return Head(*connection.execute(text("SELECT epoch, pos, calendar FROM feed_head WHERE id = 1")).one())


def restored(connection: Connection) -> str | None:
    """Since when this epoch is, where it began with a restore."""
    found: str | None = connection.execute(text("SELECT begun FROM feed_head WHERE id = 1")).scalar_one()
    return found


def begin(connection: Connection, epoch: str, begun: str | None = None) -> None:
    """Start a feed, or after a restore, at the moment `begun` (UTC), a new epoch of it: every client's cursor is of no
    use from then on, and clients send again what they still hold."""
    connection.execute(
        text(
            "INSERT INTO feed_head (id, epoch, pos, begun) VALUES (1, :epoch, 0, :begun)"
            " ON CONFLICT (id) DO UPDATE SET epoch = excluded.epoch, begun = excluded.begun"
        ),
        {"epoch": epoch, "begun": begun},
    )
