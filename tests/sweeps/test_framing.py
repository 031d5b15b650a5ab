"""Where one message ends and the next begins is read in one way: whatever is ambiguous is refused or read as RFC 9112
says, so that nothing that hides in one message is taken for another (request smuggling). Asked of both real servers."""

import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.browser.serving import ROOT, free_port

HIDDEN = b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n"
"""What somebody would like to have answered that nobody else sees."""

LAST = b"GET /api/v1/about HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
"""An honest message that ends the connection, so that nobody has to wait whether more is answered."""

FORM = b"POST /lapor HTTP/1.1\r\nHost: x\r\nContent-Type: application/x-www-form-urlencoded\r\n"

CHUNKED = b"Transfer-Encoding: chunked\r\n"

AMBIGUOUS = {
    "two lengths": FORM + b"Content-Length: 3\r\nContent-Length: 30\r\n\r\na=b" + HIDDEN,
    "a list of lengths": FORM + b"Content-Length: 3, 30\r\n\r\na=b" + HIDDEN,
    "a length with a sign": FORM + b"Content-Length: +3\r\n\r\na=b" + HIDDEN,
    "a negative length": FORM + b"Content-Length: -3\r\n\r\na=b" + HIDDEN,
    "a length in hexadecimal": FORM + b"Content-Length: 0x3\r\n\r\na=b" + HIDDEN,
    "an unknown coding": FORM + b"Transfer-Encoding: xchunked\r\nContent-Length: 3\r\n\r\na=b" + HIDDEN,
    "a coding that ends otherwise": FORM
    + b"Transfer-Encoding: chunked, identity\r\n\r\n3\r\na=b\r\n0\r\n\r\n"
    + HIDDEN,
    "codings twice": FORM + CHUNKED + b"Transfer-Encoding: identity\r\nContent-Length: 3\r\n\r\na=b" + HIDDEN,
    "a blank before the colon": FORM + b"Transfer-Encoding : chunked\r\nContent-Length: 3\r\n\r\na=b" + HIDDEN,
    "a blank that is none": FORM + b"Transfer-Encoding:\x0bchunked\r\nContent-Length: 3\r\n\r\na=b" + HIDDEN,
    "a NUL in a header": b"GET /lacak HTTP/1.1\r\nHost: x\r\nX-A: b\x00c\r\n\r\n" + HIDDEN,
}

BROKEN = {
    "a chunk's size with letters": FORM + CHUNKED + b"\r\n3x\r\na=b\r\n0\r\n\r\n" + HIDDEN,
    "a chunk of less than nothing": FORM + CHUNKED + b"\r\n-3\r\na=b\r\n0\r\n\r\n" + HIDDEN,
    "a chunk without its end": FORM + CHUNKED + b"\r\n3\r\na=bXX0\r\n\r\n" + HIDDEN,
}


@pytest.fixture(scope="module", params=["granian", "waitress"])
def port(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    """A real server of either kind."""
    found, folder = free_port(), tmp_path_factory.mktemp(request.param)
    serve = ["serve", "--with", request.param, "--port", str(found)]
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "server.cli", "--data", str(folder / "data"), *serve],
            cwd=ROOT,
            stdout=log,
            stderr=log,
        )
    try:
        _wait(process, found, folder / "log")
        yield found
    finally:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _wait(process: "subprocess.Popen[bytes]", port: int, log: Path) -> None:
    for _ in range(600):
        assert process.poll() is None, log.read_text()
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
            return
        except OSError:
            try:
                process.wait(0.1)
            except subprocess.TimeoutExpired:
                continue
    raise AssertionError(log.read_text())


def _ask(port: int, message: bytes) -> tuple[int, bool]:
    """The status of the first answer, and whether what hid in the message was answered too."""
    told = _told(port, message)
    return int(told.split(b" ", 2)[1]), b"\r\n\r\nok\n" in told


def _told(port: int, message: bytes) -> bytes:
    told = b""
    with socket.create_connection(("127.0.0.1", port), 30) as connection:
        try:
            connection.sendall(message + LAST)
            while piece := connection.recv(65_536):
                told += piece
        except (ConnectionResetError, BrokenPipeError):
            pass  # refused, and not read to its end
    return told


def test_two_messages_are_two(port: int) -> None:
    """That the question is asked rightly: a second message that is one is answered."""
    assert _ask(port, HIDDEN) == (200, True)
    assert _ask(port, FORM + b"Content-Length: 3\r\n\r\na=b" + HIDDEN) == (422, True)
    assert _ask(port, FORM + CHUNKED + b"\r\n3\r\na=b\r\n0\r\n\r\n" + HIDDEN) == (422, True)


@pytest.mark.parametrize("name", AMBIGUOUS)
def test_what_is_ambiguous_is_refused_and_what_hides_in_it_not_answered(port: int, name: str) -> None:
    status, found = _ask(port, AMBIGUOUS[name])
    assert status in (400, 501) and not found


@pytest.mark.parametrize("name", BROKEN)
def test_after_what_is_broken_nothing_is_answered_any_more(port: int, name: str) -> None:
    status, found = _ask(port, BROKEN[name])
    assert 400 <= status < 500 and not found


def test_chunks_count_and_not_the_length_beside_them(port: int) -> None:
    """RFC 9112 §6.3: whoever waited for the length's bytes would take the next message for them, and whoever stopped
    before the last chunk would take its rest for a message."""
    chunks = b"\r\n3\r\na=b\r\n0\r\n\r\n"
    assert _ask(port, FORM + b"Content-Length: 4000\r\n" + CHUNKED + chunks)[0] == 422
    hidden = b"\r\n%x\r\n%s\r\n0\r\n\r\n" % (len(HIDDEN), HIDDEN)
    assert _ask(port, FORM + b"Content-Length: 4\r\n" + CHUNKED + hidden) == (422, False)
