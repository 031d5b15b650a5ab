"""The shared cases in `tests/vectors/forms.json`, which every language runs."""

import json
from collections import Counter
from pathlib import Path
from typing import Any, get_args

import msgspec
import pytest

from schemas.catalogue import City
from schemas.catalogue.model import Field, FieldType
from schemas.forms import asked_fields, check_form

VECTORS: dict[str, Any] = json.loads((Path(__file__).parents[2] / "vectors" / "forms.json").read_bytes())
CITY = City.from_json(json.dumps(VECTORS["city"]))
(SERVICE,) = CITY.services


def cases(part: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = VECTORS[part]
    assert found
    return found


def fields_of(case: dict[str, Any]) -> tuple[Field, ...]:
    """The case's fields: what they do not say is the default, and no label is ever shown."""
    return tuple(
        msgspec.convert({"label": {"id": "Tanya", "en": "Question"}} | field, Field) for field in case["fields"]
    )


def test_every_part_is_run_and_every_type_is_met() -> None:
    assert VECTORS.keys() == {"city", "cases", "asked"}
    met = Counter(field["type"] for case in cases("cases") for field in case["fields"])
    assert met.keys() == set(get_args(FieldType))
    assert min(met.values()) >= 3


@pytest.mark.parametrize("case", cases("cases"), ids=lambda case: case["name"])
def test_a_form(case: dict[str, Any]) -> None:
    before = json.dumps(case["values"])
    clean, problems = check_form(CITY, SERVICE, fields_of(case), case["values"], partial=case["partial"])
    told = {name: {"code": p.code, "id": p.text.id, "en": p.text.en} for name, p in problems.items()}
    assert told == case["problems"]
    # As text, so that 1, 1.0 and true are told apart.
    assert json.dumps(clean) == json.dumps(case["clean"])
    assert json.dumps(case["values"]) == before, "nothing given is changed"


@pytest.mark.parametrize("case", cases("asked"), ids=lambda case: case["name"])
def test_which_fields_are_asked(case: dict[str, Any]) -> None:
    assert [field.name for field in asked_fields(fields_of(case), case["values"])] == case["asked"]
