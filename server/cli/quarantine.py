"""quarantine: what was set aside, and what is done about it."""

import json
import sys
from dataclasses import asdict
from typing import BinaryIO

import click
import msgspec

from server.access.audit import CLI
from server.commands import amendments
from server.commands import quarantine as held
from server.commands.quarantine import Item
from server.opening import open_city
from server.settings import Settings
from sync.errors import Invalid


@click.group()
def quarantine() -> None:
    """Commands that could not be carried out: kept whole, until somebody tries again, corrects or rejects them."""


@quarantine.command("list")
@click.option(
    "--most", default=100, show_default=True, type=click.IntRange(1, 10_000), help="Print no more than these."
)
@click.option("--json", "raw", is_flag=True, help="For programs, as JSON.")
@click.pass_obj
def list_items(settings: Settings, most: int, raw: bool) -> None:
    """What lies there, the longest first, without what somebody typed."""
    found = held.items(open_city(settings).engine, most=most)
    if raw:
        click.echo(json.dumps([asdict(one) for one in found], ensure_ascii=False, indent=2))
        return
    for one in found:
        click.echo(_told(one))
    if not found:
        click.echo("the quarantine is empty", err=True)


@quarantine.command()
@click.argument("key")
@click.option(
    "--payload", is_flag=True, help="What was sent too: it holds personal data, and that it is read is noted."
)
@click.pass_obj
def show(settings: Settings, key: str, payload: bool) -> None:
    """One of them, as JSON; with --payload the line that was sent, to be mended and given to `correct`."""
    world = open_city(settings)
    if payload:
        line = held.read_payload(world.engine, world.commands, key, CLI)
        sys.stdout.buffer.write(line + b"\n")
        return
    click.echo(json.dumps(asdict(held.item(world.engine, key)), ensure_ascii=False, indent=2))


@quarantine.command()
@click.argument("key")
@click.pass_obj
def retry(settings: Settings, key: str) -> None:
    """Carry a command out as it was sent, in its sender's name, once."""
    world = open_city(settings)
    instance, seq = _key(held.item(world.engine, key))
    done = amendments.retry(world.commands, instance, seq, CLI)
    click.echo(f"{done.status}{f' as {done.number}' if done.number else ''}; its device hears of it when it comes")


@quarantine.command()
@click.argument("key")
@click.argument("line", type=click.File("rb"))
@click.pass_obj
def correct(settings: Settings, key: str, line: BinaryIO) -> None:
    """Carry out the corrected command in LINE (a file, or - for standard input) in its place; both are kept."""
    world = open_city(settings)
    item = held.item(world.engine, key)
    try:
        mended = msgspec.json.encode(msgspec.json.decode(line.read()))
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise Invalid(f"this is no JSON: {error}") from None
    if item.stray or item.seq is None:
        done = held.correct_stray(world.commands, key, CLI, mended)
    else:
        done = amendments.retry(world.commands, item.instance, item.seq, CLI, mended)
    click.echo(f"{done.status}{f' as {done.number}' if done.number else ''}")


@quarantine.command()
@click.argument("key")
@click.argument("words")
@click.pass_obj
def reject(settings: Settings, key: str, words: str) -> None:
    """Refuse a command in these WORDS, which its sender is shown."""
    world = open_city(settings)
    amendments.reject(world.commands, *_key(held.item(world.engine, key)), CLI, words)
    click.echo("rejected; its sender sees the answer when the device comes")


@quarantine.command()
@click.argument("key")
@click.pass_obj
def dismiss(settings: Settings, key: str) -> None:
    """Lay a line without a number aside: nobody can be answered for it. It stays in the database."""
    held.dismiss_stray(open_city(settings).commands, key, CLI)
    click.echo("laid aside")


def _key(item: Item) -> tuple[str, int]:
    if item.stray or item.seq is None:
        raise Invalid("a line without a number can only be corrected or dismissed")
    return item.instance, item.seq


def _told(one: Item) -> str:
    about = one.number or (one.case or "")[:8]
    why = (one.text or {}).get("en", "")
    return f"{one.key}  {one.received}  {one.code}  {one.kind or 'a line'} {about}  {one.name}  {why}".rstrip()
