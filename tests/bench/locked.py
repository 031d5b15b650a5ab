"""What encryption costs: 5,000 records stored and read back, photos kept and read, with a key and without, in turns."""

import os
import statistics
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from client.store import Store
from client.vault import Profiles
from client.vault.wrapping import Cost
from sync.codec import read_head
from tests.bench import stage
from tests.keyrings import ring

RECORDS = 5_000
PHOTOS, PHOTO = 40, 200_000
RUNS = 5
PIN = "274913"


def measure(folder: Path) -> dict[str, Any]:
    """The middle of five runs of each, the two kinds by turns."""
    lines = _lines(folder)
    heads = [read_head(line) for line in lines]
    photos = [os.urandom(PHOTO) for _ in range(PHOTOS)]
    took: dict[str, list[float]] = {}

    def timed(kind: str, what: str, work: Callable[[], object]) -> None:
        start = time.perf_counter()
        work()
        took.setdefault(f"{kind} {what}", []).append(time.perf_counter() - start)

    for run in range(RUNS):
        for kind, key in (("plain", None), ("sealed", os.urandom(32))):
            path = folder / f"{kind}{run}" / "device.sqlite"
            store = Store(path, key=key)

            def insert(store: Store = store) -> None:
                with store.transaction():
                    store.records.store(lines, heads, 0)

            timed(kind, "insert", insert)
            names: list[str] = []
            timed(kind, "keep photo", lambda s=store, n=names: n.extend(s.blobs.put([p])[0] for p in photos))
            store.close()
            timed(kind, "open", lambda p=path, k=key: _reopened(p, k))
            # A new process, so nothing is in its cache.
            store = Store(path, key=key)
            timed(kind, "read", lambda s=store: [bytes(row["line"]) for row in s.records.by_due()])
            timed(kind, "read photo", lambda s=store, n=names: [s.blobs.read(name) for name in n])
            store.close()
    middle = {what: statistics.median(seconds) for what, seconds in took.items()}
    ratio = {
        what: round(middle[f"sealed {what}"] / middle[f"plain {what}"], 2)
        for what in ("insert", "read", "keep photo", "read photo")
    }
    return {
        "bench": "locked",
        "records": len(lines),
        "insert": round(middle["sealed insert"], 4),
        "read": round(middle["sealed read"], 4),
        "open": round(middle["sealed open"], 4),
        "unlock": round(_unlock(folder), 4),
        "keep_photo": round(middle["sealed keep photo"] / PHOTOS, 4),
        "ratio": ratio,
        "goal": "insert ≤ 1.5× plain, all records read ≤ 0.1 s, PIN to key ≤ 0.5 s",
        "ok": ratio["insert"] <= 1.5 and middle["sealed read"] <= 0.1 and _unlock(folder) <= 0.5,
    }


def _lines(folder: Path) -> list[bytes]:
    with stage.tenggat(folder / "server") as port:
        store, engine = stage.officer(folder / "lines.db", port)
        engine.sync()
        lines = [bytes(row["line"]) for row in store.records.by_due()]
        store.close()
    return lines[:RECORDS]


def _reopened(path: Path, key: bytes | None) -> None:
    store = Store(path, key=key)
    store.meta.get("token")
    store.close()


def _unlock(folder: Path) -> float:
    """Seconds from a PIN to the key, as strong as it is for people."""
    home = folder / "home"
    profiles = Profiles(home, ring(), cost=Cost())
    made = profiles.make("Survei", PIN)
    start = time.perf_counter()
    profiles.unlock(made.name, PIN)
    return time.perf_counter() - start
