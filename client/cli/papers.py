"""What is told and asked about the files of a case, wherever a command comes to speak of them."""

import shlex
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from client import documents
from client.cli.app import App
from client.cli.asking import prompt
from client.cli.plain import size_in_words
from client.cli.trouble import told
from client.files.fetching import State, state_of
from client.files.refusals import FileRefused, StorageFull
from client.files.room import LOW, RESERVE
from client.store.files import Upload
from client.view import LocalCase, LocalFile
from schemas.catalogue.model import Document
from schemas.text import Language


@dataclass(frozen=True)
class Paper:
    """One file of a case with its number in the list, counted from 1."""

    n: int
    file: LocalFile
    state: State

    @property
    def name(self) -> str:
        return self.file.attachment.name or self.file.document


def papers(app: App, case: LocalCase) -> list[Paper]:
    """The files of a case, numbered as every command counts them."""
    store = app.store.files
    uploads = {upload.attachment: upload for upload in store.uploads(case.id)}
    return [
        Paper(n, one, state_of(one.attachment, uploads.get(one.id), here=store.held(one.attachment.sha256)))
        for n, one in enumerate(case.files, 1)
    ]


def document_label(case: LocalCase, code: str, language: Language) -> str:
    try:
        return case.service.document(code).label.get(language)
    except KeyError:
        return code


def state_words(app: App, state: State, size: int) -> str:
    """Where one file is, and what is wrong with it."""
    if state.word == "refused":
        return app.say("file_refused", why=trouble_words(state.trouble, app.language))
    if state.word == "uploading" and state.sent >= size:
        return app.say("file_sent")
    if state.word == "uploading":
        return app.say("file_uploading", percent=state.sent * 100 // size)
    if state.word == "waiting" and state.trouble:
        return app.say("file_trouble", why=trouble_words(state.trouble, app.language))
    return app.say(f"file_{state.word}")


def state_style(state: State) -> str:
    return {"arrived": "green", "refused": "bold red", "elsewhere": "yellow"}.get(state.word, "cyan")


def trouble_words(trouble: dict[str, Any] | None, language: Language) -> str:
    found = trouble or {}
    return str(found.get(language) or found.get("detail") or found.get("code") or "?")


def refused_lines(app: App, case: LocalCase, upload: Upload) -> list[str]:
    """What is wrong with a file, and what can be done about it."""
    paper = next((p for p in papers(app, case) if p.file.id == upload.attachment), None)
    if paper is None:
        return []
    name = case.number or case.id[:8]
    lines = [trouble_words(paper.state.trouble, app.language)]
    code = (paper.state.trouble or {}).get("code")
    if paper.file.attachment.action:
        key = "file_todo_act"
    else:
        key = "file_todo_again" if code in {"lost", "hash_mismatch"} else "file_todo"
    return [*lines, app.say(key, case=name, n=paper.n, document=paper.file.document)]


def tell_kept(app: App, label: str, name: str, size: int, *, again: bool = False) -> None:
    """`again`: it had been attached before."""
    key = "attached_again" if again else "attached"
    app.print(app.say(key, label=label, name=name, size=size_in_words(size, app.language)), style="green")


def tell_refused(app: App, path: Path, error: FileRefused | StorageFull, case: LocalCase | None = None) -> None:
    """Why a file was not taken. It stands where it was. `case`: of whose documents one may be taken off instead."""
    first, *more = told(error, app.language)
    app.warn(app.say("attach_failed", path=path, why=first))
    app.warn(*(f"  {line}" for line in more))
    if case is not None and isinstance(error, FileRefused) and error.why == "too_many":
        app.warn(f"  {app.say('file_todo_full', case=case.number or case.id[:8])}")


def tell_room(app: App) -> None:
    """That room is about to run short, while there still is some."""
    free = app.store.blobs.free()
    if free is not None and RESERVE < free < LOW:
        sizes = {"free": size_in_words(free, app.language), "reserve": size_in_words(RESERVE, app.language)}
        app.warn(app.say("room_low", **sizes))


Take = Callable[[Document, Path], None]
"""Keeps a file for a document; raises `FileRefused` or `StorageFull`."""


def ask_files(
    app: App, wanted: Sequence[Document], count: Callable[[str], int], take: Take, *, needed: bool = False
) -> None:
    """Ask for the files of these documents, a path a line. `needed`: a required one is asked for until it is there."""
    if not wanted:
        return
    app.print("")
    app.print(app.say("ask_documents"), style="dim")
    for place, document in enumerate(wanted, 1):
        optional = "" if document.required else f" ({app.say('optional')})"
        app.print("")
        app.print(f"{place}/{len(wanted)}  {document.label.get(app.language)}{optional}", style="bold")
        if document.help:
            app.print(f"  {document.help.get(app.language)}", style="dim")
        if there := count(document.code):
            app.print(f"  {app.say('ask_has', n=there)}", style="cyan")
        _ask_one(app, document, count, take, needed=needed)
    tell_room(app)


def _ask_one(app: App, document: Document, count: Callable[[str], int], take: Take, *, needed: bool) -> None:
    while (there := count(document.code)) < document.count_max:
        text = prompt(app.say("ask_path_more" if there else "ask_path"))
        if not text:
            if not (needed and document.required and not there):
                return
            app.print(f"  {app.say('ask_needed_file')}", style="yellow")
            continue
        path = path_of(text)
        try:
            take(document, path)
        except (FileRefused, StorageFull) as error:
            tell_refused(app, path, error)


def take_in(app: App, case: LocalCase, document: Document, path: Path) -> None:
    """Attach a file to one of the applicant's documents, and say so."""
    before = {paper.file.id for paper in papers(app, case) if paper.state.word != "refused"}
    attachment = app.desk.attach(case.id, document.code, path)
    found = next(file.attachment for file in app.desk.case(case.id).files if file.id == attachment)
    label = document.label.get(app.language)
    tell_kept(app, label, found.name or path.name, found.size, again=attachment in before)


def ask_applicants(app: App, case_id: str) -> None:
    """Ask for the documents of a draft or a correction, those that are missing first."""
    desk = app.desk

    def count(code: str) -> int:
        return sum(file.document == code for file in desk.case(case_id).files)

    def take(document: Document, path: Path) -> None:
        take_in(app, desk.case(case_id), document, path)

    case = desk.case(case_id)
    allowed = documents.marked(case, desk.city)
    open_ = [d for d in documents.asked(case, desk.city) if allowed is None or d.code in allowed]
    ask_files(app, sorted(open_, key=lambda d: (not d.required, count(d.code) > 0)), count, take)


def path_of(text: str) -> Path:
    """A path as somebody typed it, or as a terminal writes one that was dropped on it."""
    plain = Path(text).expanduser()
    if plain.exists():
        return plain
    try:
        [unquoted] = shlex.split(text)
    except ValueError:
        return plain
    return Path(unquoted).expanduser()
