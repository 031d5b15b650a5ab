"""Where somebody of the staff is told: an e-mail address, set by an admin."""

import re
from datetime import datetime
from typing import Final

from sqlalchemy import Engine, text

from server.access import audit
from server.access.accounts import canonical
from server.store.database import writing
from sync.errors import Invalid, NotFound

LONGEST: Final = 200

# What could break out of a header is refused, and what no mail server would take; the rest is for that server to say.
_PLAIN: Final = re.compile(r"[^\s@<>,;:\"\\()\[\]\x00-\x1f\x7f]+@[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?")


def address(typed: str) -> str | None:
    """The address that was typed; None where nothing was. `Invalid` where it is none."""
    typed = typed.strip()
    if not typed:
        return None
    if len(typed) > LONGEST or not typed.isascii() or not _PLAIN.fullmatch(typed):
        raise Invalid(
            "this is no e-mail address; write it like petugas@kota.example",
            problems={"email": {"code": "invalid"}},
        )
    return typed


def set_address(engine: Engine, login: str, typed: str, who: str, now: datetime) -> str | None:
    """Set or (empty) take away the address of a member of staff; what it is now. `Invalid`, `NotFound`. The log says
    that it changed, and not what to."""
    found = address(typed)
    with writing(engine) as connection:
        person = connection.execute(_SET, {"login": canonical(login), "email": found}).scalar()
        if person is None:
            raise NotFound(f"there is no member of staff with the login {login}")
        audit.note(connection, who, "person.email", person, {"set": found is not None}, now=now)
    return found


_SET = text("UPDATE person SET email = :email WHERE login = :login AND kind = 'staff' RETURNING id")
