"""Syncs one profile in the background for as long as the program runs, whether or not its window shows it."""

import logging
import threading
import time
from collections.abc import Callable
from typing import Any, Final, TypeVar

from client.desktop.alarm import Alarm
from client.engine import AlreadySyncing, Engine, Report
from client.roads import Connect, Road, road_of
from client.store import Store
from client.store.database import StoreClosed
from client.transport import Transport
from sync.errors import TenggatError

log = logging.getLogger("tenggat.desktop")

PATIENCE: Final = 60.0
"""Seconds for which a person who asked for an exchange waits until another one is over."""
MEANWHILE: Final = 0.25
IDLE: Final = 3600.0
"""Seconds; a profile without a server has nothing to wait for but being told of one."""
SHOWN: Final = {"sending", "receiving", "storing"}

Outcome = Report | TenggatError
Done = TypeVar("Done")


class NoServer(TenggatError):
    """This profile has not been told which city's server it is for."""

    code = "no_server"


class Agent:
    """`step` is called whenever `progress` or `next_try` is another, `ended` with what each run came to."""

    def __init__(
        self,
        store: Store,
        connect: Connect,
        step: Callable[[], None],
        ended: Callable[[Outcome], None] = lambda _: None,
    ) -> None:
        self._store, self._connect, self._step, self._ended = store, connect, step, ended
        self._alarm = Alarm(store.clock)
        self._road: Road | None = None
        self._thread = threading.Thread(target=self._run, name="tenggat-agent", daemon=True)
        self.progress: dict[str, Any] | None = None
        """What is under way, as the screens show it."""

    @property
    def next_try(self) -> str | None:
        due = self._alarm.due
        return due.isoformat(timespec="seconds") if due and self._needed() else None

    def start(self) -> None:
        self._thread.start()

    def stop(self, timeout: float | None = 10.0) -> None:
        """Ends after the exchange that is under way, which is not waited for longer than that."""
        self._alarm.stop()
        if self._thread.is_alive():
            self._thread.join(timeout)

    def soon(self) -> None:
        """Something was done that should be at the server as soon as can be."""
        self._alarm.ring()

    def transport(self) -> Transport:
        """To the profile's server. `NoServer`."""
        server = self._store.meta.get("server")
        if server is None:
            raise NoServer("no server is known for this profile yet")
        return self._connect(server, road_of(self._store))

    def sync(self) -> Report:
        """Exchange now, because somebody asked; after the one that is under way. Raises what stopped it."""
        if not self._needed():
            # Somebody who only looks has no token yet, and nothing to exchange.
            self.transport()
            return Report()
        try:
            return self.between(lambda: self._told_of(self._engine().sync(self._progress)))
        finally:
            self._show(None)

    def between(self, deed: Callable[[], Done]) -> Done:
        """Do what nobody may do during an exchange, after the one that is under way. `AlreadySyncing` where that takes
        longer than anybody waits."""
        until = time.monotonic() + PATIENCE
        while True:
            try:
                return deed()
            except AlreadySyncing:
                if time.monotonic() > until:
                    raise
                time.sleep(MEANWHILE)

    def _told_of(self, report: Report) -> Report:
        self._ended(report)
        return report

    def _engine(self) -> Engine:
        return Engine(self._store, self.transport(), knocks=True)

    def _run(self) -> None:
        try:
            while self._store.meta.get("server") is None:
                if self._alarm.wait(IDLE):
                    return
            self._road = road_of(self._store)
            engine = self._engine()
            engine.run(self._alarm, self._tell, self._progress, lambda: self._ready(engine))
        except StoreClosed:
            pass
        except Exception:
            log.exception("the background of a profile ended")

    def _ready(self, engine: Engine) -> bool:
        """Whether there is anybody to exchange for. A proxy or a certificate may have been set in the terminal since
        the last time: the next exchange goes by it."""
        if not self._needed():
            return False
        if (road := road_of(self._store)) != self._road:
            self._road, engine.transport = road, self.transport()
        return True

    def _needed(self) -> bool:
        try:
            return self._store.meta.get("token") is not None
        except StoreClosed:
            return False

    def _tell(self, outcome: Outcome) -> None:
        self._show(None)
        if not isinstance(outcome, AlreadySyncing):
            self._ended(outcome)

    def _progress(self, what: str, done: int, total: int | None) -> None:
        self._show({"what": what, "done": done, "all": total} if what in SHOWN else None)

    def _show(self, progress: dict[str, Any] | None) -> None:
        self.progress = progress
        self._step()
