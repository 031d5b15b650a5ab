"""The vault: what opens it, what does not, what each wrong try costs, and the way back."""

import json
import re
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import Any

import msgspec
import pytest

from client.vault import Vault, delays, wrapping
from client.vault.refusals import (
    KeyringAway,
    KeyringLocked,
    KeyringLost,
    Refusal,
    TooSoon,
    VaultBroken,
    WeakPassphrase,
    WeakPin,
    WrongCode,
    WrongSecret,
)
from client.vault.ring import SERVICE
from client.vault.uptime import uptime
from client.vault.wrapping import STRONG
from sync.errors import from_problem
from tests.keyrings import QUICK, MemoryKeyring, PlainTextKeyring, no_ring, ring

PIN = "274913"
OTHER = "805162"
PHRASE = "kuda meja hujan lampu"


@pytest.fixture
def keyring() -> MemoryKeyring:
    return MemoryKeyring()


@pytest.fixture
def made(tmp_path: Path, keyring: MemoryKeyring) -> tuple[Vault, bytes, str]:
    return Vault.create(tmp_path, PIN, ring(keyring), QUICK)


def fail(vault: Vault, now: float, secret: str = "000111") -> int:
    """A wrong PIN; the seconds that are to be waited."""
    with pytest.raises(WrongSecret) as refused:
        vault.open(secret, now)
    found: int = refused.value.extra["retry_after"]
    return found


def test_the_pin_opens_it_and_nothing_else_does(made: Any, tmp_path: Path, keyring: MemoryKeyring) -> None:
    vault, key, _ = made
    assert vault.kind == "pin" and len(key) == 32
    again = Vault(tmp_path, ring(keyring))
    assert again.open(PIN, 0) == key and again.open(f" {PIN} ", 0) == key
    assert fail(again, 0, OTHER) == 0 and fail(again, 0, "") == 0
    with pytest.raises(FileExistsError):
        Vault.create(tmp_path, OTHER, ring(keyring), QUICK)
    assert again.open(PIN, 100) == key


def test_nothing_of_the_key_lies_on_the_disk(made: Any, tmp_path: Path, keyring: MemoryKeyring) -> None:
    vault, key, code = made
    found = (tmp_path / "vault.json").read_bytes()
    secrets = [key, key.hex().encode(), msgspec.json.encode(key).strip(b'"'), PIN.encode(), code.encode()]
    assert not [secret for secret in secrets if secret in found]
    assert (tmp_path / "vault.json").stat().st_mode & 0o77 == 0
    kept = next(iter(keyring.kept.values()))
    assert kept.encode() not in found, "half of it is in the keyring alone"
    assert list(keyring.kept) == [(SERVICE, vault.id)]


def test_a_disk_without_its_keyring_is_of_no_use(made: Any, tmp_path: Path, keyring: MemoryKeyring) -> None:
    """Whoever steals the disk knows the file, and tries a PIN with any keyring of their own."""
    stolen = MemoryKeyring()
    stolen.kept = dict.fromkeys(keyring.kept, "A" * 43 + "=")
    thief = Vault(tmp_path, ring(stolen))
    fail(thief, 0, PIN)


def test_two_computers_or_profiles_never_have_the_same_key(tmp_path: Path) -> None:
    one = Vault.create(tmp_path / "a", PIN, ring(), QUICK)
    two = Vault.create(tmp_path / "b", PIN, ring(), QUICK)
    assert one[1] != two[1] and one[2] != two[2] and one[0].id != two[0].id


def test_each_wrong_try_after_the_third_costs_more(made: Any) -> None:
    vault, key, _ = made
    now, waits = 1_000.0, []
    for _ in range(10):
        waits.append(fail(vault, now))
        now += vault.wait(now)
    assert waits == [0, 0, 5, 15, 60, 300, 900, 3600, 3600, 3600]
    assert vault.open(PIN, now) == key, "and the right one opens it all the same"
    assert fail(vault, now) == 0, "it begins anew"


def test_while_it_waits_not_even_the_right_one_is_looked_at(made: Any) -> None:
    vault, key, _ = made
    for _ in range(3):
        fail(vault, 50.0)
    for passed, left in ((0.0, 5), (0.1, 5), (4.0, 1), (4.9, 1)):
        with pytest.raises(TooSoon) as refused:
            vault.open(PIN, 50.0 + passed)
        assert refused.value.extra["retry_after"] == left == vault.wait(50.0 + passed)
    with pytest.raises(TooSoon):
        vault.check(54.9)
    vault.check(55.0)
    assert vault.open(PIN, 55.0) == key


def test_what_is_asked_too_soon_is_not_a_wrong_try(made: Any) -> None:
    vault, _, _ = made
    for _ in range(3):
        fail(vault, 50.0)
    for _ in range(20):
        with pytest.raises(TooSoon):
            vault.open("999111", 51.0)
    assert fail(vault, 55.0) == 15, "the fourth"


def test_a_restart_of_the_computer_shortens_nothing(made: Any, tmp_path: Path, keyring: MemoryKeyring) -> None:
    vault, key, _ = made
    for n in range(5):
        fail(vault, 10_000.0 + 100 * n)
    assert vault.wait(10_400.0) == 60
    # Started anew: the clock begins at nought, and only what has passed since is sure.
    again = Vault(tmp_path, ring(keyring))
    assert again.wait(0.0) == 60 and again.wait(20.0) == 40 and again.wait(60.0) == 0
    # One that has been up for longer than at the last try: no more than what lies between.
    assert again.wait(10_410.0) == 50
    assert again.open(PIN, 60.0) == key


def test_no_clock_that_can_be_set_is_asked(made: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    vault, _, _ = made
    for _ in range(4):
        fail(vault, 1_000.0) if vault.wait(1_000.0) == 0 else fail(vault, 1_005.0)
    for moved in (-10_000_000, 10_000_000):
        monkeypatch.setattr("time.time", lambda moved=moved: 1_700_000_000 + moved)
        assert vault.wait(1_006.0) == 14


def test_uptime_goes_on_and_is_no_date() -> None:
    first = uptime()
    assert 0 < first <= uptime() < 1_000_000_000


@pytest.mark.parametrize(("passed", "left"), [(0, 3600), (3599.2, 1), (3600, 0), (9e9, 0)])
def test_what_is_left(passed: float, left: int) -> None:
    assert delays.left(8, 500.0, 500.0 + passed) == left
    assert delays.left(0, 500.0, 500.0 + passed) == 0


def test_a_process_that_is_killed_while_it_looks_has_used_a_try(
    made: Any, tmp_path: Path, keyring: MemoryKeyring, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Killed(BaseException):
        pass

    def dies(*_: object) -> bytes:
        raise Killed

    _, key, _ = made
    with monkeypatch.context() as patch:
        patch.setattr(wrapping, "wrapping_key", dies)
        for _ in range(3):
            with pytest.raises(Killed):
                Vault(tmp_path, ring(keyring)).open(PIN, 10.0)
    again = Vault(tmp_path, ring(keyring))
    assert again.wait(10.0) == 5
    assert again.open(PIN, 15.0) == key


def test_a_disk_on_which_no_try_can_be_counted_gives_none(made: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    vault, _, _ = made
    monkeypatch.setattr("client.vault.vault.write_whole", full)
    with pytest.raises(OSError, match="No space"):
        vault.open(PIN, 0)


def test_a_locked_keyring_is_nobodys_wrong_pin(made: Any, keyring: MemoryKeyring) -> None:
    vault, key, _ = made
    keyring.locked = True
    for _ in range(10):
        with pytest.raises(KeyringLocked):
            vault.open(PIN, 0)
    keyring.locked = False
    assert vault.wait(0) == 0 and vault.open(PIN, 0) == key


def test_a_keyring_that_is_away_or_lost_it_says_so(made: Any, tmp_path: Path, keyring: MemoryKeyring) -> None:
    vault, key, code = made
    with pytest.raises(KeyringAway):
        Vault(tmp_path, no_ring()).open(PIN, 0)
    kept = dict(keyring.kept)
    keyring.kept.clear()
    with pytest.raises(KeyringLost):
        vault.open(PIN, 0)
    keyring.kept = dict.fromkeys(kept, "not base64 of 32 bytes")
    with pytest.raises(KeyringLost):
        vault.open(PIN, 0)
    assert vault.wait(0) == 0
    found, _ = vault.recover(code, OTHER, 0)
    assert found == key and vault.open(OTHER, 0) == key and keyring.kept != kept


def test_a_keyring_that_forgets_is_found_out_before_anything_rests_on_it(tmp_path: Path) -> None:
    keyring = MemoryKeyring()
    keyring.forgets = True
    with pytest.raises(KeyringLocked):
        Vault.create(tmp_path, PIN, ring(keyring), QUICK)
    assert not Vault.exists(tmp_path)


def test_only_a_keyring_that_encrypts_is_one(tmp_path: Path) -> None:
    from keyring.backends.chainer import ChainerBackend
    from keyring.backends.fail import Keyring as Fail
    from keyring.backends.null import Keyring as Null

    class Chain(ChainerBackend):
        backends = (PlainTextKeyring(), Fail(), MemoryKeyring())

    assert not ring(PlainTextKeyring()).usable and not ring(Fail()).usable and not ring(Null()).usable
    assert ring(Chain()).usable
    Vault.create(tmp_path, PIN, ring(Chain()), QUICK)
    plain, _, good = Chain.backends
    assert not plain.kept and good.kept, "the one that is in plain text gets nothing"


def test_without_a_keyring_it_takes_a_passphrase(tmp_path: Path) -> None:
    with pytest.raises(WeakPassphrase):
        Vault.create(tmp_path, PIN, no_ring(), QUICK)
    vault, key, _ = Vault.create(tmp_path, PHRASE, no_ring(), QUICK)
    assert vault.kind == "passphrase" and vault.open(PHRASE, 0) == key
    fail(vault, 0, PHRASE.upper())
    # A keyring that came later is not needed to open it, and is used from the next change on.
    keyring = MemoryKeyring()
    later = Vault(tmp_path, ring(keyring), QUICK)
    assert later.open(PHRASE, 0) == key and keyring.asked == 0
    later.change(PHRASE, PIN, 0)
    assert later.kind == "pin" and later.open(PIN, 0) == key and keyring.kept


@pytest.mark.parametrize(
    "weak", ["", "12345", "111111", "123456", "987654", "890123", "12345a", "27491", "2" * 33, "²7491३"]
)
def test_a_pin_that_is_tried_first_is_refused(tmp_path: Path, weak: str) -> None:
    with pytest.raises(WeakPin):
        Vault.create(tmp_path, weak, ring(), QUICK)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("weak", ["", "sebelas hrf", "aaaaaaaaaaaaaaaa", "      kuda      ", "x" * 1025])
def test_a_passphrase_that_is_tried_first_is_refused(tmp_path: Path, weak: str) -> None:
    with pytest.raises(WeakPassphrase):
        Vault.create(tmp_path, weak, no_ring(), QUICK)


def test_a_letter_is_the_same_however_a_keyboard_writes_it(tmp_path: Path) -> None:
    vault, key, _ = Vault.create(tmp_path, "café di ujung jalan", no_ring(), QUICK)
    assert vault.open("cafe\u0301 di ujung jalan", 0) == key


def test_the_recovery_code_opens_it_once(made: Any, keyring: MemoryKeyring) -> None:
    vault, key, code = made
    assert re.fullmatch(r"([0-9A-HJKMNP-TV-Z]{4}-){7}[0-9A-HJKMNP-TV-Z]{4}", code)
    for _ in range(9):
        wait = vault.wait(0)
        fail(vault, wait) if wait == 0 else None
    # It does not wait for a PIN that was tried too often.
    found, fresh = vault.recover(code, OTHER, 0)
    assert found == key and fresh != code and vault.wait(0) == 0
    assert vault.open(OTHER, 0) == key
    fail(vault, 0, PIN)
    with pytest.raises(WrongCode):
        vault.recover(code, PIN, 0)
    assert vault.recover(fresh, PIN, 0)[0] == key


def test_a_code_survives_being_read_aloud(made: Any) -> None:
    vault, key, code = made
    heard = code.lower().replace("-", " ").replace("0", "o").replace("1", "l")
    assert vault.recover(f"  {heard} ", OTHER, 0)[0] == key


@pytest.mark.parametrize("wrong", ["", "x", "0000-" * 7 + "0000", "0000-" * 8 + "0000", "ÜÜÜÜ-" * 8, "\x00" * 32])
def test_what_is_no_code_opens_nothing_and_changes_nothing(made: Any, tmp_path: Path, wrong: str) -> None:
    before = (tmp_path / "vault.json").read_bytes()
    with pytest.raises(WrongCode):
        made[0].recover(wrong, OTHER, 0)
    assert (tmp_path / "vault.json").read_bytes() == before


def test_a_weak_new_pin_leaves_the_code_as_good_as_before(made: Any) -> None:
    vault, key, code = made
    with pytest.raises(WeakPin):
        vault.recover(code, "123456", 0)
    assert vault.recover(code, OTHER, 0)[0] == key


def test_codes_and_bytes_are_each_others_inverse() -> None:
    for n in range(200):
        code = wrapping.new_code()
        assert wrapping.code_bytes(wrapping.code_text(code)) == code, n
    texts = {wrapping.code_text(bytes([n]) * 20) for n in range(256)}
    assert len(texts) == 256


def test_changing_the_pin_keeps_the_key_and_the_code(made: Any) -> None:
    vault, key, code = made
    vault.change(PIN, OTHER, 0)
    assert vault.open(OTHER, 0) == key
    fail(vault, 0, PIN)
    with pytest.raises(WrongSecret):
        vault.change(PIN, "592047", 0)
    with pytest.raises(WeakPin):
        vault.change(OTHER, "111111", 0)
    assert vault.recover(code, PIN, 0)[0] == key


def test_changing_guesses_no_quicker_than_opening(made: Any) -> None:
    vault, _, _ = made
    for _ in range(3):
        with pytest.raises(WrongSecret):
            vault.change("000111", OTHER, 7.0)
    for act in (lambda: vault.change(PIN, OTHER, 8.0), lambda: vault.new_code(PIN, 8.0)):
        with pytest.raises(TooSoon):
            act()


def test_a_lost_code_is_replaced_by_whoever_knows_the_pin(made: Any) -> None:
    vault, key, code = made
    fresh = vault.new_code(PIN, 0)
    with pytest.raises(WrongCode):
        vault.recover(code, OTHER, 0)
    assert vault.recover(fresh, OTHER, 0)[0] == key


def test_a_keyring_that_locks_during_a_change_leaves_the_old_pin(made: Any, keyring: MemoryKeyring) -> None:
    vault, key, code = made
    keyring.locked = True
    with pytest.raises(KeyringLocked):
        vault.recover(code, OTHER, 0)
    keyring.locked = False
    assert vault.open(PIN, 0) == key and vault.recover(code, OTHER, 0)[0] == key


@pytest.mark.parametrize("damage", [
    b"", b"{", b"[]", b"null", b"{}", b"\xff\xfe", b'{"v":1}',
    {"v": 2}, {"kind": "none"}, {"salt": ""}, {"box": "AAAA"}, {"recovery_box": ""}, {"tries": -5}, {"tries": "x"},
    {"cost": {"memory": 1 << 40, "passes": 3, "lanes": 4}}, {"cost": {"memory": 64, "passes": 0, "lanes": 1}},
])  # fmt: skip
def test_a_damaged_file_is_told_and_left_alone(made: Any, tmp_path: Path, keyring: MemoryKeyring, damage: Any) -> None:
    path = tmp_path / "vault.json"
    if isinstance(damage, dict):
        damage = json.dumps(json.loads(path.read_text(encoding="utf-8")) | damage).encode()
    path.write_bytes(damage)
    vault = made[0]
    for act in (
        lambda: Vault(tmp_path, ring(keyring)),
        lambda: vault.open(PIN, 0),
        lambda: vault.recover(made[2], OTHER, 0),
        lambda: vault.wait(0),
    ):
        with pytest.raises(VaultBroken):
            act()
    assert path.read_bytes() == damage


def test_wrappings_of_one_profile_are_of_no_use_in_another(tmp_path: Path, keyring: MemoryKeyring) -> None:
    """Somebody who knows one PIN puts the wrapping of their own profile in the place of another's."""
    Vault.create(tmp_path / "a", PIN, ring(keyring), QUICK)
    vault, _, _ = Vault.create(tmp_path / "b", PIN, ring(keyring), QUICK)
    a, b = (json.loads((tmp_path / name / "vault.json").read_text(encoding="utf-8")) for name in "ab")
    for swapped in ({"box": a["box"], "salt": a["salt"]}, {"kind": "passphrase"}, {"id": "0" * 32}):
        (tmp_path / "b" / "vault.json").write_text(json.dumps(b | swapped), encoding="utf-8")
        with pytest.raises((WrongSecret, KeyringLost)):
            vault.open(PIN, 0)


def test_the_cost_of_a_try_is_what_the_file_says(tmp_path: Path) -> None:
    assert STRONG.memory >= 65_536 and STRONG.passes >= 3
    vault, key, _ = Vault.create(tmp_path, PIN, keyring := ring(), replace(QUICK, passes=2))
    assert Vault(tmp_path, keyring, QUICK).open(PIN, 0) == key
    paper = json.loads((tmp_path / "vault.json").read_text(encoding="utf-8"))
    assert paper["cost"] == {"memory": 64, "passes": 2, "lanes": 1}
    # A cheaper one written there opens nothing.
    paper["cost"]["passes"] = 1
    (tmp_path / "vault.json").write_text(json.dumps(paper), encoding="utf-8")
    fail(vault, 0, PIN)


def test_two_at_once_are_two_tries(made: Any, tmp_path: Path, keyring: MemoryKeyring) -> None:
    from concurrent.futures import ThreadPoolExecutor

    def guess(n: int) -> str:
        try:
            Vault(tmp_path, ring(keyring)).open(f"00011{n}", 3.0)
        except Refusal as refused:
            return refused.code
        return "open"

    with ThreadPoolExecutor(8) as pool:
        told = list(pool.map(guess, range(8)))
    assert sorted(told) == ["too_soon"] * 5 + ["wrong_secret"] * 3


def test_refusals_have_words_and_travel_as_problems() -> None:
    kinds = Refusal.__subclasses__()
    assert len(kinds) > 12
    for kind in kinds:
        text = kind().extra["text"]
        assert len(text.id) > 20 and len(text.en) > 20 and text.id != text.en
        assert text.en.endswith((".", "!")) and kind.code
    assert "300" not in TooSoon(retry_after=300).extra["text"].en
    assert "5 minutes" in TooSoon(retry_after=300).extra["text"].en
    assert "15 detik" in WrongSecret(retry_after=15).extra["text"].id
    assert from_problem({"code": "unknown"}).code == "error"


def test_waits_only_grow() -> None:
    waits = [delays.wait_after(n) for n in range(40)]
    assert all(a <= b for a, b in pairwise(waits)) and waits[-1] == 3600
