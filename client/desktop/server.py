"""All that one program of the window is: its gate, its door and its server."""

import importlib
import threading
from collections.abc import Callable
from typing import TYPE_CHECKING, Final

from client.desktop.app import MAX_CARRIED, make_app
from client.desktop.deeds import Window
from client.desktop.door import Door
from client.desktop.gate import Gate
from client.desktop.listening import Listening
from client.desktop.remembered import Remembered
from client.vault import Profiles

if TYPE_CHECKING:
    from client.desktop.agent import Outcome
    from client.desktop.opened import Opened
    from client.roads import Connect

MAX_BODY: Final = 65 * 1024 * 1024
"""Bytes; each route has a limit of its own below it."""

assert MAX_CARRIED < MAX_BODY


class Bridge:
    """What the window, or a test in its place, is given the address of."""

    def __init__(
        self,
        profiles: Profiles,
        *,
        connect: "Connect | None" = None,
        ended: "Callable[[Opened, Outcome], None]" = lambda *_: None,
        port: int = 0,
        key: str | None = None,
    ) -> None:
        """`key`: with which another program of this user asks for the window to be shown."""
        self._listening = Listening(port, MAX_BODY)
        self.port = self._listening.port
        self.over = threading.Event()
        """Somebody asked to quit."""
        self.show: Callable[[], None] = lambda: None
        self.door = Door(self.port)
        self.gate = Gate(profiles, Remembered(profiles.home), connect, ended)
        self.window = Window(self.door, self.gate, self.over.set, lambda: self.show(), key)

    def start(self) -> None:
        self._listening.start(make_app(self.window))
        threading.Thread(target=self._warm, name="tenggat-warm", daemon=True).start()

    def _warm(self) -> None:
        """Ask and load, while the page reads its scripts, what it waits for next: the keyring, and then all that an
        open profile needs. Not before: until the window stands, its toolkit needs the interpreter more."""
        self.window.came.wait()
        self.gate.standing()
        importlib.import_module("client.desktop.desk_files")
        importlib.import_module("client.desktop.desk")

    def close(self) -> None:
        """Ends the background too, each after the exchange that is under way."""
        self.gate.close()
        self._listening.close()
