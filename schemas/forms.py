"""Are these answers ones that the service can take? The same function decides at the server and on every device.

The marshmallow schema of a form is built from the catalogue, once for each set of fields, and kept with its city.
"""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from marshmallow import EXCLUDE, Schema, ValidationError

from schemas import form_problems as problems
from schemas.catalogue.model import City, Field, Service
from schemas.form_fields import build
from schemas.form_problems import Problem

__all__ = ["FormSchema", "Problem", "check_form", "form_schema"]

# A correction asks for any part of a form, so the sets of fields are many; what is kept is bounded all the same.
MAX_SCHEMAS: Final = 512
# Enough to see what an outdated app sends, without echoing a hostile megabyte of names.
MAX_UNKNOWN: Final = 20


class FormSchema(Schema):
    """What a set of catalogue fields takes. Stateless after it is built, so threads may share it.

    What is missing is not `load`'s to say but `check_form`'s, because it depends on which questions were asked.
    """

    # Held so that no field here is ever freed and its identity, part of the key it is kept under, used again.
    catalogue_fields: tuple[Field, ...] = ()

    class Meta:
        unknown = EXCLUDE


def asked_fields(fields: Sequence[Field], values: Mapping[str, Any]) -> list[Field]:
    """The fields that are put to a person who gave these (clean) answers, in order.

    A field that is not asked counts as unanswered for the conditions after it, whatever an earlier choice left there.
    """
    asked: list[Field] = []
    counted: dict[str, Any] = {}
    for field in fields:
        if field.when is None or field.when.met(counted):
            asked.append(field)
            counted[field.name] = values.get(field.name)
    return asked


def form_schema(city: City, service: Service, fields: Sequence[Field]) -> FormSchema:
    """The marshmallow schema of these fields, from the city's memory where it was built before."""
    # By identity, because forms of one service may share names ("office" is optional in one, required in another).
    # The kept schema holds its fields, so no identity is ever used for another field.
    key = ("form", *map(id, fields))
    known = city.memo.get(key)
    if known is not None:
        return known  # type: ignore[no-any-return]
    if sum(1 for other in city.memo if isinstance(other, tuple) and other[0] == "form") >= MAX_SCHEMAS:
        for other in [k for k in list(city.memo) if isinstance(k, tuple) and k[0] == "form"]:
            city.memo.pop(other, None)
    made = FormSchema.from_dict({field.name: build(field, city) for field in fields}, name=f"{service.code}_form")
    schema = made()
    schema.catalogue_fields = tuple(fields)  # type: ignore[attr-defined]
    city.memo[key] = schema
    return schema  # type: ignore[return-value]


def check_form(
    city: City, service: Service, fields: Sequence[Field], values: Mapping[str, Any], *, partial: bool
) -> tuple[dict[str, Any], dict[str, Problem]]:
    """Clean answers, and what to do about each of the others. Never raises, whatever JSON gave.

    `partial` is a draft: nothing is required, and answers to questions no longer asked are kept, because a person who
    changes a choice back expects to find them. Otherwise (a submit) such answers are dropped without a problem. An
    answer with a problem is not in the clean ones; a draft keeps what was typed beside them.

    Give all the fields of a form: a condition on a field that is not among them finds no answer. A correction is
    therefore checked as a whole, with the mended answers laid over the others.
    """
    if not isinstance(values, Mapping):
        return {}, {"": problems.NOT_A_FORM}
    clean, found = _load(form_schema(city, service, fields), values)
    names = {field.name for field in fields}
    if not partial:
        asked = {field.name: field.required for field in asked_fields(fields, clean)}
        clean = {name: value for name, value in clean.items() if name in asked}
        # A refused answer is not also a missing one: only the refusal says what to do.
        missing = {name: problems.REQUIRED for name, required in asked.items() if required and name not in clean}
        found = missing | {name: problem for name, problem in found.items() if name in asked}
    if not values.keys() <= names:
        unknown = [key for key in values if key not in names]
        found.update({_printable(key): problems.UNKNOWN_FIELD for key in unknown[:MAX_UNKNOWN]})
    return clean, found


def _load(schema: FormSchema, values: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, Problem]]:
    # Field by field instead of `schema.load`: the same fields decide, for a third of the time, and a thousand forms
    # come in one exchange. Conditions between fields are judged by the caller, not by schema-level validators.
    clean: dict[str, Any] = {}
    found: dict[str, Problem] = {}
    for name, field in schema.fields.items():
        typed = values.get(name)
        if typed is None:
            continue
        try:
            answer = field.deserialize(typed, name, values)
        except ValidationError as error:
            told: list[Problem] = error.messages  # type: ignore[assignment]
            found[name] = told[0]
        else:
            if answer is not None:
                clean[name] = answer
    return clean, found


def _printable(key: object) -> str:
    # Keys come from outside too; whatever they are, the answer must be encodable and short.
    words = key if isinstance(key, str) else type(key).__name__
    return words[:40].encode("utf-8", "replace").decode("utf-8")
