"""POST /api/v1/sync: the door through which devices come.

The whole request is read and applied before the first byte of the answer goes out. A client need not read while
it writes, so answering earlier could leave both sides waiting for the other to make room.
"""

import msgspec
from flask import Blueprint, Response, request

from server.exchange.exchanging import answer, take_in
from server.observe import metrics, requests
from server.services import services
from sync.codec import MEDIA, choose_encoding, deflate, inflate, lines_in
from sync.decoding import decoder
from sync.messages import Status

blueprint = Blueprint("exchange", __name__)


@blueprint.post("/api/v1/sync")
def sync() -> Response:
    """One exchange. Errors before the answer begins are problem bodies; later ones cut it off before its `end`."""
    world = services()
    chunks = inflate(request.stream, request.headers.get("Content-Encoding", "identity"))
    authorization, address = request.headers.get("Authorization"), request.remote_addr or "?"
    taken = take_in(world, lines_in(chunks), authorization, address=address)
    requests.of_device(taken.seat.device)
    for line in taken.results:
        metrics.counts.commands.labels(_status(line)).inc()
    encoding = choose_encoding(request.headers.get("Accept-Encoding"))
    response = Response(deflate(answer(world, taken), encoding), mimetype=MEDIA)
    if encoding != "identity":
        response.headers["Content-Encoding"] = encoding
    return response


class _Told(msgspec.Struct):
    status: Status


_told = decoder(_Told)


def _status(line: bytes) -> str:
    return _told.decode(line).status
