"""A device's facts in words, for the board and for its page."""

from datetime import datetime, timedelta

from schemas.text import Language
from server.admin.words import Words
from server.domain.trouble_words import size, span


class Telling:
    """Facts told at one moment in one language."""

    def __init__(self, say: Words, now: datetime) -> None:
        self.say = say
        self.now = now

    @property
    def language(self) -> Language:
        return self.say.language

    def ago(self, stamp: str | None) -> str:
        """How long ago that was."""
        seconds = self.seconds(stamp)
        if seconds is None:
            return self.say("never")
        return self.say("just_now") if seconds < 60 else self.say("ago", span=span(seconds, self.language))

    def since(self, stamp: str | None) -> str:
        """For how long that has been so."""
        seconds = self.seconds(stamp)
        return self.say("unknown") if seconds is None else self.say("since", span=span(seconds, self.language))

    def size(self, count: int | None) -> str:
        return self.say("unknown") if count is None else size(count, self.language)

    def free(self, count: int | None) -> str:
        """Devices tell it to the last 100 MB, so 0 is less than that."""
        if count is None:
            return self.say("unknown")
        return f"< {size(100_000_000, self.language)}" if count < 100_000_000 else size(count, self.language)

    def skew(self, seconds: int | None) -> str:
        if seconds is None:
            return self.say("unknown")
        if abs(seconds) < 60:
            return self.say("skew_none")
        return self.say("skew_ahead" if seconds > 0 else "skew_behind", span=span(abs(seconds), self.language))

    def seconds(self, stamp: str | None) -> int | None:
        """None for what is no moment, as a device may write it."""
        try:
            found = round((self.now - datetime.fromisoformat(stamp or "")).total_seconds())
        except (ValueError, TypeError):
            return None
        return max(0, found)

    def span(self, length: timedelta) -> str:
        return span(round(length.total_seconds()), self.language)

    def number(self, n: float) -> str:
        """As finely as it matters, with the language's own mark before what is less than one."""
        written = str(round(n, 3 if n < 1 else 1))
        return written.replace(".", ",") if self.language == "id" else written
