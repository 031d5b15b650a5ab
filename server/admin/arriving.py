"""What somebody reads right after they signed in, before they go on."""

from dataclasses import dataclass

from server.access import second_factor, wrong_codes
from server.access.second_factor import Recovered


@dataclass(frozen=True)
class Arrival:
    """How somebody came in: `by` what they showed last, after so many wrong codes (`tries`)."""

    by: str
    tries: int = 0
    recovered: Recovered | None = None

    @property
    def left(self) -> int | None:
        """Recovery codes, of which one let them in."""
        return self.recovered.left if self.recovered else None

    most = second_factor.CODES
    most_wrong = wrong_codes.MOST

    @property
    def few(self) -> bool:
        return self.left is not None and self.left <= second_factor.FEW

    @property
    def guessed(self) -> bool:
        """Somebody seems to know the password: so many wrong codes are nobody's mistyping."""
        return self.tries >= wrong_codes.TOLD

    @property
    def reopened(self) -> bool:
        """Their phone's codes had been shut, until a recovery code."""
        return bool(self.recovered and self.recovered.opened)

    @property
    def told(self) -> bool:
        """Whether there is anything to read."""
        return self.guessed or self.recovered is not None
