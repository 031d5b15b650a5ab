"""The vault of one profile: `vault.json`, in which the key of its store lies wrapped, twice.

Once under a PIN together with a secret of the system's keyring (or under a passphrase alone, where there is no
keyring), once under a recovery code that needs neither. The key itself is never on the disk. What each wrong try costs
is in `delays`; it is written down before a secret is looked at, so a process that is killed in between gave nothing
away.
"""

import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final, Literal

import msgspec
from filelock import FileLock

from client.vault import delays, wrapping
from client.vault.disk import write_whole
from client.vault.refusals import (
    KeyringAway,
    KeyringLost,
    TooSoon,
    VaultBroken,
    WrongCode,
    WrongSecret,
)
from client.vault.ring import SECRET, Ring
from client.vault.wrapping import KEY, NONCE, SALT, STRONG, TAG, Cost
from sync.decoding import decoder

FILE: Final = "vault.json"
VERSION: Final = 1

Kind = Literal["pin", "passphrase"]


class _Paper(msgspec.Struct):
    """What stands in the file."""

    v: int
    id: str
    """What the keyring calls this profile."""
    kind: Kind
    cost: Cost
    salt: bytes
    box: bytes
    recovery_salt: bytes
    recovery_box: bytes
    tries: int = 0
    """Wrong ones, since the last that was right."""
    tried: float = 0
    """`uptime` of the last one."""

    def told(self, what: str) -> bytes:
        """What a wrapping stands for: another profile's, or another kind's, does not open in its place."""
        return f"tenggat vault {self.v} {what} {self.id} {self.kind if what == 'secret' else ''}".encode()


class Vault:
    """`ring`: where the other half of a PIN lies. `now` is always `uptime()`: seconds by a clock that nobody sets."""

    def __init__(self, folder: Path, ring: Ring, cost: Cost = STRONG) -> None:
        """`VaultBroken` where the file cannot be read; `FileNotFoundError` where there is none."""
        self.folder = folder
        self._ring = ring
        self._cost = cost
        self._read()

    @staticmethod
    def exists(folder: Path) -> bool:
        return (folder / FILE).exists()

    @classmethod
    def create(cls, folder: Path, secret: str, ring: Ring, cost: Cost = STRONG) -> tuple["Vault", bytes, str]:
        """A new vault, the key of the store that is to be made, and the recovery code, which is nowhere else.
        `WeakPin`, `WeakPassphrase`, `KeyringLocked`; `FileExistsError` where there is a vault already."""
        if cls.exists(folder):
            raise FileExistsError(folder / FILE)
        key = secrets.token_bytes(KEY)
        id_ = secrets.token_hex(16)
        paper = _Paper(VERSION, id_, "pin", cost, b"", b"", b"", b"")
        _wrap(paper, key, secret, ring, cost)
        code = _recovery(paper, key)
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        write_whole(folder / FILE, msgspec.json.encode(paper))
        return cls(folder, ring, cost), key, code

    @property
    def id(self) -> str:
        return self._read().id

    @property
    def kind(self) -> Kind:
        """What opens it."""
        return self._read().kind

    def wait(self, now: float) -> int:
        """Seconds until the next try."""
        paper = self._read()
        return delays.left(paper.tries, paper.tried, now)

    def check(self, now: float) -> None:
        """`TooSoon` where somebody has to wait before the next try."""
        if left := self.wait(now):
            raise TooSoon(retry_after=left)

    def open(self, secret: str, now: float) -> bytes:
        """The store's key. `WrongSecret` and `TooSoon` with `retry_after`; `KeyringLocked`, `KeyringAway` and
        `KeyringLost`, which are no wrong tries."""
        with self._alone():
            return self._opened(self._read(), secret, now)

    def recover(self, code: str, secret: str, now: float) -> tuple[bytes, str]:
        """The store's key by the recovery code, with a new PIN or passphrase from here on, and the next recovery code;
        the old one is void. `WrongCode`, and as `create`."""
        del now  # a code of 160 bits is not guessed, so nobody has to wait
        with self._alone():
            paper = self._read()
            given = wrapping.code_bytes(code)
            key = None
            if given is not None:
                under = wrapping.recovery_key(given, paper.recovery_salt)
                key = wrapping.unwrap(under, paper.recovery_box, paper.told("recovery"))
            if key is None:
                raise WrongCode
            _wrap(paper, key, secret, self._ring, self._cost)
            fresh = _recovery(paper, key)
            self._write(paper)
            return key, fresh

    def change(self, old: str, new: str, now: float) -> None:
        """Another PIN; where a keyring came or went, what is asked for from here on is of the other kind."""
        with self._alone():
            paper = self._read()
            # What is wrong with the new one is found before the old one is tried.
            wrapping.check(new, kind_for(self._ring))
            key = self._opened(paper, old, now)
            _wrap(paper, key, new, self._ring, self._cost)
            self._write(paper)

    def new_code(self, secret: str, now: float) -> str:
        """Another recovery code for whoever knows the PIN; the old one is void."""
        with self._alone():
            paper = self._read()
            code = _recovery(paper, self._opened(paper, secret, now))
            self._write(paper)
            return code

    def _opened(self, paper: _Paper, secret: str, now: float) -> bytes:
        if left := delays.left(paper.tries, paper.tried, now):
            raise TooSoon(retry_after=left)
        ring = b""
        if paper.kind == "pin":
            # Before the try is counted: a keyring that is locked is nobody's wrong PIN.
            if not self._ring.usable:
                raise KeyringAway
            found = self._ring.get(paper.id)
            if found is None:
                raise KeyringLost
            ring = found
        paper.tries += 1
        paper.tried = now
        self._write(paper)
        under = wrapping.wrapping_key(secret, paper.salt, ring, paper.cost)
        key = wrapping.unwrap(under, paper.box, paper.told("secret"))
        if key is None:
            raise WrongSecret(retry_after=delays.wait_after(paper.tries))
        paper.tries = 0
        self._write(paper)
        return key

    @contextmanager
    def _alone(self) -> Iterator[None]:
        """Two at once would count one try for both."""
        with FileLock(self.folder / "vault.lock", thread_local=False):
            yield

    def _read(self) -> _Paper:
        content = (self.folder / FILE).read_bytes()
        try:
            paper = decoder(_Paper).decode(content)
        except (msgspec.MsgspecError, ValueError):
            raise VaultBroken from None
        boxes = {len(paper.box), len(paper.recovery_box)} == {NONCE + KEY + TAG}
        salts = {len(paper.salt), len(paper.recovery_salt)} == {SALT}
        if paper.v != VERSION or not boxes or not salts or not paper.cost.sound() or paper.tries < 0:
            raise VaultBroken
        return paper

    def _write(self, paper: _Paper) -> None:
        write_whole(self.folder / FILE, msgspec.json.encode(paper))


def kind_for(ring: Ring) -> Kind:
    """What a vault that is made now is opened with."""
    return "pin" if ring.usable else "passphrase"


def _wrap(paper: _Paper, key: bytes, secret: str, ring: Ring, cost: Cost) -> None:
    """Under a new secret. What the keyring has for this profile stays: were it replaced, a process that dies before the
    file is written would leave a PIN that opens nothing."""
    kind = kind_for(ring)
    secret = wrapping.check(secret, kind)
    half = b""
    if kind == "pin":
        half = ring.get(paper.id) or secrets.token_bytes(SECRET)
        ring.set(paper.id, half)
    paper.kind, paper.cost, paper.salt = kind, cost, os.urandom(SALT)
    under = wrapping.wrapping_key(secret, paper.salt, half, cost)
    paper.box = wrapping.wrap(under, key, paper.told("secret"))
    paper.tries, paper.tried = 0, 0


def _recovery(paper: _Paper, key: bytes) -> str:
    code, paper.recovery_salt = wrapping.new_code(), os.urandom(SALT)
    paper.recovery_box = wrapping.wrap(wrapping.recovery_key(code, paper.recovery_salt), key, paper.told("recovery"))
    return wrapping.code_text(code)
