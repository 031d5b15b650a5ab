"""Files handed out, to whoever may see their case."""

import re
import unicodedata
from pathlib import Path

from flask import Response, request, send_file
from flask.views import MethodView
from werkzeug.exceptions import RequestedRangeNotSatisfiable

from schemas.record import Attachment
from server.access import devices
from server.api.conditions import met
from server.api.describing import Blueprint, header
from server.api.problems import problem
from server.files import manifest, pictures, rows, tus
from server.files.errors import NotArrived, NoThumbnail
from server.services import services
from server.store.database import reading
from sync.errors import NotFound

blueprint = Blueprint("files", __name__, url_prefix="/api/v1", description="Photos and documents of cases")

# A device keeps what it fetched in a store of its own. A browser's cache would keep an identity card on the disk when
# whoever saw it has long signed out.
_CACHE = "no-store"
_SANDBOX = "default-src 'none'; frame-ancestors 'none'; sandbox"

_EXTENSIONS = {"image/jpeg": "jpg", "image/png": "png", "image/webp": "webp", "application/pdf": "pdf"}
_FILE = {"type": "string", "format": "binary"}
_RANGE = header("Range", "Which of the bytes (RFC 9110 §14)")
_HELD = header("If-None-Match", "The ETag of bytes that are held")
_UNFIT = re.compile(r'[\x00-\x1f\x7f-\x9f/\\:*?"<>|]+')


@blueprint.route("/cases/<string:case>/files/<string:attachment>")
class File(MethodView):
    @blueprint.response(200, _FILE, content_type="*/*", description="The file as it was sent")
    @blueprint.alt_response(206, schema=_FILE, content_type="*/*", description="The range that was asked for")
    @blueprint.alt_response(304, description="They are still those of `If-None-Match`")
    @blueprint.wants_token(404, 409, 412, 416)
    @blueprint.doc(parameters=[_RANGE, _HELD])
    def get(self, case: str, attachment: str) -> Response:
        """The bytes of a file on a case; ranges are served."""
        entry, type_ = _entry(case, attachment)
        return _send(services().files.blobs.blob(entry.sha256), entry.sha256, type_, _name(entry, type_))


@blueprint.route("/cases/<string:case>/files/<string:attachment>/thumbnail")
class Thumbnail(MethodView):
    @blueprint.response(200, _FILE, content_type=pictures.THUMBNAIL_TYPE, description="A small picture")
    @blueprint.alt_response(206, schema=_FILE, content_type=pictures.THUMBNAIL_TYPE, description="A part of it")
    @blueprint.alt_response(304, description="It is still that of `If-None-Match`")
    @blueprint.wants_token(404, 409, 412, 416)
    @blueprint.doc(parameters=[_RANGE, _HELD])
    def get(self, case: str, attachment: str) -> Response:
        """A picture of at most 320 pixels a side; there is none of a PDF."""
        entry, _ = _entry(case, attachment)
        path = services().files.blobs.thumbnail(entry.sha256)
        if not path.is_file():
            raise NoThumbnail("there is no small picture of this file")
        return _send(path, f"{entry.sha256}.small", pictures.THUMBNAIL_TYPE, _name(entry, pictures.THUMBNAIL_TYPE))


def _entry(case: str, attachment: str) -> tuple[Attachment, str]:
    """The manifest's entry as the asker may see it, and the type that its bytes were found to be."""
    world = services()
    seat = devices.signed_in(world.engine, request.headers.get("Authorization"))
    if not (tus.is_id(case) and tus.is_id(attachment)):
        raise NotFound("there is no such file, or none that you may see")
    with reading(world.engine) as connection:
        entry = manifest.to_read(connection, case, attachment, seat)
        type_ = rows.type_of(connection, entry.sha256) if entry.arrived else None
    if type_ is None or not world.files.blobs.has(entry.sha256):
        raise NotArrived("the bytes of this file are not here yet")
    return entry, type_


def _send(path: Path, tag: str, type_: str, name: str) -> Response:
    try:
        response = met(send_file(path, mimetype=type_, download_name=name, conditional=True, etag=tag))
    except RequestedRangeNotSatisfiable:
        response = problem(416, "wrong_range", "the file has no such part")
        response.headers["Content-Range"] = f"bytes */{path.stat().st_size}"
        return response
    response.headers["Cache-Control"] = _CACHE
    response.headers["Content-Security-Policy"] = _SANDBOX
    response.headers["Referrer-Policy"] = "no-referrer"
    response.vary.add("Authorization")
    return response


def _name(entry: Attachment, type_: str) -> str:
    """A name that is safe in a header and on a disk, with the ending of what the file is."""
    given = unicodedata.normalize("NFC", entry.name).encode("utf-8", "ignore").decode()
    base = _UNFIT.sub(" ", given).strip(" .")
    ending = _EXTENSIONS.get(type_, "bin")
    stem = base.rpartition(".")[0] if "." in base else base
    return f"{stem.strip(' .')[:100] or entry.document}.{ending}"
