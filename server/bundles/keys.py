"""The server's own keys: what bundles are sealed to, and what their answers are signed with.

One pair is in use. Those that were renewed stay beside it, so that a bundle on its way is opened, and answered under
the key that its device knows. They are files of 32 random bytes (as base64) in one folder, readable by nobody else:

    seal.key, sign.key                  the pair in use, made at the first start
    seal.<when>.key, sign.<when>.key    one that was renewed then
    <id>.forgotten                      empty: a pair that is never to come back, not from a backup either
    .<16 hex>                           one that is being written; of a process that was killed then, a leftover

Servers of one city share the folder, and a backup takes it along: what was sealed to a key that is gone, nobody opens
any more, and the devices have to make their bundles anew. What changes the folder is in `server.bundles.renewing`.
"""

import base64
import os
import re
import secrets
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import cached_property
from pathlib import Path
from typing import Any, Final

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

from sync.bundle import encode_key, key_id, keys_id
from sync.errors import Busy

SEAL, SIGN = "seal.key", "sign.key"
FORGOTTEN = ".forgotten"
WHEN = "%Y-%m-%dT%H-%M-%SZ"

LEFT: Final = timedelta(hours=1)
"""After which no process can still be at work on a file without a name."""

_UNNAMED = re.compile(r"\.[0-9a-f]{16}")
_FORMER = re.compile(r"(?:seal|sign)\.(\d{4}-\d\d-\d\dT\d\d-\d\d-\d\dZ)\.key")


class Closed(Busy):
    """A key, or the folder of them, does not belong to the user who runs this: nothing is lost."""


Listing = frozenset[tuple[str, int, int]]
"""The files of the folder, each with what changes when another one takes its name."""


@dataclass(frozen=True)
class Pair:
    """Two keys that were made together; each alone is of no use to a device."""

    seal: X25519PrivateKey
    sign: Ed25519PrivateKey
    made: datetime
    renewed: datetime | None = None
    """None for the pair in use."""

    @cached_property
    def id(self) -> str:
        """By which a bundle names the pair that it was made for."""
        return key_id(self.seal.public_key().public_bytes_raw())

    @cached_property
    def public(self) -> tuple[bytes, bytes]:
        return self.seal.public_key().public_bytes_raw(), self.sign.public_key().public_bytes_raw()

    def told(self) -> dict[str, str]:
        """What a device keeps of it."""
        seal, sign = self.public
        return {"seal": encode_key(seal), "sign": encode_key(sign)}

    def shares_with(self, other: "Pair") -> bool:
        return any(one == two for one, two in zip(self.public, other.public, strict=True))


@dataclass(frozen=True)
class _Known:
    """What was read when the folder stood so."""

    listing: Listing
    pairs: tuple[Pair, ...]
    mark: str


class Keys:
    """Read when they are first needed, and again where the folder changed: another process renews them."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._known: _Known | None = None

    def make(self) -> None:
        """Make what is not there yet. Several processes may do so at once: the first one's stands."""
        there = _names(self.folder)
        for name in (SEAL, SIGN):
            if name not in there:
                make_key(self.folder, name)

    @property
    def pairs(self) -> tuple[Pair, ...]:
        """The one in use, then those that were renewed, the last first. `Busy` where they cannot be read."""
        self.make()
        return self._read().pairs

    @property
    def used(self) -> Pair:
        return self.pairs[0]

    def find(self, id_: str) -> Pair | None:
        return next((pair for pair in self.pairs if pair.id == id_), None)

    @property
    def there(self) -> bool:
        """Whether they were made; also where nobody can tell, so that whoever reads them then says why."""
        try:
            return {SEAL, SIGN} <= _names(self.folder)
        except Busy:
            return True

    @property
    def mark(self) -> str:
        """By which a device that holds other keys notices it; "" where none were made yet, or cannot be read: no
        exchange waits for keys."""
        try:
            return self._read().mark
        except Busy:
            return ""

    def told(self) -> dict[str, Any]:
        """What a device keeps: the public keys of the pair in use, and of those that were renewed."""
        used, *former = self.pairs
        return used.told() | {"former": [pair.told() for pair in former]}

    def _read(self) -> _Known:
        listing, known = listing_of(self.folder), self._known
        while known is None or known.listing != listing:
            pairs = _load(self.folder)
            before, listing = listing, listing_of(self.folder)
            if listing == before:
                self._known = known = _Known(listing, pairs, keys_id(pair.public for pair in pairs))
        return known


def listing_of(folder: Path) -> Listing:
    """Each exchange asks for it, so it costs no more than it must. `Busy` where the folder cannot be looked into."""
    found = []
    with looking(folder), suppress(FileNotFoundError), os.scandir(folder) as entries:
        for entry in entries:
            # One that went while we looked, or a link to nothing, is not there.
            if entry.name.endswith((".key", FORGOTTEN)):
                with suppress(FileNotFoundError):
                    said = entry.stat()
                    found.append((entry.name, said.st_ino, said.st_mtime_ns))
    return frozenset(found)


def on_disk(folder: Path) -> tuple[Pair, list[Pair]]:
    """The pair in use, and those under the names of a renewal, the last first, as the files stand.

    Between two steps of a renewal, or where it died there, the pair that it began with is in use: it is found under
    such a name alone, which its `renewed` tells.
    """
    former = [pair for when in sorted(times(folder), reverse=True) if (pair := _former(folder, when)) is not None]
    used = _pair(folder / SEAL, folder / SIGN)
    return next((pair for pair in former if pair.shares_with(used)), used), former


def forgotten(folder: Path) -> set[str]:
    """The ids of the pairs that are never to come back."""
    return {path.name.removesuffix(FORGOTTEN) for path in folder.glob(f"*{FORGOTTEN}")}


def times(folder: Path) -> set[datetime]:
    """Of the renewals that left files, be they whole or not."""
    found = set()
    for path in folder.iterdir():
        with suppress(ValueError):
            if match := _FORMER.fullmatch(path.name):
                found.add(datetime.strptime(match[1], WHEN).replace(tzinfo=UTC))
    return found


def former_pair(folder: Path, renewed: datetime) -> Pair:
    """The one that was renewed then. `Busy` where half of it is missing, or cannot be read."""
    seal, sign = (folder / former_name(name, renewed) for name in (SEAL, SIGN))
    return replace(_pair(seal, sign), renewed=renewed)


def former_name(name: str, renewed: datetime) -> str:
    """`seal.key` or `sign.key` once it was renewed."""
    kind, _, ending = name.partition(".")
    return f"{kind}.{renewed.strftime(WHEN)}.{ending}"


def new_key() -> bytes:
    return base64.b64encode(secrets.token_bytes(32)) + b"\n"


@contextmanager
def written(folder: Path) -> Iterator[None]:
    """`Busy` where the folder cannot be written to."""
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        yield
    except OSError as error:
        raise _refused(error, f"the server's keys cannot be written to {folder}: {error.strerror}") from error


@contextmanager
def looking(folder: Path) -> Iterator[None]:
    """`Busy` where the folder cannot be looked into: that ends no exchange, whose commands were carried out."""
    try:
        yield
    except OSError as error:
        said = f"the folder of the server's keys, {folder}, cannot be looked into: {error.strerror}"
        raise _refused(error, said) from error


@contextmanager
def beside(folder: Path, content: bytes) -> Iterator[Path]:
    """A file that has no name of its own yet, whole and on the disk."""
    path = folder / f".{secrets.token_hex(8)}"
    try:
        with os.fdopen(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        yield path
    finally:
        path.unlink(missing_ok=True)


def clear(folder: Path, older: timedelta = timedelta()) -> int:
    """Delete what killed processes left without a name, since it may be the secret of a key that was forgotten; how
    many. `older` spares those that somebody may be writing now, where nothing else keeps others away."""
    until, cleared = time.time() - older.total_seconds(), 0
    for path in _unnamed(folder):
        # One that somebody else takes away meanwhile hides none of the others.
        with suppress(FileNotFoundError):
            # By when its name came, not by when it was written: a copy has the time of what it is one of.
            if path.stat().st_ctime <= until:
                path.unlink()
                cleared += 1
    return cleared


def make_key(folder: Path, name: str) -> None:
    """A new key under a name that is given only once, to bytes that are whole: two that start together end with one
    key. `Busy` where it cannot be written."""
    with written(folder):
        try:
            _name_new(folder / name)
        except FileNotFoundError:
            # Whoever cleared the folder meanwhile took it for a leftover.
            _name_new(folder / name)


def _name_new(path: Path) -> None:
    with beside(path.parent, new_key()) as file, suppress(FileExistsError):
        os.link(file, path)


def _unnamed(folder: Path) -> list[Path]:
    with suppress(FileNotFoundError):
        return [path for path in folder.iterdir() if _UNNAMED.fullmatch(path.name)]
    return []


def _load(folder: Path) -> tuple[Pair, ...]:
    with looking(folder):
        used, former = on_disk(folder)
        gone = forgotten(folder)
    by_id = {pair.id: pair for pair in reversed(former) if pair.id not in gone and pair.id != used.id}
    former = sorted(by_id.values(), key=lambda pair: pair.renewed or pair.made, reverse=True)
    return replace(used, renewed=None), *former


def _names(folder: Path) -> set[str]:
    return {name for name, *_ in listing_of(folder)}


def _former(folder: Path, renewed: datetime) -> Pair | None:
    """None for one of which half is there, and for one that was forgotten while we looked."""
    try:
        return former_pair(folder, renewed)
    except Busy:
        return None


def _pair(seal: Path, sign: Path) -> Pair:
    secrets_ = secret_of(seal), secret_of(sign)
    try:
        made = datetime.fromtimestamp(min(path.stat().st_mtime for path in (seal, sign)), UTC)
    except OSError as error:
        raise _unread(seal, error) from error
    return Pair(
        X25519PrivateKey.from_private_bytes(secrets_[0]), Ed25519PrivateKey.from_private_bytes(secrets_[1]), made
    )


def id_of(seal: Path) -> str:
    """Of the pair that this file is a half of. `Busy` where it cannot be read."""
    return key_id(X25519PrivateKey.from_private_bytes(secret_of(seal)).public_key().public_bytes_raw())


def secret_of(path: Path) -> bytes:
    """The 32 bytes of a file. `Busy` where they cannot be read."""
    try:
        found = base64.b64decode(path.read_bytes(), validate=False)
    except OSError as error:
        raise _unread(path, error) from error
    except ValueError:
        found = b""
    if len(found) != 32:
        # Never made anew over one that cannot be read: an admin must look.
        raise _unread(path)
    return found


def _refused(error: OSError, said: str) -> Busy:
    return Closed(said) if isinstance(error, PermissionError) else Busy(said)


def _unread(path: Path, error: OSError | None = None) -> Busy:
    if isinstance(error, PermissionError):
        return Closed(
            f"the key {path} is closed to the user who runs this: it must belong to the one that the server runs as,"
            " and its commands too"
        )
    other = ", or delete it" if _FORMER.fullmatch(path.name) else ""
    return Busy(f"the key {path} cannot be read: bring it back from a backup{other}")
