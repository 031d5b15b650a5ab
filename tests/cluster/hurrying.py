"""The server as `tenggat-server serve --workers 4` runs it, with the city's own jobs at their own work, every second
and not every hour. It is a Monday morning; each run tells a file when it was and what it said."""

import os
import time
from dataclasses import replace
from datetime import datetime, timedelta

from flask import Flask

import server.wsgi
from server.app import create_app
from server.jobs.registry import JOBS, Job
from server.jobs.runner import Runner
from server.services import Services
from server.settings import Settings
from server.sources import Sources
from tests.cluster.telling import serve, tell

EVERY = timedelta(seconds=1)


def _now() -> datetime:
    """`MORNING` is two moments of the same: the city's, and the clock of this machine."""
    city, machine = os.environ["MORNING"].split()
    return datetime.fromisoformat(city) + timedelta(seconds=time.monotonic() - float(machine))


def _hurrying(job: Job) -> Job:
    def run(world: Services, now: datetime) -> str:
        begun = time.monotonic()
        said = job.run(world, now)
        tell(f"{job.name}\t{os.getpid()}\t{begun}\t{time.monotonic()}\t{said}")
        return said

    return replace(job, every=min(job.every, EVERY), run=run)


class Hurrying(Runner):
    def __init__(self, world: Services) -> None:
        super().__init__(world, tuple(map(_hurrying, JOBS)), look=timedelta(seconds=0.05))


def application() -> Flask:
    def at_nine(settings: Settings) -> Flask:
        return create_app(settings, Sources(clock=_now))

    server.wsgi.Runner = Hurrying  # type: ignore[misc]
    server.wsgi.create_app = at_nine  # type: ignore[assignment]
    return server.wsgi.application()


if __name__ == "__main__":
    serve("tests.cluster.hurrying:application")
