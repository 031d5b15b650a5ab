"""A job that is due is done once, whoever asks; one that was killed holds nobody up; one that fails stops no other."""

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner

from server.cli import main
from server.jobs import table
from server.jobs.registry import JOBS, Job
from server.jobs.runner import Runner, run_due
from sync.errors import Busy
from tests.conftest import Clock, Server

HOUR = timedelta(hours=1)


@pytest.fixture(params=["sqlite", "postgresql"])
def server(request: pytest.FixtureRequest, make_server: Callable[..., Server]) -> Server:
    return make_server(database=request.getfixturevalue("postgres_url") if request.param == "postgresql" else None)


def _job(run: Callable[..., str], name: str = "count") -> Job:
    return Job(name, HOUR, run, timedelta(minutes=10))


def test_a_job_is_done_when_it_is_due_and_not_before(server: Server) -> None:
    done: list[datetime] = []

    def count(_world: object, now: datetime) -> str:
        done.append(now)
        return "counted"

    for _ in range(3):
        run_due(server.world, _job(count), "a")
    assert len(done) == 1
    server.clock.move(minutes=59)
    assert run_due(server.world, _job(count), "a") is None
    server.clock.move(minutes=1)
    assert run_due(server.world, _job(count), "b") == "counted"
    standing = table.standings(server.engine)["count"]
    assert (standing.outcome, standing.failed, standing.holder, standing.until) == ("counted", 0, None, None)
    assert standing.succeeded == standing.finished


def test_nobody_begins_what_somebody_is_at_until_they_are_taken_for_dead(server: Server) -> None:
    claim = lambda holder: table.claim(server.engine, "slow", HOUR, 2 * HOUR, holder, server.clock())  # noqa: E731
    assert claim("first")
    server.clock.move(minutes=90)
    assert not claim("second"), "it is due again, and the first is still at it"
    server.clock.move(minutes=31)
    assert claim("second")
    assert not table.note_end(server.engine, "slow", "first", server.clock(), "late", good=True)
    assert table.note_end(server.engine, "slow", "second", server.clock(), "done", good=True)
    assert table.standings(server.engine)["slow"].outcome == "done"


def test_one_that_fails_is_counted_told_without_its_words_and_tried_again(server: Server) -> None:
    def fail(_world: object, _now: datetime) -> str:
        raise ValueError("Bu Lurah, Jalan Pemuda 4")

    for n in (1, 2):
        assert run_due(server.world, _job(fail), "a") == "failed: ValueError"
        standing = table.standings(server.engine)["count"]
        assert (standing.failed, standing.outcome, standing.succeeded) == (n, "ValueError", None)
        server.clock.move(hours=1)
    assert run_due(server.world, _job(lambda *_: "well"), "a") == "well"
    assert table.standings(server.engine)["count"].failed == 0


def test_the_thread_goes_on_after_one_that_fails_and_ends_when_told(server: Server) -> None:
    done: list[str] = []

    def fail(*_: object) -> str:
        done.append("bad")
        raise Busy("x")

    def well(*_: object) -> str:
        done.append("good")
        server.clock.move(hours=1)
        runner._stopped.set() if done.count("good") == 3 else None
        return "well"

    runner = Runner(
        server.world, (_job(fail, "bad"), _job(well, "good")), look=timedelta(seconds=0.01), chance=lambda: 0.0
    )
    runner.start()
    runner._thread.join(30)
    assert not runner._thread.is_alive()
    assert done.count("good") == 3 and done.count("bad") == 3


WORKER = """
import sys
from datetime import timedelta
from pathlib import Path
from server.app import create_app
from server.jobs.registry import Job
from server.jobs.runner import run_due
from server.services import EXTENSION
from server.settings import Settings
data, url, told, rounds = Path(sys.argv[1]), sys.argv[2] or None, Path(sys.argv[3]), int(sys.argv[4])
world = create_app(Settings(data=data, database=url, web=None)).extensions[EXTENSION]
print("ready", flush=True)
sys.stdin.readline()
def count(*_):
    with told.open("a") as file:
        file.write("x")
    return "counted"
for n in range(rounds):
    run_due(world, Job(f"job{n}", timedelta(hours=1), count), world.sources.new_id())
if rounds == 0:
    def hang(*_):
        print("holding", flush=True)
        sys.stdin.readline()
    run_due(world, Job("held", timedelta(hours=1), hang, timedelta(seconds=2)), world.sources.new_id())
"""


@pytest.fixture
def workers(request: pytest.FixtureRequest, tmp_path: Path, server: Server) -> Iterator[Callable[..., list]]:
    """Processes on the same database as the server, which have started and wait for a line."""
    url = server.engine.url.render_as_string(hide_password=False) if server.engine.dialect.name != "sqlite" else ""
    made: list[subprocess.Popen[str]] = []

    def make(count: int, rounds: int) -> list[subprocess.Popen[str]]:
        words = [sys.executable, "-c", WORKER, str(tmp_path / "data"), url, str(tmp_path / "told"), str(rounds)]
        for _ in range(count):
            made.append(subprocess.Popen(words, text=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE))
        for process in made:
            assert process.stdout is not None and process.stdout.readline() == "ready\n"
        return made

    yield make
    for process in made:
        process.kill()
        process.communicate()


def test_four_processes_do_each_job_once(workers: Callable[..., list], tmp_path: Path, server: Server) -> None:
    for process in (there := workers(4, 25)):
        process.stdin.write("\n")
        process.stdin.flush()
    for process in there:
        assert process.wait(60) == 0
    assert (tmp_path / "told").read_text() == "x" * 25
    assert {s.outcome for s in table.standings(server.engine).values()} == {"counted"}


def test_a_process_that_is_killed_in_a_job_holds_nobody_up_for_longer_than_its_lease(
    workers: Callable[..., list], server: Server
) -> None:
    [process] = workers(1, 0)
    process.stdin.write("\n")
    process.stdin.flush()
    assert process.stdout.readline() == "holding\n"
    os.kill(process.pid, signal.SIGKILL)
    process.wait()
    now = datetime.now(UTC)
    job = Job("held", timedelta(0), lambda *_: "taken over")
    server.clock.now = now
    assert run_due(server.world, job, "next") is None
    server.clock.now = now + timedelta(seconds=3)
    assert run_due(server.world, job, "next") == "taken over"


def test_the_citys_own_jobs_run(server: Server) -> None:
    for job in JOBS:
        told = run_due(server.world, job, "a")
        assert told is not None and not told.startswith("failed"), (job.name, told)


def test_old_counts_of_tries_go_and_those_that_still_count_stay(server: Server, clock: Clock) -> None:
    now = int(clock().timestamp())
    for key, window in (
        ("login:a", now // 900), ("login:old", (now - 90_000) // 900),
        ("form:a", now // 3600), ("form:old", (now - 95_000) // 3600),
    ):  # fmt: skip
        server.execute('INSERT INTO attempt (key, "window", "count") VALUES (:k, :w, 1)', k=key, w=window)
    run_due(server.world, next(job for job in JOBS if job.name == "forget_tries"), "a")
    assert [row.key for row in server.rows("SELECT key FROM attempt ORDER BY key")] == ["form:a", "login:a"]


def test_the_command_lists_and_runs(tmp_path: Path) -> None:
    def run(*words: str, exits: int = 0) -> str:
        result = CliRunner().invoke(main, ["--data", str(tmp_path / "data"), "jobs", *words])
        assert result.exit_code == exits, result.output
        return result.output

    assert run().count("never ran") == len(JOBS)
    assert "0 expired uploads" in run("run", "tidy_uploads")
    assert run().count("never ran") == len(JOBS) - 1
    assert "no_such" in run("run", "no_such", exits=2)
