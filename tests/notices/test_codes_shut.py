"""Somebody whose codes were shut is told so: by letter where they have an address, else by way of the admins."""

from pyotp import TOTP

from server.access import second_factor, wrong_codes
from server.notices import telling
from server.store.database import writing
from tests.api.device import Device
from tests.conftest import Server

from .office import Office, PostOffice


def _guessed_at(server: Server, person: str) -> None:
    made = second_factor.offer(server.world, person)
    second_factor.confirm(server.world, person, made.slip, TOTP(made.secret).at(server.clock()))
    _shut(server, person)


def _shut(server: Server, person: str) -> None:
    with writing(server.engine) as connection:
        for _ in range(wrong_codes.MOST):
            wrong_codes.count(connection, person, server.clock())


def test_its_owner_is_told_once(mailing: Office, post: PostOffice, server: Server) -> None:
    person = mailing.people["supervisor"]
    mailing.walk()
    assert mailing.told() == []
    _guessed_at(server, person)
    mailing.walk()
    mailing.walk()
    assert mailing.told() == [("codes_shut", "supervisor")]
    assert mailing.send() == "1 letters sent, 0 refused"
    [letter] = post.letters
    assert letter.to == "supervisor@kota.example"
    for words in (
        "orang lain mengetahui kata sandinya",
        "somebody else knows the password",
        "sejak Senin, 16 Maret 2026",
        "since Monday, 16 March 2026",
        "https://layanan.example.id/admin/second-factor",
    ):
        assert words in letter.words.replace("\n", " "), words
    assert person not in letter.words


def test_another_time_is_another_notice(office: Office, server: Server) -> None:
    person = office.people["supervisor"]
    _guessed_at(server, person)
    office.walk()
    with writing(server.engine) as connection:
        assert second_factor.reopen(connection, person).shut
    server.clock.move(days=1)
    office.walk()
    assert len(office.notices()) == 1
    _shut(server, person)
    office.walk()
    assert office.told() == [("codes_shut", "supervisor")] * 2


def test_so_is_another_time_on_the_same_day(office: Office, server: Server) -> None:
    person = office.people["supervisor"]
    _guessed_at(server, person)
    office.walk()
    with writing(server.engine) as connection:
        assert second_factor.reopen(connection, person).shut
    server.clock.move(hours=1)
    _shut(server, person)
    office.walk()
    office.walk()
    assert office.told() == [("codes_shut", "supervisor")] * 2


def test_the_day_is_the_citys(office: Office, server: Server) -> None:
    """In the evening of Greenwich it is the next morning in Semarang."""
    server.clock.move(hours=18)
    _guessed_at(server, office.people["supervisor"])
    office.walk()
    assert _told(office, server) == "sejak Selasa, 17 Maret 2026"
    Device(server.app, server.staff("surveyor")[1], guest=False).exchange()
    server.clock.move(days=14)
    office.walk()
    assert _told(office, server).endswith("kontak terakhir Selasa, 17 Maret 2026"), "of a silent device too"


def _told(office: Office, server: Server) -> str:
    """The last notice, in a line."""
    return telling.line(max(office.notices(), key=lambda one: one.made), server.world.city, "id")


def test_whom_no_letter_reaches_the_admins_hear_of(mailing: Office, post: PostOffice, server: Server) -> None:
    person = mailing.people["supervisor"]
    server.execute("UPDATE person SET email = NULL WHERE id = :p", p=person)
    _guessed_at(server, person)
    mailing.walk()
    assert mailing.told() == [("codes_shut", "admin"), ("codes_shut", "supervisor")]
    mailing.send()
    [letter] = post.letters
    assert letter.to == "admin@kota.example"
    assert f"akun {person[:8]}" in letter.words and f"/admin/people/{person}" in letter.words


def test_of_a_closed_account_nobody_hears(office: Office, server: Server) -> None:
    person = office.people["supervisor"]
    _guessed_at(server, person)
    server.execute("UPDATE person SET disabled = :now WHERE id = :p", now="2026-03-16T02:00:00Z", p=person)
    office.walk()
    assert office.notices() == []
