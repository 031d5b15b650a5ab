"""What must hold in a city beyond the shape of its files. Each fault names its file, its key and its reason."""

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Final
from zoneinfo import ZoneInfo

import msgspec

from schemas.catalogue.check_process import process_faults
from schemas.catalogue.check_questions import question_faults
from schemas.catalogue.errors import CatalogueError
from schemas.catalogue.fault import Fault, twice
from schemas.catalogue.model import City, Map, Service
from schemas.catalogue.service import NAMED
from schemas.text import Text

TILES: Final = re.compile(r"https://[A-Za-z0-9.-]+(:[0-9]{1,5})?/[!-~]*")


def city_faults(city: City, files: Mapping[int, str]) -> Iterator[CatalogueError]:
    """Every fault of a city. `files` names the file of each service, by its place in `city.services`."""
    yield from _in("city.toml", _head(city))
    yield from _in("calendar.toml", _calendar(city))
    yield from _in("offices.toml", _offices(city))
    yield from _in("areas.csv", _areas(city))
    for index, service in enumerate(city.services):
        earlier = city.services[:index]
        yield from _in(files[index], _beside(service, earlier, files))
        yield from _in(files[index], service_faults(service, city))


def service_faults(service: Service, city: City) -> Iterator[Fault]:
    """The faults of one service, given the offices of its city."""
    yield from blank_texts(service)
    offices = {office.code for office in city.offices}
    if service.office not in offices:
        yield Fault("office", f"unknown office {service.office!r}")
    yield from question_faults(service)
    yield from process_faults(service, offices)


def blank_texts(thing: msgspec.Struct, key: str = "") -> Iterator[Fault]:
    """Texts that are there but say nothing, in either language."""
    for name in thing.__struct_fields__:
        value = getattr(thing, name)
        place = f"{key}.{name}" if key else name
        # A list of structs is checked one by one, named by code, as a person looks for them.
        parts = {"": value} if not isinstance(value, dict) else {f".{k}": v for k, v in value.items()}
        if isinstance(value, tuple):
            parts = {f"[{_name(part, i)}]": part for i, part in enumerate(value)}
        for suffix, part in parts.items():
            if isinstance(part, Text):
                for language, words in (("id", part.id), ("en", part.en)):
                    if not words.strip():
                        yield Fault(f"{place}{suffix}.{language}", "the text is empty")
            elif isinstance(part, msgspec.Struct):
                yield from blank_texts(part, place + suffix)


def _name(part: object, index: int) -> str:
    return str(getattr(part, "code", None) or getattr(part, "name", None) or index)


def _in(file: str, faults: Iterable[Fault]) -> Iterator[CatalogueError]:
    for fault in faults:
        yield CatalogueError(file, fault.key, fault.reason)


def _head(city: City) -> Iterator[Fault]:
    yield from blank_texts(msgspec.structs.replace(city, services=(), offices=(), areas=(), overrides=()))
    try:
        ZoneInfo(city.timezone)
    except (ValueError, OSError, LookupError):
        yield Fault("timezone", f"unknown time zone {city.timezone!r}")
    yield from twice("weekend", map(str, city.weekend))
    if not city.office_hours:
        yield Fault("office_hours", "no weekday has office hours, so nothing could ever be received in time")
    for weekday, hours in city.office_hours.items():
        if hours.opens >= hours.closes:
            yield Fault(f"office_hours.{weekday}", "closes before it opens")
        if weekday in city.weekend:
            yield Fault(f"office_hours.{weekday}", "is also in weekend")
    if city.map is not None:
        yield from _map(city.map)


def _map(found: Map) -> Iterator[Fault]:
    if not TILES.fullmatch(found.tiles):
        # The host goes into a header that tells browsers where pictures may come from, so it is held to its letters.
        yield Fault("map.tiles", "must be an https:// address with a host and a path, without blanks")
    placeholders = NAMED.findall(found.tiles)
    for name in ("z", "x", "y"):
        if placeholders.count(name) != 1:
            yield Fault("map.tiles", f"needs {{{name}}} once")
    for name in placeholders:
        if name not in ("z", "x", "y"):
            yield Fault("map.tiles", f"unknown placeholder {{{name}}}: there are {{z}}, {{x}} and {{y}}")


def _calendar(city: City) -> Iterator[Fault]:
    if not city.calendar_version.strip():
        yield Fault("version", "is empty; it is stamped on every deadline")
    yield from twice("overrides", (override.on.isoformat() for override in city.overrides))
    for override in city.overrides:
        key = f"overrides[{override.on}]"
        yield from blank_texts(override, key)
        if not override.decree.strip():
            yield Fault(f"{key}.decree", "is empty; a day is closed or opened only by a decree")


def _offices(city: City) -> Iterator[Fault]:
    yield from twice("offices", (office.code for office in city.offices))
    for office in city.offices:
        key = f"offices[{office.code}]"
        yield from blank_texts(office, key)
        for weekday, hours in (office.hours or {}).items():
            if hours.opens >= hours.closes:
                yield Fault(f"{key}.hours.{weekday}", "closes before it opens")


def _areas(city: City) -> Iterator[Fault]:
    yield from twice("areas", (area.code for area in city.areas))
    kecamatan = {area.code for area in city.areas if area.kind == "kecamatan"}
    for area in city.areas:
        if area.kind == "kelurahan" and area.parent not in kecamatan:
            yield Fault(f"areas[{area.code}].parent", f"unknown kecamatan {area.parent!r}")
        if not area.name.strip():
            yield Fault(f"areas[{area.code}].name", "is empty")


def _beside(service: Service, earlier: tuple[Service, ...], files: Mapping[int, str]) -> Iterator[Fault]:
    for index, other in enumerate(earlier):
        if other.code == service.code:
            yield Fault("code", f"{service.code!r} is already the code in {files[index]}")
        if other.prefix == service.prefix:
            yield Fault("prefix", f"{service.prefix!r} is already the prefix in {files[index]}")
