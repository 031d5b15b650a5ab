"""Where a device tells how it stands, after it was asked in the answer to an exchange."""

from typing import Any

from flask import g, request
from flask.views import MethodView

from schemas.diagnosis import LARGEST, Diagnosis
from server.access import asking, devices
from server.api.accounts import JsonBlueprint
from server.services import services
from sync.errors import TooLarge

blueprint = JsonBlueprint("diagnoses", __name__, url_prefix="/api/v1", description="How a device stands")


@blueprint.before_request
def _before() -> None:
    # Before the body is looked at: what is wrong with it is nobody's business who has no token.
    g.seat = devices.signed_in(services().engine, request.headers.get("Authorization"))
    if (request.content_length or 0) > LARGEST:
        raise TooLarge(f"a report has at most {LARGEST} bytes")


@blueprint.route("/diagnoses")
class Diagnoses(MethodView):
    @blueprint.arguments(Diagnosis)
    @blueprint.response(204)
    @blueprint.wants_token(400, 409, 413)
    def post(self, told: dict[str, Any]) -> None:
        """Tell how this device stands: counts, versions, codes and times. Taken once each time that an admin asked
        (`hello.diagnose`); what is not in the description is dropped."""
        world = services()
        asking.take_diagnosis(world.engine, world.sources, g.seat, told)
