"""lock, pin and recover: a profile that opens with a PIN only, and everything else goes on as before in it."""

from collections.abc import Callable
from pathlib import Path

import pytest

from client.store import Store
from client.vault import Profiles
from tests.cli.conftest import Make, Person
from tests.keyrings import QUICK, MemoryKeyring, no_ring, ring

PIN = "274913"
OTHER = "805162"
PHRASE = "kuda meja hujan lampu"


@pytest.fixture
def keyring() -> MemoryKeyring:
    return MemoryKeyring()


@pytest.fixture
def up() -> list[float]:
    """This computer's uptime; a test moves it."""
    return [1_000.0]


@pytest.fixture
def at(person: Make, keyring: MemoryKeyring, up: list[float]) -> Callable[..., Person]:
    """Makes people whose computer has that keyring."""

    def make(*args: str) -> Person:
        made = person(*args)
        made.machine = {"ring": ring(keyring), "cost": QUICK, "uptime": lambda: up[0]}
        return made

    return make


def code_of(said: str) -> str:
    return next(word for word in said.split() if word.count("-") == 7)


def locked(someone: Person, pin: str = PIN) -> str:
    """Locked by now; the recovery code."""
    return code_of(someone.run("--pin-stdin", "lock", typed=f"{pin}\n"))


def run(someone: Person, *args: str, pin: str = PIN, exits: int = 0, lang: str | None = None) -> str:
    return someone.run("--pin-stdin", *args, typed=f"{pin}\n", exits=exits, lang=lang)


def test_a_profile_is_locked_and_goes_on_with_its_pin(at: Make) -> None:
    guest = at("warga")
    name = guest.draft()
    said = guest.run("--pin-stdin", "lock", typed=f"{PIN}\n")
    assert "terkunci mulai sekarang" in said and "hanya ditampilkan sekali" in said and PIN not in said
    assert len(code_of(said)) == 39
    assert name in run(guest, "list")
    run(guest, "submit", name)
    assert "KRK-2026-000001" in run(guest, "sync") + run(guest, "list", "--all")
    assert not list((guest.home / "warga").glob("lock*ing"))


def test_without_the_pin_nothing_is_told(at: Make) -> None:
    guest = at("warga")
    name = guest.draft()
    locked(guest)
    for args in (("list",), ("show", name), ("status",), ("outbox", "list"), ("files", name), ("language", "en")):
        said = guest.run(*args, exits=4)
        assert "terkunci" in said and "--pin-stdin" in said and name not in said
    said = run(guest, "list", pin=OTHER, exits=4)
    assert "tidak cocok" in said and name not in said


def test_at_a_terminal_it_asks(at: Make) -> None:
    guest = at("warga")
    guest.terminal = True
    name = guest.draft()
    said = guest.run("lock", typed=f"{PIN}\n{PIN}\n")
    assert "PIN baru" in said and PIN not in said
    said = guest.run("list", typed=f"{PIN}\n")
    assert said.startswith("PIN:") and name in said and PIN not in said


def test_wrong_pins_wait_and_say_how_long(at: Make, up: list[float]) -> None:
    guest = at("warga")
    locked(guest)
    for _ in range(2):
        assert "Wait" not in run(guest, "list", pin=OTHER, exits=4, lang="en")
    assert "Wait 5 seconds." in run(guest, "list", pin=OTHER, exits=4, lang="en")
    assert "Tunggu 5 detik." in run(guest, "list", exits=4)
    # Before anything is asked for: there is nothing on standard input.
    guest.terminal = True
    assert "Tunggu 5 detik." in guest.run("list", exits=4)
    guest.terminal = False
    up[0] += 5
    run(guest, "list")


def test_the_pin_is_changed(at: Make) -> None:
    guest = at("warga")
    locked(guest)
    assert "tidak cocok" in guest.run("--pin-stdin", "pin", typed=f"{OTHER}\n{OTHER}\n", exits=4)
    assert "at least 6" in guest.run("--pin-stdin", "pin", typed=f"{PIN}\n123456\n", exits=1, lang="en")
    assert "Sudah diganti" in guest.run("--pin-stdin", "pin", typed=f"{PIN}\n{OTHER}\n")
    run(guest, "list", pin=OTHER)
    run(guest, "list", pin=PIN, exits=4)


def test_a_forgotten_pin_is_replaced_by_the_code(at: Make) -> None:
    guest = at("warga")
    name = guest.draft()
    code = locked(guest)
    assert "tidak cocok" in guest.run("--pin-stdin", "recover", typed=f"{code[:-1]}\n{OTHER}\n", exits=4)
    fresh = code_of(guest.run("--pin-stdin", "recover", typed=f"{code.lower()}\n{OTHER}\n"))
    assert fresh != code and name in run(guest, "list", pin=OTHER)
    newest = code_of(guest.run("--pin-stdin", "recover", "--new-code", typed=f"{OTHER}\n"))
    guest.run("--pin-stdin", "recover", typed=f"{fresh}\n{PIN}\n", exits=4)
    guest.run("--pin-stdin", "recover", typed=f"{newest}\n{PIN}\n")
    assert name in run(guest, "list")


def test_a_computer_without_a_keyring_takes_a_passphrase(person: Make) -> None:
    guest = person("warga")
    guest.machine = {"ring": no_ring(), "cost": QUICK}
    assert "12 huruf" in guest.run("--pin-stdin", "lock", typed=f"{PIN}\n", exits=1)
    assert "frasa sandi" in guest.run("--pin-stdin", "lock", typed=f"{PHRASE}\n")
    run(guest, "list", pin=PHRASE)


def test_what_is_said_when_the_keyring_fails(at: Make, keyring: MemoryKeyring) -> None:
    guest = at("warga")
    locked(guest)
    keyring.locked = True
    assert "tidak dihitung" in run(guest, "list", exits=4)
    keyring.locked = False
    keyring.kept.clear()
    assert "kode pemulihan" in run(guest, "list", exits=4)
    guest.machine |= {"ring": no_ring()}
    assert "over SSH" in run(guest, "list", exits=4, lang="en")


def test_what_cannot_be_locked_or_opened_so(at: Make, person: Make) -> None:
    guest = at("warga")
    assert "tidak terkunci" in run(guest, "pin", exits=1)
    assert "tidak terkunci" in run(guest, "recover", exits=1)
    locked(guest)
    assert "sudah terkunci" in run(guest, "lock", exits=1)
    open_elsewhere = at("lain")
    store = open_elsewhere.store()
    assert "sedang dipakai" in run(open_elsewhere, "lock", exits=1)
    store.close()
    for command in ("lock", "pin", "recover", "list"):
        nobody = Person(guest.server, guest.home, "../luar", guest.network, machine=guest.machine)
        assert "nama profil" in run(nobody, command, exits=1)


def test_several_people_share_a_computer(at: Make) -> None:
    one, two = at("satu"), at("dua")
    name = one.draft(name="Pemohon Satu")
    locked(one)
    locked(two, OTHER)
    assert name not in run(two, "list", pin=OTHER) and name in run(one, "list")
    run(one, "list", pin=OTHER, exits=4)
    profiles = Profiles(one.home, one.machine["ring"]).all()
    assert [(p.name, p.locked, p.kind) for p in profiles] == [("dua", True, "pin"), ("satu", True, "pin")]


def test_the_language_and_whose_it_is_are_known_before_it_is_open(at: Make) -> None:
    officer = at("survei", "surveyor")
    officer.run("language", "en")
    locked(officer)
    run(officer, "list")
    said = officer.run("list", exits=4)
    assert "This profile is locked" in said
    assert Profiles(officer.home, officer.machine["ring"]).get("survei").title == "Nama survei"


def test_a_file_is_shown_from_memory_or_not_at_all(at: Make, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    guest = at("warga")
    shown: list[bytes] = []
    monkeypatch.setattr("click.launch", lambda path, **_: shown.append(Path(path).read_bytes()) or 0)
    name = guest.draft()
    guest.run("file", "open", name, "1")
    assert (guest.home / "warga" / "opened").exists()
    locked(guest)
    assert not (guest.home / "warga" / "opened").exists(), "a copy that can be read goes when the profile is locked"
    guest.environment = {"XDG_RUNTIME_DIR": None}
    assert "tenggat file save" in run(guest, "file", "open", name, "1", exits=1)
    memory = tmp_path / "run"
    memory.mkdir(mode=0o755)
    guest.environment = {"XDG_RUNTIME_DIR": str(memory)}
    run(guest, "file", "open", name, "1", exits=1)
    memory.chmod(0o700)
    run(guest, "file", "open", name, "1")
    assert len(shown) == 2 and shown[0] == shown[1]
    assert not (guest.home / "warga" / "opened").exists()


def test_a_store_that_is_not_that_of_the_vault_is_left_alone(at: Make) -> None:
    one, two = at("satu"), at("dua")
    locked(one)
    locked(two)
    there, other = (one.home / name / "device.sqlite" for name in ("satu", "dua"))
    there.write_bytes(other.read_bytes())
    before = there.read_bytes()
    assert "tidak terbuka dengan kuncinya" in run(one, "list", exits=1)
    assert there.read_bytes() == before
    Store(there.with_name("polos.sqlite")).close()
    there.write_bytes(there.with_name("polos.sqlite").read_bytes())
    assert "tidak terenkripsi" in run(one, "list", exits=1)
