"""Signing in, up and out, guests, languages, profiles: who a device speaks for."""

import json
import stat
from pathlib import Path

import pytest

from server.access import closing
from server.admin import sessions
from tests.cli.conftest import ADDRESS, PASSWORD, Make, Person


def test_a_guest_begins_and_holds_the_catalogue(person: Make) -> None:
    guest = person("warga")
    assert "krk" in guest.run("services")
    assert guest.json("status")["guest"] is True
    assert guest.json("status")["server"] == ADDRESS


def test_a_guest_without_a_network_is_ready_and_told_so(fresh: Person) -> None:
    fresh.network.offline = True
    said = fresh.run("guest", "--server", ADDRESS)
    assert "siap dipakai" in said and "tidak dapat dihubungi" in said
    fresh.network.offline = False
    fresh.run("sync")
    assert "lapor" in fresh.run("services")


def test_signing_in_asks_and_fetches(person: Make, fresh: Person) -> None:
    person("survei", "surveyor")
    fresh.terminal = True
    said = fresh.run("sign-in", "--server", ADDRESS, typed=f"survei\n{PASSWORD}\n")
    assert "Masuk sebagai Nama survei (Petugas survei)" in said
    assert PASSWORD not in said


def test_wrong_password_and_no_network_say_what_to_do(person: Make, fresh: Person) -> None:
    person("survei", "surveyor")
    args = ("sign-in", "survei", "--server", ADDRESS, "--password-stdin")
    assert "tidak cocok" in fresh.run(*args, typed="salah\n", exits=4)
    assert "Sandi kosong" in fresh.run(*args, typed="\n", exits=4)
    fresh.network.offline = True
    assert "cannot be reached" in fresh.run(*args, typed=f"{PASSWORD}\n", exits=3, lang="en")


def test_the_address_is_asked_for_checked_and_remembered(fresh: Person) -> None:
    assert "--server" in fresh.run("guest", exits=1)
    assert "bukan alamat" in fresh.run("guest", "--server", "ftp://x", exits=1)
    assert "bukan alamat" in fresh.run("guest", "--server", "http://a b", exits=1)
    fresh.run("guest", "--server", "kota.example/", "--no-sync")
    assert fresh.json("status")["server"] == ADDRESS


OPEN = "http://kota.example"


@pytest.mark.parametrize("args", [("guest",), ("sign-in", "survei"), ("sign-up", "warga", "--name", "Warga")])
def test_plain_http_to_another_computer_is_refused_without_a_yes(fresh: Person, args: tuple[str, ...]) -> None:
    fresh.network.offline = True
    for address in (OPEN, "http://10.0.0.7:8000", "http://kantor.local", "http://kota.test"):
        told = fresh.run(*args, "--server", address, exits=1, typed=f"{PASSWORD}\n")
        assert f"`tenggat --profile baru plain-http {address}`" in " ".join(told.split())
    assert fresh.json("status")["server"] is None
    fresh.environment = {"TENGGAT_SERVER": OPEN}
    assert "tidak terenkripsi" in fresh.flat(*args, exits=1)


def test_a_yes_to_plain_http_is_for_one_address_and_is_kept_until_it_is_taken_back(person: Make, fresh: Person) -> None:
    person("survei", "surveyor")
    args = ("sign-in", "survei", "--password-stdin")
    told = fresh.flat("plain-http", OPEN)
    assert "Awas" in told and f"{OPEN} tidak terenkripsi" in told
    fresh.run(*args, "--server", OPEN, typed=f"{PASSWORD}\n")
    fresh.run("sign-out")
    fresh.run(*args, typed=f"{PASSWORD}\n")
    fresh.run("sign-out")
    assert "not encrypted" in fresh.flat(*args, "--server", "http://lain.example", exits=1, lang="en")
    fresh.run("plain-http", "none")
    assert "plain-http http://kota.example" in fresh.flat(*args, exits=1)


def test_whoever_is_signed_in_says_yes_to_plain_http_too(person: Make) -> None:
    desk = person("survei", "surveyor")
    assert "tidak mengirim kata sandi" in desk.flat("plain-http")
    desk.run("plain-http", f"{OPEN}/")
    assert f"{OPEN} is not encrypted" in desk.flat("plain-http", lang="en")
    for closed in (ADDRESS, "kota.example", "http://localhost:8000", "ftp://x", "a b"):
        assert "tidak perlu persetujuan" in desk.flat("plain-http", closed, exits=1)
    assert OPEN in desk.flat("plain-http"), "what was no such address changed nothing"
    desk.run("plain-http", "none")
    assert "tidak mengirim kata sandi" in desk.flat("plain-http")


def test_whoever_is_signed_in_is_asked_before_a_password_or_a_code_goes(person: Make, fresh: Person) -> None:
    desk = person("survei", "surveyor")
    fresh.run("sign-in", "survei", "--server", ADDRESS, "--password-stdin", typed=f"{PASSWORD}\n")
    other = desk.json("devices", "list")[1]["id"][:8]
    desk.store().meta.set("server", OPEN)
    deeds = [
        (("password", "--password-stdin"), f"{PASSWORD}\nangin di atas atap\n"),
        (("devices", "end", other, "--password-stdin"), f"{PASSWORD}\n"),
        (("enrol", "c" * 43), None),
    ]
    for args, typed in deeds:
        told = " ".join(desk.run(*args, typed=typed, exits=1).split())
        assert f"`tenggat --profile survei plain-http {OPEN}`" in told
    assert len(desk.json("devices", "list")) == 2
    desk.run("plain-http", OPEN)
    desk.run(*deeds[1][0], typed=deeds[1][1])
    desk.run(*deeds[0][0], typed=deeds[0][1])


def test_a_profile_that_is_older_than_the_question_is_asked_it(fresh: Person) -> None:
    fresh.store().meta.set("server", OPEN)
    told = fresh.run("sign-in", "survei", "--password-stdin", exits=1, typed=f"{PASSWORD}\n")
    assert "tidak terenkripsi" in " ".join(told.split())


@pytest.mark.parametrize("address", ["http://127.0.0.1:8000", "http://localhost", "http://[::1]:8000", "kota.example"])
def test_this_computer_and_what_is_encrypted_need_no_yes(fresh: Person, address: str) -> None:
    assert "terenkripsi" not in fresh.run("guest", "--server", address, "--no-sync")


def test_a_profile_stays_with_its_city(person: Make) -> None:
    guest = person("warga")
    guest.draft()
    assert "profil lain" in guest.run("guest", "--server", "https://lain.example", exits=1)


def test_a_guest_signs_up_and_keeps_the_cases(person: Make) -> None:
    guest = person("warga")
    number = guest.filed()
    assert "terlalu" not in guest.run(
        "sign-up", "tetangga", "--name", "Warga Dua", "--password-stdin", typed=f"{PASSWORD}\n"
    )
    assert guest.json("status")["guest"] is False
    assert [row["number"] for row in guest.json("list")] == [number]
    assert "sudah masuk sebagai Warga Dua" in guest.run("sign-in", "tetangga", "--password-stdin", exits=1)


def test_a_password_is_changed_by_who_knows_the_old_one(person: Make, fresh: Person) -> None:
    new = "angin di atas atap"
    desk, other = person("survei", "surveyor"), fresh
    other.run("sign-in", "survei", "--server", ADDRESS, "--password-stdin", typed=f"{PASSWORD}\n")
    assert "sekarang tidak cocok" in desk.run("password", "--password-stdin", typed=f"salah\n{new}\n", exits=4)
    told = desk.run("password", "--password-stdin", typed=f"{PASSWORD}\npassword12\n", exits=1)
    assert "mudah ditebak" in told
    told = desk.run("password", "--password-stdin", typed=f"{PASSWORD}\n{PASSWORD}\n", exits=1)
    assert "Ini kata sandi yang sekarang" in told
    desk.terminal = True
    told = desk.run("password", "--others", typed=f"{PASSWORD}\n{new}\n{new}\n", lang="en")
    assert "was changed" in told and "1 other device put out" in told
    assert PASSWORD not in told and new not in told
    assert "dicabut" in other.run("sync", exits=4)
    desk.run("sync")
    other.run("sign-in", "survei", "--server", ADDRESS, "--password-stdin", typed=f"{PASSWORD}\n", exits=4)
    other.run("sign-in", "survei", "--server", ADDRESS, "--password-stdin", typed=f"{new}\n")


def test_a_person_sees_their_devices_and_puts_one_out(person: Make, fresh: Person) -> None:
    desk, lost = person("survei", "surveyor"), fresh
    assert "Hanya perangkat ini" in desk.flat("devices")
    lost.run("sign-in", "survei", "--server", ADDRESS, "--password-stdin", typed=f"{PASSWORD}\n")
    this, other = desk.json("devices", "list")
    assert (this["this"], other["this"]) == (True, False)
    said = desk.flat("devices")
    assert f"{this['id'][:8]} Tenggat di komputer (tenggat " in said and "perangkat ini" in said
    assert "Terakhir tersambung Senin, 16 Maret 2026" in said
    assert "Last here Monday, 16 March 2026" in desk.flat("devices", lang="en")
    lost.network.offline = True
    lost.draft("lapor", where="words")
    lost.network.offline = False
    end = ("devices", "end", other["id"][:8], "--password-stdin")
    assert "tidak cocok" in desk.run(*end, typed="salah\n", exits=4)
    told = desk.run(*end, typed=f"{PASSWORD}\n")
    assert "diserahkan dulu ke server" in told and "sudah dikeluarkan" in told and PASSWORD not in told
    assert len(desk.json("devices", "list")) == 1
    lost.environment = {"COLUMNS": "200"}
    assert "dicabut" in lost.run("sync", exits=4)
    assert lost.json("list") == []
    assert desk.server.rows("SELECT status FROM command")[0].status == "quarantined"


def test_which_device_is_meant_is_asked_back_and_this_one_signs_out(person: Make) -> None:
    desk = person("survei", "surveyor")
    (this,) = desk.json("devices", "list")
    assert "tenggat sign-out" in desk.run("devices", "end", this["id"], exits=1)
    assert "tenggat devices" in desk.run("devices", "end", "tidak-ada", exits=1)
    for number in ("1", "2"):
        desk.server.execute(
            "INSERT INTO device (id, person_id, token, created, app, health)"
            " SELECT :id, person_id, :token, created, '', '{}' FROM device WHERE id = :this",
            id=f"same-{number}", token=number.encode(), this=this["id"],
        )  # fmt: skip
    assert "same-1, same-2" in desk.run("devices", "end", "SAME", exits=1)
    assert "belum pernah tersambung" in desk.flat("devices")


def test_a_session_on_the_admin_pages_is_put_out_too(person: Make) -> None:
    desk = person("atasan", "supervisor")
    me = desk.json("status")["person"]["id"]
    cookie = sessions.begin(desk.server.engine, desk.server.world.sources, me)
    _, session = desk.json("devices", "list")
    assert f"{session['id'][:8]} Halaman admin Masuk Senin, 16 Maret 2026" in desk.flat("devices")
    told = desk.run("devices", "end", session["id"][:8], "--password-stdin", typed=f"{PASSWORD}\n", lang="en")
    assert "That session ends at once" in told and "was put out" in told
    assert sessions.visitor_of(desk.server.engine, cookie, desk.server.clock()) is None


def test_devices_need_an_account_and_a_network(person: Make) -> None:
    assert "sign-up" in person("warga").run("devices", exits=4)
    desk = person("survei", "surveyor")
    desk.network.offline = True
    assert "tidak dapat dihubungi" in desk.run("devices", exits=3)


def test_a_password_that_was_made_up_is_told_at_the_sign_in_until_one_chooses(person: Make, fresh: Person) -> None:
    server = person("survei", "surveyor").server
    told = closing.set_password(server.engine, server.city, server.world.sources, "survei", "cli").told or ""
    args = ("sign-in", "survei", "--server", ADDRESS, "--password-stdin")
    said = fresh.run(*args, typed=f"{told}\n")
    assert "berlaku sampai Senin, 23 Maret 2026" in " ".join(said.split()) and "`tenggat password`" in said
    assert fresh.json("status")["person"]["password_until"]
    fresh.run("password", "--password-stdin", typed=f"{told}\nangin di atas atap\n")
    assert "password_until" not in fresh.json("status")["person"]
    again = closing.set_password(server.engine, server.city, server.world.sources, "survei", "cli").told or ""
    server.clock.move(days=8)
    fresh.run("sign-out")
    assert "lewat masanya" in fresh.run(*args, typed=f"{again}\n", exits=4)


def test_a_guest_has_no_password(person: Make) -> None:
    assert "sign-up" in person("warga").run("password", exits=4)


def test_signing_up_says_what_is_wrong(person: Make, fresh: Person) -> None:
    person("survei", "surveyor")
    said = fresh.run(
        "sign-up", "tetangga", "--name", "Tetangga", "--server", ADDRESS, "--password-stdin", typed="pendek\n", exits=1
    )
    assert "password" in said
    args = ("sign-up", "survei", "--name", "S", "--server", ADDRESS, "--password-stdin")
    assert "Sudah ada" in fresh.run(*args, typed=f"{PASSWORD}\n", exits=1)
    fresh.terminal = True
    said = fresh.run("sign-up", "--server", ADDRESS, typed=f"warga\nWarga\n{PASSWORD}\n{PASSWORD}\n")
    assert "Akun Warga jadi" in said


def test_signing_out_waits_until_everything_is_received(person: Make) -> None:
    desk = person("loket", "front_desk")
    desk.draft()
    assert "status" in desk.run("sign-out", exits=1)
    desk.run("sync")
    assert "dihapus" in desk.run("sign-out")
    assert "belum masuk" in desk.run("sync", exits=4)
    assert "belum masuk" in desk.run("sign-out", exits=4)
    assert "tidak ada" in desk.run("status").lower() or "belum" in desk.run("status")
    assert "Belum ada berkas" in desk.run("list")


def test_a_guest_cannot_sign_out_and_is_told_why(person: Make) -> None:
    assert "sign-up" in person("warga").run("sign-out", exits=1)


def test_the_next_person_at_a_device_finds_nothing_and_sends_nothing_of_the_last(person: Make) -> None:
    desk = person("loket", "front_desk")
    number = desk.filed()
    desk.run("sign-out")
    person("loket2", "front_desk")
    desk.run("sign-in", "loket2", "--password-stdin", typed=f"{PASSWORD}\n")
    assert desk.json("status")["person"]["name"] == "Nama loket2" and desk.run("outbox", "list", "--all")
    assert json.loads(desk.run("outbox", "list", "--all", "--json")) == []
    desk.run("show", number)
    assert "1 dikirim" in desk.run("sync")


def test_languages_are_saved_given_and_taken_from_the_environment(person: Make) -> None:
    guest = person("warga")
    assert "Belum ada berkas" in guest.run("list")
    assert "No cases" in guest.run("list", lang="en")
    assert "No cases" in guest.run("list", "--lang", "en")
    guest.run("language", "en")
    assert "No cases" in guest.run("list")
    guest.environment = {"TENGGAT_LANG": "id"}
    assert "Belum ada berkas" in guest.run("list")


def test_only_the_owner_of_the_computer_can_read_the_folder(person: Make) -> None:
    guest = person("warga")
    guest.draft()
    folder = Path(guest.json("status")["folder"])
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    for file in folder.glob("device.sqlite*"):
        assert stat.S_IMODE(file.stat().st_mode) & 0o077 == 0 or file.suffix == ".lock", file


def test_a_profile_needs_a_plain_name(fresh: Person) -> None:
    fresh.profile = "../lain"
    assert "nama profil" in fresh.run("list", exits=1)


def test_before_the_first_sync_every_command_says_how_to_begin(fresh: Person) -> None:
    for args in (["list"], ["services"], ["areas"], ["show", "x"], ["new", "krk", "a=b"], ["act", "x"]):
        assert "guest --server" in fresh.run(*args, exits=1)
    assert "belum pernah" in fresh.run("status")
    assert "Tidak ada yang menunggu" in fresh.run("outbox")
