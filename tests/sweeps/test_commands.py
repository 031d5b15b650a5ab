"""What everybody's device may do to a case: an exchange is one route, and each command in it a door of its own."""

import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final

import pytest

from tests.sweeps.askers import PLANNING, SEATED, Asker, askers
from tests.sweeps.asking import Question
from tests.sweeps.city_day import MARKERS, CityDay
from tests.sweeps.keeping import Kept
from tests.sweeps.test_routes import ask

Told = tuple[str, str | None]
"""Status and word code of a result."""

HIDDEN: Final[Told] = ("rejected", "no_such_case")
"""The same for a case of others as for none."""


def _everybody(**other: Told) -> Mapping[str, Told]:
    """For all of them that it is as if there were no such case, but for those named."""
    return dict.fromkeys(SEATED | {"revoked", "left"}, HIDDEN) | other


GONE: Final[Told] = ("quarantined", "device_revoked")
"""Kept whole until an admin has looked: the device was lost, or its person left."""

SEEN: Final[Mapping[str, Told]] = dict.fromkeys(PLANNING | {"owner"}, ("rejected", "not_your_role"))
"""Who sees a case that was handed in, and may do to it what their role lets them."""

ELSE: Final = {"revoked": GONE, "left": GONE}


@pytest.fixture(autouse=True)
def brought_back(kept: Kept) -> None:
    kept.bring_back(files=False)


def _sent(day: CityDay, asker: Asker, kind: str, case: str, data: dict[str, Any]) -> tuple[Told, bytes]:
    """What one command became, and the whole answer."""
    device = day.devices[asker.name]
    # Beyond whatever it has sent, and with all that it may see in the answer.
    fresh = replace(device, seq=1_000, cursor=None)
    body = fresh.body([fresh.command(kind, case, data)])
    response = ask(day, "POST", "/api/v1/sync", Question(body=body), asker)
    assert response.status_code == 200, response.get_data()
    lines = [json.loads(line) for line in response.get_data().splitlines()]
    (result,) = (line for line in lines if line["t"] == "result")
    return (result["status"], result.get("code")), response.get_data()


def _check(day: CityDay, kept: Kept, expected: Mapping[str, Told], kind: str, case: str, data: dict[str, Any]) -> None:
    found: dict[str, Told] = {}
    for asker in askers(day):
        if asker.name not in expected:
            continue
        found[asker.name], answer = _sent(day, asker, kind, case, data)
        for whose, marker in MARKERS.items():
            assert whose in asker.sees or marker.encode() not in answer, f"{asker.name} is told what is of “{whose}”"
        changed = {"case_record", "feed", "reach", "scope"} & set(kept.differs())
        assert bool(changed) == (found[asker.name][0] == "applied"), f"{asker.name}: {changed}"
        kept.bring_back(files=False)
    assert found == expected


def test_the_officers_own_step(day: CityDay, kept: Kept) -> None:
    """Of the right office, and of the right role there; the applicant sees the case and may not do it."""
    expected = {**_everybody(), **SEEN, "front desk": ("applied", None), **ELSE}
    _check(day, kept, expected, "case.act", day.filed, {"action": "accept"})


def test_somebody_elses_draft(day: CityDay, kept: Kept) -> None:
    expected = {**_everybody(owner=("applied", None)), **ELSE}
    _check(day, kept, expected, "case.edit", day.draft, {"set": {"street": "Jalan Lain"}, "was": {}})


def test_handing_in_what_is_somebody_elses(day: CityDay, kept: Kept) -> None:
    expected = {**_everybody(owner=("rejected", "invalid")), **ELSE}
    _check(day, kept, expected, "case.act", day.draft, {"action": "submit"})


def test_what_only_the_server_says(day: CityDay, kept: Kept) -> None:
    """That bytes arrived, or that a deadline was counted again, no device may claim."""
    expected = {**_everybody(), **SEEN, **ELSE}
    for kind in ("case.arrived", "case.recount", "case.hand_over"):
        _check(day, kept, expected, kind, day.filed, {})
