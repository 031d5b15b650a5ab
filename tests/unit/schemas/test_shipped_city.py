"""The city that ships is whole, and a client gets all of it."""

from pathlib import Path

import msgspec
import pytest

from schemas.catalogue import CatalogueError, City, all_faults, city_folder, load_city
from schemas.catalogue.model import version_of
from schemas.forms import check_form


def test_semarang_has_its_areas(semarang: City) -> None:
    kinds = [area.kind for area in semarang.areas]
    assert (kinds.count("kecamatan"), kinds.count("kelurahan")) == (16, 177)
    assert semarang.district_of("33.74.01.1001") == "33.74.01"
    assert semarang.district_of("33.74.01") == "33.74.01"


def test_semarang_has_no_faults_and_three_services(semarang: City) -> None:
    assert all_faults(city_folder("semarang")) == []
    assert [service.code for service in semarang.services] == ["iptb", "krk", "lapor"]


def test_json_gives_the_same_city(semarang: City) -> None:
    data = semarang.to_json()
    again = City.from_json(data)
    assert again == semarang
    assert again.version == semarang.version
    assert len(semarang.version) == 12
    assert again.to_json() == data


def test_json_of_a_later_version_is_read_and_without_what_is_needed_is_not(semarang: City) -> None:
    later = semarang.to_json().replace(b'"prefix"', b'"of_later":{"a":[1]},"prefix"', 1)
    assert City.from_json(later) == semarang
    assert version_of(later) != semarang.version == version_of(semarang.to_json())
    with pytest.raises(msgspec.ValidationError):
        City.from_json(semarang.to_json().replace(b'"prefix"', b'"prefixes"', 1))


def test_version_follows_the_content(folder: Path, semarang: City) -> None:
    path = folder / "calendar.toml"
    path.write_text(path.read_text().replace("2026.1", "2026.2"))
    assert load_city(folder).version != semarang.version


def test_the_map_is_in_the_public_catalogue_and_may_be_absent(folder: Path, semarang: City) -> None:
    told = msgspec.json.decode(semarang.to_json())["map"]
    assert told == {
        "tiles": "https://tile.openstreetmap.org/{z}/{x}/{y}.png",
        "attribution": {"id": "© kontributor OpenStreetMap", "en": "© OpenStreetMap contributors"},
        "lat": -6.9903,
        "lon": 110.4229,
        "zoom": 13,
    }
    assert semarang.map is not None
    assert semarang.map.origin == "https://tile.openstreetmap.org"
    path = folder / "city.toml"
    words = path.read_text()
    path.write_text(words[: words.index("[map]")] + words[words.index("[texts.app_name]") :])
    without = load_city(folder)
    assert without.map is None
    assert City.from_json(without.to_json()) == without
    assert without.version != semarang.version


def test_lookups(semarang: City) -> None:
    krk = semarang.service("krk")
    assert krk.stage("survey").role == "surveyor"
    assert krk.action("sign").not_by == ("report_survey", "draft_statement", "verify")
    assert krk.form("survey").fields[0].name == "point"
    assert [action.code for action in krk.actions_from("draft")] == ["submit"]
    assert [action.code for action in krk.actions_from("correction")] == ["resubmit", "withdraw"]
    assert krk.actions_from("nowhere") == ()
    with pytest.raises(KeyError):
        krk.stage("draft")


def test_stage_limit_is_met_by_leaving_but_not_by_waiting(semarang: City) -> None:
    limit = semarang.service("krk").limit("completeness")
    assert limit.starts == ("enter:completeness",)
    assert set(limit.ends) == {"enter:survey", "enter:withdrawn"}


def test_numbers_of_the_domain(semarang: City) -> None:
    def days(code: str) -> dict[str, tuple[int, str, str]]:
        limits = semarang.service(code).all_limits()
        return {limit.code: (limit.days, limit.unit, limit.rolls) for limit in limits}

    assert days("krk")["decision"] == (5, "working", "next")
    assert days("iptb") == {
        "decision_limit": (30, "working", "next"),
        "completeness": (2, "working", "next"),
        "assessment": (15, "working", "next"),
        "hearing": (8, "working", "next"),
        "decision": (3, "working", "next"),
        "signature": (2, "working", "next"),
    }
    assert days("lapor") == {
        "dispatch": (1, "calendar", "next"),
        "first_answer": (5, "calendar", "previous"),
        "resolve": (10, "calendar", "previous"),
    }


def test_every_category_goes_somewhere_and_never_to_the_accused(semarang: City) -> None:
    lapor = semarang.service("lapor")
    routes = lapor.routes
    assert routes is not None
    for option in lapor.field("category").options:
        for office in semarang.offices:
            values = {"category": option.code, "accused_office": office.code}
            assert routes.office(values) not in (None, office.code)
    assert routes.office({"category": "nothing"}) is None


def test_title_of_a_case(semarang: City) -> None:
    krk = semarang.service("krk")
    assert krk.title_of({"function": "house", "street": "Jalan Pemuda"}) == "Rumah tinggal – Jalan Pemuda"
    assert semarang.service("lapor").title_of({"title": "Lampu mati"}) == "Lampu mati"
    assert krk.title_of({}) == ""
    assert krk.title_of({"function": "house", "street": "{function}"}) == "Rumah tinggal – {function}"


def test_a_fourth_service_is_one_file(with_stall: Path) -> None:
    city = load_city(with_stall)
    stall = city.service("izin_pkl")
    answers = {
        "name": "Warga Satu",
        "nik": "3374010101010001",
        "goods": "snacks",
        "days": ["weekend", "weekdays"],
        "gas": "yes",
        "bottles": "2",
        "area": "33.74.01.1001",
        "street": "Jalan Pemuda",
    }
    clean, problems = check_form(city, stall, stall.fields, answers, partial=False)
    assert problems == {}
    assert clean["bottles"] == 2
    assert clean["days"] == ["weekdays", "weekend"]
    assert City.from_json(city.to_json()) == city


def test_a_city_is_found_by_name_or_path(folder: Path) -> None:
    assert city_folder(str(folder)) == folder
    with pytest.raises(CatalogueError, match="no city ships"):
        city_folder("atlantis")
