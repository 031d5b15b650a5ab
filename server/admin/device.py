"""One device: how it stands and stood, why it is stuck, and what an admin may ask of it."""

import json
from datetime import timedelta
from typing import Final

from flask import Response, request

from schemas.roles import role_name
from server.access import asking, city_settings, contacts, roster
from server.access.roster import Chosen
from server.admin import board, chart, gate
from server.admin.blueprint import blueprint
from server.admin.render import language, page, see, with_headers, words
from server.admin.survey import Row, row_of
from server.admin.telling import Telling
from server.commands import quarantine
from server.domain import trouble_words
from server.services import services
from sync.errors import NotFound

HISTORY: Final = 30
"""Days that are drawn."""


def _row(device: str) -> Row:
    """The device, if whoever asks may see it; `NotFound` alike where there is none."""
    world, visitor = services(), gate.visitor()
    now = world.sources.clock()
    found = roster.devices(world.engine, Chosen("all", device=device, offices=visitor.offices, gone=True), now=now)
    if not found:
        raise NotFound("there is no such device, or it is of another office")
    silent_days = city_settings.as_set(world.engine).silent_days
    return row_of(found[0], now, board.current_programs(), silent_days)


@blueprint.get("/devices/<id>")
@gate.allow(gate.ADMIN, gate.SUPERVISOR)
def device(id: str) -> Response:
    """All that is known of a device."""
    world, row = services(), _row(id)
    now = world.sources.clock()
    return page(
        "device",
        row=row,
        f=row.facts,
        tell=Telling(words(), now),
        told=trouble_words,
        office_names=board.office_names,
        roles=[role_name(role, language()) for role in row.facts.roles],
        samples=contacts.samples(world.engine, id, now - timedelta(days=HISTORY))[::-1],
        days=HISTORY,
        diagnoses=asking.diagnoses(world.engine, id),
        held=quarantine.items(world.engine, device=id) if gate.visitor().is_admin else [],
    )


@blueprint.get("/devices/<id>/history.svg")
@gate.allow(gate.ADMIN, gate.SUPERVISOR)
def history(id: str) -> Response:
    """How much waited on a device at its contacts, as a picture."""
    world = services()
    facts, now = _row(id).facts, world.sources.clock()
    samples = contacts.samples(world.engine, facts.id, now - timedelta(days=HISTORY))
    size = "narrow" if "narrow" in request.args else "wide"
    return with_headers(Response(chart.drawn(samples, words(), world.calendar, size), mimetype="image/svg+xml"))


@blueprint.get("/devices/<id>/diagnoses/<came>.json")
@gate.allow(gate.ADMIN)
def diagnosis(id: str, came: str) -> Response:
    """A report to keep, or to hand on to whoever mends the program."""
    _row(id)
    found = next((one for one in asking.diagnoses(services().engine, id) if one.came == came), None)
    if found is None:
        raise NotFound("there is no such report")
    body = json.dumps({"device": id, "came": came} | found.body, indent=2, ensure_ascii=False)
    response = with_headers(Response(body + "\n", mimetype="application/json"))
    name = f"tenggat-{id[:8]}-{came.replace(':', '')}.json"
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


@blueprint.get("/devices/<id>/revoke")
@gate.allow(gate.ADMIN)
def revoke_page(id: str) -> Response:
    """Asks before what cannot be undone."""
    return page("revoke", row=_row(id), reasons=asking.REASONS)


@blueprint.post("/devices/<id>/revoke")
@gate.allow(gate.ADMIN)
def revoke(id: str) -> Response:
    """Revoke it."""
    world = services()
    found = _row(id).facts.id
    asking.revoke(world.engine, world.sources, [found], gate.visitor().person, request.form.get("why", ""))
    return see("device", id=found, done="revoked")


@blueprint.post("/devices/<id>/resync")
@gate.allow(gate.ADMIN)
def resync(id: str) -> Response:
    """Have it start over."""
    world = services()
    asking.ask_resync(world.engine, world.sources, _row(id).facts.id, gate.visitor().person)
    return see("device", id=id, done="resync")


@blueprint.post("/devices/<id>/diagnose")
@gate.allow(gate.ADMIN)
def diagnose(id: str) -> Response:
    """Ask how it stands."""
    world = services()
    asking.ask_diagnosis(world.engine, world.sources, _row(id).facts.id, gate.visitor().person)
    return see("device", id=id, done="diagnose")
