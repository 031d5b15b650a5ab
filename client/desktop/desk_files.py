"""Bytes between the screens and this client: a file that was chosen, one to be shown, and what is carried away."""

import io
import os
from collections.abc import Iterator
from datetime import UTC
from pathlib import Path
from typing import Any, Final, Literal

from client.bundles.answering import NotAnAnswer, import_file
from client.bundles.carrying import carry
from client.bundles.placing import placed
from client.bundles.writing import write_bundle
from client.desktop import shapes
from client.desktop.laid import TAKING, folder_of
from client.desktop.opened import Opened
from client.engine import Report
from client.files.fetching import Fetching
from client.files.keeping import keep_open
from client.files.picture import small
from client.files.refusals import OF_CODES, NotArrived
from client.files.room import make_room
from client.rescue import export_outbox
from schemas.catalogue.model import Document
from schemas.text import Text
from sync.bundle import MAGIC, MAX_BUNDLE, NotABundle, examine
from sync.errors import Invalid, Malformed, NotFound, TooLarge

MAX_FILE: Final = 64 * 1024 * 1024
"""Bytes; a camera's picture before it is made small, as a browser takes it."""


class NoThumbnail(NotFound):
    """There is no small picture of it, and never will be."""

    code = "no_thumbnail"


def keep_file(opened: Opened, content: bytes, name: str, types: list[str], max_mb: int) -> dict[str, object]:
    """`Desk.keep_file`: on the disk when it returns."""
    kinds: list[Literal["image", "pdf"]] = [kind for kind in ("image", "pdf") if kind in types]
    if not kinds or len(kinds) != len(types) or not 1 <= max_mb <= 1024:
        raise Invalid("types must be image or pdf, and max_mb a number of megabytes")
    document = Document(code="any", label=Text("", ""), types=tuple(kinds), max_mb=max_mb)
    zone = opened.desk.files.zone if opened.store.meta.get("catalogue") is not None else UTC
    return shapes.kept(keep_open(opened.store, io.BytesIO(content), name, document, zone))


def file(opened: Opened, case: str, attachment: str, size: str) -> tuple[bytes, str]:
    """`Desk.file`: the bytes and their type."""
    if size not in ("thumbnail", "original"):
        raise Invalid("size is thumbnail or original")
    store = opened.store
    found = next((one for one in opened.desk.attachments(case) if one.id == attachment), None)
    if found is None:
        raise NotFound("there is no such file on this case")
    is_picture = found.type.startswith("image/")
    if size == "thumbnail" and not is_picture:
        raise NoThumbnail(OF_CODES["no_thumbnail"].en, text=OF_CODES["no_thumbnail"])
    held = store.files.held(found.sha256) and store.blobs.has(found.sha256)
    if size == "thumbnail":
        name = store.files.thumbnail(found.id)
        if name is None and not held:
            name = Fetching(store, opened.agent.transport()).thumbnail(case, found)
        if name is not None:
            return store.blobs.read(name), "image/jpeg"
        if held:
            return small(store.blobs.read(found.sha256)), "image/jpeg"
        if found.arrived is None:
            raise NotArrived(OF_CODES["not_arrived"].en, text=OF_CODES["not_arrived"])
        raise NoThumbnail(OF_CODES["no_thumbnail"].en, text=OF_CODES["no_thumbnail"])
    if not held and found.arrived is None:
        raise NotArrived(OF_CODES["not_arrived"].en, text=OF_CODES["not_arrived"])
    name = found.sha256 if held else Fetching(store, opened.agent.transport()).original(case, found)
    return store.blobs.read(name), found.type


def export(opened: Opened) -> bytes:
    """`Desk.export`."""
    return export_outbox(opened.store)


def write(opened: Opened) -> dict[str, object]:
    """`Desk.bundle`: all that waits, files with it, sealed for the server and laid beside the store until it is fetched
    (`written`). An earlier one makes room: what was in it is in this one too, if it was not answered."""
    folder = folder_of(opened.store.path)
    folder.mkdir(mode=0o700, exist_ok=True)
    name = f"tenggat-{opened.store.clock().astimezone():%Y%m%d-%H%M%S}.tenggat"
    with placed(folder / name) as file:
        made = write_bundle(opened.store, file)
    for older in folder.iterdir():
        if older.name != name:
            older.unlink(missing_ok=True)
    return {"name": name, "commands": made.commands, "files": made.files, "bytes": made.bytes, "left": made.left}


def written(opened: Opened, name: str) -> tuple[Iterator[bytes], int]:
    """The bundle of that name, piece by piece, and its length in bytes; fetched whole, it is here no more."""
    path = next((path for path in folder_of(opened.store.path).glob("*.tenggat") if path.name == name), None)
    if path is None:
        raise NotFound("there is no such file here any more; save it anew")
    return _pieces(path), path.stat().st_size


def take_in(opened: Opened, content: bytes, at: int, of: int) -> dict[str, Any]:
    """`Desk.import`: of a file of `of` bytes those from `at` on; once all are here, what came of it. What anybody could
    read comes whole, and is never laid on the disk; a locked file may come in pieces, as large as one may be."""
    laid = folder_of(opened.store.path) / TAKING
    whole = at == 0 and len(content) == of
    if not whole:
        _lay(opened, laid, content, at, of)
        if at + len(content) < of:
            return {"at": at + len(content)}
    try:
        with io.BytesIO(content) if whole else laid.open("rb") as source:
            found = opened.agent.between(lambda: import_file(opened.store, source))
    except NotABundle as error:
        raise Malformed(error.detail) from None
    except NotAnAnswer:
        if whole:
            _lay(opened, laid, content, at, of)
        return {"taken": 0, "known": 0, "carried": _carry(opened, laid)}
    finally:
        laid.unlink(missing_ok=True)
    if found.get("heard", {}).get("wiped"):
        opened.ended(Report(wiped=True))
    opened.agent.soon()
    return found


def _lay(opened: Opened, laid: Path, content: bytes, at: int, of: int) -> None:
    """These bytes, after those that lie there. `TooLarge`, `StorageFull`; `Malformed` where they do not follow."""
    if at == 0 and (of > MAX_BUNDLE or not content.startswith(MAGIC)):
        raise TooLarge("this file is larger than any that is taken")
    if at == 0:
        make_room(opened.store, of)
        laid.parent.mkdir(mode=0o700, exist_ok=True)
    elif not laid.is_file() or laid.stat().st_size != at:
        raise Malformed("the pieces of this file do not follow one another")
    if not content or at + len(content) > of:
        raise Malformed("the pieces of this file do not make a whole")
    how = os.O_APPEND if at else os.O_CREAT | os.O_TRUNC
    with os.fdopen(os.open(laid, os.O_WRONLY | how, 0o600), "wb") as file:
        file.write(content)


def _carry(opened: Opened, laid: Path) -> dict[str, object]:
    """Somebody's locked file, brought to the server; its answer lies where a file of this profile's own would, until it
    is fetched (`written`)."""
    path = laid
    try:
        with laid.open("rb") as file:
            name = f"tenggat-{examine(file).header.id[:8]}.tenggat"
        path = laid.replace(laid.with_name(name))
        done = carry(opened.store, opened.agent.transport(), path)
    finally:
        path.unlink(missing_ok=True)
    return {"name": done.answer.name, "later": done.later}


def _pieces(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        while piece := file.read(256 * 1024):
            yield piece
    # Somebody has it now. Of a fetch that was broken off it is still here, and so is all that is in it.
    path.unlink(missing_ok=True)
