"""The audit log as a page."""

from flask import Response, request

from server.access import audit as log
from server.admin import gate
from server.admin.blueprint import blueprint
from server.admin.render import address, page
from server.services import services

PAGE = 50


@blueprint.get("/audit")
@gate.allow(gate.ADMIN)
def audit() -> Response:
    """What was done, the newest first."""
    before = request.args.get("before", "")
    action = request.args.get("action", "").strip()[:64]
    # The page's own numbers are no longer than this.
    position = int(before) if before.isascii() and before.isdigit() and len(before) < 16 else None
    rows = log.entries(services().engine, before=position, most=PAGE + 1, action=action or None)
    older = address("audit", before=rows[PAGE - 1].pos, action=action or None) if len(rows) > PAGE else None
    return page("audit", rows=rows[:PAGE], older=older, action=action, paged=position is not None)
