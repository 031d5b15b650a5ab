"""Room for a bundle: asked for before any command in it is frozen."""

import errno
import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from client.files.refusals import StorageFull
from client.files.room import make_room
from client.store import Store
from schemas.text import Text
from sync.bundle import Writable

_FULL: Final = {errno.ENOSPC, errno.EDQUOT}
_CANNOT: Final = {errno.EOPNOTSUPP, errno.EINVAL, errno.ENOSYS}


class NoRoomForBundle(StorageFull):
    """The bundle does not fit where it is to be written; nothing was frozen and nothing written. `needed`: bytes."""

    code = "no_room_for_bundle"

    def __init__(self, _detail: str = "", *, needed: int = 0) -> None:
        mb = -(-needed // 1_000_000)
        text = Text(
            f"Ruang di disk tidak cukup: berkas ini perlu {mb} MB. Kosongkan sebagian, atau simpan di tempat lain."
            " Tidak ada yang berubah; yang menunggu tetap aman di sini.",
            f"There is not enough room on the disk: this file needs {mb} MB. Make some room, or save it elsewhere."
            " Nothing has changed; what waits stays safe here.",
        )
        super().__init__(text.en, text=text, needed=needed)


@contextmanager
def room_for(store: Store, into: Writable, size: int) -> Iterator[None]:
    """Within it `size` bytes can be written to `into`, whose file is as long in the end as what was written. On the
    store's own disk the reserve for what people type stays free. Raises `NoRoomForBundle`; what is no file has room."""
    file = _number(into)
    if file is None:
        yield
        return
    if os.fstat(file).st_dev == store.path.parent.stat().st_dev:
        try:
            make_room(store, size)
        except StorageFull:
            raise NoRoomForBundle(needed=size) from None
    _hold(file, size)
    yield
    into.truncate()  # type: ignore[attr-defined]


def _hold(file: int, size: int) -> None:
    """Free bytes are anybody's until they are taken: a disk that fills up meanwhile must not stop the bundle half way,
    when its commands are frozen."""
    if not hasattr(os, "posix_fallocate"):
        return
    try:
        os.posix_fallocate(file, 0, size)
    except OSError as error:
        if error.errno in _FULL:
            raise NoRoomForBundle(needed=size) from None
        if error.errno not in _CANNOT:
            raise


def _number(into: Writable) -> int | None:
    try:
        return int(into.fileno())  # type: ignore[attr-defined]
    except (AttributeError, OSError):
        return None
