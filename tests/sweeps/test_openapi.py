"""The API keeps to its own description, whoever asks whatever: each answer is one that the document names, of the type
and shape that stand there; what the document rules out is refused; and nothing is answered with a fault of ours."""

import os
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
import schemathesis
from schemathesis import Case, HookContext, engine
from schemathesis.engine import events
from schemathesis.hooks import unregister

from server.api import tracking
from tests.sweeps.city_day import CityDay
from tests.sweeps.talking import RAW, Speaker, config, prepare, raw, read_to_the_end

MANY = int(os.environ.get("TENGGAT_FUZZ") or 0)
"""Cases for each operation that are other ones each time: `make fuzz`."""


@dataclass
class Told:
    """What came of a run: failures in words, and what was met on the way."""

    failures: list[str] = field(default_factory=list)
    statuses: Counter[tuple[str, int]] = field(default_factory=Counter)

    def take(self, event: Any) -> None:
        if isinstance(event, events.NonFatalError):
            self.failures.append(f"{event.label}: {event.value!r}")
        elif isinstance(event, events.FatalError):
            self.failures.append(repr(event.exception))
        elif isinstance(event, events.ScenarioFinished):
            self._scenario(event.recorder)

    def _scenario(self, recorder: Any) -> None:
        for id_, interaction in recorder.interactions.items():
            case = recorder.cases[id_].value
            if interaction.response is not None:
                done = f"{interaction.request.method} {case.operation.path}"
                self.statuses[done, interaction.response.status_code] += 1
            self.failures += [
                f"{check.name}: {case.as_curl_command()}\n{check.failure_info.failure}"
                for check in recorder.checks.get(id_, ())
                if check.failure_info is not None
            ]

    def __str__(self) -> str:
        return f"{len(self.failures)} failures:\n\n" + "\n\n".join(self.failures[:20])


@pytest.fixture
def spoken(day: CityDay) -> Iterator[Counter[str]]:
    """Whatever schemathesis sends is said by somebody of the city; how often by whom."""
    found: Counter[str] = Counter()
    day.server.app.testing = False

    def before_call(context: HookContext, case: Case, kwargs: dict[str, Any]) -> None:
        found[Speaker.of(case).name] += 1
        prepare(day, case)

    schemathesis.serializer(*RAW)(raw)
    schemathesis.hook(before_call)
    yield found
    unregister(before_call)


def run(day: CityDay, many: int, path: str | None = None) -> Told:
    app = read_to_the_end(day.server.app)
    schema = schemathesis.openapi.from_wsgi("/api/v1/openapi.json", app, config=config(many))
    told = Told()
    for event in engine.from_schema(schema.include(path=path) if path else schema).execute():
        told.take(event)
    return told


def test_it_answers_as_it_says(day: CityDay, spoken: Counter[str]) -> None:
    told = run(day, MANY)
    assert not told.failures, str(told)
    described = day.server.app.test_client().get("/api/v1/openapi.json").json["paths"]
    operations = {f"{m.upper()} {p}" for p, methods in described.items() for m in methods if m != "parameters"}
    done = {label for label, status in told.statuses if status < 300}
    # A bundle is sealed and signed, which nobody hits upon: tests/bundles has those that are.
    assert operations - done == {"POST /api/v1/bundles"}, "each was carried out at least once, and not only refused"
    assert len(spoken) == 5 and min(spoken.values()) > 50


TRACK = "/api/v1/track/{number}"


def _undocumented(world: Any, record: Any) -> Any:
    raise PermissionError


def _wrong_type(world: Any, record: Any) -> Any:
    return TRACKED(world, record) | {"files": {"arrived": "all of them", "all": []}}


def _left_out(world: Any, record: Any) -> Any:
    found = TRACKED(world, record)
    del found["stage"]
    return found


TRACKED = tracking.tracked


@pytest.mark.parametrize(
    ("fault", "found"),
    [
        (_undocumented, "not_a_server_error"),
        (_undocumented, "status_code_conformance"),
        (_wrong_type, "not_a_server_error"),
        (_left_out, "response_schema_conformance"),
    ],
)
def test_it_would_be_found(
    day: CityDay,
    spoken: Counter[str],
    monkeypatch: pytest.MonkeyPatch,
    fault: Callable[[Any, Any], Any],
    found: str,
) -> None:
    """An answer that the document does not allow, put in on purpose."""
    monkeypatch.setattr(tracking, "tracked", fault)
    told = run(day, 0, TRACK)
    assert any(failure.startswith(f"{found}: ") for failure in told.failures), str(told)
    monkeypatch.undo()
    assert not run(day, 0, TRACK).failures
