"""Valid answers to any form of a catalogue, made from the catalogue itself.

`answers` walks the fields in order, so a question is answered only where the answers before it make it be asked.
`branches` answers a form once for each option of each choice, so that every conditional question is asked somewhere.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from schemas.catalogue.model import City, Field

WORDS = "Jalan Contoh nomor satu di dekat lapangan kelurahan"


def value(field: Field, city: City, variant: int = 0) -> Any:
    """A clean value for one field; another `variant` gives another one wherever there is more than one."""
    return _MAKERS[field.type](field, city, variant)


def answers(
    city: City,
    fields: Sequence[Field],
    given: Mapping[str, Any] | None = None,
    *,
    optional: bool = True,
    variant: int = 0,
) -> dict[str, Any]:
    """Answers to every question that is asked; `given` ones stand, the others follow from the catalogue."""
    given = given or {}
    made: dict[str, Any] = {}
    for field in fields:
        if not field.asked(made):
            continue
        if field.name in given:
            made[field.name] = given[field.name]
        elif field.required or optional:
            made[field.name] = value(field, city, variant)
    return made


def branches(city: City, fields: Sequence[Field]) -> Iterator[dict[str, Any]]:
    """One set of answers for each option of each choice."""
    yield answers(city, fields)
    yield answers(city, fields, optional=False)
    for field in fields:
        for option in _options(field):
            forced = _leading_to(field, fields) | {field.name: option}
            yield answers(city, fields, forced)


def _leading_to(field: Field, fields: Sequence[Field]) -> dict[str, Any]:
    """Answers to earlier questions under which this one is asked."""
    if field.when is None:
        return {}
    before = next(other for other in fields if other.name == field.when.field)
    wanted = next(option for option in _options(before) if field.when.met({before.name: option}))
    return _leading_to(before, fields) | {before.name: wanted}


def _options(field: Field) -> list[str]:
    if field.type == "yesno":
        return ["yes", "no"]
    return [option.code for option in field.options] if field.type == "choice" else []


def _words(field: Field, city: City, variant: int) -> str:
    text = f"{variant} {WORDS}"
    while len(text) < int(field.min or 0):
        text += f" {WORDS}"
    return text[: field.size].strip()


def _digits(field: Field, city: City, variant: int) -> str:
    length = field.length or max(int(field.min or 1), min(8, field.size))
    return str(variant + 1).rjust(length, "3")


def _number(field: Field, city: City, variant: int) -> int | float:
    least = 0 if field.min is None else field.min
    most = least + 10 if field.max is None else field.max
    return min(least + variant + 1, most)


def _choice(field: Field, city: City, variant: int) -> str:
    return field.options[variant % len(field.options)].code


def _multi(field: Field, city: City, variant: int) -> list[str]:
    least = max(1, int(field.min or 0))
    return [option.code for option in field.options][: max(least, variant % len(field.options) + 1)]


def _area(field: Field, city: City, variant: int) -> str:
    areas = [area.code for area in city.areas if area.kind == "kelurahan"]
    return areas[variant * 17 % len(areas)]


def _outline(field: Field, city: City, variant: int) -> list[list[float]]:
    corners = max(3, int(field.min or 0))
    return [[round(-6.98 - i / 1000, 3), round(110.42 + (i % 2 + variant) / 1000, 3)] for i in range(corners)]


_MAKERS: dict[str, Callable[[Field, City, int], Any]] = {
    "text": _words,
    "longtext": _words,
    "digits": _digits,
    "integer": _number,
    "number": _number,
    "choice": _choice,
    "multi": _multi,
    "area": _area,
    "outline": _outline,
    "date": lambda field, city, variant: f"2026-03-{variant % 28 + 1:02d}",
    "phone": lambda field, city, variant: f"0812000{variant:05d}",
    "email": lambda field, city, variant: f"warga{variant}@contoh.id",
    "office": lambda field, city, variant: city.offices[variant % len(city.offices)].code,
    "case": lambda field, city, variant: f"KRK-2026-{variant + 1:06d}",
    "point": lambda field, city, variant: {"lat": round(-6.98 - variant / 1000, 3), "lon": 110.42},
    "yesno": lambda field, city, variant: "no" if variant % 2 else "yes",
}
