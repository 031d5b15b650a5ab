"""office: the city's offices, who works in each, and where somebody is missing."""

import json
from collections.abc import Iterable, Iterator
from dataclasses import asdict

import click

from schemas.catalogue.model import City
from server.access import people
from server.domain import covering_words
from server.domain.covering import Gap, Officer, covering, gaps
from server.opening import open_city
from server.services import Services
from server.settings import Settings
from server.store.database import reading

_json = click.option("--json", "raw", is_flag=True, help="For programs, as JSON.")


@click.group()
def office() -> None:
    """Offices and kecamatan: who works where, and where somebody is missing. A city's folder says which there are."""


@office.command("list")
@click.argument("code", default="")
@_json
@click.pass_obj
def list_offices(settings: Settings, code: str, raw: bool) -> None:
    """The offices with their people by role; with CODE one office, kecamatan by kecamatan.

    \b
    Examples:
      tenggat-server office list
      tenggat-server office list distaru
    """
    world = open_city(settings)
    city, officers = world.city, _officers(world)
    if code and code not in {one.code for one in city.offices}:
        known = ", ".join(one.code for one in city.offices)
        raise click.ClickException(f"there is no office {code}; there are: {known}")
    shown = [one for one in city.offices if code in ("", one.code)]
    if raw:
        told = [
            {
                "code": one.code,
                "name": {"id": one.name.id, "en": one.name.en},
                "districts": {
                    district or "": [
                        {"person": who.person, "name": who.name, "roles": sorted(who.roles)} for who in there
                    ]
                    for district, there in covering(city, one.code, officers).items()
                },
            }
            for one in shown
        ]
        click.echo(json.dumps(told, ensure_ascii=False, indent=2))
        return
    for one in shown:
        click.echo(f"{one.code}  {one.name.en}")
        for district, there in covering(city, one.code, officers).items():
            if there or (code and district):
                place = f"{district} {city.area(district).name}" if district else "all of it"
                click.echo(f"  {place}: {_named(there)}")


@office.command("gaps")
@_json
@click.pass_obj
def list_gaps(settings: Settings, raw: bool) -> None:
    """Where nobody who can sign in has a role that a service needs, and what to do.

    Exit status 1 where somebody is missing.
    """
    world = open_city(settings)
    found = gaps(world.city, _officers(world))
    if raw:
        told = [asdict(gap.need) | {"districts": gap.districts} for gap in found]
        click.echo(json.dumps(told, ensure_ascii=False, indent=2))
    else:
        for line in told_gaps(world.city, found):
            click.echo(line)
        if not found:
            click.echo("nobody is missing", err=True)
    if found:
        raise click.exceptions.Exit(1)


def told_gaps(city: City, found: Iterable[Gap]) -> Iterator[str]:
    """Each gap in words, with what to type."""
    for gap in found:
        scope = f"office:{gap.need.office}" + (f"/{gap.districts[0]}" if gap.districts else "")
        what = f"tenggat-server account add LOGIN --name NAME --role {gap.need.roles[0]} --scope {scope}"
        yield f"{covering_words.why(city, gap, 'en')} {covering_words.what_to_do(gap, 'en')} ({what})"


def _named(there: Iterable[Officer]) -> str:
    return "; ".join(f"{one.name} ({', '.join(sorted(one.roles))})" for one in there) or "nobody"


def _officers(world: Services) -> tuple[Officer, ...]:
    with reading(world.engine) as connection:
        return people.officers(connection)
