"""What was set aside: looked at, tried again, corrected, or refused with an answer to its sender."""

from typing import Any, Final

import msgspec
from flask import Response, request

from schemas.text import Text
from server.admin import gate
from server.admin.blueprint import blueprint
from server.admin.render import numbered, page, see, words
from server.commands import amendments
from server.commands import quarantine as held
from server.commands.amendments import NotDone
from server.commands.quarantine import Item
from server.services import services
from sync.errors import Invalid

PAGE: Final = 50
LONGEST: Final = 1_000
"""Letters of an answer."""


@blueprint.get("/quarantine")
@gate.allow(gate.ADMIN)
def quarantine() -> Response:
    """All that lies there, the longest first."""
    engine, number = services().engine, numbered()
    device = request.args.get("device", "")[:36]
    found = held.items(engine, device=device or None, most=PAGE + 1, skip=(number - 1) * PAGE)
    return page(
        "quarantine",
        items=found[:PAGE],
        number=number,
        more=len(found) > PAGE,
        all=held.count(engine),
        device=device,
        recent=held.recent(engine),
        service_name=_service,
    )


@blueprint.get("/quarantine/<key>")
@gate.allow(gate.ADMIN)
def quarantined(key: str) -> Response:
    """One thing, without what somebody typed."""
    return _shown(_item(key))


@blueprint.post("/quarantine/<key>/payload")
@gate.allow(gate.ADMIN)
def payload(key: str) -> Response:
    """The same with what was sent; that it was looked at is noted."""
    item = _item(key)
    return _shown(item, line=_pretty(_payload(key)))


@blueprint.post("/quarantine/<key>/retry")
@gate.allow(gate.ADMIN)
def retry(key: str) -> Response:
    """Carry it out as it is, in its sender's name."""
    world, item = services(), _item(key)
    if item.seq is None or item.stray:
        raise Invalid("a line without a key can only be corrected or laid aside")
    try:
        amendments.retry(world.commands, item.instance, item.seq, gate.visitor().person)
    except NotDone as refused:
        return _shown(item, 409, refused=_reason(refused))
    return see("quarantine", done="retried")


@blueprint.post("/quarantine/<key>/correct")
@gate.allow(gate.ADMIN)
def correct(key: str) -> Response:
    """Carry out another line in its place. What was typed here stays, whatever is wrong with it."""
    world, item, typed = services(), _item(key), request.form.get("line", "")
    try:
        line = _line(typed)
        if item.seq is None or item.stray:
            held.correct_stray(world.commands, key, gate.visitor().person, line)
        else:
            amendments.retry(world.commands, item.instance, item.seq, gate.visitor().person, line)
    except NotDone as refused:
        return _shown(item, 409, line=typed, refused=_reason(refused))
    except Invalid as wrong:
        return _shown(item, 422, line=typed, wrong=wrong.detail)
    return see("quarantine", done="corrected")


@blueprint.post("/quarantine/<key>/reject")
@gate.allow(gate.ADMIN)
def reject(key: str) -> Response:
    """Refuse it in these words."""
    world, item, typed = services(), _item(key), request.form.get("words", "")
    if not typed.strip() or len(typed) > LONGEST or item.seq is None or item.stray:
        return _shown(item, 422, answer=typed, answer_wrong=words()("answer_wrong", n=LONGEST))
    amendments.reject(world.commands, item.instance, item.seq, gate.visitor().person, typed)
    return see("quarantine", done="rejected")


@blueprint.post("/quarantine/<key>/dismiss")
@gate.allow(gate.ADMIN)
def dismiss(key: str) -> Response:
    """Lay a line without a key aside for good."""
    held.dismiss_stray(services().commands, key, gate.visitor().person)
    return see("quarantine", done="dismissed")


def _item(key: str) -> Item:
    return held.item(services().engine, key)


def _payload(key: str) -> bytes:
    world = services()
    return held.read_payload(world.engine, world.commands, key, gate.visitor().person)


def _shown(item: Item, status: int = 200, **more: Any) -> Response:
    values = {"line": None, "refused": None, "wrong": None, "answer": "", "answer_wrong": None} | more
    return page("quarantined", status, item=item, longest=LONGEST, service_name=_service, **values)


def _service(code: str | None) -> str:
    """A service in words; its code where the city has it no more."""
    if not code:
        return ""
    try:
        return words().of(services().city.service(code).name)
    except KeyError:
        return code


def _reason(refused: NotDone) -> str:
    """Why it still cannot be done, with the problems by field."""
    say, result = words(), refused.result
    told = [say.of(Text(**result.text))] if result.text else [result.code or ""]
    for name, problem in ((result.details or {}).get("problems") or {}).items():
        if isinstance(problem, dict) and problem.get(say.language):
            told.append(f"{name}: {problem[say.language]}")
    return " ".join(told)


def _pretty(line: bytes) -> str:
    """The line with its parts on lines of their own, for people; as it came where it is no JSON."""
    try:
        return msgspec.json.format(line, indent=2).decode()
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return line.decode("utf-8", "replace")


def _line(typed: str) -> bytes:
    """What was typed, as the one line that a command is. `Invalid` where it is no JSON."""
    try:
        return msgspec.json.encode(msgspec.json.decode(typed.encode()))
    except (msgspec.MsgspecError, UnicodeEncodeError, RecursionError) as error:
        raise Invalid(f"this is no JSON: {error}") from None
