"""Who is told what, what waits to leave by mail, and what could not."""

import json
from datetime import date
from typing import Any, Final

from flask import Response, request
from sqlalchemy import Engine, text

from schemas.explain import date_in_words
from server.access import city_settings
from server.admin import gate
from server.admin.blueprint import blueprint
from server.admin.render import language, numbered, page, see, words
from server.admin.telling import Telling
from server.domain.workflow import stage_of
from server.notices import addresses, held, sending, telling
from server.notices.held import Notice, Shown
from server.notices.post import LetterRefused, MailNotSet, MailServer, MailUnreachable
from server.services import services
from server.store.database import reading
from sync.errors import Invalid

PAGE: Final = 50
SHOWN: Final[tuple[Shown, ...]] = ("all", "waiting", "failed", "sent", "kept", "grants")


@blueprint.get("/notices")
@gate.allow(gate.ADMIN)
def notices() -> Response:
    """The newest first, of those asked for."""
    return _shown()


@blueprint.post("/notices/retry")
@gate.allow(gate.ADMIN)
def notices_retry() -> Response:
    """Put what could not be sent in line again."""
    world, key = services(), request.form.get("key", "")[:200]
    held.retry(world.engine, gate.visitor().person, world.sources.clock(), key=key or None)
    return see("notices", show="waiting", done="notice_retry")


@blueprint.post("/notices/test")
@gate.allow(gate.ADMIN)
def notices_test() -> Response:
    """Send a letter now, to see whether letters arrive."""
    typed, say = request.form.get("to", "")[:300], words()
    try:
        to = addresses.address(typed)
    except Invalid:
        to = None
    if to is None:
        return _shown(422, to=typed, wrong=say("notices_test_wrong"))
    try:
        sending.trial(services(), to)
    except (MailNotSet, MailUnreachable, LetterRefused) as error:
        return _shown(502, to=typed, wrong=say("notices_test_failed", why=error.detail))
    return see("notices", done="notice_test")


def _shown(status: int = 200, **more: Any) -> Response:
    world, asked = services(), request.args.get("show", "")
    show: Shown = asked if asked in SHOWN else "all"
    number = numbered()
    found = held.notices(world.engine, show, most=PAGE + 1, skip=(number - 1) * PAGE)
    with reading(world.engine) as connection:
        counts = held.counts(connection)
    values: dict[str, Any] = {"to": "", "wrong": None} | more
    return page(
        "notices",
        status,
        items=found[:PAGE],
        more=len(found) > PAGE,
        number=number,
        show=show,
        choices=SHOWN,
        counts=counts,
        mail=_mail(),
        nowhere=_without_address(world.engine),
        tell=Telling(words(), world.sources.clock()),
        line=_line,
        kind=lambda one: words().of(telling.name_of(one.kind)),
        why=_why,
        evidence=_evidence,
        **values,
    )


def _mail() -> tuple[str, str]:
    """How it stands with mail: a level and a sentence."""
    say, world = words(), services()
    if world.smtp is None:
        return "said", say("notices_mail_unset")
    if not city_settings.as_set(world.engine).notice_email:
        return "said", say("notices_mail_off")
    try:
        server = MailServer.of(world.smtp)
    except MailNotSet as error:
        return "problem", say("notices_mail_wrong", why=error.detail)
    return "done", say("notices_mail_on", server=f"{server.host}:{server.port}")


def _without_address(engine: Engine) -> int:
    with reading(engine) as connection:
        return int(connection.execute(_NOWHERE).scalar() or 0)


def _line(one: Notice) -> str:
    return telling.line(one, services().city, language())


def _why(one: Notice) -> str | None:
    """What kept it, in words where there are some."""
    say = words()
    return say(f"notice_why_{one.why}") if one.why and say.has(f"notice_why_{one.why}") else one.why


def _evidence(one: Notice) -> tuple[str, str] | None:
    """What a date rests on that silence may count from: a sentence, and all of it as JSON."""
    ledger = one.details.get("ledger")
    if not isinstance(ledger, dict):
        return None
    try:
        stage = stage_of(services().city.service(one.service or ""), one.stage or "")
    except KeyError:
        stage = None
    told = words()(
        "notice_evidence_told",
        on=_day(one.details["on"]),
        stage=words().of(stage.label) if stage else one.stage,
        start=_day(ledger["start"]),
        days=ledger["days"],
        skips=len(ledger.get("skips", ())),
        pauses=sum(pause.get("days", 0) for pause in ledger.get("pauses", ())),
        due=_day(ledger["due"]),
    )
    return told, json.dumps(one.details, indent=2, ensure_ascii=False)


def _day(stamp: str) -> str:
    return date_in_words(date.fromisoformat(stamp), language())


_NOWHERE = text("SELECT count(*) FROM person WHERE kind = 'staff' AND disabled IS NULL AND email IS NULL")
