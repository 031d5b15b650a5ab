"""A city to count in, and a second way of counting that shares nothing with the code under test."""

from datetime import UTC, date, datetime, time, timedelta, timezone

import holidays
from hypothesis import strategies as st

from schemas.catalogue.model import Holidays, OfficeHours, Override
from schemas.ledger import Ledger
from schemas.text import Text
from server.domain import deadlines
from server.domain.calendar import Calendar, CalendarRules

WIB = timezone(timedelta(hours=7))
DAY = timedelta(days=1)
WHY = Text("Denah lokasi belum terbaca", "The location map cannot be read")
DESK = "Petugas Loket"
LABEL = Text("Keputusan KRK", "Decision on the KRK")
OFFICE = OfficeHours("08:00", "16:00")
FRIDAY = OfficeHours("08:00", "15:30")
CLOSED = Override(date(2026, 12, 9), "closed", Text("Pemilihan Lurah", "Village Election"), "SK 1/2026")
OPENED = Override(date(2026, 5, 15), "open", Text("Hari kerja", "Working day"), "SK 2/2026")


def calendar(*overrides: Override, version: str = "2026.1") -> Calendar:
    return Calendar(
        CalendarRules(
            timezone="Asia/Jakarta",
            weekend=(6, 7),
            office_hours={1: OFFICE, 2: OFFICE, 3: OFFICE, 4: OFFICE, 5: FRIDAY},
            holidays=Holidays("ID", ("public", "government"), "id"),
            version=version,
            overrides=overrides,
        )
    )


CALENDAR = calendar()
_OFF = holidays.country_holidays("ID", years=range(2020, 2040), categories=("public", "government"))


def at(day: str, clock: str = "09:00") -> datetime:
    return datetime.fromisoformat(f"{day}T{clock}").replace(tzinfo=WIB)


def works(day: date) -> bool:
    """The other way of counting: a day at a time, straight from the package."""
    return day.isoweekday() < 6 and day not in _OFF


def nth_working(day: date, n: int) -> date:
    while n:
        day += DAY
        n -= works(day)
    return day


def working_days(after: date, last: date) -> int:
    return sum(works(after + i * DAY) for i in range(1, (last - after).days + 1))


def started(day: str, days: int, unit: str = "working", rolls: str = "next", clock: str = "09:00") -> Ledger:
    return deadlines.start("decision", days, unit, rolls, 1, at(day, clock), CALENDAR)  # type: ignore[arg-type]


MOMENTS = st.datetimes(
    min_value=datetime.combine(date(2024, 1, 1), time()),
    max_value=datetime.combine(date(2030, 12, 31), time()),
    timezones=st.just(UTC),
)
LEDGERS = st.builds(
    lambda days, unit, rolls, moment: deadlines.start("decision", days, unit, rolls, 1, moment, CALENDAR),
    st.integers(1, 60),
    st.sampled_from(["working", "calendar"]),
    st.sampled_from(["next", "previous"]),
    MOMENTS,
)
# Hours from one event to the next: the clock runs, then stands still, in turn.
GAPS = st.lists(st.tuples(st.integers(0, 700), st.integers(0, 900)), max_size=4)
