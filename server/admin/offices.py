"""Offices and kecamatan: who works where in which role, and who is missing."""

from collections.abc import Iterable, Mapping
from typing import Any

from flask import Response
from flask import request as asked

from schemas.catalogue.model import City
from schemas.roles import role_name
from server.access import people
from server.admin import gate
from server.admin.blueprint import blueprint
from server.admin.render import address, language, page, words
from server.domain.actor import office_scope
from server.domain.covering import Gap, Officer, covering, gaps, needs
from server.domain.covering_words import what_to_do, why
from server.services import services
from server.store.database import reading
from sync.errors import NotFound

SHOWN = 12
"""Gaps that are told at once; a city that begins has all of them."""


@blueprint.get("/offices")
@gate.allow(gate.ADMIN)
def offices() -> Response:
    """Who is missing, then every office with its people."""
    city, officers = services().city, _officers()
    missing = [_told(city, gap) for gap in gaps(city, officers)]
    every = "all" in asked.args
    return page(
        "offices",
        missing=missing if every else missing[:SHOWN],
        left=0 if every else max(0, len(missing) - SHOWN),
        offices=[_office(city, office.code, officers) for office in city.offices],
    )


@blueprint.get("/offices/<code>")
@gate.allow(gate.ADMIN)
def office(code: str) -> Response:
    """One office, kecamatan by kecamatan."""
    city, officers = services().city, _officers()
    if code not in {one.code for one in city.offices}:
        raise NotFound("the city has no such office")
    there = covering(city, code, officers)
    return page(
        "office",
        office=_office(city, code, officers),
        missing=[_told(city, gap) for gap in gaps(city, officers) if gap.need.office == code],
        whole=_by_role(there[None]),
        places=[(city.area(district), _by_role(who)) for district, who in there.items() if district is not None],
    )


def _told(city: City, gap: Gap) -> dict[str, str]:
    """A gap in words, with where to go from it."""
    need, scopes = gap.need, [office_scope(gap.need.office, district) for district in gap.districts]
    return {
        "why": why(city, gap, language()),
        "do": what_to_do(gap, language()),
        "add": address("new_person", role=need.roles[0], scope=scopes or [office_scope(need.office)]),
        "find": address("people", office=need.office),
    }


def _office(city: City, code: str, officers: Iterable[Officer]) -> dict[str, Any]:
    say, there = words(), covering(city, code, officers)
    whole = there[None]
    part = {one.person: one for who in there.values() for one in who if one not in whole}
    return {
        "code": code,
        "name": say.of(city.office(code).name),
        "services": [
            say.of(service.name)
            for service in city.services
            if any(need.office == code and need.service == service.code for need in needs(city))
        ],
        "whole": _by_role(whole),
        "part": _by_role(part.values()),
    }


def _by_role(officers: Iterable[Officer]) -> Mapping[str, list[Officer]]:
    """People under each of their roles, in words."""
    found: dict[str, list[Officer]] = {}
    for one in officers:
        for role in sorted(one.roles):
            found.setdefault(role_name(role, language()), []).append(one)
    return dict(sorted(found.items()))


def _officers() -> tuple[Officer, ...]:
    with reading(services().engine) as connection:
        return people.officers(connection)
