"""A city is never left without somebody who can open its admin pages.

Two admins who close each other at one moment would leave none, each having seen the other. So whatever takes an admin
away holds the others off first, until its commit: on PostgreSQL by a lock of that name, on SQLite whoever writes is
alone already.
"""

from datetime import datetime

from sqlalchemy import Connection, text

from schemas.text import Text
from server.access.devices import stamp
from sync.errors import Conflict


def hold(connection: Connection) -> None:
    """Before anything is read of what `refuse_the_last` rests on."""
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(hashtext('tenggat.admins'))"))


def refuse_the_last(connection: Connection, person: str, now: datetime) -> None:
    """`Conflict` where this person is the only one who is admin and can sign in: whose password was made up, and is
    over, cannot."""
    rows = connection.execute(_ADMINS, {"now": stamp(now)}).scalars().all()
    if list(rows) == [person]:
        raise Conflict(
            "this is the last admin who can sign in; make somebody else one first",
            text=Text(
                "Ini admin terakhir yang bisa masuk. Jadikan orang lain admin dulu.",
                "This is the last admin who can sign in. Make somebody else one first.",
            ),
        )


def refuse_oneself(person: str, who: str) -> None:
    """`Conflict` where somebody would shut themselves out."""
    if person == who:
        raise Conflict(
            "nobody does this to themselves; ask another admin",
            text=Text(
                "Ini akun Anda sendiri. Minta admin lain, supaya Anda tidak mengunci diri karena keliru.",
                "This is your own account. Ask another admin, so that nobody locks themselves out by mistake.",
            ),
        )


_ADMINS = text(
    "SELECT id FROM person WHERE kind = 'staff' AND disabled IS NULL AND password IS NOT NULL"
    " AND (password_until IS NULL OR password_until > :now)"
    " AND ' ' || roles || ' ' LIKE '% admin %'"
)
