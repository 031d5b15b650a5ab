"""Sweeps: every command documented and helpful, every word in both languages, every error with a way on."""

import re
from collections.abc import Iterator
from pathlib import Path
from string import Formatter

import click
import pytest
from click.testing import CliRunner

from client.cli import main
from client.cli.machine import Machine
from client.cli.trouble import Said, exit_status, told
from client.cli.words import WORDS
from sync.errors import TenggatError
from tests.cli.conftest import Make, Person

DOCS = (Path(__file__).parents[2] / "docs" / "cli.md").read_text(encoding="utf-8")
SHARED = {"--lang", "--profile", "--help", "--version"}


def commands(group: click.Group = main, name: str = "") -> Iterator[tuple[str, click.Command]]:
    for part, command in group.commands.items():
        yield f"{name}{part}", command
        if isinstance(command, click.Group):
            yield from commands(command, f"{name}{part} ")


@pytest.mark.parametrize(("name", "command"), list(commands()))
def test_every_command_and_option_is_in_the_manual(name: str, command: click.Command) -> None:
    assert f"`tenggat {name}" in DOCS or f"tenggat {name}" in DOCS
    section = DOCS
    for option in command.params:
        if isinstance(option, click.Option):
            for word in option.opts:
                assert f"`{word}" in section or f"{word} " in section, f"{name} {word}"


def test_the_manual_names_no_command_that_is_not_there() -> None:
    known = {name.split(" ")[0] for name, _ in commands()}
    named = set(re.findall(r"(?m)^\s*tenggat ([a-z][a-z-]+)", DOCS)) | set(re.findall(r"`tenggat ([a-z][a-z-]+)", DOCS))
    assert named <= known


@pytest.mark.parametrize("name", [name for name, _ in commands()])
def test_every_help_has_a_sentence_and_an_example(name: str) -> None:
    said = CliRunner().invoke(main, [*name.split(" "), "--help"], obj=Machine()).output
    assert "Usage:" in said
    assert "Example" in said or name == "outbox list"


@pytest.mark.parametrize("key", WORDS)
def test_every_sentence_is_in_both_languages(key: str) -> None:
    indonesian, english = WORDS[key]
    assert indonesian.strip() and english.strip()
    names = [{field for _, field, _, _ in Formatter().parse(text) if field} - {"s"} for text in (indonesian, english)]
    assert names[0] == names[1]


def kinds(kind: type[TenggatError]) -> Iterator[type[TenggatError]]:
    for child in kind.__subclasses__():
        yield child
        yield from kinds(child)


@pytest.mark.parametrize(
    "kind", [k for k in kinds(TenggatError) if k.__module__.split(".")[0] in {"sync", "client"} and k is not Said]
)
def test_every_error_is_told_in_indonesian(kind: type[TenggatError]) -> None:
    error = kind("the English detail")
    first = told(error, "id")[0]
    assert first != "the English detail"
    assert exit_status(error) in {1, 3, 4}


def test_a_fault_of_ours_is_one_sentence(person: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    guest: Person = person("warga")
    guest.environment = {"TENGGAT_DEBUG": None}
    monkeypatch.setattr("client.cli.cases.gather", lambda desk: 1 / 0)
    said = guest.run("list", exits=1)
    assert "Ada kesalahan di program" in said and "Traceback" not in said


def test_wrong_usage_ends_with_two(fresh: Person) -> None:
    fresh.run("nothing", exits=2)
    assert "Did you mean 'list'?" in fresh.run("cases", exits=2)
    fresh.run("show", exits=2)
    fresh.run("list", "--limit", "x", exits=2)
