"""A case as this device shows it: the server's record, with what was done here laid over it, each told apart.

Pure: the store gives the record and the commands, and gets nothing back but this picture of them.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from client.store.outbox import Entry
from schemas.catalogue.model import DRAFT, City, Service
from schemas.record import Attachment, CaseRecord
from sync.decoding import convert
from sync.outbox import WAITING, State


@dataclass(frozen=True)
class LocalFile:
    """One file of a case. `waiting`: only this device knows of it, since its command was not answered, or refused."""

    attachment: Attachment
    waiting: bool = False

    @property
    def id(self) -> str:
        return self.attachment.id

    @property
    def document(self) -> str:
        return self.attachment.document

    @property
    def arrived(self) -> str | None:
        return self.attachment.arrived


@dataclass(frozen=True)
class LocalCase:
    """`fields` is what to show: what the server has, then what waits here, then what was refused and not yet dealt
    with, since it is still what somebody typed. `expected` leaves the refused out: what the server will have once
    it has heard all that waits. What the server has received counts as its own, also while the record that says so is
    still missing here, because the answer broke off before it."""

    id: str
    service: Service
    record: CaseRecord | None
    stage: str
    fields: dict[str, Any]
    expected: dict[str, Any]
    waiting: tuple[Entry, ...] = ()
    refused: tuple[Entry, ...] = ()
    unsent: frozenset[str] = field(default_factory=frozenset)
    """Fields whose shown value the server does not have yet."""
    files: tuple[LocalFile, ...] = ()
    """In the order they came; those that are to be taken away are left out."""
    received: tuple[Entry, ...] = ()
    """Commands that the server has, and that the record held here does not know of yet."""
    before: str = DRAFT
    """The stage that the server has it in, as far as this device was told."""

    @property
    def number(self) -> str | None:
        numbers = (entry.result.get("number") for entry in self.received if entry.result)
        return (self.record.number if self.record else None) or next((str(n) for n in numbers if n), None)

    @property
    def version(self) -> int:
        return self.record.v if self.record else 0

    @property
    def last(self) -> Entry | None:
        """The latest command about this case that the server has not answered."""
        return self.waiting[-1] if self.waiting else None

    @property
    def moved(self) -> bool:
        """Whether the stage shown is only this device's expectation."""
        return self.stage != self.before


def local_case(case_id: str, city: City, record: CaseRecord | None, entries: Sequence[Entry]) -> LocalCase | None:
    """The picture of one case. None where nothing of it is here, or its service is not in the catalogue held."""
    waiting = tuple(e for e in entries if e.state in WAITING)
    refused = tuple(e for e in entries if e.state is State.REFUSED)
    code = record.service if record else next((s for e in entries if (s := e.data.get("service"))), None)
    try:
        service = city.service(code or "")
    except KeyError:
        return None
    received = tuple(e for e in entries if _version_after(e) > (record.v if record else 0))
    if record is None and not waiting and not refused and not received:
        return None
    fields, stage = (record.fields, record.stage) if record else ({}, DRAFT)
    known, before = lay_over(fields, stage, received, service)
    expected, stage = lay_over(known, before, waiting, service)
    # What waits was typed after what was refused, so it lies on top.
    fields, _ = lay_over(lay_over(known, before, refused, service)[0], before, waiting, service)
    unsent = frozenset(name for name in fields.keys() | known.keys() if fields.get(name) != known.get(name))
    typed = [entry for entry in refused if types(entry, service)]
    files = lay_files(record.attachments if record else (), [*received, *typed, *waiting])
    return LocalCase(
        case_id, service, record, stage, fields, expected, waiting, refused, unsent, files, received, before
    )


def _version_after(entry: Entry) -> int:
    """The version that the case has since the server received this command; 0 where it did not change."""
    version = (entry.result or {}).get("version") if entry.state is State.ACKNOWLEDGED else None
    return version if isinstance(version, int) else 0


def lay_over(
    fields: Mapping[str, Any], stage: str, entries: Sequence[Entry], service: Service
) -> tuple[dict[str, Any], str]:
    """Fields and stage once these commands are applied, as far as a device can tell."""
    shown = dict(fields)
    for entry in entries:
        data = entry.data
        for name, value in data.get("set", {}).items():
            if value is None:
                shown.pop(name, None)
            else:
                shown[name] = value
        if entry.kind == "case.act":
            action = next((a for a in service.actions if a.code == data.get("action")), None)
            if action is not None and stage in action.from_:
                stage = action.to or stage
        elif entry.kind == "case.choose" and data.get("take") == "theirs":
            # Which value that is, the record's conflict says; the server's answer will bring it.
            continue
    return shown, stage


def lay_files(known: Sequence[Attachment], entries: Sequence[Entry]) -> tuple[LocalFile, ...]:
    """The case's files once these commands are applied, as far as a device can tell."""
    shown = {attachment.id: LocalFile(attachment) for attachment in known}
    for entry in entries:
        data = entry.data
        for id_ in data.get("detach", ()):
            shown.pop(id_, None)
        action = str(data["action"]) if "form" in data and "action" in data else ""
        for one in data.get("attach", ()):
            if one["id"] not in shown:
                shown[one["id"]] = LocalFile(convert(one | {"action": action}, Attachment), waiting=True)
    return tuple(shown.values())


def types(entry: Entry, service: Service) -> bool:
    """Whether a command carries what the applicant typed and attached, rather than an officer's deed."""
    return entry.kind == "case.edit" or is_submit(entry, service)


def is_submit(entry: Entry, service: Service) -> bool:
    """Whether a command sends in what was typed, rather than only keeping it."""
    code = entry.data.get("action")
    return any(a.code == code and a.effect in {"submit", "resubmit"} for a in service.actions)
