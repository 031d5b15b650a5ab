"""Files of a case: who may attach what and when, what a submit lacks, and what waits for bytes."""

import json
from typing import Any
from uuid import uuid4

import pytest
from msgspec.structs import replace

from schemas.record import Attachment
from server.domain.attaching import MAX_FILES
from server.domain.case import Case
from server.domain.lines import record_lines, scopes_of
from sync.errors import Malformed
from tests.catalogue_files import file
from tests.catalogue_values import answers

from .people import CITIZEN, SERVER, STAFF, STRANGER, Desk

_PDF = "application/pdf"

DESK, SURVEYOR = STAFF["front_desk"], STAFF["surveyor"]


def _file(desk: Desk, document: str, service: str = "krk", **more: Any) -> dict[str, Any]:
    return file(desk.city.service(service).document(document), str(uuid4())) | more


def _bare(desk: Desk, service: str = "krk", **given: Any) -> Case:
    """A draft with all its answers and no file."""
    values = answers(desk.city, desk.city.service(service).fields, given)
    return desk.done(desk.do("case.edit", None, CITIZEN, service=service, set=values))


def _bytes(file: Attachment) -> dict[str, Any]:
    """What the server says of a file's bytes when it has them."""
    return {"sha256": file.sha256, "size": file.size, "type": file.type}


def _codes(case: Case) -> list[str]:
    return [attachment.document for attachment in case.attachments]


def _in_survey(desk: Desk) -> Case:
    return desk.done(desk.act(desk.submitted(desk.city.service("krk")), DESK, "accept"))


def _survey(desk: Desk) -> dict[str, Any]:
    return answers(desk.city, desk.city.service("krk").form("survey").fields)


# ---- A draft ----


def test_a_file_is_attached_as_its_device_described_it(desk: Desk) -> None:
    photo = _file(desk, "ktp", taken="2026-03-16T08:00:00+07:00", place=[-6.99, 110.42], accuracy=8)
    case = desk.done(desk.do("case.edit", _bare(desk), CITIZEN, attach=[photo]))
    (held,) = case.attachments
    assert {name: getattr(held, name) for name in photo} == photo | {"place": (-6.99, 110.42)}
    assert (held.by, held.role, held.action) == (CITIZEN.person, "owner", "")
    assert (held.added, held.arrived, held.late) == ("2026-03-16T02:00:00Z", None, False)


def test_the_first_command_about_a_case_may_bring_files(desk: Desk) -> None:
    case = desk.done(desk.do("case.edit", None, CITIZEN, service="krk", attach=[_file(desk, "ktp")]))
    assert (case.stage, case.version, _codes(case)) == ("draft", 1, ["ktp"])


def test_heard_twice_it_is_attached_once_and_nothing_changed(desk: Desk) -> None:
    photo = _file(desk, "ktp")
    case = desk.done(desk.do("case.edit", _bare(desk), CITIZEN, attach=[photo]))
    again = desk.do("case.edit", case, CITIZEN, attach=[photo])
    assert (str(again.status), again.case) == ("applied", None)


def test_another_file_under_the_same_id_is_refused(desk: Desk) -> None:
    photo = _file(desk, "ktp")
    case = desk.done(desk.do("case.edit", _bare(desk), CITIZEN, attach=[photo]))
    other = desk.do("case.edit", case, CITIZEN, attach=[photo | {"sha256": "0" * 64}])
    assert other.code == "invalid_file"
    assert other.details["problems"][photo["id"]]["code"] == "id_taken"


def test_taking_a_file_away_and_bringing_another_is_one_command(desk: Desk) -> None:
    first, second = _file(desk, "ktp"), _file(desk, "ktp")
    case = desk.done(desk.do("case.edit", _bare(desk), CITIZEN, attach=[first]))
    case = desk.done(desk.do("case.edit", case, CITIZEN, detach=[first["id"]], attach=[second]))
    assert [attachment.id for attachment in case.attachments] == [second["id"]]
    # What is not there any more was taken away already.
    assert desk.do("case.edit", case, CITIZEN, detach=[first["id"]]).case is None


def test_two_devices_that_attach_never_disagree(desk: Desk) -> None:
    case = _bare(desk)
    for document in ("land_proof", "land_proof", "drawings"):
        case = desk.done(desk.do("case.edit", case, CITIZEN, attach=[_file(desk, document)]))
    assert _codes(case) == ["land_proof", "land_proof", "drawings"]


@pytest.mark.parametrize(
    ("document", "change", "code"),
    [
        ("photos", {"type": "application/pdf"}, "wrong_type"),
        ("photos", {"type": "image/heic"}, "wrong_type"),
        ("photos", {"size": 10 * 1024 * 1024 + 1}, "too_large"),
        ("photos", {"size": 10 * 1024 * 1024}, None),
    ],
)
def test_type_and_size_are_the_catalogues(desk: Desk, document: str, change: dict[str, Any], code: str | None) -> None:
    photo = _file(desk, document, "lapor") | change
    outcome = desk.do("case.edit", _bare(desk, "lapor"), CITIZEN, attach=[photo])
    if code is None:
        assert outcome.code is None
    else:
        assert (outcome.code, outcome.case) == ("invalid_file", None)
        problem = outcome.details["problems"][photo["id"]]
        assert problem["code"] == code and problem["id"] and problem["en"]


def test_no_more_files_than_the_catalogue_takes(desk: Desk) -> None:
    six = [_file(desk, "photos", "lapor") for _ in range(6)]
    outcome = desk.do("case.edit", _bare(desk, "lapor"), CITIZEN, attach=six)
    assert {id_: problem["code"] for id_, problem in outcome.details["problems"].items()} == {six[5]["id"]: "too_many"}


def test_a_case_holds_only_so_many_files(desk: Desk) -> None:
    case = _bare(desk)
    full = replace(case, attachments=tuple(
        desk.done(desk.do("case.edit", case, CITIZEN, attach=[_file(desk, "ktp")])).attachments * MAX_FILES
    ))  # fmt: skip
    assert desk.do("case.edit", full, CITIZEN, attach=[_file(desk, "deed")]).code in {"invalid_file", "case_full"}


@pytest.mark.parametrize("document", ["survey_photos", "nonsense"])
def test_what_is_no_document_of_the_applicants_is_refused(desk: Desk, document: str) -> None:
    photo = _file(desk, "survey_photos") | {"document": document}
    outcome = desk.do("case.edit", _bare(desk), CITIZEN, attach=[photo])
    assert (outcome.code, outcome.details["documents"]) == ("unknown_document", [document])


def test_nobody_attaches_to_anothers_draft(desk: Desk) -> None:
    for actor, code in ((STRANGER, "no_such_case"), (DESK, "not_yours")):
        outcome = desk.do("case.edit", _bare(desk), actor, attach=[_file(desk, "ktp")])
        assert (outcome.code, outcome.case) == (code, None)


@pytest.mark.parametrize(
    "broken",
    [
        {"sha256": "A" * 64},
        {"sha256": "0" * 63},
        {"size": 0},
        {"size": -1},
        {"id": "x"},
        {"place": [200, 0]},
        {"place": [1]},
        {"name": "x" * 201},
        {"accuracy": -1},
        {"type": ""},
    ],
)
def test_a_description_that_is_none_is_malformed(desk: Desk, broken: dict[str, Any]) -> None:
    with pytest.raises(Malformed):
        desk.do("case.edit", _bare(desk), CITIZEN, attach=[_file(desk, "ktp") | broken])


# ---- What is sent in ----


def test_a_submit_without_a_required_document_is_refused_and_says_which(desk: Desk) -> None:
    case = _bare(desk, applicant_kind="person", is_owner="yes", has_proxy="no", pbb="paid", land_proof="shm")
    outcome = desk.act(case, CITIZEN, "submit")
    assert (outcome.code, outcome.case) == ("documents_missing", None)
    assert outcome.details["documents"] == ["signed_form", "ktp", "pbb", "land_proof", "location_map"]
    assert outcome.text is not None
    assert "KTP pemohon" in outcome.text.id and "ID card of the applicant" in outcome.text.en


def test_a_case_written_offline_is_one_command(desk: Desk) -> None:
    service = desk.city.service("krk")
    full = desk.draft(service)
    attach = [_file(desk, document) for document in _codes(full)]
    outcome = desk.act(None, CITIZEN, "submit", service="krk", set=full.fields, attach=attach)
    assert desk.done(outcome).stage == "completeness", "the manifest is enough: bytes come when they come"


def test_a_condition_that_is_not_met_asks_for_nothing(desk: Desk) -> None:
    owner = desk.draft(desk.city.service("krk"), {"is_owner": "yes"})
    assert "owner_consent" not in _codes(owner)
    tenant = desk.draft(desk.city.service("krk"), {"is_owner": "no"})
    assert "owner_consent" in _codes(tenant)
    rest = replace(tenant, attachments=tuple(a for a in tenant.attachments if a.document != "owner_consent"))
    assert desk.act(rest, CITIZEN, "submit").details["documents"] == ["owner_consent"]


def test_nothing_is_attached_to_a_case_that_is_being_worked_on(desk: Desk) -> None:
    case = desk.submitted(desk.city.service("krk"))
    for data in ({"attach": [_file(desk, "drawings")]}, {"detach": [case.attachments[0].id]}):
        assert desk.do("case.edit", case, CITIZEN, **data).code == "not_open_for_changes"


def test_a_disagreement_keeps_the_files_and_does_not_move_the_case(desk: Desk) -> None:
    case = desk.draft(desk.city.service("krk"))
    base = case.fields["street"]
    case = desk.done(desk.do("case.edit", case, CITIZEN, set={"street": "A"}, was={"street": base}))
    files = [_file(desk, "drawings")]
    outcome = desk.act(case, CITIZEN, "submit", set={"street": "B"}, was={"street": base}, attach=files)
    assert (outcome.code, outcome.case and outcome.case.stage) == ("choose_first", "draft")
    assert outcome.case is not None and "drawings" in _codes(outcome.case)


# ---- A stage that waits ----


def test_accepting_waits_for_the_bytes_of_what_is_required(desk: Desk) -> None:
    service = desk.city.service("krk")
    case = desk.done(desk.act(desk.draft(service), CITIZEN, "submit", attach=[_file(desk, "drawings")]))
    first = desk.act(case, DESK, "accept")
    assert (first.code, first.case) == ("documents_waiting", None)
    assert "ktp" in first.details["documents"] and "drawings" not in first.details["documents"]
    assert first.text is not None and "0 dari" in first.text.id and "KTP pemohon" in first.text.id
    for attachment in case.attachments[:-2]:
        case = desk.done(desk.do("case.arrived", case, SERVER, **_bytes(attachment)))
    second = desk.act(case, DESK, "accept")
    assert second.code == "documents_waiting" and len(second.details["documents"]) == 1
    case = desk.done(desk.do("case.arrived", case, SERVER, **_bytes(case.attachments[-2])))
    # The drawings are not required, so nothing waits for them.
    assert case.attachments[-1].arrived is None
    assert desk.done(desk.act(case, DESK, "accept")).stage == "survey"


def test_a_correction_is_the_way_out_where_bytes_never_come(desk: Desk) -> None:
    case = desk.done(desk.act(desk.draft(desk.city.service("krk")), CITIZEN, "submit"))
    items = [{"document": "ktp", "reason": "Tidak pernah sampai"}]
    case = desk.done(desk.act(case, DESK, "request_correction", items=items))
    old = next(a for a in case.attachments if a.document == "ktp")
    other = next(a for a in case.attachments if a.document == "land_proof")
    assert desk.do("case.edit", case, CITIZEN, detach=[other.id]).code == "not_marked"
    assert desk.do("case.edit", case, CITIZEN, attach=[_file(desk, "land_proof")]).code == "not_marked"
    empty = desk.done(desk.do("case.edit", case, CITIZEN, detach=[old.id]))
    assert desk.act(empty, CITIZEN, "resubmit").details["documents"] == ["ktp"]
    mended = desk.done(desk.act(empty, CITIZEN, "resubmit", attach=[_file(desk, "ktp")]))
    assert mended.stage == "completeness"


def test_a_correction_that_makes_a_document_wanted_takes_it(desk: Desk) -> None:
    case = desk.submitted(desk.city.service("krk"), {"land_proof": "shm"})
    items = [{"field": "land_proof", "reason": "Bukan sertifikat"}]
    case = desk.done(desk.act(case, DESK, "request_correction", items=items))
    case = desk.done(desk.do("case.edit", case, CITIZEN, set={"land_proof": "letter_c"}, was={"land_proof": "shm"}))
    assert desk.act(case, CITIZEN, "resubmit").details["documents"] == ["no_dispute"]
    assert desk.done(desk.act(case, CITIZEN, "resubmit", attach=[_file(desk, "no_dispute")])).stage == "completeness"


def test_arrival_is_the_servers_to_say_and_said_once(desk: Desk) -> None:
    case = desk.draft(desk.city.service("krk"))
    found = _bytes(case.attachments[0])
    assert desk.do("case.arrived", case, CITIZEN, **found).code == "not_your_role"
    once = desk.done(desk.do("case.arrived", case, SERVER, **found))
    assert [a.arrived for a in once.attachments[:2]] == ["2026-03-16T02:00:00Z", None]
    again = desk.do("case.arrived", once, SERVER, **found)
    assert (str(again.status), again.case) == ("applied", None)


def test_bytes_arrive_for_what_promised_just_them(desk: Desk) -> None:
    photo = _file(desk, "ktp")
    other = {"type": photo["type"], "size": photo["size"], "sha256": photo["sha256"]}
    same = _file(desk, "land_proof") | other
    lies = [_file(desk, "pbb") | other | {"size": photo["size"] + 1}, _file(desk, "deed") | other | {"type": _PDF}]
    case = desk.done(desk.do("case.edit", None, CITIZEN, service="krk", attach=[photo, same, *lies]))
    case = desk.done(desk.do("case.arrived", case, SERVER, **other))
    assert [bool(a.arrived) for a in case.attachments] == [True, True, False, False]


# ---- An officer's files ----


def test_a_survey_brings_its_photos(desk: Desk) -> None:
    case = desk.done(
        desk.act(_in_survey(desk), SURVEYOR, "report_survey", form=_survey(desk), attach=[_file(desk, "survey_photos")])
    )
    photo = case.attachments[-1]
    assert (photo.document, photo.role, photo.action, photo.by) == (
        "survey_photos",
        "surveyor",
        "report_survey",
        SURVEYOR.person,
    )


def test_an_action_takes_only_the_files_of_its_own_form(desk: Desk) -> None:
    for document in ("visit_photos", "ktp", "nonsense"):
        photo = _file(desk, "visit_photos") | {"document": document}
        outcome = desk.act(_in_survey(desk), SURVEYOR, "report_survey", form=_survey(desk), attach=[photo])
        assert (outcome.code, outcome.case) == ("unknown_document", None)
    accepting = desk.act(desk.submitted(desk.city.service("krk")), DESK, "accept", attach=[_file(desk, "ktp")])
    assert accepting.code == "unknown_document"


def test_photos_of_a_survey_that_came_too_late_are_kept(desk: Desk) -> None:
    done = desk.done(desk.act(_in_survey(desk), SURVEYOR, "report_survey", form=_survey(desk)))
    photo = _file(desk, "survey_photos")
    late = desk.act(done, SURVEYOR, "report_survey", form=_survey(desk), attach=[photo])
    assert late.code == "wrong_stage" and late.case is not None
    kept = late.case.attachments[-1]
    assert (kept.id, kept.late, kept.action, len(late.case.evidence)) == (photo["id"], True, "report_survey", 1)


def test_each_visit_has_photos_of_its_own(desk: Desk) -> None:
    """The catalogue's number is of one form: an officer cannot take away what an earlier visit brought."""
    case, most = _in_survey(desk), desk.city.service("krk").document("visit_photos").count_max
    form = answers(desk.city, desk.city.service("krk").form("visit").fields)
    for _ in range(2):
        photos = [_file(desk, "visit_photos") for _ in range(most)]
        case = desk.done(desk.act(case, SURVEYOR, "report_visit", form=form, attach=photos))
    one_more = [_file(desk, "visit_photos") for _ in range(most + 1)]
    refused = desk.act(case, SURVEYOR, "report_visit", form=form, attach=one_more)
    assert {id_: p["code"] for id_, p in refused.details["problems"].items()} == {one_more[-1]["id"]: "too_many"}


def test_late_evidence_stands_for_no_document_of_the_applicants(desk: Desk) -> None:
    """Whatever it is called, nothing waits for it, and it fills no gap."""
    case = desk.submitted(desk.city.service("krk"))
    early = desk.act(case, SURVEYOR, "report_survey", form=_survey(desk), attach=[_file(desk, "ktp")])
    assert early.code == "wrong_stage" and early.case is not None
    assert early.case.attachments[-1].late
    assert desk.done(desk.act(early.case, DESK, "accept")).stage == "survey", "nothing waits for it"
    items = [{"document": "ktp", "reason": "Buram"}]
    asked = desk.done(desk.act(early.case, DESK, "request_correction", items=items))
    own = next(a for a in asked.attachments if a.document == "ktp" and not a.late)
    assert desk.act(asked, CITIZEN, "resubmit", detach=[own.id]).code == "documents_missing"
    assert desk.done(desk.act(asked, CITIZEN, "resubmit", detach=[own.id], attach=[_file(desk, "ktp")]))


# ---- Who may know ----


def test_the_office_learns_nothing_from_an_anonymous_reporters_files(desk: Desk) -> None:
    service = desk.city.service("lapor")
    photo = _file(desk, "photos", "lapor", name="KTP Warga Satu.jpg", place=[-6.9, 110.4], accuracy=3)
    draft = desk.done(desk.do("case.edit", desk.draft(service, {"anonymous": "office"}), CITIZEN, attach=[photo]))
    case = desk.done(desk.act(draft, CITIZEN, "submit"))
    office, own = (json.loads(line or b"null") for line in record_lines(case, service, scopes_of(case, service)))
    assert own["attachments"][0]["name"] == "KTP Warga Satu.jpg"
    (seen,) = office["attachments"]
    assert seen.keys() & {"name", "by", "place", "accuracy"} == set()
    assert seen["sha256"] == photo["sha256"]
