"""template: the texts that officers answer with."""

import json
import sys
from dataclasses import asdict

import click

from server.access import reply_templates
from server.access.audit import CLI
from server.access.reply_templates import Template, checked
from server.opening import open_city
from server.settings import Settings

_services = click.option("--service", "services", multiple=True, help="Only for this service; may be repeated.")
_actions = click.option("--action", "actions", multiple=True, help="Only for this action; may be repeated.")


@click.group()
def template() -> None:
    """Texts that officers answer with; their devices fetch them at a sync and keep them.

    \b
    Examples:
      tenggat-server template add "Sudah diteruskan" "Laporan Anda sudah kami teruskan." --service lapor
      tenggat-server template change sudah-diteruskan --text -
    """


@template.command("list")
@click.option("--all", "retired", is_flag=True, help="Also those that were retired.")
@click.option("--json", "raw", is_flag=True, help="For programs, as JSON.")
@click.pass_obj
def list_templates(settings: Settings, retired: bool, raw: bool) -> None:
    """The texts in use."""
    found = reply_templates.current(open_city(settings).engine, retired=retired)
    if raw:
        click.echo(json.dumps([asdict(one) for one in found], ensure_ascii=False, indent=2))
        return
    for one in found:
        click.echo(f"{one.id:<32}  {one.title}  ({_where(one)}){'  retired' if one.retired else ''}")
    if not found:
        click.echo("there are no texts yet; `template add` makes one", err=True)


@template.command()
@click.argument("id")
@click.option("--json", "raw", is_flag=True, help="For programs, as JSON.")
@click.pass_obj
def show(settings: Settings, id: str, raw: bool) -> None:
    """The text ID, and all that it was before."""
    found = reply_templates.versions(open_city(settings).engine, id)
    if raw:
        click.echo(json.dumps([asdict(one) for one in found], ensure_ascii=False, indent=2))
        return
    for one in found:
        click.echo(f"— version {one.version}, {one.at}{', retired' if one.retired else ''} —")
        click.echo(f"{one.title}  ({_where(one)})\n\n{one.text}\n")


@template.command()
@click.argument("title")
@click.argument("text")
@_services
@_actions
@click.pass_obj
def add(settings: Settings, title: str, text: str, services: tuple[str, ...], actions: tuple[str, ...]) -> None:
    """A new text under TITLE. TEXT as - is read from standard input."""
    world = open_city(settings)
    wanted = checked(world.city, title, _read(text), services, actions)
    made = reply_templates.add(world.engine, world.sources, wanted, CLI)
    click.echo(f"{made.id}: officers' devices have it after their next sync")


@template.command()
@click.argument("id")
@click.option("--title", help="Another title.")
@click.option("--text", help="Another text; - is standard input.")
@_services
@_actions
@click.option("--everywhere", is_flag=True, help="For all services and actions.")
@click.pass_obj
def change(
    settings: Settings,
    id: str,
    title: str | None,
    text: str | None,
    services: tuple[str, ...],
    actions: tuple[str, ...],
    everywhere: bool,
) -> None:
    """Change the text ID; what is not said stays. One that was retired is in use again."""
    world = open_city(settings)
    held = reply_templates.versions(world.engine, id)[0]
    wanted = checked(
        world.city,
        held.title if title is None else title,
        held.text if text is None else _read(text),
        () if everywhere else services or held.services,
        () if everywhere else actions or held.actions,
    )
    made = reply_templates.change(world.engine, world.sources, id, wanted, CLI, held.version)
    click.echo(f"{made.id}: version {made.version}" if made.version != held.version else f"{made.id}: nothing changed")


@template.command()
@click.argument("id")
@click.pass_obj
def retire(settings: Settings, id: str) -> None:
    """Offer the text ID to no officer any more. What was sent with it stays, and so does the text here."""
    world = open_city(settings)
    reply_templates.retire(world.engine, world.sources, id, CLI)
    click.echo(f"{id} is offered no more; `template change {id}` brings it back")


def _read(words: str) -> str:
    return sys.stdin.read() if words == "-" else words


def _where(one: Template) -> str:
    places = [", ".join(one.services) or "all services", ", ".join(one.actions) or "all actions"]
    return "; ".join(places)
