"""bundle, answer, carry: what waits goes out in a file, and comes back answered in one, with no network here."""

from pathlib import Path

import click

from client.bundles import carrying
from client.bundles.answering import Heard, import_file, take_answer
from client.bundles.placing import placed
from client.bundles.writing import write_bundle
from client.cli.app import App
from client.cli.plain import size_in_words
from client.cli.syncing import meter, tell_refused
from client.cli.trouble import DONE, REFUSED, Said, exit_status, told, told_by_code
from sync.errors import TenggatError


@click.command()
@click.argument("path", metavar="FILE", type=click.Path(path_type=Path))
@click.option("--without-files", is_flag=True, help="Leave photos and documents out: small enough for any messenger.")
@click.pass_obj
def bundle(app: App, path: Path, without_files: bool) -> None:
    """Write what waits to FILE, to be carried to the server on a stick or by any messenger.

    Nobody but the server can read it, and importing it twice does nothing twice. What is in it can no longer be undone
    here, as if it had been sent. Keep this device's data: only it can read the answer (tenggat answer).

    \b
    Examples:
      tenggat bundle /media/usb/survei.tenggat
      tenggat bundle kiriman.tenggat --without-files
    """
    if path.exists():
        raise Said("file_exists", path=path)
    try:
        with placed(path) as file:
            written = write_bundle(app.store, file, files=not without_files)
    except OSError as error:
        raise Said("no_file", path=path, reason=error.strerror or error) from None
    size = size_in_words(written.bytes, app.language)
    app.print(app.say("bundle_written", n=written.commands, files=written.files, size=size, path=path), style="green")
    app.print(app.say("bundle_next", path=path))
    left = app.store.files.unsent()[0] - written.files
    if left > 0:
        app.print(app.say("bundle_files_left", n=left))
    if written.left:
        app.print(app.say("bundle_left", n=written.left))


@click.command()
@click.argument("path", metavar="FILE", type=click.Path(path_type=Path))
@click.pass_obj
def answer(app: App, path: Path) -> None:
    """Take in the answer to a bundle of this device. Twice, or late, does no harm.

    Also takes what a browser wrote of what it could not send (tenggat-outbox.json), where it is the same person's: it
    is sent from here then.

    \b
    Example:
      tenggat answer /media/usb/survei.answer.tenggat
    """
    try:
        with path.open("rb") as source:
            if source.read(1) == b"{":
                counts = import_file(app.store, source)
                app.print(app.say("adopted", n=counts["taken"], known=counts["known"]), style="green")
                return
            heard = take_answer(app.store, source)
    except OSError as error:
        raise Said("no_file", path=path, reason=error.strerror or error) from None
    if (status := _tell(app, heard)) != DONE:
        raise click.exceptions.Exit(status)


@click.command()
@click.argument("paths", metavar="FILE...", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--server", envvar="TENGGAT_SERVER", metavar="URL", help="Where to, if this profile has no server yet.")
@click.pass_obj
def carry(app: App, paths: tuple[Path, ...], server: str | None) -> None:
    """Bring others' bundles to the server, and save each answer beside its bundle. This device can read neither.

    Needs a network, and nobody has to be signed in. Again does no harm, and is said to be needed (exit status 1) where
    the server did not take some of the photos for now.

    \b
    Examples:
      tenggat carry /media/usb/*.tenggat
      tenggat carry survei.tenggat --server https://layanan.example.id
    """
    transport = app.transport(None if app.server else server)
    status = DONE
    for path in paths:
        try:
            with meter(app) as shown:
                carried = carrying.carry(app.store, transport, path, shown)
        except TenggatError as error:
            status = max(status, exit_status(error))
            app.warn(f"{path}: {told(error, app.language)[0]}", *told(error, app.language)[1:])
            continue
        except OSError as error:
            status = max(status, REFUSED)
            app.warn(app.say("no_file", path=path, reason=error.strerror or error))
            continue
        app.print(app.say("carried", path=path, answer=carried.answer), style="green")
        if carried.later:
            status = max(status, REFUSED)
            app.warn(app.say("carried_later", n=carried.later, path=path))
    if status != DONE:
        raise click.exceptions.Exit(status)


def _tell(app: App, heard: Heard) -> int:
    """What an answer did, in words; the exit status."""
    say = app.say
    counts = (
        ("heard_answered", heard.settled),
        ("sync_received", heard.received),
        ("sync_dropped", heard.dropped),
        ("heard_files", heard.files),
    )
    parts = [say(key, n=n) for key, n in counts if n]
    app.print(f"{say('heard')}: {', '.join(parts or [say('heard_nothing')])}.", style="green")
    if heard.wiped:
        app.warn(*told_by_code("revoked", "", app.language))
        return REFUSED
    for problem in heard.problems:
        app.warn(say("heard_problem"), *told_by_code(problem.code, problem.detail, app.language))
    if heard.upgrade:
        app.warn(*told_by_code("upgrade", "", app.language))
    if heard.refused:
        app.print(say("sync_refused", n=len(heard.refused)), style="bold red")
        for result in heard.refused:
            tell_refused(app, result)
    if heard.files_refused:
        app.print(say("sync_files_refused", n=len(heard.files_refused)), style="bold red")
    if not heard.whole:
        app.print(say("heard_late"))
    elif heard.more:
        app.print(say("heard_more"))
    if waiting := app.store.outbox.waiting()[0]:
        app.print(say("sync_still", n=waiting))
    return REFUSED if heard.refused or heard.files_refused or heard.problems or heard.upgrade else DONE
