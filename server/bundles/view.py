"""What a device must know to make a bundle, and the door for those that bring one for somebody else."""

import tempfile
from collections.abc import Iterator
from typing import Any

import marshmallow as ma
from flask import Response, request
from flask.views import MethodView

import sync
from server.access import throttle
from server.api.describing import Blueprint, answered
from server.bundles.importing import import_bundle
from server.files import body, disk
from server.files.errors import WrongMedia
from server.services import Services, services
from sync import bundle
from sync.errors import TooLarge
from sync.messages import PROTOCOL

MOST_BYTES = 512 * 1024 * 1024
"""Of a bundle that comes over the network. A larger one is imported at the server."""

MOST_BROUGHT = 200
"""Bundles from one address in one window of the throttle: an office may bring a whole district's."""

_FILE = {"type": "string", "format": "binary"}

_SPOOL = 1024 * 1024
_PIECE = 256 * 1024
_Spool = tempfile.SpooledTemporaryFile[bytes]

blueprint = Blueprint(
    "bundles", __name__, url_prefix="/api/v1", description="Exchanges in files (docs/protocol.md, Bundles)"
)


def _said(what: str) -> ma.fields.String:
    return ma.fields.String(required=True, metadata={"description": what})


class FormerKeys(ma.Schema):
    seal = _said("X25519 public key: bundles sealed to it are still opened")
    sign = _said("Ed25519 public key that they are answered with")


class About(ma.Schema):
    version = _said("Of the server's program")
    protocol = ma.fields.Integer(required=True)
    bundle = ma.fields.Integer(required=True, metadata={"description": "The format of bundles: read and written"})
    seal = _said("X25519 public key that bundles are sealed to, base64url")
    sign = _said("Ed25519 public key that answers are signed with, base64url")
    former = ma.fields.List(
        ma.fields.Nested(FormerKeys),
        required=True,
        metadata={"description": "Keys that were renewed and not yet forgotten, the last first"},
    )


@blueprint.route("/about")
class AboutThis(MethodView):
    @blueprint.response(200, About)
    @blueprint.refuses()
    def get(self) -> dict[str, Any]:
        """Which server this is. A device keeps the keys: later there may be no network to ask over."""
        keys = services().keys.told()
        return {"version": sync.__version__, "protocol": PROTOCOL, "bundle": bundle.FORMAT} | keys


@blueprint.route("/bundles")
class Bundles(MethodView):
    @blueprint.response(
        200,
        _FILE,
        content_type=bundle.MEDIA,
        description="The answer, a bundle to carry back",
        headers={bundle.LATER: answered("So many of its files were not taken for now", pattern="^[0-9]+$")},
    )
    @blueprint.refuses(400, 409, 413, 415, 429, 507)
    @blueprint.doc(requestBody={"required": True, "content": {bundle.MEDIA: {"schema": _FILE}}})
    def post(self) -> Response:
        """Carry out a bundle that somebody's device made; the answer is sealed to that device.

        Who brings it needs no token: the bundle itself says who speaks. Again is safe.
        """
        world = services()
        now, address = world.sources.clock(), request.remote_addr or "?"
        key = f"bundles:{address}"[:160]
        throttle.check(world.engine, key, now, MOST_BROUGHT)
        throttle.count(world.engine, key, now)
        if (request.mimetype or "").lower() != bundle.MEDIA:
            raise WrongMedia(f"a bundle is of the type {bundle.MEDIA}")
        _check_size(request.content_length or 0)
        disk.make_folder(world.files.folder)
        with world.files.receiving(), _spool(world) as source:
            _receive(world, source)
            target = _spool(world)
            try:
                found = import_bundle(world, source, target)
            except BaseException:
                target.close()
                raise
        response = Response(_told(target), mimetype=bundle.MEDIA)
        response.call_on_close(target.close)
        response.content_length = found.answered
        response.headers[bundle.LATER] = str(found.later)
        return response


def _spool(world: Services) -> _Spool:
    return tempfile.SpooledTemporaryFile(_SPOOL, dir=str(world.files.folder))


def _receive(world: Services, source: _Spool) -> None:
    size = 0
    with disk.room():
        disk.check_room(world.files.folder, request.content_length or 0)
        for piece in body.pieces(request):
            size += len(piece)
            _check_size(size)
            source.write(piece)


def _check_size(size: int) -> None:
    if size > MOST_BYTES:
        raise TooLarge("the bundle is too large for this way; import it at the server itself", most=MOST_BYTES)


def _told(target: _Spool) -> Iterator[bytes]:
    target.seek(0)
    while piece := target.read(_PIECE):
        yield piece
