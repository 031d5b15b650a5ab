"""How far behind the feed's head those stand who read it on the server's own account. Devices keep their cursors
themselves: what one of them lacks, its last success on the board says."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import Connection, text

LONG: Final = timedelta(hours=3)
"""A reader that left something lie for longer stands still: the slowest of them looks every hour."""


@dataclass(frozen=True)
class Lag:
    """`positions` of the feed that a reader has yet to look at, and since when the first of them waits for it."""

    reader: str
    positions: int = 0
    since: str | None = None

    def long(self, now: datetime) -> bool:
        return self.since is not None and datetime.fromisoformat(self.since) < now - LONG


def lags(connection: Connection, head: int) -> tuple[Lag, ...]:
    """The notices' walk, and the recount: what that has before it waits since the calendar was changed."""
    walked = connection.execute(text("SELECT pos FROM notice_walk WHERE id = 1")).scalar() or 0
    since = connection.execute(_NEXT, {"pos": walked}).scalar()
    recount = connection.execute(_RECOUNT).one_or_none()
    return (
        Lag("notices", max(0, head - walked), since),
        Lag("recount", max(0, recount.upto - recount.walked), recount.begun) if recount else Lag("recount"),
    )


_NEXT = text("SELECT at FROM feed WHERE pos > :pos ORDER BY pos LIMIT 1")
_RECOUNT = text("SELECT walked, upto, begun FROM recount WHERE id = 1 AND ended IS NULL")
