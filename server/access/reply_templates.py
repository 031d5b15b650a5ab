"""Texts that officers answer with, kept by the city: added, changed, retired, and never lost.

A change adds a version beside those before it; what an officer sent is the case's, and no change of a text touches it.
The log says who changed which text, and the versions say from what to what.
"""

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import msgspec
from sqlalchemy import Connection, Engine, Row, text

from schemas.catalogue.model import City
from server.access import audit
from server.access.devices import stamp
from server.sources import Sources
from server.store.database import reading, writing
from sync.errors import Conflict, Invalid, NotFound

LONGEST_TITLE: Final = 80
LONGEST_TEXT: Final = 2_000
"""Letters: half of what a note may have, so that something of the officer's own fits beside it."""
MOST: Final = 500
"""Texts in use at one time: a device holds them all."""


@dataclass(frozen=True)
class Template:
    """One text as it is now, or as it was in an earlier version. `services` and `actions` are codes; none are all."""

    id: str
    version: int
    title: str
    text: str
    services: tuple[str, ...]
    actions: tuple[str, ...]
    at: str
    person: str
    retired: bool = False

    def public(self) -> dict[str, Any]:
        """What an officer's device holds of it."""
        return {
            "id": self.id,
            "title": self.title,
            "text": self.text,
            "services": list(self.services),
            "actions": list(self.actions),
        }


@dataclass(frozen=True)
class Wanted:
    """A text as somebody wrote it."""

    title: str
    text: str
    services: tuple[str, ...] = ()
    actions: tuple[str, ...] = ()


def checked(city: City, title: str, words: str, services: Iterable[str], actions: Iterable[str]) -> Wanted:
    """What was written, tidied. `Invalid` names each part that cannot be taken, with what it must be."""
    made = Wanted(
        " ".join(title.split()),
        words.replace("\r\n", "\n").replace("\r", "\n").strip(),
        tuple(sorted(set(services))),
        tuple(sorted(set(actions))),
    )
    problems: dict[str, object] = {}
    for name, value, most in (("title", made.title, LONGEST_TITLE), ("text", made.text, LONGEST_TEXT)):
        if not value or len(value) > most or _unprintable(value):
            problems[name] = {"code": "invalid", "text": f"has 1 to {most} letters"}
    known = {service.code: service for service in city.services}
    if unknown := [code for code in made.services if code not in known]:
        problems["services"] = {"code": "unknown", "unknown": unknown, "known": sorted(known)}
    else:
        there = {action.code for code in made.services or known for action in known[code].actions}
        if unknown := [code for code in made.actions if code not in there]:
            problems["actions"] = {"code": "unknown", "unknown": unknown, "known": sorted(there)}
    if problems:
        raise Invalid("this text cannot be taken", problems=problems)
    return made


def add(engine: Engine, sources: Sources, wanted: Wanted, who: str) -> Template:
    """A new text. `Conflict` where another one in use has this title, or there are too many."""
    with _alone(engine) as connection:
        there = _current(connection)
        if len(there) >= MOST:
            raise Conflict(f"there are {MOST} texts already; retire one first")
        _refuse_same_title(there, wanted, None)
        id_ = _new_id(connection, wanted.title, sources)
        return _keep(connection, Template(id_, 1, *_parts(wanted), "", who), "template.add", sources.clock())


def change(
    engine: Engine, sources: Sources, id_: str, wanted: Wanted, who: str, version: int | None = None
) -> Template:
    """The text as it is from now on; one that was retired is in use again. `version`: the one that was being changed;
    `Conflict` where somebody changed it meanwhile."""
    with _alone(engine) as connection:
        found = _newest(connection, id_)
        if version is not None and version != found.version:
            raise Conflict("somebody changed this text meanwhile; look at it again")
        if not found.retired and Wanted(found.title, found.text, found.services, found.actions) == wanted:
            return found
        _refuse_same_title(_current(connection), wanted, id_)
        made = Template(id_, found.version + 1, *_parts(wanted), "", who)
        return _keep(connection, made, "template.change", sources.clock())


def retire(engine: Engine, sources: Sources, id_: str, who: str) -> Template:
    """No officer is offered this text any more. `Conflict` where it was retired before."""
    with _alone(engine) as connection:
        found = _newest(connection, id_)
        if found.retired:
            raise Conflict("this text was retired before")
        made = Template(id_, found.version + 1, *_parts(found), "", who, retired=True)
        return _keep(connection, made, "template.retire", sources.clock())


def current(engine: Engine, *, retired: bool = False) -> list[Template]:
    """The texts in use, by title; with `retired` those that were retired too."""
    with reading(engine) as connection:
        return _current(connection, retired=retired)


def versions(engine: Engine, id_: str) -> list[Template]:
    """A text and all that it was, the newest first. `NotFound`."""
    with reading(engine) as connection:
        # No text of PostgreSQL holds a NUL, so none has it in its name either.
        found = [_template(row) for row in connection.execute(_VERSIONS, {"id": id_})] if "\0" not in id_ else []
    if not found:
        raise NotFound(f"there is no text {id_}")
    return found


def for_devices(engine: Engine) -> tuple[str, bytes]:
    """Version and JSON of what officers' devices hold."""
    found = [one.public() for one in current(engine)]
    version = hashlib.sha256(msgspec.json.encode(found)).hexdigest()[:12]
    return version, msgspec.json.encode({"version": version, "templates": found})


@contextmanager
def _alone(engine: Engine) -> Iterator[Connection]:
    """Whoever changes a text is alone: titles and versions are looked at before a row is added."""
    with writing(engine) as connection:
        if connection.dialect.name == "postgresql":
            connection.execute(text("SELECT pg_advisory_xact_lock(hashtext('tenggat.templates'))"))
        yield connection


def _parts(one: Wanted | Template) -> tuple[str, str, tuple[str, ...], tuple[str, ...]]:
    return one.title, one.text, one.services, one.actions


def _new_id(connection: Connection, title: str, sources: Sources) -> str:
    """A name that can be typed, from the title's letters; with something behind it where that is taken."""
    plain = "".join(letter if letter.isascii() and letter.isalnum() else "-" for letter in title.lower())
    name = "-".join(part for part in plain.split("-") if part)[:30].strip("-")
    taken = connection.execute(_TAKEN, {"id": name}).first() is not None
    if name and not taken:
        return name
    return f"{name or 'teks'}-{sources.new_code()[:6].lower()}"


def _refuse_same_title(there: Sequence[Template], wanted: Wanted, id_: str | None) -> None:
    title = wanted.title.casefold()
    if any(one.title.casefold() == title and one.id != id_ for one in there):
        raise Conflict("another text has this title; officers choose by it", problems={"title": {"code": "taken"}})


def _newest(connection: Connection, id_: str) -> Template:
    row = connection.execute(_VERSIONS, {"id": id_}).first()
    if row is None:
        raise NotFound(f"there is no text {id_}; `template list --all` shows those there are")
    return _template(row)


def _current(connection: Connection, *, retired: bool = False) -> list[Template]:
    found = [_template(row) for row in connection.execute(_CURRENT)]
    return sorted(
        (one for one in found if retired or not one.retired), key=lambda one: (one.retired, one.title.casefold())
    )


def _keep(connection: Connection, made: Template, action: str, now: datetime) -> Template:
    values = {name: getattr(made, name) for name in ("id", "version", "title", "text", "person", "retired")}
    at = stamp(now)
    connection.execute(
        _ADD, values | {"at": at, "services": " ".join(made.services), "actions": " ".join(made.actions)}
    )
    audit.note(connection, made.person, action, made.id, {"version": made.version}, now=now)
    return Template(made.id, made.version, *_parts(made), at, made.person, made.retired)


def _template(row: Row[Any]) -> Template:
    return Template(
        row.id,
        row.version,
        row.title,
        row.text,
        tuple(row.services.split()),
        tuple(row.actions.split()),
        row.at,
        row.person,
        bool(row.retired),
    )


def _unprintable(value: str) -> bool:
    return any((ord(letter) < 32 and letter != "\n") or "\ud800" <= letter <= "\udfff" for letter in value)


_COLUMNS = "id, version, title, text, services, actions, at, person, retired"
_CURRENT = text(
    f"SELECT {_COLUMNS} FROM reply_template t"  # noqa: S608 - fixed words
    " WHERE version = (SELECT max(version) FROM reply_template o WHERE o.id = t.id)"
)
_VERSIONS = text(f"SELECT {_COLUMNS} FROM reply_template WHERE id = :id ORDER BY version DESC")  # noqa: S608
_TAKEN = text("SELECT 1 FROM reply_template WHERE id = :id")
_ADD = text(
    "INSERT INTO reply_template (id, version, title, text, services, actions, at, person, retired)"
    " VALUES (:id, :version, :title, :text, :services, :actions, :at, :person, :retired)"
)
