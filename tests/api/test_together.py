"""Exchanges that come at once are written in one transaction, and each is answered as if it had been alone."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from sqlalchemy import Connection, Engine

from server.access.devices import stamp
from server.commands.world import World
from server.store.database import writing
from tests.api.device import Device, new_id
from tests.api.filing import edit
from tests.conftest import Server

WAIT = 20.0


def together(
    server: Server, monkeypatch: pytest.MonkeyPatch, first: Callable[[], Any], *others: Callable[[], Any]
) -> int:
    """Do the first, and while it is being written the others; in how many transactions all of it was written."""
    line, real = server.world.commands._line, World.flush
    transactions = 0

    def flush(self: World, now: str, year: int) -> None:
        nonlocal transactions
        transactions += 1
        for _ in range(int(WAIT / 0.01)):
            if transactions > 1 or len(line._line) == len(others):
                break
            threading.Event().wait(0.01)
        else:
            raise AssertionError(f"{len(line._line)} of {len(others)} came")
        real(self, now, year)

    monkeypatch.setattr(World, "flush", flush)
    faults: list[BaseException] = []

    def do(work: Callable[[], Any]) -> None:
        try:
            work()
        except BaseException as fault:
            faults.append(fault)

    threads = [threading.Thread(target=do, args=[work]) for work in (first, *others)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(WAIT)
    monkeypatch.setattr(World, "flush", real)
    assert not faults, faults
    return transactions


def devices(server: Server, number: int) -> list[Device]:
    found = [Device(server.app) for _ in range(number)]
    for device in found:
        device.exchange()
    return found


def test_who_comes_at_once_shares_a_transaction_and_hears_its_own(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    people = devices(server, 9)
    heard: dict[str, list[Any]] = {}

    def send(device: Device) -> Callable[[], None]:
        def work() -> None:
            lines = [edit(device, new_id(), {"name": device.instance}) for _ in range(3)]
            heard[device.instance] = device.exchange(*lines).results

        return work

    assert together(server, monkeypatch, *(send(device) for device in people)) == 2
    for device in people:
        assert [(r["seq"], r["status"]) for r in heard[device.instance]] == [(n, "applied") for n in (1, 2, 3)]
        device.pull()
        assert [record["fields"]["name"] for record in device.held.values()] == [device.instance] * 3
    positions = [row.pos for row in server.rows("SELECT pos FROM feed ORDER BY pos")]
    assert positions == list(range(1, 28))


def test_what_one_cannot_write_is_set_aside_and_the_others_are_as_they_were(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second, third = devices(server, 3)
    poisoned, write = new_id(), World._write_cases

    def refuse(self: Any, changed: dict[str, Any]) -> None:
        if poisoned in changed:
            raise TypeError("cannot be encoded")
        write(self, changed)

    monkeypatch.setattr(World, "_write_cases", refuse)
    heard: dict[str, list[Any]] = {}

    def send(device: Device, *cases: str) -> Callable[[], None]:
        def work() -> None:
            lines = [edit(device, case, {"name": "x"}) for case in cases]
            heard[device.instance] = [r["status"] for r in device.exchange(*lines).results]

        return work

    together(
        server,
        monkeypatch,
        send(first, new_id()),
        send(second, new_id(), poisoned, new_id()),
        send(third, new_id(), new_id()),
    )
    assert heard == {
        first.instance: ["applied"],
        second.instance: ["applied", "quarantined", "applied"],
        third.instance: ["applied"] * 2,
    }
    for device in (first, second, third):
        device.pull()
    assert len(server.rows("SELECT id FROM case_record")) == 5


def test_two_devices_of_one_person_change_one_case_in_one_transaction_one_after_the_other(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    (stranger, phone) = devices(server, 2)
    laptop = Device(server.app, token=phone.token)
    laptop.exchange()
    case = new_id()
    phone.exchange(edit(phone, case, {"name": "x"}))
    versions: list[int] = []

    def send(device: Device, was: dict[str, str], **fields: str) -> Callable[[], None]:
        def work() -> None:
            versions.append(device.exchange(edit(device, case, fields, was)).result["version"])

        return work

    def stray() -> None:
        stranger.exchange(edit(stranger, new_id(), {"name": "y"}))

    assert together(server, monkeypatch, stray, send(phone, {"name": "x"}, name="a"), send(laptop, {}, street="b")) == 2
    assert sorted(versions) == [2, 3]
    phone.pull()
    laptop.pull()
    assert phone.held[case]["fields"] == laptop.held[case]["fields"] == {"name": "a", "street": "b"}


def test_the_same_request_twice_at_once_is_done_once(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    stranger, phone = devices(server, 2)
    body = phone.body([edit(phone, new_id(), {"name": "x"})])
    answers: list[bytes] = []

    def again() -> None:
        answers.append(phone.post(body).get_data())

    def stray() -> None:
        stranger.exchange(edit(stranger, new_id(), {"name": "y"}))

    together(server, monkeypatch, stray, again, again)
    assert len(server.rows("SELECT seq FROM command")) == 2
    first, second = ([line for line in answer.splitlines() if b'"result"' in line] for answer in answers)
    assert first == second and len(first) == 1


def test_a_command_is_received_when_its_turn_comes(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    """Else what waited for another process would be written behind it with an earlier time."""

    @contextmanager
    def waited(engine: Engine) -> Iterator[Connection]:
        server.clock.move(seconds=12)
        with writing(engine) as connection:
            yield connection

    [device] = devices(server, 1)
    monkeypatch.setattr("server.commands.apply.writing", waited)
    device.exchange(edit(device, new_id(), {"name": "Rina"}))
    assert [row.received for row in server.rows("SELECT received FROM command")] == [stamp(server.clock())]
