"""Texts that officers answer with: kept with all that they were, and given to officers' devices alone."""

import json
from collections.abc import Callable
from threading import Barrier, Thread

import pytest

from server.access import audit, reply_templates
from server.access.reply_templates import LONGEST_TEXT, Template, checked
from sync.errors import Conflict, Invalid, NotFound
from tests.api.admin import Desk, signed_in
from tests.api.conftest import Make
from tests.api.device import Device
from tests.conftest import Server


def add(
    server: Server, title: str = "Sudah diteruskan", text: str = "Laporan Anda sudah kami teruskan.", **for_: tuple
) -> Template:
    wanted = checked(server.city, title, text, for_.get("services", ()), for_.get("actions", ()))
    return reply_templates.add(server.engine, server.world.sources, wanted, "cli")


def get(server: Server, device: Device, etag: str | None = None) -> tuple[int, dict, str | None]:
    headers = {"Authorization": f"Bearer {device.token}"} | ({"If-None-Match": etag} if etag else {})
    answer = server.app.test_client().get("/api/v1/templates", headers=headers)
    return answer.status_code, json.loads(answer.get_data() or b"{}"), answer.headers.get("ETag")


def test_an_officers_device_fetches_them_and_only_what_changed(server: Server, staff: Make) -> None:
    officer = staff("complaint_officer")
    status, body, etag = get(server, officer)
    assert (status, body["templates"]) == (200, [])
    add(server, "Zebra")
    add(server, "Antrean", services=("lapor",), actions=("answer",))
    status, body, newer = get(server, officer, etag)
    assert status == 200
    assert [one["title"] for one in body["templates"]] == ["Antrean", "Zebra"]
    assert body["templates"][0] == {
        "id": "antrean",
        "title": "Antrean",
        "text": "Laporan Anda sudah kami teruskan.",
        "services": ["lapor"],
        "actions": ["answer"],
    }
    assert newer == f'"{body["version"]}"'
    assert get(server, officer, newer) == (304, {}, newer)


def test_nobody_else_gets_them(server: Server, guest: Device) -> None:
    guest.exchange()
    assert get(server, guest)[0] == 403
    assert get(server, Device(server.app))[0] == 401
    assert server.app.test_client().get("/api/v1/templates").status_code == 401


def test_no_text_is_ever_lost(server: Server) -> None:
    made = add(server)
    wanted = checked(server.city, "Sudah diteruskan", "Teks baru.", ("lapor",), ())
    changed = reply_templates.change(server.engine, server.world.sources, made.id, wanted, "cli")
    assert (changed.id, changed.version) == (made.id, 2)
    same = reply_templates.change(server.engine, server.world.sources, made.id, wanted, "cli")
    assert same == changed, "what changes nothing makes no version"
    reply_templates.retire(server.engine, server.world.sources, made.id, "cli")
    assert reply_templates.current(server.engine) == []
    assert [one.text for one in reply_templates.versions(server.engine, made.id)] == [
        "Teks baru.",
        "Teks baru.",
        "Laporan Anda sudah kami teruskan.",
    ]
    with pytest.raises(Conflict):
        reply_templates.retire(server.engine, server.world.sources, made.id, "cli")
    again = reply_templates.change(server.engine, server.world.sources, made.id, wanted, "cli")
    assert reply_templates.current(server.engine) == [again]
    assert [one.action for one in audit.entries(server.engine)] == [
        "template.change",
        "template.retire",
        "template.change",
        "template.add",
    ]
    assert "teruskan" not in str([one.details for one in audit.entries(server.engine)])


def test_what_cannot_be_taken_is_named(server: Server) -> None:
    with pytest.raises(Invalid) as refused:
        checked(server.city, " ", "x" * (LONGEST_TEXT + 1), ("bulan",), ("terbang",))
    problems = refused.value.extra["problems"]
    assert sorted(problems) == ["services", "text", "title"]
    with pytest.raises(Invalid) as refused:
        checked(server.city, "a\ud800", "b\0", ("krk",), ("answer",))
    assert sorted(refused.value.extra["problems"]) == ["actions", "text", "title"]
    assert checked(server.city, " a  b ", "satu\r\n dua ", ("lapor", "krk", "lapor"), ()).services == ("krk", "lapor")
    with pytest.raises(NotFound):
        reply_templates.versions(server.engine, "tidak-ada")


def test_titles_are_chosen_by_and_names_are_made_of_them(server: Server) -> None:
    assert add(server, "Perlu foto & alamat!").id == "perlu-foto-alamat"
    with pytest.raises(Conflict):
        add(server, "perlu FOTO & alamat!")
    other = add(server, "Perlu: foto, alamat")
    assert other.id.startswith("perlu-foto-alamat-")
    assert add(server, "照片").id.startswith("teks-")
    with pytest.raises(Conflict):
        wanted = checked(server.city, "Perlu foto & alamat!", "x", (), ())
        reply_templates.change(server.engine, server.world.sources, other.id, wanted, "cli")


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_two_admins_change_one_at_once_and_neither_is_overwritten_unseen(
    request: pytest.FixtureRequest, make_server: Callable[..., Server], kind: str
) -> None:
    url = request.getfixturevalue("postgres_url") if kind == "postgresql" else None
    server = make_server("both", database=url)
    made = add(server)
    gate, refused = Barrier(2), []

    def change(text: str) -> None:
        wanted = checked(server.city, made.title, text, (), ())
        gate.wait()
        try:
            reply_templates.change(server.engine, server.world.sources, made.id, wanted, "cli", made.version)
        except Conflict as error:
            refused.append(error)

    threads = [Thread(target=change, args=(text,)) for text in ("satu", "dua")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(refused) == 1
    assert len(reply_templates.versions(server.engine, made.id)) == 2


# ---- The pages ----


@pytest.fixture
def desk(server: Server) -> Desk:
    return signed_in(server, "admin", login="admin")


def test_a_text_is_made_changed_and_retired_on_the_pages(server: Server, desk: Desk) -> None:
    desk.open("/admin/templates")
    assert "Belum ada templat" in desk.words
    desk.follow("Templat baru")
    desk.send("/templates/new", title="Perlu foto", text="Mohon kirim foto.", services=["lapor"], actions=["clarify"])
    assert "Tersimpan" in desk.words
    [made] = reply_templates.current(server.engine)
    assert (made.services, made.actions, made.person) == (("lapor",), ("clarify",), desk.person)
    desk.follow("Perlu foto")
    assert "Mohon kirim foto." in desk.words
    desk.send(f"/templates/{made.id}", text="Mohon kirim foto dari dekat.", services=["lapor"])
    assert "Teks sebelumnya ada di riwayat" in desk.words
    assert "Mohon kirim foto." in desk.words, "what it was"
    desk.send("/retire")
    assert "Ditarik" in desk.words and "Belum ada templat" in desk.words
    desk.follow("Perlu foto")
    desk.send(f"/templates/{made.id}")
    assert len(reply_templates.current(server.engine)) == 1


def test_a_form_that_is_refused_keeps_what_was_typed(server: Server, desk: Desk) -> None:
    add(server)
    desk.open("/admin/templates/new")
    desk.send("/templates/new", title="sudah DITERUSKAN", text="Ketikan panjang saya", services=["lapor"])
    assert desk.status == 409
    assert "Templat lain sudah berjudul ini" in desk.words
    assert "Ketikan panjang saya" in desk.shown.html
    checked_boxes = [one["value"] for one in desk.shown.all("input") if "checked" in one.attributes]
    assert checked_boxes == ["lapor"]
    desk.send("/templates/new", title="", text="")
    assert desk.status == 422
    assert "Tulis judul" in desk.words and "Tulis teksnya" in desk.words
    desk.send("/templates/new", title="Lain", text="x", services=["krk"], actions=["answer"])
    assert desk.status == 422
    assert "answer" in desk.words


def test_somebody_else_was_quicker(server: Server, desk: Desk) -> None:
    made = add(server)
    desk.open(f"/admin/templates/{made.id}")
    wanted = checked(server.city, made.title, "Dari orang lain.", (), ())
    reply_templates.change(server.engine, server.world.sources, made.id, wanted, "cli")
    desk.send(f"/templates/{made.id}", text="Dari saya.")
    assert desk.status == 409
    assert "Orang lain mengubah" in desk.words and "Dari orang lain." in desk.words
    assert "Dari saya." in desk.shown.html
    desk.send(f"/templates/{made.id}")
    assert desk.status == 200
    assert reply_templates.current(server.engine)[0].text == "Dari saya."


def test_a_text_that_is_not_there(desk: Desk) -> None:
    for path in ("/admin/templates/tidak-ada", "/admin/templates/%00"):
        desk.open(path)
        assert desk.status == 404
