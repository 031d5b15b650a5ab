"""Phones that may have no network, a server, and files that are carried between them."""

import io
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from client import account
from client.bundles.answering import Heard, take_answer
from client.bundles.writing import write_bundle
from client.engine import Engine
from client.store import Store
from client.work import Desk
from schemas.documents import wanted
from server.access.staff import add_staff
from server.bundles.importing import Imported, import_bundle
from sync.outbox import State
from tests.catalogue_values import answers
from tests.conftest import Server
from tests.pictures import write_jpeg
from tests.wsgi_transport import WsgiTransport

PASSWORD = "kata sandi panjang"


class Phone:
    """A device. `met` False: one that never had a network."""

    def __init__(self, server: Server, folder: Path, *, met: bool = True, login: str | None = None) -> None:
        self.server, self.folder, self.wire = server, folder, WsgiTransport(server.app)
        self.store = Store(folder / "device.sqlite", clock=server.clock)
        self.desk, self.engine = Desk(self.store), Engine(self.store, self.wire, chance=lambda: 0.0)
        if login is not None:
            account.sign_in(self.store, self.wire, login, PASSWORD)
        account.begin_as_guest(self.store)
        if met:
            self.engine.sync()

    def draft(self, files: int = 0, **given: Any) -> str:
        krk = self.desk.city.service("krk")
        fields = answers(self.desk.city, krk.fields, given, optional=False)
        case_id = self.desk.new("krk", fields)
        for document in [d for d in wanted(krk, fields) if d.required][:files]:
            self.photo(case_id, document.code)
        return case_id

    def photo(self, case: str, document: str, seed: str = "") -> str:
        path = write_jpeg(self.folder / f"{document}.jpg", f"{document} {seed}", (64, 64))
        return self.desk.attach(case, document, path)

    def report(self, title: str = "Lampu padam") -> str:
        """A complaint that is sent in."""
        lapor = self.desk.city.service("lapor")
        case_id = self.desk.new("lapor", answers(self.desk.city, lapor.fields, {"title": title}, optional=False))
        self.desk.submit(case_id)
        return case_id

    def bundle(self, *, files: bool = True) -> bytes:
        into = io.BytesIO()
        write_bundle(self.store, into, files=files)
        return into.getvalue()

    def hear(self, answer: bytes) -> Heard:
        return take_answer(self.store, io.BytesIO(answer))

    def states(self) -> list[State]:
        return [entry.state for entry in self.store.outbox.entries()]

    def stage(self, case: str) -> str:
        record = self.desk.case(case).record
        return record.stage if record else "not here"


@pytest.fixture
def phone(server: Server, tmp_path: Path) -> Iterator[Callable[..., Phone]]:
    """Makes phones: of guests, or of whoever has this login."""
    made: list[Phone] = []

    def make(name: str = "warga", **how: Any) -> Phone:
        (tmp_path / name).mkdir(exist_ok=True)
        made.append(Phone(server, tmp_path / name, **how))
        return made[-1]

    yield make
    for phone_ in made:
        phone_.store.close()


@pytest.fixture
def carried(server: Server) -> Callable[[bytes], tuple[Imported, bytes]]:
    """Imports a bundle as an admin does: what came of it, and the answer."""

    def carry(bundle: bytes, **how: Any) -> tuple[Imported, bytes]:
        # A file takes longer than a network: what the device heard before is older by a second at least.
        server.clock.move(seconds=1)
        into = io.BytesIO()
        found = import_bundle(server.world, io.BytesIO(bundle), into, **how)
        return found, into.getvalue()

    return carry


@pytest.fixture
def officer(server: Server) -> str:
    """The login of a surveyor."""
    add_staff(
        server.engine, server.city, server.world.sources, login="survei", password=PASSWORD, name="Petugas",
        roles=("surveyor",), scopes=("office:distaru",),
    )  # fmt: skip
    return "survei"


Carry = Callable[..., tuple[Imported, bytes]]
Make = Callable[..., Phone]
