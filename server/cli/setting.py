"""setting: what an admin may set for the whole city."""

import json

import click

from server.access import city_settings
from server.access.audit import CLI
from server.access.city_settings import SETTINGS, Value
from server.opening import open_city
from server.settings import Settings


@click.group()
def setting() -> None:
    """What holds for the whole city: when a device is called silent, when officers are warned."""


@setting.command("list")
@click.option("--json", "raw", is_flag=True, help="For programs, as JSON.")
@click.pass_obj
def list_settings(settings: Settings, raw: bool) -> None:
    """Every setting with its value, and who chose it.

    \b
    Example:
      tenggat-server setting list
    """
    held, chosen = city_settings.standing(open_city(settings).engine)
    if raw:
        click.echo(json.dumps({one.name: getattr(held, one.name) for one in SETTINGS}, indent=2))
        return
    for one in SETTINGS:
        by = chosen.get(one.name)
        told = f"set {by.changed} by {by.person}" if by else "as it comes"
        click.echo(f"{one.name:<14} {_word(getattr(held, one.name)):<5} {told}")
        click.echo(f"               {one.label.en}. {one.hint.en}")


@setting.command("set")
@click.argument("name")
@click.argument("value")
@click.pass_obj
def set_setting(settings: Settings, name: str, value: str) -> None:
    """Set NAME to VALUE. Running servers take it up at once.

    \b
    Examples:
      tenggat-server setting set silent_days 5
      tenggat-server setting set notice_email off
    """
    world = open_city(settings)
    changed = city_settings.change(world.engine, {name: value}, CLI, world.sources.clock())
    held = _word(getattr(city_settings.as_set(world.engine), name))
    click.echo(f"{name} is {held}" if changed else f"{name} was {held} already; nothing was changed")


def _word(value: Value) -> str:
    return ("on" if value else "off") if isinstance(value, bool) else str(value)
