"""The shared cases in `tests/vectors/promise.json`, which every language runs."""

import json
from datetime import date
from pathlib import Path
from typing import Any

import msgspec
import pytest

from schemas.promise import PromiseTable, lookup, provisional

VECTORS: dict[str, Any] = json.loads((Path(__file__).parents[2] / "vectors" / "promise.json").read_bytes())
TABLES = msgspec.convert(VECTORS["tables"], dict[str, PromiseTable])


def test_every_part_is_run() -> None:
    assert VECTORS.keys() == {"tables", "cases"}
    assert {case["table"] for case in VECTORS["cases"]} == TABLES.keys()


@pytest.mark.parametrize("case", VECTORS["cases"], ids=lambda case: case["name"])
def test_a_promise(case: dict[str, Any]) -> None:
    table, day = TABLES[case["table"]], date.fromisoformat(case["day"])
    due = lookup(table, case["service"], day)
    assert (due and {limit: str(on) for limit, on in due.items()}) == case["due"]
    assert sorted(provisional(table, case["service"], day)) == case["provisional"]
