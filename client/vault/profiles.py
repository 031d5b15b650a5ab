"""The profiles on one computer: a folder each, so that several people share it and never see each other's work.

`<home>/<name>/` holds `device.sqlite`, `device.sqlite.files/`, `profile.json` (what it is called, readable by whoever
chooses among them) and, where it is locked, `vault.json`.
"""

import os
import re
import shutil
import unicodedata
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import Any, Final

import msgspec

from client.store import Store
from client.vault import locking
from client.vault.disk import write_whole
from client.vault.locking import DATABASE, MADE, alone, settle
from client.vault.refusals import BadProfile, NeedsKey, NoProfile, NotLocked, VaultBroken
from client.vault.ring import Ring, SystemRing
from client.vault.uptime import uptime
from client.vault.vault import FILE, Kind, Vault, kind_for
from client.vault.wrapping import STRONG, Cost
from sync.decoding import decoder

NAME: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,39}")
CARD: Final = "profile.json"
LONGEST_TITLE: Final = 100


@dataclass(frozen=True)
class Profile:
    """What may be seen of a profile without its key."""

    name: str
    title: str
    """A person's name or an office's."""
    locked: bool
    kind: Kind | None
    """What opens it; None where it is not locked, or its vault is damaged."""
    wait: int
    """Seconds until the next try."""
    language: str | None


@dataclass(frozen=True)
class Made:
    """A profile that was just made. `key` and `recovery` are None where it is plain; `recovery` is nowhere else."""

    name: str
    key: bytes | None = field(repr=False)
    recovery: str | None = field(repr=False)


class _Card(msgspec.Struct, omit_defaults=True):
    title: str = ""
    language: str | None = None


class Profiles:
    """`home`: the folder that they lie in. `clock`: `uptime`, but for tests."""

    def __init__(
        self,
        home: Path,
        ring: Ring | None = None,
        *,
        clock: Callable[[], float] = uptime,
        cost: Cost = STRONG,
    ) -> None:
        self.home = home
        self.ring = ring or SystemRing()
        self._clock = clock
        self._cost = cost

    @property
    def kind(self) -> Kind:
        """What a new one will be opened with."""
        return kind_for(self.ring)

    def all(self) -> list[Profile]:
        """By title."""
        found = [self.get(path.name) for path in self.home.glob("*") if self._is_one(path)]
        return sorted(found, key=lambda one: (one.title.casefold(), one.name))

    def get(self, name: str) -> Profile:
        """`NoProfile` where there is none."""
        folder = self._there(name)
        card = self._card(folder)
        locked, kind, wait = self._is_locked(folder), None, 0
        if locked:
            # It is told when somebody opens it; the others are not kept from theirs.
            with suppress(VaultBroken):
                vault = self.vault(name)
                kind, wait = vault.kind, vault.wait(self._clock())
        return Profile(name, card.title or name, locked, kind, wait, card.language)

    def exists(self, name: str) -> bool:
        return self._is_one(self.folder(name))

    def is_locked(self, name: str) -> bool:
        """Also of one that does not exist: that one is not."""
        return self._is_locked(self.folder(name))

    def folder(self, name: str) -> Path:
        """`BadProfile` where that is no name for one."""
        if not NAME.fullmatch(name):
            raise BadProfile
        return self.home / name

    def make(self, title: str, secret: str | None = None, *, language: str | None = None) -> Made:
        """A new profile; its name is made from the title. With a secret it is locked from its first byte on."""
        title = " ".join(title.split())[:LONGEST_TITLE]
        folder = self._new_folder(title)
        name = folder.name
        key = recovery = None
        try:
            if secret is not None:
                _, key, recovery = Vault.create(folder, secret, self.ring, self._cost)
            self._describe(folder, _Card(title, language))
            self.open(name, key).close()
        except BaseException:
            # It was not there before: nothing of anybody's is in it.
            self.forget(name)
            raise
        return Made(name, key, recovery)

    def vault(self, name: str) -> Vault:
        """`NotLocked`, `VaultBroken`, `NoProfile`."""
        folder = self._there(name)
        self._settle(folder)
        if not Vault.exists(folder):
            raise NotLocked
        return Vault(folder, self.ring, self._cost)

    def unlock(self, name: str, secret: str) -> bytes:
        """The key that `open` takes. As `Vault.open`."""
        return self.vault(name).open(secret, self._clock())

    def open(self, name: str, key: bytes | None = None, **options: Any) -> Store:
        """The profile's store, made where there is none; `options` as `Store` has them. `NeedsKey` where it is locked
        and no key was given, `NotLocked` where one was given for a plain one, `StoreBroken`, `OSError`."""
        folder = self._owned(self.folder(name).name)
        with alone(folder):
            settle(folder, self.ring)
            locked = Vault.exists(folder)
            if locked and key is None:
                raise NeedsKey
            if key is not None and not locked:
                raise NotLocked
            path = folder / DATABASE
            # Made before SQLite does, so that it and the files beside it begin with these rights.
            os.close(os.open(path, os.O_CREAT | os.O_RDWR, 0o600))
            path.chmod(0o600)
            return Store(path, key=key, **options)

    def lock(self, name: str, secret: str, step: Callable[[str], None] | None = None) -> Made:
        """An existing plain profile is encrypted; it must be open nowhere. As `locking.lock`."""
        folder = self._owned(self.folder(name).name)
        key, recovery = locking.lock(folder, secret, self.ring, self._cost, step or (lambda _: None))
        return Made(name, key, recovery)

    def change(self, name: str, old: str, new: str) -> None:
        """Another PIN or passphrase. As `Vault.change`."""
        self.vault(name).change(old, new, self._clock())

    def recover(self, name: str, code: str, secret: str) -> tuple[bytes, str]:
        """The key, by the recovery code, and the next code. As `Vault.recover`."""
        return self.vault(name).recover(code, secret, self._clock())

    def new_code(self, name: str, secret: str) -> str:
        """Another recovery code. As `Vault.new_code`."""
        return self.vault(name).new_code(secret, self._clock())

    def describe(self, name: str, title: str | None = None, language: str | None = None) -> None:
        """What it is called from here on, and the language to ask for its PIN in. None leaves either as it is."""
        folder = self._there(name)
        card = self._card(folder)
        fresh = _Card(title if title is not None else card.title, language or card.language)
        if fresh != card:
            self._describe(folder, fresh)

    def forget(self, name: str) -> None:
        """Nothing of it stays on this computer: the key first, then what it opened."""
        folder = self.folder(name)
        for vault in (folder / FILE, folder / MADE / FILE):
            if vault.exists():
                with suppress(VaultBroken):
                    self.ring.drop(Vault(vault.parent, self.ring).id)
                vault.unlink()
        if folder.exists():
            shutil.rmtree(folder)

    def _there(self, name: str) -> Path:
        folder = self.folder(name)
        if not self._is_one(folder):
            raise NoProfile
        return folder

    def _is_one(self, folder: Path) -> bool:
        if not NAME.fullmatch(folder.name):
            return False
        return (folder / DATABASE).exists() or self._is_locked(folder)

    def _is_locked(self, folder: Path) -> bool:
        return (folder / FILE).exists() or (folder / MADE).exists()

    def _settle(self, folder: Path) -> None:
        if (folder / MADE).exists():
            with alone(folder):
                settle(folder, self.ring)

    def _owned(self, name: str) -> Path:
        """Nobody else on this computer looks into it: personal data lies there."""
        folder = self.home / name
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        folder.chmod(0o700)
        return folder

    def _new_folder(self, title: str) -> Path:
        """One that nobody has, not even another process that is making one of the same title."""
        letters = unicodedata.normalize("NFKD", title).encode("ascii", "ignore").decode().lower()
        base = re.sub(r"[^a-z0-9]+", "-", letters).strip("-")[:30].strip("-") or "profil"
        if base in _TAKEN:
            base = f"profil-{base}"
        self.home.mkdir(parents=True, exist_ok=True, mode=0o700)
        for n in count(1):
            folder = self.home / (base if n == 1 else f"{base}-{n}")
            with suppress(FileExistsError):
                folder.mkdir(mode=0o700)
                break
        return folder

    def _card(self, folder: Path) -> _Card:
        try:
            return decoder(_Card).decode((folder / CARD).read_bytes())
        except (OSError, msgspec.MsgspecError):
            # It is only a name: the folder's own serves.
            return _Card()

    def _describe(self, folder: Path, card: _Card) -> None:
        write_whole(folder / CARD, msgspec.json.encode(card))


_TAKEN: Final = {"con", "prn", "aux", "nul", *(f"{port}{n}" for port in ("com", "lpt") for n in range(10))}
"""What Windows lets no folder be called."""
