"""Room on the disk: what is let go of when it runs short, and that it never runs out under what people type."""

from typing import Final

from client.files.refusals import StorageFull
from client.store import Store

RESERVE: Final = 50_000_000
"""Bytes that photos leave free: the outbox and the records must always have room."""

LOW: Final = 4 * RESERVE
"""Bytes of free space below which people are told, before anything has to be refused."""


def make_room(store: Store, size: int) -> None:
    """See to it that `size` more bytes can be kept, letting go of what the server has too. `StorageFull` where that is
    not enough: nothing was written then, and nothing that only lies here was touched."""
    short = _short(store, size)
    if short <= 0:
        return
    with store.transaction():
        gone, freed = store.files.make_room(short)
        if freed < short:
            # Letting go of copies would not help, so they stay: rolled back, before any byte is dropped.
            raise StorageFull
    store.drop_bytes(gone)
    if _short(store, size) > 0:
        raise StorageFull


def has_room(store: Store, size: int, beyond: int = RESERVE) -> bool:
    """Whether so many bytes can be kept without letting go of anything."""
    free = store.blobs.free()
    return free is None or free >= size + beyond


def tidy(store: Store, now: str) -> None:
    """Let go of what is past its time, and of bytes that a process which died left behind (`now`: the server's)."""
    with store.transaction():
        # Since when nobody names them is counted from here on, by the server's time alone: a device's clock may have
        # stood in another year when they were attached.
        noted = store.meta.get("files_nameless") or {}
        since = {id_: noted.get(id_, now) for id_ in store.files.nameless() - half_typed(store)}
        store.meta.set("files_nameless", since or None)
        gone = store.files.expire(now, since)
        # Within the transaction: nobody else can be adding a row for them.
        known = store.files.known()
        gone += store.blobs.orphans(known)
    store.drop_bytes(gone)


def half_typed(store: Store) -> set[str]:
    """Attachments that were given to an interview which was stopped, and will go with its action."""
    kept = store.meta.get("typing_files") or {}
    return {entry["id"] for forms in kept.values() for entries in forms.values() for entry in entries}


def _short(store: Store, size: int) -> int:
    free = store.blobs.free()
    return 0 if free is None else size + RESERVE - free
