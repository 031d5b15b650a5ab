"""The days off of a year, and a day closed or opened by a decree: looked at first, then done."""

from collections.abc import Mapping
from datetime import date
from typing import Any, Final

from flask import Response, request

from schemas.catalogue.model import Override
from schemas.explain import date_in_words
from server.access import days_off
from server.access.days_off import CalendarChanged
from server.admin import gate
from server.admin.blueprint import blueprint
from server.admin.render import address, language, page, see, words
from server.commands import recounting
from server.domain.calendar import FIRST_YEAR, LAST_YEAR
from server.rules import Rules
from server.services import Services, services
from sync.errors import Invalid

FIELDS: Final = ("day", "kind", "name_id", "name_en", "decree")


@blueprint.get("/calendar")
@gate.allow(gate.ADMIN)
def calendar() -> Response:
    """A year as the city counts it."""
    return _shown()


@blueprint.get("/calendar/change")
@gate.allow(gate.ADMIN)
def calendar_change() -> Response:
    """What a day would move: it is only looked at here."""
    world, typed = services(), _typed(request.args)
    try:
        wanted = _read(world, typed)
    except Invalid as wrong:
        return _shown(typed, wrong)
    return _foreseen(world, wanted, days_off.beside(world, wanted))


@blueprint.post("/calendar/change")
@gate.allow(gate.ADMIN)
def calendar_enter() -> Response:
    """Close or open it."""
    world, typed = services(), _typed(request.form)
    try:
        wanted = _read(world, typed)
    except Invalid as wrong:
        return _shown(typed, wrong)
    try:
        days_off.enter(world, wanted, gate.visitor().person, request.form.get("seen", ""))
    except CalendarChanged:
        return _foreseen(world, wanted, days_off.beside(world, wanted), again=True)
    return see("calendar", year=wanted.on.year, done="calendar_entered")


@blueprint.get("/calendar/<day>/remove")
@gate.allow(gate.ADMIN)
def calendar_removing(day: str) -> Response:
    """What taking a day back would move."""
    world, on = services(), days_off.day_of(day)
    return _foreseen(world, _entered(world, on), days_off.without(world, on, must=True), back=True)


@blueprint.post("/calendar/<day>/remove")
@gate.allow(gate.ADMIN)
def calendar_remove(day: str) -> Response:
    """Take it back."""
    world, on = services(), days_off.day_of(day)
    rules = days_off.without(world, on, must=True)
    wanted = _entered(world, on)
    try:
        days_off.remove(world, wanted.on, gate.visitor().person, request.form.get("seen", ""))
    except CalendarChanged:
        return _foreseen(world, wanted, rules, back=True, again=True)
    return see("calendar", year=wanted.on.year, done="calendar_removed")


def _shown(typed: Mapping[str, str] | None = None, wrong: Invalid | None = None) -> Response:
    world, say = services(), words()
    rules, asked = world.rules.current, request.args.get("year", "")
    year = int(asked) if asked.isascii() and asked.isdigit() and len(asked) == 4 else _today(world).year
    year = min(max(year, FIRST_YEAR), LAST_YEAR)
    problems = (wrong.extra["problems"] if wrong else {}).items()
    ours = days_off.entered(world.engine)
    return page(
        "calendar",
        422 if wrong else 200,
        year=year,
        around=[one for one in (year - 1, year + 1) if FIRST_YEAR <= one <= LAST_YEAR],
        days=days_off.listed(rules, ours, year),
        undecreed=rules.calendar.undecreed(date(year, 1, 1), date(year, 12, 31)),
        date_words=_date_words,
        version=rules.calendar.version,
        standing=recounting.standing(world.engine),
        refresh=address("calendar", year=year, **{gate.ALONE: "1"}),
        typed={"kind": "closed"} | dict(typed or {}),
        problems={name: say(f"calendar_wrong_{one['code']}", n=days_off.LONGEST) for name, one in problems},
        kinds=[(kind, say(f"calendar_kind_{kind}")) for kind in ("closed", "open")],
        longest=days_off.LONGEST,
    )


def _foreseen(world: Services, day: Override, rules: Rules, *, back: bool = False, again: bool = False) -> Response:
    now = world.rules.refresh(world.engine)
    found = recounting.foresee(world.engine, rules.calendar, _today(world))
    standing = next((one for one in days_off.entered(world.engine) if one.override.on == day.on), None)
    return page(
        "calendar_change",
        409 if again else 200,
        day=day,
        back=back,
        again=again,
        # Of what was there before, only where something else takes its place.
        replaced=standing.override if standing and standing.override != day else None,
        was=now.calendar.off(day.on),
        works=now.calendar.is_working(day.on),
        will=rules.calendar.is_working(day.on),
        found=found,
        date_words=_date_words,
        limit_words=_limit_words,
        seen=now.mark,
        values={"day": day.on.isoformat(), "kind": day.kind, "name_id": day.name.id, "name_en": day.name.en}
        | {"decree": day.decree},
    )


def _typed(given: Mapping[str, str]) -> dict[str, str]:
    return {name: given.get(name, "").strip() for name in FIELDS}


def _read(world: Services, typed: Mapping[str, str]) -> Override:
    without = days_off.without(world, days_off.day_of(typed["day"]))
    return days_off.read(typed, without.calendar, _today(world))


def _entered(world: Services, on: date | None) -> Override:
    days_off.without(world, on, must=True)
    return next(one.override for one in days_off.entered(world.engine) if one.override.on == on)


def _today(world: Services) -> date:
    return world.calendar.local(world.sources.clock()).date()


def _date_words(on: date) -> str:
    return date_in_words(on, language())


def _limit_words(move: Any) -> str:
    """Service and limit in words; a code where the catalogue has it no more."""
    say, city = words(), services().city
    service = next((one for one in city.services if one.code == move.service), None)
    if service is None:
        return f"{move.service}, {move.limit}"
    limit = next((one for one in service.all_limits() if one.code == move.limit), None)
    return f"{say.of(service.name)}, {say.of(limit.label) if limit else move.limit}"
