"""What changed for one client since its cursor: stored lines, read in the feed's order and passed on as they are.

No object is built per record, and the work grows with what changed, not with what exists: each scope's part of
`reach` is a range of an index.
"""

from collections.abc import Generator, Iterable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from itertools import accumulate
from typing import Any

from sqlalchemy import Connection, Row, bindparam, text

from server.feed.digests import scope_rows
from server.feed.stamp import Head, head
from server.store.straight import ask
from sync import cursor as cursors
from sync import digest
from sync.codec import line_of
from sync.cursor import Cursor
from sync.messages import End, Have, Left, Reset

PAGE_BYTES = 24 * 1024 * 1024
"""Records in one response, in bytes: with all else it stays under the `MAX_BODY` that a device reads."""

ROWS = 500
"""Records read from the database at a time."""


def hash_of(scopes: Sequence[str], resync: int) -> str:
    """What a cursor must fit to. A client that was told to start over gets another one: so it is told until its cursor
    shows that it did, and nothing has to be remembered of an answer that may not have arrived."""
    return cursors.scopes_hash([*scopes, f"resync:{resync}"] if resync > 0 else scopes)


@dataclass
class Pull:
    """One page for one client, within one reading transaction: everything here is of the same moment."""

    connection: Connection
    person_scope: str
    scopes: Sequence[str]
    bookmark: str | None
    limit: int
    resync: int = 0
    """How often this client was told to start over."""
    end: Head | None = None
    """Where the feed ends, for whoever has read it in this transaction."""

    def __post_init__(self) -> None:
        self.epoch, self.head, _ = self.end or head(self.connection)
        self.rows = scope_rows(self.connection, self.scopes)
        self.hash = hash_of(self.scopes, self.resync)
        held = cursors.decode(self.bookmark) if self.bookmark else None
        self.reset = cursors.reason_for_reset(held, self.epoch, self.hash, self.head)
        if self.reset == "scopes" and held and held.scopes == hash_of(self.scopes, self.resync - 1):
            self.reset = "asked"
        if held is None or self.reset:
            held = Cursor(self.epoch, 0, self.hash, floor=self.head)
        self.cursor = held

    def lines(self, besides: Iterable[bytes] = ()) -> Iterator[bytes]:
        """Chunks of whole lines: perhaps `reset`, the records and departures since the cursor, then what else there is
        to say, and `end`."""
        if self.reset:
            yield line_of(Reset(self.reset)) + b"\n"
        position, sent, room = self.cursor.position, 0, PAGE_BYTES
        with closing(self._pages()) as pages:
            for rows in pages:
                lines = [self._line(row) for row in rows]
                taken = _fitting(lines, room)
                room -= sum(map(len, lines))
                position, sent = rows[taken - 1].pos, sent + taken
                yield b"".join(lines[:taken])
                if room <= 0:
                    break
        yield from besides
        more = (sent == self.limit or room <= 0) and position < self.head
        yield line_of(self._end(position if more else self.head, more)) + b"\n"

    def have(self) -> Iterator[bytes]:
        """Ids and versions of all that this client should hold, for it to compare with what it does."""
        pairs: list[tuple[str, int]] = []
        for row in self.connection.execute(_HAVE, {"scopes": self._scope_ids()}):
            pairs.append((row.id, row.version))
            if len(pairs) == ROWS:
                yield line_of(Have(pairs)) + b"\n"
                pairs = []
        # Also when it is empty: holding nothing is an answer too.
        yield line_of(Have(pairs)) + b"\n"

    def fetch(self, ids: Sequence[str]) -> Iterator[bytes]:
        """These records as they are now; `left` for those that are not this client's to see."""
        found = set()
        for row in self.connection.execute(
            _FETCH, {"ids": list(ids), "scopes": self._scope_ids(), "me": self._me(), "n": len(ids)}
        ):
            found.add(row.id)
            yield bytes(row.line) + b"\n"
        for record_id in ids:
            if record_id not in found:
                yield line_of(Left(record_id)) + b"\n"

    def _pages(self) -> Generator[Sequence[Row[Any]]]:
        values = {
            "scopes": self._scope_ids(),
            "me": self._me(),
            "position": self.cursor.position,
            "floor": self.cursor.floor,
            "n": self.limit,
        }
        behind = self.head - self.cursor.position
        if behind == 0:
            return
        if behind <= ROWS:
            # There are no more rows than positions. A cursor of PostgreSQL's own costs four round trips.
            if rows := ask(self.connection, _AFTER, values):
                yield rows
            return
        streamed = self.connection.execution_options(stream_results=True, max_row_buffer=ROWS)
        # Closed also where the page is full before the rows are at their end.
        with streamed.execute(text(_AFTER).bindparams(bindparam("scopes", expanding=True)), values) as found:
            yield from found.partitions(ROWS)

    def _line(self, row: Row[Any]) -> bytes:
        if row.line is not None:
            return bytes(row.line) + b"\n"
        return line_of(Left(row.id)) + b"\n"

    def _end(self, position: int, more: bool) -> End:
        # The floor is kept until the snapshot is whole; what left a scope before it was never sent.
        floor = self.cursor.floor if more else 0
        bookmark: str | None = cursors.encode(Cursor(self.epoch, position, self.hash, floor=floor))
        if bookmark == self.bookmark:
            bookmark = None  # the client keeps the one it has
        return End(bookmark, more, None if more else self._digest())

    def _digest(self) -> list[tuple[int, str]]:
        none = (0, 0, 0)
        rows = [self.rows.get(name, none) for name in self.scopes]
        return [(count, digest.to_hex(total)) for _, count, total in rows]

    def _me(self) -> int:
        row = self.rows.get(self.person_scope)
        return row[0] if row else -1

    def _scope_ids(self) -> list[int]:
        return [row[0] for row in self.rows.values()] or [-1]


def _fitting(lines: Sequence[bytes], room: int) -> int:
    """How many of these lines fit into the room; at least one, so that a page always moves on."""
    if sum(map(len, lines)) <= room:
        return len(lines)
    ends = accumulate(map(len, lines))
    return max(1, sum(end <= room for end in ends))


# All of a case's rows that are still present carry the position of its last change, so grouping by position joins
# the scopes by which a client sees it, and a departure from one scope is outdone by a presence in another.
# As the owner one is given the owner's line, even where one also sees the case as an officer.
_GROUPED = """
    SELECT r.pos AS pos, c.id AS id,
           CASE WHEN r.present = 0 THEN NULL
                WHEN r.own = 1 THEN coalesce(c.own_line, c.line)
                ELSE c.line END AS line
    FROM (SELECT pos, born, max(present) AS present,
                 max(CASE WHEN scope = :me AND present = 1 THEN 1 ELSE 0 END) AS own
          FROM reach WHERE scope IN :scopes AND {condition}
          GROUP BY pos, born ORDER BY pos LIMIT :n) r
    JOIN case_record c ON c.born = r.born ORDER BY r.pos
"""
_AFTER = _GROUPED.format(condition="pos > :position AND (present = 1 OR pos > :floor)")
_FETCH = text(
    _GROUPED.format(condition="present = 1 AND born IN (SELECT born FROM case_record WHERE id IN :ids)")
).bindparams(bindparam("ids", expanding=True), bindparam("scopes", expanding=True))
_HAVE = text(
    "SELECT DISTINCT c.id AS id, c.version AS version FROM reach r JOIN case_record c ON c.born = r.born"
    " WHERE r.scope IN :scopes AND r.present = 1"
).bindparams(bindparam("scopes", expanding=True))
