"""The shared cases in `tests/vectors/catalogue.json`: what a client works out from a service."""

import json
from pathlib import Path
from typing import Any

import msgspec
import pytest

from schemas.catalogue import Service
from schemas.catalogue.model import Condition, Field, Limit

VECTORS: dict[str, Any] = json.loads((Path(__file__).parents[2] / "vectors" / "catalogue.json").read_bytes())
SERVICE = msgspec.convert(VECTORS["service"], Service)


def cases(part: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = VECTORS[part]
    assert found
    return found


def test_every_part_is_run() -> None:
    assert VECTORS.keys() == {"service", "limits", "actions", "titles", "conditions", "sizes"}


def test_the_service_is_whole() -> None:
    """Every key is there, as in what `GET /api/v1/catalogue` answers, but for those that came later."""
    assert _of_then(json.loads(msgspec.json.encode(SERVICE)), VECTORS["service"]) == VECTORS["service"]


def _of_then(now: Any, then: Any) -> Any:
    """What is answered now, without the keys that an earlier answer did not have."""
    if isinstance(now, dict) and isinstance(then, dict):
        return {key: _of_then(value, then[key]) for key, value in now.items() if key in then}
    if isinstance(now, list) and isinstance(then, list) and len(now) == len(then):
        return [_of_then(a, b) for a, b in zip(now, then, strict=True)]
    return now


def test_limits_of_the_service_and_of_its_stages() -> None:
    wanted = msgspec.convert(cases("limits"), tuple[Limit, ...])
    assert SERVICE.all_limits() == wanted
    assert tuple(SERVICE.limit(limit.code) for limit in wanted) == wanted


@pytest.mark.parametrize("case", cases("actions"), ids=lambda case: case["stage"])
def test_actions_from_a_stage(case: dict[str, Any]) -> None:
    assert [action.code for action in SERVICE.actions_from(case["stage"])] == case["actions"]


@pytest.mark.parametrize("case", cases("titles"), ids=lambda case: case["name"])
def test_a_title(case: dict[str, Any]) -> None:
    service = msgspec.structs.replace(SERVICE, title=case["title"])
    assert service.title_of(case["values"]) == case["line"]


@pytest.mark.parametrize("case", cases("conditions"), ids=lambda case: case["name"])
def test_a_condition(case: dict[str, Any]) -> None:
    assert msgspec.convert(case["condition"], Condition).met(case["values"]) is case["met"]


@pytest.mark.parametrize("case", cases("sizes"), ids=lambda case: case["name"])
def test_a_size(case: dict[str, Any]) -> None:
    assert msgspec.convert(case["field"], Field).size == case["size"]
