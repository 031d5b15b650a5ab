"""Who does which job, decided by one row each: a claim is one conditional UPDATE, the same on both databases.

A claim ends by itself after a while (a *lease*), so that a process that was killed keeps nobody from going on. Whoever
was only slow finds, when it notes its end, that the claim is not its own any more; jobs are written so that being done
twice does no harm. Time is the processes' own UTC clock: machines of one city should keep it within a few seconds.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Engine, text

from server.access.devices import stamp
from server.store.database import again, reading, writing

LONGEST_WORDS = 200


@dataclass(frozen=True)
class Standing:
    """How a job stands. Times are UTC (RFC 3339); None where there was none yet."""

    name: str
    started: str | None
    finished: str | None
    succeeded: str | None
    outcome: str | None
    failed: int
    holder: str | None
    until: str | None

    def at_work(self, now: datetime) -> bool:
        return self.until is not None and self.until > stamp(now)


def claim(engine: Engine, name: str, every: timedelta, lease: timedelta, holder: str, now: datetime) -> bool:
    """Whether the job is this holder's now: it is due, and nobody alive is at it."""
    with reading(engine) as connection:
        row = connection.execute(_STANDING, {"name": name}).one_or_none()
    values = {"name": name, "holder": holder, "now": stamp(now), "until": stamp(now + lease), "due": stamp(now - every)}
    if row is not None and not _is_due(Standing(*row), values["due"], now):
        # Asked without writing, since every process asks all the time.
        return False
    with writing(engine) as connection:
        connection.execute(_MAKE, {"name": name})
        return connection.execute(_CLAIM, values).rowcount == 1


@again
def note_end(engine: Engine, name: str, holder: str, now: datetime, outcome: str, *, good: bool) -> bool:
    """Give the claim back with how it ended; false where somebody else has it by now."""
    values = {"name": name, "holder": holder, "now": stamp(now), "outcome": outcome[:LONGEST_WORDS]}
    with writing(engine) as connection:
        return connection.execute(_GOOD if good else _BAD, values).rowcount == 1


def standings(engine: Engine) -> dict[str, Standing]:
    """All jobs that ever ran, by name."""
    with reading(engine) as connection:
        return {row.name: Standing(*row) for row in connection.execute(_ALL)}


def _is_due(found: Standing, due: str, now: datetime) -> bool:
    return not found.at_work(now) and (found.started is None or found.started <= due)


_COLUMNS = "name, started, finished, succeeded, outcome, failed, holder, until"
_ALL = text(f"SELECT {_COLUMNS} FROM job ORDER BY name")  # noqa: S608 - fixed words
_STANDING = text(f"SELECT {_COLUMNS} FROM job WHERE name = :name")  # noqa: S608 - fixed words
_MAKE = text("INSERT INTO job (name, failed) VALUES (:name, 0) ON CONFLICT (name) DO NOTHING")
_CLAIM = text(
    "UPDATE job SET holder = :holder, started = :now, until = :until WHERE name = :name"
    " AND (until IS NULL OR until <= :now) AND (started IS NULL OR started <= :due)"
)
_END = "UPDATE job SET finished = :now, outcome = :outcome, until = NULL, holder = NULL"
_GOOD = text(f"{_END}, succeeded = :now, failed = 0 WHERE name = :name AND holder = :holder")
_BAD = text(f"{_END}, failed = failed + 1 WHERE name = :name AND holder = :holder")
