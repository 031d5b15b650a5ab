"""Exchanges and files together: words first, photos after them, and neither ever in the other's way."""

import threading
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from client import account
from client.engine import Engine, Report
from client.store import Store
from client.transport import Answer, Body, Unreachable
from client.work import Desk
from schemas.documents import wanted
from sync.errors import TenggatError
from tests.catalogue_values import answers
from tests.conftest import Server
from tests.pictures import write_jpeg
from tests.wsgi_transport import WsgiTransport


class Wire(WsgiTransport):
    """`meanwhile` happens while the bytes of a file are on their way."""

    meanwhile: Callable[[], None] = staticmethod(lambda: None)

    def ask(self, method: str, path: str, headers: Mapping[str, str], body: Body | None = None) -> Answer:
        answer = super().ask(method, path, headers, body)
        if method == "PATCH":
            self.meanwhile()
        return answer

    @property
    def order(self) -> list[str]:
        return ["sync" if call.endswith("/sync") else call.split()[0] for call in self.calls if "catalogue" not in call]


class Phone:
    """A guest's device."""

    def __init__(self, server: Server, folder: Path) -> None:
        self.folder, self.wire = folder, Wire(server.app)
        self.store = Store(folder / "device.sqlite", clock=server.clock)
        self.desk, self.engine = Desk(self.store), Engine(self.store, self.wire, chance=lambda: 0.0)
        account.begin_as_guest(self.store)
        self.engine.sync()
        self.wire.calls.clear()

    def draft(self, files: int = 2) -> str:
        krk = self.desk.city.service("krk")
        fields = answers(self.desk.city, krk.fields, optional=False)
        case_id = self.desk.new("krk", fields)
        for document in [d for d in wanted(krk, fields) if d.required][:files]:
            self.desk.attach(case_id, document.code, write_jpeg(self.folder / f"{document.code}.jpg", document.code))
        return case_id


@pytest.fixture
def phone(server: Server, tmp_path: Path) -> Iterator[Phone]:
    made = Phone(server, tmp_path)
    yield made
    made.store.close()


def test_the_exchange_goes_first_and_another_brings_the_echo(phone: Phone) -> None:
    case_id = phone.draft()
    report = phone.engine.sync()
    assert phone.wire.order == ["sync", "POST", "PATCH", "POST", "PATCH", "sync"]
    assert (report.files, report.sent, report.trouble) == (2, 1, None) and report.file_bytes == phone.wire.sent
    assert all(file.arrived for file in phone.desk.case(case_id).files)
    phone.wire.calls.clear()
    assert phone.engine.sync().files == 0 and phone.wire.order == ["sync"]


def test_what_is_typed_meanwhile_does_not_wait_for_the_next_file(phone: Phone) -> None:
    phone.draft()
    typed: list[str] = []

    def type_once() -> None:
        if not typed:
            typed.append(phone.desk.new("lapor", {"title": "Lampu mati"}))

    phone.wire.meanwhile = type_once
    phone.engine.sync()
    assert phone.wire.order == ["sync", "POST", "PATCH", "sync", "POST", "PATCH", "sync"]
    assert phone.desk.case(typed[0]).record is not None


def test_files_that_fail_do_not_undo_what_the_exchange_did(phone: Phone) -> None:
    case_id = phone.draft()
    phone.wire.uploads = False
    report = phone.engine.sync()
    assert isinstance(report.trouble, Unreachable) and report.sent == 1
    assert phone.desk.case(case_id).record is not None and phone.store.meta.get("last_error")[0] == "unreachable"
    phone.wire.uploads = True
    assert phone.engine.sync().trouble is None and phone.store.meta.get("last_error") is None


def test_what_arrived_before_the_trouble_is_echoed_all_the_same(phone: Phone) -> None:
    case_id = phone.draft()

    def end() -> None:
        phone.wire.uploads = False

    phone.wire.meanwhile = end
    report = phone.engine.sync()
    assert report.trouble is not None and report.files == 1 and phone.wire.order[-1] == "sync"
    assert sum(file.arrived is not None for file in phone.desk.case(case_id).files) == 1


def test_an_exchange_that_fails_sends_no_file(phone: Phone) -> None:
    phone.draft()
    phone.wire.offline = True
    with pytest.raises(Unreachable):
        phone.engine.sync()
    assert phone.wire.sent == 0 and phone.store.files.unsent()[0] == 2


def test_the_timer_goes_on_with_growing_waits_while_only_files_fail(phone: Phone) -> None:
    phone.draft()
    phone.wire.uploads = False
    waits: list[float] = []
    told: list[Report | TenggatError] = []

    class Stop(threading.Event):
        def wait(self, timeout: float | None = None) -> bool:
            waits.append(timeout or 0)
            if len(waits) == 4:
                phone.wire.uploads = True
            return len(waits) == 6

    phone.engine.run(Stop(), told.append)
    reports = [one for one in told if isinstance(one, Report)]
    assert len(reports) == 6 and [one.trouble is None for one in reports] == [False] * 4 + [True] * 2
    assert waits[:4] == sorted(waits[:4]) and waits[0] < waits[3]
    assert reports[4].files == 2 and phone.store.files.unsent()[0] == 0


def test_a_server_without_room_is_asked_again_when_it_said(phone: Phone) -> None:
    phone.draft()
    waits: list[float] = []

    class Full(Wire):
        def ask(self, *_: Any, **__: Any) -> Answer:
            return Answer(507, {"tus-resumable": "1.0.0"}, {"code": "storage_full", "retry_after": 900})

    class Stop(threading.Event):
        def wait(self, timeout: float | None = None) -> bool:
            waits.append(timeout or 0)
            return True

    phone.wire.__class__ = Full
    told: list[Report | TenggatError] = []
    phone.engine.run(Stop(), told.append)
    [report] = told
    assert isinstance(report, Report) and report.trouble is not None and report.trouble.code == "server_full"
    assert waits[0] >= 900 and phone.store.files.unsent()[0] == 2


def test_a_disk_that_cannot_be_read_is_trouble_and_no_more(phone: Phone, monkeypatch: pytest.MonkeyPatch) -> None:
    case_id = phone.draft()

    def broken(_: Any, __: str) -> bool:
        raise OSError(5, "Input/output error")

    monkeypatch.setattr("client.store.blobs.Blobs.sound", broken)
    report = phone.engine.sync()
    assert report.trouble is not None and report.trouble.code == "storage_full"
    assert phone.desk.case(case_id).record is not None


def test_a_new_day_begins_when_it_does_in_the_city(phone: Phone) -> None:
    """Who leaves at six in the morning takes today's files along, not only who leaves after midnight in Greenwich."""
    for hour, day in (("2026-03-16T16:59:00", "2026-03-16"), ("2026-03-16T17:01:00", "2026-03-17")):
        phone.store.clock = lambda hour=hour: datetime.fromisoformat(f"{hour}+00:00")  # type: ignore[misc]
        phone.engine.sync()
        assert phone.store.meta.get("files_tidied") == day


def test_a_city_in_a_zone_that_this_device_does_not_know_syncs_all_the_same(phone: Phone) -> None:
    text = phone.store.meta.get("catalogue_json")
    phone.store.meta.set("catalogue_json", text.replace("Asia/Jakarta", "Asia/Nowhere"))
    assert phone.engine.sync().trouble is None and phone.store.meta.get("files_tidied")
