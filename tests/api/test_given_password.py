"""A password that an admin made up for somebody: good for a week, in which its owner chooses one of their own."""

from typing import Any

import pytest

from server.access import closing
from sync.errors import Conflict
from tests.api import admin
from tests.api.admin import Desk, optional_factor, signed_in
from tests.conftest import Server

from .device import Device

OWN = "angin di atas atap"
EASY = "password12"
DAYS = 7
UNTIL = "2026-03-23T02:00:00Z"


@pytest.fixture
def given(server: Server) -> str:
    """The password that was made up for a supervisor, `atasan`."""
    optional_factor(server.engine)
    signed_in(server, "supervisor", scopes=("office:distaru",), login="atasan")
    return _made_up(server)


def _made_up(server: Server, login: str = "atasan") -> str:
    done = closing.set_password(server.engine, server.city, server.world.sources, login, "cli")
    return done.told or ""


def _enters(server: Server, password: str, login: str = "atasan") -> tuple[int, Any]:
    made = server.app.test_client().post("/api/v1/devices", json={"login": login, "password": password})
    return made.status_code, made.json


def _change(device: Device, old: str, new: str = OWN) -> tuple[int, Any]:
    headers = {"Authorization": f"Bearer {device.token}"}
    response = device.app.test_client().put("/api/v1/me/password", json={"old": old, "password": new}, headers=headers)
    return response.status_code, response.json


def _desk(server: Server, password: str) -> Desk:
    desk = Desk(server, login="atasan")
    desk.open("/admin/")
    desk.send("/admin/sign-in", login="atasan", password=password)
    return desk


def test_it_opens_for_a_week_and_then_says_that_it_is_over(server: Server, given: str) -> None:
    status, came_in = _enters(server, given)
    assert (status, came_in["person"]["password_until"]) == (201, UNTIL)
    server.clock.move(days=DAYS, seconds=-1)
    assert _enters(server, given)[0] == 201
    server.clock.move(seconds=1)
    status, problem = _enters(server, given)
    assert (status, problem["code"], set(problem["text"])) == (401, "password_over", {"id", "en"})
    assert _enters(server, "bukan ini")[1]["code"] == "wrong_credentials", "said to nobody else"
    assert "sudah lewat masanya" in _desk(server, given).words


def test_a_device_that_came_in_with_it_stays_in_and_is_told_until_when(server: Server, given: str) -> None:
    device = Device(server.app, _enters(server, given)[1]["token"], guest=False)
    assert device.exchange().hello["person"]["password_until"] == UNTIL
    server.clock.move(days=DAYS + 1)
    assert device.exchange().hello.get("wipe") is not True
    assert _change(device, given)[1]["code"] == "password_over", "what is over changes nothing"


def test_ones_own_has_no_end(server: Server, given: str) -> None:
    device = Device(server.app, _enters(server, given)[1]["token"], guest=False)
    assert _change(device, given)[0] == 200
    assert "password_until" not in device.exchange().hello["person"]
    server.clock.move(days=100)
    status, came_in = _enters(server, OWN)
    assert status == 201 and "password_until" not in came_in["person"]


def test_on_the_admin_pages_it_leads_to_choosing_ones_own_and_nowhere_else(server: Server, given: str) -> None:
    desk = _desk(server, given)
    assert desk.heading == "Kata sandi Anda" and "dibuatkan untuk Anda" in desk.words
    for path in ("/admin/board", "/admin/told", "/admin/second-factor"):
        desk.open(path)
        assert desk.heading == "Kata sandi Anda", path
    desk.send("/admin/password", old="bukan ini", password=OWN)
    assert (desk.status, "tidak cocok" in desk.words) == (401, True)
    desk.send("/admin/password", old=given, password=EASY)
    assert (desk.status, "mudah ditebak" in desk.words) == (422, True)
    desk.open("/admin/board")
    assert desk.heading == "Kata sandi Anda", "nothing was changed"
    desk.send("/admin/password", old=given, password=OWN)
    assert "Kata sandi Anda sudah diganti." in desk.words
    desk.open("/admin/board")
    assert desk.heading != "Kata sandi Anda"
    assert _desk(server, OWN).heading == desk.heading


def test_a_form_that_was_sent_before_choosing_is_kept_and_told_what_to_do(server: Server, given: str) -> None:
    desk = _desk(server, given)
    csrf = next(one["value"] for one in desk.shown.elements if one.get("name") == "csrf")
    refused = desk.client.post("/admin/second-factor", data={"csrf": csrf, "do": "set_up", "password": given})
    assert refused.status_code == 409 and "Pilih kata sandi Anda sendiri dulu" in refused.get_data(as_text=True)


def test_also_where_the_account_was_made_with_it(server: Server) -> None:
    optional_factor(server.engine)
    desk = signed_in(server, "admin", login="admin")
    desk.open("/admin/people/new")
    desk.send("/people/new", user="loket", name="Petugas", role="front_desk", scope=["office:distaru"], how="made_up")
    told = next(one.words for one in desk.shown.elements if one.get("id") == "secret")
    assert "7 hari" in desk.words
    assert _enters(server, told, "loket")[1]["person"]["password_until"]
    desk.open("/admin/people/new")
    desk.send(
        "/people/new", user="lain", name="Petugas", role="front_desk", scope=["office:distaru"], how="given",
        password=admin.PASSWORD,
    )  # fmt: skip
    assert "password_until" not in _enters(server, admin.PASSWORD, "lain")[1]["person"]


def test_one_that_was_made_up_is_not_chosen_again(server: Server) -> None:
    optional_factor(server.engine)
    signed_in(server, "admin", login="admin")
    told = closing.set_password(server.engine, server.city, server.world.sources, "admin", "cli").told or ""
    desk = Desk(server, login="admin")
    desk.open("/admin/")
    desk.send("/admin/sign-in", login="admin", password=told)
    desk.send("/admin/password", old=told, password=told)
    assert desk.status == 422 and "Ini kata sandi yang sekarang" in desk.words
    (row,) = server.rows("SELECT password_until FROM person WHERE login = 'admin'")
    assert row.password_until


def test_an_admin_sees_whose_is_over_and_such_a_one_is_no_last_admin(server: Server) -> None:
    desk = signed_in(server, "admin", login="admin")
    other = signed_in(server, "admin", login="kedua").person
    closing.set_password(server.engine, server.city, server.world.sources, "kedua", "cli")
    desk.open(f"/admin/people/{other}")
    assert "berlaku sampai" in desk.words and "sudah lewat" not in desk.words
    server.clock.move(days=8)
    desk.sign_in()
    desk.open(f"/admin/people/{other}")
    assert "sudah lewat" in desk.words
    with pytest.raises(Conflict, match="last admin"):
        closing.disable(server.engine, server.world.sources, "admin", "cli")
    closing.disable(server.engine, server.world.sources, "kedua", "cli")
