"""What people change about themselves."""

from typing import Any

import marshmallow as ma
from flask import g, request
from flask.views import MethodView

from server.access import devices, own_password, passwords
from server.api.accounts import JsonBlueprint, text_field
from server.services import services

blueprint = JsonBlueprint("own", __name__, url_prefix="/api/v1", description="What people change about themselves")


@blueprint.before_request
def _before() -> None:
    # Before the body is looked at: what is wrong with it is nobody's business who has no token.
    g.seat = devices.signed_in(services().engine, request.headers.get("Authorization"))


class NewPassword(ma.Schema):
    old = text_field(1, passwords.LONGEST)
    password = text_field(1, passwords.LONGEST, minLength=passwords.SHORTEST)
    others = ma.fields.Boolean(
        load_default=False,
        metadata={"description": "Whether all other devices of this person are revoked; each hands over what it has"},
    )


class Changed(ma.Schema):
    devices = ma.fields.Integer(required=True, metadata={"description": "How many devices were revoked"})


@blueprint.route("/me/password")
class OwnPassword(MethodView):
    @blueprint.arguments(NewPassword)
    @blueprint.response(200, Changed)
    @blueprint.wants_token(400, 403, 413, 429)
    def put(self, given: dict[str, Any]) -> dict[str, int]:
        """Change one's password, with the old one. This device stays signed in."""
        address = request.remote_addr or "?"
        others = own_password.change(
            services(), g.seat, given["old"], given["password"], address, others=given["others"]
        )
        return {"devices": others}
