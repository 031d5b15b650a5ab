"""Which scopes a case is in, and each scope's digest, kept up to date with each change.

Runs after `stamp.take`, so the head's lock guards the sums: read, add, write, with nobody between.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, text

from server.store.straight import ask, many
from sync import digest


@dataclass(frozen=True)
class Change:
    """A case before and after a transaction. `old_version` 0: it is new."""

    case_id: str
    born: int
    pos: int
    old_version: int
    version: int
    old_scopes: frozenset[str]
    scopes: frozenset[str]


def settle(connection: Connection, changes: Sequence[Change]) -> None:
    """Write where the changed cases are now and where they no longer are, and what each scope's digest becomes."""
    names = {name for change in changes for name in change.old_scopes | change.scopes}
    rows = scope_rows(connection, names, create=True)
    reach, counts, sums = [], dict.fromkeys(names, 0), {name: rows[name][2] for name in names}
    for change in changes:
        after = digest.record_hash(change.case_id, change.version)
        before = digest.record_hash(change.case_id, change.old_version)
        for name in change.old_scopes:
            counts[name] -= 1
            sums[name] = digest.subtract(sums[name], before)
        for name in change.scopes:
            counts[name] += 1
            sums[name] = digest.add(sums[name], after)
        for name in change.old_scopes | change.scopes:
            present = int(name in change.scopes)
            reach.append({"scope": rows[name][0], "born": change.born, "pos": change.pos, "present": present})
    many(connection, _SET_REACH, reach)
    many(
        connection,
        _SET_DIGEST,
        [{"id": rows[n][0], "count": rows[n][1] + counts[n], "sum": digest.signed(sums[n])} for n in sorted(names)],
    )


def scope_rows(
    connection: Connection, names: Iterable[str], *, create: bool = False
) -> dict[str, tuple[int, int, int]]:
    """(id, count, unsigned sum) by scope name. Names that no case was ever in are left out, or made."""
    wanted = sorted(names)
    found = _select(connection, wanted)
    if create and (missing := [name for name in wanted if name not in found]):
        connection.execute(_NEW_SCOPE, [{"name": name} for name in missing])
        found |= _select(connection, missing)
    return found


def _select(connection: Connection, names: list[str]) -> dict[str, tuple[int, int, int]]:
    if not names:
        return {}
    rows = ask(connection, _SCOPES, {"names": names})
    return {row.name: (row.id, row.held, digest.unsigned(row.total)) for row in rows}


_SCOPES = 'SELECT id, name, "count" AS held, "sum" AS total FROM scope WHERE name IN :names'
_NEW_SCOPE = text('INSERT INTO scope (name, "count", "sum") VALUES (:name, 0, 0) ON CONFLICT (name) DO NOTHING')
_SET_DIGEST = 'UPDATE scope SET "count" = :count, "sum" = :sum WHERE id = :id'
_SET_REACH = (
    "INSERT INTO reach (scope, born, pos, present) VALUES (:scope, :born, :pos, :present)"
    " ON CONFLICT (scope, born) DO UPDATE SET pos = excluded.pos, present = excluded.present"
)
