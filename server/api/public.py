"""What anyone may ask: the catalogue, and where a case stands for whoever has its number and tracking code."""

import hmac
from typing import Any

import marshmallow as ma
import msgspec
from flask import Response, request
from flask.views import MethodView
from flask_smorest import Blueprint
from sqlalchemy import text

from schemas.catalogue.model import City
from schemas.explain import explain
from schemas.record import CaseRecord
from schemas.text import Text
from server.access import throttle
from server.domain.workflow import stage_of
from server.services import services
from server.store.database import reading
from sync.errors import NotFound

blueprint = Blueprint("public", __name__, url_prefix="/api/v1", description="The catalogue and public tracking")

_record = msgspec.json.Decoder(CaseRecord)


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


@blueprint.route("/catalogue")
class Catalogue(MethodView):
    @blueprint.response(200, content_type="application/json", description="The city: services, areas, offices")
    def get(self) -> Response:
        """The whole catalogue. Its ETag is the version that an exchange's hello tells."""
        city = services().city
        response = Response(city.to_json(), mimetype="application/json")
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
        now = world.sources.clock()
        key = f"track:{request.remote_addr}"[:160]
        throttle.check(world.engine, key, now, throttle.MOST_ADDRESS)
        with reading(world.engine) as connection:
            row = connection.execute(_BY_NUMBER, {"number": number.strip().upper()}).one_or_none()
        record = _record.decode(row.line) if row is not None else None
        code = record.code if record is not None else None
        given = query["code"].strip().upper()
        if record is None or code is None or not hmac.compare_digest(code.encode(), given.encode()):
            throttle.failed(world.engine, key, now)
            raise NotFound("there is no case with this number and code; check both on your receipt")
        return _tracked(record)


def _tracked(record: CaseRecord) -> dict[str, Any]:
    world = services()
    labels = _Labels(world.city, record.service)
    today = world.calendar.local(world.sources.clock()).date()
    return {
        "number": record.number,
        "service": labels.service,
        "stage": record.stage,
        "label": labels.stage(record.stage),
        "says": labels.says(record.stage),
        "received": record.received,
        "opened": record.opened,
        "steps": [{"stage": step.stage, "label": labels.stage(step.stage), "at": step.at} for step in record.steps],
        "limits": [
            {
                "limit": ledger.limit,
                "label": labels.limit(ledger.limit),
                "due": ledger.due,
                "state": ledger.state,
                "late": ledger.breached(today),
                "provisional": ledger.provisional,
                "why": {
                    "id": explain(ledger, labels.limit(ledger.limit), "id", today),
                    "en": explain(ledger, labels.limit(ledger.limit), "en", today),
                },
            }
            for ledger in record.limits
        ],
    }


class _Labels:
    """The catalogue's words for what stands on a case; the bare code where a later catalogue no longer has it."""

    def __init__(self, city: City, service: str) -> None:
        self._service = next((s for s in city.services if s.code == service), None)
        self.service = self._service.name if self._service else Text(service, service)

    def stage(self, code: str) -> Text:
        found = stage_of(self._service, code) if self._service else None
        return found.label if found else Text(code, code)

    def says(self, code: str) -> Text | None:
        found = stage_of(self._service, code) if self._service else None
        return found.says if found else None

    def limit(self, code: str) -> Text:
        limits = self._service.all_limits() if self._service else ()
        return next((limit.label for limit in limits if limit.code == code), Text(code, code))


# The owner's line, because an anonymous case's other line does not hold the code.
_BY_NUMBER = text("SELECT coalesce(own_line, line) AS line FROM case_record WHERE number = :number")
