"""How somebody comes in, and what ends that: invitations, another password, a lost second factor, sessions, closing the
account."""

from typing import Final

from flask import Response, request

from server.access import admins, asking, closing, own_password, passwords, people
from server.access import invitations as inviting
from server.admin import gate
from server.admin.blueprint import blueprint
from server.admin.people import show
from server.admin.render import language, page, see
from server.admin.signing import later, too_many
from server.domain.covering import Officer, gaps
from server.domain.covering_words import what_to_do, why
from server.services import services
from server.store.database import reading
from sync.errors import Invalid, NotFound, PasswordOver, TooMany, WrongCredentials

GIVEN: Final = "given"


@blueprint.post("/people/<id>/invitations/<invitation>/withdraw")
@gate.allow(gate.ADMIN)
def withdraw(id: str, invitation: str) -> Response:
    """Take an invitation of theirs back."""
    world, shown = services(), show(id)
    if invitation not in {one.id for one in shown.invitations}:
        raise NotFound("this person has no such invitation")
    inviting.withdraw(world.engine, world.sources, invitation, gate.visitor().person)
    return see("person", id=shown.person.id, done="withdrawn")


@blueprint.get("/people/<id>/password")
@gate.allow(gate.ADMIN)
def password_page(id: str) -> Response:
    """Which password, and what becomes of their devices."""
    return _password_form(id)


@blueprint.post("/people/<id>/password")
@gate.allow(gate.ADMIN)
def set_password(id: str) -> Response:
    """Give them another password; one that was made up is shown in this answer alone. Whoever gives it to themselves
    types the present one: a page that was left open gives nobody the account."""
    world, one, typed = services(), show(id).person, request.form
    given = typed.get("password", "") if typed.get("how") == GIVEN else None
    revoke = typed.get("devices") == "revoke"
    try:
        if one.id == gate.visitor().person:
            old = typed.get("old", "")[:200]
            done = own_password.replace(world, one.id, old, given, gate.here(), keep=gate.token(), revoke=revoke)
        else:
            where = (world.engine, world.city, world.sources)
            done = closing.set_password(*where, one.id, gate.visitor().person, given, revoke=revoke)
    except (WrongCredentials, PasswordOver) as wrong:
        return _password_form(id, old=wrong.extra["text"].get(language()), status=wrong.status, revoke=revoke)
    except TooMany as error:
        return later(error, _password_form(id, old=too_many(error), status=error.status, revoke=revoke))
    except Invalid as wrong:
        problem = wrong.extra["problems"]["password"].get(language())
        return _password_form(id, problem, status=wrong.status, revoke=revoke)
    if done.told is None:
        said = "password_revoked" if revoke else "password_given"
        return see("person", id=one.id, done=f"{said}_reopened" if done.opened else said)
    return page("secret", one=one, secret=done.told, added=False, ended=done)


@blueprint.post("/people/<id>/sessions/end")
@gate.allow(gate.ADMIN)
def end_sessions(id: str) -> Response:
    """Sign them out of these pages, wherever they are; oneself everywhere but here."""
    world, one = services(), show(id).person
    closing.end_sessions(world.engine, world.sources, one.id, gate.visitor().person, gate.token())
    return see("person", id=one.id, done="sessions_ended")


@blueprint.get("/people/<id>/second-factor")
@gate.allow(gate.ADMIN)
def factor_page(id: str) -> Response:
    """Asks before somebody's lost phone counts no more; one's own has a page of its own."""
    shown = show(id)
    if shown.person.id == gate.visitor().person:
        return see("own_factor")
    if shown.factor is None:
        return see("person", id=shown.person.id)
    return page("factor_remove", one=shown.person, factor=shown.factor)


@blueprint.post("/people/<id>/second-factor")
@gate.allow(gate.ADMIN)
def remove_factor(id: str) -> Response:
    """Take it away, and end their sessions on these pages."""
    world, one = services(), show(id).person
    admins.refuse_oneself(one.id, gate.visitor().person)
    closing.remove_factor(world.engine, world.sources, one.id, gate.visitor().person)
    return see("person", id=one.id, done="factor_taken")


@blueprint.get("/people/<id>/close")
@gate.allow(gate.ADMIN)
def close_page(id: str) -> Response:
    """Asks before what cannot be undone, and tells what it leaves."""
    world, shown = services(), show(id)
    with reading(world.engine) as connection:
        officers = people.officers(connection)
    missing = set(_gaps([one for one in officers if one.person != shown.person.id])) - set(_gaps(officers))
    return page(
        "close",
        shown=shown,
        one=shown.person,
        reasons=asking.REASONS,
        missing=[
            (why(world.city, gap, language()), what_to_do(gap, language()))
            for gap in gaps(world.city, [one for one in officers if one.person != shown.person.id])
            if gap in missing
        ],
    )


@blueprint.post("/people/<id>/close")
@gate.allow(gate.ADMIN)
def close(id: str) -> Response:
    """Close the account."""
    world, one = services(), show(id).person
    closing.disable(world.engine, world.sources, one.id, gate.visitor().person, request.form.get("why", ""))
    return see("person", id=one.id, done="closed")


@blueprint.post("/people/<id>/open")
@gate.allow(gate.ADMIN)
def open_again(id: str) -> Response:
    """Open the account again."""
    world, one = services(), show(id).person
    closing.enable(world.engine, world.sources, one.id, gate.visitor().person)
    return see("person", id=one.id, done="opened")


def _gaps(officers: list[Officer] | tuple[Officer, ...]) -> tuple[object, ...]:
    return gaps(services().city, officers)


def _password_form(
    id: str, wrong: str | None = None, *, old: str | None = None, status: int = 200, revoke: bool = False
) -> Response:
    """`wrong`: with the new password; `old`: with the present one."""
    one = show(id).person
    return page(
        "password",
        status,
        one=one,
        oneself=one.id == gate.visitor().person,
        wrong=wrong,
        wrong_old=old,
        given=wrong is not None,
        revoke=revoke,
        shortest=passwords.SHORTEST,
        longest=passwords.LONGEST,
    )
