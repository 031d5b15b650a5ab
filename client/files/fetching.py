"""Gets the bytes of other people's files: on demand, and ahead of time what an officer will have to look at.

What was fetched is a copy: it goes with its record, and first of all when room runs short.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from filelock import FileLock

from client.files import wire
from client.files.refusals import OF_CODES, NotArrived, cannot_keep
from client.files.room import LOW, has_room, make_room
from client.files.wire import Refused
from client.store import Store
from client.store.files import Upload
from client.transport import NotOurServer, Progress, Transport, silent
from schemas.catalogue.model import City, Limit, Service
from schemas.promise import PromiseTable, lookup
from schemas.record import Attachment, CaseRecord
from sync.decoding import decoder
from sync.errors import Busy, NotFound, NotSignedIn, TenggatError

AHEAD: Final = 100_000_000
"""Most bytes that are fetched ahead of time in one run, thumbnails and originals together."""
SPARE: Final = LOW
"""Bytes that must stay free for anything to be fetched that nobody asked for."""
LIKELY: Final = 30_000
"""Bytes of a thumbnail, of which the manifest does not say the size."""

_record = decoder(CaseRecord)


@dataclass(frozen=True)
class Wish:
    """Something that is at the server and not here."""

    case: str
    attachment: Attachment
    what: str
    """`thumbnail` or `original`."""


class Fetching:
    """Originals and thumbnails, from here where they are, else from the server."""

    def __init__(self, store: Store, transport: Transport) -> None:
        self.store = store
        self.transport = transport
        self.got: set[str] = set()
        """Attachments of which something was fetched ahead of time."""
        # A person may ask for the very file that is being fetched ahead: two that write into one part spoil it.
        self._lock = FileLock(f"{store.path}.fetch.lock", thread_local=False)

    def original(self, case: str, attachment: Attachment, progress: Progress = silent) -> str:
        """The hash under which the bytes lie here, whole. `NotArrived`, `NotFound`, `StorageFull`, `Unreachable`."""
        if self._has(attachment.sha256):
            return attachment.sha256
        if attachment.arrived is None:
            raise NotArrived(OF_CODES["not_arrived"].en, text=OF_CODES["not_arrived"])
        with self._lock:
            if not self._has(attachment.sha256):
                self._fetch(Wish(case, attachment, "original"), progress)
        return attachment.sha256

    def thumbnail(self, case: str, attachment: Attachment) -> str | None:
        """The hash under which a small picture lies here; None for what has none."""
        held = self.store.files.thumbnail(attachment.id)
        if held is not None and self.store.blobs.has(held):
            return held
        if attachment.arrived is None or attachment.type == "application/pdf":
            return None
        try:
            with self._lock:
                self._fetch(Wish(case, attachment, "thumbnail"), silent)
        except NotFound:
            return None
        return self.store.files.thumbnail(attachment.id)

    def ahead(self, city: City, today: date, roles: frozenset[str], progress: Progress = silent) -> None:
        """Fetch for an officer what is due by the next working day and can be acted on, thumbnails before originals.
        Keeps to its bounds: what is too large for the room that is left, or not to be had, is passed over."""
        room = AHEAD
        for wish in _wishes(self.store, city, today, roles):
            size = wish.attachment.size if wish.what == "original" else LIKELY
            if size > room or not has_room(self.store, size, SPARE):
                continue
            try:
                with self._lock:
                    self._fetch(wish, progress)
            except (NotFound, NotArrived, Refused):
                continue
            room -= size
            self.got.add(wish.attachment.id)

    def _has(self, sha256: str) -> bool:
        return self.store.files.held(sha256) and self.store.blobs.sound(sha256)

    def _fetch(self, wish: Wish, progress: Progress) -> None:
        token = self.store.meta.get("token")
        if token is None:
            raise NotSignedIn("this device is not signed in")
        attachment, small = wish.attachment, wish.what == "thumbnail"
        make_room(self.store, LIKELY if small else attachment.size)
        path = f"/api/v1/cases/{wish.case}/files/{attachment.id}" + ("/thumbnail" if small else "")
        try:
            self._write(wish, token, path, progress)
        except OSError as error:
            raise cannot_keep(error) from None

    def _write(self, wish: Wish, token: str, path: str, progress: Progress) -> None:
        attachment, small = wish.attachment, wish.what == "thumbnail"
        part = self.store.blobs.part(f"{attachment.id}-{wish.what}")
        try:
            # A thumbnail is too small to be continued, and of an original every byte is checked at the end.
            with part.open("wb" if small else "ab+") as into:
                wire.get(self.transport, token, path, into, attachment.sha256, progress)
        except Refused as refused:
            raise _plain(refused) from None
        if small:
            with part.open("rb") as file:
                sha256, size = self.store.blobs.put(iter(lambda: file.read(64 * 1024), b""))
            part.unlink(missing_ok=True)
        else:
            sha256, size = attachment.sha256, attachment.size
            if not self.store.blobs.adopt(part, sha256):
                raise NotOurServer("the file did not come as the case's list says it is; try again")
        media = "image/jpeg" if small else attachment.type
        with self.store.transaction():
            self.store.files.know(sha256, size, media)
            self.store.files.fetched(wish.case, attachment.id, wish.what, sha256, self.store.stamp())


def _plain(refused: Refused) -> TenggatError:
    if refused.why == "not_arrived":
        return NotArrived(OF_CODES["not_arrived"].en, text=OF_CODES["not_arrived"])
    if refused.answered == 404:
        return NotFound(refused.detail)
    return Busy(refused.detail) if refused.answered >= 500 else refused


def _wishes(store: Store, city: City, today: date, roles: frozenset[str]) -> Iterator[Wish]:
    staff = roles - {"citizen"}
    if not staff:
        return
    last = next_working_day(store, city, today)
    originals: list[Wish] = []
    for row in store.records.by_due():
        if row["due"] is None or date.fromisoformat(row["due"]) > last:
            break
        if not _acts(city, row["service"], row["stage"], staff):
            continue
        record = _record.decode(bytes(row["line"]))
        for attachment in record.attachments:
            if attachment.arrived is None or store.files.held(attachment.sha256):
                continue
            originals.append(Wish(record.id, attachment, "original"))
            if attachment.type != "application/pdf" and store.files.thumbnail(attachment.id) is None:
                yield Wish(record.id, attachment, "thumbnail")
    yield from originals


def _acts(city: City, service: str, stage: str, roles: frozenset[str]) -> bool:
    try:
        found: Service = city.service(service)
    except KeyError:
        return False
    return any(roles & set(action.roles) for action in found.actions_from(stage))


def next_working_day(store: Store, city: City, today: date) -> date:
    """As the promise table tells it: the day on which a limit of one working day from today ends. Where it does not
    say, the next day that is no weekend."""
    table = store.meta.get("promise_table")
    if table is not None:
        known = decoder(PromiseTable).decode(table.encode())
        for service in city.services:
            for code, due in (lookup(known, service.code, today) or {}).items():
                if (limit := _limit(service, code)) and limit.days == 1 and limit.unit == "working":
                    return due
    days = [today + timedelta(days=ahead) for ahead in range(1, 8)]
    return next((day for day in days if day.isoweekday() not in city.weekend), days[0])


def _limit(service: Service, code: str) -> Limit | None:
    try:
        return service.limit(code)
    except KeyError:
        return None


@dataclass(frozen=True)
class State:
    """How one file of a case stands, for people."""

    word: str
    """`waiting`, `uploading`, `arrived`, `refused` or `elsewhere`."""
    sent: int
    here: bool
    trouble: dict[str, str] | None = None


def state_of(attachment: Attachment, upload: Upload | None, *, here: bool) -> State:
    """What is known of one file's bytes on this device and at the server."""
    if attachment.arrived is not None:
        return State("arrived", attachment.size, here)
    if upload is None:
        return State("elsewhere", 0, here)
    if upload.refused:
        return State("refused", 0, here, upload.trouble)
    return State("uploading" if upload.sent else "waiting", upload.sent, here, upload.trouble)
