"""Codes of a phone and of paper while a deed on the same person is under way. On PostgreSQL, where two who each hold
what the other wants are a deadlock."""

from collections.abc import Callable

import pytest

from server.access import audit, closing, devices, second_factor, wrong_codes
from server.store.database import writing
from tests.api.admin import Desk, signed_in
from tests.api.second_factor import Phone, deeds, set_up
from tests.api.test_beside_signing import SHORT, Deed, another_password, another_phone, phone_taken_away
from tests.api.under_way import under_way
from tests.conftest import Server

HERE = "203.0.113.7"


@pytest.fixture
def server(make_server: Callable[..., Server], postgres_url: str) -> Server:
    return make_server("codes", database=f"{postgres_url}&{SHORT}")


@pytest.fixture
def desk(server: Server) -> Desk:
    return signed_in(server, "admin", login="admin")


def _guess(server: Server, person: str, phone: Phone) -> None:
    with pytest.raises(wrong_codes.Shut):
        second_factor.prove(server.world, person, phone.wrong())


@pytest.mark.parametrize("deed", [another_password, another_phone, phone_taken_away])
def test_a_recovery_code_and_a_deed_on_the_same_person(
    server: Server, desk: Desk, monkeypatch: pytest.MonkeyPatch, deed: Deed
) -> None:
    _, codes = set_up(desk)
    server.execute("UPDATE second_factor SET wrong = 20, shut = '2026-03-16T01:00:00Z'")
    # Long ago, so that no row of tries lets one wait for the other before the rows that this is about.
    server.execute("DELETE FROM attempt")

    def recover() -> None:
        second_factor.recover(server.world, desk.person, codes[0], HERE)

    with under_way(server, monkeypatch, recover, (wrong_codes, "reopen")):
        deed(server, desk.person)
    assert [action for action, _ in deeds(server)][1:3] == ["factor.recovery_code", "factor.reopen"]


def test_a_new_password_that_puts_devices_out_and_the_wrong_code_that_shuts(
    server: Server, desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    phone, _ = set_up(desk)
    with writing(server.engine) as connection:
        devices.new_device(connection, server.world.sources, desk.person, server.world.sources.new_token())
    server.execute("UPDATE second_factor SET wrong = 19")
    where = (server.engine, server.city, server.world.sources)

    def given() -> None:
        closing.set_password(*where, "admin", "cli", revoke=True)

    with under_way(server, monkeypatch, given, (second_factor, "reopen")):
        _guess(server, desk.person, phone)
    assert server.rows("SELECT wrong, shut FROM second_factor") == [(0, None)]
    assert [action for action, _ in deeds(server)][1:] == ["factor.shut", "factor.reopen"]


def test_the_wrong_code_that_shuts_and_a_phone_that_is_taken_away(
    server: Server, desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    phone, _ = set_up(desk)
    server.execute("UPDATE second_factor SET wrong = 19")
    with under_way(server, monkeypatch, lambda: _guess(server, desk.person, phone), (audit, "note")):
        phone_taken_away(server, desk.person)
    assert [action for action, _ in deeds(server)][1:] == ["factor.shut", "factor.remove"]
