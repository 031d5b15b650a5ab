"""The pages' words in both languages, a file for each part of them."""

from dataclasses import dataclass
from typing import Final

from schemas.text import Language, Text
from server.admin.words import (
    access,
    board,
    calendar,
    factor,
    frame,
    health,
    notices,
    offices,
    people,
    quarantine,
    reply_templates,
    settings,
)

_PARTS: Final = (
    frame.WORDS,
    board.WORDS,
    quarantine.WORDS,
    health.WORDS,
    reply_templates.WORDS,
    notices.WORDS,
    people.WORDS,
    access.WORDS,
    factor.WORDS,
    offices.WORDS,
    settings.WORDS,
    calendar.WORDS,
)

WORDS: Final[dict[str, Text]] = {key: text for part in _PARTS for key, text in part.items()}
assert len(WORDS) == sum(map(len, _PARTS)), "a key stands in one file only"


@dataclass(frozen=True)
class Words:
    """The table in one language; called with a key, and with what its sentence names."""

    language: Language

    def __call__(self, key: str, **values: object) -> str:
        return WORDS[key].get(self.language).format(**values)

    def has(self, key: str) -> bool:
        return key in WORDS

    def of(self, text: Text) -> str:
        """A text of the catalogue, of a trouble or of a result."""
        return text.get(self.language)
