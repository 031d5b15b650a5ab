"""A password that its owner changes."""

from typing import Any

import pytest

from server.access import asking, closing, passwords, throttle
from tests.api.admin import signed_in
from tests.conftest import Server

from .device import Device, new_id
from .filing import edit

OLD, NEW = "kucingku lucu sekali", "angin di atas atap"
ACCOUNT = {"login": "warga1", "password": OLD}


def _signed_up(server: Server) -> Device:
    made = server.app.test_client().post("/api/v1/accounts", json=ACCOUNT | {"name": "Warga Satu"})
    return Device(server.app, made.json["token"], guest=False)


def _signed_in(server: Server, password: str = OLD) -> Device | int:
    made = server.app.test_client().post("/api/v1/devices", json=ACCOUNT | {"password": password})
    return Device(server.app, made.json["token"], guest=False) if made.status_code == 201 else made.status_code


def _change(device: Device, old: str = OLD, password: str = NEW, **more: Any) -> tuple[int, Any]:
    headers = {"Authorization": f"Bearer {device.token}"}
    body = {"old": old, "password": password} | more
    response = device.app.test_client().put("/api/v1/me/password", json=body, headers=headers)
    return response.status_code, response.json


def test_the_new_one_opens_and_the_old_one_no_more(server: Server) -> None:
    device = _signed_up(server)
    other = _signed_in(server)
    assert _change(device) == (200, {"devices": 0})
    assert _signed_in(server) == 401
    assert isinstance(_signed_in(server, NEW), Device)
    assert isinstance(other, Device)
    for one in (device, other):
        assert one.exchange().hello["person"]["name"] == "Warga Satu", "nobody is put out unasked"
    (row,) = server.rows("SELECT person, action, details FROM audit")
    assert (row.person, row.action) == (device.exchange().hello["person"]["id"], "person.password")
    assert OLD not in row.details and NEW not in row.details


def test_without_the_old_one_nothing_changes_and_guessing_is_slowed_down(server: Server) -> None:
    device = _signed_up(server)
    for _ in range(throttle.MOST):
        status, problem = _change(device, old="bukan ini")
        assert (status, problem["code"]) == (401, "wrong_credentials")
    assert _change(device)[0] == 429
    assert isinstance(_signed_in(server), Device), "counted apart from the door"
    server.clock.move(seconds=throttle.WINDOW)
    assert isinstance(_signed_in(server), Device)


def test_guessing_at_the_door_keeps_nobody_from_changing_it(server: Server) -> None:
    device = _signed_up(server)
    for _ in range(throttle.MOST):
        assert _signed_in(server, "tebakan") == 401
    assert _signed_in(server) == 429
    assert _change(device)[0] == 200
    assert isinstance(_signed_in(server, NEW), Device), "and a new one opens the door"


def test_each_device_is_counted_by_itself_until_there_is_another_password(server: Server) -> None:
    """Else whoever holds a stolen one keeps its owner from putting it out."""
    stolen = _signed_up(server)
    other = _signed_in(server)
    assert isinstance(other, Device)
    for _ in range(throttle.MOST):
        _change(stolen, old="tebakan")
    assert _change(stolen)[0] == 429
    assert _change(other)[0] == 200
    assert _change(stolen, old=NEW, password=OLD)[0] == 200, "guesses at the one of before count no more"


def test_whoever_knows_it_does_not_guess(server: Server) -> None:
    device = _signed_up(server)
    for _ in range(throttle.MOST + 2):
        assert _change(device, password=OLD)[0] == 422


def test_the_present_one_is_no_new_one(server: Server) -> None:
    device = _signed_up(server)
    status, problem = _change(device, password=OLD)
    assert (status, problem["code"]) == (422, "invalid")
    assert problem["problems"]["password"]["id"].startswith("Ini kata sandi yang sekarang")
    assert _change(device, old="bukan ini", password="bukan ini")[0] == 401, "told to whoever knows it"


def test_one_that_came_between_stays(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    """An admin gives another one while the hash of the thief's own is made."""
    device = _signed_up(server)
    hashed, told = passwords.hash_password, []

    def slow(password: str) -> str:
        if not told:
            told.append("")
            where = (server.engine, server.city, server.world.sources)
            told.append(closing.set_password(*where, "warga1", "cli").told or "")
        return hashed(password)

    monkeypatch.setattr(passwords, "hash_password", slow)
    status, problem = _change(device)
    assert (status, problem["code"]) == (401, "wrong_credentials")
    assert "baru saja diganti. Bila itu Anda" in problem["text"]["id"] and "Bila bukan Anda" in problem["text"]["id"]
    assert _signed_in(server, NEW) == 401
    assert isinstance(_signed_in(server, told[1]), Device)


def test_whoever_presses_twice_is_told_that_the_new_one_counts(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    """The first press is through while the hash of the second is made."""
    device, hashed, first = _signed_up(server), passwords.hash_password, []

    def slow(password: str) -> str:
        if not first:
            first.append(None)
            first[0] = _change(device)
        return hashed(password)

    monkeypatch.setattr(passwords, "hash_password", slow)
    status, problem = _change(device)
    assert first == [(200, {"devices": 0})] and status == 401
    assert "If that was you" in problem["text"]["en"] and "counts already" in problem["text"]["en"]
    assert isinstance(_signed_in(server, NEW), Device)


@pytest.mark.parametrize("password", ["pendek", "password12", "warga1warga1", "x" * 201])
def test_a_bad_one_is_refused_and_the_old_one_stays(server: Server, password: str) -> None:
    device = _signed_up(server)
    status, problem = _change(device, password=password)
    assert (status, problem["code"], list(problem["problems"])) == (422, "invalid", ["password"])
    assert isinstance(_signed_in(server), Device)


def test_other_devices_go_out_where_that_is_said_and_what_waits_on_them_is_kept(server: Server) -> None:
    device, other = _signed_up(server), _signed_in(server)
    assert isinstance(other, Device)
    device.exchange()
    other.exchange()
    assert _change(device, others=True) == (200, {"devices": 1})
    answer = other.exchange(edit(other, new_id(), {"name": "belum terkirim"}))
    assert answer.hello["wipe"] is True and answer.result["code"] == "device_revoked"
    assert b"belum terkirim" in server.rows("SELECT payload FROM command")[0].payload
    assert device.exchange().hello.get("wipe") is not True


def test_a_device_that_comes_in_meanwhile_goes_out_too(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    """A thief signs in while the old password is checked and the new one hashed."""
    device, hashed, thief = _signed_up(server), passwords.hash_password, []

    def slow(password: str) -> str:
        thief.append(_signed_in(server))
        return hashed(password)

    monkeypatch.setattr(passwords, "hash_password", slow)
    assert _change(device, others=True) == (200, {"devices": 1})
    assert isinstance(thief[0], Device) and thief[0].exchange().hello["wipe"] is True
    assert device.exchange().hello.get("wipe") is not True


def test_where_the_devices_cannot_go_out_the_password_stays(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    """So whoever tries again is not told that the present one is not right."""
    device, other = _signed_up(server), _signed_in(server)

    def fails(*_: Any) -> int:
        raise RuntimeError("the process died here")

    with monkeypatch.context() as patch:
        patch.setattr(asking, "revoke_within", fails)
        assert _change(device, others=True)[0] == 500
    assert isinstance(other, Device) and other.exchange().hello.get("wipe") is not True
    assert _change(device, others=True) == (200, {"devices": 1})


def test_sessions_on_the_admin_pages_end(server: Server) -> None:
    desk = signed_in(server, "admin", login="admin")
    made = server.app.test_client().post("/api/v1/devices", json={"login": "admin", "password": "kata sandi panjang"})
    device = Device(server.app, made.json["token"], guest=False)
    assert _change(device, old="kata sandi panjang")[0] == 200
    desk.open("/admin/audit")
    assert desk.heading == "Masuk"


def test_a_guest_has_none(server: Server, guest: Device) -> None:
    guest.exchange()
    status, problem = _change(guest)
    assert (status, problem["code"]) == (403, "forbidden")
