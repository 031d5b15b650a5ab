"""Changing an account: its name, where its notices go, what its person does and which part of the city they see.

A device learns of it at its next exchange: it is told the roles and scopes of that moment, drops what is in none of
them, and is sent what came in (docs/protocol.md §6).
"""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import Connection, Engine, text

from schemas.catalogue.model import City
from schemas.text import Text
from server.access import admins, audit, duties, people
from server.access.people import Person
from server.sources import Sources
from server.store.database import for_update, writing
from sync.errors import Conflict, Invalid


def change(
    engine: Engine,
    city: City,
    sources: Sources,
    called: str,
    who: str,
    *,
    name: str | None = None,
    email: str | None = None,
    roles: Iterable[str] | None = None,
    scopes: Iterable[str] | None = None,
) -> tuple[Person, tuple[str, ...]]:
    """Change what is given and differs; the person as they were, and the names of what changed. An empty `email` takes
    the address away.

    Raises `NotFound`, `Invalid` with the problems by field, and `Conflict` where a citizen would be given roles, the
    last admin would be none any more, or somebody would take that from themselves.
    """
    new_roles = None if roles is None else tuple(sorted(set(roles)))
    new_scopes = None if scopes is None else tuple(sorted(set(scopes)))
    new_name = None if name is None else name.strip()
    new_email = None if email is None else email.strip()
    _refuse_what_is_wrong(city, new_name, new_email, new_roles, new_scopes)
    now = sources.clock()
    with writing(engine) as connection:
        if new_roles is not None:
            admins.hold(connection)
        found = people.find(connection, called)
        # Whoever changes the same account at this moment comes after.
        connection.execute(text(for_update(_LOCK, engine)), {"id": found.id})
        found = people.find(connection, called)
        done = []
        if new_name is not None and new_name != found.name:
            connection.execute(_NAME, {"id": found.id, "name": new_name})
            audit.note(connection, who, "person.rename", found.id, now=now)
            done.append("name")
        if new_email is not None and new_email != (found.email or ""):
            connection.execute(_EMAIL, {"id": found.id, "email": new_email or None})
            audit.note(connection, who, "person.email", found.id, {"set": bool(new_email)}, now=now)
            done.append("email")
        if new_roles is not None and set(new_roles) != set(found.roles):
            _change_roles(connection, found, new_roles, who, now)
            audit.note(connection, who, "person.roles", found.id, _difference(found.roles, new_roles), now=now)
            done.append("roles")
        if new_scopes is not None and set(new_scopes) != set(found.scopes):
            _change_scopes(connection, found, new_scopes)
            audit.note(connection, who, "person.scopes", found.id, _difference(found.scopes, new_scopes), now=now)
            done.append("scopes")
    return found, tuple(done)


def _refuse_what_is_wrong(
    city: City,
    name: str | None,
    email: str | None,
    roles: Iterable[str] | None,
    scopes: Iterable[str] | None,
) -> None:
    found = {
        "name": duties.name_problem(name) if name is not None else None,
        "email": duties.email_problem(email) if email else None,
        "roles": duties.role_problem(roles) if roles is not None else None,
        "scopes": duties.scope_problem(city, scopes) if scopes is not None else None,
    }
    problems = {field: problem for field, problem in found.items() if problem}
    if problems:
        raise Invalid(f"nothing was changed. {duties.in_words(problems)}", problems=problems)


def _change_roles(connection: Connection, found: Person, roles: tuple[str, ...], who: str, now: datetime) -> None:
    _refuse_citizen(found)
    if "admin" in found.roles and "admin" not in roles:
        admins.refuse_oneself(found.id, who)
        admins.refuse_the_last(connection, found.id, now)
    connection.execute(_ROLES, {"id": found.id, "roles": " ".join(roles)})


def _change_scopes(connection: Connection, found: Person, scopes: tuple[str, ...]) -> None:
    _refuse_citizen(found)
    # Set-based, and only what differs.
    lost, won = set(found.scopes) - set(scopes), set(scopes) - set(found.scopes)
    if lost:
        connection.execute(_TAKE, [{"person": found.id, "scope": scope} for scope in sorted(lost)])
    if won:
        connection.execute(_GIVE, [{"person": found.id, "scope": scope} for scope in sorted(won)])


def _refuse_citizen(found: Person) -> None:
    if found.kind != "staff":
        raise Conflict(
            "a citizen's account has no roles and no scopes; add an account for their work",
            text=Text(
                "Akun warga tidak punya peran dan wilayah. Tambah akun petugas untuk pekerjaannya.",
                "A citizen's account has no roles and no scopes. Add an account for their work.",
            ),
        )


def _difference(before: Iterable[str], after: Iterable[str]) -> dict[str, list[str]]:
    before, after = set(before), set(after)
    return {"added": sorted(after - before), "removed": sorted(before - after)}


_LOCK = "SELECT id FROM person WHERE id = :id"
_NAME = text("UPDATE person SET name = :name WHERE id = :id")
_EMAIL = text("UPDATE person SET email = :email WHERE id = :id")
_ROLES = text("UPDATE person SET roles = :roles WHERE id = :id")
_TAKE = text('DELETE FROM "grant" WHERE person_id = :person AND scope = :scope')
_GIVE = text('INSERT INTO "grant" (person_id, scope) VALUES (:person, :scope)')
