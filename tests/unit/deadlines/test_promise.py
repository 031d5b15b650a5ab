"""The promise table says offline what the server will say."""

from datetime import date, datetime, time, timedelta

import msgspec

from schemas.ledger import Ledger
from schemas.promise import PromiseTable, lookup, provisional
from server.domain import deadlines
from server.domain.deadlines import Link

from .world import CALENDAR, DAY, WIB

CHAINS = {
    "krk": [Link("completeness", 1), Link("decision", 5)],
    "lapor": [Link("dispatch", 1, "calendar"), Link("answer", 5, "calendar"), Link("resolved", 10, "calendar")],
}
FIRST = date(2027, 2, 1)
TABLE = deadlines.promise_table(CHAINS, CALENDAR, FIRST)


def served(link: Link, day: date) -> Ledger:
    moment = datetime.combine(day, time(9), WIB)
    return deadlines.start(link.code, link.days, link.unit, link.rolls, 1, moment, CALENDAR)


def test_every_row_is_what_the_server_gives() -> None:
    for service, chain in CHAINS.items():
        for index in range(60):
            received = day = FIRST + index * DAY
            unsure = False
            expected, doubtful = {}, set()
            for link in chain:
                ledger = served(link, day)
                expected[link.code] = day = ledger.due
                unsure |= ledger.provisional
                if unsure:
                    doubtful.add(link.code)
            assert lookup(TABLE, service, received) == expected
            assert provisional(TABLE, service, received) == doubtful


def test_lebaran_makes_some_rows_provisional_and_leaves_others() -> None:
    assert provisional(TABLE, "krk", date(2027, 3, 5)) == {"completeness", "decision"}
    assert provisional(TABLE, "krk", date(2027, 2, 15)) == frozenset()


def test_outside_the_table_there_is_no_date() -> None:
    assert lookup(TABLE, "krk", FIRST - DAY) is None
    assert lookup(TABLE, "krk", FIRST + timedelta(days=59)) is not None
    assert lookup(TABLE, "krk", FIRST + timedelta(days=60)) is None
    assert lookup(TABLE, "unknown", FIRST) is None


def test_it_is_small_and_survives_the_wire() -> None:
    data = msgspec.json.encode(TABLE)
    assert msgspec.json.decode(data, type=PromiseTable) == TABLE
    assert len(data) < 3_000
