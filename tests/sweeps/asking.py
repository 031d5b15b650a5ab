"""A row of the table of routes: who may ask, how to ask, and what everybody else gets."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from tests.sweeps.askers import EVERYBODY, OVER, UNMARKED, VISITORS, WITHOUT, Asker
from tests.sweeps.city_day import CityDay

Method = str


@dataclass(frozen=True)
class Question:
    """What goes into a request, beside what its asker holds: parts of the address by name, and the rest of it."""

    at: Mapping[str, str] = field(default_factory=dict)
    query: Mapping[str, str] = field(default_factory=dict)
    form: Mapping[str, str] | None = None
    json: Any = None
    body: bytes | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    address: str = "127.0.0.1"


Asking = Callable[[CityDay, Asker], Question]


@dataclass(frozen=True)
class Refusal:
    """Status and word code of a refusal; a page has no code."""

    status: int
    code: str | None = None


@dataclass(frozen=True)
class Row:
    """One way to ask one route. `who` gets one of the statuses in `fine`; everybody else what `rest` says.

    `shows`: markers that this answer holds for whoever may ask, beside their own. `page`: whether refusals are pages.
    """

    method: Method
    rule: str
    who: frozenset[str]
    rest: Callable[[str], Refusal]
    ask: Asking
    fine: frozenset[int]
    shows: frozenset[str] = frozenset()
    page: bool = False

    @property
    def name(self) -> str:
        return f"{self.method} {self.rule}"


def _plain(_day: CityDay, _asker: Asker) -> Question:
    return Question()


def _fine(fine: int | Iterable[int]) -> frozenset[int]:
    return frozenset({fine} if isinstance(fine, int) else fine)


def everybody(
    method: Method,
    rule: str,
    ask: Asking = _plain,
    *,
    fine: int | Iterable[int] = 200,
    but: Mapping[str, Refusal] | None = None,
    shows: Iterable[str] = (),
    page: bool = False,
) -> Row:
    """A route that anybody may ask, except those named in `but`."""
    refused = but or {}
    return Row(method, rule, EVERYBODY - set(refused), refused.__getitem__, ask, _fine(fine), frozenset(shows), page)


def nobody(method: Method, rule: str, ask: Asking, refusal: Refusal, *, page: bool = False) -> Row:
    """The same asked so that nobody gets it."""
    return Row(method, rule, frozenset(), lambda _: refusal, ask, frozenset(), page=page)


NOT_SIGNED_IN: Final = Refusal(401, "not_signed_in")
NOT_FOUND: Final = Refusal(404, "not_found")
FORBIDDEN: Final = Refusal(403, "forbidden")
CONFLICT: Final = Refusal(409, "conflict")


def device(
    method: Method,
    rule: str,
    who: Iterable[str],
    ask: Asking = _plain,
    *,
    fine: int | Iterable[int] = 200,
    rest: Refusal = NOT_FOUND,
    shows: Iterable[str] = (),
) -> Row:
    """A route for devices: without a good token 401, whoever else may not have it gets `rest`. A cookie opens none."""
    outside = WITHOUT | UNMARKED | OVER

    def refused(name: str) -> Refusal:
        return NOT_SIGNED_IN if name in outside else rest

    return Row(method, rule, frozenset(who), refused, ask, _fine(fine), frozenset(shows))


SIGN_IN: Final = Refusal(303)
"""Led to the form to sign in."""
SIGN_IN_HERE: Final = Refusal(401)
"""That form at once, with what was typed in it."""


def admin(
    method: Method,
    rule: str,
    *who: str,
    at: Callable[[CityDay], Mapping[str, str]] | None = None,
    query: Mapping[str, str] | None = None,
    form: Mapping[str, str] | Callable[[CityDay], Mapping[str, str]] | None = None,
    fine: int | Iterable[int] | None = None,
    rest: Refusal = Refusal(403),
    shows: Iterable[str] = ("login",),
) -> Row:
    """A page for admins (and for whoever else is named in `who`). Without a session one is led to sign in; a form
    without its mark, and people of another role, get 403. A device's token opens none.

    `at` names the parts of the address, `form` what is typed; `rest` is what those get who are signed in and may not.
    """
    reads = method == "GET"

    def ask(day: CityDay, asker: Asker) -> Question:
        typed = form(day) if callable(form) else form or {}
        mark = {} if asker.csrf is None else {"csrf": asker.csrf}
        return Question(at(day) if at else {}, query or {}, None if reads else {**typed, **mark})

    def refused(name: str) -> Refusal:
        if name in UNMARKED:
            return Refusal(403)
        if name in VISITORS:
            return rest
        return SIGN_IN if reads else SIGN_IN_HERE

    allowed = frozenset(who or ("admin",)) | (UNMARKED if reads else frozenset())
    return Row(method, rule, allowed, refused, ask, _fine(fine or (200 if reads else 303)), frozenset(shows), page=True)
