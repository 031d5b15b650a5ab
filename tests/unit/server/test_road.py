"""The way to a PostgreSQL is on this machine, or encrypted to one that shows who it is; or it is not taken at all."""

from pathlib import Path

import pytest
from click.testing import CliRunner
from sqlalchemy import make_url

from server.cli import main
from server.settings import Settings
from server.store import road
from sync.errors import Invalid


@pytest.fixture(autouse=True)
def nothing_told(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("PGHOST", "PGHOSTADDR", "PGSSLMODE", "PGSSLROOTCERT", "PGSERVICE"):
        monkeypatch.delenv(name, raising=False)


def _check(url: str) -> None:
    road.check(make_url(Settings(database=f"postgresql://{url}").database_url))


HERE = (
    "/c",
    "u@/c?host=/run/postgresql",
    "u@/c?host=@tenggat",
    "u:geheim@localhost/c",
    "127.0.0.1:5433/c",
    "[::1]/c",
    "u@/c?host=localhost:5432&host=127.0.0.2:5433&sslmode=disable",
    "db.kota.example/c?hostaddr=127.0.0.1",
    "u@/c?hostaddr=127.0.0.1,&host=db.kota.example,localhost",
)
CLOSED = (
    "u@db.kota.example/c?sslmode=verify-full",
    "u@10.0.0.7/c?sslmode=verify-full&sslrootcert=system",
    "u@db.kota.example/c?sslmode=verify-ca&sslrootcert=/etc/ssl/kota.pem",
    "u@/c?host=db1&host=db2&target_session_attrs=read-write&sslmode=verify-full",
)
OPEN = (
    "u:geheim@db.kota.example/c",
    "u:geheim@10.0.0.7/c?sslmode=prefer",
    "u:geheim@[2001:db8::7]/c?sslmode=allow",
    "u:geheim@db.kota.example/c?sslmode=disable",
    "u:geheim@db.kota.example/c?sslmode=require",
    "u:geheim@db.kota.example/c?sslmode=require&sslrootcert=/etc/ssl/kota.pem",
    "u:geheim@/c?host=localhost&host=db2",
    "u:geheim@localhost/c?hostaddr=10.0.0.7",
    "u:geheim@/c?hostaddr=127.0.0.1,&host=localhost,db2.kota.example",
    "u:geheim@/c?hostaddr=,127.0.0.1&host=db2.kota.example,localhost",
    "localhost.kota.example/c",
    "/c?service=kota",
)


@pytest.mark.parametrize("url", HERE + CLOSED)
def test_what_nobody_can_listen_to_is_taken(url: str) -> None:
    _check(url)


@pytest.mark.parametrize("url", OPEN)
def test_what_others_could_listen_to_is_refused_with_what_to_write(url: str) -> None:
    with pytest.raises(Invalid, match=r"\?sslmode=verify-full&sslrootcert=") as refused:
        _check(url)
    assert "geheim" not in refused.value.detail


def test_what_the_variables_of_libpq_say_counts_as_it_does_for_libpq(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("PGSSLMODE", "verify-full")
    _check("u@db.kota.example/c")
    with pytest.raises(Invalid, match="sslmode=disable"):
        _check("u@db.kota.example/c?sslmode=disable")
    monkeypatch.delenv("PGSSLMODE")
    monkeypatch.setenv("PGHOST", "db.kota.example")
    with pytest.raises(Invalid, match=r"db\.kota\.example"):
        _check("/c")
    _check("localhost/c")
    monkeypatch.delenv("PGHOST")
    (tmp_path / "services").write_text("[kota]\nhost=db.kota.example\n")
    monkeypatch.setenv("PGSERVICEFILE", str(tmp_path / "services"))
    monkeypatch.setenv("PGSERVICE", "kota")
    with pytest.raises(Invalid, match=r"db\.kota\.example"):
        _check("/c")


@pytest.mark.parametrize("command", ["init", "backup"])
def test_no_command_speaks_with_such_a_database(tmp_path: Path, command: str) -> None:
    """Nor asks for its address: the name is nobody's."""
    url = "postgresql://tenggat:geheim@db.kota.invalid/tenggat"
    told = CliRunner().invoke(
        main,
        ["--data", str(tmp_path), "--database", url, command, *([] if command == "init" else [str(tmp_path / "kept")])],
    )
    assert told.exit_code == 1
    assert "write ?sslmode=verify-full" in told.output and "geheim" not in told.output
