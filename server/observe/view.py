"""/healthz, /readyz and /metrics: for whatever looks after the process, not for people."""

import hmac
import ipaddress

from flask import Blueprint, Response, current_app, request

from server.files import disk
from server.files.errors import StorageFull
from server.observe import metrics
from server.observe.facts import Gauges
from server.observe.ready import Probe
from server.services import Services, services
from sync.errors import Busy, Forbidden

blueprint = Blueprint("observe", __name__)

GAUGES = "tenggat.gauges"
TOKEN = "TENGGAT_METRICS_TOKEN"  # noqa: S105 - the setting's name
PROBE = "tenggat.probe"

PROMETHEUS = "text/plain; version=0.0.4; charset=utf-8"


@blueprint.get("/healthz")
def healthz() -> Response:
    """The process lives and answers. Where this fails, start it anew."""
    return Response("ok\n", mimetype="text/plain")


@blueprint.get("/readyz")
def readyz() -> Response:
    """It can take work: the database answers and has this program's tables, and there is room for files. Where this
    fails, send people to another one; starting it anew would not help. `Busy` names in `failed` what is not."""
    failed = [word for word, fine in (("database", _database_ready), ("disk", _disk_ready)) if not fine(services())]
    if failed:
        raise Busy(f"not ready: {', '.join(failed)}", failed=failed, retry_after=5)
    return Response("ready\n", mimetype="text/plain")


@blueprint.get("/metrics")
def numbers() -> Response:
    """For Prometheus, from this machine or with the token that the settings name."""
    if not _may_read(current_app.config.get(TOKEN)):
        raise Forbidden("numbers are given on this machine itself, or for the token in TENGGAT_METRICS_TOKEN")
    gauges: Gauges = current_app.extensions[GAUGES]
    return Response(metrics.counts.text() + gauges.text(), content_type=PROMETHEUS)


def _may_read(token: str | None) -> bool:
    if token:
        return hmac.compare_digest(request.headers.get("Authorization", ""), f"Bearer {token}")
    try:
        return ipaddress.ip_address(request.remote_addr or "").is_loopback
    except ValueError:
        return False


def _database_ready(_world: Services) -> bool:
    probe: Probe = current_app.extensions[PROBE]
    return probe.ready()


def _disk_ready(world: Services) -> bool:
    try:
        disk.make_folder(world.files.folder)
        disk.check_room(world.files.folder, 0)
    except (OSError, StorageFull):
        return False
    return True
