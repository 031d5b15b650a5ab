"""Calling a thing by the beginning of its id, as an admin reads it off a list."""

from collections.abc import Iterable
from typing import Final, Protocol, TypeVar

from sync.errors import Conflict, NotFound

SHORTEST = 6
"""Letters that a beginning must have: fewer are a slip, and revoking is no place for one."""


class Named(Protocol):
    @property
    def id(self) -> str: ...


T = TypeVar("T", bound=Named)


def called(text: str, things: Iterable[T], what: str) -> T:
    """The one thing whose id begins like this. `NotFound` for none, `Conflict` for several."""
    begin = text.strip().lower()
    found = [thing for thing in things if thing.id.startswith(begin)] if len(begin) >= SHORTEST else []
    if not found:
        raise NotFound(f"nothing is called {text!r}: give the id of {what}, or at least its first {SHORTEST} letters")
    if len(found) > 1:
        raise Conflict(f"{len(found)} ids begin with {begin}; write more of it")
    return found[0]


def plain(words: str) -> str:
    """Words that stand for themselves in a pattern that ends with ESCAPE '!'."""
    return words.translate(_PLAIN)


_PLAIN: Final = str.maketrans({"!": "!!", "%": "!%", "_": "!_", "\0": ""})
