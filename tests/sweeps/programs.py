"""The two programs, and all that can be typed after their names."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import click

from client.cli import main as client
from server.cli import main as server

PROGRAMS: Final[dict[str, click.Command]] = {"tenggat": client, "tenggat-server": server}

EVERYWHERE: Final = frozenset({"--help", "-h", "--version"})


@dataclass(frozen=True)
class Command:
    """One command by its whole name. `shared`: options of the program itself, which stand before any command."""

    name: str
    click: click.Command
    shared: frozenset[str]

    @property
    def options(self) -> frozenset[str]:
        return _options(self.click)

    @property
    def only_groups(self) -> bool:
        """Whether it does nothing without a further word, and so needs no word about itself."""
        return isinstance(self.click, click.Group) and not self.click.invoke_without_command and not self.is_program

    @property
    def is_program(self) -> bool:
        return self.name in PROGRAMS


def commands() -> Iterator[Command]:
    """All of both programs, each program first."""
    for name, program in PROGRAMS.items():
        yield from _below(name, program, _options(program) | EVERYWHERE)


def _below(name: str, command: click.Command, shared: frozenset[str]) -> Iterator[Command]:
    yield Command(name, command, shared)
    if isinstance(command, click.Group):
        context = click.Context(command)
        for word in command.list_commands(context):
            found = command.get_command(context, word)
            if found is not None and not found.hidden:
                yield from _below(f"{name} {word}", found, shared)


def _options(command: click.Command) -> frozenset[str]:
    """The names that an option may be typed by, hidden ones left out."""
    return frozenset(
        name
        for option in command.params
        if isinstance(option, click.Option) and not option.hidden
        for name in (*option.opts, *option.secondary_opts)
    )
