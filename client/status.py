"""How this device stands with the server, in the shape that screens show: `Status` of client/web/src/desk.ts."""

from datetime import datetime
from typing import Any

from client.files.room import has_room
from client.newer import newer
from client.store import Store
from sync.outbox import State


def status(store: Store) -> dict[str, Any]:
    """All that the store knows of it. What is under way, and when the timer tries again, its caller adds."""
    with store.reading():
        waiting, size, oldest = store.outbox.waiting()
        going = [upload for upload in store.files.uploads() if upload.unsent and not upload.refused]
        error = store.meta.get("last_error")
        meta = store.meta.get
        there, here = meta("last_success"), meta("last_success_here")
        return {
            "waiting": waiting,
            "bytes": size,
            "files": {
                "waiting": len(going),
                "bytes": sum(upload.size for upload in going),
                "sent": sum(upload.sent for upload in going),
            },
            "oldest": oldest,
            "refused": store.outbox.count(State.REFUSED),
            "conflicts": store.records.conflicts(),
            "held": store.records.count(),
            "mended": meta("mended") or 0,
            "last_success": there,
            "last_success_here": here,
            "last_error": _trouble(error),
            # A disk is not cleared by anybody but its owner.
            "persistent": True,
            "free": store.blobs.free(),
            "used": _used(store),
            "full": not has_room(store, 0),
            "skew": skew(there, here),
            "upgrade": bool(meta("upgrade")),
            "signed_out": error is not None and error[0] == "not_signed_in" and meta("token") is not None,
            "wiped": meta("wiped"),
            "loss": None,
            "newer": newer(store),
        }


def _trouble(error: list[Any] | None) -> dict[str, Any] | None:
    if error is None:
        return None
    code, detail, at, *text = error
    return {"code": code, "detail": detail, "at": at} | ({"text": text[0]} if text and text[0] else {})


def skew(there: str | None, here: str | None) -> int | None:
    """This device's clock minus the server's at the last exchange, in seconds."""
    try:
        return round((datetime.fromisoformat(here or "") - datetime.fromisoformat(there or "")).total_seconds())
    except (ValueError, TypeError):
        return None


def _used(store: Store) -> int | None:
    """Bytes of the database and of all files here."""
    try:
        return store.path.stat().st_size + store.files.size()
    except OSError:
        return None
