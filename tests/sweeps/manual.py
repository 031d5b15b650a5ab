"""docs/cli.md, read as what it says of commands: names stand in code, options in the section of their command."""

import re
import shlex
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

MANUAL: Final = Path(__file__).parents[2] / "docs" / "cli.md"

_SECTION: Final = re.compile(r"^#{1,2} ", re.MULTILINE)
_CODE: Final = re.compile(r"`([^`\n]+)`")
_FENCE: Final = re.compile(r"^```\w*\n(.*?)^```", re.MULTILINE | re.DOTALL)
_OPTION: Final = re.compile(r"(?<![\w-])--?[a-z][a-z-]*")


@dataclass(frozen=True)
class Section:
    """One part of the page under its heading."""

    heading: str
    text: str

    def spans(self) -> Iterator[str]:
        """What stands in code: in a line, and each line of a block."""
        rest = _FENCE.sub("", self.text)
        yield from _CODE.findall(rest)
        for block in _FENCE.findall(self.text):
            yield from (line.partition("  #")[0].strip() for line in block.splitlines() if line.strip())

    def options(self) -> set[str]:
        """All options that stand in code here."""
        return {option for span in self.spans() for option in _OPTION.findall(_unquoted(span))}


def sections(text: str) -> Iterator[Section]:
    """The page's parts, in order."""
    for part in _SECTION.split(text)[1:]:
        heading, _, rest = part.partition("\n")
        yield Section(heading.strip(), rest)


def called(span: str, names: Mapping[str, object]) -> str | None:
    """The longest name of a command that this code begins with; None where it begins with none of a program's.

    `ValueError` where it begins with a program's name and goes on with a word that is no command of it.
    """
    words = _words(span)
    found = next((" ".join(words[:n]) for n in range(len(words), 0, -1) if " ".join(words[:n]) in names), None)
    if found is None:
        return None
    following = [word for word in words[len(found.split()) :] if not word.startswith("-")]
    group = any(name.startswith(f"{found} ") for name in names)
    first = following[0] if following else ""
    if group and re.fullmatch(r"[a-z][a-z-]+", first) and " ".join(words[:1]) == found and _plain(words, found):
        raise ValueError(f"{first} is no command of {found}")
    return found


def _plain(words: list[str], found: str) -> bool:
    """Whether the word after the program's name follows it at once: after an option it may be that one's value."""
    return len(words) > 1 and not words[1].startswith("-") and found == words[0]


def _words(span: str) -> list[str]:
    """Words as they are typed, options of the program and their values left out (`tenggat --profile survei list`)."""
    try:
        words = shlex.split(span.replace("…", "..."))
    except ValueError:
        words = span.split()
    if words and words[0] in ("tenggat", "tenggat-server"):
        while len(words) > 1 and words[1].startswith("--"):
            takes_value = words[1] in ("--profile", "--lang", "--data", "--city", "--database") and "=" not in words[1]
            del words[1 : 3 if takes_value else 2]
    return words


def _unquoted(span: str) -> str:
    """Without what stands in quotes: a text is no option."""
    return re.sub(r'"[^"]*"', '""', span)
