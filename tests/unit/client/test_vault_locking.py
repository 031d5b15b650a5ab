"""A plain profile is locked, and the process dies before any step of it: nothing is ever lost, and nothing stays plain
once it is locked."""

import signal
import subprocess
import sys
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from client.store import Store
from client.store.blobs import Blobs
from client.store.database import StoreBroken
from client.vault import Profiles, Vault, locking
from client.vault.refusals import (
    AlreadyLocked,
    BadProfile,
    KeyringLocked,
    NeedsKey,
    NoProfile,
    NoRoomToLock,
    NotLocked,
    ProfileInUse,
    VaultBroken,
    WeakPin,
)
from tests.keyrings import QUICK, MemoryKeyring, ring
from tests.unit.client.test_cipher import forms, readable

PIN = "274913"
NOTE = "catatan yang tidak boleh terbaca"
AT = "2026-03-16T02:00:00Z"


class Killed(BaseException):
    """The process is gone."""


def case(number: int) -> str:
    return f"00000000-0000-4000-8000-{number:012d}"


@pytest.fixture
def keyring() -> MemoryKeyring:
    return MemoryKeyring()


@pytest.fixture
def profiles(tmp_path: Path, keyring: MemoryKeyring) -> Profiles:
    return Profiles(tmp_path / "home", ring(keyring), cost=QUICK)


def work(store: Store, number: int = 1) -> None:
    """Something typed, and a photo that it names."""
    with store.transaction():
        store.outbox.add("case.edit", case(number), {"note": NOTE}, AT, 0)
        store.meta.set("person", {"name": "Nama survei"})
    store.blobs.put([f"foto {number} {NOTE}".encode() * 4000])


def same(store: Store, number: int = 1) -> None:
    """It is all there, and goes on as before."""
    assert [entry.data for entry in store.outbox.entries()] == [{"note": NOTE}] * number
    assert store.meta.get("person") == {"name": "Nama survei"}
    sha256 = store.blobs.put([f"foto 1 {NOTE}".encode() * 4000])[0]
    assert store.blobs.sound(sha256) and len(list(store.blobs.folder.glob("??/*"))) == number
    assert store._db.execute("PRAGMA user_version").fetchone()[0] > 1
    assert store.outbox.add("case.edit", case(9), {}, AT, 0) == number + 1


def plain(profiles: Profiles, name: str) -> Path:
    store = profiles.open(name)
    work(store)
    store.close()
    (profiles.home / name / "opened").mkdir()
    (profiles.home / name / "opened" / "ktp.jpg").write_bytes(NOTE.encode())
    return profiles.home / name


def test_everything_is_there_afterwards_and_nothing_can_be_read(profiles: Profiles) -> None:
    folder = plain(profiles, "survei")
    secret = [*forms(NOTE), *forms("Nama survei"), *forms(case(1)), b"SQLite format"]
    assert readable(folder, secret)
    made = profiles.lock("survei", PIN)
    assert readable(folder, secret) == set()
    assert sorted(p.name for p in folder.iterdir() if p.suffix != ".lock") == [
        "device.sqlite", "device.sqlite.files", "vault.json"
    ]  # fmt: skip
    assert all(p.stat().st_mode & 0o77 == 0 for p in folder.glob("**/*") if p.suffix != ".lock")
    key = profiles.unlock("survei", PIN)
    assert key == made.key
    with_key = profiles.open("survei", key)
    same(with_key)
    with_key.close()
    assert made.recovery is not None and profiles.recover("survei", made.recovery, "805162")[0] == key
    with pytest.raises(NeedsKey):
        profiles.open("survei")
    with pytest.raises(AlreadyLocked):
        profiles.lock("survei", PIN)


def test_it_may_die_before_any_step(profiles: Profiles, keyring: MemoryKeyring) -> None:
    steps: list[str] = []
    plain(profiles, "alle")
    profiles.lock("alle", PIN, steps.append)
    turning = steps.index("lock")
    assert len(steps) > 10 and {"copy database", "write file", "lock", "move database", "move vault"} <= set(steps)
    for dying in range(len(steps)):
        name = f"mati-{dying}"
        folder = plain(profiles, name)
        _die(lambda step, name=name: profiles.lock(name, PIN, step), dying)
        # A new process knows nothing of it.
        again = Profiles(profiles.home, ring(keyring), cost=QUICK)
        assert again.get(name).locked == (dying > turning), steps[dying]
        if dying <= turning:
            store = again.open(name)
            same(store)
            store.close()
            assert not (folder / "locking").exists(), "what was begun is cleared away"
        else:
            with pytest.raises(NeedsKey):
                again.open(name)
            assert readable(folder, forms(NOTE)) == set()
            store = again.open(name, again.unlock(name, PIN))
            same(store)
            store.close()
        assert not (folder / "locked").exists()
        if dying <= turning:
            again.lock(name, PIN)
            store = again.open(name, again.unlock(name, PIN))
            assert len(store.outbox.entries()) == 2
            store.close()
    used = {Vault(p, ring(keyring)).id for p in profiles.home.iterdir()}
    assert {name for _, name in keyring.kept} == used, "the keyring keeps nothing of what came to nothing"


def test_it_may_die_again_while_it_is_finished(profiles: Profiles, keyring: MemoryKeyring) -> None:
    steps: list[str] = []
    plain(profiles, "alle")
    profiles.lock("alle", PIN, steps.append)
    rest = len(steps) - steps.index("lock") - 1
    for first in range(rest):
        for second in range(rest):
            name = f"mati-{first}-{second}"
            folder = plain(profiles, name)
            _die(lambda step, name=name: profiles.lock(name, PIN, step), len(steps) - rest + first)
            _die(lambda step, folder=folder: locking.settle(folder, profiles.ring, step), second)
            store = profiles.open(name, profiles.unlock(name, PIN))
            same(store)
            store.close()


def _die(act: Callable[[Callable[[str], None]], Any], before: int) -> None:
    left = [before]

    def step(_: str) -> None:
        if left[0] == 0:
            raise Killed
        left[0] -= 1

    with suppress(Killed):
        act(step)


_LOCKER = """
import os, signal, sys
from pathlib import Path
from client.vault import Profiles
from tests.keyrings import QUICK, no_ring
left = [int(sys.argv[2])]
def step(_):
    if not left[0]:
        os.kill(os.getpid(), signal.SIGKILL)
    left[0] -= 1
Profiles(Path(sys.argv[1]), no_ring(), cost=QUICK).lock("survei", "kuda meja hujan lampu", step)
"""


def test_a_real_process_that_is_killed(tmp_path: Path) -> None:
    from tests.keyrings import no_ring

    died = 0
    for dying in range(0, 40, 3):
        home = tmp_path / str(dying)
        profiles = Profiles(home, no_ring(), cost=QUICK)
        plain(profiles, "survei")
        ended = subprocess.run([sys.executable, "-c", _LOCKER, str(home), str(dying)], check=False, timeout=60)
        assert ended.returncode in (0, -signal.SIGKILL)
        died += ended.returncode != 0
        locked = profiles.get("survei").locked
        store = profiles.open("survei", profiles.unlock("survei", "kuda meja hujan lampu") if locked else None)
        same(store)
        store.close()
        if ended.returncode == 0:
            break
    assert died >= 3 and locked


def test_a_profile_that_is_open_is_not_locked(profiles: Profiles, tmp_path: Path) -> None:
    folder = plain(profiles, "survei")
    store = profiles.open("survei")
    with pytest.raises(ProfileInUse):
        profiles.lock("survei", PIN)
    store.close()
    # Nor one that another process has open.
    other = subprocess.Popen(
        [sys.executable, "-c", "import sys\nfrom pathlib import Path\nfrom client.store import Store\n"
         "store = Store(Path(sys.argv[1]))\nprint('open', flush=True)\nsys.stdin.read()\nstore.close()",
         str(folder / "device.sqlite")],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    assert other.stdout is not None and other.stdout.readline() == "open\n"
    with pytest.raises(ProfileInUse):
        profiles.lock("survei", PIN)
    other.communicate()
    again = profiles.open("survei")
    same(again)
    again.close()
    assert not profiles.is_locked("survei") and not (folder / "locking").exists()


def test_whatever_stops_it_leaves_the_profile_as_it_was(
    profiles: Profiles, keyring: MemoryKeyring, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = plain(profiles, "survei")

    def full(*_: object) -> Any:
        raise OSError(28, "No space left on device")

    def refused(error: type[BaseException], secret: str = PIN) -> None:
        with pytest.raises(error):
            profiles.lock("survei", secret)
        assert not profiles.is_locked("survei") and not keyring.kept and not (folder / "locking").exists()
        store = profiles.open("survei")
        assert store.outbox.entries()[0].data == {"note": NOTE}
        store.close()

    refused(WeakPin, "123456")
    keyring.locked = True
    refused(KeyringLocked)
    keyring.locked = False
    with monkeypatch.context() as patch:
        patch.setattr("client.vault.locking.SealedBlobs.put", full)
        refused(OSError)
    with monkeypatch.context() as patch:
        patch.setattr("client.vault.locking._counts", lambda connection: object())
        refused(StoreBroken)
    with monkeypatch.context() as patch:
        patch.setattr("client.vault.locking.SPARE", 1 << 62)
        refused(NoRoomToLock)
    profiles.lock("survei", PIN)


def test_bytes_that_were_damaged_before_are_left_out_and_the_rest_goes_along(profiles: Profiles) -> None:
    store = profiles.open("survei")
    work(store, 1)
    lost = store.blobs.put([b"x" * 1000])[0]
    store.blobs.part("satu").open("wb").close()
    store.close()
    (profiles.home / "survei" / "device.sqlite.files" / lost[:2] / lost).write_bytes(b"damaged")
    profiles.lock("survei", PIN)
    store = profiles.open("survei", profiles.unlock("survei", PIN))
    assert not store.blobs.has(lost)
    same(store)
    store.close()


def test_a_new_profile_is_locked_from_its_first_byte(profiles: Profiles) -> None:
    made = profiles.make("Dinas Penataan Ruang", PIN, language="id")
    assert made.name == "dinas-penataan-ruang" and made.recovery and made.key
    assert made.recovery not in repr(made) and made.key.hex() not in repr(made) and str(made.key) not in repr(made)
    store = profiles.open(made.name, profiles.unlock(made.name, PIN))
    work(store)
    assert readable(profiles.home / made.name, [*forms(NOTE), b"SQLite format"]) == set()
    store.close()
    listed = profiles.get(made.name)
    assert (listed.title, listed.locked, listed.kind, listed.wait) == ("Dinas Penataan Ruang", True, "pin", 0)
    assert listed.language == "id"


def test_a_weak_pin_makes_no_profile(profiles: Profiles, keyring: MemoryKeyring) -> None:
    with pytest.raises(WeakPin):
        profiles.make("Survei", "111111")
    assert profiles.all() == [] and list(profiles.home.iterdir()) == [] and not keyring.kept
    assert profiles.make("Survei", PIN).name == "survei"


@pytest.mark.parametrize(("title", "name"), [
    ("Petugas Ölçüm", "petugas-olcum"), ("测量", "profil"), ("../../etc/passwd", "etc-passwd"), ("", "profil"),
    ("CON", "profil-con"), ("a" * 90, "a" * 30), ("  Dua   kata ", "dua-kata"), (".", "profil"),
])  # fmt: skip
def test_names_are_made_from_titles(profiles: Profiles, title: str, name: str) -> None:
    assert profiles.make(title).name == name
    assert profiles.make(title).name == f"{name}-2"
    assert len(profiles.all()) == 2


def test_several_profiles_share_a_computer(profiles: Profiles) -> None:
    one, two = profiles.make("Zaitun", PIN), profiles.make("Anggrek", "805162")
    free = profiles.make("Polos")
    (profiles.home / "notes.txt").write_text("", encoding="utf-8")
    (profiles.home / "empty").mkdir()
    assert [(p.title, p.locked) for p in profiles.all()] == [("Anggrek", True), ("Polos", False), ("Zaitun", True)]
    store = profiles.open(one.name, one.key)
    work(store)
    with pytest.raises(StoreBroken):
        profiles.open(one.name, two.key)
    with pytest.raises(NotLocked):
        profiles.open(free.name, two.key)
    store.close()
    profiles.describe(one.name, "Kenanga", "en")
    assert (profiles.get(one.name).title, profiles.get(one.name).language) == ("Kenanga", "en")


def test_waits_are_shown_without_the_key(tmp_path: Path, keyring: MemoryKeyring) -> None:
    now = [100.0]
    profiles = Profiles(tmp_path, ring(keyring), clock=lambda: now[0], cost=QUICK)
    made = profiles.make("Survei", PIN)
    for _ in range(3):
        with pytest.raises(Exception, match="not right"):
            profiles.unlock(made.name, "000111")
    assert profiles.get(made.name).wait == 5
    now[0] += 5
    assert profiles.get(made.name).wait == 0 and profiles.unlock(made.name, PIN) == made.key


def test_a_profile_is_forgotten_with_its_key(profiles: Profiles, keyring: MemoryKeyring) -> None:
    made = profiles.make("Survei", PIN)
    other = profiles.make("Lain", PIN)
    profiles.forget(made.name)
    assert not (profiles.home / made.name).exists() and [p.name for p in profiles.all()] == [other.name]
    assert len(keyring.kept) == 1
    profiles.forget(made.name)
    profiles.forget("never-there")


def test_what_is_no_profile_is_told(profiles: Profiles) -> None:
    for name in ("", "..", "../x", "a/b", ".hidden", "a" * 41, "x\x00"):
        with pytest.raises(BadProfile):
            profiles.folder(name)
    with pytest.raises(NoProfile):
        profiles.unlock("tidak-ada", PIN)
    with pytest.raises(NotLocked):
        profiles.vault(profiles.make("Polos").name)


def test_one_damaged_vault_keeps_nobody_from_the_others(profiles: Profiles) -> None:
    one, two = profiles.make("Satu", PIN), profiles.make("Dua", PIN)
    (profiles.home / one.name / "vault.json").write_bytes(b"{")
    (profiles.home / two.name / "profile.json").write_bytes(b"\xff")
    listed = {p.name: p for p in profiles.all()}
    assert listed[one.name].locked and listed[one.name].kind is None and listed[two.name].title == two.name
    with pytest.raises(VaultBroken):
        profiles.unlock(one.name, PIN)
    assert profiles.unlock(two.name, PIN) == two.key


def test_opening_waits_for_whoever_is_locking(profiles: Profiles) -> None:
    """What is opened while a profile is being locked opens what it has become."""
    import threading

    folder = plain(profiles, "survei")
    told: list[str] = []

    def opens() -> None:
        try:
            profiles.open("survei").close()
            told.append("plain")
        except NeedsKey:
            told.append("locked")

    threads: list[threading.Thread] = []

    def step(what: str) -> None:
        if what == "copy database":
            threads.append(threading.Thread(target=opens))
            threads[0].start()

    profiles.lock("survei", PIN, step)
    threads[0].join(30)
    assert told == ["locked"] and Blobs(folder / "x").folder.parent == folder
