"""A case as it goes out: which scopes it reaches, and its record line for each of the two audiences.

The line is made once, when the case changes, and stored; a pull only concatenates. The office's line leaves out
what the office may not know (a reporter who asked to stay anonymous to it), the owner's what is internal to it.
"""

from typing import Any

import msgspec
from msgspec.structs import replace

from schemas.catalogue.model import DRAFT, OWNER, Service
from schemas.record import CaseBody, CaseRecord
from server.domain.actor import PERSON, office_scope, person_scope
from server.domain.case import Case

_encoder = msgspec.json.Encoder()


def scopes_of(case: Case, service: Service) -> tuple[str, ...]:
    """Every scope that the case is in: its owner's; once submitted, the service's office and the one it was
    routed to, each whole and by district; never the office complained about. Sorted, so that equal sets are equal."""
    scopes = {person_scope(case.owner)} if case.owner else set()
    if case.stage != DRAFT:
        accused = service.routes.accused(case.fields) if service.routes else None
        for office in {service.office, case.office} - {accused}:
            scopes.add(office_scope(office))
            if case.district:
                scopes.add(office_scope(office, case.district))
    return tuple(sorted(scopes))


def due_of(case: Case) -> str | None:
    """The date that matters next: the earliest due date of what runs."""
    return min((ledger.due.isoformat() for ledger in case.limits if ledger.state == "running"), default=None)


def record_lines(case: Case, service: Service, scopes: tuple[str, ...]) -> tuple[bytes, bytes | None]:
    """The office's line, and the owner's where it differs (None: the same line serves both)."""
    record = _record(case, service, scopes)
    office, own = record, record
    if _anonymous_to_office(case, service):
        office = _without_reporter(record, service)
    if internal := {field.name for field in service.fields if field.internal}:
        own = replace(own, fields=_less(case.fields, internal))
    if hidden := _internal_answers(case, service):
        own = replace(
            own,
            forms={action: _less(form, hidden.get(action, set())) for action, form in case.forms.items()},
            evidence=tuple(replace(e, form=_less(e.form, hidden.get(e.action, set()))) for e in case.evidence),
        )
    office_line = _encoder.encode(office)
    return office_line, None if own is office else _encoder.encode(own)


def _record(case: Case, service: Service, scopes: tuple[str, ...]) -> CaseRecord:
    return CaseRecord(
        v=case.version,
        scopes=scopes,
        title=service.title_of(case.fields)[:200],
        due=due_of(case),
        **{name: getattr(case, name) for name in CaseBody.__struct_fields__},
    )


def _anonymous_to_office(case: Case, service: Service) -> bool:
    return service.anonymous_field is not None and case.fields.get(service.anonymous_field) == "office"


def _without_reporter(record: CaseRecord, service: Service) -> CaseRecord:
    """The same case without anything that tells who filed it."""
    personal = {field.name for field in service.fields if field.personal}
    return replace(
        record,
        fields=_less(record.fields, personal),
        owner="",
        code=None,
        scopes=tuple(scope for scope in record.scopes if not scope.startswith(PERSON)),
        conflicts=(),  # the reporter's own to choose between, and made of the reporter's words
        steps=tuple(replace(step, by="", name="") if step.role == OWNER else step for step in record.steps),
        # A file's name is often its owner's, and where a picture was taken may be their home.
        attachments=tuple(
            replace(a, by="", name="", place=None, accuracy=None) if a.role == OWNER else a for a in record.attachments
        ),
    )


def _internal_answers(case: Case, service: Service) -> dict[str, set[str]]:
    """By action whose answers stand on this case, be it as late evidence: those that are not for the applicant."""
    found: dict[str, set[str]] = {}
    answered = case.forms.keys() | {evidence.action for evidence in case.evidence}
    for action in service.actions:
        if action.form and action.code in answered:
            found[action.code] = {field.name for field in service.form(action.form).fields if field.internal}
    return {action: names for action, names in found.items() if names}


def _less(values: dict[str, Any], names: set[str]) -> dict[str, Any]:
    return {name: value for name, value in values.items() if name not in names}
