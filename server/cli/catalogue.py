"""catalogue: what devices were ever given, and what is different between two of it."""

import json
from dataclasses import asdict

import click

from schemas.catalogue.changes import changes
from schemas.text import Text
from server.access import catalogues
from server.opening import open_city
from server.settings import Settings


@click.group()
def catalogue() -> None:
    """The catalogues that this city ever served: services, limits, fields, days off."""


@catalogue.command()
@click.option("--json", "raw", is_flag=True, help="For programs, as JSON.")
@click.pass_obj
def versions(settings: Settings, raw: bool) -> None:
    """Every version with when it was first served, the newest first.

    \b
    Example:
      tenggat-server catalogue versions
    """
    world = open_city(settings)
    found, now = catalogues.versions(world.engine), world.city.version
    if raw:
        told = [asdict(one) | {"now": one.version == now} for one in found]
        click.echo(json.dumps(told, indent=2))
        return
    for one in found:
        click.echo(f"{one.version}  first served {one.served}" + ("  now" if one.version == now else ""))
    if now not in [one.version for one in found]:
        click.echo(f"{now} is what the folder says now; it is served with the next start of a server", err=True)


@catalogue.command()
@click.argument("old")
@click.argument("new", default="now")
@click.option("--json", "raw", is_flag=True, help="For programs, as JSON.")
@click.pass_obj
def diff(settings: Settings, old: str, new: str, raw: bool) -> None:
    """What is different in NEW against OLD, in words; each a version or its beginning, or `now`: the folder as it is.

    Cases that run keep the limits that they began with, whatever is changed here.

    \b
    Examples:
      tenggat-server catalogue diff 638fad now
      tenggat-server catalogue diff 638fad f4c4df
    """
    world = open_city(settings)
    before, after = (
        world.city if version == "now" else catalogues.catalogue(world.engine, version) for version in (old, new)
    )
    found = changes(before, after)
    if raw:
        told = [{"place": _both(one.place), "said": _both(one.said)} for one in found]
        click.echo(json.dumps(told, ensure_ascii=False, indent=2))
        return
    place = ""
    for one in found:
        if one.place.en != place:
            place = one.place.en
            click.echo(place)
        click.echo(f"  {one.said.en}")
    if not found:
        click.echo("the two are the same")


def _both(said: Text) -> dict[str, str]:
    return {"id": said.id, "en": said.en}
