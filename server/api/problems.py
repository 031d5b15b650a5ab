"""Every refusal as one kind of body (RFC 9457), whoever refuses: our errors, Flask's, or the database's."""

import logging
from typing import Any

import msgspec
import structlog
from flask import Flask, Response, g, has_request_context
from sqlalchemy.exc import DataError, DBAPIError
from werkzeug.exceptions import HTTPException, MethodNotAllowed

from server.store.database import passing
from sync.errors import Busy, Invalid, TenggatError

log = logging.getLogger("tenggat.problems")

MEDIA = "application/problem+json"

TELLING = ("Retry-After", "Allow")
"""Headers of a refusal that belong to what it says, in whatever form it is shown."""

_DETAILS = {
    404: "there is nothing at this address; check how it is written",
    405: "this address takes another method: one that Allow names",
    422: "some values are missing or cannot be taken: problems names each of them",
}
_WORDS = {
    400: "malformed",
    404: "not_found",
    405: "wrong_method",
    412: "not_the_same",
    413: "too_large",
    415: "wrong_media",
    422: "invalid",
}


def register(app: Flask) -> None:
    """Render every error of this application as a problem body."""
    app.register_error_handler(TenggatError, _ours)
    app.register_error_handler(HTTPException, _http)
    app.register_error_handler(DBAPIError, _database)
    app.register_error_handler(Exception, _unforeseen)


def problem(status: int, code: str, detail: str, **extra: Any) -> Response:
    """A problem body; `code` is the word that programs compare, `detail` the sentence that people read."""
    # The word goes into the request's line of the log: what was refused is found there, and why.
    structlog.contextvars.bind_contextvars(refused=code)
    body = {"type": "about:blank", "title": code.replace("_", " "), "status": status, "code": code, "detail": detail}
    if has_request_context() and (name := g.get("request_name")):
        # To look it up in the log by.
        body["request"] = name
    response = Response(msgspec.json.encode(body | extra), status, mimetype=MEDIA)
    if "retry_after" in extra:
        response.headers["Retry-After"] = str(extra["retry_after"])
    if status == 401:
        response.headers["WWW-Authenticate"] = 'Bearer realm="tenggat"'
    return response


def _ours(error: TenggatError) -> Response:
    return problem(error.status, error.code, error.detail, **error.extra)


def _http(error: HTTPException) -> Response:
    status = error.code or 500
    # flask-smorest and webargs hang the messages by field on the exception.
    data = getattr(error, "data", None) or {}
    told = data.get("messages") or data.get("errors") or {}
    # They come as {place: {field: [sentence, …]}}; ours are {field: {code, …}} everywhere.
    problems = {
        str(field): {"code": "invalid", "en": "; ".join(map(str, sentences))}
        for fields in told.values()
        if isinstance(fields, dict)
        for field, sentences in fields.items()
    }
    detail = _DETAILS.get(status) or error.description or error.name
    response = problem(status, _WORDS.get(status, "refused"), detail, **({"problems": problems} if problems else {}))
    if isinstance(error, MethodNotAllowed) and error.valid_methods:
        # RFC 9110 §15.5.6: a 405 says which methods the address does take.
        response.headers["Allow"] = ", ".join(sorted(error.valid_methods))
    return response


def _database(error: DBAPIError) -> Response:
    if isinstance(error, DataError):
        # A text that no column takes (PostgreSQL keeps no NUL) or a number out of range: the sender's to mend.
        log.warning("a value that cannot be stored", exc_info=error)
        return _ours(Invalid("a value in this request cannot be stored"))
    log.exception("database error")
    if passing(error):
        return _ours(Busy("the server cannot do this right now; nothing was changed", retry_after=5))
    return _unforeseen(error)


def _unforeseen(error: Exception) -> Response:
    log.exception("unforeseen error", exc_info=error)
    return problem(500, "internal", "something went wrong at the server; it has been noted")
