"""Whether the database can be worked with, asked so that the answer comes within a second or so."""

import time
from typing import Any, Final

from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Engine, create_engine
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import NullPool, QueuePool

from server.store.database import engine_options

WAIT: Final = 1.0
"""Seconds for a connection of the pool to come back, and for the database to answer."""
_NAP: Final = 0.05


class Probe:
    """Has a connection of its own: one out of the pool would be waited for as long as exchanges do."""

    def __init__(self, engine: Engine, scripts: ScriptDirectory) -> None:
        self._watched = engine
        self._scripts = scripts
        self._own = create_engine(engine.url, poolclass=NullPool, **_options(engine))

    def ready(self) -> bool:
        """The pool has something to give, and the database answers and has this program's tables."""
        if not self._room():
            return False
        try:
            with self._own.connect() as connection:
                found = MigrationContext.configure(connection).get_current_revision()
        except DBAPIError:
            return False
        return found == self._scripts.get_current_head()

    def _room(self) -> bool:
        pool = self._watched.pool
        end = time.monotonic() + WAIT
        while isinstance(pool, QueuePool) and pool.checkedout() >= pool.size():
            if time.monotonic() > end:
                return False
            time.sleep(_NAP)
        return True


def _options(engine: Engine) -> dict[str, Any]:
    if engine.dialect.name != "postgresql":
        return {"connect_args": {"timeout": WAIT}}
    connect = engine_options(engine.url.render_as_string(hide_password=False))["connect_args"]
    options = f"{connect['options']} -c lock_timeout={WAIT * 1000:.0f} -c statement_timeout={WAIT * 1000:.0f}"
    return {"hide_parameters": True, "connect_args": connect | {"connect_timeout": 1, "options": options}}
