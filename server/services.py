"""What a running server is made of; one per application, no state beyond what can be built again."""

import hashlib
from dataclasses import dataclass, field
from datetime import date
from zoneinfo import ZoneInfo

import msgspec
from flask import current_app
from sqlalchemy import Engine

from schemas.catalogue.model import City
from server.bundles.keys import Keys
from server.commands import system
from server.commands.apply import Commands
from server.domain.calendar import Calendar
from server.domain.deadlines import Link, promise_table
from server.files.store import FileStore
from server.sources import Sources

EXTENSION = "tenggat"

PROMISE_DAYS = 60


@dataclass
class Services:
    """The city's rules, the database and the one way into it, the files, and the server's own keys."""

    engine: Engine
    city: City
    calendar: Calendar
    sources: Sources
    commands: Commands
    files: FileStore
    keys: Keys
    _promises: tuple[date, str, bytes] | None = field(default=None, repr=False)

    def hand_over(self, guest: str, person: str) -> None:
        """A guest signed in to an account: their cases become the account's."""
        system.hand_over(self.commands, guest, person)

    def promises(self) -> tuple[str, bytes]:
        """Version and JSON of the promise table from today on; worked out once a day."""
        today = self.sources.clock().astimezone(ZoneInfo(self.city.timezone)).date()
        if self._promises is None or self._promises[0] != today:
            chains = {
                service.code: [
                    Link(limit.code, limit.days, limit.unit, limit.rolls)
                    for limit in map(service.limit, service.promise)
                ]
                for service in self.city.services
            }
            table = promise_table(chains, self.calendar, today, PROMISE_DAYS)
            encoded = msgspec.json.encode(table)
            version = hashlib.sha256(encoded).hexdigest()[:12]
            self._promises = (today, version, encoded)
        return self._promises[1], self._promises[2]


def services() -> Services:
    """The services of the application that handles this request."""
    found: Services = current_app.extensions[EXTENSION]
    return found
