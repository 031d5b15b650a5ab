"""Whether the board would look different: a mark that changes when a device comes or is turned away, when an upload or
a diagnosis does, when an admin does something, and with each minute.

A stream of it holds one thread of the server while it is open. So each lasts less than half a minute, after which the
browser asks again and misses nothing, and a process has no more than `WATCHING` at once: whoever is turned away looks
again on a timer.
"""

import threading
import time
from collections.abc import Iterator
from datetime import datetime
from typing import Final

from flask import Response
from sqlalchemy import Engine, text

from server.access.devices import stamp
from server.admin.render import with_headers
from server.services import Services
from server.store.database import reading
from sync.errors import Busy

WATCHING: Final = 8
"""Streams of one process: as many threads are added for them (server/cli/serving.py)."""

LASTS = 25.0
"""Seconds of one stream. A server that is told to stop waits no longer than this."""
LOOKS = 2.0
"""Seconds between two looks at the database."""
AGAIN: Final = 2_000
"""Milliseconds after which a browser opens the next stream."""

MINUTE: Final = len("2026-03-16T09:30")
"""Letters of a stamp up to its minute."""

_free = threading.BoundedSemaphore(WATCHING)


def mark(engine: Engine, now: datetime) -> str:
    """What stands here changes whenever a device was noted or an admin did something, and every minute, since a device
    of which nothing is heard becomes silent or stuck by that alone.

    All of it is noted to the second, and more may come within the one that is not over: so it changes once more when
    it is."""
    with reading(engine) as connection:
        row = connection.execute(MARK).one()
    times = [time or "" for time in (row.seen, row.away, row.begun, row.ended, row.came)]
    second = stamp(now)
    return "/".join([*times, f"{row.uploads}/{row.done or 0}", second[:MINUTE], str(int(max(times) < second))])


def stream(world: Services, since: str) -> Response:
    """An event `changed` for each new mark from this one on. `Busy` where too many look already."""
    if not _free.acquire(blocking=False):
        raise Busy("too many boards are open for live updates; this one is refreshed on a timer", retry_after=20)
    response = Response(_Events(world, since), mimetype="text/event-stream")
    return with_headers(response)


class _Events:
    """The stream's bytes. Closed once, however it ends: also where nobody ever read of it."""

    def __init__(self, world: Services, since: str) -> None:
        self._changes = _changes(world, since)
        self._held = True

    def __iter__(self) -> Iterator[bytes]:
        try:
            yield from self._changes
        finally:
            self.close()

    def close(self) -> None:
        if self._held:
            self._held = False
            _free.release()


def _changes(world: Services, since: str) -> Iterator[bytes]:
    end = time.monotonic() + LASTS
    yield f"retry: {AGAIN}\n\n".encode()
    while True:
        found = mark(world.engine, world.sources.clock())
        if found != since:
            since = found
            yield f"id: {found}\nevent: changed\ndata: {found}\n\n".encode()
        else:
            # Nothing but a sign of life, by which a connection is found out that is gone.
            yield b":\n\n"
        if time.monotonic() + LOOKS > end:
            return
        time.sleep(LOOKS)


MARK: Final = text(
    "SELECT (SELECT max(seen) FROM device) AS seen, (SELECT max(pos) FROM audit) AS done,"
    " (SELECT max(turned_away) FROM device WHERE turned_away IS NOT NULL) AS away,"
    " (SELECT max(came) FROM diagnosis) AS came, held.uploads, held.begun, held.ended"
    " FROM (SELECT count(*) AS uploads, max(created) AS begun, max(ended) AS ended"
    " FROM upload WHERE code IS NULL OR code NOT IN ('done', 'terminated')) AS held"
)
"""Each by an index of its own. Uploads: those that the board counts, of which there are few."""
