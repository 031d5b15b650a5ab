"""What is counted as it happens, in this process or, where there are several, in files that they share: then whichever
is asked answers for all of them."""

import os
from typing import Final

from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest, values
from prometheus_client.multiprocess import MultiProcessCollector

SHARED: Final = "PROMETHEUS_MULTIPROC_DIR"
"""Where the library looks for the folder of the shared files."""

BUCKETS: Final = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300)
"""Seconds: from an exchange with nothing to say to a photo over a slow line."""


class Counts:
    """The library appends `_total` to what only grows."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self.requests = Counter(
            "tenggat_http_requests", "Requests answered.", ("route", "method", "status"), registry=self.registry
        )
        self.seconds = Histogram(
            "tenggat_http_request_duration_seconds",
            "From a request's first line to its answer's last byte.",
            ("route",),
            buckets=BUCKETS,
            registry=self.registry,
        )
        self.bytes = Counter(
            "tenggat_exchange_bytes", "Bytes of exchanges, as they travel.", ("direction",), registry=self.registry
        )
        self.commands = Counter(
            "tenggat_commands", "Commands answered, by what became of them.", ("status",), registry=self.registry
        )

    def text(self) -> bytes:
        """In the format of Prometheus."""
        if not os.environ.get(SHARED):
            return generate_latest(self.registry)
        registry = CollectorRegistry()
        MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
        return generate_latest(registry)


counts = Counts()


def share(folder: str) -> None:
    """From here on, and in all processes that are forked off, count into files in this folder. To be called before the
    first request: what was counted until now is forgotten."""
    global counts
    os.environ[SHARED] = folder
    # The library decides when it is imported, and it was.
    values.ValueClass = values.get_value_class()  # type: ignore[no-untyped-call]
    counts = Counts()
