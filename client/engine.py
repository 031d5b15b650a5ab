"""Runs exchanges: one at a time, again on a timer, and always to the end that the protocol names.

The protocol's own decisions are in `sync.exchange`; here they meet the store and the network.
"""

import random
import shutil
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, tzinfo
from typing import Protocol
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import msgspec
from filelock import FileLock, Timeout

from client import reply_templates
from client.bundles import keys
from client.diagnosis import tell as tell_how_it_stands
from client.files.fetching import Fetching
from client.files.refusals import cannot_keep
from client.files.room import tidy
from client.files.uploads import Uploads
from client.store import Store
from client.store.database import StoreBroken, StoreClosed, database_errors
from client.store.files import Upload
from client.transport import Progress, Transport, Unreachable, silent
from schemas.catalogue.model import City, version_of
from schemas.text import Text
from sync.codec import inflate, lines_in
from sync.decoding import decoder
from sync.errors import BodyCut, InstanceTaken, Malformed, NotSignedIn, TenggatError
from sync.exchange import Answered, Event, Exchange, Opened, Session
from sync.messages import Result, Status, Welcome
from sync.outbox import State
from sync.schedule import delay


class Wait(Protocol):
    """A wait that says whether it was told to stop: `threading.Event`, or something that more can end."""

    def wait(self, timeout: float) -> bool: ...


class AlreadySyncing(TenggatError):
    """Another process of this device is in the middle of an exchange."""

    code = "already_syncing"


@dataclass
class Report:
    """What a run of exchanges did."""

    exchanges: int = 0
    sent: int = 0
    received: int = 0
    dropped: int = 0
    mended: int = 0
    refused: list[Result] = field(default_factory=list)
    upgrade: bool = False
    wiped: bool = False
    files: int = 0
    file_bytes: int = 0
    files_refused: list[Upload] = field(default_factory=list)
    fetched: int = 0
    trouble: TenggatError | None = None
    """What stopped the files, when the exchanges before them had gone well."""


class Engine:
    """One device's exchanges with one server."""

    def __init__(
        self,
        store: Store,
        transport: Transport,
        *,
        chance: Callable[[], float] = random.random,
        ahead: bool = True,
        knocks: bool = False,
    ) -> None:
        """`ahead`: whether an officer's device fetches files that nobody asked for yet. `knocks`: whether something
        small goes out before anything leaves for the first time. What was tried to be sent may have arrived and cannot
        be taken back any more; where the timer tries without being asked, each try without a network would freeze what
        a person may still want to change."""
        self.store = store
        self.transport = transport
        self._chance = chance
        self._fetches = ahead
        self._knocks = knocks
        self._lock = FileLock(f"{store.path}.sync.lock", thread_local=False)
        # The version of a catalogue that this program is too old to read; not fetched again until it runs anew.
        self._unread: str | None = None

    @property
    def _passing(self) -> tuple[type[Exception], ...]:
        """What this device's own disk may raise."""
        return (*database_errors(), OSError)

    def sync(self, progress: Progress = silent) -> Report:
        """Exchange until nothing is left to send or to fetch, then send files, and hear that they arrived. Raises
        `AlreadySyncing`, `NotSignedIn`, `Unreachable` or another `TenggatError` where it was the exchange that failed;
        whatever was answered until then is stored."""
        try:
            with self._lock.acquire(timeout=0):
                return self._sync(progress)
        except Timeout:
            raise AlreadySyncing("another window or command is syncing this device right now") from None

    def run(
        self,
        stop: Wait,
        tell: Callable[[Report | TenggatError], None] = lambda _: None,
        progress: Progress = silent,
        needed: Callable[[], bool] = lambda: True,
    ) -> None:
        """Sync on a timer until told to stop: after a failure with growing, jittered waits. `needed`: whether there is
        anybody to exchange for."""
        failures = 0
        while True:
            asked: float | None = None
            try:
                if needed():
                    report = self.sync(progress)
                    tell(report)
                    failures, asked = (failures + 1, _asked(report.trouble)) if report.trouble else (0, None)
            except StoreClosed:
                return
            except TenggatError as error:
                failures += 1
                asked = _asked(error)
                tell(error)
            except self._passing as error:
                # A full disk, say. It may be over by the next time; the timer must still be there then.
                failures += 1
                tell(StoreBroken(f"this device cannot store anything right now: {error}"))
            if stop.wait(delay(failures, self._chance(), asked)):
                return

    def _sync(self, progress: Progress) -> Report:
        report = Report()
        try:
            if self._knocks and self.store.outbox.count(State.QUEUED):
                # What it answers is fetched again once an exchange told of it.
                self.transport.catalogue(self.store.meta.get("catalogue"))
            # Before anything is sent: whoever heard that a command arrived can lock the next one in a file, should the
            # network go at that moment.
            asked = not keys.known(self.store) and keys.learn(self.store, self.transport)
            self._exchanges(report, progress)
            self._catalogue(report)
            if asked:
                keys.are_of_this_epoch(self.store)
            else:
                keys.learn(self.store, self.transport)
            reply_templates.refresh(self.store, self.transport)
        except TenggatError as error:
            self._note(error)
            self.store.meta.set("failed", (self.store.meta.get("failed") or 0) + 1)
            raise
        if self.store.meta.get("failed"):
            self.store.meta.set("failed", None)
        if self.store.meta.get("diagnose"):
            tell_how_it_stands(self.store, self.transport)
        if not report.wiped:
            self._files(report, progress)
        self._note(report.trouble)
        return report

    def _exchanges(self, report: Report, progress: Progress) -> None:
        session = Session()
        while (exchange := session.next_request(self.store.take(self._free()))) is not None:
            self._exchange(exchange, session, report, progress)
        report.mended += session.mended

    def _note(self, error: TenggatError | None) -> None:
        # What to do differs from case to case, and only the error itself knows.
        words = _words(error.extra.get("text")) if error else None
        self.store.meta.set("last_error", error and [error.code, error.detail, self.store.stamp(), words])

    def _files(self, report: Report, progress: Progress) -> None:
        """After the exchange, never instead of it: whatever stops files is told beside what the exchange did."""

        def between() -> None:
            if self.store.outbox.waiting()[0]:
                self._exchanges(report, progress)

        uploads = Uploads(self.store, self.transport, between)
        try:
            uploads.run(progress)
        except TenggatError as error:
            report.trouble = error
        except OSError as error:
            report.trouble = cannot_keep(error)
        report.files, report.file_bytes = uploads.sent.files, uploads.sent.bytes
        report.files_refused = uploads.sent.refused
        try:
            if report.files:
                received = report.received
                self._exchanges(report, progress)
                # The echo is about cases that were counted when they came.
                report.received = max(received, report.received - received)
            if report.trouble is None:
                self._ahead(report, progress)
        except TenggatError as error:
            report.trouble = report.trouble or error

    def _ahead(self, report: Report, progress: Progress) -> None:
        """Fetch what an officer will look at, where something changed or a new day began in the city; and once a day,
        tidy."""
        person = self.store.meta.get("person") or {}
        roles = frozenset(person.get("roles", ()))
        text = self.store.meta.get("catalogue_json")
        if text is None:
            return
        day = self.store.clock().astimezone(_zone(text)).date()
        fresh = self.store.meta.get("files_tidied") != day.isoformat()
        if fresh:
            tidy(self.store, self.store.meta.get("last_success") or self.store.stamp())
            self.store.meta.set("files_tidied", day.isoformat())
        if not self._fetches or not (roles - {"citizen"}) or not (fresh or report.received):
            return
        fetching = Fetching(self.store, self.transport)
        try:
            fetching.ahead(City.from_json(text), day, roles, progress)
        except (TenggatError, OSError):
            # Nobody asked for it; the next run tries again.
            self.store.meta.set("files_tidied", None)
        report.fetched = len(fetching.got)

    def _exchange(self, exchange: Exchange, session: Session, report: Report, progress: Progress) -> None:
        report.exchanges += 1
        token = self.store.meta.get("token")
        if token is None:
            raise NotSignedIn("this device is not signed in")
        try:
            reply = self.transport.exchange(token, exchange.request(), progress)
        except InstanceTaken:
            # Our own instance id with someone else: this file is a copy. What waits goes on under the next id, and the
            # session goes round again.
            with self.store.transaction():
                self.store.outbox.rehome(exchange.device.instance)
            return
        heard = _Heard()
        progress("storing", 0, None)
        chunks = inflate(reply.body, reply.encoding)
        try:
            applied = self.store.apply(exchange.device, _events(exchange, chunks, heard))
        except (BodyCut, Malformed) as error:
            # Of an answer that was cut off, what came before the cut is true; of a damaged one, nothing is certain.
            if isinstance(error, BodyCut) and heard.welcome is not None and heard.results:
                self.store.apply_answers(exchange.device, heard.welcome, heard.results)
            raise Unreachable(f"the answer did not come whole: {error.detail}") from error
        finally:
            reply.close()
        if applied.checked:
            session.differs(applied.fetch, applied.drop)
        welcome = exchange.welcome
        assert welcome is not None, "the response came whole"
        session.closed(exchange, self.store.digest(welcome.scopes), self.store.outbox.waiting()[0])
        report.sent += exchange.settled
        report.received += applied.records
        report.dropped += applied.gone
        report.refused += [r for r in applied.results if r.status in _REFUSED]
        report.upgrade, report.wiped = welcome.upgrade, welcome.wipe

    def _catalogue(self, report: Report) -> None:
        """Fetch the catalogue where the server has a newer one than this device. One that only a newer program can read
        is said, and the one held serves on."""
        held, newest = self.store.meta.get("catalogue"), self.store.meta.get("server_catalogue")
        if newest is None or held == newest:
            return
        if newest == self._unread:
            report.upgrade = True
            return
        body = self.transport.catalogue(held)
        if body is None:
            return
        if version_of(body) != newest:
            raise Unreachable("the catalogue did not come whole")
        try:
            # Read before it is kept: one that this program cannot read would stay, and leave it without any.
            text = body.decode()
            City.from_json(text)
        except ValueError:
            self._unread = newest
            report.upgrade = True
            return
        with self.store.transaction():
            self.store.meta.set("catalogue_json", text)
            self.store.meta.set("catalogue", newest)

    def _free(self) -> int | None:
        try:
            return shutil.disk_usage(self.store.path.parent).free
        except OSError:
            return None


def _asked(error: TenggatError | None) -> float | None:
    """How many seconds the server asked to wait."""
    found = error.extra.get("retry_after") if error else None
    return float(found) if isinstance(found, int | float) else None


def _words(text: object) -> dict[str, str] | None:
    """Of an error of this device's own, or of the server's, which came as JSON."""
    if isinstance(text, Text):
        return {"id": text.id, "en": text.en}
    return {language: str(said) for language, said in text.items()} if isinstance(text, Mapping) else None


class _Place(msgspec.Struct):
    """What is read of a catalogue at every sync."""

    timezone: str


def _zone(catalogue: str) -> tzinfo:
    """Where the city's days begin; on a device that does not know that zone, as everywhere."""
    try:
        return ZoneInfo(decoder(_Place).decode(catalogue.encode()).timezone)
    except (ZoneInfoNotFoundError, msgspec.MsgspecError):
        return UTC


_REFUSED = {Status.REJECTED, Status.QUARANTINED, Status.BLOCKED}


class _Heard:
    """What was said about commands, in case the rest of the response does not come."""

    def __init__(self) -> None:
        self.welcome: Welcome | None = None
        self.results: list[Result] = []


def _events(exchange: Exchange, chunks: Iterator[bytes], heard: _Heard) -> Iterator[list[Event]]:
    """The response's events as they are read; raises at the end where it was cut off."""
    for lines in lines_in(chunks):
        events = exchange.receive(lines)
        for event in events:
            if isinstance(event, Opened):
                heard.welcome = event.welcome
            elif isinstance(event, Answered):
                heard.results += event.results
        yield events
    exchange.finish()
