"""What of a service's form can be asked with nothing but the controls of plain HTML."""

from collections.abc import Sequence
from dataclasses import dataclass

from msgspec.structs import replace

from schemas.catalogue.model import OWNER, City, Condition, Field, Service

NEEDS_A_MAP = frozenset({"point", "outline"})


@dataclass(frozen=True)
class Sheet:
    """A complaint form without a map: its service, the action that sends it, and the fields that are left.

    A question that only a map can answer is left out, and with it each answer to another question that would make it
    needed ("a point on the map"): what remains can be completed, and what is completed is a valid form of the service.
    """

    service: Service
    action: str
    fields: tuple[Field, ...]


def sheet_of(city: City) -> Sheet | None:
    """The form of the city's complaint service: the first that routes its cases, and can be completed in words.

    Only complaints: what asks for documents, or sends a form back for correction, needs a device that stays, and a
    page has none (docs/adr/0008-pages-without-javascript.md).
    """
    if "sheet" not in city.memo:
        # Kept with the city, also because schemas are kept by the identity of fields.
        city.memo["sheet"] = next((found for service in city.services if (found := _sheet(service))), None)
    sheet: Sheet | None = city.memo["sheet"]
    return sheet


def _sheet(service: Service) -> Sheet | None:
    submit = next(action for action in service.actions if action.effect == "submit")
    if service.routes is None or not {OWNER, "citizen"} & {*submit.roles}:
        return None
    fields = in_words(service.fields)
    return Sheet(service, submit.code, fields) if fields is not None else None


def in_words(fields: Sequence[Field]) -> tuple[Field, ...] | None:
    """The fields that can be asked without a map; None where a required one stands in the way whatever is answered."""
    kept = {field.name: field for field in fields}
    while hard := next((field for field in kept.values() if _hard(field)), None):
        del kept[hard.name]
        if not hard.required:
            continue
        asked_by = kept.get(hard.when.field) if hard.when else None
        if hard.when is None or asked_by is None or not asked_by.options or hard.when.met({}):
            return None
        ways = [option for option in asked_by.options if not hard.when.met({asked_by.name: option.code})]
        kept[asked_by.name] = replace(asked_by, options=tuple(ways))
    # In the order of the form, so that what hangs on a question that is gone goes as well.
    left: dict[str, Field] = {}
    for field in kept.values():
        if field.when is None or _can_be_met(field.when, left):
            left[field.name] = field
    return tuple(left.values())


def _hard(field: Field) -> bool:
    emptied = field.type in ("choice", "multi") and not field.options
    return field.type in NEEDS_A_MAP or field.internal or emptied


def _can_be_met(when: Condition, fields: dict[str, Field]) -> bool:
    other = fields.get(when.field)
    # What was never asked equals nothing; and words can be anything.
    if other is None:
        return when.met({})
    return not other.options or when.met({}) or any(when.met({other.name: option.code}) for option in other.options)
