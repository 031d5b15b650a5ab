"""Adding somebody, and changing what they are called, do and see. What was typed stays, whatever is wrong with it."""

from collections.abc import Mapping
from typing import Any, Final

from flask import Response, request

from server.access import changing, closing, duties, passwords
from server.access.duties import Problem
from server.access.people import Person
from server.access.staff import add_staff
from server.admin import gate
from server.admin.blueprint import blueprint
from server.admin.people import show
from server.admin.places import office_boxes, role_boxes, without_doubles
from server.admin.render import language, page, see
from server.admin.signing import AGAIN
from server.services import services
from sync.errors import Conflict, Invalid

MADE_UP: Final = "made_up"
GIVEN: Final = "given"

FIELDS: Final = ("user", "name", "email")

_NOT_KEPT: Final[Problem] = {
    "code": "not_kept",
    "id": "Kata sandi yang tadi diketik tidak disimpan. Ketik sekali lagi.",
    "en": "The password that was typed before was not kept. Type it once more.",
}


@blueprint.get("/people/new")
@gate.allow(gate.ADMIN)
def new_person() -> Response:
    """The form for somebody new; a role and a place may come along from where somebody is missing."""
    asked = request.args
    return _form(None, {"roles": asked.getlist("role"), "scopes": asked.getlist("scope")})


@blueprint.post("/people/new")
@gate.allow(gate.ADMIN)
def add_person() -> Response:
    """Make the account."""
    world, typed, who = services(), _typed(), gate.visitor().person
    how = request.form.get("how", MADE_UP)
    if request.form.get(AGAIN):
        return _form(None, typed, {"password": _NOT_KEPT}, how=how)
    told = closing.made_up(world.sources) if how == MADE_UP else None
    try:
        made = add_staff(
            world.engine,
            world.city,
            world.sources,
            login=typed["user"],
            password=told or request.form.get("password", ""),
            name=typed["name"],
            roles=typed["roles"],
            scopes=typed["scopes"],
            email=typed["email"],
            made_up=told is not None,
            who=who,
        )
    except (Invalid, Conflict) as wrong:
        problems = dict(wrong.extra["problems"])
        if "login" in problems:
            problems["user"] = problems.pop("login")
        return _form(None, typed, problems, wrong.status, how)
    if told is None:
        return see("person", id=made, done="person_added")
    return page("secret", one=show(made).person, secret=told, added=True, ended=None)


@blueprint.get("/people/<id>/change")
@gate.allow(gate.ADMIN)
def change_page(id: str) -> Response:
    """The form with what there is."""
    one = show(id).person
    return _form(one, {"name": one.name, "email": one.email or "", "roles": one.roles, "scopes": one.scopes})


@blueprint.post("/people/<id>/change")
@gate.allow(gate.ADMIN)
def change(id: str) -> Response:
    """Change what differs."""
    world, typed, one = services(), _typed(), show(id).person
    staff = one.kind == "staff"
    try:
        _, done = changing.change(
            world.engine,
            world.city,
            world.sources,
            one.id,
            gate.visitor().person,
            name=typed["name"],
            email=typed["email"] if staff else None,
            roles=typed["roles"] if staff else None,
            scopes=typed["scopes"] if staff else None,
        )
    except Invalid as wrong:
        return _form(one, typed, wrong.extra["problems"], wrong.status)
    except Conflict as refused:
        text = refused.extra.get("text")
        problem = {"id": text.id, "en": text.en} if text else {"id": refused.detail, "en": refused.detail}
        return _form(one, typed, {"roles": problem}, refused.status)
    return see("person", id=one.id, done="person_changed" if done else "person_same")


def _typed() -> dict[str, Any]:
    form = request.form
    # Longer than any of them may be is cut where it would be refused anyway.
    return {field: form.get(field, "")[:1_000] for field in FIELDS} | {
        "roles": form.getlist("role"),
        "scopes": without_doubles(form.getlist("scope")),
    }


def _form(
    one: Person | None,
    typed: Mapping[str, Any],
    problems: Mapping[str, Problem] | None = None,
    status: int = 200,
    how: str = MADE_UP,
) -> Response:
    city = services().city
    return page(
        "person_form",
        status,
        one=one,
        staff=one is None or one.kind == "staff",
        typed={field: typed.get(field, "") for field in FIELDS},
        roles=role_boxes(typed.get("roles", ()), language()),
        offices=office_boxes(city, typed.get("scopes", ()), language()),
        problems={field: problem.get(language()) or problem["code"] for field, problem in (problems or {}).items()},
        how=GIVEN if how == GIVEN else MADE_UP,
        longest=duties.LONGEST,
        shortest=passwords.SHORTEST,
        longest_password=passwords.LONGEST,
    )
