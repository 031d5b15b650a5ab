"""A clock that nobody at the keyboard can set."""

import time


def uptime() -> float:
    """Seconds since this computer was started, its sleep among them where the system counts it. Begins anew with each
    start, and knows nothing of dates."""
    boot = getattr(time, "CLOCK_BOOTTIME", None)
    return time.clock_gettime(boot) if boot is not None else time.monotonic()
