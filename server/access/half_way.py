"""Between the two steps of signing in: the password was right, and the code is still to come.

Nothing is begun at the server meanwhile. A slip that the form carries says who it is, for a quarter of an hour, and no
longer than the password stays what it was.
"""

import hashlib
from typing import Final

import msgspec
from sqlalchemy import text

from server.access import slips
from server.access.factor_key import factor_key
from server.services import Services
from server.store.database import reading
from sync.decoding import decoder
from sync.errors import NotSignedIn

_HALF_WAY: Final = "half signed in"


def note(world: Services, person: str) -> str:
    """A slip for somebody whose password was right just now."""
    told = msgspec.json.encode([person, _password(world, person)]).decode()
    return slips.write(factor_key(world.keys.folder), told, world.sources.clock(), _HALF_WAY)


def person_of(world: Services, slip: str) -> str:
    """Whose slip this is. `NotSignedIn` where that was too long ago, or the account was closed or has another password
    since."""
    told = slips.read(factor_key(world.keys.folder), slip, world.sources.clock(), _HALF_WAY)
    if told is not None:
        person, password = decoder(tuple[str, str]).decode(told)
        if password == _password(world, person):
            return person
    raise NotSignedIn("sign in once more")


def _password(world: Services, person: str) -> str | None:
    """Tells one stored password from another, and nothing of either; None where nobody signs in with it."""
    with reading(world.engine) as connection:
        stored = connection.execute(_STORED, {"person": person}).scalar()
    return hashlib.sha256(stored.encode()).hexdigest() if stored else None


_STORED = text("SELECT password FROM person WHERE id = :person AND disabled IS NULL")
