"""The server of the window: on 127.0.0.1, at a port that the system gives, bound before anybody is told of it."""

import os
import socket
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

import platformdirs
from waitress.server import create_server

from client.desktop.agent import Outcome
from client.desktop.app import MAX_CARRIED, Window, make_app
from client.desktop.door import Door
from client.desktop.gate import Gate
from client.desktop.opened import Opened
from client.desktop.remembered import Remembered
from client.transport import HttpTransport, Transport
from client.vault import Profiles

THREADS: Final = 16
"""Each window that listens for changes holds one."""
MAX_BODY: Final = 256 * 1024 * 1024
"""Bytes; each route has a limit of its own below it."""

assert MAX_CARRIED < MAX_BODY


def home_folder(given: Path | None = None) -> Path:
    """Where the profiles lie: as the command line has it."""
    told = os.environ.get("TENGGAT_HOME")
    return given or (Path(told) if told else Path(platformdirs.user_data_dir("tenggat", appauthor=False)))


def _connect(server: str) -> Transport:
    return HttpTransport(server)


class Bridge:
    """Gate, door and server of one program. `profiles` None: those of `home`."""

    def __init__(
        self,
        home: Path,
        *,
        profiles: Profiles | None = None,
        connect: Callable[[str], Transport] = _connect,
        ended: Callable[[Opened, Outcome], None] = lambda *_: None,
        port: int = 0,
    ) -> None:
        self._listening = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        self._listening.bind(("127.0.0.1", port))
        self.port: int = self._listening.getsockname()[1]
        self.over = threading.Event()
        """Somebody asked to quit."""
        self.show: Callable[[], None] = lambda: None
        self.door = Door(self.port)
        self.gate = Gate(profiles or Profiles(home), Remembered(home), connect, ended)
        self.window = Window(self.door, self.gate, self.over.set, lambda: self.show())
        self._server: Any = create_server(
            make_app(self.window),
            sockets=[self._listening],
            threads=THREADS,
            ident=None,
            max_request_body_size=MAX_BODY,
            clear_untrusted_proxy_headers=True,
            # A window that is hidden asks nothing for hours; its next question must not find a closed door.
            channel_timeout=24 * 3600,
        )
        self._thread = threading.Thread(target=self._server.run, name="tenggat-bridge", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def close(self) -> None:
        """Ends the background too, each after the exchange that is under way."""
        self.gate.close()
        self._server.close()
        self._thread.join(5)
