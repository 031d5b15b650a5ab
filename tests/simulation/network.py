"""The network between a city's devices and its server: the real HttpTransport over a wire that calls the WSGI
application in this process, and does to the bytes on the way what networks do."""

import io
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import requests
from requests.adapters import BaseAdapter, HTTPAdapter
from urllib3 import HTTPResponse

from client.transport import HttpTransport
from sync.codec import inflate, lines_in
from sync.errors import TenggatError
from tests.simulation.crashes import Killed
from tests.simulation.servers import Server
from tests.simulation.trace import Trace
from tests.simulation.world import World

FAULTS = {
    "lost_request": 4,
    "lost_response": 5,
    "duplicated_request": 3,
    "reordered_request": 3,
    "cut_request": 4,
    "cut_response": 7,
    "damaged_request": 2,
    "damaged_response": 2,
    "captive_portal": 2,
    "server_killed": 8,
}
"""Faults of the wire, with how often one is drawn against the others."""

PORTAL = b"<html><body>Selamat datang di Wi-Fi Terminal Mangkang. Silakan masuk.</body></html>"

Seen = Callable[[list[bytes]], None]


@dataclass
class Parcel:
    """A request on its way, kept so that it can come again later."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes


class Network:
    """All wires of a city. `rate` is how likely a fault is, `meanwhile` what others do while an answer travels."""

    def __init__(self, world: World, server: Server, trace: Trace) -> None:
        self.world = world
        self.server = server
        self.trace = trace
        self.rate = 0.0
        self.meanwhile: Callable[[str], None] = lambda _device: None
        self.broken: list[str] = []
        self.heard = -1
        """How many changes the server had seen when the last answer that arrived was made."""
        self.older: deque[Parcel] = deque(maxlen=12)

    def transport(self, name: str, seen: Seen, checks: Callable[[], None]) -> HttpTransport:
        """A device's transport. `seen` is given the plain lines of each exchange that went out, `checks` is called
        where one of them asked to compare digests row by row."""
        transport = HttpTransport("http://tenggat.test")
        transport._http.trust_env = False
        transport._http.mount("http://", _Wire(self, name, seen, checks))
        return transport

    def fault(self) -> str | None:
        chance = self.world.faults
        if chance.random() >= self.rate:
            return None
        return chance.choices(list(FAULTS), list(FAULTS.values()))[0]

    def deliver(self, parcel: Parcel, *, length: int | None = None) -> "Answer":
        """The server's answer. `Killed` comes out where the server died of it. A 500 is never right."""
        environ = _environ(parcel, length)
        status: list[Any] = []

        def start(line: str, headers: list[tuple[str, str]], _exc: object = None) -> Any:
            status[:] = [line, headers]
            return lambda _data: None

        pieces: list[bytes] = []
        app_iter = self.server.app.wsgi_app(environ, start)
        try:
            pieces += app_iter
        finally:
            if hasattr(app_iter, "close"):
                app_iter.close()
        code = int(status[0].split()[0])
        if code == 500:
            self.broken.append(f"500 {b''.join(pieces)[:200]!r}")
        return Answer(code, dict(status[1]), b"".join(pieces))

    def deliver_or_die(self, parcel: Parcel, *, length: int | None = None) -> "Answer | None":
        """The same; None where the server died, and has started again."""
        try:
            return self.deliver(parcel, length=length)
        except Killed:
            self.trace.saw("killed_in_upload", int(_brings_bytes(parcel)))
            self.server.rise()
            return None
        finally:
            self.server.fuse.douse()
            self.server.changes += parcel.method != "GET"


@dataclass
class Answer:
    status: int
    headers: dict[str, str]
    body: bytes


class _Wire(BaseAdapter):
    """One device's way to the server."""

    def __init__(self, network: Network, name: str, seen: Seen, checks: Callable[[], None]) -> None:
        super().__init__()
        self.network = network
        self.name = name
        self._seen = seen
        self._checks = checks
        self._http = HTTPAdapter()
        self._heard = -1

    def send(self, request: requests.PreparedRequest, *_: Any, **__: Any) -> requests.Response:
        body = request.body
        data = body.read() if hasattr(body, "read") else (body.encode() if isinstance(body, str) else body or b"")
        parcel = Parcel(request.method or "", request.path_url, dict(request.headers), data)
        exchange = parcel.path.endswith("/sync")
        if exchange:
            self._note(parcel)
            self._recode(parcel)
        fault = self.network.fault()
        if _brings_bytes(parcel):
            self.network.trace.saw("upload_resumed", int(_get(parcel.headers, "Upload-Offset") != "0"))
            # Nothing of it is compressed, so what would damage an exchange has nothing to strike: it is cut instead.
            fault = "cut_request" if fault in {"damaged_request", "damaged_response"} else fault
        answer = self._through(parcel, fault)
        if exchange:
            self.network.older.append(parcel)
        # What a device holds is of its last exchange, whatever it asked for after that.
        heard = self._heard if exchange else self.network.heard
        self.network.meanwhile(self.name)
        self.network.heard = heard
        if answer is not None and exchange:
            self.network.trace.saw("left", _departures(answer))
        if answer is None:
            raise requests.ConnectionError("the connection broke")
        raw = HTTPResponse(
            io.BytesIO(answer.body), headers=answer.headers, status=answer.status, preload_content=False,
            request_method=request.method,
        )  # fmt: skip
        return self._http.build_response(request, raw)

    def close(self) -> None:
        """Nothing is open."""

    def _through(self, parcel: Parcel, fault: str | None) -> Answer | None:
        """What comes back, None for a broken connection. Each fault is counted where it struck."""
        network, chance, trace = self.network, self.network.world.faults, self.network.trace
        if fault == "lost_request":
            trace.strike(fault, self.name)
            return None
        if fault == "captive_portal":
            trace.strike(fault, self.name)
            return Answer(200, {"Content-Type": "text/html"}, PORTAL)
        if fault == "cut_request" and parcel.body:
            at = chance.randrange(len(parcel.body))
            whole = chance.random() < 0.5
            trace.strike(fault, self.name, at, "of", len(parcel.body))
            trace.saw("upload_cut", int(_brings_bytes(parcel)))
            # Either the server sees the connection end too early, or a proxy made the short body look whole.
            cut = Parcel(parcel.method, parcel.path, parcel.headers, parcel.body[:at])
            network.deliver_or_die(cut, length=len(parcel.body) if whole else None)
            return None
        if fault == "damaged_request" and parcel.headers.get("Content-Encoding") == "zstd":
            trace.strike(fault, self.name)
            hurt = Parcel(parcel.method, parcel.path, parcel.headers, self._damaged(parcel.body))
            return network.deliver_or_die(hurt)
        if fault == "reordered_request" and network.older:
            old = chance.choice(network.older)
            answer = network.deliver_or_die(parcel)
            self._heard = network.server.changes
            trace.strike(fault, self.name, len(old.body))
            network.deliver_or_die(old)
            return answer
        if fault == "server_killed":
            busy = any(line.startswith(b'{"t":"command"') for line in plain(parcel))
            network.server.fuse.light(chance.randrange(6, 32) if busy else chance.randrange(20))
        answer = network.deliver_or_die(parcel)
        self._heard = network.server.changes
        return self._back(parcel, answer, fault)

    def _back(self, parcel: Parcel, answer: Answer | None, fault: str | None) -> Answer | None:
        network, chance, trace = self.network, self.network.world.faults, self.network.trace
        if answer is None:
            return None
        if fault == "duplicated_request":
            trace.strike(fault, self.name)
            again = network.deliver_or_die(parcel)
            return again if chance.random() < 0.5 else answer
        if fault == "lost_response":
            trace.strike(fault, self.name)
            return None
        if fault == "cut_response" and answer.body:
            at = chance.randrange(len(answer.body))
            trace.strike(fault, self.name, at, "of", len(answer.body))
            return Answer(answer.status, answer.headers, answer.body[:at])
        # Elsewhere nothing but TLS guards the bytes, and it does.
        if fault == "damaged_response" and "Content-Encoding" in answer.headers:
            trace.strike(fault, self.name)
            return Answer(answer.status, answer.headers, self._damaged(answer.body))
        return answer

    def _damaged(self, body: bytes) -> bytes:
        chance = self.network.world.faults
        hurt = bytearray(body)
        hurt[chance.randrange(len(hurt))] ^= 1 << chance.randrange(8)
        return bytes(hurt)

    def _recode(self, parcel: Parcel) -> None:
        """Some exchanges go uncompressed one way or the other: a small body that was compressed and then cut gives
        out nothing at all, an uncompressed one its first lines."""
        chance = self.network.world.faults
        if chance.random() < 0.5:
            parcel.headers["Accept-Encoding"] = chance.choice(("identity", "gzip"))
        if chance.random() < 0.5:
            parcel.body = b"".join(line + b"\n" for line in plain(parcel))
            parcel.headers["Content-Encoding"] = "identity"

    def _note(self, parcel: Parcel) -> None:
        lines = plain(parcel)
        self._seen(lines)
        if any(line == b'{"t":"check"}' for line in lines):
            self._checks()


def _brings_bytes(parcel: Parcel) -> bool:
    return parcel.method == "PATCH" and "/uploads/" in parcel.path


def _departures(answer: Answer) -> int:
    return sum(line.startswith(b'{"t":"left"') for line in plain(Parcel("", "", answer.headers, answer.body)))


def plain(parcel: Parcel) -> list[bytes]:
    """The lines of a request's body."""
    try:
        chunks = inflate(io.BytesIO(parcel.body), _get(parcel.headers, "Content-Encoding") or "identity")
        return [line for lines in lines_in(chunks) for line in lines]
    except TenggatError:
        return []


def _get(headers: Mapping[str, Any], name: str) -> str | None:
    found = next((v for k, v in headers.items() if k.lower() == name.lower()), None)
    return found.decode() if isinstance(found, bytes) else found


def _environ(parcel: Parcel, length: int | None) -> dict[str, Any]:
    path, _, query = parcel.path.partition("?")
    environ: dict[str, Any] = {
        "REQUEST_METHOD": parcel.method,
        "SCRIPT_NAME": "",
        "PATH_INFO": path,
        "QUERY_STRING": query,
        "SERVER_NAME": "tenggat.test",
        "SERVER_PORT": "80",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "REMOTE_ADDR": "10.0.0.1",
        "CONTENT_LENGTH": str(len(parcel.body) if length is None else length),
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": "http",
        "wsgi.input": io.BytesIO(parcel.body),
        "wsgi.errors": io.StringIO(),
        "wsgi.multithread": False,
        "wsgi.multiprocess": False,
        "wsgi.run_once": False,
    }
    for name, value in parcel.headers.items():
        text = value.decode() if isinstance(value, bytes) else value
        key = name.upper().replace("-", "_")
        if key == "CONTENT_TYPE":
            environ[key] = text
        elif key != "CONTENT_LENGTH":
            environ[f"HTTP_{key}"] = text
    return environ
