"""The cable between a device and a server, on loopback: it counts, and it can be pulled out or cut."""

import socket
import threading


class Cable:
    """Forwards connections to a port. `up` and `down` count bytes, headers and all; `requests` counts requests.

    While `plugged` is false every connection is refused at once; after `cut_after(n)` the next n bytes of an answer
    still pass, then the connection breaks; after `cut_sending_after(n)` the same of what a device sends.
    """

    def __init__(self, port: int) -> None:
        self.target = ("127.0.0.1", port)
        self.up = self.down = self.requests = 0
        self.plugged = True
        self.cuts = 0
        self._left: int | None = None
        self._up_left: int | None = None
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]

    def __enter__(self) -> "Cable":
        threading.Thread(target=self._accept, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._listener.close()

    def reset(self) -> None:
        self.up = self.down = self.requests = 0

    def cut_after(self, n: int) -> None:
        """Break the connection once this many more bytes of an answer have passed."""
        self._left = n

    def cut_sending_after(self, n: int) -> None:
        """Break the connection once a device has sent this many bytes more."""
        self._up_left = n

    def _accept(self) -> None:
        while True:
            try:
                near, _ = self._listener.accept()
            except OSError:
                return
            try:
                if not self.plugged:
                    raise OSError("unplugged")
                far = socket.create_connection(self.target)
            except OSError:
                near.close()
                continue
            for end in (near, far):
                end.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            threading.Thread(target=self._pump, args=(near, far, True), daemon=True).start()
            threading.Thread(target=self._pump, args=(far, near, False), daemon=True).start()

    def _pump(self, source: socket.socket, sink: socket.socket, up: bool) -> None:
        try:
            while data := source.recv(65_536):
                if not self.plugged:
                    break
                if up:
                    self.requests += data.startswith((b"POST ", b"GET "))
                if not (self._pass_up if up else self._pass)(sink, data):
                    break
        except OSError:
            pass
        for end in (source, sink):
            try:
                end.shutdown(socket.SHUT_RDWR)
            except OSError:
                continue

    def _pass_up(self, sink: socket.socket, data: bytes) -> bool:
        whole = self._up_left is None or len(data) <= self._up_left
        part = data if whole else data[: self._up_left]
        self.up += len(part)
        sink.sendall(part)
        if self._up_left is not None:
            self._up_left = self._up_left - len(part) if whole else None
            self.cuts += not whole
        return whole

    def _pass(self, sink: socket.socket, data: bytes) -> bool:
        """Hand an answer's bytes on, as many as may pass; false where the cable is cut here."""
        whole = self._left is None or len(data) <= self._left
        part = data if whole else data[: self._left]
        self.down += len(part)
        sink.sendall(part)
        if self._left is not None:
            self._left = self._left - len(part) if whole else None
            self.cuts += not whole
        return whole
