"""The pages' addresses. No cookie is set or read: nothing speaks for a person but what they type, so there is nothing
that another site could make them send (CSRF), and no token against it."""

from flask import Blueprint, Response, abort, request

from schemas.form_problems import REQUIRED
from schemas.text import Text
from server.api import tracking
from server.pages import reporting
from server.pages.questions import Question
from server.pages.render import address, language, later, page
from server.pages.sheet import sheet_of
from server.pages.standing import standing_of
from server.pages.words import WORDS, Words
from server.services import services
from server.web.policy import PAGE_HEADERS
from sync.errors import NotFound, TooMany

blueprint = Blueprint("pages", __name__, template_folder="templates")


@blueprint.get("/")
def home() -> Response:
    """Reached only where there is no built app in front."""
    return page("unbuilt", 503, both=[Words("id"), Words("en")])


@blueprint.get("/lacak")
def track() -> Response:
    """Where a case stands, for whoever has its number and code; the form to type them in, for all others."""
    if "code" not in request.args:
        return _asking(200, {})
    missing = {name: REQUIRED.text for name in ("number", "code") if not request.args.get(name, "").strip()}
    if missing:
        return _asking(422, missing)
    world = services()
    try:
        record = tracking.find(world, request.args["number"], request.args["code"], request.remote_addr or "?")
    except NotFound:
        # On both, so that nobody learns which of the two was right.
        return _asking(404, dict.fromkeys(("number", "code"), WORDS["not_found_case"]))
    except TooMany as error:
        return _asking(429, {}, error.extra["retry_after"])
    return page("case", case=standing_of(world, record, language()), code=record.code, receipt="new" in request.args)


def _asking(status: int, problems: dict[str, Text], wait: int | None = None) -> Response:
    world, say = services(), Words(language())
    sheet = sheet_of(world.city)
    service = sheet.service if sheet else world.city.services[0]
    example = f"{service.prefix}-{world.calendar.local(world.sources.clock()):%Y}-000123"
    hints = {"number": say("number_hint", example=example), "code": say("code_hint")}
    questions = [
        Question(
            name=name,
            control="input",
            label=say(name),
            hints=(hint,),
            value=request.args.get(name, ""),
            error=say.of(problems[name]) if name in problems else None,
            attributes={"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"},
        )
        for name, hint in hints.items()
    ]
    # One problem of two fields is told once.
    told = {question.error or "": question for question in reversed(questions)}
    response = page(
        "track",
        status,
        questions=questions,
        wrong=[(question.id, problem) for problem, question in reversed(told.items()) if problem],
        until=later(wait) if wait else None,
    )
    if wait:
        response.headers["Retry-After"] = str(wait)
    return response


@blueprint.get("/lapor")
def report() -> Response:
    """An empty complaint form, with a key of its own."""
    sheet = sheet_of(services().city) or abort(404)
    return reporting.empty(sheet)


@blueprint.post("/lapor")
def send() -> Response:
    """The form as it was filled in: a receipt, or the form again with all that was typed."""
    sheet = sheet_of(services().city) or abort(404)
    filed = reporting.send(sheet)
    if isinstance(filed, Response):
        return filed
    # What comes next is the page that anybody with number and code sees: it stands for itself, can be kept and opened
    # again, and tells nothing that those two do not.
    where = address("track", number=filed.number, code=filed.code, new="1")
    answer = Response(status=303, headers=PAGE_HEADERS)
    answer.location = where
    return answer
