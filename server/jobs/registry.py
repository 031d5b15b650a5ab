"""The jobs of a city. A new one is a function of the services and the moment, and one line here."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from server.access import contacts, throttle
from server.commands import recounting
from server.files import tidying
from server.notices import sending, walking
from server.services import Services


@dataclass(frozen=True)
class Job:
    """`run` gives a sentence on what it did, with no personal data in it: it stands on the health page. Doing it twice
    must do no harm. `lease`: after which it is taken for dead. `wanted`: of a job that has no hour of its own, whether
    there is something to do; while there is, it runs again at once."""

    name: str
    every: timedelta
    run: Callable[[Services, datetime], str]
    lease: timedelta = timedelta(minutes=10)
    wanted: Callable[[Services], bool] | None = None


def _tidy_uploads(world: Services, _now: datetime) -> str:
    swept, strays = tidying.tidy(world)
    return f"{swept} expired uploads and {strays} stray files cleared away"


def _forget_tries(world: Services, now: datetime) -> str:
    return f"{throttle.forget(world.engine, now)} old counts of tries forgotten"


def _forget_samples(world: Services, now: datetime) -> str:
    return f"{contacts.prune(world.engine, now)} old samples of devices dropped"


def _recount_wanted(world: Services) -> bool:
    return recounting.under_way(world.engine)


def _recount_dates(world: Services, _now: datetime) -> str:
    found = recounting.go_on(world.commands)
    if found is None:
        return "the calendar was never changed"
    return f"{found.looked} of {found.total} running cases looked at, {found.changed} have another date or reason"


JOBS: tuple[Job, ...] = (
    Job("tidy_uploads", timedelta(hours=1), _tidy_uploads, timedelta(hours=1)),
    Job("forget_tries", timedelta(hours=6), _forget_tries),
    Job("forget_samples", timedelta(days=1), _forget_samples),
    Job("recount_dates", timedelta(0), _recount_dates, timedelta(minutes=5), _recount_wanted),
    Job("make_notices", timedelta(hours=1), walking.walk, timedelta(hours=1)),
    Job("send_notices", timedelta(minutes=5), sending.send),
)
