"""Who a device speaks for, also after the server lost the account it spoke for."""

from typing import Any

import pytest

from client import account
from sync.errors import Conflict

from .conftest import ME, Bench


class Desk:
    """A server that answers every sign-in with the same person."""

    def __init__(self, person: str) -> None:
        self.person = person

    def call(self, method: str, path: str, body: Any = None, token: str | None = None) -> Any:
        return {"token": "t" * 43, "person": {"id": self.person, "name": "Warga Satu", "roles": ["citizen"]}}


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
