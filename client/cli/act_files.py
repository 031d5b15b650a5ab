"""The photos and documents that go with an action: given as options, asked for, or left by a stopped interview."""

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import click

from client import documents
from client.cli.app import App
from client.cli.finding import name_of
from client.cli.half_typed import files_of, keep_files, keep_typed
from client.cli.papers import Take, ask_files, path_of, tell_kept, tell_refused, tell_room
from client.cli.trouble import REFUSED, Said
from client.files.refusals import FileRefused, StorageFull
from client.view import LocalCase
from schemas.catalogue.model import Action, Document


def pairs_of(files: Sequence[str]) -> dict[str, list[Path]]:
    found: dict[str, list[Path]] = {}
    for pair in files:
        code, equals, path = pair.partition("=")
        if not equals or not path:
            raise Said("bad_file_pair", text=pair)
        found.setdefault(code.strip(), []).append(path_of(path))
    return found


def take_files(
    app: App, case: LocalCase, action: Action, form: dict[str, Any], files: Sequence[str], *, asked: bool
) -> list[dict[str, Any]]:
    """The files that go with the action, on the disk already. What a stopped interview was given counts too."""
    given = pairs_of(files)
    kept = _kept_before(app, case, action, given)

    def take(document: Document, path: Path) -> None:
        entry = app.desk.files.keep_for(case.id, action, document.code, path)
        again = any((one["document"], one["sha256"]) == (entry["document"], entry["sha256"]) for one in kept)
        if not again:
            kept.append(entry)
        name = entry.get("name") or path.name
        tell_kept(app, document.label.get(app.language), name, entry["size"], again=again)

    def take_and_note(document: Document, path: Path) -> None:
        take(document, path)
        keep_files(app, case.id, action.code, kept)

    if not _take_all(app, case, action, given, take):
        app.warn(app.say("act_not_done", action=action.label.get(app.language)))
        raise click.exceptions.Exit(REFUSED)
    if given:
        # Only once all of them were taken: what is given again after a refusal stands for them.
        keep_files(app, case.id, action.code, kept)
        tell_room(app)
    if app.interactive and asked and not files:
        wanted = documents.asked_by(case, action, form, app.city)
        try:
            ask_files(
                app, wanted, lambda code: sum(one["document"] == code for one in kept), take_and_note, needed=True
            )
        except click.Abort:
            keep_typed(app, case.id, action.code, form)
            tell_stopped(app, case, action)
            raise
    return list(kept)


def _kept_before(app: App, case: LocalCase, action: Action, given: Mapping[str, Any]) -> list[dict[str, Any]]:
    """What a stopped interview was given, said, since it goes along; but not for the documents that are `given` now."""
    kept = [one for one in files_of(app, case.id, action.code) if one["document"] not in given]
    here = [one for one in kept if app.desk.files.here(one)]
    for document in dict.fromkeys(one["document"] for one in here):
        names = _names(one for one in here if one["document"] == document)
        app.print(app.say("act_kept", names=names, document=document), style="cyan")
    if lost := [one for one in kept if one not in here]:
        app.warn(app.say("act_lost", names=_names(lost)))
    return here


def _names(entries: Iterable[Mapping[str, Any]]) -> str:
    return ", ".join(one.get("name") or one["document"] for one in entries)


def _take_all(app: App, case: LocalCase, action: Action, given: Mapping[str, Sequence[Path]], take: Take) -> bool:
    """Whether every file could be taken; why not is told of each."""
    taken = True
    for code, paths in given.items():
        document = app.desk.files.of_form(case, action, code)
        for path in paths:
            try:
                take(document, path)
            except (FileRefused, StorageFull) as error:
                tell_refused(app, path, error)
                taken = False
    return taken


def tell_stopped(app: App, case: LocalCase, action: Action) -> None:
    app.print("")
    app.print(app.say("ask_stopped", command=f"tenggat act {name_of(case)} {action.code}"), style="yellow")
