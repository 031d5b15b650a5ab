"""What the server sent: stored line by line as it came, listed by a few columns, compared by digest."""

import json
import sqlite3
from collections.abc import Iterator, Sequence

import msgspec

from client.store.database import Database
from sync import digest
from sync.decoding import decoder
from sync.messages import MAX_SCOPES, RecordHead


class _Step(msgspec.Struct):
    at: str = ""


class _Happened(msgspec.Struct):
    """What is read of a case for lists, beside its head."""

    steps: list[_Step] = []
    received: str | None = None
    created: str | None = None
    opened: str | None = None

    @property
    def touched(self) -> str:
        """When something last happened to it, by the server's time."""
        return (self.steps[-1].at if self.steps else "") or self.received or self.created or ""


_happened = decoder(_Happened)
_NOTHING = _Happened()


class Records:
    """The records this device holds. Callers hold the transaction that changes belong to."""

    def __init__(self, connection: Database) -> None:
        self._db = connection

    def store(self, lines: Sequence[bytes], heads: Sequence[RecordHead], generation: int) -> None:
        """Keep these lines, in place of older ones of the same ids."""
        bits = self._bits()
        self._db.executemany(
            _STORE,
            [
                (
                    head.id,
                    head.t,
                    head.v,
                    digest.signed(digest.record_hash(head.id, head.v)),
                    sum([bits.get(scope, 0) for scope in head.scopes]),
                    generation,
                    head.service,
                    head.number,
                    head.stage,
                    head.office,
                    head.district,
                    head.due,
                    head.title,
                    len(head.conflicts),
                    (seen := _told(head, line)).opened is not None,
                    seen.touched,
                    line,
                )
                for line, head in zip(lines, heads, strict=True)
            ],
        )

    def drop(self, ids: Sequence[str]) -> None:
        self._db.executemany("DELETE FROM record WHERE id = ?", [(record_id,) for record_id in ids])

    def drop_older(self, generation: int) -> int:
        """A snapshot is whole: what did not come with it is gone. How many that were."""
        return self._db.execute("DELETE FROM record WHERE generation < ?", (generation,)).rowcount

    def drop_all(self) -> None:
        self._db.execute("DELETE FROM record")
        self._db.execute("DELETE FROM scope")

    def see_by(self, scopes: Sequence[str]) -> None:
        """These are the client's scopes now: records that were seen only by others are dropped at once."""
        held = self._bits()
        if gone := [name for name in held if name not in scopes]:
            mask = sum(held[name] for name in gone)
            self._db.execute("DELETE FROM record WHERE mask & ? != 0 AND mask & ~? = 0", (mask, mask))
            self._db.execute("UPDATE record SET mask = mask & ~? WHERE mask & ? != 0", (mask, mask))
            self._db.executemany("DELETE FROM scope WHERE name = ?", [(name,) for name in gone])
        taken = {bit for name, bit in held.items() if name in scopes}
        free = (1 << n for n in range(MAX_SCOPES) if 1 << n not in taken)
        self._db.executemany(
            "INSERT INTO scope (name, bit) VALUES (?, ?)",
            [(name, next(free)) for name in scopes if name not in held],
        )

    def digest(self, scopes: Sequence[str]) -> list[tuple[int, str]]:
        """Count and sum for each scope, worked out from the rows themselves."""
        bits = self._bits()
        counts = dict.fromkeys(scopes, 0)
        sums = dict.fromkeys(scopes, 0)
        # Halves of the hashes, because SQLite's sum() must not overflow.
        for mask, count, high, low in self._db.execute(
            "SELECT mask, count(*), sum((hash >> 32) & 4294967295), sum(hash & 4294967295) FROM record GROUP BY mask"
        ):
            for name in scopes:
                if mask & bits.get(name, 0):
                    counts[name] += count
                    sums[name] = digest.add(sums[name], (high << 32) + low)
        return [(counts[name], digest.to_hex(sums[name])) for name in scopes]

    def versions(self) -> dict[str, int]:
        """Version by id, of all that is held."""
        return dict(self._db.execute("SELECT id, version FROM record").fetchall())

    def line(self, record_id: str) -> bytes | None:
        row = self._db.execute("SELECT line FROM record WHERE id = ?", (record_id,)).fetchone()
        return bytes(row[0]) if row else None

    def numbered(self, number: str) -> str | None:
        """The id of the case with this number."""
        row = self._db.execute("SELECT id FROM record WHERE number = ?", (number.upper(),)).fetchone()
        return str(row[0]) if row else None

    def find(self, text: str) -> list[str]:
        """Ids of cases with this number or id, whole or the beginning of the id (six characters at least)."""
        exact = self._db.execute("SELECT id FROM record WHERE number = ? OR id = ?", (text.upper(), text)).fetchall()
        if exact or len(text) < 6:
            return [row[0] for row in exact]
        return [
            row[0] for row in self._db.execute("SELECT id FROM record WHERE substr(id, 1, ?) = ?", (len(text), text))
        ]

    def by_due(self) -> Iterator[sqlite3.Row]:
        """Cases, the nearest due date first; those without one last."""
        yield from self._db.execute(
            "SELECT id, service, number, stage, office, district, due, title, conflicts, line FROM record"
            " WHERE type = 'case' ORDER BY due IS NULL, due, number"
        )

    def bit(self, scope: str) -> int:
        """The bit of `mask` that says whether a record is seen by that scope; 0 where this client does not have it."""
        row = self._db.execute("SELECT bit FROM scope WHERE name = ?", (scope,)).fetchone()
        return int(row[0]) if row else 0

    def rows(self, own: int) -> list[tuple[str, str | None, float | None, str]]:
        """Of each case: id, due date, when it was last touched (a Julian day), and all that a list shows of it, as one
        JSON object that SQLite writes. `own`: the bit of whoever looks."""
        return self._db.execute(_ROWS, (own,)).fetchall()

    def others(self, own: int) -> list[str]:
        """Ids of cases that are not one's own."""
        found = self._db.execute("SELECT id FROM record WHERE type = 'case' AND mask & ? = 0", (own,))
        return [row[0] for row in found]

    def lines(self, ids: Sequence[str]) -> dict[str, bytes]:
        """The lines of those of them that are here."""
        found = self._db.execute(
            "SELECT id, line FROM record WHERE id IN (SELECT value FROM json_each(?))", (json.dumps(list(ids)),)
        )
        return {row[0]: bytes(row[1]) for row in found}

    def count(self) -> int:
        found: int = self._db.execute("SELECT count(*) FROM record").fetchone()[0]
        return found

    def conflicts(self) -> int:
        found: int = self._db.execute("SELECT count(*) FROM record WHERE conflicts > 0").fetchone()[0]
        return found

    def _bits(self) -> dict[str, int]:
        return dict(self._db.execute("SELECT name, bit FROM scope").fetchall())


_STORE = (
    "INSERT INTO record (id, type, version, hash, mask, generation, service, number, stage, office, district, due,"
    " title, conflicts, opened, touched, line) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
    " ON CONFLICT (id) DO UPDATE SET type = excluded.type, version = excluded.version, hash = excluded.hash,"
    " mask = excluded.mask, generation = excluded.generation, service = excluded.service, number = excluded.number,"
    " stage = excluded.stage, office = excluded.office, district = excluded.district, due = excluded.due,"
    " title = excluded.title, conflicts = excluded.conflicts, opened = excluded.opened, touched = excluded.touched,"
    " line = excluded.line"
)

_ROWS = """
SELECT id, due, julianday(touched), json_object(
    'id', id, 'service', service, 'number', number, 'stage', stage, 'office', office, 'district', district,
    'due', due, 'title', title, 'opened', json(iif(opened, 'true', 'false')), 'conflicts', conflicts,
    'mine', json(iif(mask & ?, 'true', 'false')), 'waiting', 0, 'refused', 0, 'touched', touched
) FROM record WHERE type = 'case'
"""


def _told(head: RecordHead, line: bytes) -> _Happened:
    # Other types of later versions may call other things by these names; and only `read_head` judges a line.
    if head.t != "case":
        return _NOTHING
    try:
        return _happened.decode(line)
    except msgspec.MsgspecError:
        return _NOTHING
