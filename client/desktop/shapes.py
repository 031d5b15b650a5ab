"""What the client has, as the plain data that crosses to the screens (client/web/src/desk.ts)."""

from typing import Any

import msgspec

from client.engine import Report
from client.files.keeping import Kept
from client.store import Store
from client.store.files import Upload
from client.store.outbox import Entry
from schemas.record import Attachment
from sync.decoding import convert
from sync.messages import Attach

NOTHING = msgspec.Raw(b"{}")


def entry(one: Entry) -> dict[str, Any]:
    """`Entry`."""
    command = one.command
    data = bytes(command.data)
    return {
        "instance": one.instance,
        "seq": one.seq,
        "state": one.state.value,
        "case": one.case,
        "kind": one.kind,
        "queued_at": one.queued_at,
        "sent_at": one.sent_at,
        "base": command.base,
        "after": command.after,
        "data": msgspec.Raw(data) if data.lstrip().startswith(b"{") else NOTHING,
        "size": one.size,
        "result": one.result,
    }


def kept(one: Kept) -> dict[str, Any]:
    """`Kept`."""
    return {
        "sha256": one.sha256,
        "size": one.size,
        "type": one.type,
        "name": one.name,
        "taken": one.taken,
        "place": one.place,
        "accuracy": one.accuracy,
    }


def report(one: Report) -> dict[str, Any]:
    """`Report`."""
    return {
        "exchanges": one.exchanges,
        "sent": one.sent,
        "received": one.received,
        "dropped": one.dropped,
        "mended": one.mended,
        "refused": one.refused,
    }


def file_state(store: Store, file: Attachment, upload: Upload | None) -> dict[str, Any]:
    """`FileState`."""
    here = store.files.held(file.sha256) and store.blobs.has(file.sha256)
    small = store.files.thumbnail(file.id) is not None or (here and file.type.startswith("image/"))
    known = {"attachment": file.id, "sha256": file.sha256, "here": here, "thumbnail": small, "size": file.size}
    return known | _state(file, upload, here)


def waiting_file(store: Store, upload: Upload) -> dict[str, Any]:
    """`WaitingFile`."""
    one = attachment(Attach(upload.attachment, upload.document, upload.sha256, upload.size, upload.type, upload.name))
    return file_state(store, one, upload) | {
        "case": upload.case,
        "document": upload.document,
        "name": upload.name,
        "type": upload.type,
        "queued_at": upload.queued_at,
    }


def attachment(one: Attach | dict[str, Any]) -> Attachment:
    """A manifest's entry that is only here, as one of a record."""
    return convert(one if isinstance(one, dict) else msgspec.to_builtins(one), Attachment)


def _state(file: Attachment, upload: Upload | None, here: bool) -> dict[str, Any]:
    if file.arrived is not None:
        return {"sent": file.size, "state": "arrived", "trouble": None}
    if upload is None:
        return {"sent": 0, "state": "waiting" if here else "elsewhere", "trouble": None}
    trouble = _trouble(upload)
    if upload.refused:
        return {"sent": upload.sent, "state": "refused", "trouble": trouble}
    if upload.sent >= upload.size:
        return {"sent": upload.size, "state": "sent", "trouble": None}
    if upload.sent:
        return {"sent": upload.sent, "state": "uploading", "trouble": trouble}
    return {"sent": 0, "state": "waiting" if here else "elsewhere", "trouble": trouble}


def _trouble(upload: Upload) -> dict[str, Any] | None:
    found = upload.trouble
    if found is None:
        return None
    words = {language: str(found[language]) for language in ("id", "en") if found.get(language)}
    told = {"code": str(found.get("code", "refused")), "detail": str(found.get("detail") or words.get("en", ""))}
    return told | ({"text": words} if words else {}) | {"at": str(found.get("at") or upload.queued_at)}
