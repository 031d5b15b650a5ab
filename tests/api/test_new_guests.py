"""More new guests come from one address than one window takes: the rest wait, and come again by themselves."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from client import account
from client.cli.trouble import told as explained
from client.cli.trouble import told_by_code
from client.engine import Engine, Report
from client.store import Store
from client.work import Desk
from server.access import devices, throttle
from sync.errors import TenggatError, TooMany
from sync.outbox import State
from tests.api.device import Device
from tests.catalogue_values import answers
from tests.conftest import Server
from tests.wsgi_transport import WsgiTransport


@dataclass
class Patient:
    """A timer's wait: time passes at once, and it ends when something arrived."""

    server: Server
    told: list[Report | TenggatError]
    waits: list[float] = field(default_factory=list)

    def wait(self, timeout: float) -> bool:
        self.waits.append(timeout)
        self.server.clock.move(seconds=timeout)
        return isinstance(self.told[-1], Report) or len(self.waits) > 9


def test_of_many_who_come_at_once_no_more_are_let_in(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    """All of them are past the look that costs little before the first one is counted."""
    monkeypatch.setattr(devices, "MOST_GUESTS", 2)
    monkeypatch.setattr(throttle, "check", lambda *_, **__: None)
    phones = [Device(server.app) for _ in range(3)]
    answers_ = [phone.post(phone.body()) for phone in phones]
    assert [answer.status_code for answer in answers_] == [200, 200, 429]
    assert (answers_[2].json or {})["text"]["id"].startswith("Banyak perangkat baru")
    assert len(server.rows("SELECT id FROM person")) == 2


def test_what_a_device_typed_waits_with_it_and_is_there_once(
    server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(devices, "MOST_GUESTS", 1)
    wire = WsgiTransport(server.app)
    stores = [Store(tmp_path / f"{name}.sqlite", clock=server.clock) for name in ("first", "second")]
    for store in stores:
        account.begin_as_guest(store)
    Engine(stores[0], wire, chance=lambda: 0.0).sync()
    # It has the catalogue, from somebody who was in before.
    for key in ("catalogue_json", "catalogue"):
        stores[1].meta.set(key, stores[0].meta.get(key))
    desk = Desk(stores[1])
    lapor = desk.city.service("lapor")
    case = desk.new("lapor", answers(desk.city, lapor.fields, {}, optional=False))
    desk.submit(case)
    told: list[Report | TenggatError] = []
    patient = Patient(server, told)
    remembered: list[list[Any]] = []

    def hear(outcome: Report | TenggatError) -> None:
        told.append(outcome)
        remembered.append(stores[1].meta.get("last_error"))

    Engine(stores[1], wire, chance=lambda: 0.0).run(patient, hear)
    refused, arrived = told
    assert isinstance(refused, TooMany) and isinstance(arrived, Report)
    assert patient.waits[0] == refused.extra["retry_after"] > 0
    assert "Many new devices" in told_by_code(*remembered[0][:2], "en", {"text": remembered[0][3]})[0]
    assert "Banyak perangkat baru" in explained(refused, "id")[0], "and not that somebody tried too often"
    assert {entry.state for entry in stores[1].outbox.entries()} == {State.ACKNOWLEDGED}
    assert [row.id for row in server.rows("SELECT id FROM case_record")] == [case]
    for store in stores:
        store.close()
