"""sync: an exchange with the server, and what came of it in words."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

import click
from rich.progress import BarColumn, Progress, TextColumn

from client.cli.app import App
from client.cli.commands_told import refusal_lines, told_command
from client.cli.finding import name_of
from client.cli.papers import refused_lines
from client.cli.plain import size_in_words
from client.cli.trouble import DONE, REFUSED, exit_status, told, told_by_code
from client.engine import Report
from client.newer import newer
from client.store.files import Upload
from sync.errors import NotFound, NotSignedIn, TenggatError
from sync.messages import Result


@click.command()
@click.option("--watch", is_flag=True, help="Go on syncing on a timer until Ctrl-C.")
@click.pass_obj
def sync(app: App, watch: bool) -> None:
    """Send what waits and fetch what changed; then photos and documents, the smallest first.

    Ends with status 1 where the server refused something, 3 where it cannot be reached, 4 where nobody is signed in.

    \b
    Examples:
      tenggat sync
      tenggat sync --watch
    """
    _ready(app)
    if watch:
        _watch(app)
    elif (status := sync_once(app)) != DONE:
        raise click.exceptions.Exit(status)


def sync_once(app: App) -> int:
    """One run of exchanges, then of files, told; the exit status it ends with."""
    with meter(app) as shown:
        report = app.engine().sync(shown)
    _tell(app, report, shown)
    if report.wiped:
        raise _Revoked(told_by_code("revoked", "", "en")[0])
    if report.trouble is not None:
        return exit_status(report.trouble)
    return REFUSED if report.refused or report.upgrade or report.files_refused else DONE


class _Revoked(TenggatError):
    code = "revoked"


def _ready(app: App) -> None:
    if app.store.meta.get("wiped") and app.store.meta.get("token") is None:
        raise _Revoked("this device was revoked")
    if app.store.meta.get("token") is None:
        raise NotSignedIn("this device is not signed in")
    app.transport()


class Meter:
    """Counts bytes each way and, in a terminal, draws them, file by file."""

    def __init__(self, app: App, bar: Progress | None) -> None:
        self.up = self.down = self._fetched = 0
        self._file = (0, 0)
        self._app, self._bar, self._last = app, bar, 0
        self._task = bar.add_task(app.say("sending"), total=None) if bar else None

    def __call__(self, what: str, done: int, total: int | None) -> None:
        if what == "sending":
            self.up += total or 0
            self._last = 0
        elif what == "receiving":
            self.down += done - self._last
            self._last = done
        elif what == "fetching":
            self.down += done - self._fetched if done > self._fetched else done
            self._fetched = done
        elif what == "file":
            self._file = (done, total or done)
            return
        if self._bar is not None and self._task is not None:
            size = f" {size_in_words(done or total or 0, self._app.language)}" if done or total else ""
            words = self._app.say(what, n=self._file[0], all=self._file[1])
            self._bar.update(self._task, description=words + size, completed=done, total=total)


@contextmanager
def meter(app: App) -> Iterator[Meter]:
    """What shows how far something has come; in a terminal only."""
    if not app.errors.is_terminal:
        yield Meter(app, None)
        return
    with Progress(TextColumn("{task.description}"), BarColumn(), console=app.errors, transient=True) as bar:
        yield Meter(app, bar)


def _tell(app: App, report: Report, meter: Meter | None) -> None:
    say = app.say
    counts = (("sync_sent", report.sent), ("sync_received", report.received), ("sync_dropped", report.dropped))
    parts = [say(key, n=n) for key, n in (*counts, ("sync_mended", report.mended)) if n]
    if report.files:
        # Of what the server had already, no byte was sent.
        key = "sync_files" if report.file_bytes else "sync_files_known"
        parts.append(say(key, n=report.files, size=_size(app, report.file_bytes)))
    if report.fetched:
        parts.append(say("sync_fetched", n=report.fetched))
    words = ", ".join(parts or [say("sync_same")])
    if meter is not None:
        bytes_ = say("sync_bytes", up=_size(app, meter.up + report.file_bytes), down=_size(app, meter.down))
        words += f" ({bytes_})"
    app.print(f"{say('synced')}: {words}.", style="yellow" if report.refused or report.upgrade else "green")
    if report.upgrade:
        app.warn(*told_by_code("upgrade", "", app.language))
    if report.refused:
        app.print(say("sync_refused", n=len(report.refused)), style="bold red")
        for result in report.refused:
            tell_refused(app, result)
    if report.files_refused:
        app.print(say("sync_files_refused", n=len(report.files_refused)), style="bold red")
        for upload in report.files_refused:
            _tell_refused_file(app, upload)
    if waiting := app.store.outbox.waiting()[0]:
        app.print(say("sync_still", n=waiting))
    left, size, sent = app.store.files.unsent()
    if left:
        app.print(say("sync_files_still", n=left, size=_size(app, size - sent)))
    if report.trouble is not None:
        app.warn(*told(report.trouble, app.language))
    if conflicts := app.store.records.conflicts():
        app.print(say("sync_conflicts", n=conflicts), style="magenta")
    if version := newer(app.store):
        app.print(say("newer_there", version=version), style="cyan")


def _size(app: App, number: int) -> str:
    return size_in_words(number, app.language)


def tell_refused(app: App, result: Result) -> None:
    """One refused command, and what can be done about it."""
    entry = app.store.outbox.entry(result.seq) if result.seq else None
    if entry is None:
        app.print(f"  {(result.text or {}).get(app.language) or result.code}")
        return
    try:
        case = app.desk.case(entry.case)
        name, service = name_of(case), case.service
    except NotFound:
        name, service = entry.case[:8], None
    app.print(f"  {entry.seq}. {name}: {told_command(app, service, entry)}", style="red")
    for line in refusal_lines(app, service, entry, name):
        app.print(f"     {line}")


def _tell_refused_file(app: App, upload: Upload) -> None:
    try:
        case = app.desk.case(upload.case)
    except NotFound:
        app.print(f"  {upload.case[:8]}: {upload.name or upload.document}", style="red")
        return
    app.print(f"  {name_of(case)}: {upload.name or upload.document}", style="red")
    for line in refused_lines(app, case, upload):
        app.print(f"     {line}")


def _watch(app: App) -> None:
    app.print(app.say("watching", server=app.server))

    def tell(outcome: Report | TenggatError) -> None:
        stamp = f"{app.now:%H:%M:%S}"
        if isinstance(outcome, TenggatError):
            app.warn(f"{stamp} {told(outcome, app.language)[0]}")
        elif _worth_telling(outcome):
            app.print(stamp, style="dim")
            _tell(app, outcome, None)
        if isinstance(outcome, Report) and outcome.wiped:
            stop.set()

    stop = threading.Event()
    try:
        app.engine().run(stop, tell)
    except KeyboardInterrupt:
        app.print(app.say("stopped"))
    if app.store.meta.get("token") is None:
        raise _Revoked("this device was revoked")


def _worth_telling(report: Report) -> bool:
    commands = report.sent or report.received or report.dropped or report.refused or report.upgrade
    return bool(commands or report.files or report.files_refused or report.trouble)
