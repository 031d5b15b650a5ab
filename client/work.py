"""What a person does on a device, as commands in the outbox. Works with no network; nothing here waits for one.

Each function is one transaction: when it returns, what was typed is on disk.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any
from uuid import uuid4

import msgspec

from client import documents, typed
from client.account import begin_as_guest
from client.attaching import Cabinet
from client.files.keeping import Kept
from client.files.refusals import documents_missing
from client.half_typed import half_typed_files, hold, keep_half_typed
from client.possible import Possible
from client.refusals import (
    ChooseFirst,
    ItemsRequired,
    NoSuchCase,
    NoSuchService,
    NoteRequired,
    NothingToChoose,
    NotMarked,
)
from client.store import Store
from client.store.outbox import Entry
from client.view import LocalCase, is_submit, local_case
from schemas.catalogue.model import DRAFT, City, Service
from schemas.form_problems import UNKNOWN_FIELD
from schemas.record import Attachment, CaseRecord
from schemas.text import Text
from sync.decoding import convert, decoder
from sync.errors import Forbidden, Invalid, TenggatError
from sync.messages import Attach
from sync.outbox import Frozen, State

_record = decoder(CaseRecord)


class NoCatalogue(TenggatError):
    """The device has never spoken with a server, so it does not know what can be asked for."""

    code = "no_catalogue"


class Desk:
    """What the person at this device can do."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self._city: tuple[str, City] | None = None

    @property
    def city(self) -> City:
        """The catalogue held. `NoCatalogue` where this device never synced."""
        version = self.store.meta.get("catalogue")
        if version is None:
            raise NoCatalogue("this device has no catalogue yet; sync once while there is a network")
        if self._city is None or self._city[0] != version:
            self._city = version, City.from_json(self.store.meta.get("catalogue_json"))
        return self._city[1]

    @property
    def files(self) -> Cabinet:
        return Cabinet(self.store, self.city, self.case, self.possible.may_edit)

    @property
    def person(self) -> str | None:
        found = self.store.meta.get("person") or {}
        return found.get("id")

    @property
    def possible(self) -> Possible:
        """What this person may do, as far as this device can tell."""
        found = self.store.meta.get("person") or {}
        return Possible(self.city, found.get("id"), frozenset(found.get("roles", ["citizen"])))

    def case(self, case_id: str) -> LocalCase:
        """The picture of a case. `NotFound` where this device has nothing of it."""
        found = self._find(case_id)
        if found is None:
            raise NoSuchCase
        return found

    def knows(self, case_id: str) -> bool:
        """Whether there is a picture of it."""
        return self._find(case_id) is not None

    def attachments(self, case_id: str) -> list[Attachment]:
        """The case's manifest with all that was attached here, be it only in a form that is half typed."""
        line = self.store.records.line(case_id)
        found = {one.id: one for one in (_record.decode(line).attachments if line else ())}
        open_ = [e for e in self.store.outbox.entries(case=case_id) if e.state is not State.SETTLED]
        added = [convert(one, Attach) for e in open_ for one in e.data.get("attach", ())]
        for one in [*added, *half_typed_files(self.store, case_id)]:
            found.setdefault(one.id, convert(msgspec.to_builtins(one), Attachment))
        return list(found.values())

    def new(self, service: str, fields: Mapping[str, Any] | None = None, case_id: str | None = None) -> str:
        """Begin a draft; its id. It is on disk, and will be backed up at the next sync."""
        self._check_names(self._service(service), fields or {})
        case_id = case_id or str(uuid4())
        with self.store.transaction():
            data = {"service": service, "set": dict(fields or {})}
            self.store.outbox.add("case.edit", case_id, data, self.store.stamp(), 0)
        return case_id

    def begin(self, case_id: str, service: str | None, fields: Mapping[str, Any]) -> None:
        """Begin a draft under an id that a screen gave it, with the first word that was typed; a device that speaks for
        nobody becomes a guest's. `NoSuchCase` where no service is named, or the case is here and only its service is
        not known."""
        if service is None or self.store.records.line(case_id) is not None:
            raise NoSuchCase
        self._check_names(self._service(service), fields)
        with self.store.transaction():
            begin_as_guest(self.store)
            self.new(service, fields, case_id)

    def edit(self, case_id: str, changes: Mapping[str, Any]) -> LocalCase:
        """Change fields (None empties one) of a draft or of an open correction. Kept as typed, right or wrong."""
        # All in one: else the timer may send meanwhile what waited, and nothing can be typed into that any more.
        with self.store.transaction():
            case = self.case(case_id)
            self._check_names(case.service, changes)
            if not self.possible.may_edit(case):
                raise Forbidden(
                    "the case is being worked on, so its fields cannot be changed now",
                    text=Text(
                        "Berkas sedang diproses, jadi isiannya tidak bisa diubah sekarang.",
                        "The case is being worked on, so its fields cannot be changed now.",
                    ),
                )
            if (marked := self.possible.marked(case)) is not None and (beyond := sorted(set(changes) - marked)):
                names = ", ".join(beyond)
                raise NotMarked(
                    f"only what was marked can be corrected, not {names}",
                    fields=beyond,
                    text=Text(
                        f"Hanya isian yang ditandai petugas yang bisa diperbaiki, bukan {names}.",
                        f"Only the fields that were marked can be corrected, not {names}.",
                    ),
                )
            typed.put(self.store, case, "case.edit", changes, {})
        return self.case(case_id)

    def attach(self, case_id: str, document: str, path: Path) -> str:
        """Put a photo or a document on a draft or an open correction; the attachment's id. Its bytes are on the disk
        when this returns. `FileRefused`, `StorageFull`, `Forbidden`, `NotFound`."""
        return self.files.attach(case_id, document, path)

    def attach_kept(self, case_id: str, document: str, kept: Kept, service: str | None = None) -> str:
        """The same with a file whose bytes were kept before (`client.files.keeping`). A case that is not there yet
        begins as a draft of `service`."""
        if self._find(case_id) is not None:
            return self.files.attach_kept(case_id, document, kept)
        if service is None or self.store.records.line(case_id) is not None:
            raise NoSuchCase
        with self.store.transaction():
            begin_as_guest(self.store)
            return self.files.attach_kept(case_id, document, kept, self._service(service))

    def detach(self, case_id: str, attachment: str) -> LocalCase:
        """Take it away again."""
        self.files.detach(case_id, attachment)
        return self.case(case_id)

    def submit(self, case_id: str) -> LocalCase:
        """Send a draft, or a correction, in. `Invalid` with the problems by field where it is not complete,
        `DocumentsMissing` with those by document."""
        with self.store.transaction():
            case = self.case(case_id)
            action = self.possible.submitting(case)
            if action is None:
                raise Forbidden(
                    "this case was submitted already",
                    text=Text("Berkas ini sudah dikirim.", "This case was submitted already."),
                )
            if unchosen := self.possible.unchosen(case):
                names = ", ".join(unchosen)
                raise ChooseFirst(
                    f"two values were given for {names}; choose one of each first",
                    fields=unchosen,
                    text=Text(
                        f"Ada dua nilai untuk {names}. Pilih dulu salah satu (`tenggat choose`).",
                        f"Two values were given for {names}. Choose one of each first (`tenggat choose`).",
                    ),
                )
            if problems := self.possible.problems(case):
                raise Invalid(
                    "some fields need to be corrected before this can be submitted",
                    problems=problems,
                    text=Text(
                        "Beberapa isian perlu dilengkapi atau diperbaiki sebelum dikirim.",
                        "Some fields need to be completed or corrected before this can be submitted.",
                    ),
                )
            if lacking := documents.lacking(case, self.city):
                raise documents_missing(lacking, case.service)
            typed.put(self.store, case, "case.act", {}, {"action": action.code})
        return self.case(case_id)

    def act(
        self,
        case_id: str,
        action_code: str,
        form: Mapping[str, Any] | None = None,
        note: str | None = None,
        items: Sequence[Mapping[str, str]] = (),
        files: Mapping[str, Sequence[Path]] | None = None,
        kept: Sequence[dict[str, Any]] = (),
    ) -> LocalCase:
        """Do a named action, as far as a device can tell that it is allowed; the server decides. `files` are those of
        the action's form by document, `kept` what `keep_for` gave for it before."""
        case = self.case(case_id)
        action = next((a for a in self.possible.actions(case) if a.code == action_code), None)
        if action is None:
            known = ", ".join(a.code for a in self.possible.actions(case))
            raise Forbidden(
                f"“{action_code}” cannot be done here now; possible: {known or 'none'}",
                text=Text(
                    f"“{action_code}” tidak bisa dilakukan di sini sekarang. Yang bisa: {known or 'tidak ada'}.",
                    f"“{action_code}” cannot be done here now. Possible: {known or 'none'}.",
                ),
            )
        if action.effect in {"submit", "resubmit"}:
            for document, paths in (files or {}).items():
                for path in paths:
                    self.attach(case_id, document, path)
            return self.submit(case_id)
        if problems := self.possible.form_problems(case, action, form or {}):
            raise Invalid(
                "some answers need to be corrected",
                problems=problems,
                text=Text("Beberapa jawaban perlu diperbaiki.", "Some answers need to be corrected."),
            )
        if action.note == "required" and not (note or "").strip():
            raise NoteRequired(
                "a reason is needed (--note)",
                text=Text("Tuliskan alasannya (--note).", "Write down the reason (--note)."),
            )
        if action.effect == "correction" and not (items and all(item.get("reason", "").strip() for item in items)):
            raise ItemsRequired(
                "list every field or document that is to be corrected (--mend)",
                text=Text(
                    "Sebutkan semua isian atau dokumen yang harus diperbaiki (--mend).",
                    "List every field or document that is to be corrected (--mend).",
                ),
            )
        attach = self.files.for_act(case, action, form or {}, files or {}, kept)
        carried = {"form": dict(form or {}), "note": note, "items": list(items), "attach": attach}
        data: dict[str, Any] = {"action": action.code} | {k: v for k, v in carried.items() if v}
        with self.store.transaction():
            self.store.outbox.add("case.act", case_id, data, self.store.stamp(), case.version)
        return self.case(case_id)

    def do(self, case_id: str, act: Mapping[str, Any]) -> LocalCase:
        """The same as a screen has it: `action`, `form`, `note`, `items`, and `attach` with files whose bytes were kept
        before. What was half typed of it is forgotten. `DocumentsWaiting`, `NoSuchFile`, and as `act`."""
        case, code = self.case(case_id), str(act["action"])
        self.possible.refuse_awaited(case, code)
        attached = [convert(one, Attach) for one in act.get("attach") or ()]
        action = next((a for a in self.possible.actions(case) if a.code == code), None)
        if action is not None and action.form is not None:
            self.files.refuse_for(case, action, attached)
        with self.store.transaction():
            for one in attached:
                hold(self.store, case_id, one)
            kept = [msgspec.to_builtins(one) for one in attached]
            done = self.act(case_id, code, act.get("form"), act.get("note"), act.get("items") or (), kept=kept)
            keep_half_typed(self.store, case_id, code, None)
        return done

    def choose(self, case_id: str, name: str, take: str, value: Any = None) -> LocalCase:
        """Of two values of a field, which one stands: `ours` (on the case) or `theirs` (kept beside it). `value`: of
        those that are kept beside it, the one that was shown; the latest where it is not said."""
        case = self.case(case_id)
        if case.record is None or not any(c.field == name for c in case.record.conflicts):
            raise NothingToChoose(
                f"there is nothing to choose in “{name}”",
                text=Text(f"Tidak ada yang perlu dipilih di “{name}”.", f"There is nothing to choose in “{name}”."),
            )
        with self.store.transaction():
            # The value that was shown, because another may have come to the server meanwhile.
            latest = next(c.theirs for c in reversed(case.record.conflicts) if c.field == name)
            shown = latest if value is None else value
            data = {"field": name, "take": take} | ({"value": shown} if take == "theirs" else {})
            self.store.outbox.add("case.choose", case_id, data, self.store.stamp(), case.version)
        return self.case(case_id)

    def opened(self, case: LocalCase) -> None:
        """An officer who can act on the case looked at it: the applicant will be told, once."""
        record = case.record
        if record is None or record.opened or record.stage == DRAFT or record.owner == self.person:
            return
        # Who only may see it is not who was asked to work on it.
        if not self.possible.actions(case) or any(e.kind == "case.open" for e in case.waiting):
            return
        with self.store.transaction():
            self.store.outbox.add("case.open", case.id, {}, self.store.stamp(), case.version)

    def undo(self, entry: Entry) -> None:
        """Take back a command that has not left the device, the latest of its case. `Frozen` where it has."""
        later = [
            e for e in self.store.outbox.entries(case=entry.case) if e.seq > entry.seq and e.instance == entry.instance
        ]
        if any(e.state is State.QUEUED for e in later):
            raise Frozen(
                "undo the later changes of this case first",
                text=Text(
                    "Batalkan dulu perubahan yang lebih baru pada berkas ini.",
                    "Undo the later changes of this case first.",
                ),
            )
        with self.store.transaction():
            case = self._find(entry.case)
            data = typed.typed_data(entry.data)
            if (
                case is None
                or not is_submit(entry, case.service)
                or not any(map(data.get, ("set", "attach", "detach")))
            ):
                self.store.outbox.settle(entry)
                return
            # Sending it in is what is taken back, not what was typed: the same command is an edit again.
            self.store.outbox.amend(entry, "case.edit", data, self.store.stamp())

    def discard(self, case_id: str) -> int:
        """Drop all of a case that has not left this device; how many commands. Their text stays readable."""
        with self.store.transaction():
            queued = self.store.outbox.entries(State.QUEUED, case=case_id)
            for entry in queued:
                self.store.outbox.settle(entry)
        return len(queued)

    def retry(self, entry: Entry) -> int:
        """Send what a refused command carried once more, as a new command; its number."""
        if entry.state is not State.REFUSED:
            raise Frozen(
                "only a refused command can be sent again",
                text=Text(
                    "Hanya kiriman yang ditolak yang bisa dikirim ulang.", "Only what was refused can be sent again."
                ),
            )
        with self.store.transaction():
            self.store.outbox.settle(entry)
            return self.store.outbox.add(entry.kind, entry.case, entry.data, self.store.stamp(), entry.command.base)

    def give_up(self, entry: Entry) -> None:
        """Put a refused command away; its text stays readable."""
        if entry.state is not State.REFUSED:
            raise Frozen(
                "only what was refused can be put away",
                text=Text("Hanya kiriman yang ditolak yang bisa disisihkan.", "Only what was refused can be put away."),
            )
        with self.store.transaction():
            self.store.outbox.settle(entry)

    def _find(self, case_id: str) -> LocalCase | None:
        line = self.store.records.line(case_id)
        entries = self.store.outbox.entries(case=case_id)
        return local_case(case_id, self.city, _record.decode(line) if line else None, entries)

    def _service(self, code: str) -> Service:
        try:
            return self.city.service(code)
        except KeyError:
            known = ", ".join(s.code for s in self.city.services)
            raise NoSuchService(
                f"there is no service “{code}”; there are: {known}",
                text=Text(
                    f"Tidak ada layanan “{code}”. Yang ada: {known}.",
                    f"There is no service “{code}”. There are: {known}.",
                ),
            ) from None

    def _check_names(self, service: Service, values: Mapping[str, Any]) -> None:
        if unknown := sorted(set(values) - {f.name for f in service.fields}):
            names = ", ".join(unknown)
            raise Invalid(
                f"{service.code} has no field {names}",
                problems=dict.fromkeys(unknown, UNKNOWN_FIELD),
                text=Text(f"{service.code} tidak punya isian {names}.", f"{service.code} has no field {names}."),
            )
