"""The page of notices: what waits, what could not be sent and why, and what is done about it; and what health says."""

import pytest

from server.notices import sending, walking
from tests.api.admin import Desk, signed_in
from tests.api.device import Device
from tests.api.filing import act, file
from tests.conftest import Server
from tests.notices.office import post_office


@pytest.fixture
def desk(server: Server) -> Desk:
    return signed_in(server, "admin", login="admin")


def told(server: Server, email: str = "loket@kota.example") -> str:
    """Somebody has a case that is due; its number."""
    person, _ = server.staff("front_desk")
    server.execute("UPDATE person SET email = :e WHERE id = :p", e=email, p=person)
    case = file(server, Device(server.app))
    walking.walk(server.world, server.clock())
    return str(server.rows("SELECT number FROM case_record WHERE id = :c", c=case)[0].number)


def test_an_empty_page_says_so_and_how_it_stands_with_mail(server: Server, desk: Desk) -> None:
    desk.open("/admin/notices")
    assert "Tidak ada pemberitahuan di sini" in desk.words
    assert "TENGGAT_SMTP_URL" in desk.words
    server.world.smtp = "smtp://kota"
    desk.open("/admin/notices")
    assert "tidak bisa dipakai" in desk.words
    server.world.smtp = "smtps://nama:rahasia@mail.kota.example?from=tenggat@kota.example"
    desk.open("/admin/notices")
    assert "mail.kota.example:465" in desk.words
    assert "rahasia" not in desk.shown.html


def test_from_waiting_to_failed_to_sent(server: Server, desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("server.observe.facts.FRESH", -1.0)
    with post_office() as post:
        server.world.smtp = post.url
        number = told(server)
        desk.open("/admin/notices", show="waiting")
        assert number in desk.words and "Batas dekat" in desk.words and "menunggu" in desk.words
        desk.open("/admin/health")
        assert "1 menunggu" in desk.words
        post.refuses["loket@kota.example"] = "550 5.1.1 nobody"
        sending.send(server.world, server.clock())
        desk.open("/admin/health")
        assert "1 gagal" in desk.words
        desk.follow("1 gagal")
        assert number in desk.words and "550 5.1.1" in desk.words
        desk.send("/notices/retry")
        assert "Dicoba lagi" in desk.words
        post.refuses.clear()
        sending.send(server.world, server.clock())
        desk.open("/admin/notices", show="sent")
        assert number in desk.words
        assert len(post.letters) == 1


def test_a_test_letter_from_the_page(server: Server, desk: Desk) -> None:
    desk.open("/admin/notices")
    desk.send("/notices/test", to="bukan alamat")
    assert desk.status == 422
    assert "bukan alamat surel" in desk.words
    desk.send("/notices/test", to="saya@kota.example")
    assert desk.status == 502 and "TENGGAT_SMTP_URL" in desk.words
    with post_office() as post:
        server.world.smtp = post.url
        desk.send("/notices/test", to="saya@kota.example")
        assert desk.status == 200 and "surat percobaan" in desk.words
        assert [letter.to for letter in post.letters] == ["saya@kota.example"]


def test_what_silence_may_count_from_is_shown(server: Server, desk: Desk) -> None:
    _, token = server.staff("front_desk")
    case = file(server, Device(server.app))
    act(Device(server.app, token, guest=False), case, "accept")
    walking.walk(server.world, server.clock())
    server.clock.move(days=30)
    walking.walk(server.world, server.clock())
    desk.sign_in()
    desk.open("/admin/notices", show="grants")
    assert "UU 30/2014: batas lewat" in desk.words
    assert "Diterima lengkap Senin, 16 Maret 2026, 5 hari kerja" in desk.words
    assert '"limit": "decision"' in desk.words


def test_pages_are_turned(server: Server, desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("server.admin.notices.PAGE", 2)
    for _ in range(5):
        told(server)
    desk.open("/admin/notices")
    first = [one.words for one in desk.shown.all("li", cls="panel")]
    desk.follow("Berikutnya")
    second = [one.words for one in desk.shown.all("li", cls="panel")]
    assert len(first) == len(second) == 2 and first != second
    for wild in ("0", "-1", "x", "99999", "9" * 40):
        desk.open("/admin/notices", page=wild, show=wild)
        assert desk.status == 200


def test_numbers_for_programs(server: Server) -> None:
    told(server)
    server.execute("UPDATE notice SET state = 'queued', made = '2026-03-16T01:00:00Z'")
    body = server.app.test_client().get("/metrics").get_data(as_text=True)
    for line in ("tenggat_notices_waiting 1.0", "tenggat_notices_oldest_seconds 3600.0", "tenggat_notices_failed 0.0"):
        assert line in body
