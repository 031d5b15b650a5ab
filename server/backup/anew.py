"""What a database needs that stands where it stood before, whoever put it there (`restore`, or a PostgreSQL's own
tools): a new epoch, numbers that are passed over, and nobody signed in on the admin pages, or half way in."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, text

from schemas.catalogue.model import City
from server.access import devices
from server.feed import stamp

LEAST = 1_000
"""Numbers that are passed over of each service, at the least: of one that is new, or quiet, nobody knows what a day of
it may be."""

MARGIN = 3
"""How many times as busy as the busiest day before each of the lost days may have been. Numbers cost nothing."""

_DAY = timedelta(days=1)

# Numbers are given when a case is submitted, most on the day on which it first came; that day is found by its position.
_BUSIEST = text(
    "SELECT service, max(cases) AS cases FROM ("
    "SELECT c.service, substr(f.at, 1, 10) AS day, count(*) AS cases"
    " FROM case_record c JOIN feed f ON f.pos = c.born WHERE c.number IS NOT NULL GROUP BY 1, 2"
    ") AS days GROUP BY service"
)
_NEWEST = text("SELECT at FROM feed ORDER BY pos DESC LIMIT 1")
_COUNTED = text("INSERT INTO counter (name, value) VALUES (:name, 0) ON CONFLICT (name) DO NOTHING")
_PASS_OVER = text("UPDATE counter SET value = value + :gap WHERE name = :name")
_SIGN_OUT = (text("DELETE FROM admin_session"), text("DELETE FROM half_way"))


def begin_anew(
    connection: Connection, rules: City, epoch: str, since: datetime | None, now: datetime, at_least: int = 0
) -> dict[str, int]:
    """From here on devices know that this database is one of before, and send again what they hold. `since` is the
    moment that it stands at, None where only its own feed can tell. How many numbers of each prefix were passed over.
    """
    stamp.begin(connection, epoch, devices.stamp(now))
    for statement in _SIGN_OUT:
        connection.execute(statement)
    age = now - (since or _newest(connection) or now)
    busiest = {row.service: row.cases for row in connection.execute(_BUSIEST)}
    gaps = {one.prefix: max(gap(age, busiest.get(one.code, 0)), at_least) for one in rules.services}
    _pass_over(connection, gaps, now.astimezone(ZoneInfo(rules.timezone)).year)
    return gaps


def gap(age: timedelta, busiest: int) -> int:
    """How many numbers of a service to pass over, by how long ago its database was true and how many cases came on the
    busiest day that it knows of.

    Numbers that were given out since are on people's receipts, and must not come to stand for somebody else's case.
    Nobody can tell how many there were: only that each further day gave out more of them. A day that was begun counts
    whole, and so does a clock that was set back.
    """
    days = max(1, -(-age // _DAY))
    return max(LEAST, days * MARGIN * busiest)


def _newest(connection: Connection) -> datetime | None:
    """When this database last changed. It may have stood still since then and be younger: that passes over more."""
    at = connection.execute(_NEWEST).scalar()
    return datetime.fromisoformat(at) if at else None


def _pass_over(connection: Connection, gaps: Mapping[str, int], year: int) -> None:
    """Each service's counter of this year, also where it had not begun by then. Those of other years give out nothing
    any more."""
    rows = [{"name": f"{prefix}-{year}", "gap": gap_} for prefix, gap_ in gaps.items()]
    connection.execute(_COUNTED, [{"name": row["name"]} for row in rows])
    connection.execute(_PASS_OVER, rows)
