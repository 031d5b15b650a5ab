"""Where somebody is led before anything else is open to them: to a password of their own, then to a second factor."""

from typing import Final

from flask import Response, request

from server.access import given_password, second_factor
from server.admin import gate
from server.admin.render import see
from sync.errors import Conflict

OPEN: Final = {
    "own_password_page": frozenset({"admin.own_password_page", "admin.change_own_password"}),
    "own_factor": frozenset({"admin.own_factor", "admin.change_own_factor"}),
}
"""The pages to which somebody may be led, and what each of them asks."""


def lead() -> Response | None:
    """Before each page that is not for everybody."""
    visitor, asked = gate.known(), request.endpoint or ""
    if visitor is None or not gate.allowed(asked) or asked == "admin.sign_out":
        return None
    if visitor.must_choose:
        where, why = "own_password_page", given_password.FIRST
    elif visitor.must_set_up:
        where, why = "own_factor", second_factor.FIRST
    else:
        return None
    if asked in OPEN[where]:
        return None
    if request.method in ("GET", "HEAD") and gate.ALONE not in request.args:
        return see(where)
    # What was typed is still in the form that they go back to.
    raise Conflict("something is to be done first", text=why)
