"""outbox: every command of this device, what became of it, and what can still be done about it."""

import json
from pathlib import Path

import click
from rich.table import Table
from rich.text import Text as Rich

from client.cli.app import App
from client.cli.commands_told import refusal_lines, told_command
from client.cli.finding import find, name_of
from client.cli.page import form_fields
from client.cli.papers import document_label
from client.cli.plain import clean, size_in_words, value_in_words
from client.cli.trouble import Said
from client.store.outbox import Entry
from client.view import LocalCase
from sync.codec import line_of
from sync.errors import TenggatError
from sync.exchange import Device, Exchange
from sync.outbox import WAITING, State

_STYLES = {State.QUEUED: "cyan", State.SENT: "cyan", State.REFUSED: "bold red", State.SETTLED: "dim"}


@click.group(invoke_without_command=True)
@click.pass_context
def outbox(context: click.Context) -> None:
    """What this device did and the server has not received, or has refused. Without a command: the list.

    \b
    Examples:
      tenggat outbox
      tenggat outbox show 7
    """
    if context.invoked_subcommand is None:
        context.invoke(list_entries)


@outbox.command("list")
@click.option("--all", "every", is_flag=True, help="Also what was received or let go, for 30 days.")
@click.option("--case", help="Only what is about this case.")
@click.option("--json", "raw", is_flag=True, help="For programs, as JSON.")
@click.pass_obj
def list_entries(app: App, every: bool = False, case: str | None = None, raw: bool = False) -> None:
    """The commands that wait or were refused, oldest first."""
    states = tuple(State) if every else (*WAITING, State.REFUSED)
    only = find(app, case).id if case else None
    entries = app.store.outbox.entries(*states, case=only)
    if raw:
        click.echo(json.dumps([_as_json(entry) for entry in entries], ensure_ascii=False, indent=2))
        return
    if not entries:
        app.print(app.say("outbox_empty_all" if every else "outbox_empty"))
        return
    shown = Table(box=None, padding=(0, 2, 0, 0), header_style="bold", pad_edge=False)
    shown.add_column(app.say("outbox_number"), justify="right")
    shown.add_column(app.say("outbox_case"), no_wrap=True)
    shown.add_column(app.say("outbox_what"), ratio=1, overflow="fold")
    shown.add_column(app.say("outbox_state"), no_wrap=True)
    for entry in entries:
        picture = _case(app, entry)
        what = told_command(app, picture.service if picture else None, entry)
        state = Rich(app.say(f"state_{entry.state}"), style=_STYLES.get(entry.state, ""))
        shown.add_row(str(entry.seq), name_of(picture) if picture else entry.case[:8], Rich(clean(what)), state)
    app.console.print(shown)


@outbox.command("show")
@click.argument("number", type=int)
@click.pass_obj
def show_entry(app: App, number: int) -> None:
    """Everything a command carries, its state, and why it was refused.

    \b
    Example:
      tenggat outbox show 7
    """
    entry = _entry(app, number)
    picture, data = _case(app, entry), entry.data
    service = picture.service if picture else None
    name = name_of(picture) if picture else entry.case[:8]
    app.print(f"{entry.seq}. {name}: {told_command(app, service, entry)}", style="bold")
    app.print(app.say(f"state_{entry.state}"), style=_STYLES.get(entry.state, ""))
    app.print(f"{app.say('entry_queued')}: {app.moment(entry.queued_at)}")
    if entry.sent_at:
        app.print(f"{app.say('entry_sent')}: {app.moment(entry.sent_at)}")
    known = {field.name: field for field in service.fields} if service else {}
    asked = {f.name: f for f in form_fields(service, str(data.get("action")))} if service else {}
    for fields, values in ((known, data.get("set", {})), (asked, data.get("form", {}))):
        for key, value in values.items():
            field = fields.get(key)
            label = field.label.get(app.language) if field else key
            app.print(f"  {label}: {value_in_words(field, value, app.city, app.language)}")
    for one in data.get("attach", []):
        label = document_label(picture, one["document"], app.language) if picture else one["document"]
        size = size_in_words(one["size"], app.language)
        app.print(f"  {app.say('entry_file')}: {label} – {one.get('name') or '–'} ({size})")
    for item in data.get("items", []):
        app.print(f"  {app.say('entry_mend')}: {item.get('field') or item.get('document')} – {item.get('reason')}")
    if data.get("note"):
        app.print(f"  {app.say('entry_note')}: {data['note']}")
    if entry.state is State.REFUSED:
        for line in refusal_lines(app, service, entry, name):
            app.print(line, style="yellow")
    app.print(app.say("entry_line"), style="dim")
    app.print(line_of(entry.command).decode(), style="dim")


@outbox.command()
@click.argument("number", type=int)
@click.pass_obj
def retry(app: App, number: int) -> None:
    """Send what a refused command carried once more, under a new number.

    \b
    Example:
      tenggat outbox retry 7
    """
    seq = app.desk.retry(_entry(app, number))
    app.print(app.say("retried", seq=seq), style="green")


@outbox.command()
@click.argument("number", type=int)
@click.pass_obj
def undo(app: App, number: int) -> None:
    """Take back a command that has not left this device. A case that was sent in is a draft again.

    \b
    Example:
      tenggat outbox undo 7
    """
    entry = _entry(app, number)
    if entry.state is not State.QUEUED:
        raise Said("error_frozen")
    app.desk.undo(entry)
    left = _entry(app, number)
    app.print(app.say("undone" if left.state is State.SETTLED else "undone_submit", seq=entry.seq))


@outbox.command("give-up")
@click.argument("number", type=int)
@click.pass_obj
def give_up(app: App, number: int) -> None:
    """Let a refused command go. Its text stays readable for 30 days.

    \b
    Example:
      tenggat outbox give-up 7
    """
    entry = _entry(app, number)
    if entry.state is not State.REFUSED:
        raise Said("not_refused", seq=entry.seq)
    with app.store.transaction():
        app.store.outbox.settle(entry)
    app.print(app.say("given_up", seq=entry.seq))


@outbox.command()
@click.argument("path", metavar="FILE")
@click.pass_obj
def export(app: App, path: str) -> None:
    """Write what waits to FILE (- is standard output), as the very lines of a request to POST /api/v1/sync.

    Nothing is sent or frozen by it. The token is not in it; personal data is.

    \b
    Example:
      tenggat outbox export menunggu.ndjson
    """
    waiting = app.store.outbox.entries(*WAITING)
    instance = waiting[0].instance if waiting else None
    # A request speaks for one instance; what a copy of this database left behind goes first, as in a sync.
    entries = [entry for entry in waiting if entry.instance == instance]
    device = Device(
        instance=app.store.outbox.identity(instance),
        epoch=app.store.meta.get("epoch"),
        cursor=app.store.meta.get("cursor"),
        catalogue=app.store.meta.get("catalogue"),
        promises=app.store.meta.get("promises"),
        clock=app.store.stamp(),
        app=app.store.app,
        guest=bool(app.store.meta.get("guest")),
        seqs=[entry.seq for entry in entries],
        lines=[line_of(entry.command) for entry in entries],
    )
    body = b"".join(Exchange(device).request())
    if path == "-":
        click.echo(body, nl=False)
        return
    try:
        with Path(path).open("xb") as file:
            Path(path).chmod(0o600)
            file.write(body)
    except FileExistsError:
        raise Said("file_exists", path=path) from None
    except OSError as error:
        raise Said("no_file", path=path, reason=error.strerror or error) from None
    app.print(app.say("exported", n=len(entries), path=path), style="green")


def _entry(app: App, number: int) -> Entry:
    entry = app.store.outbox.entry(number)
    if entry is None:
        raise Said("no_entry", n=number)
    return entry


def _case(app: App, entry: Entry) -> LocalCase | None:
    try:
        return app.desk.case(entry.case)
    except TenggatError:
        return None


def _as_json(entry: Entry) -> dict[str, object]:
    return {
        "seq": entry.seq,
        "state": str(entry.state),
        "case": entry.case,
        "kind": entry.kind,
        "queued_at": entry.queued_at,
        "sent_at": entry.sent_at,
        "bytes": entry.size,
        "data": entry.data,
        "result": entry.result,
    }
