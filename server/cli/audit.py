"""audit: what was done by admins, and whether the log of it is whole."""

import json
from dataclasses import asdict

import click

from server.access import audit as log
from server.opening import open_city
from server.settings import Settings


@click.group()
def audit() -> None:
    """The log of what was done on the admin pages and on this command line."""


@audit.command("list")
@click.option("--action", help="Only these: a word like device.revoke, or its beginning.")
@click.option(
    "--most", default=50, show_default=True, type=click.IntRange(1, 100_000), help="Print no more than these."
)
@click.option("--json", "raw", is_flag=True, help="For programs, as JSON.")
@click.pass_obj
def list_entries(settings: Settings, action: str | None, most: int, raw: bool) -> None:
    """Rows of the log, the newest first."""
    found = log.entries(open_city(settings).engine, most=most, action=action)
    if raw:
        click.echo(json.dumps([asdict(one) for one in found], ensure_ascii=False, indent=2))
        return
    for one in found:
        details = f"  {json.dumps(one.details, ensure_ascii=False)}" if one.details else ""
        click.echo(f"{one.pos}  {one.at}  {one.login or one.person}  {one.action}  {one.target}{details}")
    if not found:
        click.echo("nothing was noted yet", err=True)


@audit.command()
@click.option("--expect", metavar="HASH", help="A last hash that was noted before: its row must still be there.")
@click.pass_obj
def verify(settings: Settings, expect: str | None) -> None:
    """Check that no row was changed or dropped since; exit status 1 where one was.

    Note the hash that this prints somewhere else, and give it to --expect the next time.
    """
    count, last = log.verify(open_city(settings).engine, expect)
    click.echo(f"{count} rows, each as it was written; the last hash is {last}")
