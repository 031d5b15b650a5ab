"""What the server sent: stored line by line as it came, listed by a few columns, compared by digest."""

import sqlite3
from collections.abc import Iterator, Sequence

from client.store.database import Database
from sync import digest
from sync.messages import MAX_SCOPES, RecordHead


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
    " title, conflicts, line) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
    " ON CONFLICT (id) DO UPDATE SET type = excluded.type, version = excluded.version, hash = excluded.hash,"
    " mask = excluded.mask, generation = excluded.generation, service = excluded.service, number = excluded.number,"
    " stage = excluded.stage, office = excluded.office, district = excluded.district, due = excluded.due,"
    " title = excluded.title, conflicts = excluded.conflicts, line = excluded.line"
)
