"""The web app's device against a real server: `client/web/tests/device/whole.test.ts` and `files/whole.test.ts`, run by
Node.

The server is a process of its own, and the test kills and starts it by asking here.
"""

import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

NPM = Path(__file__).parents[2] / "client" / "web" / "npm.py"


class City:
    """A demonstration city that dies without a word and comes back on the same port with the same data."""

    def __init__(self, data: Path) -> None:
        with socket.create_server(("127.0.0.1", 0)) as free:
            self.port: int = free.getsockname()[1]
        self.data = data
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        command = [Path(sys.executable).with_name("tenggat-server"), "--data", self.data, "demo", "--port", self.port]
        with (self.data / "server.log").open("ab") as log:
            self.process = subprocess.Popen(
                [str(word) for word in command], stdout=log, stderr=log, start_new_session=True
            )
        until = time.monotonic() + 30
        while time.monotonic() < until:
            try:
                socket.create_connection(("127.0.0.1", self.port), timeout=1).close()
                return
            except OSError:
                assert self.process.poll() is None, (self.data / "server.log").read_text("utf-8")
                time.sleep(0.05)
        raise AssertionError("the server did not start")

    def kill(self) -> None:
        if self.process is not None:
            # Its workers too, and no time to finish anything.
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()
            self.process = None


@pytest.fixture
def city(tmp_path: Path) -> Iterator[City]:
    made = City(tmp_path)
    made.start()
    yield made
    made.kill()


@pytest.fixture
def control(city: City) -> Iterator[str]:
    """An address that the browser's side posts `kill` and `start` to."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            {"/kill": city.kill, "/start": city.start}[self.path]()
            self.send_response(200)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Nothing to say on the terminal."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


@pytest.mark.parametrize(("tests", "count"), [("device/whole", 2), ("device/files/whole", 5)])
def test_browsers_and_a_real_server(city: City, control: str, tests: str, count: int) -> None:
    environment = os.environ | {"TENGGAT_SERVER": f"http://127.0.0.1:{city.port}", "TENGGAT_CONTROL": control}
    run = subprocess.run(
        [sys.executable, str(NPM), "test", tests],
        env=environment,
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert run.returncode == 0, run.stdout + run.stderr
    assert "skipped 0" in run.stdout and f"pass {count}\n" in run.stdout, run.stdout
