"""Room on the disk: what is let go of when it runs short, and that it never runs out under what people type."""

from typing import Final

from client.files.refusals import StorageFull
from client.store import Store

RESERVE: Final = 50_000_000
"""Bytes that photos leave free: the outbox and the records must always have room."""


def make_room(store: Store, size: int) -> None:
    """See to it that `size` more bytes can be kept, letting go of what the server has too. `StorageFull` where that is
    not enough: nothing was written then, and nothing that only lies here was touched."""
    short = _short(store, size)
    if short <= 0:
        return
    with store.transaction():
        gone = store.files.make_room(short)
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
        gone = store.files.expire(now)
        # Within the transaction: nobody else can be adding a row for them.
        known = store.files.known()
        gone += store.blobs.orphans(known)
    store.drop_bytes(gone)


def _short(store: Store, size: int) -> int:
    free = store.blobs.free()
    return 0 if free is None else size + RESERVE - free
