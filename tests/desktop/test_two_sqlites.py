"""The window's process has two SQLites in it: the system's, which WebKit brings, and SQLCipher. A call of the one must
never end in the other: the system's knows of no key, and writes all as it is."""

import ctypes.util
import subprocess
import sys
from pathlib import Path

import pytest

WORDS = b"Lampu jalan padam"


def run(tmp_path: Path, before: str, after: str = "") -> tuple[str, bytes]:
    """What a process of its own ends with, and all bytes that it left on the disk."""
    system = ctypes.util.find_library("sqlite3")
    assert system, "apt-get install libsqlite3-0, which WebKit needs too"
    script = f"""
import ctypes, sys
ctypes.CDLL({system!r}, mode=ctypes.RTLD_GLOBAL)
{before}
from pathlib import Path
from client.store import Store
from client.store.cipher import NoCipher
try:
    store = Store(Path({str(tmp_path)!r}) / "device.sqlite", key=b"k" * 32)
    store.meta.set("note", {WORDS.decode()!r})
    print(store.meta.get("note"))
    store.close()
except NoCipher as refused:
    print(refused.code)
"""
    answer = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    written = b"".join(path.read_bytes() for path in tmp_path.glob("**/*") if path.is_file())
    return answer.stdout.strip(), written


@pytest.mark.skipif(sys.platform != "linux", reason="only there one library's functions are called in another's place")
def test_sqlcipher_is_not_taken_for_the_systems_sqlite(tmp_path: Path) -> None:
    said, written = run(tmp_path, "")
    assert said == WORDS.decode() and written
    assert WORDS not in written and b"SQLite format 3" not in written


@pytest.mark.skipif(sys.platform != "linux", reason="only there one library's functions are called in another's place")
def test_where_it_is_all_the_same_nothing_is_written(tmp_path: Path) -> None:
    said, written = run(tmp_path, "import sqlcipher3.dbapi2")
    assert said == "no_cipher" and WORDS not in written and b"SQLite format 3" not in written
