"""One fault in one file, before the file is known."""

from collections.abc import Iterable, Iterator
from typing import NamedTuple


class Fault(NamedTuple):
    """`key` is the place, written as a person finds it: `stages[survey].role`."""

    key: str
    reason: str


def twice(key: str, codes: Iterable[str]) -> Iterator[Fault]:
    """The codes that are there more than once."""
    seen: set[str] = set()
    for code in codes:
        if code in seen:
            yield Fault(f"{key}[{code}]", "is there twice")
        seen.add(code)
