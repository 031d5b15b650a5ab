"""A process that dies between any two steps, of the database or of the folder beside it: nothing that was said to be
kept is lost, nothing is named whose bytes are not there, and no byte goes up twice."""

import sqlite3
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from client.files.room import tidy
from client.files.uploads import Uploads
from client.store import Store
from client.store.blobs import Blobs
from client.store.database import StoreBroken
from client.work import Desk
from sync.messages import Status
from sync.outbox import WAITING, State
from tests.simulation.crashes import Fuse, Killed, opener
from tests.unit.client.conftest import Bench
from tests.unit.client.test_attaching import on_record
from tests.unit.client.tus_server import TusServer

STEPS = 80
"""More than any one of these acts takes: beyond it, nothing dies."""


@dataclass
class Mortal:
    """A device whose process dies before the n-th step that it takes, and is started again."""

    path: Path
    opened: Callable[[Fuse], Store]

    def __post_init__(self) -> None:
        self.fuse = Fuse(self.path, self.path.with_suffix(".grave"), lambda _: None)
        self.store = self.opened(self.fuse)

    def dies(self, steps: int, act: Callable[[], Any]) -> bool:
        """Do it, dying before that step; false where it was over by then."""
        self.fuse.light(steps)
        try:
            act()
        except Killed:
            self.store.close()
            self.fuse.rise()
            self.store = self.opened(self.fuse)
            return True
        finally:
            self.fuse.douse()
        return False

    @property
    def desk(self) -> Desk:
        return Desk(self.store)


@pytest.fixture
def mortal(bench: Bench, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[int], tuple[Mortal, Bench]]:
    """Makes devices with a catalogue and a draft, each in a folder of its own."""

    def make(n: int) -> tuple[Mortal, Bench]:
        def opened(fuse: Fuse) -> Store:
            return Store(
                tmp_path / str(n) / "device.sqlite",
                clock=bench.store.clock,
                opener=opener(fuse),
                blobs=lambda folder: Blobs(folder, durable=False, step=fuse.tick),
            )

        device = Mortal(tmp_path / str(n) / "device.sqlite", opened)
        with device.store.transaction():
            for key in ("catalogue", "catalogue_json", "person"):
                device.store.meta.set(key, bench.store.meta.get(key))
            device.store.meta.set("token", "t")
        return device, Bench(device.store, bench.city)

    return make


def _sound(store: Store) -> None:
    """Whatever is named here is here, and whatever a row speaks of is whole."""
    for sha256 in store.files.known():
        assert store.blobs.sound(sha256), "a row without its bytes"
    waiting = store.outbox.entries(*WAITING, State.REFUSED)
    named = {one["sha256"] for entry in waiting for one in entry.data.get("attach", ())}
    assert named <= store.files.known(), "a command names bytes that no row speaks of"


def test_between_bytes_and_row_and_command(mortal: Any, bench: Bench) -> None:
    first, second = bench.photo("satu"), bench.photo("dua")
    deaths = 0
    for steps in range(STEPS):
        device, _ = mortal(steps)
        case_id = device.desk.new("krk", {"name": "A"})
        device.desk.attach(case_id, "ktp", first)
        died = device.dies(steps, lambda d=device, c=case_id: d.desk.attach(c, "land_proof", second))  # type: ignore[misc]
        _sound(device.store)
        files = [file.document for file in device.desk.case(case_id).files]
        assert files in (["ktp"], ["ktp", "land_proof"]) and (died or len(files) == 2)
        device.desk.attach(case_id, "land_proof", second)
        assert [file.document for file in device.desk.case(case_id).files] == ["ktp", "land_proof"]
        assert len(device.store.outbox.entries()) == 1
        _sound(device.store)
        deaths += died
        device.store.close()
        if not died:
            break
    assert 8 < deaths < STEPS, "it died at every step, the folder's among them"


def test_while_files_go_up(mortal: Any, bench: Bench) -> None:
    deaths = 0
    for steps in range(STEPS * 2):
        device, there = mortal(1_000 + steps)
        case_id = device.desk.new("krk", {})
        for name in ("satu", "dua", "tiga"):
            device.desk.attach(case_id, "land_proof", bench.photo(name))
        entries = there.sent()[-1]["data"]["attach"]
        there.send(Status.APPLIED)
        there.arrive(there.record(id=case_id, attachments=tuple(map(on_record, entries))))
        server = TusServer({one["id"]: one["sha256"] for one in entries})
        died = device.dies(steps, lambda d=device, s=server: Uploads(d.store, s).run())  # type: ignore[misc]
        Uploads(device.store, server).run()
        assert len(server.arrived) == 3
        assert server.received == sum(one["size"] for one in entries), "not a byte twice"
        _sound(device.store)
        deaths += died
        device.store.close()
        if not died:
            break
    assert 15 < deaths < STEPS * 2


def test_while_bytes_are_let_go_of(mortal: Any, bench: Bench) -> None:
    deaths = 0
    for steps in range(STEPS):
        device, there = mortal(2_000 + steps)
        case_id = device.desk.new("krk", {})
        device.desk.attach(case_id, "ktp", bench.photo("satu"))
        waiting = device.desk.new("krk", {})
        device.desk.attach(waiting, "ktp", bench.photo("dua"))
        entry = there.sent()[0]["data"]["attach"][0]
        there.send(Status.APPLIED)
        there.arrive(there.record(id=case_id, attachments=(on_record(entry, arrived="2026-03-16T02:00:00Z"),)))
        died = device.dies(steps, lambda d=device: tidy(d.store, "2026-05-01T00:00:00Z"))  # type: ignore[misc]
        _sound(device.store)
        tidy(device.store, "2026-05-01T00:00:00Z")
        left = [upload.case for upload in device.store.files.uploads()]
        assert left == [waiting] and device.store.blobs.sound(device.store.files.uploads()[0].sha256)
        deaths += died
        device.store.close()
        if not died:
            break
    assert 4 < deaths < STEPS


def test_while_everything_is_forgotten(mortal: Any, bench: Bench) -> None:
    for steps in range(STEPS):
        device, _ = mortal(3_000 + steps)
        case_id = device.desk.new("krk", {})
        device.desk.attach(case_id, "ktp", bench.photo("satu"))
        died = device.dies(steps, device.store.forget)
        gone = not device.store.outbox.entries()
        assert gone != device.store.blobs.folder.exists(), "bytes are there exactly as long as what names them"
        device.store.close()
        if not died:
            assert gone
            break
    else:
        raise AssertionError("it never ended")


def test_while_an_old_database_is_brought_along(tmp_path: Path, bench: Bench) -> None:
    script = (Path(__file__).parents[3] / "client" / "store" / "schema.sql").read_text(encoding="utf-8")
    deaths = 0
    for steps in range(STEPS):
        path = tmp_path / f"old-{steps}" / "device.sqlite"
        fuse = Fuse(path, path.with_suffix(".grave"), lambda _: None)
        path.parent.mkdir()
        old = sqlite3.connect(path)
        old.executescript(script)
        old.execute("PRAGMA user_version = 1")
        old.execute("INSERT INTO meta VALUES ('token', '\"t\"')")
        old.commit()
        old.close()
        fuse.light(steps)
        try:
            Store(path, opener=opener(fuse)).close()
        except Killed:
            deaths += 1
            fuse.rise()
        fuse.douse()
        try:
            store = Store(path)
        except StoreBroken as broken:
            raise AssertionError(f"after {steps} steps") from broken
        assert store.meta.get("token") == "t" and store.files.uploads() == []
        store.close()
        if not fuse.dead and deaths < steps:
            break
    assert deaths > 5
