"""Files on a case: in the command that says what was typed, over the record, and carried along when it was refused."""

from pathlib import Path
from typing import Any

import msgspec
import pytest

from client.files.refusals import DocumentsMissing, FileRefused
from client.work import Desk
from schemas.record import Attachment, Correction, Defect
from sync.errors import Forbidden, NotFound, TooLarge
from sync.messages import Attach, Status
from sync.outbox import State
from tests.pictures import write_jpeg, write_pdf
from tests.unit.client.conftest import NOW, Bench


def documents(bench: Bench, case_id: str) -> list[str]:
    return [file.document for file in bench.desk.case(case_id).files]


def officer(bench: Bench, *roles: str) -> None:
    bench.store.meta.set("person", {"id": "officer", "name": "Petugas", "roles": list(roles)})


def on_record(attach: dict[str, Any], **given: Any) -> Attachment:
    """That file as the server would list it."""
    return msgspec.convert(attach | {"added": NOW, "role": "owner"} | given, Attachment)


def test_a_file_is_named_in_the_command_that_has_not_left(bench: Bench) -> None:
    case_id = bench.desk.new("krk", {"name": "Tetangga"})
    ktp = bench.desk.attach(case_id, "ktp", bench.photo("a"))
    bench.desk.edit(case_id, {"street": "Jl. A"})
    bench.desk.attach(case_id, "land_proof", bench.photo("b"))
    [command] = bench.sent()
    first, second = command["data"]["attach"]
    assert command["kind"] == "case.edit" and command["data"]["set"] == {"name": "Tetangga", "street": "Jl. A"}
    assert (first["id"], first["document"], second["document"]) == (ktp, "ktp", "land_proof")
    assert msgspec.convert(first, Attach).type == "image/jpeg"
    assert bench.store.blobs.has(first["sha256"]) and "detach" not in command["data"]
    case = bench.desk.case(case_id)
    assert documents(bench, case_id) == ["ktp", "land_proof"] and all(file.waiting for file in case.files)


def test_krk_written_offline_is_one_command(bench: Bench) -> None:
    case_id = bench.draft()
    bench.desk.submit(case_id)
    [command] = bench.sent()
    assert command["kind"] == "case.act" and command["data"]["action"] == "submit"
    codes = {one["document"] for one in command["data"]["attach"]}
    assert {"ktp", "land_proof", "location_map"} <= codes and command["data"]["set"] == bench.complete()


def test_a_file_for_a_case_that_is_not_here_yet_names_its_service(bench: Bench) -> None:
    case_id = bench.desk.new("krk", {"name": "A"})
    bench.store.take()
    bench.desk.attach(case_id, "ktp", bench.photo("a"))
    first, second = bench.sent()
    assert second["after"] == first["seq"] and second["data"]["service"] == "krk" and second["data"]["set"] == {}


def test_taking_away_what_never_left_leaves_no_trace_and_what_did_is_named(bench: Bench) -> None:
    case_id = bench.desk.new("krk", {"name": "A"})
    ktp = bench.desk.attach(case_id, "ktp", bench.photo("a"))
    assert bench.desk.detach(case_id, ktp).files == ()
    assert "attach" not in bench.sent()[0]["data"] and "detach" not in bench.sent()[0]["data"]
    kept = bench.desk.attach(case_id, "ktp", bench.photo("b"))
    bench.store.take()
    bench.desk.detach(case_id, kept)
    assert bench.sent()[-1]["data"]["detach"] == [kept] and bench.desk.case(case_id).files == ()
    with pytest.raises(NotFound):
        bench.desk.detach(case_id, kept)


def test_the_same_file_twice_is_one(bench: Bench, tmp_path: Path) -> None:
    case_id = bench.desk.new("krk", {})
    path = write_jpeg(tmp_path / "a.jpg", "a")
    first = bench.desk.attach(case_id, "ktp", path)
    path.rename(tmp_path / "b.jpg")
    assert bench.desk.attach(case_id, "ktp", tmp_path / "b.jpg") == first
    # For another document it is another attachment of the same bytes.
    other = bench.desk.attach(case_id, "signed_form", tmp_path / "b.jpg")
    assert other != first and len(bench.store.files.known()) == 1
    assert bench.store.files.unsent()[0] == 2


def test_a_file_that_does_not_fit_is_refused_before_any_command(bench: Bench, tmp_path: Path) -> None:
    case_id = bench.desk.new("krk", {})
    bench.desk.attach(case_id, "ktp", bench.photo("a"))
    with pytest.raises(FileRefused) as refused:
        bench.desk.attach(case_id, "ktp", bench.photo("b"))
    assert refused.value.why == "too_many" and documents(bench, case_id) == ["ktp"]
    with pytest.raises(FileRefused):
        bench.desk.attach(case_id, "signed_form", tmp_path / "none.jpg")
    with pytest.raises(NotFound) as unknown:
        bench.desk.attach(case_id, "survey_photos", bench.photo("b"))
    assert "land_proof" in unknown.value.detail
    with pytest.raises(NotFound):
        bench.desk.attach(case_id, "nothing", bench.photo("b"))


def test_submit_names_every_document_that_is_missing_in_words(bench: Bench) -> None:
    case_id = bench.desk.new("krk", bench.complete())
    bench.desk.attach(case_id, "ktp", bench.photo("a"))
    assert "ktp" not in bench.desk.possible.document_problems(bench.desk.case(case_id))
    with pytest.raises(DocumentsMissing) as refused:
        bench.desk.submit(case_id)
    assert refused.value.code == "documents_missing"
    assert "land_proof" in refused.value.extra["documents"] and "ktp" not in refused.value.extra["documents"]
    assert refused.value.extra["problems"]["land_proof"].text.id == "Lampirkan Bukti tanah."
    assert "Bukti tanah" in refused.value.extra["text"].id and "Land proof" in refused.value.extra["text"].en
    assert [c["kind"] for c in bench.sent()] == ["case.edit"]


def test_which_documents_are_wanted_follows_the_answers(bench: Bench) -> None:
    case_id = bench.desk.new("krk", bench.complete(is_owner="yes"))
    assert "owner_consent" not in bench.desk.possible.document_problems(bench.desk.case(case_id))
    bench.desk.edit(case_id, {"is_owner": "no"})
    assert "owner_consent" in bench.desk.possible.document_problems(bench.desk.case(case_id))


def test_files_lie_over_the_record_until_it_has_them(bench: Bench) -> None:
    ktp, proof = bench.attachments()[1:3]
    record = bench.record(fields=bench.complete(), attachments=(ktp, proof))
    bench.arrive(record)
    bench.desk.detach(record.id, ktp.id)
    mine = bench.desk.attach(record.id, "ktp", bench.photo("baru"))
    case = bench.desk.case(record.id)
    assert [(file.id, file.waiting) for file in case.files] == [(proof.id, False), (mine, True)]
    [command] = bench.sent()
    assert command["data"]["detach"] == [ktp.id] and command["base"] == 1


def test_what_was_refused_is_carried_along_with_its_files(bench: Bench) -> None:
    case_id = bench.draft()
    before = documents(bench, case_id)
    bench.desk.submit(case_id)
    bench.send(Status.REJECTED)
    assert documents(bench, case_id) == before, "still what somebody attached"
    bench.desk.edit(case_id, {"street": "Jl. Lain"})
    [command] = bench.sent()
    assert [one["document"] for one in command["data"]["attach"]] == before
    assert bench.store.outbox.count(State.REFUSED) == 0 and documents(bench, case_id) == before


def test_a_refused_file_is_taken_off_and_the_others_go_again(bench: Bench) -> None:
    case_id = bench.draft()
    bad = next(file.id for file in bench.desk.case(case_id).files if file.document == "ktp")
    before = documents(bench, case_id)
    bench.desk.submit(case_id)
    bench.send(Status.REJECTED, code="invalid_file")
    bench.desk.detach(case_id, bad)
    [command] = bench.sent()
    left = [code for code in before if code != "ktp"]
    assert [one["document"] for one in command["data"]["attach"]] == left == documents(bench, case_id)
    assert "detach" not in command["data"], "the server never had it"
    bench.desk.attach(case_id, "ktp", bench.photo("baru"))
    bench.desk.submit(case_id)
    assert sorted(documents(bench, case_id)) == sorted(before) and len(bench.sent()) == 1


def test_undoing_a_submit_keeps_the_files(bench: Bench) -> None:
    case_id = bench.draft()
    before = documents(bench, case_id)
    bench.desk.submit(case_id)
    bench.desk.undo(bench.store.outbox.entries()[0])
    assert documents(bench, case_id) == before and bench.desk.case(case_id).stage == "draft"
    bench.store.take()
    bench.desk.attach(case_id, "drawings", bench.photo("gambar"))
    bench.desk.undo(bench.store.outbox.entries(State.QUEUED)[0])
    assert documents(bench, case_id) == before


def test_a_correction_opens_the_documents_it_marked_and_what_is_missing(bench: Bench) -> None:
    attachments = tuple(one for one in bench.attachments() if one.document != "location_map")
    record = bench.record(
        stage="correction", number="KRK-2026-000001", fields=bench.complete(), attachments=attachments,
        correction=Correction(1, NOW, (Defect("Buram", document="ktp"),)),
    )  # fmt: skip
    bench.arrive(record)
    by_code = {one.document: one.id for one in attachments}
    with pytest.raises(Forbidden):
        bench.desk.detach(record.id, by_code["land_proof"])
    with pytest.raises(Forbidden):
        bench.desk.attach(record.id, "drawings", bench.photo("a"))
    bench.desk.detach(record.id, by_code["ktp"])
    with pytest.raises(DocumentsMissing):
        bench.desk.submit(record.id)
    bench.desk.attach(record.id, "ktp", bench.photo("tajam"))
    denah = bench.desk.attach(record.id, "location_map", bench.photo("denah"))
    bench.desk.detach(record.id, denah)
    bench.desk.attach(record.id, "location_map", bench.photo("denah lagi"))
    bench.desk.submit(record.id)
    [command] = bench.sent()
    assert command["data"]["action"] == "resubmit" and command["data"]["detach"] == [by_code["ktp"]]
    assert {one["document"] for one in command["data"]["attach"]} == {"ktp", "location_map"}


def test_a_case_that_is_worked_on_takes_no_files_and_no_name_does(bench: Bench) -> None:
    record = bench.record(stage="survey", number="KRK-2026-000001", fields=bench.complete())
    bench.arrive(record)
    with pytest.raises(Forbidden):
        bench.desk.attach(record.id, "ktp", bench.photo("a"))
    assert bench.store.files.uploads() == []


def _survey(bench: Bench) -> str:
    officer(bench, "surveyor")
    record = bench.record(stage="survey", number="KRK-2026-000001", fields=bench.complete(), owner="warga")
    bench.arrive(record)
    return record.id


def _form(bench: Bench) -> dict[str, Any]:
    from tests.catalogue_values import answers

    service = bench.city.service("krk")
    return answers(bench.city, service.form("survey").fields, {"matches": "yes"}, optional=False)


def test_an_officer_s_photos_go_with_the_deed(bench: Bench) -> None:
    case_id = _survey(bench)
    photos = {"survey_photos": [bench.photo("depan"), bench.photo("batas"), bench.photo("batas")]}
    case = bench.desk.act(case_id, "report_survey", _form(bench), files=photos)
    [command] = bench.sent()
    assert [one["document"] for one in command["data"]["attach"]] == ["survey_photos"] * 2
    assert [file.attachment.action for file in case.files] == ["report_survey"] * 2
    with pytest.raises(Forbidden):
        bench.desk.detach(case_id, case.files[0].id)


def test_a_deed_takes_only_the_documents_of_its_form(bench: Bench) -> None:
    case_id = _survey(bench)
    with pytest.raises(NotFound) as refused:
        bench.desk.act(case_id, "report_survey", _form(bench), files={"ktp": [bench.photo("a")]})
    assert "survey_photos" in refused.value.extra["text"].id
    with pytest.raises(FileRefused):
        bench.desk.act(
            case_id, "report_survey", _form(bench),
            files={"survey_photos": [write_pdf(bench.store.path.parent / "a.pdf")]},
        )  # fmt: skip
    many = [bench.photo(str(n)) for n in range(11)]
    with pytest.raises(FileRefused) as full:
        bench.desk.act(case_id, "report_survey", _form(bench), files={"survey_photos": many})
    assert full.value.why == "too_many" and bench.sent() == []


def test_a_deed_whose_photos_are_required_is_not_done_without(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Desk, "city", _with_required(bench.city, "survey_photos"), raising=True)
    case_id = _survey(bench)
    with pytest.raises(DocumentsMissing) as refused:
        bench.desk.act(case_id, "report_survey", _form(bench))
    assert refused.value.extra["documents"] == ["survey_photos"]
    action = bench.desk.case(case_id).service.action("report_survey")
    kept = bench.desk.files.keep_for(case_id, action, "survey_photos", bench.photo("a"))
    assert bench.desk.case(case_id).files == () and bench.store.blobs.has(kept["sha256"])
    bench.desk.act(case_id, "report_survey", _form(bench), kept=[kept])
    assert bench.sent()[0]["data"]["attach"] == [kept]


def test_a_deed_names_no_file_of_an_interview_that_is_not_here_any_more(bench: Bench) -> None:
    case_id = _survey(bench)
    action = bench.desk.case(case_id).service.action("report_survey")
    kept = bench.desk.files.keep_for(case_id, action, "survey_photos", bench.photo("a"))
    bench.store.blobs.drop([kept["sha256"]])
    with pytest.raises(FileRefused) as refused:
        bench.desk.act(case_id, "report_survey", _form(bench), kept=[kept])
    assert refused.value.why == "lost" and bench.sent() == []


def test_a_deed_queues_what_was_kept_for_it_long_ago(bench: Bench) -> None:
    case_id = _survey(bench)
    action = bench.desk.case(case_id).service.action("report_survey")
    kept = bench.desk.files.keep_for(case_id, action, "survey_photos", bench.photo("a"))
    bench.store._db.execute("DELETE FROM upload")
    bench.desk.act(case_id, "report_survey", _form(bench), kept=[kept])
    assert [upload.attachment for upload in bench.store.files.uploads()] == [kept["id"]]


def test_what_was_kept_for_a_deed_is_counted_too(bench: Bench) -> None:
    case_id = _survey(bench)
    action = bench.desk.case(case_id).service.action("report_survey")
    keep = bench.desk.files.keep_for
    kept = [keep(case_id, action, "survey_photos", bench.photo(str(n))) for n in range(11)]
    with pytest.raises(FileRefused) as full:
        bench.desk.act(case_id, "report_survey", _form(bench), kept=kept)
    assert full.value.why == "too_many" and bench.sent() == []


def _with_required(city: Any, code: str) -> Any:
    """The city, where that document of the KRK is required."""
    services = tuple(
        msgspec.structs.replace(
            service,
            documents=tuple(
                msgspec.structs.replace(d, required=True) if d.code == code else d for d in service.documents
            ),
        )
        for service in city.services
    )
    return msgspec.structs.replace(city, services=services)


def test_a_submit_by_name_takes_files_along(bench: Bench) -> None:
    case_id = bench.draft()
    bench.desk.act(case_id, "submit", files={"drawings": [bench.photo("gambar")]})
    [command] = bench.sent()
    assert command["data"]["attach"][-1]["document"] == "drawings" and command["data"]["action"] == "submit"


def test_more_files_than_a_command_may_carry_go_in_several(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("client.typed.MAX_ATTACH", 2)
    case_id = bench.desk.new("krk", {"name": "A"})
    for n in range(5):
        bench.desk.attach(case_id, "land_proof", bench.photo(str(n)))
    assert [len(c["data"]["attach"]) for c in bench.sent()] == [2, 2, 1]
    bench.send(Status.REJECTED)
    bench.desk.edit(case_id, {"name": "B"})
    commands = bench.sent()
    assert [len(c["data"]["attach"]) for c in commands] == [2, 2, 1] and commands[-1]["data"]["set"] == {"name": "B"}
    assert len(bench.desk.case(case_id).files) == 5


def test_a_command_that_grows_too_long_keeps_neither_name_nor_row(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    case_id = bench.desk.new("krk", {"name": "A"})
    monkeypatch.setattr("client.store.outbox.MAX_LINE", 300)
    with pytest.raises(TooLarge):
        bench.desk.attach(case_id, "ktp", bench.photo("a"))
    assert bench.store.files.uploads() == [] and bench.desk.case(case_id).files == ()


def test_bytes_that_a_sweep_took_are_written_again(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    """Between their writing and their row, nothing speaks of them."""
    case_id = bench.desk.new("krk", {})
    put = bench.store.blobs.put
    taken: list[str] = []

    def swept(chunks: Any) -> tuple[str, int]:
        sha256, size = put(chunks)
        if not taken:
            taken.append(sha256)
            bench.store.blobs.drop([sha256])
        return sha256, size

    monkeypatch.setattr(bench.store.blobs, "put", swept)
    bench.desk.attach(case_id, "ktp", bench.photo("a"))
    assert taken and bench.store.blobs.sound(taken[0]) and bench.store.files.known() == set(taken)
