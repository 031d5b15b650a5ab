"""One window for each home of profiles: who comes second shows the first one's.

The first holds a lock, which the system lets go of however it ends, and writes where it listens into a file that only
its own user can read.
"""

import json
import os
import secrets
import time
from contextlib import closing
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from typing import Final

from filelock import FileLock, Timeout

from client.vault.disk import write_whole

LOCK: Final = "window.lock"
PLACE: Final = "window.json"
PATIENCE: Final = 10.0
"""Seconds for which a first one that is only starting, or ending, is waited for."""


class Single:
    """`key`: what whoever asks for the window must know."""

    def __init__(self, home: Path) -> None:
        home.mkdir(parents=True, exist_ok=True, mode=0o700)
        self._place = home / PLACE
        self._lock = FileLock(home / LOCK, thread_local=False)
        self.key = secrets.token_urlsafe(32)

    def first(self) -> bool:
        """Whether this is the first one; it stays so until `leave`."""
        try:
            self._lock.acquire(timeout=0)
        except Timeout:
            return False
        self._place.unlink(missing_ok=True)
        return True

    def here(self, port: int) -> None:
        """Others find this one at that port."""
        write_whole(self._place, json.dumps({"port": port, "key": self.key, "pid": os.getpid()}).encode())

    def leave(self) -> None:
        self._place.unlink(missing_ok=True)
        self._lock.release()

    def show_other(self, profile: str | None = None) -> bool:
        """Ask the first one to show its window; whether it did. False also where it has ended meanwhile: then this one
        is the first."""
        until = time.monotonic() + PATIENCE
        while time.monotonic() < until:
            if self._asked(profile):
                return True
            if self.first():
                return False
            time.sleep(0.1)
        raise TimeoutError("another window of Tenggat is open on this computer, and does not answer")

    def _asked(self, profile: str | None) -> bool:
        try:
            told = json.loads(self._place.read_bytes())
            body = json.dumps({"profile": profile}).encode()
            with closing(HTTPConnection("127.0.0.1", int(told["port"]), timeout=3)) as connection:
                connection.request("POST", "/show", body, {"X-Tenggat-Key": str(told["key"])})
                with connection.getresponse() as response:
                    return response.status == 200
        except (OSError, ValueError, KeyError, TypeError, HTTPException):
            return False
