"""What the network is asked for, against a server of a few lines."""

import gzip
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from client.transport import HttpTransport

CATALOGUE = b'{"code": "semarang"}' * 200


class Asked(BaseHTTPRequestHandler):
    """Answers with a compressed catalogue, to whoever can read one."""

    def do_GET(self) -> None:
        packed = "gzip" in self.headers.get("Accept-Encoding", "")
        body = gzip.compress(CATALOGUE) if packed else CATALOGUE
        self.server.sent = len(body)  # type: ignore[attr-defined]
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        if packed:
            self.send_header("Content-Encoding", "gzip")
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        """Quiet."""


@pytest.fixture
def server() -> Iterator[HTTPServer]:
    with HTTPServer(("127.0.0.1", 0), Asked) as listening:
        thread = threading.Thread(target=listening.serve_forever, daemon=True)
        thread.start()
        yield listening
        listening.shutdown()
        thread.join()


def test_the_catalogue_travels_compressed(server: HTTPServer) -> None:
    transport = HttpTransport(f"http://127.0.0.1:{server.server_port}")
    assert transport.catalogue(None) == CATALOGUE
    assert server.sent < len(CATALOGUE) / 10  # type: ignore[attr-defined]
    transport._http.close()
