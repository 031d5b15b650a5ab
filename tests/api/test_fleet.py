"""Every trouble that there is, made by what devices do, is recognised and told in both languages."""

import pytest

from server.admin.survey import survey
from server.domain import trouble_words
from server.domain.troubles import WEIGHTS, Trouble, troubles
from tests.fleet import BEFORE, KINDS, Fleet, all_of, build

MADE_ELSEWHERE = {"replaced", "carried"}
"""In tests/api/test_contact.py."""


@pytest.fixture(scope="module")
def fleet(tmp_path_factory: pytest.TempPathFactory) -> Fleet:
    return build(tmp_path_factory.mktemp("fleet"), 60)


def test_every_trouble_has_a_device_words_and_a_weight() -> None:
    known = set(WEIGHTS)
    assert set(trouble_words.CODES) == known
    assert known - set(KINDS) == MADE_ELSEWHERE


@pytest.mark.parametrize("kind", list(KINDS))
def test_each_trouble_is_recognised(fleet: Fleet, kind: str) -> None:
    current = frozenset({"tenggat 9.9.9"})
    found = [one for one in all_of(fleet) if (one.login or "").startswith(f"{kind}-")]
    assert found
    for facts in found:
        codes = [one.code for one in troubles(facts, fleet.clock(), current=current)]
        assert codes[:1] == ([] if kind == "good" else [BEFORE.get(kind, kind)])
        assert kind == "good" or kind in codes


@pytest.mark.parametrize("language", ["id", "en"])
def test_every_sentence_can_be_said(fleet: Fleet, language: str) -> None:
    said = set()
    for facts in all_of(fleet):
        for trouble in troubles(facts, fleet.clock(), current=frozenset({"tenggat 9.9.9"})):
            why = trouble_words.why(trouble, language)  # type: ignore[arg-type]
            do = trouble_words.what_to_do(trouble, language)  # type: ignore[arg-type]
            assert "{" not in why + do
            assert "None" not in why + do
            said.add(trouble.code)
    assert said == set(WEIGHTS) - MADE_ELSEWHERE
    trouble_words.why(Trouble("replaced", 1), language)  # type: ignore[arg-type]
    trouble_words.why(Trouble("carried", 7, {"since": 60}), language)  # type: ignore[arg-type]


def test_the_worst_stand_first_and_all_are_counted(fleet: Fleet) -> None:
    seen = survey(all_of(fleet), fleet.clock())
    weights = [row.weight for row in seen.rows]
    assert weights == sorted(weights, reverse=True)
    assert seen.rows[0].troubles[0].code == "turned_away"
    assert seen.all == 60 == sum(seen.levels.values())
    assert seen.levels["good"] == len(survey(all_of(fleet), fleet.clock(), trouble="good").rows)
