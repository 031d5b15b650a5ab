"""Several workers behind one address, on a PostgreSQL: as a city runs them, and as they can be killed."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

from tests.browser.serving import PATIENCE, ROOT, free_port

COUNT = 4


class Workers:
    """`tenggat-server serve --workers 4`, or another program that serves; its port, its log and its processes."""

    def __init__(self, folder: Path, url: str, program: tuple[str, ...] = ()) -> None:
        self.port = free_port()
        self.log = folder / "workers.log"
        words = ("-m", "server.cli", "serve", "--port", str(self.port), "--workers", str(COUNT))
        command = [sys.executable, *(program or words)]
        told = {"TENGGAT_DATABASE_URL": url, "TENGGAT_DATA": str(folder / "data"), "PORT": str(self.port)}
        with self.log.open("ab") as out:
            self._process = subprocess.Popen(
                command, cwd=ROOT, env=os.environ | told, stdout=out, stderr=out, start_new_session=True
            )

    def until_ready(self) -> None:
        """All of them have said that they listen."""
        self._until(lambda: self.said("Started worker-") >= COUNT, "start")

    def until_again(self, killed: int) -> None:
        """So many that were killed have been started anew."""
        self._until(lambda: self.said("Started worker-") >= COUNT + killed, "come back")

    def said(self, words: str) -> int:
        return self.log.read_text(encoding="utf-8", errors="replace").count(words)

    def pids(self) -> list[int]:
        """Those that answer; not who started them, nor what Python keeps beside."""
        children = Path(f"/proc/{self._process.pid}/task/{self._process.pid}/children").read_text().split()
        return [int(pid) for pid in children if b"tracker" not in Path(f"/proc/{pid}/cmdline").read_bytes()]

    def stop(self) -> None:
        """SIGKILL to all."""
        os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()

    def _until(self, so: object, what: str) -> None:
        assert callable(so)
        end = time.monotonic() + 2 * PATIENCE
        while not so():
            if self._process.poll() is not None or time.monotonic() > end:
                raise RuntimeError(f"the workers did not {what}\n{self.log.read_text(errors='replace')[-3_000:]}")
            time.sleep(0.02)
