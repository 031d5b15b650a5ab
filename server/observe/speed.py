"""How fast exchanges were answered lately: the histogram as it stands, less what it was some minutes ago."""

import math
import time
from collections import deque
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from server.observe import metrics

EXCHANGE: Final = "/api/v1/sync"

SPAN: Final = 600.0
"""Seconds looked back."""
STEP: Final = 60.0
"""Seconds between two snapshots at least."""


@dataclass(frozen=True)
class Speed:
    """How many were answered, and the seconds within which so many of them were; infinite beyond the last bucket."""

    count: int = 0
    half: float = 0
    most: float = 0
    """19 of 20."""


class Lately:
    """Snapshots of the last minutes. One is taken before a request is counted, and so holds for the time without any
    before it. Where there are several processes each takes its own, of the sum of them all."""

    def __init__(self) -> None:
        self._kept: deque[tuple[float, Mapping[float, float]]] = deque()

    def wants(self, moment: float) -> bool:
        return not self._kept or moment - self._kept[-1][0] >= STEP

    def keep(self, moment: float, buckets: Mapping[float, float]) -> None:
        self._kept.append((moment, buckets))
        self._forget(moment)

    def speed(self, moment: float, buckets: Mapping[float, float]) -> Speed:
        self._forget(moment)
        before = self._kept[0][1] if self._kept else buckets
        return speed_of({edge: n - before.get(edge, 0) for edge, n in buckets.items()})

    def _forget(self, moment: float) -> None:
        while self._kept and moment - self._kept[0][0] > SPAN:
            self._kept.popleft()


def speed_of(buckets: Mapping[float, float]) -> Speed:
    """By the upper edge of each bucket, how many took no longer."""
    count = buckets.get(math.inf, 0)
    return Speed(int(count), within(buckets, 0.5), within(buckets, 0.95)) if count > 0 else Speed()


def within(buckets: Mapping[float, float], share: float) -> float:
    """The seconds within which that share of them was answered, taken as spread evenly in their bucket."""
    wanted = share * buckets[math.inf]
    below, under = 0.0, 0.0
    for edge in sorted(buckets):
        if buckets[edge] >= wanted:
            return edge if math.isinf(edge) else below + (edge - below) * (wanted - under) / (buckets[edge] - under)
        below, under = edge, buckets[edge]
    return math.inf


def buckets_of(told: str, route: str) -> dict[float, float]:
    """A route's buckets, read off the histogram as it is given to Prometheus."""
    return dict(_buckets(told, route))


def _buckets(told: str, route: str) -> Iterator[tuple[float, float]]:
    name, asked = "tenggat_http_request_duration_seconds_bucket{", f'route="{route}"'
    for line in told.splitlines():
        if line.startswith(name) and asked in line:
            edge = line.partition('le="')[2].partition('"')[0]
            yield float(edge), float(line.rpartition(" ")[2])


_lately = Lately()


def note() -> None:
    """To be called before a request is counted."""
    moment = time.monotonic()
    if _lately.wants(moment):
        _lately.keep(moment, buckets_of(metrics.counts.text().decode(), EXCHANGE))


def now() -> Speed:
    """Of the exchanges of the last ten minutes."""
    return _lately.speed(time.monotonic(), buckets_of(metrics.counts.text().decode(), EXCHANGE))
