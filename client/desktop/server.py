"""The server of the window: on 127.0.0.1, at a port that the system gives, bound before anybody is told of it."""

import socket
import threading
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Final

from waitress.server import create_server

from client.desktop.app import MAX_CARRIED, Window, make_app
from client.desktop.door import Door
from client.desktop.gate import Gate
from client.desktop.remembered import Remembered
from client.vault import Profiles

if TYPE_CHECKING:
    from client.desktop.agent import Outcome
    from client.desktop.opened import Opened
    from client.roads import Connect

THREADS: Final = 16
"""Each window that listens for changes holds one."""
MAX_BODY: Final = 65 * 1024 * 1024
"""Bytes; each route has a limit of its own below it."""

assert MAX_CARRIED < MAX_BODY


class Bridge:
    """Gate, door and server of one program."""

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
        self._listening = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        self._listening.bind(("127.0.0.1", port))
        self.port: int = self._listening.getsockname()[1]
        self.over = threading.Event()
        """Somebody asked to quit."""
        self.show: Callable[[], None] = lambda: None
        self.door = Door(self.port)
        self.gate = Gate(profiles, Remembered(profiles.home), connect, ended)
        self.window = Window(self.door, self.gate, self.over.set, lambda: self.show(), key)
        self._server: Any = create_server(
            make_app(self.window),
            sockets=[self._listening],
            threads=THREADS,
            ident=None,
            max_request_body_size=MAX_BODY,
            # Nothing that goes through here may lie on the disk in between: what is kept there is encrypted.
            inbuf_overflow=2 * MAX_BODY,
            outbuf_overflow=2 * MAX_BODY,
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
        # Requests that are being answered first: they answer through what is closed next.
        self._server.task_dispatcher.shutdown(cancel_pending=True, timeout=5)
        self._server.close()
        self._listening.close()
        self._thread.join(5)
