"""The repository's files, looked through for secrets: keys, tokens, passwords that somebody left there.

detect-secrets looks; what it finds is a secret unless `secrets_explained.toml` says why it is none. Its remarks in the
code (`pragma: allowlist`) do not count: one file says all.
"""

import re
import subprocess
import tempfile
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from fnmatch import fnmatch
from pathlib import Path
from typing import Any, Final

from detect_secrets import SecretsCollection
from detect_secrets.core.plugins.util import get_mapping_from_secret_type_to_class
from detect_secrets.plugins.keyword import DENYLIST
from detect_secrets.settings import default_settings

ROOT: Final = Path(__file__).parents[2]
EXPLAINED: Final = Path(__file__).with_name("secrets_explained.toml")

_NOTHING: Final = "{"
"""In the place of a line that is left out: with nothing there, what is left of a program would be read as a list of
settings."""

_REMARKS: Final = "detect_secrets.filters.allowlist.is_line_allowlisted"


@dataclass(frozen=True)
class Found:
    """Something that looks like a secret, and where."""

    file: str
    line: int
    kind: str
    text: str

    def __str__(self) -> str:
        # Not the text itself: what a test says is read by many.
        return f"{self.file}:{self.line}: {self.kind} of {len(self.text)} characters"


@dataclass(frozen=True)
class Explained:
    """What is none: all of a text that this fits, of these kinds (any, where none is named), in files of a pattern."""

    text: str
    kinds: frozenset[str]
    files: str
    why: str

    def fits(self, found: Found) -> bool:
        here = fnmatch(found.file, self.files) and (not self.kinds or found.kind in self.kinds)
        return here and re.fullmatch(self.text, found.text) is not None


def explained(source: str | None = None) -> list[Explained]:
    told: dict[str, Any] = tomllib.loads(EXPLAINED.read_text(encoding="utf-8") if source is None else source)
    return [
        Explained(one["text"], frozenset(one.get("kinds", ())), one.get("files", "*"), one["why"])
        for one in told["explained"]
    ]


def tracked() -> list[str]:
    """The files that go out with a commit, by their path in the repository."""
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, check=True, capture_output=True).stdout
    names = [name.decode() for name in listed.split(b"\0") if name]
    # One that was taken away and is not yet committed as that.
    return [name for name in names if (ROOT / name).is_file() and ROOT / name != EXPLAINED]


def found_in(files: Iterable[str], root: Path = ROOT) -> list[Found]:
    """What looks like a secret in these, in their order."""
    with tempfile.TemporaryDirectory() as folder, default_settings() as settings:
        settings.disable_filters(_REMARKS)
        collection = SecretsCollection(root=folder)
        for name in files:
            if suspect := _suspect((root / name).read_bytes().decode("utf-8", "replace")):
                copy = Path(folder, name)
                copy.parent.mkdir(parents=True, exist_ok=True)
                copy.write_text(suspect, encoding="utf-8")
                collection.scan_file(name)
    return [Found(name, secret.line_number, secret.type, secret.secret_value or "") for name, secret in collection]


def _suspect(text: str) -> str:
    """The text with only those lines left, at their places, that could hold a secret; "" where none could.

    The detectors take long to look at a line, and can say nothing of most: each looks for words, for a shape, or for
    more different letters than a short text has.
    """
    lines = text.split("\n")
    kept: set[int] = set()
    for pattern in _CLUES:
        for match in pattern.finditer(text):
            first = text.count("\n", 0, match.start())
            kept.update(range(first, first + match[0].count("\n") + 1))
    return "\n".join(line if n in kept else _NOTHING for n, line in enumerate(lines)) if kept else ""


def _clues() -> Iterable[re.Pattern[str]]:
    """What there must be for any detector to find something."""
    yield re.compile("|".join(DENYLIST), re.IGNORECASE)
    # More than 3 bits a letter take 9 letters, more than 4.5 take 23 (the library's limits).
    yield re.compile(r"[0-9A-Fa-f]{9,}|[A-Za-z0-9+/=_-]{23,}")
    # Beside a key of Azure's, a detector wants to read its name.
    yield re.compile("azure", re.IGNORECASE)
    for detector in get_mapping_from_secret_type_to_class().values():
        yield from getattr(detector, "denylist", ())


_CLUES: Final = tuple(_clues())
