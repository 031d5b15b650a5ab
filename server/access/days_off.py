"""Days that an admin closed or opened by decree, laid over the city's folder; the folder's own days stay its own.

A change is one transaction: the day, the calendar's mark, the catalogue that devices are given from now on, the recount
that is to follow, and the row in the log.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final, Literal, cast

from sqlalchemy import Connection, Engine, text

from schemas.catalogue.model import Override
from schemas.text import Text
from server.access import audit, catalogues
from server.access.devices import stamp as stamped
from server.commands import recounting
from server.domain.calendar import Calendar
from server.feed import stamp
from server.rules import Rules, overrides, rules_of
from server.services import Services
from server.store.database import reading, writing
from sync.errors import Conflict, Invalid, NotFound

LONGEST: Final = 200
"""Letters of a name or a decree."""

BEFORE, AHEAD = 1, 10
"""Years around today's that a day may lie in: beyond those it is a slip of the keyboard."""

Source = Literal["national", "leave", "folder", "admin"]


_Act = Callable[[Connection], Mapping[str, object]]
"""Changes the row within the transaction; what the log is to tell of it."""


class CalendarChanged(Conflict):
    """Somebody else changed the calendar since it was looked at: what was foreseen may not be what happens."""


@dataclass(frozen=True)
class Entered:
    """A day of an admin's, when it came and from whom (a person's id, or `cli`)."""

    override: Override
    entered: str
    person: str
    login: str | None = None


@dataclass(frozen=True)
class Listed:
    """A day of a year's list. `kind` as in `Skip`, or `open`: a holiday on which the city works by decree."""

    on: date
    name: Text
    kind: str
    source: Source
    estimated: bool
    weekend: bool
    decree: str | None = None
    entered: Entered | None = None


def entered(engine: Engine) -> list[Entered]:
    """All days of admins', in order."""
    with reading(engine) as connection:
        whose = {row.day: row for row in connection.execute(_WHOSE)}
        return [
            Entered(day, (row := whose[day.on.isoformat()]).entered, row.person, row.login)
            for day in overrides(connection)
        ]


def listed(rules: Rules, ours: Iterable[Entered], year: int) -> list[Listed]:
    """The days off of a year as the city counts them, and the holidays that it works; each with where it comes from."""
    mine = {one.override.on: one for one in ours}
    by_decree = {day.on: day for day in rules.city.overrides if day.on.year == year}
    found = []
    for skip in rules.calendar.days_off(year):
        decreed = by_decree.get(skip.on)
        source: Source = "leave" if skip.kind == "leave" else "national"
        if decreed:
            source = "admin" if skip.on in mine else "folder"
        weekend = skip.on.isoweekday() in rules.calendar.weekend
        found.append(
            Listed(
                skip.on,
                skip.name,
                skip.kind,
                source,
                skip.estimated,
                weekend,
                decreed.decree if decreed else None,
                mine.get(skip.on),
            )
        )
    for day in by_decree.values():
        if day.kind == "open":
            source = "admin" if day.on in mine else "folder"
            found.append(Listed(day.on, day.name, "open", source, False, False, day.decree, mine.get(day.on)))
    return sorted(found, key=lambda one: one.on)


def day_of(typed: str) -> date | None:
    """The date that somebody typed; None where it is none."""
    try:
        return date.fromisoformat(typed.strip())
    except ValueError:
        return None


def read(typed: Mapping[str, str], calendar: Calendar, today: date) -> Override:
    """A day as somebody typed it: `day`, `kind`, `name_id`, `name_en`, `decree`. `calendar` is the city's without it.

    `Invalid` names each field that cannot be taken, with a word for why.
    """
    problems: dict[str, str] = {}
    for name in ("name_id", "name_en", "decree"):
        value = typed.get(name, "").strip()
        if not value:
            problems[name] = "missing"
        elif len(value) > LONGEST or not value.isprintable():
            problems[name] = "text"
    kind = typed.get("kind", "")
    if kind not in ("closed", "open"):
        problems["kind"] = "choose"
    on = day_of(typed.get("day", ""))
    if on is None:
        problems["day"] = "date"
    elif not today.year - BEFORE <= on.year <= today.year + AHEAD:
        problems["day"] = "far"
    elif kind == "open" and on.isoweekday() in calendar.weekend:
        problems["day"] = "weekend"
    elif kind == "open" and calendar.off(on) is None:
        problems["day"] = "works"
    if problems or on is None:
        said = "; ".join(f"{name}: {_SAID[code]}" for name, code in problems.items())
        raise Invalid(said, problems={name: {"code": code} for name, code in problems.items()})
    called = Text(typed["name_id"].strip(), typed["name_en"].strip())
    return Override(on, cast(Literal["closed", "open"], kind), called, typed["decree"].strip())


def without(world: Services, on: date | None, *, must: bool = False) -> Rules:
    """The rules as they are but for an admin's day: what holds for it where none was entered. Where it `must` be
    there, `NotFound` if it is not."""
    with reading(world.engine) as connection:
        held = overrides(connection)
    if must and on not in [day.on for day in held]:
        raise NotFound(_NOT_OURS.format(on=on))
    return rules_of(world.rules.folder, [day for day in held if day.on != on])


def beside(world: Services, day: Override) -> Rules:
    """The rules as they would be with this day entered."""
    with reading(world.engine) as connection:
        kept = [one for one in overrides(connection) if one.on != day.on]
    return rules_of(world.rules.folder, [*kept, day])


def enter(world: Services, day: Override, who: str, seen: str | None = None) -> None:
    """Close or open a day from now on, in the place of what was there for it. `seen`: the calendar's mark as it was
    looked at; raises `CalendarChanged` where it is another by now."""

    def put(connection: Connection) -> Mapping[str, object]:
        values = {
            "day": day.on.isoformat(),
            "kind": day.kind,
            "name_id": day.name.id,
            "name_en": day.name.en,
            "decree": day.decree,
            "entered": stamped(world.sources.clock()),
            "person": who,
        }
        connection.execute(_PUT, values)
        return {"kind": day.kind, "name": day.name.id, "decree": day.decree}

    _change(world, who, "calendar.enter", day.on, put, seen)


def remove(world: Services, on: date, who: str, seen: str | None = None) -> None:
    """Take an admin's day back; what the folder says of it holds again. `NotFound`, `CalendarChanged`."""

    def drop(connection: Connection) -> Mapping[str, object]:
        row = connection.execute(_DROP, {"day": on.isoformat()}).one_or_none()
        if row is None:
            raise NotFound(_NOT_OURS.format(on=on))
        return {"kind": row.kind, "name": row.name_id, "decree": row.decree}

    _change(world, who, "calendar.remove", on, drop, seen)


def _change(world: Services, who: str, action: str, on: date, act: _Act, seen: str | None) -> None:
    now = world.sources.clock()
    # Before anybody waits for us: a number to show, that need not be exact.
    total = recounting.running_cases(world.engine)
    with writing(world.engine) as connection:
        position, mark = stamp.hold(connection)
        if seen is not None and seen != mark:
            raise CalendarChanged("the calendar was changed meanwhile; look at it again")
        details = act(connection)
        rules = rules_of(world.rules.folder, overrides(connection))
        if rules.mark != mark:
            stamp.set_calendar(connection, rules.mark)
            catalogues.keep(connection, rules.city, now)
            recounting.begin(connection, rules.mark, position, total, stamped(now))
        audit.note(connection, who, action, on.isoformat(), details, now=now)
    world.rules.refresh(world.engine)


_NOT_OURS: Final = "no admin entered {on}; days of the city's folder are changed in the folder"
_SAID: Final = {
    "missing": "is missing",
    "text": f"is at most {LONGEST} letters on one line",
    "choose": "is closed or open",
    "date": "is a date like 2026-11-30",
    "far": f"lies in the last year or the next {AHEAD}",
    "weekend": "is a weekend, and a weekend is never opened",
    "works": "is a working day already",
}
_WHOSE = text("SELECT d.day, d.entered, d.person, p.login FROM day_off d LEFT JOIN person p ON p.id = d.person")
_PUT = text(
    "INSERT INTO day_off (day, kind, name_id, name_en, decree, entered, person)"
    " VALUES (:day, :kind, :name_id, :name_en, :decree, :entered, :person)"
    " ON CONFLICT (day) DO UPDATE SET kind = excluded.kind, name_id = excluded.name_id, name_en = excluded.name_en,"
    " decree = excluded.decree, entered = excluded.entered, person = excluded.person"
)
_DROP = text("DELETE FROM day_off WHERE day = :day RETURNING kind, name_id, decree")
