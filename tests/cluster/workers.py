"""Several workers behind one address: as a city runs them, and as they can be killed, and started again."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

from tests.browser.serving import PATIENCE, ROOT, free_port

COUNT = 4


class Workers:
    """`tenggat-server serve --workers N`, or another program that serves; its port, its log and its processes. `url`:
    of a PostgreSQL; without it the city lies in a file. `told`: what else its environment says."""

    def __init__(
        self, folder: Path, url: str | None = None, program: tuple[str, ...] = (), *, count: int = COUNT, **told: str
    ) -> None:
        self.port = free_port()
        self.log = folder / "workers.log"
        self._count = count
        self._program = program or ("-m", "server.cli", "serve", "--port", str(self.port), "--workers", str(count))
        told |= {"TENGGAT_DATA": str(folder / "data"), "PORT": str(self.port)}
        self._environment = os.environ | told | ({"TENGGAT_DATABASE_URL": url} if url else {})
        self.start()

    def start(self) -> None:
        """Behind the same port as before. What was said before is not in the log any more."""
        with self.log.open("wb") as out:
            self._process = subprocess.Popen(
                [sys.executable, *self._program], cwd=ROOT, env=self._environment, stdout=out, stderr=out,
                start_new_session=True,
            )  # fmt: skip

    def run(self, *words: str) -> str:
        """What another command of `tenggat-server` says about this city, in a process of its own."""
        command = [sys.executable, "-m", "server.cli", *words]
        done = subprocess.run(command, cwd=ROOT, env=self._environment, check=False, capture_output=True, text=True)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def until_ready(self) -> None:
        """All of them have said that they listen."""
        self._until(lambda: self.said("Started worker-") >= self._count, "start")

    def until_again(self, killed: int) -> None:
        """So many that were killed have been started anew."""
        self._until(lambda: self.said("Started worker-") >= self._count + killed, "come back")

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
