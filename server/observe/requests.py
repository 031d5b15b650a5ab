"""Each request has a name, a line in the log and a place in the counts."""

import logging
import re
import secrets
import time
from collections.abc import Iterator

import structlog
from flask import Flask, Response, g, request

from server.observe import metrics, speed
from sync.codec import MEDIA

log = logging.getLogger("tenggat.requests")

HEADER = "X-Request-Id"

_NAME = re.compile(r"[A-Za-z0-9._-]{8,64}")

_QUIET = {"/healthz", "/readyz", "/metrics"}


def register(app: Flask, *, believe: bool) -> None:
    """`believe`: a proxy of ours stands in front and names requests."""

    def begin() -> None:
        structlog.contextvars.clear_contextvars()
        given = request.headers.get(HEADER, "")
        g.request_name = given if believe and _NAME.fullmatch(given) else secrets.token_hex(8)
        g.begun = time.perf_counter()
        structlog.contextvars.bind_contextvars(request=g.request_name)

    def name(response: Response) -> Response:
        exchange = response.mimetype == MEDIA
        if not exchange:
            # Whoever asks why something failed can say which request it was; an exchange counts its bytes.
            response.headers[HEADER] = g.request_name
        _note(response, exchange)
        return response

    app.before_request(begin)
    app.after_request(name)


def of_device(device: str) -> None:
    """Whose request it is, for its line in the log: an id, and never a name."""
    structlog.contextvars.bind_contextvars(device=device)


def _note(response: Response, exchange: bool) -> None:
    """Told when the last byte is out: an exchange's answer is made while it is sent."""
    # The rule and not the address: an address may hold a number, a code or an id.
    route = request.url_rule.rule if request.url_rule else "unknown"
    # Not the response: it holds what is called on its close, and the two would keep each other alive.
    method, status, begun = request.method, response.status_code, g.begun
    bound = structlog.contextvars.get_contextvars()
    if exchange:
        metrics.counts.bytes.labels("up").inc(request.content_length or 0)
        response.response = _counting(response.iter_encoded())

    def done() -> None:
        seconds = time.perf_counter() - begun
        speed.note()
        metrics.counts.requests.labels(route, method, str(status)).inc()
        metrics.counts.seconds.labels(route).observe(seconds)
        level = logging.DEBUG if route in _QUIET else logging.INFO
        told = {"route": route, "method": method, "status": status, "ms": round(seconds * 1000, 1)}
        log.log(level, "request", extra=told | bound)

    response.call_on_close(done)


def _counting(pieces: Iterator[bytes]) -> Iterator[bytes]:
    for piece in pieces:
        metrics.counts.bytes.labels("down").inc(len(piece))
        yield piece
