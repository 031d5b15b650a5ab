"""From a template to a response: language, headers, style sheet, and what stands on every page."""

import gzip
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

from flask import Response, current_app, render_template, request, url_for

from schemas.explain import moment_in_words
from schemas.text import Language
from server.api import coding
from server.pages.sheet import sheet_of
from server.pages.words import Words
from server.services import services
from server.web import policy
from server.web.built import EXTENSION

WORTH_PACKING = 1_000
"""Bytes from which a page is compressed; a smaller one fits into one packet anyway."""


def language() -> Language:
    """English where the address says so, else Indonesian. The address alone: there is no cookie to remember it in."""
    return "en" if request.args.get("lang") == "en" else "id"


def address(page: str, **query: str) -> str:
    """The address of a page in the reader's language."""
    if language() == "en":
        query["lang"] = "en"
    found = url_for(f"pages.{page}")
    return f"{found}?{urlencode(query)}" if query else found


def later(seconds: int) -> str:
    """That many seconds from now, in words and in the city's time."""
    world = services()
    # To the minute after, because a wait that is told a few seconds short is refused again.
    moment = world.calendar.local(world.sources.clock() + timedelta(seconds=seconds + 59))
    return moment_in_words(moment, language())


def page(template: str, status: int = 200, **values: Any) -> Response:
    """A page: complete, self-contained, and the same for everybody who may ask for it."""
    city, say = services().city, Words(language())
    body = render_template(
        f"{template}.html",
        say=say,
        city=city,
        address=address,
        other=_other_language() if request.method == "GET" else None,
        style=current_app.extensions[EXTENSION].pages_css,
        reports=sheet_of(city) is not None,
        **values,
    )
    response = Response(body, status, mimetype="text/html")
    response.headers.update(policy.PAGE_HEADERS)
    return _packed(response)


def _other_language() -> str:
    """This very page in the other language, with all else that its address says."""
    query = [(name, value) for name, value in request.args.items(multi=True) if name != "lang"]
    if language() == "id":
        query.append(("lang", "en"))
    # Relative to the page itself, so that no part of a path that somebody made up ever stands in a link.
    return "?" + urlencode(query)


def _packed(response: Response) -> Response:
    # What stands on a page is shown to whoever typed it, and no cookie speaks for anybody, so the length of a packed
    # page tells nobody anything (BREACH needs both).
    small = response.calculate_content_length() or 0
    named = any(name.lower() == "gzip" and quality > 0 for name, quality in request.accept_encodings)
    if small < WORTH_PACKING or not named:
        return coding.labelled(response, None)
    response.set_data(gzip.compress(response.get_data(), 6))
    return coding.labelled(response, "gzip")
