"""A server process that can be killed, and devices on a cable that can be pulled out."""

import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

from client.account import begin_as_guest, sign_in
from client.engine import Engine
from client.store import Store
from client.transport import HttpTransport, Unreachable
from client.work import Desk
from schemas.record import Attachment
from server.cli.demo import PASSWORD


class Server:
    """The demonstration city, in a process group of its own."""

    def __init__(self, data: Path) -> None:
        self.data = data
        with socket.create_server(("127.0.0.1", 0)) as listener:
            self.port: int = listener.getsockname()[1]
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        command = [sys.executable, "-m", "server.cli", "--data", str(self.data), "demo", "--port", str(self.port)]
        log = (self.data.parent / "server.log").open("ab")
        self._process = subprocess.Popen(command, stdout=log, stderr=log, start_new_session=True)
        log.close()
        for _ in range(600):
            try:
                socket.create_connection(("127.0.0.1", self.port), 1).close()
                return
            except OSError:
                if self._process.poll() is not None:
                    break
                time.sleep(0.05)
        raise RuntimeError(f"the server did not start; see {self.data.parent / 'server.log'}")

    def kill(self) -> None:
        """SIGKILL, workers and all: no goodbye, no flush."""
        if self._process is not None:
            os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait()
            self._process = None


class Phone:
    """One person's device."""

    def __init__(self, folder: Path, name: str, port: int, login: str | None = None) -> None:
        self.folder = folder
        self.store = Store(folder / f"{name}.sqlite3")
        self.transport = HttpTransport(f"http://127.0.0.1:{port}")
        self.engine = Engine(self.store, self.transport)
        self.desk = Desk(self.store)
        if login is None:
            begin_as_guest(self.store)
        else:
            sign_in(self.store, self.transport, login, PASSWORD)
        self.engine.sync()

    def sync(self) -> str | None:
        """Sync; None, or in words why it did not work."""
        try:
            trouble = self.engine.sync().trouble
        except Unreachable as error:
            return error.detail
        return trouble.detail if trouble else None

    def files(self, case: str) -> tuple[Attachment, ...]:
        """The photos and documents of a case, as its record has them."""
        record = self.desk.case(case).record
        return record.attachments if record else ()

    @property
    def waiting(self) -> int:
        return self.store.outbox.waiting()[0]
