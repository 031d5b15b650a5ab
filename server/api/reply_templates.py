"""The texts that officers answer with, for their devices."""

import marshmallow as ma
from flask import Response, g, request
from flask.views import MethodView

from server.access import devices, reply_templates
from server.api.conditions import conditional
from server.api.describing import Blueprint, answered, header
from server.services import services
from sync.errors import Forbidden

blueprint = Blueprint("templates", __name__, url_prefix="/api/v1", description="Texts that officers answer with")


class Template(ma.Schema):
    """`services` and `actions` are codes of the catalogue; an empty list is all of them."""

    id = ma.fields.String(required=True)
    title = ma.fields.String(required=True)
    text = ma.fields.String(required=True)
    services = ma.fields.List(ma.fields.String(), required=True)
    actions = ma.fields.List(ma.fields.String(), required=True)


class Templates(ma.Schema):
    version = ma.fields.String(required=True, metadata={"description": "Another one means that something changed"})
    templates = ma.fields.List(ma.fields.Nested(Template), required=True)


@blueprint.before_request
def _before() -> None:
    g.seat = devices.signed_in(services().engine, request.headers.get("Authorization"))
    if g.seat.kind != "staff":
        raise Forbidden("these texts are for the city's officers")


@blueprint.route("/templates")
class ReplyTemplates(MethodView):
    @blueprint.response(200, Templates, headers={"ETag": answered("The version, in quotes")})
    @blueprint.alt_response(304, description="It is still the one of `If-None-Match`")
    @blueprint.wants_token(403, 412)
    @blueprint.doc(parameters=[header("If-None-Match", "The ETag of the texts that are held")])
    def get(self) -> Response:
        """All texts in use, by title: few and short, so a device holds them all and works without a network."""
        version, body = reply_templates.for_devices(services().engine)
        response = Response(body, mimetype="application/json")
        response.set_etag(version)
        response.headers["Cache-Control"] = "private, no-cache"
        return conditional(response, request)
