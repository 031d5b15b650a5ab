"""The pages on which an admin looks after people: each deed by hand, without JavaScript."""

import re
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes

from server.access import audit, people
from server.access.people import Person
from server.access.staff import add_staff
from server.admin import sessions
from tests.api.admin import PASSWORD, Desk, signed_in
from tests.api.device import Device
from tests.api.filing import file
from tests.certificates import self_signed
from tests.conftest import Server


@pytest.fixture
def desk(server: Server) -> Desk:
    return signed_in(server, "admin", login="admin")


def add(server: Server, login: str, *roles: str, scopes: tuple[str, ...] = ("office:distaru",)) -> str:
    return add_staff(
        server.engine,
        server.city,
        server.world.sources,
        login=login,
        password=PASSWORD,
        name=f"Petugas {login}",
        roles=roles,
        scopes=scopes,
    )


def found(server: Server, login: str) -> Person:
    return people.person(server.engine, login)


def actions(server: Server) -> list[str]:
    return [one.action for one in audit.entries(server.engine)][::-1]


def value(desk: Desk, id_: str) -> str:
    return next(one for one in desk.shown.elements if one.get("id") == id_)["value"]


def ticked(desk: Desk, name: str) -> set[str]:
    return {one["value"] for one in desk.shown.all("input", name=name) if one.get("checked") is not None}


def signs_in(server: Server, login: str, password: str) -> int:
    given = {"login": login, "password": password}
    return server.app.test_client().post("/api/v1/devices", json=given).status_code


# ---- Looking ----


def test_people_are_found_by_what_they_are(server: Server, desk: Desk) -> None:
    add(server, "survei", "surveyor", scopes=("office:distaru/33.74.01", "office:distaru/33.74.02"))
    add(server, "aduan", "complaint_officer", scopes=("office:dpu",))
    desk.open("/admin/people")
    assert desk.heading == "Orang & perangkat"
    for told in ("Petugas admin", "Petugas survei", "Dinas Penataan Ruang: Semarang Tengah, Semarang Utara"):
        assert told in desk.words
    assert "Ada peran yang kosong" in desk.words
    desk.open("/admin/people", office="dpu")
    assert "aduan" in desk.words and "Petugas survei" not in desk.words.split("Terakhir terlihat")[1]
    desk.open("/admin/people", q="tidak-ada")
    assert "Tidak ada yang cocok" in desk.words
    desk.follow("Hapus saringan")
    desk.follow("Petugas survei")
    assert desk.heading == "Petugas survei"
    desk.open("/admin/people", state="nonsense", page="-1", role="%", whose="guest")
    assert desk.status == 200


def test_citizens_are_not_to_be_leafed_through(server: Server, desk: Desk) -> None:
    given = {"login": "melati99", "password": "hujan di jendela", "name": "Warga Sekayu"}
    assert server.app.test_client().post("/api/v1/accounts", json=given).status_code == 201
    desk.open("/admin/people", whose="citizen", q="wa")
    assert "paling sedikit 3 huruf" in desk.words
    desk.open("/admin/people", whose="citizen", q="sekayu", role="planner", office="dpu")
    desk.follow("Warga Sekayu")
    assert desk.heading == "Warga Sekayu"
    assert "Berkasnya yang berjalan" in desk.words
    assert "Sesi di halaman admin" not in desk.words
    desk.follow("Ubah nama")
    assert "Peran" not in desk.words
    desk.send("/change", name="Warga Baru")
    assert desk.heading == "Warga Baru"


def test_many_people_come_page_by_page(server: Server, desk: Desk) -> None:
    for n in range(55):
        add(server, f"petugas-{n:02}", "surveyor")
    desk.open("/admin/people")
    assert "petugas-10" in desk.words and "petugas-54" not in desk.words
    desk.follow("Berikutnya")
    assert "petugas-54" in desk.words
    desk.follow("Sebelumnya")
    assert "petugas-10" in desk.words


# ---- Adding and changing ----


def test_a_new_officer_with_a_password_that_is_shown_once(server: Server, desk: Desk) -> None:
    desk.open("/admin/people")
    desk.follow("Tambah petugas")
    desk.send(
        "/people/new",
        user=" Survei ",
        name="Petugas Survei",
        role=["surveyor"],
        scope=["office:distaru", "office:distaru/33.74.01", "office:dpu/33.74.01"],
        how="made_up",
    )
    assert desk.status == 200
    secret = next(one for one in desk.shown.elements if one.get("id") == "secret").words
    assert signs_in(server, "survei", secret) == 201
    one = found(server, "survei")
    assert one.scopes == ("office:distaru", "office:dpu/33.74.01"), "the whole office says it all"
    assert audit.entries(server.engine)[0].person == desk.person
    desk.open(f"/admin/people/{one.id}")
    assert secret not in desk.shown.html
    assert secret not in str(audit.entries(server.engine))


def test_a_new_officer_with_a_password_that_was_written(server: Server, desk: Desk) -> None:
    desk.open("/admin/people/new")
    desk.send("/people/new", user="loket", name="Petugas", role="front_desk", how="given", password="hujan di jendela")
    assert "Akun dibuat" in desk.words
    assert signs_in(server, "loket", "hujan di jendela") == 201


def test_what_was_typed_stays_and_what_is_wrong_is_marked(server: Server, desk: Desk) -> None:
    desk.open("/admin/people/new")
    desk.send(
        "/people/new",
        user="a",
        name="Ibu <b>Loket</b>",
        email="bukan alamat",
        role="planner",
        scope=["office:dpu/33.74.02", "office:bulan"],
        how="given",
        password="pendek",
    )
    assert desk.status == 422
    assert value(desk, "name") == "Ibu <b>Loket</b>" and value(desk, "email") == "bukan alamat"
    assert ticked(desk, "role") == {"planner"} and ticked(desk, "scope") == {"office:dpu/33.74.02"}
    assert "pendek" not in desk.shown.html, "but a password is not drawn"
    for told in ("3 sampai 120 huruf", "bukan alamat e-mail", "Tidak ada office:bulan", "paling sedikit 10 huruf"):
        assert told.lower() in desk.words.lower(), told
    assert "distaru" in desk.words, "and what there is"
    assert {one["id"] for one in desk.shown.elements if one.get("aria-invalid")} == {"user", "email", "password"}
    assert desk.shown.one("title").words.startswith("Perlu diperbaiki")
    assert len(people.people(server.engine, now=server.clock())) == 1
    desk.send("/people/new", user="admin", email="", scope="office:dpu", how="made_up", role="planner")
    assert desk.status == 409
    assert "sudah dipakai" in desk.words


def test_roles_and_places_are_changed(server: Server, desk: Desk) -> None:
    person = add(server, "survei", "surveyor", scopes=("office:distaru/33.74.01",))
    desk.open(f"/admin/people/{person}")
    desk.follow("Ubah nama, peran, wilayah")
    assert ticked(desk, "role") == {"surveyor"} and ticked(desk, "scope") == {"office:distaru/33.74.01"}
    desk.send("/change", name="Petugas Lain", role=["surveyor", "planner"], scope=["office:dpu"])
    assert desk.heading == "Petugas Lain"
    assert "mendengar pada kontak berikutnya" in desk.words
    assert (found(server, "survei").roles, found(server, "survei").scopes) == (("planner", "surveyor"), ("office:dpu",))
    before = len(actions(server))
    desk.follow("Ubah nama, peran, wilayah")
    desk.send("/change", role=["surveyor", "planner"], scope=["office:dpu"])
    assert "tidak ada yang berubah" in desk.words
    assert len(actions(server)) == before
    desk.follow("Ubah nama, peran, wilayah")
    desk.send("/change", name=" ", role=[], scope=[])
    assert desk.status == 422
    assert "Pilih paling sedikit satu" in desk.words and "1 sampai 120 huruf" in desk.words


def test_an_admin_does_not_take_their_own_role_by_mistake(server: Server, desk: Desk) -> None:
    add(server, "lain", "admin")
    desk.open(f"/admin/people/{desk.person}/change")
    desk.send("/change", role=["planner"])
    assert desk.status == 409
    assert "akun Anda sendiri" in desk.words
    assert ticked(desk, "role") == {"planner"}, "what was chosen stays to be seen"
    assert found(server, "admin").roles == ("admin",)
    desk.open(f"/admin/people/{desk.person}")
    assert "Tutup akun" not in desk.words
    desk.client.post(f"/admin/people/{desk.person}/close", data={"csrf": _csrf(desk), "why": "left"})
    assert found(server, "admin").disabled is None


def test_boxes_that_were_ticked_when_the_session_ended_are_kept(server: Server, desk: Desk) -> None:
    desk.open("/admin/people/new")
    server.clock.move(minutes=40)
    desk.send(
        "/people/new", user="loket", name="Petugas", role=["planner", "surveyor"], scope=["office:dpu"], how="made_up"
    )
    assert desk.status == 401
    desk.send("/admin/sign-in", login="admin", password=PASSWORD)
    assert "planner" in desk.words and "surveyor" in desk.words
    desk.send("/admin/people/new")
    assert desk.status == 200
    assert found(server, "loket").roles == ("planner", "surveyor")


# ---- Coming in ----


def test_a_device_comes_in_by_the_link_that_is_shown_once(server: Server, desk: Desk) -> None:
    person = add(server, "survei", "surveyor")
    desk.open(f"/admin/people/{person}")
    desk.follow("Undang perangkat")
    assert value(desk, "address") == "http://localhost"
    for typed in ({"days": "0"}, {"days": "ë"}, {"days": "999"}, {"address": "localhost"}, {"address": "http://[x"}):
        desk.send("/invite", **typed)
        assert desk.status == 422, typed
        name, kept = next(iter(typed.items()))
        assert value(desk, name) == kept
        desk.open(f"/admin/people/{person}/invite")
    desk.send("/invite", days="3", address="http://kota.example")
    link = next(one for one in desk.shown.elements if one.get("id") == "link").words
    assert re.fullmatch(r"http://kota\.example/#/gabung/[A-Za-z0-9_-]{43}", link)
    assert desk.shown.all("svg") and "tidak terenkripsi" in desk.words
    assert "style=" not in desk.shown.html, "the policy would refuse it"
    made = server.app.test_client().post("/api/v1/enrolments", json={"code": link.rpartition("/")[2]})
    assert made.status_code == 201
    desk.open(f"/admin/people/{person}")
    assert "dipakai" in desk.words and link not in desk.shown.html
    assert actions(server)[-1] == "invitation.make"


@pytest.mark.parametrize(
    ("address", "names", "pinned"),
    [
        ("https://layanan.example.id", ("layanan.example.id",), True),
        ("https://layanan.example.id:8443", ("*.example.id",), True),
        ("https://lain.example", ("layanan.example.id",), False),
        ("http://layanan.example.id", ("layanan.example.id",), False),
    ],
)
def test_the_citys_own_certificate_rides_in_the_link_where_it_is_that_addresss(
    server: Server, desk: Desk, tmp_path: Path, address: str, names: tuple[str, ...], pinned: bool
) -> None:
    made = self_signed(*names)
    server.world.certificate = tmp_path / "kota.pem"
    server.world.certificate.write_bytes(made.certificate)
    desk.open(f"/admin/people/{add(server, 'survei', 'surveyor')}/invite")
    desk.send("/invite", days="7", address=address)
    link = next(one for one in desk.shown.elements if one.get("id") == "link").words
    found = x509.load_pem_x509_certificate(made.certificate).fingerprint(hashes.SHA256()).hex()
    assert link.endswith(f"/{found}") == pinned
    assert ("Sidik sertifikat" in desk.words) == pinned


def test_what_is_no_certificate_pins_nothing(server: Server, desk: Desk, tmp_path: Path) -> None:
    person = add(server, "survei", "surveyor")
    for wrong in (tmp_path / "tidak-ada.pem", tmp_path):
        server.world.certificate = wrong
        desk.open(f"/admin/people/{person}/invite")
        desk.send("/invite", days="7", address="https://kota.example")
        assert desk.status == 200


def test_an_open_invitation_is_taken_back_and_no_other_persons(server: Server, desk: Desk) -> None:
    person, other = add(server, "survei", "surveyor"), add(server, "lain", "surveyor")
    desk.open(f"/admin/people/{person}/invite")
    desk.send("/invite", days="7", address="https://kota.example")
    link = next(one for one in desk.shown.elements if one.get("id") == "link").words
    desk.follow("Ke halaman Petugas survei")
    form = next(one["action"] for one in desk.shown.all("form") if "withdraw" in one["action"])
    answer = desk.client.post(form.replace(person, other), data={"csrf": _csrf(desk)})
    assert answer.status_code == 404
    desk.send(form)
    assert "opens nothing" in desk.words or "ditarik kembali" in desk.words
    made = server.app.test_client().post("/api/v1/enrolments", json={"code": link.rpartition("/")[2]})
    assert made.get_json()["code"] == "invitation_revoked"


def test_a_new_password_ends_sessions_and_says_so(server: Server, desk: Desk) -> None:
    other = signed_in(server, "supervisor", login="atasan", scopes=("office:distaru",))
    desk.open(f"/admin/people/{other.person}/password")
    desk.send("/password", how="made_up", devices="keep")
    assert "berakhir: 1" in desk.words
    secret = next(one for one in desk.shown.elements if one.get("id") == "secret").words
    other.open("/admin/board")
    assert other.heading == "Masuk"
    assert signs_in(server, "atasan", secret) == 201
    desk.open(f"/admin/people/{other.person}/password")
    desk.send("/password", how="given", password="pendek", devices="revoke")
    assert desk.status == 422
    assert "10 huruf" in desk.words
    desk.send("/password", how="given", password="hujan di jendela", devices="revoke")
    assert "semua perangkatnya dicabut" in desk.words
    assert (signs_in(server, "atasan", secret), signs_in(server, "atasan", "hujan di jendela")) == (401, 201)


def test_ones_own_session_is_not_cut_by_ones_own_new_password(server: Server, desk: Desk) -> None:
    elsewhere = Desk(server, login="admin")
    elsewhere.sign_in()
    desk.open(f"/admin/people/{desk.person}/password")
    for wrong in ("", "salah sama sekali"):
        desk.send("/password", how="made_up", devices="keep", old=wrong)
        assert desk.status == 401 and "Sandi yang sekarang tidak cocok" in desk.words
    elsewhere.open("/admin/people")
    assert elsewhere.heading == "Orang & perangkat", "nothing was changed"
    desk.send("/password", how="given", password="hujan di jendela", devices="keep", old=PASSWORD)
    desk.open("/admin/people")
    assert desk.heading == "Orang & perangkat"
    elsewhere.open("/admin/people")
    assert elsewhere.heading == "Masuk"


def test_behind_tls_too_ones_own_session_stays(server: Server) -> None:
    add(server, "admin", "admin")
    here, elsewhere = (Desk(server, login="admin", address="https://localhost") for _ in range(2))
    for one in (here, elsewhere):
        one.sign_in()
    person = found(server, "admin").id
    here.open(f"/admin/people/{person}")
    here.send("/sessions/end")
    elsewhere.open("/admin/people")
    assert elsewhere.heading == "Masuk"
    here.open("/admin/people")
    assert here.heading == "Orang & perangkat"
    here.open(f"/admin/people/{person}/password")
    here.send("/password", how="given", password="hujan di jendela", devices="keep", old=PASSWORD)
    here.open("/admin/people")
    assert here.heading == "Orang & perangkat"


def test_somebody_is_signed_out_of_the_pages(server: Server, desk: Desk) -> None:
    other = signed_in(server, "supervisor", login="atasan", scopes=("office:distaru",))
    desk.open(f"/admin/people/{other.person}")
    desk.send("/sessions/end")
    assert "sudah berakhir" in desk.words
    other.open("/admin/board")
    assert other.heading == "Masuk"
    assert server.rows("SELECT count(*) FROM admin_session") == [(1,)]


# ---- Closing ----


def test_an_account_is_closed_after_a_page_that_tells_what_ends(server: Server, desk: Desk, guest: Device) -> None:
    person = add(server, "loket", "front_desk")
    file(server, guest)
    signs = server.app.test_client().post("/api/v1/devices", json={"login": "loket", "password": PASSWORD})
    device = Device(server.app, signs.get_json()["token"], guest=False)
    device.exchange(health={"waiting": 4})
    desk.open(f"/admin/people/{person}")
    assert "Berkas yang menunggunya1" in desk.words.replace(" 1", "1")
    desk.follow("Tutup akun…")
    for told in (
        "Perangkat yang dicabut: 1",
        "4 hal menunggu",
        "Berkas yang menunggunya: 1",
        "Tidak ada petugas loket",
    ):
        assert told in desk.words, told
    assert "perencana" not in desk.words, "whoever was missing before is not told of here"
    desk.send("/close", why="left")
    assert "Akun ditutup, perangkatnya dicabut." in desk.words
    assert device.exchange().hello["wipe"] is True
    desk.send("/open")
    assert "Akun dibuka lagi" in desk.words
    assert signs_in(server, "loket", PASSWORD) == 201
    assert actions(server)[-3:] == ["device.revoke", "person.disable", "person.enable"]


def test_a_session_of_whoever_is_closed_ends_at_once(server: Server, desk: Desk) -> None:
    other = signed_in(server, "admin", login="lain")
    desk.open(f"/admin/people/{other.person}/close")
    desk.send("/close", why="left")
    other.open("/admin/people")
    assert other.heading == "Masuk"
    assert other.client.get_cookie(sessions.COOKIE, path="/admin") is not None, "the cookie is good for nothing"


def test_what_cannot_be_done_any_more_says_so(server: Server, desk: Desk) -> None:
    person = add(server, "survei", "surveyor")
    desk.open(f"/admin/people/{person}/close")
    form = next(one["action"] for one in desk.shown.all("form") if one["action"].endswith("/close"))
    assert desk.client.post(form, data={"csrf": _csrf(desk), "why": "bosan"}).status_code == 422
    assert desk.client.post(form, data={"csrf": _csrf(desk), "why": "lost"}).status_code == 303
    assert desk.client.post(form, data={"csrf": _csrf(desk), "why": "lost"}).status_code == 409
    for path in ("close", "open", "password", "sessions/end", "invite", "change"):
        answer = desk.client.post(f"/admin/people/nobody%00/{path}", data={"csrf": _csrf(desk), "days": "1"})
        assert answer.status_code in (404, 422), path


# ---- Offices ----


def test_offices_name_who_is_missing_and_where_to_go(server: Server, desk: Desk) -> None:
    add(server, "survei", "surveyor", scopes=("office:distaru/33.74.01",))
    desk.open("/admin/offices")
    assert "Tidak ada perencana yang aktif di Dinas Penataan Ruang" in desk.words
    assert "Lainnya:" in desk.words
    desk.open("/admin/offices", all="1")
    assert "Lainnya:" not in desk.words
    desk.open("/admin/offices/distaru")
    assert "untuk Kecamatan Semarang Utara" in desk.words
    assert "Petugas survei" in desk.words
    where = next(
        one["href"] for one in desk.shown.all("a") if one.words == "Tambah petugas" and "role=surveyor" in one["href"]
    )
    desk.open(where)
    assert ticked(desk, "role") == {"surveyor"}
    assert "office:distaru/33.74.02" in ticked(desk, "scope") and "office:distaru/33.74.01" not in ticked(desk, "scope")
    desk.language = "en"
    desk.open("/admin/offices")
    assert "There is no active planner in the Spatial Planning Office" in desk.words


def test_a_whole_city_lacks_nobody(server: Server, desk: Desk) -> None:
    from server.cli import demo

    demo.prepare(server.world)
    desk.open("/admin/offices")
    assert "Tidak ada yang kosong" in desk.words
    desk.open("/admin/people")
    assert "Ada peran yang kosong" not in desk.words


@pytest.mark.parametrize("path", ["people", "people/new", "people/{id}", "people/{id}/close", "offices", "offices/dpu"])
def test_a_supervisor_has_no_business_with_accounts(server: Server, path: str) -> None:
    desk = signed_in(server, "supervisor", login="atasan", scopes=("office:distaru",))
    desk.open(f"/admin/{path.format(id=desk.person)}")
    assert desk.status == 403
    answer = desk.client.post(f"/admin/people/{desk.person}/change", data={"csrf": _csrf(desk), "role": "admin"})
    assert answer.status_code == 403
    assert found(server, "atasan").roles == ("supervisor",)


def _csrf(desk: Desk) -> str:
    cookie = desk.client.get_cookie(sessions.COOKIE, path="/admin")
    assert cookie is not None
    return sessions.csrf_of(cookie.value)
