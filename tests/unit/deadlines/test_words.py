"""Dates, moments and distances in words, and the branches of an explanation that vectors do not reach."""

from datetime import UTC, date, datetime, timedelta, timezone

import pytest

from schemas.explain import ENGLISH, INDONESIAN, date_in_words, explain, moment_in_words, relative_in_words
from schemas.text import Language
from server.domain import deadlines

from .world import CALENDAR, DAY, LABEL, at, started


def test_a_date_in_words() -> None:
    assert date_in_words(date(2026, 11, 30), "id") == "Senin, 30 November 2026"
    assert date_in_words(date(2026, 8, 2), "en") == "Sunday, 2 August 2026"


@pytest.mark.parametrize(
    ("moment", "language", "words"),
    [
        (at("2026-11-30", "14:05"), "id", "Senin, 30 November 2026 pukul 14.05 WIB"),
        (at("2026-11-30", "14:05"), "en", "Monday, 30 November 2026 at 14:05 WIB"),
        (datetime(2026, 5, 1, 8, tzinfo=timezone(8 * timedelta(hours=1))), "id", "Jumat, 1 Mei 2026 pukul 08.00 WITA"),
        (datetime(2026, 5, 1, 8, tzinfo=UTC), "en", "Friday, 1 May 2026 at 08:00 UTC+0000"),
    ],
)
def test_a_moment_in_words(moment: datetime, language: Language, words: str) -> None:
    assert moment_in_words(moment, language) == words


def test_a_moment_needs_an_offset() -> None:
    with pytest.raises(ValueError, match="offset"):
        moment_in_words(datetime(2026, 5, 1), "id")


@pytest.mark.parametrize(
    ("days", "indonesian", "english"),
    [
        (0, "hari ini", "today"),
        (1, "besok", "tomorrow"),
        (3, "3 hari lagi", "in 3 days"),
        (-1, "lewat 1 hari", "1 day past"),
        (-2, "lewat 2 hari", "2 days past"),
    ],
)
def test_a_distance_in_words(days: int, indonesian: str, english: str) -> None:
    today = date(2026, 11, 30)
    assert relative_in_words(today + days * DAY, today, "id") == indonesian
    assert relative_in_words(today + days * DAY, today, "en") == english


def test_both_tables_hold_the_same_phrases_and_blanks() -> None:
    assert list(INDONESIAN) == list(ENGLISH)
    for key, phrase in INDONESIAN.items():
        blanks = {part.split("}")[0] for part in phrase.split("{")[1:]}
        assert blanks | {"s"} == {part.split("}")[0] for part in ENGLISH[key].split("{")[1:]} | {"s"}, key


def test_words_that_a_person_typed_are_shown_as_typed() -> None:
    ledger = deadlines.pause(started("2026-11-02", 5), at("2026-11-03"), "Foto KTP buram.", "Petugas Loket", CALENDAR)
    told = " ".join(explain(ledger, LABEL, "en"))
    assert "Foto KTP buram (Petugas Loket). It goes on" in told


def test_without_today_nothing_is_said_about_being_late() -> None:
    assert explain(started("2020-11-02", 5), LABEL, "en")[-1] == "So the due date is Monday, 9 November 2020."
