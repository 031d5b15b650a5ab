"""The city's own jobs under four workers, over several of their periods: what is due is done once, whoever does it."""

import os
import re
import time
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import pytest

from server.access import days_off, throttle
from server.app import create_app
from server.jobs import table
from server.jobs.registry import JOBS
from server.settings import Settings
from server.sources import Sources
from tests.api.device import Device
from tests.api.filing import file
from tests.api.sending import Sender, draft, entry, picture
from tests.calendar.conftest import CLOSED
from tests.cluster.workers import Workers
from tests.conftest import Clock, Server
from tests.notices.office import Office, post_office

PERIODS = 3
CASES = 3


@dataclass
class Run:
    """One run of a job, as its process told it."""

    pid: str
    begun: float
    ended: float
    said: str


def _counted(runs: list[Run]) -> list[int]:
    """The numbers in what was said, summed over all runs."""
    return [sum(some) for some in zip(*([int(n) for n in re.findall(r"\d+", run.said)] for run in runs), strict=True)]


@pytest.fixture(params=["sqlite", "postgresql"] if os.environ.get("TENGGAT_SOAK") else ["sqlite"])
def url(request: pytest.FixtureRequest) -> str | None:
    return str(request.getfixturevalue("postgres_url")) if request.param == "postgresql" else None


def _rows(server: Server) -> dict[str, int]:
    return {name: len(server.rows(f"SELECT * FROM {name}")) for name in ("attempt", "device_sample")}


def _something_for_each(server: Server) -> None:
    """A hundred and twenty days ago: a device's only contact, an upload that was given up, tries. Now: running cases,
    and a decree that moves their dates."""
    server.clock.move(days=-120)
    office = Office(server)
    office.add("supervisor")
    _, token = server.staff("surveyor")
    Device(server.app, token, guest=False).exchange()
    guest, photo = Device(server.app), entry(picture())
    sender = Sender(guest)
    sender.patch(sender.begin(draft(guest, photo), photo), 0, b"begun")
    for key in ("login:a", "login:b"):
        throttle.count(server.engine, key, server.clock())
    server.clock.move(days=120)
    phone = Device(server.app)
    for _ in range(CASES):
        file(server, phone)
    days_off.enter(server.world, CLOSED, "cli")


def test_four_workers_do_what_the_citys_jobs_do_once(url: str | None, tmp_path: Path) -> None:
    clock = Clock()
    server = Server(create_app(Settings(data=tmp_path / "data", database=url, web=None), Sources(clock=clock)), clock)
    _something_for_each(server)
    before = _rows(server)
    with post_office() as post:
        morning = f"{clock().isoformat()} {time.monotonic()}"
        told = {"MORNING": morning, "TENGGAT_SMTP_URL": post.url, "TENGGAT_ADDRESS": "https://layanan.example.id"}
        workers = Workers(tmp_path, url, ("-m", "tests.cluster.hurrying"), **told)
        try:
            runs = _until(tmp_path, _all_had_their_periods)
        finally:
            workers.stop()
        assert [letter.to for letter in post.letters] == ["supervisor@kota.example"]
    assert len({run.pid for some in runs.values() for run in some}) > 1, "one process did everything"
    for name, some in runs.items():
        assert all(one.ended <= next_.begun for one, next_ in pairwise(some)), f"{name} was done twice at once"
    assert _counted(runs["tidy_uploads"]) == [1, 0]
    gone = {name: n - _rows(server)[name] for name, n in before.items()}
    assert _counted(runs["forget_tries"]) == [gone["attempt"]] and gone["attempt"] >= 2
    assert _counted(runs["forget_samples"]) == [gone["device_sample"]] and gone["device_sample"] >= 1
    assert _counted(runs["recount_dates"])[-1] == CASES
    assert _counted(runs["send_notices"]) == [1, 0]
    assert _counted(runs["make_notices"])[1] == len(server.rows("SELECT * FROM notice"))
    assert len(server.rows("SELECT * FROM notice WHERE kind = 'device_silent'")) == 1
    [moved] = server.rows(
        "SELECT count(*) AS n, count(DISTINCT case_id) AS cases FROM feed WHERE kind = 'case.recount'"
    )
    assert (moved.n, moved.cases) == (CASES, CASES)
    standing = table.standings(server.engine)
    assert standing.keys() == {job.name for job in JOBS} and not any(one.failed for one in standing.values())
    server.engine.dispose()


def _all_had_their_periods(runs: dict[str, list[Run]]) -> bool:
    return all(len(runs[job.name]) >= (1 if job.wanted else PERIODS) for job in JOBS)


def _until(folder: Path, so: Callable[[dict[str, list[Run]]], bool]) -> dict[str, list[Run]]:
    end = time.monotonic() + 60
    while not so(found := _runs(folder)):
        assert time.monotonic() < end, {name: len(some) for name, some in found.items()}
        time.sleep(0.05)
    return found


def _runs(folder: Path) -> dict[str, list[Run]]:
    path, found = folder / "told", defaultdict[str, list[Run]](list)
    for line in path.read_text().splitlines() if path.exists() else ():
        name, pid, begun, ended, said = line.split("\t")
        found[name].append(Run(pid, float(begun), float(ended), said))
    for some in found.values():
        some.sort(key=lambda run: run.begun)
    return found
