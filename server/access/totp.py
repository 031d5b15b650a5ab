"""Codes of the moment (RFC 6238), as every authenticator app makes them: six digits, another every half minute.

Pure: the moment is an argument, and so is what a secret is made of.
"""

import base64
import unicodedata
from datetime import datetime
from typing import Final

from pyotp import TOTP
from pyotp.exceptions import OTPVerificationError

DRIFT: Final = 1
"""Steps that a phone's clock may be behind or ahead: RFC 6238 (5.2) advises one."""

SECRET: Final = 20
"""Bytes, as long as the hash (RFC 4226, 4): no app refuses that."""


def new_secret(chance: bytes) -> str:
    """A secret as apps take it, in base 32."""
    assert len(chance) >= SECRET, "a secret is as long as the hash"
    return base64.b32encode(chance[:SECRET]).decode()


def grouped(secret: str) -> str:
    """The same to be typed by hand."""
    return " ".join(secret[n : n + 4] for n in range(0, len(secret), 4))


def address(secret: str, login: str, city: str) -> str:
    """What stands in the QR code (otpauth://…), and opens an app on the phone that shows it."""
    return TOTP(secret).provisioning_uri(name=login, issuer_name=city)


def step_of(secret: str, typed: str, now: datetime) -> int | None:
    """The half minute (since 1970) whose code this is, of those that count now; None where it is of none."""
    code = "".join(unicodedata.normalize("NFKC", typed).split())
    if not (code.isascii() and code.isdigit()):
        return None
    try:
        return TOTP(secret).verify_and_get_timecode(code, for_time=now, valid_window=DRIFT)
    except OTPVerificationError:
        return None
