"""What is waited for, for how long, and what is said when it was not long enough: `busy`, and when to come again."""

import json
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import psycopg
import pytest
from sqlalchemy import create_engine, event, text
from sqlalchemy.exc import DBAPIError, OperationalError

from server.app import create_app
from server.settings import Settings
from server.store import database, migrating
from server.store.database import again, engine_options, prepare, reading, writing
from sync.errors import Busy
from tests.api.device import Device, new_id
from tests.api.filing import edit
from tests.conftest import DURABLE, Server

SHORT = "options=-c%20lock_timeout%3D200ms"
"""What a city's database address can say for itself: here, that nobody waits for a lock for longer than this."""


@pytest.fixture
def server(make_server: Callable[..., Server], postgres_url: str) -> Server:
    return make_server(database=f"{postgres_url}&{SHORT}")


@pytest.mark.parametrize(
    "lock",
    [
        "UPDATE feed_head SET pos = pos",
        "SELECT * FROM instance FOR UPDATE",
        "LOCK TABLE case_record IN ACCESS EXCLUSIVE MODE",
    ],
)
def test_a_lock_held_for_longer_than_anybody_waits_is_busy_and_then_it_goes_on(
    server: Server, postgres_url: str, lock: str
) -> None:
    guest, case = Device(server.app), new_id()
    guest.exchange()
    line = edit(guest, case, {"name": "Warga"})
    with psycopg.connect(postgres_url) as other:
        other.execute(lock.encode())
        response = guest.post(guest.body([line]))
        assert (response.status_code, response.json and response.json["code"]) == (503, "busy")
        assert response.headers["Retry-After"] == "5"
        other.rollback()
        assert server.rows("SELECT * FROM command") == []
    assert guest.exchange(line).result["status"] == "applied"
    assert guest.exchange(line).result["status"] == "applied"
    assert len(server.rows("SELECT * FROM feed")) == 1


def test_a_lock_that_is_let_go_in_time_is_waited_for(server: Server, postgres_url: str) -> None:
    guest = Device(server.app)
    guest.exchange()
    with psycopg.connect(postgres_url) as other, ThreadPoolExecutor(1) as pool:
        other.execute("UPDATE feed_head SET pos = pos")
        asked = pool.submit(guest.exchange, edit(guest, new_id(), {"name": "Warga"}))
        # It has been turned away at least once by the time the lock is let go.
        with psycopg.connect(postgres_url, autocommit=True) as look:
            while not look.execute("SELECT 1 FROM pg_locks WHERE NOT granted").fetchall():
                pass
        other.rollback()
        assert asked.result(60).result["status"] == "applied"


def test_sign_in_and_uploads_are_busy_too_where_a_lock_is_held(server: Server, postgres_url: str) -> None:
    client = server.app.test_client()
    given = {"login": "warga1", "password": "kata sandi panjang", "name": "Warga"}
    assert client.post("/api/v1/accounts", json=given).status_code == 201
    with psycopg.connect(postgres_url) as other:
        other.execute('LOCK TABLE attempt, device, "instance" IN ACCESS EXCLUSIVE MODE')
        for password in (given["password"], "falsch falsch"):
            response = client.post("/api/v1/devices", json={"login": "warga1", "password": password})
            assert (response.status_code, response.json and response.json["code"]) == (503, "busy")
        other.rollback()
    assert client.post("/api/v1/devices", json={"login": "warga1", "password": given["password"]}).status_code == 201


def test_an_answer_whose_connection_breaks_ends_without_its_end(server: Server, cluster: Any) -> None:
    """What is there of it is safe to take; no cursor moved; the next one begins where this one did."""
    guest = Device(server.app)
    ids = [new_id() for _ in range(1_200)]
    for start in range(0, len(ids), 600):
        guest.exchange(*(edit(guest, one, {"name": "x"}) for one in ids[start : start + 600]), limit=1)
    guest.cursor = None
    response = server.app.test_client().post(
        "/api/v1/sync", data=guest.body(limit=5_000), headers={"Authorization": f"Bearer {guest.token}"}
    )
    parts = iter(response.response)
    taken = [next(parts)]
    while b'"v":' not in b"".join(taken):
        taken.append(next(parts))
    name = server.engine.url.database
    assert cluster.cut(name) > 0
    with pytest.raises(DBAPIError):
        taken.extend(parts)
    response.close()
    lines = [json.loads(line) for line in b"".join(taken).splitlines()]
    assert lines[0]["t"] == "hello" and "end" not in {line["t"] for line in lines}
    assert guest.pull()[-1].end["digest"] == guest.digest()
    assert len(guest.held) == len(ids)


def test_whoever_finds_no_connection_left_is_told_busy(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    guest, line = Device(server.app), None
    guest.exchange()
    line = edit(guest, new_id(), {"name": "x"})
    monkeypatch.setattr(server.engine.pool, "_timeout", 0.05)
    held = [server.engine.connect() for _ in range(database.POOL)]
    try:
        response = guest.post(guest.body([line]))
        assert (response.status_code, response.json and response.json["code"]) == (503, "busy")
        ready = server.app.test_client().get("/readyz")
        assert (ready.status_code, ready.json and ready.json["failed"]) == (503, ["database"])
    finally:
        for connection in held:
            connection.close()
    assert guest.exchange(line).result["status"] == "applied"
    assert server.rows("SELECT * FROM command WHERE status = 'quarantined'") == []


def test_whether_it_is_ready_is_said_within_seconds_while_others_wait_for_a_connection(server: Server) -> None:
    held = [server.engine.connect() for _ in range(database.POOL)]
    begun = time.monotonic()
    try:
        ready = server.app.test_client().get("/readyz")
    finally:
        for connection in held:
            connection.close()
    assert (ready.status_code, ready.json and ready.json["failed"]) == (503, ["database"])
    assert time.monotonic() - begun < database.POOL_WAIT / 2
    assert server.app.test_client().get("/readyz").status_code == 200


def test_a_moment_without_a_connection_sets_no_command_aside(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    guest, real, turned_away = Device(server.app), writing, []
    guest.exchange()

    def full_once(engine: Any) -> Any:
        if not turned_away:
            turned_away.append(engine)
            raise Busy("all are taken", retry_after=5)
        return real(engine)

    monkeypatch.setattr("server.commands.apply.writing", full_once)
    line = edit(guest, new_id(), {"name": "x"})
    response = guest.post(guest.body([line]))
    assert (response.status_code, response.json and response.json["code"]) == (503, "busy")
    assert guest.exchange(line).result["status"] == "applied"


def test_it_is_waited_for_a_database_that_comes_back_and_not_for_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    url = Settings(database="postgresql://nobody@127.0.0.1:1/none").database_url
    engine = create_engine(url, **engine_options(url))
    real, asked = type(engine).connect, []

    def connect(self: Any, *given: Any) -> Any:
        asked.append(1)
        return real(self, *given)

    monkeypatch.setattr(type(engine), "connect", connect)
    with pytest.raises(OperationalError), reading(engine, patience=0.5):
        pass
    assert len(asked) > 1
    asked.clear()
    with pytest.raises(OperationalError), reading(engine, patience=0):
        pass
    assert len(asked) == 1


def test_what_may_run_again_does_and_nothing_else_does(monkeypatch: pytest.MonkeyPatch) -> None:
    runs: list[str] = []

    @again
    def fails(times: int, error: Exception) -> str:
        runs.append("")
        if len(runs) <= times:
            raise error
        return "done"

    lost = OperationalError("x", {}, Exception("server closed the connection"))
    assert fails(2, lost) == "done" and len(runs) == 3
    runs.clear()
    with pytest.raises(OperationalError):
        fails(99, lost)
    assert len(runs) == database.TRIES
    runs.clear()
    with pytest.raises(Busy):
        fails(99, Busy("x"))
    assert len(runs) == 1
    runs.clear()
    monkeypatch.setattr(database, "LOCK_WAIT", 0)
    with pytest.raises(OperationalError):
        fails(99, lost)
    assert len(runs) == 1, "whoever waited for a lock as long as anybody does is not kept waiting again"


def test_what_the_address_says_goes_before() -> None:
    given = engine_options("postgresql+psycopg://u@/c?host=a&host=b&connect_timeout=2&options=-c%20lock_timeout%3D1s")
    assert "connect_timeout" not in given["connect_args"]
    said = given["connect_args"]["options"]
    assert said.index(f"lock_timeout={database.LOCK_WAIT}") < said.index("lock_timeout=1s"), "the last one counts"
    engine = create_engine("postgresql+psycopg://u@/c?host=a&host=b&target_session_attrs=read-write")
    assert engine.dialect.create_connect_args(engine.url)[1]["host"] == "a,b"
    assert set(engine_options("sqlite:///x")) == {"hide_parameters", "pool_size", "max_overflow", "pool_timeout"}


def test_limits_are_those_of_the_session_and_a_migration_has_none(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    with reading(server.engine) as connection:
        found = {name: connection.execute(text(f"SHOW {name}")).scalar() for name in database._SESSION}
    assert found == {
        "lock_timeout": "200ms", "statement_timeout": "1min", "idle_in_transaction_session_timeout": "2min",
    }  # fmt: skip
    with writing(server.engine) as connection:
        migrating.alone(connection)
        assert connection.execute(text("SHOW statement_timeout")).scalar() == "0"
        assert connection.execute(text("SHOW lock_timeout")).scalar() == "200ms"


def test_whoever_starts_second_waits_for_a_long_migration(server: Server, postgres_url: str) -> None:
    held, go = threading.Event(), threading.Event()

    def first() -> None:
        with psycopg.connect(postgres_url) as connection:
            connection.execute("SELECT pg_advisory_xact_lock(hashtext('tenggat.start'))")
            held.set()
            go.wait(60)

    with ThreadPoolExecutor(2) as pool:
        migrating = pool.submit(first)
        assert held.wait(60)
        second = pool.submit(
            create_app, Settings(data=server.world.keys.folder, database=f"{postgres_url}&{SHORT}", web=None)
        )
        with psycopg.connect(postgres_url, autocommit=True) as look:
            # Longer than a lock is waited for, as it stands in that very session.
            while not look.execute(
                "SELECT 1 FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND now() - query_start > '400ms'"
            ).fetchall():
                assert not second.done()
        go.set()
        migrating.result(60)
        second.result(60).extensions["tenggat"].engine.dispose()


@pytest.mark.sqlite
def test_on_sqlite_every_commit_waits_for_the_disk(
    make_server: Callable[..., Server], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(database, "PRAGMAS", DURABLE)
    server = make_server("durable")
    asked = {name: server.rows(f"PRAGMA {name}")[0][0] for name in ("journal_mode", "synchronous", "foreign_keys")}
    assert asked == {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1}
    engine = create_engine(f"sqlite:///{server.engine.url.database}")
    prepare(engine)
    with engine.connect() as connection:
        assert connection.exec_driver_sql("PRAGMA busy_timeout").scalar() == database.LOCK_WAIT
    engine.dispose()


@pytest.mark.sqlite
def test_on_sqlite_the_writers_of_one_process_stand_in_one_line(
    make_server: Callable[..., Server], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Who finds a writer at work waits here and not in SQLite, where it would sleep through its chance; and not for
    ever."""
    engine = make_server("line").engine
    monkeypatch.setattr(database, "LOCK_WAIT", 50)
    asked: list[str] = []
    event.listen(engine, "before_cursor_execute", lambda *told: asked.append(told[2]))

    def write() -> None:
        with writing(engine) as connection:
            connection.execute(text("SELECT 1"))

    with ThreadPoolExecutor(1) as beside:
        with writing(engine), pytest.raises(Busy):
            beside.submit(write).result(60)
        assert asked == ["BEGIN IMMEDIATE"], "the database was not asked by the second"
        beside.submit(write).result(60)
    assert asked.count("BEGIN IMMEDIATE") == 2
