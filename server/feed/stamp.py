"""Positions in the feed, given in the order of commits. The only place that gives them.

A sequence gives numbers in the order they are asked for, not in the order transactions commit: a reader that
follows it skips whatever commits late. Here the head is a row. Taking positions updates it, which locks it until
the transaction ends, so the next taker waits for this commit and its numbers are higher. Whoever sees a position
has everything before it, with no gaps, on SQLite and on PostgreSQL alike (docs/adr/0002-feed-order.md).

Take positions as late as possible: from here to the commit, writers stand in line.
"""

from sqlalchemy import Connection, text

_TAKE = text("UPDATE feed_head SET pos = pos + :n WHERE id = 1 RETURNING pos")


def take(connection: Connection, n: int) -> int:
    """The first of `n` consecutive positions; the head's row stays locked until this transaction ends."""
    last: int = connection.execute(_TAKE, {"n": n}).scalar_one()
    return last - n + 1


def head(connection: Connection) -> tuple[str, int]:
    """Epoch and last position, as of this transaction's view."""
    row = connection.execute(text("SELECT epoch, pos FROM feed_head WHERE id = 1")).one()
    return row.epoch, row.pos


def begin(connection: Connection, epoch: str) -> None:
    """Start a feed, or after a restore a new epoch of it: every client's cursor is of no use from then on, and
    clients send again what they still hold."""
    connection.execute(
        text(
            "INSERT INTO feed_head (id, epoch, pos) VALUES (1, :epoch, 0)"
            " ON CONFLICT (id) DO UPDATE SET epoch = excluded.epoch"
        ),
        {"epoch": epoch},
    )
