"""What the server notes of a device that comes, and what a device is asked in the answer."""

import json
from typing import Any

import pytest

from server.access import asking, contacts, devices, roster
from server.access.roster import Chosen
from server.domain.trouble_words import why
from server.domain.troubles import Facts, troubles
from server.store.database import writing
from sync.errors import Conflict, NotFound
from tests.api.device import Device, dumps, new_id
from tests.conftest import Server


def facts(server: Server, device: Device | None = None) -> Facts:
    """The only device there is, or this one."""
    chosen = Chosen("all", gone=True)
    found = roster.devices(server.engine, chosen, now=server.clock())
    if device is None:
        (one,) = found
        return one
    (bound,) = server.rows("SELECT device_id FROM instance WHERE id = :id", id=device.instance)
    return next(one for one in found if one.id == bound[0])


def codes(server: Server, device: Device | None = None) -> list[str]:
    return [one.code for one in troubles(facts(server, device), server.clock())]


def test_a_device_that_says_nothing_of_failures_got_its_answers_whole(server: Server, guest: Device) -> None:
    guest.exchange()
    first = facts(server)
    assert first.succeeded == first.seen
    server.clock.move(hours=1)
    guest.exchange()
    assert facts(server).succeeded == facts(server).seen == "2026-03-16T03:00:00Z"


def test_answers_that_never_arrive_whole_are_told_apart_from_tries_that_never_came(
    server: Server, guest: Device
) -> None:
    whole = guest.exchange().hello["now"]
    server.clock.move(hours=2)
    # Out of reach for a while: nothing of it came here.
    guest.exchange(health={"failed": 9, "trouble": "unreachable", "ended": whole})
    assert (facts(server).cuts, facts(server).failed, facts(server).trouble) == (0, 9, "unreachable")
    for tries in range(10, 13):
        server.clock.move(minutes=5)
        guest.exchange(health={"failed": tries, "trouble": "unreachable", "ended": whole})
    found = facts(server)
    assert (found.cuts, found.succeeded) == (3, whole)
    assert codes(server) == ["answers_cut"]
    server.clock.move(minutes=5)
    guest.exchange()
    assert (facts(server).cuts, codes(server)) == (0, [])


@pytest.mark.parametrize(
    "said",
    [
        {"failed": "many"},
        {"failed": 2**60},
        {"failed": 3, "ended": 5},
        {"failed": 3, "ended": "gestern", "trouble": "x" * 500},
        {"failed": 3, "ended": None, "trouble": None},
        {"waiting": 2**53 - 1, "files": 2**53 - 1, "bytes": 2**53 - 1, "refused": 2**53 - 1},
    ],
)
def test_whatever_a_device_says_of_itself_stands_in_the_way_of_nothing(
    server: Server, guest: Device, said: dict[str, Any]
) -> None:
    guest.exchange()
    server.clock.move(hours=1)
    guest.exchange(health=said)
    server.clock.move(hours=1)
    guest.exchange(health=said)
    assert isinstance(codes(server), list)


def test_a_captive_portal_is_named(server: Server, guest: Device) -> None:
    ended = guest.exchange().hello["now"]
    server.clock.move(minutes=10)
    guest.exchange(health={"failed": 2, "trouble": "not_our_server", "ended": ended})
    assert codes(server) == ["portal"]


def test_a_device_is_known_though_its_token_is_not(server: Server, guest: Device) -> None:
    guest.exchange()
    unknown = Device(server.app, "x" * 43, guest=False, instance=guest.instance)
    for _ in range(2):
        assert unknown.post(unknown.body()).status_code == 401
    assert codes(server) == ["turned_away"]
    stranger = Device(server.app, "x" * 43, guest=False)
    assert stranger.post(stranger.body()).status_code == 401
    server.clock.move(minutes=1)
    guest.exchange()
    assert codes(server) == [], "it was let in since"


def test_a_closed_account_is_told_apart_from_an_unknown_token(server: Server) -> None:
    person, token = server.staff("surveyor")
    device = Device(server.app, token, guest=False)
    device.exchange(health={"waiting": 2})
    server.execute("UPDATE person SET disabled = '2026-03-16T03:00:00Z' WHERE id = :id", id=person)
    assert device.post(device.body()).status_code == 401
    assert codes(server) == ["account_closed"]


def test_mismatches_are_counted_while_they_come_close_together(server: Server, guest: Device) -> None:
    guest.exchange()
    for _ in range(3):
        server.clock.move(days=2)
        guest.exchange(others=[{"t": "check"}])
    assert facts(server).mismatches == 3
    assert codes(server) == ["digest_differs"]
    server.clock.move(days=8)
    guest.exchange()
    assert codes(server) == []
    guest.exchange(others=[{"t": "check"}])
    assert facts(server).mismatches == 1


def test_an_idle_device_costs_one_note_a_minute(server: Server, guest: Device) -> None:
    guest.exchange()
    seen = facts(server).seen
    server.clock.move(seconds=59)
    guest.exchange()
    assert facts(server).seen == seen
    server.clock.move(seconds=1)
    guest.exchange()
    assert facts(server).seen != seen


def test_what_an_exchange_brought_does_not_wait_any_more(server: Server, guest: Device) -> None:
    """A device tells how it stands before it sends."""
    since = "2026-03-15T00:00:00Z"
    lines = [guest.command("case.edit", new_id(), {"service": "lapor"}) for _ in range(2)]
    guest.exchange(*lines, health={"waiting": 2, "bytes": 300, "oldest": since, "files": 1, "free": 5_000_000_000})
    found = facts(server)
    assert (found.waiting, found.bytes, found.oldest, found.files, found.free) == (0, 0, None, 1, 5_000_000_000)
    assert server.rows("SELECT waits FROM device") == [(1,)]
    [sample] = contacts.samples(server.engine, found.id, server.clock().replace(hour=0))
    assert sample["waiting"] == 2, "the history is of what there was when it came"
    guest.exchange(health={"files": 1, "free": 5_000_000_000})
    assert facts(server).seen == found.seen, "and that it says so itself is nothing new"


def test_what_came_only_in_part_or_is_to_come_again_waits(server: Server, guest: Device) -> None:
    since, guest.seq = "2026-03-15T00:00:00Z", 5
    one = guest.command("case.edit", new_id(), {"service": "lapor"})
    later = guest.command("case.edit", new_id(), {"service": "lapor"}, after=3)
    damaged = b'{"t":"command","kind":'
    refused = guest.command("case.act", new_id(), {"action": "withdraw"})
    answer = guest.exchange(one, later, damaged, refused, health={"waiting": 9, "bytes": 300, "oldest": since})
    assert [line["status"] for line in answer.results] == ["applied", "retry", "quarantined", "rejected"]
    found = facts(server)
    assert (found.waiting, found.bytes, found.oldest) == (7, 300, since)
    again = json.loads(one) | {"data": {"service": "krk"}}
    guest.exchange(dumps(again), health={"waiting": 1})
    assert facts(server).waiting == 1, "its number was used: it comes again under another"


def test_samples_are_taken_once_an_hour_and_dropped_after_a_season(server: Server) -> None:
    _, token = server.staff("surveyor")
    device = Device(server.app, token, guest=False)
    for minutes in (0, 20, 20, 20, 60):
        server.clock.move(minutes=minutes)
        device.exchange(health={"waiting": minutes, "free": 5_000_000_000})
    start = server.clock().replace(hour=0)
    found = contacts.samples(server.engine, facts(server).id, start)
    assert [(one["at"][11:13], one["waiting"]) for one in found] == [("02", 0), ("03", 20), ("04", 60)]
    server.clock.move(days=90)
    assert contacts.prune(server.engine, server.clock()) == 2
    assert contacts.prune(server.engine, server.clock()) == 0


def test_a_guest_is_sampled_while_something_waits(server: Server, guest: Device) -> None:
    guest.exchange()
    server.clock.move(hours=1)
    guest.exchange(health={"files": 1})
    assert [
        one["files"] for one in contacts.samples(server.engine, facts(server).id, server.clock().replace(hour=0))
    ] == [1]


# ---- What is asked of a device ----


def test_a_device_that_is_told_to_start_over_does_so_once(server: Server, guest: Device) -> None:
    guest.pull()
    asking.ask_resync(server.engine, server.world.sources, facts(server).id, "cli")
    assert "resync_waits" in codes(server)
    cut = guest.post(guest.body())
    assert b'"why":"asked"' in cut.get_data()
    assert guest.exchange().one("reset")["why"] == "asked", "an answer that did not arrive changes nothing"
    server.clock.move(minutes=1)
    assert guest.exchange().all("reset") == []
    assert codes(server) == []
    asking.ask_resync(server.engine, server.world.sources, facts(server).id, "cli")
    asking.ask_resync(server.engine, server.world.sources, facts(server).id, "cli")
    assert guest.exchange().one("reset")
    assert guest.exchange().all("reset") == []


def test_a_device_is_asked_how_it_stands_until_it_told(server: Server, guest: Device) -> None:
    assert b"diagnose" not in guest.exchange().raw[0], "and otherwise not a byte is spent on it"
    found = facts(server)
    assert _tell(guest, {}).status_code == 409
    asking.ask_diagnosis(server.engine, server.world.sources, found.id, "cli")
    for _ in range(2):
        assert guest.exchange().hello["diagnose"] is True
    told = {
        "app": "uji 1.0",
        "outbox": {"sent": 2},
        "refused": [{"kind": "case.edit", "status": "rejected", "code": "invalid", "text": "Jalan Pahlawan"}],
        "name": "Warga",
        "fields": {"nik": "3374010101010001"},
    }
    assert _tell(guest, told).status_code == 204
    (kept,) = asking.diagnoses(server.engine, found.id)
    assert kept.body == {
        "app": "uji 1.0",
        "outbox": {"sent": 2},
        "refused": [{"kind": "case.edit", "status": "rejected", "code": "invalid"}],
    }, "what nobody asked for is dropped"
    assert "diagnose" not in guest.exchange().hello
    assert _tell(guest, told).status_code == 409


@pytest.mark.parametrize(
    "told",
    [
        {"outbox": {"sent": -1}},
        {"outbox": {"Jl. Pahlawan 1, Semarang": 1}},
        {"platform": "Budi's phone; <b>"},
        {"refused": [{"kind": "x"}] * 51},
        {"skew": "1"},
        {"outbox": {f"k{n}": 1 for n in range(41)}},
    ],
)
def test_a_report_that_is_none_is_refused(server: Server, guest: Device, told: dict[str, Any]) -> None:
    guest.exchange()
    asking.ask_diagnosis(server.engine, server.world.sources, facts(server).id, "cli")
    assert _tell(guest, told).status_code == 422
    assert _tell(guest, {"app": "x" * 20_000}).status_code == 413


def test_no_more_reports_are_kept_than_somebody_reads(server: Server, guest: Device) -> None:
    guest.exchange()
    for n in range(7):
        server.clock.move(minutes=1)
        asking.ask_diagnosis(server.engine, server.world.sources, facts(server).id, "cli")
        assert _tell(guest, {"mended": n}).status_code == 204
    assert [one.body["mended"] for one in asking.diagnoses(server.engine, facts(server).id)] == [6, 5, 4, 3, 2]


def _tell(device: Device, told: dict[str, Any]) -> Any:
    headers = {"Authorization": f"Bearer {device.token}"}
    return device.app.test_client().post("/api/v1/diagnoses", json=told, headers=headers)


def test_a_revoked_device_is_shown_until_it_has_handed_over(server: Server, guest: Device) -> None:
    guest.exchange(health={"waiting": 1})
    found = facts(server)
    assert asking.revoke(server.engine, server.world.sources, [found.id], "cli", "lost") == 1
    assert codes(server) == ["not_handed_over"]
    for ask in (asking.ask_resync, asking.ask_diagnosis):
        with pytest.raises(Conflict):
            ask(server.engine, server.world.sources, found.id, "cli")
        with pytest.raises(NotFound):
            ask(server.engine, server.world.sources, "nobody", "cli")
    server.clock.move(minutes=5)
    guest.exchange(guest.command("case.edit", "6f1c2b1e-0000-4000-8000-000000000001"), health={"waiting": 1})
    assert codes(server) == ["quarantined", "not_handed_over"]
    server.clock.move(minutes=5)
    guest.exchange()
    assert codes(server) == ["quarantined", "wiped"]
    assert roster.devices(server.engine, Chosen("all")) == [], "and is not expected any more"


def test_who_signs_in_anew_on_a_device_leaves_the_older_row_behind(server: Server) -> None:
    person, token = server.staff("surveyor")
    device = Device(server.app, token, guest=False)
    device.exchange()
    again = server.world.sources.new_token()
    with writing(server.engine) as connection:
        devices.new_device(connection, server.world.sources, person, again)
    device.token = again
    device.exchange()
    (row,) = server.rows("SELECT id FROM device WHERE id NOT IN (SELECT device_id FROM instance)")
    old = next(one for one in roster.devices(server.engine, Chosen(gone=True)) if one.id == row[0])
    assert [one.code for one in troubles(old, server.clock())] == ["replaced"]
    assert len(roster.devices(server.engine)) == 1


def test_one_that_a_file_brought_is_told_as_that_until_it_comes_itself(server: Server) -> None:
    person, token = server.staff("surveyor")
    device = Device(server.app, token, guest=False)
    brought = devices.bind_unseen(server.engine, device.instance, person, server.world.sources)
    server.clock.move(days=2)
    assert codes(server, device) == ["carried"], "and not as one that its owner should open once"
    assert why(troubles(facts(server, device), server.clock())[0], "en").startswith("What this device held was carried")
    device.exchange()
    assert codes(server, device) == []
    (old,) = (one for one in roster.devices(server.engine, Chosen(gone=True)) if one.id == brought.device)
    assert [one.code for one in troubles(old, server.clock())] == ["replaced"]
    assert len(roster.devices(server.engine)) == 1


def test_silent_devices_are_told_to_those_who_supervise_their_people(server: Server) -> None:
    head, _ = server.staff("supervisor", scopes=("office:distaru",))
    server.staff("supervisor", scopes=("office:dlh",))
    _, token = server.staff("surveyor", scopes=("office:distaru/33.74.10",))
    Device(server.app, token, guest=False).exchange(health={"waiting": 2})
    Device(server.app).exchange()
    with server.engine.connect() as connection:
        assert roster.silent(connection, server.clock()) == []
        server.clock.move(days=3, seconds=1)
        (one,) = roster.silent(connection, server.clock())
    assert (one.waits, one.offices, one.supervisors) == (2, ("distaru",), (head,))
