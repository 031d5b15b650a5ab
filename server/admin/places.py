"""Roles and scopes as people read them, and as boxes to tick."""

from collections.abc import Iterable
from dataclasses import dataclass

from schemas.catalogue.model import City
from schemas.roles import role_name
from schemas.text import Language
from server.access.duties import DUTIES
from server.domain.actor import OFFICE, office_scope


@dataclass(frozen=True)
class Box:
    """Something to tick: what is sent for it, its label, and whether it is ticked."""

    value: str
    label: str
    ticked: bool


@dataclass(frozen=True)
class OfficeBoxes:
    """An office: the whole of it, or its kecamatan."""

    whole: Box
    name: str
    parts: tuple[Box, ...]

    @property
    def chosen(self) -> int:
        return sum(part.ticked for part in self.parts)


def roles_in_words(roles: Iterable[str], language: Language) -> str:
    return ", ".join(role_name(role, language) for role in roles)


def places_in_words(city: City, scopes: Iterable[str], language: Language) -> list[str]:
    """Each office that is seen, in the city's order, with the kecamatan where it is not the whole of it. What the city
    has no more is told as it is."""
    areas = {area.code: area.name for area in city.areas}
    offices = {office.code: office.name.get(language) for office in city.offices}
    found: dict[str, list[str]] = {}
    whole = set()
    for scope in scopes:
        office, slash, district = scope.removeprefix(OFFICE).partition("/")
        found.setdefault(office, [])
        if slash:
            found[office].append(areas.get(district, district))
        else:
            whole.add(office)
    return [
        offices.get(office, office) + ("" if office in whole else f": {', '.join(found[office])}")
        for office in (*offices, *(office for office in found if office not in offices))
        if office in found
    ]


def role_boxes(roles: Iterable[str], language: Language) -> list[Box]:
    """All duties; a role that is none of them, and that somebody has, stays to be seen."""
    ticked = set(roles)
    return [Box(role, role_name(role, language), role in ticked) for role in (*DUTIES, *sorted(ticked - set(DUTIES)))]


def office_boxes(city: City, scopes: Iterable[str], language: Language) -> list[OfficeBoxes]:
    """All offices with all kecamatan."""
    ticked = set(scopes)
    kecamatan = [area for area in city.areas if area.kind == "kecamatan"]

    def box(scope: str, label: str) -> Box:
        return Box(scope, label, scope in ticked)

    return [
        OfficeBoxes(
            box(office_scope(office.code), office.name.get(language)),
            office.name.get(language),
            tuple(box(office_scope(office.code, area.code), area.name) for area in kecamatan),
        )
        for office in city.offices
    ]


def without_doubles(scopes: Iterable[str]) -> list[str]:
    """Where the whole office is ticked, its kecamatan say nothing more."""
    scopes = list(scopes)
    return [scope for scope in scopes if "/" not in scope or scope.partition("/")[0] not in scopes]
