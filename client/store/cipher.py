"""The encrypted kind of the device's file: SQLCipher with a raw key, and the keys that all else in a profile is under.

The store's key is 32 random bytes. Nothing is ever sealed under it itself: each purpose has a key of its own, derived
from it, so what is found out about one says nothing about another.
"""

import os
import sqlite3
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any, cast

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDFExpand

from client.store.database import PRAGMAS, Connect, StoreBroken, database_errors
from sync.errors import TenggatError

KEY = 32
"""Bytes of the store's key, and of every other."""

PLAIN = b"SQLite format 3\x00"
"""What a database that is not encrypted begins with."""


class NoCipher(TenggatError):
    """This installation has no SQLCipher: `pip install tenggat[desktop]` brings it."""

    code = "no_cipher"


class WrongKey(StoreBroken):
    """The file was not encrypted under this key, or its first page was damaged. Nothing was written to it."""

    code = "wrong_key"


class NotSealed(StoreBroken):
    """A key was given for a file that is not encrypted. Nothing was written to it."""

    code = "not_sealed"


def subkey(key: bytes, purpose: str) -> bytes:
    """The key for one purpose (RFC 5869, expansion only: the store's key is random already)."""
    assert len(key) == KEY, "the store's key is 32 bytes"
    return HKDFExpand(SHA256(), KEY, purpose.encode()).derive(key)


def sealed_opener(key: bytes) -> Connect:
    """What `database.connect` is for a plain file. `WrongKey`, `NotSealed`, `NoCipher`."""
    raw = subkey(key, "tenggat database")

    fits = False

    def connect(path: Path) -> sqlite3.Connection:
        nonlocal fits
        if not fits:
            _refuse(path, raw)
            fits = True
        connection = cipher_connection(path, raw)
        try:
            for pragma in PRAGMAS:
                connection.execute(f"PRAGMA {pragma}")
        except BaseException:
            connection.close()
            raise
        return connection

    return connect


def cipher_connection(path: Path, raw: bytes | None, *, reads: bool = False) -> sqlite3.Connection:
    """A bare connection through SQLCipher; `raw` None opens a plain file with it. `reads`: nothing is written through
    it, not even what the last one to close a file moves there from the log."""
    dbapi2 = _dbapi2()
    name = f"{path.absolute().as_uri()}?mode=ro" if reads else str(path)
    connection = dbapi2.connect(name, isolation_level=None, timeout=15, check_same_thread=False, uri=reads)
    if not connection.execute("PRAGMA cipher_version").fetchone():
        # Another SQLite took its place in this process. It would not know of any key, and write all as it is.
        connection.close()
        raise NoCipher("this program's SQLCipher is not the one that answers; nothing was opened")
    # It would tell of a wrong key on the terminal, where it means nothing to anybody.
    connection.execute("PRAGMA cipher_log_level = NONE")
    if raw is not None:
        connection.execute(f"PRAGMA key = \"x'{raw.hex()}'\"")
    connection.execute("PRAGMA temp_store = MEMORY")
    connection.row_factory = dbapi2.Row
    return cast(sqlite3.Connection, connection)


def _dbapi2() -> Any:
    # Only where something is encrypted: a citizen's terminal needs no SQLCipher.
    try:
        with _own_symbols():
            from sqlcipher3 import dbapi2  # type: ignore[import-untyped]
    except ImportError:
        raise NoCipher("SQLCipher is missing; install it with: pip install 'tenggat[desktop]'") from None
    return dbapi2


@contextmanager
def _own_symbols() -> Iterator[None]:
    """What is loaded here calls its own functions. WebKit, which draws the window, brings the system's SQLite, whose
    functions have the same names: called in the place of SQLCipher's, they would write everything unencrypted."""
    deep = getattr(os, "RTLD_DEEPBIND", None)
    if deep is None:
        yield
        return
    flags = sys.getdlopenflags()
    sys.setdlopenflags(os.RTLD_NOW | deep)
    try:
        yield
    finally:
        sys.setdlopenflags(flags)


def _refuse(path: Path, raw: bytes) -> None:
    """Look before anything may be written: is the file encrypted, and under this key?"""
    if not path.exists() or not path.stat().st_size:
        return
    with path.open("rb") as file:
        if file.read(len(PLAIN)) == PLAIN:
            raise NotSealed(f"{path} is not encrypted, though a key was given for it; nothing was changed")
    with closing(cipher_connection(path, raw, reads=True)) as connection:
        try:
            connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
        except database_errors() as error:
            if "not a database" not in str(error):
                raise
            raise WrongKey(f"{path} is not encrypted under this key, or it is damaged; nothing was changed") from None
