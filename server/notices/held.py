"""The notices there are: counted, listed, tried again. Admin pages, health and the command line ask here."""

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, Literal

from sqlalchemy import Connection, Engine, Row, text

from server.access import audit
from server.store.database import reading, writing
from sync.errors import NotFound

Shown = Literal["waiting", "failed", "sent", "kept", "grants", "all"]


@dataclass(frozen=True)
class Notice:
    """One thing told to one person. Times are UTC stamps, `due` a day."""

    key: str
    person: str
    name: str
    login: str | None
    email: str | None
    kind: str
    case: str | None
    device: str | None
    number: str | None
    service: str | None
    stage: str | None
    limit: str | None
    office: str
    due: str | None
    details: dict[str, Any]
    made: str
    state: str
    mail: str | None
    tries: int
    after: str | None
    told: str | None
    why: str | None


@dataclass(frozen=True)
class Counts:
    """What waits to be sent and since when, and what could not be sent."""

    waiting: int
    oldest: str | None
    failed: int


def counts(connection: Connection) -> Counts:
    """In one statement, that looks at nothing that is done."""
    row = connection.execute(_COUNTS).one()
    return Counts(row.waiting or 0, row.oldest, row.failed or 0)


def notices(engine: Engine, shown: Shown = "all", *, most: int = 50, skip: int = 0) -> list[Notice]:
    """The newest first. `grants` are those about a limit whose silence the law takes for a grant."""
    with reading(engine) as connection:
        return [_notice(row) for row in connection.execute(_LISTS[shown], {"most": most, "skip": skip})]


def of_person(engine: Engine, person: str, *, most: int = 50, skip: int = 0) -> list[Notice]:
    """What this person was told, the newest first."""
    with reading(engine) as connection:
        found = connection.execute(_OF_PERSON, {"person": person, "most": most, "skip": skip})
        return [_notice(row) for row in found]


def of_letter(engine: Engine, mail: str) -> list[Notice]:
    """What goes with one letter."""
    with reading(engine) as connection:
        return [_notice(row) for row in connection.execute(_OF_LETTER, {"mail": mail})]


def retry(engine: Engine, who: str, now: datetime, *, key: str | None = None) -> int:
    """Put what could not be sent in line again: all of it, or that of one key; how many. `NotFound` where a key has
    nothing that failed."""
    with writing(engine) as connection:
        done = connection.execute(_RETRY, {"key": key}).rowcount
        if done:
            audit.note(connection, who, "notice.retry", key or "all", {"notices": done}, now=now)
    if key is not None and not done:
        raise NotFound("nothing of this key could not be sent; `notice list --state failed` shows what could not")
    return done


def _notice(row: Row[Any]) -> Notice:
    values = dict(row._mapping)
    return Notice(**values | {"details": json.loads(row.details)})


UNDER_WAY: Final = "state IN ('queued', 'leaving', 'failed')"
"""The words of an index: SQLite uses it where they stand in a statement, whatever else stands there too."""

_CHOSEN: Final[dict[Shown, str]] = {
    "waiting": f"n.{UNDER_WAY} AND n.state <> 'failed'",
    "failed": f"n.{UNDER_WAY} AND n.state = 'failed'",
    "sent": "n.state = 'sent'",
    "kept": "n.state = 'kept'",
    "grants": "n.kind IN ('grant_soon', 'grant_past')",
    "all": "1 = 1",
}

_COUNTS = text(
    "SELECT sum(CASE WHEN state <> 'failed' THEN 1 ELSE 0 END) AS waiting,"  # noqa: S608 - fixed words
    " min(CASE WHEN state <> 'failed' THEN made END) AS oldest,"
    f" sum(CASE WHEN state = 'failed' THEN 1 ELSE 0 END) AS failed FROM notice WHERE {UNDER_WAY}"
)
# Who was disabled is written to no more.
_COLUMNS = (
    "SELECT n.key, n.person_id AS person, coalesce(p.name, '') AS name, p.login,"
    ' CASE WHEN p.disabled IS NULL THEN p.email END AS email, n.kind, n.case_id AS "case",'
    ' n.device_id AS device, n.number, n.service, n.stage, n.limit_code AS "limit", n.office, n.due, n.details, n.made,'
    " n.state, n.mail, n.tries, n.after, n.told, n.why FROM notice n LEFT JOIN person p ON p.id = n.person_id"
)
_LISTS = {
    shown: text(f"{_COLUMNS} WHERE {chosen} ORDER BY n.made DESC, n.key, n.person_id LIMIT :most OFFSET :skip")
    for shown, chosen in _CHOSEN.items()
}
_OF_PERSON = text(f"{_COLUMNS} WHERE n.person_id = :person ORDER BY n.made DESC, n.key LIMIT :most OFFSET :skip")
_OF_LETTER = text(f"{_COLUMNS} WHERE n.mail = :mail AND n.{UNDER_WAY} AND n.state = 'leaving' ORDER BY n.made, n.key")
_RETRY = text(
    "UPDATE notice SET state = 'queued', mail = NULL, tries = 0, after = NULL, why = NULL"  # noqa: S608 - fixed words
    f" WHERE {UNDER_WAY} AND state = 'failed' AND (CAST(:key AS VARCHAR) IS NULL OR key = :key)"
)
