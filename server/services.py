"""What a running server is made of; one per application, no state beyond what can be built again."""

import hashlib
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
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
from server.rules import RuleBook, Rules
from server.sources import Sources

EXTENSION = "tenggat"

PROMISE_DAYS = 60


@dataclass
class Services:
    """The city's rules, the database and the one way into it, the files, and the server's own keys."""

    engine: Engine
    rules: RuleBook
    sources: Sources
    commands: Commands
    files: FileStore
    keys: Keys
    smtp: str | None = field(default=None, repr=False)
    """The mail server that notices go through, as it was set; read when a letter is sent."""
    address: str | None = None
    """The city's own, that links in letters begin with."""
    certificate: Path | None = None
    """The PEM file of the certificate that the city is met with, where somebody named it."""
    _promises: tuple[date, str, str, bytes] | None = field(default=None, repr=False)

    @property
    def city(self) -> City:
        """The city as last heard; look it up anew for each piece of work (server/rules.py)."""
        return self.rules.current.city

    @property
    def calendar(self) -> Calendar:
        """Its calendar, likewise."""
        return self.rules.current.calendar

    def hand_over(self, guest: str, person: str) -> None:
        """A guest signed in to an account: their cases become the account's."""
        system.hand_over(self.commands, guest, person)

    def promises(self, rules: Rules) -> tuple[str, bytes]:
        """Version and JSON of the promise table from today on; worked out once a day, and when the calendar changes."""
        today = self.sources.clock().astimezone(ZoneInfo(rules.city.timezone)).date()
        held = self._promises
        if held is None or held[:2] != (today, rules.mark):
            chains = {
                service.code: [
                    Link(limit.code, limit.days, limit.unit, limit.rolls)
                    for limit in map(service.limit, service.promise)
                ]
                for service in rules.city.services
            }
            encoded = msgspec.json.encode(promise_table(chains, rules.calendar, today, PROMISE_DAYS))
            held = self._promises = (today, rules.mark, hashlib.sha256(encoded).hexdigest()[:12], encoded)
        return held[2], held[3]


def services() -> Services:
    """The services of the application that handles this request."""
    found: Services = current_app.extensions[EXTENSION]
    return found
