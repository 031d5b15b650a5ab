"""device: who may come in with which device, what waits on each, and revoking one."""

import json
import os
import sys
from dataclasses import asdict
from pathlib import Path

import click
import segno

from server.access import asking, audit, city_settings, invitations, linking, roster
from server.access.naming import called
from server.access.roster import Chosen
from server.admin.survey import LEVELS, survey
from server.domain.trouble_words import CODES, what_to_do, why
from server.domain.troubles import Facts
from server.opening import open_city
from server.settings import Settings
from server.web.programs import newest_in

LOCAL = "http://127.0.0.1:8000"
"""Where `serve` listens unless told otherwise: a link to it opens on this computer only."""


@click.group()
def device() -> None:
    """Devices of the city's people: inviting one by a link, looking through them, revoking one."""


@device.command()
@click.argument("login")
@click.option(
    "--days",
    default=invitations.DAYS,
    show_default=True,
    type=click.IntRange(1, invitations.MOST_DAYS),
    help="How long the link is good for.",
)
@click.option(
    "--server",
    envvar="TENGGAT_SERVER",
    metavar="URL",
    help="The server's address, as devices reach it; else TENGGAT_ADDRESS.",
)
@click.option(
    "--certificate",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="PEM of the self-signed certificate that the server shows: the device will take no other.",
)
@click.option("--png", type=click.Path(dir_okay=False, path_type=Path), help="Write the QR code to this file as well.")
@click.pass_obj
def invite(
    settings: Settings, login: str, days: int, server: str | None, certificate: Path | None, png: Path | None
) -> None:
    """Make a link that brings one device in as LOGIN, with no password.

    Send it, or let the device's camera read it off this screen. Whoever has it first is in: hand it to nobody else.
    """
    known = server or settings.address
    address = linking.address_of(known or LOCAL)
    pinned = linking.fingerprint_of(certificate, address) if certificate else None
    world = open_city(settings)
    code, made = invitations.invite(world.engine, world.sources, login, days)
    link = linking.link_of(address, code, pinned)
    picture = segno.make(link, error="m", micro=False)
    click.echo(link)
    click.echo(f"{made.name} ({made.login}): one device, until {made.expires}; invitation {made.id[:8]}", err=True)
    for warning in linking.warnings_of(address, certificate, given=known is not None):
        click.echo(warning, err=True)
    if sys.stdout.isatty():
        picture.terminal(compact=True)
    if png:
        # Whoever may read the picture may come in.
        with os.fdopen(os.open(png, os.O_CREAT | os.O_WRONLY | os.O_TRUNC, 0o600), "wb") as file:
            picture.save(file, kind="png", scale=8)
        click.echo(f"QR code in {png}", err=True)


@device.command("invites")
@click.option("--all", "every", is_flag=True, help="Used, expired and revoked ones too.")
@click.option("--json", "raw", is_flag=True, help="For programs, as JSON.")
@click.pass_obj
def invites(settings: Settings, every: bool, raw: bool) -> None:
    """The invitations that are still open."""
    world = open_city(settings)
    now = world.sources.clock()
    found = [(i, i.state(now)) for i in invitations.invitations(world.engine)]
    shown = [(i, state) for i, state in found if every or state == "open"]
    if raw:
        click.echo(json.dumps([asdict(i) | {"state": state} for i, state in shown], ensure_ascii=False, indent=2))
        return
    for made, state in shown:
        came = f"  device {made.device[:8]}" if made.device else ""
        click.echo(f"{made.id[:8]}  {state:<8}  until {made.expires}  {made.login} ({made.name}){came}")
    if not shown:
        click.echo("no invitation is open" if not every else "no invitation was ever made", err=True)


@device.command()
@click.argument("invitation")
@click.pass_obj
def uninvite(settings: Settings, invitation: str) -> None:
    """Take an open invitation back, called by its id or the beginning of it."""
    world = open_city(settings)
    found = invitations.withdraw(world.engine, world.sources, invitation)
    click.echo(f"the invitation {found.id[:8]} for {found.login} opens nothing any more")


@device.command("list")
@click.option("--login", help="Only this account's.")
@click.option("--guests", is_flag=True, help="Guests' devices too.")
@click.option("--revoked", is_flag=True, help="Revoked ones too.")
@click.option("--office", help="Only of who sees cases of this office.")
@click.option(
    "--trouble", type=click.Choice([*LEVELS, *CODES]), metavar="CODE", help="Only with this trouble, or of this level."
)
@click.option("--json", "raw", is_flag=True, help="For programs, as JSON.")
@click.pass_obj
def list_devices(
    settings: Settings,
    login: str | None,
    guests: bool,
    revoked: bool,
    office: str | None,
    trouble: str | None,
    raw: bool,
) -> None:
    """Devices with their owner, last contact, what waits on them, and why it is stuck; the worst first, as on the
    board. A revoked one stays until it has handed over what it holds."""
    world = open_city(settings)
    now = world.sources.clock()
    chosen = Chosen("all" if guests else "accounts", login=login, office=office, gone=revoked)
    found = roster.devices(world.engine, chosen, now=now)
    seen = survey(
        found,
        now,
        current=newest_in(settings.web),
        trouble=trouble,
        silent_days=city_settings.as_set(world.engine).silent_days,
    )
    if len(found) >= roster.MOST:
        click.echo(
            f"only the first {len(found)} devices were looked at; narrow it down with --office or --login", err=True
        )
    if raw:
        told = [asdict(row.facts) | {"troubles": [one.code for one in row.troubles]} for row in seen.rows]
        click.echo(json.dumps(told, ensure_ascii=False, indent=2))
        return
    for row in seen.rows:
        click.echo(_line(row.facts))
        for one in row.troubles:
            click.echo(f"          {why(one, 'en')} {what_to_do(one, 'en')}")
    if not found:
        click.echo("no device is known", err=True)
    elif not seen.rows:
        click.echo("no device is in this trouble", err=True)


@device.command()
@click.argument("ids", metavar="ID...", nargs=-1, required=True)
@click.option(
    "--why",
    "reason",
    type=click.Choice(asking.REASONS),
    default="other",
    show_default=True,
    help="Stands in the audit log and on the board.",
)
@click.pass_obj
def revoke(settings: Settings, ids: tuple[str, ...], reason: str) -> None:
    """Revoke devices, each called by its id or the beginning of it.

    At its next exchange a revoked device hands over what waits on it (to quarantine), then drops all that it holds.
    """
    world = open_city(settings)
    found = [called(begin, roster.beginning(world.engine, begin), "a device") for begin in ids]
    asking.revoke(world.engine, world.sources, [one.id for one in found], audit.CLI, reason)
    for one in found:
        waits = f"; {one.waiting + one.files} things waited on it, and come to quarantine" if _waits(one) else ""
        click.echo(f"{one.id[:8]} of {one.name} is revoked{waits}")


@device.command()
@click.argument("id_", metavar="ID")
@click.pass_obj
def resync(settings: Settings, id_: str) -> None:
    """Have a device start over: at its next exchange it is sent all that it may see anew. What waits on it stays."""
    world = open_city(settings)
    found = called(id_, roster.beginning(world.engine, id_), "a device")
    asking.ask_resync(world.engine, world.sources, found.id, audit.CLI)
    click.echo(f"{found.id[:8]} of {found.name} starts over when it comes")


@device.command()
@click.argument("id_", metavar="ID")
@click.option("--show", is_flag=True, help="Ask for nothing; print the reports that came, the newest first, as JSON.")
@click.pass_obj
def diagnose(settings: Settings, id_: str, show: bool) -> None:
    """Ask a device how it stands: counts, versions, codes and times, nothing that anybody typed."""
    world = open_city(settings)
    found = called(id_, roster.beginning(world.engine, id_), "a device")
    if show:
        told = [{"came": one.came} | one.body for one in asking.diagnoses(world.engine, found.id)]
        click.echo(json.dumps(told, ensure_ascii=False, indent=2))
        return
    asking.ask_diagnosis(world.engine, world.sources, found.id, audit.CLI)
    click.echo(f"{found.id[:8]} of {found.name} is asked when it comes; see it then with --show")


def _line(one: Facts) -> str:
    parts = [one.id[:8], f"seen {one.seen}" if one.seen else _never_seen(one)]
    parts.append(f"{one.login} ({one.name})" if one.login else one.name)
    if _waits(one):
        since = f" since {one.oldest}" if one.oldest else ""
        parts.append(f"waiting: {one.waiting} commands, {one.files} files{since}")
    if one.refused:
        parts.append(f"refused: {one.refused}")
    if one.revoked:
        parts.append(f"revoked {one.revoked}")
    return "  ".join([*parts, one.app])


def _never_seen(one: Facts) -> str:
    return f"came by a file {one.carried}" if one.carried else f"never seen, made {one.created}"


def _waits(one: Facts) -> bool:
    return bool(one.waiting or one.files)
