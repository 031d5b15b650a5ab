"""A marshmallow field for each type of the catalogue. None of them raises anything but a `ValidationError`.

A clean value is a string, a number, a list or a `{lat, lon}` that can be stored and sent as JSON as it is. A blank
answer is None, which is no answer. Problems are built once per field: no value of a person ever enters a message.
"""

import math
import re
from collections.abc import Callable, Mapping
from datetime import date
from typing import Any, Final

from marshmallow import fields

from schemas import form_problems as problems
from schemas.catalogue.model import City, Field
from schemas.catalogue.questions import NUMBER_BOUND
from schemas.form_problems import Problem
from schemas.form_words import clean_words, refuse

Cleaner = Callable[[Any], Any]

SEPARATORS: Final = re.compile(r"[\s().\-]+")
DIGITS: Final = re.compile(r"[0-9]+")
INTEGER: Final = re.compile(r"[+-]?[0-9]{1,15}")
DECIMAL: Final = re.compile(r"[+-]?[0-9]{1,15}(?:[.,][0-9]{1,10})?")
# "1.250" is 1250 to an Indonesian and 1.25 to a program: refused rather than guessed.
THOUSANDS: Final = re.compile(r"[+-]?[1-9][0-9]{0,2}[.,][0-9]{3}")
DATE: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
PHONE: Final = re.compile(r"\+?[0-9]{8,15}")
EMAIL: Final = re.compile(r"[^@\s\"<>(),;:\\]{1,64}@(?:[A-Za-z0-9-]{1,63}\.){1,8}[A-Za-z]{2,63}")
CASE: Final = re.compile(r"[A-Z0-9][A-Z0-9./-]{2,39}")
YEARS: Final = range(1900, 2101)
# Seven decimals of a degree are a centimetre; more is noise that makes equal places differ.
DEGREE_DECIMALS: Final = 7


class CatalogueField(fields.Field[Any]):
    """Cleans one answer with the cleaner of its type."""

    def __init__(self, clean: Cleaner) -> None:
        super().__init__(allow_none=True)
        self._clean = clean

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> Any:
        return self._clean(value)


def build(field: Field, city: City) -> CatalogueField:
    """The marshmallow field for a catalogue field of this city."""
    return CatalogueField(_BUILDERS[field.type](field, city))


def _text(field: Field, city: City) -> Cleaner:
    size, least, lines = field.size, int(field.min or 0), field.type == "longtext"

    def clean(value: Any) -> str | None:
        text = clean_words(value, size, lines=lines)
        if len(text) > size:
            raise refuse(problems.too_long(size))
        if text and len(text) < least:
            raise refuse(problems.too_short(least))
        return text or None

    return clean


def _digits(field: Field, city: City) -> Cleaner:
    size, least, exact = field.size, int(field.min or 0), field.length

    def clean(value: Any) -> str | None:
        # People copy numbers with the spaces, dots and hyphens that are printed on the card.
        text = SEPARATORS.sub("", clean_words(value, 100))
        if not text:
            return None
        if not DIGITS.fullmatch(text):
            raise refuse(problems.NOT_DIGITS)
        if exact is not None and len(text) != exact:
            raise refuse(problems.wrong_length(exact))
        if len(text) > size:
            raise refuse(problems.too_long(size))
        if len(text) < least:
            raise refuse(problems.too_short(least))
        return text

    return clean


def _number(field: Field, city: City) -> Cleaner:
    whole = field.type == "integer"
    least = -NUMBER_BOUND if field.min is None else field.min
    most = NUMBER_BOUND if field.max is None else field.max
    beyond = problems.out_of_range(least, most, field.unit)

    def clean(value: Any) -> int | float | None:
        number = _numeral(value) if isinstance(value, str) else value
        if number is None:
            return None
        if isinstance(number, bool) or not isinstance(number, int | float):
            raise refuse(problems.NOT_A_NUMBER)
        if isinstance(number, float):
            if not math.isfinite(number):
                raise refuse(problems.NOT_A_NUMBER)
            # 5.0 and 5 are one answer; left apart, a merge would see a change where there is none.
            number = int(number) if number.is_integer() else number
        if whole and isinstance(number, float):
            raise refuse(problems.NOT_WHOLE)
        if not least <= number <= most:
            raise refuse(beyond)
        return number

    return clean


def _numeral(value: str) -> int | float | None:
    text = clean_words(value, 40)
    if not text:
        return None
    if THOUSANDS.fullmatch(text) or not DECIMAL.fullmatch(text):
        raise refuse(problems.NOT_A_NUMBER)
    return int(text) if INTEGER.fullmatch(text) else float(text.replace(",", "."))


def _one_of(codes: frozenset[str], unknown: Problem) -> Cleaner:
    def clean(value: Any) -> str | None:
        if isinstance(value, str):
            # The common case first: an exact code needs no trimming.
            if value in codes:
                return value
            text = value.strip() if len(value) < 200 else value
            if not text:
                return None
            if text in codes:
                return text
        raise refuse(unknown)

    return clean


def _choice(field: Field, city: City) -> Cleaner:
    return _one_of(frozenset(option.code for option in field.options), problems.UNKNOWN_OPTION)


def _area(field: Field, city: City) -> Cleaner:
    codes = city.memo.get("kelurahan")
    if codes is None:
        codes = city.memo["kelurahan"] = frozenset(a.code for a in city.areas if a.kind == "kelurahan")
    return _one_of(codes, problems.UNKNOWN_AREA)


def _office(field: Field, city: City) -> Cleaner:
    return _one_of(frozenset(office.code for office in city.offices), problems.UNKNOWN_OFFICE)


def _yesno(field: Field, city: City) -> Cleaner:
    one = _one_of(frozenset(("yes", "no")), problems.NOT_YES_OR_NO)
    return lambda value: ("yes" if value else "no") if isinstance(value, bool) else one(value)


def _multi(field: Field, city: City) -> Cleaner:
    order = [option.code for option in field.options]
    least, most = int(field.min or 0), min(field.size, len(order))

    def clean(value: Any) -> list[str] | None:
        given = [value] if isinstance(value, str) else value
        if not isinstance(given, list | tuple):
            raise refuse(problems.NOT_A_LIST)
        # No answer lists an option more than once by intent, so a longer list is not read at all.
        if len(given) > 2 * len(order) or not all(isinstance(code, str) for code in given):
            raise refuse(problems.UNKNOWN_OPTION)
        chosen = {code.strip() for code in given if len(code) < 200} - {""}
        if any(len(code) >= 200 for code in given) or not chosen.issubset(order):
            raise refuse(problems.UNKNOWN_OPTION)
        if len(chosen) > most:
            raise refuse(problems.too_many(most))
        if chosen and len(chosen) < least:
            raise refuse(problems.too_few(least))
        # In the catalogue's order, so that two people who tick the same boxes give the same answer.
        return [code for code in order if code in chosen] or None

    return clean


def _date(field: Field, city: City) -> Cleaner:
    def clean(value: Any) -> str | None:
        text = clean_words(value, 40)
        if not text:
            return None
        if not DATE.fullmatch(text):
            raise refuse(problems.NOT_A_DATE)
        try:
            day = date.fromisoformat(text)
        except ValueError:
            raise refuse(problems.NOT_A_DATE) from None
        if day.year not in YEARS:
            raise refuse(problems.DATE_OUT_OF_RANGE)
        return text

    return clean


def _matching(pattern: re.Pattern[str], size: int, wrong: Problem, prepare: Callable[[str], str]) -> Cleaner:
    def clean(value: Any) -> str | None:
        text = prepare(clean_words(value, size))
        if not text:
            return None
        if len(text) > size or not pattern.fullmatch(text):
            raise refuse(wrong)
        return text

    return clean


def _phone(field: Field, city: City) -> Cleaner:
    return _matching(PHONE, field.size, problems.NOT_A_PHONE, lambda text: SEPARATORS.sub("", text))


def _email(field: Field, city: City) -> Cleaner:
    return _matching(EMAIL, field.size, problems.NOT_AN_EMAIL, str)


def _case(field: Field, city: City) -> Cleaner:
    return _matching(CASE, field.size, problems.NOT_A_CASE, lambda text: text.upper().replace(" ", ""))


def _coordinate(value: Any, bound: int, wrong: Problem) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not -bound <= value <= bound:
        raise refuse(wrong)
    # + 0.0 turns -0.0, which JSON writers disagree about, into 0.0.
    return round(float(value), DEGREE_DECIMALS) + 0.0


def _point(field: Field, city: City) -> Cleaner:
    def clean(value: Any) -> dict[str, float] | None:
        if value == "":
            return None
        if not isinstance(value, dict) or not {"lat", "lon"} <= value.keys() <= {"lat", "lon", "accuracy"}:
            raise refuse(problems.NOT_A_POINT)
        point = {
            "lat": _coordinate(value["lat"], 90, problems.NOT_A_POINT),
            "lon": _coordinate(value["lon"], 180, problems.NOT_A_POINT),
        }
        if value.get("accuracy") is not None:
            # Metres. Half the globe is the worst that a device can truthfully claim.
            point["accuracy"] = abs(_coordinate(value["accuracy"], 20_000_000, problems.NOT_A_POINT))
        return point

    return clean


def _outline(field: Field, city: City) -> Cleaner:
    least, most = max(3, int(field.min or 0)), field.size

    def clean(value: Any) -> list[list[float]] | None:
        if value == "" or value == []:
            return None
        if not isinstance(value, list | tuple):
            raise refuse(problems.NOT_AN_OUTLINE)
        if len(value) > most:
            raise refuse(problems.too_many(most))
        if not all(isinstance(corner, list | tuple) and len(corner) == 2 for corner in value):
            raise refuse(problems.NOT_AN_OUTLINE)
        if len(value) < least:
            raise refuse(problems.too_few(least))
        wrong = problems.NOT_AN_OUTLINE
        return [[_coordinate(lat, 90, wrong), _coordinate(lon, 180, wrong)] for lat, lon in value]

    return clean


_BUILDERS: Final[dict[str, Callable[[Field, City], Cleaner]]] = {
    "text": _text,
    "longtext": _text,
    "digits": _digits,
    "integer": _number,
    "number": _number,
    "choice": _choice,
    "multi": _multi,
    "date": _date,
    "phone": _phone,
    "email": _email,
    "area": _area,
    "office": _office,
    "case": _case,
    "point": _point,
    "outline": _outline,
    "yesno": _yesno,
}
