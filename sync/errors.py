"""One tree for everything that can be wrong with an exchange; each error carries a word code and a sentence.

The server maps the tree to HTTP in one place (`server/api/problems.py`); the client turns a problem body back
into the same exception with `from_problem`.
"""

from collections.abc import Mapping
from typing import Any, ClassVar


class TenggatError(Exception):
    """Anything refused, with a word code that programs compare and a sentence that people read."""

    code: ClassVar[str] = "error"
    status: ClassVar[int] = 400

    def __init__(self, detail: str, **extra: Any) -> None:
        super().__init__(detail)
        self.detail = detail
        self.extra = extra


class Malformed(TenggatError):
    """Bytes that are not what the protocol says: the sender must be mended, sending again cannot help."""

    code = "malformed"


class BodyCut(Malformed):
    """The body ended before its `end` line: send it again, whole."""

    code = "body_cut"


class TooLarge(Malformed):
    """A line, a body, a batch or a field is over its limit."""

    code = "too_large"
    status = 413


class UnknownEncoding(Malformed):
    """A Content-Encoding other than zstd, gzip or identity."""

    code = "unknown_encoding"
    status = 415


class NotSignedIn(TenggatError):
    """No token, or one the server does not know: sign in again. What waits on the device stays there."""

    code = "not_signed_in"
    status = 401


class WrongCredentials(TenggatError):
    """Name or password do not fit; which of the two is not said."""

    code = "wrong_credentials"
    status = 401


class PasswordOver(TenggatError):
    """The password is right, but was made up by an admin for a few days, which are over: ask for another."""

    code = "password_over"
    status = 401


class Forbidden(TenggatError):
    """Signed in, but not allowed."""

    code = "forbidden"
    status = 403


class InstanceTaken(TenggatError):
    """The client instance id belongs to another device: the client must take a new one and number anew."""

    code = "instance_taken"
    status = 409


class NotFound(TenggatError):
    """No such thing, or none that the asker may know of: the two answers are the same on purpose."""

    code = "not_found"
    status = 404


class Conflict(TenggatError):
    """Something of that name exists already."""

    code = "conflict"
    status = 409


class InvitationUnknown(TenggatError):
    """No invitation has this code: mistyped, cut off by a messenger, or of another city."""

    code = "invitation_unknown"
    status = 404


class InvitationUsed(TenggatError):
    """A device was enrolled with it already, and an invitation is for one."""

    code = "invitation_used"
    status = 410


class InvitationExpired(TenggatError):
    """It was good until a day that is over."""

    code = "invitation_expired"
    status = 410


class InvitationRevoked(TenggatError):
    """An admin took it back, or closed the account that it was for."""

    code = "invitation_revoked"
    status = 410


class Invalid(TenggatError):
    """Well-formed, but the values are not acceptable; `extra["problems"]` names each field."""

    code = "invalid"
    status = 422


class TooMany(TenggatError):
    """Too many tries: wait `extra["retry_after"]` seconds."""

    code = "too_many"
    status = 429


class Busy(TenggatError):
    """The server cannot do it right now (a lock, a full disk, a restart): nothing was changed, try again."""

    code = "busy"
    status = 503


def _all(kind: type[TenggatError]) -> dict[str, type[TenggatError]]:
    # A family of errors that has no code of its own is never what a body stands for.
    found = {kind.code: kind} if "code" in vars(kind) else {}
    for child in kind.__subclasses__():
        found |= _all(child)
    return found


def from_problem(body: Mapping[str, Any]) -> TenggatError:
    """The exception that a problem body (RFC 9457) stands for; an unknown code becomes a plain `TenggatError`."""
    kind = _all(TenggatError).get(str(body.get("code")), TenggatError)
    extra = {k: v for k, v in body.items() if k not in {"type", "title", "status", "detail", "code"}}
    return kind(str(body.get("detail") or body.get("title") or "refused"), **extra)
