"""Refusals as pages in the admin frame; made where all refusals are made (`server/api/problems.py`), shown here."""

import json

from flask import Flask, Response, request

from schemas.text import Text
from server.admin import signing
from server.admin.blueprint import blueprint
from server.admin.render import page, words
from server.api import problems


def register(app: Flask) -> None:
    """Show refusals of the admin pages as pages."""
    app.after_request(_for_admins)


def _for_admins(response: Response) -> Response:
    if request.blueprint != blueprint.name or response.mimetype != problems.MEDIA:
        return response
    if response.status_code == 401:
        return signing.instead()
    told, say = json.loads(response.get_data()), words()
    code = {"wrong_method": "not_found"}.get(told["code"], told["code"])
    word = f"refused_{code}" if say.has(f"refused_{code}_lead") else "refused"
    spoken = told.get("text")
    shown = page(
        "refused",
        response.status_code,
        word=word,
        spoken=say.of(Text(**spoken)) if spoken else None,
        detail=told["detail"] if response.status_code < 500 else None,
    )
    shown.headers.update({name: value for name, value in response.headers.items() if name in problems.TELLING})
    return shown
