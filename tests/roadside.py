"""What stands between a device and its city: a TLS server of one's own, a proxy, a Wi-Fi that wants a sign-in."""

import contextlib
import gzip
import select
import socket
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

from tests.certificates import Made

PAGE = b"<!doctype html><title>Wi-Fi</title><p>Silakan masuk dahulu" + b"." * 500


class Quiet(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, format: str, *args: object) -> None:
        """Quiet."""


class _Listening(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, *_: object) -> None:
        """A client that goes away in the middle, which many of these tests are about."""


class _Wsgi(WSGIServer):
    def handle_error(self, *_: object) -> None:
        """The same."""


class _QuietWsgi(WSGIRequestHandler):
    def log_message(self, format: str, *args: object) -> None:
        """Quiet."""


@contextlib.contextmanager
def listening(server: Any) -> Iterator[Any]:
    """Serve in a thread until the end of the block."""
    with server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
        thread.start()
        yield server
        server.shutdown()
        thread.join()


@contextlib.contextmanager
def city(application: Callable[..., Any], made: Made, folder: Path) -> Iterator[str]:
    """The city's server behind TLS with this certificate; its address is `https://127.0.0.1:<port>`."""
    server = make_server("127.0.0.1", 0, application, server_class=_Wsgi, handler_class=_QuietWsgi)
    server.socket = made.context(folder).wrap_socket(server.socket, server_side=True)
    with listening(server):
        yield f"https://127.0.0.1:{server.server_port}"


class Portal(Quiet):
    """A Wi-Fi that answers whatever is asked, in one of the ways that such things have: `server.how`."""

    def _answer(self) -> None:
        how = self.server.how  # type: ignore[attr-defined]
        self.rfile.read(int(self.headers.get("Content-Length") or 0))
        body, status, headers = PAGE, 200, {"Content-Type": "text/html; charset=utf-8"}
        if how == "gzip":
            body, headers["Content-Encoding"] = gzip.compress(PAGE), "gzip"
        elif how == "not_gzip":
            headers["Content-Encoding"] = "gzip"
        elif how == "as_json":
            headers["Content-Type"] = "application/json"
        elif how in {"302", "307", "511"}:
            status = int(how)
            headers["Location"] = "http://masuk.wifi.example/"
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)


WAYS = ("html", "gzip", "not_gzip", "302", "307", "511")


@contextlib.contextmanager
def portal(how: str) -> Iterator[str]:
    """Its address."""
    server = _Listening(("127.0.0.1", 0), Portal)
    server.how = how  # type: ignore[attr-defined]
    with listening(server):
        yield f"http://127.0.0.1:{server.server_port}"


class Proxy(Quiet):
    """An HTTP proxy: tunnels for TLS, and plain requests handed on. `server.wants` is what `Proxy-Authorization` must
    be; `server.passed` is what went through."""

    def _let_in(self) -> bool:
        wants = self.server.wants  # type: ignore[attr-defined]
        if wants is None or self.headers.get("Proxy-Authorization") == wants:
            return True
        self.send_response(407)
        self.send_header("Proxy-Authenticate", "Basic")
        self.send_header("Content-Type", "text/html")
        self.send_header("Content-Length", str(len(PAGE)))
        self.end_headers()
        self.wfile.write(PAGE)
        return False

    def do_CONNECT(self) -> None:
        if not self._let_in():
            return
        self.server.passed.append(f"CONNECT {self.path}")  # type: ignore[attr-defined]
        host, _, port = self.path.rpartition(":")
        with socket.create_connection((host, int(port))) as there:
            self.send_response(200)
            self.end_headers()
            _pump(self.connection, there)
        self.close_connection = True

    def _hand_on(self) -> None:
        length = int(self.headers.get("Content-Length") or 0)
        body = self.rfile.read(length)
        if not self._let_in():
            return
        self.server.passed.append(f"{self.command} {self.path}")  # type: ignore[attr-defined]
        host, _, path = self.path.removeprefix("http://").partition("/")
        name, _, port = host.partition(":")
        with socket.create_connection((name, int(port))) as there:
            kept = [(n, v) for n, v in self.headers.items() if not n.lower().startswith(("proxy-", "connection"))]
            lines = [f"{self.command} /{path} HTTP/1.0", *(f"{n}: {v}" for n, v in kept), "Connection: close", "", ""]
            there.sendall("\r\n".join(lines).encode() + body)
            while piece := there.recv(65536):
                self.wfile.write(piece)
        self.close_connection = True


for _method in ("GET", "POST", "HEAD", "PATCH", "DELETE"):
    setattr(Portal, f"do_{_method}", Portal._answer)
    setattr(Proxy, f"do_{_method}", Proxy._hand_on)


def _pump(one: socket.socket, other: socket.socket) -> None:
    ways = {one: other, other: one}
    while True:
        for ready in select.select(list(ways), [], [], 10)[0]:
            piece = ready.recv(65536)
            if not piece:
                return
            ways[ready].sendall(piece)


@contextlib.contextmanager
def proxy(wants: str | None = None) -> Iterator[Any]:
    """The proxy's server; `server_port`, `passed`."""
    server = _Listening(("127.0.0.1", 0), Proxy)
    server.wants, server.passed = wants, []  # type: ignore[attr-defined]
    with listening(server):
        yield server
