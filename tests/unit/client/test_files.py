"""What a device knows of its files: when one may go, when it must stay, and what a restore brings back."""

import shutil
import sqlite3
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace as changed

from client import account
from client.files.refusals import StorageFull
from client.files.room import RESERVE, make_room, tidy
from client.status import status
from client.store import Store
from client.store.blobs import Blobs
from client.store.files import Standing, smallest_first
from schemas.record import Attachment
from sync.errors import Forbidden
from sync.exchange import Answered, Ended, Gone, Opened, StartedOver
from sync.messages import End, Result, Status, Welcome
from tests.unit.client.conftest import ME, NOW, Bench
from tests.unit.client.test_attaching import on_record

LATER = "2026-04-20T02:00:00Z"
"""More than thirty days after `NOW`."""


def standings(bench: Bench) -> list[Standing]:
    return [upload.standing for upload in bench.store.files.uploads()]


def attached(bench: Bench, name: str = "a", *, size: tuple[int, int] = (8, 8)) -> tuple[str, dict[str, Any]]:
    """A draft with one file, whose command the server has applied: case and manifest entry."""
    case_id = bench.desk.new("krk", {"name": name})
    bench.desk.attach(case_id, "land_proof", bench.photo(name, size))
    [attach] = bench.sent()[-1]["data"]["attach"]
    return case_id, attach


def arrived(bench: Bench, name: str = "a", **said: Any) -> tuple[str, dict[str, Any]]:
    """The same, and its bytes are at the server, as the record says."""
    case_id, attach = attached(bench, name)
    bench.send(Status.APPLIED)
    bench.arrive(bench.record(id=case_id, attachments=(on_record(attach, arrived=NOW),)), **said)
    return case_id, attach


def test_a_file_waits_for_its_command_then_for_its_bytes(bench: Bench) -> None:
    case_id, attach = attached(bench)
    assert standings(bench) == [Standing.EARLY] and smallest_first(bench.store.files.uploads()) == []
    bench.send(Status.APPLIED)
    assert standings(bench) == [Standing.READY], "the answer was heard, the record may come later"
    bench.arrive(bench.record(id=case_id, attachments=(on_record(attach),)))
    assert standings(bench) == [Standing.READY] and bench.store.files.unsent()[0] == 1
    bench.arrive(bench.record(id=case_id, v=2, attachments=(on_record(attach, arrived=NOW),)))
    assert standings(bench) == [Standing.ARRIVED] and bench.store.files.unsent() == (0, 0, 0)
    assert bench.store.blobs.has(attach["sha256"])


def test_what_was_refused_still_waits_and_what_was_given_up_does_not(bench: Bench) -> None:
    attached(bench)
    bench.send(Status.REJECTED)
    assert standings(bench) == [Standing.EARLY]
    with bench.store.transaction():
        bench.store.outbox.settle(bench.store.outbox.entries()[0])
    assert standings(bench) == [Standing.NAMELESS] and bench.store.files.unsent()[0] == 0


def test_taken_off_before_it_left_or_after_it_needs_nothing(bench: Bench) -> None:
    case_id, attach = attached(bench)
    bench.desk.detach(case_id, attach["id"])
    assert standings(bench) == [Standing.NAMELESS]
    other = bench.desk.attach(case_id, "land_proof", bench.photo("b"))
    listed = bench.sent()[-1]["data"]["attach"][0]
    bench.send(Status.APPLIED)
    bench.arrive(bench.record(id=case_id, attachments=(on_record(listed),)))
    bench.desk.detach(case_id, other)
    bench.send(Status.APPLIED)
    bench.arrive(bench.record(id=case_id, v=2))
    assert standings(bench) == [Standing.NAMELESS] * 2


def test_the_smallest_rest_goes_first_and_refused_ones_do_not(bench: Bench) -> None:
    case_id = bench.desk.new("krk", {})
    sizes = {"s": (8, 8), "m": (600, 400), "l": (1500, 900)}
    ids = {name: bench.desk.attach(case_id, "land_proof", bench.photo(name, size)) for name, size in sizes.items()}
    listed = tuple(on_record(one) for one in bench.sent()[-1]["data"]["attach"])
    bench.send(Status.APPLIED)
    bench.arrive(bench.record(id=case_id, attachments=listed))

    def order() -> list[str]:
        names = {id_: name for name, id_ in ids.items()}
        return [names[upload.attachment] for upload in smallest_first(bench.store.files.uploads())]

    assert order() == ["s", "m", "l"]
    [large] = [u for u in bench.store.files.uploads() if u.attachment == ids["l"]]
    bench.store.files.reached(ids["l"], large.size - 10)
    bench.store.files.troubled(ids["s"], {"code": "broken_file"}, refused=True)
    assert order() == ["l", "m"] and bench.store.files.unsent()[0] == 3
    bench.desk.attach(case_id, "land_proof", bench.photo("s", sizes["s"]))
    assert "s" in order(), "attached once more, it goes again"


def test_a_restored_server_that_lost_the_bytes_gets_them_again(bench: Bench) -> None:
    case_id, attach = arrived(bench)
    bench.arrive(bench.record(id=case_id, attachments=(on_record(attach),)), epoch="e2")
    [upload] = bench.store.files.uploads()
    assert upload.standing is Standing.READY and (upload.url, upload.sent) == (None, 0)
    assert bench.store.blobs.has(attach["sha256"])


def test_what_an_older_life_of_the_server_said_of_an_upload_is_forgotten(bench: Bench) -> None:
    _, attach = attached(bench)
    bench.send(Status.APPLIED)
    with bench.store.transaction():
        bench.store.files.began(attach["id"], "/api/v1/uploads/x", 0)
        bench.store.files.reached(attach["id"], 5)
    bench.hear(bench.store.take(), epoch="e2")
    [upload] = bench.store.files.uploads()
    assert (upload.url, upload.sent) == (None, 0)


def test_a_restored_server_that_does_not_know_the_case_yet_costs_no_bytes(bench: Bench) -> None:
    """Its first answer has no record of the case; the command that makes it is only about to go again."""
    case_id, attach = arrived(bench)
    bench.hear(bench.store.take(), StartedOver("epoch"), epoch="e2")
    assert bench.store.records.line(case_id) is None
    assert bench.store.blobs.has(attach["sha256"]) and standings(bench) == [Standing.EARLY]
    bench.send(Status.APPLIED, epoch="e2")
    bench.arrive(bench.record(id=case_id, attachments=(on_record(attach),)), epoch="e2")
    assert bench.store.blobs.has(attach["sha256"]) and standings(bench) == [Standing.READY]


@pytest.mark.parametrize("cut", [False, True], ids=["in pages", "cut off"])
def test_records_of_an_older_life_of_the_server_say_nothing_of_this_one(bench: Bench, cut: bool) -> None:
    """The old records lie here until the snapshot is whole; that a file has arrived they said of another server."""
    case_id, attach = arrived(bench)
    welcome = Welcome(protocol=1, epoch="e2", now=NOW, highest=0, catalogue="c", scopes=[f"person:{ME}"])
    if cut:
        bench.store.apply_answers(bench.store.take(), welcome, [])
    else:
        page = [Opened(welcome), StartedOver("epoch"), Ended(End("cursor", more=True))]
        bench.store.apply(bench.store.take(), iter([page]))
    assert bench.store.records.line(case_id) is not None
    bench.hear(bench.store.take(), *([StartedOver("epoch")] if cut else []), epoch="e2")
    assert bench.store.records.line(case_id) is None
    assert bench.store.blobs.has(attach["sha256"]) and standings(bench) == [Standing.EARLY]
    bench.send(Status.APPLIED, epoch="e2")
    bench.arrive(bench.record(id=case_id, attachments=(on_record(attach, arrived=NOW),)), epoch="e2")
    assert standings(bench) == [Standing.ARRIVED], "but a new record is believed"


def test_own_bytes_stay_thirty_days_after_they_arrived(bench: Bench) -> None:
    _, attach = arrived(bench)
    tidy(bench.store, "2026-04-14T02:00:00Z")
    assert bench.store.blobs.has(attach["sha256"])
    tidy(bench.store, LATER)
    assert not bench.store.blobs.has(attach["sha256"]) and bench.store.files.known() == set()


def test_own_bytes_that_did_not_arrive_stay_for_ever(bench: Bench) -> None:
    case_id, attach = attached(bench)
    bench.send(Status.APPLIED)
    bench.arrive(bench.record(id=case_id, attachments=(on_record(attach),)))
    tidy(bench.store, "2036-01-01T00:00:00Z")
    bench.hear(bench.store.take(), Gone([case_id]))
    assert bench.store.blobs.has(attach["sha256"]) and standings(bench) == [Standing.READY]


def test_what_nobody_names_goes_after_its_time(bench: Bench) -> None:
    case_id, attach = attached(bench)
    bench.desk.detach(case_id, attach["id"])
    tidy(bench.store, NOW)
    tidy(bench.store, "2026-04-14T02:00:00Z")
    assert bench.store.blobs.has(attach["sha256"])
    tidy(bench.store, LATER)
    assert not bench.store.blobs.has(attach["sha256"])


def test_a_device_whose_clock_stood_in_another_year_keeps_what_nobody_names_yet(bench: Bench) -> None:
    case_id, attach = attached(bench)
    bench.desk.detach(case_id, attach["id"])
    bench.store._db.execute("UPDATE upload SET queued_at = '2001-01-01T00:00:00+00:00'")
    for day in (NOW, "2026-04-14T02:00:00Z"):
        tidy(bench.store, day)
        assert bench.store.blobs.has(attach["sha256"])
    # Named again in between, its time begins anew.
    bench.desk.attach(case_id, "land_proof", bench.photo("a"))
    tidy(bench.store, "2026-04-14T02:00:00Z")
    bench.desk.detach(case_id, bench.desk.case(case_id).files[0].id)
    tidy(bench.store, LATER)
    assert bench.store.blobs.has(attach["sha256"])


def test_what_a_stopped_interview_was_given_stays_until_it_is_done(bench: Bench) -> None:
    case_id, attach = attached(bench)
    bench.desk.detach(case_id, attach["id"])
    bench.store.meta.set("typing_files", {case_id: {"report_survey": [attach]}})
    for day in (NOW, LATER, "2036-01-01T00:00:00Z"):
        tidy(bench.store, day)
        assert bench.store.blobs.has(attach["sha256"])


def test_that_other_bytes_arrived_says_nothing_of_these(bench: Bench) -> None:
    case_id, attach = attached(bench)
    bench.send(Status.APPLIED)
    echoed = on_record(attach, arrived=NOW)
    bench.arrive(bench.record(id=case_id, attachments=(changed(echoed, sha256="0" * 64),)))
    assert standings(bench) == [Standing.READY]
    with pytest.raises(StorageFull):
        _full(bench)
    tidy(bench.store, "2036-01-01T00:00:00Z")
    assert bench.store.blobs.has(attach["sha256"])


def _full(bench: Bench) -> None:
    """Ask for a byte more than there will ever be."""
    free = bench.store.blobs.free
    bench.store.blobs.free = lambda: RESERVE  # type: ignore[method-assign]
    try:
        make_room(bench.store, 1)
    finally:
        bench.store.blobs.free = free  # type: ignore[method-assign]


def test_copies_stay_where_letting_go_of_them_would_not_help(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    case_id, attach = arrived(bench)
    other = fetched(bench, case_id, b"x" * 5_000)
    monkeypatch.setattr(Blobs, "free", lambda _: RESERVE)
    with pytest.raises(StorageFull):
        make_room(bench.store, 1_000_000)
    assert bench.store.blobs.has(attach["sha256"]) and bench.store.blobs.has(other.sha256)
    assert bench.store.files.known() == {attach["sha256"], other.sha256}


def fetched(bench: Bench, case_id: str, content: bytes, what: str = "original") -> Attachment:
    """A file of somebody else's that was fetched."""
    sha256, size = bench.store.blobs.put([content])
    id_ = f"00000000-0000-4000-b000-{len(content):012d}"
    with bench.store.transaction():
        bench.store.files.know(sha256, size, "image/jpeg")
        bench.store.files.fetched(case_id, id_, what, sha256, bench.store.stamp())
    return Attachment(id_, "ktp", sha256, size, "image/jpeg", arrived=NOW)


def test_a_record_that_leaves_takes_what_was_fetched_and_sent_for_it_along(bench: Bench) -> None:
    case_id, attach = arrived(bench)
    other = fetched(bench, case_id, b"somebody else's")
    small = fetched(bench, case_id, b"small", "thumbnail")
    bench.hear(bench.store.take(), Gone([case_id]))
    for sha256 in (attach["sha256"], other.sha256, small.sha256):
        assert not bench.store.blobs.has(sha256)
    assert bench.store.files.known() == set() and bench.store.files.uploads() == []


def test_bytes_that_two_cases_share_stay_while_one_of_them_does(bench: Bench) -> None:
    one, attach = arrived(bench, "a")
    two = bench.desk.new("krk", {"name": "dua"})
    bench.desk.attach(two, "ktp", bench.photo("a"))
    bench.hear(bench.store.take(), Gone([one]))
    assert bench.store.blobs.has(attach["sha256"]) and len(bench.store.files.uploads()) == 1


def test_losing_a_scope_takes_fetched_bytes_along(bench: Bench) -> None:
    bench.arrive(bench.record(scopes=("office:a",)), scopes=["office:a", f"person:{ME}"])
    other = fetched(bench, bench.record().id, b"theirs")
    bench.hear(bench.store.take(), scopes=[f"person:{ME}"])
    assert not bench.store.blobs.has(other.sha256)


def test_bytes_are_only_dropped_once_it_is_committed(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    case_id, attach = arrived(bench)

    def torn() -> Any:
        yield [Gone([case_id])]
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        bench.store.apply(bench.store.take(), torn())
    assert bench.store.blobs.has(attach["sha256"]) and standings(bench) == [Standing.ARRIVED]


def test_short_of_room_the_fetched_goes_first_then_the_oldest_that_arrived(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, one = arrived(bench, "a")
    _, two = arrived(bench, "b", now="2026-03-17T02:00:00Z")
    _, waiting = attached(bench, "c")
    other = fetched(bench, first, b"x" * 5_000)
    small = fetched(bench, first, b"thumbnail", "thumbnail")
    blobs, known = bench.store.blobs, bench.store.files.known()

    def used() -> int:
        return sum(len(blobs.read(name)) for name in known if blobs.has(name))

    full = used() + RESERVE
    monkeypatch.setattr(Blobs, "free", lambda _: full - used())
    make_room(bench.store, 4_000)
    assert not blobs.has(other.sha256) and blobs.has(one["sha256"])
    make_room(bench.store, 5_000 + 1)
    assert not blobs.has(one["sha256"]) and blobs.has(two["sha256"]) and blobs.has(small.sha256)
    with pytest.raises(StorageFull):
        make_room(bench.store, 50_000)
    assert blobs.has(two["sha256"]), "it would not have been enough"
    assert blobs.has(waiting["sha256"]), "what only lies here is never the price"
    assert blobs.has(small.sha256)


def test_a_person_who_leaves_takes_everything_along_but_not_before_it_was_sent(bench: Bench) -> None:
    class Server:
        def call(self, *_: Any, **__: Any) -> None: ...

    case_id, attach = attached(bench)
    bench.send(Status.APPLIED)
    bench.store.meta.set("token", "t")
    with pytest.raises(Forbidden):
        account.sign_out(bench.store, Server())  # type: ignore[arg-type]
    bench.arrive(bench.record(id=case_id, attachments=(on_record(attach, arrived=NOW),)))
    account.sign_out(bench.store, Server())  # type: ignore[arg-type]
    assert not bench.store.blobs.folder.exists() and bench.store.files.known() == set()


def test_a_revoked_device_keeps_no_bytes(bench: Bench) -> None:
    _, attach = attached(bench)
    device = bench.store.take()
    bench.hear(device, wipe=True)
    assert bench.store.blobs.has(attach["sha256"])
    bench.hear(device, Answered([Result(1, Status.QUARANTINED, "device_revoked")]), wipe=True)
    assert not bench.store.blobs.folder.exists() and bench.store.files.uploads() == []


def test_a_process_that_died_while_forgetting_finishes_it_later(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    attached(bench)
    with monkeypatch.context() as patch:
        patch.setattr(Blobs, "drop_all", lambda _: (_ for _ in ()).throw(KeyboardInterrupt))
        with pytest.raises(KeyboardInterrupt):
            bench.store.forget()
    assert list(bench.store.blobs.folder.glob("*/*"))
    again = bench.started_anew()
    assert not again.blobs.folder.exists() and again.meta.get("bytes_gone") is None
    again.close()


def test_health_tells_how_many_files_wait_and_nothing_when_none_does(bench: Bench) -> None:
    from sync.codec import line_of

    assert b"files" not in line_of(bench.store.health())
    attached(bench)
    assert bench.store.health().files == 1


def test_an_old_database_is_brought_along_with_its_outbox_untouched(tmp_path: Path, city: Any) -> None:
    path = tmp_path / "old.sqlite"
    script = (Path(__file__).parents[3] / "client" / "store" / "schema.sql").read_text(encoding="utf-8")
    old = sqlite3.connect(path)
    old.executescript(script)
    old.execute("PRAGMA user_version = 1")
    old.execute("INSERT INTO instance (id, next_seq) VALUES ('00000000-0000-4000-9000-000000000001', 4)")
    rows = [
        (1, n, state, f"case {n}", "case.edit", NOW, None, None, b'{"t":"command","seq":%d}' % n, None)
        for n, state in enumerate(("sent", "queued", "refused"), 1)
    ]
    old.executemany(f"INSERT INTO outbox VALUES ({', '.join('?' * 10)})", rows)
    old.commit()
    old.close()
    store = Store(path)
    assert [tuple(row) for row in store._db.execute("SELECT * FROM outbox ORDER BY seq")] == rows
    assert store.outbox.minted("00000000-0000-4000-9000-000000000001") == 3
    assert store.files.uploads() == [] and store._db.execute("PRAGMA user_version").fetchone()[0] == 3
    store.close()


def test_a_copy_of_the_database_without_its_folder_still_opens(bench: Bench) -> None:
    _, attach = attached(bench)
    shutil.rmtree(bench.store.blobs.folder)
    assert not bench.store.blobs.sound(attach["sha256"]) and bench.store.files.unsent()[0] == 1
    bench.store.close()
    again = bench.started_anew()
    assert again.files.unsent()[0] == 1
    again.close()


def test_standing_follows_a_record_that_another_device_changed(bench: Bench) -> None:
    case_id, attach = attached(bench)
    bench.send(Status.APPLIED)
    record = bench.record(id=case_id, attachments=(on_record(attach),))
    bench.arrive(record)
    bench.arrive(changed(record, v=2, attachments=()))
    assert standings(bench) == [Standing.NAMELESS]
    [upload] = bench.store.files.uploads()
    assert replace(upload, standing=Standing.READY).unsent and not upload.unsent


@pytest.mark.parametrize(("free", "full"), [(None, False), (RESERVE, False), (RESERVE - 1, True), (0, True)])
def test_a_device_says_that_it_is_full_where_a_photo_would_find_no_room(
    bench: Bench, monkeypatch: pytest.MonkeyPatch, free: int | None, full: bool
) -> None:
    monkeypatch.setattr(Blobs, "free", lambda _: free)
    assert status(bench.store)["full"] is full
