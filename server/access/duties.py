"""Duties: a role says what somebody does, a scope for which part of the city. Whether a city has what is asked for,
and in which words it is refused."""

from collections.abc import Iterable
from typing import Any, Final

from schemas.catalogue.model import ROLES, City
from schemas.form_words import FORBIDDEN
from server.domain.actor import OFFICE
from server.notices import addresses
from sync.errors import Invalid
from sync.messages import MAX_SCOPES

Problem = dict[str, Any]
"""A code, a sentence in each language, and what else a program may want to know."""

DUTIES: Final = tuple(sorted(ROLES - {"citizen"}))
"""The roles that the city's people have."""

MOST: Final = MAX_SCOPES - 1
"""Scopes of one person, beside the one of their own cases."""
LONGEST: Final = 120


def role_problem(roles: Iterable[str]) -> Problem | None:
    """What is wrong with these roles."""
    roles = list(roles)
    unknown = [role for role in roles if role not in ROLES]
    if roles and not unknown:
        return None
    known = ", ".join(DUTIES)
    return {
        "code": "unknown_role",
        "unknown": unknown or [""],
        "known": list(DUTIES),
        "id": f"Tidak ada peran {', '.join(unknown)}; yang ada: {known}." if unknown else "Pilih paling sedikit satu.",
        "en": f"There is no role {', '.join(unknown)}; there are: {known}." if unknown else "Choose at least one role.",
    }


def scope_problem(city: City, scopes: Iterable[str]) -> Problem | None:
    """What is wrong with these scopes; names the offices, or the kecamatan, that there are."""
    scopes = list(scopes)
    if len(scopes) > MOST:
        return {
            "code": "too_many_scopes",
            "most": MOST,
            "id": f"Paling banyak {MOST}. Pilih seluruh dinas sebagai ganti banyak kecamatan.",
            "en": f"At most {MOST}. Choose whole offices instead of many kecamatan.",
        }
    foreign = [scope for scope in scopes if not is_scope(city, scope)]
    if not foreign:
        return None
    named = ", ".join(foreign)
    offices = [office.code for office in city.offices]
    # One wrong word at a time: of an office that there is, the kecamatan is what was mistyped.
    of_office = all(scope.removeprefix(OFFICE).partition("/")[0] in offices for scope in foreign)
    there = [f"{a.code} {a.name}" for a in city.areas if a.kind == "kecamatan"] if of_office else offices
    example = f"{OFFICE}{offices[0]}" + ("/KECAMATAN" if of_office else "")
    return {
        "code": "unknown_scope",
        "unknown": foreign,
        "id": f"Tidak ada {named}; tulis seperti {example}. Yang ada: {', '.join(there)}.",
        "en": f"There is no {named}; write it like {example}. There are: {', '.join(there)}.",
    }


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


def name_problem(name: str) -> Problem | None:
    """What is wrong with a name, as it is shown beside what its person does."""
    return _text_problem(name, 1)


def login_problem(login: str) -> Problem | None:
    """What is wrong with a login in its one spelling: as short or long as the API takes them."""
    return _text_problem(login, 3)


def email_problem(email: str) -> Problem | None:
    """What is wrong with an address for notices; whether anybody reads it, only a letter can tell."""
    try:
        addresses.address(email)
    except Invalid:
        pass
    else:
        return None
    return {
        "code": "email",
        "id": "Ini bukan alamat e-mail; contohnya petugas@kota.example.",
        "en": "This is no e-mail address; it looks like petugas@kota.example.",
    }


def _text_problem(text: str, least: int) -> Problem | None:
    if FORBIDDEN.search(text):
        return {
            "code": "characters",
            "id": "Ada tanda yang tidak bisa disimpan; ketik ulang.",
            "en": "Some characters cannot be kept; type it anew.",
        }
    if least <= len(text.strip()) <= LONGEST:
        return None
    return {
        "code": "length",
        "least": least,
        "most": LONGEST,
        "id": f"Tulis {least} sampai {LONGEST} huruf.",
        "en": f"Write {least} to {LONGEST} letters.",
    }


def in_words(problems: dict[str, Problem]) -> str:
    """The problems as one English sentence each, for a terminal."""
    return " ".join(f"{field}: {problem['en']}" for field, problem in problems.items())
