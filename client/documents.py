"""Which documents a case wants and which can be changed now, as far as a device can tell; the server decides.

Pure: the same questions as `schemas.documents` answers, asked of a case as this device shows it.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from client.files.refusals import FileRefused, missing_problem
from client.refusals import NotMarked, UnknownDocument
from client.view import LocalCase
from schemas.catalogue.model import DRAFT, Action, City, Document, Service
from schemas.documents import Attached, fault, missing, of_form, unarrived, wanted
from schemas.forms import Problem, check_form
from schemas.text import Text


def asked(case: LocalCase, city: City) -> tuple[Document, ...]:
    """The applicant's documents, as the answers are now."""
    clean, _ = check_form(city, case.service, case.service.fields, case.fields, partial=True)
    return wanted(case.service, clean)


def lacking(case: LocalCase, city: City) -> tuple[str, ...]:
    """Codes of the required ones that have no file."""
    return missing(asked(case, city), case.files)


def problems(case: LocalCase, city: City) -> dict[str, Problem]:
    """The same as problems, by document."""
    return {code: missing_problem(code, case.service) for code in lacking(case, city)}


def asked_by(case: LocalCase, action: Action, form: Mapping[str, Any], city: City) -> tuple[Document, ...]:
    """The documents that come with an action's form, given its answers."""
    if action.form is None:
        return ()
    clean, _ = check_form(city, case.service, case.service.form(action.form).fields, form, partial=True)
    return of_form(case.service, action.form, clean)


def lacking_by(
    case: LocalCase, action: Action, form: Mapping[str, Any], files: Sequence[Attached], city: City
) -> tuple[str, ...]:
    """Codes of the required documents of an action's form that are not among these files."""
    return missing(asked_by(case, action, form, city), files)


def awaited(case: LocalCase, action: Action, city: City) -> tuple[str, ...]:
    """Codes of the required ones whose bytes an action must wait for."""
    return unarrived(asked(case, city), case.files) if action.waits_for_documents else ()


def marked(case: LocalCase, city: City) -> set[str] | None:
    """The documents that a correction allows to change: those it names, and what is required and is not there, since a
    mended answer may be what makes it wanted. None where all of them can be."""
    correction = case.record.correction if case.record else None
    if case.record is None or case.record.stage == DRAFT or correction is None:
        return None
    there = {attachment.id for attachment in case.record.attachments}
    # What was added here for a document that lacked one may be taken away again.
    added = {file.document for file in case.files if file.id not in there}
    return {item.document for item in correction.items if item.document} | set(lacking(case, city)) | added


def document_of(case: LocalCase, code: str) -> Document:
    """The applicant's document of that code. `UnknownDocument` with the codes there are."""
    return applicants(case.service, code)


def applicants(service: Service, code: str) -> Document:
    """The same of a service."""
    found = next((d for d in service.documents if d.code == code and d.form is None), None)
    if found is None:
        known = ", ".join(d.code for d in service.documents if d.form is None) or "–"
        raise UnknownDocument(
            f"{service.code} asks for no document “{code}”; it asks for: {known}",
            documents=[code],
            text=Text(
                f"{service.code} tidak meminta dokumen “{code}”. Yang diminta: {known}.",
                f"{service.code} asks for no document “{code}”. It asks for: {known}.",
            ),
        )
    return found


def refuse_change(case: LocalCase, city: City, code: str) -> None:
    """`Forbidden` where a correction does not ask for that document."""
    allowed = marked(case, city)
    if allowed is None or code in allowed:
        return
    label = case.service.document(code).label
    raise NotMarked(
        f"only what was marked can be corrected, not {code}",
        documents=[code],
        text=Text(
            f"Hanya dokumen yang ditandai petugas yang bisa diganti, bukan {label.id}.",
            f"Only the documents that were marked can be changed, not {label.en}.",
        ),
    )


def refuse_count(document: Document, media: str, size: int, files: Sequence[Attached]) -> None:
    """`FileRefused` where this one would be one too many."""
    count = 1 + sum(file.document == document.code for file in files)
    if (problem := fault(document, media, size, count)) is not None:
        raise FileRefused(problem.code, problem.text)
