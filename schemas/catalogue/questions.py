"""What a service asks: fields, the documents it wants, and when each is asked at all."""

from collections.abc import Mapping
from typing import Annotated, Any, Literal

import msgspec

from schemas.text import Text

FieldType = Literal[
    "text",
    "longtext",
    "digits",
    "integer",
    "number",
    "choice",
    "multi",
    "date",
    "phone",
    "email",
    "area",
    "office",
    "case",
    "point",
    "outline",
    "yesno",
]
DocumentType = Literal["image", "pdf"]

# Codes travel in URLs, JSON keys, HTML ids and file names, so they keep to the characters safe in all of
# them.
Code = Annotated[str, msgspec.Meta(pattern=r"^[a-z][a-z0-9_]{0,39}$")]

# The most that one value may hold when a field names no `max`: characters for words, entries for lists. No
# field is without a bound, because a value travels in commands and is kept for good.
DEFAULT_SIZE: dict[str, int] = {
    "text": 200,
    "longtext": 4_000,
    "digits": 40,
    "choice": 40,
    "multi": 50,
    "date": 10,
    "phone": 20,
    "email": 254,
    "area": 20,
    "office": 40,
    "case": 40,
    "outline": 200,
    "yesno": 3,
}

# Beyond this, numbers stop being exact in JavaScript and no city measures anything that large.
NUMBER_BOUND = 1_000_000_000_000


class Option(msgspec.Struct, frozen=True):
    """One answer of a `choice` or `multi` field. `help` says when it is the right one."""

    code: Code
    label: Text
    help: Text | None = None


class Condition(msgspec.Struct, frozen=True):
    """Asked only when another field's value is one of `equals` and none of `not_equals`.

    Values are compared as strings; a `yesno` is "yes" or "no"; a `multi` matches when any of its entries
    does. A field that was not answered equals nothing, so `equals` fails and `not_equals` holds.
    """

    field: str
    equals: tuple[str, ...] = ()
    not_equals: tuple[str, ...] = ()

    def met(self, values: Mapping[str, Any]) -> bool:
        """Whether the condition holds for these (clean) values."""
        given = _as_strings(values.get(self.field))
        if self.equals and not given.intersection(self.equals):
            return False
        return not given.intersection(self.not_equals)


def _as_strings(value: Any) -> frozenset[str]:
    if value is None or value == "":
        return frozenset()
    if isinstance(value, bool):
        return frozenset(("yes" if value else "no",))
    if isinstance(value, str):
        return frozenset((value,))
    if isinstance(value, list | tuple):
        return frozenset(item for item in value if isinstance(item, str))
    if isinstance(value, int | float):
        # Within bounds only: Python refuses to spell out an integer of thousands of digits.
        return frozenset((str(value),)) if abs(value) <= NUMBER_BOUND else frozenset()
    return frozenset()


class Field(msgspec.Struct, frozen=True, kw_only=True):
    """One question.

    `min` and `max` bound the value of a number, the characters of a text, the entries of a `multi`, the
    corners of an `outline`. `length` is the exact count of digits (`digits` only). `unit` is printed behind
    the answer ("m²"). `personal`: shown in full only to those working on the case. `internal`: never shown to
    the applicant.
    """

    name: Code
    type: FieldType
    label: Text
    help: Text | None = None
    group: str = ""
    required: bool = True
    when: Condition | None = None
    personal: bool = False
    internal: bool = False
    min: int | float | None = None
    max: int | float | None = None
    length: int | None = None
    unit: str | None = None
    options: tuple[Option, ...] = ()

    @property
    def size(self) -> int:
        """The most characters (words) or entries (lists) a value may have; 0 for numbers and points."""
        default = DEFAULT_SIZE.get(self.type, 0)
        return int(self.max) if default and self.max is not None else default

    def asked(self, values: Mapping[str, Any]) -> bool:
        """Whether this question is put at all, given the other (clean) answers."""
        return self.when is None or self.when.met(values)


class Group(msgspec.Struct, frozen=True):
    """A section of the task list that the applicant works through."""

    code: Code
    label: Text


class Document(msgspec.Struct, frozen=True, kw_only=True):
    """A photo or file that the service wants. `max_mb` bounds one file, `count_max` how many files.

    `form` is the officers' form that it belongs to, such as photos to a survey; None for the applicant's own.
    """

    code: Code
    form: Code | None = None
    label: Text
    help: Text | None = None
    required: bool = True
    when: Condition | None = None
    types: tuple[DocumentType, ...] = ("image", "pdf")
    max_mb: int = 10
    count_max: int = 1

    def asked(self, values: Mapping[str, Any]) -> bool:
        """Whether this document is wanted at all, given the (clean) answers."""
        return self.when is None or self.when.met(values)


class Form(msgspec.Struct, frozen=True):
    """What an action asks of the person who does it, such as the survey of a parcel."""

    code: Code
    fields: tuple[Field, ...]
