"""How the demonstration speaks: scenes, sentences, and checks that must hold for it to end well."""

import sys

from rich.console import Console

_console = Console(highlight=False, width=110)
_untrue: list[str] = []


def scene(title: str) -> None:
    _console.print(f"\n[bold cyan]── {title}[/]")


def say(text: str) -> None:
    _console.print(f"   {text}")


def check(holds: bool, sentence: str) -> None:
    """Say the sentence, and whether it is true; one that is not makes the demonstration fail at its end."""
    _console.print(f"   [green]✓[/] {sentence}" if holds else f"   [bold red]✗ UNTRUE:[/] {sentence}")
    if not holds:
        _untrue.append(sentence)


def end() -> None:
    """Exit status 0 only where every sentence was true."""
    if _untrue:
        _console.print(f"\n[bold red]{len(_untrue)} of the sentences above are untrue.[/]")
        sys.exit(1)
    _console.print("\n[bold green]Every sentence above was checked while it was told.[/]")
