"""Small things in words: values of a form, sizes, spans, names. Pure."""

import json
from collections.abc import Mapping
from datetime import date
from typing import Any

from client.cli.words import WORDS, say
from schemas.catalogue.model import DRAFT, City, Field, Service
from schemas.explain import MONTHS, WEEKDAYS, date_in_words, relative_in_words
from schemas.text import Language


def clean(text: str) -> str:
    """Without what a terminal would obey: escape sequences, and marks that turn the reading direction."""
    return "".join(c if c.isprintable() or c in "\n\t" else "�" for c in text)


def short_date(day: date, today: date, language: Language) -> str:
    """ "Rab 18 Mar", and the year where it is another one."""
    words = f"{WEEKDAYS[language][day.weekday()][:3]} {day.day} {MONTHS[language][day.month - 1][:3]}"
    return words if day.year == today.year else f"{words} {day.year}"


def long_date(day: date, today: date, language: Language) -> str:
    """ "Rabu, 18 Maret 2026 (2 hari lagi)"."""
    return f"{date_in_words(day, language)} ({relative_in_words(day, today, language)})"


def size_in_words(number: int, language: Language) -> str:
    """ "812 B", "1,4 kB"."""
    if number < 1_000:
        return f"{number} B"
    value, units = number / 1_000, ["kB", "MB", "GB", "TB"]
    while value >= 1_000 and len(units) > 1:
        value, units = value / 1_000, units[1:]
    words = f"{value:.1f} {units[0]}"
    return words if language == "en" else words.replace(".", ",")


def span_in_words(seconds: float, language: Language, key: str = "span") -> str:
    """ "3 jam"; with key `ago`, "3 jam yang lalu"."""
    for unit, length in (("days", 86_400), ("hours", 3_600), ("minutes", 60)):
        if seconds >= length:
            return say(language, f"{key}_{unit}", n=int(seconds // length))
    return say(language, "ago_now") if key == "ago" else say(language, f"{key}_minutes", n=0)


def stage_label(service: Service, code: str, language: Language) -> str:
    if code == DRAFT:
        return say(language, "draft")
    try:
        return service.stage(code).label.get(language)
    except KeyError:
        return code


def action_label(service: Service, code: str, language: Language) -> str:
    try:
        return service.action(code).label.get(language)
    except KeyError:
        return code


def role_name(role: str, language: Language) -> str:
    return say(language, f"role_{role}") if f"role_{role}" in WORDS else role


def area_name(city: City, code: str | None) -> str:
    """ "Sekayu, Semarang Tengah" for a kelurahan, the name alone for a kecamatan."""
    try:
        area = city.area(code or "")
        if area.kind == "kecamatan":
            return area.name
        return f"{area.name}, {city.area(area.parent).name}"
    except KeyError:
        return code or ""


def office_name(city: City, code: str, language: Language) -> str:
    try:
        return city.office(code).name.get(language)
    except KeyError:
        return code


def value_in_words(field: Field | None, value: Any, city: City, language: Language) -> str:
    """An answer as people read it. What does not fit its field is shown as it was typed."""
    if value is None or value == "":
        return "–"
    if field is None:
        return clean(value if isinstance(value, str) else json.dumps(value, ensure_ascii=False))
    labels = {option.code: option.label.get(language) for option in field.options}
    if isinstance(value, list) and field.type == "multi":
        return ", ".join(labels.get(str(item), str(item)) for item in value)
    if isinstance(value, list) and field.type == "outline":
        return say(language, "corners", n=len(value))
    if isinstance(value, Mapping) and field.type == "point":
        accuracy = value.get("accuracy")
        near = f" (±{accuracy:g} m)" if isinstance(accuracy, int | float) else ""
        return f"{value.get('lat')}, {value.get('lon')}{near}"
    if isinstance(value, str):
        return clean(_words(field, value, labels, city, language))
    if isinstance(value, int | float) and not isinstance(value, bool):
        number = f"{value:g}" if isinstance(value, float) else str(value)
        number = number.replace(".", ",") if language == "id" else number
        return f"{number} {field.unit}" if field.unit else number
    return clean(json.dumps(value, ensure_ascii=False))


def _words(field: Field, value: str, labels: Mapping[str, str], city: City, language: Language) -> str:
    if field.type == "choice":
        return labels.get(value, value)
    if field.type == "area":
        return area_name(city, value)
    if field.type == "office":
        return office_name(city, value, language)
    if field.type == "yesno":
        return say(language, value) if value in ("yes", "no") else value
    if field.type == "date":
        try:
            return date_in_words(date.fromisoformat(value), language)
        except ValueError:
            return value
    return value
