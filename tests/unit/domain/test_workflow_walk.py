"""Every action, in every stage, as every role, of every service: the legal ones move, the others change nothing.

What should happen is read from the catalogue here a second time, without the code under test.
"""

from typing import Any

import msgspec
import pytest
from msgspec.structs import replace

from schemas.catalogue.model import DRAFT, OWNER, Action, Service
from schemas.ledger import Ledger
from server.domain.actor import Actor
from server.domain.case import Case
from server.domain.outcome import Outcome
from server.domain.workflow import table
from sync.messages import Status

from .people import CITIZEN, CLAIMED, STAFF, STRANGER, Desk

SERVICES = ("krk", "iptb", "lapor", "izin_pkl")


def _expected(service: Service, action: Action, case: Case, actor: Actor) -> str | None:
    """The word code of the refusal that the catalogue calls for, or None where the action is legal."""
    if actor is STRANGER:
        return "no_such_case"
    if case.stage not in action.from_:
        return "wrong_stage"
    mine = actor is CITIZEN
    allowed = OWNER in action.roles if mine else bool(actor.roles & set(action.roles))
    # Filing is for whoever typed the draft: nobody else's role lets them submit it.
    if not allowed:
        return "not_your_role"
    done = sum(step.action == action.code for step in case.steps)
    if any(step.by == actor.person and step.action in action.not_by for step in case.steps):
        return "same_person"
    if action.times is not None and done >= action.times:
        return "too_often"
    if action.beyond and done >= action.beyond.times and not actor.roles & set(action.beyond.roles):
        return "supervisor_only"
    return None


@pytest.mark.parametrize("code", SERVICES)
def test_every_action_in_every_stage_as_every_role(desk: Desk, code: str) -> None:
    service = desk.city.service(code)
    places = desk.everywhere(service)
    assert set(places) == {DRAFT, *(stage.code for stage in service.stages)}, "every stage can be reached"
    walked: set[tuple[str, str]] = set()
    refused: set[str] = set()
    for stage, case in places.items():
        before = msgspec.json.encode(case)
        for action in service.actions:
            for actor in (CITIZEN, STRANGER, *STAFF.values()):
                outcome = desk.act(case, actor, action.code, **desk.carried(service, action))
                expected = _expected(service, action, case, actor)
                where = (stage, action.code, sorted(actor.roles))
                assert msgspec.json.encode(case) == before, "a decision never changes the case it was given"
                if expected is None:
                    assert outcome.status is Status.APPLIED, (where, outcome.code)
                    _moved_right(desk, service, action, case, actor, outcome)
                    walked.add((stage, action.code))
                else:
                    assert (outcome.status, outcome.code) == (Status.REJECTED, expected), where
                    assert outcome.text is not None
                    assert outcome.text.id != outcome.text.en
                    _left_alone(case, actor, outcome)
                    refused.add(expected)
    assert walked == set(table(service)), "every row of the table was walked"
    assert {"wrong_stage", "not_your_role", "no_such_case"} <= refused


def _moved_right(desk: Desk, service: Service, action: Action, case: Case, actor: Actor, outcome: Outcome) -> None:
    after = outcome.case
    assert after is not None
    assert after.stage == (action.to or case.stage)
    assert after.version == case.version + 1
    assert after.steps[:-1] == case.steps, "history only grows"
    step = after.steps[-1]
    assert (step.action, step.stage, step.by, step.name) == (action.code, after.stage, actor.person, actor.name)
    assert (step.at, step.claimed) == (desk.context().stamp, CLAIMED), "the server's time, and beside it the claim"
    assert step.role == (OWNER if actor is CITIZEN else next(iter(actor.roles)))
    _clocks_right(desk, service, action, case, after)


def _clocks_right(desk: Desk, service: Service, action: Action, case: Case, after: Case) -> None:
    """Ledgers by the catalogue's words: `starts`, `ends`, and standing still while the applicant is waited for."""
    waiting = after.stage != DRAFT and service.stage(after.stage).waits_for == "applicant"
    events = {f"action:{action.code}"} | ({f"enter:{after.stage}"} if after.stage != case.stage else set())
    old, new = _latest(case), _latest(after)
    for limit in service.limits:
        _one_clock(
            desk, limit.code, old, new, bool(events & set(limit.starts)), bool(events & set(limit.ends)), waiting
        )
    for stage in service.stages:
        if stage.limit is not None:
            starts = f"enter:{stage.code}" in events
            # Its clock ends when the case goes on to somebody else than the applicant.
            ends = after.stage not in (stage.code, case.stage) and not waiting
            _one_clock(desk, stage.code, old, new, starts, ends, waiting)


def _one_clock(
    desk: Desk, code: str, old: dict[str, Ledger], new: dict[str, Ledger], starts: bool, ends: bool, waiting: bool
) -> None:
    was, now = old.get(code), new.get(code)
    running = was is not None and was.met is None
    if running and ends:
        assert now is not None
        if not starts:
            assert now.state == "met", code
            assert now.met == desk.calendar.local(desk.now).replace(microsecond=0)
            return
    if starts and (not running or ends):
        assert now is not None
        assert now.received == desk.calendar.local(desk.now).replace(microsecond=0), code
        assert now.state == ("paused" if waiting else "running"), code
        return
    if was is None:
        assert now is None, f"{code} started without a reason"
        return
    assert now is not None
    assert now.received == was.received, f"{code} was reset"
    assert now.due >= was.due, f"{code} came nearer"
    assert now.state == ("met" if was.met is not None else "paused" if waiting else "running"), code


def _latest(case: Case) -> dict[str, Ledger]:
    return {ledger.limit: ledger for ledger in case.limits}


def _left_alone(case: Case, actor: Actor, outcome: Outcome) -> None:
    """Refused: nothing changed, but what an officer carried to a case that had moved on is kept as evidence."""
    after = outcome.case
    if after is None:
        return
    assert outcome.code == "wrong_stage"
    assert actor.is_staff()
    assert case.stage != DRAFT
    piece = after.evidence[-1]
    assert (piece.by, piece.claimed) == (actor.person, CLAIMED)
    assert replace(after, version=case.version, evidence=case.evidence) == case


def test_the_table_is_what_the_catalogue_says(desk: Desk) -> None:
    krk = table(desk.city.service("krk"))
    assert krk["draft", "submit"] == "completeness"
    assert krk["survey", "report_visit"] == "survey"
    assert krk["signature", "refuse"] == "refused"
    assert ("issued", "withdraw") not in krk


@pytest.mark.parametrize("code", SERVICES)
def test_an_action_needs_its_form_note_and_items(desk: Desk, code: str) -> None:
    service = desk.city.service(code)
    tried: set[str] = set()
    for case in desk.everywhere(service).values():
        for action in service.actions_from(case.stage):
            actor = CITIZEN if OWNER in action.roles else STAFF[action.roles[0]]
            full = desk.carried(service, action)
            for missing in full:
                outcome = desk.act(case, actor, action.code, **{k: v for k, v in full.items() if k != missing})
                if _expected(service, action, case, actor) is not None or _nothing_required(service, action, missing):
                    continue
                wanted = {"form": "invalid", "note": "note_required", "items": "items_required"}[missing]
                assert (outcome.status, outcome.code, outcome.case) == (Status.REJECTED, wanted, None), action.code
                tried.add(wanted)
            if not action.form and _expected(service, action, case, actor) is None:
                assert desk.act(case, actor, action.code, **full, form={"x": 1}).code == "no_form"
    assert tried


def _nothing_required(service: Service, action: Action, part: str) -> bool:
    return part == "form" and not any(f.required and f.when is None for f in service.form(str(action.form)).fields)


@pytest.mark.parametrize("code", SERVICES)
def test_an_incomplete_application_cannot_be_submitted(desk: Desk, code: str) -> None:
    service = desk.city.service(code)
    full = desk.draft(service)
    for field in service.fields:
        if field.required and field.name in full.fields:
            fields = {name: value for name, value in full.fields.items() if name != field.name}
            outcome = desk.act(replace(full, fields=fields), CITIZEN, "submit")
            assert (outcome.code, outcome.case) == ("invalid", None)
            problem: Any = outcome.details["problems"][field.name]
            assert problem["code"] == "required"
            assert problem["id"] and problem["en"]
