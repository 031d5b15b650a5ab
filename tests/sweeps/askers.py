"""Everybody who may come to a door, and what they hold in their hands."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Final

from server.admin.sessions import COOKIE, LOCKED, csrf_of
from tests.sweeps.city_day import CityDay

NOBODY: Final = "nobody"

SEATED: Final = frozenset(
    {
        "guest", "other guest", "owner", "other", "front desk", "planner", "surveyor", "elsewhere", "this district",
        "other district", "supervisor", "supervisor elsewhere", "admin",
    }
)  # fmt: skip
"""Who has a device's token that is good. A guest needs no account."""

OFFICERS: Final = SEATED - {"guest", "other guest", "owner", "other"}
"""The city's staff, of whatever office and role."""

GUESTS: Final = frozenset({"guest", "other guest"})
PLANNING: Final = frozenset({"front desk", "planner", "surveyor", "supervisor", "this district"})
"""At the office whose cases the owner's are."""

WITHOUT: Final = frozenset({NOBODY, "revoked", "left", "closed", "unknown", "malformed"})
"""Who has none, or one that is good for nothing: a revoked device's, that of an admin who left, a closed account's, one
that no device has, and one that was cut off on its way."""

VISITORS: Final = frozenset({"admin", "supervisor", "supervisor elsewhere"})
"""Who is signed in on the admin pages; each has a device too."""

UNMARKED: Final = frozenset({"no mark", "another's mark"})
"""The admin, whose form carries no mark, or the mark of somebody else's session: another site's form."""

OVER: Final = frozenset({"idle", "worn out", "signed out"})
"""An admin whose session is over."""

EVERYBODY: Final = SEATED | WITHOUT | UNMARKED | OVER


@dataclass(frozen=True)
class Asker:
    """`header` is what stands in Authorization; `csrf` goes into forms; `sees` are the markers of their own."""

    name: str
    header: str | None = None
    cookie: str | None = None
    csrf: str | None = None
    sees: frozenset[str] = field(default_factory=frozenset)

    @property
    def headers(self) -> dict[str, str]:
        # As it is called on plain http and behind TLS: a browser has the one of the way it came.
        cookie = {"Cookie": f"{COOKIE}={self.cookie}; {LOCKED}={self.cookie}"} if self.cookie else {}
        return cookie | ({"Authorization": self.header} if self.header else {})


def askers(day: CityDay) -> Iterator[Asker]:
    """All of them, in an order that stays."""
    for name in sorted(EVERYBODY):
        device = day.devices.get(name)
        cookie = day.cookies.get("admin" if name in UNMARKED else name)
        csrf = {"no mark": None, "another's mark": csrf_of(day.cookies["supervisor"])}.get(
            name, csrf_of(cookie) if cookie else None
        )
        header = f"Bearer {device.token}" if device else "Bearer cut-off" if name == "malformed" else None
        yield Asker(name, header, cookie, csrf, frozenset(_sees(name)))


def _sees(name: str) -> Iterable[str]:
    """Whose words somebody may read, whatever they ask."""
    if name == "owner":
        return ("owner", "draft", "name")
    if name in PLANNING:
        return ("owner", "name")
    # A lost phone is told whose it was, and nothing else.
    return ("name",) if name == "revoked" else (name,)
