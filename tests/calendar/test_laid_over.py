"""An admin's days over the folder's: which one holds, what the result is called, and where each day comes from."""

from datetime import date

import pytest
from msgspec.structs import replace

from schemas.catalogue.model import City, Override
from schemas.text import Text
from server.access import days_off
from server.access.days_off import Entered
from server.rules import mark_of, rules_of
from sync.errors import Invalid

from .conftest import CLOSED

FOLDERS = Override(date(2026, 11, 27), "closed", Text("Pilkada", "Election"), "Keppres 1")
OPENED = replace(FOLDERS, kind="open", name=Text("Pilkada ditunda", "Election put off"), decree="Keppres 2")
HOLIDAY = Override(date(2026, 5, 14), "open", Text("Pelayanan khusus", "Special service"), "SK 3")
TODAY = date(2026, 3, 16)


@pytest.fixture
def folder(city: City) -> City:
    return replace(city, overrides=(FOLDERS,))


def test_the_admins_day_wins_and_the_folders_comes_back(folder: City) -> None:
    assert rules_of(folder, ()).city is folder
    assert not rules_of(folder, ()).calendar.is_working(FOLDERS.on)
    over = rules_of(folder, [OPENED, CLOSED])
    assert over.calendar.is_working(FOLDERS.on)
    assert not over.calendar.is_working(CLOSED.on)
    assert over.city.overrides == (CLOSED, OPENED), "one a date, in order"
    assert over.city.version != folder.version


def test_the_same_days_have_the_same_name_in_whatever_order(folder: City) -> None:
    one, other = rules_of(folder, [OPENED, CLOSED]), rules_of(folder, [CLOSED, OPENED])
    assert (one.mark, one.city.version) == (other.mark, other.city.version)
    assert one.calendar.version == f"2026.1+days-{one.mark}+" + folder_of(one.calendar.version)
    assert mark_of(()) == ""
    names = {mark_of([replace(CLOSED, decree=decree, kind=kind)]) for decree in "ab" for kind in ("closed", "open")}
    assert len(names) == 4, "whatever is different about a day, its name is another"


def folder_of(version: str) -> str:
    return version.rpartition("+")[2]


def test_the_list_tells_whose_each_day_is(folder: City) -> None:
    rules = rules_of(folder, [CLOSED, HOLIDAY])
    ours = [Entered(CLOSED, "2026-03-16T02:00:00Z", "cli"), Entered(HOLIDAY, "2026-03-16T02:00:00Z", "cli")]
    listed = {one.on: one for one in days_off.listed(rules, ours, 2026)}
    assert (listed[CLOSED.on].source, listed[CLOSED.on].kind, listed[CLOSED.on].entered) == ("admin", "closed", ours[0])
    assert (listed[HOLIDAY.on].source, listed[HOLIDAY.on].kind) == ("admin", "open")
    assert (listed[FOLDERS.on].source, listed[FOLDERS.on].decree) == ("folder", "Keppres 1")
    assert listed[date(2026, 8, 17)].source == "national"
    assert listed[date(2026, 3, 20)].source == "leave"
    assert list(listed) == sorted(listed)


def test_what_is_typed_is_judged_by_the_days_without_it(folder: City) -> None:
    typed = {"day": "2026-11-27", "kind": "open", "name_id": " Ditunda ", "name_en": "Put off", "decree": "K 2"}
    read = days_off.read(typed, rules_of(folder, ()).calendar, TODAY)
    assert (read.kind, read.name.id) == ("open", "Ditunda")
    with pytest.raises(Invalid, match="working day already"):
        days_off.read(typed | {"day": "2026-11-26"}, rules_of(folder, ()).calendar, TODAY)
    with pytest.raises(Invalid, match="weekend"):
        days_off.read(typed | {"day": "2026-11-28"}, rules_of(folder, ()).calendar, TODAY)
    with pytest.raises(Invalid) as refused:
        days_off.read({"day": "\x00", "name_id": "\x00", "name_en": "\ud800"}, rules_of(folder, ()).calendar, TODAY)
    assert refused.value.extra["problems"].keys() == {"day", "kind", "name_id", "name_en", "decree"}
