"""All pages brought into the application: a page that is not named here is not there."""

from flask import Flask

from server.admin import (
    assets,
    board,
    calendar,
    catalogue,
    device,
    gate,
    health,
    inviting,
    leading,
    log,
    notices,
    offices,
    own_factor,
    own_password,
    people,
    people_access,
    people_forms,
    quarantine,
    refusals,
    reply_templates,
    settings,
    signing,
    told,
)
from server.admin.blueprint import blueprint

PAGES = (
    signing,
    own_factor,
    own_password,
    board,
    device,
    quarantine,
    health,
    people,
    people_forms,
    people_access,
    inviting,
    offices,
    settings,
    calendar,
    catalogue,
    reply_templates,
    notices,
    told,
    log,
    assets,
)
"""Modules that hang routes on the blueprint."""

blueprint.before_request(gate.watch)
blueprint.before_request(leading.lead)


def register(app: Flask) -> None:
    """Add the pages. After the pages for citizens: what is registered last looks at a refusal first."""
    app.register_blueprint(blueprint)
    refusals.register(app)
