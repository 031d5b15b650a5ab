"""An authenticator app, and the first step of signing in on the admin pages, for the tests of the second."""

from typing import Any

import pyotp

from server.access import (
    audit,
)
from server.access.staff import add_staff
from tests.api.admin import PASSWORD, Desk
from tests.conftest import Server


class Phone:
    """An authenticator app, with the clock of a server."""

    def __init__(self, server: Server, secret: str) -> None:
        self.server, self.totp = server, pyotp.TOTP(secret.replace(" ", ""))

    def code(self, later: int = 0) -> str:
        return self.totp.at(self.server.clock(), counter_offset=later)

    def wrong(self) -> str:
        near = {self.code(n) for n in range(-3, 4)}
        return next(code for code in ("000000", "111111", "222222", "333333") if code not in near)


def add(server: Server, login: str, *roles: str) -> str:
    place = (server.engine, server.city, server.world.sources)
    name = f"Petugas {login}"
    return add_staff(*place, login=login, password=PASSWORD, name=name, roles=roles, scopes=())


def set_up(desk: Desk, password: str = PASSWORD) -> tuple[Phone, list[str]]:
    """From the page about oneself to the recovery codes."""
    desk.open("/admin/second-factor")
    desk.send("/admin/second-factor", do="set_up", password=password)
    phone = Phone(desk.server, desk.shown.one(id="secret").words)
    desk.send("/admin/second-factor", code=phone.code())
    assert desk.heading == "Kode pemulihan Anda", desk.words
    return phone, [one.words for one in desk.shown.all("li") if one.inside("ol")]


def password_typed(server: Server, login: str = "admin", onward: str = "") -> Desk:
    """A browser in which the first step was done."""
    desk = Desk(server, login=login)
    desk.open("/admin/sign-in", **({"next": onward} if onward else {}))
    desk.send("/admin/sign-in", login=login, password=PASSWORD)
    return desk


def deeds(server: Server) -> list[tuple[str, dict[str, Any]]]:
    return [(one.action, one.details) for one in audit.entries(server.engine, action="factor.")][::-1]
