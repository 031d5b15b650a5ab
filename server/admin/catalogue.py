"""The catalogues that devices were ever given, and what is different between two of them."""

from flask import Response, request

from schemas.catalogue.changes import Change, changes
from server.access import catalogues
from server.admin import gate
from server.admin.blueprint import blueprint
from server.admin.render import page
from server.services import services
from sync.errors import Conflict, NotFound


@blueprint.get("/catalogue")
@gate.allow(gate.ADMIN)
def catalogue() -> Response:
    """All versions; and of two that were chosen, what is different."""
    world = services()
    found = catalogues.versions(world.engine)
    old, new = (request.args.get(name, "")[:12] for name in ("old", "new"))
    told: list[Change] | None = None
    wrong = False
    if old and new:
        try:
            told = changes(catalogues.catalogue(world.engine, old), catalogues.catalogue(world.engine, new))
        except (NotFound, Conflict):
            wrong = True
    return page(
        "catalogue",
        404 if wrong else 200,
        versions=found,
        now=world.city.version,
        old=old or (found[1].version if len(found) > 1 else ""),
        new=new or (found[0].version if found else ""),
        told=told,
        wrong=wrong,
    )
