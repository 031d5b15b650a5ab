"""`tenggat-server`, as an administrator types it."""

import json
import os
import re
import socket
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from flask import Flask

import sync
from server.access import devices, roster
from server.app import create_app
from server.cli import main, serving
from server.services import EXTENSION
from server.settings import Settings
from tests.api.device import Device, new_id
from tests.certificates import self_signed


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


def _link(output: str) -> str:
    return next(line for line in output.splitlines() if "/#/gabung/" in line)


@pytest.fixture
def surveyor(data: Path) -> str:
    words = ("account", "add", "survei", "--name", "Petugas Survei", "--role", "surveyor", "--scope", "office:distaru")
    assert run(data, *words, answer="kata sandi panjang\nkata sandi panjang\n").exit_code == 0
    return "survei"


@pytest.fixture
def certificate(tmp_path: Path) -> Path:
    path = tmp_path / "kota.pem"
    path.write_bytes(self_signed("layanan.example.id").certificate)
    return path


def test_an_invitation_is_a_link_and_a_picture(data: Path, surveyor: str, tmp_path: Path) -> None:
    picture = tmp_path / "undangan.png"
    done = run(data, "device", "invite", surveyor, "--server", "https://layanan.example.id/", "--png", str(picture))
    assert done.exit_code == 0, done.output
    assert re.fullmatch(r"https://layanan\.example\.id/#/gabung/[A-Za-z0-9_-]{43}", _link(done.output))
    assert "Petugas Survei" in done.output
    assert picture.read_bytes()[:8] == b"\x89PNG\r\n\x1a\n"
    if os.name == "posix":
        assert picture.stat().st_mode & 0o077 == 0, "whoever may read the picture may come in"
    (made,) = json.loads(run(data, "device", "invites", "--json").output)
    assert (made["login"], made["state"]) == (surveyor, "open")


def test_a_self_signed_certificate_rides_in_the_link(data: Path, surveyor: str, certificate: Path) -> None:
    words = ("device", "invite", surveyor, "--certificate", str(certificate))
    done = run(data, *words, "--server", "https://layanan.example.id")
    assert done.exit_code == 0, done.output
    made = x509.load_pem_x509_certificate(certificate.read_bytes())
    assert _link(done.output).endswith("/" + made.fingerprint(hashes.SHA256()).hex())
    assert "refuse" not in done.output
    other = run(data, *words, "--server", "https://lain.example.id")
    assert "layanan.example.id" in other.output and "refuse" in other.output, "said before an officer finds out"


def test_invitations_that_cannot_work_are_refused(data: Path, surveyor: str, certificate: Path, tmp_path: Path) -> None:
    old = tmp_path / "lama.pem"
    old.write_bytes(self_signed("layanan.example.id", days=-1).certificate)
    rubbish = tmp_path / "bukan.pem"
    rubbish.write_text("bukan sertifikat", encoding="utf-8")
    https = ("--server", "https://layanan.example.id")
    for words in (
        ("tidak-ada", *https),
        (surveyor, "--server", "layanan.example.id"),
        (surveyor, "--server", "https://a.example/?x=1"),
        (surveyor, *https, "--days", "0"),
        (surveyor, *https, "--certificate", str(old)),
        (surveyor, *https, "--certificate", str(rubbish)),
        (surveyor, "--server", "http://layanan.example.id", "--certificate", str(certificate)),
    ):
        done = run(data, "device", "invite", *words)
        assert done.exit_code in {1, 2}, words
        assert isinstance(done.exception, SystemExit), done.exception
    assert json.loads(run(data, "device", "invites", "--all", "--json").output) == []


def test_what_an_admin_did_not_think_of_is_said(data: Path, surveyor: str) -> None:
    assert "this computer only" in run(data, "device", "invite", surveyor).output
    assert "not encrypted" in run(data, "device", "invite", surveyor, "--server", "http://kota.example").output


def test_devices_are_listed_as_the_board_has_them(
    data: Path, tmp_path: Path, surveyor: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    web = tmp_path / "web"
    web.mkdir()
    (web / "build.json").write_text('{"version": "new"}')
    monkeypatch.setenv("TENGGAT_WEB", str(web))
    app = create_app(Settings(data=data, web=None))
    fine, old, stuck = (_comes_in(app, data, surveyor) for _ in range(3))
    # The one that waits for nothing was here first, and so would stand before the others.
    fine.exchange(app=f"tenggat {sync.__version__}")
    old.exchange(app="tenggat-web old")
    stuck.exchange(app="tenggat-web new", health={"failed": 3, "trouble": "untrusted_server"})
    listed = json.loads(run(data, "device", "list", "--json").output)
    assert [one["troubles"] for one in listed] == [["untrusted"], ["old_version"], []]
    assert run(data, "device", "list", "--office", "dlh").stderr == "no device is known\n"
    for asked, found in ((["--trouble", "old_version"], 1), (["--trouble", "bad"], 1), (["--office", "distaru"], 3)):
        assert len(json.loads(run(data, "device", "list", "--json", *asked).output)) == found, asked
    assert run(data, "device", "list", "--trouble", "stuck").stderr == "no device is in this trouble\n"
    assert run(data, "device", "list", "--trouble", "sad").exit_code == 2
    monkeypatch.setattr(roster, "MOST", 2)
    cut = run(data, "device", "list", "--json")
    assert "only the first 2 devices were looked at" in cut.stderr and len(json.loads(cut.stdout)) == 2


def _comes_in(app: Flask, data: Path, login: str) -> Device:
    link = _link(run(data, "device", "invite", login, "--server", "https://layanan.example.id").output)
    made = app.test_client().post("/api/v1/enrolments", json={"code": link.rpartition("/")[2]})
    return Device(app, made.get_json()["token"], guest=False)


def test_an_invitation_is_taken_back_and_a_device_revoked(data: Path, surveyor: str) -> None:
    link = _link(run(data, "device", "invite", surveyor, "--server", "https://layanan.example.id").output)
    run(data, "device", "invite", surveyor, "--server", "https://layanan.example.id")
    app = create_app(Settings(data=data, web=None))
    made = app.test_client().post("/api/v1/enrolments", json={"code": link.rpartition("/")[2]})
    assert made.status_code == 201
    (open_one,) = json.loads(run(data, "device", "invites", "--json").output)
    assert run(data, "device", "uninvite", open_one["id"][:8]).exit_code == 0
    assert run(data, "device", "uninvite", "ffffffff").exit_code == 1
    assert "no invitation is open" in run(data, "device", "invites").output
    listed = run(data, "device", "list").output
    assert "survei (Petugas Survei)" in listed and "never seen" in listed
    (device,) = json.loads(run(data, "device", "list", "--json").output)
    world = app.extensions[EXTENSION]
    devices.bind_unseen(world.engine, new_id(), device["person"], world.sources)
    (other,) = (one for one in json.loads(run(data, "device", "list", "--json").output) if one["carried"])
    assert f"{other['id'][:8]}  came by a file {other['carried']}" in run(data, "device", "list").output
    assert f"{other['id'][:8]}  came by a file {other['carried']}" in run(data, "account", "show", "survei").output
    assert run(data, "device", "revoke", other["id"]).exit_code == 0
    assert run(data, "device", "revoke", "abc").exit_code == 1
    assert "Petugas Survei is revoked" in run(data, "device", "revoke", device["id"][:8]).output
    assert json.loads(run(data, "device", "list", "--json").output) == []
    assert "revoked" in run(data, "device", "list", "--revoked").output
    states = [i["state"] for i in json.loads(run(data, "device", "invites", "--all", "--json").output)]
    assert sorted(states) == ["revoked", "used"]
    token = {"Authorization": f"Bearer {made.get_json()['token']}"}
    assert app.test_client().get("/api/v1/me", headers=token).status_code == 401
