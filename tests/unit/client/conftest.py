"""A device with a catalogue and no network, and the few things that a server would tell it."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Any

import msgspec
import pytest

from client.store import Store
from client.work import Desk
from schemas.catalogue.model import City
from schemas.documents import wanted
from schemas.record import Attachment, CaseRecord
from sync.codec import line_of, read_head
from sync.exchange import Answered, Arrived, Device, Ended, Event, Opened
from sync.messages import End, Result, Status, Welcome
from tests.catalogue_files import file
from tests.catalogue_values import answers
from tests.pictures import write_jpeg

ME = "00000000-0000-4000-8000-0000000000ff"
NOW = "2026-03-16T02:00:00Z"


@dataclass
class Bench:
    """One device on the bench: its store, its desk, and an exchange done by hand."""

    store: Store
    city: City
    key: bytes | None = None

    @property
    def desk(self) -> Desk:
        return Desk(self.store)

    def started_anew(self) -> Store:
        """The same store as another process opens it."""
        return Store(self.store.path, key=self.key)

    def complete(self, service: str = "krk", **given: Any) -> dict[str, Any]:
        return answers(self.city, self.city.service(service).fields, given, optional=False)

    def draft(self, service: str = "krk", **given: Any) -> str:
        """All that is required, files among it."""
        case_id = self.desk.new(service, self.complete(service, **given))
        for document in wanted(self.city.service(service), self.desk.case(case_id).fields):
            if document.required:
                self.desk.attach(case_id, document.code, self.photo(document.code))
        return case_id

    def attachments(self, service: str = "krk", *, arrived: str | None = NOW, **given: Any) -> tuple[Attachment, ...]:
        """What a record says of the files that are required."""
        asked = self.city.service(service)
        made = [file(d, f"00000000-0000-4000-a000-{n:012d}") for n, d in enumerate(asked.documents)]
        names = {d.code for d in wanted(asked, self.complete(service, **given)) if d.required}
        return tuple(
            msgspec.convert(one | {"added": NOW, "role": "owner", "arrived": arrived}, Attachment)
            for one in made
            if one["document"] in names
        )

    def photo(self, name: str, size: tuple[int, int] = (8, 8)) -> Path:
        """A JPEG on this machine's disk; another name is another picture."""
        return write_jpeg(self.store.path.parent / f"{name}.jpg", name, size)

    def send(self, *statuses: Status, code: str = "invalid", **said: Any) -> Device:
        """Everything that waits goes out; the answers are these, the last for all that remain."""
        device = self.store.take()
        results = []
        for place, seq in enumerate(device.seqs):
            status = statuses[min(place, len(statuses) - 1)]
            failed = status in {Status.REJECTED, Status.QUARANTINED, Status.BLOCKED}
            results.append(Result(seq, status, code if failed else None))
        self.hear(device, Answered(results), **said)
        return device

    def hear(self, device: Device, *events: Event, **said: Any) -> Any:
        """One whole response with these events."""
        facts: dict[str, Any] = {"protocol": 1, "epoch": "e1", "now": NOW, "highest": 0, "catalogue": "c"}
        facts |= {"scopes": [f"person:{ME}"]} | said
        heard = [Opened(Welcome(**facts)), *events, Ended(End("cursor"))]
        return self.store.apply(device, iter([heard]))

    def record(self, **given: Any) -> CaseRecord:
        facts: dict[str, Any] = {
            "id": "00000000-0000-4000-8000-000000000001", "v": 1, "scopes": (f"person:{ME}",), "service": "krk",
            "rule": 1, "stage": "draft", "created": NOW, "owner": ME,
        }  # fmt: skip
        return CaseRecord(**(facts | given))

    def arrive(self, *records: CaseRecord, **said: Any) -> None:
        """The server sends these records."""
        lines = [msgspec.json.encode(record) for record in records]
        self.hear(self.store.take(), Arrived(lines, [read_head(line) for line in lines]), **said)

    def sent(self) -> list[dict[str, Any]]:
        """What waits, as it would go out."""
        entries = self.store.outbox.entries()
        return [msgspec.json.decode(line_of(e.command)) for e in entries if e.state in ("queued", "sent")]


@pytest.fixture(params=[None, b"kunci profil ini, 32 byte lamanya"[:32]], ids=["plain", "sealed"])
def store_key(request: pytest.FixtureRequest) -> bytes | None:
    """Every test on the bench is run with both kinds of store: one contract."""
    key: bytes | None = request.param
    return key


@pytest.fixture
def make_bench(tmp_path: Path, city: City, store_key: bytes | None) -> Iterator[Any]:
    made: list[Store] = []
    ids = count(1)
    now = [datetime(2026, 3, 16, 2, 0, tzinfo=UTC)]

    def clock() -> datetime:
        now[0] += timedelta(seconds=1)
        return now[0]

    def make(name: str = "device", **options: Any) -> Bench:
        path = tmp_path / f"{name}.sqlite"
        options.setdefault("key", store_key)
        store = Store(path, clock=clock, new_id=lambda: f"00000000-0000-4000-9000-{next(ids):012d}", **options)
        made.append(store)
        with store.transaction():
            store.meta.set("catalogue", city.version)
            store.meta.set("catalogue_json", city.to_json().decode())
            store.meta.set("person", {"id": ME, "name": "Saya", "roles": ["citizen"]})
        return Bench(store, city, store_key)

    yield make
    for store in made:
        store.close()


@pytest.fixture
def bench(make_bench: Any) -> Bench:
    made: Bench = make_bench()
    return made


__all__ = ["ME", "NOW", "Bench"]
