"""The client's half: order of a response, and what a session asks next."""

from typing import Any

import pytest

from sync.codec import line_of
from sync.errors import BodyCut, Malformed
from sync.exchange import (
    MAX_ROUNDS,
    Aim,
    Answered,
    Arrived,
    Device,
    Ended,
    Exchange,
    Gone,
    Listed,
    Opened,
    Promised,
    Session,
    StartedOver,
)
from sync.messages import MAX_FETCH, Command

ID = "00000000-0000-4000-8000-00000000000a"
LINES = {
    "hello": b'{"t":"hello","protocol":1,"epoch":"e","now":"","highest":0,"catalogue":"c"}',
    "result": b'{"t":"result","seq":1,"status":"applied"}',
    "promises": b'{"t":"promises","version":"v","table":{}}',
    "reset": b'{"t":"reset","why":"epoch"}',
    "have": b'{"t":"have","ids":[["a",1]]}',
    "left": b'{"t":"left","id":"a"}',
    "deleted": b'{"t":"deleted","id":"b"}',
    "record": b'{"t":"case","id":"c","v":1}',
    "unknown": b'{"t":"weather","rain":true}',
    "end": b'{"t":"end","cursor":"x"}',
}
RESULTS = ["result"]
PREFACE = ["promises", "reset", "have"]
RECORDS = ["left", "deleted", "record", "unknown"]


def _device(**changed: Any) -> Device:
    return Device(instance=ID, **changed)


def _feed(*names: str, device: Device | None = None) -> tuple[Exchange, list[Any]]:
    exchange = Exchange(device or _device())
    return exchange, exchange.receive(LINES[name] for name in names)


def test_a_whole_response_becomes_events() -> None:
    exchange, events = _feed(
        "hello", "result", "result", "promises", "reset", "have", "record", "record", "left", "deleted", "record", "end"
    )
    assert [type(event) for event in events] == [
        Opened, Answered, Promised, StartedOver, Listed, Arrived, Gone, Arrived, Ended,
    ]  # fmt: skip
    assert len(events[1].results) == 2
    assert events[5].lines == [LINES["record"]] * 2, "as they came"
    assert events[6].ids == ["a", "b"]
    assert (exchange.records, exchange.settled, exchange.finish().cursor) == (3, 2, "x")


def test_runs_are_not_joined_across_batches() -> None:
    exchange = Exchange(_device())
    exchange.receive([LINES["hello"], LINES["record"]])
    (second,) = exchange.receive([LINES["record"]])
    assert isinstance(second, Arrived)
    assert len(second.lines) == 1


@pytest.mark.parametrize("first", [name for name in LINES if name != "hello"])
def test_hello_comes_first(first: str) -> None:
    with pytest.raises(Malformed):
        _feed(first)


@pytest.mark.parametrize("later", ["hello", *PREFACE, *RECORDS, "result"])
def test_hello_comes_once(later: str) -> None:
    with pytest.raises(Malformed):
        _feed("hello", later, "hello")


@pytest.mark.parametrize("before", PREFACE + RECORDS)
def test_results_come_before_anything_else(before: str) -> None:
    with pytest.raises(Malformed):
        _feed("hello", before, "result")


@pytest.mark.parametrize("before", RECORDS)
@pytest.mark.parametrize("late", PREFACE)
def test_the_preface_comes_before_records(before: str, late: str) -> None:
    with pytest.raises(Malformed):
        _feed("hello", before, late)


@pytest.mark.parametrize("late", LINES)
def test_nothing_comes_after_the_end(late: str) -> None:
    with pytest.raises(Malformed):
        _feed("hello", "end", late)


@pytest.mark.parametrize("names", [(), ("hello",), ("hello", "result", "record")])
def test_without_an_end_it_was_cut(names: tuple[str, ...]) -> None:
    exchange, _ = _feed(*names)
    with pytest.raises(BodyCut):
        exchange.finish()


def test_an_unknown_kind_of_line_is_passed_over() -> None:
    exchange, events = _feed("hello", "unknown", "record", "end")
    assert [type(event) for event in events] == [Opened, Arrived, Ended]
    assert exchange.records == 1


def test_a_result_without_a_number_is_found_by_its_line() -> None:
    device = _device(seqs=(7, 8), lines=(b"x", b"y"))
    exchange = Exchange(device)
    exchange.receive([LINES["hello"]])
    (answered,) = exchange.receive(
        b'{"t":"result","seq":null,"status":"quarantined","code":"malformed","line":%d}' % n for n in (2, 1, 3, 0)
    )
    assert isinstance(answered, Answered)
    assert [result.seq for result in answered.results] == [8, 7, None, None]


def test_a_request_is_hello_commands_asks_and_end() -> None:
    lines = [line_of(Command(n, "case.open", ID, "")) for n in range(1, 1_202)]
    device = _device(cursor="c", epoch="e", seqs=range(1, 1_202), lines=lines)
    body = b"".join(Exchange(device, check=True, fetch=[ID]).request()).splitlines()
    assert b'"cursor":"c"' in body[0]
    assert body[1:-3] == lines
    assert body[-3:] == [b'{"t":"check"}', b'{"t":"fetch","ids":["%s"]}' % ID.encode(), b'{"t":"end","commands":1201}']


# ---- Session ----


def _round(session: Session, device: Device, end: bytes, *results: bytes, held: Any = None, waiting: int = 0) -> None:
    exchange = session.next_request(device)
    assert exchange is not None
    exchange.receive([LINES["hello"], *results, end])
    session.closed(exchange, held, waiting)


END = b'{"t":"end","cursor":"x","digest":[[1,"0000000000000001"]]}'
RIGHT, WRONG = [(1, "0000000000000001")], [(1, "0000000000000002")]


def test_done_when_digests_agree() -> None:
    session = Session()
    _round(session, _device(), END, held=RIGHT)
    assert session.next_request(_device()) is None


def test_more_is_asked_for_at_once() -> None:
    session = Session()
    _round(session, _device(), b'{"t":"end","cursor":"x","more":true}')
    _round(session, _device(), END, held=RIGHT)
    assert (session.next_request(_device()), session.rounds) == (None, 2)


def test_what_still_waits_is_sent_unless_nothing_moves() -> None:
    device = _device(seqs=(1,), lines=(b"x",))
    session = Session()
    _round(session, device, END, LINES["result"], held=RIGHT, waiting=1)
    assert session.aim is Aim.EXCHANGE
    retry = b'{"t":"result","seq":1,"status":"retry"}'
    _round(session, device, END, retry, held=RIGHT, waiting=1)
    assert session.next_request(device) is None, "that is the timer's to try again"


def test_a_new_epoch_is_a_reason_to_send_again() -> None:
    device = _device(epoch="old", seqs=(1,), lines=(b"x",))
    session = Session()
    retry = b'{"t":"result","seq":1,"status":"retry","code":"new_epoch"}'
    _round(session, device, END, retry, held=RIGHT, waiting=1)
    assert session.aim is Aim.EXCHANGE


def test_a_mismatch_is_checked_mended_and_at_last_started_over() -> None:
    session = Session()
    _round(session, _device(), END, held=WRONG)
    assert session.aim is Aim.CHECK
    checking = session.next_request(_device())
    assert checking is not None and checking.check
    checking.receive([LINES["hello"], LINES["have"], END])
    session.differs([f"id{n}" for n in range(MAX_FETCH + 1)], ["gone"])
    session.closed(checking, WRONG, 0)
    for size in (MAX_FETCH, 1):
        mending = session.next_request(_device())
        assert mending is not None
        assert len(mending.fetch) == size
        mending.receive([LINES["hello"], END])
        session.closed(mending, WRONG, 0)
    assert session.mended == MAX_FETCH + 2
    over = session.next_request(_device(cursor="c"))
    assert over is not None
    assert over.device.cursor is None, "everything anew"
    over.receive([LINES["hello"], LINES["reset"], END])
    session.closed(over, WRONG, 0)
    assert session.next_request(_device()) is None, "once is enough; the timer comes again"


def test_a_session_ends_even_if_the_two_never_agree() -> None:
    session, rounds = Session(), 0
    while (exchange := session.next_request(_device())) is not None:
        exchange.receive([LINES["hello"], END])
        session.closed(exchange, WRONG, 0)
        rounds += 1
    assert rounds <= 6
    endless = Session()
    for _ in range(MAX_ROUNDS):
        _round(endless, _device(), b'{"t":"end","cursor":"x","more":true}')
    assert endless.next_request(_device()) is None
