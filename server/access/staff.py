"""New accounts for the people who work for the city."""

from collections.abc import Iterable

from sqlalchemy import Engine, text
from sqlalchemy.exc import IntegrityError

from schemas.catalogue.model import City
from server.access import audit, duties, given_password, passwords
from server.access.accounts import canonical
from server.access.devices import new_person
from server.sources import Sources
from server.store.database import writing
from sync.errors import Conflict, Invalid


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
    email: str = "",
    made_up: bool = False,
    who: str = audit.CLI,
) -> str:
    """A new account's person id. `scopes` are `office:<code>` or `office:<code>/<kecamatan>` of this city; `made_up`:
    the password is nobody's own, and good for a few days.

    Raises `Invalid` for a password that is short or guessed first, an unknown role or scope, a name, login or address
    that is none; `Conflict` where the login is taken.
    """
    roles, scopes = sorted(set(roles)), sorted(set(scopes))
    login, name, email = canonical(login), name.strip(), email.strip()
    found = {
        "login": duties.login_problem(login),
        "name": duties.name_problem(name),
        "email": duties.email_problem(email) if email else None,
        "roles": duties.role_problem(roles),
        "scopes": duties.scope_problem(city, scopes),
        "password": passwords.fault(password, login, name, city.name.id),
    }
    problems = {field: problem for field, problem in found.items() if problem}
    if problems:
        raise Invalid(f"this account cannot be made. {duties.in_words(problems)}", problems=problems)
    hashed = passwords.hash_password(password)
    given = {"roles": roles, "scopes": scopes}
    try:
        with writing(engine) as connection:
            joined = " ".join(roles)
            person = new_person(connection, sources, "staff", name, login=login, password=hashed, roles=joined)
            if scopes:
                connection.execute(_GRANT, [{"person": person, "scope": scope} for scope in scopes])
            if email:
                connection.execute(_EMAIL, {"id": person, "email": email})
            if made_up:
                connection.execute(_UNTIL, {"id": person, "until": given_password.until(sources.clock())})
            audit.note(connection, who, "person.add", person, given, now=sources.clock())
    except IntegrityError:
        taken = {"login": {"code": "taken", "id": "Nama ini sudah dipakai; pilih yang lain.", "en": _TAKEN}}
        raise Conflict("this login is taken; choose another", problems=taken) from None
    return person


_TAKEN = "This login is taken; choose another."
_GRANT = text('INSERT INTO "grant" (person_id, scope) VALUES (:person, :scope)')
_UNTIL = text("UPDATE person SET password_until = :until WHERE id = :id")
_EMAIL = text("UPDATE person SET email = :email WHERE id = :id")
