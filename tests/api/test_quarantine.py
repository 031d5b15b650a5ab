"""What was set aside is carried out after all, corrected, or refused in an officer's words: once, and heard of."""

import json
from typing import Any
from unittest import mock

import pytest

from server.access import asking, audit, roster
from server.access.roster import Chosen
from server.commands import amendments, batch, quarantine
from server.commands.amendments import NotDone
from sync.errors import Conflict, Invalid, NotFound
from tests.api.device import Device, dumps, new_id
from tests.api.filing import application, fields
from tests.api.under_way import under_way
from tests.conftest import Server


def _broken(*_: Any) -> None:
    raise RuntimeError("a fault of the server's")


def fail(server: Server, device: Device, *lines: bytes) -> list[dict[str, Any]]:
    """Send commands to a server that cannot decide just now: they come to quarantine."""
    with mock.patch.object(batch, "decide", _broken):
        return device.exchange(*lines).results


def submit(server: Server, device: Device, case: str | None = None) -> bytes:
    return device.command("case.act", case or new_id(), {"action": "submit"} | application(server))


def retry(server: Server, device: Device, seq: int, line: bytes | None = None) -> dict[str, Any]:
    done = amendments.retry(server.world.commands, device.instance, seq, "cli", line)
    return {"status": str(done.status), "number": done.number}


def heard(device: Device, **hello: Any) -> list[tuple[int, int, str, str | None]]:
    """What the device hears of results that changed: number, seq, status, code."""
    lines = device.exchange(**hello).all("amended")
    assert all(line["instance"] == device.instance for line in lines)
    return [(x["n"], x["result"]["seq"], x["result"]["status"], x["result"].get("code")) for x in lines]


def test_a_command_is_carried_out_once_and_its_device_hears_of_it(server: Server, guest: Device) -> None:
    line = submit(server, guest)
    (result,) = fail(server, guest, line)
    assert (result["status"], result["code"]) == ("quarantined", "internal")
    (item,) = quarantine.items(server.engine)
    assert (item.code, item.kind, item.seq, item.person_kind) == ("internal", "case.act", 1, "guest")
    done = retry(server, guest, 1)
    assert done == {"status": "applied", "number": "KRK-2026-000001"}
    assert quarantine.items(server.engine) == []
    with pytest.raises(Conflict):
        retry(server, guest, 1)
    answer = guest.exchange()
    (amended,) = answer.all("amended")
    assert amended["result"]["number"] == "KRK-2026-000001"
    assert [record["number"] for record in answer.records] == ["KRK-2026-000001"]
    assert guest.exchange(line).result == amended["result"], "sent again, the same line gets the new result"
    assert server.rows("SELECT count(*) FROM case_record") == [(1,)]
    assert heard(guest, amended=amended["n"]) == [], "what was heard is not told again"
    kinds = [one.action for one in audit.entries(server.engine)]
    assert kinds == ["quarantine.retried"]


def test_an_idle_device_pays_nothing_for_it(server: Server, guest: Device) -> None:
    assert guest.exchange().all("amended") == []
    with mock.patch.object(amendments, "since", _broken):
        guest.exchange()


def test_what_builds_on_it_goes_along(server: Server, guest: Device) -> None:
    case, other = new_id(), new_id()
    first = guest.command("case.edit", case, {"service": "krk", "set": {"street": "Rumah"}})
    second = guest.command("case.edit", case, {"set": {"street": "Ruko"}, "was": {"street": "Rumah"}}, after=1)
    third = guest.command("case.edit", case, {"set": {"street": "Toko"}, "was": {"street": "Ruko"}}, after=2)
    aside = guest.command("case.edit", other, {"service": "krk", "set": {}})
    blocked = guest.command("case.edit", other, {"set": {}}, after=4)
    with mock.patch.object(batch, "decide", _broken):
        results = guest.exchange(first, second, third, aside, blocked).results
    assert [one["status"] for one in results] == ["quarantined", "blocked", "blocked", "quarantined", "blocked"]
    (item, _) = quarantine.items(server.engine)
    assert item.building == 2
    retry(server, guest, 1)
    assert [(seq, status) for _, seq, status, _ in heard(guest)] == [(1, "applied"), (2, "applied"), (3, "applied")]
    (record,) = guest.held.values()
    assert record["fields"]["street"] == "Toko"
    assert server.rows("SELECT how FROM amendment ORDER BY n") == [("retried",), ("follows",), ("follows",)]


def test_what_still_cannot_be_done_changes_nothing(server: Server, guest: Device) -> None:
    case = new_id()
    fail(server, guest, guest.command("case.act", case, {"action": "submit", "service": "krk", "set": {}}))
    with pytest.raises(NotDone) as refused:
        retry(server, guest, 1)
    assert refused.value.result.code == "invalid"
    with mock.patch.object(batch, "decide", _broken), pytest.raises(NotDone):
        retry(server, guest, 1)
    assert len(quarantine.items(server.engine)) == 1
    assert heard(guest) == []
    assert audit.entries(server.engine) == []


def test_a_command_is_corrected_and_both_versions_are_kept(server: Server, guest: Device) -> None:
    case = new_id()
    sent = guest.command("case.act", case, {"action": "submit", "service": "krk", "set": {}})
    fail(server, guest, sent)
    line = json.loads(sent)
    line["data"] |= application(server)
    assert retry(server, guest, 1, dumps(line))["status"] == "applied"
    (done,) = quarantine.history(server.engine, guest.instance, 1)
    assert (done.how, done.payload) == ("corrected", dumps(line))
    assert done.before["status"] == "quarantined"
    assert server.rows("SELECT payload FROM command") == [(sent,)]
    assert [(seq, status) for _, seq, status, _ in heard(guest)] == [(1, "applied")]


@pytest.mark.parametrize("line", [b"", b"{", b"[]", b'{"t":"end","commands":0}', b'{"t":"command","seq":1}', b"\xff"])
def test_a_correction_that_is_no_command_is_refused(server: Server, guest: Device, line: bytes) -> None:
    fail(server, guest, submit(server, guest))
    with pytest.raises(Invalid):
        retry(server, guest, 1, line)
    other = guest.command("case.edit", new_id())
    with pytest.raises(Invalid, match="seq must stay 1"):
        retry(server, guest, 1, other)


def test_a_broken_line_with_a_number_is_corrected(server: Server, guest: Device) -> None:
    broken = b'{"t":"command","seq":1,"kind":"case.act","case":"nothing","at":"2026-03-16T09:00:00+07:00"}'
    assert guest.exchange(broken).result["code"] == "malformed"
    with pytest.raises(Invalid):
        retry(server, guest, 1)
    guest.seq = 0
    assert retry(server, guest, 1, submit(server, guest))["status"] == "applied"
    assert len(heard(guest)) == 1


def test_it_is_refused_in_an_officers_words(server: Server, guest: Device) -> None:
    line = submit(server, guest)
    fail(server, guest, line)
    with pytest.raises(Invalid):
        amendments.reject(server.world.commands, guest.instance, 1, "cli", "  ")
    amendments.reject(server.world.commands, guest.instance, 1, "cli", " Sudah kami catat lewat loket. ")
    (amended,) = guest.exchange().all("amended")
    assert (
        amended["result"]
        == {
            "t": "result",
            "seq": 1,
            "status": "rejected",
            "code": "answered",
            "case": json.loads(line)["case"],
            "text": {"id": "Sudah kami catat lewat loket.", "en": "Sudah kami catat lewat loket."},
        }
        or amended["result"].get("case") is None
    )
    assert guest.exchange(line).result["code"] == "answered"
    with pytest.raises(Conflict):
        amendments.reject(server.world.commands, guest.instance, 1, "cli", "Lagi.")
    assert "loket" not in str(audit.entries(server.engine)), "words stay out of the log"


def test_a_revoked_devices_work_is_carried_out_in_its_owners_name(server: Server, staff: Any) -> None:
    owner = Device(server.app)
    owner.exchange()
    (device,) = roster.devices(server.engine, Chosen("all"))
    asking.revoke(server.engine, server.world.sources, [device.id], "cli", "lost")
    assert owner.exchange(submit(server, owner)).result["code"] == "device_revoked"
    assert retry(server, owner, 1)["status"] == "applied"
    (row,) = server.rows("SELECT scopes FROM case_record")
    assert f"person:{device.person}" in row[0]
    assert owner.exchange().all("amended") == [], "a device that will be wiped is told nothing more"


def test_another_device_of_the_same_person_hears_of_it(server: Server) -> None:
    from server.access import devices
    from server.store.database import writing

    person, token = server.staff("front_desk")
    device = Device(server.app, token, guest=False)
    fail(server, device, submit(server, device))
    device.token = server.world.sources.new_token()
    retry(server, device, 1)
    with writing(server.engine) as connection:
        devices.new_device(connection, server.world.sources, person, device.token)
    assert len(heard(device)) == 1


def test_a_restored_server_counts_anew(server: Server, guest: Device) -> None:
    fail(server, guest, submit(server, guest))
    retry(server, guest, 1)
    guest.epoch = "older"
    guest.exchange(amended=99)
    assert len(heard(guest, amended=0)) == 1


def test_lines_without_a_key_are_corrected_or_laid_aside(server: Server, guest: Device) -> None:
    answer = guest.exchange(b'{"t":"command","seq":"one"', b"not even that")
    assert [one["code"] for one in answer.results] == ["malformed", "malformed"]
    first, second = quarantine.items(server.engine)
    assert first.stray
    assert second.stray
    guest.seq = 0
    with pytest.raises(NotDone):
        empty = guest.command("case.act", new_id(), {"action": "submit", "service": "krk", "set": {}})
        quarantine.correct_stray(server.world.commands, first.key, "cli", empty)
    done = quarantine.correct_stray(server.world.commands, first.key, "cli", submit(server, guest))
    assert done.number == "KRK-2026-000001"
    assert len(guest.exchange().records) == 1, "it is the sender's case"
    quarantine.dismiss_stray(server.world.commands, second.key, "cli")
    for key in (first.key, second.key):
        with pytest.raises(Conflict):
            quarantine.dismiss_stray(server.world.commands, key, "cli")
    assert quarantine.items(server.engine) == []
    assert server.rows("SELECT count(*) FROM stray") == [(2,)]


def test_reading_what_somebody_typed_is_noted(server: Server, guest: Device) -> None:
    line = submit(server, guest)
    fail(server, guest, line)
    (item,) = quarantine.items(server.engine)
    assert quarantine.read_payload(server.engine, server.world.commands, item.key, "cli") == line
    (noted,) = audit.entries(server.engine)
    assert (noted.action, noted.target) == ("quarantine.read", item.key)
    assert fields(server)["name"] not in str(noted)


@pytest.mark.parametrize(
    "key", ["", "x", "a.b", "a.1", "line.x.y", "line.x.!!!!", "a.99999999999999999999", "a.²", "line..", "a.-1", "%.1"]
)
def test_what_is_no_key_calls_nothing(server: Server, key: str) -> None:
    for ask in (
        lambda: quarantine.item(server.engine, key),
        lambda: quarantine.read_payload(server.engine, server.world.commands, key, "cli"),
    ):
        with pytest.raises(NotFound):
            ask()
    with pytest.raises((NotFound, Conflict)):
        quarantine.dismiss_stray(server.world.commands, key, "cli")
    with pytest.raises(NotFound):
        amendments.retry(server.world.commands, key, 1, "cli")


@pytest.mark.parametrize("rejected", [False, True])
def test_a_command_is_answered_while_its_device_is_revoked(
    make_server: Any, postgres_url: str, monkeypatch: pytest.MonkeyPatch, rejected: bool
) -> None:
    """Both come to the log with the device's row in their hands: of two who each hold what the other wants, PostgreSQL
    would end one."""
    server = make_server(database=postgres_url)
    device = Device(server.app)
    fail(server, device, submit(server, device))
    ids = server.rows("SELECT id FROM device")[0]

    def revoked() -> None:
        asking.revoke(server.engine, server.world.sources, ids, "cli")

    with under_way(server, monkeypatch, revoked, (audit, "note")):
        if rejected:
            amendments.reject(server.world.commands, device.instance, 1, "cli", "Tidak bisa.")
        else:
            retry(server, device, 1)
    done = [row.action for row in audit.entries(server.engine)]
    assert done == ["quarantine.rejected" if rejected else "quarantine.retried", "device.revoke"]


def test_all_of_it_on_postgresql(make_server: Any, postgres_url: str) -> None:
    server = make_server(database=postgres_url)
    device = Device(server.app)
    fail(server, device, submit(server, device), submit(server, device))
    device.exchange(b"broken")
    assert len(quarantine.items(server.engine)) == 3
    assert quarantine.count(server.engine) == 3
    retry(server, device, 1)
    amendments.reject(server.world.commands, device.instance, 2, "cli", "Tidak bisa.")
    (stray,) = quarantine.items(server.engine)
    assert quarantine.item(server.engine, stray.key).key == stray.key
    assert quarantine.read_payload(server.engine, server.world.commands, stray.key, "cli") == b"broken"
    quarantine.dismiss_stray(server.world.commands, stray.key, "cli")
    assert [status for _, _, status, _ in heard(device)] == ["applied", "rejected"]
    (facts,) = roster.devices(server.engine, Chosen("all", words=device.instance[:2]), now=server.clock()) or (None,)
    assert facts is None or facts.quarantined == 0
    server.clock.move(hours=1)
    device.exchange(health={"waiting": 1}, others=[{"t": "check"}])
    (one,) = roster.devices(server.engine, Chosen("all"), now=server.clock())
    assert (one.waiting, one.mismatches) == (1, 1)
    with server.engine.connect() as connection:
        assert roster.silent(connection, server.clock()) == []
