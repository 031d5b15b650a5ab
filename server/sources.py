"""Where a server gets time, ids and chance from: one place, so that a simulation can give its own."""

import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import uuid4

# Crockford's alphabet: nothing in it is mistaken for something else when read out over the phone.
_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"


def _now() -> datetime:
    return datetime.now(UTC)


def _new_id() -> str:
    return str(uuid4())


def _new_code() -> str:
    """Ten letters of 5 bits each: 50 bits, guessed against a throttle."""
    bits = secrets.randbits(50)
    return "".join(_ALPHABET[bits >> shift & 31] for shift in range(0, 50, 5))


@dataclass(frozen=True)
class Sources:
    """`clock` gives aware datetimes, `new_id` UUIDs, `new_code` tracking codes, `new_token` devices' secrets."""

    clock: Callable[[], datetime] = _now
    new_id: Callable[[], str] = _new_id
    new_code: Callable[[], str] = _new_code
    new_token: Callable[[], str] = lambda: secrets.token_urlsafe(32)
