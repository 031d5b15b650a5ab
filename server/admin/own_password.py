"""A password of one's own in the place of the present one."""

from flask import Response, request

from server.access import own_password, passwords
from server.admin import gate
from server.admin.blueprint import blueprint
from server.admin.render import first, language, page, see
from server.admin.signing import later, too_many
from server.services import services
from sync.errors import Invalid, PasswordOver, TooMany, WrongCredentials


@blueprint.get("/password")
@gate.allow(gate.ADMIN, gate.SUPERVISOR)
def own_password_page() -> Response:
    """The form; whoever signed in with a password that was made up is led here first."""
    return _form()


@blueprint.post("/password")
@gate.allow(gate.ADMIN, gate.SUPERVISOR)
def change_own_password() -> Response:
    """Change it, with the present one. One's other sessions end."""
    world, visitor, typed = services(), gate.visitor(), request.form
    try:
        old, password = typed.get("old", "")[:200], typed.get("password", "")
        own_password.replace(world, visitor.person, old, password, gate.here(), keep=gate.token())
    except (WrongCredentials, PasswordOver) as wrong:
        return _form(old=wrong.extra["text"].get(language()), status=wrong.status)
    except TooMany as error:
        return later(error, _form(old=too_many(error), status=error.status))
    except Invalid as wrong:
        return _form(wrong.extra["problems"]["password"].get(language()), status=wrong.status)
    return see(first(visitor), done="password_chosen")


def _form(wrong: str | None = None, *, old: str | None = None, status: int = 200) -> Response:
    """`wrong`: with the new password; `old`: with the present one."""
    must = gate.visitor().must_choose
    limits = {"shortest": passwords.SHORTEST, "longest": passwords.LONGEST}
    return page("own_password", status, wrong=wrong, wrong_old=old, must=must, **limits)
