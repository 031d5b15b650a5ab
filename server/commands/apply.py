"""Applies command lines, in order, each exactly once.

One chunk is in one transaction, with those of others that came while the one before was written: what is known of its
keys and its cases is read in a few queries, every command is decided in memory by pure functions, and effects, results
and feed rows are written together. If the process dies anywhere in it, nothing of the chunk happened, and the device
sends it again.
"""

import logging
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import wraps
from typing import ParamSpec, TypeVar

from sqlalchemy import Engine
from sqlalchemy.exc import DBAPIError, IntegrityError

from server.commands.batch import Batch, Sender, perform
from server.commands.group_commit import GroupCommit
from server.commands.incoming import Incoming
from server.feed.stamp import CalendarMoved
from server.rules import RuleBook
from server.sources import Sources
from server.store.database import LOCK_WAIT, again, passing, writing
from sync.errors import Busy

log = logging.getLogger("tenggat.commands")

P = ParamSpec("P")
T = TypeVar("T")

CHUNK = 500
"""Commands in one transaction: enough to share a flush to disk, few enough not to keep other writers waiting."""


def by_current_rules(work: Callable[P, T]) -> Callable[P, T]:
    """Of a function that opens its transaction itself: where the calendar was changed under it, it runs again, by the
    new one. That ends, since each time somebody must have changed it once more."""

    @wraps(work)
    def run(*args: P.args, **kwargs: P.kwargs) -> T:
        while True:
            try:
                return work(*args, **kwargs)
            except CalendarMoved:
                log.info("the calendar was changed meanwhile; deciding again")

    return run


@dataclass(frozen=True)
class Chunk:
    """What one sender asks for at once. `quarantine`: that it is set aside undecided."""

    sender: Sender
    lines: Sequence[Incoming]
    quarantine: bool = False


class Commands:
    """The application of commands to one city's database."""

    def __init__(
        self,
        engine: Engine,
        rules: RuleBook,
        sources: Sources,
    ) -> None:
        self.engine = engine
        self.rules = rules
        self.sources = sources
        self._line = GroupCommit(
            self._together, lambda one: one.sender.instance, lambda one: len(one.lines), CHUNK, LOCK_WAIT / 1000
        )

    def apply(self, sender: Sender, lines: Sequence[Incoming]) -> Iterator[bytes]:
        """The result line of each command, in order; each chunk is durable before its results come out.

        Raises `Busy` where the database stays locked or out of reach: nothing of that chunk was done.
        """
        for start in range(0, len(lines), CHUNK):
            yield from self._chunk(sender, lines[start : start + CHUNK])

    def _chunk(self, sender: Sender, lines: Sequence[Incoming]) -> list[bytes]:
        chunk = Chunk(sender, lines)
        try:
            return self._line.do(chunk)
        except Busy:
            raise
        except Exception as error:
            _busy_where_it_passes(error)
            # It may be another's fault in the same transaction.
            log.exception("%d commands cannot be written; trying them alone", len(lines))
            return self._alone(chunk)

    @again
    @by_current_rules
    def _together(self, chunks: Sequence[Chunk]) -> list[list[bytes]]:
        # Read once: what shares a transaction goes by the same rules.
        rules = self.rules.current
        with writing(self.engine) as connection:
            # Only now: the turn may have been waited for, and a batch takes the time that it begins at.
            batches = [Batch(rules, self.sources, one.sender, one.lines, quarantine=one.quarantine) for one in chunks]
            return perform(connection, batches, self.rules)

    def _alone(self, chunk: Chunk) -> list[bytes]:
        """Find the command that cannot be written, and quarantine it alone; whatever fails even then is raised."""
        try:
            return self._together([chunk])[0]
        except Busy:
            raise
        except Exception as error:
            _busy_where_it_passes(error)
            if chunk.quarantine:
                raise
            # Something in it cannot be written, and trying again would not change that.
            log.exception("a batch of %d commands cannot be written", len(chunk.lines))
        sender, lines, middle = chunk.sender, chunk.lines, len(chunk.lines) // 2
        if middle == 0:
            return self._alone(Chunk(sender, lines, quarantine=True))
        return [*self._alone(Chunk(sender, lines[:middle])), *self._alone(Chunk(sender, lines[middle:]))]


def _busy_where_it_passes(error: Exception) -> None:
    if isinstance(error, DBAPIError) and passing(error) and not isinstance(error, IntegrityError):
        log.exception("the database cannot take commands now")
        raise Busy("the server cannot store this right now; nothing was changed", retry_after=5) from error
