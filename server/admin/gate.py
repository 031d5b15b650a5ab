"""Who may ask for a page: the one place where that is decided, before any page's own code runs.

A route without a word about who may ask it answers nobody.
"""

import hmac
from collections.abc import Callable
from typing import Final, TypeVar, cast
from urllib.parse import urlsplit

from flask import Response, current_app, g, request

from server.access import own_sessions
from server.admin import sessions
from server.admin.sessions import Visitor
from server.services import services
from sync.errors import Forbidden, NotSignedIn

ADMIN: Final = "admin"
SUPERVISOR: Final = "supervisor"
"""Sees the board of their own offices, and changes nothing."""

ALONE: Final = "auto"
"""The parameter that a page sends when it asks by itself, and nobody did anything."""

View = TypeVar("View", bound=Callable[..., Response])

_MARK: Final = "allowed_roles"


def allow(*roles: str) -> Callable[[View], View]:
    """Say who may ask a route: people with one of these roles; without any, everybody."""

    def mark(view: View) -> View:
        setattr(view, _MARK, frozenset(roles))
        return view

    return mark


def allowed(endpoint: str) -> frozenset[str] | None:
    """Who may ask this route of the application; None where nothing was said."""
    return cast(frozenset[str] | None, getattr(current_app.view_functions[endpoint], _MARK, None))


def visitor() -> Visitor:
    """Who is signed in, on a page that only somebody signed in can ask for."""
    found = known()
    assert found is not None, "the gate lets nobody in who is not signed in"
    return found


def known() -> Visitor | None:
    """Who is signed in; None on the pages that are for everybody."""
    found: Visitor | None = g.get("admin_visitor")
    return found


def cookie() -> str:
    """What the session's cookie is called on the way that this request came."""
    return sessions.LOCKED if request.is_secure else sessions.COOKIE


def token() -> str:
    """The session's cookie, as it came."""
    return request.cookies.get(cookie(), "")


def here() -> str:
    """The name of the session, which tells nothing of its cookie."""
    return own_sessions.here(token())


def watch() -> None:
    """Before each request of the blueprint. `NotSignedIn`; `Forbidden` for people without the roles, and for a form
    that was not drawn for them."""
    _refuse_foreign()
    roles = allowed(request.endpoint or "")
    if roles is None:
        raise Forbidden("this page does not say who may see it")
    world = services()
    g.admin_visitor = sessions.visitor_of(
        world.engine,
        token(),
        world.sources.clock(),
        own=ALONE not in request.args,
    )
    if not roles:
        return
    if g.admin_visitor is None:
        raise NotSignedIn("sign in first")
    if not roles & g.admin_visitor.roles:
        raise Forbidden("your roles do not open this page")
    if request.method not in ("GET", "HEAD") and not hmac.compare_digest(
        request.form.get("csrf", "").encode("utf-8", "replace"), visitor().csrf.encode()
    ):
        raise Forbidden("this form was drawn for another session")


def _refuse_foreign() -> None:
    """No other site's page sends anything here. Browsers say where a form comes from; the cookie that they leave at
    home (SameSite) would not hold back a sign-in in somebody else's name."""
    if request.method in ("GET", "HEAD"):
        return
    # Older browsers say the origin alone, which is right only where every proxy hands on the name that was asked for.
    site, origin = request.headers.get("Sec-Fetch-Site"), request.headers.get("Origin")
    ours = site in ("same-origin", "none") if site else origin is None or urlsplit(origin).netloc == request.host
    if not ours:
        raise Forbidden("a form of another site")
