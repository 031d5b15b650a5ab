"""An answer that was carried back: opened, and taken in as far as it still holds (`made.use_of`)."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from filelock import FileLock, Timeout

from client.bundles import adopting, keys
from client.bundles.made import Made, Sent, Use, find, standing, token_hash, use_of
from client.engine import AlreadySyncing
from client.files.refusals import OF_CODES
from client.store import Store
from schemas.text import Text
from sync import bundle
from sync.bundle import Body, BundleDamaged, Exchanged, File, OtherServer, Refused, Server, Source
from sync.codec import inflate, lines_in
from sync.errors import TenggatError
from sync.exchange import Answered, Device, Event, Exchange, Opened
from sync.messages import Result, Status, Welcome

_REFUSED = {Status.REJECTED, Status.QUARANTINED, Status.BLOCKED}
_OF_CONTENT = frozenset(("wrong_type", "heic", "unsafe_image", "broken_file", "too_large", "malformed"))
"""Refusals that the same bytes would meet again."""


class NotAnAnswer(TenggatError):
    """A bundle that is to be carried to the server."""

    code = "not_an_answer"


class NotOurs(TenggatError):
    """The answer to a bundle that this device did not make, or forgot."""

    code = "not_ours"


class AnswerTooOld(TenggatError):
    """The server was restored since it gave this answer, and this device has spoken with it since: nothing of what it
    says holds any more. What waits here will be answered anew."""

    code = "answer_too_old"


@dataclass
class Heard:
    """What an answer did here."""

    whole: bool = False
    """Whether records came along; else only what became of commands was taken, and a sync brings the rest."""
    results: list[Result] = field(default_factory=list)
    settled: int = 0
    """Commands that waited until now."""
    refused: list[Result] = field(default_factory=list)
    received: int = 0
    dropped: int = 0
    files: int = 0
    """Files that the server took in."""
    files_refused: list[str] = field(default_factory=list)
    """The attachments that it will not take."""
    problems: list[Refused] = field(default_factory=list)
    more: bool = False
    """The server had more to tell than went into the answer: another bundle, or a sync, brings it."""
    wiped: bool = False
    upgrade: bool = False


def take_answer(store: Store, source: Source) -> Heard:
    """Take in an answer. Again, or late, does no harm. Raises `NotABundle`, `NewerBundle`, `BundleDamaged`,
    `NotAnAnswer`, `NotOurs`, `OtherServer`, `AnswerTooOld`, or `AlreadySyncing` while an exchange is under way."""
    whole = bundle.examine(source)
    if whole.header.kind != "answer":
        raise NotAnAnswer("this bundle is to be carried to the server; only its answer comes back here")
    made = find(store, whole.header.id)
    if made is None:
        raise NotOurs("this answers a bundle that was not made on this device, or long ago")
    if whole.header.by not in keys.signing(store):
        raise OtherServer("this answer is not signed by the server that this device knows")
    lock = FileLock(f"{store.path}.sync.lock", thread_local=False)
    try:
        with lock.acquire(timeout=0):
            return _Answer(store, made).take(bundle.parts(source, whole, made.keys.answer))
    except Timeout:
        raise AlreadySyncing("another window or command is syncing this device right now") from None


def import_file(store: Store, source: Source) -> dict[str, Any]:
    """Take in a file that somebody chose: an answer, or another device's outbox of the same person. How many commands
    were `taken` (answered, or new here), and how many `known`; of an answer also what it brought beside (`heard`:
    `_told`)."""
    source.seek(0)
    if source.read(1) == b"{":
        return dict(adopting.adopt(store, source))
    heard = take_answer(store, source)
    return {"taken": heard.settled, "known": len(heard.results) - heard.settled, "heard": _told(heard)}


def _told(heard: Heard) -> dict[str, Any]:
    """`Heard` of client/web/src/desk.ts."""
    return {
        "problems": [{"code": one.code, "detail": one.detail} for one in heard.problems],
        "refused": len(heard.refused),
        "files_refused": len(heard.files_refused),
        "late": not heard.whole,
        "more": heard.more,
        "upgrade": heard.upgrade,
        "wiped": heard.wiped,
    }


class _Answer:
    """One answer, taken in part by part; each part is a transaction of its own, and any of them may come again."""

    def __init__(self, store: Store, made: Made) -> None:
        self.store = store
        self.made = made
        self.heard = Heard()
        self.server: Server | None = None

    def take(self, parts: Iterator[tuple[bundle.Head, Body]]) -> Heard:
        left = list(self.made.exchanges)
        for part, body in parts:
            if isinstance(part, Server):
                self._begin(part)
            elif self.server is None:
                raise BundleDamaged("the answer does not begin with who speaks")
            elif isinstance(part, File):
                self._file(part)
            elif isinstance(part, Exchanged | Refused):
                if not left:
                    raise BundleDamaged("the answer tells of more exchanges than were asked")
                sent = left.pop(0)
                if isinstance(part, Refused):
                    self._refused(sent, part)
                else:
                    self._exchange(sent, part, body, last=not left)
        return self.heard

    def _begin(self, server: Server) -> None:
        self.server = server
        if self._use() is Use.NOTHING:
            raise AnswerTooOld("the server was restored since this answer was given")

    def _use(self) -> Use:
        assert self.server is not None, "the answer has begun"
        return use_of(self.made, standing(self.store), self.server.epoch, self.server.now)

    def _exchange(self, sent: Sent, part: Exchanged, body: Body, *, last: bool) -> None:
        device = Device(sent.instance, self.made.epoch, self.made.cursor, seqs=sent.seqs)
        exchange = Exchange(device)
        lines = lines_in(inflate(body, part.coding))
        waiting = self.store.outbox.waiting()[0]
        if last and self._use() is Use.EVERYTHING:
            self._everything(device, exchange, lines)
        else:
            self._results(device, exchange, lines)
        self.heard.settled += max(0, waiting - self.store.outbox.waiting()[0])

    def _everything(self, device: Device, exchange: Exchange, lines: Iterator[list[bytes]]) -> None:
        applied = self.store.apply(device, _events(exchange, lines), live=False)
        # How far this device's clock is off is known only from an answer that comes at once.
        self.store.meta.set("last_success_here", None)
        welcome, end = exchange.welcome, exchange.finish()
        assert welcome is not None, "an end never comes before its hello"
        self._note(applied.results)
        heard = self.heard
        heard.whole, heard.more, heard.wiped, heard.upgrade = True, end.more, welcome.wipe, welcome.upgrade
        heard.received, heard.dropped = applied.records, applied.gone

    def _results(self, device: Device, exchange: Exchange, lines: Iterator[list[bytes]]) -> None:
        """What is safe to hear twice and late, and nothing else: neither records nor scopes, nor who this is."""
        results: list[Result] = []
        welcome: Welcome | None = None
        for events in _events(exchange, lines):
            for event in events:
                if isinstance(event, Opened):
                    welcome = event.welcome
                elif isinstance(event, Answered):
                    results += event.results
        assert welcome is not None, "an end never comes before its hello"
        self._note(results)
        store = self.store
        if welcome.wipe and self._same_device():
            # A token that was revoked never comes back, so this does not grow old.
            store.apply_answers(device, welcome, results)
            self.heard.wiped = True
            return
        with store.transaction():
            reused = store.outbox.answer(device.instance, results, welcome.now)
            current = device.instance == store.outbox.instance()[1]
            if reused or (current and welcome.highest > store.outbox.minted(device.instance)):
                store.outbox.fork(device.instance, reused, unsent=False)

    def _refused(self, sent: Sent, part: Refused) -> None:
        self.heard.problems.append(part)
        if part.code == "instance_taken" and self._same_device():
            # As in an exchange: this store is a copy, and what waits goes on under the next id. Where the token is not
            # the bundle's, the id may have been taken meanwhile, and what waits must stay.
            with self.store.transaction():
                self.store.outbox.rehome(sent.instance)

    def _same_device(self) -> bool:
        assert self.server is not None, "the answer has begun"
        return self.made.token == token_hash(self.store) and self.store.meta.get("epoch") in (None, self.server.epoch)

    def _file(self, part: File) -> None:
        if part.code == "arrived":
            # The record says so, in this answer or in the next exchange; until then the bytes stay.
            self.heard.files += 1
            return
        upload = next((u for u in self.store.files.uploads() if u.attachment == part.attachment), None)
        if upload is None or part.code not in _OF_CONTENT or self._use() is not Use.EVERYTHING:
            # Late, it may have been mended meanwhile; a younger answer says so again.
            return
        words = part.text or _words(OF_CODES.get(part.code))
        with self.store.transaction():
            self.store.files.troubled(part.attachment, {"code": part.code} | words, refused=True)
        self.heard.files_refused.append(part.attachment)

    def _note(self, results: list[Result]) -> None:
        self.heard.results += results
        self.heard.refused += [result for result in results if result.status in _REFUSED]


def _events(exchange: Exchange, lines: Iterator[list[bytes]]) -> Iterator[list[Event]]:
    for batch in lines:
        yield exchange.receive(batch)
    exchange.finish()


def _words(text: Text | None) -> dict[str, str]:
    return {"id": text.id, "en": text.en} if text else {}
