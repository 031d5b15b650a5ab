"""What is sealed with a key of the server's own: secrets in the database, and slips that a form carries from one page
to the next. A slip is good for one purpose and a few minutes, and nothing of it is kept here.
"""

import base64
import os
from datetime import datetime, timedelta
from typing import Final

import msgspec
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305

from sync.decoding import decoder

GOOD_FOR: Final = timedelta(minutes=15)
"""Time to find a phone and to install an app on it."""

_NONCE: Final = 12


def seal(key: bytes, content: bytes, *about: str) -> bytes:
    """Sealed with what it is about: in another's place, or for another purpose, it does not open."""
    nonce = os.urandom(_NONCE)
    return nonce + ChaCha20Poly1305(key).encrypt(nonce, content, _told(about))


def unseal(key: bytes, sealed: bytes, *about: str) -> bytes | None:
    """What was sealed; None where it was not, or with another key or about something else."""
    try:
        return ChaCha20Poly1305(key).decrypt(sealed[:_NONCE], sealed[_NONCE:], _told(about))
    except (InvalidTag, ValueError):
        return None


def write(key: bytes, content: str, now: datetime, *about: str) -> str:
    """A slip."""
    told = msgspec.json.encode([int(now.timestamp()), content])
    return base64.urlsafe_b64encode(seal(key, told, "slip", *about)).decode()


def read(key: bytes, slip: str, now: datetime, *about: str) -> str | None:
    """What stands on it; None where it is none of ours, is about something else, or is too old."""
    try:
        opened = unseal(key, base64.urlsafe_b64decode(slip.encode("ascii")), "slip", *about)
    except ValueError:
        return None
    if opened is None:
        return None
    written, content = decoder(tuple[int, str]).decode(opened)
    return content if now.timestamp() - written < GOOD_FOR.total_seconds() else None


def _told(about: tuple[str, ...]) -> bytes:
    return msgspec.json.encode(about)
