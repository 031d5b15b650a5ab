"""Fields of the catalogue as questions that a template can draw, with what was typed and what is wrong with it."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from dataclasses import field as default

from schemas.catalogue.model import City, Condition, Field
from schemas.text import Text
from server.pages.sheet import Sheet
from server.pages.words import Words

Typed = Mapping[str, list[str]]
"""What came with a form, by name; several where boxes were ticked."""

_ATTRIBUTES: dict[str, dict[str, str]] = {
    "digits": {"inputmode": "numeric"},
    "integer": {"inputmode": "numeric"},
    "number": {"inputmode": "decimal"},
    "date": {"type": "date"},
    "phone": {"type": "tel", "autocomplete": "tel"},
    "email": {"type": "email", "autocomplete": "email"},
    "case": {"autocapitalize": "characters", "spellcheck": "false", "autocomplete": "off"},
}

_PURPOSES = {"name": "name", "address": "street-address"}
"""By a personal field's name: what a browser may offer to fill in (WCAG 1.3.5). Another name is no fault."""


@dataclass(frozen=True)
class Choice:
    """One answer of several. `id` is the question's own for the first, so that a link to the question lands there."""

    id: str
    code: str
    label: str
    help: str | None
    chosen: bool


@dataclass(frozen=True)
class Question:
    """`control` is radio, checkbox, select, textarea or input. `choices` are grouped; without groups all under ""."""

    name: str
    control: str
    label: str
    hints: tuple[str, ...] = ()
    optional: bool = False
    choices: Mapping[str, Sequence[Choice]] = default(default_factory=dict)
    value: str = ""
    error: str | None = None
    attributes: Mapping[str, str] = default(default_factory=dict)

    @property
    def id(self) -> str:
        return f"field-{self.name}"

    @property
    def reproach(self) -> str:
        """The problem where the question is not beside it."""
        return f"{self.label}{'' if self.label.endswith('?') else ':'} {self.error}"

    @property
    def described_by(self) -> str | None:
        """The ids of all that is said about it, for whoever hears it instead of seeing it."""
        hints = [f"hint-{self.name}-{n}" for n in range(1, len(self.hints) + 1)]
        return " ".join([*hints, *([f"error-{self.name}"] if self.error else [])]) or None


@dataclass(frozen=True)
class Section:
    label: str
    questions: tuple[Question, ...]


def sections(sheet: Sheet, city: City, typed: Typed, problems: Mapping[str, Text], say: Words) -> Iterator[Section]:
    """The form, section by section, each conditional question right after the one that it hangs on."""
    draw = _Drawing(sheet, city, typed, problems, say)
    for group in sheet.service.groups:
        fields = [field for field in sheet.fields if field.group == group.code]
        if fields:
            yield Section(say.of(group.label), tuple(map(draw.question, in_reading_order(fields))))


def in_reading_order(fields: Sequence[Field]) -> Iterator[Field]:
    """Each field followed by those that are asked because of it; nothing else changes places."""
    names = {field.name for field in fields}

    def below(parent: str | None) -> Iterator[Field]:
        for field in fields:
            asked_by = field.when.field if field.when and field.when.field in names else None
            if asked_by == parent:
                yield field
                yield from below(field.name)

    return below(None)


@dataclass(frozen=True)
class _Drawing:
    sheet: Sheet
    city: City
    typed: Typed
    problems: Mapping[str, Text]
    say: Words

    def question(self, field: Field) -> Question:
        problem = self.problems.get(field.name)
        given = self.typed.get(field.name, [])
        return Question(
            name=field.name,
            control=_control(field),
            label=self.say.of(field.label),
            hints=tuple(self._hints(field)),
            optional=not field.required,
            choices=self._choices(field, given),
            value=given[0] if given else "",
            error=self.say.of(problem) if problem else None,
            attributes=_attributes(field),
        )

    def _hints(self, field: Field) -> Iterator[str]:
        if field.when is not None:
            yield self._condition(field.when)
        if field.help is not None:
            yield self.say.of(field.help)
        if field.unit is not None:
            yield self.say("unit", unit=field.unit)

    def _condition(self, when: Condition) -> str:
        other = next((field for field in self.sheet.fields if field.name == when.field), None)
        if other is None:
            return ""
        labels = dict(self._answers(other))
        key, codes = ("if", when.equals) if when.equals else ("unless", when.not_equals)
        answers = [f"“{labels.get(code, code)}”" for code in codes if code in labels or not labels]
        return self.say(key, question=self.say.of(other.label), answers=f" {self.say('or')} ".join(answers))

    def _answers(self, field: Field) -> Iterator[tuple[str, str]]:
        if field.type == "yesno":
            yield from (("yes", self.say("yes")), ("no", self.say("no")))
        for option in field.options:
            yield option.code, self.say.of(option.label)

    def _choices(self, field: Field, given: Sequence[str]) -> dict[str, Sequence[Choice]]:
        if field.type == "area":
            return {
                district.name: self._listed(
                    field, given, ((area.code, area.name) for area in self.city.areas if area.parent == district.code)
                )
                for district in self.city.areas
                if district.kind == "kecamatan"
            }
        if field.type == "office":
            offices = ((office.code, self.say.of(office.name)) for office in self.city.offices)
            return {"": self._listed(field, given, offices)}
        return {"": self._listed(field, given, self._answers(field))}

    def _listed(self, field: Field, given: Sequence[str], answers: Iterable[tuple[str, str]]) -> Sequence[Choice]:
        helps = {option.code: self.say.of(option.help) for option in field.options if option.help}
        return [
            Choice(
                id=f"field-{field.name}" + (f"-{place}" if place else ""),
                code=code,
                label=label,
                help=helps.get(code),
                chosen=code in given,
            )
            for place, (code, label) in enumerate(answers)
        ]


def _control(field: Field) -> str:
    controls = {"choice": "radio", "yesno": "radio", "multi": "checkbox", "longtext": "textarea"}
    return controls.get(field.type, "select" if field.type in ("area", "office") else "input")


def _attributes(field: Field) -> dict[str, str]:
    found = {"type": "text"} | _ATTRIBUTES.get(field.type, {})
    if field.personal and field.type in ("text", "longtext") and field.name in _PURPOSES:
        found["autocomplete"] = _PURPOSES[field.name]
    return found
