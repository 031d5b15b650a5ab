"""account: the city's people, what they do and see, their passwords, and closing what somebody leaves behind."""

import json
import sys
from collections.abc import Iterable
from dataclasses import asdict

import click

from server.access import asking, changing, closing, people
from server.access.audit import CLI
from server.access.people import Chosen, Person, Shown
from server.access.staff import add_staff
from server.app import create_app
from server.cli.offices import told_gaps
from server.domain.covering import Gap, gaps
from server.services import EXTENSION, Services
from server.settings import Settings
from server.store.database import reading
from sync.errors import Invalid

_json = click.option("--json", "raw", is_flag=True, help="For programs, as JSON.")


@click.group()
def account() -> None:
    """Accounts: of the city's staff, and of citizens who signed up."""


@account.command("add")
@click.argument("login")
@click.option("--name", required=True, help="Shown beside what this person does.")
@click.option("--role", "roles", multiple=True, required=True, help="May be given several times.")
@click.option("--scope", "scopes", multiple=True, help="office:CODE or office:CODE/KECAMATAN; may be repeated.")
@click.option("--email", default="", metavar="ADDRESS", help="Where notices go.")
@click.option("--password", help="Asked for when not given.")
@click.option("--made-up", is_flag=True, help="Make a password up, and print it once.")
@click.pass_obj
def add(
    settings: Settings,
    login: str,
    name: str,
    roles: tuple[str, ...],
    scopes: tuple[str, ...],
    email: str,
    password: str | None,
    made_up: bool,
) -> None:
    """Add an account for LOGIN, who works for the city.

    \b
    Examples:
      tenggat-server account add survei --name "Petugas Survei" --role surveyor --scope office:distaru
      tenggat-server account add loket --name "Petugas Loket" --role front_desk --scope office:distaru --made-up
    """
    world = _world(settings)
    if made_up:
        password = closing.made_up(world.sources)
    elif password is None:
        password = click.prompt("Password", hide_input=True, confirmation_prompt=True)
    add_staff(
        world.engine,
        world.city,
        world.sources,
        login=login,
        password=password,
        name=name,
        roles=roles,
        scopes=scopes,
        email=email,
    )
    click.echo(f"{login} can sign in as {', '.join(roles)}")
    if made_up:
        _tell_password(password)
    click.echo(f"to bring a device in with no password: tenggat-server device invite {login}", err=True)


@account.command("list")
@click.argument("words", default="")
@click.option("--citizens", is_flag=True, help="Citizens: by their whole login, or 3 letters or more of their name.")
@click.option("--role", help="Only with this role.")
@click.option("--office", help="Only who sees cases of this office.")
@click.option(
    "--state",
    type=click.Choice(["enabled", "disabled", "all"]),
    default="enabled",
    show_default=True,
    help="Open accounts, closed ones, or both.",
)
@click.option(
    "--most", default=200, show_default=True, type=click.IntRange(1, 10_000), help="Print no more than these."
)
@_json
@click.pass_obj
def list_people(
    settings: Settings,
    words: str,
    citizens: bool,
    role: str | None,
    office: str | None,
    state: str,
    most: int,
    raw: bool,
) -> None:
    """The city's staff by name, or those with WORDS in login or name.

    \b
    Examples:
      tenggat-server account list --role surveyor --office distaru
      tenggat-server account list --citizens "Warga Contoh"
    """
    chosen = Chosen("citizen" if citizens else "staff", words, role, office, state)  # type: ignore[arg-type]
    found = people.people(_world(settings).engine, chosen, most=most)
    if raw:
        click.echo(json.dumps([asdict(one) for one in found], ensure_ascii=False, indent=2))
        return
    for one in found:
        click.echo(_line(one))
    if not found:
        click.echo("nobody is like that; try --state all, or fewer letters", err=True)
    elif len(found) == most:
        click.echo(f"only the first {most} are shown; see --most", err=True)


@account.command()
@click.argument("login")
@_json
@click.pass_obj
def show(settings: Settings, login: str, raw: bool) -> None:
    """All that hangs on the account LOGIN: roles, scopes, devices, invitations, and the work that waits for it."""
    world = _world(settings)
    now = world.sources.clock()
    shown = people.show(world.engine, world.city, login, now)
    if raw:
        click.echo(json.dumps(_as_json(shown), ensure_ascii=False, indent=2))
        return
    one = shown.person
    click.echo(_line(one))
    click.echo(f"made {one.created}, last seen {one.seen or 'never'}{f', notices to {one.email}' if one.email else ''}")
    click.echo(f"{shown.work} cases wait for them; {one.waits} things wait on their devices")
    click.echo(f"{shown.sessions} sessions on the admin pages")
    for device in shown.devices:
        ended = f"revoked {device.revoked}" if device.revoked else "may exchange"
        click.echo(f"  device {device.id[:8]}  seen {device.seen or 'never'}  {ended}  {device.app}")
    for made in shown.invitations:
        click.echo(f"  invitation {made.id[:8]}  {made.state(now)}  until {made.expires}")


@account.command()
@click.argument("login")
@click.argument("name")
@click.pass_obj
def rename(settings: Settings, login: str, name: str) -> None:
    """Give LOGIN another NAME. What they did before keeps the name of its day."""
    world = _world(settings)
    _, done = changing.change(world.engine, world.city, world.sources, login, CLI, name=name)
    click.echo(f"{login} is called {name.strip()}" if done else f"{login} was called so already; nothing was changed")


_add = click.option("--add", "more", multiple=True, metavar="CODE", help="Beside what there is; may be repeated.")
_remove = click.option("--remove", "less", multiple=True, metavar="CODE", help="From what there is; may be repeated.")


@account.command()
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
    world = _world(settings)
    before = people.person(world.engine, login)
    wanted = _wanted(before.roles, roles, more, less, "ROLE")
    _, done = changing.change(world.engine, world.city, world.sources, login, CLI, roles=wanted)
    click.echo(f"{login} is {', '.join(sorted(wanted))}{_told(done)}")


@account.command()
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
    world = _world(settings)
    before = people.person(world.engine, login)
    wanted = set() if none else _wanted(before.scopes, scopes, more, less, "SCOPE, or --none")
    _, done = changing.change(world.engine, world.city, world.sources, login, CLI, scopes=wanted)
    click.echo(f"{login} sees {', '.join(sorted(wanted)) or 'no office'}{_told(done)}")
    if done:
        click.echo("their devices hear of it at their next exchange", err=True)


@account.command()
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
    world = _world(settings)
    people.person(world.engine, login)
    given = None
    if prompt:
        given = click.prompt("Password", hide_input=True, confirmation_prompt=True)
    elif stdin:
        given = sys.stdin.readline().rstrip("\r\n")
    done = closing.set_password(world.engine, world.city, world.sources, login, CLI, given, revoke=revoke)
    ended = f"{done.sessions} sessions on the admin pages ended, {done.devices} devices are revoked"
    click.echo(f"the password of {login} is another one; {ended}", err=True)
    if done.told:
        _tell_password(done.told)


@account.command()
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
    world = _world(settings)
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


@account.command()
@click.argument("login")
@click.pass_obj
def enable(settings: Settings, login: str) -> None:
    """Open the account LOGIN again. Its devices stay revoked: invite one, or let its person sign in."""
    world = _world(settings)
    closing.enable(world.engine, world.sources, login, CLI)
    click.echo(f"{login} can sign in again; to bring a device in: tenggat-server device invite {login}")


@account.command("sign-out")
@click.argument("login")
@click.pass_obj
def sign_out(settings: Settings, login: str) -> None:
    """Sign LOGIN out of the admin pages, wherever that is. Devices are not touched."""
    world = _world(settings)
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


def _tell_password(password: str) -> None:
    # The only line on standard output that a program has to read.
    click.echo(password)
    click.echo("this is shown once; hand it over by a way that you trust", err=True)


def _told(done: tuple[str, ...]) -> str:
    return "" if done else " already; nothing was changed"


def _line(one: Person) -> str:
    parts = [one.login, one.name, ", ".join(one.roles), " ".join(one.scopes) or "no office"]
    parts += [f"{one.devices} devices, seen {one.seen}" if one.seen else f"{one.devices} devices, never seen"]
    return "  ".join([*parts, *([f"closed {one.disabled}"] if one.disabled else [])])


def _as_json(shown: Shown) -> dict[str, object]:
    return asdict(shown.person) | {
        "work": shown.work,
        "sessions": shown.sessions,
        "device_list": [asdict(one) for one in shown.devices],
        "invitations": [asdict(one) for one in shown.invitations],
    }


def _gaps(world: Services) -> tuple[Gap, ...]:
    with reading(world.engine) as connection:
        return gaps(world.city, people.officers(connection))


def _world(settings: Settings) -> Services:
    found: Services = create_app(settings).extensions[EXTENSION]
    return found
