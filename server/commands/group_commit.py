"""Group commit: what several requests of one process wait to write is written together, with one flush to disk.

A commit costs a flush, and a city's commits stand in line (`server/feed/stamp.py`): one request a flush would be all
that the disk gives. So whoever finds nobody writing writes, and takes along what came while the one before wrote;
nobody waits for company.
"""

import threading
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from sync.errors import Busy

W = TypeVar("W")
R = TypeVar("R")


@dataclass(eq=False)
class _Place(Generic[W, R]):
    """In the line. Its turn comes when it is to write, or when somebody has written for it."""

    work: W
    turn: threading.Event = field(default_factory=threading.Event)
    taken: bool = False
    result: R | None = None
    fault: BaseException | None = None


class GroupCommit(Generic[W, R]):
    """`write` is given what shares a transaction, of each `key` no more than one, and no more than `most` by `size`
    unless one alone is larger; its results come in the same order. Whatever it raises is raised to all of them.
    `patience`: seconds in the line."""

    def __init__(
        self,
        write: Callable[[Sequence[W]], Sequence[R]],
        key: Callable[[W], Hashable],
        size: Callable[[W], int],
        most: int,
        patience: float,
    ) -> None:
        self._write, self._key, self._size, self._most, self._patience = write, key, size, most, patience
        self._lock = threading.Lock()
        self._line: list[_Place[W, R]] = []
        self._writing = False

    def do(self, work: W) -> R:
        """Its result, once it is durable. Raises `Busy` where its turn does not come."""
        mine: _Place[W, R] = _Place(work)
        with self._lock:
            self._line.append(mine)
            leads, self._writing = not self._writing, True
        if not leads:
            self._wait(mine)
        if not mine.taken:
            self._lead(mine)
        if mine.fault is not None:
            raise mine.fault
        return mine.result  # type: ignore[return-value]

    def _wait(self, mine: _Place[W, R]) -> None:
        if mine.turn.wait(self._patience):
            return
        with self._lock:
            if mine in self._line and not mine.turn.is_set():
                self._line.remove(mine)
                raise Busy("the server cannot store this right now; nothing was changed", retry_after=5)
        # It was taken in the last moment, and what comes of it is known soon.
        mine.turn.wait()

    def _lead(self, mine: _Place[W, R]) -> None:
        with self._lock:
            group = self._group(mine)
        try:
            for place, result in zip(group, self._write([place.work for place in group]), strict=True):
                place.result = result
        except BaseException as fault:
            for place in group:
                place.fault = fault
        with self._lock:
            if self._line:
                self._line[0].turn.set()
            else:
                self._writing = False
        for place in group:
            place.turn.set()

    def _group(self, mine: _Place[W, R]) -> list[_Place[W, R]]:
        """Who writes, and of those behind whoever fits; taken out of the line."""
        group, keys, room = [], set[Hashable](), self._most
        for place in [mine, *(other for other in self._line if other is not mine)]:
            key, size = self._key(place.work), self._size(place.work)
            if place is mine or (key not in keys and size <= room):
                group.append(place)
                room -= size
                place.taken = True
            # Also of whoever stays: what one sender asked first is done first.
            keys.add(key)
        self._line = [place for place in self._line if not place.taken]
        return group
