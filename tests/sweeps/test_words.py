"""A key stands in one table of words: of two with the same, one would be said of what the other is about."""

import json
import pkgutil
from collections import Counter
from importlib import import_module
from pathlib import Path
from typing import Any, Final

import pytest

SOURCES: Final = Path(__file__).parents[2] / "client" / "web" / "src" / "words"

LAID_OVER: Final = "desktop.json"
"""Says otherwise in the window what the other files say in a browser."""


def _of_package(name: str) -> dict[str, list[str]]:
    modules = [import_module(f"{name}.{found.name}") for found in pkgutil.iter_modules(import_module(name).__path__)]
    return {module.__name__: list(module.WORDS) for module in modules}


def _of_screens(language: str) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for path in sorted((SOURCES / language).glob("*.json")):
        # The pairs as they stand: a dict would have let go of a key's first sentence.
        pairs: list[tuple[str, Any]] = json.loads(path.read_text(encoding="utf-8"), object_pairs_hook=list)
        found[path.name] = [key for key, _ in pairs]
    return found


TABLES: Final = {
    "the command line": _of_package("client.cli.words"),
    "the admin pages": _of_package("server.admin.words"),
    "the screens in Indonesian": _of_screens("id"),
    "the screens in English": _of_screens("en"),
}


def _twice(files: dict[str, list[str]]) -> list[str]:
    return sorted(key for key, times in Counter(key for keys in files.values() for key in keys).items() if times > 1)


@pytest.mark.parametrize("table", TABLES)
def test_a_key_stands_in_one_file_and_there_once(table: str) -> None:
    files = TABLES[table]
    assert len(files) > 5 and min(map(len, files.values())) > 5, "there is something to compare"
    assert not _twice({name: keys for name, keys in files.items() if name != LAID_OVER})
    assert not _twice({LAID_OVER: files.get(LAID_OVER, [])})


def test_what_stands_twice_is_found() -> None:
    assert _twice({"a": ["one", "two"], "b": ["two"]}) == ["two"]
    assert _twice({"a": ["one", "one"]}) == ["one"]
