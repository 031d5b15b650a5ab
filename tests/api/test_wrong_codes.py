"""Many wrong codes in a row: whoever sends them knows the password, so codes of that phone open nothing any more."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from server.access import audit, closing, second_factor, throttle
from server.access.wrong_codes import MOST, TOLD, Shut
from server.notices import walking
from sync.errors import WrongCredentials
from tests.api.admin import Desk, signed_in
from tests.api.second_factor import Phone, add, deeds, password_typed, set_up
from tests.conftest import Server

OTHER = "hujan di jendela"
HERE = "203.0.113.7"


@pytest.fixture
def desk(server: Server) -> Desk:
    """An admin's, in a city that leaves it to each of them."""
    return signed_in(server, "admin", login="admin")


def _guess(server: Server, person: str, phone: Phone, times: int) -> None:
    """As fast as they are let."""
    for n in range(times):
        if n % second_factor.MOST == 0:
            server.clock.move(seconds=throttle.WINDOW)
        with pytest.raises((WrongCredentials, Shut)):
            second_factor.prove(server.world, person, phone.wrong())


def _shut(server: Server, login: str = "lain", *roles: str) -> tuple[str, Phone, list[str]]:
    """Somebody whose codes were guessed at for too long, with their phone and their paper."""
    theirs = signed_in(server, *roles or ("admin",), login=login)
    phone, codes = set_up(theirs)
    _guess(server, theirs.person, phone, MOST)
    return theirs.person, phone, codes


def _comes_in(server: Server, phone: Phone, login: str = "lain") -> Desk:
    server.clock.move(seconds=30)
    other = password_typed(server, login)
    other.send("/code", code=phone.code())
    return other


def test_after_so_many_in_a_row_a_right_one_opens_nothing_either(server: Server, desk: Desk) -> None:
    phone, _ = set_up(desk)
    _guess(server, desk.person, phone, MOST - 1)
    other = password_typed(server)
    other.send("/code", code=phone.wrong())
    assert (other.status, other.heading) == (403, "Kode dari ponsel")
    assert "20 kode salah" in other.words and "orang lain mengetahui kata sandi Anda" in other.words
    assert other.shown.all("details")[-1].get("open") is not None, "what still opens is at hand"
    for _ in range(second_factor.MOST + 1):
        server.clock.move(seconds=30)
        other.send("/code", code=phone.code())
        assert other.status == 403, "and is no guess that anybody waits for"
    assert "20 kode salah" in password_typed(server).words, "told before it is typed in vain"
    assert deeds(server)[-1] == ("factor.shut", {"wrong": MOST})
    server.clock.move(days=400)
    assert _comes_in(server, phone, "admin").status == 403, "however long one waits"


def test_a_right_one_begins_the_count_anew(server: Server, desk: Desk) -> None:
    phone, _ = set_up(desk)
    for _ in range(2):
        _guess(server, desk.person, phone, MOST - 1)
        server.clock.move(seconds=throttle.WINDOW)
        second_factor.prove(server.world, desk.person, phone.code())


def test_the_last_ones_are_counted_down(server: Server, desk: Desk) -> None:
    phone, _ = set_up(desk)
    _guess(server, desk.person, phone, MOST - TOLD - 1)
    for left in (TOLD, TOLD - 1):
        server.clock.move(seconds=throttle.WINDOW)
        other = password_typed(server)
        other.send("/code", code=phone.wrong())
        assert f"Sesudah {left} kode salah lagi" in other.words


def test_neither_a_used_code_nor_a_mistake_on_paper_counts(server: Server, desk: Desk) -> None:
    phone, _ = set_up(desk)
    for n in range(MOST + 2):
        if n % second_factor.MOST == 0:
            server.clock.move(seconds=throttle.WINDOW)
            code = phone.code()
            second_factor.prove(server.world, desk.person, code)
        with pytest.raises(WrongCredentials):
            second_factor.recover(server.world, desk.person, "salah", HERE)
        if n % second_factor.MOST == 0:
            with pytest.raises(WrongCredentials, match="not right"):
                second_factor.prove(server.world, desk.person, code)
    assert server.rows("SELECT wrong, shut FROM second_factor") == [(0, None)]


def test_whoever_does_not_know_the_password_counts_nothing(server: Server, desk: Desk) -> None:
    phone, _ = set_up(desk)
    for slip in ("", "A" * 43):
        server.app.test_client().post("/admin/sign-in/code", data={"slip": slip, "code": phone.wrong()})
    other = Desk(server, login="admin")
    other.open("/admin/sign-in")
    other.send("/admin/sign-in", login="admin", password="bukan ini")
    assert server.rows("SELECT wrong FROM second_factor") == [(0,)]


def test_guesses_that_come_at_once_are_all_counted_and_noted_once(server: Server, desk: Desk) -> None:
    phone, _ = set_up(desk)
    server.execute("UPDATE second_factor SET wrong = :n", n=MOST - 2)

    def comes(_: int) -> str:
        try:
            second_factor.prove(server.world, desk.person, phone.wrong())
        except (WrongCredentials, Shut) as wrong:
            return type(wrong).__name__
        return "in"

    with ThreadPoolExecutor(4) as pool:
        found = sorted(pool.map(comes, range(4)))
    assert found[0] == "Shut" and set(found) == {"Shut", "WrongCredentials"}
    assert [action for action, _ in deeds(server)].count("factor.shut") == 1


# ---- What is told ----


def test_whoever_comes_in_after_several_wrong_ones_is_told_of_them(server: Server, desk: Desk) -> None:
    """So that nobody guesses for years, a few at a time, between two sign-ins of the owner's."""
    phone, _ = set_up(desk)
    _guess(server, desk.person, phone, TOLD - 1)
    server.clock.move(seconds=throttle.WINDOW)
    assert _comes_in(server, phone, "admin").heading == "Papan sinkron", "a finger that slipped is nothing to tell"
    _guess(server, desk.person, phone, TOLD)
    server.clock.move(seconds=throttle.WINDOW)
    other = _comes_in(server, phone, "admin")
    assert other.heading == "Anda sudah masuk"
    assert f"{TOLD} kode salah dicoba" in other.shown.one("p", cls="problem").words
    change, on = other.shown.all("a", cls="button")
    other.open(change["href"])
    assert other.heading == "Kata sandi Anda"
    other.open(on["href"])
    assert other.heading == "Papan sinkron"


@pytest.mark.parametrize(("wrong", "told"), [(TOLD - 1, False), (TOLD, True), (MOST - 1, True)])
def test_whoever_comes_in_by_paper_is_told_of_them_too(server: Server, desk: Desk, wrong: int, told: bool) -> None:
    """A recovery code begins the count anew, and nobody would hear of it."""
    phone, codes = set_up(desk)
    _guess(server, desk.person, phone, wrong)
    other = password_typed(server)
    other.send("/code", recovery=codes[0], code="")
    assert other.heading == "Anda masuk dengan kode pemulihan"
    assert [one.words.startswith(f"{wrong} kode salah dicoba") for one in other.shown.all("p", cls="problem")] == (
        [True] if told else []
    )
    assert (other.shown.all("a", cls="button")[0]["href"] == "/admin/password") is told
    assert server.rows("SELECT wrong, shut FROM second_factor") == [(0, None)]


def test_admins_find_whose_are_shut(server: Server, desk: Desk) -> None:
    desk.open("/admin/health")
    assert "ditutup sesudah" not in desk.words
    person, *_ = _shut(server)
    desk.sign_in()
    desk.open("/admin/health")
    assert "ditutup sesudah 20 kode salah: 1." in desk.words
    desk.follow("Lihat siapa")
    assert [one.words for one in desk.shown.all("a") if one.inside("th")] == ["Petugas lain"]
    desk.follow("Petugas lain")
    assert "Bila bukan Petugas lain yang mengetiknya" in desk.words and "Kodenya ditutup" in desk.words
    assert any(one["href"].endswith(f"/{person}/password") for one in desk.shown.all("a") if one.inside("p"))


def test_its_owner_reads_of_it_among_what_they_were_told(server: Server, desk: Desk) -> None:
    *_, codes = _shut(server, "lain", "supervisor")
    walking.walk(server.world, server.clock())
    other = password_typed(server, "lain")
    other.send("/code", recovery=codes[0], code="")
    other.open("/admin/told")
    assert "Kode ponsel ditutup sejak Senin, 16 Maret 2026" in other.words
    other.follow("Verifikasi dua langkah")
    assert other.heading == "Verifikasi dua langkah"
    desk.sign_in()
    desk.open("/admin/notices")
    assert "Kode ponsel ditutup" in desk.words


def test_whoever_is_in_stays_in_and_connects_a_phone_again(server: Server, desk: Desk) -> None:
    phone, _ = set_up(desk)
    server.execute("UPDATE second_factor SET wrong = :n", n=MOST - 1)
    with pytest.raises(Shut):
        second_factor.prove(server.world, desk.person, phone.wrong())
    desk.open("/admin/second-factor")
    assert "Kode dari ponsel Anda ditutup sejak" in desk.words
    new, _ = set_up(desk)
    assert [action for action, _ in deeds(server)][-2:] == ["factor.reopen", "factor.set"]
    desk.open("/admin/second-factor")
    assert "ditutup" not in desk.words
    assert _comes_in(server, new, "admin").heading == "Papan sinkron"


# ---- What opens it ----


def test_a_recovery_code_opens_it_at_once_and_says_what_to_do(server: Server, desk: Desk) -> None:
    person, phone, codes = _shut(server)
    other = password_typed(server, "lain")
    other.send("/code", recovery=codes[0], code="")
    assert other.heading == "Anda masuk dengan kode pemulihan", "without waiting for what was guessed"
    assert "ganti sekarang" in other.shown.one("p", cls="problem").words
    assert "tersisa: 9 dari 10" in other.words
    assert other.shown.all("a", cls="button")[0]["href"] == "/admin/password"
    assert [action for action, _ in deeds(server)][-2:] == ["factor.recovery_code", "factor.reopen"]
    assert _comes_in(server, phone).heading == "Papan sinkron", "and codes of the phone count again"
    assert server.rows("SELECT wrong, shut FROM second_factor WHERE person_id = :p", p=person) == [(0, None)]


def test_another_password_from_an_admin_opens_it(server: Server, desk: Desk) -> None:
    person, phone, _ = _shut(server)
    desk.sign_in()
    desk.open(f"/admin/people/{person}/password")
    desk.send(f"/{person}/password", how="made_up")
    assert "Kode dari ponselnya berlaku lagi." in desk.words
    (row,) = audit.entries(server.engine, action="factor.reopen")
    assert (row.person, row.target) == (desk.person, person)
    server.clock.move(seconds=30)
    assert second_factor.prove(server.world, person, phone.code()) == 0


@pytest.mark.parametrize(("devices", "said"), [("", "tetap masuk"), ("revoke", "dicabut")])
def test_one_that_an_admin_types_says_so_too(server: Server, desk: Desk, devices: str, said: str) -> None:
    person, *_ = _shut(server)
    desk.sign_in()
    for told in (["Kode dari ponselnya berlaku lagi."], []):
        desk.open(f"/admin/people/{person}/password")
        desk.send(f"/{person}/password", how="given", password=f"{OTHER} {len(told)}", devices=devices)
        done = desk.shown.one("p", cls="done").words
        assert said in done and done.endswith(tuple(told) or ("masuk.", "dicabut."))


def test_another_password_lets_nobody_wait_for_what_was_guessed(server: Server, desk: Desk) -> None:
    theirs = signed_in(server, "admin", login="lain")
    phone, _ = set_up(theirs)
    _guess(server, theirs.person, phone, second_factor.MOST)
    done = closing.set_password(server.engine, server.city, server.world.sources, "lain", desk.person)
    assert not done.opened, "they were not shut"
    assert second_factor.prove(server.world, theirs.person, phone.code()) == 0


def test_ones_own_new_password_opens_nothing(server: Server, desk: Desk) -> None:
    """Whoever guesses knows the present one: they would choose another after every twenty."""
    person, phone, _ = _shut(server)
    closing.set_password(server.engine, server.city, server.world.sources, person, person, OTHER)
    server.clock.move(seconds=30)
    with pytest.raises(Shut):
        second_factor.prove(server.world, person, phone.code())


def test_a_second_factor_that_was_taken_away_leaves_nothing_shut(server: Server, desk: Desk) -> None:
    person, *_ = _shut(server)
    closing.remove_factor(server.engine, server.world.sources, person, desk.person)
    set_up(password_typed(server, "lain"))


def test_nobody_else_is_shut_out(server: Server, desk: Desk) -> None:
    phone, _ = set_up(desk)
    add(server, "tiga", "admin")
    _shut(server)
    assert _comes_in(server, phone, "admin").heading == "Papan sinkron"
    assert password_typed(server, "tiga").heading == "Papan sinkron"
