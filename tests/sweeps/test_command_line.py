"""Both programs and docs/cli.md say the same: every command and option stands there, and nothing that is not."""

import re

import pytest
from click.testing import CliRunner

from tests.sweeps.manual import MANUAL, Section, called, sections
from tests.sweeps.programs import EVERYWHERE, PROGRAMS, Command, commands

COMMANDS = {command.name: command for command in commands()}
SECTIONS = list(sections(MANUAL.read_text(encoding="utf-8")))

VARIABLE = re.compile(r"\bTENGGAT_[A-Z]+(?:_[A-Z]+)*")

GENERAL = frozenset(option for command in COMMANDS.values() if command.is_program for option in command.options)
"""Options of the programs themselves: of any command, and said once."""


def _standing(section: Section) -> set[str]:
    """Commands that a section is about."""
    return {name for span in section.spans() if (name := called(span, COMMANDS))}


def test_there_is_something_to_compare() -> None:
    assert len(COMMANDS) > 60
    assert len(SECTIONS) > 8
    assert sum(len(command.options) for command in COMMANDS.values()) > 100


@pytest.mark.parametrize("name", [name for name, command in COMMANDS.items() if not command.only_groups])
def test_a_command_stands_in_the_manual_with_its_options(name: str) -> None:
    command = COMMANDS[name]
    places = [section for section in SECTIONS if name in _standing(section)]
    assert places, f"{name} stands nowhere in {MANUAL.name}: write there, in code, how it is called and what it does"
    told = {option for section in (SECTIONS if command.is_program else places) for option in section.options()}
    missing = {option for option in command.options - EVERYWHERE if option not in told | GENERAL}
    if command.is_program:
        missing = {option for option in command.options if option not in told}
    assert not missing, f"{name} takes {sorted(missing)}, of which the manual says nothing where it tells of {name}"


@pytest.mark.parametrize("section", SECTIONS, ids=[section.heading for section in SECTIONS])
def test_the_manual_tells_of_nothing_that_is_not_there(section: Section) -> None:
    """`called` refuses a word that is no command; an option is one of a command that stands in the same section."""
    standing = _standing(section)
    known = {option for name in standing for option in COMMANDS[name].options} | GENERAL | EVERYWHERE
    strange = {option for option in section.options() if option not in known}
    assert not strange, f"“{section.heading}” tells of {sorted(strange)}, which no command there takes"


@pytest.mark.parametrize("command", COMMANDS.values(), ids=COMMANDS)
def test_help_says_what_each_command_and_option_is_for(command: Command) -> None:
    assert command.click.help, "what it does, in its docstring"
    assert len(command.click.help.split()) > 2
    silent = [
        option.opts[0]
        for option in command.click.params
        if option.param_type_name == "option"
        and not getattr(option, "hidden", False)
        and not getattr(option, "help", None)
    ]
    assert not silent, f"{command.name}: say with `help=` what {silent} is for"
    program, *words = command.name.split()
    shown = CliRunner().invoke(PROGRAMS[program], [*words, "--help"], prog_name=program)
    assert shown.exit_code == 0, shown.output
    assert f"Usage: {command.name}" in shown.output
    assert all(option in shown.output for option in command.options)


def test_every_variable_that_is_read_stands_in_the_docs() -> None:
    root = MANUAL.parents[1]
    told = "\n".join(page.read_text(encoding="utf-8") for page in (root / "docs").rglob("*.md"))
    sources = [source for folder in ("server", "client") for source in (root / folder).rglob("*.py")]
    # What runs npm (client/web) tells the tests there where the Python is.
    texts = [source.read_text(encoding="utf-8") for source in sources if root / "client" / "web" not in source.parents]
    read = {name for text in texts for name in VARIABLE.findall(text)}
    assert len(read) > 12
    assert not {name for name in read if name not in told}, "say in docs/ what these are for"


@pytest.mark.parametrize(
    ("span", "found"),
    [
        ("tenggat list --mine", "tenggat list"),
        ("tenggat outbox give-up N", "tenggat outbox give-up"),
        ("tenggat --profile survei list", "tenggat list"),
        ("tenggat-server --data /var/lib/tenggat backup /mnt", "tenggat-server backup"),
        ("tenggat", "tenggat"),
        ("category=road", None),
        ("list", None),
    ],
)
def test_code_is_read_as_it_is_typed(span: str, found: str | None) -> None:
    assert called(span, COMMANDS) == found


def test_a_command_that_is_none_is_found_out() -> None:
    with pytest.raises(ValueError, match="lihat"):
        called("tenggat lihat 12", COMMANDS)
    page = "# x\n\n| `tenggat list` | Shows. `--nothing` hides. |\n"
    (section,) = sections(page)
    assert section.options() == {"--nothing"}
