"""Something in every table and column, whatever tables there are: what a day's work leaves empty is made up."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Column, Connection, LargeBinary, MetaData, Table, func, select, types, update
from sqlalchemy.sql.type_api import TypeEngine

LARGE = 5_000_000_000
"""More than 32 bits hold."""

FINAL = frozenset({"audit"})
"""Tables whose rows are never changed."""


def reflected(connection: Connection) -> MetaData:
    """The tables as they are in the database, without Alembic's own."""
    found = MetaData()
    found.reflect(connection, only=lambda name, _: name != "alembic_version")
    return found


def fill(connection: Connection) -> None:
    """A row into each empty table, and a value into each column that has none in any row."""
    for table in reflected(connection).sorted_tables:
        if connection.execute(select(table).limit(1)).first() is None:
            values = {column.name: _value(connection, column) for column in table.columns}
            connection.execute(table.insert(), values)
        elif table.name not in FINAL:
            _fill_columns(connection, table)


def empty(connection: Connection) -> list[str]:
    """Tables and columns (as table.column) in which there is nothing."""
    found = []
    for table in reflected(connection).sorted_tables:
        counts = connection.execute(select(func.count(), *(func.count(column) for column in table.columns))).one()
        if not counts[0]:
            found.append(table.name)
        found += [f"{table.name}.{c.name}" for c, n in zip(table.columns, counts[1:], strict=True) if not n]
    return found


def _fill_columns(connection: Connection, table: Table) -> None:
    keys = list(table.primary_key.columns)
    first = connection.execute(select(*keys).order_by(*keys).limit(1)).one()
    for column in table.columns:
        if column.nullable and not connection.execute(select(func.count(column))).scalar():
            here = [key == value for key, value in zip(keys, first, strict=True)]
            connection.execute(update(table).where(*here).values({column.name: _value(connection, column)}))


def _value(connection: Connection, column: Column[Any]) -> Any:
    """One that fits the column's type, and what it points to."""
    for key in column.foreign_keys:
        held = connection.execute(select(key.column).limit(1)).scalar()
        assert held is not None, f"{key.column} is filled before what points to it"
        return held
    return _of_type(column.type, column.name)


def _of_type(type_: TypeEngine[Any], name: str) -> Any:
    made: Mapping[type[TypeEngine[Any]], Any] = {
        types.LargeBinary: bytes(range(32)),
        types.Boolean: True,
        types.BigInteger: LARGE,
        types.Integer: 7,
        types.Text: f"{name} – é 🏠",
        types.String: f"{name} – é",
    }
    for kind, value in made.items():
        if isinstance(type_, kind):
            length = getattr(type_, "length", None)
            return value[:length] if isinstance(value, str) and length and kind is not LargeBinary else value
    raise AssertionError(f"say in tests/sweeps/filling.py what goes into a column of the type {type_}")
