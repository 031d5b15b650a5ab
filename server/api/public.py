"""What anyone may ask: the catalogue, and where a case stands for whoever has its number and tracking code."""

from typing import Any

import marshmallow as ma
from flask import Response, request
from flask.views import MethodView

from server.api import coding, tracking
from server.api.conditions import conditional
from server.api.describing import Blueprint, header
from server.services import services

blueprint = Blueprint("public", __name__, url_prefix="/api/v1", description="The catalogue and public tracking")


class BothLanguages(ma.Schema):
    id = ma.fields.String(required=True)
    en = ma.fields.String(required=True)


class TrackQuery(ma.Schema):
    code = ma.fields.String(required=True, validate=ma.validate.Length(1, 40))


class TrackedStep(ma.Schema):
    stage = ma.fields.String(required=True)
    label = ma.fields.Nested(BothLanguages, required=True)
    at = ma.fields.String(required=True)


class Explanation(ma.Schema):
    id = ma.fields.List(ma.fields.String(), required=True)
    en = ma.fields.List(ma.fields.String(), required=True)


class TrackedLimit(ma.Schema):
    limit = ma.fields.String(required=True)
    label = ma.fields.Nested(BothLanguages, required=True)
    due = ma.fields.Date(required=True)
    state = ma.fields.String(required=True)
    late = ma.fields.Boolean(required=True)
    provisional = ma.fields.Boolean(required=True)
    why = ma.fields.Nested(Explanation, required=True)


class TrackedFiles(ma.Schema):
    arrived = ma.fields.Integer(required=True)
    all = ma.fields.Integer(required=True)


class Tracked(ma.Schema):
    """Stages and dates, and nothing of what the applicant wrote: this page is public."""

    number = ma.fields.String(required=True)
    service = ma.fields.Nested(BothLanguages, required=True)
    stage = ma.fields.String(required=True)
    label = ma.fields.Nested(BothLanguages, required=True)
    says = ma.fields.Nested(BothLanguages, required=True, allow_none=True)
    received = ma.fields.String(required=True)
    opened = ma.fields.String(required=True, allow_none=True)
    steps = ma.fields.List(ma.fields.Nested(TrackedStep), required=True)
    limits = ma.fields.List(ma.fields.Nested(TrackedLimit), required=True)
    files = ma.fields.Nested(TrackedFiles, required=True)


@blueprint.route("/catalogue")
class Catalogue(MethodView):
    @blueprint.response(200, {"type": "object"}, description="The city: services, areas, offices")
    @blueprint.alt_response(304, description="It is still the one of `If-None-Match`")
    @blueprint.refuses(412)
    @blueprint.doc(parameters=[header("If-None-Match", "The ETag of the catalogue that is held")])
    def get(self) -> Response:
        """The whole catalogue. Its ETag is the version that an exchange's hello tells."""
        city = services().city
        found = coding.choose(request)
        packed = city.memo.get(("catalogue", found))
        if packed is None:
            # Once a process: the smallest of it takes a tenth of a second to make, and goes to every phone.
            packed = city.memo["catalogue", found] = coding.smallest(city.to_json(), found)
        response = coding.labelled(Response(packed, mimetype="application/json"), found)
        # The same for each coding, since it is also what an exchange compares; `Vary` keeps caches from mixing them.
        response.set_etag(city.version)
        response.headers["Cache-Control"] = "public, max-age=0, must-revalidate"
        return conditional(response, request)


@blueprint.route("/track/<string:number>")
class Track(MethodView):
    @blueprint.arguments(TrackQuery, location="query")
    @blueprint.response(200, Tracked)
    @blueprint.refuses(404, 429)
    def get(self, query: dict[str, str], number: str) -> dict[str, Any]:
        """Where a case stands and why each date is what it is, in both languages.

        A wrong number and a wrong code get the same answer, and guessing is slowed down.
        """
        world = services()
        record = tracking.find(world, number, query["code"], request.remote_addr or "?")
        return tracking.tracked(world, record)
