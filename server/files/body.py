"""A request's bytes as they come, in pieces, whatever becomes of the connection."""

import time
from collections.abc import Iterator

from flask import Request
from werkzeug.exceptions import ClientDisconnected

SMALLEST, LARGEST = 16 * 1024, 256 * 1024
"""Bytes of a piece. The server gives a piece when it has all of it, so on a slow line a small one is on the disk
sooner; on a fast one a large one costs less."""

_SLOW = 0.05
"""Seconds."""

_ANY_LENGTH = 2**62


def length_of(request: Request) -> int | None:
    """The bytes that the body should have; None where they come in chunks of unknown number."""
    return None if "chunked" in request.headers.get("Transfer-Encoding", "").lower() else request.content_length or 0


def pieces(request: Request) -> Iterator[bytes]:
    """The body until it ends or the connection is cut: granian then ends it early, others raise."""
    # An upload's own length is its limit; the one of other bodies does not apply.
    request.max_content_length = _ANY_LENGTH
    size = SMALLEST
    while True:
        begun = time.monotonic()
        try:
            piece = request.stream.read(size)
        except (OSError, ClientDisconnected):
            return
        if not piece:
            return
        yield piece
        size = min(size * 2, LARGEST) if time.monotonic() - begun < _SLOW else SMALLEST
