"""What a request makes its answer depend on (RFC 9110 §13): whether it is still the one that is held."""

from flask import Request, Response
from werkzeug.exceptions import PreconditionFailed


def met(response: Response) -> Response:
    """The response, where the conditions in the request were met; it may be a 304 by now. Raises `PreconditionFailed`
    for one that wanted another (If-Match): the library would send this one all the same."""
    if response.status_code == PreconditionFailed.code:
        response.close()
        raise PreconditionFailed("it is not the one that If-Match names")
    return response


def conditional(response: Response, request: Request) -> Response:
    """The same for a response with an ETag that nobody has compared yet."""
    response.make_conditional(request)
    return met(response)
