"""The files of a case: who may bring or take away which, and what comes of it. Bytes are not looked at here."""

from collections import Counter
from collections.abc import Collection, Sequence

from msgspec.structs import replace

from schemas.catalogue.model import DRAFT, OWNER, Action, Service
from schemas.documents import fault, missing, wanted
from schemas.form_problems import Problem
from schemas.record import Attachment
from schemas.text import Text
from server.domain.actor import Actor
from server.domain.case import Case
from server.domain.outcome import Context
from server.domain.workflow import Refusal, refuse
from sync.messages import Attach, Bytes, Edit

MAX_FILES = 300
"""Most files on one case, so that its record stays a line that travels."""


def with_applicants(change: Edit, case: Case, service: Service, actor: Actor, context: Context) -> Case | Refusal:
    """The case with the applicant's files as changed; a draft's, or those that a correction marked.

    Whether the case is theirs and open for changes is `server.domain.editing.may_type`'s to say.
    """
    if not change.attach and not change.detach:
        return case
    open_to = _open_to_applicant(case, service)
    taken_away = [a for a in case.attachments if a.id in set(change.detach)]
    known = {document.code for document in service.documents if document.form is None}
    if refusal := _unknown([*(a.document for a in change.attach), *(a.document for a in taken_away)], known, open_to):
        return refusal
    gone = {attachment.id for attachment in taken_away}
    rest = tuple(a for a in case.attachments if a.id not in gone)
    return _with(change.attach, replace(case, attachments=rest), service, actor, context, role=OWNER)


def with_forms(
    files: Sequence[Attach], action: Action, case: Case, service: Service, actor: Actor, context: Context, role: str
) -> Case | Refusal:
    """The case with the files that came with an action's form."""
    if not files:
        return case
    known = {document.code for document in service.documents if action.form and document.form == action.form}
    if refusal := _unknown([file.document for file in files], known, known):
        return refusal
    return _with(files, case, service, actor, context, role=role, action=action.code)


def late(files: Sequence[Attach], action: str, case: Case, actor: Actor, context: Context) -> tuple[Attachment, ...]:
    """What came with an action that was too late, as it stands on the case beside the evidence."""
    room = max(0, MAX_FILES - len(case.attachments))
    held = {attachment.id for attachment in case.attachments}
    fresh = [file for file in files if file.id not in held][:room]
    return tuple(_attachment(file, actor, context, role="", action=action, late=True) for file in fresh)


def of_applicant(case: Case) -> list[Attachment]:
    """The applicant's own files. What an officer brought, late or not, stands for none of them, however it is called:
    nothing of the applicant's waits for it, and it fills no gap."""
    return [attachment for attachment in case.attachments if not attachment.action]


def arrived(case: Case, found: Bytes, context: Context) -> Case:
    """The case, now that these bytes are at the server; the same one where nothing waited for them. An entry that
    names their hash and says something else of them goes on waiting: it is another file's promise."""
    return replace(
        case,
        attachments=tuple(
            replace(a, arrived=context.stamp)
            if a.arrived is None and (a.sha256, a.size, a.type) == (found.sha256, found.size, found.type)
            else a
            for a in case.attachments
        ),
    )


def _open_to_applicant(case: Case, service: Service) -> set[str]:
    """The documents that may be changed now. A correction is of what was marked, and of what is required and is not
    there: a mended answer may be what makes it wanted."""
    if case.stage == DRAFT:
        return {document.code for document in service.documents}
    marked = {item.document for item in case.correction.items if item.document} if case.correction else set()
    return marked | set(missing(wanted(service, case.fields), of_applicant(case)))


def _unknown(codes: Sequence[str], known: Collection[str], open_to: Collection[str]) -> Refusal | None:
    if strange := sorted(set(codes) - set(known)):
        return refuse(
            "unknown_document",
            "Dokumen ini tidak diminta di sini. Perbarui aplikasi, lalu coba lagi.",
            "This document is not asked for here. Update the app, then try again.",
            documents=strange,
        )
    if beyond := sorted(set(codes) - set(open_to)):
        return refuse(
            "not_marked",
            "Hanya dokumen yang ditandai petugas yang bisa diperbaiki.",
            "Only the documents that were marked can be corrected.",
            documents=beyond,
        )
    return None


def _with(
    files: Sequence[Attach],
    case: Case,
    service: Service,
    actor: Actor,
    context: Context,
    *,
    role: str,
    action: str = "",
) -> Case | Refusal:
    there = list(case.attachments)
    # Each of an officer's forms has a number of its own: nobody could take away what an earlier one brought.
    counts = Counter() if action else Counter(a.document for a in of_applicant(case))
    problems: dict[str, Problem] = {}
    for file in files:
        before = next((a for a in there if a.id == file.id), None)
        if before is not None and before.sha256 == file.sha256:
            continue  # it was heard before, in another command
        count = 1 + counts[file.document]
        found = _ID_TAKEN if before else fault(service.document(file.document), file.type, file.size, count)
        if found is None and len(there) >= MAX_FILES:
            found = _CASE_FULL
        if found is not None:
            problems[file.id] = found
            continue
        counts[file.document] += 1
        there.append(_attachment(file, actor, context, role=role, action=action))
    if problems:
        return refuse(
            "invalid_file",
            "Ada berkas yang tidak bisa diterima.",
            "Some files cannot be taken.",
            problems={id_: {"code": p.code, "id": p.text.id, "en": p.text.en} for id_, p in problems.items()},
        )
    return replace(case, attachments=tuple(there))


def _attachment(
    file: Attach, actor: Actor, context: Context, *, role: str, action: str, late: bool = False
) -> Attachment:
    return Attachment(
        id=file.id,
        document=file.document,
        sha256=file.sha256,
        size=file.size,
        type=file.type,
        name=file.name,
        taken=file.taken,
        place=file.place,
        accuracy=file.accuracy,
        added=context.stamp,
        by=actor.person,
        role=role,
        action=action,
        late=late,
    )


_ID_TAKEN = Problem(
    "id_taken", Text("Tambahkan berkas ini sekali lagi sebagai berkas baru.", "Add this file once more, as a new one.")
)
_CASE_FULL = Problem(
    "too_many", Text(f"Satu berkas perkara memuat paling banyak {MAX_FILES} foto.", f"At most {MAX_FILES} on a case.")
)
