"""Files on a case, as a person at this device puts and takes them: bytes first, then the command that names them."""

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, tzinfo
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import msgspec

from client import documents, typed
from client.files.keeping import Kept, keep
from client.files.refusals import FileRefused, documents_missing
from client.half_typed import hold
from client.refusals import UnknownDocument
from client.store import Store
from client.view import LocalCase
from schemas.catalogue.model import Action, City, Document, Service
from schemas.documents import fault
from schemas.text import Text
from sync.decoding import convert
from sync.errors import Forbidden, NotFound
from sync.messages import Attach

MORE = 3
"""Times that bytes are written again because a sweep took them between their writing and their row."""


class Cabinet:
    """Keeps files and names them in commands. `picture` gives a case as it is now; `may_edit` whether the person may
    change it."""

    def __init__(
        self,
        store: Store,
        city: City,
        picture: Callable[[str], LocalCase],
        may_edit: Callable[[LocalCase], bool],
    ) -> None:
        self.store = store
        self.city = city
        self._picture = picture
        self._may_edit = may_edit

    @property
    def zone(self) -> tzinfo:
        """Where a camera that does not say its own is taken to be."""
        try:
            return ZoneInfo(self.city.timezone)
        except ZoneInfoNotFoundError:
            return UTC

    def attach(self, case_id: str, code: str, path: Path) -> str:
        """Attach a file to one of the applicant's documents; the attachment's id. The same bytes once more are the same
        attachment, and one that the server had refused goes again."""
        case = self._open(case_id, code)
        document = documents.document_of(case, code)
        kept = keep(self.store, path, document, self.zone)
        if (known := self._same(case, code, kept)) is not None:
            self._commit(case_id, known, path, document, lambda: self.store.files.again(known.id))
            return known.id
        documents.refuse_count(document, kept.type, kept.size, case.files)
        attach = kept.attach(self.store.new_id(), code)

        def name_it() -> None:
            now = self._open(case_id, code)
            typed.put(self.store, now, "case.edit", {}, {}, [msgspec.to_builtins(attach)])

        self._commit(case_id, attach, path, document, name_it)
        return attach.id

    def attach_kept(self, case_id: str, code: str, kept: Kept, service: Service | None = None) -> str:
        """The same with a file whose bytes were kept before. With a `service`, the case begins with it, as a draft.
        `NoSuchFile` where the bytes are gone meanwhile."""
        attach = kept.attach(self.store.new_id(), code)
        with self.store.transaction():
            if service is not None:
                self.refuse(documents.applicants(service, code), [], attach)
                hold(self.store, case_id, attach)
                data = {"service": service.code, "attach": [msgspec.to_builtins(attach)]}
                self.store.outbox.add("case.edit", case_id, data, self.store.stamp(), 0)
                return attach.id
            case = self._open(case_id, code)
            if (known := self._same(case, code, kept)) is not None:
                hold(self.store, case_id, known)
                self.store.files.again(known.id)
                return known.id
            self.refuse(documents.document_of(case, code), [file.document for file in case.files], attach)
            hold(self.store, case_id, attach)
            typed.put(self.store, case, "case.edit", {}, {}, [msgspec.to_builtins(attach)])
        return attach.id

    def refuse_for(self, case: LocalCase, action: Action, attached: Sequence[Attach]) -> None:
        """`UnknownDocument`, `FileRefused` where one of these files, kept before, cannot come with the action."""
        for place, attach in enumerate(attached):
            document = self.of_form(case, action, attach.document)
            self.refuse(document, [one.document for one in attached[:place]], attach)

    def refuse(self, document: Document, before: Sequence[str], attach: Attach) -> None:
        """`FileRefused` where it cannot be one of that document's. `before`: the documents of the files there."""
        problem = fault(document, attach.type, attach.size, 1 + sum(code == document.code for code in before))
        if problem is not None:
            raise FileRefused("invalid_file", problem.text, problems={attach.id: problem})

    def detach(self, case_id: str, attachment: str) -> None:
        """Take a file of the applicant's documents away again. Its bytes stay for a while, as what was typed does."""
        case = self._picture(case_id)
        found = next((file for file in case.files if file.id == attachment), None)
        if found is None:
            raise NotFound(
                "there is no such file on this case",
                text=Text("Tidak ada lampiran itu di berkas ini.", "There is no such file on this case."),
            )
        if found.attachment.action or found.attachment.late:
            raise Forbidden(
                "what came with an action stays on the case",
                text=Text(
                    "Lampiran dari sebuah tindakan tetap di berkas.", "What came with an action stays on the case."
                ),
            )
        case = self._open(case_id, found.document)
        with self.store.transaction():
            typed.put(self.store, self._picture(case_id), "case.edit", {}, {}, (), [attachment])

    def keep_for(self, case_id: str, action: Action, code: str, path: Path) -> dict[str, Any]:
        """Keep a file for an action that is still being typed; the manifest's entry, for `Desk.act`."""
        case = self._picture(case_id)
        document = self.of_form(case, action, code)
        kept = keep(self.store, path, document, self.zone)
        attach = kept.attach(self.store.new_id(), code)
        self._commit(case_id, attach, path, document, lambda: None)
        entry: dict[str, Any] = msgspec.to_builtins(attach)
        return entry

    def for_act(
        self, case: LocalCase, action: Action, form: Mapping[str, Any], files: Mapping[str, Sequence[Path]],
        kept: Sequence[dict[str, Any]],
    ) -> list[dict[str, Any]]:  # fmt: skip
        """The manifest of an action: what was kept for it before, and these. `DocumentsMissing`, `FileRefused`."""
        made = [convert(entry, Attach) for entry in kept]
        for n, attach in enumerate(made):
            documents.refuse_count(self.of_form(case, action, attach.document), attach.type, attach.size, made[:n])
            self._keep_on(case.id, attach)
        coming = [_Coming(code) for code, paths in files.items() for _ in paths]
        if lacking := documents.lacking_by(case, action, form, [*made, *coming], self.city):
            raise documents_missing(lacking, case.service)
        for code, paths in files.items():
            document = self.of_form(case, action, code)
            for path in paths:
                one = keep(self.store, path, document, self.zone)
                if any(each.document == code and each.sha256 == one.sha256 for each in made):
                    continue
                documents.refuse_count(document, one.type, one.size, made)
                attach = one.attach(self.store.new_id(), code)
                self._commit(case.id, attach, path, document, lambda: None)
                made.append(attach)
        return [msgspec.to_builtins(attach) for attach in made]

    def here(self, entry: Mapping[str, Any]) -> bool:
        """Whether the bytes of a manifest's entry are still on this device."""
        return self.store.files.held(entry["sha256"]) and self.store.blobs.has(entry["sha256"])

    def _keep_on(self, case: str, attach: Attach) -> None:
        """What was kept for an interview may have been let go of since: then no command names it."""
        try:
            with self.store.transaction():
                self._hold(case, attach)
        except FileNotFoundError:
            raise FileRefused("lost", name=attach.name) from None

    def _commit(self, case: str, attach: Attach, path: Path, document: Document, name_it: Callable[[], None]) -> None:
        """Row and command in one transaction, with the bytes on the disk before it."""
        for _ in range(MORE):
            try:
                with self.store.transaction():
                    self._hold(case, attach)
                    name_it()
                return
            except FileNotFoundError:
                keep(self.store, path, document, self.zone)
        raise FileNotFoundError(attach.sha256)

    def _hold(self, case: str, attach: Attach) -> None:
        self.store.files.know(attach.sha256, attach.size, attach.type)
        self.store.files.queue(case, attach, self.store.stamp())

    def _open(self, case_id: str, code: str) -> LocalCase:
        """The case, if this document of it can be changed now."""
        case = self._picture(case_id)
        documents.document_of(case, code)
        if not self._may_edit(case):
            raise Forbidden(
                "the case is being worked on, so its documents cannot be changed now",
                text=Text(
                    "Berkas sedang diproses, jadi dokumennya tidak bisa diubah sekarang.",
                    "The case is being worked on, so its documents cannot be changed now.",
                ),
            )
        documents.refuse_change(case, self.city, code)
        return case

    def _same(self, case: LocalCase, code: str, kept: Kept) -> Attach | None:
        for file in case.files:
            one = file.attachment
            if (one.document, one.sha256) == (code, kept.sha256):
                return Attach(one.id, code, one.sha256, one.size, one.type, one.name)
        return None

    def of_form(self, case: LocalCase, action: Action, code: str) -> Document:
        """The document of that code which comes with the action. `NotFound` with the codes there are."""
        there = [d for d in case.service.documents if action.form is not None and d.form == action.form]
        found = next((d for d in there if d.code == code), None)
        if found is None:
            known = ", ".join(d.code for d in there) or "–"
            raise UnknownDocument(
                f"{action.code} asks for no document “{code}”; it asks for: {known}",
                documents=[code],
                text=Text(
                    f"{action.label.id} tidak meminta dokumen “{code}”. Yang diminta: {known}.",
                    f"{action.label.en} asks for no document “{code}”. It asks for: {known}.",
                ),
            )
        return found


class _Coming:
    """A file that will be there once it was kept."""

    def __init__(self, document: str) -> None:
        self.document = document
