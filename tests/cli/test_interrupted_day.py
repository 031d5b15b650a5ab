"""Sixty photos of ten cases, taken without a network on a device that dies, and sent over a road that is cut, to a
server that is killed, from a process that is killed: all arrive, and hardly a byte goes twice."""

import hashlib
import json
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from client.engine import Engine
from client.store import Store
from client.transport import HttpTransport
from client.work import Desk
from schemas.documents import wanted
from tests.browser.serving import ServerProcess
from tests.catalogue_values import answers
from tests.pictures import write_jpeg
from tests.uploads.road import Road

CASES, PHOTOS = 10, 60
CUTS, SERVER_KILLS, DEVICE_KILLS = 6, 2, 3
TAKEN_AT_DEATH = (5, 17, 29, 41)
"""Photos that were taken, when the device dies in the middle of the next."""

TAKE = """
import json, sys
from pathlib import Path
from client.store import Store
from client.work import Desk
desk = Desk(Store(Path(sys.argv[1])))
for case, document, path in json.loads(Path(sys.argv[2]).read_text()):
    desk.attach(case, document, Path(path))
    print(path, flush=True)
"""
SYNC = """
import sys
from pathlib import Path
from client.engine import Engine
from client.store import Store
from client.transport import HttpTransport
report = Engine(Store(Path(sys.argv[1])), HttpTransport(sys.argv[2])).sync()
sys.exit(3 if report.trouble else 0)
"""


class Phone:
    """A device whose programs run in processes of their own."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir()
        self.path = folder / "device.sqlite"
        self.process: subprocess.Popen[bytes] | None = None

    def run(self, script: str, *arguments: str, dies_after: int | None = None) -> int:
        """Its exit status; below zero where it was killed. `dies_after`: lines that it says before it is."""
        command = [sys.executable, "-c", script, str(self.path), *arguments]
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
        assert self.process.stdout is not None
        with self.process.stdout as said:
            for number, _ in enumerate(said, 1):
                if number == dies_after:
                    self.kill()
        return self.process.wait(120)

    def kill(self) -> None:
        if self.process is not None and self.process.poll() is None:
            os.kill(self.process.pid, signal.SIGKILL)
            self.process.wait()

    def look(self) -> Store:
        return Store(self.path)


@pytest.fixture
def server(tmp_path: Path) -> Iterator[ServerProcess]:
    made = ServerProcess(tmp_path / "data", tmp_path)
    made.start()
    yield made
    made.kill()


def _begin(phone: Phone, server: ServerProcess) -> None:
    """A guest with the city's catalogue, and no network from here on."""
    from client.account import begin_as_guest

    store = phone.look()
    begin_as_guest(store)
    transport = HttpTransport(server.address)
    Engine(store, transport).sync()
    transport._http.close()
    store.close()


def _day(phone: Phone, folder: Path) -> list[tuple[str, str, str]]:
    """Ten drafts, and what is photographed for them."""
    store = phone.look()
    desk, taken = Desk(store), []
    krk = desk.city.service("krk")
    for n in range(CASES):
        fields = answers(desk.city, krk.fields, {"name": f"Warga {n}"}, optional=False)
        case_id = desk.new("krk", fields)
        for document in wanted(krk, fields):
            if document.required:
                seed = f"{n} {document.code}"
                path = write_jpeg(folder / f"{seed}.jpg", seed, (420, 300), noise=True, quality=90)
                taken.append((case_id, document.code, str(path)))
    store.close()
    assert len(taken) == PHOTOS
    return taken


def _taken(phone: Phone) -> list[dict[str, Any]]:
    """The files that commands name; of each the bytes lie here, whole."""
    store = phone.look()
    found = [one for entry in store.outbox.entries() for one in entry.data.get("attach", ())]
    assert all(store.blobs.sound(one["sha256"]) and store.files.held(one["sha256"]) for one in found)
    store.close()
    return found


def _submit_all(phone: Phone) -> list[dict[str, Any]]:
    """Send every draft in; the manifest of the day."""
    store = phone.look()
    desk = Desk(store)
    entries = store.outbox.entries()
    for case_id in {entry.case for entry in entries}:
        desk.submit(case_id)
    attached = [one for entry in store.outbox.entries() for one in entry.data.get("attach", ())]
    assert len(store.outbox.entries()) == CASES, "each case is one command"
    store.close()
    return attached


def test_an_interrupted_day(server: ServerProcess, tmp_path: Path) -> None:
    chance = random.Random(7)
    phone = Phone(tmp_path / "phone")
    _begin(phone, server)
    todo = tmp_path / "todo.json"
    todo.write_text(json.dumps(_day(phone, tmp_path / "photos")))
    for number in TAKEN_AT_DEATH:
        assert phone.run(TAKE, str(todo), dies_after=number) == -signal.SIGKILL
        assert number <= len(_taken(phone)) < PHOTOS, "what was said to be taken is there, and there is more to do"
    assert phone.run(TAKE, str(todo)) == 0
    attached = _submit_all(phone)
    assert len(attached) == PHOTOS == len({one["sha256"] for one in attached})
    total, largest = sum(one["size"] for one in attached), max(one["size"] for one in attached)

    places = sorted(chance.sample(range(1, total), CUTS + SERVER_KILLS + DEVICE_KILLS))
    chosen = chance.sample(places, SERVER_KILLS + DEVICE_KILLS)

    def server_dies() -> None:
        server.kill()
        server.start()

    events = dict.fromkeys(chosen[:SERVER_KILLS], server_dies) | dict.fromkeys(chosen[SERVER_KILLS:], phone.kill)
    statuses = []
    with Road(server.port, places, events) as road:
        end = time.monotonic() + 120
        while not statuses or statuses[-1] != 0:
            assert time.monotonic() < end, statuses
            statuses.append(phone.run(SYNC, f"http://127.0.0.1:{road.port}"))
    assert len(road.done) == len(places) and statuses.count(-signal.SIGKILL) == DEVICE_KILLS
    assert statuses.count(3) >= CUTS + SERVER_KILLS, "each cut and each dead server ended a run in the middle"
    print(f"{PHOTOS} photos, {total} bytes, {len(places)} interruptions: {road.passed / total:.4f} times its bytes")
    assert total <= road.passed <= total + len(places) * largest, "at most the photo under way goes again"
    assert road.passed <= total * 1.1

    store = phone.look()
    cases = Desk(store)
    files = [file for entry in store.records.by_due() for file in cases.case(entry["id"]).files]
    assert len(files) == PHOTOS and all(file.arrived for file in files)
    assert store.files.unsent() == (0, 0, 0) and store.outbox.waiting()[0] == 0
    assert all(store.blobs.sound(one["sha256"]) for one in attached), "kept, for a server that is restored"
    store.close()
    stored = {path.name: path.read_bytes() for path in (server.data / "files" / "blobs").glob("??/*")}
    assert stored.keys() == {one["sha256"] for one in attached}
    assert all(hashlib.sha256(content).hexdigest() == name for name, content in stored.items())
