"""Coming in with an admin's code: looking whose it is, and taking it."""

from typing import Any

import marshmallow as ma
from flask import request
from flask.views import MethodView

from server.access import enrolment, tokens
from server.api.accounts import JsonBlueprint, PersonSchema, SignedIn
from server.services import services

blueprint = JsonBlueprint("enrolment", __name__, url_prefix="/api/v1", description="Enrolling a device by invitation")


class Code(ma.Schema):
    # Whatever its shape: a code that a messenger has cut is told as such, not as a field that is too short.
    code = ma.fields.String(required=True, validate=ma.validate.Length(1, 500))
    token = ma.fields.String(
        load_default=None,
        validate=ma.validate.Regexp(tokens.SHAPE, error="43 characters of base64url"),
        metadata={"description": "The device's token, where it mints it itself: then it may ask again"},
    )


class City(ma.Schema):
    id = ma.fields.String(required=True)
    en = ma.fields.String(required=True)


class Invited(ma.Schema):
    person = ma.fields.Nested(PersonSchema, required=True)
    login = ma.fields.String(required=True)
    city = ma.fields.Nested(City, required=True)
    expires = ma.fields.String(required=True)


@blueprint.route("/invitations")
class Invitations(MethodView):
    @blueprint.arguments(Code)
    @blueprint.response(200, Invited)
    @blueprint.refuses(400, 404, 410, 413, 429)
    def post(self, given: dict[str, Any]) -> dict[str, Any]:
        """Whose account an invitation opens, and until when. Nothing is used up.

        A POST, so that the code is in no address, and in no proxy's log.
        """
        return enrolment.look(services(), given["code"], given["token"], _address())


@blueprint.route("/enrolments")
class Enrolments(MethodView):
    @blueprint.arguments(Code)
    @blueprint.response(201, SignedIn)
    @blueprint.may_take_token(400, 404, 409, 410, 413, 429)
    def post(self, given: dict[str, Any]) -> dict[str, Any]:
        """Enrol: a new device of the account, as a sign-in makes it. An invitation is for one device.

        A guest's token in the Authorization header hands the guest's cases over to the account.
        """
        header = request.headers.get("Authorization")
        return enrolment.enrol(services(), given["code"], given["token"], header, _address())


def _address() -> str:
    return request.remote_addr or "?"
