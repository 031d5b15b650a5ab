"""What a person does becomes commands: few, in order, and with nothing of what was typed left behind."""

from contextlib import AbstractContextManager
from dataclasses import replace
from sqlite3 import Connection
from typing import Any

import msgspec
import pytest

from client.work import Desk, NoCatalogue
from schemas.record import Conflict, Correction, Defect
from sync.errors import Forbidden, Invalid, NotFound
from sync.messages import Result, Status
from sync.outbox import Frozen, State
from tests.unit.client.conftest import ME, NOW, Bench


def test_edits_before_the_first_sync_become_one_command(bench: Bench) -> None:
    case_id = bench.desk.new("krk", {"name": "Tetangga"})
    bench.desk.edit(case_id, {"name": "Tetangga W", "street": "Jl. A"})
    bench.desk.edit(case_id, {"street": None, "rt_rw": "1/2"})
    [command] = bench.sent()
    assert command["kind"] == "case.edit" and command["seq"] == 1
    assert command["data"]["service"] == "krk"
    assert command["data"]["set"] == {"name": "Tetangga W", "street": None, "rt_rw": "1/2"}
    assert bench.desk.case(case_id).fields == {"name": "Tetangga W", "rt_rw": "1/2"}


def test_submit_joins_the_edit_that_has_not_left(bench: Bench) -> None:
    case_id = bench.draft()
    case = bench.desk.submit(case_id)
    [command] = bench.sent()
    assert command["kind"] == "case.act" and command["data"]["action"] == "submit"
    assert command["data"]["set"] == bench.complete() and case.stage == "completeness" and case.moved


def test_an_edit_after_it_left_is_a_new_command_on_top_of_it(bench: Bench) -> None:
    case_id = bench.draft(name="Tetangga")
    bench.store.take()
    bench.desk.edit(case_id, {"name": "Warga"})
    first, second = bench.sent()
    assert second["after"] == first["seq"]
    assert second["data"] == {"set": {"name": "Warga"}, "was": {"name": "Tetangga"}, "service": "krk"}


@pytest.mark.parametrize("sent_before", ["edit", "submit", "undo", "discard"])
def test_what_the_timer_sends_at_this_very_moment_takes_nothing_with_it(
    bench: Bench, monkeypatch: pytest.MonkeyPatch, sent_before: str
) -> None:
    """Between what a person's deed read of the outbox and its transaction, another thread freezes the command."""
    case_id = bench.draft(name="Tetangga")
    [waiting] = bench.store.outbox.entries()
    desk, begin = bench.desk, bench.store.transaction

    def sending_first() -> AbstractContextManager[Connection]:
        monkeypatch.undo()
        bench.store.take()
        return begin()

    monkeypatch.setattr(bench.store, "transaction", sending_first)
    if sent_before == "undo":
        with pytest.raises(Frozen):
            desk.undo(waiting)
    elif sent_before == "discard":
        assert desk.discard(case_id) == 0
    elif sent_before == "edit":
        desk.edit(case_id, {"name": "Warga"})
    else:
        desk.submit(case_id)
    first, *then = bench.store.outbox.entries()
    assert first.state is State.SENT and first.line == waiting.line
    said = {"edit": {"set": {"name": "Warga"}, "was": {"name": "Tetangga"}}, "submit": {"action": "submit"}}
    assert [said[sent_before].items() <= entry.data.items() for entry in then] == [True] * (sent_before in said)


def test_was_is_what_the_server_will_have_had(bench: Bench) -> None:
    bench.arrive(bench.record(fields={"name": "Tetangga", "street": "Jl. A"}))
    case_id = bench.record().id
    bench.desk.edit(case_id, {"name": "Warga"})
    bench.desk.edit(case_id, {"name": "Warga Dua", "street": "Jl. B"})
    [command] = bench.sent()
    assert command["base"] == 1 and command["data"]["was"] == {"name": "Tetangga", "street": "Jl. A"}


def test_a_waiting_submit_can_still_be_typed_into(bench: Bench) -> None:
    case_id = bench.draft()
    bench.desk.submit(case_id)
    bench.desk.edit(case_id, {"street": "Jl. Lain"})
    [command] = bench.sent()
    assert command["data"]["action"] == "submit" and command["data"]["set"]["street"] == "Jl. Lain"
    bench.store.take()
    with pytest.raises(Forbidden):
        bench.desk.edit(case_id, {"street": "Jl. Lagi"})


def test_an_incomplete_draft_is_not_submitted_and_says_what_is_missing(bench: Bench) -> None:
    case_id = bench.desk.new("krk", {"nik": "12"})
    with pytest.raises(Invalid) as refused:
        bench.desk.submit(case_id)
    problems = refused.value.extra["problems"]
    assert problems["nik"].code == "wrong_length" and problems["name"].code == "required"
    with pytest.raises(Invalid):
        bench.desk.new("krk", {"nothing": 1})
    with pytest.raises(Invalid):
        bench.desk.edit(case_id, {"nothing": 1})
    with pytest.raises(NotFound):
        bench.desk.new("pajak")


def test_what_was_refused_is_carried_along_when_it_is_mended(bench: Bench) -> None:
    case_id = bench.draft(name="Tetangga", nik="3374010101010001")
    bench.desk.submit(case_id)
    bench.send(Status.REJECTED)
    case = bench.desk.case(case_id)
    assert case.stage == "draft" and case.fields["name"] == "Tetangga" and len(case.refused) == 1
    bench.desk.edit(case_id, {"nik": "3374010101010002"})
    [command] = bench.sent()
    assert command["data"]["set"] == bench.complete(name="Tetangga", nik="3374010101010002")
    assert bench.store.outbox.count(State.REFUSED) == 0


def test_of_several_refused_edits_the_latest_words_are_carried(bench: Bench) -> None:
    case_id = bench.desk.new("krk", {"name": "Satu", "street": "Jl. A"})
    bench.store.take()
    bench.desk.edit(case_id, {"name": "Dua"})
    bench.send(Status.REJECTED, Status.BLOCKED)
    assert bench.desk.case(case_id).fields == {"name": "Dua", "street": "Jl. A"}
    bench.desk.edit(case_id, {"rt_rw": "1/2"})
    [command] = bench.sent()
    assert command["data"]["set"] == {"name": "Dua", "street": "Jl. A", "rt_rw": "1/2"}


def test_words_typed_after_a_refusal_are_not_turned_back(bench: Bench) -> None:
    case_id = bench.desk.new("krk", {"name": "Lama", "street": "Jl. A"})
    device = bench.store.take()
    bench.desk.edit(case_id, {"name": "Baru"})
    with bench.store.transaction():
        bench.store.outbox.answer(device.instance, [Result(1, Status.REJECTED, "invalid")], NOW)
    assert bench.desk.case(case_id).fields == {"name": "Baru", "street": "Jl. A"}
    bench.desk.edit(case_id, {"rt_rw": "1/2"})
    [command] = bench.sent()
    assert command["data"]["set"] == {"name": "Baru", "street": "Jl. A", "rt_rw": "1/2"}


def test_a_refused_action_is_not_settled_by_typing(bench: Bench) -> None:
    record = bench.record(stage="completeness", number="KRK-2026-000001", fields=bench.complete())
    bench.arrive(record)
    bench.desk.act(record.id, "withdraw", note="Batal")
    bench.send(Status.REJECTED)
    items = (Defect("Beda", "nik"),)
    bench.arrive(replace_record(record, v=2, stage="correction", correction=Correction(1, NOW, items)))
    bench.desk.edit(record.id, {"nik": "3374010101010009"})
    assert [e.data["action"] for e in bench.store.outbox.entries(State.REFUSED)] == ["withdraw"]


def replace_record(record: Any, **given: Any) -> Any:
    return msgspec.structs.replace(record, **given)


def test_a_correction_changes_only_what_was_marked_and_goes_back_in(bench: Bench) -> None:
    items = (Defect("Beda", "nik"), Defect("Buram", document="ktp"))
    record = bench.record(
        stage="correction", number="KRK-2026-000001", fields=bench.complete(), correction=Correction(1, NOW, items),
        attachments=bench.attachments(),
    )  # fmt: skip
    bench.arrive(record)
    with pytest.raises(Forbidden):
        bench.desk.edit(record.id, {"name": "Lain"})
    bench.desk.edit(record.id, {"nik": "3374010101010009"})
    case = bench.desk.submit(record.id)
    [command] = bench.sent()
    assert command["data"]["action"] == "resubmit" and command["data"]["set"] == {"nik": "3374010101010009"}
    assert case.stage == "completeness"


def test_undo_takes_back_the_latest_first(bench: Bench) -> None:
    record = bench.record(stage="completeness", number="KRK-2026-000001", fields=bench.complete())
    bench.arrive(record)
    with bench.store.transaction():
        bench.store.outbox.add("case.open", record.id, {}, NOW, 1)
    bench.desk.act(record.id, "withdraw")
    first, second = bench.store.outbox.entries(State.QUEUED)
    with pytest.raises(Frozen):
        bench.desk.undo(first)
    bench.desk.undo(second)
    bench.desk.undo(first)
    assert bench.desk.case(record.id).stage == "completeness" and bench.sent() == []
    with pytest.raises(Frozen):
        bench.desk.undo(replace(first, state=State.SENT))


def test_undoing_a_submit_keeps_what_was_typed(bench: Bench) -> None:
    case_id = bench.draft()
    typed = bench.desk.case(case_id).fields
    bench.desk.submit(case_id)
    [entry] = bench.store.outbox.entries()
    bench.desk.undo(entry)
    case = bench.desk.case(case_id)
    assert case.stage == "draft" and case.fields == typed
    [entry] = bench.store.outbox.entries()
    assert entry.kind == "case.edit" and entry.data["service"] == case.service.code and "action" not in entry.data
    # The edit itself is taken back as any other; and all at once, where the person asks for that.
    bench.desk.submit(case_id)
    assert bench.desk.discard(case_id) == 1
    with pytest.raises(NotFound):
        bench.desk.case(case_id)


def test_a_draft_that_is_undone_is_gone_and_readable(bench: Bench) -> None:
    case_id = bench.desk.new("lapor", {"title": "Lampu"})
    [entry] = bench.store.outbox.entries()
    bench.desk.undo(entry)
    with pytest.raises(NotFound):
        bench.desk.case(case_id)
    assert bench.store.outbox.entries(State.SETTLED)[0].data["set"] == {"title": "Lampu"}


def test_retry_is_a_new_command_and_only_for_what_was_refused(bench: Bench) -> None:
    case_id = bench.draft()
    bench.desk.submit(case_id)
    [entry] = bench.store.outbox.entries()
    with pytest.raises(Frozen):
        bench.desk.retry(entry)
    bench.send(Status.QUARANTINED, code="internal")
    [entry] = bench.store.outbox.entries()
    assert bench.desk.retry(entry) == 2
    [command] = bench.sent()
    assert command["seq"] == 2 and command["data"] == entry.data


def test_choosing_and_what_must_be_chosen_first(bench: Bench) -> None:
    conflict = Conflict("street", "Jl. A", "Jl. B", ME, NOW)
    fields = bench.complete(street="Jl. A")
    record = bench.record(fields=fields, conflicts=(conflict,), attachments=bench.attachments())
    bench.arrive(record)
    with pytest.raises(Forbidden):
        bench.desk.submit(record.id)
    with pytest.raises(NotFound):
        bench.desk.choose(record.id, "name", "ours")
    bench.desk.choose(record.id, "street", "theirs")
    bench.desk.submit(record.id)
    choice, submit = bench.sent()
    assert choice["data"] == {"field": "street", "take": "theirs", "value": "Jl. B"}
    assert submit["after"] == choice["seq"]


def test_an_officer_opens_a_case_once_and_never_their_own(bench: Bench) -> None:
    bench.store.meta.set("person", {"id": "officer", "name": "Petugas", "roles": ["surveyor"]})
    record = bench.record(stage="survey", number="KRK-2026-000001", fields=bench.complete())
    bench.arrive(record)
    bench.desk.opened(bench.desk.case(record.id))
    bench.desk.opened(bench.desk.case(record.id))
    assert [c["kind"] for c in bench.sent()] == ["case.open"]
    own = replace_record(record, id="00000000-0000-4000-8000-000000000002", owner="officer")
    bench.arrive(own)
    bench.desk.opened(bench.desk.case(own.id))
    assert len(bench.sent()) == 1


def test_an_action_needs_its_role_its_answers_and_its_reason(bench: Bench) -> None:
    record = bench.record(stage="survey", number="KRK-2026-000001", fields=bench.complete())
    bench.arrive(record)
    with pytest.raises(Forbidden):
        bench.desk.act(record.id, "report_survey")
    bench.store.meta.set("person", {"id": "officer", "name": "Petugas", "roles": ["surveyor", "section_head"]})
    with pytest.raises(Invalid) as refused:
        bench.desk.act(record.id, "report_survey", {"road_width": "lebar"})
    assert refused.value.extra["problems"]["road_width"].code == "not_a_number"
    bench.arrive(replace_record(record, v=2, stage="verification"))
    with pytest.raises(Invalid):
        bench.desk.act(record.id, "send_back", note="  ")
    with pytest.raises(Invalid):
        bench.desk.act(record.id, "verify", {"extra": 1})
    bench.desk.act(record.id, "send_back", note="Kurang jelas")
    assert bench.sent()[0]["data"] == {"action": "send_back", "note": "Kurang jelas"}


def test_a_device_without_a_catalogue_says_so(bench: Bench) -> None:
    bench.store.meta.set("catalogue", None)
    with pytest.raises(NoCatalogue):
        _ = Desk(bench.store).city
