"""account: what an account is changed to, its password, and closing what somebody leaves behind."""

import sys
from collections.abc import Iterable

import click

from server.access import asking, changing, closing, people
from server.access.audit import CLI
from server.cli.offices import told_gaps
from server.domain.covering import Gap, gaps
from server.opening import open_city
from server.services import Services
from server.settings import Settings
from server.store.database import reading
from sync.errors import Invalid


@click.command()
@click.argument("login")
@click.argument("name")
@click.pass_obj
def rename(settings: Settings, login: str, name: str) -> None:
    """Give LOGIN another NAME. What they did before keeps the name of its day."""
    world = open_city(settings)
    _, done = changing.change(world.engine, world.city, world.sources, login, CLI, name=name)
    click.echo(f"{login} is called {name.strip()}" if done else f"{login} was called so already; nothing was changed")


_add = click.option("--add", "more", multiple=True, metavar="CODE", help="Beside what there is; may be repeated.")
_remove = click.option("--remove", "less", multiple=True, metavar="CODE", help="From what there is; may be repeated.")


@click.command()
@click.argument("login")
@click.argument("roles", metavar="[ROLE]...", nargs=-1)
@_add
@_remove
@click.pass_obj
def roles(settings: Settings, login: str, roles: tuple[str, ...], more: tuple[str, ...], less: tuple[str, ...]) -> None:
    """Give LOGIN exactly these roles, or add to and remove from what they have.

    \b
    Examples:
      tenggat-server account roles survei surveyor planner
      tenggat-server account roles atasan --add admin
    """
    world = open_city(settings)
    before = people.person(world.engine, login)
    wanted = _wanted(before.roles, roles, more, less, "ROLE")
    _, done = changing.change(world.engine, world.city, world.sources, login, CLI, roles=wanted)
    click.echo(f"{login} is {', '.join(sorted(wanted))}{_told(done)}")


@click.command()
@click.argument("login")
@click.argument("scopes", metavar="[SCOPE]...", nargs=-1)
@_add
@_remove
@click.option("--none", is_flag=True, help="Let them see no office's cases.")
@click.pass_obj
def scopes(
    settings: Settings, login: str, scopes: tuple[str, ...], more: tuple[str, ...], less: tuple[str, ...], none: bool
) -> None:
    """Let LOGIN see exactly these parts of the city, or add to and remove from what they see.

    A part is office:CODE or office:CODE/KECAMATAN; `tenggat-server office list` has the codes. A device drops what it
    may not see any more at its next exchange.

    \b
    Examples:
      tenggat-server account scopes survei office:distaru/33.74.01 office:distaru/33.74.02
      tenggat-server account scopes survei --add office:dpu --remove office:distaru
    """
    world = open_city(settings)
    before = people.person(world.engine, login)
    wanted = set() if none else _wanted(before.scopes, scopes, more, less, "SCOPE, or --none")
    _, done = changing.change(world.engine, world.city, world.sources, login, CLI, scopes=wanted)
    click.echo(f"{login} sees {', '.join(sorted(wanted)) or 'no office'}{_told(done)}")
    if done:
        click.echo("their devices hear of it at their next exchange", err=True)


@click.command()
@click.argument("login")
@click.option("--prompt", is_flag=True, help="Ask for one instead of making one up.")
@click.option("--stdin", is_flag=True, help="Read one from standard input instead.")
@click.option("--revoke-devices", "revoke", is_flag=True, help="Where somebody else knew the old one.")
@click.pass_obj
def password(settings: Settings, login: str, prompt: bool, stdin: bool, revoke: bool) -> None:
    """Give LOGIN another password: one that is made up and printed once, unless you give one.

    Their sessions on the admin pages end. Their devices stay signed in, so that what waits on them goes on by itself.

    \b
    Examples:
      tenggat-server account password survei
      tenggat-server account password survei --stdin --revoke-devices < sandi.txt
    """
    world = open_city(settings)
    people.person(world.engine, login)
    given = None
    if prompt:
        given = click.prompt("Password", hide_input=True, confirmation_prompt=True)
    elif stdin:
        given = sys.stdin.readline().rstrip("\r\n")
    done = closing.set_password(world.engine, world.city, world.sources, login, CLI, given, revoke=revoke)
    ended = f"{done.sessions} sessions on the admin pages ended, {done.devices} devices are revoked"
    click.echo(f"the password of {login} is another one; {ended}", err=True)
    if done.opened:
        click.echo("codes of their phone, which were shut, count again", err=True)
    if done.told:
        tell_password(done.told)


@click.command()
@click.argument("login")
@click.option(
    "--why",
    type=click.Choice(asking.REASONS),
    default="left",
    show_default=True,
    help="Stands in the audit log, and with each of its devices.",
)
@click.option("--yes", is_flag=True, help="Do not ask.")
@click.pass_obj
def disable(settings: Settings, login: str, why: str, yes: bool) -> None:
    """Close the account LOGIN: nobody signs in with it, and its devices are revoked.

    At its next exchange each device hands over what waits on it (to quarantine), then drops all that it holds.

    \b
    Example:
      tenggat-server account disable survei --why left
    """
    world = open_city(settings)
    found = people.person(world.engine, login)
    if not yes:
        waits = f", with {found.waits} things waiting on them" if found.waits else ""
        click.confirm(f"Close the account of {found.name}, and revoke {found.devices} devices{waits}?", abort=True)
    before = _gaps(world)
    closed = closing.disable(world.engine, world.sources, login, CLI, why)
    click.echo(
        f"{login} is closed: {closed.devices} devices are revoked, {closed.sessions} sessions on the admin pages and"
        f" {closed.invitations} invitations ended"
    )
    if closed.waits:
        click.echo(f"{closed.waits} things waited on the devices, and come to quarantine at their next exchange")
    for told in told_gaps(world.city, [gap for gap in _gaps(world) if gap not in before]):
        click.echo(told, err=True)


@click.command()
@click.argument("login")
@click.pass_obj
def enable(settings: Settings, login: str) -> None:
    """Open the account LOGIN again. Its devices stay revoked: invite one, or let its person sign in."""
    world = open_city(settings)
    closing.enable(world.engine, world.sources, login, CLI)
    click.echo(f"{login} can sign in again; to bring a device in: tenggat-server device invite {login}")


@click.command("remove-factor")
@click.argument("login")
@click.option("--yes", is_flag=True, help="Do not ask.")
@click.pass_obj
def remove_factor(settings: Settings, login: str, yes: bool) -> None:
    """Take LOGIN's second factor away: the phone is lost, and so are the recovery codes.

    Their sessions on the admin pages end. Be sure that it is LOGIN who asks: from now on the password alone opens what
    it opens; where the city wants a second factor, it opens the page on which they set up another.

    \b
    Example:
      tenggat-server account remove-factor admin
    """
    world = open_city(settings)
    found = people.person(world.engine, login)
    if not yes:
        click.confirm(f"Take the second factor of {found.name} away?", abort=True)
    _, ended = closing.remove_factor(world.engine, world.sources, login, CLI)
    click.echo(f"{login} has no second factor any more; {ended} sessions on the admin pages ended")


@click.command("sign-out")
@click.argument("login")
@click.pass_obj
def sign_out(settings: Settings, login: str) -> None:
    """Sign LOGIN out of the admin pages, wherever that is. Devices are not touched."""
    world = open_city(settings)
    _, ended = closing.end_sessions(world.engine, world.sources, login, CLI)
    click.echo(f"{ended} sessions of {login} on the admin pages ended")


def _wanted(
    before: Iterable[str], exactly: tuple[str, ...], more: tuple[str, ...], less: tuple[str, ...], what: str
) -> set[str]:
    if bool(exactly) == bool(more or less):
        raise Invalid(f"give {what}, or --add and --remove; there are: {', '.join(before) or 'none'}")
    if missing := set(less) - set(before):
        raise Invalid(f"{', '.join(sorted(missing))} is not among them: {', '.join(before) or 'none'}")
    return set(exactly) or (set(before) | set(more)) - set(less)


def tell_password(password: str) -> None:
    # The only line on standard output that a program has to read.
    click.echo(password)
    click.echo("this is shown once, and good for 7 days, in which its owner chooses another", err=True)
    click.echo("hand it over by a way that you trust", err=True)


def _told(done: tuple[str, ...]) -> str:
    return "" if done else " already; nothing was changed"


def _gaps(world: Services) -> tuple[Gap, ...]:
    with reading(world.engine) as connection:
        return gaps(world.city, people.officers(connection))
