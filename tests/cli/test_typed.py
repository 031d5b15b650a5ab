"""What people type on a line, and what it is taken for."""

from datetime import date
from typing import Any

import pytest

from client.cli.plain import clean, long_date, short_date, size_in_words, span_in_words, value_in_words
from client.cli.trouble import Said, told, told_by_code
from client.cli.typed import value_of
from schemas.catalogue.model import City, Field, Option, Text
from sync.errors import Forbidden, TooMany

TODAY = date(2026, 3, 18)
OPTIONS = (
    Option("road", Text("Jalan rusak", "Damaged road")),
    Option("light", Text("Lampu jalan", "Street light")),
    Option("tree", Text("Pohon", "Tree")),
)


def field(kind: Any, **given: Any) -> Field:
    options = OPTIONS if kind in {"choice", "multi"} else ()
    return Field(name="x", type=kind, label=Text("Isian", "Field"), options=options, **given)


CASES: list[tuple[str, str, Any]] = [
    ("text", "  a  b ", "a  b"),
    ("digits", "3374 0101-0101", "337401010101"),
    ("integer", "2", 2),
    ("number", "12,5", 12.5),
    ("number", "1.250", "1.250"),
    ("choice", "road", "road"),
    ("choice", "JALAN RUSAK", "road"),
    ("choice", "Tree", "tree"),
    ("choice", "perahu", "perahu"),
    ("multi", "pohon, road", ["road", "tree"]),
    ("date", "2026-03-01", "2026-03-01"),
    ("date", "1/3/2026", "2026-03-01"),
    ("date", "1 Maret 2026", "2026-03-01"),
    ("date", "1 mar 2026", "2026-03-01"),
    ("date", "31 Februari 2026", "31 Februari 2026"),
    ("date", "1 foo 2026", "1 foo 2026"),
    ("date", "kemarin", "2026-03-17"),
    ("date", "today", "2026-03-18"),
    ("area", "33.74.01.1007", "33.74.01.1007"),
    ("area", "sekayu", "33.74.01.1007"),
    ("area", "Sekayu,Semarang Tengah", "33.74.01.1007"),
    ("area", "atlantis", "atlantis"),
    ("office", "Dinas Lingkungan Hidup", "dlh"),
    ("office", "Public Works", "dpu"),
    ("point", "-6.98, 110.41", {"lat": -6.98, "lon": 110.41}),
    ("point", "-6.98 110.41 5", {"lat": -6.98, "lon": 110.41, "accuracy": 5.0}),
    ("point", "di sana", "di sana"),
    ("outline", "-6.9,110.4; -6.91,110.4; -6.91,110.41", [[-6.9, 110.4], [-6.91, 110.4], [-6.91, 110.41]]),
    ("yesno", "Ya", "yes"),
    ("yesno", "tidak", "no"),
    ("yesno", "mungkin", "mungkin"),
    ("case", "krk-2026-000001", "KRK-2026-000001"),
    ("text", "   ", None),
]


@pytest.mark.parametrize(("kind", "typed", "value"), CASES)
def test_what_can_be_made_out_is_clean_and_the_rest_is_kept(city: City, kind: str, typed: str, value: Any) -> None:
    assert value_of(field(kind), typed, city.service("krk"), city, TODAY, "id") == value


@pytest.mark.parametrize(("kind", "typed"), [("choice", "a"), ("area", "kali"), ("office", "dinas")])
def test_what_fits_several_is_never_guessed(city: City, kind: str, typed: str) -> None:
    with pytest.raises(Said) as asked:
        value_of(field(kind), typed, city.service("krk"), city, TODAY, "id")
    assert "bisa berarti" in told(asked.value, "id")[0] and "can mean" in told(asked.value, "en")[0]


@pytest.mark.parametrize(
    ("kind", "value", "indonesian"),
    [
        ("choice", "road", "Jalan rusak"),
        ("multi", ["road", "x"], "Jalan rusak, x"),
        ("area", "33.74.01.1007", "Sekayu, Semarang Tengah"),
        ("area", "33.74.01", "Semarang Tengah"),
        ("office", "dlh", "Dinas Lingkungan Hidup"),
        ("yesno", "no", "tidak"),
        ("date", "2026-03-18", "Rabu, 18 Maret 2026"),
        ("date", "lusa", "lusa"),
        ("point", {"lat": -6.98, "lon": 110.4, "accuracy": 5.0}, "-6.98, 110.4 (±5 m)"),
        ("outline", [[1, 2], [3, 4], [5, 6]], "3 titik batas"),
        ("number", 12.5, "12,5 m²"),
        ("text", None, "–"),
        ("text", {"odd": [1]}, '{"odd": [1]}'),
        ("text", "a\x1b[2Jb", "a�[2Jb"),
    ],
)
def test_values_are_shown_in_words(city: City, kind: str, value: Any, indonesian: str) -> None:
    assert value_in_words(field(kind, unit="m²" if kind == "number" else None), value, city, "id") == indonesian
    assert value_in_words(None, value, city, "en")


def test_small_things_in_words() -> None:
    assert (
        short_date(TODAY, TODAY, "id") == "Rab 18 Mar" and short_date(date(2027, 1, 4), TODAY, "en") == "Mon 4 Jan 2027"
    )
    assert long_date(TODAY, TODAY, "en") == "Wednesday, 18 March 2026 (today)"
    assert [size_in_words(n, "id") for n in (0, 999, 1_400, 2_500_000)] == ["0 B", "999 B", "1,4 kB", "2,5 MB"]
    assert size_in_words(10**16, "en") == "10000.0 TB"
    assert [span_in_words(n, "en") for n in (59, 60, 7_300, 90_000)] == ["0 minutes", "1 minute", "2 hours", "1 day"]
    assert span_in_words(5, "id", "ago") == "baru saja" and span_in_words(3_600, "id", "ago") == "1 jam yang lalu"
    assert clean("a\tb\nc\u202e\x07") == "a\tb\nc��"


def test_reasons_that_came_along_are_not_lost() -> None:
    assert told(Forbidden("the very reason"), "id") == ["Itu tidak diizinkan.", "(the very reason)"]
    assert told(Forbidden("why", text=Text("sebab", "why")), "id") == ["sebab"]
    assert told(TooMany("slow", retry_after=7), "en")[1] == "Wait 7 seconds, then try again."
    assert told_by_code("something_new", "its sentence", "id") == ["its sentence"]
