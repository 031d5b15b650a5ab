"""A server that was renewed before the device: its catalogue holds more than the device's program knows."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from client.account import begin_as_guest
from client.engine import Engine
from client.store import Store
from client.transport import Unreachable
from client.work import Desk
from schemas.catalogue.model import version_of
from tests.conftest import Server
from tests.wsgi_transport import WsgiTransport


class Renewed(WsgiTransport):
    """Answers with a catalogue of its own, whose version the server told."""

    body = b""
    asked = 0

    def catalogue(self, version: str | None) -> bytes | None:
        self.asked += 1
        return self.body


class Device:
    def __init__(self, server: Server, folder: Path, patch: pytest.MonkeyPatch) -> None:
        self._patch = patch
        self.store = Store(folder / "device.sqlite3")
        begin_as_guest(self.store)
        self.desk = Desk(self.store)
        self.transport = Renewed(server.app)
        self.engine = Engine(self.store, self.transport)
        self.city = server.city

    def told(self, body: bytes, version: str | None = None) -> None:
        """The server tells of this catalogue from now on."""
        self.transport.body = body
        # Where the city keeps its version once it was worked out.
        self._patch.setitem(self.city.__dict__, "version", version or version_of(body))


@pytest.fixture
def device(server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Device]:
    made = Device(server, tmp_path, monkeypatch)
    made.told(server.city.to_json())
    made.engine.sync()
    yield made
    made.store.close()


def test_what_is_not_known_yet_is_passed_over(device: Device) -> None:
    later = device.city.to_json().replace(b'"summary"', b'"of_later":[{"a":1}],"summary"')
    device.told(later.replace(b"Laporkan masalah", b"Kirim masalah"))
    assert not device.engine.sync().upgrade
    assert device.desk.city.service("lapor").summary.id.startswith("Kirim masalah")
    assert device.store.meta.get("catalogue") == version_of(device.transport.body)
    asked = device.transport.asked
    device.engine.sync()
    assert device.transport.asked == asked


def test_what_cannot_be_read_leaves_the_one_held_and_asks_for_an_upgrade_once(device: Device) -> None:
    before = device.desk.city
    device.told(device.city.to_json().replace(b'"type":"area"', b'"type":"hologram"'))
    asked = device.transport.asked
    assert device.engine.sync().upgrade and device.engine.sync().upgrade
    assert device.transport.asked == asked + 1
    # The person goes on with the catalogue held.
    device.desk.new("lapor", {"title": "Lampu"})
    assert device.engine.sync().sent == 1
    assert device.desk.city is before


def test_a_damaged_one_is_not_kept(device: Device) -> None:
    held = device.store.meta.get("catalogue")
    device.told(device.city.to_json()[:-9], version="0123456789ab")
    with pytest.raises(Unreachable):
        device.engine.sync()
    assert device.store.meta.get("catalogue") == held
