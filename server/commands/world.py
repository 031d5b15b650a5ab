"""The cases that a batch of commands is about: read in one query, written in a handful."""

from collections.abc import Iterable
from dataclasses import dataclass

import msgspec
from msgspec.structs import replace
from sqlalchemy import Connection

from schemas.catalogue.model import DRAFT
from server.domain.case import Case
from server.domain.lines import due_of, record_lines, scopes_of
from server.feed import stamp
from server.feed.digests import Change, settle
from server.rules import Rules
from server.store.database import for_update
from server.store.straight import ask, many
from sync.decoding import decoder

_decoder = decoder(Case)
_encoder = msgspec.json.Encoder()


@dataclass
class Held:
    """A case under way through a batch: as it was in the database, and as it is now."""

    case: Case
    scopes: frozenset[str]
    born: int | None = None
    old_version: int = 0
    old_scopes: frozenset[str] = frozenset()
    pos: int = 0


@dataclass(frozen=True)
class FeedEntry:
    """A change that is to be told: which command made which version of which case."""

    case_id: str
    version: int
    kind: str
    instance: str
    seq: int
    person: str


class World:
    """The working set of one transaction."""

    def __init__(self, connection: Connection, rules: Rules) -> None:
        self.connection = connection
        self.rules = rules
        self.held: dict[str, Held] = {}
        self.entries: list[FeedEntry] = []

    def load(self, ids: Iterable[str]) -> None:
        """Read these cases and lock them, in the order of their ids so that two batches cannot deadlock."""
        wanted = sorted(set(ids))
        if not wanted:
            return
        for row in ask(self.connection, for_update(_LOAD, self.connection.engine), {"ids": wanted}):
            scopes = frozenset(row.scopes.split())
            self.held[row.id] = Held(_decoder.decode(row.state), scopes, row.born, row.version, scopes)

    def get(self, case_id: str) -> Held | None:
        return self.held.get(case_id)

    def put(self, case: Case, entry: FeedEntry) -> None:
        """The case as a command left it."""
        scopes = frozenset(scopes_of(case, self.rules.city.service(case.service)))
        held = self.held.setdefault(case.id, Held(case, scopes))
        held.case, held.scopes = case, scopes
        self.entries.append(entry)

    def flush(self, now: str, year: int) -> None:
        """Write everything: numbers, then the feed's head (which orders commits), then cases, reach and digests.

        Raises `CalendarMoved` where the rules that all of it was decided by are not the city's any more."""
        if not self.entries:
            return
        changed = {entry.case_id: self.held[entry.case_id] for entry in self.entries}
        self._give_numbers(changed, year)
        first = stamp.take(self.connection, len(self.entries), self.rules.mark)
        rows = []
        for pos, entry in enumerate(self.entries, first):
            held = changed[entry.case_id]
            held.pos = pos
            if held.born is None:
                held.born = pos
            rows.append(
                {
                    "pos": pos,
                    "case_id": entry.case_id,
                    "version": entry.version,
                    "kind": entry.kind,
                    "instance": entry.instance,
                    "seq": entry.seq,
                    "person_id": entry.person,
                    "at": now,
                }
            )
        many(self.connection, _INSERT_FEED, rows)
        self._write_cases(changed)
        settle(
            self.connection,
            [
                Change(h.case.id, h.born or 0, h.pos, h.old_version, h.case.version, h.old_scopes, h.scopes)
                for h in changed.values()
            ],
        )

    def _give_numbers(self, changed: dict[str, Held], year: int) -> None:
        waiting: dict[str, list[Held]] = {}
        for held in changed.values():
            if held.case.number is None and held.case.stage != DRAFT:
                waiting.setdefault(self.rules.city.service(held.case.service).prefix, []).append(held)
        for prefix, cases in sorted(waiting.items()):
            name = f"{prefix}-{year}"
            [(last,)] = ask(self.connection, _TAKE_NUMBERS, {"name": name, "n": len(cases)})
            for number, held in enumerate(cases, last - len(cases) + 1):
                held.case = replace(held.case, number=f"{name}-{number:06d}")

    def _write_cases(self, changed: dict[str, Held]) -> None:
        new: list[dict[str, object]] = []
        old: list[dict[str, object]] = []
        for held in changed.values():
            case = held.case
            service = self.rules.city.service(case.service)
            scopes = tuple(sorted(held.scopes))
            line, own_line = record_lines(case, service, scopes)
            row: dict[str, object] = {
                "born": held.born,
                "id": case.id,
                "version": case.version,
                "service": case.service,
                "stage": case.stage,
                "number": case.number,
                "due": due_of(case),
                "scopes": " ".join(scopes),
                "state": _encoder.encode(case),
                "line": line,
                "own_line": own_line,
            }
            (old if held.old_version else new).append(row)
        if new:
            many(self.connection, _INSERT_CASE, new)
        if old:
            many(self.connection, _UPDATE_CASE, old)


_LOAD = "SELECT id, born, version, scopes, state FROM case_record WHERE id IN :ids ORDER BY id"
_INSERT_FEED = (
    "INSERT INTO feed (pos, case_id, version, kind, instance, seq, person_id, at)"
    " VALUES (:pos, :case_id, :version, :kind, :instance, :seq, :person_id, :at)"
)
_INSERT_CASE = (
    "INSERT INTO case_record (born, id, version, service, stage, number, due, scopes, state, line, own_line)"
    " VALUES (:born, :id, :version, :service, :stage, :number, :due, :scopes, :state, :line, :own_line)"
)
_UPDATE_CASE = (
    "UPDATE case_record SET version = :version, stage = :stage, number = :number, due = :due, scopes = :scopes,"
    " state = :state, line = :line, own_line = :own_line WHERE born = :born"
)
_TAKE_NUMBERS = (
    "INSERT INTO counter (name, value) VALUES (:name, :n)"
    " ON CONFLICT (name) DO UPDATE SET value = counter.value + :n RETURNING value"
)
