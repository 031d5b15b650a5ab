"""Applies command lines, in order, each exactly once.

One chunk is in one transaction, with those of others that came while the one before was written: what is known of its
keys and its cases is read in a few queries, every command is decided in memory by pure functions, and effects, results
and feed rows are written together. If the process dies anywhere in it, nothing of the chunk happened, and the device
sends it again.
"""

import logging
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import wraps
from typing import ParamSpec, TypeVar
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, Engine, bindparam, text
from sqlalchemy.exc import DBAPIError, IntegrityError

from schemas.catalogue.model import DRAFT
from schemas.text import Text
from server.commands.group_commit import GroupCommit
from server.commands.incoming import Incoming
from server.commands.world import FeedEntry, Held, World
from server.domain.actor import SYSTEM, Actor
from server.domain.decide import decide
from server.domain.outcome import Context, Outcome
from server.feed import stamp
from server.feed.stamp import CalendarMoved
from server.rules import RuleBook, Rules
from server.sources import Sources
from server.store.database import LOCK_WAIT, again, for_update, many, passing, writing
from sync.codec import line_of
from sync.errors import Busy, Malformed
from sync.messages import Command, Result, Status

log = logging.getLogger("tenggat.commands")

P = ParamSpec("P")
T = TypeVar("T")

CHUNK = 500
"""Commands in one transaction: enough to share a flush to disk, few enough not to keep other writers waiting."""

COMING = timedelta(days=7)
"""How long after a restore a command waits for what it was built on, which another device may have yet to bring."""

_FAILED = {Status.REJECTED, Status.QUARANTINED, Status.BLOCKED}

_TEXTS = {
    "malformed": Text("Perintah rusak dan disimpan untuk diperiksa.", "The command is damaged and was set aside."),
    "internal": Text(
        "Terjadi kesalahan di server; perintah disimpan utuh untuk diperiksa.",
        "Something went wrong at the server; the command was kept whole and set aside.",
    ),
    "seq_reused": Text(
        "Nomor urut ini sudah dipakai untuk perintah lain.", "This sequence number was used for another command."
    ),
    "device_revoked": Text(
        "Perangkat ini tidak berlaku lagi; isinya disimpan untuk diperiksa.",
        "This device was revoked; what it sent was set aside.",
    ),
    "blocked": Text(
        "Tidak dijalankan karena perintah sebelumnya ditolak.",
        "Not carried out, because it builds on a command that was refused.",
    ),
    "missing_earlier": Text("Perintah sebelumnya belum sampai.", "An earlier command has not arrived yet."),
}


@dataclass(frozen=True)
class Sender:
    """Whose commands these are. A revoked device's are kept, but not carried out.

    `reused`: sequence numbers of this request that were used for something else. What builds on one of those is set
    aside with it: decided on its own, it would be refused for lack of a command that is about to come again.
    """

    actor: Actor
    instance: str
    revoked: bool = False
    reused: set[int] = field(default_factory=set, compare=False)


@dataclass(frozen=True)
class _Known:
    """A key that was processed: in an earlier transaction (`line` is its result) or in this one."""

    hash: bytes
    status: Status
    line: bytes | None = None
    place: int | None = None


def by_current_rules(work: Callable[P, T]) -> Callable[P, T]:
    """Of a function that opens its transaction itself: where the calendar was changed under it, it runs again, by the
    new one. That ends, since each time somebody must have changed it once more."""

    @wraps(work)
    def run(*args: P.args, **kwargs: P.kwargs) -> T:
        while True:
            try:
                return work(*args, **kwargs)
            except CalendarMoved:
                log.info("the calendar was changed meanwhile; deciding again")

    return run


@dataclass(frozen=True)
class Chunk:
    """What one sender asks for at once."""

    sender: Sender
    lines: Sequence[Incoming]


class Commands:
    """The application of commands to one city's database."""

    def __init__(
        self,
        engine: Engine,
        rules: RuleBook,
        sources: Sources,
    ) -> None:
        self.engine = engine
        self.rules = rules
        self.sources = sources
        self._line = GroupCommit(
            self._together, lambda one: one.sender.instance, lambda one: len(one.lines), CHUNK, LOCK_WAIT / 1000
        )

    def apply(self, sender: Sender, lines: Sequence[Incoming]) -> Iterator[bytes]:
        """The result line of each command, in order; each chunk is durable before its results come out.

        Raises `Busy` where the database stays locked or out of reach: nothing of that chunk was done.
        """
        for start in range(0, len(lines), CHUNK):
            yield from self._chunk(sender, lines[start : start + CHUNK])

    def _chunk(self, sender: Sender, lines: Sequence[Incoming]) -> list[bytes]:
        try:
            return self._line.do(Chunk(sender, lines))
        except Busy:
            raise
        except Exception as error:
            _busy_where_it_passes(error)
            # It may be another's fault in the same transaction.
            log.exception("%d commands cannot be written; trying them alone", len(lines))
            return self._alone(sender, lines)

    @again
    @by_current_rules
    def _together(self, chunks: Sequence[Chunk]) -> list[list[bytes]]:
        rules = self.rules.current
        with writing(self.engine) as connection:
            return perform(connection, [Transaction(self, one.sender, one.lines, rules=rules) for one in chunks])

    def _alone(self, sender: Sender, lines: Sequence[Incoming]) -> list[bytes]:
        try:
            return self._once(sender, lines)
        except Busy:
            raise
        except Exception as error:
            _busy_where_it_passes(error)
            # Something in the batch cannot be written, and trying again would not change that.
            log.exception("a batch of %d commands cannot be written", len(lines))
            return self._apart(sender, lines)

    @again
    @by_current_rules
    def _once(self, sender: Sender, lines: Sequence[Incoming]) -> list[bytes]:
        return Transaction(self, sender, lines).run()

    def _apart(self, sender: Sender, lines: Sequence[Incoming]) -> list[bytes]:
        """Find the command that cannot be written, and quarantine it alone; whatever fails even then is raised."""
        if len(lines) > 1:
            middle = len(lines) // 2
            return [*self._alone(sender, lines[:middle]), *self._alone(sender, lines[middle:])]
        return Transaction(self, sender, lines, quarantine=True).run()


def _busy_where_it_passes(error: Exception) -> None:
    if isinstance(error, DBAPIError) and passing(error) and not isinstance(error, IntegrityError):
        log.exception("the database cannot take commands now")
        raise Busy("the server cannot store this right now; nothing was changed", retry_after=5) from error


class Transaction:
    """One chunk, once. Nothing here outlives the transaction. `waits`: False where somebody decides it now, whatever
    may come later."""

    waits = True

    def __init__(
        self,
        commands: Commands,
        sender: Sender,
        lines: Sequence[Incoming],
        *,
        quarantine: bool = False,
        rules: Rules | None = None,
    ) -> None:
        self.commands = commands
        self.sender = sender
        self.lines = lines
        self.quarantine = quarantine
        now = commands.sources.clock().astimezone(UTC)
        self.rules = rules or commands.rules.current
        self.context = Context(self.rules.city, self.rules.calendar, now, commands.sources.new_code)
        self.known: dict[int, _Known] = {}
        self.answers: list[Result | bytes] = []
        self.rows: list[dict[str, object]] = []
        # Commands that left their case submitted: their results tell its number.
        self.numbered: set[int] = set()
        self.strays: list[dict[str, object]] = []

    def run(self) -> list[bytes]:
        with writing(self.commands.engine) as connection:
            return self.perform(connection)

    def perform(self, connection: Connection) -> list[bytes]:
        """The same in a transaction that has more to do. Raises `CalendarMoved` (see `by_current_rules`)."""
        return perform(connection, [self])[0]

    def cases(self) -> Iterator[str]:
        """Which are to be read, once it is known what was answered before."""
        return (i.command.case for i in self.lines if i.command and self._is_new(i))

    def decide(self, world: World) -> None:
        for incoming in self.lines:
            self.answers.append(self._answer(incoming, world))

    def read_known(self, connection: Connection) -> None:
        # The instance's row is locked first, so two requests of one device never work on the same keys at once.
        lock = for_update("SELECT id FROM instance WHERE id = :id", self.commands.engine)
        connection.execute(text(lock), {"id": self.sender.instance})
        seqs = {i.seq for i in self.lines if i.seq is not None}
        seqs |= {i.command.after for i in self.lines if i.command and i.command.after}
        for row in connection.execute(_KNOWN, {"instance": self.sender.instance, "seqs": sorted(seqs)}):
            self.known[row.seq] = _Known(row.hash, Status(row.status), row.result)

    def _is_new(self, incoming: Incoming) -> bool:
        return incoming.seq not in self.known

    def _answer(self, incoming: Incoming, world: World) -> Result | bytes:
        seq = incoming.seq
        if seq is None:
            return self._stray(incoming, "malformed")
        known = self.known.get(seq)
        if known is not None:
            if known.hash != incoming.hash:
                self.sender.reused.add(seq)
                return self._stray(incoming, "seq_reused")
            return known.line if known.line is not None else self.answers[known.place or 0]
        if incoming.command is not None and incoming.command.after in self.sender.reused:
            self.sender.reused.add(seq)
            return self._stray(incoming, "seq_reused")
        result = self._decide(incoming, seq, world)
        if result.status is not Status.RETRY:
            self.known[seq] = _Known(incoming.hash, result.status, place=len(self.answers))
            self._remember(incoming, result)
        return result

    def _decide(self, incoming: Incoming, seq: int, world: World) -> Result:
        command = incoming.command
        if command is None:
            return _refusal(seq, Status.QUARANTINED, "malformed", incoming.fault)
        if self.sender.revoked:
            return _refusal(seq, Status.QUARANTINED, "device_revoked")
        if self.quarantine:
            return _refusal(seq, Status.QUARANTINED, "internal")
        if command.after:
            earlier = self.known.get(command.after)
            if earlier is None:
                return _refusal(seq, Status.RETRY, "missing_earlier")
            if earlier.status in _FAILED:
                return _refusal(seq, Status.BLOCKED, "blocked", after=command.after)
        try:
            outcome = self._outcome(command, world)
            if outcome.status is Status.REJECTED and self._forgotten(command, world):
                return _refusal(seq, Status.RETRY, "missing_earlier")
        except Malformed as error:
            return _refusal(seq, Status.QUARANTINED, "malformed", error.detail)
        except Exception:
            # A fault of ours, not of the sender: the queue moves on, the command is kept, an admin is told.
            log.exception("command %s/%d could not be decided", self.sender.instance, seq)
            return _refusal(seq, Status.QUARANTINED, "internal")
        if outcome.case is not None:
            entry = FeedEntry(
                outcome.case.id,
                outcome.case.version,
                command.kind,
                self.sender.instance,
                seq,
                self.sender.actor.person,
            )
            world.put(outcome.case, entry)
            if outcome.case.stage != DRAFT:
                self.numbered.add(seq)
        return _result(seq, command, outcome)

    def _outcome(self, command: Command, world: World) -> Outcome:
        actor = self.sender.actor
        held = world.get(command.case)
        if held is None:
            return decide(command, None, False, actor, self.context)
        return decide(command, held.case, self._sees(held), actor, self.context)

    def _sees(self, held: Held) -> bool:
        # By name, not by `owns`: standing in for a walk-in is for the counters of the offices that see the case.
        actor = self.sender.actor
        return actor.person == held.case.owner or bool(held.scopes & actor.scopes) or SYSTEM in actor.roles

    def _forgotten(self, command: Command, world: World) -> bool:
        """Whether its person saw the case as a restored server has not heard of it again: another device will tell
        that, sooner or later than this one. A case that is not to be seen is answered as one that is not there."""
        held = world.get(command.case)
        known = held.case.version if held is not None and self._sees(held) else 0
        return self.waits and command.base > known and self._restored(world.connection)

    def _restored(self, connection: Connection) -> bool:
        begun = stamp.restored(connection)
        return begun is not None and self.context.now - datetime.fromisoformat(begun) < COMING

    def _stray(self, incoming: Incoming, code: str) -> Result:
        self.strays.append(
            {
                "instance": self.sender.instance,
                "hash": incoming.hash,
                "seq": incoming.seq,
                "code": code,
                "person_id": self.sender.actor.person,
                "received": self.context.stamp,
                "payload": incoming.line,
            }
        )
        result = _refusal(incoming.seq, Status.QUARANTINED, code, incoming.fault)
        if incoming.seq is None:
            result.line = incoming.place
        return result

    def _remember(self, incoming: Incoming, result: Result) -> None:
        # A later action may take the place of what an earlier one carried (a second survey, a second round of
        # defects), and a value kept beside another may be chosen over: those stay readable here.
        kept = result.status is not Status.APPLIED or incoming.command is None or incoming.command.kind == "case.act"
        command = incoming.command
        self.rows.append(
            {
                "instance": self.sender.instance,
                "seq": incoming.seq,
                "hash": incoming.hash,
                "status": str(result.status),
                "case_id": command.case if command else None,
                # PostgreSQL keeps no NUL in text; the payload has the kind as it came.
                "kind": command.kind.replace("\0", "") if command else "",
                "person_id": self.sender.actor.person,
                "received": self.context.stamp,
                "result": result,
                "payload": incoming.line if kept else None,
            }
        )

    def write(self, connection: Connection, world: World) -> list[bytes]:
        """Store results, now that submitted cases have their numbers, and give out the lines."""
        for row in self.rows:
            result = row["result"]
            assert isinstance(result, Result), "rows hold results until here"
            held = world.get(result.case) if result.case else None
            if held is not None and result.status is not Status.REJECTED:
                result.number = held.case.number if result.seq in self.numbered else None
            row["result"] = line_of(result)
        self.store(connection)
        if self.strays:
            many(connection, _INSERT_STRAY, self.strays)
        return [answer if isinstance(answer, bytes) else line_of(answer) for answer in self.answers]

    def store(self, connection: Connection) -> None:
        """Write what became of these commands, in `rows`."""
        if self.rows:
            many(connection, _INSERT_COMMAND, self.rows)


def perform(connection: Connection, chunks: Sequence[Transaction]) -> list[list[bytes]]:
    """Chunks of several senders, by the same rules, as one transaction: what each reads is there before any is decided,
    and the feed's head is held only for the writing of them all. Each one's result lines. Raises `CalendarMoved`."""
    # In one order, so that two such transactions cannot deadlock.
    for chunk in sorted(chunks, key=lambda one: one.sender.instance):
        chunk.read_known(connection)
    first = chunks[0]
    world = World(connection, first.rules)
    world.load(case for chunk in chunks for case in chunk.cases())
    for chunk in chunks:
        chunk.decide(world)
    year = first.context.now.astimezone(ZoneInfo(first.rules.city.timezone)).year
    try:
        world.flush(first.context.stamp, year)
    except CalendarMoved as moved:
        first.commands.rules.as_of(moved.mark, connection)
        raise
    return [chunk.write(connection, world) for chunk in chunks]


def words_of(code: str) -> Text | None:
    """Why something was set aside, in words; None for a code that is not of ours."""
    return _TEXTS.get(code)


def _result(seq: int, command: Command, outcome: Outcome) -> Result:
    text_ = outcome.text
    return Result(
        seq,
        outcome.status,
        outcome.code,
        case=command.case,
        version=outcome.case.version if outcome.case else None,
        text={"id": text_.id, "en": text_.en} if text_ else None,
        details=outcome.details or None,
    )


def _refusal(seq: int | None, status: Status, code: str, fault: str | None = None, **details: object) -> Result:
    words = _TEXTS[code]
    if fault:
        details["fault"] = fault
    return Result(seq, status, code, text={"id": words.id, "en": words.en}, details=dict(details) or None)


_KNOWN = text("SELECT seq, hash, status, result FROM command WHERE instance = :instance AND seq IN :seqs").bindparams(
    bindparam("seqs", expanding=True)
)
_INSERT_COMMAND = (
    "INSERT INTO command (instance, seq, hash, status, case_id, kind, person_id, received, result, payload)"
    " VALUES (:instance, :seq, :hash, :status, :case_id, :kind, :person_id, :received, :result, :payload)"
)
_INSERT_STRAY = (
    "INSERT INTO stray (instance, hash, seq, code, person_id, received, payload)"
    " VALUES (:instance, :hash, :seq, :code, :person_id, :received, :payload)"
    " ON CONFLICT (instance, hash) DO NOTHING"
)
