"""What the window's title says, and what is told to somebody who does not look at it."""

import threading
from datetime import datetime, timedelta, timezone
from queue import Queue
from types import SimpleNamespace
from typing import Any

import pytest

from client.desktop.notices import CHOICE, REFUSED, REVOKED, Notices, Seen, arrived, worth_telling
from client.desktop.title import Waits, title
from client.desktop.window import _titles
from client.engine import Report
from sync.messages import Result, Status
from tests.desktop.conftest import Laptop, complete

WIB = timezone(timedelta(hours=7))
NOW = datetime(2026, 3, 16, 15, 0, tzinfo=WIB)


@pytest.mark.parametrize(
    ("waits", "indonesian", "english"),
    [
        ([], "Tenggat", "Tenggat"),
        ([Waits(0, None, received=False)], "Tenggat", "Tenggat"),
        ([Waits(0, None)], "Tenggat — semua sudah sampai", "Tenggat — all received"),
        (
            [Waits(3, "2026-03-16T02:12:00+00:00")],
            "Tenggat — 3 belum terkirim sejak 09.12",
            "Tenggat — 3 not sent since 09:12",
        ),
        (
            [Waits(1, "2026-03-16T02:12:00+00:00"), Waits(2, "2026-03-14T09:30:00+07:00"), Waits(0, None)],
            "Tenggat — 3 belum terkirim sejak 14/3 09.30",
            "Tenggat — 3 not sent since 14/3 09:30",
        ),
        ([Waits(1, "no moment")], "Tenggat — 1 belum terkirim", "Tenggat — 1 not sent"),
    ],
)
def test_the_title_says_what_waits_and_since_when(waits: list[Waits], indonesian: str, english: str) -> None:
    assert title(waits, "id", NOW) == indonesian
    assert title(waits, "en", NOW) == english


def test_the_title_follows_a_profile_that_nobody_looks_at(laptop: Laptop) -> None:
    laptop.window.make()
    laptop.window.desk("city")
    hidden = laptop.bridge.gate.desk()
    laptop.window.gate("lock")
    titles = Queue[str]()
    window = SimpleNamespace(events=SimpleNamespace(shown=threading.Event()), set_title=titles.put)
    window.events.shown.set()
    threading.Thread(target=_titles, args=[laptop.bridge, window], daemon=True).start()
    assert titles.get(timeout=20) == "Tenggat"
    hidden.desk.new("lapor", {"title": "Lampu jalan padam"})
    laptop.bridge.gate.changes.step()
    assert titles.get(timeout=20).startswith("Tenggat — 1 belum terkirim sejak")
    laptop.bridge.over.set()


def report(**given: Any) -> Report:
    return Report(**given)


def test_what_is_worth_a_word() -> None:
    before = Seen(frozenset({"a"}), 1, synced=True)
    same = worth_telling(before, before, report(received=3))
    assert same == []
    assert worth_telling(before, Seen(frozenset({"a", "b"}), 1, True), report()) == [arrived(1)]
    assert worth_telling(before, Seen(frozenset(), 2, True), report()) == [CHOICE]
    assert worth_telling(before, before, report(refused=[Result(1, Status.REJECTED, "late")])) == [REFUSED]
    assert worth_telling(before, Seen(), report(wiped=True)) == [REVOKED]
    first = worth_telling(Seen(), Seen(frozenset("abc"), 0, True), report(received=3))
    assert first == [], "what comes at the first exchange is no news"


def test_nothing_is_said_to_somebody_who_looks_at_the_window() -> None:
    said: list[str] = []
    looks = [True]
    notices = Notices(said.append, lambda: looks[0], lambda: "en")
    notices.tell([REFUSED])
    assert said == []
    notices.tell([REFUSED], always=True)
    looks[0] = False
    notices.tell([CHOICE])
    assert said == [REFUSED.en, CHOICE.en]


def test_a_new_case_of_the_office_is_told_once(laptop: Laptop) -> None:
    window = laptop.signed_in("complaint_officer")
    opened = laptop.bridge.gate.desk()
    said: list[str] = []
    notices = Notices(said.append, lambda: False, lambda: "id")
    # Whichever run brings it, the background's or the one that is asked for here.
    laptop.bridge.gate._ended = notices.ended
    opened.agent.sync()
    assert said == []
    window.gate("lock")
    window.make("Warga", "739518")
    window.desk("city")
    case = "00000000-0000-4000-8000-0000000000aa"
    window.desk("edit", case, complete(laptop.network.server, "lapor"), "lapor")
    window.desk("submit", case)
    window.desk("sync")
    opened.agent.sync()
    opened.agent.sync()
    assert said == [arrived(1).id]
