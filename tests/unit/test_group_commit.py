"""Who waits to write is taken along, by no more than its rules allow, and each hears what became of its own."""

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import pytest

from server.commands.group_commit import GroupCommit
from sync.errors import Busy

WAIT = 10.0


@dataclass
class Pen:
    """Writes when it is told to."""

    groups: list[list[str]] = field(default_factory=list)
    begun: threading.Semaphore = field(default_factory=lambda: threading.Semaphore(0))
    may: threading.Semaphore = field(default_factory=lambda: threading.Semaphore(0))
    fault: Callable[[list[str]], None] = lambda _: None

    def write(self, works: Sequence[str]) -> list[str]:
        self.groups.append(list(works))
        self.begun.release()
        assert self.may.acquire(timeout=WAIT)
        self.fault(list(works))
        return [f"{work} is written" for work in works]


class Line:
    """Of people with something to write; a word's first letter is its sender, its length its size."""

    def __init__(self, patience: float = WAIT) -> None:
        self.pen = Pen()
        self.commit = GroupCommit(self.pen.write, lambda work: work[0], len, 10, patience)
        self.heard: dict[str, object] = {}
        self.threads: list[threading.Thread] = []

    def comes(self, *works: str) -> None:
        """One after the other, each to its place in the line."""
        for work in works:
            before = len(self.commit._line), len(self.pen.groups)
            self.threads.append(threading.Thread(target=self._do, args=[work]))
            self.threads[-1].start()
            for _ in range(1000):
                if (len(self.commit._line), len(self.pen.groups)) != before:
                    break
                threading.Event().wait(0.005)
            else:
                raise AssertionError(f"{work} never came")

    def _do(self, work: str) -> None:
        try:
            self.heard[work] = self.commit.do(work)
        except Exception as fault:
            self.heard[work] = fault

    def writes(self, times: int = 1) -> None:
        for _ in range(times):
            assert self.pen.begun.acquire(timeout=WAIT)
            self.pen.may.release()

    def ends(self) -> None:
        for thread in self.threads:
            thread.join(WAIT)
            assert not thread.is_alive()
        assert not self.commit._line and not self.commit._writing


def test_what_came_while_one_was_written_is_written_together() -> None:
    line = Line()
    line.comes("a", "b", "c", "d")
    line.writes(2)
    line.ends()
    assert line.pen.groups == [["a"], ["b", "c", "d"]]
    assert line.heard == {work: f"{work} is written" for work in "abcd"}


def test_nobody_waits_for_company() -> None:
    line = Line()
    for work in ("a", "b"):
        line.comes(work)
        line.writes()
        line.threads[-1].join(WAIT)
    line.ends()
    assert line.pen.groups == [["a"], ["b"]]


def test_of_one_sender_there_is_one_in_a_group_and_the_first_goes_first() -> None:
    line = Line()
    line.comes("x", "a1", "a2", "b1", "a3", "b2")
    line.writes(4)
    line.ends()
    assert line.pen.groups == [["x"], ["a1", "b1"], ["a2", "b2"], ["a3"]]


def test_a_group_has_room_for_so_much_and_what_is_larger_goes_alone() -> None:
    line = Line()
    line.comes("x", "aaaa", "bbbb", "cccc", "dd", "eeeeeeeeeeeeeeee")
    line.writes(4)
    line.ends()
    assert line.pen.groups == [["x"], ["aaaa", "bbbb", "dd"], ["cccc"], ["eeeeeeeeeeeeeeee"]]


def test_a_fault_is_everybodys_in_the_group_and_nobody_elses() -> None:
    line = Line()

    def fault(works: list[str]) -> None:
        if "b" in works:
            raise OSError("the disk is gone")

    line.pen.fault = fault
    line.comes("a", "b", "c")
    line.pen.may.release()
    assert line.pen.begun.acquire(timeout=WAIT) and line.pen.begun.acquire(timeout=WAIT)
    line.comes("d")
    line.pen.may.release()
    line.writes()
    line.ends()
    assert line.pen.groups == [["a"], ["b", "c"], ["d"]]
    assert (line.heard["a"], line.heard["d"]) == ("a is written", "d is written")
    assert isinstance(line.heard["b"], OSError) and isinstance(line.heard["c"], OSError)


def test_who_waited_too_long_is_told_and_is_not_written() -> None:
    line = Line(patience=0.05)
    line.comes("a", "b")
    line.threads[1].join(WAIT)
    assert isinstance(line.heard["b"], Busy)
    line.writes()
    line.comes("c")
    line.writes()
    line.ends()
    assert line.pen.groups == [["a"], ["c"]]


def test_who_was_taken_waits_for_what_comes_of_it() -> None:
    line = Line(patience=0.3)
    line.comes("a", "b")
    line.writes()
    assert line.pen.begun.acquire(timeout=WAIT)
    line.comes("c")
    line.threads[2].join(WAIT)
    assert isinstance(line.heard["c"], Busy)
    assert "b" not in line.heard
    line.pen.may.release()
    line.ends()
    assert line.heard["b"] == "b is written"


@pytest.mark.parametrize("senders", [1, 7, 200])
def test_of_a_crowd_each_hears_its_own(senders: int) -> None:
    order: dict[str, list[int]] = {}

    def write(works: Sequence[tuple[str, int]]) -> list[tuple[str, int]]:
        assert len({sender for sender, _ in works}) == len(works) <= 20
        for sender, number in works:
            order.setdefault(sender, []).append(number)
        return list(works)

    commit = GroupCommit(write, lambda work: work[0], lambda _: 1, 20, WAIT)

    def many(sender: str) -> None:
        for number in range(20):
            assert commit.do((sender, number)) == (sender, number)

    threads = [threading.Thread(target=many, args=[f"s{n}"]) for n in range(senders)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert order == {f"s{n}": list(range(20)) for n in range(senders)}
