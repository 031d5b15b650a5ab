"""One question at a time, from the catalogue: with help, choices by number, and places by kecamatan and kelurahan.

Each answer is saved as it is given, so a flat battery costs at most the line being typed.
"""

from collections.abc import Callable, Mapping, Sequence
from enum import Enum, auto
from typing import Any

import click

from client.cli.app import App
from client.cli.plain import value_in_words
from client.cli.trouble import Said
from client.cli.typed import areas_named, matches, problem_of, value_of
from schemas.catalogue.model import Area, Field, Service
from schemas.forms import asked_fields, check_form

Save = Callable[[str, Any], None]


class Move(Enum):
    NEXT = auto()
    BACK = auto()
    AGAIN = auto()


class Interview:
    """Puts the fields of a form to a person. `save` keeps one answer; `values` is what there is so far.

    `needed`: an unanswered question that must be answered is asked again, since the form is used at once; a draft
    may go on without.
    """

    def __init__(
        self,
        app: App,
        service: Service,
        fields: Sequence[Field],
        values: Mapping[str, Any],
        save: Save,
        *,
        needed: bool = False,
        only: set[str] | None = None,
    ) -> None:
        self.app, self.service, self.fields = app, service, fields
        self.values = dict(values)
        self._save, self._needed, self._only = save, needed, only

    def run(self) -> dict[str, Any]:
        """The answers once all were asked. `click.Abort` where the person stopped; what was given is saved."""
        self.app.print(self.app.say("ask_help"), style="dim")
        place = self._start()
        while place < len(asked := self._asked()):
            move = self._ask(asked[place], place + 1, len(asked))
            place += {Move.NEXT: 1, Move.BACK: -1, Move.AGAIN: 0}[move]
            place = max(place, 0)
        return {name: value for name, value in self.values.items() if value is not None}

    def _start(self) -> int:
        """Where somebody who was stopped goes on: the first question still to be answered; else the first of all."""
        open_ = (n for n, f in enumerate(self._asked()) if f.required and self.values.get(f.name) is None)
        return next(open_, 0)

    def _asked(self) -> list[Field]:
        clean, _ = check_form(self.app.city, self.service, self.fields, self.values, partial=True)
        return [f for f in asked_fields(self.fields, clean) if self._only is None or f.name in self._only]

    def _ask(self, field: Field, place: int, count: int) -> Move:
        app, language = self.app, self.app.language
        optional = "" if field.required else f" ({app.say('optional')})"
        unit = f" [{field.unit}]" if field.unit else ""
        app.print("")
        app.print(f"{place}/{count}  {field.label.get(language)}{unit}{optional}", style="bold")
        if field.help:
            app.print(f"  {field.help.get(language)}", style="dim")
        current = self.values.get(field.name)
        if current is not None:
            words = value_in_words(field, current, app.city, language)
            app.print(f"  {app.say('ask_now', value=words)}", style="cyan")
        self._show_choices(field)
        text = prompt()
        if text == "?":
            app.print(app.say("ask_help"), style="dim")
            app.print(f"  {app.say(f'type_{field.type}')}", style="dim")
            return Move.AGAIN
        if text == "<":
            return Move.BACK
        if not text:
            return self._skipped(field, current)
        return self._answered(field, None if text == "-" else text)

    def _skipped(self, field: Field, current: Any) -> Move:
        if self._needed and current is None and field.required:
            self.app.print(f"  {self.app.say('ask_needed')}", style="yellow")
            return Move.AGAIN
        return Move.NEXT

    def _answered(self, field: Field, text: str | None) -> Move:
        app = self.app
        try:
            value = None if text is None else self._value(field, text)
        except Said as error:
            app.print(f"  {app.say(error.key, **error.values)}", style="yellow")
            return Move.AGAIN
        self.values[field.name] = value
        self._save(field.name, value)
        problem = problem_of(field, value, self.service, app.city)
        if problem is not None:
            # Kept as typed; Enter goes on with it, and it is shown again before anything is submitted.
            app.print(f"  {problem.text.get(app.language)}", style="yellow")
            return Move.AGAIN
        return self._skipped(field, value)

    def _value(self, field: Field, text: str) -> Any:
        if field.type == "area":
            return self._ward(field, text)
        if field.type in {"choice", "multi"}:
            text = ",".join(_by_number(part.strip(), [o.code for o in field.options]) for part in text.split(","))
        elif field.type == "office":
            text = _by_number(text, [office.code for office in self.app.city.offices])
        return value_of(field, text, self.service, self.app.city, self.app.today, self.app.language)

    def _show_choices(self, field: Field) -> None:
        language = self.app.language
        if field.type in {"choice", "multi"}:
            for number, option in enumerate(field.options, 1):
                about = f" – {option.help.get(language)}" if option.help else ""
                self.app.print(f"  {number:>2}  {option.label.get(language)}{about}")
            if field.type == "multi":
                self.app.print(f"  {self.app.say('ask_many')}", style="dim")
        elif field.type == "office":
            for number, office in enumerate(self.app.city.offices, 1):
                self.app.print(f"  {number:>2}  {office.name.get(language)}")
        elif field.type == "yesno":
            self.app.print(f"  {self.app.say('type_yesno')}", style="dim")
        elif field.type == "area":
            self._show_areas(self._districts())
            self.app.print(f"  {self.app.say('ask_district')}", style="dim")

    # A place: first the kecamatan, then the kelurahan in it; or a kelurahan's name at once.

    def _districts(self) -> list[Area]:
        return [area for area in self.app.city.areas if area.kind == "kecamatan"]

    def _show_areas(self, areas: Sequence[Area]) -> None:
        half = (len(areas) + 1) // 2
        for row in range(half):
            pair = [f"{n + 1:>2}  {areas[n].name}" for n in (row, row + half) if n < len(areas)]
            self.app.print("  " + pair[0].ljust(36) + (pair[1] if len(pair) > 1 else ""))

    def _ward(self, field: Field, text: str) -> Any:
        districts = self._districts()
        named = {area.code: [area.name] for area in districts}
        chosen = _by_number(text, list(named))
        exact = [code for code in matches(chosen, named) if chosen == code or text.lower() == named[code][0].lower()]
        if not exact:
            wards = areas_named(text, self.app.city)
            found = matches(text, named) if len(wards) != 1 else []
            if len(found) != 1:
                return value_of(field, text, self.service, self.app.city, self.app.today, self.app.language)
            exact = found
        inside = [area for area in self.app.city.areas if area.parent == exact[0]]
        self._show_areas(inside)
        ward = _by_number(prompt(self.app.say("ask_pick")), [area.code for area in inside])
        found = matches(ward, {area.code: [area.name] for area in inside}) if ward else []
        if len(found) != 1:
            raise Said("ask_number_wrong", n=len(inside))
        return found[0]


def prompt(label: str = "") -> str:
    """One line from the person; `click.Abort` at Ctrl-C or the end of input."""
    text: str = click.prompt(label, prompt_suffix="> " if not label else ": ", default="", show_default=False)
    return text.strip()


def _by_number(text: str, codes: Sequence[str]) -> str:
    """The code with that number in the list that was shown; anything else as it is."""
    return codes[int(text) - 1] if text.isdecimal() and 0 < int(text) <= len(codes) else text
