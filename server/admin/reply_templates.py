"""Texts that officers answer with: seen, added, changed, retired."""

from dataclasses import dataclass
from typing import Any

from flask import Response, request

from schemas.catalogue.model import OWNER
from server.access import reply_templates as texts
from server.access.reply_templates import Template
from server.admin import gate
from server.admin.blueprint import blueprint
from server.admin.render import page, see, words
from server.services import services
from sync.errors import Conflict, Invalid


@dataclass(frozen=True)
class Typed:
    """What stands in the form: as it is, or as somebody typed it."""

    title: str = ""
    text: str = ""
    services: tuple[str, ...] = ()
    actions: tuple[str, ...] = ()
    version: int | None = None


@blueprint.get("/templates")
@gate.allow(gate.ADMIN)
def templates() -> Response:
    """All of them."""
    found = texts.current(services().engine, retired=True)
    return page(
        "reply_templates",
        there=[one for one in found if not one.retired],
        retired=[one for one in found if one.retired],
        where=_where,
    )


@blueprint.get("/templates/new")
@gate.allow(gate.ADMIN)
def template_new() -> Response:
    """An empty form."""
    return _form(Typed())


@blueprint.post("/templates/new")
@gate.allow(gate.ADMIN)
def template_add() -> Response:
    """Keep a new one. What was typed stays, whatever is wrong with it."""
    world, typed = services(), _typed()
    try:
        wanted = texts.checked(world.city, typed.title, typed.text, typed.services, typed.actions)
        texts.add(world.engine, world.sources, wanted, gate.visitor().person)
    except (Invalid, Conflict) as refused:
        return _form(typed, refused=refused)
    return see("templates", done="template_added")


@blueprint.get("/templates/<id>")
@gate.allow(gate.ADMIN)
def template(id: str) -> Response:
    """One, with all that it was."""
    versions = texts.versions(services().engine, id)
    held = versions[0]
    return _form(Typed(held.title, held.text, held.services, held.actions, held.version), versions)


@blueprint.post("/templates/<id>")
@gate.allow(gate.ADMIN)
def template_change(id: str) -> Response:
    """Change it."""
    world, typed = services(), _typed()
    try:
        wanted = texts.checked(world.city, typed.title, typed.text, typed.services, typed.actions)
        texts.change(world.engine, world.sources, id, wanted, gate.visitor().person, typed.version)
    except (Invalid, Conflict) as refused:
        return _form(typed, texts.versions(world.engine, id), refused)
    return see("template", id=id, done="template_changed")


@blueprint.post("/templates/<id>/retire")
@gate.allow(gate.ADMIN)
def template_retire(id: str) -> Response:
    """Offer it no more."""
    world = services()
    texts.retire(world.engine, world.sources, id, gate.visitor().person)
    return see("templates", done="template_retired")


def _typed() -> Typed:
    form, version = request.form, request.form.get("version", "")
    return Typed(
        form.get("title", ""),
        form.get("text", ""),
        tuple(form.getlist("services")),
        tuple(form.getlist("actions")),
        int(version) if version.isascii() and version.isdigit() and len(version) < 10 else None,
    )


def _form(typed: Typed, versions: list[Template] | None = None, refused: Invalid | Conflict | None = None) -> Response:
    problems = _problems(refused)
    if problems.pop("version", None) and versions:
        # Whoever has read what the other one wrote may save over it.
        typed = Typed(typed.title, typed.text, typed.services, typed.actions, versions[0].version)
        problems["form"] = words()("template_changed_meanwhile")
    status = 200 if refused is None else 409 if isinstance(refused, Conflict) else 422
    return page(
        "reply_template",
        status,
        typed=typed,
        versions=versions or [],
        held=versions[0] if versions else None,
        problems=problems,
        service_choices=[(one.code, words().of(one.name)) for one in services().city.services],
        action_choices=_actions(),
        longest=(texts.LONGEST_TITLE, texts.LONGEST_TEXT),
        where=_where,
    )


def _problems(refused: Invalid | Conflict | None) -> dict[str, str]:
    """What is wrong, in words, by part of the form."""
    if refused is None:
        return {}
    say, found = words(), refused.extra.get("problems") or {}
    told: dict[str, str] = {}
    for name, problem in found.items():
        if problem["code"] == "taken":
            told[name] = say("template_title_taken")
        elif name in ("title", "text"):
            most = texts.LONGEST_TITLE if name == "title" else texts.LONGEST_TEXT
            told[name] = say(f"template_{name}_wrong", n=most)
        else:
            told[name] = say("template_actions_wrong", names=", ".join(problem["unknown"]))
    if not told:
        told["version" if "meanwhile" in refused.detail else "form"] = refused.detail
    return told


def _actions() -> list[tuple[str, str]]:
    """What officers write something in: code, and label with the services that have it."""
    found: dict[str, tuple[str, list[str]]] = {}
    for service in services().city.services:
        for action in service.actions:
            form = service.form(action.form).fields if action.form else ()
            writes = action.note != "none" or any(field.type == "longtext" for field in form)
            if writes and set(action.roles) != {OWNER}:
                _, places = found.setdefault(action.code, (words().of(action.label), []))
                places.append(service.prefix)
    return sorted(((code, f"{label} ({', '.join(places)})") for code, (label, places) in found.items()), key=_by_label)


def _by_label(choice: tuple[str, str]) -> str:
    return choice[1].casefold()


def _where(one: Any) -> str:
    """Services and actions of a text in words."""
    say, city = words(), services().city
    known = {service.code: say.of(service.name) for service in city.services}
    labels = {action.code: say.of(action.label) for service in city.services for action in service.actions}
    where = ", ".join(known.get(code, code) for code in one.services) or say("template_all_services")
    what = ", ".join(labels.get(code, code) for code in one.actions) or say("template_all_actions")
    return f"{where} · {what}"
