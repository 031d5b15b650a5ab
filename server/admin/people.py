"""The city's people: looking for them, and one of them with all that hangs on them."""

from dataclasses import dataclass
from typing import Any, Final, get_args

from flask import Response, request

from schemas.roles import ROLE_NAMES
from server.access import duties, given_password, second_factor, wrong_codes
from server.access import people as directory
from server.access.people import Chosen, Has, Kind, Shown, State
from server.admin import gate
from server.admin.blueprint import blueprint
from server.admin.places import places_in_words, roles_in_words
from server.admin.render import language, page, words
from server.admin.telling import Telling
from server.domain.actor import office_scope
from server.domain.covering import gaps
from server.services import services
from server.store.database import reading

PAGE: Final = 50

NAMED: Final = 3
"""Offices of one person that a row of the list names; of more, the rest is counted."""


@dataclass(frozen=True)
class Filters:
    """What the page is asked to show; each as it came, or as it is when nothing came."""

    whose: Kind
    q: str
    role: str
    office: str
    state: State
    factor: Has | None
    page: int

    @classmethod
    def of(cls, asked: Any) -> "Filters":
        whose, state, number = asked.get("whose", ""), asked.get("state", ""), asked.get("page", "")
        factor = asked.get("factor", "")
        return cls(
            whose=whose if whose in get_args(Kind) else "staff",
            q=asked.get("q", "").strip()[: duties.LONGEST],
            role=asked.get("role", "") if asked.get("role") in duties.DUTIES else "",
            office=asked.get("office", "")[:64],
            state=state if state in get_args(State) else "enabled",
            factor=factor if factor in get_args(Has) else None,
            page=int(number) if number.isascii() and number.isdigit() and 0 < len(number) < 6 else 1,
        )

    def query(self, **other: Any) -> dict[str, Any]:
        """As parameters of an address; what is as always is left out."""
        said = {
            "whose": None if self.whose == "staff" else self.whose,
            "q": self.q or None,
            "role": self.role or None,
            "office": self.office or None,
            "state": None if self.state == "enabled" else self.state,
            "factor": self.factor,
        }
        return said | other


@blueprint.get("/people")
@gate.allow(gate.ADMIN)
def people() -> Response:
    """Staff by name; citizens where they are asked for."""
    world, say, filters = services(), words(), Filters.of(request.args)
    now = world.sources.clock()
    asks = filters.whose == "citizen" and len(filters.q) < directory.FEWEST
    chosen = Chosen(
        filters.whose,
        filters.q,
        # A citizen has no roles, no places and no second factor, so there these would hide everybody.
        filters.role or None if filters.whose == "staff" else None,
        filters.office or None if filters.whose == "staff" else None,
        filters.state,
        filters.factor if filters.whose == "staff" else None,
    )
    number = max(1, filters.page)
    found = [] if asks else directory.people(world.engine, chosen, now=now, most=PAGE + 1, skip=(number - 1) * PAGE)
    with reading(world.engine) as connection:
        missing = gaps(world.city, directory.officers(connection))
    return page(
        "people",
        filters=filters,
        rows=found[:PAGE],
        more=len(found) > PAGE,
        number=number,
        asks=asks,
        fewest=directory.FEWEST,
        filtered=any(filters.query().values()),
        missing=len(missing),
        tell=Telling(say, now),
        whose=[(one, say(f"people_{one}")) for one in get_args(Kind)],
        states=[(one, say(f"people_{one}")) for one in get_args(State)],
        factors=[(one, say(f"factor_is_{one}")) for one in get_args(Has)],
        roles=[(code, say.of(ROLE_NAMES[code])) for code in duties.DUTIES],
        offices=[(one.code, say.of(one.name)) for one in world.city.offices],
        **spoken(),
    )


@blueprint.get("/people/<id>")
@gate.allow(gate.ADMIN)
def person(id: str) -> Response:
    """Somebody, with what an admin may do for them."""
    world = services()
    now = world.sources.clock()
    shown = show(id)
    made = [(one, one.state(now)) for one in shown.invitations]
    return page(
        "person",
        shown=shown,
        one=shown.person,
        open_invitations=[one for one, state in made if state == "open"],
        over=[(one, state) for one, state in made if state != "open"],
        most_codes=second_factor.CODES,
        most_wrong=wrong_codes.MOST,
        mine=shown.person.id == gate.visitor().person,
        password_over=given_password.is_over(shown.person.password_until, now),
        tell=Telling(words(), now),
        **spoken(),
    )


def show(id: str) -> Shown:
    """The person of this id or login. `NotFound`."""
    world = services()
    return directory.show(world.engine, world.city, id[: duties.LONGEST], world.sources.clock())


def spoken() -> dict[str, Any]:
    """How a template tells roles and places."""
    city = services().city
    return {
        "roles_told": lambda roles: roles_in_words(roles, language()),
        "places_told": lambda scopes: places_in_words(city, scopes, language()),
        "places_short": lambda scopes: _short(places_in_words(city, scopes, language()), scopes),
    }


def _short(places: list[str], scopes: tuple[str, ...]) -> list[str]:
    """The same for a row of a table."""
    if {office_scope(office.code) for office in services().city.offices} <= set(scopes):
        return [words()("people_everywhere")]
    if len(places) <= NAMED:
        return places
    return [*places[: NAMED - 1], words()("people_more_places", n=len(places) - NAMED + 1)]
