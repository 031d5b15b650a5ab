"""The pages of settings, the calendar and the catalogues: looked at first, then done, and noted."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from schemas.catalogue.load import city_folder
from server.access import audit, catalogues, city_settings, days_off
from server.commands import recounting
from server.jobs.registry import JOBS
from server.jobs.runner import run_due
from tests.api.admin import Desk, signed_in
from tests.api.device import Device
from tests.api.filing import file
from tests.calendar.conftest import CLOSED
from tests.conftest import Server

(JOB,) = [job for job in JOBS if job.name == "recount_dates"]
TYPED = {
    "day": "2026-03-17",
    "kind": "closed",
    "name_id": "Banjir <rob>",
    "name_en": "Tidal flood",
    "decree": "SK Wali Kota 9/2026",
}


@pytest.fixture
def desk(server: Server) -> Desk:
    return signed_in(server, "admin", login="admin")


def test_settings_are_changed_and_what_is_wrong_stays_in_the_form(server: Server, desk: Desk) -> None:
    desk.open("/admin/settings")
    assert "Kalender" in desk.words and "Templat jawaban" in desk.words
    desk.send("/settings", silent_days="5", notice_days="x", notice_email="on")
    assert (desk.status, "dari 0 sampai 30" in desk.words) == (422, True)
    assert desk.shown.one(id="silent_days")["value"] == "5"
    assert desk.shown.one(id="notice_days")["aria-invalid"] == "true"
    assert city_settings.as_set(server.engine).silent_days == 3
    desk.send("/settings", silent_days="5", notice_days="0", notice_email=[])
    assert "Tersimpan" in desk.words
    held = city_settings.as_set(server.engine)
    assert (held.silent_days, held.notice_days, held.notice_email) == (5, 0, False), "a box that is not ticked is off"
    assert {row.person for row in audit.entries(server.engine, action="setting.")} == {desk.person}
    desk.send("/settings", silent_days="5", notice_days="0")
    assert "Tidak ada yang berubah" in desk.words


def test_a_day_is_looked_at_then_closed_then_taken_back(server: Server, desk: Desk) -> None:
    phone = Device(server.app)
    case = file(server, phone)
    before = phone.held[case]["due"]
    desk.open("/admin/calendar")
    assert desk.heading == "Kalender 2026"
    desk.send("/calendar/change", **TYPED)
    assert "1 dari 1 batas waktu berjalan bergeser" in desk.words
    assert phone.held[case]["number"] in desk.words and "Banjir <rob>" in desk.words
    assert "Belum ada yang berubah" in desk.words
    assert server.rows("SELECT count(*) AS n FROM day_off")[0].n == 0
    desk.send("/calendar/change")
    assert "Menghitung ulang: 0 dari 1 berkas (0%)" in desk.words
    run_due(server.world, JOB, "me")
    phone.pull()
    assert phone.held[case]["due"] > before
    desk.open("/admin/calendar")
    assert "1 berkas diperiksa, 1 berubah" in desk.words
    assert "Diatur admin, SK Wali Kota 9/2026" in desk.words and "oleh admin" in desk.words
    desk.open("/admin/calendar/2026-03-17/remove")
    assert "1 dari 1 batas waktu berjalan bergeser" in desk.words
    desk.send("/calendar/2026-03-17/remove")
    assert "Dibatalkan" in desk.words
    run_due(server.world, JOB, "me")
    phone.pull()
    assert phone.held[case]["due"] == before
    rows = audit.entries(server.engine, action="calendar.")
    assert [(row.action, row.person, row.details["decree"]) for row in rows] == [
        ("calendar.remove", desk.person, TYPED["decree"]),
        ("calendar.enter", desk.person, TYPED["decree"]),
    ]


@pytest.mark.parametrize(
    ("typed", "field", "said"),
    [
        ({"day": "besok"}, "day", "Isi tanggal yang ada"),
        ({"day": "2062-03-17"}, "day", "terlalu jauh"),
        ({"day": "2026-03-28", "kind": "open"}, "day", "akhir pekan"),
        ({"kind": "open"}, "day", "sudah hari kerja"),
        ({"kind": "ajar"}, None, "Perbaiki yang ditandai"),
        ({"name_id": " "}, "name_id", "Harus diisi"),
        ({"name_en": "x" * 201}, "name_en", "Paling banyak 200"),
        ({"decree": "SK\n12"}, "decree", "satu baris"),
    ],
)
def test_what_was_typed_stays_whatever_is_wrong_with_it(
    server: Server, desk: Desk, typed: dict[str, str], field: str | None, said: str
) -> None:
    for method in (desk.client.get, desk.client.post):
        desk.open("/admin/calendar")
        csrf = next(one["value"] for one in desk.shown.all("input") if one.get("name") == "csrf")
        key = "query_string" if method == desk.client.get else "data"
        desk._take(method("/admin/calendar/change", **{key: TYPED | typed | {"csrf": csrf}}))
        assert (desk.status, said in desk.words) == (422, True)
        assert desk.shown.one(id="name_en")["value"] == (TYPED | typed)["name_en"]
        if field:
            assert desk.shown.one(id=field)["aria-invalid"] == "true"
    assert not audit.entries(server.engine, action="calendar.")


def test_somebody_else_was_quicker(server: Server, desk: Desk) -> None:
    """What was looked at is not what would happen now: it is shown again, and nothing is done."""
    desk.open("/admin/calendar")
    desk.send("/calendar/change", **TYPED)
    days_off.enter(server.world, CLOSED, "cli")
    desk.send("/calendar/change")
    assert (desk.status, "baru saja diubah orang lain" in desk.words) == (409, True)
    assert "menggantikan “Banjir rob”" in desk.words
    assert server.rows("SELECT name_id FROM day_off")[0].name_id == "Banjir rob"
    desk.send("/calendar/change")
    assert server.rows("SELECT name_id FROM day_off")[0].name_id == "Banjir <rob>"


def test_a_day_that_nobody_entered_cannot_be_taken_back(server: Server, desk: Desk) -> None:
    for day in ("2024-11-27", "besok", "0000-00-00"):
        desk.open(f"/admin/calendar/{day}/remove")
        assert desk.status == 404
    for year in ("1", "9999", "x", "²²²²"):
        desk.open("/admin/calendar", year=year)
        assert desk.status == 200


def test_where_days_come_from_and_which_may_still_move(server: Server, desk: Desk) -> None:
    desk.open("/admin/calendar", year="2024")
    assert "Folder kota, Keppres 33/2024" in desk.words
    assert "Cuti bersama" in desk.words and "Libur nasional" in desk.words
    desk.open("/admin/calendar", year="2030")
    assert "perkiraan" in desk.words
    assert "belum ditetapkan" in desk.words


def test_only_an_admin_looks_or_changes(server: Server) -> None:
    boss = signed_in(server, "supervisor", scopes=("office:distaru",))
    for path in ("/admin/settings", "/admin/calendar", "/admin/catalogue", "/admin/calendar/change"):
        boss.open(path)
        assert boss.status == 403


def test_catalogues_that_were_served_and_what_changed(
    make_server: Callable[..., Server], tmp_path: Path, server: Server
) -> None:
    catalogues.begin_serving(server.world)
    folder = shutil.copytree(city_folder("semarang"), tmp_path / "kota")
    path = folder / "services" / "krk.toml"
    path.write_text(path.read_text("utf-8").replace("days = 5\n", "days = 7\n"), "utf-8")
    server.clock.move(days=1)
    again = make_server(city=str(folder))
    catalogues.begin_serving(again.world)
    desk = signed_in(again, "admin", login="admin")
    desk.open("/admin/catalogue")
    assert desk.words.count("Apa yang berubah") == 1
    desk.follow(f"Apa yang berubah, {again.city.version}")
    assert "batas waktu “Keputusan KRK”: dari 5 hari kerja menjadi 7 hari kerja" in desk.words
    desk.open("/admin/catalogue", old="nope", new="x")
    assert desk.status == 404 and "Pilih dari daftar" in desk.words
    desk.open("/admin/catalogue", old=again.city.version, new=again.city.version)
    assert "Keduanya sama" in desk.words
    found = recounting.standing(again.engine)
    assert found is None, "a changed limit has nothing counted again"
