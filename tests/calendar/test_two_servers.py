"""A worker that did not make the change never stamps with the old calendar."""

import threading
from typing import Any

import pytest

from server.access import days_off
from server.commands.world import World
from server.rules import rules_of
from tests.api.device import Device, new_id
from tests.api.filing import application, file
from tests.conftest import Server

from .conftest import CLOSED, limits

Servers = tuple[Server, Server]


def test_the_other_one_stamps_by_the_new_days_at_once(servers: Servers) -> None:
    here, there = servers
    phone = Device(there.app)
    before = limits(phone, file(there, phone))["completeness"]
    old = there.world.calendar.version
    days_off.enter(here.world, CLOSED, "cli")
    assert there.world.calendar.version == old, "it has not heard of anything yet"
    after = limits(phone, file(there, phone))["completeness"]
    assert after.calendar == here.world.calendar.version != before.calendar
    assert there.world.calendar.version == after.calendar


def test_a_command_under_way_while_the_calendar_changes_is_decided_again(
    servers: Servers, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Decided by the old days, and about to be written, when another process closes one. On SQLite the change has to
    wait for the command, and comes after it."""
    here, there = servers
    phone = Device(there.app)
    file(there, phone)
    flush, tries = World.flush, []

    def changed_meanwhile(self: World, *args: Any) -> None:
        tries.append(self.rules.mark)
        if len(tries) == 1 and there.engine.dialect.name == "postgresql":
            days_off.enter(here.world, CLOSED, "cli")
        flush(self, *args)

    monkeypatch.setattr(World, "flush", changed_meanwhile)
    ledger = limits(phone, file(there, phone))["completeness"]
    if there.engine.dialect.name == "postgresql":
        assert tries == ["", here.world.rules.current.mark]
    assert ledger.calendar == here.world.calendar.version
    numbers = [row.number for row in there.rows("SELECT number FROM case_record ORDER BY number")]
    assert numbers == ["KRK-2026-000001", "KRK-2026-000002"], "what was tried first left nothing behind"


def test_devices_are_told_of_the_new_catalogue_and_of_new_promises(servers: Servers) -> None:
    here, there = servers
    phone = Device(there.app)
    first = phone.exchange()
    days_off.enter(here.world, CLOSED, "cli")
    second = phone.exchange(promises=first.one("promises")["version"])
    assert second.hello["catalogue"] == here.city.version != first.hello["catalogue"]
    assert second.one("promises")["table"]["version"] == here.world.calendar.version
    assert phone.exchange(promises=second.one("promises")["version"]).all("promises") == []
    told = there.app.test_client().get("/api/v1/catalogue")
    assert told.headers["ETag"] == f'"{here.city.version}"'
    assert told.get_json()["overrides"][-1]["decree"] == CLOSED.decree


def test_whoever_only_asks_for_the_catalogue_hears_of_it_too(servers: Servers) -> None:
    here, there = servers
    client = there.app.test_client()
    old = client.get("/api/v1/catalogue").headers["ETag"]
    days_off.enter(here.world, CLOSED, "cli")
    assert client.get("/api/v1/catalogue").headers["ETag"] == f'"{here.city.version}"' != old
    days_off.remove(here.world, CLOSED.on, "cli")
    assert client.get("/api/v1/catalogue").headers["ETag"] == old, "the same days are the same version"


def test_many_writers_and_a_calendar_that_keeps_changing(servers: Servers) -> None:
    """Every date is counted by the days that were true at its place in the feed."""
    here = servers[0]
    phones = [Device(server.app) for server in servers for _ in range(2)]
    faults: list[BaseException] = []

    def write(phone: Device, server: Server) -> None:
        try:
            for _ in range(6):
                data = {"action": "submit"} | application(server)
                answer = phone.exchange(phone.command("case.act", new_id(), data))
                assert answer.result["status"] == "applied"
        except BaseException as error:
            faults.append(error)

    changes: list[tuple[int, str]] = []

    def change() -> None:
        try:
            for turn in range(6):
                changes.append(_turn(here, turn))
        except BaseException as error:
            faults.append(error)

    started = (-1, here.world.calendar.version)
    threads = [threading.Thread(target=write, args=(phone, servers[i // 2])) for i, phone in enumerate(phones)]
    threads.append(threading.Thread(target=change))
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not faults
    for phone in phones:
        phone.pull()
    born = {row.id: row.born for row in here.rows("SELECT id, born FROM case_record")}
    for phone in phones:
        for case in phone.held:
            stamped = limits(phone, case)["completeness"].calendar
            (true,) = [mark for position, mark in [started, *changes] if position < born[case]][-1:]
            assert stamped == true, f"case born at {born[case]}, changes {changes}"


def _turn(server: Server, turn: int) -> tuple[int, str]:
    """Close the day or take it back: the position up to which cases were stamped before, and the calendar since."""
    if turn % 2:
        days_off.remove(server.world, CLOSED.on, "cli")
    else:
        days_off.enter(server.world, CLOSED, "cli")
    # Not the server's own word: others at it may just have looked at how things were a moment ago.
    rules = rules_of(server.world.rules.folder, () if turn % 2 else (CLOSED,))
    return server.rows("SELECT upto FROM recount")[0].upto, rules.calendar.version
