"""A city kept as it was and brought back after each request: whoever asks next finds the same one."""

import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any, Final

from tests.conftest import Server

Rows = dict[str, list[tuple[Any, ...]]]

TOUCHED: Final = {
    "attempt": None,
    "device": {
        "seen",
        "turned_away",
        "health",
        "skew",
        "app",
        "succeeded",
        "cuts",
        "waits",
        "mismatches",
        "mismatched",
    },
    "device_sample": None,
    "admin_session": {"seen"},
}
"""Where it is noted that somebody asked: in these columns (None: the whole table), and nothing else changes by that."""


class Kept:
    """The city's database and files."""

    def __init__(self, server: Server, data: Path, place: Path) -> None:
        self._live, self._place = data / "tenggat.sqlite3", place
        self._files = server.world.files.folder
        self._kept_files = place / "files"
        place.mkdir(parents=True)
        if self._files.exists():
            shutil.copytree(self._files, self._kept_files)
        with closing(self._connected()) as live, closing(sqlite3.connect(place / "kept.sqlite3")) as kept:
            live.backup(kept)
        self._watch = self._connected()
        self._seen = self._version()
        self.before = self.rows()

    def close(self) -> None:
        self._watch.close()

    def changed(self) -> bool:
        """Whether anything was written to the database since it was last brought back."""
        return self._version() != self._seen

    def rows(self) -> Rows:
        """All that is in it, but for the notes that somebody asked."""
        found: Rows = {}
        names = [row[0] for row in self._watch.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        for table in sorted(names):
            passed_over = TOUCHED.get(table, set())
            if passed_over is None:
                continue
            columns = [row[1] for row in self._watch.execute(f'PRAGMA table_info("{table}")')]
            told = ", ".join(f'"{name}"' for name in columns if name not in passed_over)
            found[table] = sorted(self._watch.execute(f'SELECT {told} FROM "{table}"'), key=repr)
        return found

    def differs(self) -> list[str]:
        """The tables in which anything is another than it was."""
        now = self.rows()
        return [table for table in sorted(now | self.before) if now.get(table) != self.before.get(table)]

    def bring_back(self, *, files: bool) -> None:
        """The city as it was kept."""
        with closing(sqlite3.connect(self._place / "kept.sqlite3")) as kept, closing(self._connected()) as live:
            # What a test throws away need not survive a power cut.
            live.execute("PRAGMA synchronous=OFF")
            kept.backup(live)
        self._seen = self._version()
        if files:
            shutil.rmtree(self._files, ignore_errors=True)
            if self._kept_files.exists():
                shutil.copytree(self._kept_files, self._files)

    def _version(self) -> int:
        return int(self._watch.execute("PRAGMA data_version").fetchone()[0])

    def _connected(self) -> sqlite3.Connection:
        return sqlite3.connect(self._live)


@contextmanager
def kept(server: Server, data: Path, place: Path) -> Iterator[Kept]:
    made = Kept(server, data, place)
    try:
        yield made
    finally:
        made.close()
