"""From a city's folder to a `City`, or the first thing that is wrong with it.

A folder holds `city.toml`, `offices.toml`, `calendar.toml`, `areas.csv` and one file per service under
`services/`.
"""

import csv
import tomllib
from collections.abc import Iterator
from importlib import resources
from pathlib import Path
from typing import Any, TypeVar

import msgspec
import msgspec.inspect as shapes

from schemas.catalogue.check import city_faults
from schemas.catalogue.errors import CatalogueError
from schemas.catalogue.model import Area, City, Holidays, Map, Office, OfficeHours, Override, Service, Text
from sync.decoding import convert

Shape = TypeVar("Shape")

# Far above any real city; a folder given by mistake (a log, a dump) is refused before it fills the memory.
MAX_FILE_BYTES = 4_000_000


class _CityFile(msgspec.Struct, kw_only=True):
    code: str
    name: Text
    timezone: str
    weekend: tuple[int, ...]
    office_hours: dict[int, OfficeHours]
    holidays: Holidays
    texts: dict[str, Text] = msgspec.field(default_factory=dict)
    map: Map | None = None


class _OfficesFile(msgspec.Struct):
    offices: tuple[Office, ...]


class _CalendarFile(msgspec.Struct):
    version: str
    overrides: tuple[Override, ...] = ()


def city_folder(name: str) -> Path:
    """The folder of a shipped city by its name ("semarang"), or of another by its path.

    Raises CatalogueError when there is no such folder.
    """
    path = Path(name)
    if not path.is_absolute() and len(path.parts) == 1:
        shipped = Path(str(resources.files("schemas"))) / "cities" / name
        if shipped.is_dir():
            return shipped
    if path.is_dir():
        return path
    raise CatalogueError(name, "-", "no city ships under this name and no such folder exists")


def load_city(folder: Path) -> City:
    """Read and check a city's folder. Raises CatalogueError with the first fault: file, key and reason."""
    city, files = read_city(folder)
    for fault in city_faults(city, files):
        raise fault
    return city


def all_faults(folder: Path) -> list[CatalogueError]:
    """Everything wrong with a folder, for a person mending it; a file that cannot be read hides what follows."""
    try:
        city, files = read_city(folder)
    except CatalogueError as fault:
        return [fault]
    return list(city_faults(city, files))


def read_city(folder: Path) -> tuple[City, dict[int, str]]:
    """The city by shape alone, and which file each service came from, by its place in `services`."""
    head = _read(folder, "city.toml", _CityFile)
    calendar = _read(folder, "calendar.toml", _CalendarFile)
    names = sorted(path.name for path in (folder / "services").glob("*.toml"))
    if not names:
        raise CatalogueError("services", "-", "no service: put at least one .toml file here")
    files = [f"services/{name}" for name in names]
    services = tuple(_read(folder, file, Service) for file in files)
    parts = {
        "code": head.code,
        "name": head.name,
        "timezone": head.timezone,
        "weekend": head.weekend,
        "office_hours": head.office_hours,
        "holidays": head.holidays,
        "calendar_version": calendar.version,
        "overrides": calendar.overrides,
        "offices": _read(folder, "offices.toml", _OfficesFile).offices,
        "areas": tuple(_areas(folder)),
        "services": services,
        "texts": head.texts,
        "map": head.map,
    }
    # Converted once more as a whole, so that the model's own bounds (codes, weekdays) hold for what TOML
    # gave.
    try:
        city = convert(msgspec.to_builtins(parts), City, str_keys=True)
    except msgspec.ValidationError as error:
        raise _shape_fault("city.toml", error) from None
    return city, dict(enumerate(files))


def _text(folder: Path, file: str) -> str:
    path = folder / file
    try:
        if path.stat().st_size > MAX_FILE_BYTES:
            raise CatalogueError(file, "-", f"larger than {MAX_FILE_BYTES} bytes")
        return path.read_bytes().decode("utf-8")
    except UnicodeDecodeError as error:
        raise CatalogueError(file, f"byte {error.start}", "is not UTF-8") from None
    except OSError as error:
        raise CatalogueError(file, "-", error.strerror or "cannot be read") from None


def _read(folder: Path, file: str, shape: type[Shape]) -> Shape:
    try:
        raw: dict[str, Any] = tomllib.loads(_text(folder, file))
    except tomllib.TOMLDecodeError as error:
        # tomllib ends its message with "(at line 3, column 5)"; the place is the key of a file that has no
        # keys yet.
        reason, _, place = str(error).rpartition(" (at ")
        raise CatalogueError(file, place.rstrip(")") or "-", reason or str(error)) from None
    for place, key in _unknown(raw, shapes.type_info(shape)):
        raise CatalogueError(file, place or "-", f"unknown field `{key}`")
    try:
        return convert(raw, shape, str_keys=True)
    except msgspec.ValidationError as error:
        raise _shape_fault(file, error) from None


def _unknown(raw: Any, shape: shapes.Type, place: str = "") -> Iterator[tuple[str, str]]:
    """Keys that the model does not have, each with where it stands: a misspelt key is an error, not a setting that
    silently does nothing. The model itself passes them over, for the sake of devices that are older than the city."""
    match shape:
        case shapes.StructType(fields=fields) if isinstance(raw, dict):
            types = {field.encode_name: field.type for field in fields}
            for key, value in raw.items():
                if key in types:
                    yield from _unknown(value, types[key], f"{place}.{key}" if place else key)
                else:
                    yield place, key
        case shapes.DictType(value_type=inner) if isinstance(raw, dict):
            for key, value in raw.items():
                yield from _unknown(value, inner, f"{place}.{key}" if place else key)
        case shapes.ListType(item_type=inner) | shapes.VarTupleType(item_type=inner) if isinstance(raw, list):
            for number, value in enumerate(raw):
                yield from _unknown(value, inner, f"{place}[{number}]")
        case shapes.UnionType(types=options):
            for option in options:
                yield from _unknown(raw, option, place)


def _shape_fault(file: str, error: msgspec.ValidationError) -> CatalogueError:
    # "Object missing required field `en` - at `$.stages[0].label`": the path is the key, the rest the reason.
    reason, _, path = str(error).partition(" - at ")
    key = path.strip("`").removeprefix("$").removeprefix(".")
    return CatalogueError(file, key or "-", reason)


def _areas(folder: Path) -> Iterator[Area]:
    file = "areas.csv"
    lines = [line for line in _text(folder, file).splitlines() if line.strip() and not line.startswith("#")]
    rows = csv.DictReader(lines, strict=True)
    if rows.fieldnames != ["code", "kind", "parent", "name"]:
        raise CatalogueError(file, "header", "must be code,kind,parent,name")
    for number, row in enumerate(rows, start=1):
        try:
            yield convert(row, Area)
        except msgspec.ValidationError as error:
            raise _shape_fault(file, msgspec.ValidationError(f"row {number}: {error}")) from None
