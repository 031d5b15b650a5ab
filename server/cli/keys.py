"""keys: the server's own, for bundles: what there is, another pair in their place, and the end of old ones."""

import json
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import click

from server.access.audit import CLI
from server.access.devices import stamp
from server.bundles import renewing
from server.bundles.keys import Pair
from server.opening import open_city
from server.services import Services
from server.settings import Settings
from sync.errors import Invalid

_yes = click.option("--yes", is_flag=True, help="Do not ask.")


@click.group()
def keys() -> None:
    """The server's own keys: what bundles are sealed to, and what their answers are signed with."""


@keys.command("list")
@click.option("--json", "raw", is_flag=True, help="For programs, as JSON.")
@click.pass_obj
def list_keys(settings: Settings, raw: bool) -> None:
    """The pair in use, and those that were renewed and still open what was sealed to them.

    \b
    Example:
      tenggat-server keys list
    """
    held = open_city(settings).keys
    # Looking at them makes none: whoever looks may be another than the server's own user.
    found = held.pairs if held.there else ()
    if raw:
        click.echo(json.dumps([_plain(pair) for pair in found], indent=2))
        return
    if not found:
        click.echo("there are none yet: they are made when the first device asks for them")
    for pair in found:
        click.echo(f"{pair.id}  made {stamp(pair.made)}  {_standing(pair)}")


@keys.command()
@_yes
@click.pass_obj
def renew(settings: Settings, yes: bool) -> None:
    """Make a new pair. The one in use until now stays beside it, for bundles on their way.

    Devices learn the new keys at their next exchange, and running servers take them up at once. Take a backup
    afterwards: without the new keys nobody opens what is sealed to them.

    \b
    Examples:
      tenggat-server keys renew
      tenggat-server keys renew --yes
    """
    world = open_city(settings)
    if not yes:
        click.confirm("Make new keys, and keep the present ones for bundles on their way?", abort=True)
    before, now = renewing.renew(world, CLI)
    click.echo(f"{now.id} is in use from now on; {before.id} still opens what was sealed to it. Take a backup now.")


@keys.command()
@click.option(
    "--before", "day", type=click.DateTime(["%Y-%m-%d"]), metavar="DAY", help="Those renewed before this day."
)
@click.option("--all", "all_", is_flag=True, help="All that were renewed: for a key that leaked.")
@_yes
@click.pass_obj
def forget(settings: Settings, day: datetime | None, all_: bool, yes: bool) -> None:
    """Delete keys that were renewed, for good. No backup brings them back into this folder.

    Bundles for them that have not come yet can then not be opened by anybody, and answers under them are refused by
    every device that has spoken with the server since. Nothing is lost where the device still lives: what it holds
    goes with its next exchange, or its next bundle after that. Devices whose program is older than `keys renew` learn
    no new keys: update those first (`device list --trouble old_version`), or none of their bundles is opened again.

    \b
    Examples:
      tenggat-server keys forget --before 2026-11-01
      tenggat-server keys forget --all --yes
    """
    if (day is None) is not all_:
        raise Invalid("say --before DAY or --all, one of them")
    world = open_city(settings)
    pairs = world.keys.pairs if world.keys.there else ()
    gone = [pair for pair in pairs if pair.renewed and (all_ or pair.renewed < _begin(world, day))]
    for pair in gone:
        click.echo(f"{pair.id}  made {stamp(pair.made)}  {_standing(pair)}")
    if gone:
        click.echo("What was sealed to them and has not been imported yet becomes unreadable, for good.")
        click.echo("A device whose program is older than `keys renew` knows no others: update it first.")
    if gone and not yes:
        click.confirm("Forget these?", abort=True)
    deleted = bool(pairs) and renewing.forget(world, CLI, gone)
    if gone:
        click.echo("They are gone. Earlier backups still hold them.")
    elif deleted:
        click.echo("there are none to forget; what was left of earlier ones on the disk is deleted")
    else:
        click.echo("there are none to forget")


def _begin(world: Services, day: datetime | None) -> datetime:
    assert day is not None, "asked for where not all are meant"
    return day.replace(tzinfo=ZoneInfo(world.city.timezone))


def _standing(pair: Pair) -> str:
    return f"renewed {stamp(pair.renewed)}" if pair.renewed else "in use"


def _plain(pair: Pair) -> dict[str, Any]:
    return {"id": pair.id, "made": stamp(pair.made), "renewed": stamp(pair.renewed) if pair.renewed else None}
