"""calendar, recount: the days on which the city does not work, what a decree would move, and what it moved."""

import json
from datetime import date
from typing import Any

import click

from schemas.catalogue.model import Override
from schemas.explain import date_in_words
from server.access import days_off
from server.access.audit import CLI
from server.access.days_off import Listed
from server.commands import recounting
from server.commands.recounting import Foreseen, Standing
from server.opening import open_city
from server.rules import Rules
from server.services import Services
from server.settings import Settings
from sync.errors import Invalid

_SOURCES = {"national": "national", "leave": "joint leave", "folder": "the city's folder", "admin": "an admin"}

_kind = click.option(
    "--kind",
    type=click.Choice(["closed", "open"]),
    default="closed",
    show_default=True,
    help="Open is for a holiday on which the city works.",
)
_name_id = click.option("--name-id", default="", help="What the day is, in Indonesian: applicants read it.")
_name_en = click.option("--name-en", default="", help="The same in English.")
_decree = click.option("--decree", default="", help="By what it is closed or opened, as it is cited.")


@click.group()
def calendar() -> None:
    """Days off: the national ones, the city's own, and those that an admin closes or opens by a decree."""


@calendar.command("list")
@click.option("--year", type=click.IntRange(1970, 2200), help="By default this one.")
@click.option("--json", "raw", is_flag=True, help="For programs, as JSON.")
@click.pass_obj
def list_days(settings: Settings, year: int | None, raw: bool) -> None:
    """The days off of a year as the city counts them, each with where it comes from; how far a recount is.

    \b
    Example:
      tenggat-server calendar list --year 2027
    """
    world = open_city(settings)
    rules = world.rules.current
    shown = year or _today(world).year
    found = days_off.listed(rules, days_off.entered(world.engine), shown)
    if raw:
        click.echo(json.dumps([_plain(one) for one in found], ensure_ascii=False, indent=2))
        return
    for one in found:
        click.echo(_line(one))
    click.echo(f"calendar {rules.calendar.version}, catalogue {rules.city.version}", err=True)
    if (standing := recounting.standing(world.engine)) and standing.ended is None:
        click.echo(f"running dates are being counted again: {_far(standing)}", err=True)
    if rules.calendar.undecreed(date(shown, 1, 1), date(shown, 12, 31)):
        click.echo(f"the joint leave of {shown} is not known yet: dates in it are provisional", err=True)


@calendar.command()
@click.argument("day")
@_kind
@_name_id
@_name_en
@_decree
@click.option("--remove", "back", is_flag=True, help="What taking an admin's day back would move.")
@click.option("--json", "raw", is_flag=True, help="For programs, as JSON.")
@click.pass_obj
def preview(
    settings: Settings, day: str, kind: str, name_id: str, name_en: str, decree: str, back: bool, raw: bool
) -> None:
    """Tell which running dates would move if DAY were closed or opened; changes nothing.

    \b
    Examples:
      tenggat-server calendar preview 2026-11-30
      tenggat-server calendar preview 2026-11-30 --remove
    """
    world = open_city(settings)
    if back:
        rules = _without(world, day)
    else:
        typed = {"day": day, "kind": kind, "name_id": name_id or "-", "name_en": name_en or "-"}
        rules = days_off.beside(world, _read(world, typed | {"decree": decree or "-"}))
    found = recounting.foresee(world.engine, rules.calendar, _today(world))
    if raw:
        moves = [_moved(one) for one in found.first]
        told = {"running": found.running, "moved": found.moved, "cases": found.cases, "first": moves}
        click.echo(json.dumps(told, ensure_ascii=False, indent=2))
        return
    _tell(found)


@calendar.command("add")
@click.argument("day")
@_kind
@_name_id
@_name_en
@_decree
@click.option("--yes", is_flag=True, help="Do not ask.")
@click.pass_obj
def add(settings: Settings, day: str, kind: str, name_id: str, name_en: str, decree: str, yes: bool) -> None:
    """Close DAY by a decree, or open a holiday; tells first what moves, then counts running dates again.

    It takes the place of what was there for that day. Dates that have passed stay as they are, and so does what has
    ended. Running servers take the change up at once.

    \b
    Example:
      tenggat-server calendar add 2026-11-30 --name-id "Pemilihan lurah" --name-en "Village election" \\
        --decree "SK Wali Kota 12/2026"
    """
    world = open_city(settings)
    mark = world.rules.current.mark
    typed = {"day": day, "kind": kind, "name_id": name_id, "name_en": name_en, "decree": decree}
    wanted = _read(world, typed)
    _ask(world, days_off.beside(world, wanted), yes, f"Is {date_in_words(wanted.on, 'en')} {kind} from now on?")
    days_off.enter(world, wanted, CLI, mark)
    _count(world, f"{wanted.on} is {kind} by {wanted.decree}")


@calendar.command("remove")
@click.argument("day")
@click.option("--yes", is_flag=True, help="Do not ask.")
@click.pass_obj
def remove(settings: Settings, day: str, yes: bool) -> None:
    """Take back a DAY that an admin entered; what the city's folder says of it holds again.

    \b
    Example:
      tenggat-server calendar remove 2026-11-30
    """
    world = open_city(settings)
    mark = world.rules.current.mark
    rules = _without(world, day)
    _ask(world, rules, yes, f"Take back what was entered for {day}?")
    days_off.remove(world, date.fromisoformat(day), CLI, mark)
    _count(world, f"what was entered for {day} is taken back")


@click.command()
@click.pass_obj
def recount(settings: Settings) -> None:
    """Count running dates again, after the calendar in the city's folder changed. Limits themselves never change.

    What `calendar add` and the admin pages change is counted again by itself.
    """
    world = open_city(settings)
    done = recounting.all_again(world.commands, _progress)
    click.echo(
        f"{done.looked} running cases counted again with calendar {world.calendar.version},"
        f" {done.changed} have another date or reason"
    )


def _read(world: Services, typed: dict[str, str]) -> Override:
    on = days_off.day_of(typed["day"])
    return days_off.read(typed, days_off.without(world, on).calendar, _today(world))


def _without(world: Services, day: str) -> Rules:
    on = days_off.day_of(day)
    if on is None:
        raise Invalid("DAY is a date like 2026-11-30")
    return days_off.without(world, on, must=True)


def _ask(world: Services, rules: Rules, yes: bool, question: str) -> None:
    _tell(recounting.foresee(world.engine, rules.calendar, _today(world)))
    if not yes:
        click.confirm(question, abort=True)


def _tell(found: Foreseen) -> None:
    if not found.moved:
        click.echo(f"none of the {found.running} running dates moves")
        return
    click.echo(f"{found.moved} of {found.running} running dates move, in {found.cases} cases")
    for one in found.first:
        before, after = (date_in_words(on, "en") for on in (one.before, one.after))
        click.echo(f"  {one.number or one.service}  {one.limit}: {before} -> {after}")
    if found.moved > len(found.first):
        click.echo(f"  ... and {found.moved - len(found.first)} more")


def _count(world: Services, did: str) -> None:
    click.echo(did)
    if recounting.under_way(world.engine):
        done = recounting.to_the_end(world.commands, _progress)
        click.echo(f"{done.looked} running cases looked at, {done.changed} have another date or reason")


def _progress(standing: Standing) -> None:
    if standing.ended is None:
        click.echo(_far(standing), err=True)


def _far(standing: Standing) -> str:
    return f"{standing.looked} of {standing.total} running cases ({standing.percent}%)"


def _line(one: Listed) -> str:
    marks = ["estimated"] if one.estimated else []
    marks += ["on a weekend"] if one.weekend else []
    marks += ["the city works"] if one.kind == "open" else []
    source = _SOURCES[one.source] + (f", {one.decree}" if one.decree else "")
    return f"{one.on}  {one.name.en} ({one.name.id})  [{source}]" + (f"  {', '.join(marks)}" if marks else "")


def _plain(one: Listed) -> dict[str, Any]:
    return {
        "day": one.on.isoformat(),
        "name": {"id": one.name.id, "en": one.name.en},
        "kind": one.kind,
        "source": one.source,
        "estimated": one.estimated,
        "weekend": one.weekend,
        "decree": one.decree,
    }


def _moved(one: recounting.Move) -> dict[str, Any]:
    return {
        "number": one.number,
        "service": one.service,
        "limit": one.limit,
        "before": one.before.isoformat(),
        "after": one.after.isoformat(),
    }


def _today(world: Services) -> date:
    return world.calendar.local(world.sources.clock()).date()
