"""Whether the city has a newer version of this program: noticed on the way, told quietly, never forced."""

from collections.abc import Mapping
from itertools import zip_longest
from typing import Any

import sync as protocol
from client.store import Store


def asked_today(store: Store) -> bool:
    """Whether the server was asked for its version today: once a day will do."""
    return bool(store.meta.get("about_asked") == _today(store))


def note(store: Store, about: Mapping[str, Any]) -> None:
    """Note what the server said of itself (`GET /api/v1/about`)."""
    with store.transaction():
        store.meta.set("about_asked", _today(store))
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


def _today(store: Store) -> str:
    return store.clock().date().isoformat()


def _version(about: Mapping[str, Any]) -> str | None:
    found = about.get("version")
    return found if isinstance(found, str) and len(found) <= 40 else None
