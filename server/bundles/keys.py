"""The server's own keys: what bundles are sealed to, and what their answers are signed with.

Two files of 32 random bytes (as base64) in one folder, made at the first start and readable by nobody else. Servers of
one city share the folder, and a backup takes it along: what was sealed to a key that is gone, nobody opens any more,
and the devices have to make their bundles anew.
"""

import base64
import os
import secrets
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

from sync.bundle import encode_key, key_id
from sync.errors import Busy

SEAL, SIGN = "seal.key", "sign.key"


class Keys:
    """Read when they are first needed."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def make(self) -> None:
        """Make what is not there yet. Several processes may do so at once: the first one's stands."""
        for name in (SEAL, SIGN):
            if not (self.folder / name).exists():
                self._make(name)

    @cached_property
    def seal(self) -> X25519PrivateKey:
        return X25519PrivateKey.from_private_bytes(self._read(SEAL))

    @cached_property
    def sign(self) -> Ed25519PrivateKey:
        return Ed25519PrivateKey.from_private_bytes(self._read(SIGN))

    @property
    def made(self) -> datetime | None:
        """When the older of the two was made; None before the first start that could write them."""
        found = [path.stat().st_mtime for name in (SEAL, SIGN) if (path := self.folder / name).exists()]
        return datetime.fromtimestamp(min(found), UTC) if len(found) == 2 else None

    @property
    def seal_id(self) -> str:
        return key_id(self.seal.public_key().public_bytes_raw())

    def public(self) -> dict[str, str]:
        """What a device keeps: the two public keys."""
        return {
            "seal": encode_key(self.seal.public_key().public_bytes_raw()),
            "sign": encode_key(self.sign.public_key().public_bytes_raw()),
        }

    def _make(self, name: str) -> None:
        try:
            self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            self._write(name)
        except OSError as error:
            raise Busy(f"the server's keys cannot be written to {self.folder}: {error.strerror}") from error

    def _write(self, name: str) -> None:
        beside = self.folder / f".{secrets.token_hex(8)}"
        with os.fdopen(os.open(beside, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "wb") as file:
            file.write(base64.b64encode(secrets.token_bytes(32)) + b"\n")
            file.flush()
            os.fsync(file.fileno())
        try:
            # A name that is given only once, to bytes that are whole: two that start together end with one key.
            os.link(beside, self.folder / name)
        except FileExistsError:
            pass
        finally:
            beside.unlink()

    def _read(self, name: str) -> bytes:
        self.make()
        try:
            found = base64.b64decode((self.folder / name).read_bytes(), validate=False)
        except (OSError, ValueError):
            found = b""
        if len(found) != 32:
            # Never made anew over one that cannot be read: an admin must look.
            raise Busy(f"the key {self.folder / name} cannot be read; bring it back from a backup")
        return found
