"""Drafts, corrections and the choice between two values: what people type before a case moves."""

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec
from msgspec.structs import replace

from schemas.catalogue.model import DRAFT, Service
from schemas.record import Conflict
from server.domain.actor import Actor
from server.domain.attaching import with_applicants
from server.domain.case import Case
from server.domain.outcome import Context, Outcome, applied, merged, rejected
from server.domain.workflow import Refusal, refuse, stage_of
from sync.merge import Merged, merge, same
from sync.messages import Choose, Edit, Status

MAX_VALUE = 20_000
"""Longest value of one draft field, in bytes of JSON. A draft is kept as typed, so only its size is looked at."""


def new_draft(case_id: str, service: Service, actor: Actor, context: Context) -> Case:
    """An empty draft that belongs to whoever typed it."""
    return Case(
        id=case_id,
        service=service.code,
        rule=service.version,
        version=0,
        stage=DRAFT,
        owner=actor.person,
        created=context.stamp,
        office=service.office,
    )


def edit(command_at: str, change: Edit, case: Case, service: Service, actor: Actor, context: Context) -> Outcome:
    """`case.edit`: the owner's changes to fields and files of a draft, or to what a correction marked."""
    if (refusal := may_type(change, case, service, actor)) is not None:
        return rejected(refusal)
    result = merge(case.fields, change.set, change.was)
    filed = with_applicants(change, case, service, actor, context)
    if isinstance(filed, Refusal):
        return rejected(filed)
    if case.version and not result.taken and not result.disagreements and filed.attachments == case.attachments:
        return Outcome(Status.APPLIED)  # nothing in it that the case does not say already
    after = with_patch(filed, result, actor, command_at, context)
    if result.disagreements:
        return merged(bump(after), "both_kept", conflicts=sides(after.conflicts))
    return applied(bump(after))


def may_type(change: Edit, case: Case, service: Service, actor: Actor) -> Refusal | None:
    """Whether this person may change these fields of this case now."""
    if not actor.owns(case.owner):
        return refuse("not_yours", "Ini bukan berkas Anda.", "This case is not yours to change.")
    stage = stage_of(service, case.stage)
    correcting = stage is not None and stage.waits_for == "applicant" and case.correction is not None
    if case.stage != DRAFT and not correcting:
        return refuse(
            "not_open_for_changes",
            "Berkas sedang diproses, jadi isiannya tidak bisa diubah.",
            "The case is being worked on, so its fields cannot be changed.",
            stage=case.stage,
        )
    known = {field.name for field in service.fields}
    unknown = sorted(set(change.set) - known)
    if unknown:
        return _invalid(unknown, "unknown_field", "Isian ini tidak dikenal.", "There is no such field.")
    if correcting and (beyond := sorted(set(change.set) - marked(case))):
        return refuse(
            "not_marked",
            "Hanya isian yang ditandai petugas yang bisa diperbaiki.",
            "Only the fields that were marked can be corrected.",
            fields=beyond,
        )
    large = [name for name, value in change.set.items() if len(msgspec.json.encode(value)) > MAX_VALUE]
    if large:
        return _invalid(large, "too_long", "Isian terlalu panjang.", "The text is too long.")
    return None


def marked(case: Case) -> set[str]:
    """The fields that the open correction lists."""
    return {item.field for item in case.correction.items if item.field} if case.correction else set()


def with_patch(case: Case, result: Merged, actor: Actor, claimed: str, context: Context) -> Case:
    """The case with what merged, and with each disagreement kept beside the value that stands."""
    fresh = tuple(
        Conflict(d.field, d.ours, d.theirs, actor.person, context.stamp, claimed or None) for d in result.disagreements
    )
    kept = tuple(c for c in case.conflicts if not any(_same_side(c, f) for f in fresh) and c.field not in result.taken)
    return replace(case, fields=result.values, conflicts=kept + fresh)


def choose(choice: Choose, case: Case, service: Service, actor: Actor) -> Outcome:
    """`case.choose`: one of the two values of a field is to stand; the other stays in the history of commands."""
    if (refusal := may_type(Edit(set={choice.field: None}), case, service, actor)) is not None:
        return rejected(refusal)
    chosen = choice.take == "theirs" and choice.value is not msgspec.UNSET
    found = next(
        (
            c
            for c in reversed(case.conflicts)
            if c.field == choice.field and (not chosen or same(c.theirs, choice.value))
        ),
        None,
    )
    if found is None:
        return rejected(
            refuse("nothing_to_choose", "Tidak ada pilihan lagi di isian ini.", "There is nothing to choose here.")
        )
    fields = dict(case.fields)
    if choice.take == "theirs":
        fields[choice.field] = found.theirs
    rest = tuple(c for c in case.conflicts if c.field != choice.field)
    return applied(bump(replace(case, fields=fields, conflicts=rest)))


def bump(case: Case) -> Case:
    """The next version."""
    return replace(case, version=case.version + 1)


def sides(conflicts: Sequence[Conflict]) -> list[dict[str, Any]]:
    """Conflicts as they ride in a result: field, what stands, what was kept beside it."""
    return [{"field": c.field, "ours": c.ours, "theirs": c.theirs} for c in conflicts]


def problems_of(problems: Mapping[str, Any]) -> dict[str, Any]:
    """Form problems as they ride in a result: a word code and the sentence in both languages, by field."""
    return {name: {"code": p.code, "id": p.text.id, "en": p.text.en} for name, p in problems.items()}


def _same_side(left: Conflict, right: Conflict) -> bool:
    return left.field == right.field and left.theirs == right.theirs


def _invalid(names: list[str], code: str, indonesian: str, english: str) -> Refusal:
    problems = {name: {"code": code, "id": indonesian, "en": english} for name in names}
    return refuse("invalid", "Ada isian yang harus diperbaiki.", "Some fields need to be corrected.", problems=problems)
