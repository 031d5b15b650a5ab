"""How long somebody waits who gave a wrong PIN: longer each time, and no shorter for whoever sets the clock.

Time is counted by `uptime`, which nobody can set. It begins anew when the computer is started; then only what has
passed since is sure, so only that counts: who starts it anew to be quicker waits as long as before, or longer.
"""

from typing import Final

FREE: Final = 3
"""Wrong tries before the first wait."""
WAITS: Final = (5, 15, 60, 300, 900, 3600)
"""Seconds after the third wrong try, the fourth, and so on; the last for all that follow."""


def wait_after(tries: int) -> int:
    """Seconds to wait after so many wrong tries in a row."""
    return 0 if tries < FREE else WAITS[min(tries - FREE, len(WAITS) - 1)]


def left(tries: int, at: float, now: float) -> int:
    """Seconds that are left of it, rounded up. `at`: the `uptime` of the last try; `now`: the same clock now."""
    # A smaller `now` is another start of the computer, after the try: all of it lies since.
    passed = now - at if now >= at else now
    return max(0, -int(-(wait_after(tries) - passed) // 1))
