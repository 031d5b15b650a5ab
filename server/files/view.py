"""The door for bytes: tus 1.0.0 under /api/v1/uploads."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from flask import Flask, Response, request
from flask.views import MethodView

from server.access import devices
from server.access.devices import Seat
from server.api.describing import Blueprint, answered, header
from server.files import rows, tus, uploads
from server.files.errors import WrongVersion
from server.files.rows import Upload
from server.observe.requests import of_device
from server.services import Services, services
from sync.errors import TenggatError

PATH = "/api/v1/uploads"

_ID = {
    "in": "path", "name": "upload", "required": True, "schema": {"type": "string", "minLength": 1},
    "description": "As in the upload's `Location`",
}  # fmt: skip
_SPOKEN = header("Tus-Resumable", "The version of tus", required=True, enum=[tus.VERSION])
_WHOLE = {"pattern": "^[0-9]{1,18}$"}
_OFFSET = header("Upload-Offset", "Where the bytes of this request begin", required=True, **_WHOLE)
_SUM = header("Upload-Checksum", "`sha1` or `sha256`, a blank, and the sum of this request's bytes in base64")
_LENGTH = header("Upload-Length", "Bytes of the file: the manifest's `size`", required=True, **_WHOLE)
_OF = header("Upload-Metadata", "`case` and `attachment`, each with its id in base64", required=True)
_STANDS = {"Upload-Offset": answered("So many bytes are here", **_WHOLE)}
_MEANT = header("X-HTTP-Method-Override", "The method that is meant", required=True, enum=["PATCH", "HEAD", "DELETE"])
_BYTES = {"content": {tus.MEDIA: {"schema": {"type": "string", "format": "binary"}}}}

_FINISHING = (409, 410, 415, 422, 460, 507)
"""Refusals of whatever brings the last byte, or finds it there."""

blueprint = Blueprint(
    "uploads", __name__, url_prefix="/api/v1", description="Bytes of files, sent by tus 1.0.0 (https://tus.io)"
)


def register(app: Flask) -> None:
    """Say on every answer under this address, refusals too, which version is spoken."""

    def named(response: Response) -> Response:
        if request.path == PATH or request.path.startswith(f"{PATH}/"):
            response.headers["Tus-Resumable"] = tus.VERSION
            if response.status_code == WrongVersion.status:
                response.headers["Tus-Version"] = tus.VERSION
        return response

    app.after_request(named)


@blueprint.route("/uploads")
class Uploads(MethodView):
    @blueprint.response(204, description="What of tus is spoken, in headers")
    @blueprint.refuses()
    def options(self) -> Response:
        """Version, extensions, checksums and the largest file. Needs no token."""
        response = Response(status=204)
        response.headers["Tus-Version"] = tus.VERSION
        response.headers["Tus-Extension"] = tus.EXTENSIONS
        response.headers["Tus-Max-Size"] = str(uploads.largest(services().city))
        response.headers["Tus-Checksum-Algorithm"] = ",".join(tus.ALGORITHMS)
        return response

    @blueprint.response(
        201,
        description="Begun; `Location` is where to send the bytes",
        headers={"Location": answered("The upload's path"), "Tus-Resumable": answered("The version of tus")},
    )
    @blueprint.wants_token(400, 404, 412, 413, 429, *_FINISHING)
    @blueprint.doc(parameters=[_SPOKEN, _LENGTH, _OF, _SUM], requestBody={"required": False} | _BYTES)
    def post(self) -> Response:
        """Begin to send the bytes of a file that stands on a case's manifest.

        `Upload-Metadata` names `case` and `attachment`, `Upload-Length` is the manifest's size. Bytes may come along.
        Where `Upload-Offset` in the answer is the length, the bytes are here and nothing needs to be sent.
        """
        world, seat = _admitted()
        given = tus.metadata(request.headers)
        brings = _brings_bytes()
        checksum = tus.checksum(request.headers) if brings else None
        upload = uploads.begin(
            world,
            seat,
            tus.identifier(given, "case"),
            tus.identifier(given, "attachment"),
            tus.number(request.headers, "Upload-Length"),
            request.remote_addr or "?",
            tus.said(request.headers),
        )
        offset = upload.length if upload.done else 0
        if brings and not upload.done:
            offset = uploads.receive(world, upload, 0, request, checksum)
        response = Response(status=201)
        response.headers["Location"] = f"{PATH}/{upload.id}"
        if brings or upload.done:
            response.headers["Upload-Offset"] = str(offset)
        return _with_end(response, upload, offset)


@blueprint.route("/uploads/<string:upload>", parameters=[_ID])
class OneUpload(MethodView):
    @blueprint.response(200, description="Where the upload stands, in headers", headers=_STANDS)
    @blueprint.wants_token(404, 412, *_FINISHING)
    @blueprint.doc(parameters=[_SPOKEN])
    def head(self, upload: str) -> Response:
        """How many bytes are here: go on from there."""
        world, found = _found(upload)
        offset = uploads.stands_at(world, found)
        response = Response(status=200)
        response.headers["Upload-Offset"] = str(offset)
        response.headers["Upload-Length"] = str(found.length)
        response.headers["Upload-Metadata"] = found.said or tus.as_metadata(
            {"case": found.case_id, "attachment": found.attachment_id}
        )
        response.headers["Cache-Control"] = "no-store"
        return _with_end(response, found, offset)

    @blueprint.response(204, description="Received; `Upload-Offset` is where to go on", headers=_STANDS)
    @blueprint.wants_token(400, 404, 412, 413, *_FINISHING)
    @blueprint.doc(parameters=[_SPOKEN, _OFFSET, _SUM], requestBody={"required": True} | _BYTES)
    def patch(self, upload: str) -> Response:
        """Send bytes from `Upload-Offset` on. The request that brings the last ones verifies the file."""
        world, found = _found(upload)
        tus.check_media(request.headers)
        offset = tus.number(request.headers, "Upload-Offset")
        checksum = tus.checksum(request.headers)
        offset = uploads.receive(world, found, offset, request, checksum)
        response = Response(status=204)
        response.headers["Upload-Offset"] = str(offset)
        return _with_end(response, found, offset, rows.kept_until(found, world.sources.clock()))

    @blueprint.response(204, description="Ended")
    @blueprint.wants_token(404, 410, 412)
    @blueprint.doc(parameters=[_SPOKEN])
    def delete(self, upload: str) -> Response:
        """Give the upload up, and what was received of it."""
        world, found = _found(upload)
        uploads.terminate(world, found)
        return Response(status=204)

    @blueprint.response(204, description="As the method that X-HTTP-Method-Override names")
    @blueprint.alt_response(200, description="As HEAD")
    @blueprint.wants_token(400, 404, 405, 412, 413, *_FINISHING)
    # What else is looked at is what the method that is meant looks at.
    @blueprint.doc(parameters=[_SPOKEN, _MEANT], requestBody={"required": False} | _BYTES)
    def post(self, upload: str) -> Response:
        """For networks that let no other method through: PATCH, HEAD or DELETE, named in X-HTTP-Method-Override."""
        meant: dict[str, Callable[[str], Any]] = {"PATCH": self.patch, "HEAD": self.head, "DELETE": self.delete}
        found = meant.get(request.headers.get("X-HTTP-Method-Override", "").upper())
        if found is None:
            _admitted()
            raise _WrongMethod("name PATCH, HEAD or DELETE in X-HTTP-Method-Override")
        answer: Response = found(upload)
        return answer


class _WrongMethod(TenggatError):
    code = "wrong_method"
    status = 405


def _admitted() -> tuple[Services, Seat]:
    world = services()
    seat = devices.signed_in(world.engine, request.headers.get("Authorization"))
    of_device(seat.device)
    tus.check_version(request.headers)
    return world, seat


def _found(upload: str) -> tuple[Services, Upload]:
    world, seat = _admitted()
    return world, uploads.find(world, seat, upload)


def _brings_bytes() -> bool:
    """§ Creation With Upload: a body is bytes of the upload, and says so."""
    if not (request.content_length or "Transfer-Encoding" in request.headers):
        return False
    tus.check_media(request.headers)
    return True


def _with_end(response: Response, upload: Upload, offset: int, expires: str | None = None) -> Response:
    """§ Expiration: for an upload that is not finished."""
    if offset < upload.length:
        response.headers["Upload-Expires"] = tus.expires(datetime.fromisoformat(expires or upload.expires))
    return response
