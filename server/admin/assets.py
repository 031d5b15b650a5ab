"""The style sheet and the script, under names that change with their content, so a browser keeps them for ever.

The sheet is written in parts and goes out as one: a page on a slow road waits once.
"""

import hashlib
from functools import cache
from pathlib import Path
from typing import Final

from flask import Response, request, url_for

from server.admin import gate
from server.admin.blueprint import blueprint
from server.api import coding
from server.web.policy import FOREVER
from sync.errors import NotFound

_FOLDER: Final = Path(__file__).parent / "static"
_TYPES: Final = {"admin.css": "text/css", "live.js": "text/javascript"}
_STYLE: Final = ("tokens", "plain", "frame", "forms", "tables", "board", "device", "people", "settings")
"""In this order: what comes later stands above what came before."""


def asset(name: str) -> str:
    """The address of one of them."""
    return url_for("admin.asset_file", name=_named(name))


@blueprint.get("/assets/<name>")
@gate.allow()
def asset_file(name: str) -> Response:
    """A file of these, and of no other name."""
    known = next((known for known in _TYPES if name == _named(known)), None)
    if known is None:
        raise NotFound("there is no such file")
    chosen = coding.choose(request)
    response = Response(_coded(known, chosen), mimetype=_TYPES[known])
    response.headers["Cache-Control"] = FOREVER
    return coding.labelled(response, chosen)


@cache
def _named(name: str) -> str:
    stem, _, ending = name.partition(".")
    return f"{stem}-{hashlib.sha256(_content(name)).hexdigest()[:12]}.{ending}"


@cache
def _coded(name: str, chosen: str | None) -> bytes:
    return coding.smallest(_content(name), chosen)


@cache
def _content(name: str) -> bytes:
    if name == "admin.css":
        return b"\n".join((_FOLDER / "style" / f"{part}.css").read_bytes() for part in _STYLE)
    return (_FOLDER / name).read_bytes()
