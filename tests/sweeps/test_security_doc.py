"""The security page names tests, code and sections that exist, goes through every requirement of ASVS 5.0's levels 1
and 2 once, and counts them right."""

import ast
import configparser
import json
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "security.md"
CHAPTERS = sorted((ROOT / "docs" / "security").glob("v*.md"))
IDS = Path(__file__).parent / "asvs_5_0.txt"

STANDS = ("holds", "does not apply", "open")


@dataclass(frozen=True)
class Row:
    id: str
    level: str
    words: str
    stands: str
    where: str
    tests: tuple[str, ...]
    page: Path


def _rows(path: Path) -> Iterator[Row]:
    for line in path.read_text().splitlines():
        if re.match(r"\| \d+\.\d+\.\d+ \|", line):
            id_, level, words, stands, where, tests = (cell.strip() for cell in line.strip("|").split(" | "))
            yield Row(id_, level, words, stands, where, tuple(re.findall(r"`([^`]+)`", tests)), path)


ROWS = [row for path in CHAPTERS for row in _rows(path)]


@cache
def _tests(path: Path) -> frozenset[str]:
    """The tests of a file, by looking at it and not by running it."""
    if path.suffix == ".ts":
        return frozenset(re.findall(r'^test\("([^"]+)"', path.read_text(), re.MULTILINE))
    tree = ast.parse(path.read_bytes())
    return frozenset(n.name for n in ast.walk(tree) if isinstance(n, ast.FunctionDef) and n.name.startswith("test_"))


@cache
def _sections(path: Path) -> frozenset[str]:
    titles = re.findall(r"^#+ (.+)$", path.read_text(), re.MULTILINE)
    return frozenset(re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-") for title in titles)


def test_every_requirement_has_one_row_of_its_level() -> None:
    asked = [tuple(line.split()) for line in IDS.read_text().splitlines()]
    assert len(asked) == len(set(asked)) == 253
    assert [(row.id, row.level) for row in ROWS] == asked, "each once, in the standard's order"


@pytest.mark.parametrize("row", ROWS, ids=[row.id for row in ROWS])
def test_a_row_says_what_it_must(row: Row) -> None:
    assert row.stands in STANDS
    assert row.words and row.where
    document = "](" in row.where
    if row.stands == "holds":
        assert row.tests or document, "what holds is covered by a test, or is itself a document"
        assert "/" in row.where or document or row.tests
    for test in row.tests:
        path, _, name = test.partition("::")
        assert (ROOT / path).is_file(), f"{path} is no file"
        assert name in _tests(ROOT / path), f"{path} has no {name}"


def _named() -> Iterator[tuple[Path, str]]:
    for page in (PAGE, *CHAPTERS):
        for span in re.findall(r"`([^`\n]+)`", page.read_text()):
            if re.fullmatch(r"(server|client|schemas|sync|tests)/[\w./-]+", span.partition("::")[0]):
                yield page, span.partition("::")[0]


def test_every_path_that_is_named_exists() -> None:
    found = list(_named())
    assert len(found) > 300
    assert [(page.name, path) for page, path in found if not (ROOT / path).exists()] == []


def test_every_link_leads_somewhere() -> None:
    links = 0
    for page in (PAGE, *CHAPTERS, ROOT / "docs/security/components.md"):
        for target in re.findall(r"\]\(([^)]+)\)", page.read_text()):
            path, _, section = target.partition("#")
            to = (page.parent / path).resolve() if path else page
            assert to.is_file(), f"{page.name}: {target}"
            assert not section or section in _sections(to), f"{page.name}: {target}"
            links += 1
    assert links > 50


def test_the_count_is_right() -> None:
    text = PAGE.read_text()
    for path in CHAPTERS:
        counted = Counter(row.stands for row in _rows(path))
        (told,) = re.findall(rf"\(security/{path.name}\) \| (\d+) \| (\d+) \| (\d+) \|", text)
        assert [counted[one] for one in STANDS] == [int(number) for number in told], path.name
    counted = Counter(row.stands for row in ROWS)
    (told,) = re.findall(r"^\| all \| (\d+) \| (\d+) \| (\d+) \|", text, re.MULTILINE)
    assert [counted[one] for one in STANDS] == [int(number) for number in told]


def _required() -> set[str]:
    parser = configparser.ConfigParser()
    parser.read(ROOT / "setup.cfg")
    texts = [parser["options"]["install_requires"], *parser["options.extras_require"].values()]
    found = {re.split(r"[\[<>=~!; ]", line)[0] for text in texts for line in text.split("\n") if line.strip()}
    package = json.loads((ROOT / "client/web/package.json").read_text())
    return {name for name in found if not name.startswith("#")} | {
        *package["dependencies"],
        *package["devDependencies"],
    }


def test_the_list_of_libraries_is_the_one_that_is_installed() -> None:
    text = (ROOT / "docs/security/components.md").read_text()
    listed = [name for cell in re.findall(r"^\| ([^|]+) \| [^|]+\|$", text, re.MULTILINE) for name in cell.split(", ")]
    names = set(listed) - {"component", "---"}
    assert names == _required()
    assert len(names) == len(listed) - listed.count("component") - listed.count("---"), "each once"
