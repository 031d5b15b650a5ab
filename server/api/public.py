"""What anyone may ask: the catalogue, and where a case stands for whoever has its number and tracking code."""

from typing import Any

import marshmallow as ma
from flask import Response, request
from flask.views import MethodView
from flask_smorest import Blueprint

from server.api import coding, tracking
from server.services import services

blueprint = Blueprint("public", __name__, url_prefix="/api/v1", description="The catalogue and public tracking")


class BothLanguages(ma.Schema):
    id = ma.fields.String()
    en = ma.fields.String()


class TrackQuery(ma.Schema):
    code = ma.fields.String(required=True, validate=ma.validate.Length(1, 40))


class TrackedStep(ma.Schema):
    stage = ma.fields.String()
    label = ma.fields.Nested(BothLanguages)
    at = ma.fields.String()


class Explanation(ma.Schema):
    id = ma.fields.List(ma.fields.String())
    en = ma.fields.List(ma.fields.String())


class TrackedLimit(ma.Schema):
    limit = ma.fields.String()
    label = ma.fields.Nested(BothLanguages)
    due = ma.fields.Date()
    state = ma.fields.String()
    late = ma.fields.Boolean()
    provisional = ma.fields.Boolean()
    why = ma.fields.Nested(Explanation)


class TrackedFiles(ma.Schema):
    arrived = ma.fields.Integer()
    all = ma.fields.Integer()


class Tracked(ma.Schema):
    """Stages and dates, and nothing of what the applicant wrote: this page is public."""

    number = ma.fields.String()
    service = ma.fields.Nested(BothLanguages)
    stage = ma.fields.String()
    label = ma.fields.Nested(BothLanguages)
    says = ma.fields.Nested(BothLanguages)
    received = ma.fields.String()
    opened = ma.fields.String(allow_none=True)
    steps = ma.fields.List(ma.fields.Nested(TrackedStep))
    limits = ma.fields.List(ma.fields.Nested(TrackedLimit))
    files = ma.fields.Nested(TrackedFiles)


@blueprint.route("/catalogue")
class Catalogue(MethodView):
    @blueprint.response(200, content_type="application/json", description="The city: services, areas, offices")
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
        response.make_conditional(request)
        return response


@blueprint.route("/track/<string:number>")
class Track(MethodView):
    @blueprint.arguments(TrackQuery, location="query")
    @blueprint.response(200, Tracked)
    def get(self, query: dict[str, str], number: str) -> dict[str, Any]:
        """Where a case stands and why each date is what it is, in both languages.

        A wrong number and a wrong code get the same answer, and guessing is slowed down.
        """
        world = services()
        record = tracking.find(world, number, query["code"], request.remote_addr or "?")
        return tracking.tracked(world, record)
