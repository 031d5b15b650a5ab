"""What people change about themselves, and which devices are theirs."""

from typing import Any

import marshmallow as ma
from flask import g, request
from flask.views import MethodView

from server.access import devices, own_devices, own_password, passwords
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
        others = own_password.change(services(), g.seat, given["old"], given["password"], others=given["others"])
        return {"devices": others}


_WHEN = {"format": "date-time"}


class OwnDeviceSchema(ma.Schema):
    kind = ma.fields.String(
        required=True,
        metadata={
            "enum": ["device", "file", "pages"],
            "description": "`file`: a device that never came, whose commands an admin took in from a file when it was"
            " `created`; `pages`: a session on the admin pages",
        },
    )
    id = ma.fields.String(required=True, metadata={"format": "uuid"})
    app = ma.fields.String(
        required=True, metadata={"description": "As it names itself; empty where it never came, and of a session"}
    )
    created = ma.fields.String(required=True, metadata=_WHEN)
    seen = ma.fields.String(
        required=True, allow_none=True, metadata=_WHEN | {"description": "When it was last here; null for never"}
    )
    waits = ma.fields.Integer(
        required=True, metadata={"description": "Commands and files that it had not sent by then", "minimum": 0}
    )
    this = ma.fields.Boolean(required=True, metadata={"description": "Whether it is the one that asks"})


class OwnDevicesSchema(ma.Schema):
    devices = ma.fields.List(ma.fields.Nested(OwnDeviceSchema), required=True)


class Password(ma.Schema):
    password = text_field(1, passwords.LONGEST)


@blueprint.route("/me/devices")
class OwnDevices(MethodView):
    @blueprint.response(200, OwnDevicesSchema)
    @blueprint.wants_token(403)
    def get(self) -> dict[str, Any]:
        """Where this person is signed in: devices whose token is good, the one that asks first, then whichever was here
        last, those among them whose commands came by a file; and sessions on the admin pages."""
        return {"devices": own_devices.of(services(), g.seat)}


@blueprint.route("/me/devices/<string:device>/end")
class OwnDeviceEnd(MethodView):
    @blueprint.arguments(Password)
    @blueprint.response(204)
    @blueprint.wants_token(400, 403, 404, 409, 413, 429)
    def post(self, given: dict[str, Any], device: str) -> None:
        """Put out another device of this person, or a session, with the password.

        A device is revoked: at its next exchange it hands over what waits on it, then drops what it holds. The one that
        asks signs out instead.
        """
        own_devices.end(services(), g.seat, device, given["password"])
