"""The thread that looks for what is due, one in each process that serves."""

import logging
import random
import threading
from collections.abc import Callable, Sequence
from datetime import timedelta

from sqlalchemy.exc import DBAPIError

from server.jobs import table
from server.jobs.registry import JOBS, Job
from server.services import Services
from sync.errors import TenggatError

log = logging.getLogger("tenggat.jobs")

LOOK = timedelta(seconds=5)
"""Between two looks; jittered, so that the processes of a city do not ask at once. Somebody may sit before a page that
counts what a decree changed."""


class Runner:
    """`stop()` lets the job under way end, and starts no other."""

    def __init__(
        self,
        world: Services,
        jobs: Sequence[Job] = JOBS,
        *,
        look: timedelta = LOOK,
        chance: Callable[[], float] = random.random,
    ) -> None:
        self.world = world
        self.jobs = jobs
        self.holder = world.sources.new_id()
        self._look = look.total_seconds()
        self._chance = chance
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._run, name="tenggat-jobs", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self, wait: float = 10) -> None:
        """Wait at most so many seconds for the job under way."""
        self._stopped.set()
        if self._thread.is_alive():
            self._thread.join(wait)

    def _run(self) -> None:
        # Not at once: a server that has just started has people to answer.
        while not self._stopped.wait(self._look * (0.5 + self._chance())):
            for job in self.jobs:
                if self._stopped.is_set():
                    return
                self._try(job)

    def _try(self, job: Job) -> None:
        try:
            while job.wanted is None or job.wanted(self.world):
                told = run_due(self.world, job, self.holder)
                # What failed is tried at the next look, and what somebody else is at is theirs.
                if job.wanted is None or told is None or told.startswith("failed") or self._stopped.is_set():
                    return
        except DBAPIError:
            # The database is away or busy: the next look is soon.
            log.warning("job %s: the database does not answer", job.name)
        except Exception:
            # One that fails beyond its own failing must not end the thread that all the others need.
            log.exception("job %s", job.name)


def run_due(world: Services, job: Job, holder: str, every: timedelta | None = None) -> str | None:
    """Do the job if it is due and nobody is at it; what it said, None where it was not done. `every` zero: whenever it
    last ran."""
    gap = job.every if every is None else every
    if not table.claim(world.engine, job.name, gap, job.lease, holder, world.sources.clock()):
        return None
    try:
        # No request comes by here to tell that another process changed the calendar.
        world.rules.refresh(world.engine)
        outcome, good = job.run(world, world.sources.clock()), True
    except Exception as error:
        # Its word, and no message: that may hold what people typed.
        outcome, good = error.code if isinstance(error, TenggatError) else type(error).__name__, False
        log.exception("job %s failed", job.name)
    table.note_end(world.engine, job.name, holder, world.sources.clock(), outcome, good=good)
    return outcome if good else f"failed: {outcome}"
