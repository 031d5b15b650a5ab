"""What whoever is signed in was told themselves: also what was never sent by mail, since there is no server for it, or
no address of theirs."""

from collections.abc import Sequence
from typing import Final

from flask import Response
from sqlalchemy import bindparam, text

from server.admin import gate
from server.admin.blueprint import blueprint
from server.admin.render import address, language, numbered, page, words
from server.notices import held, telling
from server.notices.held import Notice
from server.services import services
from server.store.database import reading
from server.web import screens

PAGE: Final = 50


@blueprint.get("/told")
@gate.allow(gate.ADMIN, gate.SUPERVISOR)
def told() -> Response:
    """The newest first, of one's own and of nobody else's."""
    number = numbered()
    found = held.of_person(services().engine, gate.visitor().person, most=PAGE + 1, skip=(number - 1) * PAGE)
    owners = _owners(found)
    return page(
        "told",
        owner=lambda one: owners.get(one.device),
        items=found[:PAGE],
        more=len(found) > PAGE,
        number=number,
        line=lambda one: telling.line(one, services().city, language()),
        kind=lambda one: words().of(telling.name_of(one.kind)),
        where=_where,
        go=_go,
    )


def _go(one: Notice) -> str:
    """The same in words."""
    if one.kind == "codes_shut":
        return words()("factor" if telling.about(one) is None else "told_account")
    return words()("told_device" if one.device else "told_case" if one.case else "told_work")


def _where(one: Notice) -> str:
    """Where to go about it: the device's history, the page of a second factor, or the case in the app that its officers
    have."""
    if one.kind == "codes_shut":
        other = telling.about(one)
        return address("person", id=other) if other else address("own_factor")
    if one.device is not None:
        return address("device", id=one.device)
    return screens.case(one.case) if one.case else screens.WORK


def _owners(found: Sequence[Notice]) -> dict[str, str]:
    """Whose devices these are, by their ids. A letter names nobody; here nobody reads along."""
    ids = sorted({one.device for one in found if one.device is not None})
    if not ids:
        return {}
    with reading(services().engine) as connection:
        return {row.id: row.name for row in connection.execute(_OWNERS, {"ids": ids})}


_OWNERS = text("SELECT d.id, p.name FROM device d JOIN person p ON p.id = d.person_id WHERE d.id IN :ids").bindparams(
    bindparam("ids", expanding=True)
)
