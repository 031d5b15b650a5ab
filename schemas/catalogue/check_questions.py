"""What must hold in the questions of a service: fields, documents, forms and what points to them."""

from collections.abc import Iterator, Mapping, Sequence

from schemas.catalogue.fault import Fault, twice
from schemas.catalogue.model import Certificate, Condition, Field, Joins, Service
from schemas.catalogue.service import NAMED

ANONYMITY = {"no", "public", "office"}
# A case's values travel in one command and are stored in one record, so even the longest text stays a page or
# ten.
MAX_SIZE = 20_000
NUMBERS = {"integer", "number"}
SIZED = {"text", "longtext", "digits", "multi", "outline"}


def question_faults(service: Service) -> Iterator[Fault]:
    """The faults in what a service asks."""
    groups = [group.code for group in service.groups]
    yield from twice("groups", groups)
    yield from _fields("fields", service.fields)
    for field in service.fields:
        if field.group not in groups:
            yield Fault(f"fields[{field.name}].group", f"unknown group {field.group!r}")
    for group in groups:
        if not any(field.group == group for field in service.fields):
            yield Fault(f"groups[{group}]", "has no field")
    yield from _documents(service)
    yield from _forms(service)
    yield from _title(service)
    yield from _named_fields(service)
    if service.joins is not None:
        yield from _joins(service, service.joins)
    if service.certificate is not None:
        yield from _certificate(service, service.certificate)


def _fields(key: str, fields: Sequence[Field]) -> Iterator[Fault]:
    yield from twice(key, (field.name for field in fields))
    earlier: dict[str, Field] = {}
    for field in fields:
        place = f"{key}[{field.name}]"
        yield from _bounds(place, field)
        yield from _options(place, field)
        if field.when is not None:
            yield from _condition(f"{place}.when", field.when, earlier, {f.name for f in fields})
        earlier[field.name] = field


def _bounds(place: str, field: Field) -> Iterator[Fault]:
    if field.length is not None:
        if field.type != "digits":
            yield Fault(f"{place}.length", "is only for digits")
        if not 1 <= field.length <= 40:
            yield Fault(f"{place}.length", "must be 1 to 40")
        if field.min is not None or field.max is not None:
            yield Fault(f"{place}.length", "stands in the way of min and max: give one or the other")
    if (field.min is not None or field.max is not None) and field.type not in NUMBERS | SIZED:
        yield Fault(f"{place}.{'min' if field.min is not None else 'max'}", f"means nothing for {field.type}")
    if field.type in SIZED:
        for name, bound in (("min", field.min), ("max", field.max)):
            if bound is not None and (not isinstance(bound, int) or not 0 <= bound <= MAX_SIZE):
                yield Fault(f"{place}.{name}", f"must be a whole number up to {MAX_SIZE}")
    if field.min is not None and field.max is not None and field.min > field.max:
        yield Fault(f"{place}.min", "is more than max")
    if field.unit is not None and field.type not in NUMBERS:
        yield Fault(f"{place}.unit", "is only for integer and number")


def _options(place: str, field: Field) -> Iterator[Fault]:
    wants = field.type in ("choice", "multi")
    if wants and not field.options:
        yield Fault(f"{place}.options", f"a {field.type} needs options")
    if not wants and field.options:
        yield Fault(f"{place}.options", f"means nothing for {field.type}")
    yield from twice(f"{place}.options", (option.code for option in field.options))


def _condition(place: str, when: Condition, earlier: Mapping[str, Field], known: set[str]) -> Iterator[Fault]:
    other = earlier.get(when.field)
    if other is None:
        # Questions are put in order: one that hangs on a later answer would appear behind the reader's back.
        later = when.field in known
        yield Fault(
            f"{place}.field",
            f"{when.field!r} comes later; move it up" if later else f"unknown field {when.field!r}",
        )
        return
    if not when.equals and not when.not_equals:
        yield Fault(place, "needs equals or not_equals")
    answers = {"yes", "no"} if other.type == "yesno" else {option.code for option in other.options}
    for name, values in (("equals", when.equals), ("not_equals", when.not_equals)):
        for value in values:
            if answers and value not in answers:
                yield Fault(f"{place}.{name}", f"{value!r} is no answer of {when.field!r}")


def _documents(service: Service) -> Iterator[Fault]:
    yield from twice("documents", (document.code for document in service.documents))
    forms = {form.code: {field.name: field for field in form.fields} for form in service.forms}
    for document in service.documents:
        place = f"documents[{document.code}]"
        if document.form is not None and document.form not in forms:
            yield Fault(f"{place}.form", f"there is no form {document.form!r}")
            continue
        fields = forms[document.form] if document.form else {field.name: field for field in service.fields}
        if document.when is not None:
            yield from _condition(f"{place}.when", document.when, fields, set(fields))
        if not document.types:
            yield Fault(f"{place}.types", "must name image, pdf or both")
        if not 1 <= document.max_mb <= 50:
            yield Fault(f"{place}.max_mb", "must be 1 to 50")
        if not 1 <= document.count_max <= 50:
            yield Fault(f"{place}.count_max", "must be 1 to 50")


def _forms(service: Service) -> Iterator[Fault]:
    yield from twice("forms", (form.code for form in service.forms))
    used = {action.form for action in service.actions}
    for form in service.forms:
        place = f"forms[{form.code}]"
        yield from _fields(f"{place}.fields", form.fields)
        for field in form.fields:
            if field.group:
                yield Fault(f"{place}.fields[{field.name}].group", "forms have no groups")
        if not form.fields:
            yield Fault(f"{place}.fields", "asks nothing")
        if form.code not in used:
            yield Fault(place, "no action uses it")


def _title(service: Service) -> Iterator[Fault]:
    known = {field.name for field in service.fields}
    named = NAMED.findall(service.title) if "{" in service.title else [service.title]
    for name in named:
        if name not in known:
            yield Fault("title", f"unknown field {name!r}")


def _named_fields(service: Service) -> Iterator[Fault]:
    fields = {field.name: field for field in service.fields}
    if service.district_field is not None:
        yield from _typed("district_field", fields, service.district_field, "area")
    if service.anonymous_field is not None:
        yield from _typed("anonymous_field", fields, service.anonymous_field, "choice")
        found = fields.get(service.anonymous_field)
        if found is not None and {option.code for option in found.options} != ANONYMITY:
            yield Fault("anonymous_field", "its options must be no, public and office")


def _joins(service: Service, joins: Joins) -> Iterator[Fault]:
    fields = {field.name: field for field in service.fields}
    yield from _typed("joins.field", fields, joins.field, "choice")
    yield from _typed("joins.point", fields, joins.point, "point")


def _certificate(service: Service, certificate: Certificate) -> Iterator[Fault]:
    form = next((form for form in service.forms if form.code == certificate.form), None)
    if form is None:
        yield Fault("certificate.form", f"unknown form {certificate.form!r}")
        return
    names = {field.name for field in form.fields}
    if certificate.regulation is not None and certificate.regulation not in names:
        yield Fault("certificate.regulation", f"unknown field {certificate.regulation!r}")
    if certificate.remind_days and certificate.valid_years is None:
        yield Fault("certificate.remind_days", "without valid_years there is no end to remind of")


def _typed(key: str, fields: Mapping[str, Field], name: str, type_: str) -> Iterator[Fault]:
    if name not in fields:
        yield Fault(key, f"unknown field {name!r}")
    elif fields[name].type != type_:
        yield Fault(key, f"{name!r} must be of type {type_}")
