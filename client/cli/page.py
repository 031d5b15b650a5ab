"""How a page about one case is laid out: titles, indented lines that keep their indent, pairs of label and value."""

from typing import Any

from rich.padding import Padding
from rich.table import Table
from rich.text import Text as Rich

from client.cli.app import App
from client.cli.finding import name_of
from client.cli.plain import clean, value_in_words
from client.view import LocalCase
from schemas.catalogue.model import Field, Service


class Page:
    """One case being shown."""

    def __init__(self, app: App, case: LocalCase) -> None:
        self.app, self.case, self.language = app, case, app.language
        self.name = name_of(case)

    def title(self, key: str, **values: object) -> None:
        self.app.print("")
        self.app.print(self.app.say(key, **values), style="bold")

    def line(self, text: str, style: str = "", indent: int = 2) -> None:
        # Wrapped lines keep their indent.
        self.app.console.print(Padding(Rich(clean(text), style=style), (0, 0, 0, indent), expand=False))

    def pairs(self, pairs: list[tuple[str, Rich]]) -> None:
        width = self.app.console.width
        shown = Table(box=None, show_header=False, padding=(0, 2, 0, 0), pad_edge=False)
        shown.add_column(max_width=max(20, width * 2 // 5), overflow="fold")
        shown.add_column(overflow="fold")
        for label, value in pairs:
            shown.add_row(Rich(clean(label), style="dim"), value)
        self.app.console.print(Padding(shown, (0, 0, 0, 2), expand=False))

    def value(self, field: Field | None, value: Any) -> str:
        return value_in_words(field, value, self.app.city, self.language)


def form_fields(service: Service, action: str) -> tuple[Field, ...]:
    """The questions that an action asks."""
    try:
        form = service.action(action).form
        return service.form(form).fields if form else ()
    except KeyError:
        return ()


def field_of(fields: tuple[Field, ...], name: str) -> Field | None:
    return next((field for field in fields if field.name == name), None)
