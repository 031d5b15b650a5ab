"""The calendar by example: Lebaran, decrees, estimates, office hours, the far ends."""

from datetime import date, datetime

import pytest

from schemas.catalogue.model import Override
from schemas.text import Text
from server.domain.calendar import Calendar, CalendarError, CalendarRules, YearOutOfRange

from .world import CALENDAR, CLOSED, OFFICE, OPENED, at, calendar


def test_lebaran_2026_is_off_by_name() -> None:
    lebaran = CALENDAR.off(date(2026, 3, 21))
    assert lebaran is not None and lebaran.name == Text("Hari Raya Idul Fitri", "Eid al-Fitr")
    kinds = [skip.kind for skip in CALENDAR.skips(date(2026, 3, 16), date(2026, 3, 31))]
    assert kinds == ["leave", "holiday", "leave", "leave", "leave"]


def test_an_estimated_holiday_says_so_but_not_in_its_name() -> None:
    skip = CALENDAR.off(date(2027, 3, 10))
    assert skip is not None and skip.estimated
    assert skip.name == Text("Hari Raya Idul Fitri", "Eid al-Fitr")


def test_an_estimate_inside_a_double_name_is_seen() -> None:
    skip = CALENDAR.off(date(2034, 6, 1))
    assert skip is not None and skip.estimated
    assert skip.name.id == "Hari Lahir Pancasila; Hari Raya Waisak"


def test_a_decree_closes_a_day() -> None:
    city = calendar(CLOSED)
    assert CALENDAR.is_working(CLOSED.on) and not city.is_working(CLOSED.on)
    skip = city.off(CLOSED.on)
    assert skip is not None and (skip.kind, skip.name) == ("closed", CLOSED.name)


def test_a_decree_opens_a_holiday() -> None:
    city = calendar(OPENED)
    assert not CALENDAR.is_working(OPENED.on) and city.is_working(OPENED.on)
    assert city.off(OPENED.on) is None


def test_new_year_can_be_opened_too() -> None:
    """The first day of a year has no day before it in its arrays."""
    city = calendar(Override(date(2026, 1, 1), "open", Text("Hari kerja", "Working day"), "SK 7"))
    assert city.is_working(date(2026, 1, 1))
    assert city.add_working(date(2025, 12, 31), 1) == date(2026, 1, 1)


def test_a_decree_settles_an_estimate() -> None:
    lebaran = date(2027, 3, 10)
    city = calendar(Override(lebaran, "closed", Text("Hari Raya Idul Fitri", "Eid al-Fitr"), "SKB 2027"))
    assert lebaran not in [skip.on for skip in city.estimates(lebaran, lebaran)]


def test_a_decree_does_not_open_a_weekend() -> None:
    saturday = date(2026, 11, 7)
    assert not calendar(Override(saturday, "open", Text("Buka", "Open"), "SK 5")).is_working(saturday)


@pytest.mark.parametrize(
    ("moment", "counts"),
    [
        (at("2026-11-06", "07:10"), date(2026, 11, 6)),
        (at("2026-11-06", "15:30"), date(2026, 11, 6)),
        (at("2026-11-06", "15:31"), date(2026, 11, 9)),
        (at("2026-11-07", "10:00"), date(2026, 11, 9)),
        (at("2026-03-17", "16:01"), date(2026, 3, 25)),
        (datetime.fromisoformat("2026-11-05T23:30:00+00:00"), date(2026, 11, 6)),
        (datetime.fromisoformat("2026-11-06T17:30:00+00:00"), date(2026, 11, 9)),
    ],
    ids=["before opening", "closing minute", "after hours Friday", "Saturday", "into Lebaran", "UTC", "UTC Saturday"],
)
def test_the_day_that_counts(moment: datetime, counts: date) -> None:
    assert CALENDAR.counting_day(moment) == counts


def test_a_moment_without_offset_is_refused() -> None:
    with pytest.raises(CalendarError, match="offset"):
        CALENDAR.counting_day(datetime(2026, 11, 6, 9))


def test_a_working_day_without_office_hours_counts_from_the_next() -> None:
    rules = CalendarRules("Asia/Jakarta", (7,), {1: OFFICE}, CALENDAR._rules.holidays, "1")
    assert Calendar(rules).counting_day(at("2026-11-07")) == date(2026, 11, 9)


def test_a_week_needs_a_working_day() -> None:
    with pytest.raises(CalendarError, match="working day"):
        Calendar(CalendarRules("Asia/Jakarta", tuple(range(1, 8)), {}, CALENDAR._rules.holidays, "1"))


@pytest.mark.parametrize("day", [date(1969, 12, 31), date(2201, 1, 1)])
def test_an_absurd_year_is_refused(day: date) -> None:
    with pytest.raises(YearOutOfRange, match=str(day.year)):
        CALENDAR.is_working(day)
    with pytest.raises(ValueError, match="1970 to 2200"):
        CALENDAR.off(day)


def test_counting_out_of_the_known_years_is_refused() -> None:
    with pytest.raises(YearOutOfRange):
        CALENDAR.add_working(date(2200, 12, 30), 5)
    with pytest.raises(YearOutOfRange):
        calendar(*(Override(date(1970, 1, d), "closed", CLOSED.name, "") for d in range(1, 5))).previous_working(
            date(1970, 1, 3)
        )


def test_the_joint_leave_of_2028_is_not_decreed_yet() -> None:
    assert CALENDAR.undecreed(date(2027, 12, 1), date(2028, 1, 10)) == (2028,)


def test_the_version_names_the_city_and_the_package() -> None:
    assert CALENDAR.version.startswith("2026.1+holidays-")
