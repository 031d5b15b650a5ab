"""From what was typed on a command line to the value of a field: names become codes, files become text.

What can be made out is stored clean; what cannot is stored as typed, since a draft is kept right or wrong.
"""

import difflib
import json
import re
import sys
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from client.cli.plain import area_name
from client.cli.trouble import Said
from client.cli.words import say
from schemas.catalogue.model import City, Field, Service
from schemas.explain import MONTHS
from schemas.forms import Problem, check_form
from schemas.text import Language

YES, NO = frozenset({"ya", "y", "yes", "true", "iya"}), frozenset({"tidak", "t", "no", "n", "false", "bukan"})
DAYS = {"hari ini": 0, "today": 0, "kemarin": -1, "yesterday": -1, "besok": 1, "tomorrow": 1}
DAY = re.compile(r"(\d{1,2})[\s/.-]+([A-Za-z]+|\d{1,2})[\s/.-]+(\d{4})")
ALIKE = 0.7
"""How alike two names are of which one may be a slip for the other; below it `email` would be meant by `details`."""
MOST_FILE = 200_000
"""Characters of a file that one field may come from; more than any field takes."""


def values_of(
    pairs: Iterable[str], fields: Sequence[Field], service: Service, city: City, today: date, language: Language
) -> dict[str, Any]:
    """field=value, field=@file or field= (None), as clean values."""
    found: dict[str, Any] = {}
    for pair in pairs:
        name, equals, text = pair.partition("=")
        if not equals or not name:
            raise Said("no_equals", text=pair)
        field = field_named(name.strip(), fields, service, language)
        found[field.name] = value_of(field, _content(text), service, city, today, language)
    return found


def from_json(path: str, fields: Sequence[Field], service: Service, language: Language) -> dict[str, Any]:
    """The values of a file (`-` is standard input) that holds one JSON object."""
    try:
        values = json.loads(_read(path))
    except (ValueError, RecursionError) as error:
        raise Said("not_json", path=path, reason=error) from None
    if not isinstance(values, dict):
        raise Said("not_json", path=path, reason=type(values).__name__)
    for name in values:
        field_named(name, fields, service, language)
    return values


def field_named(name: str, fields: Sequence[Field], service: Service, language: Language) -> Field:
    """The field; `Said` with what may have been meant, and what there is."""
    for field in fields:
        if field.name == name:
            return field
    near = difflib.get_close_matches(name, [f.name for f in fields], 3, ALIKE)
    near += [f.name for f in fields if name.lower() in (f.label.id.lower(), f.label.en.lower()) and f.name not in near]
    maybe = say(language, "maybe", names=", ".join(near)) if near else ""
    known = _named(fields, language)
    raise Said("no_field", name=name, where=service.code, service=service.code, maybe=maybe, known=known)


def _named(fields: Sequence[Field], language: Language) -> str:
    """The fields of a form on a line or two, those that it requires first."""
    lines = ""
    for key, required in (("fields_required", True), ("fields_optional", False)):
        names = [f"{field.name} ({field.label.get(language)})" for field in fields if field.required is required]
        lines += say(language, key, names=", ".join(names)) if names else ""
    return lines


def value_of(field: Field, text: str, service: Service, city: City, today: date, language: Language) -> Any:
    """One value. `Said` where a name fits several places, so that none is guessed."""
    text = text.strip()
    if not text:
        return None
    reader = _READERS.get(field.type)
    value = reader(field, text, city, today, language) if reader else text
    clean, _ = check_form(city, service, (field,), {field.name: value}, partial=True)
    return clean.get(field.name, value)


def problem_of(field: Field, value: Any, service: Service, city: City) -> Problem | None:
    """What is wrong with one value by itself."""
    if value is None:
        return None
    return check_form(city, service, (field,), {field.name: value}, partial=True)[1].get(field.name)


def matches(text: str, named: Mapping[str, Sequence[str]]) -> list[str]:
    """The codes whose code or a name is the text; else those with a name that begins with it; else that hold it."""
    wanted = _folded(text)
    for fits in (str.__eq__, str.startswith, str.__contains__):
        found = [code for code, names in named.items() if any(fits(_folded(n), wanted) for n in (code, *names))]
        if found:
            return found
    return []


def areas_named(text: str, city: City) -> list[str]:
    """Kelurahan that a name may mean; "Sekayu, Semarang Tengah" narrows by the kecamatan."""
    wards = {a.code: [a.name, area_name(city, a.code)] for a in city.areas if a.kind == "kelurahan"}
    return matches(re.sub(r"\s*,\s*", ", ", text), wards)


def _one_of(field: Field, text: str, found: list[str], shown: Mapping[str, str], language: Language) -> str:
    if len(found) > 1:
        some = "; ".join(shown[code] for code in found[:6]) + (" …" if len(found) > 6 else "")
        raise Said("unclear", label=field.label.get(language), text=text, found=some)
    return found[0] if found else text


def _area(field: Field, text: str, city: City, today: date, language: Language) -> str:
    found = areas_named(text, city)
    return _one_of(field, text, found, {code: f"{area_name(city, code)} ({code})" for code in found}, language)


def _office(field: Field, text: str, city: City, today: date, language: Language) -> str:
    found = matches(text, {office.code: [office.name.id, office.name.en] for office in city.offices})
    return _one_of(field, text, found, {code: code for code in found}, language)


def _choice(field: Field, text: str, city: City, today: date, language: Language) -> str:
    found = matches(text, {option.code: [option.label.id, option.label.en] for option in field.options})
    return _one_of(field, text, found, {code: code for code in found}, language)


def _multi(field: Field, text: str, city: City, today: date, language: Language) -> list[str]:
    return [_choice(field, part.strip(), city, today, language) for part in text.split(",") if part.strip()]


def _yesno(field: Field, text: str, city: City, today: date, language: Language) -> str:
    word = text.lower()
    return "yes" if word in YES else "no" if word in NO else text


def _date(field: Field, text: str, city: City, today: date, language: Language) -> str:
    if text.lower() in DAYS:
        return (today + timedelta(days=DAYS[text.lower()])).isoformat()
    if (match := DAY.fullmatch(text)) is not None:
        month = _month(match[2])
        try:
            return date(int(match[3]), month, int(match[1])).isoformat()
        except ValueError:
            return text
    return text


def _month(text: str) -> int:
    if text.isdigit():
        return int(text)
    names = [name.lower() for months in MONTHS.values() for name in months]
    found = {place % 12 + 1 for place, name in enumerate(names) if len(text) >= 3 and name.startswith(text.lower())}
    return found.pop() if len(found) == 1 else 0


def _point(field: Field, text: str, city: City, today: date, language: Language) -> Any:
    numbers = _numbers(text)
    if len(numbers) not in (2, 3):
        return text
    return dict(zip(("lat", "lon", "accuracy"), numbers, strict=False))


def _outline(field: Field, text: str, city: City, today: date, language: Language) -> Any:
    corners = [_numbers(part) for part in re.split(r"[;\n]+", text) if part.strip()]
    return corners if all(len(corner) == 2 for corner in corners) else text


def _numbers(text: str) -> list[float]:
    try:
        return [float(part) for part in re.split(r"[\s,]+", text.strip("[](){} ")) if part]
    except ValueError:
        return []


def _folded(text: str) -> str:
    return " ".join(text.lower().split())


def _content(text: str) -> str:
    """`@file` is the file's text; `@@` is a real @."""
    if text.startswith("@@"):
        return text[1:]
    return _read(text[1:]) if text.startswith("@") else text


def _read(path: str) -> str:
    try:
        if path == "-":
            return sys.stdin.read(MOST_FILE)
        with Path(path).expanduser().open(encoding="utf-8") as file:
            return file.read(MOST_FILE)
    except UnicodeDecodeError:
        raise Said("no_file", path=path, reason="UTF-8") from None
    except OSError as error:
        raise Said("no_file", path=path, reason=error.strerror or error) from None


_READERS = {
    "area": _area,
    "office": _office,
    "choice": _choice,
    "multi": _multi,
    "yesno": _yesno,
    "date": _date,
    "point": _point,
    "outline": _outline,
}
