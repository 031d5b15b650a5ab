"""The complaint form: drawn, read, checked, sent; and drawn again with everything that was typed."""

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from dataclasses import field as default
from typing import Any

from flask import Response, request
from sqlalchemy.exc import DBAPIError

from schemas.catalogue.model import Field
from schemas.documents import wanted
from schemas.forms import check_form
from schemas.text import Text
from server.pages import filing
from server.pages.filing import Filed
from server.pages.questions import Question, Typed, sections
from server.pages.render import language, later, page
from server.pages.sheet import Sheet
from server.pages.words import Words
from server.services import services
from sync.errors import Busy, TenggatError, TooMany

log = logging.getLogger("tenggat.pages")

# A dot is in no field's name, so these can never be one.
KEY, TRAP, SWITCH = "form.key", "form.page", "form.language"

MAX_FORM = 512 * 1024
"""Bytes of a form as it comes, where a letter may take nine. Twice the longest command: all of it is shown again."""


@dataclass(frozen=True)
class _Notice:
    """What is said above the form that was not sent, though nothing in it is wrong."""

    text: str
    earlier: Filed | None = None


@dataclass(frozen=True)
class _Form:
    """A form under way: what was typed, and what is to be said about it."""

    sheet: Sheet
    key: str
    typed: Typed = default(default_factory=dict)
    problems: Mapping[str, Text] = default(default_factory=dict)
    notice: _Notice | None = None
    trapped: str = ""

    def drawn(self, status: int, wait: int | None = None) -> Response:
        say = Words(language())
        city = services().city
        service = self.sheet.service
        drawn = list(sections(self.sheet, city, self.typed, self.problems, say))
        trap = _trap(self.trapped, say)
        asked = [trap, *(question for section in drawn for question in section.questions)]
        response = page(
            "report",
            status,
            service=service,
            sections=drawn,
            trap=trap,
            wrong=[(question.id, question.reproach) for question in asked if question.error],
            documents=", ".join(say.of(document.label) for document in wanted(service, {})),
            notice=self.notice,
            names={"key": KEY, "switch": SWITCH},
            key=self.key,
        )
        if wait:
            response.headers["Retry-After"] = str(wait)
        return response


def _trap(filled: str, say: Words) -> Question:
    """A field that a person does not see, and that a machine which fills in whatever it finds gives itself away by.
    Where something filled it in for a person, it is shown, and says so."""
    return Question(
        name=TRAP,
        control="input",
        label=say("trap"),
        value=filled,
        error=say("trap_problem") if filled else None,
        attributes={"autocomplete": "off", "tabindex": "-1"},
    )


def empty(sheet: Sheet) -> Response:
    """A form that nobody has typed in."""
    return _Form(sheet, services().sources.new_token()).drawn(200)


def send(sheet: Sheet) -> Filed | Response:
    """What the form in this request became; or the form again, with what to do about it."""
    world = services()
    request.max_content_length = MAX_FORM
    typed = {name: request.form.getlist(name) for name in (f.name for f in sheet.fields) if name in request.form}
    key = request.form.get(KEY, "")
    form = _Form(sheet, key, typed, trapped=request.form.get(TRAP, ""))
    if not filing.is_key(key):
        return _again(form, 422, _said("stale"))
    if SWITCH in request.form:
        return form.drawn(200)
    answers, found = check_form(world.city, sheet.service, sheet.fields, _values(sheet, typed), partial=False)
    problems = {name: problem.text for name, problem in found.items()}
    if problems or form.trapped:
        return _Form(sheet, key, typed, problems, trapped=form.trapped).drawn(422)
    return _sent(form, answers)


def _sent(form: _Form, answers: dict[str, Any]) -> Filed | Response:
    try:
        done = filing.send(services(), form.sheet, form.key, answers, request.remote_addr or "?")
    except TooMany as error:
        wait = error.extra["retry_after"]
        return _same(form, 429, _said("many_reports", when=later(wait)), wait)
    except (Busy, DBAPIError) as error:
        # Under the same key: where the first try was written after all, the next one finds it.
        log.exception("a report could not be stored", exc_info=error)
        return _same(form, 503, _said("busy"), 5)
    except TenggatError:
        # A key that cannot be this form's own: somebody else's, or one of a closed account.
        return _again(form, 422, _said("stale"))
    if isinstance(done, Filed):
        return done
    said = _said("other_content") if done.status == 409 else Words(language()).of(done.text) if done.text else ""
    return _again(form, done.status, said, done.problems, done.earlier)


def _again(
    form: _Form, status: int, said: str, problems: Mapping[str, Text] | None = None, earlier: Filed | None = None
) -> Response:
    """The form under a new key: the old one is used up, or was none."""
    key = services().sources.new_token()
    return _Form(form.sheet, key, form.typed, problems or {}, _Notice(said, earlier), form.trapped).drawn(status)


def _same(form: _Form, status: int, said: str, wait: int) -> Response:
    return _Form(form.sheet, form.key, form.typed, notice=_Notice(said)).drawn(status, wait)


def _said(word: str, **values: object) -> str:
    return Words(language())(word, **values)


def _values(sheet: Sheet, typed: Typed) -> dict[str, Any]:
    """As `check_form` takes them: a list where several may be ticked, else the one that came first."""

    def value(field: Field) -> Any:
        return typed[field.name] if field.type == "multi" else typed[field.name][0]

    return {field.name: value(field) for field in sheet.fields if field.name in typed}
