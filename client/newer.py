"""Whether the city has a newer version of this program: noticed on the way, told quietly, never forced."""

from itertools import zip_longest

import sync as protocol
from client.store import Store
from client.transport import Transport
from sync.errors import TenggatError


def note(store: Store, transport: Transport) -> None:
    """Ask the server for its version, at most once a day. Whatever comes of it is no trouble of anybody's."""
    today = store.clock().date().isoformat()
    if store.meta.get("about_asked") == today:
        return
    try:
        about = transport.call("GET", "/api/v1/about")
    except TenggatError:
        return
    with store.transaction():
        store.meta.set("about_asked", today)
        store.meta.set("newer", _version(about))


def newer(store: Store) -> str | None:
    """The version that the city has, where this program is older."""
    found = store.meta.get("newer")
    return found if found is not None and later(found, protocol.__version__) else None


def later(one: str, other: str) -> bool:
    """Whether a version comes after another: numbers between dots; what is none of them counts as 0."""
    pairs = zip_longest(_numbers(one), _numbers(other), fillvalue=0)
    return next((a > b for a, b in pairs if a != b), False)


def _numbers(version: str) -> list[int]:
    return [int(part) if part.isascii() and part.isdigit() else 0 for part in version.split(".")[:6]]


def _version(about: object) -> str | None:
    found = about.get("version") if isinstance(about, dict) else None
    return found if isinstance(found, str) and len(found) <= 40 else None
