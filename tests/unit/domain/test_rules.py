"""The rules that a table cannot say: corrections, approvals, evidence, anonymity, routing, the system's commands."""

import json
from datetime import UTC, date, datetime
from typing import Any

import pytest
from msgspec.structs import replace

from schemas.catalogue.model import Override, Text
from schemas.record import Correction, Defect
from server.domain.actor import Actor
from server.domain.calendar import Calendar, CalendarRules
from server.domain.case import Case, current
from server.domain.clocks import events_of
from server.domain.lines import record_lines, scopes_of
from sync.errors import Malformed
from sync.messages import Status

from .people import CASE, CITIZEN, CLAIMED, SERVER, STAFF, STRANGER, Desk, officer

DESK, BOSS, SURVEYOR = STAFF["front_desk"], STAFF["supervisor"], STAFF["surveyor"]
ITEMS = [{"field": "street", "reason": "Nama jalan tidak lengkap"}, {"document": "ktp", "reason": "Buram"}]


def _krk(desk: Desk, given: dict[str, Any] | None = None) -> Case:
    return desk.submitted(desk.city.service("krk"), given)


def _do(desk: Desk, case: Case, actor: Actor, action: str, **data: Any) -> Case:
    service = desk.city.service(case.service)
    return desk.done(desk.act(case, actor, action, **desk.carried(service, service.action(action)) | data))


def _lines(desk: Desk, case: Case) -> tuple[dict[str, Any], dict[str, Any]]:
    """The office's line and the owner's."""
    service = desk.city.service(case.service)
    office, own = record_lines(case, service, scopes_of(case, service))
    return json.loads(office), json.loads(own if own is not None else office)


# ---- Drafts, corrections, choices ----


def test_a_draft_is_kept_as_typed(desk: Desk) -> None:
    """Half a number and nonsense in a field are no reason to lose a person's typing."""
    typed = {"nik": "337", "storeys": "tiga", "name": "  Warga "}
    case = desk.done(desk.do("case.edit", None, CITIZEN, service="krk", set=typed))
    assert (case.fields, case.version, case.stage, case.owner) == (typed, 1, "draft", CITIZEN.person)
    assert (case.number, case.code, case.limits, case.steps) == (None, None, (), ())


def test_submit_cleans_stamps_and_routes(desk: Desk) -> None:
    case = _krk(desk, {"nik": "3374 0101 0101 0001"})
    assert case.fields["nik"] == "3374010101010001"
    assert (case.received, case.code) == ("2026-03-16T02:00:00Z", "CODE000001")
    assert (case.office, case.district) == ("distaru", desk.city.district_of(case.fields["area"]))
    assert [ledger.limit for ledger in case.limits] == ["completeness"]


def test_a_correction_changes_only_what_was_marked(desk: Desk) -> None:
    case = _do(desk, _krk(desk), DESK, "request_correction", items=ITEMS)
    assert case.correction == Correction(
        1, "2026-03-16T02:00:00Z", (Defect("Nama jalan tidak lengkap", "street"), Defect("Buram", None, "ktp"))
    )
    was = case.fields["street"]
    refused = desk.do("case.edit", case, CITIZEN, set={"street": "Jalan Baru 1", "nik": "0"}, was={"street": was})
    assert (refused.code, refused.case, refused.details["fields"]) == ("not_marked", None, ["nik"])
    # The same rule holds for fields that ride along with the resubmission.
    smuggled = desk.act(case, CITIZEN, "resubmit", set={"name": "Warga Lain"}, was={"name": case.fields["name"]})
    assert (smuggled.code, smuggled.case) == ("not_marked", None)
    mended = desk.done(desk.do("case.edit", case, CITIZEN, set={"street": "Jalan Baru 1"}, was={"street": was}))
    back = _do(desk, mended, CITIZEN, "resubmit")
    assert (back.fields["street"], back.stage) == ("Jalan Baru 1", "completeness")
    assert back.correction is not None
    assert back.correction.mended == "2026-03-16T02:00:00Z"
    closed = desk.do("case.edit", back, CITIZEN, set={"street": "Jalan Lain"})
    assert (closed.code, closed.case) == ("not_open_for_changes", None)


def test_a_second_round_needs_a_supervisor(desk: Desk) -> None:
    case = _do(desk, _krk(desk), DESK, "request_correction", items=ITEMS)
    case = _do(desk, case, CITIZEN, "resubmit")
    again = desk.act(case, DESK, "request_correction", items=ITEMS)
    assert (again.status, again.code, again.case) == (Status.REJECTED, "supervisor_only", None)
    assert again.details["roles"] == ["supervisor"]
    case = _do(desk, case, BOSS, "request_correction", items=ITEMS[:1])
    assert case.correction is not None
    assert (case.correction.round, len(case.correction.items)) == (2, 1)


@pytest.mark.parametrize(
    ("item", "code"),
    [
        ({"reason": "x"}, "unknown_item"),
        ({"reason": "x", "field": "nope"}, "unknown_item"),
        ({"reason": "x", "document": "nope"}, "unknown_item"),
        ({"reason": "x", "field": "street", "document": "ktp"}, "unknown_item"),
        # Documents and fields have names of their own: `pbb` is both.
        ({"reason": "x", "field": "ktp"}, "unknown_item"),
    ],
)
def test_a_correction_names_what_exists(desk: Desk, item: dict[str, str], code: str) -> None:
    outcome = desk.act(_krk(desk), DESK, "request_correction", items=[item])
    assert (outcome.code, outcome.case) == (code, None)


def test_waiting_pauses_every_clock_and_never_resets_one(desk: Desk) -> None:
    """Three working days with the applicant move the date by three working days, whatever else happens."""
    case = _krk(desk)
    first = case.limits[0]
    case = _do(desk, case, DESK, "request_correction", items=ITEMS)
    assert case.limits[0].state == "paused"
    assert case.limits[0].pauses[0].by == "front_desk"
    desk.days(1)
    case = _do(desk, case, CITIZEN, "resubmit")
    again = case.limits[0]
    assert (again.state, again.received, len(case.limits)) == ("running", first.received, 1)
    assert desk.calendar.working_between(first.due, again.due) == 1
    case = _do(desk, case, BOSS, "request_correction", items=ITEMS)
    case = _do(desk, case, CITIZEN, "withdraw")
    assert {ledger.state for ledger in case.limits} == {"met"}


def test_conflict_is_kept_and_chosen(desk: Desk) -> None:
    service = desk.city.service("krk")
    case = desk.draft(service)
    base = case.fields["street"]
    case = desk.done(desk.do("case.edit", case, CITIZEN, set={"street": "A"}, was={"street": base}))
    late = desk.do(
        "case.edit",
        case,
        CITIZEN,
        set={"street": "B", "rt_rw": "1/1"},
        was={"street": base, "rt_rw": case.fields["rt_rw"]},
    )
    assert (late.status, late.code) == (Status.MERGED, "both_kept")
    assert late.details["conflicts"] == [{"field": "street", "ours": "A", "theirs": "B"}]
    assert late.case is not None
    assert (late.case.fields["street"], late.case.fields["rt_rw"]) == ("A", "1/1")
    assert late.case.conflicts[0].claimed == CLAIMED
    # Nothing is decided on a field that has two values.
    held = desk.act(late.case, CITIZEN, "submit")
    assert (held.code, held.case) == ("choose_first", None)
    assert desk.do("case.choose", late.case, CITIZEN, field="rt_rw", take="ours").code == "nothing_to_choose"
    chosen = desk.done(desk.do("case.choose", late.case, CITIZEN, field="street", take="theirs"))
    assert (chosen.fields["street"], chosen.conflicts) == ("B", ())
    kept = desk.done(desk.do("case.choose", late.case, CITIZEN, field="street", take="ours"))
    assert (kept.fields["street"], kept.conflicts) == ("A", ())


def test_a_submit_that_disagrees_does_not_move_the_case(desk: Desk) -> None:
    service = desk.city.service("krk")
    case = desk.draft(service)
    base = case.fields["street"]
    case = desk.done(desk.do("case.edit", case, CITIZEN, set={"street": "A"}, was={"street": base}))
    outcome = desk.act(case, CITIZEN, "submit", set={"street": "B"}, was={"street": base})
    assert (outcome.status, outcome.code) == (Status.MERGED, "choose_first")
    assert outcome.case is not None
    assert (outcome.case.stage, outcome.case.fields["street"], len(outcome.case.conflicts)) == ("draft", "A", 1)


def test_typing_again_settles_a_conflict(desk: Desk) -> None:
    case = desk.draft(desk.city.service("krk"))
    base = case.fields["street"]
    case = desk.done(desk.do("case.edit", case, CITIZEN, set={"street": "A"}, was={"street": base}))
    late = desk.do("case.edit", case, CITIZEN, set={"street": "B"}, was={"street": base}).case
    assert late is not None
    same = desk.do("case.edit", late, CITIZEN, set={"street": "B"}, was={"street": base}).case
    assert same is not None
    assert len(same.conflicts) == 1, "the same words twice are one side"
    over = desk.done(desk.do("case.edit", same, CITIZEN, set={"street": "C"}, was={"street": "A"}))
    assert (over.fields["street"], over.conflicts) == ("C", ())


def test_only_the_owner_types(desk: Desk) -> None:
    case = desk.draft(desk.city.service("krk"))
    assert desk.do("case.edit", case, DESK, set={"street": "x"}).code == "not_yours"
    assert desk.do("case.choose", case, DESK, field="street", take="ours").code == "not_yours"
    assert desk.do("case.edit", case, STRANGER, set={"street": "x"}).code == "no_such_case"
    unknown = desk.do("case.edit", case, CITIZEN, set={"nope": "x"})
    assert (unknown.code, unknown.case) == ("invalid", None)
    huge = desk.do("case.edit", case, CITIZEN, set={"street": "x" * 20_001})
    problems: Any = huge.details["problems"]
    assert problems["street"]["code"] == "too_long"


# ---- Approvals and evidence ----


@pytest.mark.parametrize("role", ["section_head", "signer"])
def test_who_did_the_work_may_not_approve_it(desk: Desk, role: str) -> None:
    """One person with two roles is still one person."""
    both = Actor("p-both", "Petugas Dua Peran", frozenset({"planner", role}), frozenset({"everything"}))
    case = _do(desk, _krk(desk), DESK, "accept")
    case = _do(desk, case, SURVEYOR, "report_survey")
    case = _do(desk, case, both, "draft_statement")
    if role == "signer":
        case = _do(desk, case, STAFF["section_head"], "verify")
    for action in ("verify",) if role == "section_head" else ("sign", "refuse"):
        service = desk.city.service("krk")
        outcome = desk.act(case, both, action, **desk.carried(service, service.action(action)))
        assert (outcome.code, outcome.case, outcome.details["action"]) == ("same_person", None, "draft_statement")
        assert desk.act(case, officer(role, 2), action, **desk.carried(service, service.action(action))).case


def test_an_officer_does_not_decide_on_their_own_application(desk: Desk) -> None:
    both = Actor("p-x", "Warga dan Petugas", frozenset({"citizen", "front_desk", "signer"}), frozenset({"everything"}))
    case = desk.submitted(desk.city.service("krk"), actor=both)
    assert case.owner == both.person
    assert desk.act(case, both, "accept").code == "not_your_role"
    assert desk.act(case, both, "withdraw").status is Status.APPLIED


def test_late_work_is_kept_as_evidence(desk: Desk) -> None:
    """Two surveyors went to the same parcel; the second one's measurements are not thrown away."""
    case = _do(desk, _krk(desk), DESK, "accept")
    service = desk.city.service("krk")
    survey = desk.carried(service, service.action("report_survey"))
    case = _do(desk, case, SURVEYOR, "report_survey")
    late = desk.act(case, officer("surveyor", 2), "report_survey", **survey, note="Sudah dari lokasi")
    assert (late.status, late.code) == (Status.REJECTED, "wrong_stage")
    assert late.details == {
        "stage": "analysis", "action": "report_survey", "by": "Petugas surveyor 1", "at": "2026-03-16T02:00:00Z",
    }  # fmt: skip
    assert late.case is not None
    piece = late.case.evidence[0]
    assert (piece.action, piece.by, piece.form, piece.note) == (
        "report_survey", "p-surveyor-2", survey["form"], "Sudah dari lokasi",
    )  # fmt: skip
    assert (late.case.stage, late.case.forms, late.case.steps) == (case.stage, case.forms, case.steps)
    # An empty-handed one leaves nothing behind, and neither does an applicant's.
    assert desk.act(case, officer("section_head"), "verify").case is None
    assert desk.act(case, CITIZEN, "resubmit", note="x").case is None


def test_reopening_once(desk: Desk) -> None:
    officer_ = STAFF["complaint_officer"]
    case = desk.submitted(desk.city.service("lapor"))
    case = _do(desk, case, officer_, "dispatch")
    first = current(case.limits, "resolve")
    case = _do(desk, case, officer_, "resolve")
    desk.days(3)
    case = _do(desk, case, CITIZEN, "reopen")
    again = current(case.limits, "resolve")
    assert first is not None and again is not None
    assert (again.state, again.received.date()) == ("running", date(2026, 3, 19))
    assert sum(ledger.limit == "resolve" for ledger in case.limits) == 2, "the first promise stays on record"
    case = _do(desk, case, officer_, "resolve")
    refused = desk.act(case, CITIZEN, "reopen", note="Masih rusak")
    assert (refused.code, refused.case, refused.details["times"]) == ("too_often", None, 1)


def test_events_of_an_action_that_stays() -> None:
    assert events_of("answer", "handling", "handling") == {"action:answer"}
    assert events_of("accept", "completeness", "survey") == {"action:accept", "enter:survey"}


# ---- Who sees what ----


def test_a_walk_in_belongs_to_the_counter(desk: Desk) -> None:
    """Filed for someone without an account: any colleague at the counter stands in for them."""
    case = desk.submitted(desk.city.service("krk"), actor=DESK)
    assert case.owner == ""
    assert case.steps[-1].role == "front_desk"
    assert not any(scope.startswith("person:") for scope in scopes_of(case, desk.city.service("krk")))
    case = _do(desk, case, DESK, "request_correction", items=ITEMS)
    colleague = officer("front_desk", 2)
    was = case.fields["street"]
    case = desk.done(desk.do("case.edit", case, colleague, set={"street": "Jalan Baru 2"}, was={"street": was}))
    case = _do(desk, case, colleague, "resubmit")
    assert case.stage == "completeness"


def test_who_works_on_a_case_has_opened_it(desk: Desk) -> None:
    """The applicant is never told "not opened yet" about a case that an officer has moved."""
    case = _krk(desk)
    assert case.opened is None
    accepted = _do(desk, case, DESK, "accept")
    assert accepted.opened == accepted.steps[-1].at
    assert desk.submitted(desk.city.service("krk"), actor=DESK).opened is None
    assert _do(desk, case, CITIZEN, "withdraw").opened is None


def test_only_citizens_and_the_counter_file(desk: Desk) -> None:
    for role, actor in STAFF.items():
        outcome = desk.do("case.edit", None, actor, service="krk", set={})
        assert (outcome.code == "not_your_role") == (role != "front_desk"), role


def test_an_anonymous_complaint_has_two_lines(desk: Desk) -> None:
    service = desk.city.service("lapor")
    markers = {"phone": "081234500099", "email": "penanda@contoh.id", "anonymous": "office", "where": "words"}
    case = desk.submitted(service, markers)
    office, own = _lines(desk, _do(desk, case, STAFF["complaint_officer"], "dispatch"))
    assert own["fields"]["phone"] == "081234500099"
    assert own["owner"] == CITIZEN.person
    assert own["code"] == case.code
    text = json.dumps(office)
    for secret in ("081234500099", "penanda@contoh.id", CITIZEN.person, CITIZEN.name, str(case.code)):
        assert secret not in text
    assert [step["role"] for step in office["steps"]] == ["owner", "complaint_officer"]
    assert office["steps"][1]["name"] == "Petugas complaint_officer 1"
    assert office["fields"]["title"] == own["fields"]["title"]
    # Hidden from the public only: the office still reads it.
    public = desk.submitted(service, markers | {"anonymous": "public"})
    assert _lines(desk, public)[0]["fields"]["phone"] == "081234500099"


def test_an_anonymous_reporter_stays_so_to_the_end(desk: Desk) -> None:
    """Replies, late evidence, conflicts and corrections are further places where a name could slip through."""
    service = desk.city.service("lapor")
    case = desk.submitted(service, {"anonymous": "office"})
    case = _do(desk, case, STAFF["complaint_officer"], "ask")
    case = _do(desk, case, CITIZEN, "explain", note="Salam, Warga")
    for stage_case in (case, _do(desk, case, CITIZEN, "withdraw")):
        text = json.dumps(_lines(desk, stage_case)[0])
        assert CITIZEN.person not in text
        assert CITIZEN.name not in text


def test_internal_answers_stay_inside(desk: Desk) -> None:
    case = _do(desk, _krk(desk), DESK, "accept")
    case = _do(desk, case, SURVEYOR, "report_survey")
    case = _do(desk, case, STAFF["planner"], "draft_statement")
    office, own = _lines(desk, case)
    assert "notes" in office["forms"]["report_survey"]
    assert "notes" not in own["forms"]["report_survey"]
    assert "advice" in office["forms"]["draft_statement"]
    assert "advice" not in own["forms"]["draft_statement"]
    assert own["forms"]["draft_statement"]["zone"] == office["forms"]["draft_statement"]["zone"]
    # Nor do they come out as what a second surveyor brought too late.
    form = {"road_width": 6.5, "notes": "catatan dalam"}
    late = desk.do("case.act", case, officer("surveyor", 2), action="report_survey", form=form)
    assert late.code == "wrong_stage"
    assert late.case is not None
    office, own = _lines(desk, late.case)
    assert office["evidence"][0]["form"] == form
    assert own["evidence"][0]["form"] == {"road_width": 6.5}


def test_a_draft_is_nobody_elses(desk: Desk) -> None:
    service = desk.city.service("krk")
    assert scopes_of(desk.draft(service), service) == (f"person:{CITIZEN.person}",)


# ---- Routing ----


@pytest.mark.parametrize("chosen", [None, "distaru", "dlh"])
def test_never_to_the_office_complained_about(desk: Desk, chosen: str | None) -> None:
    service = desk.city.service("lapor")
    case = desk.submitted(service, {"category": "officials", "accused_office": "distaru"})
    form = {"office": chosen} if chosen else {}
    case = _do(desk, case, STAFF["complaint_officer"], "dispatch", form=form)
    assert case.office == {None: "inspektorat", "distaru": "setda", "dlh": "dlh"}[chosen]
    assert "office:distaru" not in scopes_of(case, service)
    moved = _do(desk, case, STAFF["complaint_officer"], "forward", form={"office": "distaru"}, note="x")
    assert moved.office == "setda"


def test_the_table_never_routes_to_the_accused(desk: Desk) -> None:
    service = desk.city.service("lapor")
    assert service.routes is not None
    for category in ("officials", "permits"):
        for office in desk.city.offices:
            case = desk.submitted(service, {"category": category, "accused_office": office.code})
            for form in ({}, {"office": office.code}):
                routed = _do(desk, case, STAFF["complaint_officer"], "dispatch", form=form)
                assert routed.office != office.code or office.code == service.routes.instead, (category, office.code)


def test_a_complaint_about_the_complaint_desk_passes_it_by(desk: Desk) -> None:
    """The service's own office reads everything, but not what is said about itself."""
    service = desk.city.service("lapor")
    case = desk.submitted(service, {"category": "officials", "accused_office": service.office})
    assert case.office == "setda"
    assert f"office:{service.office}" not in " ".join(scopes_of(case, service))
    assert "office:setda" in scopes_of(case, service)


def test_a_duplicate_is_linked(desk: Desk) -> None:
    case = desk.submitted(desk.city.service("lapor"))
    case = _do(desk, case, STAFF["complaint_officer"], "mark_duplicate", form={"case": "lpr-2026-000001"})
    assert case.links == ("LPR-2026-000001",)


# ---- The system's own ----


def test_recount_after_a_decree(desk: Desk) -> None:
    case = _do(desk, _krk(desk), DESK, "accept")
    closed = Override(date(2026, 3, 17), "closed", Text("Kantor tutup", "Office closed"), "SK 9/2026")
    rules = CalendarRules.of(desk.city)
    desk.calendar = Calendar(replace_rules(rules, closed))
    assert desk.do("case.recount", case, BOSS).code == "not_your_role"
    after = desk.done(desk.do("case.recount", case, SERVER))
    old, new = current(case.limits, "decision"), current(after.limits, "decision")
    assert old is not None and new is not None
    assert desk.calendar.working_between(old.due, new.due) == 1 or new.due > old.due
    assert new.calendar == desk.calendar.version
    assert after.version == case.version + 1
    met = current(after.limits, "completeness")
    assert met == current(case.limits, "completeness"), "what was met is history"
    again = desk.do("case.recount", after, SERVER)
    assert (again.status, again.case) == (Status.APPLIED, None)


def replace_rules(rules: CalendarRules, *overrides: Override) -> CalendarRules:
    from dataclasses import replace as replaced

    return replaced(rules, overrides=(*rules.overrides, *overrides), version="2026.2")


def test_hand_over(desk: Desk) -> None:
    case = _krk(desk)
    new = "00000000-0000-4000-8000-000000000001"
    assert desk.do("case.hand_over", case, CITIZEN, to=new).code == "not_your_role"
    after = desk.done(desk.do("case.hand_over", case, SERVER, to=new))
    assert (after.owner, after.stage, after.limits) == (new, case.stage, case.limits)
    with pytest.raises(Malformed):
        desk.do("case.hand_over", case, SERVER, to="nobody")


def test_open_is_told_once_and_only_by_staff(desk: Desk) -> None:
    case = _krk(desk)
    assert desk.do("case.open", case, CITIZEN).case is None
    assert desk.do("case.open", case, STRANGER).code == "no_such_case"
    # Who sees it and has nothing to do with it yet was not asked to look.
    assert desk.do("case.open", case, STAFF["surveyor"]).case is None
    desk.now = datetime(2026, 3, 16, 3, 0, tzinfo=UTC)
    opened = desk.done(desk.do("case.open", case, DESK))
    assert opened.opened == "2026-03-16T03:00:00Z"
    assert desk.do("case.open", opened, BOSS).case is None


def test_unknown_things_have_words(desk: Desk) -> None:
    case = _krk(desk)
    assert desk.do("case.fly", case, CITIZEN).code == "unknown_kind"
    assert desk.do("case.fly", None, CITIZEN).code == "unknown_kind"
    assert desk.act(case, CITIZEN, "fly").code == "unknown_action"
    for kind in ("case.open", "case.choose", "case.recount", "case.hand_over"):
        assert desk.do(kind, None, CITIZEN, field="x", take="ours").code == "no_such_case"
    assert desk.do("case.edit", None, CITIZEN, set={}).code == "no_such_case"
    assert desk.do("case.edit", None, CITIZEN, service="nope").code == "no_such_service"
    assert desk.do("case.edit", replace(case, service="gone"), CITIZEN).code == "no_such_service"
    wrong: list[dict[str, Any]] = [
        {"set": []},
        {"action": 1},
        {"form": [1]},
        {"items": {}},
        {"items": [{"field": "x"}]},
    ]
    for bad in wrong:
        with pytest.raises(Malformed):
            desk.do("case.act", case, CITIZEN, **bad)


def test_a_case_keeps_its_id(desk: Desk) -> None:
    assert _krk(desk).id == CASE
