"""The city's people on the server's command line, as an admin types it."""

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from pyotp import TOTP

from server.access import audit, half_way, second_factor, wrong_codes
from server.admin import sessions
from server.app import create_app
from server.cli import main
from server.services import EXTENSION, Services
from server.settings import Settings
from server.store.database import writing

PASSWORD = "kuda laut besi pagi"


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """A city with an admin and a surveyor."""
    folder = tmp_path / "data"
    done(folder, *ADD, "admin", "--name", "Admin", "--role", "admin", typed=f"{PASSWORD}\n{PASSWORD}\n")
    words = ("survei", "--name", "Petugas Survei", "--role", "surveyor", "--scope", "office:distaru")
    done(folder, *ADD, *words, "--password", PASSWORD)
    return folder


ADD = ("account", "add")


def run(data: Path, *words: str, typed: str | None = None) -> Result:
    return CliRunner().invoke(main, ["--data", str(data), *words], input=typed)


def done(data: Path, *words: str, typed: str | None = None) -> str:
    """What a command prints that does what it is told."""
    result = run(data, *words, typed=typed)
    assert result.exit_code == 0, result.output
    return result.output


def refused(data: Path, *words: str) -> str:
    """The one sentence of a command that refuses."""
    result = run(data, *words)
    assert result.exit_code == 1, result.output
    assert isinstance(result.exception, SystemExit), result.exception
    return result.output


def shown(data: Path, login: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(done(data, "account", "show", login, "--json"))
    return found


def signs_in(data: Path, login: str, password: str) -> int:
    client = create_app(Settings(data=data, web=None)).test_client()
    return client.post("/api/v1/devices", json={"login": login, "password": password}).status_code


def test_people_are_listed_and_shown(data: Path) -> None:
    listed = done(data, "account", "list")
    assert "survei  Petugas Survei  surveyor  office:distaru  0 devices, never seen" in listed
    assert "admin" not in done(data, "account", "list", "petugas", "--role", "surveyor", "--office", "distaru")
    assert [one["login"] for one in json.loads(done(data, "account", "list", "--json"))] == ["admin", "survei"]
    assert "nobody is like that" in done(data, "account", "list", "siapa")
    assert "only the first 1" in done(data, "account", "list", "--most", "1")
    assert "3 letters" in refused(data, "account", "list", "--citizens", "ab")
    signs_in(data, "survei", PASSWORD)
    assert "0 cases wait for them" in done(data, "account", "show", "survei")
    assert len(shown(data, "survei")["device_list"]) == 1
    assert "no account siapa" in refused(data, "account", "show", "siapa")


def test_name_roles_and_scopes_are_changed(data: Path) -> None:
    assert "is called Petugas Lain" in done(data, "account", "rename", "survei", "Petugas Lain")
    assert "nothing was changed" in done(data, "account", "rename", "survei", " Petugas Lain ")
    assert "survei is planner, surveyor" in done(data, "account", "roles", "survei", "--add", "planner")
    assert "survei is signer" in done(data, "account", "roles", "survei", "signer")
    assert "nothing was changed" in done(data, "account", "roles", "survei", "signer")
    assert "next exchange" in done(
        data, "account", "scopes", "survei", "--add", "office:dpu/33.74.01", "--remove", "office:distaru"
    )
    found = shown(data, "survei")
    assert (found["name"], found["roles"], found["scopes"]) == ("Petugas Lain", ["signer"], ["office:dpu/33.74.01"])
    assert "sees no office" in done(data, "account", "scopes", "survei", "--none")


def test_what_cannot_be_is_refused_in_a_sentence_that_names_what_there_is(data: Path) -> None:
    assert "there are: admin, complaint_officer" in refused(data, "account", "roles", "survei", "raja")
    told = refused(data, "account", "scopes", "survei", "office:bulan")
    assert "distaru, dpu" in told and "{" not in told, "for people, and not as JSON"
    assert "33.74.01 Semarang Tengah" in refused(data, "account", "scopes", "survei", "office:dpu/1")
    assert "--add" in refused(data, "account", "roles", "survei")
    assert "not among them" in refused(data, "account", "roles", "survei", "--remove", "signer")
    assert "last admin" in refused(data, "account", "roles", "admin", "planner")
    assert "last admin" in refused(data, "account", "disable", "admin", "--yes")
    assert shown(data, "survei")["roles"] == ["surveyor"]


def test_a_password_is_made_up_or_given(data: Path) -> None:
    made_up = run(data, "account", "password", "survei").stdout.strip()
    assert signs_in(data, "survei", made_up) == 201
    assert "1 devices are revoked" in done(
        data, "account", "password", "survei", "--stdin", "--revoke-devices", typed=f"{PASSWORD}\n"
    )
    assert signs_in(data, "survei", PASSWORD) == 201
    assert "at least 10" in run(data, "account", "password", "survei", "--stdin", typed="pendek\n").output
    done(data, "account", "password", "survei", "--prompt", typed="hujan di jendela\nhujan di jendela\n")
    assert signs_in(data, "survei", "hujan di jendela") == 201
    done(data, *ADD, "loket", "--name", "Petugas Loket", "--role", "front_desk", "--made-up")


def test_an_account_is_closed_after_a_question_and_opened_again(data: Path) -> None:
    signs_in(data, "survei", PASSWORD)
    asked = run(data, "account", "disable", "survei", typed="n\n")
    assert asked.exit_code == 1 and "revoke 1 devices" in asked.output
    assert shown(data, "survei")["disabled"] is None
    told = done(data, "account", "disable", "survei", typed="y\n")
    assert "1 devices are revoked" in told
    assert "There is no active surveyor in the Spatial Planning Office" in told, "who is missing now"
    assert "no active planner" not in told, "whoever was missing before is not told of"
    assert "closed" in done(data, "account", "list", "--state", "disabled")
    assert "closed already" in refused(data, "account", "disable", "survei", "--yes")
    assert signs_in(data, "survei", PASSWORD) == 401
    assert "device invite survei" in done(data, "account", "enable", "survei")
    assert signs_in(data, "survei", PASSWORD) == 201
    assert "0 sessions" in done(data, "account", "sign-out", "survei")


def test_a_lost_second_factor_is_taken_away_after_a_question(data: Path) -> None:
    assert "has no second factor" in refused(data, "account", "remove-factor", "admin", "--yes")
    world: Services = create_app(Settings(data=data, web=None)).extensions[EXTENSION]
    person = shown(data, "admin")["id"]
    made = second_factor.offer(world, person)
    second_factor.confirm(world, person, made.slip, TOTP(made.secret).at(world.sources.clock()))
    sessions.begin(world.engine, world.sources, person, half=half_way.begin(world, person, b""))
    assert "10 recovery codes left" in done(data, "account", "show", "admin")
    assert shown(data, "admin")["factor"]["left"] == 10
    for has, logins in (("on", ["admin"]), ("none", [])):
        listed = json.loads(done(data, "account", "list", "--role", "admin", "--factor", has, "--json"))
        assert [one["login"] for one in listed] == logins
    asked = run(data, "account", "remove-factor", "admin", typed="n\n")
    assert asked.exit_code == 1 and "second factor of Admin" in asked.output
    assert second_factor.held(world.engine, person) is not None
    told = done(data, "account", "remove-factor", "admin", typed="y\n")
    assert "no second factor any more; 1 sessions" in told
    assert shown(data, "admin")["factor"] is None
    (row,) = audit.entries(world.engine, action="factor.remove")
    assert (row.person, row.target) == ("cli", person)
    assert "no account siapa" in refused(data, "account", "remove-factor", "siapa", "--yes")


def test_codes_that_were_shut_are_opened_by_another_password(data: Path) -> None:
    world: Services = create_app(Settings(data=data, web=None)).extensions[EXTENSION]
    person = shown(data, "admin")["id"]
    made = second_factor.offer(world, person)
    second_factor.confirm(world, person, made.slip, TOTP(made.secret).at(world.sources.clock()))
    assert "which were shut" not in done(data, "account", "password", "admin")
    with writing(world.engine) as connection:
        for _ in range(wrong_codes.MOST):
            wrong_codes.count(connection, person, world.sources.clock())
    assert "`account password admin` opens them" in done(data, "account", "show", "admin")
    assert "admin" in done(data, "account", "list", "--factor", "shut")
    assert "which were shut, count again" in done(data, "account", "password", "admin")
    assert shown(data, "admin")["factor"]["shut"] is None


def test_whoever_is_missing_is_named_office_by_office(data: Path) -> None:
    result = run(data, "office", "gaps")
    assert result.exit_code == 1
    assert "no active surveyor" not in result.output
    planner = next(line for line in result.output.splitlines() if "no active planner" in line and "KRK" in line)
    assert "--role planner --scope office:distaru" in planner
    found = json.loads(run(data, "office", "gaps", "--json").output)
    assert any((one["service"], one["office"], one["roles"]) == ("krk", "distaru", ["planner"]) for one in found)
    done(data, "account", "scopes", "survei", "office:distaru/33.74.01")
    assert "for the kecamatan Semarang Utara" in run(data, "office", "gaps").output


def test_offices_with_their_people(data: Path) -> None:
    told = done(data, "office", "list")
    assert "distaru  Spatial Planning Office" in told and "all of it: Petugas Survei (surveyor)" in told
    assert "Semarang Tengah" not in told
    assert "33.74.01 Semarang Tengah: nobody" in done(data, "office", "list", "distaru")
    (one,) = json.loads(done(data, "office", "list", "distaru", "--json"))
    assert one["districts"][""][0]["roles"] == ["surveyor"]
    assert "there are: distaru" in refused(data, "office", "list", "bulan")


def test_all_of_it_is_noted_as_the_command_lines(data: Path) -> None:
    done(data, "account", "roles", "survei", "planner")
    done(data, "device", "invite", "survei")
    done(data, "account", "disable", "survei", "--yes")
    world: Services = create_app(Settings(data=data, web=None)).extensions[EXTENSION]
    found = [one.action for one in audit.entries(world.engine)][::-1]
    assert found == ["person.add", "person.add", "person.roles", "invitation.make", "person.disable"]
    assert {one.person for one in audit.entries(world.engine)} == {"cli"}


def test_a_link_begins_with_the_citys_own_address(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TENGGAT_ADDRESS", "https://layanan.example.id/")
    told = done(data, "device", "invite", "survei")
    assert "https://layanan.example.id/#/gabung/" in told
    assert "this computer only" not in told
    assert "https://lain.example/#/gabung/" in done(
        data, "device", "invite", "survei", "--server", "https://lain.example"
    )


def test_a_password_that_was_made_up_is_told_with_its_end(data: Path) -> None:
    assert "made up" not in done(data, "account", "show", "survei")
    done(data, "account", "password", "survei")
    assert "password made up by an admin, good until " in done(data, "account", "show", "survei")
    assert shown(data, "survei")["password_until"]
