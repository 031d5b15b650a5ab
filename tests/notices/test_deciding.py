"""What is told on which day, and to whom: by moments around a date, with no database and no clock."""

from dataclasses import replace
from datetime import date, datetime, timedelta

import msgspec
import pytest

from schemas.catalogue.model import City, Service
from schemas.ledger import Ledger
from server.domain import deadlines
from server.domain.calendar import Calendar
from server.notices import deciding
from server.notices.deciding import Matter, Officer, Staff, Terms, Watched

MONDAY = datetime.fromisoformat("2026-03-02T09:00:00+07:00")
LONG_AGO = Terms(date(2026, 1, 1))


@pytest.fixture
def krk(city: City) -> Service:
    return city.service("krk")


def _case(ledger: Ledger, **given: object) -> Watched:
    made = Watched("c1", "krk", "survey", "KRK-2026-000001", "p-citizen", "distaru", "33.74.01", (ledger,))
    return msgspec.structs.replace(made, **given)


def _survey(calendar: Calendar, days: int = 2, code: str = "survey", at: datetime = MONDAY) -> Ledger:
    return deadlines.start(code, days, "working", "next", 1, at, calendar)


def _kinds(case: Watched, service: Service, on: date, calendar: Calendar, terms: Terms = LONG_AGO) -> list[str]:
    return [one.kind for one in deciding.matters(case, service, on, terms, calendar)]


def test_a_date_is_warned_of_passed_on_and_passed_up(krk: Service, calendar: Calendar) -> None:
    """Four working days from Monday the 2nd are Friday the 6th."""
    case = _case(_survey(calendar, 4))
    assert case.limits[0].due == date(2026, 3, 6)
    told = {day: _kinds(case, krk, date(2026, 3, day), calendar) for day in range(2, 13)}
    assert told == {
        2: [],
        3: [],
        4: ["due_soon"],
        5: ["due_soon"],
        6: ["due_soon"],
        7: ["overdue"],
        8: ["overdue"],
        9: ["overdue"],
        10: ["overdue"],
        11: ["overdue", "still_overdue"],
        12: ["overdue", "still_overdue"],
    }
    # The same thing has the same key on every day, so it is told once.
    keys = {
        one.key for day in range(4, 13) for one in deciding.matters(case, krk, date(2026, 3, day), LONG_AGO, calendar)
    }
    assert len(keys) == 3


def test_days_off_are_no_warning(krk: Service, calendar: Calendar) -> None:
    """A limit that ends on a Monday is warned of on the Thursday before, not on Saturday."""
    case = _case(_survey(calendar, 5))
    assert case.limits[0].due == date(2026, 3, 9)
    assert _kinds(case, krk, date(2026, 3, 4), calendar) == []
    assert _kinds(case, krk, date(2026, 3, 5), calendar) == ["due_soon"]
    on_the_day = Terms(date(2026, 1, 1), warn=0)
    assert _kinds(case, krk, date(2026, 3, 6), calendar, on_the_day) == []
    assert _kinds(case, krk, date(2026, 3, 9), calendar, on_the_day) == ["due_soon"]


def test_what_stands_still_or_is_done_is_told_to_nobody(krk: Service, calendar: Calendar) -> None:
    late = date(2026, 4, 30)
    running = _survey(calendar)
    assert _kinds(_case(running), krk, late, calendar)
    paused = deadlines.pause(running, MONDAY, "menunggu", "front_desk", calendar)
    met = deadlines.meet(running, MONDAY)
    assert _kinds(_case(paused), krk, late, calendar) == _kinds(_case(met), krk, late, calendar) == []


def test_silence_that_the_law_takes_for_a_grant_goes_to_all_of_them(krk: Service, calendar: Calendar) -> None:
    case = _case(_survey(calendar, 5, "decision"))
    owner, before = deciding.matters(case, krk, date(2026, 3, 5), LONG_AGO, calendar)
    assert (owner.kind, owner.levels) == ("due_soon", ("owner",))
    assert (before.kind, before.levels) == ("grant_soon", ("supervisor", "head"))
    [after] = deciding.matters(case, krk, date(2026, 3, 10), LONG_AGO, calendar)
    assert (after.kind, after.levels) == ("grant_past", ("supervisor", "head", "admin"))
    ledger = after.details["ledger"]
    assert (ledger["due"], ledger["start"], after.details["on"]) == ("2026-03-09", "2026-03-02", "2026-03-10")
    assert [one.kind for one in deciding.matters(case, krk, date(2026, 3, 30), LONG_AGO, calendar)] == ["grant_past"]


def test_evidence_has_nobodys_words(krk: Service, calendar: Calendar) -> None:
    ledger = deadlines.pause(_survey(calendar, 5, "decision"), MONDAY, "Bu Lurah belum datang", "front_desk", calendar)
    ledger = deadlines.resume(ledger, MONDAY + timedelta(days=2), calendar)
    [told] = deciding.matters(_case(ledger), krk, date(2026, 3, 30), LONG_AGO, calendar)
    assert "Lurah" not in str(told.details)
    assert told.details["ledger"]["pauses"][0]["days"] == 2


def test_what_happened_before_notices_began_is_a_number(krk: Service, calendar: Calendar) -> None:
    case = _case(_survey(calendar, 4))
    began = Terms(date(2026, 3, 10))
    assert _kinds(case, krk, date(2026, 3, 10), calendar, began) == []
    assert [one.kind for one in deciding.backlog(case, krk, date(2026, 3, 10), began, calendar)] == ["overdue"]
    # It goes on, and that is news: the head is told on the day.
    assert _kinds(case, krk, date(2026, 3, 11), calendar, began) == ["still_overdue"]
    # Passed on the very day before, so today is the first on which anybody could be told.
    assert _kinds(case, krk, date(2026, 3, 7), calendar, Terms(date(2026, 3, 7))) == ["overdue"]
    assert deciding.backlog(case, krk, date(2026, 3, 7), Terms(date(2026, 3, 7)), calendar) == []


def test_what_is_a_year_old_is_not_told_again(krk: Service, calendar: Calendar) -> None:
    case = _case(_survey(calendar, 4))
    assert _kinds(case, krk, date(2027, 3, 4), calendar) == ["overdue", "still_overdue"]
    assert _kinds(case, krk, date(2027, 3, 20), calendar) == []


def test_a_date_that_moved_is_another_matter(krk: Service, calendar: Calendar) -> None:
    first = _case(_survey(calendar, 4))
    ledger = deadlines.pause(first.limits[0], MONDAY, "x", "front_desk", calendar)
    moved = _case(deadlines.resume(ledger, MONDAY + timedelta(days=3), calendar))
    keys = [deciding.matters(case, krk, date(2026, 3, 30), LONG_AGO, calendar)[0].key for case in (first, moved)]
    assert len(set(keys)) == 2


def test_whoever_has_the_case_next_is_warned_too_and_its_supervisor_is_told_once(
    krk: Service, calendar: Calendar
) -> None:
    decision = _survey(calendar, 5, "decision")
    day = date(2026, 3, 6)
    stages = [
        deciding.matters(_case(decision, stage=stage), krk, day, LONG_AGO, calendar) for stage in ("survey", "analysis")
    ]
    assert [[one.role for one in found] for found in stages] == [["surveyor"] * 2, ["planner"] * 2]
    keys = {one.key for found in stages for one in found}
    assert len(keys) == 3
    assert max(map(len, keys)) <= 200


# ---- To whom ----


def _officer(id_: str, role: str, *scopes: str) -> Officer:
    return Officer(id_, frozenset({role}), frozenset(scopes))


SURVEYOR = _officer("surveyor", "surveyor", "office:distaru")
HERE = _officer("here", "surveyor", "office:distaru/33.74.01")
ELSEWHERE = _officer("elsewhere", "surveyor", "office:distaru/33.74.02")
OTHER_OFFICE = _officer("other", "surveyor", "office:dpu")
PLANNER = _officer("planner", "planner", "office:distaru")
SUPERVISOR = _officer("supervisor", "supervisor", "office:distaru")
HEAD = _officer("head", "section_head", "office:distaru")
ADMIN = _officer("admin", "admin")

SOON = Matter(
    "due_soon", ("owner",), date(2026, 3, 4), "distaru", "33.74.01", "surveyor", case="c1", due=date(2026, 3, 6)
)


def test_the_owner_is_whoever_has_the_role_in_that_part_of_the_city() -> None:
    staff = Staff([SURVEYOR, HERE, ELSEWHERE, OTHER_OFFICE, PLANNER, SUPERVISOR, HEAD, ADMIN])
    assert staff.told(SOON) == ["here", "surveyor"]
    assert staff.told(replace(SOON, levels=("supervisor",))) == ["supervisor"]
    assert staff.told(replace(SOON, levels=("head",))) == ["head"]
    assert staff.told(replace(SOON, levels=("owner", "supervisor", "head"))) == [
        "head",
        "here",
        "supervisor",
        "surveyor",
    ]


@pytest.mark.parametrize(
    ("people", "told"),
    [
        ([OTHER_OFFICE, SUPERVISOR, HEAD, ADMIN], ["supervisor"]),
        ([ELSEWHERE, HEAD, ADMIN], ["head"]),
        ([PLANNER, ADMIN], ["admin"]),
        ([], []),
    ],
)
def test_where_nobody_can_be_told_it_goes_up(people: list[Officer], told: list[str]) -> None:
    assert Staff(people).told(SOON) == told


def test_nobody_is_told_of_their_own_case_as_an_officer() -> None:
    assert Staff([SURVEYOR, HERE, SUPERVISOR]).told(replace(SOON, owner="surveyor")) == ["here"]
    assert Staff([SURVEYOR, SUPERVISOR]).told(replace(SOON, owner="surveyor")) == ["supervisor"]


def test_a_stage_without_a_role_is_the_supervisors() -> None:
    assert Staff([SURVEYOR, SUPERVISOR]).told(replace(SOON, role=None)) == ["supervisor"]


def test_old_matters_are_counted_for_each_person() -> None:
    old = [replace(SOON, kind="overdue", levels=("supervisor",), case=f"c{n}") for n in range(5)]
    second = _officer("second", "supervisor", "office:distaru/33.74.01")
    assert deciding.summed(old, Staff([SUPERVISOR, second]), date(2026, 3, 10)) == {"second": 5, "supervisor": 5}
