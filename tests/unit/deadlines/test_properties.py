"""What must hold for any receipt from 2024 to 2030, any limit up to 60 days, and any pauses."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta

import msgspec
from hypothesis import assume, given
from hypothesis import strategies as st

from schemas.catalogue.model import Override
from schemas.explain import date_in_words, explain
from schemas.ledger import Ledger, replay, roll
from schemas.text import Text
from server.domain import deadlines
from server.domain.calendar import Calendar

from .world import CALENDAR, DAY, DESK, GAPS, LABEL, LEDGERS, MOMENTS, WHY, calendar, nth_working, working_days, works

Steps = list[tuple[int, int]]


def lived(ledger: Ledger, gaps: Steps) -> Iterator[tuple[Ledger, Ledger, date]]:
    """Each pause of a life: the ledger paused, the ledger resumed, the city's date of the answer."""
    moment = ledger.received
    for running, waiting in gaps:
        moment += timedelta(hours=running)
        paused = deadlines.pause(ledger, moment, WHY, DESK, CALENDAR)
        moment += timedelta(hours=waiting)
        ledger = deadlines.resume(paused, moment, CALENDAR)
        yield paused, ledger, CALENDAR.local(moment).date()


def last_of(ledger: Ledger, gaps: Steps) -> Ledger:
    for _, resumed, _ in lived(ledger, gaps):
        ledger = resumed
    return ledger


@given(LEDGERS, GAPS)
def test_pausing_n_days_moves_the_date_by_exactly_n(ledger: Ledger, gaps: Steps) -> None:
    raw, before = ledger.start + ledger.days * DAY, ledger.due
    for paused, resumed, _ in lived(ledger, gaps):
        pause = resumed.pauses[-1]
        assert pause.until is not None
        if ledger.unit == "working":
            assert pause.days == working_days(pause.since, pause.until)
            assert resumed.due == nth_working(paused.due, pause.days)
        else:
            assert pause.days == (pause.until - pause.since).days
            raw += pause.days * DAY
            assert resumed.due == roll(raw, ledger.start, ledger.rolls, works)
        assert paused.due == before
        before = resumed.due


@given(LEDGERS, GAPS)
def test_a_pause_costs_nobody_a_day(ledger: Ledger, gaps: Steps) -> None:
    """What was left when the clock stopped is left on the day that counts for the answer."""
    assume(ledger.unit == "working")
    for paused, resumed, answered in lived(ledger, gaps):
        until = resumed.pauses[-1].until
        assert until is not None and until >= min(answered, resumed.pauses[-1].since)
        left = deadlines.remaining(paused, answered, CALENDAR)
        assert deadlines.remaining(resumed, until, CALENDAR) == left


@given(LEDGERS, GAPS)
def test_no_deadline_falls_on_a_day_off(ledger: Ledger, gaps: Steps) -> None:
    for version in (ledger, last_of(ledger, gaps)):
        assert works(version.due)
        assert version.due >= version.start


@given(LEDGERS, GAPS)
def test_replay_gives_the_same_date(ledger: Ledger, gaps: Steps) -> None:
    assert replay(ledger) == ledger.due
    for paused, resumed, _ in lived(ledger, gaps):
        assert replay(paused) == paused.due
        assert replay(resumed) == resumed.due


@given(LEDGERS, GAPS)
def test_a_ledger_lists_the_holidays_it_rests_on_and_no_others(ledger: Ledger, gaps: Steps) -> None:
    ledger = last_of(ledger, gaps)
    for skip in ledger.skips:
        assert skip.on.isoweekday() < 6
        without = msgspec.structs.replace(ledger, skips=tuple(s for s in ledger.skips if s != skip))
        if ledger.unit == "working" and skip.on > ledger.start:
            assert replay(without) != ledger.due
    if ledger.unit == "working":
        missing = working_days(ledger.start, ledger.due) - ledger.total
        assert missing == 0


@given(LEDGERS, GAPS)
def test_json_round_trip_is_exact_to_the_byte(ledger: Ledger, gaps: Steps) -> None:
    for version in (ledger, last_of(ledger, gaps)):
        data = msgspec.json.encode(version)
        again = msgspec.json.decode(data, type=Ledger)
        assert again == version
        assert again.arrived == version.arrived
        assert msgspec.json.encode(again) == data


@given(LEDGERS)
def test_question_and_answer_on_one_day_move_nothing(ledger: Ledger) -> None:
    morning = ledger.received.replace(hour=0, minute=0)
    paused = deadlines.pause(ledger, morning, WHY, DESK, CALENDAR)
    resumed = deadlines.resume(paused, morning.replace(hour=23), CALENDAR)
    assert (resumed.due, resumed.pauses[0].days) == (ledger.due, 0)


@given(LEDGERS, GAPS, st.booleans())
def test_recounting_follows_the_calendar_and_comes_back(ledger: Ledger, gaps: Steps, paused: bool) -> None:
    ledger = last_of(ledger, gaps)
    decree = Override(ledger.due, "closed", Text("Tutup", "Closed"), "SK 3")
    changed = calendar(decree, version="changed")
    if paused:
        stopped = deadlines.pause(ledger, ledger.received, WHY, DESK, CALENDAR)
        assert deadlines.recount(stopped, changed, ledger.arrived) is stopped
        return
    recounted = deadlines.recount(ledger, changed, ledger.arrived)
    assert recounted.due != ledger.due
    assert recounted.calendar == changed.version
    assert (recounted.days, recounted.rule) == (ledger.days, ledger.rule)
    assert replay(recounted) == recounted.due
    assert deadlines.recount(recounted, changed, ledger.arrived) is recounted
    if not gaps:
        assert deadlines.recount(recounted, CALENDAR, ledger.arrived) == ledger


# Leave around Lebaran and Idul Adha 2027 opened, so that dates can end right beside an estimated holiday.
BESIDE = tuple(
    Override(on, "open", Text("Hari kerja", "Working day"), "SK 4")
    for on in (date(2027, 3, 9), date(2027, 3, 12), date(2027, 5, 18))
)
ESTIMATED = calendar(*BESIDE)


def _moved() -> list[tuple[date, date, Calendar]]:
    """Calendars in which one estimated holiday of 2027 fell a day earlier or later."""
    found = []
    for skip in ESTIMATED.estimates(date(2027, 1, 1), date(2027, 12, 31)):
        for to in (skip.on - DAY, skip.on + DAY):
            away = Override(skip.on, "open", skip.name, "SK 5")
            here = () if ESTIMATED.off(to) else (Override(to, "closed", skip.name, "SK 5"),)
            rest = tuple(override for override in BESIDE if override.on != to)
            found.append((skip.on, to, calendar(*rest, away, *here, version="moved")))
    return found


MOVED = _moved()


@given(LEDGERS, st.sampled_from(MOVED), st.integers(-30, 5), st.integers(1, 20))
def test_a_date_that_is_not_provisional_does_not_move(
    ledger: Ledger, moved: tuple[date, date, Calendar], shift: int, days: int
) -> None:
    """Bring every receipt near an estimated holiday, move the holiday, and only provisional dates may follow."""
    was, to, other = moved
    received = ledger.received.replace(year=was.year, month=was.month, day=was.day) + shift * DAY
    here, there = (
        deadlines.start("decision", days, ledger.unit, ledger.rolls, 1, received, c) for c in (ESTIMATED, other)
    )
    # By the day of receipt its own holiday is decreed, so it does not move onto that day any more.
    assume(to > here.arrived)
    if not here.provisional:
        assert here.due == there.due


@given(LEDGERS, GAPS, st.integers(-5, 200), st.booleans())
def test_both_languages_tell_the_same_story(ledger: Ledger, gaps: Steps, later: int, met: bool) -> None:
    ledger = last_of(ledger, gaps)
    today = ledger.start + later * DAY
    if met:
        ledger = deadlines.meet(ledger, ledger.received + later * DAY)
    stories = {language: explain(ledger, LABEL, language, today) for language in ("id", "en")}
    assert len(stories["id"]) == len(stories["en"])
    for language, told in stories.items():
        text = " ".join(told)
        assert date_in_words(ledger.due, language) in text  # type: ignore[arg-type]
        assert not set("{}") & set(text)
        for skip in ledger.skips:
            if ledger.unit == "working":
                assert skip.name.get(language) in text  # type: ignore[arg-type]
        assert all(sentence.endswith(".") for sentence in told)
    late = any("lewat" in s or "terlambat" in s for s in stories["id"])
    assert late == ledger.breached(today)


@given(MOMENTS, st.integers(0, 500))
def test_the_calendar_agrees_with_counting_a_day_at_a_time(moment: datetime, n: int) -> None:
    day = moment.date()
    assert CALENDAR.is_working(day) == works(day)
    if n:
        assert CALENDAR.add_working(day, n) == nth_working(day, n)
    last = day + n * DAY
    assert CALENDAR.working_between(day, last) == working_days(day, last)
    assert CALENDAR.working_between(last, day) == -working_days(day, last)
    following, preceding = CALENDAR.next_working(day), CALENDAR.previous_working(day)
    assert works(following) and works(preceding) and preceding <= day <= following
    assert working_days(preceding, following) == (0 if works(day) else 1)
