"""How the server talks to its database: one file of SQLite by default, PostgreSQL by its URL.

SQLite runs in WAL with `synchronous=FULL`, so that what was acknowledged survives a power cut, and every writing
transaction begins with BEGIN IMMEDIATE: two writers wait for each other instead of failing half way.

A PostgreSQL may be restarted, or another machine take its place, while people work. How long is waited for it, and
what is tried again, is said here and nowhere else (docs/adr/0021-postgresql.md): a transaction that has not begun
waits for a connection (`reading`, `writing`); a function that may run again as a whole is marked `again`.
"""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from typing import Any, Final, ParamSpec, TypeVar
from weakref import WeakKeyDictionary

import tenacity
from sqlalchemy import Connection, Engine, event, make_url
from sqlalchemy.engine import ExceptionContext
from sqlalchemy.exc import DBAPIError, IntegrityError, InvalidatePoolError, InvalidRequestError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from server.store import road
from sync.errors import Busy

P = ParamSpec("P")
T = TypeVar("T")

LOCK_WAIT: Final = 15_000
"""Milliseconds to wait for another writer before giving the caller `busy`."""

PRAGMAS = (
    "journal_mode=WAL",
    "synchronous=FULL",
    "foreign_keys=ON",
    f"busy_timeout={LOCK_WAIT}",
    "cache_size=-32000",
    "mmap_size=268435456",
)

STATEMENT_WAIT: Final = 60_000
"""Milliseconds for one statement on PostgreSQL; of a long answer, each fetch of rows is one. Migrations take theirs."""

IDLE_WAIT: Final = 120_000
"""Milliseconds between two statements of one transaction: a phone that went away in the middle of its answer must not
keep a PostgreSQL from tidying up behind everybody else."""

POOL = 20
"""Connections that one process opens at most, each when it is first needed, and keeps: one that is made anew for each
exchange, because more were wanted than are kept, costs as much as the exchange."""

POOL_WAIT: Final = 10
"""Seconds to wait for one of them before giving the caller `busy`."""

PATIENCE: Final = 5.0
"""Seconds in which a connection is tried for: a PostgreSQL that is restarted is back by then, and nothing has begun."""

TRIES: Final = 5

_ROAD: Final = {
    "connect_timeout": 5,
    # A machine that is gone says nothing more: without these its connections would be waited on for two hours.
    "keepalives_idle": 30,
    "keepalives_interval": 10,
    "keepalives_count": 3,
    "tcp_user_timeout": 30_000,
    "application_name": "tenggat",
}
_SESSION: Final = {
    "lock_timeout": LOCK_WAIT,
    "statement_timeout": STATEMENT_WAIT,
    "idle_in_transaction_session_timeout": IDLE_WAIT,
}
_WRITES_NOT, _NOT_THERE = "25006", "0A000"
"""SQLSTATE of what was the first server and is a standby now: it writes nothing, and takes no BEGIN READ WRITE."""

WRITING = {"write": True}


def engine_options(url: str) -> dict[str, Any]:
    """How connections to this database are made and kept. What the URL itself says goes before."""
    # What people typed stands among a statement's values, and must not come into an error's words.
    options: dict[str, Any] = {
        "hide_parameters": True, "pool_size": POOL, "max_overflow": 0, "pool_timeout": POOL_WAIT
    }  # fmt: skip
    said = make_url(url)
    if said.get_backend_name() != "postgresql":
        return options
    connect = {name: value for name, value in _ROAD.items() if name not in said.query}
    own = said.query.get("options", "")
    session = " ".join(f"-c {name}={value}" for name, value in _SESSION.items())
    connect["options"] = f"{session} {own if isinstance(own, str) else ' '.join(own)}".strip()
    return options | {
        # A balancer in between may drop what is older than an hour without a word.
        "pool_recycle": 1_800,
        "connect_args": connect,
    }


def prepare(engine: Engine) -> None:
    """Set the engine's connections up for durability and for the two ways of beginning a transaction. `Invalid` where
    others could listen on the way to it."""
    if engine.dialect.name != "sqlite":
        road.check(engine.url)
        event.listen(engine, "handle_error", _leave_a_standby)
        _ask_before_use(engine)
        return

    @event.listens_for(engine, "connect")
    def connect(connection: Any, _record: object) -> None:
        # SQLAlchemy begins transactions itself, below; the driver must not.
        connection.isolation_level = None
        for pragma in PRAGMAS:
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        writes = connection.get_execution_options().get("write", False)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


def _ask_before_use(engine: Engine) -> None:
    """After a restart the old connections are dead, and only a question tells. It costs as much as any other, so
    whoever may run again does not ask: its first statement tells as well."""

    @event.listens_for(engine, "checkout")
    def checkout(connection: Any, _record: object, _proxy: object) -> None:
        if getattr(_running, "again", False):
            return
        try:
            engine.dialect.do_ping(connection)
        except Exception as error:
            # The pool makes another one, and drops all that are as old.
            raise InvalidatePoolError from error


_running = threading.local()
"""`again`: whether this thread is in a function that may run again as a whole."""


def _leave_a_standby(context: ExceptionContext) -> None:
    """All connections of the pool lead to a server that only reads by now; the next ones will not."""
    error = context.original_exception
    state = getattr(error, "sqlstate", None)
    if state == _WRITES_NOT or (state == _NOT_THERE and "recovery" in str(error)):
        context.is_disconnect = True


@contextmanager
def writing(engine: Engine) -> Iterator[Connection]:
    """A transaction that writes; committed at the end, rolled back on any error. Raises `Busy` where its turn does not
    come (`LOCK_WAIT`)."""
    with _turn(engine), _connected(engine).execution_options(**WRITING) as connection, connection.begin():
        yield connection


@contextmanager
def _turn(engine: Engine) -> Iterator[None]:
    """SQLite has one writer at a time, and who finds it taken looks again after a nap, up to a tenth of a second later:
    under load some threads sleep through every chance. So those of one process wait here, and are woken."""
    if engine.dialect.name != "sqlite":
        yield
        return
    turn = _turns.setdefault(engine, threading.Lock())
    if not turn.acquire(timeout=LOCK_WAIT / 1000):
        raise Busy("the server cannot store this right now; nothing was changed", retry_after=5)
    try:
        yield
    finally:
        turn.release()


_turns: WeakKeyDictionary[Engine, threading.Lock] = WeakKeyDictionary()


@contextmanager
def reading(engine: Engine, patience: float = PATIENCE) -> Iterator[Connection]:
    """One unchanging view of the database: what is read together belongs together."""
    with _connected(engine, patience) as connection:
        if engine.dialect.name == "postgresql":
            connection = connection.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
        with connection.begin():
            yield connection


@contextmanager
def glancing(engine: Engine) -> Iterator[Connection]:
    """For a single question, which is of one moment by itself: PostgreSQL is spared the two words around it."""
    if engine.dialect.name != "postgresql":
        with reading(engine) as connection:
            yield connection
        return
    with _connected(engine).execution_options(isolation_level="AUTOCOMMIT") as connection:
        yield connection


def _connected(engine: Engine, patience: float = PATIENCE) -> Connection:
    """A connection that works. Raises `Busy` where all are taken, `OperationalError` where there is none to be had."""
    if engine.dialect.name == "sqlite":
        patience = 0  # a file is not started again
    for attempt in tenacity.Retrying(
        stop=tenacity.stop_after_delay(patience),
        wait=tenacity.wait_random_exponential(0.05, max=1),
        retry=tenacity.retry_if_exception_type(OperationalError),
        reraise=True,
    ):
        with attempt:
            try:
                return engine.connect()
            except PoolTimeout:
                raise Busy("the server has too much to do right now; nothing was changed", retry_after=5) from None
            except InvalidRequestError as error:
                # What was made anew does not answer either: somebody accepts in front of a PostgreSQL that is away.
                raise OperationalError(None, None, error) from error
    raise AssertionError("unreachable: an attempt returns or raises")


def again(work: Callable[P, T]) -> Callable[P, T]:
    """Of a function that opens its transactions itself and may run again from its beginning, whether or not the first
    time was committed: it is tried again where that may help, for as long as somebody waits for a lock."""

    @wraps(work)
    def run(*args: P.args, **kwargs: P.kwargs) -> T:
        within, _running.again = getattr(_running, "again", False), True
        try:
            return tenacity.Retrying(
                stop=tenacity.stop_after_attempt(TRIES) | tenacity.stop_after_delay(LOCK_WAIT / 1000),
                wait=tenacity.wait_random_exponential(0.02, max=1),
                retry=tenacity.retry_if_exception(lambda error: isinstance(error, DBAPIError) and passing(error)),
                reraise=True,
            )(work, *args, **kwargs)
        finally:
            _running.again = within

    return run


def for_update(select: str, engine: Engine, *, skip: bool = False) -> str:
    """The statement, locking the rows it reads; SQLite has already locked the file. `skip`: without those that somebody
    else has locked, for whatever comes by again and must wait for nobody."""
    if engine.dialect.name != "postgresql":
        return select
    return f"{select} FOR UPDATE{' SKIP LOCKED' if skip else ''}"


def passing(error: DBAPIError) -> bool:
    """Whether trying again may help: a lock, a deadlock, a lost connection, a server that only reads since another took
    its place, or a row that someone else made first."""
    return isinstance(error, OperationalError | IntegrityError) or error.connection_invalidated
