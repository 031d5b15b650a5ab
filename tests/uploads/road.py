"""The road between a device and its servers, on loopback: it counts the bytes of uploads, is cut at given places, and
tells when a place was passed, so that somebody can kill a server just there."""

import re
import socket
import struct
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field

_LENGTH = re.compile(rb"\r\ncontent-length:\s*(\d+)", re.IGNORECASE)

RATE = 30_000_000
"""Bytes a second. On loopback alone, several megabytes would always be in buffers that nobody has read: no network of
this world, and nothing of a server's that could be kept when it is killed."""

_PIECE = 32 * 1024


class Broken(Exception):
    """The connection ends here."""


@dataclass
class Road:
    """Forwards connections to a port, and breaks them after so many bytes of PATCH bodies in all.

    `events` maps such a place to what happens there beside the cut. `passed` counts bytes of PATCH bodies.
    """

    target: int
    cuts: list[int]
    events: dict[int, Callable[[], None]] = field(default_factory=dict)
    passed: int = 0
    done: list[int] = field(default_factory=list)
    requests: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._places = sorted({*self.cuts, *self.events})
        self._count = threading.Lock()
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        self._open = True
        self._thread = threading.Thread(target=self._accept, daemon=True)
        self._carriers: list[threading.Thread] = []

    def __enter__(self) -> "Road":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._open = False
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        for thread in [self._thread, *self._carriers]:
            thread.join(10)

    def _accept(self) -> None:
        while self._open:
            try:
                near, _ = self._listener.accept()
            except OSError:
                return
            try:
                far = socket.create_connection(("127.0.0.1", self.target), 5)
            except OSError:
                near.close()
                continue
            thread = threading.Thread(target=self._carry, args=(near, far), daemon=True)
            self._carriers.append(thread)
            thread.start()

    def _carry(self, near: socket.socket, far: socket.socket) -> None:
        with near, far:
            far.settimeout(60)
            near.settimeout(60)
            back = threading.Thread(target=self._down, args=(near, far), daemon=True)
            back.start()
            self._up(near, far)
            back.join()

    def _down(self, near: socket.socket, far: socket.socket) -> None:
        try:
            while data := far.recv(_PIECE):
                near.sendall(data)
        except OSError:
            pass
        _end(near)

    def _up(self, near: socket.socket, far: socket.socket) -> None:
        """Request after request, as they follow each other on one connection."""
        try:
            while head := _head(near):
                self.requests.append(head.split(b" ", 1)[0].decode())
                far.sendall(head)
                found = _LENGTH.search(head)
                self._body(near, far, int(found[1]) if found else 0, head.startswith(b"PATCH "))
        except (OSError, Broken):
            pass
        # What was sent before stays sent: the far end reads it, then hears that there is no more.
        _end(far)
        _break(near)

    def _body(self, near: socket.socket, far: socket.socket, left: int, counted: bool) -> None:
        while left:
            data = near.recv(min(left, _PIECE))
            if not data:
                raise Broken
            left -= len(data)
            place = None
            if counted:
                data, place = self._fitting(data)
                time.sleep(len(data) / RATE)
            far.sendall(data)
            if place is not None:
                self.done.append(place)
                self.events.get(place, lambda: None)()
                raise Broken

    def _fitting(self, data: bytes) -> tuple[bytes, int | None]:
        """As much as may pass before the next place, and that place if it is reached."""
        with self._count:
            if self._places and self.passed + len(data) >= self._places[0]:
                place = self._places.pop(0)
                data = data[: max(0, place - self.passed)]
                self.passed += len(data)
                return data, place
            self.passed += len(data)
            return data, None


def _head(near: socket.socket) -> bytes:
    """A request's first lines, to the blank one; byte by byte, since the body behind them is counted apart."""
    found = bytearray()
    while not found.endswith(b"\r\n\r\n"):
        byte = near.recv(1)
        if not byte:
            return b""
        found += byte
    if b"\r\ntransfer-encoding:" in bytes(found).lower():
        raise Broken("a body of unknown length")
    return bytes(found)


def _end(sink: socket.socket) -> None:
    try:
        sink.shutdown(socket.SHUT_WR)
    except OSError:
        return


def _break(near: socket.socket) -> None:
    """No goodbye: the connection is reset."""
    try:
        near.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        near.close()
    except OSError:
        return
