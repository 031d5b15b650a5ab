"""Files over real sockets: streamed, told, timed, and every broken answer one of ours."""

import io
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from client import transport as transports
from client.files import wire
from client.files.wire import Rest
from client.transport import HttpTransport, NotOurServer, Unreachable

CONTENT = bytes(range(256)) * 4_000


class Peer(BaseHTTPRequestHandler):
    """Takes pieces and hands out one file; `server.how` says how it fails."""

    protocol_version = "HTTP/1.1"

    def do_PATCH(self) -> None:
        how = self.server.how  # type: ignore[attr-defined]
        length = int(self.headers["Content-Length"])
        self.server.heads.append(dict(self.headers))  # type: ignore[attr-defined]
        if how == "slow":
            threading.Event().wait(3)
            return
        data = self.rfile.read(length)
        self.server.got.append(data)  # type: ignore[attr-defined]
        if how == "redirect":
            self._answer(302, {"Location": "http://127.0.0.1:9/"})
        elif how == "cut":
            self.close_connection = True
        else:
            self._answer(
                204, {"Tus-Resumable": "1.0.0", "Upload-Offset": str(int(self.headers["Upload-Offset"]) + length)}
            )

    def do_HEAD(self) -> None:
        # As a real server answers: the head of a refusal without its body.
        self._answer(410, {"Tus-Resumable": "1.0.0", "Content-Type": "application/problem+json"}, length=80)

    def do_GET(self) -> None:
        how = self.server.how  # type: ignore[attr-defined]
        begin = int(self.headers.get("Range", "bytes=0-")[6:-1])
        if how == "portal":
            self._answer(200, {"Content-Type": "text/html"}, b"<html>masuk")
            return
        if how == "whole":
            begin = 0
        body = CONTENT[begin:]
        self.send_response(206 if begin else 200)
        self.send_header("Content-Type", "image/jpeg")
        self.send_header("Content-Length", str(len(body)))
        if begin:
            self.send_header(
                "Content-Range", f"bytes {begin if how != 'other' else 7}-{len(CONTENT) - 1}/{len(CONTENT)}"
            )
        self.end_headers()
        self.wfile.write(body[:100_000] if how == "cut" else body)
        self.close_connection = how == "cut"

    def _answer(self, status: int, headers: dict[str, str], body: bytes = b"", length: int | None = None) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        if status != 204:
            self.send_header("Content-Length", str(len(body) if length is None else length))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        """Quiet."""


@pytest.fixture
def peer() -> Iterator[Any]:
    with ThreadingHTTPServer(("127.0.0.1", 0), Peer) as listening:
        listening.daemon_threads = True
        listening.how, listening.got, listening.heads = "well", [], []  # type: ignore[attr-defined]
        thread = threading.Thread(target=listening.serve_forever, daemon=True)
        thread.start()
        yield listening
        listening.shutdown()
        thread.join()


@pytest.fixture
def over(peer: Any) -> Iterator[HttpTransport]:
    made = HttpTransport(f"http://127.0.0.1:{peer.server_port}")
    yield made
    made._http.close()


def rest(begin: int, told: Any = lambda *_: None) -> Rest:
    return Rest(io.BytesIO(CONTENT), begin, len(CONTENT), told, len(CONTENT))


def test_a_piece_goes_with_its_length_and_is_told_as_it_goes(over: HttpTransport, peer: Any) -> None:
    told: list[int] = []
    assert wire.send(over, "t", "/api/v1/uploads/1", rest(1_000, lambda _, done, __: told.append(done))) == len(CONTENT)
    assert peer.got == [CONTENT[1_000:]]
    head = {name.lower(): value for name, value in peer.heads[0].items()}
    assert head["content-length"] == str(len(CONTENT) - 1_000) and "transfer-encoding" not in head
    assert head["upload-offset"] == "1000" and head["tus-resumable"] == "1.0.0" and head["authorization"] == "Bearer t"
    assert told == sorted(told) and len(told) > 10 and told[-1] == len(CONTENT)


@pytest.mark.parametrize(("how", "kind"), [("cut", Unreachable), ("redirect", NotOurServer)])
def test_what_breaks_is_one_of_ours(over: HttpTransport, peer: Any, how: str, kind: type[Exception]) -> None:
    peer.how = how
    with pytest.raises(kind):
        wire.send(over, "t", "/api/v1/uploads/1", rest(0))


def test_a_server_that_says_nothing_is_not_waited_for(
    over: HttpTransport, peer: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(transports, "TIMEOUT", (0.2, 0.2))
    peer.how = "slow"
    with pytest.raises(Unreachable):
        wire.send(over, "t", "/api/v1/uploads/1", Rest(io.BytesIO(b"abc"), 0, 3, lambda *_: None, 3))


def test_the_refusal_of_a_head_has_no_body_and_is_understood(over: HttpTransport, peer: Any) -> None:
    with pytest.raises(wire.Refused) as refused:
        wire.stands_at(over, "t", "/api/v1/uploads/1")
    assert refused.value.answered == 410


def test_a_download_that_breaks_keeps_what_came_and_goes_on(over: HttpTransport, peer: Any, tmp_path: Path) -> None:
    part = tmp_path / "a.part"
    peer.how = "cut"
    with pytest.raises(Unreachable), part.open("ab+") as into:
        wire.get(over, "t", "/file", into, "tag")
    assert part.read_bytes() == CONTENT[:100_000]
    peer.how = "well"
    with part.open("ab+") as into:
        wire.get(over, "t", "/file", into, "tag")
    assert part.read_bytes() == CONTENT


@pytest.mark.parametrize("how", ["whole", "other", "portal"])
def test_an_answer_that_is_not_the_part_asked_for_spoils_nothing(
    over: HttpTransport, peer: Any, tmp_path: Path, how: str
) -> None:
    part = tmp_path / "a.part"
    part.write_bytes(CONTENT[:100_000])
    peer.how = how
    with part.open("ab+") as into:
        if how == "whole":
            wire.get(over, "t", "/file", into, "tag")
        else:
            with pytest.raises(NotOurServer):
                wire.get(over, "t", "/file", into, "tag")
    assert part.read_bytes() == (CONTENT if how == "whole" else CONTENT[:100_000])
