"""Signing up, in and out. Each answer to a sign-in or sign-up binds a device to a person."""

import json
from typing import Any

import marshmallow as ma
from flask import Request, request
from flask.views import MethodView
from webargs.flaskparser import FlaskParser

from schemas.form_words import FORBIDDEN
from server.access import accounts, devices, passwords
from server.api.describing import Blueprint
from server.services import services
from sync.errors import Malformed


class _Parser(FlaskParser):
    """JSON that Python's own reader will not finish (nested too deep, a number of thousands of digits) is the
    sender's fault like any other; webargs knows only the faults of its grammar."""

    def _raw_load_json(self, req: Request) -> Any:
        try:
            return super()._raw_load_json(req)
        except (json.JSONDecodeError, UnicodeDecodeError):
            raise
        except (ValueError, RecursionError):
            raise Malformed("the body holds a number too long or is nested too deeply") from None


class JsonBlueprint(Blueprint):
    """Routes that take JSON from anybody."""

    ARGUMENTS_PARSER = _Parser()


blueprint = JsonBlueprint("accounts", __name__, url_prefix="/api/v1", description="Accounts and devices")


def _words(text: str) -> None:
    """Refuse what cannot be kept (control characters, half a surrogate pair) and what is nothing but blanks."""
    if FORBIDDEN.search(text) or not text.strip():
        raise ma.ValidationError("some characters cannot be kept, or there are none")


def text_field(shortest: int, longest: int, **metadata: Any) -> ma.fields.String:
    said = {"pattern": _PATTERN} | metadata
    return ma.fields.String(required=True, validate=[ma.validate.Length(shortest, longest), _words], metadata=said)


_PATTERN = (
    r"^[^\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u0084\u0086-\u009f\u202a-\u202e\u2066-\u2069\ufffe\uffff]*$"
)
"""`FORBIDDEN` as JSON Schema can say it."""


class Credentials(ma.Schema):
    login = text_field(3, 120)
    password = text_field(1, passwords.LONGEST)


class NewAccount(Credentials):
    # That it is not guessed first, no schema says; that it is long enough is told in both languages.
    password = text_field(1, passwords.LONGEST, minLength=passwords.SHORTEST)
    name = text_field(1, 120)


class PersonSchema(ma.Schema):
    id = ma.fields.String(required=True, metadata={"format": "uuid"})
    name = ma.fields.String(required=True)
    kind = ma.fields.String(required=True, metadata={"enum": ["guest", "citizen", "staff"]})
    roles = ma.fields.List(ma.fields.String(), required=True)
    password_until = ma.fields.String(
        metadata={
            "format": "date-time",
            "description": "Where the password was made up for them: until when it is good",
        }
    )


class SignedIn(ma.Schema):
    token = ma.fields.String(
        required=True,
        metadata={"description": "Bearer token of this device. Shown once; keep it.", "pattern": "^[A-Za-z0-9_-]{43}$"},
    )
    person = ma.fields.Nested(PersonSchema, required=True)


@blueprint.route("/devices")
class Devices(MethodView):
    @blueprint.arguments(Credentials)
    @blueprint.response(201, SignedIn)
    @blueprint.may_take_token(400, 409, 413, 429)
    def post(self, given: dict[str, str]) -> dict[str, Any]:
        """Sign in: a new device of the account, with its own token.

        A guest's token in the Authorization header hands the guest's cases over to the account.
        """
        return accounts.sign_in(
            services(), given["login"], given["password"], request.headers.get("Authorization"), _address()
        )

    @blueprint.response(204)
    @blueprint.wants_token(403)
    def delete(self) -> None:
        """Sign out: this device's token is of no use from now on."""
        accounts.sign_out(services(), request.headers.get("Authorization"))


@blueprint.route("/accounts")
class Accounts(MethodView):
    @blueprint.arguments(NewAccount)
    @blueprint.response(201, SignedIn)
    @blueprint.may_take_token(400, 409, 413, 429)
    def post(self, given: dict[str, str]) -> dict[str, Any]:
        """Sign up. With a guest's token in the Authorization header the guest becomes the account: same person,
        same device, same cases."""
        return accounts.sign_up(
            services(),
            given["login"],
            given["password"],
            given["name"],
            request.headers.get("Authorization"),
            _address(),
        )


@blueprint.route("/me")
class Me(MethodView):
    @blueprint.response(200, PersonSchema)
    @blueprint.wants_token()
    def get(self) -> dict[str, Any]:
        """Who this device's token stands for."""
        return devices.signed_in(services().engine, request.headers.get("Authorization")).public()


def _address() -> str:
    return request.remote_addr or "?"
