"""A plain profile is locked: everything in it is written once more, encrypted, and then takes the plain one's place.

A process may die, or the power go, before any step of it. So all that is new is made in `locking/`, which counts for
nothing until, whole and on the disk, it is renamed to `locked/`: that one rename is when the profile is locked. Whoever
opens a profile with a `locked/` in it first does what was left to do. Until that rename the plain profile is all there,
after it the encrypted one.
"""

import os
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import Final

from filelock import FileLock, Timeout

from client.store.blobs import CHUNK, Blobs, go_on
from client.store.cipher import cipher_connection, sealed_opener, subkey
from client.store.database import StoreBroken, database_errors, open_here
from client.store.sealed import SealedBlobs
from client.vault.disk import flush_folder
from client.vault.refusals import AlreadyLocked, NoRoomToLock, ProfileInUse, VaultBroken
from client.vault.ring import Ring
from client.vault.vault import FILE, Vault
from client.vault.wrapping import STRONG, Cost

DATABASE: Final = "device.sqlite"
FILES: Final = "device.sqlite.files"
OPENED: Final = "opened"
"""Where copies for other programs lie, which are plain."""
MAKING: Final = "locking"
MADE: Final = "locked"
SPARE: Final = 50_000_000
"""Bytes that stay free while everything is there twice."""
PATIENCE: Final = 60
"""Seconds to wait for another process that is opening or locking this profile."""

Step = Callable[[str], None]


@contextmanager
def alone(folder: Path) -> Iterator[None]:
    """Nobody else opens or locks this profile meanwhile. Opening takes a moment; what is open then is not counted."""
    try:
        with FileLock(folder / "profile.lock", timeout=PATIENCE, thread_local=False):
            yield
    except Timeout:
        raise ProfileInUse from None


def lock(folder: Path, secret: str, ring: Ring, cost: Cost = STRONG, step: Step = go_on) -> tuple[bytes, str]:
    """The key of the store that is encrypted from here on, and the recovery code. `AlreadyLocked`, `ProfileInUse`,
    `NoRoomToLock`, and as `Vault.create`; with each of them, nothing was changed."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    with alone(folder):
        settle(folder, ring, step)
        if Vault.exists(folder):
            raise AlreadyLocked
        if not (folder / DATABASE).exists():
            _, key, code = Vault.create(folder, secret, ring, cost)
            return key, code
        if open_here(folder / DATABASE):
            raise ProfileInUse
        _look_for_room(folder)
        making = folder / MAKING
        try:
            with closing(_held(folder / DATABASE)) as plain:
                _, key, code = Vault.create(making, secret, ring, cost)
                step("copy database")
                _copy_database(plain, making / DATABASE, key)
                _copy_files(folder / FILES, making / FILES, key, step)
                step("lock")
                making.replace(folder / MADE)
                flush_folder(folder)
        except Exception:
            _clear(making, ring)
            raise
        _finish(folder, step)
    return key, code


def settle(folder: Path, ring: Ring, step: Step = go_on) -> None:
    """What a process that died left: done to its end where the profile is locked, else taken away. Only `alone`."""
    if (folder / MADE).exists():
        _finish(folder, step)
    if (folder / MAKING).exists():
        _clear(folder / MAKING, ring)


def _held(path: Path) -> sqlite3.Connection:
    """The plain database, for as long as it is open for nobody else."""
    connection = cipher_connection(path, None)
    try:
        connection.execute("PRAGMA busy_timeout = 2000")
        # Out of the log, into the one file. It is refused while anybody else has it open.
        mode = connection.execute("PRAGMA journal_mode = DELETE").fetchone()[0]
        if mode != "delete":
            raise ProfileInUse
        connection.execute("PRAGMA locking_mode = EXCLUSIVE")
        connection.execute("BEGIN EXCLUSIVE")
        connection.execute("COMMIT")
    except database_errors() as error:
        connection.close()
        if "locked" in str(error):
            raise ProfileInUse from None
        raise StoreBroken(f"{path} cannot be read ({error}); copy it to a safe place before anything else") from error
    except BaseException:
        connection.close()
        raise
    return connection


def _copy_database(plain: sqlite3.Connection, path: Path, key: bytes) -> None:
    try:
        raw = subkey(key, "tenggat database")
        plain.execute("ATTACH DATABASE ? AS sealed KEY ?", (str(path), f"x'{raw.hex()}'"))
        plain.execute("PRAGMA sealed.synchronous = FULL")
        plain.execute("SELECT sqlcipher_export('sealed')").fetchall()
        version = plain.execute("PRAGMA main.user_version").fetchone()[0]
        plain.execute(f"PRAGMA sealed.user_version = {version}")
        plain.execute("DETACH DATABASE sealed")
        path.chmod(0o600)
        with closing(sealed_opener(key)(path)) as sealed:
            damage = sealed.execute("PRAGMA cipher_integrity_check").fetchall()
            if damage or _counts(sealed) != _counts(plain):
                raise StoreBroken("the encrypted copy is not what it is a copy of; the disk may be failing")
    except database_errors() as error:
        raise StoreBroken(f"the profile cannot be copied ({error}); nothing was changed") from error


def _counts(connection: sqlite3.Connection) -> dict[str, int]:
    names = [row[0] for row in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name")]
    return {name: connection.execute(f'SELECT count(*) FROM "{name}"').fetchone()[0] for name in names}  # noqa: S608


def _copy_files(plain: Path, sealed: Path, key: bytes, step: Step) -> None:
    """What is whole; bytes that are damaged are lost already, and stay so. Parts are fetched anew."""
    sealed.mkdir(mode=0o700)
    source = Blobs(plain)
    all_at_once = hasattr(os, "sync")
    target = SealedBlobs(sealed, key, durable=not all_at_once, step=step)
    for path in sorted(plain.glob("??/*")):
        if source.sound(path.name):
            with path.open("rb") as file:
                target.put(iter(lambda: file.read(CHUNK), b""))
    if all_at_once:
        os.sync()


def _finish(folder: Path, step: Step) -> None:
    """Put what is encrypted in the place of what is plain. Each step may have been done before."""
    made = folder / MADE
    if (made / DATABASE).exists():
        for part in ("-wal", "-shm", "-journal"):
            step("remove log")
            (folder / f"{DATABASE}{part}").unlink(missing_ok=True)
        step("move database")
        (made / DATABASE).replace(folder / DATABASE)
    if (made / FILES).exists():
        step("remove files")
        shutil.rmtree(folder / FILES, ignore_errors=True)
        step("move files")
        (made / FILES).replace(folder / FILES)
    step("remove copies")
    shutil.rmtree(folder / OPENED, ignore_errors=True)
    if (made / FILE).exists():
        step("move vault")
        (made / FILE).replace(folder / FILE)
    flush_folder(folder)
    step("remove folder")
    shutil.rmtree(made)
    flush_folder(folder)


def _clear(making: Path, ring: Ring) -> None:
    if Vault.exists(making):
        # Of a damaged one, the secret that the keyring may have is of no use to anybody.
        with suppress(VaultBroken):
            ring.drop(Vault(making, ring).id)
    shutil.rmtree(making, ignore_errors=True)


def _look_for_room(folder: Path) -> None:
    size = sum(path.stat().st_size for path in folder.glob("**/*") if path.is_file())
    if shutil.disk_usage(folder).free < size + size // 8 + SPARE:
        raise NoRoomToLock
