"""Waiting for what no screen shows."""

import time
from collections.abc import Callable

PATIENCE = 30
"""Seconds, on a busy machine."""


def until(condition: Callable[[], object], what: str, patience: float = PATIENCE) -> None:
    """Until this is so; `AssertionError` that says `what` was waited for."""
    end = time.monotonic() + patience
    while not condition():
        assert time.monotonic() < end, f"waited in vain: {what}"
        time.sleep(0.05)
