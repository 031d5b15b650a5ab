"""The sentences of the command line, each in Indonesian and English, and the one function that says them."""

from typing import Any

from client.cli.words import bundles, cases, desk, devices, errors, files, filing, locking, roads, syncing
from schemas.text import Language

WORDS: dict[str, tuple[str, str]] = {
    **cases.WORDS,
    **filing.WORDS,
    **files.WORDS,
    **syncing.WORDS,
    **locking.WORDS,
    **roads.WORDS,
    **desk.WORDS,
    **devices.WORDS,
    **bundles.WORDS,
    **errors.WORDS,
}


def say(language: Language, key: str, **values: Any) -> str:
    """The sentence, filled in. `n` also gives `s`, the English plural."""
    if "n" in values:
        values["s"] = "" if values["n"] == 1 else "s"
    return WORDS[key][language == "en"].format(**values)
