"""Which days a city works, and counting in them.

Weekdays less public holidays and joint leave (the `holidays` package) less the days that a decree of the city
closed; a decree may also open a holiday again. A weekend stays a weekend: a ledger must be countable from
its own entries, and those list no opened weekends.

Each year becomes two arrays, working days and rank, the first time it is asked for. Counting is then a look-up
and a step into the next year or two, whatever the number of days.
"""

import re
from array import array
from bisect import bisect_left, bisect_right
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Self
from zoneinfo import ZoneInfo

import holidays
from holidays.version import __version__ as holidays_version

from schemas.catalogue.model import City, Holidays, OfficeHours, Override
from schemas.ledger import Skip, SkipKind
from schemas.text import Text

FIRST_YEAR, LAST_YEAR = 1970, 2200
# The package's category for days that a government gives by a yearly decree.
LEAVE = "government"
# The package marks moon-dependent dates of coming years in the name itself.
ESTIMATE = re.compile(r" \((?:perkiraan|estimated)\)")


class CalendarError(ValueError):
    """The calendar's rules make no sense: no working day in a week, or a moment without an offset."""


class YearOutOfRange(CalendarError):
    """A day outside 1970 to 2200: a clock gone wrong, never a real deadline."""

    def __init__(self, year: int) -> None:
        super().__init__(f"year {year} is outside {FIRST_YEAR} to {LAST_YEAR}")
        self.year = year


@dataclass(frozen=True)
class CalendarRules:
    """What a city says about its days. `weekend` and the keys of `office_hours` are ISO weekdays."""

    timezone: str
    weekend: tuple[int, ...]
    office_hours: dict[int, OfficeHours]
    holidays: Holidays
    version: str
    overrides: tuple[Override, ...] = ()

    @classmethod
    def of(cls, city: City) -> Self:
        return cls(
            timezone=city.timezone,
            weekend=city.weekend,
            office_hours=city.office_hours,
            holidays=city.holidays,
            version=city.calendar_version,
            overrides=city.overrides,
        )


class _Year:
    """One year, indexed. `rank[i]` counts the working days from 1 January up to and including day `i`."""

    __slots__ = ("estimated", "estimated_on", "first", "named", "rank", "skips", "skips_on", "undecreed", "working")

    def __init__(self, year: int, named: dict[date, Skip], weekend: frozenset[int], undecreed: bool) -> None:
        self.first = date(year, 1, 1).toordinal()
        self.named = named
        self.undecreed = undecreed
        days = [named[day] for day in sorted(named)]
        self.skips = [skip for skip in days if skip.on.isoweekday() not in weekend]
        self.skips_on = [skip.on.toordinal() for skip in self.skips]
        self.estimated = [skip for skip in days if skip.estimated]
        self.estimated_on = [skip.on.toordinal() for skip in self.estimated]
        closed = set(self.skips_on)
        self.working, self.rank = array("l"), array("H")
        for ordinal in range(self.first, date(year, 12, 31).toordinal() + 1):
            # Ordinal 1 is a Monday, so the ISO weekday needs no date object.
            if (ordinal - 1) % 7 + 1 not in weekend and ordinal not in closed:
                self.working.append(ordinal)
            self.rank.append(len(self.working))


class Calendar:
    """A city's working days from 1970 to 2200; a day outside raises `YearOutOfRange`.

    Reads no clock. Years are read from the `holidays` package when first needed and kept.
    """

    def __init__(self, rules: CalendarRules) -> None:
        """Raises `CalendarError` where no weekday is left to work on, KeyError for an unknown time zone."""
        self.weekend = tuple(sorted(set(rules.weekend)))
        if len(self.weekend) > 6:
            raise CalendarError("a week needs at least one working day")
        self.zone = ZoneInfo(rules.timezone)
        self.version = f"{rules.version}+holidays-{holidays_version}"
        self._rules = rules
        self._closes = {day: time.fromisoformat(hours.closes) for day, hours in rules.office_hours.items()}
        self._years: dict[int, _Year] = {}

    def off(self, day: date) -> Skip | None:
        """The holiday, joint leave or closure on this day, even on a weekend; None on a plain day."""
        return self._year(day.year).named.get(day)

    def days_off(self, year: int) -> list[Skip]:
        """Every holiday, joint leave and closure of a year, those on weekends too, in order."""
        named = self._year(year).named
        return [named[day] for day in sorted(named)]

    def is_working(self, day: date) -> bool:
        year = self._year(day.year)
        index = day.toordinal() - year.first
        before = year.rank[index - 1] if index else 0
        return year.rank[index] > before

    def next_working(self, day: date) -> date:
        """The day itself where it is a working day, else the first one after it."""
        return day if self.is_working(day) else self.add_working(day, 1)

    def previous_working(self, day: date) -> date:
        """The day itself where it is a working day, else the last one before it."""
        year = self._year(day.year)
        rank = year.rank[day.toordinal() - year.first]
        while not rank:
            year = self._year(date.fromordinal(year.first - 1).year)
            rank = len(year.working)
        return date.fromordinal(year.working[rank - 1])

    def add_working(self, day: date, n: int) -> date:
        """The `n`-th working day after `day`; for 0 the day itself, or the next working day."""
        if n < 0:
            raise CalendarError("working days are counted forward only")
        if n == 0:
            return self.next_working(day)
        number = day.year
        year = self._year(number)
        rank = year.rank[day.toordinal() - year.first] + n
        while rank > len(year.working):
            rank -= len(year.working)
            number += 1
            year = self._year(number)
        return date.fromordinal(year.working[rank - 1])

    def working_between(self, a: date, b: date) -> int:
        """How many working days lie in (a, b]; the same below zero where `b` is before `a`."""
        if b < a:
            return -self.working_between(b, a)
        count = self._rank(b) - self._rank(a)
        return count + sum(len(self._year(number).working) for number in range(a.year, b.year))

    def local(self, moment: datetime) -> datetime:
        """The moment on the city's clock. Raises `CalendarError` for a moment without an offset."""
        if moment.tzinfo is None:
            raise CalendarError("a moment needs an offset from UTC")
        return moment.astimezone(self.zone)

    def counting_day(self, moment: datetime) -> date:
        """Day 0 of what arrives at this moment: the city's date, or the next working day.

        On a working day until its office hours end it is that day; after them, on a weekday without hours, or
        on a day off it is the next working day. Arriving before the doors open is arriving on that day.
        """
        local = self.local(moment)
        day = local.date()
        if not self.is_working(day):
            return self.add_working(day, 1)
        closes = self._closes.get(day.isoweekday())
        if closes is None or local.time() > closes:
            return self.add_working(day, 1)
        return day

    def skips(self, first: date, last: date) -> tuple[Skip, ...]:
        """The named days off on weekdays from `first` to `last`, both included, in order."""
        return self._named(first, last, "skips")

    def estimates(self, first: date, last: date) -> tuple[Skip, ...]:
        """The days off that are not decreed yet, weekends included, from `first` to `last`."""
        return self._named(first, last, "estimated")

    def undecreed(self, first: date, last: date) -> tuple[int, ...]:
        """The years in this span for which no joint leave is known, though the city keeps joint leave."""
        years = range(first.year, last.year + 1)
        return tuple(number for number in years if self._year(number).undecreed)

    def _rank(self, day: date) -> int:
        year = self._year(day.year)
        return year.rank[day.toordinal() - year.first]

    def _named(self, first: date, last: date, which: str) -> tuple[Skip, ...]:
        low, high = first.toordinal(), last.toordinal()
        found: tuple[Skip, ...] = ()
        for number in range(first.year, last.year + 1):
            year = self._year(number)
            on, named = (year.skips_on, year.skips) if which == "skips" else (year.estimated_on, year.estimated)
            found += tuple(named[bisect_left(on, low) : bisect_right(on, high)])
        return found

    def _year(self, number: int) -> _Year:
        year = self._years.get(number)
        if year is None:
            if not FIRST_YEAR <= number <= LAST_YEAR:
                raise YearOutOfRange(number)
            named, leave_known = _named_days(number, self._rules)
            year = _Year(number, named, frozenset(self.weekend), undecreed=not leave_known)
            # Two threads may both build a year; they build the same one.
            self._years[number] = year
        return year


def _named_days(year: int, rules: CalendarRules) -> tuple[dict[date, Skip], bool]:
    """Every named day off of a year, overrides applied, and whether its joint leave is known."""
    asked = rules.holidays

    def read(categories: tuple[str, ...], language: str) -> dict[date, str]:
        found = holidays.country_holidays(
            asked.country, years=year, expand=False, categories=categories, language=language
        )
        return {day: name for day, name in found.items() if day.year == year}

    own, english = read(asked.categories, asked.language), read(asked.categories, "en_US")
    public = (
        read(tuple(c for c in asked.categories if c != LEAVE), asked.language) if LEAVE in asked.categories else own
    )
    named: dict[date, Skip] = {}
    for day, name in own.items():
        kind: SkipKind = "holiday" if day in public else "leave"
        text = Text(ESTIMATE.sub("", name), ESTIMATE.sub("", english[day]))
        named[day] = Skip(day, text, kind, ESTIMATE.search(name) is not None)
    leave_known = LEAVE not in asked.categories or any(skip.kind == "leave" for skip in named.values())
    for override in rules.overrides:
        if override.on.year != year:
            continue
        named.pop(override.on, None)
        if override.kind == "closed":
            # A decree is certain, so it also settles a date that was only estimated.
            named[override.on] = Skip(override.on, override.name, "closed")
    return named, leave_known
