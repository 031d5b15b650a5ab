"""The exchange as docs/protocol.md promises it, seen by a device that shares no code with the server."""

import json
from typing import Any

import pytest
from sqlalchemy.exc import IntegrityError

import server.commands.batch as batching
import server.domain.decide as deciding
import server.feed.pull as pulling
from server.commands.world import World
from server.domain.outcome import Outcome
from server.feed import stamp
from server.store.database import writing
from tests.conftest import Server

from .conftest import Make
from .device import Device, dumps, new_id
from .filing import act, application, edit, file


def test_first_exchange_of_a_guest(server: Server, guest: Device) -> None:
    answer = guest.exchange()
    assert [line["t"] for line in answer.lines] == ["hello", "promises", "reset", "end"]
    assert answer.one("reset")["why"] == "unknown"
    assert answer.hello["person"]["kind"] == "guest"
    assert answer.hello["scopes"] == [f"person:{answer.hello['person']['id']}"]
    assert answer.hello["catalogue"] == server.city.version
    assert answer.hello["now"] == "2026-03-16T02:00:00Z"
    assert answer.end["digest"] == [[0, "0" * 16]]
    again = guest.exchange(promises=answer.one("promises")["version"])
    assert [line["t"] for line in again.lines] == ["hello", "end"], "nothing to do costs two lines"
    assert again.hello["person"]["id"] == answer.hello["person"]["id"]


def test_a_case_comes_back_with_number_and_date_in_the_same_answer(server: Server, guest: Device) -> None:
    case = file(server, guest)
    record = guest.held[case]
    assert record["number"] == "KRK-2026-000001"
    assert record["limits"][0]["due"] == "2026-03-17"
    assert len(record["code"]) == 10
    assert record["scopes"] == sorted(record["scopes"])
    assert guest.digest() == guest.exchange().end["digest"]


def test_once_and_the_stored_result_byte_for_byte(server: Server, guest: Device) -> None:
    case = new_id()
    lines = [
        guest.command("case.edit", case, application(server)),
        guest.command("case.act", case, {"action": "submit"}, after=1),
        guest.command("case.act", case, {"action": "submit"}),
        guest.command("case.fly", case),
    ]
    first = guest.exchange(*lines)
    assert [r["status"] for r in first.results] == ["applied", "applied", "rejected", "rejected"]
    assert first.results[1]["number"] == "KRK-2026-000001"
    before = server.rows("SELECT * FROM feed"), server.rows("SELECT * FROM case_record")
    server.clock.move(days=3)
    again = guest.exchange(*lines)
    assert [r for r in again.raw if b'"t":"result"' in r] == [r for r in first.raw if b'"t":"result"' in r]
    assert (server.rows("SELECT * FROM feed"), server.rows("SELECT * FROM case_record")) == before
    assert again.hello["highest"] == 4
    assert len(server.rows("SELECT * FROM feed")) == 2


def test_the_same_line_twice_in_one_body(guest: Device) -> None:
    line = edit(guest, new_id(), {"name": "x"})
    answer = guest.exchange(line, line)
    assert answer.results[0] == answer.results[1]
    assert len(answer.records) == 1
    assert answer.records[0]["v"] == 1


def test_a_reused_number_is_quarantined_and_kept(server: Server, guest: Device) -> None:
    case = new_id()
    guest.exchange(edit(guest, case, {"name": "satu"}))
    guest.seq = 0
    other = edit(guest, case, {"name": "dua"}, {"name": "satu"})
    result = guest.exchange(other).result
    assert (result["status"], result["code"], result["seq"]) == ("quarantined", "seq_reused", 1)
    assert guest.held[case]["fields"] == {"name": "satu"}
    assert guest.exchange(other).result == result, "sent again, told again"
    assert [bytes(row.payload) for row in server.rows("SELECT payload FROM stray")] == [other]


def test_blocked_by_one_that_failed_and_the_rest_goes_on(server: Server, guest: Device) -> None:
    case, other = new_id(), new_id()
    lines = [
        guest.command("case.act", case, {"service": "krk", "action": "submit"}),
        edit(guest, case, {"name": "x"}, after=1),
        edit(guest, case, {"name": "x"}, after=2),
        edit(guest, other, {"name": "y"}),
    ]
    results = guest.exchange(*lines).results
    assert [r["status"] for r in results] == ["rejected", "blocked", "blocked", "applied"]
    assert results[0]["code"] == "invalid"
    assert set(results[0]["details"]["problems"]) >= {"name", "nik", "street"}
    assert results[1]["details"] == {"after": 1}
    kept = {row.seq: row.payload for row in server.rows("SELECT seq, payload FROM command")}
    assert [kept[n] and bytes(kept[n]) for n in (1, 2, 3, 4)] == [*lines[:3], None], "what failed is kept whole"


def test_retry_until_the_earlier_one_arrives(server: Server, guest: Device) -> None:
    case = new_id()
    first = edit(guest, case, {"name": "x"})
    second = edit(guest, case, {"street": "y"}, after=1)
    assert guest.exchange(second).result["status"] == "retry"
    assert server.rows("SELECT * FROM command") == []
    assert [r["status"] for r in guest.exchange(first, second).results] == ["applied", "applied"]


def test_poison_is_set_aside_and_the_rest_applied(
    server: Server, guest: Device, monkeypatch: pytest.MonkeyPatch
) -> None:
    real, poisoned = deciding.decide, new_id()

    def decide(command: Any, *rest: Any) -> Outcome:
        if command.case == poisoned:
            raise ZeroDivisionError("poison")
        return real(command, *rest)

    monkeypatch.setattr(batching, "decide", decide)
    lines = [edit(guest, case, {"name": "x"}) for case in (new_id(), poisoned, new_id())]
    results = guest.exchange(*lines).results
    assert [(r["status"], r.get("code")) for r in results] == [
        ("applied", None),
        ("quarantined", "internal"),
        ("applied", None),
    ]
    row = server.rows("SELECT payload FROM command WHERE seq = 2")[0]
    assert bytes(row.payload) == lines[1]
    assert guest.exchange(*lines).results == results, "mended or not, its key has its answer"


@pytest.mark.parametrize("error", [IntegrityError("x", {}, Exception()), TypeError("cannot be encoded")])
def test_what_cannot_be_written_is_found_and_set_aside(
    server: Server, guest: Device, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    """The decision is fine, but writing fails: the batch is halved until the culprit stands alone."""
    real, poisoned = World._write_cases, new_id()

    def write(self: Any, changed: dict[str, Any]) -> None:
        if poisoned in changed:
            raise error
        real(self, changed)

    monkeypatch.setattr(World, "_write_cases", write)
    monkeypatch.setattr("server.store.database.TRIES", 1)
    lines = [edit(guest, poisoned if n == 3 else new_id(), {"name": "x"}) for n in range(9)]
    results = guest.exchange(*lines).results
    assert [r["status"] for r in results] == ["applied"] * 3 + ["quarantined"] + ["applied"] * 5
    assert results[3]["code"] == "internal"
    assert [r["seq"] for r in results] == list(range(1, 10))
    assert bytes(server.rows("SELECT payload FROM command WHERE status = 'quarantined'")[0].payload) == lines[3]
    guest.pull()


def test_busy_changes_nothing_and_says_when(server: Server, guest: Device, monkeypatch: pytest.MonkeyPatch) -> None:
    from sqlalchemy.exc import OperationalError

    def locked(*_: Any) -> int:
        raise OperationalError("x", {}, Exception("database is locked"))

    guest.exchange()
    with monkeypatch.context() as patch:
        patch.setattr(stamp, "take", locked)
        patch.setattr("server.store.database.TRIES", 1)
        line = edit(guest, new_id(), {"name": "x"})
        response = guest.post(guest.body([line]))
    assert (response.status_code, response.json and response.json["code"]) == (503, "busy")
    assert response.headers["Retry-After"] == "5"
    assert server.rows("SELECT * FROM command") == []
    assert guest.exchange(line).result["status"] == "applied"


def test_merge_conflict_and_choice(server: Server, staff: Make) -> None:
    """Two counters work on one walk-in draft's correction."""
    desk = staff("front_desk")
    case = file(server, desk)
    street = desk.held[case]["fields"]["street"]
    marked = [{"field": name, "reason": "x"} for name in ("street", "rt_rw")]
    act(desk, case, "request_correction", items=marked)
    other = staff("front_desk")
    other.pull()
    one = edit(desk, case, {"street": "A"}, {"street": street})
    two = edit(
        other,
        case,
        {"street": "B", "rt_rw": "001/002"},
        {"street": street, "rt_rw": desk.held[case]["fields"]["rt_rw"]},
    )
    assert desk.exchange(one).result["status"] == "applied"
    answer = other.exchange(two)
    assert (answer.result["status"], answer.result["code"]) == ("merged", "both_kept")
    assert answer.result["details"]["conflicts"] == [{"field": "street", "ours": "A", "theirs": "B"}]
    record = other.held[case]
    assert (record["fields"]["street"], record["fields"]["rt_rw"]) == ("A", "001/002")
    desk.pull()
    assert desk.held[case] == record
    chosen = desk.exchange(desk.command("case.choose", case, {"field": "street", "take": "theirs"}))
    assert chosen.records[0]["fields"]["street"] == "B"
    assert "conflicts" not in chosen.records[0]


def test_a_stranger_learns_nothing(server: Server, guest: Device) -> None:
    case = file(server, guest)
    stranger = Device(server.app)
    for line in (
        edit(stranger, case, {"name": "x"}),
        stranger.command("case.act", case, {"action": "withdraw"}),
        stranger.command("case.act", case, {"action": "submit", "service": "krk"}),
        stranger.command("case.choose", case, {"field": "name", "take": "ours"}),
        stranger.command("case.open", case),
        stranger.command("case.hand_over", case, {"to": new_id()}),
    ):
        there = stranger.exchange(line).result
        stranger.seq += 1
        assert (there["status"], there["code"]) == ("rejected", "no_such_case")
        assert "number" not in there
    fetched = stranger.exchange(others=[{"t": "fetch", "ids": [case, new_id()]}])
    assert fetched.records == []
    assert fetched.all("left")[0] == {"t": "left", "id": case}
    assert stranger.exchange(others=[{"t": "check"}]).all("have") == [{"t": "have", "ids": []}]
    guest.pull()
    assert guest.held[case]["v"] == 1


def test_the_counter_of_another_office_is_a_stranger_to_a_walk_in(server: Server, staff: Make) -> None:
    case = file(server, staff("front_desk"))
    other = staff("front_desk", scopes=("office:dpu",))
    other.exchange()
    assert act(other, case, "withdraw").result["code"] == "no_such_case"
    assert case not in other.held


def test_left_when_routed_away(server: Server, guest: Device, staff: Make) -> None:
    case = file(server, guest, "lapor", category="road", where="words")
    desk = staff("complaint_officer", scopes=("office:diskominfo",))
    road, tree = (staff("complaint_officer", scopes=(f"office:{code}",)) for code in ("dpu", "disperkim"))
    act(desk, case, "dispatch", form={})
    for device in (road, tree):
        device.pull()
    assert (case in road.held, case in tree.held) == (True, False)
    act(desk, case, "forward", form={"office": "disperkim"}, note="Pohon")
    answer = road.pull()[-1]
    assert answer.all("left") == [{"t": "left", "id": case}]
    assert road.held == {}
    tree.pull()
    assert case in tree.held
    assert act(road, case, "resolve", form={}).result["code"] == "no_such_case"
    # A device that begins only now is not told of what it never had.
    assert staff("complaint_officer", scopes=("office:dpu",)).pull()[0].all("left") == []


def test_a_case_in_two_scopes_comes_once_and_leaves_only_at_the_last(
    server: Server, guest: Device, staff: Make
) -> None:
    case = file(server, guest, "lapor", category="road", where="words")
    both = staff("complaint_officer", scopes=("office:diskominfo", "office:dpu"))
    assert len(both.pull()[0].records) == 1
    act(both, case, "dispatch", form={})
    assert set(both.held[case]["scopes"]) >= {"office:diskominfo", "office:dpu"}
    answer = act(both, case, "forward", form={"office": "dlh"}, note="x")
    assert answer.all("left") == []
    assert "office:dpu" not in both.held[case]["scopes"]
    assert both.digest() == both.pull()[-1].end["digest"]


def test_one_kecamatan_sees_its_own(server: Server, guest: Device, staff: Make) -> None:
    areas = [area for area in server.city.areas if area.kind == "kelurahan"]
    near = areas[0]
    far = next(area for area in areas if area.parent != near.parent)
    mine, other = file(server, guest, area=near.code), file(server, guest, area=far.code)
    surveyor = staff("surveyor", scopes=(f"office:distaru/{near.parent}",))
    surveyor.pull()
    assert set(surveyor.held) == {mine}
    assert act(surveyor, other, "report_visit", form={}).result["code"] == "no_such_case"


def test_scope_taken_away_resets(server: Server, guest: Device, staff: Make) -> None:
    case = file(server, guest)
    officer = staff("planner")
    officer.pull()
    assert case in officer.held
    server.execute('DELETE FROM "grant"')
    answer = officer.exchange()
    assert answer.one("reset")["why"] == "scopes"
    assert (officer.held, answer.end["digest"]) == ({}, [[0, "0" * 16]])


@pytest.mark.parametrize(
    ("cursor", "why"),
    [("nonsense", "unknown"), ("", "unknown"), ("AAAA", "unknown"), ("ö" * 20, "unknown"), (None, "unknown")],
)
def test_a_cursor_that_is_none_is_a_reset(server: Server, guest: Device, cursor: str | None, why: str) -> None:
    case = file(server, guest)
    guest.cursor = cursor
    guest.held = {}
    answer = guest.exchange()
    assert answer.one("reset")["why"] == why
    assert set(guest.held) == {case}


def test_reset_reasons(server: Server, guest: Device, monkeypatch: pytest.MonkeyPatch) -> None:
    from sync import cursor as cursors

    file(server, guest)
    held = cursors.decode(str(guest.cursor))
    assert held is not None

    def why(**changed: Any) -> str | None:
        from msgspec.structs import replace

        answer = guest.exchange(cursor=cursors.encode(replace(held, **changed)))
        resets = answer.all("reset")
        return resets[0]["why"] if resets else None

    assert why() is None
    assert why(epoch="other") == "epoch"
    assert why(scopes="00000000") == "scopes"
    assert why(schema=2) == "schema"
    assert why(position=held.position + 1) == "unknown"
    assert why(position=-1) == "unknown"
    assert why(floor=2**62) == "unknown"


def test_paging_while_others_write(server: Server, guest: Device, staff: Make) -> None:
    """A snapshot in small pages, with cases changing, coming and leaving between the pages."""
    cases = [file(server, guest, "lapor", category="road", where="words") for _ in range(7)]
    desk = staff("complaint_officer", scopes=("office:diskominfo",))
    for case in cases:
        act(desk, case, "dispatch", form={})
    reader = staff("complaint_officer", scopes=("office:dpu",))
    first = reader.exchange(limit=3)
    assert (len(first.records), first.end["more"], "digest" in first.end) == (3, True, False)
    act(desk, cases[0], "forward", form={"office": "dlh"}, note="x")  # was sent: it must leave
    act(desk, cases[6], "forward", form={"office": "dlh"}, note="x")  # was not sent yet
    act(desk, cases[1], "answer", form={"answer": "Kami perbaiki minggu ini juga."})  # was sent: sent again
    fresh = file(server, guest, "lapor", category="road", where="words")
    act(desk, fresh, "dispatch", form={})
    pages = reader.pull(limit=3)
    assert set(reader.held) == {*cases[1:6], fresh}
    assert "answer" in reader.held[cases[1]]["forms"]
    assert [line["id"] for page in pages for line in page.all("left")].count(cases[0]) == 1
    assert not any(page.all("reset") for page in pages), "a page is not a new beginning"


def test_a_page_is_bounded_in_bytes(server: Server, guest: Device, monkeypatch: pytest.MonkeyPatch) -> None:
    cases = {file(server, guest) for _ in range(6)}
    size = len(dumps(next(iter(guest.held.values()))))
    monkeypatch.setattr(pulling, "PAGE_BYTES", int(size * 2.5))
    guest.cursor = None
    answers = guest.pull()
    assert max(len(answer.records) for answer in answers) < 6
    assert len(answers) > 2
    assert set(guest.held) == cases
    monkeypatch.setattr(pulling, "PAGE_BYTES", 1)
    guest.cursor = None
    assert [len(answer.records) for answer in guest.pull()] == [1] * 6, "a page always moves on"


def test_check_have_fetch(server: Server, guest: Device) -> None:
    cases = [file(server, guest) for _ in range(3)]
    answer = guest.exchange(others=[{"t": "check"}])
    pairs = {tuple(pair) for line in answer.all("have") for pair in line["ids"]}
    assert pairs == {(case, 1) for case in cases}
    lost = guest.held.pop(cases[1])
    answer = guest.exchange(others=[{"t": "fetch", "ids": [cases[1], new_id()]}])
    assert (len(answer.records), len(answer.all("left"))) == (1, 1)
    assert guest.held[cases[1]] == lost
    assert answer.end["digest"] == guest.digest()


def test_a_new_epoch_asks_for_the_outbox_first(server: Server, guest: Device) -> None:
    """After a restore: nothing is applied under the old epoch, so that older commands come first."""
    file(server, guest)
    with writing(server.engine) as connection:
        stamp.begin(connection, "epoch-two")
    line = edit(guest, new_id(), {"name": "x"})
    answer = guest.exchange(line)
    assert (answer.result["status"], answer.result["code"], answer.result["seq"]) == ("retry", "new_epoch", 2)
    assert answer.hello["epoch"] == "epoch-two"
    assert answer.one("reset")["why"] == "epoch"
    assert guest.exchange(line).result["status"] == "applied"


def test_restored_without_the_last_day(server: Server, guest: Device, make_server: Any) -> None:
    """The device sends its acknowledged commands again to a server that lost them: the same keys, one effect."""
    case = new_id()
    lines = [
        guest.command("case.edit", case, application(server)),
        guest.command("case.act", case, {"action": "submit"}, after=1),
    ]
    guest.exchange(*lines)
    restored = make_server("restored")
    guest.app = restored.app
    assert {r["status"] for r in guest.exchange(*lines).results} == {"retry"}
    assert [r["status"] for r in guest.exchange(*lines).results] == ["applied", "applied"]
    assert guest.exchange(*lines).results[1]["number"] == "KRK-2026-000001"
    assert guest.held[case]["stage"] == "completeness"


def test_a_revoked_device_hands_over_its_outbox_and_is_wiped(server: Server, guest: Device) -> None:
    case = file(server, guest)
    server.execute("UPDATE device SET revoked = '2026-03-16T00:00:00Z'")
    line = edit(guest, case, {"name": "x"})
    answer = guest.exchange(line)
    assert [row["t"] for row in answer.lines] == ["hello", "result", "end"]
    assert (answer.hello["wipe"], answer.hello.get("scopes")) == (True, None)
    assert (answer.result["status"], answer.result["code"]) == ("quarantined", "device_revoked")
    assert bytes(server.rows("SELECT payload FROM command WHERE seq = 2")[0].payload) == line
    assert guest.held == {}


def test_an_old_protocol_may_still_push(server: Server, guest: Device) -> None:
    case = new_id()
    answer = guest.exchange(edit(guest, case, {"name": "x"}), protocol=0, cursor="kept")
    assert answer.result["status"] == "applied"
    assert answer.hello["upgrade"] is True
    assert answer.records == []
    assert answer.end["cursor"] == "kept", "what it was not sent it has not passed"
    assert case in {record["id"] for record in guest.exchange(protocol=1, cursor=None).records}


def test_a_newer_client_may_say_more(server: Server, guest: Device) -> None:
    line = edit(guest, new_id(), {"name": "x"}, mood="good", extra={"deep": [1, {"a": None}]})
    answer = guest.exchange(line, colour="blue", health={"waiting": 3, "mood": []})
    assert answer.result["status"] == "applied"


def test_an_instance_belongs_to_one_person(server: Server, guest: Device) -> None:
    file(server, guest)
    thief = Device(server.app, instance=guest.instance)
    response = thief.post(thief.body())
    assert (response.status_code, response.json and response.json["code"]) == (409, "instance_taken")
    assert server.rows("SELECT count(*) AS n FROM device")[0].n == 1, "and no guest was made in passing"


def test_a_closed_guest_is_told_to_sign_in(server: Server, guest: Device) -> None:
    guest.exchange()
    server.execute("UPDATE person SET disabled = '2026-03-16T00:00:00Z'")
    response = guest.post(guest.body())
    assert (response.status_code, response.json and response.json["code"]) == (401, "not_signed_in")


def test_health_and_skew_are_noted(server: Server, guest: Device) -> None:
    guest.exchange(clock="2026-03-16T09:10:00+07:00", health={"waiting": 4, "oldest": "2026-03-15T00:00:00Z"})
    row = server.rows("SELECT health, skew, app FROM device")[0]
    assert (json.loads(row.health)["waiting"], row.skew, row.app) == (4, 600, "test/1")
    case = new_id()
    guest.exchange(
        guest.command("case.act", case, {"action": "submit"} | application(server)),
        clock="2026-03-16T09:10:00+07:00",
    )
    assert guest.held[case]["steps"][0]["skew"] == 600
    assert guest.held[case]["steps"][0]["at"] == "2026-03-16T02:00:00Z"


@pytest.mark.parametrize("encoding", ["zstd", "gzip", "identity"])
def test_both_bodies_compressed(server: Server, guest: Device, encoding: str) -> None:
    import gzip

    import zstandard

    body = guest.body([edit(guest, new_id(), {"name": "x" * 500})])
    packers: dict[str, Any] = {"gzip": gzip.compress, "zstd": zstandard.compress, "identity": bytes}
    packed = packers[encoding](body)
    response = guest.post(packed, **{"Content-Encoding": encoding, "Accept-Encoding": encoding})
    assert response.headers.get("Content-Encoding", "identity") == encoding
    data = response.get_data()
    readers: dict[str, Any] = {
        "gzip": gzip.decompress,
        "zstd": lambda d: zstandard.ZstdDecompressor().decompressobj().decompress(d),
        "identity": bytes,
    }
    plain = readers[encoding](data)
    assert plain.splitlines()[-1].startswith(b'{"t":"end"')
    assert b'"status":"applied"' in plain


def test_many_commands_in_one_request(server: Server, guest: Device) -> None:
    """More than one transaction's worth; a case's edits span the border between two."""
    case = new_id()
    lines = [
        edit(guest, case, {"name": str(n)}, {"name": str(n - 2) if n > 1 else None})
        if n % 2
        else edit(guest, new_id(), {})
        for n in range(600)
    ]
    answer = guest.exchange(*lines)
    assert {r["status"] for r in answer.results} == {"applied"}
    assert guest.held[case]["v"] == 300
    assert guest.held[case]["fields"] == {"name": "599"}
    assert len(server.rows("SELECT * FROM feed")) == 600
    assert answer.end["digest"] == guest.digest()
