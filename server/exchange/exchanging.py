"""One exchange, whatever door it came through: taken in, then answered.

The door of devices is `view`; `server.bundles` has the one for files. What is true of an exchange is true of both.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

import msgspec

from server.access import contacts, devices, tokens
from server.access.contacts import Contact
from server.access.devices import Seat
from server.commands import amendments
from server.commands.batch import Sender
from server.exchange.request import RequestBody
from server.feed.pull import Pull, hash_of
from server.feed.stamp import head
from server.rules import Rules
from server.services import Services
from server.store.database import reading
from sync import cursor as cursors
from sync.codec import line_of
from sync.decoding import convert, decoder
from sync.errors import NotSignedIn
from sync.messages import MAX_PAGE, PROTOCOL, End, Health, Hello, Promises, Result, Status, Welcome


@dataclass(frozen=True)
class Taken:
    """A request that was read to its end, each of its commands durable or refused."""

    body: RequestBody
    seat: Seat
    token: str
    results: list[bytes]


def take_in(
    world: Services,
    lines: Iterator[list[bytes]],
    authorization: str | None,
    *,
    address: str | None = None,
    live: bool = True,
    late: bool = False,
) -> Taken:
    """Read a request and apply its commands. Raises a `TenggatError` where it is refused as a whole.

    `address`: where the request comes from; None where whoever brings it was counted. `live`: the device itself is
    there now, so what it says of its clock and its health is noted. `late`: a device that will never speak again; its
    commands are carried out even where this server was restored since.
    """
    body = RequestBody(lines)
    hello = body.hello
    now = world.sources.clock()
    try:
        seat = devices.admit(world.engine, authorization, hello.instance, hello.guest, world.sources, address)
    except NotSignedIn:
        if live:
            contacts.note_turned_away(world.engine, hello.instance, now)
        raise
    skew = _skew(hello.clock, now) if live else None
    results = apply(world, body, seat, skew, late=late)
    if live:
        over = seat.resync_asked is not None and _started_over(hello.cursor, seat)
        # One that was revoked has handed over when it says so itself.
        answered = 0 if seat.revoked else settled(results)
        said = Contact(hello.app, _health(hello.health), skew, body.check, over, answered)
        contacts.note(world.engine, seat, said, now)
    return Taken(body, seat, tokens.from_header(authorization) or "", results)


def apply(world: Services, body: RequestBody, seat: Seat, skew: int | None, *, late: bool = False) -> list[bytes]:
    """Apply the commands as they are read; the results' lines. Under another epoch than the client's nothing is
    applied: it has older commands to send first (docs/protocol.md, After a disaster)."""
    end = seat.end
    if end is None:
        with reading(world.engine) as connection:
            end = head(connection)
    stale = not late and body.hello.epoch not in (None, end.epoch)
    sender = Sender(seat.actor(skew), body.hello.instance, seat.revoked)
    results: list[bytes] = []
    for batch in body.commands():
        if stale:
            results += [
                line_of(Result(i.seq, Status.RETRY, "new_epoch", line=None if i.seq else i.place)) for i in batch
            ]
        else:
            results += world.commands.apply(sender, batch)
    return results


class _Answered(msgspec.Struct):
    """What of a result tells whether its command still waits on the device."""

    seq: int | None
    status: Status
    code: str | None = None

    @property
    def final(self) -> bool:
        # A number that was used for something else comes again under another one.
        return self.seq is not None and self.status is not Status.RETRY and self.code != "seq_reused"


_answered = decoder(_Answered)


def settled(results: Sequence[bytes]) -> int:
    """How many commands wait no more once their device has heard these."""
    return sum(_answered.decode(line).final for line in results)


def answer(world: Services, taken: Taken) -> Iterator[bytes]:
    """The response's chunks, all of one moment: who asks is looked up again in the same view of the database as
    what they get, so a scope taken away meanwhile is gone from both."""
    body, hello, results = taken.body, taken.body.hello, taken.results
    with reading(world.engine) as connection:
        seat, _, highest = devices.arrival(connection, taken.token, hello.instance)
        end = (seat and seat.end) or head(connection)
        wipe = seat is None or seat.revoked
        scopes = () if seat is None or wipe else seat.scopes
        pull = Pull(
            connection,
            scopes[0] if scopes else "",
            scopes,
            hello.cursor,
            min(hello.limit, MAX_PAGE),
            seat.resync if seat else 0,
            end,
        )
        # Of the same view as the records: a date that this answer brings and the days it was counted by come together.
        rules = world.rules.as_of(end.calendar, connection)
        old = hello.protocol < PROTOCOL
        yield (
            line_of(
                Welcome(
                    protocol=PROTOCOL,
                    epoch=pull.epoch,
                    now=devices.stamp(world.sources.clock()),
                    highest=highest,
                    catalogue=rules.city.version,
                    scopes=list(scopes),
                    person=seat.public() if seat else {},
                    wipe=wipe,
                    upgrade=old,
                    diagnose=seat is not None and seat.diagnosis_asked is not None and not wipe,
                    keys=world.keys.mark,
                )
            )
            + b"\n"
        )
        if results:
            yield b"\n".join(results) + b"\n"
        if wipe or old:
            yield line_of(End(hello.cursor if old else None)) + b"\n"
            return
        yield from _promises(world, rules, hello)
        if body.check:
            yield from pull.have()
        if body.fetch and not pull.reset:
            yield from pull.fetch(body.fetch)
        # The usual device has nothing amended, and pays with no question for it.
        heard = hello.amended if hello.epoch == pull.epoch else 0
        amended = amendments.since(connection, seat.device, heard) if seat and seat.amended > heard else ()
        yield from pull.lines(amended)


def _started_over(bookmark: str | None, seat: Seat) -> bool:
    """Whether this cursor is of after the device was told to start over."""
    held = cursors.decode(bookmark) if bookmark else None
    return held is not None and held.scopes == hash_of(seat.scopes, seat.resync)


def _promises(world: Services, rules: Rules, hello: Hello) -> Iterator[bytes]:
    version, table = world.promises(rules)
    if hello.promises != version:
        yield line_of(Promises(version, msgspec.Raw(table))) + b"\n"


def _health(said: object) -> dict[str, object]:
    """What can be understood of what the device says of itself."""
    try:
        health = convert(said, Health)
    except msgspec.ValidationError:
        health = Health()
    found: dict[str, object] = msgspec.to_builtins(health)
    return found


def _skew(clock: str | None, now: datetime) -> int | None:
    """Device clock minus server clock in seconds, at most 68 years each way; None where the claim cannot be read as
    a moment."""
    if clock is None:
        return None
    try:
        claimed = convert(clock, datetime)
    except msgspec.ValidationError:
        return None
    if claimed.tzinfo is None:
        return None
    # A clock in the year 9999 is as wrong as one of 68 years, and that fits the column.
    return max(-_MOST_SKEW, min(round((claimed - now).total_seconds()), _MOST_SKEW))


_MOST_SKEW = 2**31 - 1
