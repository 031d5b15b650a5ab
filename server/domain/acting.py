"""`case.act`: a named action of the service's workflow, from its preconditions to the limits it starts and ends."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

from msgspec.structs import replace

from schemas.catalogue.model import DRAFT, OWNER, Action, Service
from schemas.documents import counted, missing, of_form, unarrived, wanted
from schemas.forms import check_form
from schemas.record import Correction, Defect, Evidence, Step
from server.domain.actor import Actor
from server.domain.attaching import late, of_applicant, with_applicants, with_forms
from server.domain.case import Case
from server.domain.clocks import advance
from server.domain.editing import bump, may_type, problems_of, sides, with_patch
from server.domain.outcome import Context, Outcome, applied, merged, rejected
from server.domain.workflow import Refusal, precondition, refuse, role_for
from sync.merge import merge
from sync.messages import Act, CorrectionItem

WORTH_NOTING = 300
"""Seconds of clock skew from which a device's claim is shown beside the server's time."""


def act(claimed: str, deed: Act, case: Case, service: Service, actor: Actor, context: Context) -> Outcome:
    """Do the action, or say why not. What a late action carried stays on the case as evidence."""
    try:
        action = service.action(deed.action)
    except KeyError:
        return rejected(refuse("unknown_action", "Tindakan tidak dikenal.", "There is no such action."))
    if (refusal := precondition(service, action, case, actor)) is not None:
        late = refusal.code == "wrong_stage" and case.stage != DRAFT and actor.is_staff()
        return rejected(refusal, _with_evidence(case, deed, actor, claimed, context) if late else None)
    if action.waits_for_documents and (waiting := unarrived(wanted(service, case.fields), of_applicant(case))):
        return rejected(_waiting(waiting, case, service))
    sends = action.effect in {"submit", "resubmit"}
    if deed.set or (sends and (deed.attach or deed.detach)):
        patched = _patched(claimed, deed, case, service, actor, context)
        if isinstance(patched, Outcome):
            return patched
        case = patched
    answers = _answers(deed, action, case, service, context)
    if isinstance(answers, Refusal):
        return rejected(answers)
    if not sends:
        role = role_for(service, action, case, actor) or ""
        filed = with_forms(deed.attach, action, case, service, actor, context, role)
        if isinstance(filed, Refusal):
            return rejected(filed)
        case = filed
    moved = _moved(case, action, deed, answers.form, service, actor, claimed, context)
    return applied(_with_effect(moved, action, deed, answers, service, actor, context))


def _patched(claimed: str, deed: Act, case: Case, service: Service, actor: Actor, context: Context) -> Case | Outcome:
    """The case with the fields and files that came along. Where fields disagree, the case does not move:
    what was sent was not what would be decided on."""
    if (refusal := may_type(deed, case, service, actor)) is not None:
        return rejected(refusal)
    result = merge(case.fields, deed.set, deed.was)
    filed = with_applicants(deed, case, service, actor, context)
    if isinstance(filed, Refusal):
        return rejected(filed)
    patched = with_patch(filed, result, actor, claimed, context)
    if result.disagreements:
        return merged(bump(patched), "choose_first", conflicts=sides(patched.conflicts))
    return patched


@dataclass(frozen=True)
class Answers:
    """What an action carries, clean: the answers to its own form, and the case's fields."""

    form: dict[str, Any]
    fields: dict[str, Any]


def _answers(deed: Act, action: Action, case: Case, service: Service, context: Context) -> Answers | Refusal:
    """What the action carries, cleaned; or what is wrong with anything it needs."""
    problems: dict[str, Any] = {}
    form: dict[str, Any] = {}
    fields = case.fields
    if action.form:
        form, found = check_form(context.city, service, service.form(action.form).fields, deed.form, partial=False)
        problems |= found
    elif deed.form:
        return refuse("no_form", "Tindakan ini tidak meminta isian.", "This action asks for no form.")
    if action.effect in {"submit", "resubmit"}:
        if case.conflicts:
            return refuse(
                "choose_first",
                "Pilih dulu isian yang berbeda.",
                "First choose between the fields that differ.",
                conflicts=sides(case.conflicts),
            )
        fields, found = check_form(context.city, service, service.fields, case.fields, partial=False)
        problems |= found
    if problems:
        return refuse(
            "invalid",
            "Ada isian yang harus diperbaiki.",
            "Some fields need to be corrected.",
            problems=problems_of(problems),
        )
    if lacking := _lacking(deed, action, case, service, form, fields):
        return refuse(
            "documents_missing",
            f"Belum ada: {_names(lacking, service, 'id')}.",
            f"Still missing: {_names(lacking, service, 'en')}.",
            documents=list(lacking),
        )
    if action.note == "required" and not (deed.note or "").strip():
        return refuse("note_required", "Tuliskan alasannya.", "Write down the reason.")
    wrong = _wrong_items(deed.items, service) if action.effect == "correction" else None
    return wrong or Answers(form, fields)


def _lacking(
    deed: Act, action: Action, case: Case, service: Service, form: dict[str, Any], fields: dict[str, Any]
) -> tuple[str, ...]:
    """Required documents of what is sent that have no file; whether the bytes are here already does not matter."""
    if action.effect in {"submit", "resubmit"}:
        return missing(wanted(service, fields), of_applicant(case))
    return missing(of_form(service, action.form, form), deed.attach)


def _waiting(codes: Sequence[str], case: Case, service: Service) -> Refusal:
    there, all_ = counted(a for a in of_applicant(case) if a.document in codes)
    return refuse(
        "documents_waiting",
        f"Menunggu berkas yang masih di perangkat pengirim ({there} dari {all_} sudah sampai):"
        f" {_names(codes, service, 'id')}.",
        f"Waiting for files that are still on the sender's device ({there} of {all_} arrived):"
        f" {_names(codes, service, 'en')}.",
        documents=list(codes),
    )


def _names(codes: Sequence[str], service: Service, language: Literal["id", "en"]) -> str:
    return ", ".join(getattr(service.document(code).label, language) for code in codes)


def _wrong_items(items: Sequence[CorrectionItem], service: Service) -> Refusal | None:
    if not items or not all(item.reason.strip() for item in items):
        return refuse(
            "items_required",
            "Sebutkan semua isian atau dokumen yang harus diperbaiki, masing-masing dengan alasannya.",
            "List every field or document that is to be corrected, each with a reason.",
        )
    fields = {field.name for field in service.fields}
    documents = {document.code for document in service.documents}
    for item in items:
        named = [item.field in fields, item.document in documents]
        if sum(named) != 1 or (item.field is None) == (item.document is None):
            return refuse(
                "unknown_item",
                "Isian atau dokumen yang ditandai tidak dikenal.",
                "A marked field or document does not exist.",
                field=item.field,
                document=item.document,
            )
    return None


def _with_effect(
    case: Case, action: Action, deed: Act, answers: Answers, service: Service, actor: Actor, context: Context
) -> Case:
    if action.effect == "submit":
        clean = answers.fields
        return replace(
            case,
            fields=clean,
            rule=service.version,
            received=context.stamp,
            code=context.tracking_code(),
            district=_district(clean, service, context),
            office=_home(clean, service),
            # Filed at the counter for someone without an account: it belongs to nobody's device, and the front
            # desk stands in for the applicant (see Actor.owns).
            owner=case.owner if "citizen" in actor.roles else "",
        )
    if action.effect == "resubmit":
        clean = answers.fields
        mended = replace(case.correction, mended=context.stamp) if case.correction else None
        return replace(case, fields=clean, correction=mended, district=_district(clean, service, context))
    if action.effect == "correction":
        items = tuple(Defect(i.reason, i.field, i.document) for i in deed.items)
        rounds = case.correction.round + 1 if case.correction else 1
        return replace(case, correction=Correction(rounds, context.stamp, items))
    if action.effect == "route":
        office = _office(case, answers.form, service)
        # What was chosen may not be where it went; the case says where it did.
        form = {"office": office} if answers.form.get("office") else {}
        forms = case.forms | {action.code: answers.form | form} if answers.form else case.forms
        return replace(case, office=office, forms=forms)
    if action.effect == "link":
        return replace(case, links=(*case.links, str(answers.form["case"])))
    return case


def _district(fields: dict[str, Any], service: Service, context: Context) -> str | None:
    area = fields.get(service.district_field) if service.district_field else None
    return context.city.district_of(area) if isinstance(area, str) else None


def _office(case: Case, form: dict[str, Any], service: Service) -> str:
    """Where a case goes: as chosen, else by the service's table; never to the office complained about."""
    routes = service.routes
    chosen = form.get("office")
    if routes is None:
        return str(chosen or case.office)
    accused = routes.accused(case.fields)
    # Where the office of last resort is itself the accused, the next one takes it.
    wanted = (chosen, routes.instead) if chosen else ()
    offices = (*wanted, routes.office(case.fields), service.office)
    return next((str(office) for office in offices if office and office != accused), case.office)


def _home(fields: dict[str, Any], service: Service) -> str:
    """The office that a new case lies with: the service's own, unless that is the one complained about."""
    routes = service.routes
    accused = routes.accused(fields) if routes else None
    return routes.instead if routes and routes.instead and accused == service.office else service.office


def _moved(
    case: Case,
    action: Action,
    deed: Act,
    form: dict[str, Any],
    service: Service,
    actor: Actor,
    claimed: str,
    context: Context,
) -> Case:
    before, after = case.stage, action.to or case.stage
    role = role_for(service, action, case, actor)
    assert role is not None, "the precondition has looked at the role"
    skew = actor.skew if actor.skew is not None and abs(actor.skew) >= WORTH_NOTING else None
    step = Step(
        action.code, after, context.stamp, actor.person, role, actor.name, deed.note or None, claimed or None, skew
    )
    limits = advance(
        case.limits,
        service,
        (action.code, before, after),
        context.now,
        context.calendar,
        why=action.label,
        by=role,
    )
    forms = case.forms | {action.code: form} if form else case.forms
    # Whoever works on a case has opened it, whether or not their device said so first.
    seen = actor.is_staff() and role != OWNER and action.effect != "submit"
    opened = case.opened or (context.stamp if seen else None)
    return bump(replace(case, stage=after, steps=(*case.steps, step), limits=limits, forms=forms, opened=opened))


def _with_evidence(case: Case, deed: Act, actor: Actor, claimed: str, context: Context) -> Case | None:
    files = late(deed.attach, deed.action, case, actor, context)
    if not deed.form and not deed.note and not files:
        return None
    piece = Evidence(deed.action, actor.person, context.stamp, actor.name, claimed or None, deed.form, deed.note)
    return bump(replace(case, evidence=(*case.evidence, piece), attachments=(*case.attachments, *files)))
