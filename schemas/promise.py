"""The promise table: due dates worked out in advance, so that an offline device shows one without a calendar.

The server makes it for the coming days; a device reads it. What it shows is *expected*: the date that holds is
the one the server stamps when it has received the case.
"""

from datetime import date, timedelta

import msgspec


class PromiseTable(msgspec.Struct, frozen=True, omit_defaults=True):
    """For each service and limit, the days from receipt to the due date, one number for each day of receipt.

    `rows[service][limit][i]` belongs to the day `first + i`, received within office hours. `provisional` lists,
    in the same nesting, the indexes whose date rests on a holiday not decreed yet. `version` is the calendar's.
    """

    version: str
    first: date
    rows: dict[str, dict[str, list[int]]]
    provisional: dict[str, dict[str, list[int]]] = {}


def lookup(table: PromiseTable, service: str, day: date) -> dict[str, date] | None:
    """Each limit's due date for a case received on `day`; None outside the table or for an unknown service.

    After office hours ask for the day after: a working limit is then exact, a calendar limit at most a few
    days later than the server's, never earlier.
    """
    limits = table.rows.get(service)
    index = (day - table.first).days
    if limits is None or index < 0 or any(index >= len(offsets) for offsets in limits.values()):
        return None
    return {code: day + timedelta(days=offsets[index]) for code, offsets in limits.items()}


def provisional(table: PromiseTable, service: str, day: date) -> frozenset[str]:
    """The limits whose date for `day` may still move, because a holiday it rests on is not decreed yet."""
    index = (day - table.first).days
    limits = table.provisional.get(service, {})
    return frozenset(code for code, indexes in limits.items() if index in indexes)
