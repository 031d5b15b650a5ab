"""Eight writers push reports and documents, an officer follows, and then something breaks. Nothing that was
acknowledged is lost, nothing is there twice, the officer misses nothing, and nobody is ever told 500."""

import json
import os
import signal
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Event

import pytest

from sync.digest import digest_of
from tests.api.device import Device, new_id
from tests.cluster.conftest import City
from tests.cluster.people import WRITERS, Book, Follower, Working, Writer

pytestmark = pytest.mark.xdist_group("drills")

MORE = 40
"""Commands that are acknowledged between one thing that breaks and the next."""

AT_LENGTH = bool(os.environ.get("TENGGAT_SOAK"))
"""Each thing several times in one run."""


def restarted(city: City) -> None:
    city.postgres.stop("fast")
    city.postgres.start()


def restarted_without_goodbye(city: City) -> None:
    city.postgres.stop("immediate")
    city.postgres.start()


def killed(city: City) -> None:
    city.postgres.kill()
    city.postgres.start()


def cut(city: City) -> None:
    assert city.postgres.cut("city") > 0


def worker_killed(city: City) -> None:
    """One after the other, so that each time another has half a request in its hands."""
    before = city.workers.said("Started worker-")
    os.kill(city.workers.pids()[0], signal.SIGKILL)
    city.workers.until_again(before + 1 - 4)


DRILLS: dict[str, tuple[Callable[[City], None], int]] = {
    "restarted": (restarted, 2),
    "restarted without goodbye": (restarted_without_goodbye, 2),
    "killed": (killed, 2),
    "connections cut": (cut, 6),
    "workers killed": (worker_killed, 2),
}


@contextmanager
def _all_at_work(city: City, book: Book) -> Iterator[tuple[list[Writer], Follower]]:
    leave, done = Event(), Event()
    port = city.workers.port
    _, token = city.behind.staff("complaint_officer", scopes=("office:diskominfo", "office:distaru"))
    follower = Follower(port, done, token)
    writers = [Writer(port, leave, book, n) for n in range(WRITERS)]
    for one in (follower, *writers):
        one.start()
    try:
        yield writers, follower
        leave.set()
        for writer in writers:
            writer.finish()
    finally:
        leave.set()
        done.set()
    follower.finish()


def _until_more(book: Book, people: list[Working]) -> None:
    """Work goes on: so many more commands were acknowledged."""
    goal, end = len(book.commands) + MORE, time.monotonic() + 90
    while len(book.commands) < goal:
        assert all(one.is_alive() for one in people), [one._fault for one in people if one._fault]
        assert time.monotonic() < end, f"{len(book.commands)} of {goal} in 90 s: " + str(
            [w.wire.refused for w in people]
        )
        time.sleep(0.01)


@pytest.mark.parametrize("name", DRILLS)
def test_nothing_is_lost_doubled_or_missed(city: City, name: str) -> None:
    strike, times = DRILLS[name]
    book = Book()
    before = {row.number for row in city.behind.rows("SELECT number FROM case_record WHERE number IS NOT NULL")}
    with _all_at_work(city, book) as (writers, follower):
        for _ in range(times if AT_LENGTH else 1):
            _until_more(book, [*writers, follower])
            strike(city)
        _until_more(book, [*writers, follower])
    _tell(name, writers, follower, book)
    _check_commands(city, book, before)
    _check_files(city, book)
    _check_follower(city, follower)


def test_a_server_that_only_reads_is_busy_and_left_and_nothing_is_lost(city: City) -> None:
    """What was the first server is a standby now, and still answers; the next connection may lead to the new first."""
    device = Device(city.behind.app)
    device.exchange()
    line = device.command("case.edit", new_id(), {"service": "lapor", "set": {"title": "Lubang"}})
    city.postgres.demote()
    before = _backend(city)
    response = device.post(device.body([line]))
    assert (response.status_code, response.json and response.json["code"]) == (503, "busy")
    assert _backend(city) != before, "connections to it are given up"
    city.postgres.promote()
    assert device.exchange(line).result["status"] == "applied"


def _backend(city: City) -> int:
    pid: int = city.behind.rows("SELECT pg_backend_pid() AS pid")[0].pid
    return pid


def _tell(name: str, writers: list[Writer], follower: Follower, book: Book) -> None:
    seconds = sorted(one for writer in writers for one in writer.wire.seconds)
    waited = max(one for writer in writers for one in writer.wire.waited)
    refused = sum((writer.wire.refused for writer in [*writers, follower]), Counter[str]())
    print(
        f"\n{name}: {len(book.commands)} commands, {len(book.files)} files; median {seconds[len(seconds) // 2]:.3f} s, "
        f"95th {seconds[int(len(seconds) * 0.95)]:.3f} s, longest wait {waited:.1f} s; {dict(refused)}"
    )


def _check_commands(city: City, book: Book, before: set[str]) -> None:
    rows = city.behind.rows("SELECT instance, seq, result FROM command")
    stored = {(row.instance, row.seq): json.loads(row.result) for row in rows}
    mine = {instance for instance, _ in book.commands}
    assert book.commands.keys() - stored.keys() == set(), "acknowledged but absent"
    assert {key for key in stored if key[0] in mine} - book.commands.keys() == set(), "there but never acknowledged"
    assert all(stored[key] == result for key, result in book.commands.items())
    told = Counter((row.instance, row.seq) for row in city.behind.rows("SELECT instance, seq FROM feed"))
    assert [key for key in book.commands if told[key] != 1] == []
    positions = [row.pos for row in city.behind.rows("SELECT pos FROM feed ORDER BY pos")]
    assert positions == list(range(1, len(positions) + 1))
    numbers = {row.number for row in city.behind.rows("SELECT number FROM case_record WHERE number IS NOT NULL")}
    assert len(book.numbers) == len(set(book.numbers))
    assert numbers - before == set(book.numbers)


def _check_files(city: City, book: Book) -> None:
    blobs = city.behind.world.files.blobs
    for case, sha256 in book.files.items():
        [row] = city.behind.rows("SELECT state FROM case_record WHERE id = :id", id=case)
        [attached] = json.loads(row.state)["attachments"]
        assert attached["arrived"] and attached["sha256"] == sha256
        assert blobs.has(sha256)


def _check_follower(city: City, follower: Follower) -> None:
    device = follower.device
    while follower.wire.exchange(device, limit=5_000).end.get("more"):
        pass
    rows = city.behind.rows("SELECT id, version, scopes FROM case_record")
    seen = {row.id: row.version for row in rows if set(device.scopes) & set(row.scopes.split())}
    assert {name: line["v"] for name, line in device.held.items()} == seen
    assert follower.backwards == 0
    assert follower.pages > 5, "it followed while they wrote"
    summed = [
        digest_of((i, line["v"]) for i, line in device.held.items() if s in line["scopes"]) for s in device.scopes
    ]
    assert [tuple(one) for one in device.digest()] == summed
    answer = follower.wire.exchange(device)
    assert answer.end["digest"] == device.digest()
