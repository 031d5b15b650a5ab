"""The system's keyring, where one half of a PIN's strength lies: what is on the stolen disk is not enough to try PINs.

Only a keyring that encrypts what it keeps is taken for one. Whatever else goes wrong with it is told apart into two:
it is there and locked (unlock it, try again), or it does not have the secret (the recovery code helps).
"""

import base64
import binascii
from typing import Any, Final, Protocol

from client.vault.refusals import KeyringLocked

SERVICE: Final = "tenggat"
SECRET: Final = 32
"""Bytes of a secret in the keyring."""


class Ring(Protocol):
    """Secrets by name. Each call may raise `KeyringLocked`."""

    @property
    def usable(self) -> bool: ...

    def get(self, name: str) -> bytes | None: ...

    def set(self, name: str, secret: bytes) -> None: ...

    def drop(self, name: str) -> None: ...


class SystemRing:
    """`backend`: one of the `keyring` package; None is the system's own, looked for when it is first needed."""

    def __init__(self, backend: Any = None) -> None:
        self._given = backend
        self._found: Any = None
        self._looked = False

    @property
    def usable(self) -> bool:
        """Whether there is one that keeps a secret. What only says so is found out when the secret is written."""
        return self._backend is not None

    def get(self, name: str) -> bytes | None:
        """None where it has none, or what it has is not one of ours."""
        if (backend := self._backend) is None:
            return None
        text = _asked(lambda: backend.get_password(SERVICE, name))
        try:
            secret = base64.b64decode(text or "", validate=True)
        except (binascii.Error, ValueError):
            return None
        return secret if len(secret) == SECRET else None

    def set(self, name: str, secret: bytes) -> None:
        """Kept, and read back once: a keyring that forgets at once would cost the profile's PIN."""
        if (backend := self._backend) is None:
            raise KeyringLocked
        _asked(lambda: backend.set_password(SERVICE, name, base64.b64encode(secret).decode()))
        if self.get(name) != secret:
            raise KeyringLocked

    def drop(self, name: str) -> None:
        """Also where it is not there."""
        import keyring.errors

        if (backend := self._backend) is None:
            return
        try:
            backend.delete_password(SERVICE, name)
        except keyring.errors.KeyringError:
            return

    @property
    def _backend(self) -> Any:
        if not self._looked:
            self._looked, self._found = True, _sound(self._given or _system())
        return self._found


def _system() -> Any:
    # A D-Bus call or two: nothing that a profile without a lock should wait for.
    try:
        import keyring
    except ImportError:
        return None
    try:
        return keyring.get_keyring()
    except Exception:
        # Backends are the system's, with errors of every kind; one that cannot be had is none.
        return None


def _sound(backend: Any) -> Any:
    """The backend, or the best one of a chain, if it keeps secrets encrypted. `keyring` gives those of the systems a
    priority of one or more; "fail", "null" and files in plain text have less."""
    for one in getattr(backend, "backends", None) or [backend]:
        try:
            if one is not None and one.priority >= 1:
                return one
        except Exception:  # noqa: S112 - the priority of one that is not there may raise anything
            continue
    return None


def _asked(question: Any) -> Any:
    try:
        return question()
    except Exception as error:
        raise KeyringLocked(reason=f"{type(error).__name__}: {error}") from None
