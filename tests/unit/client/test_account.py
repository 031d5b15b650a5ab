"""Who a device speaks for, also after the server lost the account it spoke for."""

from collections.abc import Callable
from typing import Any

import pytest

from client import account, plain_http
from sync.errors import Conflict

from .conftest import ME, Bench

OPEN = "http://10.0.0.7:8000"


class Desk:
    """A server that answers every sign-in with the same person."""

    def __init__(self, person: str) -> None:
        self.person = person
        self.called: list[str] = []

    def call(self, method: str, path: str, body: Any = None, token: str | None = None) -> Any:
        self.called.append(path)
        return {
            "devices": 0,
            "token": "t" * 43,
            "person": {"id": self.person, "name": "Warga Satu", "roles": ["citizen"]},
        }


def test_another_person_is_refused_and_the_same_login_is_not(bench: Bench) -> None:
    """A restored server may give an account that signed up again a new id: the login tells that it is the same."""
    account.sign_in(bench.store, Desk(ME), "Warga", "kata sandi panjang")  # type: ignore[arg-type]
    again = Desk("00000000-0000-4000-8000-0000000000aa")
    account.sign_in(bench.store, again, "warga ", "kata sandi panjang")  # type: ignore[arg-type]
    with pytest.raises(Conflict):
        account.sign_in(bench.store, Desk(ME), "tetangga", "kata sandi panjang")  # type: ignore[arg-type]


def test_a_device_whose_account_was_lost_knows_that_it_is_a_guest_again(bench: Bench) -> None:
    account.sign_in(bench.store, Desk(ME), "warga", "kata sandi panjang")  # type: ignore[arg-type]
    assert bench.store.meta.get("guest") is None
    bench.hear(bench.store.take(), person={"id": ME, "name": "Tamu", "kind": "guest", "roles": ["citizen"]})
    assert bench.store.meta.get("guest") is True


def deeds(bench: Bench, desk: Any, **more: Any) -> list[Callable[[], object]]:
    """All that sends a password."""
    return [
        lambda: account.sign_up(bench.store, desk, "warga", "kata sandi panjang", "Warga Satu", **more),
        lambda: account.sign_in(bench.store, desk, "warga", "kata sandi panjang", **more),
        lambda: account.change_password(bench.store, desk, "kata sandi panjang", "angin di atas atap"),
        lambda: account.end_device(bench.store, desk, "lain", "kata sandi panjang"),
    ]


def test_no_password_goes_to_a_server_where_others_can_read_it(bench: Bench) -> None:
    """A profile may be older than the question."""
    bench.store.meta.set("server", OPEN)
    desk = Desk(ME)
    for deed in deeds(bench, desk):
        with pytest.raises(plain_http.PlainHttp):
            deed()
    assert desk.called == []
    plain_http.agree(bench.store, OPEN)
    for deed in deeds(bench, desk):
        deed()
    assert len(desk.called) == 4


def test_the_server_that_one_comes_in_to_counts_and_is_kept_with_the_person(bench: Bench) -> None:
    """Not the one that was held before: it may be left for one that nobody can listen to, or the other way round."""
    kota, desk = "https://kota.example", Desk(ME)
    bench.store.meta.set("server", kota)
    for deed in deeds(bench, desk, server=OPEN)[:2]:
        with pytest.raises(plain_http.PlainHttp):
            deed()
    assert (desk.called, bench.store.meta.get("server")) == ([], kota)
    bench.store.meta.set("server", OPEN)
    for deed in deeds(bench, desk, server=kota)[:2]:
        deed()
    assert (len(desk.called), bench.store.meta.get("server")) == (2, kota)
