"""A day of officers and citizens: listing, showing, syncing, what is refused, what differs, what is revoked."""

import json
from datetime import timedelta

import pytest

from client.engine import Engine
from sync import messages
from tests.cli.conftest import SURVEY, Make, Person


def surveyed(person: Make) -> tuple[Person, Person, Person, str]:
    """A case in its survey, on the devices of its owner and of two surveyors."""
    guest, desk = person("warga"), person("loket", "front_desk")
    number = guest.filed()
    desk.run("sync")
    desk.run("act", number, "accept")
    desk.run("sync")
    return guest, person("survei", "surveyor"), person("survei2", "surveyor"), number


def test_a_survey_made_offline_goes_up_in_the_evening(person: Make) -> None:
    guest, surveyor, _, number = surveyed(person)
    surveyor.network.offline = True
    assert number in surveyor.run("list", "--mine") and number in surveyor.run("list", "--stage", "survei")
    assert surveyor.run("show", number).count("Petugas survei") >= 1
    said = surveyor.run("act", number, "report_survey", *SURVEY)
    assert "tercatat di perangkat ini" in said and "Telaah rencana kota (perkiraan" in said
    assert "menunggu di sini" in surveyor.run("list", "--waiting")
    assert "1 perubahan" in surveyor.run("status")
    assert "tidak dapat dihubungi" in surveyor.run("sync", exits=3)
    assert "aman di perangkat" in surveyor.run("status")
    surveyor.network.offline = False
    assert "1 dikirim" in surveyor.run("sync")
    guest.run("sync")
    shown = guest.run("show", number)
    assert "Dibuka petugas" in shown and "Kode lacak" in shown and "Survei lapangan: selesai" in shown


def test_a_late_survey_is_refused_and_kept_as_evidence(person: Make) -> None:
    _, first, second, number = surveyed(person)
    first.run("act", number, "report_survey", *SURVEY)
    second.run("act", number, "report_survey", *SURVEY)
    first.run("sync")
    said = second.run("sync", exits=1)
    assert "1 ditolak server" in said and "Nama survei melakukannya" in said and "bukti yang datang terlambat" in said
    shown = second.run("show", number)
    assert "Bukti yang datang terlambat" in shown and "Ditolak server" in shown
    assert "late evidence" in second.run("show", number, lang="en").lower()
    assert "ditolak" in second.run("list")
    [entry] = [e for e in second.json("outbox", "list") if e["state"] == "refused"]
    seq = str(entry["seq"])
    assert "Persis seperti dikirim" in second.run("outbox", "show", seq)
    second.run("outbox", "give-up", seq)
    assert "tidak ditolak" in second.run("outbox", "give-up", seq, exits=1)
    second.run("sync")
    assert "Tidak ada yang menunggu" in second.run("outbox")
    assert "dilepas" in second.run("outbox", "list", "--all")


def test_two_devices_of_one_person_choose_between_their_words(person: Make) -> None:
    first = person("loket", "front_desk")
    second = person("loket2", "front_desk", at="loket")
    name = first.draft("lapor", where="words")
    first.run("sync")
    second.run("sync")
    first.run("edit", name, "street=Jl. Pemuda 10")
    second.run("edit", name, "street=Jl. Pemuda 12")
    first.run("sync")
    assert "harus dipilih" in second.run("sync")
    shown = second.run("show", name)
    assert "Jl. Pemuda 10" in shown and "Jl. Pemuda 12" in shown and f"tenggat choose {name} street" in shown
    assert "harus dipilih" in second.run("list")
    assert "Pilih dulu" in second.run("submit", name, exits=1)
    assert "Tidak ada yang perlu dipilih" in second.run("choose", name, "title", "ours", exits=1)
    assert "Jl. Pemuda 12" in second.run("choose", name, "street", "theirs")
    assert "sudah dipilih: theirs" in second.run("show", name)
    second.run("submit", name)
    second.run("sync")
    assert second.json("list")[0]["number"]


def test_what_the_server_refuses_can_be_sent_again_or_mended(person: Make) -> None:
    guest = person("warga")
    name = guest.draft("lapor")
    guest.run("sync")
    store = guest.store()
    case_id = guest.json("list")[0]["id"]
    with store.transaction():
        store.outbox.add("case.edit", case_id, {"set": {"tidak_ada": 1}}, store.stamp(), 1)
    store.close()
    said = guest.run("sync", exits=1)
    assert "tidak dikenal" in said or "diperbaiki" in said
    seq = str(guest.json("outbox", "list")[0]["seq"])
    said = guest.run("outbox", "retry", seq)
    assert "Dikirim ulang sebagai nomor" in said
    assert "Hanya kiriman yang ditolak" in guest.run("outbox", "retry", seq, exits=1)
    new = str(int(seq) + 1)
    assert "dibatalkan" in guest.run("outbox", "undo", new)
    assert "tidak bisa diubah" in guest.run("outbox", "undo", new, exits=1)
    assert "Tidak ada kiriman" in guest.run("outbox", "show", "99", exits=1)
    assert "Tidak ada perubahan" in guest.run("discard", name, exits=1)


def test_sending_in_is_taken_back_without_what_was_typed(person: Make) -> None:
    guest = person("warga")
    name = guest.draft("lapor")
    typed = guest.json("list")[0]["title"]
    guest.run("submit", name)
    assert "kembali menjadi draf" in guest.run("outbox", "undo", "1")
    [case] = guest.json("list")
    assert case["stage"] == "draft" and case["title"] == typed
    guest.run("discard", name, "--yes")
    assert guest.json("list") == []


def test_the_outbox_can_be_exported_as_the_request_it_would_be(person: Make) -> None:
    guest = person("warga")
    guest.draft("lapor")
    path = guest.home / "keluar.ndjson"
    assert "1 kiriman" in guest.run("outbox", "export", str(path))
    lines = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    assert [line["t"] for line in lines] == ["hello", "command", "end"]
    assert guest.run("outbox", "export", "-").splitlines()[1] == path.read_text(encoding="utf-8").splitlines()[1]
    assert "sudah ada" in guest.run("outbox", "export", str(path), exits=1)
    assert guest.json("outbox", "list")[0]["state"] == "queued"
    store = guest.store()
    answer = guest.network.exchange(store.meta.get("token"), [path.read_bytes()])
    assert answer.body.read(4)
    store.close()
    assert "1 dikirim" in guest.run("sync")


def test_dates_open_into_why(person: Make) -> None:
    guest = person("warga")
    number = guest.filed()
    shown = guest.run("show", number, "--why")
    assert "paling lama 1 hari kerja" in shown and "Sabtu dan Minggu tidak dihitung" in shown
    assert "at most 1 working day" in guest.run("show", number, "--why", lang="en")
    guest.server.clock.move(days=30)
    assert "lewat" in guest.run("list") and "1 lewat batas waktu" in guest.run("list")


def test_the_list_narrows_pages_and_says_so(person: Make) -> None:
    desk = person("loket", "front_desk")
    for place in ("33.74.01.1007", "33.74.02.1001"):
        desk.filed("krk", area=place)
    desk.filed("lapor", title="Lampu mati di gang", where="none")
    assert len(desk.json("list", "--service", "KRK")) == 2
    assert len(desk.json("list", "--district", "Semarang Tengah")) == 1
    assert len(desk.json("list", "--search", "sekayu")) == 1
    assert len(desk.json("list", "--search", "gang")) == 1
    assert len(desk.json("list", "--due-within", "1")) == 3
    assert desk.json("list", "--waiting") == []
    said = desk.run("list", "--limit", "1", "--page", "2")
    assert "2–2 dari 3" in said and "--page 3" in said
    assert "Tidak ada yang cocok" in desk.run("list", "--search", "zzz")
    assert "Semarang Utara" in desk.run("list", "--district", "nowhere", exits=1)
    desk.environment = {"COLUMNS": "160"}
    assert "Kecamatan" in desk.run("list")


def test_a_case_is_found_by_number_by_its_end_and_by_id(person: Make) -> None:
    desk = person("loket", "front_desk")
    number = desk.filed("krk")
    case_id = desk.json("list")[0]["id"]
    desk.filed("lapor")
    for text in (number, number.lower(), case_id, case_id[:6], case_id[:8].upper(), "krk-1"):
        assert desk.json("show", text)["number"] == number
    assert "cocok dengan beberapa" in desk.run("show", "1", exits=1)
    assert "list --all" in desk.run("show", "tidak-ada", exits=1)


def test_networks_that_are_none_are_named(person: Make) -> None:
    guest = person("warga")
    guest.network.wifi = True
    assert "Wi-Fi" in guest.run("sync", exits=3)
    assert "sign-in page" in guest.run("status", lang="en")
    guest.network.wifi = False
    guest.draft("lapor")
    guest.network.cut = 60
    guest.run("sync", exits=3)
    assert "1 dikirim" in guest.run("sync") or "berkas diterima" in guest.run("status")
    assert guest.json("status")["last_error"] is None


def test_a_revoked_device_hands_over_and_says_so(person: Make) -> None:
    _, surveyor, _, number = surveyed(person)
    surveyor.run("act", number, "report_survey", *SURVEY)
    surveyor.server.execute(
        "UPDATE device SET revoked = '2026-03-16T00:00:00Z' WHERE person_id ="
        " (SELECT id FROM person WHERE name = 'Nama survei')"
    )
    assert "dicabut" in surveyor.run("sync", exits=4)
    assert "dicabut" in surveyor.run("sync", exits=4)
    assert "revoked" in surveyor.run("status", lang="en")
    assert surveyor.server.rows("SELECT count(*) FROM command WHERE status = 'quarantined'")[0][0] > 0


def test_a_program_that_is_too_old_is_told_to_update(person: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    guest = person("warga")
    guest.draft("lapor")
    monkeypatch.setattr("server.exchange.exchanging.PROTOCOL", messages.PROTOCOL + 1)
    assert "terlalu lama" in guest.run("sync", exits=1)
    assert "pip install" in guest.run("status")
    assert guest.json("status")["waiting"]["count"] == 0


def test_a_token_that_went_bad_asks_to_sign_in_again(person: Make) -> None:
    surveyor = person("survei", "surveyor")
    surveyor.server.execute("DELETE FROM instance")
    surveyor.server.execute("DELETE FROM device")
    assert "sign-in" in surveyor.run("sync", exits=4)
    said = surveyor.run("sign-in", "survei", "--password-stdin", typed="kata sandi panjang\n")
    assert "Masuk sebagai" in said


def test_watching_goes_on_until_it_is_stopped(person: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    guest = person("warga")
    guest.draft("lapor")

    def run(self: Engine, stop: object, tell: object) -> None:
        tell(self.sync())  # type: ignore[operator]
        guest.network.offline = True
        try:
            self.sync()
        except Exception as error:
            tell(error)  # type: ignore[operator]
        raise KeyboardInterrupt

    monkeypatch.setattr(Engine, "run", run)
    said = guest.run("sync", "--watch")
    assert "1 dikirim" in said and "tidak dapat dihubungi" in said and "Dihentikan" in said


def test_a_clock_that_is_off_is_mentioned(person: Make) -> None:
    guest = person("warga")
    store = guest.store()
    store.meta.set("last_success_here", (guest.server.clock() + timedelta(days=400)).isoformat())
    store.close()
    assert "400 hari" in guest.run("status") and "400 days" in guest.run("status", lang="en")


def test_what_people_type_cannot_order_the_terminal_about(person: Make) -> None:
    guest = person("warga")
    name = guest.draft("lapor")
    guest.run("edit", name, "title=[red]merah[/red] \x1b[31mX\u202e", "name=[/]")
    for args in (["list"], ["show", name], ["outbox"], ["outbox", "show", "1"]):
        said = guest.run(*args)
        assert "\x1b" not in said and "\u202e" not in said
        assert "[red]merah[/red]" in said or args[0] == "outbox"


def test_services_and_areas_can_be_looked_up_offline(person: Make) -> None:
    guest = person("warga")
    guest.network.offline = True
    said = guest.run("services", "krk")
    assert "land_area: Luas tanah (angka, m²)" in said and "hanya bila has_proxy = yes" in said
    assert "road_width" in guest.run("services", "krk", "--action", "report_survey")
    assert "accept" in guest.run("services", "krk", "--action", "x", exits=1)
    assert "Damaged road" in guest.run("services", "lapor", lang="en")
    assert guest.json("services", "krk")["code"] == "krk" and len(guest.json("services")) == 3
    assert "33.74.01.1007  Sekayu, Semarang Tengah" in guest.run("areas", "sekayu")
    assert guest.run("areas", "Semarang Tengah").count("\n") == 15
    assert "Sekayu" in guest.run("areas")
    assert "Tidak ada kelurahan" in guest.run("areas", "zzz", exits=1)
