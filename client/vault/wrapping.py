"""What the store's key is wrapped in: pure, but for the chance that makes keys and salts.

The key that wraps is HKDF(argon2id(PIN or passphrase) || the keyring's secret); the wrapping is ChaCha20-Poly1305 under
a nonce of its own. A recovery code is 160 random bits, so it needs no slow hash.
"""

import os
import re
import unicodedata
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.argon2 import Argon2id
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from client.vault.refusals import WeakPassphrase, WeakPin

KEY: Final = 32
SALT: Final = 16
NONCE: Final = 12
TAG: Final = 16

PIN: Final = re.compile(r"[0-9]{6,32}")
PASSPHRASE: Final = 12
"""Characters at least. Blanks at the ends do not count."""
LONGEST: Final = 1024
"""Characters at most, of anything that is typed here."""

ALPHABET: Final = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Crockford's base 32: no I, L, O or U, so that a code survives being read aloud and written by hand."""
CODE: Final = 20
"""Bytes of a recovery code: 8 groups of 4 letters."""


@dataclass(frozen=True)
class Cost:
    """Of argon2id: RFC 9106's second choice, 0.2 s on a laptop of 2015."""

    memory: int = 65_536
    """KiB."""
    passes: int = 3
    lanes: int = 4

    def sound(self) -> bool:
        """Whether a computer should be made to do that."""
        return 8 * self.lanes <= self.memory <= 1 << 20 and 1 <= self.passes <= 16 and 1 <= self.lanes <= 16


STRONG: Final = Cost()


def check(secret: str, kind: str) -> str:
    """The secret as it is used. `WeakPin` or `WeakPassphrase` where it is too easily guessed."""
    secret = normal(secret)
    if kind == "pin":
        if not PIN.fullmatch(secret) or _run(secret):
            raise WeakPin
    elif not PASSPHRASE <= len(secret) <= LONGEST or len(set(secret)) < 4:
        raise WeakPassphrase
    return secret


def normal(secret: str) -> str:
    """One form for what looks the same: keyboards differ in how they write an accent or a digit."""
    return unicodedata.normalize("NFKC", secret[: 4 * LONGEST]).strip()


def wrapping_key(secret: str, salt: bytes, ring: bytes, cost: Cost) -> bytes:
    """`ring`: the keyring's secret, empty where there is none."""
    stretched = Argon2id(
        salt=salt, length=KEY, iterations=cost.passes, lanes=cost.lanes, memory_cost=cost.memory
    ).derive(normal(secret).encode())
    return HKDF(SHA256(), KEY, salt, b"tenggat vault").derive(stretched + ring)


def recovery_key(code: bytes, salt: bytes) -> bytes:
    return HKDF(SHA256(), KEY, salt, b"tenggat recovery").derive(code)


def wrap(under: bytes, key: bytes, told: bytes) -> bytes:
    """The key in its wrapping; `told` goes with it and cannot be changed."""
    nonce = os.urandom(NONCE)
    return nonce + ChaCha20Poly1305(under).encrypt(nonce, key, told)


def unwrap(under: bytes, box: bytes, told: bytes) -> bytes | None:
    """None where it was wrapped under another key, or changed."""
    try:
        return ChaCha20Poly1305(under).decrypt(box[:NONCE], box[NONCE:], told)
    except InvalidTag:
        return None


def new_code() -> bytes:
    return os.urandom(CODE)


def code_text(code: bytes) -> str:
    """`7K2Q-…`: eight groups of four."""
    number = int.from_bytes(code, "big")
    letters = "".join(ALPHABET[number >> shift & 31] for shift in range(CODE * 8 - 5, -1, -5))
    return "-".join(letters[n : n + 4] for n in range(0, len(letters), 4))


def code_bytes(text: str) -> bytes | None:
    """What somebody read off a paper: small letters, blanks, an O for a nought are no reason to refuse it."""
    letters = re.sub(r"[\s\-_.,:‐-―]", "", normal(text)).upper().translate(str.maketrans("OIL", "011"))
    if len(letters) != CODE * 8 // 5 or any(letter not in ALPHABET for letter in letters):
        return None
    number = 0
    for letter in letters:
        number = number << 5 | ALPHABET.index(letter)
    return number.to_bytes(CODE, "big")


def _run(digits: str) -> bool:
    """One digit again and again, or counting up or down: what is tried first."""
    steps = {(int(b) - int(a)) % 10 for a, b in pairwise(digits)}
    return len(steps) == 1 and steps <= {0, 1, 9}
