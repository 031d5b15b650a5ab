"""The transition table of a service, built from the catalogue, and the preconditions of each action.

A table row is (stage, action) → stage. Whether a person may walk it is decided by the preconditions, each with a
word code; the first that fails is the answer:

    wrong_stage      the case is not (or no longer) where this action starts
    not_your_role    another role does this
    same_person      who did the work may not approve it
    too_often        this may be done only so many times
    supervisor_only  a further round is the supervisor's to decide
"""

from dataclasses import dataclass

from schemas.catalogue.model import OWNER, Action, Service, Stage
from schemas.text import Text
from server.domain.actor import SYSTEM, Actor
from server.domain.case import Case

Table = dict[tuple[str, str], str]


def table(service: Service) -> Table:
    """Every legal move of a service: (stage, action code) → the stage afterwards."""
    return {(stage, a.code): a.to or stage for a in service.actions for stage in a.from_}


@dataclass(frozen=True)
class Refusal:
    """Why not: a word for programs, a sentence for people, and the other side of it."""

    code: str
    text: Text
    details: dict[str, object]


def refuse(code: str, indonesian: str, english: str, **details: object) -> Refusal:
    return Refusal(code, Text(indonesian, english), details)


def stage_of(service: Service, code: str) -> Stage | None:
    """The stage, or None for the reserved `draft` and for one that a later catalogue no longer has."""
    try:
        return service.stage(code)
    except KeyError:
        return None


def role_for(service: Service, action: Action, case: Case, actor: Actor) -> str | None:
    """The role in which this person may do the action on this case, or None."""
    walk_in = action.effect == "submit" and "citizen" not in actor.roles
    if OWNER in action.roles and actor.owns(case.owner) and not walk_in:
        return OWNER
    if actor.person == case.owner and action.effect != "submit":
        # An officer's own application is decided by someone else.
        return None
    if SYSTEM in actor.roles:
        return SYSTEM
    return next((role for role in action.roles if role in actor.roles), None)


def precondition(service: Service, action: Action, case: Case, actor: Actor) -> Refusal | None:
    """The first precondition that this actor's action on this case fails, or None."""
    if case.stage not in action.from_:
        return _too_late(service, action, case)
    if role_for(service, action, case, actor) is None:
        return refuse(
            "not_your_role",
            f"“{action.label.id}” bukan tugas Anda pada berkas ini.",
            f"“{action.label.en}” is not yours to do on this case.",
            roles=list(action.roles),
        )
    for earlier in action.not_by:
        if actor.person in case.done_by(earlier):
            return refuse(
                "same_person",
                "Yang mengerjakan tidak boleh menyetujui sendiri. Minta rekan lain.",
                "Who did the work may not approve it. Ask a colleague.",
                action=earlier,
            )
    done = case.times_done(action.code)
    if action.times is not None and done >= action.times:
        return refuse(
            "too_often",
            f"“{action.label.id}” paling banyak {action.times} kali pada satu berkas.",
            f"“{action.label.en}” can be done at most {action.times}× on a case.",
            times=action.times,
        )
    if action.beyond and done >= action.beyond.times and not actor.roles & {*action.beyond.roles, SYSTEM}:
        return refuse(
            "supervisor_only",
            "Putaran berikutnya harus diputuskan atasan.",
            "A further round is for a supervisor to decide.",
            roles=list(action.beyond.roles),
        )
    return None


def _too_late(service: Service, action: Action, case: Case) -> Refusal:
    """The case moved on: say who moved it, in which role, and when."""
    stage = stage_of(service, case.stage)
    where = stage.label if stage else Text("Draf", "Draft")
    last = case.steps[-1] if case.steps else None
    # The applicant is never named here: who asks may be one who must not know.
    name = (last.name or last.role) if last and last.role != OWNER else OWNER
    by = {"action": last.action, "by": name, "at": last.at} if last else {}
    return refuse(
        "wrong_stage",
        f"Berkas sekarang di tahap “{where.id}”; “{action.label.id}” tidak bisa dilakukan di tahap ini.",
        f"The case is in “{where.en}” now; “{action.label.en}” cannot be done at this stage.",
        stage=case.stage,
        **by,
    )
