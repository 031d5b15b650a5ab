"""Who is signed in on the admin pages: a cookie of 256 random bits, of which the server keeps the hash.

Half an hour without a request of the person's own ends a session, and twelve hours end every one. What a page asks for
by itself (an event stream, a refresh) keeps nobody signed in.
"""

import hashlib
import hmac
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import Connection, Engine, text

from server.access import audit, city_settings, half_way, passwords, second_factor, tokens
from server.access.devices import stamp
from server.access.own_sessions import IDLE, LONGEST, ROLES
from server.domain.actor import OFFICE
from server.sources import Sources
from server.store.database import for_update, reading, writing
from sync.errors import NotSignedIn

COOKIE: Final = "tenggat_admin"
"""Its name on plain http, as somebody tries the server out on their own computer."""
LOCKED: Final = "__Host-tenggat_admin"
"""Its name behind TLS: a browser takes one of such a name from this very host alone, over TLS, for all of its paths. No
other host of the city's, and nobody on the way to a plain page of it, can put a session of theirs in its place."""
TOUCH: Final = timedelta(minutes=1)
"""How often it is written down that somebody is still there."""

MUST: Final = frozenset({"admin"})
"""Whose second factor is the city's to ask for."""


@dataclass(frozen=True)
class Visitor:
    """Somebody who is signed in. `csrf` is what their forms must carry."""

    person: str
    login: str
    name: str
    roles: frozenset[str]
    scopes: frozenset[str]
    csrf: str
    must_choose: bool = False
    """Their password was made up for them: nothing is open to them but choosing one of their own."""
    must_set_up: bool = False
    """The city wants a second factor of them, and they have none: nothing is open to them but setting it up."""

    @property
    def led(self) -> bool:
        """Whether something is to be done before anything is open to them."""
        return self.must_choose or self.must_set_up

    @property
    def is_admin(self) -> bool:
        return "admin" in self.roles

    @property
    def offices(self) -> frozenset[str] | None:
        """The offices whose devices they may look at; None for all of them."""
        if self.is_admin:
            return None
        return frozenset(scope.removeprefix(OFFICE).partition("/")[0] for scope in self.scopes)


def begin(engine: Engine, sources: Sources, person: str, proved: bytes | None = None, half: str = "") -> str:
    """Sign a person in; the cookie's value. Sessions that are over are cleared away on the way.

    `proved`: the mark of the password that they typed; `half`: what their first step left, where there was a second.
    `NotSignedIn` where the account has another password by now, or was closed; where the first step was ended, or where
    a second factor was set up beside the one step: whoever does these ends what there is, and does not see what begins
    beside that."""
    token, now = sources.new_token(), sources.clock()
    with writing(engine) as connection:
        stored = connection.execute(text(for_update(_STORED, engine)), {"person": person}).scalar_one_or_none()
        if stored is None or (proved is not None and passwords.mark(stored) != proved):
            raise NotSignedIn("the password is another one since a moment ago; sign in once more")
        if not _all_steps(connection, person, half):
            raise NotSignedIn("what was begun was ended a moment ago; sign in once more")
        # Others' too, and so without waiting for whoever ends theirs.
        over = for_update(_OVER, engine, skip=True)
        connection.execute(text(_CLEAR.format(over=over)), _limits(now))
        values = {"token": tokens.hash_of(token), "person": person, "now": stamp(now)}
        connection.execute(_BEGIN, values)
        audit.note(connection, person, "session.begin", person, now=now)
    return token


def _all_steps(connection: Connection, person: str, half: str) -> bool:
    if half:
        return half_way.end(connection, person, half)
    return second_factor.of(connection, person) is None


def visitor_of(engine: Engine, token: str, now: datetime, *, own: bool = True) -> Visitor | None:
    """Who has this cookie; None where the session is over, or its person's account or role is. `own`: the person asked
    and not the page by itself."""
    if not tokens.SHAPE.match(token):
        return None
    hashed = tokens.hash_of(token)
    with reading(engine) as connection:
        row = connection.execute(_FIND, _limits(now) | {"token": hashed}).one_or_none()
        if row is None or not ROLES & set(row.roles.split()):
            return None
        scopes = connection.execute(_SCOPES, {"person": row.id}).scalars().all()
        must = MUST & set(row.roles.split()) and not row.factor and city_settings.read(connection).admin_factor
    if own and datetime.fromisoformat(row.seen) <= now - TOUCH:
        with writing(engine) as connection:
            connection.execute(_TOUCH, {"token": hashed, "now": stamp(now)})
    roles = frozenset(row.roles.split())
    return Visitor(
        row.id,
        row.login,
        row.name,
        roles,
        frozenset(scopes),
        csrf_of(token),
        row.password_until is not None,
        bool(must),
    )


def end(engine: Engine, token: str, now: datetime) -> None:
    """Sign out."""
    with writing(engine) as connection:
        person = connection.execute(_END, {"token": tokens.hash_of(token)}).scalar()
        if person is not None:
            audit.note(connection, person, "session.end", person, now=now)


def csrf_of(token: str) -> str:
    """What proves that a form was drawn for this session: follows from the cookie, and does not tell it."""
    return hmac.new(token.encode(), b"tenggat admin form", hashlib.sha256).hexdigest()


def _limits(now: datetime) -> dict[str, Any]:
    return {"idle": stamp(now - IDLE), "longest": stamp(now - LONGEST)}


_STORED = "SELECT password FROM person WHERE id = :person AND disabled IS NULL"
_OVER = "SELECT token FROM admin_session WHERE seen <= :idle OR created <= :longest"
_CLEAR = "DELETE FROM admin_session WHERE token IN ({over})"
_BEGIN = text("INSERT INTO admin_session (token, person_id, created, seen) VALUES (:token, :person, :now, :now)")
_FIND = text(
    "SELECT p.id, p.login, p.name, p.roles, p.password_until, s.seen,"
    " EXISTS (SELECT 1 FROM second_factor f WHERE f.person_id = p.id) AS factor"
    " FROM admin_session s JOIN person p ON p.id = s.person_id"
    " WHERE s.token = :token AND s.seen > :idle AND s.created > :longest AND p.disabled IS NULL"
)
_SCOPES = text('SELECT scope FROM "grant" WHERE person_id = :person')
_TOUCH = text("UPDATE admin_session SET seen = :now WHERE token = :token")
_END = text("DELETE FROM admin_session WHERE token = :token RETURNING person_id")
