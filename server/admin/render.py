"""From a template to a response: language, headers, and what stands on every page."""

from datetime import datetime
from typing import Any, Final
from urllib.parse import urlencode

from flask import Response, current_app, render_template, request, url_for

from schemas.explain import moment_in_words
from schemas.text import Language
from server.admin import gate
from server.admin.assets import asset
from server.admin.sessions import Visitor
from server.admin.words import Words
from server.services import services
from server.web.built import EXTENSION

MENU: Final = (
    ("board", frozenset({gate.ADMIN, gate.SUPERVISOR})),
    ("told", frozenset({gate.ADMIN, gate.SUPERVISOR})),
    ("quarantine", frozenset({gate.ADMIN})),
    ("health", frozenset({gate.ADMIN})),
    ("people", frozenset({gate.ADMIN})),
    ("settings", frozenset({gate.ADMIN})),
    ("audit", frozenset({gate.ADMIN})),
)
"""Pages of the menu by their endpoint, which is also the word for them, and who is shown them."""

HEADERS: Final = {
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self';"
    " connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Permissions-Policy": "geolocation=(), camera=(), microphone=(), payment=(), usb=()",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    # Nobody who comes to this computer later may find in its cache what was shown to an admin.
    "Cache-Control": "no-store",
}


def language() -> Language:
    """English where the address says so, else Indonesian; as on the pages for citizens."""
    return "en" if request.args.get("lang") == "en" else "id"


def words() -> Words:
    return Words(language())


def address(page: str, /, **query: Any) -> str:
    """The address of a page in the reader's language; what is None is left out."""
    if language() == "en":
        query["lang"] = "en"
    return url_for(f"admin.{page}", **query)


def numbered() -> int:
    """Which page of a list the address asks for; the first where it says nothing that can be read."""
    asked = request.args.get("page", "")
    return max(1, int(asked)) if asked.isascii() and asked.isdigit() and len(asked) < 6 else 1


def when(stamp: str | None) -> str:
    """A stamp of the database in words and in the city's time."""
    if not stamp:
        return words()("none")
    return moment_in_words(services().calendar.local(datetime.fromisoformat(stamp)), language())


def page(template: str, status: int = 200, **values: Any) -> Response:
    """A page for whoever is signed in. `done` in its address names a sentence of the words (`done_…`) that says what
    the last form did."""
    visitor, say = gate.known(), words()
    done = f"done_{request.args.get('done', '')}"
    body = render_template(
        f"admin/{template}.html",
        say=say,
        city=services().city,
        visitor=visitor,
        csrf=visitor.csrf if visitor else "",
        address=address,
        asset=asset,
        when=when,
        menu=[
            (name, address(name))
            for name, roles in MENU
            if visitor and not visitor.led and roles & visitor.roles and _is_there(name)
        ],
        other=_other_language() if request.method == "GET" else None,
        done=say(done) if say.has(done) else None,
        icon=current_app.extensions[EXTENSION].pages_css is not None,
        **values,
    )
    response = Response(body, status, mimetype="text/html")
    return with_headers(response)


def with_headers(response: Response) -> Response:
    """The response with what every admin page says to a browser."""
    response.headers.update(HEADERS)
    return response


def see(page: str, /, *, done: str | None = None, **query: Any) -> Response:
    """After a form: go and look at a page, which says what was done."""
    return onward(address(page, done=done, **query))


def onward(where: str) -> Response:
    """Go and look at this address."""
    answer = Response(status=303)
    answer.location = where
    return with_headers(answer)


def first(visitor: Visitor) -> str:
    """The page that somebody sees who asked for none in particular."""
    return next(name for name, roles in MENU if roles & visitor.roles and _is_there(name))


def _is_there(name: str) -> bool:
    return f"admin.{name}" in current_app.view_functions


def _other_language() -> str:
    query = [(n, v) for n, v in request.args.items(multi=True) if n not in ("lang", "done", gate.ALONE)]
    if language() == "id":
        query.append(("lang", "en"))
    return "?" + urlencode(query)
