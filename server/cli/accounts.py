"""account: adding people, looking for them, and one of them with all that hangs on them."""

import json
from dataclasses import asdict

import click

from server.access import closing, given_password, people
from server.access.people import Chosen, Person, Shown
from server.access.staff import add_staff
from server.cli import account_changes
from server.cli.account_changes import tell_password
from server.opening import open_city
from server.settings import Settings

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
    world = open_city(settings)
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
        made_up=made_up,
    )
    click.echo(f"{login} can sign in as {', '.join(roles)}")
    if made_up:
        tell_password(password)
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
    "--factor",
    type=click.Choice(["on", "shut", "none"]),
    help="Of the second factor: set up; shut after wrong codes; or none, of whoever could open the admin pages so.",
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
    factor: str | None,
    most: int,
    raw: bool,
) -> None:
    """The city's staff by name, or those with WORDS in login or name.

    \b
    Examples:
      tenggat-server account list --role surveyor --office distaru
      tenggat-server account list --citizens "Warga Contoh"
      tenggat-server account list --role admin --factor none
    """
    world = open_city(settings)
    chosen = Chosen("citizen" if citizens else "staff", words, role, office, state, factor)  # type: ignore[arg-type]
    found = people.people(world.engine, chosen, now=world.sources.clock(), most=most)
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
    world = open_city(settings)
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
    if one.password_until:
        over = given_password.is_over(one.password_until, now)
        click.echo(f"password made up by an admin, {'over since' if over else 'good until'} {one.password_until}")
    if shown.factor:
        click.echo(f"second factor since {shown.factor.since}, {shown.factor.left} recovery codes left")
        if shown.factor.shut:
            click.echo(f"codes of the phone shut since {shown.factor.shut}; `account password {one.login}` opens them")
    for device in shown.devices:
        ended = f"revoked {device.revoked}" if device.revoked else "may exchange"
        seen = f"came by a file {device.carried}" if device.carried else f"seen {device.seen or 'never'}"
        click.echo(f"  device {device.id[:8]}  {seen}  {ended}  {device.app}")
    for made in shown.invitations:
        click.echo(f"  invitation {made.id[:8]}  {made.state(now)}  until {made.expires}")


for one in (
    account_changes.rename,
    account_changes.roles,
    account_changes.scopes,
    account_changes.password,
    account_changes.disable,
    account_changes.enable,
    account_changes.sign_out,
    account_changes.remove_factor,
):
    account.add_command(one)


def _line(one: Person) -> str:
    parts = [one.login, one.name, ", ".join(one.roles), " ".join(one.scopes) or "no office"]
    parts += [f"{one.devices} devices, seen {one.seen}" if one.seen else f"{one.devices} devices, never seen"]
    return "  ".join([*parts, *([f"closed {one.disabled}"] if one.disabled else [])])


def _as_json(shown: Shown) -> dict[str, object]:
    return asdict(shown.person) | {
        "work": shown.work,
        "sessions": shown.sessions,
        "factor": asdict(shown.factor) if shown.factor else None,
        "device_list": [asdict(one) for one in shown.devices],
        "invitations": [asdict(one) for one in shown.invitations],
    }
