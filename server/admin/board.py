"""The sync board: which device has not synced, and why."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, Final, get_args

from flask import Response, current_app, request

from schemas.roles import ROLE_NAMES
from server.access import city_settings, roster
from server.access.roster import Chosen, Whose
from server.admin import gate, pulse
from server.admin.blueprint import blueprint
from server.admin.render import address, page, words
from server.admin.survey import LEVELS, Survey, survey
from server.admin.telling import Telling
from server.domain import trouble_words
from server.services import services
from server.web.built import EXTENSION
from server.web.programs import newest

PAGE: Final = 50


@dataclass(frozen=True)
class Filters:
    """What the page is asked to show; each as it came, or as it is when nothing came."""

    whose: Whose
    q: str
    office: str
    role: str
    trouble: str
    silent: str
    gone: bool
    page: int

    @classmethod
    def of(cls, asked: Any) -> "Filters":
        whose, silent, number = asked.get("whose", ""), asked.get("silent", ""), asked.get("page", "")
        known = trouble_words.CODES + LEVELS
        return cls(
            whose=whose if whose in get_args(Whose) else "staff",
            q=asked.get("q", "").strip()[:120],
            office=asked.get("office", "")[:64],
            role=asked.get("role", "") if asked.get("role") in ROLE_NAMES else "",
            trouble=asked.get("trouble", "") if asked.get("trouble") in known else "",
            silent=silent if silent.isascii() and silent.isdigit() and len(silent) < 5 else "",
            gone=asked.get("gone") == "1",
            page=int(number) if number.isascii() and number.isdigit() and 0 < len(number) < 6 else 1,
        )

    def query(self, **other: Any) -> dict[str, Any]:
        """As parameters of an address; what is as always is left out."""
        said = {
            "whose": None if self.whose == "staff" else self.whose,
            "q": self.q or None,
            "office": self.office or None,
            "role": self.role or None,
            "trouble": self.trouble or None,
            "silent": self.silent or None,
            "gone": "1" if self.gone else None,
        }
        return said | other


@blueprint.get("/board")
@gate.allow(gate.ADMIN, gate.SUPERVISOR)
def board() -> Response:
    """Every device with what it told, the ones in trouble first."""
    filters, world, visitor = Filters.of(request.args), services(), gate.visitor()
    now = world.sources.clock()
    chosen = Chosen(
        filters.whose,
        words=filters.q,
        office=filters.office or None,
        offices=visitor.offices,
        role=filters.role or None,
        gone=filters.gone,
    )
    found = roster.devices(world.engine, chosen, now=now)
    seen = survey(
        found,
        now,
        current=current_programs(),
        trouble=filters.trouble or None,
        silent_for=int(filters.silent) if filters.silent else None,
        silent_days=city_settings.as_set(world.engine).silent_days,
    )
    last = max(1, -(-len(seen.rows) // PAGE))
    number = min(max(filters.page, 1), last)
    return page(
        "board",
        filters=filters,
        survey=seen,
        rows=seen.rows[(number - 1) * PAGE : number * PAGE],
        number=number,
        last=last,
        cut=len(found) if len(found) >= roster.MOST else None,
        filtered=any(filters.query().values()),
        tell=Telling(words(), now),
        mark=pulse.mark(world.engine, now),
        events=address("events", **{gate.ALONE: "1"}),
        refresh=address("board", **filters.query(page=number), **{gate.ALONE: "1"}),
        chips=list(_chips(filters, seen)),
        offices=_offices(visitor.offices),
        roles=[(code, words().of(text)) for code, text in ROLE_NAMES.items() if code not in ("owner", "system")],
        trouble_choices=list(_troubles(seen)),
        whose=[(one, words()(f"whose_{one}")) for one in ("staff", "citizen", "guest", "all")],
        told=trouble_words,
        office_names=office_names,
    )


@blueprint.get("/board/events")
@gate.allow(gate.ADMIN, gate.SUPERVISOR)
def events() -> Response:
    """Tells, as server-sent events, that the board would show something else now."""
    since = request.headers.get("Last-Event-ID") or request.args.get("since", "")
    return pulse.stream(services(), since[:200])


def current_programs() -> frozenset[str]:
    """What the newest programs call themselves to the server."""
    return newest(current_app.extensions[EXTENSION].version)


def _chips(filters: Filters, seen: Survey) -> Iterator[tuple[str, str, int, bool]]:
    """The counts on top, each a way to see just these: address, level, how many, whether it is chosen."""
    yield address("board", **filters.query(trouble=None)), "all", seen.all, not filters.trouble
    for level in LEVELS:
        chosen = filters.trouble == level
        yield address("board", **filters.query(trouble=level)), level, seen.levels[level], chosen


def _troubles(seen: Survey) -> Iterator[tuple[str, str]]:
    say = words()
    for level in LEVELS:
        yield level, say(f"level_{level}")
    for code in trouble_words.CODES:
        n = seen.codes[code]
        yield code, say.of(trouble_words.name_of(code)) + (f" ({n})" if n else "")


def office_names(codes: Iterable[str]) -> str:
    """Offices in words; a code that the city has no more, as it is."""
    say, known = words(), {office.code: office.name for office in services().city.offices}
    return ", ".join(say.of(known[code]) if code in known else code for code in codes)


def _offices(mine: frozenset[str] | None) -> list[tuple[str, str]]:
    say = words()
    return [
        (office.code, say.of(office.name)) for office in services().city.offices if mine is None or office.code in mine
    ]
