"""The client's half of an exchange, without any I/O.

`Session` decides what to ask next: push and pull until nothing is left, then compare digests, mend what differs.
`Exchange` is one request and its response: it gives out the request's lines and turns the response's lines into
events. Whoever drives it (client/engine.py) stores the events of one response in one transaction, and only a
response with an `end` moves the cursor.

Ordering rules of a response, each enforced here:

1. `hello` comes first, and once.
2. Results come next, before anything else.
3. `promises`, `reset` and `have` come before records.
4. Nothing comes after `end`; without `end` the response was cut off.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from enum import Enum, auto

from sync.codec import line_of, read_control, read_head
from sync.errors import BodyCut, Malformed
from sync.messages import (
    CONTROL_TYPES,
    MAX_FETCH,
    PROTOCOL,
    Amended,
    Check,
    Deleted,
    End,
    Fetch,
    Have,
    Health,
    Hello,
    Left,
    Promises,
    RecordHead,
    RequestEnd,
    Reset,
    Result,
    Status,
    Welcome,
)


@dataclass(frozen=True)
class Device:
    """What the device knows as an exchange begins."""

    instance: str
    epoch: str | None = None
    cursor: str | None = None
    catalogue: str | None = None
    promises: str | None = None
    clock: str | None = None
    app: str = ""
    guest: bool = False
    amended: int = 0
    limit: int = 5_000
    health: Health = field(default_factory=Health)
    seqs: Sequence[int] = ()
    lines: Sequence[bytes] = ()
    """The commands to send, oldest first, as frozen lines; `seqs` are their numbers."""
    protocol: int = PROTOCOL


@dataclass(frozen=True)
class Opened:
    welcome: Welcome


@dataclass(frozen=True)
class Answered:
    """Results, each with its sequence number filled in."""

    results: list[Result]


@dataclass(frozen=True)
class Promised:
    promises: Promises


@dataclass(frozen=True)
class StartedOver:
    """A snapshot begins: what is not in it by its end is to be dropped."""

    why: str


@dataclass(frozen=True)
class Arrived:
    """Records, as lines to be stored as they came, and the heads read from them."""

    lines: list[bytes]
    heads: list[RecordHead]


@dataclass(frozen=True)
class Gone:
    """Records out of scope or deleted: to be dropped."""

    ids: list[str]


@dataclass(frozen=True)
class Listed:
    """Part of the answer to a check."""

    ids: list[tuple[str, int]]


@dataclass(frozen=True)
class Revised:
    """Commands that were answered before, each with the result that it has now."""

    amended: list[Amended]


@dataclass(frozen=True)
class Ended:
    end: End


Event = Opened | Answered | Promised | StartedOver | Arrived | Gone | Listed | Revised | Ended


class Phase(Enum):
    HELLO = auto()
    RESULTS = auto()
    PREFACE = auto()
    RECORDS = auto()
    ENDED = auto()


# A line type → the phases it may come in, and the phase after it.
_RULES: dict[type, tuple[frozenset[Phase], Phase]] = {
    Welcome: (frozenset({Phase.HELLO}), Phase.RESULTS),
    Result: (frozenset({Phase.RESULTS}), Phase.RESULTS),
    Promises: (frozenset({Phase.RESULTS, Phase.PREFACE}), Phase.PREFACE),
    Reset: (frozenset({Phase.RESULTS, Phase.PREFACE}), Phase.PREFACE),
    Have: (frozenset({Phase.RESULTS, Phase.PREFACE}), Phase.PREFACE),
    Left: (frozenset({Phase.RESULTS, Phase.PREFACE, Phase.RECORDS}), Phase.RECORDS),
    Deleted: (frozenset({Phase.RESULTS, Phase.PREFACE, Phase.RECORDS}), Phase.RECORDS),
    RecordHead: (frozenset({Phase.RESULTS, Phase.PREFACE, Phase.RECORDS}), Phase.RECORDS),
    Amended: (frozenset({Phase.RESULTS, Phase.PREFACE, Phase.RECORDS}), Phase.RECORDS),
    End: (frozenset({Phase.RESULTS, Phase.PREFACE, Phase.RECORDS}), Phase.ENDED),
}


class Exchange:
    """One request and its response."""

    def __init__(self, device: Device, *, check: bool = False, fetch: Sequence[str] = ()) -> None:
        self.device = device
        self.check = check
        self.fetch = tuple(fetch[:MAX_FETCH])
        self.phase = Phase.HELLO
        self.welcome: Welcome | None = None
        self.end: End | None = None
        self.settled = 0
        self.records = 0

    def request(self) -> Iterator[bytes]:
        """The request's body, in chunks of whole lines."""
        device = self.device
        hello = Hello(
            protocol=device.protocol,
            instance=device.instance,
            app=device.app,
            epoch=device.epoch,
            cursor=device.cursor,
            catalogue=device.catalogue,
            promises=device.promises,
            limit=device.limit,
            clock=device.clock,
            guest=device.guest,
            amended=device.amended,
            health=device.health,
        )
        yield line_of(hello) + b"\n"
        for start in range(0, len(device.lines), 500):
            yield b"\n".join(device.lines[start : start + 500]) + b"\n"
        if self.check:
            yield line_of(Check()) + b"\n"
        if self.fetch:
            yield line_of(Fetch(list(self.fetch))) + b"\n"
        yield line_of(RequestEnd(len(device.lines))) + b"\n"

    def receive(self, lines: Iterable[bytes]) -> list[Event]:
        """The events in the next whole lines of the response, in order; runs of records come as one event."""
        events: list[Event] = []
        for line in lines:
            head = read_head(line)
            if head.t not in CONTROL_TYPES:
                self._record(line, head, events)
                continue
            message = read_control(line)
            self._advance(type(message))
            last = events[-1] if events else None
            if isinstance(message, Result):
                message.seq = self._seq_of(message)
                self.settled += message.status is not Status.RETRY
                if isinstance(last, Answered):
                    last.results.append(message)
                else:
                    events.append(Answered([message]))
            elif isinstance(message, Left | Deleted):
                if isinstance(last, Gone):
                    last.ids.append(message.id)
                else:
                    events.append(Gone([message.id]))
            elif isinstance(message, Welcome):
                self.welcome = message
                events.append(Opened(message))
            elif isinstance(message, Promises):
                events.append(Promised(message))
            elif isinstance(message, Reset):
                events.append(StartedOver(message.why))
            elif isinstance(message, Have):
                events.append(Listed(message.ids))
            elif isinstance(message, Amended):
                if isinstance(last, Revised):
                    last.amended.append(message)
                else:
                    events.append(Revised([message]))
            else:
                self.end = message
                events.append(Ended(message))
        return events

    def finish(self) -> End:
        """The response is over. `BodyCut` where it had no `end`: keep the results, drop the rest, come again."""
        if self.end is None:
            raise BodyCut("the answer was cut off before its end")
        return self.end

    def _record(self, line: bytes, head: RecordHead, events: list[Event]) -> None:
        self._advance(RecordHead)
        if not head.id:
            # Not a record: a kind of line that a later version may add. It says nothing we could keep.
            return
        self.records += 1
        if events and isinstance(events[-1], Arrived):
            events[-1].lines.append(line)
            events[-1].heads.append(head)
        else:
            events.append(Arrived([line], [head]))

    def _advance(self, kind: type) -> None:
        allowed, then = _RULES[kind]
        if self.phase not in allowed:
            raise Malformed(f"a {kind.__name__} line cannot come while in {self.phase.name.lower()}")
        self.phase = then

    def _seq_of(self, result: Result) -> int | None:
        if result.seq is not None or result.line is None:
            return result.seq
        place = result.line - 1
        return self.device.seqs[place] if 0 <= place < len(self.device.seqs) else None


class Aim(Enum):
    """What the next request of a session is for."""

    EXCHANGE = auto()
    CHECK = auto()
    MEND = auto()
    START_OVER = auto()
    NOTHING = auto()


MAX_ROUNDS = 1_000
"""Requests in one session: more means that the two sides do not converge, and the timer will try again."""


class Session:
    """A run of exchanges that ends when this device and the server hold the same.

    Drive it so: `next_request(device)` until None; after each response, `closed(...)` with what the store now holds.
    """

    def __init__(self) -> None:
        self.aim = Aim.EXCHANGE
        self.rounds = 0
        self.mended = 0
        self._fetch: list[str] = []
        self._started_over = False

    def next_request(self, device: Device) -> Exchange | None:
        """The next exchange, or None when there is nothing left to ask."""
        if self.aim is Aim.NOTHING or self.rounds >= MAX_ROUNDS:
            return None
        self.rounds += 1
        if self.aim is Aim.CHECK:
            return Exchange(device, check=True)
        if self.aim is Aim.MEND:
            fetch, self._fetch = self._fetch[:MAX_FETCH], self._fetch[MAX_FETCH:]
            return Exchange(device, fetch=fetch)
        if self.aim is Aim.START_OVER:
            return Exchange(replace(device, cursor=None))
        return Exchange(device)

    def differs(self, fetch: Sequence[str], drop: Sequence[str]) -> None:
        """What the comparison after a check found (`sync.digest.difference`); the store has dropped `drop`."""
        self.mended += len(fetch) + len(drop)
        self._fetch = list(fetch)

    def closed(self, exchange: Exchange, held: Sequence[tuple[int, str]] | None, waiting: int) -> None:
        """An exchange ended whole: what next? `held` is the store's digest by scope, `waiting` its unsent count."""
        end, welcome = exchange.finish(), exchange.welcome
        assert welcome is not None, "an end never comes before its hello"
        new_epoch = exchange.device.epoch not in (None, welcome.epoch)
        # Commands that only got `retry` wait for the timer; going round at once would not help them.
        moving = bool(exchange.settled) or not exchange.device.lines or new_epoch
        if self._fetch:
            self.aim = Aim.MEND
        elif end.more or (waiting and moving):
            self.aim = Aim.EXCHANGE
        elif end.digest is None or held is None or end.digest == list(held):
            self.aim = Aim.NOTHING
        elif self.aim is Aim.EXCHANGE:
            self.aim = Aim.CHECK
        elif not self._started_over:
            # Mending row by row did not help: pull everything anew, once.
            self._started_over, self.aim = True, Aim.START_OVER
        else:
            self.aim = Aim.NOTHING
