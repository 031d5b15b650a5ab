"""A device: the real store, engine and desk, on a clock of its own, that can be killed and started again."""

import json
import shutil
import sqlite3
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from client import account
from client.engine import Engine, Report
from client.store import Store
from client.store.blobs import Blobs
from client.transport import HttpTransport
from client.work import Desk
from sync.errors import NotSignedIn, TenggatError
from sync.messages import PROTOCOL
from tests.simulation.crashes import Fuse, Killed, copy_files, copy_folder, opener, put_files
from tests.simulation.network import Network
from tests.simulation.trace import Trace
from tests.simulation.world import World

PASSWORD = "kata sandi panjang"

AMPLE = 5_000_000_000
"""Bytes free; the real disk under the test would leak into what is sent and what is kept."""


class _Engine(Engine):
    def _free(self) -> int | None:
        return AMPLE


class _Blobs(Blobs):
    """The real folder of bytes, on a disk that may be nearly full, in which a process may die; it notes what was kept
    by its own person, and tells what is let go of."""

    def __init__(self, folder: Path, device: "Device") -> None:
        super().__init__(folder, durable=False, step=device.fuse.tick)
        self._device = device

    def put(self, chunks: Iterable[bytes]) -> tuple[str, int]:
        sha256, size = super().put(chunks)
        self._device.photographed.add(sha256)
        return sha256, size

    def drop(self, names: Iterable[str]) -> None:
        names = [name for name in names if self.has(name)]
        self._device.dropped(self._device, names)
        super().drop(names)

    def free(self) -> int:
        return AMPLE if self._device.capacity is None else max(0, self._device.capacity - self._device.used())


class Device:
    """`login` None: a guest. `fair`: nothing was done to this device's rows behind its back."""

    def __init__(
        self,
        name: str,
        folder: Path,
        world: World,
        network: Network,
        trace: Trace,
        *,
        roles: tuple[str, ...] = ("citizen",),
        login: str | None = None,
        protocol: int = PROTOCOL,
        sent: Callable[[str, bytes], None],
        heard: Callable[["Device"], None],
        checked: Callable[["Device"], None],
        dropped: Callable[["Device", list[str]], None],
    ) -> None:
        self.name = name
        self.folder = folder
        self.world = world
        self.trace = trace
        self.roles = roles
        self.login = login
        self.protocol = protocol
        self.skew = timedelta()
        self.has_account = False
        self.knows_account = False
        """Its person tried to sign in and will again, whatever became of it: where only the answer was lost, the cases
        went to the account, and the device goes on as another guest's."""
        self.capacity: int | None = None
        """Bytes of a disk that is nearly full."""
        self.dropped = dropped
        self.fair = True
        self.busy = False
        self.revoked = False
        self.died = False
        self.photographed: set[str] = set()
        self.path = folder / "device.sqlite3"
        self.fuse = Fuse(self.path, folder / "grave", lambda s: trace.strike("client_killed", name, "before", s))
        self.transport: HttpTransport = network.transport(name, lambda lines: self._sent(lines, sent), self._checks)
        self._checked = checked
        self._heard = heard
        self.open()

    def clock(self) -> datetime:
        return self.world.now + self.skew

    def open(self) -> None:
        self.store = Store(
            self.path,
            clock=self.clock,
            new_id=self.world.new_id,
            opener=opener(self.fuse),
            protocol=self.protocol,
            app="sim",
            blobs=lambda folder: _Blobs(folder, self),
        )
        self.desk = Desk(self.store)
        self.engine = _Engine(self.store, self.transport, chance=self.world.chance.random)

    @property
    def staff(self) -> bool:
        return self.roles != ("citizen",)

    def do(self, what: Callable[[], Any]) -> str:
        """One thing done at this device, perhaps cut short by its death: what came of it, as a word."""
        try:
            what()
        except TenggatError as error:
            return error.code
        except Killed:
            self.rise()
            return "killed"
        finally:
            self.fuse.douse()
        return "ok"

    def sync(self) -> str:
        """One run of exchanges; signs in first where that is needed."""
        report: list[Report] = []
        self.busy = True
        try:
            came = self.do(lambda: report.append(self._sync()))
        finally:
            self.busy = False
        for done in report:
            self.trace.saw("mended", done.mended)
            self.trace.saw("upgrade", int(done.upgrade))
            self.trace.saw("wiped", int(done.wiped))
            self.trace.saw("photos_sent", done.files)
            if done.trouble is not None:
                # The exchange went well, and then something with the photos did not.
                came = f"photos_{done.trouble.code}"
        return came

    def _sync(self) -> Report:
        if self.store.meta.get("token") is None:
            self.enter()
        try:
            return self.engine.sync()
        except NotSignedIn:
            # Only a sign-in helps: the server forgot this token in a restore, or a sign-in took it along.
            self.trace.saw("signed_in_again")
            self.enter()
            return self.engine.sync()

    def enter(self) -> None:
        """Get a token: a guest mints one, everybody else signs in, or up where the account is not there (any more)."""
        if self.login is None or not self.has_account:
            account.begin_as_guest(self.store)
            return
        try:
            account.sign_in(self.store, self.transport, self.login, PASSWORD)
        except TenggatError as error:
            if error.code != "wrong_credentials" or self.staff:
                raise
            account.sign_up(self.store, self.transport, self.login, PASSWORD, self.name)

    def rise(self) -> None:
        """A new process on what the killed one left."""
        self.store.close()
        self.fuse.rise()
        self.died = True
        self.open()

    def back_up(self) -> None:
        copy_files(self.path, self.folder / "copy")
        copy_folder(self.store.blobs.folder, self.folder / "copied-files")

    def roll_back(self) -> bool:
        """The disk as it was at the last copy. False where there is none."""
        if not (self.folder / "copy").exists():
            return False
        self.store.close()
        put_files(self.folder / "copy", self.path)
        copy_folder(self.folder / "copied-files", self.store.blobs.folder)
        self.died = True
        self.open()
        return True

    def close(self) -> None:
        self.store.close()
        shutil.rmtree(self.folder, ignore_errors=True)

    def used(self) -> int:
        """Bytes of photos on the disk."""
        return sum(path.stat().st_size for path in self.store.blobs.folder.glob("**/*") if path.is_file())

    def rows(self, query: str) -> list[Any]:
        # Looked at from the outside: an observer's statement kills nobody.
        return list(sqlite3.Connection.execute(self.store._db, query).fetchall())

    @property
    def epoch(self) -> str | None:
        """The server's epoch, as far as this device has heard."""
        found = self.rows("SELECT value FROM meta WHERE key = 'epoch'")
        return str(json.loads(found[0]["value"])) if found else None

    @property
    def mid_page(self) -> bool:
        """Whether a snapshot of several pages has begun here and is not whole."""
        return bool(self.rows("SELECT 1 FROM meta WHERE key = 'snapshot'"))

    def _checks(self) -> None:
        self._checked(self)

    def _sent(self, lines: list[bytes], sent: Callable[[str, bytes], None]) -> None:
        self._heard(self)
        hello = next((line for line in lines if line.startswith(b'{"t":"hello"')), None)
        if hello is None:
            return
        start = hello.index(b'"instance":"') + 12
        instance = hello[start : start + 36].decode()
        for line in lines:
            if line.startswith(b'{"t":"command"'):
                sent(instance, line)
