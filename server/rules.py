"""The city as it counts now: its folder, with the days laid over it that an admin closed or opened by decree.

Nobody holds on to a city or a calendar beyond one piece of work: they ask here. An admin's days lie in the database,
and several processes share it, so each of them must notice what another one changed. `feed_head.calendar` tells, as a
hash of those days (a *mark*), and it is read where that costs nothing: whoever takes positions in the feed reads it
under the lock that orders all commits (`server/feed/stamp.py`), so no date is ever stamped by days that were changed
before it (docs/adr/0020-a-decree-closes-a-day.md).
"""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Final, Literal, cast

import msgspec
from sqlalchemy import Connection, Engine, text

from schemas.catalogue.model import City, Override
from schemas.text import Text
from server.domain.calendar import Calendar, CalendarRules
from server.feed import stamp
from server.store.database import reading

REMEMBERED: Final = 8
"""Rules kept in a process. A preview looks at the old and the new ones; a change goes from one to the next."""


@dataclass(frozen=True)
class Rules:
    """What one piece of work goes by. They never change; a change of the calendar makes others."""

    mark: str
    city: City
    calendar: Calendar


class RuleBook:
    """One a process. `folder` is the city as its folder says, without any day of an admin's."""

    def __init__(self, folder: City) -> None:
        self.folder = folder
        self.current = rules_of(folder, ())
        """As last heard. Good for what stamps no date; whatever does is stopped where it is not true any more."""
        self._known = {self.current.mark: self.current}

    def as_of(self, mark: str, connection: Connection) -> Rules:
        """The rules of this mark, which this connection's view has just read; from now on they are the current ones."""
        found = self.current
        if mark != found.mark:
            found = self._known.get(mark) or rules_of(self.folder, overrides(connection))
            # Threads may both come here: they find the same, and forgetting costs only a second look. One with an older
            # view may come last; what is stamped next then finds out that it is older, and decides again.
            self._known = dict(list(self._known.items())[-REMEMBERED + 1 :]) | {mark: found}
            self.current = found
        return found

    def refresh(self, engine: Engine) -> Rules:
        """The rules as they are now."""
        with reading(engine) as connection:
            return self.as_of(stamp.head(connection).calendar, connection)


def rules_of(folder: City, days: Iterable[Override]) -> Rules:
    """The folder's city with these days laid over: one for a date wins over the folder's."""
    laid = {day.on: day for day in days}
    mark = mark_of(laid.values())
    if not laid:
        return Rules(mark, folder, Calendar(CalendarRules.of(folder)))
    kept = {day.on: day for day in folder.overrides}
    city = msgspec.structs.replace(
        folder,
        overrides=tuple(day for _, day in sorted((kept | laid).items())),
        calendar_version=f"{folder.calendar_version}+days-{mark}",
    )
    return Rules(mark, city, Calendar(CalendarRules.of(city)))


def mark_of(days: Iterable[Override]) -> str:
    """A name for these days: the same days, the same name, in whatever process and after whatever restore."""
    found = sorted(days, key=lambda day: day.on)
    return hashlib.sha256(msgspec.json.encode(found)).hexdigest()[:8] if found else ""


def overrides(connection: Connection) -> list[Override]:
    """The days that an admin closed or opened."""
    return [
        Override(
            date.fromisoformat(row.day),
            cast(Literal["closed", "open"], row.kind),
            Text(row.name_id, row.name_en),
            row.decree,
        )
        for row in connection.execute(_DAYS)
    ]


_DAYS = text("SELECT day, kind, name_id, name_en, decree FROM day_off ORDER BY day")
