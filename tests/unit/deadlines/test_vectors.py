"""The shared cases in `tests/vectors/deadlines.json`, which every language runs."""

import json
from datetime import date, datetime
from pathlib import Path
from typing import Any

import msgspec
import pytest

from schemas.explain import INDONESIAN, date_in_words, explain, moment_in_words, relative_in_words
from schemas.ledger import Ledger, replay
from schemas.text import Language, Text

VECTORS = json.loads((Path(__file__).parents[2] / "vectors" / "deadlines.json").read_text(encoding="utf-8"))
LANGUAGES: tuple[Language, ...] = ("id", "en")


@pytest.mark.parametrize("case", VECTORS["ledgers"], ids=lambda case: case["name"])
def test_a_ledger_replays_and_explains_itself(case: dict[str, Any]) -> None:
    ledger = msgspec.convert(case["ledger"], Ledger)
    label = msgspec.convert(case["label"], Text)
    today = date.fromisoformat(case["today"])
    assert replay(ledger) == ledger.due == date.fromisoformat(case["due"])
    assert (ledger.state, ledger.provisional) == (case["state"], case["provisional"])
    assert ledger.breached(today) == case["breached"]
    for language in LANGUAGES:
        assert explain(ledger, label, language, today) == case["explanation"][language]
    # The wire form is exact: no field is lost, renamed or added on the way through.
    assert json.loads(msgspec.json.encode(ledger)) == case["ledger"]


@pytest.mark.parametrize("case", VECTORS["dates"], ids=lambda case: case["on"])
def test_a_date_in_words(case: dict[str, Any]) -> None:
    for language in LANGUAGES:
        assert date_in_words(date.fromisoformat(case["on"]), language) == case[language]


@pytest.mark.parametrize("case", VECTORS["moments"], ids=lambda case: case["at"])
def test_a_moment_in_words(case: dict[str, Any]) -> None:
    for language in LANGUAGES:
        assert moment_in_words(datetime.fromisoformat(case["at"]), language) == case[language]


@pytest.mark.parametrize("case", VECTORS["distances"], ids=lambda case: f"{case['on']} seen {case['today']}")
def test_a_distance_in_words(case: dict[str, Any]) -> None:
    day, today = date.fromisoformat(case["on"]), date.fromisoformat(case["today"])
    for language in LANGUAGES:
        assert relative_in_words(day, today, language) == case[language]


def test_the_cases_reach_every_phrase() -> None:
    """Each sentence of the tables is met at least once, so that a twin in another language is tested whole."""
    told = " ".join(s for case in VECTORS["ledgers"] for s in case["explanation"]["id"])
    for key, phrase in INDONESIAN.items():
        pieces = [part.split("}")[-1] for part in phrase.split("{")]
        assert all(piece in told for piece in pieces), key
