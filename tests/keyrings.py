"""Keyrings in memory, in the place of the machine's own, which no test may touch."""

import json
import os
from pathlib import Path
from typing import Any

from keyring.backend import KeyringBackend
from keyring.errors import KeyringLocked, PasswordDeleteError

from client.vault import SystemRing
from client.vault.disk import write_whole
from client.vault.wrapping import Cost

QUICK = Cost(memory=64, passes=1, lanes=1)
"""So that a hundred PINs can be tried in a test."""


class MemoryKeyring(KeyringBackend):
    """As a desktop's keyring, with what can go wrong with one."""

    priority = 5  # type: ignore[assignment]

    def __init__(self) -> None:
        self.kept: dict[tuple[str, str], str] = {}
        self.locked = False
        self.forgets = False
        self.asked = 0

    def get_password(self, service: str, username: str) -> str | None:
        self._answer()
        return self.kept.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        self._answer()
        if not self.forgets:
            self.kept[service, username] = password

    def delete_password(self, service: str, username: str) -> None:
        self._answer()
        if self.kept.pop((service, username), None) is None:
            raise PasswordDeleteError("not there")

    def _answer(self) -> None:
        self.asked += 1
        if self.locked:
            raise KeyringLocked("the prompt was dismissed")


class PlainTextKeyring(MemoryKeyring):
    """One that writes secrets as they are into a file: worse than a passphrase."""

    priority = 0.5  # type: ignore[assignment]


def ring(backend: Any = None) -> SystemRing:
    return SystemRing(backend or MemoryKeyring())


def no_ring() -> SystemRing:
    """Of a computer without any, as servers and bare window managers are."""
    return SystemRing(PlainTextKeyring())


class FileKeyring(MemoryKeyring):
    """For programs that are killed and begun anew: `PYTHON_KEYRING_BACKEND=tests.keyrings.FileKeyring`, with the file's
    path in `TENGGAT_TEST_KEYRING`."""

    def get_password(self, service: str, username: str) -> str | None:
        self.kept = {(service, name): secret for name, secret in json.loads(self._read()).items()}
        return super().get_password(service, username)

    def set_password(self, service: str, username: str, password: str) -> None:
        write_whole(self._path, json.dumps(json.loads(self._read()) | {username: password}).encode())

    @property
    def _path(self) -> Path:
        return Path(os.environ["TENGGAT_TEST_KEYRING"])

    def _read(self) -> str:
        return self._path.read_text() if self._path.exists() else "{}"
