"""What looks after a server is told whether it lives, whether it can work, and how much it does."""

import os
import re
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding

from server.access.devices import stamp
from server.app import create_app
from server.commands import recounting
from server.files import disk
from server.jobs.registry import JOBS
from server.jobs.runner import run_due
from server.notices import walking
from server.settings import Settings
from server.sources import Sources
from server.store.database import writing
from tests.conftest import Clock, Server

from .device import Device, new_id

pytestmark = pytest.mark.usefixtures("read_to_the_end")


def _numbers(server: Server) -> dict[str, float]:
    response = server.app.test_client().get("/metrics")
    assert response.status_code == 200
    lines = [line for line in response.text.splitlines() if not line.startswith("#")]
    return {name: float(value) for name, _, value in (line.rpartition(" ") for line in lines)}


def test_alive_is_said_whatever_the_database_does(server: Server) -> None:
    server.execute("DROP TABLE feed_head")
    assert server.app.test_client().get("/healthz").status_code == 200


def test_ready_needs_a_database_of_this_version_and_room(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    ask = server.app.test_client().get
    assert ask("/readyz").status_code == 200
    server.execute("UPDATE alembic_version SET version_num = '0001'")
    told = ask("/readyz")
    assert (told.status_code, told.json["failed"], told.mimetype) == (503, ["database"], "application/problem+json")
    monkeypatch.setattr(disk, "FLOOR", 2**62)
    assert ask("/readyz").json["failed"] == ["database", "disk"]
    server.execute("DROP TABLE alembic_version")
    assert ask("/readyz").json["failed"] == ["database", "disk"]


def test_what_was_done_is_counted(server: Server) -> None:
    before = _numbers(server)
    device = Device(server.app)
    device.exchange(device.command("case.edit", new_id(), {"service": "lapor", "set": {"title": "x"}}))
    server.app.test_client().get("/api/v1/me")
    after = _numbers(server)

    def grew(name: str) -> float:
        return after.get(name, 0) - before.get(name, 0)

    assert grew('tenggat_http_requests_total{method="POST",route="/api/v1/sync",status="200"}') == 1
    assert grew('tenggat_http_requests_total{method="GET",route="/api/v1/me",status="401"}') == 1
    assert grew('tenggat_http_request_duration_seconds_count{route="/api/v1/sync"}') == 1
    assert grew('tenggat_commands_total{status="applied"}') == 1
    assert grew('tenggat_exchange_bytes_total{direction="up"}') > 0
    assert grew('tenggat_exchange_bytes_total{direction="down"}') > 0


def test_the_city_as_it_stands(server: Server, clock: Clock) -> None:
    device = Device(server.app)
    device.exchange(device.command("case.edit", new_id(), {"service": "lapor", "set": {"title": "x"}}))
    run_due(server.world, JOBS[0], "a")
    clock.move(days=4)
    found = _numbers(server)
    assert (found["tenggat_cases"], found["tenggat_devices"]) == (1, 1)
    assert found["tenggat_feed_position"] == 1 and found["tenggat_feed_age_seconds"] == 4 * 86_400
    assert found["tenggat_database_bytes"] > 100_000 and found["tenggat_disk_free_bytes"] > 0
    assert found[f'tenggat_job_failures{{job="{JOBS[0].name}"}}'] == 0
    assert f'tenggat_job_last_success_timestamp_seconds{{job="{JOBS[0].name}"}}' in found


def test_silent_is_an_officers_device_that_came_once_and_is_still_expected(server: Server, clock: Clock) -> None:
    """As on the board: no phone that reported once, none that never came, none that another took the place of."""
    Device(server.app).exchange()
    came, replaced = (Device(server.app, server.staff("surveyor")[1], guest=False) for _ in range(2))
    server.staff("surveyor")
    came.exchange()
    replaced.exchange()
    server.execute("DELETE FROM instance WHERE id = :id", id=replaced.instance)
    clock.move(days=30)
    assert _numbers(server)["tenggat_devices_silent"] == 1


def test_who_reads_the_feed_is_behind_by_positions_and_time_and_a_quiet_night_is_no_lag(
    server: Server, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("server.observe.facts.FRESH", -1.0)

    def lag(reader: str) -> tuple[float, float]:
        found = _numbers(server)
        positions, seconds = (f'tenggat_feed_lag_{name}{{reader="{reader}"}}' for name in ("positions", "seconds"))
        return found[positions], found[seconds]

    device = Device(server.app)

    def change() -> None:
        device.exchange(device.command("case.edit", new_id(), {"service": "lapor", "set": {"title": "x"}}))

    change()
    walking.walk(server.world, clock())
    clock.move(hours=9)
    assert lag("notices") == (0, 0)
    change()
    clock.move(minutes=10)
    change()
    clock.move(minutes=20)
    assert lag("notices") == (2, 1800)
    assert lag("recount") == (0, 0)
    with writing(server.engine) as connection:
        recounting.begin(connection, "another", 3, 3, stamp(clock()))
    clock.move(minutes=5)
    assert lag("recount") == (3, 300)
    server.execute("UPDATE recount SET walked = 2")
    assert lag("recount") == (1, 300)
    server.execute("UPDATE recount SET ended = begun")
    assert lag("recount") == (0, 0)


def test_uploads_under_way_are_those_that_neither_ended_nor_expired(server: Server, clock: Clock) -> None:
    soon, past = (stamp(clock() + timedelta(days=days)) for days in (1, -1))
    for name, length, expires, ended in (("a", 7, soon, None), ("b", 30, soon, past), ("c", 500, past, None)):
        server.execute(
            "INSERT INTO upload (id, person_id, device_id, case_id, attachment_id, sha256, type, length, created,"
            " expires, ended) VALUES (:id, '', '', '', :id, '', '', :length, :past, :expires, :ended)",
            id=name, length=length, past=past, expires=expires, ended=ended,
        )  # fmt: skip
    found = _numbers(server)
    assert (found["tenggat_uploads_open"], found["tenggat_uploads_open_bytes"]) == (1, 7)


@pytest.mark.sqlite
def test_the_databases_disk_is_watched_where_files_lie_on_another(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert "tenggat_database_disk_free_bytes" not in _numbers(server)
    monkeypatch.setattr("server.observe.facts.FRESH", -1.0)
    files = server.world.files.folder
    monkeypatch.setattr("server.observe.facts._file_system", lambda folder: int(folder == files))
    monkeypatch.setattr("server.observe.facts._free", lambda folder: 7 if folder == files else 11)
    found = _numbers(server)
    assert (found["tenggat_disk_free_bytes"], found["tenggat_database_disk_free_bytes"]) == (7, 11)


def test_a_certificate_that_cannot_be_read_is_told(tmp_path: Path, clock: Clock, server: Server) -> None:
    (tmp_path / "bad.pem").write_text("x")
    for name in ("bad.pem", "none.pem"):
        settings = Settings(data=tmp_path / "data", web=None, certificate=tmp_path / name)
        found = _numbers(Server(create_app(settings, Sources(clock=clock)), clock))
        assert found["tenggat_certificate_readable"] == 0
    assert "tenggat_certificate_readable" not in _numbers(server)


def test_the_end_of_a_certificate_is_told_before_it_comes(tmp_path: Path, clock: Clock) -> None:
    ends, key = datetime(2026, 12, 1, tzinfo=UTC), Ed25519PrivateKey.generate()
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "kota.example")])
    made = x509.CertificateBuilder(name, name, key.public_key(), 1, ends - timedelta(days=90), ends).sign(key, None)
    (tmp_path / "kota.pem").write_bytes(made.public_bytes(Encoding.PEM))
    settings = Settings(data=tmp_path / "data", web=None, certificate=tmp_path / "kota.pem")
    found = _numbers(Server(create_app(settings, Sources(clock=clock)), clock))
    assert found["tenggat_certificate_expiry_timestamp_seconds"] == ends.timestamp()
    assert found["tenggat_certificate_readable"] == 1


@pytest.mark.parametrize(
    ("token", "header", "address", "status"),
    [
        (None, None, "127.0.0.1", 200),
        (None, None, "::1", 200),
        (None, None, "203.0.113.9", 403),
        ("rahasia", None, "127.0.0.1", 403),
        ("rahasia", "Bearer salah", "127.0.0.1", 403),
        ("rahasia", "Bearer rahasia", "203.0.113.9", 200),
    ],
)
def test_numbers_are_not_for_everybody(
    tmp_path: Path, token: str | None, header: str | None, address: str, status: int
) -> None:
    app = create_app(Settings(data=tmp_path / "data", web=None, metrics_token=token))
    given = {"Authorization": header} if header else {}
    response = app.test_client().get("/metrics", headers=given, environ_base={"REMOTE_ADDR": address})
    assert response.status_code == status


@pytest.fixture
def two_workers(tmp_path: Path, free_port: int) -> subprocess.Popen[bytes]:
    """One address, and two processes behind it."""
    words = ["--data", str(tmp_path / "data"), "serve", "--port", str(free_port), "--workers", "2"]
    return subprocess.Popen(
        [sys.executable, "-m", "server.cli", *words], start_new_session=True, stderr=subprocess.DEVNULL,
        env=os.environ | {"TENGGAT_LOG": "json", "TMPDIR": str(tmp_path)},
    )  # fmt: skip


@pytest.fixture
def free_port() -> int:
    import socket

    with socket.create_server(("127.0.0.1", 0)) as found:
        return int(found.getsockname()[1])


def test_whichever_worker_is_asked_answers_for_all_and_leaves_nothing_behind(
    two_workers: subprocess.Popen[bytes], free_port: int, tmp_path: Path
) -> None:
    def ask(path: str) -> str:
        with urllib.request.urlopen(f"http://127.0.0.1:{free_port}{path}", timeout=10) as answer:
            return answer.read().decode()

    def until(ready: Callable[[], bool]) -> None:
        end = time.monotonic() + 60
        while time.monotonic() < end:
            try:
                if ready():
                    return
            except OSError:
                time.sleep(0.1)
        raise AssertionError("the server did not come up")

    try:
        until(lambda: ask("/readyz") == "ready\n")
        for _ in range(40):
            ask("/api/v1/catalogue")
        seen = {re.search(r'route="/api/v1/catalogue",status="200"} (\d+)', ask("/metrics"))[1] for _ in range(10)}  # type: ignore[index]
        assert seen == {"40"}
    finally:
        os.killpg(two_workers.pid, signal.SIGTERM)
        two_workers.wait(30)
    assert not list(tmp_path.glob("tenggat-metrics-*"))
