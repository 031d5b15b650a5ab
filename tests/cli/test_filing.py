"""Writing, correcting and submitting, with and without a terminal, all of it offline."""

import json

import pytest

from tests.cli.conftest import SURVEY, Make, Person


@pytest.fixture
def guest(person: Make) -> Person:
    made = person("warga")
    made.network.offline = True
    return made


def test_a_draft_is_kept_as_typed_and_says_what_is_missing(guest: Person) -> None:
    said = guest.run("new", "lapor", "category=jalan rusak", "title=X", "area=Sekayu", "where=words")
    assert "Judul singkat [title]: Tulis paling sedikit 5 karakter." in said
    # With what a command can be given for it.
    asked = " ".join(said.partition("[anonymous]: ")[2].split())
    assert asked.startswith("Isi bagian ini. no = Boleh, public = Sembunyikan dari umum, office = ")
    [row] = guest.json("list")
    shown = guest.json("show", row["id"][:6])
    assert shown["fields"] == {"category": "road", "title": "X", "area": "33.74.01.1007", "where": "words"}
    assert shown["problems"]["title"]["code"] == "too_short"
    assert "Belum bisa dikirim" in guest.run("submit", row["id"][:8], exits=1)
    assert "It cannot be submitted yet" in guest.run("submit", row["id"][:8], exits=1, lang="en")


def test_edit_empties_reads_files_and_shows_what_was_understood(guest: Person, tmp_path: object) -> None:
    name = guest.draft("lapor", where="words")
    path = guest.home / "cerita.txt"
    path.write_text("Lubang besar\nsejak seminggu\n", encoding="utf-8")
    said = guest.run("edit", name, f"text=@{path}", "phone=0812-3456 7890", "rt_rw=", "email=@@x")
    assert "081234567890" in said
    fields = guest.json("show", name)["fields"]
    assert fields["text"] == "Lubang besar\nsejak seminggu" and fields["email"] == "@x" and "rt_rw" not in fields
    assert "tidak dapat dibaca" in guest.run("edit", name, "text=@/tidak/ada", exits=1)


@pytest.mark.parametrize(
    ("value", "said"),
    [
        ("titel=X", "Maksud Anda title"),
        ("area=kali", "bisa berarti"),
        ("title", "bukan isian=nilai"),
        ("category=la", "bisa berarti"),
    ],
)
def test_what_cannot_be_made_out_is_asked_back(guest: Person, value: str, said: str) -> None:
    name = guest.draft("lapor")
    assert said in guest.run("edit", name, value, exits=1)


def test_a_field_that_is_not_there_is_answered_with_those_that_are(guest: Person) -> None:
    said = guest.run("new", "lapor", "details=Lubang", exits=1)
    assert "Maksud Anda" not in said, "a guess that does not help"
    required, optional = (line.split(": ", 1)[1] for line in said.splitlines()[1:3])
    assert "text (Ceritakan)" in required and "text (" not in optional and "rt_rw (RT/RW)" in optional
    told = guest.run("new", "lapor", "titel=Lubang", exits=1, lang="en")
    assert "Did you mean title?" in told and "Required: kind (What would" in told and "text (Tell us more)" in told
    assert "road_width" not in told, "of this form alone"


def test_submitting_says_where_it_is_and_by_when(guest: Person) -> None:
    name = guest.draft("krk")
    said = guest.run("submit", name)
    assert "aman di perangkat ini" in said
    # Monday 16 March 2026: one day for completeness, then five working days with Nyepi and Lebaran in between.
    assert "“Keputusan KRK” paling lambat" in said and "2026" in said
    assert "menunggu dikirim" in guest.run("show", name)
    assert "Bila diterima hari ini" in guest.run("show", name)
    assert "sudah dikirim" in guest.run("submit", name, exits=1)
    guest.server.clock.move(hours=8)
    assert "Kantor sudah tutup" in guest.run("show", name)
    guest.server.clock.move(days=400)
    assert "The server gives the date" in guest.run("show", name, lang="en")


def test_a_submit_that_waits_can_still_be_edited_and_taken_back(guest: Person) -> None:
    name = guest.draft("lapor")
    guest.run("submit", name)
    guest.run("edit", name, "title=Judul yang lain")
    assert [e["kind"] for e in guest.json("outbox", "list")] == ["case.act"]
    assert "1 perubahan dibuang" in guest.run("discard", name)
    assert guest.json("list") == []
    assert "tidak ada" in guest.run("show", name, exits=1).lower()
    [entry] = json.loads(guest.run("outbox", "list", "--all", "--json"))
    assert entry["data"]["set"]["title"] == "Judul yang lain"


def test_json_can_come_from_standard_input(guest: Person) -> None:
    guest.run("new", "lapor", "--json", "-", "title=Judul dari baris", typed='{"title": "X", "where": "none"}')
    [row] = guest.json("list")
    assert guest.json("show", row["id"])["fields"] == {"title": "Judul dari baris", "where": "none"}
    assert "bukan satu objek JSON" in guest.run("new", "lapor", "--json", "-", typed="[1]", exits=1)
    assert "bukan satu objek JSON" in guest.run("new", "lapor", "--json", "-", typed="{", exits=1)
    assert "isian=nilai" in guest.run("new", "lapor", exits=1)
    assert "Yang ada: iptb, krk, lapor" in guest.run("new", "pajak", "a=b", exits=1)


def test_an_interview_asks_each_question_once(guest: Person) -> None:
    guest.terminal = True
    typed = [
        "1", "1", "?", "Lubang di jalan", "Lubang besar di depan pasar", "2", "1", "3", "Jl. Pemuda 3", "",
        "2", "Tetangga", "", "", "", "y",
    ]  # fmt: skip
    said = guest.run("new", "lapor", typed="\n".join(typed) + "\n")
    assert "Jalan rusak – Lubang, aspal" in said and "Semarang Utara" in said
    assert "aman di perangkat ini" in said
    [row] = guest.json("list")
    fields = guest.json("show", row["id"])["fields"]
    assert fields["category"] == "road" and fields["area"].startswith("33.74.01.") and fields["anonymous"] == "public"


def test_an_interview_that_is_stopped_goes_on_later(guest: Person) -> None:
    guest.terminal = True
    said = guest.run("new", "lapor", typed="1\n1\nX\n\n<\nLampu mati di gang\n", exits=1)
    assert "Tulis paling sedikit 5 karakter" in said and "lanjutkan dengan `tenggat edit" in said
    [row] = guest.json("list")
    fields = guest.json("show", row["id"])["fields"]
    assert fields == {"kind": "complaint", "category": "road", "title": "Lampu mati di gang"}
    said = guest.run("edit", row["id"][:8], typed="<\n-\n<\n<\n2\n", exits=1, lang="en")
    assert "4/8  Tell us more" in said and "now: Lampu mati di gang" in said and "now: Damaged road" in said
    assert guest.json("show", row["id"])["fields"] == {"kind": "complaint", "category": "light"}


def test_wards_can_be_named_at_once_or_found_through_the_district(guest: Person) -> None:
    guest.terminal = True
    for typed, code in ((["sekayu"], "33.74.01.1007"), (["semarang tengah", "sekayu"], "33.74.01.1007")):
        name = guest.draft("krk", area="33.74.02.1001")
        answered = guest.json("show", name)["fields"]
        asked = [f.name for f in guest.server.city.service("krk").fields if f.name in answered]
        keys = [""] * asked.index("area") + typed
        guest.run("edit", name, typed="\n".join(keys) + "\n", exits=1)
        assert guest.json("show", name)["fields"]["area"] == code


def test_a_survey_interview_keeps_half_of_it(person: Make) -> None:
    number = person("warga").filed()
    desk, surveyor = person("loket", "front_desk"), person("survei", "surveyor")
    desk.run("act", number, "accept")
    desk.run("sync")
    surveyor.run("sync")
    surveyor.network.offline = surveyor.terminal = True
    said = surveyor.run("act", number, "report_survey", typed="\n-6.98,110.41\n6,5\n", exits=1)
    assert "Ini harus diisi" in said and "tersimpan" in said
    assert "Isian setengah jadi" in surveyor.run("status")
    assert surveyor.json("outbox", "list") == []
    surveyor.network.offline = False
    assert "setengah jadi" in surveyor.run("sign-out", exits=1)
    said = surveyor.run("act", number, "report_survey", typed="1\nya\n\n\n")
    assert "Melanjutkan" in said and "tercatat di perangkat ini" in said
    [entry] = surveyor.json("outbox", "list")
    assert entry["data"]["form"]["road_width"] == 6.5 and entry["data"]["form"]["existing_use"] == "empty"
    assert "Isian setengah jadi" not in surveyor.run("status")


def test_a_correction_opens_only_what_was_marked(person: Make) -> None:
    guest, desk = person("warga"), person("loket", "front_desk")
    number = guest.filed()
    desk.run("sync")
    assert "--mend" in desk.run("act", number, "request_correction", exits=1)
    assert "Tidak ada isian" in desk.run("act", number, "request_correction", "--mend", "xx=y", exits=1)
    desk.terminal = True
    said = desk.run("act", number, "request_correction", typed="nik\nBeda dengan KTP\nbukan\ndocument:pbb\nBuram\n\n\n")
    assert "document:pbb" in said and "Tidak ada isian" in said
    desk.run("sync")
    guest.run("sync")
    shown = guest.flat("show", number)
    assert "Beda dengan KTP" in shown and "menunggu pemohon" in shown
    assert "Hanya isian yang ditandai" in guest.run("edit", number, "name=Lain", exits=1)
    guest.terminal = True
    said = guest.run("edit", number, typed="3374010101010009\n")
    assert "1/1" in said
    assert "tercatat" in guest.run("act", number, "resubmit")
    guest.run("sync")
    assert guest.json("show", number)["stage"] == "completeness"


def test_act_lists_what_can_be_done_and_refuses_the_rest(person: Make) -> None:
    guest, surveyor = person("warga"), person("survei", "surveyor")
    number = guest.filed()
    surveyor.run("sync")
    said = surveyor.run("act", number)
    assert "accept  Nyatakan lengkap\n" in said and "oleh Petugas loket" in said
    assert "✓ Anda bisa" in guest.run("act", number)
    assert "tidak bisa dilakukan di sini sekarang" in surveyor.run("act", number, "report_survey", *SURVEY, exits=1)
    assert "tidak punya tindakan" in surveyor.run("act", number, "terbang", exits=1)
    guest.run("act", number, "withdraw", "--note", "Batal")
    guest.run("sync")
    assert "nothing to be done" in guest.run("act", number, lang="en")
    assert guest.json("list") == [] and len(guest.json("list", "--all")) == 1
    assert "sudah selesai" in guest.run("list")
