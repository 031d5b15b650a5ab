"""The sender is killed at every step of handing a letter in; everybody's letter arrives, and only where the mail server
had taken one and nobody heard of it does the same one come twice, under the same name."""

import os
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.api.device import Device
from tests.api.filing import file
from tests.conftest import Server

from .office import Office, PostOffice, post_office

WORKER = """
import sys
from datetime import UTC, datetime
from pathlib import Path
from server.app import create_app
from server.notices import sending
from server.services import EXTENSION
from server.settings import Settings
from server.sources import Sources
now = datetime(2026, 3, 16, 2, 0, tzinfo=UTC)
settings = Settings(data=Path(sys.argv[1]), web=None, smtp=sys.argv[2])
world = create_app(settings, Sources(clock=lambda: now)).extensions[EXTENSION]
print("ready", flush=True)
sys.stdin.readline()
print(sending.send(world, now), flush=True)
"""

STEPS = ("greeting", "sender", "receiver", "before", "after")
"""The last two: before and after the letter was taken, with the answer still to come."""


@dataclass
class Deadly(PostOffice):
    """A mail server at whose step, of the n-th letter, whoever speaks with it is killed."""

    step: str = ""
    victim: int | None = None
    nth: int = 2
    begun: int = 0

    def _strike(self, step: str) -> None:
        self.begun += step == "sender"
        if step == self.step and self.victim is not None and (step == "greeting" or self.begun == self.nth):
            os.kill(self.victim, signal.SIGKILL)
            self.victim = None

    async def handle_EHLO(  # noqa: N802 - the library's name
        self, _server: Any, session: Any, _envelope: Any, hostname: str, responses: list[str]
    ) -> list[str]:
        session.host_name = hostname
        self._strike("greeting")
        return responses

    async def handle_MAIL(  # noqa: N802
        self, _server: Any, _session: Any, envelope: Any, address: str, _options: list[str]
    ) -> str:
        envelope.mail_from = address
        self._strike("sender")
        return "250 2.1.0 OK"

    async def handle_RCPT(self, *given: Any) -> str:  # noqa: N802
        self._strike("receiver")
        return await super().handle_RCPT(*given)

    async def handle_DATA(self, *given: Any) -> str:  # noqa: N802
        self._strike("before")
        if self.victim is None and self.step == "before":
            # It was killed by now: what it had not been told of was not taken.
            self.step = ""
            return "451 4.3.0 gone"
        answer = await super().handle_DATA(*given)
        self._strike("after")
        return answer


@pytest.fixture
def server(make_server: Callable[..., Server]) -> Server:
    """SQLite alone: the transactions are the same on both, and processes are started again and again."""
    return make_server()


def _sender(folder: Path, url: str) -> subprocess.Popen[str]:
    words = [sys.executable, "-c", WORKER, str(folder), url]
    process = subprocess.Popen(words, text=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    assert process.stdout is not None
    assert process.stdout.readline() == "ready\n"
    return process


@pytest.mark.parametrize("step", STEPS)
def test_a_sender_that_is_killed_loses_nothing_and_repeats_only_what_nobody_heard_of(
    office: Office, server: Server, tmp_path: Path, step: str
) -> None:
    for n in range(3):
        office.add("front_desk")
        server.execute(
            "UPDATE person SET email = :e WHERE id = :p", e=f"{n}@kota.example", p=office.people["front_desk"]
        )
    file(server, Device(server.app))
    with post_office(Deadly(step=step)) as post:
        assert isinstance(post, Deadly)
        server.world.smtp = post.url
        office.walk()
        first = _sender(tmp_path / "data", post.url)
        post.victim = first.pid
        first.communicate("\n", timeout=60)
        assert first.returncode == -signal.SIGKILL
        assert office.states().get("leaving") == 1, "it was begun on the disk before it was handed in"
        again = _sender(tmp_path / "data", post.url)
        told, _ = again.communicate("\n", timeout=60)
        assert again.returncode == 0, told
        assert office.states() == {"sent": 4}
        third = _sender(tmp_path / "data", post.url)
        assert third.communicate("\n", timeout=60)[0] == "0 letters sent, 0 refused\n"
        names: Counter[tuple[str, str]] = Counter((letter.to, letter.name) for letter in post.letters)
    assert len(names) == len({to for to, _ in names}) == 4, "everybody, under one name each"
    assert sum(names.values()) == (5 if step == "after" else 4)
