"""An officer's laptop comes in by a link; the city's certificate, a proxy, a newer version."""

import stat
from pathlib import Path

import pytest

import sync as protocol
from client import newer
from server.access import closing, invitations
from server.access.staff import add_staff
from tests.certificates import self_signed
from tests.cli.conftest import ADDRESS, PASSWORD, Make, Person
from tests.conftest import Server

VERSION = protocol.__version__
"""The server's, in these tests."""


@pytest.fixture
def link(server: Server) -> str:
    add_staff(
        server.engine, server.city, server.world.sources, login="survei", password=PASSWORD, name="Petugas Survei",
        roles=["surveyor"], scopes=["office:distaru"],
    )  # fmt: skip
    return f"{ADDRESS}/#/gabung/{invitations.invite(server.engine, server.world.sources, 'survei')[0]}"


def test_a_link_is_all_that_is_typed(fresh: Person, link: str) -> None:
    said = fresh.run("enrol", link)
    assert "berlaku sampai" not in said
    assert "Undangan untuk Petugas Survei" in said and "Masuk sebagai Petugas Survei (Petugas survei)" in said
    assert fresh.json("status")["person"]["name"] == "Petugas Survei"
    assert "krk" in fresh.run("services"), "and the cases are here"
    assert "sudah dipakai" in fresh.run("enrol", link, exits=1)


def test_a_password_that_was_made_up_is_told_here_too(fresh: Person, server: Server, link: str) -> None:
    closing.set_password(server.engine, server.city, server.world.sources, "survei", "cli")
    said = fresh.flat("enrol", link)
    assert "berlaku sampai Senin, 23 Maret 2026" in said and "`tenggat password`" in said


def test_what_a_link_can_be_refused_for_is_said_with_a_way_on(
    fresh: Person, person: Make, server: Server, link: str
) -> None:
    assert "tautan undangan yang utuh" in fresh.run("enrol", link[:-3], exits=1)
    assert "once more" in fresh.run("enrol", link[:-43] + "x" * 43, lang="en", exits=1)
    fresh.network.offline = True
    assert "tidak dapat dihubungi" in fresh.run("enrol", link, exits=3)
    fresh.network.offline = False
    server.clock.move(days=8)
    assert "lewat waktunya" in fresh.run("enrol", link, exits=1)
    code, made = invitations.invite(server.engine, server.world.sources, "survei")
    back = f"{ADDRESS}/#/gabung/{code}"
    other = person("perencana", "planner")
    assert "Nama perencana" in other.run("enrol", back, exits=1)
    elsewhere = other.flat("enrol", back.replace(ADDRESS, "https://kota-lain.example"), lang="en", exits=1)
    assert f"works for {ADDRESS} already, and the link is of https://kota-lain.example" in elsewhere
    assert "--profile NAME" in elsewhere and "bundle" not in elsewhere
    invitations.withdraw(server.engine, server.world.sources, made.id)
    assert "ditarik" in fresh.run("enrol", back, exits=1)
    assert fresh.json("status")["signed_in"] is False


def test_a_guests_cases_stay_with_the_guest_where_an_officer_is_meant(person: Make, link: str) -> None:
    guest = person("warga")
    guest.filed("lapor")
    assert "berkas seorang tamu" in guest.run("enrol", link, exits=1)
    assert guest.json("status")["guest"] is True


def test_an_admins_certificate_is_kept_with_the_profile(fresh: Person, tmp_path: Path) -> None:
    made = self_signed("kota.example")
    given = tmp_path / "kota.pem"
    given.write_bytes(made.certificate)
    assert "dipercaya sistem ini" in fresh.run("trust")
    said = fresh.flat("trust", str(given))
    assert "CN=kota.example" in said and " ".join([made.fingerprint[:2], made.fingerprint[2:4]]).upper() in said
    assert fresh.json("status")["trusts"] == [made.fingerprint]
    (kept,) = (fresh.home / fresh.profile).glob("certificate-*.pem")
    assert stat.S_IMODE(kept.stat().st_mode) & 0o077 == 0
    for wrong, words in (
        (str(tmp_path / "tidak-ada.pem"), "tidak dapat dibaca"),
        (__file__, "tidak ada sertifikat PEM"),
    ):
        assert words in fresh.flat("trust", wrong, exits=1)
    assert fresh.json("status")["trusts"] == [made.fingerprint], "what was wrong changed nothing"
    assert "dipercaya sistem ini" in fresh.run("trust", "system")
    assert fresh.json("status")["trusts"] == []


def test_a_proxy_is_kept_with_the_profile_and_its_password_is_not_shown(fresh: Person) -> None:
    assert "mengikuti sistem" in fresh.run("proxy")
    said = fresh.run("proxy", "http://petugas:rahasia@proxy.kota.example:3128")
    assert "proxy.kota.example:3128" in said and "rahasia" not in said
    assert fresh.store().meta.get("proxy") == "http://petugas:rahasia@proxy.kota.example:3128"
    status = fresh.run("status")
    assert "proxy.kota.example" in status and "rahasia" not in status + fresh.run("status", "--json")
    assert "bukan alamat proksi" in fresh.run("proxy", "socks5://x:1", exits=1)
    assert "tanpa proksi" in fresh.run("proxy", "none") and "tanpa proksi" in fresh.run("status")
    assert "mengikuti sistem" in fresh.run("proxy", "system")
    assert fresh.store().meta.get("proxy") is None


def test_a_newer_version_is_told_in_one_line_once_a_day_and_never_when_it_is_ours(
    person: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    officer = person("survei", "surveyor")
    assert officer.json("status")["newer"] is None
    asked = officer.network.calls.count("GET /api/v1/about")
    officer.run("sync")
    assert officer.network.calls.count("GET /api/v1/about") == asked == 1
    monkeypatch.setattr("client.newer.protocol.__version__", "0.0.1")
    assert "0.0.1" not in officer.run("sync")
    assert f"Tenggat {VERSION} sudah ada" in officer.run("sync")
    assert (officer.json("status")["newer"], "Versi baru" in officer.run("status")) == (VERSION, True)
    officer.server.clock.move(days=1)
    officer.run("sync")
    assert officer.network.calls.count("GET /api/v1/about") == 2


@pytest.mark.parametrize(
    ("one", "other", "after"),
    [("1.0", "0.9", True), ("0.10", "0.9", True), ("1.0", "1.0.0", False), ("1.0", "1.0.1", False), ("", "0.1", False),
     ("1.2.x", "1.2.0", False), ("9" * 40, "1", True), ("²", "0.0.1", False)],
)  # fmt: skip
def test_versions_are_compared_as_numbers(one: str, other: str, after: bool) -> None:
    assert newer.later(one, other) is after
