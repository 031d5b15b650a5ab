"""What holds for the whole city, and the way to what else can be set."""

from typing import Any

from flask import Response, request

from server.access import city_settings
from server.access.city_settings import SETTINGS
from server.admin import gate
from server.admin.blueprint import blueprint
from server.admin.render import page, see, words
from server.services import services
from sync.errors import Invalid

BELOW = ("calendar", "catalogue", "templates", "notices")
"""Pages that are found from here, by their endpoint, which is also the word for them."""


@blueprint.get("/settings")
@gate.allow(gate.ADMIN)
def settings() -> Response:
    """All settings, with what each does."""
    held, _ = city_settings.standing(services().engine)
    return _shown({one.name: getattr(held, one.name) for one in SETTINGS})


@blueprint.post("/settings")
@gate.allow(gate.ADMIN)
def change_settings() -> Response:
    """Set what was typed. It stays in the form, whatever is wrong with it."""
    world, form = services(), request.form
    # A box that is not ticked is not sent at all.
    typed = {one.name: form.get(one.name, "off" if one.is_switch else "") for one in SETTINGS}
    try:
        changed = city_settings.change(world.engine, typed, gate.visitor().person, world.sources.clock())
    except Invalid as wrong:
        shown = {one.name: typed[one.name] == "on" if one.is_switch else typed[one.name] for one in SETTINGS}
        return _shown(shown, frozenset(wrong.extra["problems"]), 422)
    return see("settings", done="settings_changed" if changed else "settings_same")


def _shown(values: dict[str, Any], wrong: frozenset[str] = frozenset(), status: int = 200) -> Response:
    say, (_, chosen) = words(), city_settings.standing(services().engine)
    problems = {one.name: say("setting_wrong", least=one.least, most=one.most) for one in SETTINGS if one.name in wrong}
    return page("settings", status, settings=SETTINGS, values=values, chosen=chosen, problems=problems, below=BELOW)
