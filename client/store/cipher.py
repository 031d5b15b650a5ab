"""The encrypted kind of the device's file: SQLCipher with a raw key, and the keys that all else in a profile is under.

The store's key is 32 random bytes. Nothing is ever sealed under it itself: each purpose has a key of its own, derived
from it, so what is found out about one says nothing about another.
"""

import sqlite3
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

    def connect(path: Path) -> sqlite3.Connection:
        _refuse_plain(path)
        connection = cipher_connection(path, raw)
        try:
            connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
            for pragma in PRAGMAS:
                connection.execute(f"PRAGMA {pragma}")
        except database_errors() as error:
            connection.close()
            if "not a database" in str(error):
                raise WrongKey(f"{path} was not encrypted under this key, or it is damaged; nothing was changed") from (
                    None
                )
            raise
        return connection

    return connect


def cipher_connection(path: Path, raw: bytes | None) -> sqlite3.Connection:
    """A bare connection through SQLCipher; `raw` None opens a plain file with it."""
    dbapi2 = _dbapi2()
    connection = dbapi2.connect(str(path), isolation_level=None, timeout=15, check_same_thread=False)
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
        from sqlcipher3 import dbapi2  # type: ignore[import-untyped]
    except ImportError:
        raise NoCipher("SQLCipher is missing; install it with: pip install 'tenggat[desktop]'") from None
    return dbapi2


def _refuse_plain(path: Path) -> None:
    if path.exists():
        with path.open("rb") as file:
            if file.read(len(PLAIN)) == PLAIN:
                raise NotSealed(f"{path} is not encrypted, though a key was given for it; nothing was changed")
