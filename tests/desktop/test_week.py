"""A week without a network, through the real program without its window: the laptop sleeps, its clock is set forth and
back by a year, a Wi-Fi answers in the city's place, and somebody else with a certificate of their own. Nothing of what
was typed is lost or leaves to anybody else, and all goes to the city by itself once the city is there."""

import contextlib
import os
import signal
import time
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import uuid4
from wsgiref.simple_server import make_server

import pytest

from server.access import invitations
from server.access.staff import add_staff
from tests.certificates import Made, self_signed
from tests.conftest import Server
from tests.desktop.conftest import PASSWORD, PIN, Refused
from tests.desktop.headless import Headless
from tests.roadside import Portal, _Listening, _QuietWsgi, _Wsgi, listening

PATIENCE = 90.0
WEEK, YEAR = 7 * 86_400, 365 * 86_400


class Town:
    """One address on which the city answers, or a Wi-Fi, or somebody who says to be the city."""

    def __init__(self, server: Server, folder: Path) -> None:
        self._server, self._folder = server, folder
        self.certificate = self_signed("127.0.0.1")
        self.port = 0
        self.heard: list[str] = []

    @contextlib.contextmanager
    def there(self, made: Made | None = None) -> Iterator[None]:
        serving = make_server("127.0.0.1", self.port, self._app, server_class=_Wsgi, handler_class=_QuietWsgi)
        serving.socket = (made or self.certificate).context(self._folder).wrap_socket(serving.socket, server_side=True)
        self.port = serving.server_port
        with listening(serving):
            yield

    @contextlib.contextmanager
    def wifi(self) -> Iterator[None]:
        """Which speaks no TLS, and answers all with a page."""
        portal = _Listening(("127.0.0.1", self.port), Portal)
        portal.how = "html"  # type: ignore[attr-defined]
        with listening(portal):
            yield

    def _app(self, environ: Any, start: Any) -> Any:
        self.heard.append(f"{environ['REQUEST_METHOD']} {environ['PATH_INFO']}")
        return self._server.app(environ, start)


class Clock:
    """The laptop's time of day (`tests/desktop/set_clock.py`)."""

    def __init__(self, folder: Path) -> None:
        self._file = folder / "clock"
        self.set(0)
        self.environment = {"TENGGAT_TEST_CLOCK": str(self._file)}

    def set(self, seconds: int) -> None:
        """So many from the true one."""
        fresh = self._file.with_suffix(".new")
        fresh.write_text(str(seconds))
        fresh.replace(self._file)


@pytest.fixture
def town(server: Server, tmp_path: Path) -> Town:
    return Town(server, tmp_path)


def until(found: Callable[[], Any], what: str) -> Any:
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        if answer := found():
            return answer
        time.sleep(0.1)
    raise AssertionError(f"waited in vain for {what}")


def refusal(program: Headless) -> str:
    with pytest.raises(Refused) as refused:
        program.desk("sync")
    assert refused.value.status < 500 or refused.value.code == "unreachable", refused.value.body
    return refused.value.code


def test_a_week_without_a_network(server: Server, town: Town, tmp_path: Path) -> None:
    clock = Clock(tmp_path)
    add_staff(
        server.engine, server.city, server.world.sources, login="loket", password=PASSWORD, name="Petugas Loket",
        roles=["front_desk"], scopes=["office:distaru"],
    )  # fmt: skip
    code = invitations.invite(server.engine, server.world.sources, "loket")[0]
    with Headless(tmp_path / "laptop" / "home", "tests.desktop.set_clock", **clock.environment) as program:
        program.enter()
        with town.there():
            link = f"https://127.0.0.1:{town.port}/#/gabung/{code}/{town.certificate.fingerprint}"
            program.gate("make", title="Warga", secret=PIN, link=link)
            assert program.desk("person")["name"] == "Petugas Loket"
            program.desk("sync")
        cases = []

        def types(words: str) -> None:
            cases.append((str(uuid4()), words))
            program.desk("edit", cases[-1][0], {"title": words}, "lapor")
            found = program.desk("case", cases[-1][0])
            assert found["entries"][-1]["data"]["set"] == {"title": words}

        types("hari pertama")
        assert refusal(program) == "unreachable"
        for words, shift in (("seminggu kemudian", WEEK), ("setahun terlalu awal", -YEAR), ("terlalu jauh", YEAR)):
            os.kill(program.process.pid, signal.SIGSTOP)
            clock.set(shift)
            time.sleep(0.5)
            os.kill(program.process.pid, signal.SIGCONT)
            types(words)
            stamp = program.desk("case", cases[-1][0])["entries"][-1]["queued_at"]
            assert abs(time.time() + shift - _moment(stamp)) < PATIENCE, "the clock was set"
            program.gate("lock")
            with pytest.raises(Refused, match="wrong_secret"):
                program.gate("open", profile="warga", secret="000000")
            program.gate("open", profile="warga", secret=PIN)
        clock.set(WEEK)

        before = len(town.heard)
        with town.wifi():
            assert refusal(program) in {"not_our_server", "untrusted_server", "unreachable"}
        with town.there(self_signed("127.0.0.1")):
            assert refusal(program) == "untrusted_server"
        assert len(town.heard) == before, "nobody else was told anything"
        assert program.desk("status")["waiting"] == len(cases)

        with town.there():
            # As a computer that wakes up does; nobody asks for it.
            os.kill(program.process.pid, signal.SIGSTOP)
            clock.set(WEEK + 3_600)
            os.kill(program.process.pid, signal.SIGCONT)
            until(lambda: program.desk("status")["waiting"] == 0, "everything received")
        assert program.desk("outbox", "refused") == []
    for case, words in cases:
        [(state,)] = server.rows("SELECT state FROM case_record WHERE id = :id", id=case)
        assert words in str(state)


def _moment(stamp: str) -> float:
    return datetime.fromisoformat(stamp).timestamp()
