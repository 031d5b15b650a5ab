"""Straight through the driver: for the few statements of which each exchange makes several.

SQLAlchemy's own part in a question (its cache, its look at each value, its row) costs three times the driver's. The
connection and its transaction stay SQLAlchemy's, and so does what becomes of an error.
"""

import re
from collections import namedtuple
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any

from sqlalchemy import Connection


def ask(connection: Connection, statement: str, values: Mapping[str, Any]) -> list[Any]:
    """The rows of one statement with `:named` values, each with its columns as attributes. A list among the values
    stands in parentheses: `id IN :ids`. Raises what SQLAlchemy would raise."""
    lists = {name: value for name, value in values.items() if isinstance(value, list)}
    if lists:
        values = {name: value for name, value in values.items() if name not in lists}
        values |= {f"{name}_{place}": one for name, many in lists.items() for place, one in enumerate(many)}
    sizes = tuple((name, len(value)) for name, value in lists.items())
    postgres = connection.dialect.name == "postgresql"
    driver: Any = connection.connection.driver_connection
    cursor = driver.cursor()
    try:
        _tell(connection, cursor, statement, values)
        cursor.execute(_spelled(statement, sizes, postgres), values)
        if cursor.description is None:
            return []
        make = _row(tuple(column[0] for column in cursor.description))._make
        return [make(row) for row in cursor.fetchall()]
    except connection.dialect.loaded_dbapi.Error as error:
        connection._handle_dbapi_exception(error, statement, values, cursor, None)
    finally:
        cursor.close()


def many(connection: Connection, statement: str, rows: Sequence[Mapping[str, object]]) -> None:
    """Execute a statement with `:named` values once for each row."""
    driver: Any = connection.connection.driver_connection
    cursor = driver.cursor()
    try:
        _tell(connection, cursor, statement, rows)
        cursor.executemany(_spelled(statement, (), connection.dialect.name == "postgresql"), rows)
    except connection.dialect.loaded_dbapi.Error as error:
        connection._handle_dbapi_exception(error, statement, None, cursor, None)
    finally:
        cursor.close()


def _tell(connection: Connection, cursor: Any, statement: str, values: Any) -> None:
    """Who listens to an engine's statements hears of these too."""
    if connection._has_events or connection.engine._has_events:
        for listener in connection.dispatch.before_cursor_execute:
            listener(connection, cursor, statement, values, None, isinstance(values, Sequence))


@lru_cache(maxsize=1024)
def _spelled(statement: str, sizes: tuple[tuple[str, int], ...], postgres: bool) -> str:
    for name, size in sizes:
        # PostgreSQL takes no empty list; nothing is in one of NULL either.
        listed = ", ".join(f":{name}_{place}" for place in range(size)) or "NULL"
        statement = re.sub(rf":{name}\b", f"({listed})", statement)
    return re.sub(r"(?<!:):(\w+)", r"%(\1)s", statement) if postgres else statement


@lru_cache(maxsize=256)
def _row(columns: tuple[str, ...]) -> Any:
    return namedtuple("Row", columns)
