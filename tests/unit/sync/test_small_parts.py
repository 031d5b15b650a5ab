"""Schedule, problems that become exceptions again, cursors and the codec under arbitrary input."""

import gzip
import io
import json
from typing import Any

import msgspec
import pytest
import zstandard
from hypothesis import given
from hypothesis import strategies as st

from sync import codec, cursor, digest, errors, merge, schedule
from sync.errors import Malformed, TenggatError, TooLarge, TooMany, UnknownEncoding, from_problem
from sync.messages import Command, Fetch, Left, RequestEnd, Result, Status

ID = "00000000-0000-4000-8000-00000000000a"
JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**60), 2**60)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=6), inner, max_size=4),
    max_leaves=10,
)

# ---- schedule ----


def test_idle_is_a_minute_give_or_take() -> None:
    assert [round(schedule.delay(0, chance), 3) for chance in (0.0, 0.5, 1.0)] == [54.0, 60.0, 66.0]


def test_failures_double_the_wait_up_to_a_bound() -> None:
    assert [schedule.delay(n, 1.0) for n in (1, 2, 3, 8, 9, 10_000)] == [2.0, 4.0, 8.0, 256.0, 300.0, 300.0]
    assert schedule.delay(3, 0.0) == 4.0, "never less than half, or a city comes at once after all"


@given(st.integers(0, 100), st.floats(0, 1, exclude_max=True), st.none() | st.floats(0, 10_000))
def test_the_timer_never_stops_and_never_hurries(failures: int, chance: float, asked: float | None) -> None:
    wait = schedule.delay(failures, chance, asked)
    assert wait >= 1.0
    assert wait <= max(schedule.LONGEST, (asked or 0) * 1.25)
    assert wait >= (asked or 0), "a server's Retry-After is the least"


def test_those_whom_a_server_sent_away_until_one_moment_do_not_all_come_at_it() -> None:
    waits = [schedule.delay(1, n / 100, 900.0) for n in range(100)]
    assert (len(set(waits)), min(waits)) == (100, 900.0) and max(waits) > 1_100


# ---- errors ----


def test_a_problem_body_becomes_the_same_exception() -> None:
    def every(kind: type[TenggatError]) -> list[type[TenggatError]]:
        return [kind, *(found for child in kind.__subclasses__() for found in every(child))]

    kinds = [kind for kind in every(TenggatError) if kind.__module__ == errors.__name__]
    assert len(kinds) == len({kind.code for kind in kinds}) > 12
    for kind in kinds:
        body = {"type": "about:blank", "title": "x", "status": kind.status, "code": kind.code, "detail": "d", "n": 1}
        again = from_problem(body)
        assert (type(again), again.detail, again.extra) == (kind, "d", {"n": 1})
    assert type(from_problem({"code": "from the future"})) is TenggatError
    assert type(from_problem({})) is TenggatError

    class Family(TenggatError):
        """Says no code, and takes other arguments than its kin."""

        def __init__(self) -> None:
            super().__init__("d")

    assert type(from_problem({"code": TenggatError.code})) is TenggatError, Family.__doc__
    assert from_problem({"code": "too_many", "retry_after": 3}).extra == {"retry_after": 3}
    assert issubclass(TooMany, TenggatError)


# ---- codec ----


@given(st.binary(max_size=300))
def test_arbitrary_bytes_raise_nothing_else(data: bytes) -> None:
    for read in (codec.read_request, codec.read_control, codec.read_head):
        try:
            read(data)
        except Malformed as error:
            assert error.detail
    for encoding in ("zstd", "gzip", "identity", "br", ""):
        try:
            for _ in codec.lines_in(codec.inflate(io.BytesIO(data), encoding, 10_000), 100):
                pass
        except TenggatError as error:
            assert isinstance(error, Malformed)


@given(JSON)
def test_arbitrary_json_raises_nothing_else(value: Any) -> None:
    line = json.dumps(value).encode()
    for read in (codec.read_request, codec.read_control, codec.read_head):
        try:
            read(line)
        except Malformed as error:
            assert error.code == "malformed"


@given(st.text(max_size=300), st.dictionaries(st.text(max_size=5), JSON, max_size=4), st.integers(1, 2**53 - 1))
def test_round_trip(kind: str, data: dict[str, Any], seq: int) -> None:
    raw = msgspec.Raw(msgspec.json.encode(data))
    for message in (
        Result(seq, Status.REJECTED, code=kind, details=data),
        Left(kind),
    ):
        assert codec.read_control(codec.line_of(message)) == message
    for asked in (Fetch([ID]), RequestEnd(seq)):
        assert codec.read_request(codec.line_of(asked)) == asked
    command = Command(seq, (kind or "x")[:64], ID, "", data=raw)
    read = codec.read_request(codec.line_of(command))
    assert isinstance(read, Command)
    assert (read.seq, read.kind) == (seq, command.kind)
    assert msgspec.json.decode(read.data) == data


@given(st.lists(st.binary(max_size=40).filter(lambda line: b"\n" not in line)), st.data())
def test_any_chunking_gives_the_same_lines(lines: list[bytes], data: st.DataObject) -> None:
    body = b"".join(line + b"\n" for line in lines)
    chunks, rest = [], body
    while rest:
        size = data.draw(st.integers(1, len(rest)))
        chunks.append(rest[:size])
        rest = rest[size:]
    assert [line for batch in codec.lines_in(chunks) for line in batch] == [line for line in lines if line]


@pytest.mark.parametrize("encoding", ["zstd", "gzip", "identity"])
def test_there_and_back_compressed(encoding: str) -> None:
    chunks = [b"x" * 300_000, b"", b"end\n"]
    packed = b"".join(codec.deflate(chunks, encoding))
    assert b"".join(codec.inflate(io.BytesIO(packed), encoding)) == b"".join(chunks)
    assert max(map(len, codec.inflate(io.BytesIO(packed), encoding))) <= 256 * 1024
    with pytest.raises(TooLarge):
        list(codec.inflate(io.BytesIO(packed), encoding, limit=300_003))


def test_ours_reads_theirs() -> None:
    for encoding, pack in (("gzip", gzip.compress), ("zstd", zstandard.compress)):
        assert b"".join(codec.inflate(io.BytesIO(pack(b"abc\n")), encoding.upper())) == b"abc\n"
    with pytest.raises(UnknownEncoding):
        list(codec.inflate(io.BytesIO(b""), "br"))


# ---- cursor, digest, merge ----


@given(st.text(max_size=600) | st.binary(max_size=300).map(lambda b: b.hex()))
def test_any_text_is_a_cursor_or_none(text: str) -> None:
    found = cursor.decode(text)
    assert found is None or isinstance(found, cursor.Cursor)


@given(st.text(max_size=20), st.integers(0, 2**60), st.text(max_size=8), st.integers(0, 2**60))
def test_cursors_come_back(epoch: str, position: int, scopes: str, floor: int) -> None:
    given_ = cursor.Cursor(epoch, position, scopes, floor=floor)
    assert cursor.decode(cursor.encode(given_)) == given_


@given(st.dictionaries(st.text(max_size=4), st.integers(0, 5)), st.dictionaries(st.text(max_size=4), st.integers(0, 5)))
def test_mending_the_difference_makes_digests_agree(have: dict[str, int], held: dict[str, int]) -> None:
    fetch, drop = digest.difference(have.items(), held)
    mended = {i: v for i, v in held.items() if i not in drop} | {i: have[i] for i in fetch}
    assert digest.digest_of(mended.items()) == digest.digest_of(have.items())
    total = int(digest.digest_of(have.items())[1], 16)
    assert digest.unsigned(digest.signed(total)) == total
    assert -(2**63) <= digest.signed(total) < 2**63


FIELDS = st.dictionaries(st.sampled_from("abc"), JSON, max_size=3)


@given(FIELDS, FIELDS, FIELDS)
def test_merge_loses_nothing(ours: dict[str, Any], patch: dict[str, Any], was: dict[str, Any]) -> None:
    """Whatever was typed stands, is kept beside, or was there already."""
    merged = merge.merge(ours, patch, was)
    beside = {d.field for d in merged.disagreements}
    for field, theirs in patch.items():
        stands = merge.same(merged.values.get(field), theirs)
        assert stands or field in beside or merge.same(theirs, was.get(field))
    assert all(merge.same(merged.values.get(f), v) for f, v in ours.items() if f not in merged.taken)
    again = merge.merge(merged.values, patch, was)
    assert again.values == merged.values, "a repetition changes nothing"
    assert again.taken == ()
