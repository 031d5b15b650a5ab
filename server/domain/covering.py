"""Who covers what: the roles that a city's offices need for its services, and where nobody has one. Pure.

A case is seen by the office that owns its service and, once it was routed, by the one that it was routed to. So a
stage is some office's to work on, and a role that nobody there has leaves its cases lying.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from schemas.catalogue.model import OWNER, Action, City, Service, Stage
from server.domain.actor import office_scope


@dataclass(frozen=True)
class Officer:
    """Somebody of the city's who can sign in."""

    person: str
    name: str
    roles: frozenset[str]
    scopes: frozenset[str]


@dataclass(frozen=True)
class Need:
    """An office needs somebody with one of these roles, for a service: nobody there works on cases in `stages` without;
    where there are none, it is only that nobody can do `actions`, or do `further` ones once more."""

    service: str
    office: str
    roles: tuple[str, ...]
    stages: tuple[str, ...] = ()
    actions: tuple[str, ...] = ()
    further: tuple[str, ...] = ()


@dataclass(frozen=True)
class Gap:
    """A need that nobody meets: anywhere in the office, or in these kecamatan alone."""

    need: Need
    districts: tuple[str, ...] = ()


@dataclass
class _Found:
    """A need while it is gathered, in the catalogue's order."""

    stages: dict[str, None] = field(default_factory=dict)
    actions: dict[str, None] = field(default_factory=dict)
    further: dict[str, None] = field(default_factory=dict)


def needs(city: City) -> tuple[Need, ...]:
    """All that the city's services need, in the order of its offices."""
    found: dict[tuple[str, str, tuple[str, ...]], _Found] = {}
    for service in city.services:
        for stage in service.stages:
            for roles, place, code in _asked(service, stage):
                # What is done now and then, the office that owns the service does: it sees all of its cases.
                for office in _offices(service, stage.code) if place == "stages" else (service.office,):
                    one = found.setdefault((office, service.code, roles), _Found())
                    getattr(one, place)[code] = None
    order = {office.code: n for n, office in enumerate(city.offices)}
    return tuple(
        Need(service, office, roles, tuple(one.stages), tuple(one.actions), tuple(one.further))
        for (office, service, roles), one in sorted(found.items(), key=lambda item: order.get(item[0][0], len(order)))
    )


def gaps(city: City, officers: Iterable[Officer]) -> tuple[Gap, ...]:
    """The needs that these people leave unmet, in the order of the offices."""
    officers = tuple(officers)
    return tuple(gap for need in needs(city) if (gap := _gap(city, need, officers)) is not None)


def covering(city: City, office: str, officers: Iterable[Officer]) -> Mapping[str | None, tuple[Officer, ...]]:
    """The people who see an office's cases: under None those who see all of them, under a kecamatan's code those who
    see the ones from there."""
    officers = tuple(officers)
    districts = [area.code for area in city.areas if area.kind == "kecamatan"]
    return {
        district: tuple(one for one in officers if office_scope(office, district) in one.scopes)
        for district in (None, *districts)
    }


def _gap(city: City, need: Need, officers: Iterable[Officer]) -> Gap | None:
    holders = [one for one in officers if one.roles & set(need.roles)]
    if any(office_scope(need.office) in one.scopes for one in holders):
        return None
    # Where a case has no kecamatan, only whoever sees the whole office sees it.
    of_districts = city.service(need.service).district_field is not None
    districts = [area.code for area in city.areas if area.kind == "kecamatan"] if of_districts else []
    without = [code for code in districts if not any(office_scope(need.office, code) in one.scopes for one in holders)]
    if districts and not without:
        return None
    return Gap(need, () if without == districts else tuple(without))


def _asked(service: Service, stage: Stage) -> Iterator[tuple[tuple[str, ...], str, str]]:
    """What a stage asks for: roles, of which one will do, with `stages`, `actions` or `further`, and whose code."""
    runs = stage.ending is None and stage.waits_for is None
    if stage.role is not None and runs:
        yield (stage.role,), "stages", stage.code
    for action in service.actions_from(stage.code):
        roles = _others(action)
        if roles and not (runs and stage.role in roles):
            yield roles, "actions", action.code
        if action.beyond is not None and OWNER not in action.beyond.roles:
            yield tuple(sorted(action.beyond.roles)), "further", action.code


def _others(action: Action) -> tuple[str, ...]:
    """The roles that do an action, where it needs the city's people at all."""
    return () if OWNER in action.roles else tuple(sorted(action.roles))


def _offices(service: Service, stage: str) -> tuple[str, ...]:
    """The offices with whom a case can lie in this stage."""
    routed = {target for action in service.actions if action.effect == "route" for target in _targets(action)}
    home = stage in _reached(service, {service.first}, by_route=False)
    away = service.routes is not None and stage in _reached(service, routed, by_route=True)
    found = {service.office: None} if home or not away else {}
    if away and service.routes is not None:
        instead = (service.routes.instead,) if service.routes.instead else ()
        found |= dict.fromkeys((*service.routes.table.values(), *instead))
    return tuple(found)


def _targets(action: Action) -> tuple[str, ...]:
    return (action.to,) if action.to else action.from_


def _reached(service: Service, begin: set[str], *, by_route: bool) -> set[str]:
    """The stages that a case comes to from these; without `by_route`, as long as it was not sent to another office."""
    found: set[str] = set()
    todo = list(begin)
    while todo:
        code = todo.pop()
        if code in found:
            continue
        found.add(code)
        ways = (one for one in service.actions_from(code) if by_route or one.effect != "route")
        todo += [action.to for action in ways if action.to]
    return found
