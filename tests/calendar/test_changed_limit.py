"""A limit that is changed in the folder holds for cases that come after the restart, and for no case that runs."""

import shutil
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from schemas.catalogue.load import city_folder
from schemas.ledger import replay
from server.access import days_off
from server.commands import recounting
from tests.api.device import Device
from tests.api.filing import act, file
from tests.conftest import Server

from .conftest import CLOSED, limits

Make = Callable[..., Server]
FIX = [{"field": "nik", "reason": "Beda dengan KTP"}]


@pytest.fixture
def stricter(tmp_path: Path, city: Any) -> str:
    """The city with a longer completeness check and a shorter decision, as version 2 of the rule."""
    folder = shutil.copytree(city_folder("semarang"), tmp_path / "kota")
    path, krk = folder / "services" / "krk.toml", city.service("krk")
    told = path.read_text(encoding="utf-8")
    for old, new in (
        ('role = "front_desk"\nlimit = { days = 1 }', 'role = "front_desk"\nlimit = { days = 4 }'),
        ("days = 5\n", "days = 3\n"),
        (f"\nversion = {krk.version}\n", f"\nversion = {krk.version + 1}\n"),
    ):
        assert old in told
        told = told.replace(old, new, 1)
    path.write_text(told, encoding="utf-8")
    return str(folder)


def _told(server: Server, device: Device, case: str) -> dict[str, Any]:
    """What the tracking page's door says of each limit."""
    record = device.held[case]
    query = {"code": record["code"]}
    answer = server.app.test_client().get(f"/api/v1/track/{record['number']}", query_string=query).get_json()
    return {one["limit"]: one for one in answer["limits"]}


def test_running_dates_stay_and_are_explained_by_the_old_rule(make_server: Make, stricter: str, city: Any) -> None:
    old = make_server()
    phone = Device(old.app)
    case = file(old, phone)
    before = limits(phone, case)["completeness"]
    explained = _told(old, phone, case)["completeness"]
    days = city.service("krk").limit("completeness").days

    new = make_server(city=stricter)
    phone.app = new.app
    fresh = limits(phone, file(new, phone))["completeness"]
    assert (before.days, fresh.days, before.rule + 1) == (days, days + 3, fresh.rule)
    assert fresh.due > before.due

    assert recounting.all_again(new.world.commands).changed == 0
    phone.pull()
    assert limits(phone, case)["completeness"] == before
    after = _told(new, phone, case)["completeness"]
    assert after == explained
    assert f"paling lama {days} hari kerja" in " ".join(after["why"]["id"])


def test_the_old_rule_outlives_a_pause_and_a_decree(make_server: Make, stricter: str, city: Any) -> None:
    """The applicant is asked under the old rule and answers under the new one; then a decree closes a day."""
    old = make_server()
    phone = Device(old.app)
    case = file(old, phone)
    asked = act(_staff(old, "front_desk"), case, "request_correction", items=FIX)
    assert asked.result["status"] == "applied", asked.result
    phone.pull()
    before = limits(phone, case)

    new = make_server(city=stricter)
    phone.app = new.app
    new.clock.move(hours=2)
    was = {"nik": phone.held[case]["fields"]["nik"]}
    answer = act(phone, case, "resubmit", set={"nik": "3374010101010001"}, was=was)
    assert answer.result["status"] == "applied", answer.result
    after = limits(phone, case)
    running = {code for code, ledger in before.items() if ledger.state == "paused"}
    assert running, "something waited"
    for code in running:
        assert (after[code].days, after[code].rule) == (before[code].days, before[code].rule), code
        assert after[code].due == before[code].due, "asked and answered on one day"
    days_off.enter(new.world, CLOSED, "cli")
    recounting.to_the_end(new.world.commands)
    phone.pull()
    for code in running:
        moved = limits(phone, case)[code]
        assert (moved.days, moved.rule) == (before[code].days, before[code].rule)
        assert moved.due > before[code].due and replay(moved) == moved.due


def test_a_limit_that_began_keeps_its_days_whatever_the_case_does_next(make_server: Make, stricter: str) -> None:
    """The decision began under five days; the same stage's limit that begins after the restart is the new one's."""
    old = make_server()
    phone, desk = Device(old.app), _staff(old, "front_desk")
    case, later = file(old, phone), file(old, phone)
    act(desk, case, "accept")
    new = make_server(city=stricter)
    phone.app = desk.app = new.app
    act(desk, later, "accept")
    phone.pull()
    assert (limits(phone, case)["decision"].days, limits(phone, case)["decision"].rule) == (5, 1)
    assert (limits(phone, later)["decision"].days, limits(phone, later)["decision"].rule) == (3, 2)
    assert limits(phone, later)["completeness"].days == 1, "it was met by the rule that it began with"


def test_a_limit_that_the_city_has_no_more_runs_on_and_ends_with_the_case(make_server: Make, tmp_path: Path) -> None:
    """Its words are gone with it; its date and what that rests on stay, until the case has its end."""
    old = make_server()
    phone, desk = Device(old.app), _staff(old, "front_desk")
    case = file(old, phone)
    act(desk, case, "accept")
    phone.pull()
    before = limits(phone, case)["decision"]
    folder = shutil.copytree(city_folder("semarang"), tmp_path / "kota")
    path = folder / "services" / "krk.toml"
    path.write_text(path.read_text("utf-8").replace('"decision"', '"verdict"'), "utf-8")
    new = make_server(city=str(folder))
    phone.app = new.app
    told = _told(new, phone, case)["decision"]
    assert date.fromisoformat(told["due"]) == before.due
    assert f"{before.days} hari kerja" in " ".join(told["why"]["id"])
    new.clock.move(hours=1)
    assert act(phone, case, "withdraw").result["status"] == "applied"
    assert limits(phone, case)["decision"].state == "met"
    assert phone.held[case].get("due") is None


def _staff(server: Server, *roles: str) -> Device:
    return Device(server.app, server.staff(*roles)[1], guest=False)
