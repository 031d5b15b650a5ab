"""Bytes between the screens and this client: a file that was chosen, one to be shown, and what is carried away."""

import io
from datetime import UTC
from typing import Final, Literal

from client.bundles.adopting import adopt
from client.desktop import shapes
from client.desktop.opened import Opened
from client.files.fetching import Fetching
from client.files.keeping import keep_open
from client.files.picture import small
from client.files.refusals import OF_CODES, NotArrived
from client.rescue import export_outbox
from schemas.catalogue.model import Document
from schemas.text import Text
from sync.errors import Invalid, NotFound

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


def take_in(opened: Opened, content: bytes) -> dict[str, int]:
    """`Desk.import`."""
    counts = adopt(opened.store, io.BytesIO(content))
    opened.agent.soon()
    return counts
