"""When to try again: a timer that never stops, with jitter so that a city of devices does not come all at once."""

IDLE = 60.0
"""Seconds between exchanges while all is well."""
FIRST = 2.0
LONGEST = 300.0
SHARE = 0.25
"""Of what a server asked for, by which the wait is longer at most: it tells everybody the same moment."""


def delay(failures: int, chance: float, asked: float | None = None) -> float:
    """Seconds until the next exchange after `failures` failed ones in a row.

    `chance` in [0, 1) is drawn by the caller. Failures double the longest wait, and the wait is drawn between
    half of it and all of it; `asked` is a server's Retry-After and is the least, spread by `SHARE` to later.
    Without failures: the idle interval, spread by a tenth each way.
    """
    if failures <= 0:
        wait = IDLE * (0.9 + 0.2 * chance)
    else:
        wait = min(LONGEST, FIRST * 2.0 ** min(failures - 1, 16)) * (0.5 + 0.5 * chance)
    return max(wait, (asked or 0.0) * (1.0 + SHARE * chance))
