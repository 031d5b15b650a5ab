"""The jobs of a city. A new one is a function of the services and the moment, and one line here."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from server.access import contacts, throttle
from server.commands import recounting
from server.files import tidying
from server.jobs.saying import NEVER_CHANGED, RECOUNTED, SAMPLES_DROPPED, TIDIED, TRIES_FORGOTTEN, did
from server.notices import sending, walking
from server.services import Services


@dataclass(frozen=True)
class Job:
    """`run` gives a sentence on what it did (`saying`), with no personal data in it: the health page shows it. Doing it
    twice must do no harm. `lease`: after which it is taken for dead. `wanted`: of a job that has no hour of its own,
    whether there is something to do; while there is, it runs again at once."""

    name: str
    every: timedelta
    run: Callable[[Services, datetime], str]
    lease: timedelta = timedelta(minutes=10)
    wanted: Callable[[Services], bool] | None = None


def _tidy_uploads(world: Services, _now: datetime) -> str:
    swept, strays = tidying.tidy(world)
    return did(TIDIED, swept, strays)


def _forget_tries(world: Services, now: datetime) -> str:
    return did(TRIES_FORGOTTEN, throttle.forget(world.engine, now))


def _forget_samples(world: Services, now: datetime) -> str:
    return did(SAMPLES_DROPPED, contacts.prune(world.engine, now))


def _recount_wanted(world: Services) -> bool:
    return recounting.under_way(world.engine)


def _recount_dates(world: Services, _now: datetime) -> str:
    found = recounting.go_on(world.commands)
    if found is None:
        return did(NEVER_CHANGED)
    return did(RECOUNTED, found.looked, found.total, found.changed)


JOBS: tuple[Job, ...] = (
    Job("tidy_uploads", timedelta(hours=1), _tidy_uploads, timedelta(hours=1)),
    Job("forget_tries", timedelta(hours=6), _forget_tries),
    Job("forget_samples", timedelta(days=1), _forget_samples),
    Job("recount_dates", timedelta(0), _recount_dates, timedelta(minutes=5), _recount_wanted),
    Job("make_notices", timedelta(hours=1), walking.walk, timedelta(hours=1)),
    Job("send_notices", timedelta(minutes=5), sending.send),
)
