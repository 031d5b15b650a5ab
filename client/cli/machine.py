"""What the program stands on: a folder, a network, a clock, a terminal. Tests give their own."""

import os
import re
import sys
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import platformdirs

from client.cli.trouble import Said
from client.roads import Connect, connect
from client.store import Store

PROFILE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,39}")


def _terminal() -> bool:
    return sys.stdin.isatty() and sys.stdout.isatty()


@dataclass(frozen=True)
class Machine:
    """`home` None: TENGGAT_HOME, else the place where this system keeps a user's data."""

    connect: Connect = connect
    clock: Callable[[], datetime] = lambda: datetime.now(UTC)
    terminal: Callable[[], bool] = _terminal
    home: Path | None = None

    def file(self, profile: str) -> Path:
        """The database of a profile. `Said` where that is no name for one."""
        if not PROFILE.fullmatch(profile):
            raise Said("bad_profile", name=profile)
        given = os.environ.get("TENGGAT_HOME")
        home = self.home or (Path(given) if given else Path(platformdirs.user_data_dir("tenggat", appauthor=False)))
        return home / profile / "device.sqlite"

    def open(self, profile: str) -> Store:
        """The profile's store. Nobody else on this computer can read it: personal data lies in it."""
        path = self.file(profile)
        try:
            path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            path.parent.chmod(0o700)
            # Made before SQLite does, so that it and the files beside it begin with these rights.
            os.close(os.open(path, os.O_CREAT | os.O_RDWR, 0o600))
            path.chmod(0o600)
        except OSError as error:
            raise Said("no_home", path=path.parent, reason=error.strerror or error) from None
        return Store(path, clock=self.clock)
