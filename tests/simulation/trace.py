"""What happened, line by line, and one number for all of it; and how often each fault and outcome occurred."""

import hashlib
from collections import Counter, deque


class Trace:
    """Every step adds a line to the hash; the last lines are kept for the report of a failure."""

    def __init__(self, keep: int = 60, tell: bool = False) -> None:
        self.lines: deque[str] = deque(maxlen=keep)
        self.struck: Counter[str] = Counter()
        self.outcomes: Counter[str] = Counter()
        self.steps = 0
        self._tell = tell
        self._hash = b""

    def add(self, *words: object) -> None:
        line = " ".join(str(word) for word in words)
        # A chain, and no hash object, so that a report can travel between processes.
        self._hash = hashlib.sha256(self._hash + line.encode()).digest()
        self.lines.append(line)
        if self._tell:
            print(line)

    def strike(self, fault: str, *words: object) -> None:
        """A fault that really struck: it is counted here and nowhere else."""
        self.struck[fault] += 1
        self.add("   FAULT", fault, *words)

    def saw(self, outcome: str, n: int = 1) -> None:
        self.outcomes[outcome] += n

    def digest(self) -> str:
        return self._hash.hex()[:16]
