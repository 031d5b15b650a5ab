"""A laptop with the window's server on it and no window, a city's server in the same process, and a network between."""

import http.client
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
import requests

from client.desktop.server import Bridge
from client.roads import Road
from client.transport import NotOurServer, Unreachable
from client.vault import Profiles
from sync.errors import TenggatError
from tests.catalogue_values import answers
from tests.conftest import Server
from tests.keyrings import QUICK, MemoryKeyring, ring
from tests.pictures import write_jpeg
from tests.wsgi_transport import WsgiTransport

PIN = "284617"
CITY = "https://kota.example"
PASSWORD = "kata sandi panjang"


class Refused(Exception):
    """What the window was answered instead of what it asked for."""

    def __init__(self, status: int, body: dict[str, Any]) -> None:
        super().__init__(status, body)
        self.status, self.body, self.code = status, body, body["code"]


@dataclass
class Network:
    """Between the laptop and the city; switched by the test, whichever thread is on it."""

    server: Server
    offline: bool = False
    wifi: bool = False
    calls: list[str] = field(default_factory=list)

    def connect(self, _server: str, _road: Road) -> WsgiTransport:
        return _Line(self)


class _Line(WsgiTransport):
    def __init__(self, network: Network) -> None:
        super().__init__(network.server.app)
        self._network = network

    def _open(self, method: str, path: str, **options: Any) -> Any:
        if self._network.offline:
            raise Unreachable("no network in this test")
        if self._network.wifi:
            raise NotOurServer("a sign-in page answered")
        self._network.calls.append(f"{method} {path}")
        return super()._open(method, path, **options)


class Window:
    """Speaks with the bridge as the screens do."""

    def __init__(self, bridge: Bridge) -> None:
        self.bridge = bridge
        self.origin = bridge.door.origin
        self.http = requests.Session()
        self.http.trust_env = False
        self.http.get(bridge.door.address(), timeout=10)

    def gate(self, deed: str, **given: Any) -> Any:
        return self._answer(self.post(f"/gate/{deed}", given))

    def standing(self) -> Any:
        return self._answer(self.get("/gate"))

    def desk(self, method: str, *given: Any) -> Any:
        return self._answer(self.post(f"/desk/{method}", list(given)))

    def keep(self, content: bytes, name: str = "foto.jpg", types: str = "image", max_mb: int = 5) -> Any:
        about = urlencode({"name": name, "types": types, "max_mb": max_mb})
        return self._answer(self.post(f"/desk/keep_file?{about}", content))

    def file(self, case: str, attachment: str, size: str) -> requests.Response:
        response = self.get(f"/desk/file?{urlencode({'case': case, 'attachment': attachment, 'size': size})}")
        if response.status_code != 200:
            raise Refused(response.status_code, response.json())
        return response

    def get(self, path: str, **headers: str) -> requests.Response:
        return self.http.get(self.origin + path, headers=headers, timeout=30)

    def post(self, path: str, body: Any, **headers: str) -> requests.Response:
        content = body if isinstance(body, bytes) else json.dumps(body)
        return self.http.post(
            self.origin + path, data=content, headers={"X-Tenggat": "desk"} | headers, timeout=60
        )  # fmt: skip

    def make(self, title: str = "Petugas Survei", secret: str = PIN, server: str | None = CITY) -> Any:
        return self.gate("make", title=title, secret=secret, server=server)

    def _answer(self, response: requests.Response) -> Any:
        if response.status_code != 200:
            assert response.headers["Content-Type"] == "application/problem+json", response.text
            raise Refused(response.status_code, response.json())
        return response.json()


class Laptop:
    """Made with a keyring, so that a PIN opens a profile."""

    def __init__(self, home: Path, network: Network) -> None:
        self.home, self.network, self.keyring = home, network, MemoryKeyring()
        self.now = 1_000.0
        self.ended: list[tuple[str, Any]] = []
        self.bridge = self.start()
        self.window = Window(self.bridge)

    def start(self) -> Bridge:
        profiles = Profiles(self.home, ring(self.keyring), clock=lambda: self.now, cost=QUICK)
        bridge = Bridge(
            profiles,
            connect=self.network.connect,
            ended=lambda opened, outcome: self.ended.append((opened.name, outcome)),
            key="another program's key",
        )
        bridge.gate._now = lambda: self.now
        bridge.start()
        return bridge

    def restart(self) -> Window:
        """The program ends and begins anew."""
        self.close()
        self.bridge = self.start()
        self.window = Window(self.bridge)
        return self.window

    def close(self) -> None:
        self.window.http.close()
        self.bridge.close()

    def signed_in(self, *roles: str) -> Window:
        """A profile of somebody of the staff, open, with the city's catalogue and cases."""
        login = f"petugas-{'-'.join(roles)}"
        scopes = tuple(f"office:{office.code}" for office in self.network.server.city.offices)
        self.network.server.staff(*roles, scopes=scopes)
        login = str(self.network.server.rows("SELECT login FROM person WHERE login IS NOT NULL ORDER BY login")[-1][0])
        self.window.make()
        self.window.desk("sign_in", login, PASSWORD)
        self.window.desk("sync")
        return self.window

    def raw(self, method: str, path: str, body: bytes = b"", **headers: str) -> tuple[int, bytes]:
        """A request of anybody on this computer, with just these headers."""
        connection = http.client.HTTPConnection("127.0.0.1", self.bridge.port, timeout=10)
        connection.putrequest(method, path, skip_host="Host" in headers, skip_accept_encoding=True)
        for name, value in ({"Content-Length": str(len(body))} | headers).items():
            connection.putheader(name, value)
        connection.endheaders(body)
        response = connection.getresponse()
        found = response.status, response.read()
        connection.close()
        return found


@pytest.fixture
def network(server: Server) -> Network:
    return Network(server)


@pytest.fixture
def laptop(tmp_path: Path, network: Network) -> Iterator[Laptop]:
    made = Laptop(tmp_path / "home", network)
    yield made
    made.close()


@pytest.fixture
def jpeg(tmp_path: Path) -> Callable[[str], bytes]:
    """The bytes of a photo; another name is another one."""
    return lambda name: write_jpeg(tmp_path / f"{name}.jpg", name, (64, 48)).read_bytes()


def complete(server: Server, service: str = "krk", **given: Any) -> dict[str, Any]:
    return answers(server.city, server.city.service(service).fields, given, optional=False)


__all__ = ["CITY", "PASSWORD", "PIN", "Laptop", "Network", "Refused", "TenggatError", "Window", "complete"]
