"""A city and its services as immutable data, the same at the server and on every device.

One model reads TOML (through `schemas.catalogue.load`) and the JSON that `GET /api/v1/catalogue` answers. The JSON may
hold keys of a later version, which are passed over: a device that is older than its city still works.
"""

import hashlib
from datetime import date
from functools import cached_property
from typing import Annotated, Any, Literal, Self
from urllib.parse import urlsplit

import msgspec

from schemas.catalogue.process import (
    DRAFT,
    OWNER,
    ROLES,
    Action,
    Beyond,
    Effect,
    Ending,
    Limit,
    Note,
    Rolls,
    Routes,
    Stage,
    StageLimit,
    Unit,
)
from schemas.catalogue.questions import Code, Condition, Document, Field, FieldType, Form, Group, Option
from schemas.catalogue.service import Certificate, Joins, Service
from schemas.text import Language, Text
from sync.decoding import decoder

__all__ = [
    "DRAFT",
    "OWNER",
    "ROLES",
    "Action",
    "Area",
    "Beyond",
    "Certificate",
    "City",
    "Condition",
    "Document",
    "Effect",
    "Ending",
    "Field",
    "FieldType",
    "Form",
    "Group",
    "Holidays",
    "Joins",
    "Language",
    "Limit",
    "Map",
    "Note",
    "Office",
    "OfficeHours",
    "Option",
    "Override",
    "Rolls",
    "Routes",
    "Service",
    "Stage",
    "StageLimit",
    "Text",
    "Unit",
    "version_of",
]

Clock = Annotated[str, msgspec.Meta(pattern=r"^([01]\d|2[0-3]):[0-5]\d$")]
Weekday = Annotated[int, msgspec.Meta(ge=1, le=7)]


class OfficeHours(msgspec.Struct, frozen=True):
    """Opening and closing, "HH:MM" in the city's own time zone."""

    opens: Clock
    closes: Clock


class Office(msgspec.Struct, frozen=True):
    """A part of the city's government that cases go to. `hours` differ from the city's only where given."""

    code: Code
    name: Text
    hours: dict[Weekday, OfficeHours] | None = None


class Area(msgspec.Struct, frozen=True):
    """A kecamatan or kelurahan by its official code; `parent` is the area it lies in."""

    code: str
    kind: Literal["kecamatan", "kelurahan"]
    parent: str
    name: str


class Holidays(msgspec.Struct, frozen=True):
    """What to ask the `holidays` package for."""

    country: str
    categories: tuple[str, ...]
    language: str


class Override(msgspec.Struct, frozen=True):
    """A day that a decree closed or opened, against what the calendar says. `decree` names it."""

    on: date
    kind: Literal["closed", "open"]
    name: Text
    decree: str


class Map(msgspec.Struct, frozen=True, kw_only=True):
    """Where the app's map begins, and whose pictures it is drawn from.

    `tiles` is an https URL with the placeholders {z}, {x} and {y}. `attribution` is what whoever made the map asks to
    have printed on it. `lat` and `lon` are the map's middle in degrees, `zoom` is how near it begins.
    """

    tiles: str
    attribution: Text
    lat: Annotated[float, msgspec.Meta(ge=-90, le=90)]
    lon: Annotated[float, msgspec.Meta(ge=-180, le=180)]
    zoom: Annotated[int, msgspec.Meta(ge=0, le=22)]

    @property
    def origin(self) -> str:
        """Scheme, host and port of the tiles, as a browser's content policy names a place."""
        parts = urlsplit(self.tiles)
        return f"{parts.scheme}://{parts.netloc}"


def version_of(data: bytes) -> str:
    """The version of the catalogue whose JSON this is, also where it holds more than this model knows."""
    return hashlib.sha256(data).hexdigest()[:12]


class City(msgspec.Struct, frozen=True, kw_only=True, dict=True):
    """Everything that makes this city this one; nothing about it stands in code.

    `weekend` and the keys of `office_hours` are ISO weekdays (1 is Monday). A weekday without office hours is
    closed to the public. `calendar_version` is stamped on every deadline. Without a `map` places are told in words.
    """

    code: Code
    name: Text
    timezone: str
    weekend: tuple[Weekday, ...]
    office_hours: dict[Weekday, OfficeHours]
    holidays: Holidays
    calendar_version: str
    overrides: tuple[Override, ...]
    offices: tuple[Office, ...]
    areas: tuple[Area, ...]
    services: tuple[Service, ...]
    texts: dict[str, Text]
    map: Map | None = None

    def service(self, code: str) -> Service:
        """KeyError when there is none."""
        return self._services[code]

    def area(self, code: str) -> Area:
        """KeyError when there is none."""
        return self._areas[code]

    def office(self, code: str) -> Office:
        """KeyError when there is none."""
        return self._offices[code]

    def district_of(self, area_code: str) -> str:
        """The kecamatan that an area lies in, or is. KeyError when there is no such area."""
        area = self._areas[area_code]
        return area.code if area.kind == "kecamatan" else area.parent

    @cached_property
    def version(self) -> str:
        """Twelve hex digits over the content: two cities with the same version are the same."""
        return version_of(self._json)

    def to_json(self) -> bytes:
        """The public catalogue; keys in a fixed order, so equal cities give equal bytes."""
        return self._json

    @classmethod
    def from_json(cls, data: bytes | str) -> Self:
        """Read what `to_json` wrote, here or in a later version. Raises msgspec.DecodeError, or its ValidationError for
        a wrong shape."""
        return decoder(cls).decode(data)

    @cached_property
    def memo(self) -> dict[Any, Any]:
        """What others worked out from this city (built schemas); it lives and dies with the city."""
        return {}

    @cached_property
    def _json(self) -> bytes:
        # msgspec orders only string keys, and office hours are keyed by weekday.
        return msgspec.json.encode(msgspec.to_builtins(self, str_keys=True), order="deterministic")

    @cached_property
    def _services(self) -> dict[str, Service]:
        return {service.code: service for service in self.services}

    @cached_property
    def _areas(self) -> dict[str, Area]:
        return {area.code: area for area in self.areas}

    @cached_property
    def _offices(self) -> dict[str, Office]:
        return {office.code: office for office in self.offices}
