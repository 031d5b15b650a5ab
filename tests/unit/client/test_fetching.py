"""Other people's files, fetched: whole or not at all, ahead of time only what an officer will need, within bounds."""

import io
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, BinaryIO

import msgspec
import pytest
from filelock import FileLock

from client.files import fetching
from client.files.fetching import SPARE, Fetching, next_working_day
from client.files.refusals import NotArrived, StorageFull
from client.store.blobs import Blobs
from client.transport import Answer, NotOurServer, Progress, Unreachable, silent
from schemas.promise import PromiseTable
from schemas.record import Attachment, CaseRecord
from sync.errors import NotFound, NotSignedIn
from sync.exchange import Gone
from tests.pictures import picture
from tests.unit.client.conftest import NOW, Bench

TODAY = date(2026, 3, 16)


@dataclass
class Shelf:
    """A server that hands out files; each may break off once, after so many bytes."""

    files: dict[str, bytes] = field(default_factory=dict)
    cut: dict[str, int] = field(default_factory=dict)
    asked: list[tuple[str, str | None]] = field(default_factory=list)
    answer: Answer | None = None

    def fetch(self, path: str, headers: Mapping[str, str], into: BinaryIO, progress: Progress = silent) -> Answer:
        assert headers["Authorization"] == "Bearer t"
        self.asked.append((path, headers.get("Range")))
        if self.answer is not None:
            return self.answer
        content = self.files.get(path)
        if content is None:
            return Answer(404, {}, {"code": "no_thumbnail" if path.endswith("thumbnail") else "not_found"})
        begin = int(headers.get("Range", "bytes=0-")[6:-1])
        if begin >= len(content):
            return Answer(416, {}, {"code": "wrong_range"})
        if not begin:
            into.seek(0)
            into.truncate()
        end = self.cut.pop(path, len(content))
        into.write(content[begin:end])
        progress("fetching", end, len(content))
        if end < len(content):
            raise Unreachable("the connection broke")
        return Answer(206 if begin else 200)


def jpeg(seed: str) -> bytes:
    made = io.BytesIO()
    picture(seed, (200, 100)).save(made, "JPEG")
    return made.getvalue()


@pytest.fixture
def shelf(bench: Bench) -> Shelf:
    bench.store.meta.set("token", "t")
    return Shelf()


def listed(bench: Bench, shelf: Shelf, n: int = 1, **given: Any) -> tuple[CaseRecord, Attachment]:
    """A case of somebody else with one file that has arrived, here as a record."""
    import hashlib

    content = jpeg(str(n))
    attachment = Attachment(
        f"00000000-0000-4000-b000-{n:012d}", "ktp", hashlib.sha256(content).hexdigest(), len(content), "image/jpeg",
        added=NOW, arrived=NOW,
    )  # fmt: skip
    facts = {"stage": "completeness", "number": f"KRK-2026-{n:06d}", "owner": "warga", "due": "2026-03-17"}
    record = bench.record(id=f"00000000-0000-4000-8000-{n:012d}", attachments=(attachment,), **(facts | given))
    bench.arrive(record)
    shelf.files[f"/api/v1/cases/{record.id}/files/{attachment.id}"] = content
    shelf.files[f"/api/v1/cases/{record.id}/files/{attachment.id}/thumbnail"] = content[:300]
    return record, attachment


def test_a_file_is_fetched_once_and_kept(bench: Bench, shelf: Shelf) -> None:
    record, attachment = listed(bench, shelf)
    one = Fetching(bench.store, shelf)  # type: ignore[arg-type]
    assert one.original(record.id, attachment) == one.original(record.id, attachment) == attachment.sha256
    assert len(shelf.asked) == 1 and bench.store.blobs.sound(attachment.sha256)
    assert bench.store.files.held(attachment.sha256) and not list(bench.store.blobs.folder.glob("*.part"))


def test_a_broken_download_goes_on_where_it_was(bench: Bench, shelf: Shelf) -> None:
    record, attachment = listed(bench, shelf)
    path = f"/api/v1/cases/{record.id}/files/{attachment.id}"
    shelf.cut[path] = 400
    one = Fetching(bench.store, shelf)  # type: ignore[arg-type]
    with pytest.raises(Unreachable):
        one.original(record.id, attachment)
    assert not bench.store.files.held(attachment.sha256)
    one.original(record.id, attachment)
    assert shelf.asked == [(path, None), (path, "bytes=400-")]


def test_two_that_want_the_same_file_do_not_write_into_one_part(
    bench: Bench, shelf: Shelf, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A person asks for the very file that a sync in another process is fetching ahead."""
    record, attachment = listed(bench, shelf)
    waits = threading.Event()

    class Told(FileLock):
        def acquire(self, *args: Any, **given: Any) -> Any:
            waits.set()
            return super().acquire(*args, **given)

    monkeypatch.setattr(fetching, "FileLock", Told)
    other = FileLock(f"{bench.store.path}.fetch.lock")
    one = Fetching(bench.store, shelf)  # type: ignore[arg-type]
    person = threading.Thread(target=one.original, args=(record.id, attachment))
    with other:
        person.start()
        assert waits.wait(30) and shelf.asked == []
        sha256, size = bench.store.blobs.put([jpeg("1")])
        with bench.store.transaction():
            bench.store.files.know(sha256, size, "image/jpeg")
            bench.store.files.fetched(record.id, attachment.id, "original", sha256, NOW)
    person.join(30)
    assert not person.is_alive() and shelf.asked == [], "it came meanwhile"


def test_a_disk_that_fills_up_under_a_download_is_said_in_words(
    bench: Bench, shelf: Shelf, monkeypatch: pytest.MonkeyPatch
) -> None:
    record, attachment = listed(bench, shelf)

    def full(*_: Any) -> bool:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(type(bench.store.blobs), "adopt", full)
    with pytest.raises(StorageFull):
        Fetching(bench.store, shelf).original(record.id, attachment)  # type: ignore[arg-type]


def test_a_file_counts_once_with_its_thumbnail_and_both_show_their_progress(bench: Bench, shelf: Shelf) -> None:
    for n in (1, 2):
        listed(bench, shelf, n)
    told: list[str] = []
    one = Fetching(bench.store, shelf)  # type: ignore[arg-type]
    one.ahead(bench.city, TODAY, frozenset({"front_desk"}), lambda what, *_: told.append(what))
    assert len(shelf.asked) == 4 and len(one.got) == 2 and told == ["fetching"] * 4


def test_a_part_that_was_whole_needs_no_byte_more(bench: Bench, shelf: Shelf) -> None:
    record, attachment = listed(bench, shelf)
    part = bench.store.blobs.part(f"{attachment.id}-original")
    part.write_bytes(jpeg("1"))
    Fetching(bench.store, shelf).original(record.id, attachment)  # type: ignore[arg-type]
    assert shelf.asked[0][1] is not None and bench.store.blobs.sound(attachment.sha256)


def test_what_comes_otherwise_than_listed_is_not_kept(bench: Bench, shelf: Shelf) -> None:
    record, attachment = listed(bench, shelf)
    shelf.files[f"/api/v1/cases/{record.id}/files/{attachment.id}"] = b"something else"
    one = Fetching(bench.store, shelf)  # type: ignore[arg-type]
    for answer in (None, Answer(200, {"content-type": "text/html"}), Answer(302)):
        shelf.answer = answer
        with pytest.raises(NotOurServer):
            one.original(record.id, attachment)
    assert bench.store.files.known() == set() and not list(bench.store.blobs.folder.glob("??/*"))
    shelf.answer = None
    shelf.files[f"/api/v1/cases/{record.id}/files/{attachment.id}"] = jpeg("1")
    assert one.original(record.id, attachment) == attachment.sha256


def test_what_is_not_there_is_said(bench: Bench, shelf: Shelf, monkeypatch: pytest.MonkeyPatch) -> None:
    record, attachment = listed(bench, shelf)
    one = Fetching(bench.store, shelf)  # type: ignore[arg-type]
    with pytest.raises(NotArrived) as early:
        one.original(record.id, msgspec.structs.replace(attachment, arrived=None))
    assert "belum sampai" in early.value.extra["text"].id and shelf.asked == []
    shelf.answer = Answer(409, {}, {"code": "not_arrived"})
    with pytest.raises(NotArrived):
        one.original(record.id, attachment)
    shelf.answer = Answer(404, {}, {"code": "not_found"})
    with pytest.raises(NotFound):
        one.original(record.id, attachment)
    shelf.answer = None
    with monkeypatch.context() as patch:
        patch.setattr(Blobs, "free", lambda _: 1_000)
        with pytest.raises(StorageFull):
            one.original(record.id, attachment)
    bench.store.meta.set("token", None)
    with pytest.raises(NotSignedIn):
        one.original(record.id, attachment)


def test_a_thumbnail_is_kept_apart_and_a_document_has_none(bench: Bench, shelf: Shelf) -> None:
    record, attachment = listed(bench, shelf)
    one = Fetching(bench.store, shelf)  # type: ignore[arg-type]
    small = one.thumbnail(record.id, attachment)
    assert small is not None and bench.store.blobs.read(small) == jpeg("1")[:300]
    assert one.thumbnail(record.id, attachment) == small and len(shelf.asked) == 1
    assert not bench.store.files.held(attachment.sha256)
    assert one.thumbnail(record.id, msgspec.structs.replace(attachment, id="x", type="application/pdf")) is None
    assert one.thumbnail(record.id, msgspec.structs.replace(attachment, id="y")) is None
    bench.hear(bench.store.take(), Gone([record.id]))
    assert not bench.store.blobs.has(small)


def ahead(bench: Bench, shelf: Shelf, *roles: str) -> list[str]:
    shelf.asked.clear()
    Fetching(bench.store, shelf).ahead(bench.city, TODAY, frozenset(roles))  # type: ignore[arg-type]
    return [
        path.removeprefix("/api/v1/cases/")[34:36] + ("s" if path.endswith("thumbnail") else "")
        for path, _ in shelf.asked
    ]


def test_ahead_of_time_comes_what_is_due_and_can_be_acted_on_thumbnails_first(bench: Bench, shelf: Shelf) -> None:
    listed(bench, shelf, 1)
    listed(bench, shelf, 2, due="2026-03-16")
    listed(bench, shelf, 3, due="2026-03-18")
    listed(bench, shelf, 4, due=None)
    listed(bench, shelf, 5, stage="survey")
    record, attachment = listed(bench, shelf, 6)
    bench.arrive(msgspec.structs.replace(record, v=2, attachments=(msgspec.structs.replace(attachment, arrived=None),)))
    assert ahead(bench, shelf, "citizen") == []
    assert ahead(bench, shelf, "front_desk") == ["02s", "01s", "02", "01"]
    assert ahead(bench, shelf, "front_desk") == []
    assert ahead(bench, shelf, "surveyor") == ["05s", "05"]


def test_it_stops_at_its_bounds(bench: Bench, shelf: Shelf, monkeypatch: pytest.MonkeyPatch) -> None:
    for n in (1, 2, 3):
        listed(bench, shelf, n)
    with monkeypatch.context() as patch:
        patch.setattr(Blobs, "free", lambda _: SPARE)
        assert ahead(bench, shelf, "front_desk") == []
    monkeypatch.setattr(fetching, "AHEAD", 2 * fetching.LIKELY)
    assert ahead(bench, shelf, "front_desk") == ["01s", "02s"]


def test_one_that_is_too_large_does_not_stop_the_others(bench: Bench, shelf: Shelf) -> None:
    record, attachment = listed(bench, shelf, 1)
    large = msgspec.structs.replace(attachment, size=fetching.AHEAD)
    bench.arrive(msgspec.structs.replace(record, v=2, attachments=(large,)))
    listed(bench, shelf, 2)
    assert ahead(bench, shelf, "front_desk") == ["01s", "02s", "02"]


def test_one_that_is_not_to_be_had_does_not_stop_the_others(bench: Bench, shelf: Shelf) -> None:
    record, attachment = listed(bench, shelf, 1)
    listed(bench, shelf, 2)
    for path in (f"/api/v1/cases/{record.id}/files/{attachment.id}",):
        del shelf.files[path], shelf.files[f"{path}/thumbnail"]
    assert ahead(bench, shelf, "front_desk") == ["01s", "02s", "01", "02"]
    assert len(bench.store.files.known()) == 2


def test_the_next_working_day_is_the_promise_table_s(bench: Bench) -> None:
    friday = date(2026, 3, 13)
    assert next_working_day(bench.store, bench.city, friday) == date(2026, 3, 16)
    # Nyepi and what is taken together with it make the next working day a Thursday.
    rows = {"krk": {"decision": [11], "completeness": [6]}, "gone": {"x": [1]}}
    table = msgspec.json.encode(PromiseTable("v", friday, rows)).decode()
    bench.store.meta.set("promise_table", table)
    assert next_working_day(bench.store, bench.city, friday) == date(2026, 3, 19)


def test_where_the_table_says_nothing_the_next_working_day_is_no_weekend_of_the_city_s(bench: Bench) -> None:
    thursday, rested = date(2026, 3, 12), msgspec.structs.replace(bench.city, weekend=(5, 6))
    assert next_working_day(bench.store, rested, thursday) == date(2026, 3, 15)
    assert next_working_day(bench.store, msgspec.structs.replace(bench.city, weekend=()), thursday) == date(2026, 3, 13)
    nobody_works = msgspec.structs.replace(bench.city, weekend=(1, 2, 3, 4, 5, 6, 7))
    assert next_working_day(bench.store, nobody_works, thursday) == date(2026, 3, 13)
