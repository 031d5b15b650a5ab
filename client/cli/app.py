"""One run of the program: which profile, which language, which day it is; everything opened only when asked for."""

import os
import sys
from datetime import date, datetime
from functools import cached_property
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import click
from rich.console import Console
from rich.text import Text as Rich

from client.cli.machine import Machine
from client.cli.plain import clean
from client.cli.trouble import NOT_SIGNED_IN, Said
from client.cli.words import say
from client.engine import Engine
from client.roads import road_of
from client.store import Store
from client.transport import Transport
from client.work import Desk, NoCatalogue
from schemas.catalogue.model import City
from schemas.explain import moment_in_words
from schemas.text import Language


class App:
    """Handed from command to command by click."""

    def __init__(
        self, machine: Machine, profile: str | None = None, language: str | None = None, pin_stdin: bool = False
    ) -> None:
        """`pin_stdin`: secrets of the vault come as lines of standard input."""
        self.machine = machine
        self.pin_stdin = pin_stdin
        self.given_profile = profile
        self.profile = profile or "default"
        self.given_language = language

    @cached_property
    def store(self) -> Store:
        return self.machine.open(self.profile, lambda kind: self.secret(f"ask_{kind}"))

    def close(self) -> None:
        """Let go of the store, where it was opened."""
        if (store := self.__dict__.pop("store", None)) is not None:
            self.__dict__.pop("desk", None)
            store.close()

    def secret(self, question: str, *, twice: str | None = None, hidden: bool = True) -> str:
        """A PIN, a passphrase or a recovery code: the next line of standard input with `--pin-stdin`, else what is
        typed, not shown. `twice`: what to ask for it once more with."""
        if self.pin_stdin:
            return sys.stdin.readline().rstrip("\r\n")
        if not self.interactive:
            raise Said("pin_needed", NOT_SIGNED_IN)
        again = self.say(twice) if twice else False
        return str(click.prompt(self.say(question), hide_input=hidden, confirmation_prompt=again))

    @cached_property
    def desk(self) -> Desk:
        return Desk(self.store)

    @property
    def city(self) -> City:
        return self.desk.city

    @cached_property
    def console(self) -> Console:
        return Console(highlight=False, markup=False, emoji=False)

    @cached_property
    def errors(self) -> Console:
        return Console(highlight=False, markup=False, emoji=False, stderr=True)

    @property
    def language(self) -> Language:
        chosen = self.given_language or os.environ.get("TENGGAT_LANG")
        if chosen not in ("id", "en"):
            # An error while opening the store must still find a language to be told in.
            store = self.__dict__.get("store")
            chosen = store.meta.get("language") if store is not None else self._saved_language()
        return "en" if chosen == "en" else "id"

    def _saved_language(self) -> str | None:
        try:
            profiles = self.machine.profiles
            if profiles.is_locked(self.profile):
                return profiles.get(self.profile).language
            return self.store.meta.get("language") if self.machine.file(self.profile).exists() else None
        except Exception:
            return None

    @property
    def interactive(self) -> bool:
        return self.machine.terminal()

    def say(self, key: str, **values: object) -> str:
        return say(self.language, key, **values)

    def print(self, *lines: str | Rich, style: str = "") -> None:
        """Lines as they are: what people typed is never read as markup, nor as orders to the terminal."""
        for line in lines:
            shown = line if isinstance(line, Rich) else Rich(clean(line), style=style)
            self.console.print(shown, soft_wrap=not self.console.is_terminal)

    def warn(self, *lines: str, style: str = "yellow") -> None:
        """Beside the answer, so that a program reading the answer is not disturbed."""
        for line in lines:
            self.errors.print(Rich(clean(line), style=style), soft_wrap=not self.errors.is_terminal)

    # Time, as the city counts it; from this device's clock, which only words like "in 3 days" rest on.

    @cached_property
    def zone(self) -> ZoneInfo:
        try:
            return ZoneInfo(self.city.timezone)
        except (NoCatalogue, ZoneInfoNotFoundError):
            return ZoneInfo("Asia/Jakarta")

    @property
    def now(self) -> datetime:
        return self.machine.clock().astimezone(self.zone)

    @property
    def today(self) -> date:
        return self.now.date()

    def moment(self, stamp: str | None) -> str:
        """A stamp in words, in the city's time; a device's claim that cannot be read is shown as it is."""
        found = self.parse(stamp)
        return clean(stamp or "?") if found is None else moment_in_words(found, self.language)

    def parse(self, stamp: str | None) -> datetime | None:
        try:
            found = datetime.fromisoformat(stamp or "")
            return found.astimezone(self.zone) if found.tzinfo else None
        except (ValueError, OverflowError):
            return None

    # The server.

    @property
    def server(self) -> str | None:
        found: str | None = self.store.meta.get("server")
        return found

    def transport(self, server: str | None = None) -> Transport:
        address = server or self.server
        if address is None:
            raise Said("no_server")
        return self.machine.connect(address, road_of(self.store))

    def engine(self) -> Engine:
        return Engine(self.store, self.transport())
