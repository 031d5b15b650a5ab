"""The device's file: what it survives, what it forgets, and when."""

import sqlite3
import threading
from pathlib import Path
from typing import Any

import msgspec
import pytest

from client.store.database import STEPS, StoreBroken, StoreClosed, open_file, transaction
from sync.codec import read_head
from sync.digest import digest_of
from sync.errors import BodyCut, TooLarge
from sync.exchange import Answered, Arrived, Gone, Listed, Opened, StartedOver
from sync.messages import Result, Status, Welcome
from sync.outbox import State, next_instance
from tests.unit.client.conftest import ME, NOW, Bench

MINE = f"person:{ME}"


def ids(bench: Bench) -> set[str]:
    return set(bench.store.records.versions())


def case_id(number: int) -> str:
    return f"00000000-0000-4000-8000-{number:012d}"


def test_a_file_is_made_once_and_reopened(make_bench: Any, tmp_path: Path) -> None:
    bench: Bench = make_bench()
    name = bench.desk.new("lapor", {"title": "Lampu"})
    bench.store.close()
    again = bench.started_anew()
    assert again.outbox.entries()[0].case == name
    again.close()


def test_who_reads_while_it_is_closed_hears_that_it_is(make_bench: Any) -> None:
    bench: Bench = make_bench()
    reading, closed, heard = threading.Event(), threading.Event(), list[type[Exception]]()

    def look() -> None:
        try:
            with bench.store.reading():
                reading.set()
                closed.wait(10)
                bench.store.meta.get("last_success")
        except Exception as error:
            heard.append(type(error))

    reader = threading.Thread(target=look)
    reader.start()
    assert reading.wait(10)
    bench.store.close()
    closed.set()
    reader.join(10)
    assert heard == [StoreClosed]


def test_a_newer_or_damaged_file_is_refused_and_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "newer.sqlite"
    connection = sqlite3.connect(path)
    connection.execute("PRAGMA user_version = 99")
    connection.close()
    with pytest.raises(StoreBroken, match="newer"):
        open_file(path)
    broken = tmp_path / "broken.sqlite"
    broken.write_bytes(b"not a database at all" * 100)
    with pytest.raises(StoreBroken, match="safe place"):
        open_file(broken)
    assert broken.read_bytes().startswith(b"not a database")


def test_a_step_that_fails_leaves_the_version_before_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "steps.sqlite"
    open_file(path).close()
    monkeypatch.setattr("client.store.database.STEPS", (*STEPS, "schema.sql"))
    with pytest.raises(StoreBroken):
        open_file(path)  # the same tables twice cannot be made
    connection = sqlite3.connect(path)
    assert connection.execute("PRAGMA user_version").fetchone()[0] == len(STEPS)
    connection.close()


def test_a_transaction_is_all_or_nothing(bench: Bench) -> None:
    with pytest.raises(KeyboardInterrupt), bench.store.transaction():
        bench.store.meta.set("a", 1)
        bench.desk.new("lapor", {"title": "Lampu"})
        raise KeyboardInterrupt
    assert bench.store.meta.get("a") is None and bench.store.outbox.entries() == []
    assert bench.store.outbox.minted(bench.store.take().instance) == 0


def test_an_answer_that_breaks_off_stores_nothing_of_itself(bench: Bench) -> None:
    bench.draft()
    device = bench.store.take()
    line = msgspec.json.encode(bench.record())

    def events() -> Any:
        yield [Opened(Welcome(1, "e1", NOW, 0, "c", [MINE])), Answered([Result(1, Status.APPLIED)])]
        yield [Arrived([line], [read_head(line)])]
        raise BodyCut("cut")

    with pytest.raises(BodyCut):
        bench.store.apply(device, events())
    assert ids(bench) == set() and bench.store.outbox.entries()[0].state is State.SENT
    bench.store.apply_answers(device, Welcome(1, "e1", NOW, 0, "c", [MINE]), [Result(1, Status.APPLIED)])
    assert bench.store.outbox.entries()[0].state is State.ACKNOWLEDGED
    assert bench.store.meta.get("cursor") is None


def test_what_left_is_frozen(bench: Bench) -> None:
    bench.draft()
    before = bench.store.take().lines
    assert bench.store.take().lines == before
    assert bench.store.outbox.entries()[0].state is State.SENT


def test_scopes_have_bits_and_losing_one_drops_what_only_it_showed(bench: Bench) -> None:
    both, one = (MINE, "office:a"), ("office:a",)
    bench.arrive(
        bench.record(id=case_id(1), scopes=both), bench.record(id=case_id(2), scopes=one), scopes=[MINE, "office:a"]
    )
    count, total = bench.store.digest([MINE, "office:a"])
    assert count == digest_of([(case_id(1), 1)]) and total == digest_of([(case_id(1), 1), (case_id(2), 1)])
    bench.hear(bench.store.take(), scopes=[MINE])
    assert ids(bench) == {case_id(1)}
    bench.hear(bench.store.take(), scopes=[MINE, "office:b"])
    # The bit of the lost scope is used again, and shows nothing that was not sent for it.
    assert bench.store.digest(["office:b"]) == [digest_of([])]


def test_a_digest_of_many_equals_the_definition(bench: Bench) -> None:
    bench.arrive(*(bench.record(id=case_id(n), v=n) for n in range(1, 200)), scopes=[MINE])
    assert bench.store.digest([MINE]) == [digest_of([(case_id(n), n) for n in range(1, 200)])]


def test_a_snapshot_drops_what_did_not_come_with_it(bench: Bench) -> None:
    bench.arrive(bench.record(id=case_id(1)), bench.record(id=case_id(2)))
    line = msgspec.json.encode(bench.record(id=case_id(2), v=3))
    bench.hear(bench.store.take(), StartedOver("scopes"), Arrived([line], [read_head(line)]))
    assert bench.store.records.versions() == {case_id(2): 3}


def test_left_and_deleted_are_dropped_and_a_check_is_compared(bench: Bench) -> None:
    bench.arrive(*(bench.record(id=case_id(n)) for n in (1, 2, 3)))
    bench.hear(bench.store.take(), Gone([case_id(1)]))
    applied = bench.hear(bench.store.take(), Listed([(case_id(2), 5), (case_id(9), 1)]))
    assert applied.fetch == [case_id(2), case_id(9)] and applied.drop == [case_id(3)]
    assert ids(bench) == {case_id(2)} and bench.store.meta.get("mended") == 3


def test_received_commands_are_kept_thirty_days_and_sent_again_to_a_restored_server(bench: Bench) -> None:
    bench.draft()
    lines = bench.send(Status.APPLIED).lines
    assert bench.store.take().lines == []
    bench.hear(bench.store.take(), epoch="e2")
    assert bench.store.meta.get("cursor") == "cursor" and bench.store.take().lines == lines
    bench.send(Status.APPLIED, epoch="e2")
    bench.hear(bench.store.take(), epoch="e2", now="2026-04-14T02:00:00Z")
    assert len(bench.store.outbox.entries()) == 1
    bench.hear(bench.store.take(), epoch="e2", now="2026-04-16T02:00:00Z")
    assert bench.store.outbox.entries() == []


def test_refused_and_waiting_commands_never_expire(bench: Bench) -> None:
    bench.draft()
    bench.send(Status.REJECTED)
    bench.desk.new("lapor", {"title": "Lampu"})
    bench.hear(bench.store.take(), now="2036-01-01T00:00:00Z")
    assert [e.state for e in bench.store.outbox.entries()] == [State.REFUSED, State.SENT]


@pytest.mark.parametrize("sign", ["highest", "seq_reused"])
def test_a_copy_that_went_on_elsewhere_numbers_anew(bench: Bench, sign: str) -> None:
    name = bench.draft()
    device = bench.store.take()
    bench.desk.edit(name, {"rt_rw": "9/9"})
    reused = [Answered([Result(1, Status.QUARANTINED, "seq_reused")])] if sign == "seq_reused" else []
    bench.hear(device, *reused, highest=7 if sign == "highest" else 0)
    again = bench.store.take()
    if sign == "highest":
        # What left without an answer may have been applied, so it keeps its key and goes first.
        assert (again.instance, again.seqs) == (device.instance, device.seqs)
        bench.hear(again, Answered([Result(1, Status.APPLIED)]), highest=7)
        again = bench.store.take()
        assert again.instance != device.instance and again.seqs == [1]
        return
    assert again.instance != device.instance and again.seqs == [1, 2]
    first, second = bench.sent()
    assert second["after"] == first["seq"] == 1
    assert [e.state for e in bench.store.outbox.entries()] == [State.SENT, State.SENT]


def test_what_waits_under_an_id_of_somebody_elses_goes_under_the_next_one(bench: Bench) -> None:
    """With its numbers and its bytes: a disk brought back from before does the same, and is known."""
    bench.draft()
    device = bench.store.take()
    for _ in range(2):
        bench.store.outbox.rehome(device.instance)
    again = bench.store.take()
    assert (again.instance, again.seqs, again.lines) == (next_instance(device.instance), device.seqs, device.lines)
    bench.hear(again, Answered([Result(1, Status.APPLIED)]), highest=1)
    bench.desk.new("lapor", {"title": "Lampu"})
    more = bench.store.take()
    assert (more.instance, more.seqs) == (again.instance, [2])


def test_what_waits_under_an_older_id_moves_and_the_newest_goes_on_minting(bench: Bench) -> None:
    bench.draft()
    device = bench.store.take()
    bench.store.outbox.fork(device.instance)
    newest = bench.store.outbox.instance()
    bench.store.outbox.rehome(device.instance)
    assert bench.store.outbox.instance() == newest
    assert bench.store.take().instance == next_instance(device.instance)


def test_a_revoked_device_keeps_nothing_once_it_has_handed_over(bench: Bench) -> None:
    bench.store.meta.set("token", "t")
    bench.arrive(bench.record())
    bench.draft()
    device = bench.store.take()
    bench.hear(device, wipe=True)
    assert ids(bench) and bench.store.meta.get("token") == "t"
    bench.hear(device, Answered([Result(1, Status.QUARANTINED, "device_revoked")]), wipe=True)
    assert ids(bench) == set() and bench.store.outbox.entries() == []
    assert bench.store.meta.get("token") is None and bench.store.meta.get("wiped")


def test_an_old_program_keeps_what_it_has(bench: Bench) -> None:
    bench.arrive(bench.record())
    bench.hear(bench.store.take(), scopes=[], upgrade=True)
    assert ids(bench) and bench.store.meta.get("upgrade") is True


def test_a_line_that_no_server_takes_is_refused_while_it_is_typed(bench: Bench) -> None:
    with pytest.raises(TooLarge):
        bench.desk.new("lapor", {"text": "x" * 300_000})
    assert bench.store.outbox.entries() == []


def test_a_long_outbox_goes_up_in_several_batches(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("client.store.outbox.MAX_COMMANDS", 3)
    for _ in range(5):
        bench.desk.new("lapor", {"title": "Lampu"})
    assert bench.send(Status.APPLIED).seqs == [1, 2, 3] and bench.send(Status.APPLIED).seqs == [4, 5]
    monkeypatch.setattr("client.store.outbox.MAX_BATCH", 10)
    bench.desk.new("lapor", {"title": "Lampu"})
    bench.desk.new("lapor", {"title": "Lampu"})
    assert bench.store.take().seqs == [6]


def test_lines_are_kept_as_they_came(bench: Bench) -> None:
    line = b'{"t":"case","id":"' + case_id(1).encode() + b'","v":1,"new_thing":{"a":[1]},"service":"krk"}'
    other = b'{"t":"parcel","id":"' + case_id(2).encode() + b'","v":1,"kept":true}'
    bench.hear(bench.store.take(), Arrived([line, other], [read_head(line), read_head(other)]))
    assert bench.store.records.line(case_id(1)) == line and bench.store.records.line(case_id(2)) == other
    assert [row["id"] for row in bench.store.records.by_due()] == [case_id(1)]


def test_find_takes_numbers_and_beginnings(bench: Bench) -> None:
    bench.arrive(bench.record(id=case_id(1), number="KRK-2026-000001"), bench.record(id="a" + case_id(2)[1:]))
    find = bench.store.records.find
    assert find("krk-2026-000001") == [case_id(1)] and find(case_id(1)[:8]) == [case_id(1)]
    assert find("a0000000") == ["a" + case_id(2)[1:]] and find("a000") == []


def test_transactions_nest_into_the_outer_one(bench: Bench) -> None:
    with pytest.raises(ValueError, match="outer"), bench.store.transaction():
        with transaction(bench.store._db):
            bench.store.meta.set("a", 1)
        raise ValueError("outer")
    assert bench.store.meta.get("a") is None
