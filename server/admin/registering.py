"""All pages brought into the application: a page that is not named here is not there."""

from flask import Flask

from server.admin import (
    assets,
    board,
    device,
    gate,
    health,
    log,
    notices,
    quarantine,
    refusals,
    reply_templates,
    signing,
)
from server.admin.blueprint import blueprint

PAGES = (signing, board, device, quarantine, health, reply_templates, notices, log, assets)
"""Modules that hang routes on the blueprint."""

blueprint.before_request(gate.watch)


def register(app: Flask) -> None:
    """Add the pages. After the pages for citizens: what is registered last looks at a refusal first."""
    app.register_blueprint(blueprint)
    refusals.register(app)
