"""A computer with a screen, a keyboard and a keyring, for one officer: all in memory and in a folder, nothing of the
machine's own."""

import json
import os
import select
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, TypeVar

from tests.desktop import screen

ROOT = Path(__file__).parents[2]
PATIENCE = 60.0
"""Seconds for a machine that is busy with other tests."""
FOLDERS = {
    "HOME": "home",
    "XDG_RUNTIME_DIR": "run",
    "XDG_DATA_HOME": "data",
    "XDG_CONFIG_HOME": "config",
    "XDG_CACHE_HOME": "cache",
    "XDG_STATE_HOME": "state",
    "TMPDIR": "tmp",
}
"""All places where a program may leave something."""
KEPT = ("PATH", "LANG", "LC_ALL", "PYTHONPATH")

Found = TypeVar("Found")


class Seat:
    """Its programs end with it. `size`: of the screen, in pixels."""

    def __init__(self, folder: Path, size: tuple[int, int] = (1280, 900)) -> None:
        screen.needed()
        self.folder = folder
        self.environment = {name: os.environ[name] for name in KEPT if name in os.environ}
        for name, place in FOLDERS.items():
            (folder / place).mkdir(mode=0o700, parents=True, exist_ok=True)
            self.environment[name] = str(folder / place)
        self.environment |= {"GDK_BACKEND": "x11", "LIBGL_ALWAYS_SOFTWARE": "1", "TZ": "Asia/Jakarta"}
        # Pictures of maps lie elsewhere in the world: nothing leaves this machine, whatever a page asks for.
        nowhere = dict.fromkeys(("http_proxy", "https_proxy"), "http://127.0.0.1:9")
        self.environment |= nowhere | {"no_proxy": "127.0.0.1"}
        _refuse_documents(folder / FOLDERS["XDG_DATA_HOME"])
        self._running: list[subprocess.Popen[str]] = []
        self._log = (folder / "seat.log").open("w")
        self._noticed = folder / "notices"
        try:
            self._furnish(size)
        except BaseException:
            self.close()
            raise

    def _furnish(self, size: tuple[int, int]) -> None:
        reading, writing = os.pipe()
        seen = ["-screen", "0", f"{size[0]}x{size[1]}x24", "-nolisten", "tcp"]
        self.run("Xvfb", "-displayfd", str(writing), *seen, pass_fds=[writing])
        os.close(writing)
        self.environment["DISPLAY"] = f":{_line(reading)}"
        os.close(reading)
        bus = self.run("dbus-daemon", "--session", "--nofork", "--print-address=1", stdout=subprocess.PIPE)
        assert bus.stdout is not None
        self.environment["DBUS_SESSION_BUS_ADDRESS"] = _line(bus.stdout.fileno())
        self.run("openbox")
        keyring = self.run("gnome-keyring-daemon", "--unlock", "--foreground", "--components=secrets",
                           stdin=subprocess.PIPE)  # fmt: skip
        assert keyring.stdin is not None
        keyring.stdin.write("a keyring's password")
        keyring.stdin.close()
        until(lambda: self._serves("org.freedesktop.secrets"), "a keyring")
        with self._noticed.open("w") as noticed:
            self.run(sys.executable, "-m", "tests.desktop.noticeboard", stdout=noticed)
        until(lambda: self._serves("org.freedesktop.Notifications"), "somewhere to notify")
        self._eyes = self.run(sys.executable, "-m", "tests.desktop.eyes", stdin=subprocess.PIPE, stdout=subprocess.PIPE)

    def _serves(self, name: str) -> bool:
        asked = ["dbus-send", "--session", "--print-reply", "--dest=org.freedesktop.DBus", "/org/freedesktop/DBus",
                 "org.freedesktop.DBus.NameHasOwner", f"string:{name}"]  # fmt: skip
        told = subprocess.run(asked, env=self.environment, capture_output=True, text=True, check=False)
        return "boolean true" in told.stdout

    def run(self, *command: str, **more: Any) -> "subprocess.Popen[str]":
        """A program of this session, in a group of its own."""
        given: dict[str, Any] = {"stdin": subprocess.DEVNULL, "stdout": self._log, "stderr": self._log} | more
        process = subprocess.Popen(
            command, env=self.environment, cwd=ROOT, text=True, start_new_session=True, **given
        )  # fmt: skip
        self._running.append(process)
        return process

    def close(self) -> None:
        """All of its processes, also what its programs left behind: that has its folders in its environment."""
        for process in reversed(self._running):
            _kill(process)
            for stream in (process.stdin, process.stdout):
                if stream is not None:
                    stream.close()
        for pid in self.processes():
            try:
                os.kill(pid, signal.SIGKILL)
            except ProcessLookupError:
                continue
        self._log.close()

    def processes(self) -> list[int]:
        """Of everything that was started in this session."""
        mark = f"XDG_RUNTIME_DIR={self.environment['XDG_RUNTIME_DIR']}\0".encode()
        found = []
        for place in Path("/proc").iterdir():
            try:
                if place.name.isdigit() and mark in (place / "environ").read_bytes() + b"\0":
                    found.append(int(place.name))
            except OSError:
                continue
        return found

    # What somebody at this computer does.

    def ask(self, *order: Any) -> Any:
        assert self._eyes.stdin is not None and self._eyes.stdout is not None
        self._eyes.stdin.write(json.dumps(order) + "\n")
        self._eyes.stdin.flush()
        ready, _, _ = select.select([self._eyes.stdout], [], [], PATIENCE)
        assert ready, "the eyes see nothing"
        return json.loads(self._eyes.stdout.readline())

    def shown(self) -> str:
        """All that is on the screen, a line for each thing."""
        return "\n".join(f"{role}: {words}" for role, words in self.ask("see") or [] if words)

    def sees(self, *words: str) -> str:
        """Waits until all of these are shown; everything that is."""

        def looked() -> str:
            now = self.shown()
            return now if all(each in now for each in words) else ""

        return self._until(looked, f"{words} on the screen")

    def press(self, words: str, role: str = "push button", which: int = 0) -> None:
        """`words`: how its name begins; with a $ at the end, all of it."""
        self._until(lambda: self.ask("press", role, words, which), f"{role} “{words}”")

    def type(self, into: str, text: str, role: str = "entry", which: int = 0) -> None:
        """Into a field, with the keyboard, in the place of what is there; and it is there."""
        self._until(lambda: self.ask("focus", role, into, which), f"{role} “{into}”")
        self.keys("ctrl+a")
        self.hand("type", "--delay", "8", "--", text)
        if role == "entry":
            self._until(lambda: self.ask("read", role, into, which) == text, f"“{text}” in {into}")

    def keys(self, *keys: str) -> None:
        self.hand("key", *keys)

    def hand(self, *what: str) -> str:
        """What xdotool does."""
        done = subprocess.run(["xdotool", *what], env=self.environment, capture_output=True, text=True, check=True)
        return done.stdout.strip()

    def notified(self) -> list[list[str]]:
        """What the computer's notifications were told to show until now: program, summary and body of each."""
        return [json.loads(line) for line in self._noticed.read_text("utf-8").splitlines()]

    def windows(self) -> list[str]:
        """Those of Tenggat that can be seen."""
        asked = ["xdotool", "search", "--onlyvisible", "--name", "^Tenggat"]
        return subprocess.run(asked, env=self.environment, capture_output=True, text=True, check=False).stdout.split()

    def close_window(self) -> None:
        """As its X does, with the keys that the window manager has for it; and it is gone from the screen."""
        self.hand("windowactivate", "--sync", *self.windows())
        self.keys("alt+F4")
        self._until(lambda: not self.windows(), "a window that is closed")

    def minimize_window(self) -> None:
        """And another one, or none, has the keyboard."""
        self.hand("windowactivate", "--sync", *self.windows())
        self.hand("windowminimize", "--sync", *self.windows())

    def files(self) -> Iterator[Path]:
        """All that is left on the disk by whatever ran here."""
        for place in FOLDERS.values():
            yield from (path for path in (self.folder / place).rglob("*") if path.is_file() and not path.is_symlink())

    def picture(self, path: Path) -> Path:
        subprocess.run(["import", "-window", "root", str(path)], env=self.environment, check=True)
        return path

    def _until(self, found: Callable[[], Found], what: str) -> Found:
        try:
            return until(found, what)
        except AssertionError:
            kept = self.picture(self.folder / "in-vain.png")
            raise AssertionError(f"waited in vain for {what}; {kept} shows\n{self.shown()}") from None


def until(found: Callable[[], Found], what: str) -> Found:
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        if answer := found():
            return answer
        time.sleep(0.1)
    raise AssertionError(f"waited in vain for {what}")


def _refuse_documents(data: Path) -> None:
    """The portal for documents mounts a file system in this session's folder, which would outlive it when it is
    killed, and nobody could remove the folder any more."""
    services = data / "dbus-1" / "services"
    services.mkdir(parents=True)
    name = "org.freedesktop.portal.Documents"
    (services / f"{name}.service").write_text(f"[D-BUS Service]\nName={name}\nExec=/bin/false\n", "utf-8")


def _line(reading: int) -> str:
    """To its end: whoever writes it would not survive a reader that has left."""
    found = b""
    while not found.endswith(b"\n"):
        ready, _, _ = select.select([reading], [], [], PATIENCE)
        piece = os.read(reading, 200) if ready else b""
        assert piece, "a program of the session did not start"
        found += piece
    return found.decode().strip()


def _kill(process: "subprocess.Popen[str]") -> None:
    if process.poll() is None:
        os.killpg(process.pid, signal.SIGKILL)
    process.wait(PATIENCE)
