"""Signing in and out, and what becomes of a page or a form that nobody signed in has asked for or sent."""

import logging
from datetime import timedelta
from typing import Any, Final

from flask import Response, current_app, request
from sqlalchemy import text
from werkzeug.datastructures import MultiDict
from werkzeug.exceptions import RequestEntityTooLarge

from server.access import accounts, half_way, own_sessions, second_factor, wrong_codes
from server.access.accounts import Known
from server.access.devices import stamp
from server.access.factor_key import KeyGone
from server.access.half_way import HalfWay, TooLate
from server.access.wrong_codes import Shut
from server.admin import gate, sessions
from server.admin.arriving import Arrival
from server.admin.blueprint import blueprint
from server.admin.render import address, first, language, onward, page, see, when, words
from server.services import services
from server.store.database import reading
from server.web import screens
from server.web.built import EXTENSION
from sync.errors import NotSignedIn, PasswordOver, TooMany, WrongCredentials

log = logging.getLogger("tenggat.access")

KEPT: Final = "kept."
"""Before the name of what was typed into a form whose session was over, on its way through signing in."""

LONGEST_CODE: Final = 80
LONGEST_SLIP: Final = 600

SECRET: Final = {"old", "password", "code", "recovery"}
"""Fields that go nowhere but where they were sent. Nothing at all is kept of a form with one: without it the rest would
do something else, or nothing."""
COMES_BACK: Final = {"admin.add_person"}
"""Forms of which the rest is kept all the same, since that is most of it: sent with `AGAIN` they do nothing, and are
drawn once more with what was typed."""
AGAIN: Final = "again"
_MADE_UP: Final = ("how", "made_up")
"""Beside this a form reads no password: what stands in its field, a browser put there."""
_DROPPED: Final = {"csrf", "login", "slip"}


@blueprint.get("/")
@gate.allow(gate.ADMIN, gate.SUPERVISOR)
def start() -> Response:
    """The first page of the menu."""
    return see(first(gate.visitor()))


@blueprint.get("/sign-in")
@gate.allow()
def sign_in_page() -> Response:
    """The form to sign in; whoever is signed in already goes on."""
    if gate.known() is not None:
        return _onward(request.args.get("next", ""))
    said = {"over": "session_over", "out": "signed_out"}.get(request.args.get("said", ""))
    return _asking(said=words()(said) if said else None, onward=request.args.get("next", ""))


@blueprint.post("/sign-in")
@gate.allow()
def sign_in() -> Response:
    """Sign in with the account's own login and password, through the same throttle as a device."""
    world, typed = services(), request.form
    where, kept, path = typed.get("next", ""), _kept(typed), typed.get("path", "")

    def again(status: int, problem: str, **more: Any) -> Response:
        shown = {"onward": where, "login": typed.get("login", ""), "kept": kept, "path": path}
        return _asking(status, problem=problem, **shown, **more)

    if typed.get("again"):
        # Back from the second step, with what is kept on the way.
        return _asking(onward=where, kept=kept, path=path)
    try:
        known = accounts.recognised(
            world, typed.get("login", "")[:120], typed.get("password", "")[:200], request.remote_addr or "?"
        )
    except WrongCredentials:
        return again(401, words()("wrong_credentials"))
    except PasswordOver as over:
        return again(401, over.extra["text"].get(language()))
    except TooMany as error:
        return later(error, again(429, too_many(error)))
    with reading(world.engine) as connection:
        roles = set(connection.execute(_ROLES, {"id": known.person}).scalar_one().split())
        factor = second_factor.of(connection, known.person)
    if not roles & own_sessions.ROLES:
        said = words()("not_here_staff" if known.kind == "staff" else "not_here_citizen")
        built = current_app.extensions[EXTENSION].pages_css is not None
        return again(403, said, app=screens.ME if built else None)
    if factor is None:
        return _begun(known, typed, Arrival("password"))
    log.info("password right", extra={"person": known.person})
    # Nothing is open yet, and no cookie given: the next form alone carries what shows that the password was right.
    told = {"recovery_problem": wrong_codes.shut().extra["text"].get(language())} if factor.shut else {}
    return _asking_code(half_way.begin(world, known.person, known.proved), typed, **told)


@blueprint.get("/sign-in/code")
@gate.allow()
def sign_in_code_page() -> Response:
    """Whoever comes back to the second step without the first begins with that."""
    return see("sign_in_page")


@blueprint.post("/sign-in/code")
@gate.allow()
def sign_in_code() -> Response:
    """The second step: a code of the moment, or a recovery code."""
    world, typed = services(), request.form
    try:
        half = half_way.of(world, typed.get("slip", "")[:LONGEST_SLIP])
    except TooLate:
        return _once_more(typed, "code_too_late")
    except NotSignedIn:
        return _not_half_way(typed)
    recovering = bool(typed.get("recovery"))
    field = "recovery_problem" if recovering else "problem"
    try:
        if recovering:
            here = request.remote_addr or "?"
            found = second_factor.recover(world, half.person, typed["recovery"][:LONGEST_CODE], here)
            arrival = Arrival("recovery code", found.wrong, found)
        else:
            tries = second_factor.prove(world, half.person, typed.get("code", "")[:LONGEST_CODE])
            arrival = Arrival("code", tries)
    except WrongCredentials as wrong:
        return _asking_code(typed["slip"], typed, 401, **{field: wrong.extra["text"].get(language())})
    except TooMany as error:
        return later(error, _asking_code(typed["slip"], typed, 429, **{field: _later_or_paper(error, recovering)}))
    except (KeyGone, Shut) as error:
        # A recovery code opens nevertheless: its field is open, and ready to be typed into.
        return _asking_code(typed["slip"], typed, error.status, recovery_problem=error.extra["text"].get(language()))
    return _begun(half, typed, arrival, typed["slip"])


def _not_half_way(typed: MultiDict[str, str]) -> Response:
    """The first step was ended, or has led on already: whoever pressed twice is in, perhaps by now with the cookie."""
    if gate.known() is not None and not _kept(typed):
        return _onward(typed.get("next", ""))
    return _once_more(typed, "half_way_over")


def _once_more(typed: MultiDict[str, str], said: str) -> Response:
    kept, path = _kept(typed), typed.get("path", "")
    return _asking(401, said=words()(said), onward=typed.get("next", ""), kept=kept, path=path)


def too_many(error: TooMany) -> str:
    """When to try again, in a sentence."""
    until = services().sources.clock() + timedelta(seconds=error.extra["retry_after"] + 59)
    return words()("too_many", when=when(stamp(until)))


def _later_or_paper(error: TooMany, recovering: bool) -> str:
    """Whoever guesses at somebody's phone does not keep them from their paper, and they read so."""
    return too_many(error) if recovering else f"{too_many(error)} {words()('code_paper_opens')}"


def later(error: TooMany, response: Response) -> Response:
    """The same for programs."""
    response.headers["Retry-After"] = str(error.extra["retry_after"])
    return response


def _begun(who: Known | HalfWay, typed: MultiDict[str, str], arrival: Arrival, half: str = "") -> Response:
    """Signed in, and on to where somebody wanted to go. `half`: what the first of two steps left."""
    world, kept, path = services(), _kept(typed), typed.get("path", "")
    try:
        token = sessions.begin(world.engine, world.sources, who.person, who.proved, half)
    except NotSignedIn:
        return _once_more(typed, "half_way_over" if half else "changed_meanwhile")
    log.info("let in", extra={"by": arrival.by, "person": who.person, "kind": "staff"})
    if gate.known() is not None:
        # Whoever signs in anew leaves no session of before behind.
        sessions.end(world.engine, request.cookies[gate.cookie()], world.sources.clock())
    if kept and _is_ours(path):
        # To be sent again, and only by the hand of who typed it.
        fields = [(name.removeprefix(KEPT), value) for name, value in kept]
        shown: dict[str, Any] = {"path": path, "fields": fields, "without_secret": (AGAIN, "1") in fields}
        response = page("send_kept", token=sessions.csrf_of(token), arrival=arrival, **shown)
    elif arrival.told:
        response = page("arrived", onward=_to(typed.get("next", "")), arrival=arrival)
    else:
        response = _onward(typed.get("next", ""))
    response.set_cookie(gate.cookie(), token, **_kept_safe())
    return response


@blueprint.post("/sign-out")
@gate.allow(gate.ADMIN, gate.SUPERVISOR)
def sign_out() -> Response:
    """End this session."""
    world = services()
    sessions.end(world.engine, request.cookies[gate.cookie()], world.sources.clock())
    response = see("sign_in_page", said="out")
    response.delete_cookie(gate.cookie(), **_kept_safe())
    return response


def instead() -> Response:
    """What somebody gets who is not signed in: the form to sign in, with what they had typed kept in it."""
    over = gate.cookie() in request.cookies
    if request.method in ("GET", "HEAD"):
        if gate.ALONE in request.args:
            # A page that asks by itself is told, and nobody is sent anywhere.
            return _asking(401, said=words()("session_over"), onward=request.path)
        query = f"?{request.query_string.decode('ascii', 'replace')}" if request.query_string else ""
        return see("sign_in_page", next=request.path + query, said="over" if over else None)
    try:
        # A name may come more than once: each box that is ticked in a list has the same.
        sent = list(request.form.items(multi=True))
    except RequestEntityTooLarge:
        # No form of ours is as long: nobody typed that.
        sent = []
    had_secret = any(value for name, value in sent if name in SECRET and not (name == "password" and _MADE_UP in sent))
    if had_secret and request.endpoint not in COMES_BACK:
        return _asking(401, said=words()("kept_none"), onward=_form_itself())
    typed = [(f"{KEPT}{name}", value) for name, value in sent if name not in _DROPPED | SECRET]
    if not typed:
        return _asking(401, said=words()("session_over"), onward=address("start"))
    if had_secret:
        typed.append((f"{KEPT}{AGAIN}", "1"))
    return _asking(401, said=words()("kept_but_secret" if had_secret else "kept"), kept=typed, path=request.full_path)


def _form_itself() -> str:
    """The address of the form that was sent, where it is drawn at the one that it is sent to."""
    adapter = current_app.create_url_adapter(request)
    if adapter is None or not adapter.test(request.path, "GET"):
        return address("start")
    return request.full_path.removesuffix("?")


def _kept_safe() -> dict[str, Any]:
    secure = request.is_secure
    return {"path": "/" if secure else "/admin", "httponly": True, "samesite": "Strict", "secure": secure}


def _asking(status: int = 200, **values: Any) -> Response:
    shown = {"said": None, "problem": None, "app": None, "onward": "", "login": "", "kept": [], "path": ""} | values
    return page("sign_in", status, **shown)


def _asking_code(slip: str, typed: MultiDict[str, str], status: int = 200, **problems: str) -> Response:
    shown: dict[str, Any] = {"problem": None, "recovery_problem": None} | problems
    onward, path = typed.get("next", ""), typed.get("path", "")
    return page("sign_in_code", status, slip=slip, onward=onward, kept=_kept(typed), path=path, **shown)


def _kept(typed: MultiDict[str, str]) -> list[tuple[str, str]]:
    return [(name, value) for name, value in typed.items(multi=True) if name.startswith(KEPT)]


def _onward(where: str) -> Response:
    return onward(_to(where))


def _to(where: str) -> str:
    return where if _is_ours(where) else address("start")


def _is_ours(path: str) -> bool:
    """Whether an address leads to our own pages and nowhere else, whatever somebody put into a link."""
    return path.startswith("/admin/") and "\\" not in path and path.isprintable()


_ROLES = text("SELECT roles FROM person WHERE id = :id")
