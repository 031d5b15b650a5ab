"""The background: it goes on by itself, hears of new work, and no clock that is set or stands still stops it."""

import threading
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest

from client.desktop.alarm import ASLEEP, Alarm
from client.engine import AlreadySyncing, Report
from client.roads import Road
from tests.desktop.conftest import Laptop, Refused
from tests.wsgi_transport import WsgiTransport


class Clocks:
    """A time of day and a program's own time, each moved by the test, with every look at them."""

    def __init__(self) -> None:
        self.day, self.ran = datetime(2026, 3, 16, 2, tzinfo=UTC), 100.0
        self.steps: list[tuple[float, float]] = []
        self.looks = 0

    def clock(self) -> datetime:
        return self.day

    def running(self) -> float:
        self.looks += 1
        if self.looks > 1 and self.steps:
            day, ran = self.steps.pop(0)
            self.day += timedelta(seconds=day)
            self.ran += ran
        return self.ran


@pytest.fixture(autouse=True)
def short_looks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("client.desktop.alarm.LOOK", 0.001)


def waited(seconds: float, *steps: tuple[float, float]) -> int:
    """How many of the steps were taken until the wait was over."""
    clocks = Clocks()
    clocks.steps = list(steps)
    alarm = Alarm(clocks.clock, clocks.running)
    assert alarm.wait(seconds) is False
    return len(steps) - len(clocks.steps)


def test_a_wait_is_as_long_as_it_ran() -> None:
    assert waited(60, (20, 20), (20, 20), (20, 20), (20, 20)) == 3


def test_a_clock_that_is_set_back_makes_no_wait_longer() -> None:
    assert waited(60, (-86_400, 20), (20, 20), (20, 20), (20, 20)) == 3


def test_a_computer_that_woke_up_tries_at_once() -> None:
    assert waited(300, (5, 5), (3_600, 5), (5, 5)) == 2


def test_a_little_adjustment_of_the_clock_is_no_sleep() -> None:
    assert waited(60, (20 + ASLEEP - 1, 20), (20, 20), (20, 20), (20, 20)) == 3


def test_new_work_and_the_end_cut_a_wait_short() -> None:
    alarm = Alarm()
    alarm.ring()
    assert alarm.wait(3_600) is False, "a ring before the wait counts"
    threading.Timer(0.01, alarm.stop).start()
    assert alarm.wait(3_600) is True and alarm.stopped
    assert alarm.due is None


def test_what_is_submitted_is_sent_without_being_asked(laptop: Laptop) -> None:
    window = laptop.window
    window.make()
    window.desk("city")
    arrived = threading.Event()
    laptop.bridge.gate._ended = lambda _, outcome: (
        arrived.set() if isinstance(outcome, Report) and outcome.sent else None
    )
    case = str(uuid4())
    window.desk("edit", case, {"name": "Tetangga"}, "krk")
    laptop.bridge.gate.desk().agent.soon()
    assert arrived.wait(20)
    assert window.desk("case", case)["record"]["fields"] == {"name": "Tetangga"}


def test_when_it_tries_again_is_said_only_where_there_is_somebody_to_try_for(laptop: Laptop) -> None:
    window = laptop.window
    window.make()
    window.desk("city")
    assert window.desk("status")["next_try"] is None
    laptop.network.offline = True
    window.desk("edit", str(uuid4()), {"name": "Tetangga"}, "krk")
    agent = laptop.bridge.gate.desk().agent
    tried = threading.Event()
    laptop.bridge.gate._ended = lambda *_: tried.set()
    agent.soon()
    assert tried.wait(20)
    until = threading.Event()
    while agent.next_try is None:
        assert not until.wait(0.01)
    assert window.desk("status")["next_try"].endswith("+00:00")


def test_a_proxy_that_is_set_meanwhile_is_gone_through_the_next_time(laptop: Laptop) -> None:
    window = laptop.window
    window.make()
    window.desk("city")
    window.desk("edit", str(uuid4()), {"name": "Tetangga"}, "krk")
    rounds = threading.Semaphore(0)
    laptop.bridge.gate._ended = lambda *_: rounds.release()
    opened = laptop.bridge.gate.desk()
    opened.agent.soon()
    assert rounds.acquire(timeout=20)
    asked: list[str | None] = []
    connect = laptop.network.connect

    def noted(server: str, road: Road) -> WsgiTransport:
        asked.append(road.proxy)
        return connect(server, road)

    opened.agent._connect = noted
    opened.store.meta.set("proxy", "http://10.0.0.1:3128")
    opened.agent.soon()
    assert rounds.acquire(timeout=20)
    assert "http://10.0.0.1:3128" in asked
    asked.clear()
    opened.agent.soon()
    assert rounds.acquire(timeout=20)
    assert asked == [], "the same road again: the connection that is there"


def test_two_exchanges_wait_for_each_other(laptop: Laptop, monkeypatch: pytest.MonkeyPatch) -> None:
    window = laptop.window
    window.make()
    window.desk("city")
    window.desk("edit", str(uuid4()), {"name": "Tetangga"}, "krk")
    agent = laptop.bridge.gate.desk().agent
    engine = agent._engine()
    with engine._lock:
        monkeypatch.setattr("client.desktop.agent.PATIENCE", 0.0)
        with pytest.raises(Refused) as refused:
            window.desk("sync")
        assert refused.value.code == AlreadySyncing.code
        monkeypatch.setattr("client.desktop.agent.PATIENCE", 60.0)
        done: list[object] = []
        asked = threading.Thread(target=lambda: done.append(window.desk("sync")))
        asked.start()
    asked.join(20)
    assert done and window.desk("status")["waiting"] == 0


def test_a_revoked_device_hands_over_then_forgets_and_the_gate_says_so(laptop: Laptop) -> None:
    window = laptop.signed_in("surveyor")
    laptop.network.offline = True
    case = str(uuid4())
    laptop.bridge.gate.desk().desk.new("lapor", {}, case)
    server = laptop.network.server
    server.execute("UPDATE device SET revoked = :now", now=server.clock().isoformat())
    laptop.network.offline = False
    opened = laptop.bridge.gate.desk()
    until = threading.Event()
    while opened.store.meta.get("wiped") is None:
        try:
            opened.agent.sync()
        except Exception as error:
            assert isinstance(error, AlreadySyncing), error
        assert not until.wait(0.01)
    standing = window.standing()
    assert standing["open"] is None and standing["profiles"][0]["wiped"]
    assert server.rows("SELECT count(*) FROM command WHERE kind = 'case.edit'")[0][0] == 1, "it was handed over"
    window.gate("open", profile="petugas-survei", secret="284617")
    assert window.desk("status")["wiped"] and window.desk("list") == []
    window.desk("acknowledge_loss")
    assert window.desk("status")["wiped"] is None
