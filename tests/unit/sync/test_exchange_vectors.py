"""The shared cases in `tests/vectors/exchange.json`: what a response's lines become, and what a session asks next."""

import json
from pathlib import Path
from typing import Any

import msgspec
import pytest

from sync import exchange, messages
from sync.codec import read_control, read_head
from sync.errors import BodyCut, Malformed, TenggatError
from sync.exchange import Device, Exchange, Session

VECTORS: dict[str, Any] = json.loads((Path(__file__).parents[2] / "vectors" / "exchange.json").read_bytes())
INSTANCE = "00000000-0000-4000-8000-00000000000a"


def cases(part: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = VECTORS[part]
    assert found
    return found


def device_of(case: dict[str, Any]) -> Device:
    known = dict(case["device"])
    known["lines"] = [line.encode() for line in known.get("lines", ())]
    known["health"] = messages.Health(**known.get("health", {}))
    return Device(instance=INSTANCE, **known)


def told(message: msgspec.Struct) -> Any:
    return json.loads(msgspec.json.encode(message))


def plain(event: exchange.Event) -> dict[str, Any]:
    """An event as the cases have it: messages without what equals its default."""
    match event:
        case exchange.Opened(welcome):
            return {"kind": "opened", "welcome": told(welcome)}
        case exchange.Answered(results):
            return {"kind": "answered", "results": [told(result) for result in results]}
        case exchange.Promised(promises):
            return {"kind": "promised", "promises": told(promises)}
        case exchange.StartedOver(why):
            return {"kind": "started_over", "why": why}
        case exchange.Arrived(lines, heads):
            return {"kind": "arrived", "lines": [line.decode() for line in lines], "ids": [head.id for head in heads]}
        case exchange.Gone(ids):
            return {"kind": "gone", "ids": ids}
        case exchange.Listed(pairs):
            return {"kind": "listed", "ids": [list(pair) for pair in pairs]}
        case exchange.Revised(amended):
            return {"kind": "revised", "amended": [told(one) for one in amended]}
        case exchange.Ended(end):
            return {"kind": "ended", "end": told(end)}


def test_every_part_is_run() -> None:
    assert VECTORS.keys() == {"responses", "malformed", "heads", "requests", "sessions"}


@pytest.mark.parametrize("case", cases("responses"), ids=lambda case: case["name"])
def test_a_response(case: dict[str, Any]) -> None:
    run = Exchange(device_of(case))
    events: list[Any] = []
    error = None
    for batch in case["batches"]:
        try:
            events.append([plain(event) for event in run.receive([line.encode() for line in batch])])
        except TenggatError as found:
            error = found.code
    assert (events, error) == (case["events"], case["error"])
    assert (run.phase.name.lower(), run.settled, run.records) == (case["phase"], case["settled"], case["records"])
    if case["whole"]:
        assert run.finish() is run.end
    else:
        with pytest.raises(BodyCut):
            run.finish()


@pytest.mark.parametrize("case", cases("malformed"), ids=lambda case: case["line"][:60])
def test_a_malformed_line(case: dict[str, Any]) -> None:
    line = case["line"].encode()

    def read() -> None:
        if read_head(line).t in messages.CONTROL_TYPES:
            read_control(line)

    with pytest.raises(Malformed) as caught:
        read()
    assert caught.value.code == "malformed"


@pytest.mark.parametrize("case", cases("heads"), ids=lambda case: case["line"][:60])
def test_a_head(case: dict[str, Any]) -> None:
    assert told(read_head(case["line"].encode())) == case["head"]


@pytest.mark.parametrize("case", cases("requests"), ids=lambda case: case["name"])
def test_a_request(case: dict[str, Any]) -> None:
    commands = case["device"].get("lines", [])
    body = b"".join(Exchange(device_of(case), check=case["check"], fetch=case["fetch"]).request())
    assert body.endswith(b"\n")
    lines = body.decode().splitlines()
    assert lines[1 : 1 + len(commands)] == commands, "to the byte"
    for line, wanted in zip(lines, case["lines"], strict=True):
        assert line in commands or json.loads(line) == json.loads(wanted)


@pytest.mark.parametrize("case", cases("sessions"), ids=lambda case: case["name"])
def test_a_session(case: dict[str, Any]) -> None:
    session = Session()
    for step in case["steps"]:
        for _ in range(step.get("times", 1)):
            _walk(session, step)
    assert (session.rounds, session.mended) == (case["rounds"], case["mended"])


def _walk(session: Session, step: dict[str, Any]) -> None:
    run = session.next_request(device_of(step))
    asks = run and {"check": run.check, "fetch": list(run.fetch), "cursor": run.device.cursor}
    assert asks == step["asks"]
    if run is None:
        return
    run.receive([line.encode() for line in step["lines"]])
    if "differs" in step:
        session.differs(step["differs"]["fetch"], step["differs"]["drop"])
    held = step["held"] and [tuple(pair) for pair in step["held"]]
    error = None
    try:
        session.closed(run, held, step["waiting"])
    except TenggatError as found:
        error = found.code
    assert (session.aim.name.lower(), error) == (step["aim"], step.get("error"))
