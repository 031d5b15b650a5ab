"""The `Desk` of the screens (client/web/src/desk.ts) over this client: arguments in, plain data out, nothing decided.

Each method has the name, the order of arguments and the answer that the interface documents. What is annotated here is
checked before a method is called: a page that sends something else is told so.
"""

from collections.abc import Callable
from typing import Annotated, Any, Literal

import msgspec

from client import account, reply_templates
from client.desktop import shapes
from client.desktop.opened import Opened
from client.files.keeping import Kept
from client.half_typed import half_typed, keep_half_typed
from client.rows import rows
from client.status import status
from client.store.outbox import Entry
from client.work import Desk
from sync import __version__
from sync.decoding import decoder
from sync.errors import Malformed, NotFound
from sync.messages import Attach, Identifier
from sync.outbox import Frozen, State

Name = Annotated[str, msgspec.Meta(max_length=100)]
Link = Annotated[str, msgspec.Meta(max_length=4_000)]
Values = dict[Name, Any]
Number = Annotated[int, msgspec.Meta(ge=-(2**53), le=2**53)]


class Key(msgspec.Struct):
    """`EntryKey`."""

    instance: Number
    seq: Number


class Item(msgspec.Struct, omit_defaults=True):
    """`CorrectionItem`."""

    reason: str = ""
    field: Name | None = None
    document: Name | None = None


class Act(msgspec.Struct, omit_defaults=True):
    """`Act`."""

    action: Name
    form: Values = {}
    note: str | None = None
    items: list[Item] = []
    attach: list[Attach] = []


class DeskMethods:
    """What the screens ask of one open profile."""

    def __init__(self, opened: Opened) -> None:
        self._opened = opened
        self._store = opened.store

    # What there is.

    def start(self) -> None:
        """It is open."""

    def city(self) -> Any:
        self._opened.city()
        return _raw(self._store.meta.get("catalogue_json"))

    def promises(self) -> Any:
        return _raw(self._store.meta.get("promise_table"))

    def person(self) -> Any:
        return self._store.meta.get("person")

    def status(self) -> Any:
        agent = self._opened.agent
        more = {"progress": agent.progress, "next_try": agent.next_try, "version": __version__}
        return status(self._store) | more

    def list(self) -> Any:
        return msgspec.Raw(rows(self._store, self._opened.city()))

    def case(self, id: Name) -> Any:
        store = self._store
        with store.reading():
            found = store.records.numbered(id) or id
            line, entries = store.records.line(found), store.outbox.entries(case=found)
        if line is None and not entries:
            return None
        record = msgspec.Raw(line) if line is not None else None
        return {"id": found, "record": record, "entries": [shapes.entry(one) for one in entries]}

    def outbox(self, *states: State) -> Any:
        return [shapes.entry(one) for one in self._store.outbox.entries(*states)]

    def templates(self, service: Name, action: Name) -> Any:
        return [
            {"id": one.id, "title": one.title, "text": one.text}
            for one in reply_templates.fitting(self._store, service, action)
        ]

    # What is done.

    def edit(self, id: Identifier, changes: Values, service: Name | None = None) -> None:
        with self._store.transaction():
            if self._desk.knows(id):
                self._desk.edit(id, changes)
            else:
                self._desk.begin(id, service, changes)

    def submit(self, id: Name) -> None:
        with self._store.transaction():
            self._desk.submit(id)
        self._opened.agent.soon()

    def act(self, id: Name, act: Act) -> None:
        given: Any = msgspec.to_builtins(act)
        with self._store.transaction():
            self._desk.do(id, given)
        self._opened.agent.soon()

    def choose(self, id: Name, field: Name, take: Literal["ours", "theirs"], value: Any = None) -> None:
        with self._store.transaction():
            self._desk.choose(id, field, take, value)
        self._opened.agent.soon()

    def opened(self, id: Name) -> None:
        if self._desk.knows(id):
            self._desk.opened(self._desk.case(id))

    def undo(self, entry: Key) -> None:
        with self._store.transaction():
            self._desk.undo(self._entry(entry))

    def retry(self, entry: Key) -> None:
        with self._store.transaction():
            self._desk.retry(self._entry(entry))
        self._opened.agent.soon()

    def give_up(self, entry: Key) -> None:
        with self._store.transaction():
            self._desk.give_up(self._entry(entry))

    # Files; their bytes come and go by themselves (`desk_files`).

    def attach(self, id: Identifier, document: Name, kept: Kept, service: Name | None = None) -> Any:
        return self._desk.attach_kept(id, document, kept, service)

    def detach(self, id: Name, attachment: Name) -> None:
        with self._store.transaction():
            if any(file.id == attachment for file in self._desk.case(id).files):
                self._desk.detach(id, attachment)

    def files(self, id: Name) -> Any:
        with self._store.reading():
            uploads = {upload.attachment: upload for upload in self._store.files.uploads(id)}
            known = self._desk.attachments(id)
            return [shapes.file_state(self._store, file, uploads.get(file.id)) for file in known]

    def waiting_files(self) -> Any:
        with self._store.reading():
            waiting = [upload for upload in self._store.files.uploads() if upload.unsent]
            return [shapes.waiting_file(self._store, upload) for upload in waiting]

    # Half-typed forms.

    def typing(self, id: Name, action: Name) -> Any:
        return half_typed(self._store, id, action)

    def keep_typing(self, id: Name, action: Name, typed: Act | None) -> None:
        given: Any = msgspec.to_builtins(typed) if typed is not None else None
        keep_half_typed(self._store, id, action, given)

    # Who this device speaks for, and with whom.

    def sign_in(self, login: str, password: str) -> Any:
        person = account.sign_in(self._store, self._opened.agent.transport(), login, password)
        self._opened.agent.soon()
        return person

    def sign_up(self, login: str, password: str, name: str) -> Any:
        person = account.sign_up(self._store, self._opened.agent.transport(), login, password, name)
        self._opened.agent.soon()
        return person

    def change_password(self, old: str, password: str, others: bool) -> int:
        return account.change_password(self._store, self._opened.agent.transport(), old, password, others=others)

    def devices(self) -> Any:
        return account.devices(self._store, self._opened.agent.transport())

    def end_device(self, id: Name, password: str) -> None:
        account.end_device(self._store, self._opened.agent.transport(), id, password)

    def invitation(self, link: Link) -> Any:
        return self._opened.invitation(link)

    def enrol(self, link: Link) -> Any:
        return self._opened.enrol(link)

    def sign_out(self) -> None:
        account.sign_out(self._store, self._opened.agent.transport())

    def acknowledge_loss(self) -> None:
        self._store.meta.set("wiped", None)

    def sync(self) -> Any:
        return shapes.report(self._opened.agent.sync())

    def persist(self) -> bool:
        """A disk is not cleared by anybody but its owner."""
        return True

    @property
    def _desk(self) -> Desk:
        return self._opened.desk

    def _entry(self, key: Key) -> Entry:
        entry = self._store.outbox.row(key.instance, key.seq)
        if entry is None:
            raise Frozen("there is no such command on this device any more")
        return entry


METHODS = frozenset(
    (
        "start", "city", "promises", "person", "status", "list", "case", "outbox", "edit", "submit", "act", "choose",
        "opened", "undo", "retry", "give_up", "attach", "detach", "files", "waiting_files", "typing", "keep_typing",
        "sign_in", "sign_up", "change_password", "devices", "end_device", "invitation", "enrol", "sign_out",
        "acknowledge_loss", "sync", "persist", "templates",
    )
)  # fmt: skip

DEEDS = METHODS - {
    "start", "city", "promises", "person", "status", "list", "case", "outbox", "files", "waiting_files", "typing",
    "devices", "end_device", "invitation", "templates",
}  # fmt: skip
"""After these there is something new to show."""


def call(opened: Opened, method: str, body: bytes) -> bytes:
    """Call a method with a JSON array of its arguments; its answer as JSON. `Malformed` where they are not that."""
    if method not in METHODS:
        raise NotFound(f"there is no “{method}”")
    found = getattr(DeskMethods(opened), method)
    try:
        answer = found(*_arguments(method, found, body))
    finally:
        if method in DEEDS:
            opened.told()
    return msgspec.json.encode(answer)


def _arguments(method: str, function: Callable[..., Any], body: bytes) -> list[Any]:
    try:
        given = decoder(list[msgspec.Raw]).decode(body or b"[]")
        return [decoder(kind).decode(raw) for raw, kind in zip(given, _types(function, given), strict=True)]
    except (msgspec.MsgspecError, ValueError, RecursionError, TypeError) as error:
        raise Malformed(f"these are no arguments of {method}: {error}") from None


def _types(function: Callable[..., Any], given: list[Any]) -> list[Any]:
    """The type of each argument that was given."""
    import inspect

    found: list[Any] = []
    for parameter in inspect.signature(function).parameters.values():
        if parameter.kind is inspect.Parameter.VAR_POSITIONAL:
            found += [parameter.annotation] * (len(given) - len(found))
        elif len(found) < len(given):
            found.append(parameter.annotation)
        elif parameter.default is inspect.Parameter.empty:
            raise TypeError(f"{parameter.name} is missing")
    return found


def _raw(text: str | None) -> Any:
    return None if text is None else msgspec.Raw(text.encode())
