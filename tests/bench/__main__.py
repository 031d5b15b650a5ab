"""`python -m tests.bench [NAME …]`: each bench prints one JSON line, with the goal it is held against. `web` names all
that are about the app in a browser."""

import argparse
import json
import shutil
import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from client.engine import Engine
from client.transport import HttpTransport
from tests.bench import floor, locked, photos, stage, window, window_start
from tests.bench.many import Watcher, head_of, multiply
from tests.bench.web import first_use, keystrokes, lighthouse, officer, warm_start, weight
from tests.bench.web.stage import CASES as WEB_CASES
from tests.cable import Cable

CASES = 10_000
RUNS = 5

Line = dict[str, Any]


def first_sync(folder: Path) -> Line:
    """10,000 cases onto a new device, against the floor's pull of the very same lines."""
    data = folder / "server"
    ours, theirs = [], []
    with stage.tenggat(data) as port:
        store, engine = stage.officer(folder / "lines.db", port)
        engine.sync()
        lines = [bytes(row["line"]) for row in store.records.by_due()]
        floor.prepare(folder / "floor.db", lines)
        floor_port = stage.free_port()
        with stage.process(floor_port, "-m", "tests.bench.floor", str(folder / "floor.db"), str(floor_port)):
            floor_bytes = 0
            for run in range(RUNS):
                seconds, floor_bytes = floor.pull(floor_port, folder / f"cache{run}.db")
                theirs.append(seconds)
                store, engine = stage.officer(folder / f"device{run}.db", port)
                ours.append(_timed(engine.sync))
                assert store.records.count() == len(lines)
        with Cable(port) as proxy:
            store, _ = stage.officer(folder / "counted.db", port)
            Engine(store, HttpTransport(f"http://127.0.0.1:{proxy.port}")).sync()
            catalogue = len(store.meta.get("catalogue_json"))
    ratio = statistics.median(a / b for a, b in zip(ours, theirs, strict=True))
    return {
        "bench": "first_sync",
        "cases": len(lines),
        "line_bytes": round(sum(map(len, lines)) / len(lines)),
        "seconds": _median(ours),
        "floor_seconds": _median(theirs),
        "ratio": round(ratio, 2),
        "requests": proxy.requests,
        "bytes_down": proxy.down,
        "bytes_a_case": round(proxy.down / len(lines), 1),
        "floor_bytes": floor_bytes,
        "with_catalogue_of": catalogue,
        "goal": "ratio <= 2, requests <= 5, bytes_a_case <= 220",
        "ok": ratio <= 2 and proxy.requests <= 5 and proxy.down / len(lines) <= 220,
    }


# Where PouchDB pushed 1,000 commands in 0.31 s, the floor pulled 10,000 lines of 1,350 bytes in 0.23 s. The peer is not
# here, but the floor is: it tells how fast this machine is right now, and so what 0.31 s there are here.
PEER_PUSH, PEER_FLOOR, PEER_LINE = 0.31, 0.23, 1_350


def push(folder: Path) -> Line:
    """1,000 complaints from one device in one request, durable on both sides before it is over."""
    data, n = folder / "server", 1_000
    ours, theirs, pulls = [], [], []
    with stage.tenggat(data) as port:
        store, engine = stage.officer(folder / "lines.db", port)
        engine.sync()
        lines = [bytes(row["line"])[:PEER_LINE] for row in store.records.by_due()]
        floor.prepare(folder / "push-floor.db", lines)
        floor_port = stage.free_port()
        with stage.process(floor_port, "-m", "tests.bench.floor", str(folder / "push-floor.db"), str(floor_port)):
            for run in range(RUNS):
                store = stage.guest(folder / f"pusher{run}.db")
                engine = Engine(store, HttpTransport(f"http://127.0.0.1:{port}"))
                engine.sync()
                stage.file_complaints(store, engine, n, seed=100 + run, send=False)
                lines = [bytes(row[0]) for row in store._db.execute("SELECT line FROM outbox")]
                theirs.append(floor.push(floor_port, folder / f"push-floor{run}.db", lines))
                pulls.append(floor.pull(floor_port, folder / f"pull-floor{run}.db")[0])
                ours.append(_timed(engine.sync))
                assert store.outbox.waiting()[0] == 0
        with Cable(port) as proxy:
            store = stage.guest(folder / "pusher-counted.db")
            engine = Engine(store, HttpTransport(f"http://127.0.0.1:{proxy.port}"))
            engine.sync()
            stage.file_complaints(store, engine, n, seed=99, send=False)
            proxy.reset()
            engine.sync()
    peer = PEER_PUSH * _median(pulls) / PEER_FLOOR
    return {
        "bench": "push_1000",
        "seconds": _median(ours),
        "floor_seconds": _median(theirs),
        "ratio": round(statistics.median(a / b for a, b in zip(ours, theirs, strict=True)), 2),
        "requests": proxy.requests,
        "bytes_up_each": round(proxy.up / n, 1),
        "bytes_down_each": round(proxy.down / n, 1),
        "peer_seconds_here": round(peer, 4),
        "goal": "seconds <= peer_seconds_here (0.31 s where the floor's pull takes 0.23), requests = 1, bytes <= 300",
        "ok": _median(ours) <= peer and proxy.requests == 1 and (proxy.up + proxy.down) / n <= 300,
    }


def nothing_to_do(folder: Path) -> Line:
    """An exchange of a device that has everything."""
    with stage.tenggat(folder / "server") as port, Cable(port) as proxy:
        store, _ = stage.officer(folder / "idle.db", port)
        engine = Engine(store, HttpTransport(f"http://127.0.0.1:{proxy.port}"))
        engine.sync()
        proxy.reset()
        engine.sync()
        up, down, requests = proxy.up, proxy.down, proxy.requests
        seconds = [_timed(engine.sync) for _ in range(20)]
    return {
        "bench": "nothing_to_do",
        "seconds": _median(seconds),
        "requests": requests,
        "bytes": up + down,
        "goal": "requests = 1, bytes <= 1024",
        "ok": requests == 1 and up + down <= 1024,
    }


def one_change_each_way(folder: Path) -> Line:
    """A device files one complaint while the server has one new case for it."""
    with stage.tenggat(folder / "server") as port, Cable(port) as proxy:
        device, _ = stage.officer(folder / "one.db", port)
        engine = Engine(device, HttpTransport(f"http://127.0.0.1:{proxy.port}"))
        engine.sync()
        other = stage.guest(folder / "other.db")
        other_engine = Engine(other, HttpTransport(f"http://127.0.0.1:{port}"))
        seconds, up, down, requests = [], 0, 0, 0
        for run in range(20):
            stage.file_complaints(other, other_engine, 1, seed=5_000 + run)
            case = next(row["id"] for row in device.records.by_due())
            with device.transaction():
                device.outbox.add("case.open", case, {}, device.stamp(), 1)
            proxy.reset()
            seconds.append(_timed(engine.sync))
            up, down, requests = proxy.up, proxy.down, proxy.requests
    return {
        "bench": "one_change_each_way",
        "seconds": _median(seconds),
        "requests": requests,
        "bytes": up + down,
        "goal": "requests = 1, bytes <= 3072",
        "ok": requests == 1 and up + down <= 3072,
    }


def scale(folder: Path) -> Line:
    """One change pulled by an officer who sees everything, at 10,000 cases and at a hundred times as many: two servers
    side by side, asked in turn, so that the machine's moods strike both."""
    small, large = folder / "server", folder / "large"
    shutil.copytree(small, large)
    multiply(large / "tenggat.sqlite3", SCALE)
    with stage.tenggat(small) as small_port, stage.tenggat(large) as large_port:
        cities = [City(folder, small, small_port), City(folder, large, large_port)]
        pairs = [[city.one_change() for city in cities] for _ in range(100)]
    growth = statistics.median(b / a for a, b in pairs)
    return {
        "bench": "scale",
        "cases": [city.cases for city in cities],
        "seconds": [_median([a for a, _ in pairs]), _median([b for _, b in pairs])],
        "growth": round(growth, 2),
        "goal": "growth < 1.2",
        "ok": growth < 1.2,
    }


class City:
    """One of the two: somebody who files, and an officer who watches."""

    def __init__(self, folder: Path, data: Path, port: int) -> None:
        self.cases = head_of(data / "tenggat.sqlite3")
        officer, _ = stage.officer(folder / f"{data.name}-watcher.db", port)
        self._watcher = Watcher(officer, HttpTransport(f"http://127.0.0.1:{port}"), self.cases)
        self._filer = stage.guest(folder / f"{data.name}-filer.db")
        self._filing = Engine(self._filer, HttpTransport(f"http://127.0.0.1:{port}"))
        self._seed = 7_000

    def one_change(self) -> float:
        """Seconds to pull one case that was just filed."""
        self._seed += 1
        stage.file_complaints(self._filer, self._filing, 1, seed=self._seed)
        seconds = _timed(self._watcher.pull)
        assert self._watcher.records == 1, self._watcher.records
        return seconds


SCALE = 100

# Needs minutes and gigabytes: asked for by name, with `make scale`.
BY_NAME_ONLY = {"scale"}

BENCHES: dict[str, Callable[[Path], Line]] = {
    "first_sync": first_sync,
    "push": push,
    "nothing_to_do": nothing_to_do,
    "one_change_each_way": one_change_each_way,
    "sixty_photos": photos.measure,
    "locked": locked.measure,
    "window": window.measure,
    "window_start": window_start.measure,
    "scale": scale,
}

# The app in a browser, on a smaller city: `web` names all of them.
WEB: dict[str, Callable[[Path], Line]] = {
    "web_weight": weight.measure,
    "web_first_use": first_use.measure,
    "web_warm_start": warm_start.measure,
    "web_officer": officer.measure,
    "web_keystrokes": keystrokes.measure,
    "web_lighthouse": lighthouse.measure,
}


def _timed(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def _median(values: list[float]) -> float:
    return round(statistics.median(values), 4)


def _city(folder: Path, cases: int) -> Path:
    """A database with so many cases, made when it is first needed."""
    data = folder / f"city-{cases}"
    if not data.exists():
        stage.fill(data, cases)
    return data


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    known = [*BENCHES, "web", *WEB]
    parser.add_argument("names", nargs="*", choices=[[], *known], help="all but scale, if none is named")
    parser.add_argument("--cases", type=int, default=CASES, help="how full the city is")
    parser.add_argument("--strict", action="store_true", help="exit with 1 where any goal is missed")
    options = parser.parse_args()
    folder = stage.scratch()
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    asked = options.names or [*(name for name in BENCHES if name not in BY_NAME_ONLY), "web"]
    failed = False
    for name in [one for word in asked for one in (WEB if word == "web" else [word])]:
        place = folder / name
        place.mkdir()
        shutil.copytree(_city(folder, WEB_CASES if name in WEB else options.cases), place / "server")
        line = (BENCHES | WEB)[name](place)
        # A time that is missed may be the machine's fault; bytes are the app's.
        must = line.pop("must", False)
        failed |= not line["ok"] and (must or options.strict)
        print(json.dumps(line), flush=True)
        # A desktop's portal may have left a mount behind in it, which nobody can look into.
        shutil.rmtree(place, ignore_errors=True)
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
