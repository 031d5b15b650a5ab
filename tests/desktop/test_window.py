"""A real window on a screen that nobody sees: started, shut, shown again, killed, and what waits in it sent at last."""

import json
import os
import select
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from werkzeug.serving import BaseWSGIServer, make_server

from tests.conftest import Server
from tests.desktop.conftest import PIN

CASE = "00000000-0000-4000-8000-0000000000aa"
_POST = "{method: 'POST', headers: {'X-Tenggat': 'desk'}, body}"
PATIENCE = 60.0
"""Seconds for a machine that is busy with other tests."""


@pytest.fixture(scope="module")
def screen() -> Iterator[str]:
    """The name of a screen in memory."""
    assert shutil.which("Xvfb"), "apt-get install xvfb: the window is tested on a screen that nobody sees"
    reading, writing = os.pipe()
    command = ["Xvfb", "-displayfd", str(writing), "-screen", "0", "1280x900x24", "-nolisten", "tcp"]
    with subprocess.Popen(command, pass_fds=[writing], stderr=subprocess.DEVNULL) as process:
        os.close(writing)
        number = b""
        # To the end of the line: it would not survive writing to somebody who has left.
        while not number.endswith(b"\n"):
            ready, _, _ = select.select([reading], [], [], PATIENCE)
            piece = os.read(reading, 16) if ready else b""
            assert piece, "Xvfb did not start"
            number += piece
        os.close(reading)
        yield f":{number.decode().strip()}"
        process.terminate()


class Driven:
    """A program with a window, in a process of its own."""

    def __init__(self, home: Path, screen: str) -> None:
        self.home = home
        self.log = (home.parent / f"window-{time.monotonic_ns()}.log").open("w+")
        environment = {k: v for k, v in os.environ.items() if k != "WAYLAND_DISPLAY"} | {
            "DISPLAY": screen, "GDK_BACKEND": "x11", "NO_AT_BRIDGE": "1", "TZ": "Asia/Jakarta",
            "XDG_RUNTIME_DIR": str(home.parent), "LIBGL_ALWAYS_SOFTWARE": "1",
            "DBUS_SESSION_BUS_ADDRESS": "disabled:",
        }  # fmt: skip
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tests.desktop.driven", str(home)],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=self.log, text=True, env=environment,
            cwd=Path(__file__).parents[2], start_new_session=True,
        )  # fmt: skip

    def read(self) -> Any:
        assert self.process.stdout is not None
        ready, _, _ = select.select([self.process.stdout], [], [], PATIENCE)
        assert ready, "the window does not answer"
        line = self.process.stdout.readline()
        self.log.seek(0)
        assert line, f"the window's program ended with {self.process.wait(5)}: {self.log.read()}"
        return json.loads(line)

    def say(self, order: str, value: Any = None) -> None:
        assert self.process.stdin is not None
        self.process.stdin.write(json.dumps({order: value}) + "\n")
        self.process.stdin.flush()

    def do(self, order: str, value: Any = None) -> Any:
        self.say(order, value)
        answer = self.read()
        assert "error" not in answer, answer
        return answer["answer"]

    def text(self) -> str:
        return str(self.do("js", "document.body.innerText"))

    def ask(self, path: str, given: Any) -> Any:
        """A request of the page itself."""
        self.do(
            "js",
            f"(([path, body]) => {{ window.told = null; fetch(path, {_POST}).then(answer => answer.json())"
            f".then(found => {{ window.told = [found] }}); }})({json.dumps([path, json.dumps(given)])})",
        )
        found = until(lambda: self.do("js", "window.told && JSON.stringify(window.told)"), f"an answer of {path}")
        return json.loads(found)[0]

    def end(self) -> None:
        for stream in (self.process.stdin, self.process.stdout):
            assert stream is not None
            stream.close()
        if self.process.poll() is None:
            # With the browser's own processes.
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait(PATIENCE)
        self.log.close()


def until(found: Callable[[], Any], what: str) -> Any:
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        if answer := found():
            return answer
        time.sleep(0.1)
    raise AssertionError(f"waited in vain for {what}")


@pytest.fixture
def start(tmp_path: Path, screen: str) -> Iterator[Callable[[], Driven]]:
    made: list[Driven] = []

    def begin() -> Driven:
        window = Driven(tmp_path / "home", screen)
        made.append(window)
        return window

    yield begin
    for window in made:
        window.end()


class Town:
    """The city's server on a port of its own, there or not."""

    def __init__(self, server: Server) -> None:
        self._app = server.app
        self._serving = self._bound(0)
        self.address = f"http://127.0.0.1:{self._serving.server_port}"
        self._begin()

    def stop(self) -> None:
        self._serving.shutdown()
        self._thread.join()
        self._serving.server_close()

    def again(self) -> None:
        self._serving = self._bound(int(self.address.rpartition(":")[2]))
        self._begin()

    def _bound(self, port: int) -> BaseWSGIServer:
        return make_server("127.0.0.1", port, self._app, threaded=True)

    def _begin(self) -> None:
        self._thread = threading.Thread(target=self._serving.serve_forever)
        self._thread.start()


@pytest.fixture
def town(server: Server) -> Iterator[Town]:
    made = Town(server)
    yield made
    made.stop()


def test_from_the_first_start_to_everything_received(start: Callable[[], Driven], town: Town) -> None:
    window = start()
    assert "/enter?key=" in window.read()["loaded"]
    until(lambda: "Siapkan komputer ini" in window.text(), "the gate's screen")
    assert window.do("title") == "Tenggat" and window.do("visible")
    made = window.ask("/gate/make", {"title": "Petugas", "secret": PIN, "server": town.address})
    assert made.get("recovery"), made
    assert window.ask("/desk/city", [])["services"]
    town.stop()
    try:
        assert window.ask("/desk/edit", [CASE, {"title": "Lampu jalan padam"}, "lapor"]) is None
        until(lambda: "1 belum terkirim sejak" in window.do("title"), "a title that says what waits")

        # Its X hides it, and says so once; a second program shows it.
        window.do("close")
        until(lambda: not window.do("visible"), "a hidden window")
        assert len(window.do("said")) == 1
        second = start()
        assert second.read() == {"over": True} and second.process.wait(PATIENCE) == 0
        until(lambda: window.do("visible"), "the first one's window")
        window.do("close")
        until(lambda: not window.do("visible"), "a hidden window")
        assert len(window.do("said")) == 1

        # Killed, and begun anew: what was typed is there.
        os.killpg(window.process.pid, signal.SIGKILL)
        window.process.wait(PATIENCE)
        window = start()
        window.read()
        until(lambda: "Petugas" in window.text(), "the gate that knows who was here")
    finally:
        town.again()
    plain = [p for p in (window.home / "petugas").glob("device.sqlite*") if p.is_file()]
    assert plain and not any(b"Lampu jalan" in path.read_bytes() for path in plain)
    # The keyring of the program that was killed was in its memory, so only the code opens it.
    fresh = window.ask("/gate/recover", {"profile": "petugas", "code": made["recovery"], "secret": PIN})
    assert fresh["recovery"] != made["recovery"]
    until(lambda: window.do("title") == "Tenggat — semua sudah sampai", "everything received")
    assert window.ask("/desk/case", [CASE])["record"]["fields"] == {"title": "Lampu jalan padam"}

    window.say("js", "fetch('/gate/quit', {method: 'POST', headers: {'X-Tenggat': 'desk'}, body: '{}'}); 1")
    # It may be over before the page's value is answered.
    assert window.read() == {"over": True} or window.read() == {"over": True}
    assert window.process.wait(PATIENCE) == 0


def test_a_signal_ends_it_as_quitting_does(start: Callable[[], Driven]) -> None:
    window = start()
    window.read()
    window.process.send_signal(signal.SIGTERM)
    assert window.read() == {"over": True} and window.process.wait(PATIENCE) == 0
    assert not (window.home / "window.json").exists()
