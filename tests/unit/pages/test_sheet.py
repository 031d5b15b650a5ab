"""What is left of a form where there is no map, and in which order it is read."""

from typing import Any

import pytest

from schemas.catalogue.model import Condition, Field, Option
from schemas.text import Text
from server.pages.questions import in_reading_order
from server.pages.sheet import in_words


def field(name: str, type: str = "text", when: tuple[str, ...] | None = None, **more: Any) -> Field:
    """A field; `when` is another one's name and the answers it is asked at."""
    options = tuple(Option(code, Text(code, code)) for code in more.pop("options", ()))
    condition = Condition(when[0], equals=when[1:]) if when else None
    return Field(name=name, type=type, label=Text(name, name), when=condition, options=options, **more)


WHERE = field("where", "choice", options=("map", "words", "none"))


def names(fields: tuple[Field, ...] | None) -> list[str] | None:
    return None if fields is None else [f.name for f in fields]


def options(fields: tuple[Field, ...] | None, name: str) -> list[str]:
    return [option.code for f in fields or () if f.name == name for option in f.options]


def test_a_form_without_a_map_stays_as_it_is() -> None:
    fields = (WHERE, field("street", when=("where", "words")), field("gas", "yesno"), field("n", when=("gas", "yes")))
    assert in_words(fields) == fields


def test_an_optional_place_is_left_out() -> None:
    assert names(in_words((field("a"), field("point", "point", required=False)))) == ["a"]
    assert names(in_words((field("a"), field("outline", "outline", required=False)))) == ["a"]


@pytest.mark.parametrize(
    "fields",
    [
        (field("point", "point"),),
        (field("a"), field("point", "point", when=("a", "x"))),
        (field("gas", "yesno"), field("point", "point", when=("gas", "yes"))),
        (field("secret", internal=True),),
        (field("where", "choice", options=("map",)), field("point", "point", when=("where", "map"))),
    ],
    ids=["always", "behind words", "behind yes", "internal", "no way left"],
)
def test_a_form_that_cannot_be_completed_is_none(fields: tuple[Field, ...]) -> None:
    assert in_words(fields) is None


def test_a_place_asked_unless_something_else_is_answered_stands_in_the_way() -> None:
    point = Field(
        name="point", type="point", label=Text("p", "p"), when=Condition("where", not_equals=("words", "none"))
    )
    assert in_words((WHERE, point)) is None


def test_the_answer_that_leads_to_a_map_goes_with_what_hangs_on_it() -> None:
    found = in_words(
        (
            WHERE,
            field("point", "point", when=("where", "map")),
            field("accuracy", when=("where", "map")),
            field("doubt", when=("accuracy", "x")),
            field("area", "area", when=("where", "map", "words")),
        )
    )
    assert names(found) == ["where", "area"]
    assert options(found, "where") == ["words", "none"]


def test_a_whole_way_that_ends_at_a_map_is_closed() -> None:
    found = in_words(
        (
            field("kind", "choice", options=("spot", "idea")),
            field("where", "choice", when=("kind", "spot"), options=("map",)),
            field("point", "point", when=("where", "map")),
        )
    )
    assert names(found) == ["kind"]
    assert options(found, "kind") == ["idea"]


def test_an_optional_choice_of_which_nothing_is_left_is_left_out() -> None:
    found = in_words(
        (
            field("a"),
            field("where", "choice", required=False, options=("map",)),
            field("point", "point", when=("where", "map")),
        )
    )
    assert names(found) == ["a"]


def test_a_question_is_followed_by_what_hangs_on_it() -> None:
    fields = (
        field("a", "yesno"),
        field("b", "yesno"),
        field("under_a", "yesno", when=("a", "yes")),
        field("c"),
        field("under_under_a", when=("under_a", "yes")),
        field("elsewhere", when=("not_here", "x")),
    )
    assert [f.name for f in in_reading_order(fields)] == ["a", "under_a", "under_under_a", "b", "c", "elsewhere"]
