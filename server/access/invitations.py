"""Invitations, as an admin has them: made for an account, looked through, taken back.

An invitation lets one device in without a password. Its code is 256 random bits, told once; only the hash is kept.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from sqlalchemy import Connection, Engine, text

from server.access import audit, tokens
from server.access.accounts import canonical
from server.access.devices import stamp
from server.access.naming import called
from server.sources import Sources
from server.store.database import reading, writing
from sync.errors import Conflict, Invalid, NotFound

DAYS = 7
"""How long an invitation is good for, unless the admin says otherwise."""
MOST_DAYS = 90

State = Literal["open", "used", "expired", "revoked"]


@dataclass(frozen=True)
class Invitation:
    """One invitation and the account that it is for. Times are stamps in UTC; `device` is the one that came in."""

    id: str
    login: str
    name: str
    created: str
    expires: str
    used: str | None
    revoked: str | None
    device: str | None

    def state(self, now: datetime) -> State:
        if self.used is not None:
            return "used"
        if self.revoked is not None:
            return "revoked"
        return "expired" if self.expires <= stamp(now) else "open"


def invite(
    engine: Engine, sources: Sources, login: str, days: int = DAYS, who: str = audit.CLI
) -> tuple[str, Invitation]:
    """A new invitation and its code, which nobody can read again. `NotFound`, `Conflict` for a closed account."""
    if not 1 <= days <= MOST_DAYS:
        raise Invalid("an invitation is good for 1 to 90 days", problems={"days": {"code": "out_of_range"}})
    now, code, name = sources.clock(), sources.new_token(), canonical(login)
    found, created, expires = sources.new_id(), stamp(now), stamp(now + timedelta(days=days))
    values = {"id": found, "code": tokens.hash_of(code), "created": created, "expires": expires}
    with writing(engine) as connection:
        row = connection.execute(_ACCOUNT, {"login": name}).one_or_none()
        if row is None:
            raise NotFound(f"there is no account {name}; see `tenggat-server account add`")
        if row.disabled is not None:
            raise Conflict(f"the account {name} is closed")
        connection.execute(_NEW, values | {"person": row.id})
        audit.note(connection, who, "invitation.make", found, {"person": row.id, "days": days}, now=now)
    return code, Invitation(found, name, row.name, created, expires, None, None, None)


def invitations(engine: Engine) -> list[Invitation]:
    """All of them, the newest first, each with the device that it became."""
    with reading(engine) as connection:
        return of(connection)


def of(connection: Connection, person: str | None = None) -> list[Invitation]:
    """The same within a transaction; perhaps one person's only."""
    return [Invitation(*row) for row in connection.execute(_ALL, {"person": person})]


def withdraw(engine: Engine, sources: Sources, called_by: str, who: str = audit.CLI) -> Invitation:
    """Take an invitation back, called by its id or the beginning of it. `NotFound`, `Conflict` where that is too late
    or several begin so."""
    found = called(called_by, invitations(engine), "an invitation")
    if found.used is not None:
        raise Conflict("this invitation was used; revoke the device that came in with it (`device revoke`)")
    now = sources.clock()
    with writing(engine) as connection:
        done = connection.execute(_WITHDRAW, {"id": found.id, "now": stamp(now)}).rowcount
        if not done and found.revoked is None:
            raise Conflict("this invitation was used just now; see `device list`")
        if done:
            audit.note(connection, who, "invitation.withdraw", found.id, now=now)
    return found


_ACCOUNT = text("SELECT id, name, disabled FROM person WHERE login = :login")
_NEW = text(
    "INSERT INTO invitation (id, person_id, code, created, expires) VALUES (:id, :person, :code, :created, :expires)"
)
_ALL = text(
    "SELECT i.id, p.login, p.name, i.created, i.expires, i.used, i.revoked, d.id"
    " FROM invitation i JOIN person p ON p.id = i.person_id LEFT JOIN device d ON d.token = i.token"
    " WHERE CAST(:person AS VARCHAR) IS NULL OR i.person_id = :person ORDER BY i.created DESC, i.id"
)
_WITHDRAW = text("UPDATE invitation SET revoked = :now WHERE id = :id AND used IS NULL AND revoked IS NULL")
