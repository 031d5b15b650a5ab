"""Tells the window that something here changed; it asks for what it shows then."""

import threading
from collections.abc import Callable, Iterator
from typing import Final

SPAN: Final = 0.1
"""Least seconds between two tellings: progress comes by the kilobyte."""
LOOK: Final = 0.5
"""Seconds between two looks whether another program changed the store."""
ALIVE: Final = 30
"""Looks after which a line goes out though nothing changed: a window that is gone is only noticed by that."""

CHANGED: Final = b"event: changed\ndata: {}\n\n"
NOTHING: Final = b": still here\n\n"


class Changes:
    """`probe` gives another value after the store changed, whoever did it; it is asked in the listener's own thread."""

    def __init__(self, probe: Callable[[], object] = lambda: None) -> None:
        self._probe = probe
        self._moved = threading.Condition()
        self._count = 0
        self._over = False

    def ring(self) -> None:
        with self._moved:
            self._count += 1
            self._moved.notify_all()

    def close(self) -> None:
        with self._moved:
            self._over = True
            self._moved.notify_all()

    def events(self) -> Iterator[bytes]:
        """Server-sent events, without end until `close`."""
        yield NOTHING
        for moved in self.moments(ALIVE):
            yield CHANGED if moved else NOTHING

    def moments(self, alive: int | None = None) -> Iterator[bool]:
        """Yields at once, and whenever something changed; False after so many looks at which nothing had."""
        seen, known, quiet = self._count, self._probe(), 0
        yield True
        while not self._over:
            with self._moved:
                self._moved.wait_for(lambda: self._over, SPAN)
                if self._count == seen and not self._over:
                    self._moved.wait(LOOK)
                rung, seen = self._count != seen, self._count
            now = self._probe()
            if rung or now != known:
                known, quiet = now, 0
                yield True
                continue
            quiet += 1
            if quiet == alive:
                quiet = 0
                yield False
