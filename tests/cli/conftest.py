"""Devices of people of a city, each with its own folder, all talking to one server in this process."""

import json
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from client.cli import main
from client.cli.machine import Machine
from client.store import Store
from schemas.catalogue.model import City
from schemas.documents import wanted
from server.access.staff import add_staff
from tests.catalogue_values import answers
from tests.conftest import Server
from tests.pictures import write_jpeg
from tests.wsgi_transport import WsgiTransport

PASSWORD = "kata sandi panjang"
ADDRESS = "https://kota.example"


@dataclass
class Person:
    """Somebody at a terminal."""

    server: Server
    home: Path
    profile: str
    network: WsgiTransport
    terminal: bool = False
    environment: dict[str, str | None] = field(default_factory=dict)
    machine: dict[str, Any] = field(default_factory=dict)
    """What else the program stands on: a keyring, say."""

    def run(self, *args: str, typed: str | None = None, exits: int = 0, lang: str | None = None) -> str:
        """Both outputs of one command; it must end with `exits`, and never with a traceback."""
        machine = Machine(lambda *_: self.network, self.server.clock, lambda: self.terminal, self.home, **self.machine)
        words = ["--profile", self.profile, *(["--lang", lang] if lang else []), *args]
        environment = {"TENGGAT_LANG": None, "TENGGAT_SERVER": None, "COLUMNS": "80", "TENGGAT_DEBUG": "1"}
        result = CliRunner().invoke(main, words, input=typed, obj=machine, env=environment | self.environment)
        assert result.exit_code == exits, (words, result.exit_code, result.output, result.exception)
        return result.output

    def flat(self, *args: str, lang: str | None = None, exits: int = 0) -> str:
        """The same with every run of blanks as one, wherever the lines were broken."""
        return " ".join(self.run(*args, lang=lang, exits=exits).split())

    def json(self, *args: str) -> Any:
        return json.loads(self.run(*args, "--json"))

    def store(self) -> Store:
        return Store(self.home / self.profile / "device.sqlite", clock=self.server.clock)

    def photo(self, name: str, size: tuple[int, int] = (8, 8)) -> str:
        """The path of a JPEG on this person's own disk; another name is another picture."""
        return str(write_jpeg(self.home / "foto" / f"{self.profile}-{name}.jpg", f"{self.profile} {name}", size))

    def draft(self, service: str = "krk", files: bool = True, **given: Any) -> str:
        """A complete draft, with a photo of each document that is required; the eight characters it is called by."""
        name, values = self._fields(service, given)
        for document in wanted(self.server.city.service(service), values) if files else ():
            if document.required:
                self.run("attach", name, document.code, self.photo(document.code))
        return name

    def _fields(self, service: str, given: dict[str, Any]) -> tuple[str, dict[str, Any]]:
        city = self.server.city
        values = answers(city, city.service(service).fields, given, optional=False)
        path = self.home / "isian.json"
        path.write_text(json.dumps(values), encoding="utf-8")
        found = re.search(r"\b[0-9a-f]{8}\b", self.run("new", service, "--json", str(path), lang="id"))
        assert found is not None
        return found[0], values

    def filed(self, service: str = "krk", **given: Any) -> str:
        """A submitted and received case; its number."""
        name = self.draft(service, **given)
        case_id = next(row["id"] for row in self.json("list") if row["id"].startswith(name))
        self.run("submit", name)
        self.run("sync")
        return next(str(row["number"]) for row in self.json("list", "--all") if row["id"] == case_id)


@pytest.fixture
def person(server: Server, tmp_path: Path) -> Callable[..., Person]:
    """Makes people: a guest, or a member of staff with these roles, signed in and synced."""

    def make(profile: str, *roles: str, at: str | None = None) -> Person:
        made = Person(server, tmp_path / "home", profile, WsgiTransport(server.app))
        if not roles:
            made.run("guest", "--server", ADDRESS)
            return made
        login = at or profile
        if at is None:
            scopes = [f"office:{office.code}" for office in server.city.offices]
            add_staff(
                server.engine, server.city, server.world.sources, login=login, password=PASSWORD,
                name=f"Nama {profile}", roles=roles, scopes=scopes,
            )  # fmt: skip
        made.run("sign-in", login, "--server", ADDRESS, "--password-stdin", typed=PASSWORD + "\n")
        return made

    return make


@pytest.fixture
def fresh(server: Server, tmp_path: Path) -> Person:
    """A device that never spoke with a server."""
    return Person(server, tmp_path / "home", "baru", WsgiTransport(server.app))


Make = Callable[..., Person]
SURVEY = ("point=-6.98,110.41,5", "road_width=6,5", "existing_use=empty", "matches=ya")


__all__ = ["ADDRESS", "PASSWORD", "SURVEY", "City", "Make", "Person"]
