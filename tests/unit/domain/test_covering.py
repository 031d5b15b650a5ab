"""Who is missing where: every role that a stage needs, taken away from the demonstration city one by one.

What should be missing is read from the catalogue here a second time, without the code under test.
"""

from collections.abc import Iterable

import pytest
from msgspec.structs import replace

from schemas.catalogue.model import Action, City
from server.cli.demo import ACCOUNTS, offices_of
from server.domain.actor import office_scope
from server.domain.covering import Gap, Officer, covering, gaps, needs
from server.domain.covering_words import what_to_do, why

WORKING = {
    ("krk", "distaru"): {"front_desk", "surveyor", "planner", "section_head", "signer"},
    ("iptb", "distaru"): {"front_desk", "planner", "section_head", "signer"},
    ("lapor", "dpu"): {"complaint_officer"},
    ("lapor", "diskominfo"): {"complaint_officer"},
    ("lapor", "setda"): {"complaint_officer"},
}
"""Whose work some of the services are, as Semarang's folder has it."""


def officer(role: str, *scopes: str) -> Officer:
    return Officer(f"p-{role}", f"Petugas {role}", frozenset({role}), frozenset(scopes))


def everybody(city: City) -> list[Officer]:
    return [officer(role, *(office_scope(office) for office in offices_of(city, role))) for _, _, role in ACCOUNTS]


def kecamatan(city: City) -> list[str]:
    return [area.code for area in city.areas if area.kind == "kecamatan"]


def where(found: Iterable[Gap]) -> set[tuple[str, str, tuple[str, ...]]]:
    return {(gap.need.service, gap.need.office, gap.need.roles) for gap in found}


def test_the_demonstration_city_lacks_nobody(city: City) -> None:
    assert gaps(city, everybody(city)) == ()


def test_a_city_without_anybody_lacks_all_that_it_needs(city: City) -> None:
    assert [gap.need for gap in gaps(city, [])] == list(needs(city))
    for (service, office), roles in WORKING.items():
        found = {n.roles[0] for n in needs(city) if (n.service, n.office) == (service, office) and n.stages}
        assert found == roles, (service, office)


@pytest.mark.parametrize("role", sorted({role for roles in WORKING.values() for role in roles}))
def test_whoever_leaves_is_missed_where_they_worked(city: City, role: str) -> None:
    left = [one for one in everybody(city) if role not in one.roles]
    missed = where(gaps(city, left))
    for (service, office), roles in WORKING.items():
        assert ((service, office, (role,)) in missed) == (role in roles), (service, office)
    assert all(roles == (role,) for _, _, roles in missed), "and nobody else is"


def test_only_stages_after_it_was_routed_wait_at_the_office_it_was_routed_to(city: City) -> None:
    stages = {n.office: n.stages for n in needs(city) if n.service == "lapor" and n.stages}
    assert stages["diskominfo"] == ("received", "handling"), "where reports are received"
    assert stages["dpu"] == ("handling",)
    assert "satpolpp" not in stages, "an office that no report is sent to"


def test_an_office_that_sends_all_away_waits_for_nobody_afterwards(city: City) -> None:
    lapor = city.service("lapor")
    assert lapor.routes is not None
    routes = replace(lapor.routes, table=lapor.routes.table | {"other": "dpu"})

    def stages(*actions: Action) -> tuple[str, ...]:
        routed = replace(city, services=(replace(lapor, routes=routes, actions=actions),))
        (found,) = (n.stages for n in needs(routed) if n.stages and n.office == "diskominfo")
        return found

    assert stages(*(action for action in lapor.actions if action.code != "reopen")) == ("received",)
    assert stages(*lapor.actions) == ("received", "handling"), "what it answered itself comes back to it"


def test_what_is_done_now_and_then_is_missed_at_the_office_that_owns_the_service(city: City) -> None:
    left = [one for one in everybody(city) if "supervisor" not in one.roles]
    found = {(gap.need.service, gap.need.office): gap.need for gap in gaps(city, left)}
    assert set(found) == {("krk", "distaru"), ("iptb", "distaru"), ("lapor", "diskominfo")}
    assert found["lapor", "diskominfo"].actions == ("close",)
    assert found["krk", "distaru"].further == ("request_correction",)


def test_kecamatan_that_nobody_sees_are_named(city: City) -> None:
    others = [one for one in everybody(city) if "surveyor" not in one.roles]
    first, second, *rest = kecamatan(city)
    some = officer("surveyor", office_scope("distaru", first), office_scope("distaru", second))
    assert [(gap.need.service, gap.districts) for gap in gaps(city, [*others, some])] == [("krk", tuple(rest))]
    share = officer("surveyor", *(office_scope("distaru", code) for code in rest))
    assert gaps(city, [*others, some, share]) == (), "together they see all of it"
    elsewhere = officer("surveyor", office_scope("dpu"))
    assert [gap.districts for gap in gaps(city, [*others, elsewhere])] == [()], "another office's do not count"


def test_of_a_service_without_kecamatan_only_the_whole_office_counts(city: City) -> None:
    without = next(service for service in city.services if service.district_field is None)
    role = next(stage.role for stage in without.stages if stage.role)
    others = [one for one in everybody(city) if role not in one.roles]
    parts = officer(role, *(office_scope(without.office, code) for code in kecamatan(city)))
    assert (without.code, without.office, (role,)) in where(gaps(city, [*others, parts]))


def test_a_service_that_a_city_adds_is_looked_at_like_any_other(stall_city: City) -> None:
    (added,) = (service for service in stall_city.services if service.code == "izin_pkl")
    wanted = {stage.role for stage in added.stages if stage.role and not stage.ending}
    assert {n.roles[0] for n in needs(stall_city) if n.service == "izin_pkl" and n.stages} == wanted


def test_a_gap_is_one_sentence_and_one_of_what_to_do(city: City) -> None:
    others = [one for one in everybody(city) if "surveyor" not in one.roles]
    (gap,) = gaps(city, others)
    assert why(city, gap, "id") == (
        "Tidak ada petugas survei yang aktif di Dinas Penataan Ruang: di sana tidak ada yang mengerjakan"
        " Keterangan Rencana Kota (KRK) di tahap “Survei lapangan”."
    )
    assert "no active surveyor in the Spatial Planning Office" in why(city, gap, "en")
    (part,) = gaps(city, [*others, officer("surveyor", office_scope("distaru", kecamatan(city)[0]))])
    assert "untuk Kecamatan Semarang Utara, " in why(city, part, "id")
    assert "dan 10 lainnya" in why(city, part, "id"), "fifteen names are no sentence"
    assert what_to_do(gap, "id") != what_to_do(part, "id")
    for missing in gaps(city, []):
        for language in ("id", "en"):
            assert "{" not in why(city, missing, language) + what_to_do(missing, language)


def test_an_office_kecamatan_by_kecamatan(city: City) -> None:
    first = kecamatan(city)[0]
    whole, part = officer("planner", "office:distaru"), officer("surveyor", office_scope("distaru", first))
    found = covering(city, "distaru", [whole, part, officer("signer", "office:dpu")])
    assert found[None] == (whole,)
    assert found[first] == (part,)
    assert sum(map(len, found.values())) == 2
    assert len(found) == 1 + len(kecamatan(city))
