"""attach, detach, files, file: the photos and documents of a case, with or without a network."""

import json
import shutil
import sys
from pathlib import Path
from typing import Any

import click
import msgspec
from rich.table import Table
from rich.text import Text as Rich

from client import documents
from client.cli.app import App
from client.cli.finding import find, name_of
from client.cli.locking import viewing_folder
from client.cli.papers import (
    Paper,
    document_label,
    papers,
    path_of,
    state_style,
    state_words,
    take_in,
    tell_refused,
    tell_room,
)
from client.cli.plain import clean, size_in_words
from client.cli.trouble import REFUSED, Said
from client.files.fetching import Fetching
from client.files.refusals import FileRefused, StorageFull, reason
from client.view import LocalCase
from schemas.documents import counted


@click.command()
@click.argument("case")
@click.argument("document")
@click.argument("paths", nargs=-1, required=True, metavar="FILE...")
@click.pass_obj
def attach(app: App, case: str, document: str, paths: tuple[str, ...]) -> None:
    """Attach photos or PDFs to DOCUMENT of a draft or a correction. They are copied: what is kept is smaller, and
    without what a camera writes beside a picture but for its time and place.

    \b
    Examples:
      tenggat attach 3f9a1c ktp ~/Foto/ktp.jpg
      tenggat attach KRK-2026-000012 land_proof halaman-1.jpg halaman-2.jpg
    """
    found = find(app, case)
    wanted = documents.document_of(found, document)
    failed = 0
    for path in map(path_of, paths):
        try:
            take_in(app, app.desk.case(found.id), wanted, path)
        except (FileRefused, StorageFull) as error:
            tell_refused(app, path, error, found)
            failed += 1
    tell_missing(app, app.desk.case(found.id))
    tell_room(app)
    if failed:
        raise click.exceptions.Exit(REFUSED)


@click.command()
@click.argument("case")
@click.argument("number", type=int, metavar="N")
@click.pass_obj
def detach(app: App, case: str, number: int) -> None:
    """Take file N (see `tenggat files CASE`) off a draft or a correction.

    \b
    Example:
      tenggat detach 3f9a1c 2
    """
    found = find(app, case)
    paper = _paper(app, found, number)
    app.desk.detach(found.id, paper.file.id)
    app.print(app.say("detached", name=paper.name))


@click.command("files")
@click.argument("case")
@click.option("--json", "raw", is_flag=True, help="For programs, as JSON.")
@click.pass_obj
def files_of(app: App, case: str, raw: bool) -> None:
    """The files of a case, and where each of them is.

    \b
    Example:
      tenggat files KRK-2026-000012
    """
    found = find(app, case)
    if raw:
        click.echo(json.dumps([as_json(paper) for paper in papers(app, found)], ensure_ascii=False, indent=2))
        return
    if not found.files:
        app.print(app.say("files_none"))
    else:
        app.console.print(table(app, found))
        arrived, all_ = counted(found.files)
        app.print(app.say("files_counted", arrived=arrived, n=all_))
        app.print(app.say("files_save_how", case=name_of(found)), style="dim")
        if app.desk.possible.may_edit(found):
            app.print(app.say("files_detach_how", case=name_of(found)), style="dim")
    tell_missing(app, found)


@click.group("file")
def file() -> None:
    """One file of a case: save a copy of it, or look at it.

    \b
    Example:
      tenggat file save KRK-2026-000012 1
    """


@file.command()
@click.argument("case")
@click.argument("number", type=int, metavar="N")
@click.option("--to", "target", metavar="PATH", help="A file or a folder; else here, under its own name.")
@click.pass_obj
def save(app: App, case: str, number: int, target: str | None) -> None:
    """Save a copy of file N. What is not on this device is fetched, which needs a network.

    \b
    Examples:
      tenggat file save KRK-2026-000012 1
      tenggat file save KRK-2026-000012 1 --to ~/Unduhan
    """
    found = find(app, case)
    paper = _paper(app, found, number)
    path = Path(target or ".").expanduser()
    path = path / _file_name(paper) if path.is_dir() else path
    _copy(app, found, paper, path)
    app.print(app.say("file_saved", name=paper.name, path=path), style="green")


@file.command("open")
@click.argument("case")
@click.argument("number", type=int, metavar="N")
@click.pass_obj
def open_file(app: App, case: str, number: int) -> None:
    """Show file N in this system's own viewer. The copy for it is removed when the next one is opened.

    \b
    Example:
      tenggat file open KRK-2026-000012 1
    """
    found = find(app, case)
    paper = _paper(app, found, number)
    folder = viewing_folder(app)
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(mode=0o700, parents=True)
    path = folder / _file_name(paper)
    _copy(app, found, paper, path)
    app.print(app.say("file_opening", path=path))
    # Elsewhere it would wait until the viewer is closed; here, until it is found or not.
    if click.launch(str(path), wait=sys.platform.startswith("linux")):
        raise Said("file_no_viewer", case=name_of(found), n=number)


def table(app: App, case: LocalCase) -> Table:
    """Every file of a case with its number."""
    shown = Table(box=None, padding=(0, 2, 0, 0), header_style="bold", pad_edge=False)
    shown.add_column(app.say("col_file"), justify="right", no_wrap=True)
    shown.add_column(app.say("col_document"), overflow="fold", min_width=12)
    # What a camera calls a photo is long and says little.
    shown.add_column(app.say("col_name"), no_wrap=True, overflow="ellipsis", max_width=22)
    shown.add_column(app.say("col_size"), justify="right", no_wrap=True)
    shown.add_column(app.say("col_state"), overflow="fold", min_width=16)
    for paper in papers(app, case):
        one = paper.file.attachment
        state = state_words(app, paper.state, one.size) + (f"; {app.say('file_late')}" if one.late else "")
        shown.add_row(
            str(paper.n),
            Rich(clean(document_label(case, one.document, app.language))),
            Rich(clean(one.name or "–")),
            size_in_words(one.size, app.language),
            Rich(clean(state), style=state_style(paper.state)),
        )
    return shown


def tell_missing(app: App, case: LocalCase) -> None:
    """The documents that are still to be attached, where the case can be sent in."""
    if app.desk.possible.submitting(case) is None or not (lacking := documents.lacking(case, app.city)):
        return
    names = "; ".join(f"{document_label(case, code, app.language)} [{code}]" for code in lacking)
    app.print(app.say("attach_more", names=names), style="yellow")


def as_json(paper: Paper) -> dict[str, Any]:
    found: dict[str, Any] = msgspec.to_builtins(paper.file.attachment)
    return found | {
        "n": paper.n,
        "state": paper.state.word,
        "sent": paper.state.sent,
        "here": paper.state.here,
        "trouble": paper.state.trouble,
    }


def _paper(app: App, case: LocalCase, number: int) -> Paper:
    found = next((paper for paper in papers(app, case) if paper.n == number), None)
    if found is None:
        raise Said("no_file_number", n=number, case=name_of(case))
    return found


def _file_name(paper: Paper) -> str:
    """Its name without what could lead elsewhere, and with the ending of what it is."""
    ending = {"image/png": "png", "image/webp": "webp", "application/pdf": "pdf"}.get(paper.file.attachment.type, "jpg")
    stem = Path("".join(c if c.isprintable() and c not in '/\\:*?"<>|' else "_" for c in paper.name)).stem.strip(" .")
    return f"{stem or paper.file.document}.{ending}"


def _copy(app: App, case: LocalCase, paper: Paper, path: Path) -> None:
    sha256 = paper.file.attachment.sha256
    # Only what is not here needs a server at all.
    if not (app.store.files.held(sha256) and app.store.blobs.sound(sha256)):
        sha256 = Fetching(app.store, app.transport()).original(case.id, paper.file.attachment)
    try:
        target = path.open("xb")
    except FileExistsError:
        raise Said("file_exists", path=path) from None
    except OSError as error:
        raise _not_saved(app, path, error) from None
    try:
        with target, app.store.blobs.open(sha256) as source:
            path.chmod(0o600)
            shutil.copyfileobj(source, target)
    except OSError as error:
        # Half a copy would look like the file, and stand in the way of the next one.
        path.unlink(missing_ok=True)
        raise _not_saved(app, path, error) from None


def _not_saved(app: App, path: Path, error: OSError) -> Said:
    return Said("file_not_saved", path=path, reason=reason(error).get(app.language))
