"""The device's store: one file, one transaction for what belongs together, and the events of an exchange applied."""

import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

import sync
from client.store.blobs import Blobs
from client.store.cipher import sealed_opener
from client.store.database import Connect, Database, connect, reading
from client.store.files import Files
from client.store.meta import Meta
from client.store.outbox import Outbox
from client.store.records import Records
from client.store.sealed import SealedBlobs
from sync.digest import difference
from sync.exchange import (
    Answered,
    Arrived,
    Device,
    Ended,
    Event,
    Gone,
    Listed,
    Opened,
    Promised,
    Revised,
    StartedOver,
)
from sync.messages import PROTOCOL, Health, Result, Welcome
from sync.outbox import State

PAGE = 5_000
"""Records asked for in one response."""


def _now() -> datetime:
    return datetime.now(UTC)


def _new_id() -> str:
    return str(uuid4())


class Store:
    """Everything this device knows, for any number of threads. `clock` is the device's own: a claim, never believed by
    anyone. With a `key` (32 bytes) all of it is encrypted on the disk."""

    def __init__(
        self,
        path: Path,
        *,
        key: bytes | None = None,
        clock: Callable[[], datetime] = _now,
        new_id: Callable[[], str] = _new_id,
        opener: Connect | None = None,
        blobs: Callable[[Path], Blobs] | None = None,
        protocol: int = PROTOCOL,
        app: str = f"tenggat {sync.__version__}",
    ) -> None:
        self.path = path
        self.clock = clock
        self.protocol = protocol
        self.app = app
        self.sealed = key is not None
        folder = path.with_name(f"{path.name}.files")
        if blobs is not None:
            self.blobs = blobs(folder)
        else:
            self.blobs = SealedBlobs(folder, key) if key else Blobs(folder)
        self._database = Database(path, opener or (sealed_opener(key) if key else connect))
        self.meta = Meta(self._database)
        self.outbox = Outbox(self._database, new_id)
        self.records = Records(self._database)
        self.new_id = new_id
        self.files = Files(self._database, self.blobs)
        if self.meta.get("bytes_gone"):
            # A process died between forgetting and deleting.
            self._drop_all()

    def close(self) -> None:
        self._database.close()

    def rest(self) -> None:
        """This thread has no more to do here for now, and gives back what it held open."""
        self._database.rest()

    @property
    def _db(self) -> sqlite3.Connection:
        """This thread's connection."""
        return self._database.connection

    def transaction(self) -> AbstractContextManager[sqlite3.Connection]:
        """All or nothing, for changes that belong together."""
        return self._database.transaction()

    def reading(self) -> AbstractContextManager[sqlite3.Connection]:
        """Several questions answered from one state of the store. Nothing may be written in it."""
        return reading(self._db)

    def changed(self) -> int:
        """A number that is another one after anybody else, in this process or not, changed the store."""
        return int(self._db.execute("PRAGMA data_version").fetchone()[0])

    def stamp(self) -> str:
        """The device's claim of the time, with its offset."""
        return self.clock().isoformat(timespec="seconds")

    def take(self, free: int | None = None) -> Device:
        """What the device brings to an exchange; the commands in it are frozen from here on."""
        with self.transaction():
            instance, seqs, lines = self.outbox.take(self.stamp())
            return Device(
                instance=instance,
                epoch=self.meta.get("epoch"),
                cursor=self.meta.get("cursor"),
                catalogue=self.meta.get("catalogue"),
                promises=self.meta.get("promises"),
                clock=self.stamp(),
                app=self.app,
                guest=bool(self.meta.get("guest")),
                amended=self.meta.get("amended") or 0,
                limit=PAGE,
                health=self.health(free),
                seqs=seqs,
                lines=lines,
                protocol=self.protocol,
            )

    def health(self, free: int | None = None) -> Health:
        """What this device says of itself. `free`: bytes left on its disk."""
        waiting, size, oldest = self.outbox.waiting()
        return Health(
            waiting=waiting,
            refused=self.outbox.count(State.REFUSED),
            conflicts=self.records.conflicts(),
            bytes=size,
            oldest=oldest,
            # To 100 MB, so that an idle device says the same each time.
            free=free - free % 100_000_000 if free is not None else None,
            mended=self.meta.get("mended") or 0,
            files=self.files.unsent()[0],
            **self._failures(),
        )

    def _failures(self) -> dict[str, Any]:
        """How many tries failed since one went well; nothing where the last one did, which is most of the time."""
        failed = self.meta.get("failed")
        if not failed:
            return {}
        error = self.meta.get("last_error")
        return {"failed": failed, "trouble": error and error[0][:64], "ended": self.meta.get("last_success")}

    def apply(self, device: Device, events: Iterator[Sequence[Event]], *, live: bool = True) -> "Applied":
        """Store the events of one response in one transaction. Whatever `events` raises, nothing was stored. `live`
        False: the request was made on another day, and this may be another state of the disk."""
        applied = Applied(live)
        with self.transaction():
            for batch in events:
                for event in batch:
                    self._apply(device, event, applied)
            self._after(device, applied)
        self._drop(applied)
        return applied

    def apply_answers(self, device: Device, welcome: Welcome, results: list[Result]) -> None:
        """A response was cut off: keep what is safe to hear twice, which is what became of the commands."""
        applied = Applied()
        with self.transaction():
            self._apply(device, Opened(welcome), applied)
            self._apply(device, Answered(results), applied)
            self._after(device, applied)
        self._drop(applied)

    def digest(self, scopes: Sequence[str]) -> list[tuple[int, str]]:
        return self.records.digest(scopes)

    def _apply(self, device: Device, event: Event, applied: "Applied") -> None:
        if isinstance(event, Arrived):
            self.records.store(event.lines, event.heads, self.meta.get("generation") or 0)
            applied.records += len(event.lines)
        elif isinstance(event, Answered):
            applied.results += event.results
            applied.reused |= self.outbox.answer(device.instance, event.results, applied.now)
        elif isinstance(event, Gone):
            self.records.drop(event.ids)
            applied.gone += len(event.ids)
        elif isinstance(event, Opened):
            self._open(device, event.welcome, applied)
        elif isinstance(event, Promised):
            self.meta.set("promises", event.promises.version)
            self.meta.set("promise_table", bytes(event.promises.table).decode())
        elif isinstance(event, StartedOver):
            self.meta.set("generation", (self.meta.get("generation") or 0) + 1)
            self.meta.set("snapshot", True)
        elif isinstance(event, Revised):
            applied.revised += self.outbox.revise(event.amended, applied.now)
            self.meta.set("amended", max(one.n for one in event.amended))
        elif isinstance(event, Listed):
            applied.listed += event.ids
            applied.checked = True
        elif isinstance(event, Ended):
            self._end(event, applied)

    def _open(self, device: Device, welcome: Welcome, applied: "Applied") -> None:
        applied.now = welcome.now
        known = self.meta.get("epoch")
        if known is not None and known != welcome.epoch:
            self.outbox.resend(welcome.now)
            self.files.restart()
            # A restored server counts them anew.
            self.meta.set("amended", None)
            # The records here are of the server's older life, until the snapshot that begins now brings each again.
            self.meta.set("generation", (self.meta.get("generation") or 0) + 1)
            self.meta.set("cursor", None)
        self.meta.set("epoch", welcome.epoch)
        self.meta.set("person", welcome.person or self.meta.get("person"))
        if welcome.person.get("kind") == "guest":
            # Also after an account was lost in a restore, and this token became its guest's again.
            self.meta.set("guest", True)
        self.meta.set("server_catalogue", welcome.catalogue)
        self.meta.set("upgrade", welcome.upgrade or None)
        self.meta.set("diagnose", welcome.diagnose or None)
        self.meta.set("server_keys_id", welcome.keys or None)
        if not welcome.upgrade:
            self.records.see_by(welcome.scopes)
        # The server knows numbers that this database never gave out: a copy of it went on elsewhere, or this is
        # an old one that was brought back. From here on, a new instance.
        current = device.instance == self.outbox.instance()[1]
        applied.fork = current and welcome.highest > self.outbox.minted(device.instance)
        applied.wipe = welcome.wipe
        if not welcome.wipe:
            self.meta.set("handed_over", None)

    def _end(self, event: Ended, applied: "Applied") -> None:
        end = event.end
        if end.cursor is not None:
            self.meta.set("cursor", end.cursor)
        if not end.more and self.meta.get("snapshot"):
            applied.gone += self.records.drop_older(self.meta.get("generation") or 0)
            self.meta.set("snapshot", None)
        self.meta.set("last_success", applied.now)
        self.meta.set("last_success_here", self.stamp())

    def _after(self, device: Device, applied: "Applied") -> None:
        if applied.checked:
            applied.fetch, drop = difference(applied.listed, self.records.versions())
            self.records.drop(drop)
            applied.drop = drop
            self.meta.set("mended", (self.meta.get("mended") or 0) + len(applied.fetch) + len(drop))
        if applied.fork or applied.reused:
            self.outbox.fork(device.instance, applied.reused, unsent=applied.live)
        self.outbox.expire(applied.now)
        self.files.reconcile(applied.now, self.meta.get("generation") or 0)
        applied.bytes_gone += self.files.release()
        if applied.wipe and not self.outbox.waiting()[0]:
            if self.meta.get("handed_over") is None and self.outbox.hand_over():
                self.meta.set("handed_over", True)
            else:
                # The device was revoked, and all it had to say is at the server: nothing of the cases stays here.
                self._forget()
                self.meta.set("wiped", self.stamp())
                applied.wiped = True

    def _drop(self, applied: "Applied") -> None:
        """Let go of bytes, now that it is committed that nothing needs them: the other way round, a transaction that is
        rolled back would leave rows without their bytes."""
        if applied.wiped:
            self._drop_all()
        else:
            self.drop_bytes(applied.bytes_gone)

    def drop_bytes(self, names: Sequence[str]) -> None:
        """Delete these files, but for those that were needed again meanwhile: whoever writes their row looks, in its
        transaction, whether they are still here."""
        if names:
            with self.transaction():
                known = set(map(self.blobs.named, self.files.known()))
                self.blobs.drop(name for name in names if self.blobs.named(name) not in known)

    def _drop_all(self) -> None:
        self.blobs.drop_all()
        self.meta.set("bytes_gone", None)

    def forget(self) -> None:
        """Nothing of this person stays here."""
        self._forget()
        self._drop_all()

    def _forget(self) -> None:
        """Whoever comes next mints numbers of their own: under the old instance, what was acknowledged could one day
        be sent again in somebody else's name."""
        with self.transaction():
            self.records.drop_all()
            self.files.drop_all()
            self._db.execute("DELETE FROM outbox")
            self.outbox.fork()
            for key in (
                "token",
                "person",
                "cursor",
                "guest",
                "typing",
                "typing_files",
                "typing_rest",
                "last_error",
                "failed",
                "amended",
                "diagnose",
                "handed_over",
                "bundles",
                "templates",
                "templates_asked",
            ):
                self.meta.set(key, None)
            self.meta.set("bytes_gone", True)


class Applied:
    """What one response did to the store."""

    def __init__(self, live: bool = True) -> None:
        self.live = live
        self.now = ""
        self.records = 0
        self.gone = 0
        self.results: list[Result] = []
        self.revised = 0
        """Commands, answered before, that have another result now."""
        self.fork = False
        self.reused: set[int] = set()
        self.bytes_gone: list[str] = []
        """Names of bytes that nothing needs any more, to be dropped once this is committed."""
        self.wipe = False
        self.wiped = False
        self.checked = False
        self.listed: list[tuple[str, int]] = []
        self.fetch: list[str] = []
        self.drop: list[str] = []
