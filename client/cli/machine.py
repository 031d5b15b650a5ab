"""What the program stands on: a folder, a network, a clock, a terminal, a keyring. Tests give their own."""

import sys
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path

from client.cli.trouble import Said
from client.home import home_folder
from client.roads import Connect, connect
from client.store import Store
from client.vault import Profiles, Ring, SystemRing, uptime
from client.vault.locking import DATABASE
from client.vault.refusals import BadProfile
from client.vault.vault import Kind
from client.vault.wrapping import STRONG, Cost


def _terminal() -> bool:
    return sys.stdin.isatty() and sys.stdout.isatty()


@dataclass(frozen=True)
class Machine:
    """`home` None: TENGGAT_HOME, else the place where this system keeps a user's data. `cost`: of trying a PIN."""

    connect: Connect = connect
    clock: Callable[[], datetime] = lambda: datetime.now(UTC)
    terminal: Callable[[], bool] = _terminal
    home: Path | None = None
    ring: Ring = field(default_factory=SystemRing)
    uptime: Callable[[], float] = uptime
    cost: Cost = STRONG

    @cached_property
    def profiles(self) -> Profiles:
        return Profiles(self.home or home_folder(), self.ring, clock=self.uptime, cost=self.cost)

    def file(self, profile: str) -> Path:
        """The database of a profile. `Said` where that is no name for one."""
        try:
            return self.profiles.folder(profile) / DATABASE
        except BadProfile:
            raise Said("bad_profile", name=profile) from None

    def open(self, profile: str, secret: Callable[[Kind], str]) -> Store:
        """The profile's store. Where it is locked, `secret` is asked for its PIN or passphrase."""
        folder = self.file(profile).parent
        try:
            key = None
            if self.profiles.is_locked(profile):
                vault = self.profiles.vault(profile)
                # Whoever has to wait is told so before anything is typed.
                vault.check(self.uptime())
                key = vault.open(secret(vault.kind), self.uptime())
            store = self.profiles.open(profile, key, clock=self.clock)
        except OSError as error:
            raise Said("no_home", path=folder, reason=error.strerror or error) from None
        if key is not None:
            self.describe(profile, store)
        return store

    def describe(self, profile: str, store: Store) -> None:
        """What may be known of a locked profile before it is open: whose it is, and the language to ask in."""
        person = store.meta.get("person") or {}
        called = self.profiles.get(profile).title
        title = person.get("name") if called == profile else None
        # It is a nicety: a disk that is full must not keep anybody from what is on it.
        with suppress(OSError):
            self.profiles.describe(profile, title, store.meta.get("language"))
