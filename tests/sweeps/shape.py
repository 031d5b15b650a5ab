"""What a database is made of, and what is in it: to be compared with what it was before."""

from typing import Any, Final

from sqlalchemy import Connection, Engine, inspect, select, text

from server.store.database import reading
from tests.sweeps.filling import reflected

Shape = dict[str, Any]
Contents = dict[str, tuple[tuple[str, ...], list[tuple[Any, ...]]]]
"""By table: its columns, and its rows in an order that stays."""

_TRIGGERS: Final = {
    "sqlite": "SELECT tbl_name, name, sql FROM sqlite_master WHERE type = 'trigger' ORDER BY 1, 2",
    "postgresql": "SELECT c.relname, t.tgname, pg_get_triggerdef(t.oid) FROM pg_trigger t"
    " JOIN pg_class c ON c.oid = t.tgrelid WHERE NOT t.tgisinternal ORDER BY 1, 2",
}


def shape_of(engine: Engine) -> Shape:
    """Tables with columns, keys, indexes and what they ask of values; triggers. In whatever order they were made."""
    look = inspect(engine)
    found: Shape = {}
    asked = {
        "foreign": look.get_multi_foreign_keys(),
        "unique": look.get_multi_unique_constraints(),
        "indexes": look.get_multi_indexes(),
        "checks": look.get_multi_check_constraints(),
    }
    keys = look.get_multi_pk_constraint()
    for place, columns in look.get_multi_columns().items():
        told = {one["name"]: (str(one["type"]), one["nullable"], one["default"]) for one in columns}
        rest = {what: _sorted(answers.get(place, ())) for what, answers in asked.items()}
        found[place[1]] = {"columns": told, "key": _told(keys[place])} | rest
    with engine.connect() as connection:
        rows = connection.execute(text(_TRIGGERS[engine.dialect.name]))
        found["triggers of all"] = [tuple(row) for row in rows]
    return found


def contents_of(engine: Engine) -> Contents:
    """Every row there is."""
    with reading(engine) as connection:
        return _contents(connection)


def _contents(connection: Connection) -> Contents:
    found: Contents = {}
    for table in reflected(connection).sorted_tables:
        names = tuple(sorted(column.name for column in table.columns))
        rows = connection.execute(select(*(table.c[name] for name in names)))
        found[table.name] = names, sorted((tuple(map(_plain, row)) for row in rows), key=repr)
    return found


def lost(before: Contents, after: Contents, kept: Contents) -> list[str]:
    """What of `before` is not in `after`, of the tables and columns that `kept` has: rows by their table."""
    found = []
    for table, (columns, _) in kept.items():
        if table not in before:
            continue
        common = [name for name in columns if name in before[table][0]]
        was, now = _only(before[table], common), _only(after[table], common)
        if was != now:
            found.append(f"{table}: {[row for row in was if row not in now]} became {[r for r in now if r not in was]}")
    return found


def _only(table: tuple[tuple[str, ...], list[tuple[Any, ...]]], columns: list[str]) -> list[tuple[Any, ...]]:
    places = [table[0].index(name) for name in columns]
    return sorted((tuple(row[place] for place in places) for row in table[1]), key=repr)


def _plain(value: Any) -> Any:
    return bytes(value) if isinstance(value, memoryview) else value


def _sorted(found: Any) -> list[str]:
    return sorted(_told(one) for one in found)


def _told(found: Any) -> str:
    """What stands in it. A dialect's own words (the WHERE of an index) come as an object, told by its text."""
    if isinstance(found, dict):
        return str([(name, _told(value)) for name, value in sorted(found.items())])
    return str([_told(one) for one in found]) if isinstance(found, list | tuple) else str(found)
