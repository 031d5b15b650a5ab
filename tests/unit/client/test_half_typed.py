"""What is half typed, whoever typed it: a terminal's interview and a window's screen take up what the other left."""

from typing import Any

import pytest

from client.half_typed import half_typed, keep_half_typed
from client.refusals import NoSuchFile, Unsent
from tests.unit.client.conftest import Bench

CASE = "00000000-0000-4000-8000-000000000001"


def test_each_form_is_kept_apart_and_forgotten_apart(bench: Bench) -> None:
    first = {"action": "survey_done", "form": {"road_width": 6}, "note": "basah"}
    second = {"action": "correct", "items": [{"field": "name", "reason": "kabur"}]}
    keep_half_typed(bench.store, CASE, "survey_done", first)
    keep_half_typed(bench.store, CASE, "correct", second)
    assert half_typed(bench.store, CASE, "survey_done") == first
    assert half_typed(bench.store, CASE, "correct") == second
    keep_half_typed(bench.store, CASE, "survey_done", None)
    assert half_typed(bench.store, CASE, "survey_done") is None
    assert half_typed(bench.store, CASE, "correct") == second
    bench.store.forget()
    assert half_typed(bench.store, CASE, "correct") is None


def test_a_terminal_finds_the_answers_where_it_keeps_its_own(bench: Bench) -> None:
    keep_half_typed(bench.store, CASE, "survey_done", {"action": "survey_done", "form": {"road_width": 6}})
    assert bench.store.meta.get("typing") == {CASE: {"survey_done": {"road_width": 6}}}


def test_a_file_that_is_not_here_cannot_be_kept(bench: Bench) -> None:
    entry: dict[str, Any] = {
        "id": CASE, "document": "survey_photos", "sha256": "0" * 64, "size": 1, "type": "image/jpeg",
    }  # fmt: skip
    with pytest.raises(NoSuchFile):
        keep_half_typed(bench.store, CASE, "survey_done", {"action": "survey_done", "attach": [entry]})
    assert half_typed(bench.store, CASE, "survey_done") is None


def test_unsent_says_how_much(bench: Bench) -> None:
    from client import account

    bench.desk.new("krk", {"name": "Warga"})
    with pytest.raises(Unsent) as refused:
        account.refuse_unsent(bench.store)
    assert {name: refused.value.extra[name] for name in ("waiting", "refused", "files")} == {
        "waiting": 1, "refused": 0, "files": 0,
    }  # fmt: skip
