"""Which notices there are after a look through the cases: once each, for whoever it is, however often one looks."""

import pytest
from sqlalchemy import text

from server.jobs.registry import JOBS
from server.jobs.runner import run_due
from server.notices import walking
from tests.api.device import Device
from tests.api.filing import act, file
from tests.conftest import Server

from .office import Office


@pytest.fixture
def citizen(server: Server) -> Device:
    return Device(server.app)


def test_one_case_from_its_filing_to_the_head(office: Office, server: Server, citizen: Device) -> None:
    case = file(server, citizen)
    office.walk()
    assert office.told() == [("due_soon", "front_desk")]
    [told] = office.notices()
    assert (told.case, told.number, told.limit, told.due) == (case, "KRK-2026-000001", "completeness", "2026-03-17")
    assert told.state == "kept", "no mail server was set"
    server.clock.move(hours=1)
    office.walk()
    assert len(office.notices()) == 1
    server.clock.move(days=2)
    office.walk()
    assert office.told() == [("due_soon", "front_desk"), ("overdue", "supervisor")]
    server.clock.move(days=30)
    office.walk()
    office.walk()
    assert office.told() == [("due_soon", "front_desk"), ("overdue", "supervisor"), ("still_overdue", "section_head")]


def test_what_changed_since_the_last_look_is_looked_at_and_nothing_else(
    office: Office, server: Server, citizen: Device, monkeypatch: pytest.MonkeyPatch
) -> None:
    file(server, citizen)
    assert office.walk() == "1 cases looked at, 1 notices made"
    assert office.walk() == "0 cases looked at, 0 notices made"
    monkeypatch.setattr(walking, "_all_due", lambda *_: pytest.fail("all were looked through again on one day"))
    second = file(server, citizen)
    assert office.walk() == "1 cases looked at, 1 notices made"
    desk = Device(server.app, server.staff("front_desk")[1], guest=False)
    assert act(desk, second, "accept").result["status"] == "applied"
    # Two limits begin: the survey's two working days, and the decision's five, which are not near yet.
    assert office.walk() == "1 cases looked at, 1 notices made"
    assert ("due_soon", "surveyor") in office.told()


def test_many_cases_are_read_a_few_at_a_time_and_each_once(
    office: Office, server: Server, citizen: Device, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(walking, "CHUNK", 3)
    for _ in range(11):
        file(server, citizen)
    assert office.walk() == "11 cases looked at, 11 notices made"
    assert len({one.case for one in office.notices()}) == 11


def test_a_city_with_old_breaches_tells_each_supervisor_one_number(
    office: Office, server: Server, citizen: Device
) -> None:
    for _ in range(7):
        file(server, citizen)
    server.clock.move(days=40)
    file(server, citizen)
    office.walk()
    assert office.told() == [("backlog", "supervisor"), ("due_soon", "front_desk")]
    [backlog] = [one for one in office.notices() if one.kind == "backlog"]
    assert backlog.details == {"cases": 7}
    server.clock.move(days=1)
    office.walk()
    assert [kind for kind, _ in office.told()] == ["backlog", "due_soon"], "what is old stays told"


def test_a_run_that_was_killed_is_begun_again_and_calls_the_same_things_old(
    office: Office, server: Server, citizen: Device, monkeypatch: pytest.MonkeyPatch
) -> None:
    for _ in range(7):
        file(server, citizen)
    server.clock.move(days=40)
    file(server, citizen)
    monkeypatch.setattr(walking, "CHUNK", 3)
    make, calls = walking._Maker.make, []

    def dies(self: object, *given: object, **more: object) -> None:
        calls.append(1)
        if len(calls) == 3:
            raise KeyboardInterrupt
        make(self, *given, **more)  # type: ignore[arg-type]

    monkeypatch.setattr(walking._Maker, "make", dies)
    with pytest.raises(KeyboardInterrupt):
        office.walk()
    server.clock.move(days=1)
    office.walk()
    office.walk()
    assert [one.details for one in office.notices() if one.kind == "backlog"] == [{"cases": 7}]
    assert [kind for kind, _ in office.told()] == ["backlog", "due_soon"]


def test_whoever_comes_later_is_not_told_what_others_were(office: Office, server: Server, citizen: Device) -> None:
    file(server, citizen)
    office.walk()
    office.people["second"] = server.staff("front_desk")[0]
    server.clock.move(days=1)
    office.walk()
    assert office.told() == [("due_soon", "front_desk")]
    office.people["third"] = office.people["second"]
    file(server, citizen)
    office.walk()
    assert len(office.notices()) == 3


def test_a_case_is_nobodys_who_does_not_see_it(office: Office, server: Server, citizen: Device) -> None:
    """A complaint that was passed on is its new office's, and its supervisor's there."""
    complaints = office.add("complaint_officer", scopes=("office:diskominfo",))
    case = file(server, citizen, "lapor", category="road")
    office.walk()
    assert {one.person for one in office.notices()} == {complaints}
    officer = Device(server.app, server.staff("complaint_officer", scopes=("office:diskominfo",))[1], guest=False)
    assert act(officer, case, "dispatch", form={}).result["status"] == "applied"
    there = office.add("complaint_officer", scopes=("office:dpu",))
    office.walk()
    assert {one.person for one in office.notices() if one.stage == "handling"} == {there}
    server.clock.move(days=20)
    office.walk()
    # The supervisor of the old office is told nothing, and that of the new one there is not: the admin is.
    late = {one.person for one in office.notices() if one.kind == "overdue"}
    assert late == {office.people["admin"]}
    server.staff("supervisor", scopes=("office:dpu",))


def test_silence_that_may_be_a_grant_is_told_to_all_and_kept_with_what_it_rests_on(
    office: Office, server: Server, citizen: Device
) -> None:
    case = file(server, citizen)
    desk = Device(server.app, server.staff("front_desk")[1], guest=False)
    act(desk, case, "accept")
    # The week of Idul Fitri lies in between: five working days are until the 31st.
    server.clock.move(days=13)
    office.walk()
    assert [role for kind, role in office.told() if kind == "grant_soon"] == ["section_head", "supervisor"]
    server.clock.move(days=30)
    office.walk()
    told = [one for one in office.notices(shown="grants") if one.kind == "grant_past"]
    roles = {person: role for role, person in office.people.items()}
    assert sorted(roles[one.person] for one in told) == ["admin", "section_head", "supervisor"]
    assert {one.limit for one in told} == {"decision"}
    assert told[0].details["ledger"]["days"] == 5
    [row] = server.rows("SELECT stage FROM case_record")
    assert row.stage == "survey", "nothing is ever granted by itself"


def test_a_silent_device_is_told_to_its_supervisor_once_a_silence(office: Office, server: Server) -> None:
    officer = Device(server.app, server.staff("surveyor")[1], guest=False)
    officer.exchange()
    office.walk()
    server.clock.move(days=2)
    office.walk()
    assert office.told() == []
    server.clock.move(days=2)
    office.walk()
    office.walk()
    server.clock.move(days=5)
    office.walk()
    assert office.told() == [("device_silent", "supervisor")]
    officer.exchange()
    server.clock.move(days=4)
    office.walk()
    assert office.told() == [("device_silent", "supervisor")] * 2


def test_a_silent_device_of_nobodys_is_the_admins(office: Office, server: Server) -> None:
    lonely = Device(server.app, server.staff("surveyor", scopes=("office:dlh",))[1], guest=False)
    lonely.exchange()
    server.clock.move(days=4)
    office.walk()
    assert office.told() == [("device_silent", "admin")]


def test_the_settings_say_when(office: Office, server: Server, citizen: Device) -> None:
    for name, value in (("silent_days", "10"), ("notice_days", "0")):
        server.execute(
            "INSERT INTO setting (name, value, changed, person) VALUES (:n, :v, :at, 'cli')",
            n=name, v=value, at="2026-03-16T02:00:00Z",
        )  # fmt: skip
    Device(server.app, server.staff("surveyor")[1], guest=False).exchange()
    file(server, citizen)
    office.walk()
    assert office.told() == []
    server.clock.move(days=1)
    office.walk()
    assert office.told() == [("due_soon", "front_desk")]
    server.clock.move(days=10)
    office.walk()
    assert ("device_silent", "supervisor") in office.told()


def test_old_notices_go_and_do_not_come_back(office: Office, server: Server, citizen: Device) -> None:
    file(server, citizen)
    office.walk()
    server.clock.move(days=20)
    office.walk()
    assert len(office.notices()) == 3
    server.clock.move(days=401)
    office.walk()
    assert office.notices() == []


def test_the_walk_is_along_the_index_of_dates(office: Office, server: Server) -> None:
    """Of a million cases those are read that run and are near."""
    values = {"horizon": "2026-03-18", "due": "", "born": -1, "most": 10}
    with server.engine.connect() as connection:
        if connection.dialect.name == "postgresql":
            # An empty table is never walked along an index otherwise.
            for way in ("seqscan", "bitmapscan"):
                connection.execute(text(f"SET enable_{way} = off"))
            plan = connection.execute(text(f"EXPLAIN {walking._DUE}"), values).scalars().all()
        else:
            plan = [row.detail for row in connection.execute(text(f"EXPLAIN QUERY PLAN {walking._DUE}"), values)]
    assert any("ix_case_record_due" in line for line in plan), plan
    assert not any("TEMP B-TREE" in line or "Sort" in line for line in plan), plan


def test_it_is_a_job_of_the_citys(office: Office, server: Server, citizen: Device) -> None:
    file(server, citizen)
    job = next(one for one in JOBS if one.name == "make_notices")
    assert run_due(server.world, job, "a") == "1 cases looked at, 1 notices made"
