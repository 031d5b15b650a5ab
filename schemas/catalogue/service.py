"""One service of a city, as one TOML file describes it."""

import re
from functools import cached_property
from typing import Annotated, Any, Final

import msgspec

from schemas.catalogue.process import DRAFT, Action, Limit, Routes, Stage
from schemas.catalogue.questions import Code, Document, Field, Form, Group
from schemas.text import Text

NAMED: Final = re.compile(r"\{([^{}]*)\}")

# What stands between two answers stands alone while one of them is missing.
DANGLING: Final = " –·"


class Joins(msgspec.Struct, frozen=True):
    """Where "me too" is offered: an open case, same value of `field`, within `metres` of its `point`."""

    field: str
    point: str
    metres: Annotated[int, msgspec.Meta(ge=1, le=5_000)]


class Certificate(msgspec.Struct, frozen=True, kw_only=True):
    """What the citizen gets in the end.

    `form` is the form whose answers are printed; `regulation` the field in it that names the version of the
    rule, because the certificate is void when the rule changes. `valid_years` None is without an end;
    `remind_days` before the end the holder is reminded.
    """

    title: Text
    basis: Text
    form: str
    regulation: str | None = None
    notes: tuple[Text, ...] = ()
    valid_years: Annotated[int, msgspec.Meta(ge=1, le=100)] | None = None
    remind_days: tuple[int, ...] = ()
    open: bool = False


class Service(msgspec.Struct, frozen=True, kw_only=True, dict=True):
    """One thing a city does for people: what it asks, how a case moves, and by when.

    `prefix` begins the case numbers. `office` owns the service. `title` is a field's name, or a format over
    field names ("{work} – {street}"), for one line about a case. `first` is the stage after submit. `promise`
    lists limits that, one after another, make up the date promised to the applicant. `anonymous_field` is a
    choice with the values no, public (hidden from the public) and office (hidden from the office too).
    """

    code: Code
    version: Annotated[int, msgspec.Meta(ge=1)]
    prefix: Annotated[str, msgspec.Meta(pattern=r"^[A-Z]{2,8}$")]
    office: str
    name: Text
    summary: Text
    title: str
    groups: tuple[Group, ...]
    fields: tuple[Field, ...]
    documents: tuple[Document, ...] = ()
    forms: tuple[Form, ...] = ()
    stages: tuple[Stage, ...]
    limits: tuple[Limit, ...] = ()
    actions: tuple[Action, ...]
    first: str
    promise: tuple[str, ...]
    district_field: str | None = None
    anonymous_field: str | None = None
    routes: Routes | None = None
    joins: Joins | None = None
    certificate: Certificate | None = None

    def field(self, name: str) -> Field:
        """The application's field. KeyError when there is none."""
        return self._fields[name]

    def document(self, code: str) -> Document:
        """KeyError when there is none."""
        return self._documents[code]

    def form(self, code: str) -> Form:
        """KeyError when there is none."""
        return self._forms[code]

    def stage(self, code: str) -> Stage:
        """KeyError when there is none; the reserved `draft` is not a stage of the service."""
        return self._stages[code]

    def action(self, code: str) -> Action:
        """KeyError when there is none."""
        return self._actions[code]

    def limit(self, code: str) -> Limit:
        """A limit of the service or of one of its stages. KeyError when there is none."""
        return self._limits[code]

    def actions_from(self, stage: str) -> tuple[Action, ...]:
        """What may be done in a stage (or in `draft`), in the order of the catalogue."""
        return self._actions_from.get(stage, ())

    def all_limits(self) -> tuple[Limit, ...]:
        """The service's limits, then each stage's own as a `Limit` with the stage's code and label."""
        return self._all_limits

    def title_of(self, values: dict[str, Any]) -> str:
        """One line about a case, from its (clean) values; choices are shown by their Indonesian label."""
        if "{" not in self.title:
            return self._shown(self.title, values)
        # In one pass, so that braces in an answer are never taken for a field's name.
        return NAMED.sub(lambda found: self._shown(found[1], values), self.title).strip().strip(DANGLING)

    def _shown(self, name: str, values: dict[str, Any]) -> str:
        value = values.get(name, "")
        if not isinstance(value, str | int | float):
            return ""
        labels = {option.code: option.label.id for option in self._fields[name].options}
        return labels.get(str(value), str(value))

    @cached_property
    def _fields(self) -> dict[str, Field]:
        return {field.name: field for field in self.fields}

    @cached_property
    def _documents(self) -> dict[str, Document]:
        return {document.code: document for document in self.documents}

    @cached_property
    def _forms(self) -> dict[str, Form]:
        return {form.code: form for form in self.forms}

    @cached_property
    def _stages(self) -> dict[str, Stage]:
        return {stage.code: stage for stage in self.stages}

    @cached_property
    def _actions(self) -> dict[str, Action]:
        return {action.code: action for action in self.actions}

    @cached_property
    def _actions_from(self) -> dict[str, tuple[Action, ...]]:
        places = [DRAFT, *self._stages]
        return {place: tuple(a for a in self.actions if place in a.from_) for place in places}

    @cached_property
    def _all_limits(self) -> tuple[Limit, ...]:
        own = (self._limit_of(stage) for stage in self.stages)
        return (*self.limits, *(limit for limit in own if limit is not None))

    @cached_property
    def _limits(self) -> dict[str, Limit]:
        return {limit.code: limit for limit in self._all_limits}

    def _limit_of(self, stage: Stage) -> Limit | None:
        if stage.limit is None:
            return None
        own = stage.limit
        ends = tuple(f"enter:{code}" for code in self._ways_on(stage.code))
        return Limit(
            code=stage.code,
            label=stage.label,
            days=own.days,
            unit=own.unit,
            starts=(f"enter:{stage.code}",),
            ends=ends,
            rolls=own.rolls,
            open=own.open,
        )

    def _ways_on(self, start: str) -> tuple[str, ...]:
        # Looks through the stages that wait for the applicant: going there only pauses the limit, so it is
        # met by what comes after them, unless that is the stage itself again.
        found: dict[str, None] = {}
        seen, todo = {start}, [start]
        while todo:
            for action in self.actions_from(todo.pop()):
                to = action.to
                if to is None or to in seen or to not in self._stages:
                    continue
                seen.add(to)
                if self._stages[to].waits_for == "applicant":
                    todo.append(to)
                else:
                    found[to] = None
        return tuple(found)
