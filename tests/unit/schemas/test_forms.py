"""What a form takes, what it says about the rest, and that nothing whatever makes it fail."""

import json
import unicodedata
from collections import Counter
from typing import Any, get_args

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from schemas.catalogue import City, city_folder, load_city
from schemas.catalogue.model import Condition, Field, FieldType, Option, Service, Text
from schemas.forms import FormSchema, Problem, check_form, form_schema

CITY = load_city(city_folder("semarang"))
KRK = CITY.service("krk")
WORDS = Text(id="tanya", en="question")
OPTIONS = tuple(Option(code, WORDS) for code in ("one", "two", "three"))


def field(type_: FieldType, **more: Any) -> Field:
    if type_ in ("choice", "multi"):
        more.setdefault("options", OPTIONS)
    return Field(name="it", type=type_, label=WORDS, **more)


def told(one: Field, value: Any, *, partial: bool = False) -> Any:
    """The clean value, or the code of the problem as `!code`."""
    clean, problems = check_form(CITY, KRK, (one,), {"it": value}, partial=partial)
    return f"!{problems['it'].code}" if problems else clean.get("it")


CASES: list[tuple[Field, Any, Any]] = [
    (field("text"), "  Warga\n Satu\t", "Warga Satu"),
    (field("text"), "Cafe\u0301", "Caf\u00e9"),
    (field("text", required=False), "   ", None),
    (field("text"), "   ", "!required"),
    (field("text"), 5, "!not_text"),
    (field("text"), "a\x00b", "!bad_characters"),
    (field("text"), "a\ud800b", "!bad_characters"),
    (field("text"), "abc\u202egpj", "!bad_characters"),
    (field("text", max=3), "abcd", "!too_long"),
    (field("text", max=1), "e\u0301", "\u00e9"),
    (field("text", min=3), "ab", "!too_short"),
    (field("text"), "x" * 10_000_000, "!too_long"),
    (field("longtext"), "satu\r\ndua\rtiga", "satu\ndua\ntiga"),
    (field("text"), "👩‍👩‍👧", "👩‍👩‍👧"),
    (field("digits", length=16), "3374 0101-0101.0001", "3374010101010001"),
    (field("digits", length=16), "337401010101000", "!wrong_length"),
    (field("digits", length=16), "33740101010100O1", "!not_digits"),
    (field("digits"), "١٢٣", "!not_digits"),
    (field("digits", min=15, max=16), "1" * 17, "!too_long"),
    (field("digits", min=15, max=16), "1" * 14, "!too_short"),
    (field("digits"), 123, "!not_text"),
    (field("integer"), "12", 12),
    (field("integer"), 12.0, 12),
    (field("integer"), 12.5, "!not_whole"),
    (field("integer"), True, "!not_a_number"),
    (field("integer", min=1), 0, "!out_of_range"),
    (field("integer"), 10**5000, "!out_of_range"),
    (field("number"), "12,5", 12.5),
    (field("number"), "1.250", "!not_a_number"),
    (field("number"), "0.125", 0.125),
    (field("number"), float("nan"), "!not_a_number"),
    (field("number"), float("-inf"), "!not_a_number"),
    (field("number"), "1e5", "!not_a_number"),
    (field("choice"), " two ", "two"),
    (field("choice"), "four", "!unknown_option"),
    (field("choice"), {"one": 1}, "!unknown_option"),
    (field("choice", required=False), "", None),
    (field("multi"), ["three", "one", "one"], ["one", "three"]),
    (field("multi"), "two", ["two"]),
    (field("multi"), [], "!required"),
    (field("multi"), ["one", 2], "!unknown_option"),
    (field("multi"), {"one": 1}, "!not_a_list"),
    (field("multi", max=1), ["one", "two"], "!too_many"),
    (field("multi", min=2), ["one"], "!too_few"),
    (field("date"), "2026-02-28", "2026-02-28"),
    (field("date"), "2026-02-29", "!not_a_date"),
    (field("date"), "20260228", "!not_a_date"),
    (field("date"), "1899-12-31", "!date_out_of_range"),
    (field("date"), "2100-12-31", "2100-12-31"),
    (field("phone"), "+62 812-3456-7890", "+6281234567890"),
    (field("phone"), "0812", "!not_a_phone"),
    (field("email"), "warga.satu@contoh.id", "warga.satu@contoh.id"),
    (field("email"), "warga satu@contoh.id", "!not_an_email"),
    (field("area"), "33.74.01.1001", "33.74.01.1001"),
    (field("area"), "33.74.01", "!unknown_area"),
    (field("office"), "dpu", "dpu"),
    (field("office"), "moon", "!unknown_office"),
    (field("case"), " krk-2026-00017 ", "KRK-2026-00017"),
    (field("case"), "<script>", "!not_a_case"),
    (field("point"), {"lat": -6.98, "lon": 110.4}, {"lat": -6.98, "lon": 110.4}),
    (field("point"), {"lat": -6.98, "lon": 110.4, "accuracy": None}, {"lat": -6.98, "lon": 110.4}),
    (field("point"), {"lat": 91, "lon": 110.4}, "!not_a_point"),
    (field("point"), {"lat": float("nan"), "lon": 110.4}, "!not_a_point"),
    (field("point"), {"lat": -6, "lon": 110, "who": 1}, "!not_a_point"),
    (field("outline"), [[0, 0], [0, 1], [1, 1]], [[0.0, 0.0], [0.0, 1.0], [1.0, 1.0]]),
    (field("outline"), [[0, 0], [0, 1]], "!too_few"),
    (field("outline"), [[0, 0]] * 201, "!too_many"),
    (field("outline"), [[0, 0], [0, 1], "12"], "!not_an_outline"),
    (field("yesno"), True, "yes"),
    (field("yesno"), "no", "no"),
    (field("yesno"), "ya", "!not_yes_or_no"),
    (field("text"), None, "!required"),
]


# Ids by number and type: a value here may be too long to be a name, or no text that can be printed.
@pytest.mark.parametrize(("one", "value", "expected"), CASES, ids=[f"{i}-{row[0].type}" for i, row in enumerate(CASES)])
def test_each_type(one: Field, value: Any, expected: Any) -> None:
    assert told(one, value) == expected


def test_every_type_is_in_the_table_above() -> None:
    assert {row[0].type for row in CASES} == set(get_args(FieldType))


GAS = Field(name="gas", type="yesno", label=WORDS)
BOTTLES = Field(name="bottles", type="integer", label=WORDS, when=Condition("gas", equals=("yes",)))
BRAND = Field(name="brand", type="text", label=WORDS, when=Condition("bottles", not_equals=("1",)))
CHAIN = (GAS, BOTTLES, BRAND)


def test_a_question_not_asked_is_dropped_at_submit_and_kept_in_a_draft() -> None:
    values = {"gas": "no", "bottles": 1, "brand": "Biru"}
    clean, problems = check_form(CITY, KRK, CHAIN, values, partial=False)
    assert problems == {}
    # Dropped `bottles` equals nothing, so `brand` is asked although a 1 was left there.
    assert clean == {"gas": "no", "brand": "Biru"}
    assert check_form(CITY, KRK, CHAIN, values, partial=True) == (values, {})


def test_a_bad_answer_to_a_question_not_asked_stops_nobody() -> None:
    values = {"gas": "no", "bottles": "many", "brand": "Biru"}
    assert check_form(CITY, KRK, CHAIN, values, partial=False)[1] == {}


def test_a_required_question_is_required_only_when_asked() -> None:
    _, problems = check_form(CITY, KRK, CHAIN, {"gas": "yes"}, partial=False)
    assert {name: problem.code for name, problem in problems.items()} == {"bottles": "required", "brand": "required"}
    assert check_form(CITY, KRK, CHAIN, {}, partial=True) == ({}, {})


@pytest.mark.parametrize(
    ("value", "met"),
    [("a", True), (["b", "a"], True), ("b", False), (None, False), ({"a": 1}, False), (10**5000, False)],
    ids=["same", "any", "other", "none", "object", "huge"],
)
def test_a_condition_compares_strings(value: Any, met: bool) -> None:
    assert Condition("x", equals=("a",)).met({"x": value}) is met
    assert Condition("x", not_equals=("a",)).met({"x": value}) is not met


def test_a_condition_knows_numbers_and_yes() -> None:
    assert Condition("x", equals=("1234567",)).met({"x": 1234567})
    assert Condition("x", equals=("yes",)).met({"x": True})


def test_unknown_names_are_told_and_bounded() -> None:
    _, problems = check_form(CITY, KRK, CHAIN, {f"x{i}" * 50: 1 for i in range(1000)}, partial=True)
    assert 0 < len(problems) <= 20
    assert all(problem.code == "unknown_field" and len(name) <= 40 for name, problem in problems.items())


def test_what_is_no_object_is_told() -> None:
    answers: Any = ["not", "an", "object"]
    assert check_form(CITY, KRK, CHAIN, answers, partial=False)[1][""].code == "not_a_form"


def test_forms_with_the_same_names_are_told_apart() -> None:
    lapor = CITY.service("lapor")
    optional, required = lapor.form("dispatch").fields, lapor.form("forward").fields
    assert check_form(CITY, lapor, optional, {}, partial=False)[1] == {}
    assert check_form(CITY, lapor, required, {}, partial=False)[1]["office"].code == "required"


def test_the_schema_is_built_once_and_the_memory_is_bounded() -> None:
    city = City.from_json(CITY.to_json())
    krk = city.service("krk")
    first = form_schema(city, krk, krk.fields)
    assert isinstance(first, FormSchema)
    assert form_schema(city, krk, krk.fields) is first
    for _ in range(2_000):
        form_schema(city, krk, (field("text"),))
    assert len(city.memo) < 600


def every_field() -> list[tuple[Service, tuple[Field, ...]]]:
    return [(service, fields) for service in CITY.services for fields in _sets(service)]


def _sets(service: Service) -> list[tuple[Field, ...]]:
    return [service.fields, *(form.fields for form in service.forms)]


JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.integers(min_value=10**300, max_value=10**310)
    | st.floats()
    | st.text(st.characters(exclude_categories=()))
    | st.sampled_from(
        ["", " ", "yes", "2026-02-29", "33.74.01.1001", "0812345678", "1,5", "\x00", "\ud800", "x" * 30_000]
    ),
    lambda inner: (
        st.lists(inner, max_size=5) | st.dictionaries(st.text(max_size=8) | st.just("lat"), inner, max_size=4)
    ),
    max_leaves=12,
)
# Shaped like answers, so that the checks behind the type check are met too.
NEAR = st.sampled_from(CASES).map(lambda case: case[1]) | st.builds(
    lambda left, middle: left + middle, st.text(max_size=5), st.sampled_from(["\x00", "\ud800", "\u202e", "e\u0301"])
)


def test_no_input_makes_it_fail() -> None:
    """Whatever comes in, and that most kinds of problem were really met: a generator that never hits a case proves
    nothing about it."""
    seen: Counter[str] = Counter()
    settings(max_examples=600, deadline=None)(given(st.data())(lambda data: _check_anything(data, seen)))()
    assert len(seen) >= 14, seen


def _check_anything(data: st.DataObject, seen: Counter[str]) -> None:
    service, fields = data.draw(st.sampled_from(every_field()))
    names = st.sampled_from([one.name for one in fields])
    values = data.draw(st.dictionaries(names | st.text(st.characters(exclude_categories=())), JSON | NEAR, max_size=12))
    partial = data.draw(st.booleans())
    clean, problems = check_form(CITY, service, fields, values, partial=partial)
    # All that comes out can be stored and sent: strict JSON, encodable, no name twice on both sides.
    json.dumps(clean, allow_nan=False, ensure_ascii=False).encode()
    json.dumps(list(problems), ensure_ascii=False).encode()
    assert not clean.keys() & problems.keys()
    assert clean.keys() <= {one.name for one in fields}
    for problem in problems.values():
        assert isinstance(problem, Problem)
        assert problem.text.id and problem.text.en
        seen[problem.code] += 1
    for value in clean.values():
        if isinstance(value, str):
            assert value == unicodedata.normalize("NFC", value).strip() and value
    # Cleaning what is clean changes nothing, so a device and the server agree however often it passes.
    again, _ = check_form(CITY, service, fields, clean, partial=partial)
    assert again == clean
