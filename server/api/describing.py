"""How the API describes itself (OpenAPI): beside what an operation answers, every refusal that it may answer with.

A status that is not written at an operation is not answered by it; schemathesis holds both to each other
(tests/sweeps/test_openapi.py).
"""

from collections import deque
from collections.abc import Callable
from copy import deepcopy
from functools import partial
from http import HTTPStatus
from threading import Lock
from typing import Any, Final, TypeVar

import marshmallow as ma
from flask import Flask, Response
from flask_smorest import Api as SmorestApi
from flask_smorest import Blueprint as SmorestBlueprint

from server.api.problems import MEDIA

View = TypeVar("View", bound=Callable[..., Any])

DEVICE: Final = "device"
"""The security scheme: a device's token."""

BUSY: Final = 503
"""May come from everywhere: a lock that was waited for in vain, a database that is away."""

_STATUSES: Final = {int(status): (status.name, status.phrase) for status in HTTPStatus} | {
    460: ("CHECKSUM_MISMATCH", "Checksum mismatch (tus 1.0.0)")
}
"""Name and words of each."""


class ProblemSchema(ma.Schema):
    """RFC 9457. What else belongs to a code stands beside these."""

    class Meta:
        unknown = ma.INCLUDE

    type = ma.fields.String(required=True)
    title = ma.fields.String(required=True)
    status = ma.fields.Integer(required=True)
    code = ma.fields.String(required=True, metadata={"description": "The word that programs compare"})
    detail = ma.fields.String(required=True, metadata={"description": "A sentence for people, in English"})
    request = ma.fields.String(metadata={"description": "The request's name in the server's log"})
    retry_after = ma.fields.Integer(metadata={"description": "Seconds"})
    problems = ma.fields.Dict(
        keys=ma.fields.String(), values=ma.fields.Dict(), metadata={"description": "By field, each with its code"}
    )
    text = ma.fields.Dict(
        keys=ma.fields.String(), values=ma.fields.String(), metadata={"description": "The same for people: id, en"}
    )


class Api(SmorestApi):  # type: ignore[misc]
    """The document, with our own kind of refusal in the place of the library's."""

    ERROR_SCHEMA = ProblemSchema
    # Nothing stands for "whatever else": it would allow everything.
    DEFAULT_ERROR_RESPONSE_NAME = None

    def __init__(self, app: Flask) -> None:
        self._waiting: deque[Callable[[], None]] = deque()
        self._one_at_a_time = Lock()
        super().__init__(app)

    def later(self, describe: Callable[[], None]) -> None:
        """Nothing is described before the document is first asked for: most processes are never asked."""
        self._waiting.append(describe)

    def _openapi_json(self) -> Response:
        with self._one_at_a_time:
            while self._waiting:
                # Away only once it is done: whoever asks again gets the same fault, and no document with a hole.
                self._waiting[0]()
                self._waiting.popleft()
        return super()._openapi_json()  # type: ignore[no-any-return]

    def _init_spec(self, **options: Any) -> None:
        super()._init_spec(**options)
        self.spec.components.security_scheme(
            DEVICE,
            {"type": "http", "scheme": "bearer", "description": "A device's token: 43 characters of base64url"},
        )

    def _register_responses(self) -> None:
        self.later(self._describe_responses)

    def _describe_responses(self) -> None:
        for status, (name, said) in _STATUSES.items():
            response: dict[str, Any] = {"description": said}
            if status >= HTTPStatus.BAD_REQUEST:
                response["content"] = {MEDIA: {"schema": ProblemSchema}}
                response["headers"] = _headers(status)
            self.spec.components.response(name, response, lazy=True)


class Blueprint(SmorestBlueprint):  # type: ignore[misc]
    """Routes that say which refusals they answer with, and whether they want a token."""

    def register_views_in_doc(self, api: Api, *of_api: Any, **named: Any) -> None:
        api.later(partial(super().register_views_in_doc, api, *of_api, **named))

    def refuses(self, *statuses: int) -> Callable[[View], View]:
        """An operation for anybody, that may be answered with these, and with `BUSY`."""

        def mark(view: View) -> View:
            for status in sorted({*statuses, BUSY}, reverse=True):
                view = self.alt_response(status, _STATUSES[status][0])(view)
            return view

        return mark

    def wants_token(self, *statuses: int) -> Callable[[View], View]:
        """The same for an operation that wants a device's token."""

        def mark(view: View) -> View:
            return self.doc(security=[{DEVICE: []}])(self.refuses(401, *statuses)(view))  # type: ignore[no-any-return]

        return mark

    def may_take_token(self, *statuses: int) -> Callable[[View], View]:
        """The same for one that looks at a token where there is one, and refuses what is none."""

        def mark(view: View) -> View:
            return self.doc(security=[{}, {DEVICE: []}])(self.refuses(401, *statuses)(view))  # type: ignore[no-any-return]

        return mark


def header(name: str, said: str, *, required: bool = False, **schema: Any) -> dict[str, Any]:
    """A header of a request, as a parameter of the document."""
    found = {"type": "string"} | schema
    return {"in": "header", "name": name, "description": said, "required": required, "schema": found}


def answered(said: str, **schema: Any) -> dict[str, Any]:
    """A header of an answer."""
    return {"description": said, "required": True, "schema": {"type": "string"} | schema}


def _headers(status: int) -> dict[str, Any]:
    found: dict[str, Any] = {}
    if status == HTTPStatus.UNAUTHORIZED:
        found["WWW-Authenticate"] = answered("Which kind of token is wanted")
    if status == HTTPStatus.TOO_MANY_REQUESTS:
        found["Retry-After"] = answered("Seconds to wait", pattern="^[0-9]+$")
    return deepcopy(found)
