"""The board's devices: each with its troubles, the worst first, chosen and counted. Pure."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from server.domain.troubles import DAY, SILENT_DAYS, Facts, Trouble, troubles, weight

LEVELS: Final = ("bad", "warn", "good")
"""What devices are counted by; what is good to know counts as good."""


@dataclass(frozen=True)
class Row:
    """A device on the board. `silence` is in seconds, None where it never came."""

    facts: Facts
    troubles: tuple[Trouble, ...]
    silence: int | None

    @property
    def weight(self) -> int:
        return weight(list(self.troubles))

    @property
    def level(self) -> str:
        """bad, warn, note, or good where nothing is wrong."""
        return self.troubles[0].level if self.troubles else "good"

    @property
    def fine(self) -> bool:
        return self.level in ("good", "note")


@dataclass(frozen=True)
class Survey:
    """All rows chosen, how many there are of each level and trouble before a trouble was chosen."""

    rows: tuple[Row, ...]
    levels: Counter[str]
    codes: Counter[str]

    @property
    def all(self) -> int:
        return self.levels.total()


def survey(
    found: Iterable[Facts],
    now: datetime,
    *,
    current: frozenset[str] = frozenset(),
    trouble: str | None = None,
    silent_for: int | None = None,
    silent_days: int = SILENT_DAYS,
) -> Survey:
    """`trouble`: a trouble's code, or a level. `silent_for`: only devices not heard of for so many days. `silent_days`:
    after how many the city calls one silent."""
    rows = [row_of(one, now, current, silent_days) for one in found]
    if silent_for is not None:
        rows = [row for row in rows if row.silence is None or row.silence >= silent_for * DAY]
    levels = Counter("good" if row.fine else row.level for row in rows)
    codes = Counter(code for row in rows for code in {one.code for one in row.troubles})
    if trouble is not None:
        rows = [row for row in rows if _has(row, trouble)]
    return Survey(tuple(_sorted(rows)), levels, codes)


def row_of(facts: Facts, now: datetime, current: frozenset[str] = frozenset(), silent_days: int = SILENT_DAYS) -> Row:
    silence = None if facts.seen is None else round((now - datetime.fromisoformat(facts.seen)).total_seconds())
    return Row(facts, tuple(troubles(facts, now, silent_days=silent_days, current=current)), silence)


def _has(row: Row, trouble: str) -> bool:
    if trouble == "good":
        return row.fine
    return row.level == trouble or any(one.code == trouble for one in row.troubles)


def _sorted(rows: Sequence[Row]) -> list[Row]:
    # The worst first; of equals the longest silent.
    return sorted(rows, key=lambda row: (-row.weight, row.facts.seen or "", row.facts.name, row.facts.id))
