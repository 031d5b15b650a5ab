"""Signing in and out, and what becomes of a page or a form that nobody signed in has asked for or sent."""

from datetime import timedelta
from typing import Any, Final

from flask import Response, request
from sqlalchemy import text
from werkzeug.datastructures import MultiDict
from werkzeug.exceptions import RequestEntityTooLarge

from server.access import accounts
from server.access.devices import stamp
from server.admin import gate, sessions
from server.admin.blueprint import blueprint
from server.admin.render import address, first, onward, page, see, when, words
from server.services import services
from server.store.database import reading
from sync.errors import TooMany, WrongCredentials

KEPT: Final = "kept."
"""Before the name of what was typed into a form whose session was over, on its way through signing in."""

_SECRET: Final = {"csrf", "login", "password"}


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

    def again(status: int, problem: str) -> Response:
        return _asking(status, problem=problem, onward=where, login=typed.get("login", ""), kept=kept, path=path)

    try:
        person, _ = accounts.recognised(
            world, typed.get("login", "")[:120], typed.get("password", "")[:200], request.remote_addr or "?"
        )
    except WrongCredentials:
        return again(401, words()("wrong_credentials"))
    except TooMany as error:
        until = world.sources.clock() + timedelta(seconds=error.extra["retry_after"] + 59)
        response = again(429, words()("too_many", when=when(stamp(until))))
        response.headers["Retry-After"] = str(error.extra["retry_after"])
        return response
    with reading(world.engine) as connection:
        roles = set(connection.execute(_ROLES, {"id": person}).scalar_one().split())
    if not roles & sessions.ROLES:
        return again(403, words()("not_staff"))
    if gate.known() is not None:
        # Whoever signs in anew leaves no session of before behind.
        sessions.end(world.engine, request.cookies[gate.cookie()], world.sources.clock())
    token = sessions.begin(world.engine, world.sources, person)
    if kept and _is_ours(path):
        # To be sent again, and only by the hand of who typed it.
        fields = [(name.removeprefix(KEPT), value) for name, value in kept]
        response = page("send_kept", path=path, fields=fields, token=sessions.csrf_of(token))
    else:
        response = _onward(where)
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
        typed = [(f"{KEPT}{name}", value) for name, value in request.form.items(multi=True) if name not in _SECRET]
    except RequestEntityTooLarge:
        # No form of ours is as long: nobody typed that.
        typed = []
    if not typed:
        return _asking(401, said=words()("session_over"), onward=address("start"))
    return _asking(401, said=words()("kept"), kept=typed, path=request.full_path)


def _kept_safe() -> dict[str, Any]:
    secure = request.is_secure
    return {"path": "/" if secure else "/admin", "httponly": True, "samesite": "Strict", "secure": secure}


def _asking(status: int = 200, **values: Any) -> Response:
    shown = {"said": None, "problem": None, "onward": "", "login": "", "kept": [], "path": ""} | values
    return page("sign_in", status, **shown)


def _kept(typed: MultiDict[str, str]) -> list[tuple[str, str]]:
    return [(name, value) for name, value in typed.items(multi=True) if name.startswith(KEPT)]


def _onward(where: str) -> Response:
    return onward(where if _is_ours(where) else address("start"))


def _is_ours(path: str) -> bool:
    """Whether an address leads to our own pages and nowhere else, whatever somebody put into a link."""
    return path.startswith("/admin/") and "\\" not in path and path.isprintable()


_ROLES = text("SELECT roles FROM person WHERE id = :id")
