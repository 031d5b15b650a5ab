"""Refusals as pages, for people: the same problem that a program would get, said in words.

The problem is made where all are made (`server/api/problems.py`); here it is only shown otherwise.
"""

import json
from typing import Final

from flask import Flask, Response, request

from server.api import problems
from server.pages.render import page
from server.pages.words import WORDS

_SAME: Final = {"wrong_method": "not_found", "wrong_media": "not_found"}


def register(app: Flask) -> None:
    """Show the refusals of this application as pages wherever a person asked."""
    app.after_request(_for_people)


def _for_people(response: Response) -> Response:
    if response.mimetype != problems.MEDIA or not _asked_by_a_person(response.status_code):
        return response
    code = json.loads(response.get_data())["code"]
    word = f"refused_{_SAME.get(code, code)}"
    shown = page("refused", response.status_code, word=word if word in WORDS else "refused")
    shown.headers.update({name: value for name, value in response.headers.items() if name in problems.TELLING})
    return shown


def _asked_by_a_person(status: int) -> bool:
    """A page is asked for by its address; what is not there at all by a browser that would rather have HTML."""
    if request.blueprint == "pages":
        return True
    accepts = request.accept_mimetypes
    return status in (404, 405) and accepts.quality("text/html") > accepts.quality(problems.MEDIA)
