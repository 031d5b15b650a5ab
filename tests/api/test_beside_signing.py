"""What is changed in the moment in which somebody signs in on the admin pages."""

from collections.abc import Callable
from typing import Any

import pytest
from argon2 import PasswordHasher
from sqlalchemy import text

from server.access import closing, devices, half_way, passwords, second_factor, tokens
from server.admin import sessions
from server.store.database import writing
from sync.errors import NotSignedIn
from tests.api.admin import Desk, half_way_in, signed_in
from tests.api.second_factor import Phone, add, password_typed, set_up
from tests.api.under_way import new_password_under_way, under_way
from tests.conftest import Server

Deed = Callable[[Server, str], object]

TOLD = "berubah tepat saat Anda masuk"
"""And not that it was too long ago: of one step, nothing ever is."""

SHORT = "options=-c%20lock_timeout%3D3s"
"""Longer than PostgreSQL takes to find a deadlock, and shorter than a test may."""


@pytest.fixture(params=["sqlite", "postgresql"])
def server(request: pytest.FixtureRequest, make_server: Callable[..., Server]) -> Server:
    url = request.getfixturevalue("postgres_url") if request.param == "postgresql" else None
    return make_server("beside", database=url)


@pytest.fixture
def desk(server: Server) -> Desk:
    """An admin's, in a city that leaves a second factor to each of them."""
    return signed_in(server, "admin", login="admin")


def another_password(server: Server, _person: str) -> None:
    closing.set_password(server.engine, server.city, server.world.sources, "admin", "cli")


def another_password_by_hand(server: Server, person: str) -> None:
    """As somebody writes it into the database, and ends nothing."""
    server.execute("UPDATE person SET password = password || 'x' WHERE id = :id", id=person)


def closed(server: Server, person: str) -> None:
    server.execute("UPDATE person SET disabled = 'now' WHERE id = :id", id=person)


def another_phone(server: Server, person: str) -> None:
    offer = second_factor.offer(server.world, person)
    second_factor.confirm(server.world, person, offer.slip, Phone(server, offer.secret).code())


def signed_out_everywhere(server: Server, _person: str) -> None:
    closing.end_sessions(server.engine, server.world.sources, "admin", "cli")


def phone_taken_away(server: Server, _person: str) -> None:
    closing.remove_factor(server.engine, server.world.sources, "admin", "cli")


def closing_it(server: Server, _person: str) -> None:
    closing.disable(server.engine, server.world.sources, "admin", "cli")


def opening_it(server: Server, _person: str) -> None:
    closing.enable(server.engine, server.world.sources, "admin", "cli")


def before_the_session(monkeypatch: pytest.MonkeyPatch, server: Server, person: str, deed: Deed) -> None:
    """Between the last look at what was typed and the session."""
    begin = sessions.begin

    def late(*args: Any) -> str:
        deed(server, person)
        return begin(*args)

    monkeypatch.setattr(sessions, "begin", late)


def nobody_is_in(server: Server, desk: Desk) -> bool:
    in_ = server.rows("SELECT count(*) FROM admin_session")[0][0]
    return desk.heading == "Masuk" and desk.status == 401 and in_ == 0 and TOLD in desk.words


@pytest.mark.parametrize("deed", [another_password, another_password_by_hand, closed, another_phone])
def test_no_session_begins_with_one_step_beside(
    server: Server, desk: Desk, monkeypatch: pytest.MonkeyPatch, deed: Deed
) -> None:
    server.execute("DELETE FROM admin_session")
    before_the_session(monkeypatch, server, desk.person, deed)
    assert nobody_is_in(server, password_typed(server))


@pytest.mark.parametrize(
    "deed",
    [another_password, another_password_by_hand, closed, another_phone, signed_out_everywhere, phone_taken_away],
)
def test_no_session_begins_with_two_steps_beside(
    server: Server, desk: Desk, monkeypatch: pytest.MonkeyPatch, deed: Deed
) -> None:
    phone, _ = set_up(desk)
    other = password_typed(server)
    server.execute("DELETE FROM admin_session")
    server.clock.move(seconds=30)
    before_the_session(monkeypatch, server, desk.person, deed)
    other.send("/code", code=phone.code())
    assert nobody_is_in(server, other)


def test_nobody_elses_first_step_stands_for_ones_own(server: Server, desk: Desk) -> None:
    """Whoever is half way in as themselves, and has somebody else's password."""
    set_up(desk)
    theirs = half_way_in(server, add(server, "lain", "admin"))
    with pytest.raises(NotSignedIn):
        sessions.begin(server.engine, server.world.sources, desk.person, None, theirs)


def test_whoever_signs_in_waits_for_a_new_password_that_is_under_way(
    make_server: Callable[..., Server], postgres_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    server = make_server("waits", database=postgres_url)
    signed_in(server, "admin", login="admin")
    begin = sessions.begin

    def beside(*args: Any) -> str:
        with new_password_under_way(server, "admin", monkeypatch):
            return begin(*args)

    monkeypatch.setattr(sessions, "begin", beside)
    assert nobody_is_in(server, password_typed(server))


def test_whoever_makes_a_hash_anew_comes_in_with_that(
    server: Server, desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = server.rows("SELECT password FROM person")
    monkeypatch.setattr(passwords, "_hasher", PasswordHasher(time_cost=2, memory_cost=16, parallelism=1))
    assert password_typed(server).heading == "Papan sinkron"
    assert server.rows("SELECT password FROM person") != before


# ---- On PostgreSQL, where two who each hold what the other wants are a deadlock ----


@pytest.fixture
def city(make_server: Callable[..., Server], postgres_url: str) -> Server:
    return make_server("two", database=f"{postgres_url}&{SHORT}")


def test_a_first_step_and_a_deed_on_the_same_person_both_come_to_an_end(
    city: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    """While something of theirs lies there that is over."""
    desk = signed_in(city, "admin", login="admin")
    half_way_in(city, desk.person)
    city.clock.move(seconds=half_way.KEPT_FOR.total_seconds())
    with new_password_under_way(city, "admin", monkeypatch):
        half_way_in(city, desk.person)
    assert len(city.rows("SELECT token FROM half_way")) == 1


def test_whoever_signs_in_waits_for_nobody_elses_row_that_is_over(city: Server) -> None:
    desk, other = signed_in(city, "admin", login="admin"), signed_in(city, "admin", login="lain")
    half_way_in(city, other.person)
    city.clock.move(hours=25)
    with city.engine.connect() as deed:
        for table in ("half_way", "admin_session"):
            deed.execute(text(f"SELECT 1 FROM {table} WHERE person_id = :id FOR UPDATE"), {"id": other.person})
        half_way_in(city, desk.person)
        sessions.begin(city.engine, city.world.sources, desk.person)
        assert [row.person_id for row in city.rows("SELECT person_id FROM admin_session")].count(desk.person) == 1
    sessions.begin(city.engine, city.world.sources, desk.person)
    assert not city.rows("SELECT 1 FROM admin_session WHERE person_id = :id", id=other.person), "the next one does"


@pytest.mark.parametrize("deed", [another_phone, closing_it, opening_it])
def test_somebody_signs_out_while_a_deed_ends_their_sessions(
    city: Server, monkeypatch: pytest.MonkeyPatch, deed: Deed
) -> None:
    """Both come to the audit log, and have their rows by then."""
    desk = signed_in(city, "admin", login="admin")
    with writing(city.engine) as connection:
        devices.new_device(connection, city.world.sources, desk.person, city.world.sources.new_token())
    if deed is another_phone:
        another_phone(city, desk.person)
    signed_in(city, "admin", login="lain")
    if deed is opening_it:
        city.execute("UPDATE person SET disabled = 'now' WHERE login = 'admin'")
    cookie = "a" * 43
    city.execute(
        "INSERT INTO admin_session (token, person_id, created, seen) VALUES (:token, :person, :now, :now)",
        token=tokens.hash_of(cookie), person=desk.person, now=devices.stamp(city.clock()),
    )  # fmt: skip
    with under_way(city, monkeypatch, lambda: deed(city, desk.person)):
        sessions.end(city.engine, cookie, city.clock())
    assert not city.rows("SELECT 1 FROM admin_session WHERE person_id = :id", id=desk.person)
