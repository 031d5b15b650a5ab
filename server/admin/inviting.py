"""An invitation made on a page: the link and its QR code, shown in one answer and never again."""

from typing import Any, Final

import segno
from flask import Response, request
from markupsafe import Markup

from server.access import invitations, linking
from server.admin import gate
from server.admin.blueprint import blueprint
from server.admin.people import show
from server.admin.render import page, words
from server.services import services
from sync.errors import Invalid

LONGEST: Final = 300
"""Letters of an address."""


@blueprint.get("/people/<id>/invite")
@gate.allow(gate.ADMIN)
def invite_page(id: str) -> Response:
    """For how long, and where devices reach the server: as the city says, or else as this browser reached it."""
    return _form(id, str(invitations.DAYS), services().address or request.host_url.rstrip("/"))


@blueprint.post("/people/<id>/invite")
@gate.allow(gate.ADMIN)
def invite(id: str) -> Response:
    """Make the invitation, and show it this once."""
    world, say = services(), words()
    days, typed = request.form.get("days", "")[:10].strip(), request.form.get("address", "")[:LONGEST]
    problems = {}
    if not (days.isascii() and days.isdigit() and 1 <= int(days) <= invitations.MOST_DAYS):
        problems["days"] = say("invite_days_wrong", n=invitations.MOST_DAYS)
    try:
        address = linking.address_of(typed)
    except Invalid:
        problems["address"] = say("invite_address_wrong")
    if problems:
        return _form(id, days, typed, problems)
    one = show(id).person
    pinned = linking.pinned(world.certificate, address)
    code, made = invitations.invite(world.engine, world.sources, one.login, int(days), gate.visitor().person)
    link = linking.link_of(address, code, pinned)
    return page("invited", one=one, link=link, made=made, picture=drawn(link), notes=_notes(address, pinned))


def drawn(link: str) -> Markup:
    """The QR code, black on white in any theme, as a camera wants it; part of the page, since whatever had an address
    of its own would stand in logs and caches."""
    picture = segno.make(link, error="m", micro=False)
    return Markup(picture.svg_inline(omitsize=True, light="#fff", svgclass="qr", lineclass=None))  # noqa: S704 - drawn


def _notes(address: str, pinned: str | None) -> list[str]:
    say = words()
    found = []
    if linking.is_local(address):
        found.append(say("invited_local"))
    elif address.startswith("http:"):
        found.append(say("invited_plain"))
    return [*found, *([say("invited_pinned")] if pinned else [])]


def _form(id: str, days: str, address: str, problems: dict[str, Any] | None = None) -> Response:
    return page(
        "invite",
        422 if problems else 200,
        one=show(id).person,
        days=days,
        address_typed=address,
        problems=problems or {},
        most=invitations.MOST_DAYS,
        longest=LONGEST,
    )
