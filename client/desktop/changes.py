"""Tells the window that something here changed; it asks for what it shows then."""

import threading
from collections.abc import Callable, Iterator
from typing import Final, Literal

SPAN: Final = 0.1
"""Least seconds between two tellings: progress comes by the kilobyte."""
LOOK: Final = 0.5
"""Seconds between two looks whether another program changed the store."""
ALIVE: Final = 30
"""Looks after which a line goes out though nothing changed: a window that is gone is only noticed by that."""

CHANGED: Final = b"event: changed\ndata: {}\n\n"
PROGRESS: Final = b"event: progress\ndata: {}\n\n"
NOTHING: Final = b": still here\n\n"

Change = Literal["changed", "progress"]
"""Anything at all; or only how far an exchange has come, for which nobody reads 5,000 cases anew."""

_LINES: Final[dict[Change | None, bytes]] = {"changed": CHANGED, "progress": PROGRESS, None: NOTHING}


class Changes:
    """`probe` gives another value after the store changed, whoever did it; it is asked in the listener's own thread."""

    def __init__(self, probe: Callable[[], object] = lambda: None) -> None:
        self._probe = probe
        self._moved = threading.Condition()
        self._rung = self._steps = 0
        self._over = False

    def ring(self) -> None:
        """Something changed."""
        with self._moved:
            self._rung += 1
            self._moved.notify_all()

    def step(self) -> None:
        """An exchange came further. What it stored on its way is found by the probe."""
        with self._moved:
            self._steps += 1
            self._moved.notify_all()

    def close(self) -> None:
        with self._moved:
            self._over = True
            self._moved.notify_all()

    def events(self) -> Iterator[bytes]:
        """Server-sent events, without end until `close`."""
        yield NOTHING
        for change in self.moments(ALIVE):
            yield _LINES[change]

    def moments(self, alive: int | None = None) -> Iterator[Change | None]:
        """Yields at once, and whenever something changed; None after so many looks at which nothing had."""
        rung, steps, known, quiet = self._rung, self._steps, self._probe(), 0
        yield "changed"
        while not self._over:
            with self._moved:
                self._moved.wait_for(lambda: self._over, SPAN)
                if (rung, steps) == (self._rung, self._steps) and not self._over:
                    self._moved.wait(LOOK)
                changed, further = rung != self._rung, steps != self._steps
                rung, steps = self._rung, self._steps
            now = self._probe()
            if changed or further or now != known:
                change: Change = "changed" if changed or now != known else "progress"
                known, quiet = now, 0
                yield change
                continue
            quiet += 1
            if quiet == alive:
                quiet = 0
                yield None
