"""The floor: the least that anything could do for the same lines, with no framework, no validation and no accounts.

Pull: stored lines out of SQLite, one zstd body over HTTP, into a durable SQLite cache. Push: lines up in one zstd
body, into a durable table, an answer line each, marked as answered in a durable outbox. Run as a program it is the
floor's server.
"""

import http.server
import sqlite3
import sys
import time
import urllib.request
from pathlib import Path

import zstandard


def prepare(path: Path, lines: list[bytes]) -> None:
    """The server's database, holding these lines."""
    database = _open(path)
    database.execute("CREATE TABLE record (pos INTEGER PRIMARY KEY, line BLOB)")
    database.execute("CREATE TABLE received (line BLOB)")
    database.executemany("INSERT INTO record (line) VALUES (?)", [(line,) for line in lines])
    database.commit()
    database.close()


def pull(port: int, path: Path) -> tuple[float, int]:
    """Seconds and bytes to bring everything into a new durable file."""
    start = time.perf_counter()
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/") as response:
        body = response.read()
    lines = zstandard.ZstdDecompressor().decompressobj().decompress(body).split(b"\n")[:-1]
    cache = _open(path)
    cache.execute("CREATE TABLE record (id TEXT PRIMARY KEY, line BLOB)")
    cache.executemany("INSERT INTO record VALUES (?, ?)", [(line[17:53].decode(), line) for line in lines])
    cache.commit()
    cache.close()
    return time.perf_counter() - start, len(body)


def push(port: int, path: Path, lines: list[bytes]) -> float:
    """Seconds to have lines, already durable in an outbox, stored at the server and marked as answered."""
    outbox = _open(path)
    outbox.execute("CREATE TABLE outbox (seq INTEGER PRIMARY KEY, line BLOB, result BLOB)")
    outbox.executemany("INSERT INTO outbox (line) VALUES (?)", [(line,) for line in lines])
    outbox.commit()
    start = time.perf_counter()
    waiting = outbox.execute("SELECT line FROM outbox ORDER BY seq").fetchall()
    body = zstandard.ZstdCompressor(3).compress(b"".join(line + b"\n" for (line,) in waiting))
    with urllib.request.urlopen(urllib.request.Request(f"http://127.0.0.1:{port}/", body, method="POST")) as response:
        answers = response.read().split(b"\n")[:-1]
    outbox.executemany("UPDATE outbox SET result = ? WHERE seq = ?", [(a, n) for n, a in enumerate(answers, 1)])
    outbox.commit()
    seconds = time.perf_counter() - start
    outbox.close()
    return seconds


def _open(path: Path) -> sqlite3.Connection:
    database = sqlite3.connect(path)
    database.execute("PRAGMA journal_mode=WAL")
    database.execute("PRAGMA synchronous=FULL")
    return database


class _Handler(http.server.BaseHTTPRequestHandler):
    path_of_database = Path()

    def do_GET(self) -> None:
        rows = _open(self.path_of_database).execute("SELECT line FROM record ORDER BY pos")
        self._answer(zstandard.ZstdCompressor(3).compress(b"".join(line + b"\n" for (line,) in rows)))

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        lines = zstandard.ZstdDecompressor().decompressobj().decompress(body).split(b"\n")[:-1]
        database = _open(self.path_of_database)
        database.executemany("INSERT INTO received VALUES (?)", [(line,) for line in lines])
        database.commit()
        self._answer(b"".join(b'{"seq":%d}\n' % n for n, _ in enumerate(lines, 1)))

    def _answer(self, body: bytes) -> None:
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Quiet."""


if __name__ == "__main__":
    _Handler.path_of_database = Path(sys.argv[1])
    http.server.HTTPServer(("127.0.0.1", int(sys.argv[2])), _Handler).serve_forever()
