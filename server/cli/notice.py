"""notice: who is told what about dates and silent devices, and how it leaves by mail."""

import json
from dataclasses import asdict

import click

from server.access.audit import CLI
from server.notices import addresses, held, sending, telling
from server.notices.held import Notice, Shown
from server.opening import open_city
from server.services import Services
from server.settings import Settings
from sync.errors import Invalid

_SHOWN: tuple[Shown, ...] = ("all", "waiting", "failed", "sent", "kept", "grants")


@click.group()
def notice() -> None:
    """What officers, supervisors and admins are told before a date passes, and after.

    \b
    Examples:
      tenggat-server notice list --state failed
      tenggat-server notice test petugas@kota.example
      tenggat-server jobs run make_notices
    """


@notice.command("list")
@click.option("--state", type=click.Choice(_SHOWN), default="all", show_default=True, help="Only these.")
@click.option("--most", default=100, show_default=True, type=click.IntRange(1, 100_000), help="So many at most.")
@click.option("--json", "raw", is_flag=True, help="For programs, as JSON, with what a date rests on.")
@click.pass_obj
def list_notices(settings: Settings, state: Shown, most: int, raw: bool) -> None:
    """The newest first. `kept` was shown and sent nowhere (no address, no mail server); `grants` are those about a
    limit whose silence the law takes for a grant."""
    world = open_city(settings)
    found = held.notices(world.engine, state, most=most)
    if raw:
        click.echo(json.dumps([asdict(one) for one in found], ensure_ascii=False, indent=2))
        return
    for one in found:
        click.echo(_told(world, one))
    if not found:
        click.echo("there are no such notices", err=True)


@notice.command()
@click.argument("key", required=False)
@click.option("--all", "all_", is_flag=True, help="All that could not be sent.")
@click.pass_obj
def retry(settings: Settings, key: str | None, all_: bool) -> None:
    """Put what could not be sent in line again: the notices of KEY, or all."""
    if (key is None) != all_:
        raise Invalid("say which: a KEY of `notice list --state failed`, or --all")
    world = open_city(settings)
    done = held.retry(world.engine, CLI, world.sources.clock(), key=key)
    click.echo(f"{done} notices wait again")


@notice.command()
@click.argument("address")
@click.pass_obj
def test(settings: Settings, address: str) -> None:
    """Send a letter to ADDRESS now, to see whether letters arrive."""
    to = addresses.address(address)
    if to is None:
        raise Invalid("say where to: petugas@kota.example")
    where = sending.trial(open_city(settings), to)
    click.echo(f"{where} took the letter; look whether it arrived, also among what is taken for spam")


@notice.command()
@click.argument("login")
@click.argument("email")
@click.pass_obj
def address(settings: Settings, login: str, email: str) -> None:
    """Where LOGIN is told by mail; "" for nowhere."""
    world = open_city(settings)
    found = addresses.set_address(world.engine, login, email, CLI, world.sources.clock())
    click.echo(f"{login} is told at {found}" if found else f"{login} is told nothing by mail")


def _told(world: Services, one: Notice) -> str:
    about = telling.line(one, world.city, "en")
    why = f"  {one.why}" if one.why else ""
    who, kind = one.login or one.person[:8], telling.name_of(one.kind).en
    return f"{one.made}  {one.state:<7}  {who}  {kind}: {about}{why}  {one.key}"
