"""Deadlines by example: every rule once, with dates that can be checked on a wall calendar."""

from datetime import date

import msgspec
import pytest

from schemas.catalogue.model import Override
from schemas.ledger import Ledger, replay
from schemas.text import Text
from server.domain import deadlines
from server.domain.calendar import YearOutOfRange

from .world import CALENDAR, CLOSED, DESK, OPENED, WHY, at, calendar, started


def paused(ledger: Ledger, day: str, clock: str = "10:00") -> Ledger:
    return deadlines.pause(ledger, at(day, clock), WHY, DESK, CALENDAR)


def resumed(ledger: Ledger, day: str, clock: str = "10:00") -> Ledger:
    return deadlines.resume(ledger, at(day, clock), CALENDAR)


def test_ten_working_days_over_lebaran_2026() -> None:
    ledger = started("2026-03-16", 10)
    assert ledger.due == date(2026, 4, 7)
    assert [skip.on.day for skip in ledger.skips] == [18, 19, 20, 23, 24, 3]
    assert not ledger.provisional


@pytest.mark.parametrize(
    ("day", "clock", "days", "start", "due"),
    [
        ("2026-11-06", "17:30", 5, date(2026, 11, 9), date(2026, 11, 16)),
        ("2026-11-07", "10:00", 5, date(2026, 11, 9), date(2026, 11, 16)),
        ("2026-12-22", "09:00", 5, date(2026, 12, 22), date(2026, 12, 31)),
        ("2026-12-22", "09:00", 6, date(2026, 12, 22), date(2027, 1, 4)),
        ("2026-03-19", "09:00", 1, date(2026, 3, 25), date(2026, 3, 26)),
    ],
    ids=["after hours Friday", "Saturday", "year end", "over the year end", "on Nyepi"],
)
def test_working_days(day: str, clock: str, days: int, start: date, due: date) -> None:
    ledger = started(day, days, clock=clock)
    assert (ledger.start, ledger.due) == (start, due)


@pytest.mark.parametrize(
    ("day", "rolls", "due"),
    [
        ("2026-11-02", "next", date(2026, 11, 12)),
        ("2026-11-05", "next", date(2026, 11, 16)),
        ("2026-11-05", "previous", date(2026, 11, 13)),
        ("2026-11-07", "next", date(2026, 11, 17)),
        ("2026-03-10", "next", date(2026, 3, 25)),
        ("2026-03-10", "previous", date(2026, 3, 17)),
    ],
    ids=["a Thursday", "Sunday to Monday", "Sunday to Friday", "from Saturday", "over Lebaran", "before Lebaran"],
)
def test_ten_calendar_days(day: str, rolls: str, due: date) -> None:
    assert started(day, 10, "calendar", rolls).due == due


def test_never_before_the_day_of_receipt() -> None:
    ledger = started("2026-11-07", 1, "calendar", "previous")
    assert ledger.due == date(2026, 11, 9)


def test_nothing_open_back_to_the_receipt_rolls_on_and_lists_why() -> None:
    ledger = started("2026-03-19", 1, "calendar", "previous")
    assert ledger.due == replay(ledger) == date(2026, 3, 25)
    assert [skip.on.day for skip in ledger.skips] == [19, 20, 23, 24]


def test_an_answer_after_hours_uses_up_nothing_yet() -> None:
    ledger = resumed(paused(started("2026-11-02", 5), "2026-11-04"), "2026-11-06", "20:00")
    assert deadlines.remaining(ledger, date(2026, 11, 6), CALENDAR) == 3


def test_a_local_election_moves_the_date_of_a_running_limit() -> None:
    before = started("2026-12-07", 3)
    after = deadlines.recount(before, calendar(CLOSED, version="2026.2"), before.arrived)
    assert (before.due, after.due) == (date(2026, 12, 10), date(2026, 12, 11))
    assert after.skips[0].name == CLOSED.name
    assert after.calendar.startswith("2026.2+")


def test_an_opened_holiday_brings_the_date_forward() -> None:
    before = started("2026-05-12", 3)
    after = deadlines.recount(before, calendar(OPENED, version="2026.2"), before.arrived)
    assert (before.due, after.due) == (date(2026, 5, 19), date(2026, 5, 18))


def test_a_day_that_nothing_rests_on_changes_nothing() -> None:
    ledger = started("2026-11-02", 3)
    assert deadlines.recount(ledger, calendar(CLOSED, version="2026.2"), ledger.arrived) is ledger


def test_a_passed_date_stays_passed() -> None:
    """The decree closed the last day, and comes after it."""
    ledger = started("2026-12-04", 3)
    changed = calendar(CLOSED, version="2026.2")
    assert ledger.due == CLOSED.on
    assert deadlines.recount(ledger, changed, ledger.due).due == date(2026, 12, 10)
    assert deadlines.recount(ledger, changed, date(2026, 12, 10)) is ledger


def test_no_decree_makes_a_date_pass() -> None:
    """A holiday is opened when it is over: counted again, the last day would have been that very one."""
    ledger = started("2026-05-12", 3)
    changed = calendar(OPENED, version="2026.2")
    earlier = deadlines.recount(ledger, changed, date(2026, 5, 18))
    assert earlier.due == date(2026, 5, 18)
    assert deadlines.recount(ledger, changed, date(2026, 5, 19)) is ledger


def test_a_decree_inside_a_pause_is_counted_once() -> None:
    """The closed day neither counts as waited nor as worked."""
    ledger = resumed(paused(started("2026-12-07", 3), "2026-12-08"), "2026-12-10")
    after = deadlines.recount(ledger, calendar(CLOSED, version="2026.2"), ledger.arrived)
    assert (ledger.pauses[0].days, after.pauses[0].days) == (2, 1)
    assert ledger.due == after.due == date(2026, 12, 14)


def test_a_decree_on_the_day_of_the_answer_moves_the_answer() -> None:
    ledger = resumed(paused(started("2026-12-07", 3), "2026-12-08"), "2026-12-09")
    after = deadlines.recount(ledger, calendar(CLOSED, version="2026.2"), ledger.arrived)
    assert (after.pauses[0].until, after.pauses[0].days) == (date(2026, 12, 10), 1)
    assert after.due == date(2026, 12, 14)


def test_a_second_question_before_the_first_answer_counts_starts_there() -> None:
    ledger = resumed(paused(started("2026-11-02", 5), "2026-11-03"), "2026-11-04", "20:00")
    again = paused(ledger, "2026-11-04", "21:00")
    assert again.pauses[1].since == date(2026, 11, 5)
    assert deadlines.remaining(again, date(2026, 11, 4), CALENDAR) == 4


def test_moments_are_kept_to_the_second() -> None:
    moment = at("2026-11-02").replace(microsecond=7)
    ledger = deadlines.start("decision", 5, "working", "next", 1, moment, CALENDAR)
    assert ledger.received.microsecond == 0
    met = deadlines.meet(ledger, moment).met
    assert met is not None and met.microsecond == 0


def test_a_met_ledger_is_history() -> None:
    ledger = deadlines.meet(started("2026-12-07", 3), at("2026-12-10"))
    assert deadlines.recount(ledger, calendar(CLOSED, version="2026.2"), ledger.arrived) is ledger


def test_a_correction_pauses_and_never_resets() -> None:
    ledger = paused(started("2026-11-02", 5), "2026-11-04")
    assert (ledger.state, ledger.due) == ("paused", date(2026, 11, 9))
    again = resumed(ledger, "2026-11-11")
    assert (again.pauses[0].days, again.due) == (5, date(2026, 11, 16))
    assert deadlines.remaining(ledger, date(2026, 12, 1), CALENDAR) == 3
    assert deadlines.remaining(again, date(2026, 11, 11), CALENDAR) == 3


def test_an_answer_after_hours_counts_from_the_next_working_day() -> None:
    ledger = resumed(paused(started("2026-11-02", 5), "2026-11-04"), "2026-11-06", "20:00")
    assert ledger.pauses[0].until == date(2026, 11, 9)


def test_a_pause_before_day_0_starts_at_day_0() -> None:
    ledger = paused(started("2026-11-06", 5, clock="18:00"), "2026-11-07")
    assert ledger.pauses[0].since == date(2026, 11, 9)
    assert resumed(ledger, "2026-11-10").due == date(2026, 11, 17)


def test_waiting_in_calendar_days() -> None:
    ledger = resumed(paused(started("2026-11-02", 10, "calendar"), "2026-11-04"), "2026-11-07")
    assert (ledger.pauses[0].days, ledger.due) == (3, date(2026, 11, 16))


def test_a_pause_after_the_breach_hides_nothing() -> None:
    late = paused(started("2026-11-02", 5), "2026-11-10")
    assert late.breached(date(2026, 11, 10))
    again = resumed(late, "2026-11-12")
    assert again.due == date(2026, 11, 11)
    assert again.breached(date(2026, 11, 12))


def test_a_pause_causes_no_breach() -> None:
    waiting = paused(started("2026-11-02", 5), "2026-11-09", "18:00")
    assert not waiting.breached(date(2027, 1, 1))


def test_met_on_the_last_day_is_kept_and_met_later_is_not() -> None:
    ledger = started("2026-11-02", 5)
    kept, late = deadlines.meet(ledger, at("2026-11-09", "23:59")), deadlines.meet(ledger, at("2026-11-10", "00:00"))
    assert not kept.breached(date(2027, 1, 1))
    assert late.breached(date(2026, 11, 9))
    assert deadlines.remaining(late, date(2027, 1, 1), CALENDAR) == -1
    assert deadlines.meet(kept, at("2026-11-20")) is kept


def test_steps_out_of_order_are_refused_by_name() -> None:
    running = started("2026-11-02", 5)
    waiting, met = paused(running, "2026-11-03"), deadlines.meet(running, at("2026-11-03"))
    with pytest.raises(deadlines.AlreadyPaused) as refused:
        paused(waiting, "2026-11-04")
    assert (refused.value.code, refused.value.status) == ("already_paused", 409)
    with pytest.raises(deadlines.NotPaused):
        resumed(running, "2026-11-04")
    for step in (paused, resumed):
        with pytest.raises(deadlines.AlreadyMet):
            step(met, "2026-11-04")


def test_met_while_paused_stops_where_it_was() -> None:
    ledger = deadlines.meet(paused(started("2026-11-02", 5), "2026-11-03"), at("2026-12-01"))
    assert ledger.state == "met"
    assert not ledger.breached(date(2026, 12, 2))


@pytest.mark.parametrize(
    ("day", "days", "unit", "provisional"),
    [
        ("2027-03-05", 5, "working", True),
        ("2027-03-16", 5, "working", False),
        ("2027-12-27", 5, "working", True),
        ("2027-12-20", 3, "working", False),
        ("2027-03-01", 10, "calendar", True),
        ("2027-03-03", 2, "calendar", False),
    ],
    ids=["over Lebaran", "after Lebaran", "into 2028", "in 2027", "onto Lebaran", "before"],
)
def test_what_rests_on_an_estimate_is_provisional(day: str, days: int, unit: str, provisional: bool) -> None:
    assert started(day, days, unit).provisional is provisional


def test_a_holiday_a_day_after_the_date_makes_it_provisional() -> None:
    """Idul Fitri, estimated for 10 March 2027, would take the due date's place if it came a day early."""
    eve = Override(date(2027, 3, 9), "open", Text("Hari kerja", "Working day"), "SK 6")
    ledger = deadlines.start("decision", 2, "working", "next", 1, at("2027-03-04"), calendar(eve))
    assert (ledger.due, ledger.skips[-1].on) == (date(2027, 3, 9), date(2027, 3, 8))
    assert [skip.on for skip in ledger.near] == [date(2027, 3, 10)]
    assert ledger.provisional


def test_a_tampered_ledger_does_not_replay() -> None:
    ledger = started("2026-03-16", 10)
    assert replay(msgspec.structs.replace(ledger, skips=ledger.skips[1:])) == date(2026, 4, 6)


def test_no_negative_limit_and_no_absurd_year() -> None:
    with pytest.raises(ValueError, match="shorter"):
        started("2026-11-02", -1)
    with pytest.raises(YearOutOfRange):
        started("2200-12-30", 60)


def test_a_limit_of_no_days_is_due_on_the_day_that_counts() -> None:
    assert started("2026-11-07", 0).due == date(2026, 11, 9)
