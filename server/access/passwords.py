"""Passwords, as argon2id (RFC 9106) with the library's own recommended costs."""

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

SHORTEST = 10
LONGEST = 200

_hasher = PasswordHasher()
# Checked when there is no such login, so that a wrong name takes as long as a wrong password.
_nobody = _hasher.hash("no such person")


def hash_password(password: str) -> str:
    return _hasher.hash(password)


def fits(stored: str | None, password: str) -> bool:
    """Whether the password is the one that was stored; as slow for nobody as for somebody."""
    try:
        return _hasher.verify(stored or _nobody, password) and stored is not None
    except (VerificationError, InvalidHashError):
        return False
