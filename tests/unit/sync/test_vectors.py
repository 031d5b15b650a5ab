"""The shared cases, run in Python."""

import base64
import json
from pathlib import Path
from typing import Any

import msgspec
import pytest

from sync import codec, cursor, digest, merge, messages, outbox, schedule
from sync.errors import Malformed, TooLarge

VECTORS = Path(__file__).parents[2] / "vectors"


def cases(file: str, part: str) -> list[Any]:
    found: list[Any] = json.loads((VECTORS / f"{file}.json").read_bytes())[part]
    assert found
    return found


def named(case: dict[str, Any]) -> str:
    return str(case.get("name") or case.get("line", ""))[:60]


# ---- merge ----


@pytest.mark.parametrize("case", cases("merge", "cases"), ids=named)
def test_merge(case: dict[str, Any]) -> None:
    ours, patch = json.dumps(case["ours"]), json.dumps(case["patch"])
    merged = merge.merge(case["ours"], case["patch"], case["was"])
    # As text, so that 1, 1.0 and true are told apart, and the order of fields counts.
    assert json.dumps(merged.values) == json.dumps(case["values"])
    assert list(merged.taken) == case["taken"]
    found = [{"field": d.field, "base": d.base, "ours": d.ours, "theirs": d.theirs} for d in merged.disagreements]
    assert json.dumps(found) == json.dumps(case["disagreements"])
    assert (json.dumps(case["ours"]), json.dumps(case["patch"])) == (ours, patch), "nothing given is changed"


# ---- outbox ----


def test_outbox_has_every_state_and_event() -> None:
    given = {(row["state"], row["event"]) for row in cases("outbox", "transitions")}
    assert given == {(str(state), str(event)) for state in outbox.State for event in outbox.Event}


@pytest.mark.parametrize("row", cases("outbox", "transitions"), ids=lambda r: f"{r['state']}-{r['event']}")
def test_outbox(row: dict[str, Any]) -> None:
    state, event = outbox.State(row["state"]), outbox.Event(row["event"])
    if row["to"] is None:
        with pytest.raises(outbox.Frozen):
            outbox.step(state, event)
    else:
        assert outbox.step(state, event) == row["to"]


def test_outbox_events_of_results() -> None:
    assert {str(status): str(event) for status, event in outbox.EVENT_OF.items()} == {
        row["status"]: row["event"] for row in cases("outbox", "results")
    }
    assert set(outbox.EVENT_OF) == set(messages.Status)
    whole = json.loads((VECTORS / "outbox.json").read_bytes())
    assert [str(state) for state in outbox.WAITING] == whole["waiting"]
    assert whole["keep_days"] == outbox.KEEP_DAYS


@pytest.mark.parametrize("case", cases("outbox", "next_instances"), ids=lambda case: case["taken"][:8])
def test_the_id_that_follows_a_taken_one(case: dict[str, Any]) -> None:
    assert outbox.next_instance(case["taken"]) == case["next"]


# ---- codec ----


@pytest.mark.parametrize("case", cases("codec", "requests"), ids=named)
def test_request_lines(case: dict[str, Any]) -> None:
    _there_and_back(codec.read_request, case)


@pytest.mark.parametrize("case", cases("codec", "responses"), ids=named)
def test_response_lines(case: dict[str, Any]) -> None:
    _there_and_back(codec.read_control, case)


def _there_and_back(reader: Any, case: dict[str, Any]) -> None:
    message = reader(case["line"].encode())
    told = msgspec.json.decode(msgspec.json.encode(message))
    for name, value in case["message"].items():
        # What equals its default need not be written.
        assert told.get(name, {} if name == "data" else None) == value, name
    again = reader(codec.line_of(message))
    assert codec.line_of(again) == codec.line_of(message)
    assert b"\n" not in codec.line_of(message)


@pytest.mark.parametrize("case", cases("codec", "malformed_requests"), ids=named)
def test_malformed_lines(case: dict[str, Any]) -> None:
    with pytest.raises(Malformed) as caught:
        codec.read_request(case["line"].encode())
    assert caught.value.code == "malformed"


@pytest.mark.parametrize("case", cases("codec", "records"), ids=named)
def test_record_heads(case: dict[str, Any]) -> None:
    head = codec.read_head(case["line"].encode())
    assert (head.t, head.id, head.v) == (case["t"], case["id"], case["v"])


@pytest.mark.parametrize("case", cases("codec", "frames"), ids=named)
def test_frames(case: dict[str, Any]) -> None:
    chunks = [base64.b64decode(chunk) for chunk in case["chunks"]]
    wanted = [base64.b64decode(line) for line in case["lines"]]
    got: list[bytes] = []
    limit = case.get("max_line", messages.MAX_LINE)
    if "error" in case:
        with pytest.raises(TooLarge) as caught:
            for lines in codec.lines_in(chunks, limit):
                got += lines
        assert caught.value.code == case["error"]
    else:
        for lines in codec.lines_in(chunks, limit):
            assert lines, "an empty list tells nothing"
            got += lines
    assert got == wanted


@pytest.mark.parametrize("case", cases("codec", "accepts"), ids=lambda c: repr(c["header"]))
def test_choosing_an_encoding(case: dict[str, Any]) -> None:
    assert codec.choose_encoding(case["header"]) == case["encoding"]


# ---- digest ----


@pytest.mark.parametrize("case", cases("digest", "hashes"), ids=lambda c: f"{c['id']}:{c['version']}")
def test_record_hash(case: dict[str, Any]) -> None:
    assert digest.to_hex(digest.record_hash(case["id"], case["version"])) == case["hash"]


@pytest.mark.parametrize("case", cases("digest", "sums"), ids=named)
def test_sums(case: dict[str, Any]) -> None:
    assert digest.digest_of(map(tuple, case["records"])) == (case["count"], case["sum"])


@pytest.mark.parametrize("case", cases("digest", "arithmetic"), ids=lambda c: f"{c['total']}-{c['op']}")
def test_arithmetic(case: dict[str, Any]) -> None:
    function = {"add": digest.add, "subtract": digest.subtract}[case["op"]]
    assert digest.to_hex(function(int(case["total"], 16), int(case["hash"], 16))) == case["result"]


@pytest.mark.parametrize("case", cases("digest", "signed"), ids=lambda c: c["unsigned"])
def test_signed(case: dict[str, Any]) -> None:
    assert digest.signed(int(case["unsigned"], 16)) == int(case["signed"])
    assert digest.to_hex(digest.unsigned(int(case["signed"]))) == case["unsigned"]


@pytest.mark.parametrize("case", cases("digest", "differences"), ids=named)
def test_difference(case: dict[str, Any]) -> None:
    assert digest.difference(map(tuple, case["have"]), case["held"]) == (case["fetch"], case["drop"])


# ---- cursor ----


@pytest.mark.parametrize("case", cases("cursor", "scopes"), ids=lambda c: "+".join(c["scopes"]) or "none")
def test_scopes_hash(case: dict[str, Any]) -> None:
    assert cursor.scopes_hash(case["scopes"]) == case["hash"]


@pytest.mark.parametrize("case", cases("cursor", "not_cursors"), ids=lambda c: c["text"][:12])
def test_not_cursors(case: dict[str, Any]) -> None:
    assert cursor.decode(case["text"]) is None


@pytest.mark.parametrize("case", cases("cursor", "resets"), ids=named)
def test_reasons_for_reset(case: dict[str, Any]) -> None:
    held = cursor.Cursor(**case["cursor"]) if case["cursor"] else None
    head = json.loads((VECTORS / "cursor.json").read_bytes())["head"]
    assert cursor.reason_for_reset(held, "e", "s", head) == case["why"]
    if held is not None:
        assert cursor.decode(cursor.encode(held)) == held
        assert len(cursor.encode(held)) < 512, "what hello allows"


# ---- schedule ----


@pytest.mark.parametrize("case", cases("schedule", "cases"), ids=named)
def test_schedule(case: dict[str, Any]) -> None:
    assert schedule.delay(case["failures"], case["chance"], case["asked"]) == case["seconds"]
