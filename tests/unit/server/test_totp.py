"""Codes of the moment as RFC 6238 has them, recovery codes as people type them, and slips that a form carries."""

import base64
from datetime import UTC, datetime, timedelta

import pytest

from server.access import second_factor, slips, totp

SECRET = base64.b32encode(b"12345678901234567890").decode()
KEY = bytes(range(32))
NOW = datetime(2026, 3, 16, 2, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("seconds", "code"),
    # Appendix B of the RFC for SHA-1; apps show the last six of its eight digits.
    [
        (59, "94287082"),
        (1111111109, "07081804"),
        (1111111111, "14050471"),
        (1234567890, "89005924"),
        (2000000000, "69279037"),
        (20000000000, "65353130"),
    ],
)
def test_codes_are_those_of_the_rfc(seconds: int, code: str) -> None:
    now = datetime.fromtimestamp(seconds, UTC)
    assert totp.step_of(SECRET, code[-6:], now) == seconds // 30


@pytest.mark.parametrize(("off", "counts"), [(-60, False), (-30, True), (0, True), (30, True), (60, False)])
def test_a_phones_clock_may_be_a_step_off_and_no_more(off: int, counts: bool) -> None:
    at = datetime.fromtimestamp(1111111111, UTC) - timedelta(seconds=off)
    assert (totp.step_of(SECRET, "050471", at) is not None) is counts


@pytest.mark.parametrize("typed", ["050471", " 050 471 ", "050\u00a0471", "０５０４７１"])
def test_a_code_is_read_as_it_is_typed(typed: str) -> None:
    assert totp.step_of(SECRET, typed, datetime.fromtimestamp(1111111111, UTC)) == 37037037


@pytest.mark.parametrize("typed", ["", "05047", "0504711", "14050471", "abcdef", "٠٥٠٤٧١", "-50471", "é", "0" * 9_999])
def test_what_is_no_code_is_none(typed: str) -> None:
    assert totp.step_of(SECRET, typed, datetime.fromtimestamp(1111111111, UTC)) is None


def test_a_secret_has_the_bits_of_its_hash_and_is_typed_in_groups() -> None:
    secret = totp.new_secret(bytes(range(32)))
    assert base64.b32decode(secret) == bytes(range(20))
    assert totp.grouped(secret) == "AAAQ EAYE AUDA OCAJ BIFQ YDIO B4IB CEQT"
    address = totp.address(secret, "admin", "Kota Semarang")
    assert address == f"otpauth://totp/Kota%20Semarang:admin?secret={secret}&issuer=Kota%20Semarang"


@pytest.mark.parametrize("typed", ["w1xyz-t3v4k", "W1XYZT3V4K", " w1xyz t3v4k ", "wIxyz-t3v4k", "wlxyz–t3v4k"])
def test_a_recovery_code_is_read_as_it_is_written_down(typed: str) -> None:
    assert second_factor.canonical(typed) == "W1XYZT3V4K"


def test_a_slip_is_good_for_one_purpose_and_a_while() -> None:
    slip = slips.write(KEY, "isi", NOW, "masuk", "p")
    assert slips.read(KEY, slip, NOW, "masuk", "p") == "isi"
    assert slips.read(KEY, slip, NOW + slips.GOOD_FOR - timedelta(seconds=1), "masuk", "p") == "isi"
    assert slips.read(KEY, slip, NOW + slips.GOOD_FOR, "masuk", "p") is None
    assert slips.read(KEY, slip, NOW, "masuk", "q") is slips.read(KEY, slip, NOW, "lain", "p") is None
    assert slips.read(bytes(32), slip, NOW, "masuk", "p") is None
    assert "isi" not in base64.urlsafe_b64decode(slip).decode("latin-1")


@pytest.mark.parametrize("slip", ["", "x", "é", "AAAA", "A" * 500, "\0"])
def test_what_is_no_slip_is_none(slip: str) -> None:
    assert slips.read(KEY, slip, NOW, "masuk") is None


def test_what_is_sealed_for_one_person_opens_for_no_other() -> None:
    sealed = slips.seal(KEY, b"rahasia", "second factor", "p")
    assert slips.unseal(KEY, sealed, "second factor", "p") == b"rahasia"
    assert slips.unseal(KEY, sealed, "second factor", "q") is None
    assert slips.unseal(KEY, sealed[:-1] + bytes([sealed[-1] ^ 1]), "second factor", "p") is None
    assert slips.unseal(KEY, b"", "second factor", "p") is None
    # What is about "ab" and "c" is not about "a" and "bc".
    assert slips.unseal(KEY, slips.seal(KEY, b"x", "ab", "c"), "a", "bc") is None
