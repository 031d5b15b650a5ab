"""Every catalogue that the city ever gave to devices, as it was, and since when."""

from dataclasses import dataclass
from datetime import datetime

import msgspec
from sqlalchemy import Connection, Engine, text

from schemas.catalogue.model import City
from server.access.devices import stamp
from server.services import Services
from server.store.database import reading, writing
from sync.errors import Conflict, NotFound


@dataclass(frozen=True)
class Kept:
    """A version, and when it was first served (UTC)."""

    version: str
    served: str
    size: int


def begin_serving(world: Services) -> None:
    """Note what this server gives out, as it starts. Whoever only looks at the database has served nothing."""
    city = world.rules.refresh(world.engine).city
    with reading(world.engine) as connection:
        known = connection.execute(_KNOWN, {"version": city.version}).scalar()
    if not known:
        with writing(world.engine) as connection:
            keep(connection, city, world.sources.clock())


def keep(connection: Connection, city: City, now: datetime) -> None:
    """Keep a catalogue, with the moment, unless it is kept already; several processes may."""
    row = {"version": city.version, "served": stamp(now), "body": city.to_json()}
    connection.execute(_KEEP, row)


def versions(engine: Engine) -> list[Kept]:
    """All that were served, the newest first."""
    with reading(engine) as connection:
        return [Kept(row.version, row.served, row.size) for row in connection.execute(_ALL)]


def catalogue(engine: Engine, version: str) -> City:
    """The catalogue of a version, or of the beginning of one. `NotFound`; `Conflict` where several begin so, or where
    it was written by a server whose catalogues this one cannot read."""
    with reading(engine) as connection:
        rows = connection.execute(_BEGINNING, {"version": version}).all()
    if not rows or not version:
        raise NotFound(f"no catalogue of version {version} was ever served; `catalogue versions` lists them")
    if len(rows) > 1:
        raise Conflict(f"several versions begin with {version}; give more of it")
    try:
        return City.from_json(bytes(rows[0].body))
    except msgspec.DecodeError as error:
        raise Conflict(f"the catalogue {rows[0].version} is of another time and cannot be read: {error}") from None


_KNOWN = text("SELECT 1 FROM catalogue_version WHERE version = :version")
_KEEP = text(
    "INSERT INTO catalogue_version (version, served, body) VALUES (:version, :served, :body)"
    " ON CONFLICT (version) DO NOTHING"
)
_ALL = text("SELECT version, served, length(body) AS size FROM catalogue_version ORDER BY served DESC, version")
_BEGINNING = text("SELECT version, body FROM catalogue_version WHERE substr(version, 1, length(:version)) = :version")
