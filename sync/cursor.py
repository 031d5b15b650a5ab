"""The server's bookmark in a client's hands: opaque to the client, small, and never worth an error.

It says how far in the feed this client has come, under which epoch, scopes and record schema. Whatever cannot
be read, or no longer fits, is answered with a reset and a snapshot. It is not signed: what a client may see is
checked against its scopes at every pull, so a forged position can only harm the forger, and the digest mends it.
"""

import base64
import hashlib
from collections.abc import Sequence

import msgspec

from sync.decoding import packed

SCHEMA = 1
"""Version of the record lines; raised when stored lines change shape, so that every client pulls them anew."""


class Cursor(msgspec.Struct, array_like=True, frozen=True):
    """epoch, position in the feed, hash of the scopes, record schema, and `floor`: while a snapshot is under
    way, the feed's head when it began (what left a scope before that was never sent in this snapshot)."""

    epoch: str
    position: int
    scopes: str
    schema: int = SCHEMA
    floor: int = 0


_decoder = packed(Cursor)
_encoder = msgspec.msgpack.Encoder()


def scopes_hash(scopes: Sequence[str]) -> str:
    """Eight hex digits that change when what a client may see does; the order does not matter."""
    return hashlib.sha256("\n".join(sorted(scopes)).encode()).hexdigest()[:8]


def encode(cursor: Cursor) -> str:
    """URL-safe text of about 40 characters."""
    return base64.urlsafe_b64encode(_encoder.encode(cursor)).decode().rstrip("=")


def decode(text: str) -> Cursor | None:
    """The cursor, or None where the text is not one."""
    try:
        raw = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
        return _decoder.decode(raw)
    except (ValueError, msgspec.MsgspecError):
        return None


def reason_for_reset(cursor: Cursor | None, epoch: str, scopes: str, head: int) -> str | None:
    """Why a client with this cursor needs a snapshot, or None where it can go on from where it stands."""
    if cursor is None:
        return "unknown"
    if cursor.epoch != epoch:
        return "epoch"
    if cursor.schema != SCHEMA:
        return "schema"
    if cursor.scopes != scopes:
        return "scopes"
    if not 0 <= cursor.position <= head or cursor.floor > head:
        return "unknown"
    return None
