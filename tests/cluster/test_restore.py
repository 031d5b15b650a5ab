"""The drill of a restore, in a city that is lived in: people write while yesterday's backup is taken and all the day
after it, then the server dies, and with it that day. Yesterday's comes back behind the same port, and every device goes
on by itself."""

import json
import os
import shutil
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from threading import Event, Thread

import pytest

from server.app import create_app
from server.settings import Settings
from tests.cluster.living import Citizen, Key, Living, Officer, steps
from tests.cluster.workers import Workers
from tests.conftest import Clock, Server

CITIZENS = 3
A_DAY = 15
"""Commands that are acknowledged before the backup, and again after it."""


@pytest.fixture(params=["sqlite", "postgresql"] if os.environ.get("TENGGAT_SOAK") else ["sqlite"])
def url(request: pytest.FixtureRequest) -> str | None:
    return str(request.getfixturevalue("postgres_url")) if request.param == "postgresql" else None


@dataclass
class City:
    """Two workers, what they stand on, and who lives there."""

    workers: Workers
    behind: Server
    folder: Path
    leave: Event = field(default_factory=Event)
    citizens: list[Citizen] = field(default_factory=list)
    officers: list[Officer] = field(default_factory=list)

    @property
    def people(self) -> list[Living]:
        return [*self.citizens, *self.officers]

    def moves_in(self) -> None:
        citizen = Citizen(self.folder / f"warga{len(self.citizens)}", self.workers.port, self.leave)
        self.citizens.append(citizen)
        citizen.start()

    def works_here(self) -> None:
        _, token = self.behind.staff("complaint_officer", scopes=("office:diskominfo",))
        officer = Officer(self.folder / "aduan", self.workers.port, self.leave, token)
        self.officers.append(officer)
        officer.start()

    def done(self) -> set[Key]:
        return set().union(*(one.done() for one in self.people))

    def numbers(self) -> dict[str, str]:
        """By case, what its citizen was told."""
        found: dict[str, str] = {}
        for one in self.citizens:
            found |= one.numbers()
        return found

    def until(self, so: Callable[[], bool], what: str, seconds: float = 60) -> None:
        end = time.monotonic() + seconds
        while not so():
            assert all(one.is_alive() or self.leave.is_set() for one in self.people), [p._fault for p in self.people]
            assert time.monotonic() < end, (what, [one.troubled() for one in self.people])
            time.sleep(0.02)

    def until_more(self) -> None:
        goal = len(self.done()) + A_DAY
        self.until(lambda: len(self.done()) >= goal, "nobody gets on with anything")


@contextmanager
def _living(folder: Path, url: str | None) -> Iterator[City]:
    with ExitStack() as last:
        workers = Workers(folder, url, count=2)
        last.callback(workers.stop)
        workers.until_ready()
        behind = Server(create_app(Settings(data=folder / "data", database=url, web=None)), Clock())
        last.callback(behind.engine.dispose)
        city = City(workers, behind, folder)
        city.works_here()
        for _ in range(CITIZENS):
            city.moves_in()
        last.callback(lambda: [one.switch_off() for one in city.people])
        last.callback(city.leave.set)
        yield city


def test_yesterdays_backup_comes_back_under_live_devices(url: str | None, tmp_path: Path) -> None:
    with _living(tmp_path, url) as city:
        city.until_more()
        _back_up(city)
        city.moves_in()
        city.until_more()
        city.until(lambda: any(one.passed_on for one in city.officers), "the officer found nothing")
        city.workers.stop()
        acknowledged, told = city.done(), city.numbers()
        kept = _bring_back(city)
        assert len(acknowledged) > len(_commands(city)) + A_DAY / 2, "a day was lost"
        city.workers.start()
        city.until(lambda: city.done() >= acknowledged, "what was acknowledged is not again")
        city.until_more()
        city.leave.set()
        for one in city.people:
            one.finish()
        city.until(lambda: not any(one.troubled() for one in city.people), "somebody is stuck")
        _check_commands(city, acknowledged)
        _check_cases(city)
        _check_numbers(city, told, kept)
        _check_photos(city)
        assert city.workers.said("Traceback") == 0


def _back_up(city: City) -> None:
    """Online: more is acknowledged while the command runs."""
    before, said = len(city.done()), list[str]()
    taking = Thread(target=lambda: said.append(city.workers.run("backup", str(city.folder / "shelf"))))
    taking.start()
    taking.join()
    assert said and "verified" in said[0]
    assert len(city.done()) > before, "nobody wrote meanwhile"


def _bring_back(city: City) -> dict[str, str]:
    """Yesterday's city in the place of today's, whose files are lost altogether; its numbers by case."""
    city.behind.engine.dispose()
    shutil.rmtree(city.folder / "data" / "files")
    assert "restored as epoch" in city.workers.run("restore", str(city.folder / "shelf"), "--replace", "--yes")
    return _numbers(city)


def _numbers(city: City) -> dict[str, str]:
    rows = city.behind.rows("SELECT id, number FROM case_record WHERE number IS NOT NULL")
    return {row.id: row.number for row in rows}


def _commands(city: City) -> dict[Key, str]:
    """What people did, with what became of it."""
    rows = city.behind.rows("SELECT instance, seq, status FROM command WHERE kind <> 'case.arrived'")
    return {(row.instance, row.seq): row.status for row in rows}


def _check_commands(city: City, acknowledged: set[Key]) -> None:
    """Each that a device ever had acknowledged is there, as it was, and happened once."""
    stored = _commands(city)
    assert acknowledged <= city.done() == stored.keys()
    assert set(stored.values()) == {"applied"}
    happened = Counter((row.instance, row.seq) for row in city.behind.rows("SELECT instance, seq FROM feed"))
    assert [key for key in stored if happened[key] != 1] == []
    positions = [row.pos for row in city.behind.rows("SELECT pos FROM feed ORDER BY pos")]
    assert positions == list(range(1, len(positions) + 1))


def _check_cases(city: City) -> None:
    """Every case, sent in once and passed on once; and each device holds what it may see, as it is."""
    lines = {row.id: bytes(row.line) for row in city.behind.rows("SELECT id, line FROM case_record")}
    assert lines.keys() == set().union(*(one.cases for one in city.citizens))
    passed_on = set().union(*(one.passed_on for one in city.officers))
    assert passed_on
    for case, line in lines.items():
        assert [step for step in steps(line) if step != "open"] == ["submit"] + ["dispatch"] * (case in passed_on)
    for citizen in city.citizens:
        assert {name: citizen.store.records.line(name) for name in citizen.cases} == {
            name: lines[name] for name in citizen.cases
        }


def _check_numbers(city: City, told: dict[str, str], kept: dict[str, str]) -> None:
    """As docs/operations.md has it: what the backup knew keeps its number; what came after it has a new one, and the
    old one stands for nobody else's case; and whoever looks is shown the one that counts."""
    now = _numbers(city)
    assert len(now) == len(set(now.values()))
    assert kept.items() <= now.items()
    lost = {case: number for case, number in told.items() if case not in kept}
    assert lost, "numbers were given out in the lost day"
    assert not set(lost.values()) & set(now.values())
    assert city.numbers() == now


def _check_photos(city: City) -> None:
    """All that was ever photographed lies at the server, whole, and every case says so."""
    blobs = city.behind.world.files.blobs
    taken = set().union(*(one.photos for one in city.citizens))
    rows = city.behind.rows("SELECT line FROM case_record")
    files = [file for row in rows for file in json.loads(bytes(row.line)).get("attachments", ())]
    assert {file["sha256"] for file in files if file.get("arrived")} == {file["sha256"] for file in files} == taken
    assert all(blobs.has(sha256) for sha256 in taken)
