"""The headless program with a time of day that a file sets while it runs (seconds from the true one), and nothing else
of it changed: `TENGGAT_TEST_CLOCK` names the file. What seconds are counted by stays as it is."""

import os
from datetime import datetime, timedelta, tzinfo
from pathlib import Path
from typing import Self

from client import trust
from client.desktop import headless
from client.store import store


class Shifted(datetime):
    @classmethod
    def now(cls, tz: tzinfo | None = None) -> Self:
        shift = timedelta(seconds=int(Path(os.environ["TENGGAT_TEST_CLOCK"]).read_text()))
        return super().now(tz) + shift


if __name__ == "__main__":
    store.datetime = trust.datetime = Shifted  # type: ignore[misc]
    headless.main()
