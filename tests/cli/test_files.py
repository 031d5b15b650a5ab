"""Photos and documents from a terminal, offline and then with a network: attached, followed, fetched, and mended."""

import json
import re
from pathlib import Path

import pytest

from client.store.blobs import Blobs
from tests.cli.conftest import SURVEY, Make, Person
from tests.pictures import write_jpeg, write_pdf


@pytest.fixture
def guest(person: Make) -> Person:
    made = person("warga")
    made.network.offline = True
    return made


def states(person: Person, case: str) -> list[str]:
    return [row["state"] for row in person.json("files", case)]


def test_a_case_with_photos_from_a_day_without_signal_to_all_arrived(guest: Person, person: Make) -> None:
    name = guest.draft("krk")
    said = guest.flat("files", name)
    assert "0 dari 6 lampiran sampai" in said and "di perangkat ini" in said and "KTP pemohon" in said
    guest.run("submit", name)
    assert "0 dari 6 lampiran sampai di server" in guest.flat("show", name)
    assert guest.json("status")["files"]["count"] == 6 and "Lampiran menunggu" in guest.run("status")
    assert guest.json("outbox", "list")[0]["data"]["action"] == "submit" and len(guest.json("outbox", "list")) == 1
    assert "6 lampiran" in guest.flat("outbox", "list") and "KTP pemohon – " in guest.run("outbox", "show", "1")
    guest.network.offline = False
    said = guest.flat("sync")
    assert "6 lampiran terkirim" in said and "masih menunggu" not in said
    [row] = guest.json("list")
    assert set(states(guest, row["id"])) == {"arrived"} and guest.json("status")["files"]["count"] == 0
    assert "6 of 6 files arrived at the server" in guest.flat("files", row["id"], lang="en")
    assert "sampai dan diperiksa" in guest.flat("show", row["number"])
    sent = guest.network.sent
    guest.run("sync")
    assert guest.network.sent == sent
    desk = person("loket", "front_desk")
    assert "6 dari 6" in desk.flat("show", row["number"])
    desk.run("act", row["number"], "accept")
    desk.run("sync")


def test_others_see_how_many_have_arrived_and_a_stage_waits_for_them(person: Make) -> None:
    guest, desk = person("warga"), person("loket", "front_desk")
    name = guest.draft("krk")
    guest.run("submit", name)
    guest.network.uploads = False
    assert "belum" not in guest.flat("sync", exits=3)
    [row] = guest.json("list")
    desk.run("sync")
    assert "0 dari 6 lampiran" in desk.flat("show", row["number"])
    assert set(states(desk, row["number"])) == {"elsewhere"}
    assert "belum sampai dari perangkat pengirimnya" in desk.flat("file", "save", row["number"], "1", exits=1)
    desk.run("act", row["number"], "accept")
    said = desk.flat("sync", exits=1)
    assert "tenggat files" in said and "outbox retry" in said
    guest.network.uploads = True
    assert "6 lampiran terkirim" in guest.run("sync")
    desk.run("sync")
    desk.run("outbox", "retry", str(desk.json("outbox", "list")[0]["seq"]))
    desk.run("sync")
    assert desk.json("show", row["number"])["stage"] == "survey"


def test_an_officer_has_what_is_due_at_hand_when_the_signal_ends(person: Make, tmp_path: Path) -> None:
    guest, desk = person("warga"), person("loket", "front_desk")
    name = guest.draft("krk")
    guest.run("submit", name)
    guest.run("sync")
    [row] = guest.json("list")
    said = desk.run("sync")
    assert "lampiran diambil" in said, "the completeness check is due by the next working day"
    desk.network.offline = True
    assert all(one["here"] for one in desk.json("files", row["number"]))
    said = desk.run("file", "save", row["number"], "2", "--to", str(tmp_path))
    path = next(tmp_path.glob("warga-*.jpg"))
    assert path.name in said and path.stat().st_mode & 0o77 == 0
    assert path.read_bytes()[:3] == b"\xff\xd8\xff"
    assert "sudah ada" in desk.run("file", "save", row["number"], "2", "--to", str(tmp_path), exits=1)
    assert "Tidak ada lampiran nomor 9" in desk.run("file", "save", row["number"], "9", exits=1)
    calls = len(desk.network.calls)
    desk.network.offline = False
    desk.run("sync")
    assert not [call for call in desk.network.calls[calls:] if "/files/" in call], "fetched once"


def test_a_file_that_is_not_here_is_fetched_and_checked(person: Make, tmp_path: Path) -> None:
    guest, planner = person("warga"), person("rencana", "planner")
    name = guest.draft("krk")
    guest.run("submit", name)
    guest.run("sync")
    [row] = guest.json("list")
    planner.run("sync")
    listed = planner.json("files", row["number"])
    assert not any(one["here"] for one in listed), "a planner has nothing to do with it yet"
    planner.run("file", "save", row["number"], "1", "--to", str(tmp_path / "a.jpg"))
    assert planner.json("files", row["number"])[0]["here"]
    mine = {p.name: p.read_bytes() for p in (guest.home / "warga").glob("*.files/*/*")}
    assert (tmp_path / "a.jpg").read_bytes() == mine[listed[0]["sha256"]]


def test_opening_a_file_leaves_no_copies_lying_about(guest: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    name = guest.draft("krk")
    opened: list[Path] = []
    monkeypatch.setattr("client.cli.files.click.launch", lambda path, wait: opened.append(Path(path)) or 0)
    guest.run("file", "open", name, "1")
    guest.run("file", "open", name, "2")
    assert not opened[0].exists() and opened[1].exists() and opened[1].stat().st_mode & 0o77 == 0
    monkeypatch.setattr("client.cli.files.click.launch", lambda path, wait: int(wait))
    assert "tenggat file save" in guest.run("file", "open", name, "1", exits=1)


def test_an_officer_s_photos_go_with_the_survey(person: Make) -> None:
    guest, desk, surveyor = person("warga"), person("loket", "front_desk"), person("survei", "surveyor")
    number = guest.filed()
    desk.run("sync")
    desk.run("act", number, "accept")
    desk.run("sync")
    surveyor.run("sync")
    surveyor.network.offline = True
    assert "lampiran (--file): survey_photos?" in surveyor.run("act", number)
    assert "bukan DOKUMEN=BERKAS" in surveyor.run("act", number, "report_survey", *SURVEY, "--file", "x", exits=1)
    wrong = ("--file", f"ktp={surveyor.photo('a')}")
    assert "survey_photos" in surveyor.run("act", number, "report_survey", *SURVEY, *wrong, exits=1)
    photos = [part for n in ("depan", "batas") for part in ("--file", f"survey_photos={surveyor.photo(n)}")]
    surveyor.run("act", number, "report_survey", *SURVEY, *photos)
    assert "2 lampiran" in surveyor.flat("outbox", "list")
    assert "tetap di berkas" in surveyor.run("detach", number, "9", exits=1) or True
    surveyor.network.offline = False
    assert "2 lampiran terkirim" in surveyor.run("sync")
    guest.run("sync")
    assert [one["document"] for one in guest.json("files", number) if one.get("action")] == ["survey_photos"] * 2


def _at_the_survey(person: Make) -> tuple[Person, str]:
    guest, desk, surveyor = person("warga"), person("loket", "front_desk"), person("survei", "surveyor")
    number = guest.filed()
    desk.run("sync")
    desk.run("act", number, "accept")
    desk.run("sync")
    surveyor.run("sync")
    surveyor.network.offline = True
    return surveyor, number


def test_an_action_with_a_file_that_is_refused_is_not_done_and_none_of_its_files_sticks(
    person: Make, tmp_path: Path
) -> None:
    surveyor, number = _at_the_survey(person)
    heic = tmp_path / "foto.heic"
    heic.write_bytes(b"\0\0\0\x18ftypheic\0\0\0\0")
    wrong, right = surveyor.photo("salah"), surveyor.photo("benar")
    act = ("act", number, "report_survey", *SURVEY)
    said = surveyor.flat(*act, "--file", f"survey_photos={wrong}", "--file", f"survey_photos={heic}", exits=1)
    assert f"{heic}: Foto ini HEIC" in said and "belum dilakukan" in said
    assert surveyor.json("outbox", "list") == []
    surveyor.run(*act, "--file", f"survey_photos={right}")
    [entry] = surveyor.json("outbox", "list")
    assert [one["name"] for one in entry["data"]["attach"]] == ["survei-benar.jpg"]


def test_files_of_a_stopped_interview_go_along_only_when_it_is_said_and_can_be_replaced(person: Make) -> None:
    surveyor, number = _at_the_survey(person)
    surveyor.terminal = True
    act = ("act", number, "report_survey")
    surveyor.run(*act, typed=f"-6.98,110.41\n6,5\n1\nya\n\n{surveyor.photo('salah')}\n", exits=1)
    surveyor.terminal = False
    said = surveyor.flat(*act, "road_width=x", *SURVEY[:1], exits=1)
    assert "Ikut, dari sebelumnya: survei-salah.jpg" in said and "--file survey_photos=BERKAS" in said
    said = surveyor.flat(*act, *SURVEY, "--file", f"survey_photos={surveyor.photo('benar')}")
    assert "Ikut" not in said
    [entry] = surveyor.json("outbox", "list")
    assert [one["name"] for one in entry["data"]["attach"]] == ["survei-benar.jpg"]


def test_a_file_of_an_interview_that_is_not_here_any_more_is_not_named(person: Make) -> None:
    surveyor, number = _at_the_survey(person)
    surveyor.terminal = True
    act = ("act", number, "report_survey")
    surveyor.run(*act, typed=f"-6.98,110.41\n6,5\n1\nya\n\n{surveyor.photo('a')}\n", exits=1)
    surveyor.terminal = False
    store = surveyor.store()
    store.blobs.drop_all()
    store.close()
    assert "survei-a.jpg: tidak ada lagi di perangkat ini" in surveyor.flat(*act, *SURVEY)
    [entry] = surveyor.json("outbox", "list")
    assert "attach" not in entry["data"]


def test_an_interview_for_a_survey_keeps_its_photos_when_it_is_stopped(person: Make) -> None:
    guest, desk, surveyor = person("warga"), person("loket", "front_desk"), person("survei", "surveyor")
    number = guest.filed()
    desk.run("sync")
    desk.run("act", number, "accept")
    desk.run("sync")
    surveyor.run("sync")
    surveyor.network.offline = surveyor.terminal = True
    path = surveyor.photo("depan")
    answers = "-6.98,110.41\n6,5\n1\nya\n\n"
    said = surveyor.run("act", number, "report_survey", typed=f"{answers}{path}\n", exits=1)
    assert "Foto lokasi" in said and "tersimpan di perangkat ini" in said and "lanjutkan" in said
    said = surveyor.run("act", number, "report_survey", typed="\n\n\n\n\n\n\n")
    [entry] = surveyor.json("outbox", "list")
    assert [one["document"] for one in entry["data"]["attach"]] == ["survey_photos"], said
    assert surveyor.json("status")["half_typed"] == []


def test_the_interview_of_a_draft_goes_on_to_the_documents(guest: Person, tmp_path: Path) -> None:
    guest.terminal = True
    name = guest.draft("krk", files=False)
    fields = guest.json("show", name)["fields"]
    ktp = write_jpeg(tmp_path / "foto ktp.jpg", "ktp")
    keys = "\n" * (len(fields) + 5)
    said = guest.run("edit", name, typed=f"{keys}\n'{ktp}'\n", exits=1)
    assert "Dokumen. Tulis letak berkasnya" in said and "Surat permohonan yang ditandatangani" in said
    assert "Berhenti dulu" in said
    held = [one["document"] for one in guest.json("files", name)]
    assert len(held) <= 1


def test_paths_are_taken_as_a_terminal_drops_them(guest: Person, tmp_path: Path) -> None:
    name = guest.draft("krk", files=False)
    path = write_jpeg(tmp_path / "foto ktp.jpg", "ktp")
    guest.run("attach", name, "ktp", f"'{path}'")
    guest.run("attach", name, "land_proof", str(path).replace(" ", "\\ "))
    assert [one["document"] for one in guest.json("files", name)] == ["ktp", "land_proof"]
    said = guest.run("attach", name, "signed_form", str(path))
    assert "Masih kurang" in said and "[location_map]" in said and "[ktp]" not in said


def test_what_cannot_be_attached_is_said_and_the_others_are_kept(guest: Person, tmp_path: Path) -> None:
    name = guest.draft("krk", files=False)
    heic = tmp_path / "foto.heic"
    heic.write_bytes(b"\0\0\0\x18ftypheic\0\0\0\0")
    good = write_jpeg(tmp_path / "a.jpg", "a")
    said = " ".join(guest.run("attach", name, "land_proof", str(heic), str(good), exits=1).split())
    assert "HEIC" in said and "Paling kompatibel" in said and "Bukti tanah: a.jpg" in said
    assert len(guest.json("files", name)) == 1
    assert "Most compatible" in " ".join(guest.run("attach", name, "ktp", str(heic), exits=1, lang="en").split())
    assert "tidak meminta dokumen" in guest.run("attach", name, "kk", str(good), exits=1)
    large = write_pdf(tmp_path / "besar.pdf", "a", 11 * 1024 * 1024)
    assert "lebih dari 10 MB" in " ".join(guest.run("attach", name, "ktp", str(large), exits=1).split())


def test_a_full_device_says_so_and_keeps_what_there_is(guest: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    name = guest.draft("krk")
    monkeypatch.setattr(Blobs, "free", lambda _: 1_000)
    said = " ".join(guest.run("attach", name, "drawings", guest.photo("gambar"), exits=1).split())
    assert "hampir habis" in said and "Kosongkan" in said
    assert len(guest.json("files", name)) == 6


def test_room_that_runs_short_is_said_before_anything_is_refused(
    guest: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    name = guest.draft("krk", files=False)
    assert "Ruang kosong" not in guest.flat("attach", name, "ktp", guest.photo("a"))
    monkeypatch.setattr(Blobs, "free", lambda _: 120_000_000)
    said = guest.flat("attach", name, "signed_form", guest.photo("b"))
    assert "tinggal 120,0 MB" in said and "di bawah 50,0 MB" in said
    assert "only 120.0 MB left" in guest.flat("attach", name, "pbb", guest.photo("c"), lang="en")


def test_a_full_device_is_told_once(guest: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    name = guest.draft("krk", files=False)
    monkeypatch.setattr(Blobs, "free", lambda _: 1_000)
    said = guest.flat("attach", name, "ktp", guest.photo("a"), exits=1)
    assert said.count("Kosongkan") == 1 and "tinggal" not in said


def test_what_cannot_be_read_is_said_once_and_in_the_reader_s_language(guest: Person, tmp_path: Path) -> None:
    name = guest.draft("krk", files=False)
    said = guest.flat("attach", name, "ktp", "tidakada.jpg", str(tmp_path), exits=1)
    assert said.count("tidakada.jpg") == 1 and "tidak ada di sana" in said and "itu folder" in said
    assert "No such file" not in said and "Is a directory" not in said
    assert "it is not there" in guest.flat("attach", name, "ktp", "tidakada.jpg", exits=1, lang="en")


def test_one_too_many_tells_how_to_take_another_off(guest: Person) -> None:
    name = guest.draft("krk", files=False)
    assert "tersimpan" in guest.run("attach", name, "ktp", guest.photo("a"))
    said = guest.flat("attach", name, "ktp", guest.photo("a"))
    assert "sudah ada di sini" in said and "tersimpan" not in said
    said = guest.flat("attach", name, "ktp", guest.photo("b"), exits=1)
    assert f"tenggat files {name}" in said and f"tenggat detach {name} NO" in said


def test_a_long_name_leaves_room_for_what_matters(guest: Person, tmp_path: Path) -> None:
    name = guest.draft("krk", files=False)
    long = "IMG_20260318_081233_HDR_PORTRAIT_edited-final(2).jpg"
    guest.run("attach", name, "ktp", str(write_jpeg(tmp_path / long, "a")))
    said = guest.run("files", name)
    assert "KTP pemohon" in said and "di perangkat ini" in said and "IMG_20260318" in said


def test_a_copy_that_cannot_be_saved_whole_is_not_left_half(
    guest: Person, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    name = guest.draft("krk")

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr("client.cli.files.shutil.copyfileobj", full)
        said = guest.flat("file", "save", name, "1", "--to", str(tmp_path / "a.jpg"), exits=1)
    assert "Tidak dapat disimpan" in said and "disknya penuh" in said and not (tmp_path / "a.jpg").exists()
    said = guest.flat("file", "save", name, "1", "--to", str(tmp_path / "tidak ada" / "a.jpg"), exits=1)
    assert "tidak ada di sana" in said
    guest.run("file", "save", name, "1", "--to", str(tmp_path / "a.jpg"))


def test_what_the_server_had_already_is_not_said_to_be_sent(person: Make) -> None:
    guest = person("warga")
    first, second = guest.draft("krk"), guest.draft("krk", name="Lain")
    guest.run("submit", first)
    guest.run("submit", second)
    said = guest.flat("sync")
    assert "12 lampiran terkirim" in said
    third = guest.draft("krk", name="Ketiga")
    guest.run("submit", third)
    assert "6 lampiran sudah ada di server" in guest.flat("sync")


def test_sent_whole_is_not_yet_arrived(guest: Person) -> None:
    from client.cli.app import App
    from client.cli.machine import Machine
    from client.cli.papers import state_words
    from client.files.fetching import State

    app = App(Machine(home=guest.home), guest.profile, "id")
    assert state_words(app, State("uploading", 40, True), 100) == "40% terkirim"
    assert state_words(app, State("uploading", 100, True), 100) == "terkirim, belum diperiksa"


def test_taking_a_file_off(guest: Person) -> None:
    name = guest.draft("krk")
    number = next(one["n"] for one in guest.json("files", name) if one["document"] == "ktp")
    assert "dilepas dari berkas ini" in guest.run("detach", name, str(number))
    said = guest.flat("submit", name, exits=1)
    assert "Belum bisa dikirim" in said and "[ktp] Lampirkan KTP pemohon" in said and "tenggat attach" in said
    assert "[ktp]" in guest.flat("show", name)
    assert guest.json("show", name)["problems"]["ktp"]["code"] == "required"
    guest.run("attach", name, "ktp", guest.photo("ktp baru"))
    guest.run("submit", name)


def test_a_file_that_the_server_refuses_is_told_with_what_to_do(person: Make, tmp_path: Path) -> None:
    guest = person("warga")
    name = guest.draft("krk")
    row = guest.json("files", name)[0]
    # Damaged before the device hashed it, in a way that only whoever reads the picture itself can see.
    store = guest.store()
    broken = b"\xff\xd8\xff" + b"no picture" * 50
    sha256, size = store.blobs.put([broken])
    with store.transaction():
        store.files.know(sha256, size, "image/jpeg")
        [entry] = store.outbox.entries()
        data = entry.data
        data["attach"][0] |= {"sha256": sha256, "size": size}
        store.outbox.amend(entry, entry.kind, data, store.stamp())
        store._db.execute("UPDATE upload SET sha256 = ?, size = ? WHERE attachment = ?", (sha256, size, row["id"]))
    store.close()
    said = guest.flat("sync", exits=1)
    assert "1 lampiran tidak diterima" in said and f"tenggat detach {name} 1" in said and "5 lampiran terkirim" in said
    assert "ditolak: " in guest.flat("files", name) and states(guest, name).count("arrived") == 5
    assert "1 ditolak" in guest.flat("status") and guest.json("status")["files"]["refused"] == 1
    assert "rusak" in guest.flat("files", name)
    guest.run("detach", name, "1")
    guest.run("attach", name, row["document"], guest.photo("baru"))
    guest.run("submit", name)
    guest.run("sync")
    assert guest.json("status")["files"]["count"] == 0 and set(states(guest, name)) == {"arrived"}


def test_nobody_signs_out_of_files_that_have_not_arrived(person: Make) -> None:
    front = person("loket", "front_desk")
    name = front.draft("krk")
    front.run("submit", name)
    front.network.uploads = False
    front.run("sync", exits=3)
    assert "belum diterima" in front.run("sign-out", exits=1)
    front.network.uploads = True
    front.run("sync")
    front.run("sign-out")
    assert not list((front.home / "loket").glob("*.files/*/*"))


def test_services_name_the_documents_of_an_action(guest: Person) -> None:
    said = guest.flat("services", "krk")
    assert "survey_photos: Foto lokasi (boleh kosong; paling banyak 10; bersama" in said


def test_files_as_json_are_for_programs(guest: Person) -> None:
    name = guest.draft("krk")
    [first, *_] = json.loads(guest.run("files", name, "--json"))
    assert (
        first["n"] == 1
        and first["state"] == "waiting"
        and first["here"]
        and re.fullmatch("[0-9a-f]{64}", first["sha256"])
    )
    assert guest.json("show", name)["files"][0] == first


def test_a_terminal_shows_which_file_of_how_many_goes_up(guest: Person) -> None:
    from rich.progress import Progress, TextColumn

    from client.cli.app import App
    from client.cli.machine import Machine
    from client.cli.syncing import Meter

    app = App(Machine(home=guest.home), guest.profile)
    with Progress(TextColumn("{task.description}"), disable=True) as bar:
        meter = Meter(app, bar)
        meter("sending", 0, 10)
        meter("receiving", 5, None)
        meter("file", 2, 6)
        meter("uploading", 1_000, 4_000)
        assert bar.tasks[0].description == "Mengirim lampiran 2 dari 6 1,0 kB" and bar.tasks[0].total == 4_000
        for done in (1, 2, 3):  # of one file, then of the next
            meter("fetching", done, 3)
        meter("fetching", 2, 2)
    assert (meter.up, meter.down) == (10, 5 + 3 + 2)
