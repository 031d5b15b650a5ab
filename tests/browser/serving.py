"""A real server process on the loopback interface, that can be killed, started again and looked into."""

import os
import random
import signal
import socket
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]

PATIENCE = 30
"""Seconds for a server to come up on a busy machine."""


def web_folder() -> Path:
    """The built app that is tested; `RuntimeError` where it was not built."""
    folder = Path(os.environ.get("TENGGAT_WEB") or ROOT / "client" / "web" / "dist")
    if not (folder / "build.json").is_file():
        raise RuntimeError(f"the web app is not built in {folder}: run make web")
    return folder


def free_port() -> int:
    """Below the ports that Linux gives to outgoing connections: a browser that asks a killed server again and again
    could otherwise be given that very port, and speak with itself."""
    while True:
        port = random.randrange(20_000, 32_000)
        try:
            socket.create_server(("127.0.0.1", port)).close()
        except OSError:
            continue
        return port


class ServerProcess:
    """`tenggat-server serve` on a folder's database and a folder's app, in a process group of its own."""

    def __init__(self, data: Path, web: Path | None = None) -> None:
        self.data = data
        self.web = web or web_folder()
        self.port = free_port()
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        command = [sys.executable, "-m", "server.cli", "--data", str(self.data), "serve", "--port", str(self.port)]
        environment = os.environ | {"TENGGAT_WEB": str(self.web)}
        log = self.data.parent / f"{self.data.name}.log"
        with log.open("ab") as out:
            self._process = subprocess.Popen(
                command, cwd=ROOT, env=environment, stdout=out, stderr=out, start_new_session=True
            )
        self._until(listening=True, log=log)

    def kill(self) -> None:
        """SIGKILL, workers and all: no goodbye, no flush."""
        if self._process is None:
            return
        os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()
        self._process = None
        self._until(listening=False)

    @contextmanager
    def halted(self) -> Iterator[None]:
        """Meanwhile it hears what is asked, and answers nothing; others can write to its database."""
        assert self._process is not None, "it was started"
        os.killpg(self._process.pid, signal.SIGSTOP)
        while self._in_a_transaction():
            os.killpg(self._process.pid, signal.SIGCONT)
            time.sleep(0.05)
            os.killpg(self._process.pid, signal.SIGSTOP)
        try:
            yield
        finally:
            os.killpg(self._process.pid, signal.SIGCONT)

    def _in_a_transaction(self) -> bool:
        connection = sqlite3.connect(self.data / "tenggat.sqlite3", timeout=0, isolation_level=None)
        try:
            connection.execute("BEGIN IMMEDIATE")
            connection.execute("ROLLBACK")
        except sqlite3.OperationalError:
            return True
        finally:
            connection.close()
        return False

    def _until(self, listening: bool, log: Path | None = None) -> None:
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end:
            try:
                socket.create_connection(("127.0.0.1", self.port), 1).close()
                found = True
            except OSError:
                found = False
            if found == listening:
                return
            if self._process is not None and self._process.poll() is not None:
                break
            time.sleep(0.02)
        told = log.read_text(encoding="utf-8", errors="replace")[-2_000:] if log else ""
        raise RuntimeError(f"the server did not {'start' if listening else 'end'}\n{told}")

    def rows(self, query: str, *values: Any) -> list[tuple[Any, ...]]:
        """The rows of a query, read from the file beside the running server."""
        connection = sqlite3.connect(f"file:{self.data / 'tenggat.sqlite3'}?mode=ro", uri=True, timeout=10)
        try:
            return connection.execute(query, values).fetchall()
        finally:
            connection.close()

    def numbers(self) -> list[str]:
        """The numbers of all cases, drafts left out."""
        found = self.rows("SELECT number FROM case_record WHERE number IS NOT NULL ORDER BY number")
        return [str(row[0]) for row in found]

    def commands(self) -> list[tuple[str, int, str]]:
        """Instance, number and status of every command that was ever processed."""
        return [(str(i), int(n), str(s)) for i, n, s in self.rows("SELECT instance, seq, status FROM command")]
