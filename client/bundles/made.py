"""The bundles that this device made: what it needs to understand their answers, and what an answer may still do here.

An answer comes late, twice, or after answers to younger requests. What it says of commands is true for ever (within
one life of the server's database); what it says of records is true only where this device still stands where it stood
when it made the request, and has heard nothing since.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum, auto

import msgspec

from client.store import Store
from sync.bundle import OneTime
from sync.decoding import convert

MADE = "bundles"
MOST = 20
"""Bundles that are remembered: an answer to an older one is not understood any more. Nothing is lost by it, since what
was in it and has no answer is in every younger one."""


class Sent(msgspec.Struct):
    """One exchange of a bundle: under which instance, and the numbers of its commands, as runs [first, last]."""

    instance: str
    runs: list[tuple[int, int]]

    @property
    def seqs(self) -> list[int]:
        return [seq for first, last in self.runs for seq in range(first, last + 1)]


class Made(msgspec.Struct):
    """One bundle."""

    id: str
    secret: str
    """Of its one-time keys, in hexadecimal."""
    at: str
    epoch: str | None
    cursor: str | None
    token: str
    """The hash of the token that it speaks by."""
    exchanges: list[Sent]

    @property
    def keys(self) -> OneTime:
        return OneTime(bytes.fromhex(self.secret))


class Use(Enum):
    """What an answer may do here."""

    EVERYTHING = auto()
    RESULTS = auto()
    NOTHING = auto()


@dataclass(frozen=True)
class Standing:
    """Where a device stands when an answer reaches it. `heard`: the server's time of the last whole answer."""

    epoch: str | None
    cursor: str | None
    token: str
    heard: str | None


def use_of(made: Made, here: Standing, epoch: str, now: str) -> Use:
    """What may be taken from an answer that the server gave in `epoch` at `now` (its own time).

    An epoch that this device does not know is news only where it has heard of none other since it made the request:
    the server answered after that. Else the device may have moved on to a later life of the server, and then what was
    said in an earlier one no longer holds.
    """
    unmoved = here.epoch == made.epoch
    if epoch != here.epoch and not unmoved:
        return Use.NOTHING
    younger = here.heard is None or here.heard < now
    if unmoved and younger and here.cursor == made.cursor and here.token == made.token:
        return Use.EVERYTHING
    return Use.RESULTS


def standing(store: Store) -> Standing:
    meta = store.meta
    return Standing(meta.get("epoch"), meta.get("cursor"), token_hash(store), meta.get("last_success"))


def token_hash(store: Store) -> str:
    return hashlib.sha256(str(store.meta.get("token") or "").encode()).hexdigest()


def runs_of(seqs: Sequence[int]) -> list[tuple[int, int]]:
    """Numbers in ascending order as runs of neighbours."""
    runs: list[tuple[int, int]] = []
    for seq in seqs:
        if runs and runs[-1][1] == seq - 1:
            runs[-1] = (runs[-1][0], seq)
        else:
            runs.append((seq, seq))
    return runs


def remember(store: Store, made: Made) -> None:
    """The caller holds the transaction that froze the commands."""
    found = [*(store.meta.get(MADE) or []), msgspec.to_builtins(made)]
    store.meta.set(MADE, found[-MOST:])


def find(store: Store, bundle: str) -> Made | None:
    for found in store.meta.get(MADE) or []:
        if found["id"] == bundle:
            return convert(found, Made)
    return None
