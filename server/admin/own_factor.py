"""One's own second factor: set up, replaced, taken away, and its recovery codes. Each asks for the password again, so
that a page which was left open gives nobody the account."""

from typing import Final

from flask import Response, request

from server.access import city_settings, closing, own_password, second_factor, totp, wrong_codes
from server.access.second_factor import Offer, Stale
from server.admin import gate, sessions
from server.admin.blueprint import blueprint
from server.admin.inviting import drawn
from server.admin.render import language, page, see, words
from server.admin.signing import LONGEST_CODE, LONGEST_SLIP, later, too_many
from server.services import services
from sync.errors import Conflict, Invalid, PasswordOver, TooMany, WrongCredentials

DEEDS: Final = frozenset({"set_up", "confirm", "codes", "remove"})


@blueprint.get("/second-factor")
@gate.allow(gate.ADMIN, gate.SUPERVISOR)
def own_factor() -> Response:
    """Whether one has it, and what can be done."""
    return _shown()


@blueprint.post("/second-factor")
@gate.allow(gate.ADMIN, gate.SUPERVISOR)
def change_own_factor() -> Response:
    """One of the deeds, with the password; a first code needs none, because what it confirms was shown for one."""
    deed, typed = request.form.get("do", ""), request.form
    if deed not in DEEDS:
        raise Invalid("this is none of the deeds of the page")
    try:
        if deed == "confirm":
            return _confirm(typed.get("slip", "")[:LONGEST_SLIP], typed.get("code", "")[:LONGEST_CODE])
        own_password.prove(services(), gate.visitor().person, typed.get("password", "")[:200], gate.here())
        return {"set_up": _set_up, "codes": _codes, "remove": _remove}[deed]()
    except (WrongCredentials, PasswordOver) as wrong:
        return _shown(wrong.extra["text"].get(language()), wrong.status)
    except TooMany as error:
        return later(error, _shown(too_many(error), error.status))


def _set_up() -> Response:
    return _offered(second_factor.offer(services(), gate.visitor().person))


def _confirm(slip: str, code: str) -> Response:
    world, visitor = services(), gate.visitor()
    try:
        told = second_factor.confirm(world, visitor.person, slip, code, gate.token())
    except Stale as stale:
        return _shown(stale.extra["text"].get(language()), stale.status)
    except WrongCredentials as wrong:
        return _again(slip, wrong.extra["text"].get(language()), wrong.status)
    except TooMany as error:
        return later(error, _again(slip, too_many(error), error.status))
    return page("factor_codes", codes=told, fresh=True)


def _again(slip: str, problem: str, status: int) -> Response:
    """The same picture: it is in the app already."""
    return _offered(Offer(second_factor.offered(services(), gate.visitor().person, slip), slip), problem, status)


def _codes() -> Response:
    return page("factor_codes", codes=second_factor.new_codes(services(), gate.visitor().person), fresh=False)


def _remove() -> Response:
    world, visitor = services(), gate.visitor()
    if _wanted():
        raise Conflict("the city wants a second factor of its admins; replace it instead", text=second_factor.WANTED)
    closing.remove_factor(world.engine, world.sources, visitor.person, visitor.person, gate.token())
    return see("own_factor", done="factor_removed")


def _wanted() -> bool:
    """Whether the city wants one of whoever is here."""
    return bool(sessions.MUST & gate.visitor().roles) and city_settings.as_set(services().engine).admin_factor


def _shown(problem: str | None = None, status: int = 200) -> Response:
    visitor = gate.visitor()
    factor = second_factor.held(services().engine, visitor.person)
    return page(
        "own_factor",
        status,
        factor=factor,
        most=second_factor.CODES,
        most_wrong=wrong_codes.MOST,
        wanted=_wanted(),
        must=visitor.must_set_up,
        problem=problem,
    )


def _offered(shown: Offer, problem: str | None = None, status: int = 200) -> Response:
    link = totp.address(shown.secret, gate.visitor().login, words().of(services().city.name))
    return page(
        "factor_offered",
        status,
        link=link,
        picture=drawn(link),
        secret=totp.grouped(shown.secret),
        slip=shown.slip,
        problem=problem,
    )
