"""act --template: one of the city's texts put where an officer would have typed it, before what they typed."""

from dataclasses import dataclass
from typing import Any, Final

from client.cli.app import App
from client.cli.page import form_fields
from client.cli.trouble import Said
from client.reply_templates import Template, fitting
from client.view import LocalCase
from schemas.catalogue.model import Action

NOTE: Final = "note"


@dataclass(frozen=True)
class Filled:
    """What was given, with the texts in it."""

    form: dict[str, Any]
    note: str | None


def offered(app: App, case: LocalCase, action: Action) -> list[Template]:
    """The texts for this action, where it has a place to put one."""
    return fitting(app.store, case.service.code, action.code) if _places(case, action) else []


def filled(
    app: App, case: LocalCase, action: Action, names: tuple[str, ...], form: dict[str, Any], note: str | None
) -> Filled:
    """Put each named text in its place: `FIELD=NAME` says which, else it is the first long answer that the action asks,
    else its note. What was typed beside it stands behind it, a line apart."""
    form = dict(form)
    places = _places(case, action)
    for given in names:
        place, text = _chosen(app, case, action, given, places)
        if place == NOTE:
            note = _joined(text, note)
        else:
            form[place] = _joined(text, form.get(place))
    return Filled(form, note)


def _chosen(app: App, case: LocalCase, action: Action, given: str, places: list[str]) -> tuple[str, str]:
    if not places:
        raise Said("template_nowhere", action=action.label.get(app.language))
    place, equals, name = given.partition("=")
    if not equals or place not in places:
        place, name = places[0], given
    there = fitting(app.store, case.service.code, action.code)
    wanted = name.strip().casefold()
    exact = [one for one in there if wanted in (one.id.casefold(), one.title.casefold())]
    found = exact or [one for one in there if wanted and wanted in one.title.casefold()]
    if len(found) != 1:
        names = ", ".join(one.title for one in found or there) or "–"
        raise Said("template_unclear", name=name, names=names)
    return place, found[0].text


def _places(case: LocalCase, action: Action) -> list[str]:
    fields = [field.name for field in form_fields(case.service, action.code) if field.type == "longtext"]
    return [*fields, NOTE] if action.note != "none" else fields


def _joined(text: str, typed: Any) -> str:
    return f"{text}\n\n{typed}" if isinstance(typed, str) and typed.strip() else text
