"""Words for people, in the two languages that every text of a city comes in."""

from typing import Literal

import msgspec

Language = Literal["id", "en"]


class Text(msgspec.Struct, frozen=True):
    """One text in Indonesian (the default) and English."""

    id: str
    en: str

    def get(self, language: Language) -> str:
        return self.en if language == "en" else self.id
