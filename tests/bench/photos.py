"""A surveyor's day of photos going up in the evening, against a floor that stores the same bytes as durably.

The floor takes each photo in one request, hashes it, flushes file and folder, and makes the same small picture; it
knows no case, no account and no resuming.
"""

import http.server
import io
import os
import statistics
import sys
import time
from collections.abc import Iterable
from hashlib import sha256
from http.client import HTTPConnection
from pathlib import Path
from typing import Any

from PIL import Image

from client.engine import Engine
from client.transport import HttpTransport
from client.work import Desk
from tests.bench import stage
from tests.bench.material import complaints
from tests.cable import Cable

PHOTOS, EACH = 60, 5
RUNS = 3


def measure(folder: Path) -> dict[str, Any]:
    """60 photos on 12 complaints: kept on the device, sent, verified, and their echo heard."""
    camera = _camera(folder / "camera")
    ours, theirs, kept = [], [], []
    size = 0
    floor_port = stage.free_port()
    with (
        stage.tenggat(folder / "server") as port,
        stage.process(floor_port, "-m", "tests.bench.photos", str(folder / "floor"), str(floor_port)),
        Cable(port) as proxy,
    ):
        for run in range(RUNS):
            store = stage.guest(folder / f"camera{run}.db")
            # Only the last run goes over what counts bytes.
            counted = run == RUNS - 1
            engine = Engine(store, HttpTransport(f"http://127.0.0.1:{proxy.port if counted else port}"))
            engine.sync()
            start = time.perf_counter()
            _attach(Desk(store), camera, run)
            kept.append((time.perf_counter() - start) / PHOTOS)
            contents = [store.blobs.read(upload.sha256) for upload in store.files.uploads()]
            size = sum(map(len, contents))
            theirs.append(_floor(floor_port, contents))
            proxy.reset()
            start = time.perf_counter()
            report = engine.sync()
            ours.append(time.perf_counter() - start)
            assert (report.trouble, report.files) == (None, PHOTOS), report
            assert store.files.unsent()[0] == 0
            # Other runs bring other bytes: the same would be there already.
            camera = _camera(folder / "camera", seed=run + 1)
    ratio = statistics.median(a / b for a, b in zip(ours, theirs, strict=True))
    overhead = (proxy.up + proxy.down) / size
    return {
        "bench": "sixty_photos",
        "photos": PHOTOS,
        "bytes": size,
        "seconds": round(statistics.median(ours), 3),
        "floor_seconds": round(statistics.median(theirs), 3),
        "ratio": round(ratio, 2),
        "seconds_to_keep_one": round(statistics.median(kept), 4),
        "bytes_on_the_wire": round(overhead, 4),
        "goal": "ratio <= 3, bytes_on_the_wire <= 1.03 of the photos' own",
        "ok": ratio <= 3 and overhead <= 1.03,
    }


def _camera(folder: Path, seed: int = 0) -> list[Path]:
    """Pictures as a phone takes them, of about 2 MB."""
    folder.mkdir(exist_ok=True)
    grain = Image.effect_noise((2400, 1800), 40)
    paths = []
    for n in range(PHOTOS):
        path = folder / f"{n}.jpg"
        tint = Image.new("L", grain.size, (n * 4 + seed) % 256)
        Image.merge("RGB", (grain, tint, Image.new("L", grain.size, seed * 60))).save(path, "JPEG", quality=85)
        paths.append(path)
    return paths


def _attach(desk: Desk, camera: list[Path], run: int) -> None:
    for n, (_, fields) in enumerate(complaints(900 + run, PHOTOS // EACH, desk.city)):
        case = desk.new("lapor", fields)
        for path in camera[n * EACH : (n + 1) * EACH]:
            desk.attach(case, "photos", path)
        desk.submit(case)


def _floor(port: int, contents: Iterable[bytes]) -> float:
    start = time.perf_counter()
    line = HTTPConnection("127.0.0.1", port)
    for content in contents:
        line.request("PUT", "/", content)
        line.getresponse().read()
    return time.perf_counter() - start


class _Floor(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    folder = Path()

    def do_PUT(self) -> None:
        content = self.rfile.read(int(self.headers["Content-Length"]))
        with Image.open(io.BytesIO(content)) as picture:
            picture.thumbnail((320, 320))
            small = io.BytesIO()
            picture.save(small, "JPEG")
        name = sha256(content).hexdigest()
        for part, data in ((name, content), (f"{name}.small", small.getvalue())):
            with (self.folder / part).open("wb") as file:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
        handle = os.open(self.folder, os.O_RDONLY)
        os.fsync(handle)
        os.close(handle)
        self.send_response(200)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Quiet."""


if __name__ == "__main__":
    _Floor.folder = Path(sys.argv[1])
    _Floor.folder.mkdir(parents=True, exist_ok=True)
    http.server.HTTPServer(("127.0.0.1", int(sys.argv[2])), _Floor).serve_forever()
