"""What is the same of servers that run jobs of a test's own: a file that their processes tell of each run, and how four
workers are begun."""

import os
from pathlib import Path

FILE = "told"
"""Beside the folder with the city's data."""


def told() -> Path:
    return Path(os.environ["TENGGAT_DATA"]).parent / FILE


def tell(line: str) -> None:
    # Short enough that no two processes' lines are ever mixed.
    with told().open("a") as file:
        file.write(f"{line}\n")


def serve(application: str) -> None:
    """As `tenggat-server serve --workers 4`, with an application of its own."""
    from granian import Granian
    from granian.constants import Interfaces

    Granian(
        application, address="127.0.0.1", port=int(os.environ["PORT"]), interface=Interfaces.WSGI, workers=4,
        blocking_threads=4, factory=True, respawn_failed_workers=True,
    ).serve()  # fmt: skip
