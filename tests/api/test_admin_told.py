"""A supervisor sees what they were told, mail or no mail; and nobody sees what another was told."""

from datetime import timedelta

import pytest

from server.notices import walking
from tests.api.admin import Desk, signed_in
from tests.api.device import Device
from tests.api.filing import file
from tests.conftest import Server


@pytest.fixture
def desk(server: Server) -> Desk:
    return signed_in(server, "supervisor", scopes=("office:distaru",))


def _a_silent_device(server: Server) -> str:
    """Of a surveyor; its id."""
    person, token = server.staff("surveyor")
    Device(server.app, token, guest=False).exchange()
    server.clock.move(days=10)
    walking.walk(server.world, server.clock())
    return str(server.rows("SELECT id FROM device WHERE person_id = :p", p=person)[0].id)


def test_nothing_yet_is_said(desk: Desk) -> None:
    desk.follow("Untuk Anda")
    assert desk.heading == "Untuk Anda"
    assert "Belum ada yang disampaikan kepada Anda" in desk.words
    desk.language = "en"
    desk.open("/admin/told")
    assert "You have not been told anything yet" in desk.words


def test_a_notice_that_was_kept_is_shown_to_whom_it_is_for(server: Server, desk: Desk) -> None:
    device = _a_silent_device(server)
    desk.sign_in()
    desk.open("/admin/told")
    [owner] = server.rows("SELECT name FROM person WHERE id = (SELECT person_id FROM device WHERE id = :d)", d=device)
    assert f"Perangkat diam {owner.name}: perangkat {device[:8]}" in desk.words and "hanya di sini" in desk.words
    desk.follow("Lihat perangkatnya")
    assert desk.status == 200 and "Petugas" in desk.words
    desk.language = "en"
    desk.open("/admin/told")
    assert "Silent device" in desk.words and "only here" in desk.words


def test_nobody_is_shown_what_another_was_told(server: Server, desk: Desk) -> None:
    device = _a_silent_device(server)
    others = [
        signed_in(server, "supervisor", scopes=("office:dpu",), login="lain"),
        # An admin has the page of all notices; this one is of their own.
        signed_in(server, "admin", login="admin"),
    ]
    for other in others:
        other.open("/admin/told", person=desk.person)
        assert other.status == 200 and device[:8] not in other.words
    officer = signed_in(server, "surveyor", scopes=("office:distaru",), login="survei")
    officer.open("/admin/told")
    assert "Masuk" in officer.heading


def test_a_case_leads_to_the_app_and_pages_are_turned(
    server: Server, desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("server.admin.told.PAGE", 2)
    phone = Device(server.app)
    cases = [file(server, phone) for _ in range(3)]
    walking.walk(server.world, server.clock())
    server.clock.now += timedelta(days=60)
    walking.walk(server.world, server.clock())
    desk.sign_in()
    desk.open("/admin/told")
    first = desk.shown.all("li", cls="panel")
    led = {one["href"] for one in desk.shown.all("a") if one.words == "Buka berkasnya"}
    assert len(first) == 2 and led <= {f"/#/case/{case}" for case in cases}
    desk.follow("Berikutnya")
    assert {one.words for one in desk.shown.all("li", cls="panel")}.isdisjoint(one.words for one in first)
    for wild in ("0", "-1", "x", "99999", "9" * 40):
        desk.open("/admin/told", page=wild)
        assert desk.status == 200
