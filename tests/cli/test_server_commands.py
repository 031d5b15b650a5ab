"""`tenggat-server`, as an administrator types it."""

import json
import os
import socket
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from server.cli import main, serving
from server.settings import Settings


@pytest.fixture
def data(tmp_path: Path) -> Path:
    return tmp_path / "data"


def run(data: Path, *words: str, answer: str | None = None) -> Result:
    return CliRunner().invoke(main, ["--data", str(data), *words], input=answer)


def test_init_makes_the_database_and_names_the_city(data: Path) -> None:
    done = run(data, "init")
    assert done.exit_code == 0, done.output
    assert "krk" in done.output
    assert (data / "tenggat.sqlite3").exists()


def test_a_broken_city_is_refused_in_one_line(data: Path, tmp_path: Path) -> None:
    done = CliRunner().invoke(main, ["--data", str(data), "--city", str(tmp_path / "nowhere"), "init"])
    assert done.exit_code == 1
    assert isinstance(done.exception, SystemExit), done.exception
    assert "nowhere" in done.output


def test_an_unreachable_database_is_refused_in_one_line(data: Path) -> None:
    url = "postgresql://nobody@127.0.0.1:1/none"
    done = CliRunner().invoke(main, ["--data", str(data), "--database", url, "init"])
    assert done.exit_code == 1
    assert isinstance(done.exception, SystemExit), done.exception
    assert "database" in done.output


def test_accounts_are_added_and_mistakes_are_named(data: Path) -> None:
    words = ("account", "add", "loket", "--name", "Petugas Loket", "--role", "front_desk", "--scope", "office:distaru")
    password = "kata sandi panjang\nkata sandi panjang\n"
    assert run(data, *words, answer=password).exit_code == 0
    again = run(data, *words, answer=password)
    assert again.exit_code == 1
    assert "taken" in again.output
    wrong = run(data, *words[:2], "lain", *words[3:-1], "office:bulan", answer=password)
    assert wrong.exit_code == 1
    assert "office:bulan" in wrong.output


def test_a_taken_port_is_named_and_nothing_is_served(data: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        for command in ("serve", "demo"):
            done = run(data, command, "--port", port)
            assert done.exit_code == 1
            assert f"127.0.0.1:{port}" in done.output
            assert "--port" in done.output


def test_recount_new_epoch_and_openapi(data: Path) -> None:
    assert "0 running cases" in run(data, "recount").output
    assert run(data, "new-epoch").exit_code == 1
    first, second = (run(data, "new-epoch", "--yes").output for _ in range(2))
    assert first.startswith("epoch ")
    assert first != second
    document = json.loads(run(data, "openapi").output)
    assert "/api/v1/track/{number}" in document["paths"]


def test_what_is_said_on_the_command_line_reaches_the_workers(
    data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """They read it from the environment, as they would from a unit file's."""
    found: list[Settings] = []
    monkeypatch.setattr(serving, "_granian", lambda *_: found.append(Settings.from_environment(os.environ)))
    for name in ("CITY", "DATA", "WEB", "PROXIES"):
        monkeypatch.setenv(f"TENGGAT_{name}", "")
        monkeypatch.delenv(f"TENGGAT_{name}")
    port = _free_port()
    done = run(data, "--web", str(tmp_path / "web"), "--proxies", "2", "serve", "--port", port, "--with", "granian")
    assert done.exit_code == 0, done.output
    assert found == [Settings(data=data, web=tmp_path / "web", proxies=2)]


def _free_port() -> str:
    with socket.create_server(("127.0.0.1", 0)) as found:
        return str(found.getsockname()[1])


def test_help_is_there_for_every_command() -> None:
    for words in ([], ["serve"], ["demo"], ["init"], ["account"], ["account", "add"], ["recount"], ["new-epoch"]):
        done = CliRunner().invoke(main, [*words, "--help"])
        assert done.exit_code == 0
        assert "Usage" in done.output
