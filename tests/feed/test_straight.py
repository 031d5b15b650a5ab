"""Statements that go straight through the driver: what they take and give, and that their errors are SQLAlchemy's."""

from collections.abc import Callable

import pytest
from sqlalchemy import event
from sqlalchemy.exc import DBAPIError, IntegrityError

from server.store.database import passing, reading, writing
from server.store.straight import ask, many
from tests.conftest import Server

_PUT = "INSERT INTO counter (name, value) VALUES (:name, :value)"
_GET = "SELECT name, value FROM counter WHERE name IN :names AND value > :least ORDER BY name"


@pytest.fixture(params=["sqlite", "postgres"])
def either(request: pytest.FixtureRequest, make_server: Callable[..., Server]) -> Server:
    """A server on each of the two databases."""
    url = request.getfixturevalue("postgres_url") if request.param == "postgres" else None
    return make_server(database=url)


def _put(server: Server, **values: int) -> None:
    with writing(server.engine) as connection:
        many(connection, _PUT, [{"name": name, "value": value} for name, value in values.items()])


def test_a_list_stands_for_as_many_and_rows_have_names(either: Server) -> None:
    _put(either, one=1, two=2, three=3)
    with reading(either.engine) as connection:
        for names, least, found in (
            (["one", "three"], 0, [("one", 1), ("three", 3)]),
            (["one", "three"], 1, [("three", 3)]),
            (["two"], 0, [("two", 2)]),
            ([], 0, []),
        ):
            rows = ask(connection, _GET, {"names": names, "least": least})
            assert [(row.name, row.value) for row in rows] == found


def test_what_is_typed_is_a_value_and_never_a_statement(either: Server) -> None:
    _put(either, one=1)
    typed = ["'); DROP TABLE counter; --", "%(name)s", ":name", "one"]
    with reading(either.engine) as connection:
        assert [row.name for row in ask(connection, _GET, {"names": typed, "least": 0})] == ["one"]


def test_an_error_is_sqlalchemys_and_says_nothing_of_the_values(either: Server) -> None:
    _put(either, one=1)
    with pytest.raises(IntegrityError) as twice:
        _put(either, five=5, one=374101)
    assert "374101" not in str(twice.value).split("DETAIL")[0]
    with pytest.raises(DBAPIError) as lacking, reading(either.engine) as connection:
        ask(connection, "SELECT nothing FROM nowhere WHERE name = :name", {"name": "Bu Lurah"})
    assert "Bu Lurah" not in str(lacking.value)
    with reading(either.engine) as connection:
        assert [row.name for row in ask(connection, _GET, {"names": ["one", "five"], "least": 0})] == ["one"], "undone"


def test_who_listens_to_an_engine_hears_of_them(either: Server) -> None:
    """So does the simulated city, which dies between any two."""
    heard: list[str] = []
    event.listen(either.engine, "before_cursor_execute", lambda *told: heard.append(told[2]))
    _put(either, one=1)
    with reading(either.engine) as connection:
        ask(connection, _GET, {"names": ["one"], "least": 0})
    assert {_PUT, _GET} <= set(heard)


def test_a_connection_that_is_cut_may_be_tried_again_on_another(
    make_server: Callable[..., Server], postgres_url: str
) -> None:
    server = make_server(database=postgres_url)
    _put(server, one=1)
    with pytest.raises(DBAPIError) as cut, writing(server.engine) as connection:
        ask(connection, "SELECT pg_terminate_backend(pg_backend_pid())", {})
        ask(connection, _GET, {"names": ["one"], "least": 0})
    assert cut.value.connection_invalidated
    assert passing(cut.value)
    _put(server, two=2)
