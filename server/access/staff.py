"""Accounts of the people who work for the city: who they are, what they do, and which part of the city they see."""

from collections.abc import Iterable

from sqlalchemy import Engine, text
from sqlalchemy.exc import IntegrityError

from schemas.catalogue.model import ROLES, City
from server.access import passwords
from server.access.accounts import canonical
from server.access.devices import new_person
from server.domain.actor import OFFICE
from server.sources import Sources
from server.store.database import writing
from sync.errors import Conflict, Invalid
from sync.messages import MAX_SCOPES


def add_staff(
    engine: Engine,
    city: City,
    sources: Sources,
    *,
    login: str,
    password: str,
    name: str,
    roles: Iterable[str],
    scopes: Iterable[str],
) -> str:
    """A new account's person id. `scopes` are `office:<code>` or `office:<code>/<kecamatan>` of this city.

    Raises `Invalid` for a password that is short or guessed first, an unknown role or scope, `Conflict` where the login
    is taken.
    """
    roles, scopes = sorted(set(roles)), sorted(set(scopes))
    problems: dict[str, object] = {}
    if unknown := [role for role in roles if role not in ROLES] or ([] if roles else [""]):
        problems["roles"] = {"code": "unknown_role", "unknown": unknown}
    if foreign := [scope for scope in scopes if not is_scope(city, scope)]:
        problems["scopes"] = {"code": "unknown_scope", "unknown": foreign}
    if len(scopes) >= MAX_SCOPES:
        problems["scopes"] = {"code": "too_many_scopes", "most": MAX_SCOPES - 1}
    if fault := passwords.fault(password, login, name, city.name.id):
        problems["password"] = fault
    if problems:
        raise Invalid("this account cannot be made", problems=problems)
    hashed = passwords.hash_password(password)
    try:
        with writing(engine) as connection:
            person = new_person(
                connection,
                sources,
                "staff",
                name.strip(),
                login=canonical(login),
                password=hashed,
                roles=" ".join(roles),
            )
            if scopes:
                connection.execute(_GRANT, [{"person": person, "scope": scope} for scope in scopes])
    except IntegrityError:
        raise Conflict("this login is taken; choose another", problems={"login": {"code": "taken"}}) from None
    return person


def is_scope(city: City, scope: str) -> bool:
    """Whether the text names an office of the city, or one office's part in one of its kecamatan."""
    if not scope.startswith(OFFICE):
        return False
    office, slash, district = scope.removeprefix(OFFICE).partition("/")
    try:
        city.office(office)
        return not slash or city.area(district).kind == "kecamatan"
    except KeyError:
        return False


_GRANT = text('INSERT INTO "grant" (person_id, scope) VALUES (:person, :scope)')
