"""What a decree does to dates that run: foreseen, then done a few at a time, whoever dies meanwhile."""

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from schemas.catalogue.load import city_folder
from schemas.explain import explain
from schemas.ledger import replay
from schemas.text import Text
from server.access import audit, days_off
from server.commands import recounting, system
from server.domain.decide import KINDS
from server.jobs import table
from server.jobs.registry import JOBS
from server.jobs.runner import Runner, run_due
from sync.errors import Conflict, NotFound
from tests.api.device import Device
from tests.api.filing import act, file
from tests.conftest import Server

from .conftest import CLOSED, limits

Servers = tuple[Server, Server]
(JOB,) = [job for job in JOBS if job.name == "recount_dates"]


def _counted(server: Server) -> str | None:
    return run_due(server.world, JOB, "me")


def test_foreseen_is_what_happens_then(servers: Servers) -> None:
    here, there = servers
    phone = Device(there.app)
    cases = [file(there, phone) for _ in range(3)]
    before = {case: limits(phone, case)["completeness"] for case in cases}
    today = date(2026, 3, 16)
    seen = recounting.foresee(here.engine, days_off.beside(here.world, CLOSED).calendar, today)
    assert (seen.running, seen.moved, seen.cases) == (3, 3, 3)
    assert here.rows("SELECT count(*) AS n FROM day_off")[0].n == 0, "nothing was done"
    days_off.enter(here.world, CLOSED, "cli")
    assert _counted(there) == "3 of 3 running cases looked at, 3 have another date or reason"
    phone.pull()
    for case in cases:
        after = limits(phone, case)["completeness"]
        (move,) = [one for one in seen.first if one.number == phone.held[case]["number"]]
        assert (move.service, move.limit) == ("krk", "completeness")
        assert (move.before, move.after) == (before[case].due, after.due)
        assert after.due > before[case].due
        assert replay(after) == after.due
        told = " ".join(explain(after, Text("Kelengkapan", "Completeness"), "id"))
        assert "kantor tutup, Banjir rob" in told
    assert recounting.foresee(here.engine, here.world.calendar, today).moved == 0


def test_taken_back_the_dates_come_back(servers: Servers) -> None:
    here, there = servers
    phone = Device(there.app)
    case = file(there, phone)
    before = limits(phone, case)["completeness"]
    days_off.enter(here.world, CLOSED, "cli")
    _counted(here)
    days_off.remove(there.world, CLOSED.on, "cli")
    _counted(here)
    phone.pull()
    assert limits(phone, case)["completeness"] == before
    with pytest.raises(NotFound, match="folder"):
        days_off.remove(here.world, CLOSED.on, "cli")
    assert [row.action for row in audit.entries(here.engine)] == ["calendar.remove", "calendar.enter"]


def test_only_what_the_day_touches_is_written(servers: Servers) -> None:
    """A far-off holiday sends no device a thing."""
    here, _ = servers
    phone = Device(here.app)
    case = file(here, phone)
    version = phone.held[case]["v"]
    far = days_off.read(
        {"day": "2027-08-18", "kind": "closed", "name_id": "Karnaval", "name_en": "Carnival", "decree": "SK 3"},
        here.world.calendar,
        date(2026, 3, 16),
    )
    days_off.enter(here.world, far, "cli")
    assert _counted(here) == "1 of 1 running cases looked at, 0 have another date or reason"
    assert phone.exchange().records == []
    assert phone.held[case]["v"] == version


def test_what_has_ended_passed_or_waits_is_left_alone(servers: Servers) -> None:
    """One case was decided, one is late, one waits for its applicant: it is counted by the new days as it goes on."""
    here, _ = servers
    phone, desk = Device(here.app), _staff(here, "front_desk")
    done, late, waits = (file(here, phone) for _ in range(3))
    act(desk, done, "accept")
    asked = act(desk, waits, "request_correction", items=[{"field": "nik", "reason": "Beda dengan KTP"}])
    assert asked.result["status"] == "applied"
    here.clock.move(days=40)
    phone.pull()
    before = {case: limits(phone, case) for case in (done, late, waits)}
    assert before[late]["completeness"].breached(date(2026, 4, 25))
    assert before[waits]["completeness"].state == "paused"
    day = days_off.read(
        {"day": "2026-03-17", "kind": "closed", "name_id": "Banjir", "name_en": "Flood", "decree": "SK 4"},
        here.world.calendar,
        date(2026, 4, 25),
    )
    days_off.enter(here.world, day, "cli")
    _counted(here)
    phone.pull()
    assert {case: limits(phone, case)["completeness"] for case in before} == {
        case: found["completeness"] for case, found in before.items()
    }
    assert limits(phone, done) == before[done], "its later limits are late by now as well"


def test_a_change_under_way_begins_anew_with_the_next(servers: Servers, monkeypatch: pytest.MonkeyPatch) -> None:
    """Half counted by one decree, a second comes: all are counted by both."""
    here, there = servers
    phone = Device(here.app)
    cases = [file(here, phone) for _ in range(4)]
    days_off.enter(here.world, CLOSED, "cli")
    found = recounting.go_on(here.world.commands, most=2)
    assert found is not None and (found.looked, found.ended) == (2, None)
    second = days_off.read(
        {"day": "2026-03-25", "kind": "closed", "name_id": "Banjir", "name_en": "Flood", "decree": "SK 5"},
        there.world.calendar,
        date(2026, 3, 16),
    )
    days_off.enter(there.world, second, "cli")
    done = recounting.go_on(here.world.commands)
    assert done is not None and (done.looked, done.changed) == (4, 4) and done.ended
    phone.pull()
    assert len({limits(phone, case)["completeness"].due for case in cases}) == 1
    assert {limits(phone, case)["completeness"].calendar for case in cases} == {there.world.calendar.version}


def test_two_at_once_count_each_case_once(servers: Servers, monkeypatch: pytest.MonkeyPatch) -> None:
    """One has looked at a part and is about to do it, when another does all of it."""
    here, there = servers
    phone = Device(here.app)
    for _ in range(3):
        file(here, phone)
    days_off.enter(here.world, CLOSED, "cli")
    give, others = system.give, [there]

    def meanwhile(*told: Any) -> int:
        if others:
            recounting.to_the_end(others.pop().world.commands)
        return give(*told)

    monkeypatch.setattr(system, "give", meanwhile)
    done = recounting.to_the_end(here.world.commands)
    assert (done.looked, done.changed, done.total) == (3, 3, 3)
    assert {row.version for row in here.rows("SELECT version FROM case_record")} == {2}


def test_another_decree_in_the_middle_of_a_part_is_not_passed_over(
    servers: Servers, monkeypatch: pytest.MonkeyPatch
) -> None:
    here, there = servers
    phone = Device(here.app)
    cases = [file(here, phone) for _ in range(3)]
    # Of the first, no case has anything; the second comes when that was just found out.
    days_off.enter(here.world, replace(CLOSED, on=date(2027, 8, 18)), "cli")
    differs, days = recounting._differs, [CLOSED]

    def meanwhile(*told: Any) -> bool:
        found = differs(*told)
        if days:
            days_off.enter(there.world, days.pop(), "cli")
        return found

    monkeypatch.setattr(recounting, "_differs", meanwhile)
    recounting.to_the_end(here.world.commands)
    phone.pull()
    assert {limits(phone, case)["completeness"].calendar for case in cases} == {there.world.calendar.version}


def test_done_twice_is_done_once(servers: Servers) -> None:
    here, there = servers
    phone = Device(here.app)
    case = file(here, phone)
    days_off.enter(here.world, CLOSED, "cli")
    _counted(here)
    version = here.rows("SELECT version FROM case_record")[0].version
    here.execute("UPDATE recount SET walked = 0, looked = 0, changed = 0, ended = NULL")
    assert _counted(there) == "1 of 1 running cases looked at, 0 have another date or reason"
    assert here.rows("SELECT version FROM case_record WHERE id = :id", id=case)[0].version == version


def test_the_runner_goes_on_until_all_is_counted_and_then_leaves_it(
    servers: Servers, monkeypatch: pytest.MonkeyPatch
) -> None:
    here, _ = servers
    monkeypatch.setattr(recounting, "AT_ONCE", 1)
    monkeypatch.setattr(recounting.go_on, "__defaults__", (1,))
    phone = Device(here.app)
    for _ in range(3):
        file(here, phone)
    runner = Runner(here.world, [JOB])
    runner._try(JOB)
    assert "recount_dates" not in table.standings(here.engine), "nobody asked for anything"
    days_off.enter(here.world, CLOSED, "cli")
    runner._try(JOB)
    found = recounting.standing(here.engine)
    assert found is not None and found.ended and (found.looked, found.percent) == (3, 100)


def test_a_decision_that_fails_is_kept_and_the_rest_goes_on(servers: Servers, monkeypatch: pytest.MonkeyPatch) -> None:
    """The case cannot be decided: its command is in quarantine, as anybody's would be, and the others are counted."""
    here, _ = servers
    phone = Device(here.app)
    bad, good = file(here, phone), file(here, phone)
    plain = KINDS["case.recount"]

    def broken(command: object, case: object, *rest: object) -> object:
        if getattr(case, "id", "") == bad:
            raise RuntimeError("broken")
        return plain(command, case, *rest)  # type: ignore[arg-type]

    monkeypatch.setitem(KINDS, "case.recount", broken)  # type: ignore[arg-type]
    days_off.enter(here.world, CLOSED, "cli")
    _counted(here)
    phone.pull()
    assert limits(phone, good)["completeness"].calendar == here.world.calendar.version
    assert here.rows("SELECT case_id FROM command WHERE status = 'quarantined'")[0].case_id == bad


def test_a_killed_recount_goes_on_where_it_was(server: Server, tmp_path: Path) -> None:
    """The process is killed after its first part; another one does the rest, once each."""
    phone = Device(server.app)
    cases = [file(server, phone) for _ in range(5)]
    days_off.enter(server.world, CLOSED, "cli")
    killed = subprocess.run(
        [sys.executable, "-c", _DIES],
        env=os.environ | {"DATA": str(tmp_path / "data")},
        check=False,
    )
    assert killed.returncode == -signal.SIGKILL
    found = recounting.standing(server.engine)
    assert found is not None and found.ended is None and found.looked == 2
    assert _counted(server) is None, "whoever died holds the lease for a while"
    server.clock.move(minutes=6)
    assert _counted(server)
    phone.pull()
    assert {limits(phone, case)["completeness"].calendar for case in cases} == {server.world.calendar.version}
    assert {phone.held[case]["v"] for case in cases} == {2}, "none was changed twice"


_DIES = """
import os, signal
from datetime import UTC, datetime
from pathlib import Path
from server.app import create_app
from server.commands import recounting
from server.jobs.registry import JOBS
from server.jobs.runner import run_due
from server.services import EXTENSION
from server.settings import Settings
from server.sources import Sources

clock = lambda: datetime(2026, 3, 16, 2, 0, tzinfo=UTC)
world = create_app(Settings(data=Path(os.environ["DATA"])), Sources(clock=clock)).extensions[EXTENSION]
part, parts = recounting._part, []

def dying(commands, rules, found, most):
    if parts:
        # The commands of this part are written, what tells of them is not.
        recounting._DONE = None
        recounting.writing = lambda *_: os.kill(os.getpid(), signal.SIGKILL)
    parts.append(1)
    return part(commands, rules, found, 2)

recounting._part = dying
run_due(world, next(job for job in JOBS if job.name == "recount_dates"), "dying")
"""


def _staff(server: Server, *roles: str) -> Device:
    return Device(server.app, server.staff(*roles)[1], guest=False)


def test_somebody_elses_change_is_not_overwritten_unseen(servers: Servers) -> None:
    here, there = servers
    seen = here.world.rules.current.mark
    days_off.enter(there.world, CLOSED, "cli")
    with pytest.raises(Conflict, match="meanwhile"):
        days_off.remove(here.world, CLOSED.on, "cli", seen)
    assert here.rows("SELECT count(*) AS n FROM day_off")[0].n == 1


def test_a_recount_by_a_calendar_that_is_not_the_citys_is_refused_and_begun_anew(servers: Servers) -> None:
    """As somebody's own hand in the database may leave it."""
    here, _ = servers
    phone = Device(here.app)
    file(here, phone)
    days_off.enter(here.world, CLOSED, "cli")
    here.execute("UPDATE recount SET calendar = 'strange'")
    assert _counted(here) == "failed: conflict"
    assert recounting.all_again(here.world.commands).ended
    phone.pull()
    assert limits(phone, next(iter(phone.held)))["completeness"].calendar == here.world.calendar.version


def test_recount_by_hand_after_the_folder_changed(make_server: Callable[..., Server], tmp_path: Path) -> None:
    """A decree that the city writes into its folder, as ever: a restart, and `recount`."""
    folder = shutil.copytree(city_folder("semarang"), tmp_path / "kota")
    told = (folder / "calendar.toml").read_text(encoding="utf-8").replace('"2026.1"', '"2026.2"')
    (folder / "calendar.toml").write_text(told + _DECREED, encoding="utf-8")
    old = make_server()
    phone = Device(old.app)
    case = file(old, phone)
    before = limits(phone, case)["completeness"]
    new = make_server(city=str(folder))
    done = recounting.all_again(new.world.commands)
    assert (done.looked, done.changed) == (1, 1)
    phone.app = new.app
    phone.pull()
    after = limits(phone, case)["completeness"]
    assert (after.calendar, after.due > before.due) == (new.world.calendar.version, True)


_DECREED = """
[[overrides]]
on = 2026-03-17
kind = "closed"
name = { id = "Banjir rob", en = "Tidal flood" }
decree = "SK Wali Kota 9/2026"
"""
