"""Every refusal as one kind of body (RFC 9457), as the city's server has it (`server/api/problems.py`); the screens
turn it back into the same error."""

import logging
from typing import Any, Final

import msgspec

from client.store.database import StoreBroken, database_errors
from sync.errors import Malformed, TenggatError

log = logging.getLogger("tenggat.desktop")

MEDIA: Final = "application/problem+json"


class NoEntry(TenggatError):
    """Whoever asked is not this window."""

    code = "no_entry"
    status = 403


class Locked(TenggatError):
    """No profile is open: the gate asks for one."""

    code = "locked"
    status = 423

    def __init__(self, detail: str = "no profile is open") -> None:
        super().__init__(detail)


def body_of(error: Exception) -> tuple[int, bytes]:
    """The status and the body that an exception stands for."""
    if isinstance(error, TenggatError):
        # Of a file that is refused, the screens' words are by what is wrong with it.
        return _body(error.status, getattr(error, "why", error.code), error.detail, error.extra)
    if isinstance(error, (*database_errors(), OSError)):
        # A disk that is full or was pulled out, a database that another program holds: what was typed is on the screen
        # still, and the next try may find it mended.
        log.exception("the store is in trouble", exc_info=error)
        return _body(503, StoreBroken.code, f"this device cannot store anything right now: {error}", {})
    if isinstance(error, UnicodeEncodeError | RecursionError | OverflowError):
        return body_of(Malformed("a value in this request cannot be stored"))
    log.exception("unforeseen", exc_info=error)
    return _body(500, "internal", f"something went wrong in this program: {type(error).__name__}", {})


def _body(status: int, code: str, detail: str, extra: dict[str, Any]) -> tuple[int, bytes]:
    body = {"type": "about:blank", "title": code.replace("_", " "), "status": status, "code": code, "detail": detail}
    return status, msgspec.json.encode(body | extra, enc_hook=str)
