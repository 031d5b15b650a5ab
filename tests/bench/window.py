"""The window's desk on a locked profile with 5,000 cases, a tenth of them worked on while there was no network: what
each screen asks, over HTTP, as the page hears it."""

import json
import statistics
import time
from collections.abc import Callable
from http.client import HTTPConnection
from pathlib import Path
from typing import Any
from uuid import uuid4

from client.desktop.server import Bridge
from client.vault import Profiles
from tests.bench import stage
from tests.keyrings import ring

RECORDS = 5_000
BUSY = 10
"""One in so many has something in the outbox."""
RUNS = 15
PIN = "274913"
GOAL = 0.1


def measure(folder: Path) -> dict[str, Any]:
    """The middle of each, and the slowest of the lists."""
    with stage.tenggat(folder / "server") as port:
        bridge = Bridge(Profiles(folder / "home", ring()))
        bridge.start()
        page = _Page(bridge)
        page.ask("/gate/make", {"title": "Petugas", "secret": PIN, "server": f"http://127.0.0.1:{port}"})
        page.ask("/desk/sign_in", [stage.OFFICER, stage.PASSWORD])
        page.ask("/desk/sync", [])
        opened = bridge.gate.desk()
        _to_size(opened.store)
    # The server is gone: whatever is asked from here on is answered by this device.
    rows = page.ask("/desk/list", [])
    for row in rows[::BUSY]:
        opened.store.outbox.add("case.act", row["id"], {"action": "verify"}, opened.store.stamp(), 1)
    typed = str(uuid4())
    asked: dict[str, tuple[str, Callable[[int], Any]]] = {
        "list": ("/desk/list", lambda _: []),
        "status": ("/desk/status", lambda _: []),
        "case": ("/desk/case", lambda run: [rows[run * 37 % len(rows)]["id"]]),
        "keystroke": ("/desk/edit", lambda run: [typed, {"title": "x" * run}, "lapor"]),
        "outbox": ("/desk/outbox", lambda _: ["queued", "sent", "refused"]),
    }
    took = {name: [page.timed(path, given(run)) for run in range(RUNS)] for name, (path, given) in asked.items()}
    size = len(page.raw("/desk/list", []))
    bridge.close()
    middle = {name: round(statistics.median(seconds), 4) for name, seconds in took.items()}
    return {
        "bench": "window",
        "cases": len(rows),
        "busy": len(rows[::BUSY]),
        "list_bytes": size,
        **middle,
        "slowest_list": round(max(took["list"]), 4),
        "goal": f"each ≤ {GOAL} s",
        "ok": all(seconds <= GOAL for seconds in middle.values()),
    }


def _to_size(store: Any) -> None:
    """So many records, whatever the city has."""
    extra = store.records.count() - RECORDS
    if extra > 0:
        with store.transaction():
            store.records.drop([id_ for id_, *_ in store.records.rows(0)][:extra])


class _Page:
    """One connection that stays, as a browser's does."""

    def __init__(self, bridge: Bridge) -> None:
        self._http = HTTPConnection("127.0.0.1", bridge.port)
        self._http.request("GET", bridge.door.address().partition(f":{bridge.port}")[2])
        response = self._http.getresponse()
        response.read()
        self._headers = {"X-Tenggat": "desk", "Cookie": str(response.headers["Set-Cookie"]).partition(";")[0]}

    def raw(self, path: str, given: Any) -> bytes:
        self._http.request("POST", path, json.dumps(given), self._headers)
        return self._http.getresponse().read()

    def timed(self, path: str, given: Any) -> float:
        """Seconds until the answer is there, to its last byte."""
        start = time.perf_counter()
        self.raw(path, given)
        return time.perf_counter() - start

    def ask(self, path: str, given: Any) -> Any:
        answer = json.loads(self.raw(path, given))
        assert not (isinstance(answer, dict) and "status" in answer and "code" in answer), answer
        return answer
