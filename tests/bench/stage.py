"""What benches run on: a real server process, devices with real stores, and a city full of cases."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from client.account import begin_as_guest, sign_in
from client.engine import Engine
from client.store import Store
from client.transport import HttpTransport
from client.work import Desk
from schemas.catalogue.load import city_folder, load_city
from server.access.staff import add_staff
from server.opening import open_city
from server.services import Services
from server.settings import Settings
from tests.bench.material import complaints

PASSWORD = "coba-tenggat"
OFFICER = "bench"


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port: int = listener.getsockname()[1]
        return port


@contextmanager
def process(port: int, *command: str) -> Iterator[subprocess.Popen[bytes]]:
    """A server process that listens on a port, ended when done."""
    child = subprocess.Popen([sys.executable, *command], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        deadline = time.monotonic() + 30
        while time.monotonic() < deadline:
            try:
                socket.create_connection(("127.0.0.1", port), 1).close()
                break
            except OSError:
                time.sleep(0.05)
        else:
            raise RuntimeError(f"nothing listens on {port}: {command}")
        yield child
    finally:
        child.terminate()
        child.wait(30)


@contextmanager
def tenggat(data: Path) -> Iterator[int]:
    """A Tenggat server on this folder's database; its port."""
    port = free_port()
    with process(port, "-m", "server.cli", "--data", str(data), "serve", "--port", str(port)):
        yield port


def services(data: Path) -> Services:
    """The server's own parts, in this process, to fill a database with."""
    return open_city(Settings(data=data))


def fill(data: Path, n: int) -> None:
    """n complaints through the one way in, filed by one guest's device, and an officer who sees them all."""
    city = load_city(city_folder("semarang"))
    world = services(data)
    offices = [f"office:{office.code}" for office in city.offices]
    add_staff(
        world.engine, city, world.sources, login=OFFICER, password=PASSWORD, name="Petugas Pengaduan",
        roles=["complaint_officer"], scopes=[f"office:{city.service('lapor').office}"],
    )  # fmt: skip
    assert offices, "a city has offices"
    with tenggat(data) as port:
        store = guest(data / "filler.db")
        file_complaints(store, Engine(store, HttpTransport(f"http://127.0.0.1:{port}")), n)
        store.close()


def file_complaints(store: Store, engine: Engine, n: int, seed: int = 1, send: bool = True) -> None:
    """Queue n complaints on a device, and send them."""
    if store.meta.get("catalogue") is None:
        engine.sync()
    city = Desk(store).city
    with store.transaction():
        for case_id, fields in complaints(seed, n, city):
            data = {"service": "lapor", "action": "submit", "set": fields}
            store.outbox.add("case.act", case_id, data, store.stamp(), 0)
    if send:
        report = engine.sync()
        assert not report.refused, report.refused[:1]


def guest(path: Path) -> Store:
    store = Store(path)
    begin_as_guest(store)
    return store


def officer(path: Path, port: int) -> tuple[Store, Engine]:
    """A new device on which the officer has just signed in."""
    store = Store(path)
    transport = HttpTransport(f"http://127.0.0.1:{port}")
    sign_in(store, transport, OFFICER, PASSWORD)
    return store, Engine(store, transport)


def scratch() -> Path:
    """Where benches keep their files: a real disk, so that durability costs what it costs."""
    return Path(os.environ.get("TENGGAT_BENCH_DIR", "build/bench")).resolve()
