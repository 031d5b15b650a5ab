"""Two catalogues compared, in words; and whatever is different, something is said."""

from datetime import date
from typing import Any

import msgspec
import pytest
from msgspec.structs import replace

from schemas.catalogue.changes import Change, changes
from schemas.catalogue.model import City, Override, Service
from schemas.text import Text


def _with(city: City, code: str, **changed: Any) -> City:
    services = tuple(replace(s, **changed) if s.code == code else s for s in city.services)
    return replace(city, services=services)


def _said(old: City, new: City) -> list[str]:
    return [f"{one.place.en}: {one.said.en}" for one in changes(old, new)]


def _limited(service: Service, code: str, days: int) -> Any:
    return tuple(replace(limit, days=days) if limit.code == code else limit for limit in service.limits)


def test_nothing_is_said_of_nothing(city: City) -> None:
    assert changes(city, city) == []
    assert changes(city, City.from_json(city.to_json())) == []


def test_a_changed_limit_with_both_numbers(city: City) -> None:
    krk = city.service("krk")
    days = krk.limit("decision").days
    new = _with(city, "krk", version=krk.version + 1, limits=_limited(krk, "decision", days + 2))
    label = krk.limit("decision").label
    assert changes(city, new) == [
        Change(
            krk.name,
            Text(
                f"batas waktu “{label.id}”: dari {days} hari kerja menjadi {days + 2} hari kerja; berkas yang sudah"
                " berjalan tidak berubah",
                f"the time limit “{label.en}”: from {days} working days to {days + 2} working days; cases that run"
                " already keep theirs",
            ),
        ),
        Change(
            krk.name,
            Text(
                f"versi aturan: dari {krk.version} menjadi {krk.version + 1}",
                f"version of the rule: from {krk.version} to {krk.version + 1}",
            ),
        ),
    ]


def test_stages_fields_documents_and_their_order(city: City) -> None:
    krk = city.service("krk")
    field = krk.fields[0]
    new = _with(
        city,
        "krk",
        fields=(*krk.fields[1:], replace(field, name="other", label=Text("Lain", "Other"))),
        documents=krk.documents[1:],
        stages=(replace(krk.stages[0], label=Text("Loket", "Counter")), *krk.stages[1:]),
    )
    said = _said(city, new)
    name = krk.name.en
    assert f"{name}: field “{field.label.en}” removed" in said
    assert f"{name}: new field “Other”" in said
    assert f"{name}: document “{krk.documents[0].label.en}” removed" in said
    assert f"{name}: stage “Counter”, name: from “{krk.stages[0].label.en}” to “Counter”" in said
    moved = _with(city, "krk", fields=krk.fields[::-1])
    assert _said(city, moved) == [f"{name}: field: in another order"]


def test_services_offices_and_days(city: City) -> None:
    lapor, day = city.service("lapor"), Override(date(2026, 11, 30), "closed", Text("Banjir", "Flood"), "SK 9")
    new = replace(
        city,
        services=tuple(s for s in city.services if s.code != "lapor"),
        overrides=(day,),
        offices=city.offices[1:],
        timezone="Asia/Makassar",
    )
    said = _said(city, new)
    assert f"{lapor.name.en}: the service was removed" in said
    assert "Calendar: Monday, 30 November 2026 is closed: Flood (SK 9)" in said
    assert any(one.startswith("Calendar: Wednesday, 27 November 2024 is not decided on any more") for one in said)
    assert f"Offices: office “{city.offices[0].name.en}” removed" in said
    assert "City: time zone: from Asia/Jakarta to Asia/Makassar" in said
    assert f"{lapor.name.en}: a new service" in _said(new, city)


def _leaves(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """The paths to all that can be changed in a catalogue's JSON, one of each kind."""
    if isinstance(value, dict):
        return [leaf for key, inner in value.items() for leaf in _leaves(inner, (*path, key))]
    if isinstance(value, list):
        return _leaves(value[0], (*path, 0)) if value else [path]
    return [path]


def test_whatever_is_changed_something_is_said(stall_city: City) -> None:
    plain = msgspec.json.decode(stall_city.to_json())
    seen = 0
    for path in _leaves(plain):
        changed = msgspec.json.decode(stall_city.to_json())
        at = changed
        for key in path[:-1]:
            at = at[key]
        at[path[-1]] = _other(at[path[-1]])
        try:
            new = City.from_json(msgspec.json.encode(changed))
        except msgspec.ValidationError:
            continue
        if new.to_json() != stall_city.to_json():
            seen += 1
            assert changes(stall_city, new), path
    assert seen > 100, f"only {seen} changes were tried"


def _other(value: Any) -> Any:
    if isinstance(value, bool):
        return not value
    if isinstance(value, int | float):
        return value + 1
    return "2026-12-01" if isinstance(value, str) and value[:2] == "20" else f"{value}x"


@pytest.mark.parametrize("language", ["id", "en"])
def test_no_sentence_is_left_with_a_hole(stall_city: City, language: Any) -> None:
    empty = replace(stall_city, services=stall_city.services[:1], offices=(), areas=())
    for one in changes(empty, stall_city):
        assert "{" not in one.said.get(language) and one.place.get(language)
