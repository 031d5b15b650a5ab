"""The health page: how the server itself stands, in the numbers that /metrics gives to programs."""

from datetime import datetime, timedelta
from typing import Final

from flask import Response, current_app
from markupsafe import Markup
from sqlalchemy import Engine, text

from server.access import own_sessions, people, second_factor, wrong_codes
from server.access.devices import stamp
from server.access.people import Chosen
from server.admin import gate
from server.admin.blueprint import blueprint
from server.admin.render import language, page, words
from server.admin.telling import Telling
from server.bundles.keys import Keys, Pair
from server.jobs import saying
from server.jobs.registry import JOBS
from server.observe import metrics, speed
from server.observe.facts import Gauges
from server.observe.view import GAUGES
from server.services import services
from server.store.database import reading
from sync.errors import Busy

LITTLE: Final = 2_000_000_000
"""Bytes of disk below which somebody should make room before the server refuses files."""
SOON: Final = timedelta(days=21)
"""Before its end a certificate should be renewed: Let's Encrypt's is at a third of its life then."""
GRACE: Final = timedelta(minutes=15)
"""After its beginning a server has run each of its jobs once."""
SLOW: Final = 2.0
"""Seconds that 19 of 20 exchanges should not take."""


@blueprint.get("/health")
@gate.allow(gate.ADMIN)
def health() -> Response:
    """What to look at before people call."""
    world = services()
    gauges: Gauges = current_app.extensions[GAUGES]
    found, now = gauges.health(), world.sources.clock()
    ran = {job.name: job for job in found.jobs}
    ends = found.certificate_ends
    closed, key_closed = second_factor.closed(world)
    return page(
        "health",
        found=found,
        tell=Telling(words(), now),
        speed=speed.now(),
        longest=metrics.BUCKETS[-1],
        recent=_recent(world.engine, now),
        without_factor=[
            (role, people.count(world.engine, Chosen(role=role, factor="none"), now=now))
            for role in sorted(own_sessions.ROLES)
        ],
        shut_factors=people.count(world.engine, Chosen(factor="shut"), now=now),
        most_wrong=wrong_codes.MOST,
        closed_factors=closed,
        factor_key_closed=key_closed,
        did=_did,
        jobs=[(job.name, job.every, ran.get(job.name)) for job in JOBS],
        overdue={
            job.name for job in JOBS if job.wanted is None and _overdue(ran.get(job.name), job.every, gauges.began, now)
        },
        lagging={lag.reader for lag in found.lags if lag.long(now)},
        little=found.disk_free < LITTLE,
        database_little=found.database_disk_free is not None and found.database_disk_free < LITTLE,
        slow=SLOW,
        keys_there=world.keys.there,
        pairs=_pairs(world.keys),
        ends_soon=ends is not None and datetime.fromisoformat(ends) < now + SOON,
    )


def _pairs(keys: Keys) -> tuple[Pair, ...]:
    """Looking at them makes none."""
    try:
        return keys.pairs if keys.there else ()
    except Busy:
        return ()


def _did(noted: str | None) -> str | Markup:
    """What a job noted, in the reader's language; what nobody translated is English."""
    told = saying.told(noted or "", language())
    return told or (Markup('<span lang="en">{}</span>').format(noted) if noted else words()("none"))


def _recent(engine: Engine, now: datetime) -> tuple[int, int]:
    """How many devices came in the last five minutes, and in the last hour."""
    values = {"soon": stamp(now - timedelta(minutes=5)), "hour": stamp(now - timedelta(hours=1))}
    with reading(engine) as connection:
        row = connection.execute(_RECENT, values).one()
    return row.soon or 0, row.hour or 0


def _overdue(ran: object, every: timedelta, began: datetime, now: datetime) -> bool:
    """Whether a job has not ended well for three times as long as it should; one that never did gets some minutes from
    this server's beginning."""
    succeeded = getattr(ran, "succeeded", None)
    if succeeded is None:
        return now - began > GRACE
    return datetime.fromisoformat(succeeded) < now - 3 * every


_RECENT = text(
    "SELECT sum(CASE WHEN seen > :soon THEN 1 ELSE 0 END) AS soon, count(*) AS hour FROM device WHERE seen > :hour"
)
