"""A person's devices, as they see them themselves and put them out one by one."""

import json
from typing import Any

import pytest

from server.access import devices, throttle
from server.store.database import reading
from tests.api import admin
from tests.api.admin import signed_in
from tests.conftest import Server

from .device import Device, new_id
from .filing import edit

PASSWORD = "kucingku lucu sekali"


def _signed_up(server: Server, login: str = "warga1") -> Device:
    account = {"login": login, "password": PASSWORD, "name": "Warga Satu"}
    return Device(
        server.app, server.app.test_client().post("/api/v1/accounts", json=account).json["token"], guest=False
    )


def _signed_in(server: Server, login: str = "warga1", password: str = PASSWORD) -> Device:
    made = server.app.test_client().post("/api/v1/devices", json={"login": login, "password": password})
    return Device(server.app, made.json["token"], guest=False)


def _headers(device: Device) -> dict[str, str]:
    return {"Authorization": f"Bearer {device.token}"}


def _listed(device: Device) -> list[dict[str, Any]]:
    response = device.app.test_client().get("/api/v1/me/devices", headers=_headers(device))
    assert response.status_code == 200, response.get_data()
    found: list[dict[str, Any]] = response.json["devices"]
    return found


def _id(device: Device) -> str:
    (mine,) = [one["id"] for one in _listed(device) if one["this"]]
    return str(mine)


def _end(asker: Device, device: str, password: str = PASSWORD) -> tuple[int, Any]:
    response = asker.app.test_client().post(
        f"/api/v1/me/devices/{device}/end", json={"password": password}, headers=_headers(asker)
    )
    return response.status_code, response.json if response.get_data() else None


def test_a_person_sees_their_devices_and_nobody_elses(server: Server) -> None:
    phone = _signed_up(server)
    phone.exchange()
    server.clock.move(days=1)
    laptop, stranger = _signed_in(server), _signed_up(server, "warga2")
    stranger.exchange()
    laptop.exchange(app="tenggat 1.2", health={"waiting": 2, "files": 1})
    server.clock.move(days=1)
    never = _signed_in(server)
    seen = [(one["app"], one["created"][:10], (one["seen"] or "")[:10], one["waits"]) for one in _listed(phone)]
    assert seen == [
        ("test/1", "2026-03-16", "2026-03-16", 0),
        ("", "2026-03-18", "", 0),
        ("tenggat 1.2", "2026-03-17", "2026-03-17", 3),
    ], "one's own first, then whichever was here last; also one that never came: its token is good"
    assert [one["this"] for one in _listed(phone)] == [True, False, False]
    assert [one["this"] for one in _listed(never)] == [True, False, False]
    assert len(_listed(stranger)) == 1


def test_one_that_is_put_out_hands_over_what_waits_on_it_and_is_seen_no_more(server: Server) -> None:
    phone, laptop = _signed_up(server), _signed_in(server)
    phone.exchange()
    laptop.exchange()
    assert _end(phone, _id(laptop)) == (204, None)
    assert [one["this"] for one in _listed(phone)] == [True]
    answer = laptop.exchange(edit(laptop, new_id(), {"name": "belum terkirim"}))
    assert answer.hello["wipe"] is True and answer.result["code"] == "device_revoked"
    assert b"belum terkirim" in server.rows("SELECT payload FROM command")[0].payload
    assert phone.exchange().hello.get("wipe") is not True
    (row,) = server.rows("SELECT person, action, details FROM audit")
    assert (row.person, row.action) == (phone.exchange().hello["person"]["id"], "device.revoke")
    assert json.loads(row.details) == {"why": "other"}


def test_putting_out_what_is_out_already_changes_nothing(server: Server) -> None:
    """The first answer may have been lost."""
    phone, laptop = _signed_up(server), _signed_in(server)
    gone = _id(laptop)
    assert [_end(phone, gone) for _ in range(2)] == [(204, None)] * 2
    assert len(server.rows("SELECT person FROM audit")) == 1


def test_somebody_elses_device_is_as_one_that_is_not_there(server: Server) -> None:
    phone, stranger = _signed_up(server), _signed_up(server, "warga2")
    theirs = _end(phone, _id(stranger))
    nobodys = _end(phone, new_id())
    for status, problem in (theirs, nobodys):
        problem.pop("request")
        assert (status, problem["code"]) == (404, "not_found")
    assert theirs == nobodys
    assert stranger.exchange().hello.get("wipe") is not True


def test_without_the_password_none_is_put_out_and_guessing_is_slowed_down(server: Server) -> None:
    phone, laptop = _signed_up(server), _signed_in(server)
    other = _id(laptop)
    for _ in range(throttle.MOST):
        status, problem = _end(phone, other, "bukan ini")
        assert (status, problem["code"]) == (401, "wrong_credentials")
    assert _end(phone, other)[0] == 429
    assert laptop.exchange().hello.get("wipe") is not True
    again = server.app.test_client().post("/api/v1/devices", json={"login": "warga1", "password": PASSWORD})
    assert again.status_code == 201, "counted apart from the door"
    server.clock.move(seconds=throttle.WINDOW)
    assert _end(phone, other)[0] == 204


def test_the_one_in_the_hand_is_not_put_out_but_signs_out(server: Server) -> None:
    phone = _signed_up(server)
    status, problem = _end(phone, _id(phone))
    assert (status, problem["code"]) == (409, "conflict")
    assert set(problem["text"]) == {"id", "en"}
    assert phone.exchange().hello.get("wipe") is not True


def test_a_session_on_the_admin_pages_is_seen_and_ended_too(server: Server) -> None:
    desk, other = signed_in(server, "supervisor", login="atasan"), signed_in(server, "supervisor", login="lain")
    phone = _signed_in(server, "atasan", admin.PASSWORD)
    device, session = _listed(phone)
    assert (device["kind"], session["kind"], session["this"], session["app"]) == ("device", "pages", False, "")
    server.clock.move(minutes=5)
    desk.open("/admin/told")
    ((_, seen),) = [(one["created"], one["seen"]) for one in _listed(phone) if one["kind"] == "pages"]
    assert seen > session["seen"]
    (theirs,) = [one["id"] for one in _listed(_signed_in(server, "lain", admin.PASSWORD)) if one["kind"] == "pages"]
    assert _end(phone, theirs, admin.PASSWORD)[0] == 404, "somebody else's is as one that is not there"
    assert _end(phone, session["id"], "bukan ini")[0] == 401
    assert desk.open("/admin/told") and desk.heading != "Masuk"
    assert _end(phone, session["id"], admin.PASSWORD)[0] == 204
    desk.open("/admin/told")
    other.open("/admin/told")
    assert (desk.heading, other.heading != "Masuk") == ("Masuk", True)
    assert [one["kind"] for one in _listed(phone)] == ["device"]
    assert server.rows("SELECT action FROM audit ORDER BY pos DESC")[0].action == "session.end"


def test_a_session_that_is_over_is_not_listed(server: Server) -> None:
    signed_in(server, "supervisor", login="atasan")
    phone = _signed_in(server, "atasan", admin.PASSWORD)
    server.clock.move(minutes=29)
    assert len(_listed(phone)) == 2
    server.clock.move(minutes=2)
    assert len(_listed(phone)) == 1


@pytest.mark.parametrize("gone", ["signed out", "put out"])
def test_one_that_is_out_neither_sees_nor_puts_out_anything(server: Server, gone: str) -> None:
    phone, laptop = _signed_up(server), _signed_in(server)
    other = _id(phone)
    if gone == "signed out":
        server.app.test_client().delete("/api/v1/devices", headers=_headers(laptop))
    else:
        _end(phone, _id(laptop))
    assert laptop.app.test_client().get("/api/v1/me/devices", headers=_headers(laptop)).status_code == 401
    assert _end(laptop, other)[0] == 401
    assert len(_listed(phone)) == 1


def test_a_guest_has_none(server: Server, guest: Device) -> None:
    guest.exchange()
    response = guest.app.test_client().get("/api/v1/me/devices", headers=_headers(guest))
    assert (response.status_code, response.json["code"]) == (403, "forbidden")
    (own,) = server.rows("SELECT id FROM device")
    assert _end(guest, own.id)[0] == 403


def test_a_guests_device_stands_there_since_it_signed_in(server: Server, guest: Device) -> None:
    """Whoever looks for a thief's looks for a new one."""
    phone = _signed_up(server)
    phone.exchange()
    guest.exchange()
    server.clock.move(days=200)
    headers = {"Authorization": f"Bearer {guest.token}"}
    account = {"login": "warga1", "password": PASSWORD}
    assert server.app.test_client().post("/api/v1/devices", json=account, headers=headers).status_code == 201
    (other,) = (one for one in _listed(phone) if not one["this"])
    assert other["created"][:10] == server.clock().date().isoformat()


def test_a_guests_device_stands_there_since_it_signed_up(server: Server, guest: Device) -> None:
    """Before that day there was no such account."""
    guest.exchange()
    server.clock.move(days=200)
    account = {"login": "warga1", "password": PASSWORD, "name": "Warga Satu"}
    assert server.app.test_client().post("/api/v1/accounts", json=account, headers=_headers(guest)).status_code == 201
    (this,) = _listed(guest)
    assert this["created"][:10] == server.clock().date().isoformat()


def test_one_that_a_file_brought_says_so_until_it_comes_itself(server: Server) -> None:
    phone, lost = _signed_up(server), new_id()
    server.clock.move(days=3)
    (row,) = server.rows("SELECT person_id FROM device")
    devices.bind_unseen(server.engine, lost, row.person_id, server.world.sources)
    _, other = _listed(phone)
    assert (other["kind"], other["app"], other["seen"]) == ("file", "", None)
    assert other["created"][:10] == server.clock().date().isoformat()
    server.clock.move(days=1)
    again = _signed_in(server)
    again.instance = lost
    again.exchange()
    assert [(one["kind"], one["this"]) for one in _listed(phone)] == [("device", True), ("device", False)]


def test_after_one_that_a_file_brought_was_put_out_its_files_come_to_quarantine(server: Server) -> None:
    phone, lost = _signed_up(server), new_id()
    (row,) = server.rows("SELECT person_id FROM device")
    seat = devices.bind_unseen(server.engine, lost, row.person_id, server.world.sources)
    assert _end(phone, seat.device) == (204, None)
    assert len(_listed(phone)) == 1
    with reading(server.engine) as connection:
        found = devices.seat_of_instance(connection, lost)
    assert found is not None and found.revoked, "and what a revoked device's outbox holds is set aside"
