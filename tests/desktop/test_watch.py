"""The window is told that something changed, whoever changed it, and not too often."""

import threading
import time
from collections.abc import Iterator
from uuid import uuid4

import pytest
import requests

from client.desktop.changes import CHANGED, Changes
from client.vault import Profiles
from tests.desktop.conftest import PIN, Laptop
from tests.keyrings import QUICK, ring


@pytest.fixture
def told(laptop: Laptop) -> Iterator[Iterator[str]]:
    """The names of the events, as a window hears them; the first one is there already."""
    response = laptop.window.http.get(f"{laptop.window.origin}/desk/watch", stream=True, timeout=20)
    assert response.headers["Content-Type"] == "text/event-stream"
    lines = (line.decode() for line in response.iter_lines())
    events = (line for line in lines if line.startswith("event: "))
    assert next(events) == "event: changed"
    yield events
    response.close()


def test_a_deed_here_is_told(laptop: Laptop, told: Iterator[str]) -> None:
    laptop.window.make()
    assert next(told) == "event: changed"


def test_what_another_program_does_is_told(laptop: Laptop, told: Iterator[str]) -> None:
    laptop.window.make()
    laptop.window.desk("city")
    next(told)
    profiles = Profiles(laptop.home, ring(laptop.keyring), clock=lambda: laptop.now, cost=QUICK)
    other = profiles.open("petugas-survei", profiles.unlock("petugas-survei", PIN))
    other.meta.set("language", "en")
    other.close()
    assert next(told) == "event: changed"


def test_it_ends_with_the_program(laptop: Laptop) -> None:
    response = laptop.window.http.get(f"{laptop.window.origin}/desk/watch", stream=True, timeout=20)
    ended = threading.Event()

    def listen() -> None:
        try:
            for _ in response.iter_content(64):
                pass
        except requests.RequestException:
            pass
        ended.set()

    threading.Thread(target=listen, daemon=True).start()
    laptop.bridge.gate.close()
    assert ended.wait(10)


def test_many_changes_at_once_are_told_together() -> None:
    changes = Changes()
    moments = changes.moments()
    assert next(moments)
    began = time.monotonic()
    for _ in range(1_000):
        changes.ring()
    assert next(moments)
    for _ in range(3):
        changes.ring()
        assert next(moments)
    # Four tellings cannot come sooner than this, however slow the machine is.
    assert time.monotonic() - began >= 0.3


def test_how_far_an_exchange_has_come_is_told_apart_from_what_changed() -> None:
    stored = [1]
    changes = Changes(lambda: stored[0])
    moments = changes.moments()
    assert next(moments) == "changed"
    changes.step()
    assert next(moments) == "progress"
    # It stored something on its way; or somebody did something else meanwhile.
    stored[0] = 2
    changes.step()
    assert next(moments) == "changed"
    changes.step()
    changes.ring()
    assert next(moments) == "changed"
    changes.step()
    assert next(moments) == "progress"


def test_a_window_hears_of_progress(told: Iterator[str], laptop: Laptop) -> None:
    laptop.bridge.gate.changes.step()
    assert next(told) == "event: progress"


def test_quiet_is_said_so_that_a_window_that_is_gone_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("client.desktop.changes.LOOK", 0.01)
    monkeypatch.setattr("client.desktop.changes.SPAN", 0.01)
    changes = Changes()
    events = changes.events()
    assert next(events) != CHANGED and next(events) == CHANGED and next(events) != CHANGED


def test_what_is_asked_right_after_a_deed_has_it(laptop: Laptop) -> None:
    laptop.window.make()
    laptop.window.desk("city")
    for number in range(20):
        case = str(uuid4())
        laptop.window.desk("edit", case, {"name": str(number)}, "krk")
        assert laptop.window.desk("case", case)["entries"][0]["data"]["set"]["name"] == str(number)
