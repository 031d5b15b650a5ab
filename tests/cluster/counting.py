"""The server as `tenggat-server serve --workers 4` runs it, with jobs of this test's own, each of which tells a file
that it was run."""

import os
import time
from datetime import datetime, timedelta

from flask import Flask

import server.wsgi
from server.jobs.registry import Job
from server.jobs.runner import Runner
from server.services import Services
from tests.cluster.telling import serve, tell, told

JOBS = 20
LEASE = timedelta(seconds=3)


def _note(word: str) -> None:
    tell(f"{word} {os.getpid()}")


def _job(number: int) -> Job:
    def run(_world: Services, _now: datetime) -> str:
        _note(f"job{number}")
        return "counted"

    return Job(f"job{number}", timedelta(hours=1), run)


def _hang(_world: Services, _now: datetime) -> str:
    """Whoever does this first never ends it."""
    first = not told().exists() or "hang" not in told().read_text()
    _note("hang")
    while first:
        time.sleep(60)
    return "taken over"


class Eager(Runner):
    def __init__(self, world: Services) -> None:
        jobs = (Job("hang", timedelta(0), _hang, LEASE), *map(_job, range(JOBS)))
        super().__init__(world, jobs, look=timedelta(seconds=0.05))


def application() -> Flask:
    server.wsgi.Runner = Eager  # type: ignore[misc]
    return server.wsgi.application()


if __name__ == "__main__":
    serve("tests.cluster.counting:application")
