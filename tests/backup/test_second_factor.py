"""A second factor comes back with its city: what it is made of lies in the database, its key in a file beside it."""

from collections.abc import Callable
from pathlib import Path

import pytest
from pyotp import TOTP

from server.access import half_way, second_factor
from server.backup.shelf import KEYS
from sync.errors import Busy, NotSignedIn
from tests.api.admin import half_way_in
from tests.backup.city import restore, take
from tests.conftest import Server


def _set_up(city: Server) -> tuple[str, TOTP]:
    person, _ = city.staff("admin", scopes=())
    made = second_factor.offer(city.world, person)
    phone = TOTP(made.secret)
    second_factor.confirm(city.world, person, made.slip, phone.at(city.clock()))
    city.clock.move(seconds=30)
    return person, phone


def test_a_phone_opens_the_restored_city(server: Server, make_server: Callable[..., Server], tmp_path: Path) -> None:
    person, phone = _set_up(server)
    found = take(server, tmp_path / "shelf")
    assert "keys/factor.key" in found.manifest.files
    other = make_server("other")
    _set_up(other)
    restore(found, other, replace=True)
    second_factor.prove(other.world, person, phone.at(other.clock()))


def test_nobody_who_was_half_way_in_comes_back_with_it(
    server: Server, make_server: Callable[..., Server], tmp_path: Path
) -> None:
    person, _ = _set_up(server)
    slip = half_way_in(server, person)
    found, other = take(server, tmp_path / "shelf"), make_server("other")
    restore(found, other, replace=True)
    with pytest.raises(NotSignedIn):
        half_way.of(other.world, slip)


def test_the_database_alone_makes_no_codes(server: Server, make_server: Callable[..., Server], tmp_path: Path) -> None:
    person, phone = _set_up(server)
    found = take(server, tmp_path / "shelf")
    database = found.database.read_bytes()
    assert phone.byte_secret() not in database and phone.secret.encode() not in database
    assert (found.folder / KEYS / "factor.key").stat().st_mode & 0o077 == 0
    (server.world.keys.folder / "factor.key").write_bytes(b"A" * 43 + b"=\n")
    with pytest.raises(Busy, match="backup"):
        second_factor.prove(server.world, person, phone.at(server.clock()))
