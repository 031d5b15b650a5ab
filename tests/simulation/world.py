"""Where a simulated city gets time, ids and chance from: one seed, and nothing else.

`Random` seeded with a text hashes it with SHA-512, so a run is the same whatever PYTHONHASHSEED is.
"""

import base64
from datetime import UTC, datetime, timedelta
from random import Random
from uuid import UUID

from server.sources import Sources

START = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
"""A Monday, 08:00 in Semarang."""

_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"


class World:
    """Virtual time, which only the scheduler moves, and streams of chance that do not disturb each other."""

    def __init__(self, seed: int) -> None:
        self.seed = seed
        self.now = START
        self.chance = Random(f"{seed}/scheduler")
        self.faults = Random(f"{seed}/faults")
        self.people = Random(f"{seed}/people")
        self._ids = Random(f"{seed}/ids")
        self._keys = Random(f"{seed}/keys")
        self._marks = 0

    def clock(self) -> datetime:
        return self.now

    def move(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)

    def new_id(self) -> str:
        return str(UUID(int=self._ids.getrandbits(128), version=4))

    def new_code(self) -> str:
        return "".join(self._ids.choice("0123456789ABCDEFGHJKMNPQRSTVWXYZ") for _ in range(10))

    def new_token(self) -> str:
        return "".join(self._ids.choice(_LETTERS) for _ in range(43))

    def new_key(self) -> bytes:
        """One of the server's own, as its file has it: its id is told in every answer, whose length hangs on it."""
        return base64.b64encode(self._keys.randbytes(32)) + b"\n"

    def mark(self) -> str:
        """A word that is typed once and by nobody else: what a person typed is followed by it."""
        self._marks += 1
        return f"mk{self._marks}x"

    def sources(self) -> Sources:
        return Sources(self.clock, self.new_id, self.new_code, self.new_token)
