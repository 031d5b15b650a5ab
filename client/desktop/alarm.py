"""A wait that can be cut short: by work that came, by the end of the program, and by a computer that woke up."""

import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Final

LOOK: Final = 5.0
"""Seconds between two looks at the clocks."""
ASLEEP: Final = 30.0
"""Seconds by which the time of day must have run ahead of this program's own clock for it to have been asleep. The wait
ends then: the network that is there now may be gone in a minute. Somebody who set the clock costs one try too many."""


def _wall() -> datetime:
    return datetime.now(UTC)


class Alarm:
    """What `Engine.run` waits on. No wait is measured by the time of day, so no clock that is set makes one longer."""

    def __init__(self, clock: Callable[[], datetime] = _wall, running: Callable[[], float] = time.monotonic) -> None:
        self._clock, self._running = clock, running
        self._changed = threading.Condition()
        self._stopped = False
        self._rung = False
        self.due: datetime | None = None
        """When the wait that is under way ends, by this device's clock."""

    @property
    def stopped(self) -> bool:
        return self._stopped

    def stop(self) -> None:
        with self._changed:
            self._stopped = True
            self._changed.notify_all()

    def ring(self) -> None:
        """Whatever it waits for is here. A ring while nobody waits ends the next wait at once."""
        with self._changed:
            self._rung = True
            self._changed.notify_all()

    def wait(self, seconds: float) -> bool:
        """Whether it was stopped meanwhile."""
        began, day = self._running(), self._clock()
        with self._changed:
            self.due = day + timedelta(seconds=seconds)
            try:
                while not (self._stopped or self._rung):
                    ran = self._running() - began
                    passed = (self._clock() - day).total_seconds()
                    if ran >= seconds or passed - ran > ASLEEP:
                        break
                    self._changed.wait(min(LOOK, seconds - ran))
                self._rung = False
                return self._stopped
            finally:
                self.due = None
