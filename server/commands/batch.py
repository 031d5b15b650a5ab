"""One sender's commands within a transaction: what is known of them, what becomes of each, and what is kept of it.

What is known of their keys and cases is read in a few queries, every command is decided in memory by pure functions,
and effects, results and feed rows are written together, for as many senders as came at the same time.
"""

import logging
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from sqlalchemy import Connection

from schemas.catalogue.model import DRAFT
from schemas.text import Text
from server.commands.incoming import Incoming
from server.commands.world import FeedEntry, Held, World
from server.domain.actor import SYSTEM, Actor
from server.domain.decide import decide
from server.domain.outcome import Context, Outcome
from server.feed import stamp
from server.feed.stamp import CalendarMoved
from server.rules import RuleBook, Rules
from server.sources import Sources
from server.store.straight import ask, many
from sync.codec import line_of
from sync.errors import Malformed
from sync.messages import Command, Result, Status

log = logging.getLogger("tenggat.commands")

COMING = timedelta(days=7)
"""How long after a restore a command waits for what it was built on, which another device may have yet to bring."""

_INSERT_COMMAND = (
    "INSERT INTO command (instance, seq, hash, status, case_id, kind, person_id, received, result, payload)"
    " VALUES (:instance, :seq, :hash, :status, :case_id, :kind, :person_id, :received, :result, :payload)"
)

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


class Batch:
    """Nothing here outlives the transaction. `quarantine`: they are set aside undecided. `waits`: False where somebody
    decides them now, whatever may come later."""

    waits = True
    keep = _INSERT_COMMAND
    """How its `rows` are written."""

    def __init__(
        self, rules: Rules, sources: Sources, sender: Sender, lines: Sequence[Incoming], *, quarantine: bool = False
    ) -> None:
        self.rules = rules
        self.sender = sender
        self.lines = lines
        self.quarantine = quarantine
        self.context = Context(rules.city, rules.calendar, sources.clock().astimezone(UTC), sources.new_code)
        self.known: dict[int, _Known] = {}
        self.answers: list[Result | bytes] = []
        self.rows: list[dict[str, object]] = []
        # Commands that left their case submitted: their results tell its number.
        self.numbered: set[int] = set()
        self.strays: list[dict[str, object]] = []

    def keys(self) -> list[int]:
        """The sequence numbers that bear on it: those it uses, and those it builds on."""
        seqs = {i.seq for i in self.lines if i.seq is not None}
        return sorted(seqs | {i.command.after for i in self.lines if i.command and i.command.after})

    def know(self, seq: int, hash_: bytes, status: str, result: bytes) -> None:
        """What became of one of these in an earlier transaction."""
        self.known[seq] = _Known(hash_, Status(status), result)

    def cases(self) -> Iterator[str]:
        """Which are to be read, once it is known what was answered before."""
        return (i.command.case for i in self.lines if i.command and self._is_new(i))

    def decide(self, world: World) -> None:
        for incoming in self.lines:
            self.answers.append(self._answer(incoming, world))

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

    def finish(self, world: World) -> list[bytes]:
        """The result lines, now that submitted cases have their numbers; `rows` hold them too."""
        for row in self.rows:
            result = row["result"]
            assert isinstance(result, Result), "rows hold results until here"
            held = world.get(result.case) if result.case else None
            if held is not None and result.status is not Status.REJECTED:
                result.number = held.case.number if result.seq in self.numbered else None
            row["result"] = line_of(result)
        return [answer if isinstance(answer, bytes) else line_of(answer) for answer in self.answers]


def perform(connection: Connection, batches: Sequence[Batch], book: RuleBook) -> list[list[bytes]]:
    """Batches of different senders, by the same rules, in one transaction: what each reads is there before any is
    decided, and the feed's head is held only for the writing of them all. Each one's result lines. Raises
    `CalendarMoved` (see `by_current_rules`)."""
    read_known(connection, batches)
    first = batches[0]
    world = World(connection, first.rules)
    world.load(case for batch in batches for case in batch.cases())
    for batch in batches:
        batch.decide(world)
    year = first.context.now.astimezone(ZoneInfo(first.rules.city.timezone)).year
    try:
        world.flush(first.context.stamp, year)
    except CalendarMoved as moved:
        book.as_of(moved.mark, connection)
        raise
    return write(connection, world, batches)


def read_known(connection: Connection, batches: Sequence[Batch]) -> None:
    """Tell each what is known of its commands."""
    of = {batch.sender.instance: batch for batch in batches}
    # The instances' rows are locked first, in one order: two requests of one device never work on the same keys at
    # once, and two such transactions cannot deadlock.
    lock_instances(connection, of)
    values: dict[str, object] = {}
    for place, (instance, batch) in enumerate(of.items()):
        values |= {f"instance{place}": instance, f"seqs{place}": batch.keys()}
    for row in ask(connection, _known(len(of)), values):
        of[row.instance].know(row.seq, row.hash, row.status, row.result)


def lock_instances(connection: Connection, instances: Iterable[str]) -> None:
    """Until the transaction ends, what these sent is this one's alone."""
    if connection.dialect.name == "postgresql":
        ask(connection, _LOCK, {"ids": sorted(instances)})


def write(connection: Connection, world: World, batches: Sequence[Batch]) -> list[list[bytes]]:
    """Keep what became of the commands. Each batch's result lines."""
    lines = [batch.finish(world) for batch in batches]
    rows: dict[str, list[dict[str, object]]] = {}
    for batch in batches:
        rows.setdefault(batch.keep, []).extend(batch.rows)
        rows.setdefault(_INSERT_STRAY, []).extend(batch.strays)
    for statement, values in rows.items():
        if values:
            many(connection, statement, values)
    return lines


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


@lru_cache(maxsize=64)
def _known(batches: int) -> str:
    """What is known of the keys of so many batches; each is a range of the same index."""
    return _KNOWN.format(keys=" OR ".join(_KEYS.format(place=place) for place in range(batches)))


_KNOWN = "SELECT instance, seq, hash, status, result FROM command WHERE {keys}"
_KEYS = "(instance = :instance{place} AND seq IN :seqs{place})"
_LOCK = "SELECT id FROM instance WHERE id IN :ids ORDER BY id FOR UPDATE"
_INSERT_STRAY = (
    "INSERT INTO stray (instance, hash, seq, code, person_id, received, payload)"
    " VALUES (:instance, :hash, :seq, :code, :person_id, :received, :payload)"
    " ON CONFLICT (instance, hash) DO NOTHING"
)
