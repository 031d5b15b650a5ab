"""What schemathesis makes up, sent to the little city as somebody, and often about something that is there.

Who speaks, and whether the ids are real ones, follows from the case alone: so the same case is the same request,
however often and in whatever order it is tried.
"""

import re
from dataclasses import dataclass
from functools import cache
from typing import Any, Final
from zlib import crc32

import schemathesis
from schemathesis import Case, SerializationContext
from schemathesis.core.parameters import ParameterLocation
from sqlalchemy import text

from server.access import devices, invitations, passwords
from server.files import tus
from server.store.database import writing
from sync import bundle
from tests.api.sending import Sender, coded
from tests.sweeps.city_day import MARKERS, PASSWORD, CityDay

SPEAKERS: Final = ("nobody", "guest", "owner", "front desk", "admin")
SENDERS: Final = ("owner", "owner", "owner", "owner", "owner", "nobody", "guest")
"""Of what only the owner has: files, and uploads under way."""

RAW: Final = (tus.MEDIA, bundle.MEDIA)
"""Bodies that are bytes and nothing else."""

SEED: Final = 20_260_316

_REFUSED: Final = ["400", "401", "403", "404", "405", "409", "410", "412", "413", "415", "416", "422", "429", "460"]


_STEADY: Final[dict[str, Any]] = {
    phase: {"extra-data-sources": {"responses": False}} for phase in ("examples", "coverage", "fuzzing")
} | {"stateful": {"enabled": False}}
"""Nothing is made of what was answered before: ids in it are other ones each time, and so would the cases be."""


def config(many: int) -> schemathesis.Config:
    """How schemathesis looks at the document: `many` cases for each operation, other ones each time; 0 is few, and
    always the same ones."""
    return schemathesis.Config.from_dict(
        ({} if many else {"seed": SEED, "phases": _STEADY})
        | {
            "generation": {"max-examples": many or 12, "deterministic": not many, "with-security-parameters": False},
            "checks": {
                # tests/sweeps/test_routes.py asks each route as everybody.
                "ignored_auth": {"enabled": False},
                # What tus and we refuse with numbers of our own (docs/protocol.md §15) is refused all the same.
                "negative_data_rejection": {"expected-statuses": _REFUSED},
                "missing_required_header": {"expected-statuses": ["400", "401", "404", "405", "410", "412", "415"]},
                # That an id is of something, a password not guessed first, a sum right: no schema can say that.
                "positive_data_acceptance": {"expected-statuses": ["2xx", "304", *_REFUSED]},
            },
        }
    )


@dataclass(frozen=True)
class Speaker:
    """Who sends a case, and whether its ids are made real."""

    name: str
    knows: bool

    @classmethod
    def of(cls, case: Case) -> "Speaker":
        told = repr((case.method, case.path_parameters, case.query, case.body, sorted(case.headers.items())))
        # What was left out is an object that tells where it lies in memory.
        digest = crc32(re.sub(r" at 0x[0-9a-f]+", "", told).encode("utf-8", "replace"))
        speakers = SENDERS if re.search("/(uploads|files)", case.operation.path) else SPEAKERS
        return cls(speakers[digest % len(speakers)], digest // 7 % 5 != 0)


def raw(_context: SerializationContext, value: Any) -> Any:
    """Whatever was made up for a body of bytes, as bytes."""
    return value if isinstance(value, bytes) else str(value).encode("utf-8", "surrogatepass")


def read_to_the_end(app: Any) -> Any:
    """The application, its answers read and closed at once, as real servers do."""

    def asked(environ: Any, start_response: Any) -> list[bytes]:
        answer = app(environ, start_response)
        try:
            return [b"".join(answer)]
        finally:
            if hasattr(answer, "close"):
                answer.close()

    return asked


def prepare(day: CityDay, case: Case) -> None:
    """Put into a case who sends it and what it is about, and clear away what stands in its way: counts of tries,
    and passwords that were changed."""
    speaker = Speaker.of(case)
    with writing(day.server.engine) as connection:
        connection.execute(text("DELETE FROM attempt"))
        connection.execute(text("UPDATE person SET password = :of WHERE password IS NOT NULL"), {"of": _hashed()})
    token = None if speaker.name == "nobody" else _token(day, speaker.name)
    # Cases share what they are made of, so nothing of it is changed in its place.
    case.headers = case.headers.copy()
    if speaker.knows:
        _make_real(day, case)
    case.headers["Accept-Encoding"] = "identity"
    if token is not None:
        case.headers["Authorization"] = f"Bearer {token}"


@cache
def _hashed() -> str:
    return passwords.hash_password(PASSWORD)


def _token(day: CityDay, name: str) -> str:
    """A way in of one's own for each case: one of them may be to sign out."""
    if name == "guest":
        return day.devices["guest"].token
    token = day.server.world.sources.new_token()
    with writing(day.server.engine) as connection:
        devices.new_device(connection, day.server.world.sources, day.persons[name], token)
    return token


def _make_real(day: CityDay, case: Case) -> None:
    """Put what is there in the place of what was made up, but not where that was made up to be wrong."""
    wrong = case.meta.is_negative_at if case.meta is not None else lambda _: False
    place, query, headers = case.path_parameters, case.query, case.headers
    if isinstance(place, dict) and not wrong(ParameterLocation.PATH):
        case.path_parameters = place | {name: _named(day, name) for name in place}
    if isinstance(query, dict) and "code" in query and not wrong(ParameterLocation.QUERY):
        case.query = query | {"code": day.code}
    if isinstance(case.body, dict) and not wrong(ParameterLocation.BODY):
        case.body = case.body | _real_body(day, case.operation.path)
    if not wrong(ParameterLocation.HEADER):
        if "Upload-Metadata" in headers:
            ids = {"case": day.draft, "attachment": day.waiting["id"]}
            headers["Upload-Metadata"] = ",".join(f"{name} {coded(value)}" for name, value in ids.items())
            headers["Upload-Length"] = str(day.waiting["size"])
        elif "Upload-Offset" in headers:
            headers["Upload-Offset"] = "0"
        headers.pop("Upload-Checksum", None)


def _named(day: CityDay, name: str) -> str:
    if name == "upload":
        return Sender(day.devices["owner"]).begin(day.draft, day.waiting).rpartition("/")[2]
    return {"number": day.number, "case": day.accepted, "attachment": day.photo, "device": day.lost}[name]


def _real_body(day: CityDay, path: str) -> dict[str, Any]:
    if path.endswith("/devices"):
        return {"login": "owner", "password": PASSWORD}
    if path.endswith("/password"):
        return {"old": PASSWORD, "password": "angin di atas atap", "others": False}
    if path.endswith("/end"):
        return {"password": PASSWORD}
    if path.endswith(("/invitations", "/enrolments")):
        code, _ = invitations.invite(day.server.engine, day.server.world.sources, MARKERS["login"])
        return {"code": code}
    if path.endswith("/diagnoses"):
        with writing(day.server.engine) as connection:
            connection.execute(text("UPDATE device SET diagnosis_asked = created"))
    return {}
