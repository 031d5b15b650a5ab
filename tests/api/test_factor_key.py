"""The key of second factors, where it is there and closed to the server."""

import errno
import io
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.api.admin import PASSWORD, Desk, signed_in
from tests.api.second_factor import password_typed, set_up
from tests.conftest import Server

LOOKED_INTO = ((os, "open"),)
"""All that is refused where a folder may be looked into, and not be written to."""

Shut = Callable[..., None]


@pytest.fixture
def desk(server: Server) -> Desk:
    """An admin's, in a city that leaves it to each of them."""
    return signed_in(server, "admin", login="admin")


@pytest.fixture
def shut(server: Server, monkeypatch: pytest.MonkeyPatch) -> Shut:
    """Gives the folder of keys to another user, as root who makes it does: nothing in it is looked at, read or made."""
    folder = server.world.keys.folder

    def refused(real: Callable[..., Any]) -> Callable[..., Any]:
        def call(path: Any, *given: Any, **how: Any) -> Any:
            if isinstance(path, str | Path) and Path(path).parent == folder:
                raise PermissionError(errno.EACCES, "Permission denied")
            return real(path, *given, **how)

        return call

    def close(*calls: tuple[Any, str]) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        for where, name in calls or ((os, "stat"), (os, "open"), (io, "open")):
            monkeypatch.setattr(where, name, refused(getattr(where, name)))

    return close


def test_a_key_that_is_closed_is_told_so_and_not_looked_for_in_a_backup(server: Server, desk: Desk, shut: Shut) -> None:
    phone, codes = set_up(desk)
    server.clock.move(seconds=30)
    other = password_typed(server)
    shut()
    other.send("/code", code=phone.code())
    assert other.status == 503 and "tertutup bagi program server" in other.words and "cadangan" not in other.words
    other.send("/code", recovery=codes[0], code="")
    assert other.heading == "Anda masuk dengan kode pemulihan"
    other.open("/admin/health")
    assert "ponsel 1 orang tidak bisa diperiksa: keys/factor.key atau foldernya tertutup" in other.words


@pytest.mark.parametrize("calls", [(), LOOKED_INTO], ids=["closed", "looked into"])
def test_a_folder_of_keys_that_is_closed_is_told_to_whoever_sets_one_up(
    desk: Desk, shut: Shut, calls: tuple[tuple[Any, str], ...]
) -> None:
    desk.open("/admin/second-factor")
    shut(*calls)
    desk.send("/admin/second-factor", do="set_up", password=PASSWORD)
    assert desk.status == 503 and "harus milik pengguna yang menjalankan server" in desk.words
