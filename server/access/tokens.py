"""Bearer tokens of devices: 256 random bits, of which the server keeps only a hash.

A guest's device mints its own token, so that a lost answer to its very first exchange costs nothing: it comes again
with the same token and is known (docs/adr/0004-guest-token.md). Whoever signs in gets a token from the server.
"""

import hashlib
import re

from sync.errors import NotSignedIn

SHAPE = re.compile(r"[A-Za-z0-9_-]{43}\Z")


def hash_of(token: str) -> bytes:
    """SHA-256: a token has full entropy, so nothing slower is needed (unlike for a password)."""
    return hashlib.sha256(token.encode()).digest()


def from_header(header: str | None) -> str | None:
    """The token in an Authorization header; None where there is none. `NotSignedIn` where it is of no token's shape."""
    if not header:
        return None
    kind, _, token = header.partition(" ")
    if kind.lower() != "bearer" or not SHAPE.match(token.strip()):
        raise NotSignedIn("the Authorization header does not hold a device's token")
    return token.strip()
