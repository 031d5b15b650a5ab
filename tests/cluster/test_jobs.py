"""Four workers of one server look for jobs all the time: each job is done once, and one whose worker was killed is done
by another when its lease is over."""

import os
import signal
import time
from collections import Counter
from pathlib import Path

import pytest

from tests.cluster.counting import JOBS
from tests.cluster.workers import COUNT, Workers
from tests.postgres import Cluster


def test_four_workers_do_each_job_once_and_take_over_from_one_that_was_killed(
    tmp_path: Path, cluster: Cluster, request: pytest.FixtureRequest
) -> None:
    url = cluster.make_with_tables("jobs")
    workers = Workers(tmp_path, url, ("-m", "tests.cluster.counting"))
    try:
        workers.until_ready()
        told = _until(tmp_path, lambda words: len(words) >= JOBS + 1)
        hangs = next(pid for word, pid in told if word == "hang")
        assert hangs in workers.pids() and len(workers.pids()) == COUNT
        os.kill(hangs, signal.SIGKILL)
        told = _until(tmp_path, lambda words: sum(word == "hang" for word, _ in words) >= 2)
    finally:
        workers.stop()
    done = Counter(word for word, _ in _told(tmp_path))
    assert {word: n for word, n in done.items() if word != "hang"} == {f"job{n}": 1 for n in range(JOBS)}
    assert next(pid for word, pid in told[::-1] if word == "hang") != hangs
    rows = dict(cluster.run("SELECT name, outcome FROM job WHERE name LIKE 'job%%'", database="jobs"))
    assert rows == {f"job{n}": "counted" for n in range(JOBS)}
    cluster.drop("jobs")


def _told(folder: Path) -> list[tuple[str, int]]:
    path = folder / "told"
    lines = path.read_text().splitlines() if path.exists() else []
    return [(word, int(pid)) for word, pid in (line.split() for line in lines)]


def _until(folder: Path, so: object) -> list[tuple[str, int]]:
    assert callable(so)
    end = time.monotonic() + 60
    while not so(found := _told(folder)):
        assert time.monotonic() < end, found
        time.sleep(0.02)
    return found
