"""Waitress on a socket of 127.0.0.1 that is bound before anybody is told of it, and that ends in good order."""

import socket
import threading
from contextlib import suppress
from typing import Any, Final

from waitress.server import create_server

THREADS: Final = 16
"""Each window that listens for changes holds one."""


class Listening:
    """`port` 0: one that the system gives. `most`: bytes of a body."""

    def __init__(self, port: int, most: int) -> None:
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        self._socket.bind(("127.0.0.1", port))
        self.port: int = self._socket.getsockname()[1]
        self._most = most
        self._over = threading.Event()
        self._server: Any = None
        self._thread = threading.Thread(target=self._run, name="tenggat-bridge", daemon=True)

    def start(self, app: Any) -> None:
        """Answer with this WSGI application."""
        self._server = create_server(
            app,
            sockets=[self._socket],
            threads=THREADS,
            ident=None,
            max_request_body_size=self._most,
            # Nothing that goes through here may lie on the disk in between: what is kept there is encrypted.
            inbuf_overflow=2 * self._most,
            outbuf_overflow=2 * self._most,
            clear_untrusted_proxy_headers=True,
            # select() knows no descriptor above 1,023, and this program may hold more open.
            asyncore_use_poll=True,
            # A window that is hidden asks nothing for hours; its next question must not find a closed door.
            channel_timeout=24 * 3600,
        )
        self._thread.start()

    def close(self) -> None:
        """Requests that are being answered are answered; then nobody listens any more."""
        self._over.set()
        if self._server is None:
            self._socket.close()
            return
        # Woken by whoever came last, it may be over already.
        with suppress(OSError):
            self._server.pull_trigger()
        self._thread.join(10)

    def _run(self) -> None:
        # Its own run() has no end but an exception, and closing it from another thread pulls the sockets away from
        # under the one that waits on them.
        server = self._server
        while not self._over.is_set():
            self._turn(server)
        server.task_dispatcher.shutdown(cancel_pending=True, timeout=5)
        self._turn(server, timeout=0)
        # The first of them is the server, whose trigger the others need until they are closed.
        for channel in list(server.active_channels.values()):
            channel.handle_close()
        server.close()
        self._socket.close()

    def _turn(self, server: Any, timeout: float | None = None) -> None:
        adj = server.adj
        wait = adj.asyncore_loop_timeout if timeout is None else timeout
        server.asyncore.loop(timeout=wait, map=server._map, use_poll=adj.asyncore_use_poll, count=1)
