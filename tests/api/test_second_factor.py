"""The second factor of the admin pages: set up, lost, and wanted by the city."""

import re
from collections.abc import Callable

import pyotp
import pytest

from server.access import (
    audit,
    city_settings,
    closing,
    factor_key,
    own_sessions,
    second_factor,
    slips,
    throttle,
)
from server.cli import demo
from sync.errors import Conflict
from tests.api.admin import PASSWORD, Desk, signed_in
from tests.api.second_factor import Phone, add, deeds, password_typed, set_up
from tests.conftest import Server


@pytest.fixture
def desk(server: Server) -> Desk:
    """An admin's, in a city that leaves it to each of them."""
    return signed_in(server, "admin", login="admin")


# ---- Setting it up ----


def test_it_counts_once_a_first_code_has_come(server: Server, desk: Desk) -> None:
    desk.open("/admin/second-factor")
    desk.send("/admin/second-factor", do="set_up", password=PASSWORD)
    phone = Phone(server, desk.shown.one(id="secret").words)
    link = next(one["href"] for one in desk.shown.all("a") if one["href"].startswith("otpauth:"))
    assert f"secret={phone.totp.secret}" in link and "issuer=Kota%20Semarang" in link
    assert desk.shown.one("svg"), "and the same as a picture"
    assert password_typed(server).heading != "Kode dari ponsel", "shown is not set up"
    desk.send("/admin/second-factor", code=phone.wrong())
    assert desk.status == 401
    assert "jam ponsel Anda" in desk.words and "otomatis" in desk.words
    assert Phone(server, desk.shown.one(id="secret").words).totp.secret == phone.totp.secret, "no need to scan again"
    desk.send("/admin/second-factor", code=phone.code())
    told = [one.words for one in desk.shown.all("li") if one.inside("ol")]
    assert len(told) == len(set(told)) == 10
    assert all(re.fullmatch(r"([0-9a-hjkmnp-tv-z]{5}-){4}[0-9a-hjkmnp-tv-z]{5}", code) for code in told)
    assert password_typed(server).heading == "Kode dari ponsel"
    desk.open("/admin/second-factor")
    assert "10 dari 10" in desk.words
    assert told[0] not in desk.shown.html and phone.totp.secret not in desk.shown.html, "shown once"
    assert deeds(server) == [("factor.set", {"replaced": False})]


def test_nothing_of_it_is_readable_in_the_database(server: Server, desk: Desk) -> None:
    phone, codes = set_up(desk)
    held = server.everything()
    secret = phone.totp.byte_secret()
    for plain in (phone.totp.secret, repr(secret)[2:-1], *codes, *(code.replace("-", "").upper() for code in codes)):
        assert plain not in held
    (row,) = server.rows("SELECT secret FROM second_factor")
    assert secret not in bytes(row.secret)
    assert (server.world.keys.folder / factor_key.NAME).stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize("deed", ["set_up", "codes", "remove"])
def test_each_deed_takes_the_password(server: Server, desk: Desk, deed: str) -> None:
    set_up(desk)
    before = deeds(server), server.rows("SELECT code FROM recovery_code ORDER BY code")
    for n in range(throttle.MOST):
        desk.open("/admin/second-factor")
        desk.send("/admin/second-factor", do=deed, password=f"tebakan {n}")
        assert desk.status == 401
        assert "Sandi yang sekarang tidak cocok" in desk.words
    desk.send("/admin/second-factor", do=deed, password=PASSWORD)
    assert desk.status == 429 and "Coba lagi sesudah" in desk.words
    assert (deeds(server), server.rows("SELECT code FROM recovery_code ORDER BY code")) == before


def test_none_is_set_up_without_ending_the_sessions_of_before(
    server: Server, desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Both, or neither: the server may stop at any moment."""
    password_typed(server)

    def fails(*_: object) -> int:
        raise RuntimeError("stopped")

    monkeypatch.setattr(own_sessions, "end_all", fails)
    made = second_factor.offer(server.world, desk.person)
    with pytest.raises(RuntimeError):
        second_factor.confirm(server.world, desk.person, made.slip, pyotp.TOTP(made.secret).at(server.clock()))
    assert second_factor.held(server.engine, desk.person) is None


def test_sessions_of_before_end_and_ones_own_stays(server: Server, desk: Desk) -> None:
    other = password_typed(server)
    set_up(desk)
    other.open("/admin/audit")
    assert other.heading == "Masuk"
    desk.open("/admin/audit")
    assert desk.heading == "Catatan audit"


def test_another_phone_takes_its_place_only_with_its_own_first_code(server: Server, desk: Desk) -> None:
    old, codes = set_up(desk)
    desk.open("/admin/second-factor")
    desk.send("/admin/second-factor", do="set_up", password=PASSWORD)
    server.clock.move(seconds=30)
    waiting = password_typed(server)
    waiting.send("/code", code=old.code())
    assert waiting.heading == "Papan sinkron", "the old one is good until then"
    new = Phone(server, desk.shown.one(id="secret").words)
    desk.send("/admin/second-factor", code=new.code())
    assert deeds(server)[-1] == ("factor.set", {"replaced": True})
    server.clock.move(seconds=60)
    late = password_typed(server)
    late.send("/code", code=old.code())
    assert late.status == 401
    late.send("/code", recovery=codes[0], code="")
    assert late.status == 401, "and its paper too"
    late.send("/code", code=new.code())
    assert late.heading == "Papan sinkron"


def test_what_was_shown_is_set_up_once_and_not_for_ever(server: Server, desk: Desk) -> None:
    desk.open("/admin/second-factor")
    desk.send("/admin/second-factor", do="set_up", password=PASSWORD)
    phone, offered = Phone(server, desk.shown.one(id="secret").words), desk.shown
    desk.send("/admin/second-factor", code=phone.code())
    held = server.rows("SELECT code FROM recovery_code ORDER BY code")
    desk.shown = offered
    desk.send("/admin/second-factor", code=phone.code(1))
    assert desk.status == 409 and "sudah diatur" in desk.words
    assert "buat yang baru di sini" in desk.words, "where the answer was lost, so were the codes"
    assert server.rows("SELECT code FROM recovery_code ORDER BY code") == held, "the paper stays good"
    desk.send("/admin/second-factor", do="set_up", password=PASSWORD)
    phone = Phone(server, desk.shown.one(id="secret").words)
    server.clock.move(seconds=slips.GOOD_FOR.total_seconds())
    desk.send("/admin/second-factor", code=phone.code())
    assert desk.status == 409 and "Mulai lagi" in desk.words


def test_after_a_lost_one_was_taken_away_wrong_codes_of_it_count_no_more(server: Server, desk: Desk) -> None:
    lost = signed_in(server, "admin", login="lain")
    set_up(lost)
    other = password_typed(server, "lain")
    for _ in range(second_factor.MOST):
        other.send("/code", recovery="salah", code="")
    closing.remove_factor(server.engine, server.world.sources, "lain", desk.person)
    set_up(password_typed(server, "lain"))


def test_too_many_wrong_codes_leave_the_picture_where_it_is(server: Server, desk: Desk) -> None:
    desk.open("/admin/second-factor")
    desk.send("/admin/second-factor", do="set_up", password=PASSWORD)
    phone = Phone(server, desk.shown.one(id="secret").words)
    for _ in range(second_factor.MOST):
        desk.send("/admin/second-factor", code=phone.wrong())
    server.clock.move(seconds=throttle.WINDOW / 2)
    desk.send("/admin/second-factor", code=phone.code())
    assert desk.status == 429 and "Coba lagi sesudah" in desk.words
    assert Phone(server, desk.shown.one(id="secret").words).totp.secret == phone.totp.secret


def test_a_secret_that_was_shown_to_somebody_else_is_of_no_use(server: Server, desk: Desk) -> None:
    other = signed_in(server, "supervisor", login="atasan")
    made = second_factor.offer(server.world, other.person)
    with pytest.raises(Conflict):
        second_factor.confirm(server.world, desk.person, made.slip, pyotp.TOTP(made.secret).at(server.clock()))
    assert second_factor.held(server.engine, desk.person) is None


def test_it_is_taken_away_where_the_city_leaves_that_open(server: Server, desk: Desk) -> None:
    set_up(desk)
    desk.open("/admin/second-factor")
    desk.send("/admin/second-factor", do="remove", password=PASSWORD)
    assert "dimatikan" in desk.words
    assert server.rows("SELECT * FROM second_factor") == server.rows("SELECT * FROM recovery_code") == []
    assert deeds(server)[-1][0] == "factor.remove"
    assert password_typed(server).heading == "Papan sinkron"


def test_an_unknown_deed_is_refused(desk: Desk) -> None:
    desk.open("/admin/second-factor")
    desk.send("/admin/second-factor", do="lain", password=PASSWORD)
    assert desk.status == 422


# ---- A lost one ----


def test_another_admin_takes_a_lost_one_away_and_their_sessions_end(server: Server, desk: Desk) -> None:
    lost = signed_in(server, "supervisor", login="atasan")
    set_up(lost)
    desk.open(f"/admin/people/{lost.person}")
    desk.follow("Ponselnya hilang…")
    assert "Pastikan ini benar Petugas atasan" in desk.words
    desk.send("/second-factor")
    assert "dilepas" in desk.words and "belum diatur" in desk.words
    lost.open("/admin/board")
    assert lost.heading == "Masuk"
    (row,) = audit.entries(server.engine, action="factor.remove")
    assert (row.person, row.target) == (desk.person, lost.person)
    assert password_typed(server, "atasan").heading == "Papan sinkron"


def test_nobody_takes_their_own_away_that_way(server: Server, desk: Desk) -> None:
    set_up(desk)
    desk.open(f"/admin/people/{desk.person}/second-factor")
    assert desk.heading == "Verifikasi dua langkah", "led to where the password is asked for"
    csrf = desk.shown.all("input", name="csrf")[0]["value"]
    answer = desk.client.post(f"/admin/people/{desk.person}/second-factor", data={"csrf": csrf})
    assert answer.status_code == 409
    assert second_factor.held(server.engine, desk.person)


def test_whoever_has_none_has_none_to_lose(server: Server, desk: Desk) -> None:
    other = add(server, "lain", "admin")
    desk.open(f"/admin/people/{other}/second-factor")
    assert desk.heading == "Petugas lain"
    assert "Ponselnya hilang" not in desk.words


# ---- What the city wants ----


@pytest.fixture
def strict(server: Server) -> Callable[..., Desk]:
    """Somebody new who signs in where the city wants it, as a city does unless it says otherwise."""

    def signs_in(*roles: str) -> Desk:
        person = add(server, "baru", *roles)
        desk = password_typed(server, "baru", "/admin/audit")
        desk.person = person
        return desk

    return signs_in


def test_an_admin_without_one_can_open_nothing_else(server: Server, strict: Callable[..., Desk]) -> None:
    desk = strict("admin")
    assert desk.heading == "Verifikasi dua langkah"
    assert "mewajibkan" in desk.words
    assert not desk.shown.all("nav"), "no menu of pages that do not open"
    for path in ("/admin/", "/admin/board", "/admin/people", "/admin/settings", "/admin/audit", "/admin/told"):
        assert desk.open(path).main.startswith("Verifikasi dua langkah"), path
    csrf = desk.shown.all("input", name="csrf")[0]["value"]
    answer = desk.client.post("/admin/settings", data={"csrf": csrf, "silent_days": "5", "notice_days": "2"})
    assert answer.status_code == 409
    assert "Atur verifikasi dua langkah dulu" in answer.get_data(as_text=True)
    assert desk.client.get("/admin/board?auto=1").status_code == 409
    assert city_settings.as_set(server.engine).silent_days == 3
    set_up(desk)
    desk.follow("Sudah saya simpan, lanjut")
    assert desk.heading == "Papan sinkron"
    desk.send("/sign-out")
    assert "keluar" in desk.words


def test_whoever_has_to_set_it_up_may_sign_out(strict: Callable[..., Desk]) -> None:
    desk = strict("admin")
    desk.send("/sign-out")
    assert desk.heading == "Masuk"


def test_it_is_not_turned_off_against_the_citys_will(server: Server, strict: Callable[..., Desk]) -> None:
    desk = strict("admin")
    set_up(desk)
    desk.open("/admin/second-factor")
    assert "Matikan" not in desk.words
    desk.send("/admin/second-factor", do="remove", password=PASSWORD)
    assert desk.status == 409
    assert second_factor.held(server.engine, desk.person)


def test_a_supervisor_may_have_one_and_need_not(strict: Callable[..., Desk]) -> None:
    desk = strict("supervisor")
    assert desk.heading != "Verifikasi dua langkah"
    set_up(desk)


def test_a_city_that_begins_to_want_it_is_heeded_at_once(server: Server, desk: Desk) -> None:
    city_settings.change(server.engine, {"admin_factor": "on"}, "cli", server.clock())
    desk.open("/admin/audit")
    assert desk.heading == "Verifikasi dua langkah"
    city_settings.change(server.engine, {"admin_factor": "off"}, "cli", server.clock())
    desk.open("/admin/audit")
    assert desk.heading == "Catatan audit"


def test_the_demonstration_city_leaves_it_open_and_overrules_nobody(server: Server) -> None:
    demo.prepare(server.world)
    assert not city_settings.as_set(server.engine).admin_factor
    city_settings.change(server.engine, {"admin_factor": "on"}, "cli", server.clock())
    demo.prepare(server.world)
    assert city_settings.as_set(server.engine).admin_factor


def test_health_counts_those_who_have_none_and_leads_to_exactly_them(server: Server, desk: Desk) -> None:
    for login, roles in {
        "lain": ("admin",),
        "lewat": ("admin",),
        "tutup": ("admin",),
        "tanpa": ("admin",),
        "survei": ("surveyor",),
        "atasan": ("supervisor",),
        "dua": ("supervisor", "admin"),
    }.items():
        add(server, login, *roles)
    closing.disable(server.engine, server.world.sources, "tutup", "cli")
    closing.set_password(server.engine, server.city, server.world.sources, "lewat", "cli")
    server.execute("UPDATE person SET password = NULL WHERE login = 'tanpa'")

    def told(role: str) -> list[str]:
        desk.open("/admin/health")
        (link,) = (one for one in desk.shown.all("a") if one["href"].startswith(f"/admin/people?role={role}&"))
        desk.open(link["href"])
        found = [one.words for one in desk.shown.all("span", cls="soft") if one.inside("th")]
        assert link.words == str(len(found))
        return sorted(found)

    assert told("admin") == ["admin", "dua", "lain", "lewat"], "one that was made up opens, while it is good"
    server.clock.move(days=8)
    desk.sign_in()
    assert told("admin") == ["admin", "dua", "lain"]
    assert told("supervisor") == ["atasan", "dua"]
    set_up(desk)
    assert told("admin") == ["dua", "lain"]
    for asked, some, not_some in (("none", "atasan", "survei"), ("on", "admin", "dua"), ("lain", "survei", "tutup")):
        desk.open(f"/admin/people?factor={asked}")
        names = [one.words for one in desk.shown.all("a") if one.inside("th")]
        assert f"Petugas {some}" in names and f"Petugas {not_some}" not in names, asked


def test_the_log_of_the_program_tells_each_step(server: Server, desk: Desk, caplog: pytest.LogCaptureFixture) -> None:
    phone, codes = set_up(desk)
    server.clock.move(seconds=30)
    with caplog.at_level("INFO", "tenggat.access"):
        other = password_typed(server)
        assert [one.message for one in caplog.records] == ["password right"], "nobody is in yet"
        other.send("/code", code=phone.code())
        password_typed(server).send("/code", recovery=codes[0], code="")
    told = [(one.message, getattr(one, "by", None), one.person) for one in caplog.records]  # type: ignore[attr-defined]
    steps = [("password right", None), ("let in", "code"), ("password right", None), ("let in", "recovery code")]
    assert told == [(message, by, desk.person) for message, by in steps]


def test_the_log_of_the_program_tells_wrong_ones_by_ids(
    server: Server, desk: Desk, caplog: pytest.LogCaptureFixture
) -> None:
    phone, _ = set_up(desk)
    other = password_typed(server)
    wrong = phone.wrong()
    with caplog.at_level("WARNING", "tenggat.access"):
        other.send("/code", code=wrong)
        other.send("/code", recovery="salah-semua", code="")
    told = [(one.message, one.by, one.person) for one in caplog.records if one.message == "not let in"]  # type: ignore[attr-defined]
    assert told == [("not let in", "code", desk.person), ("not let in", "recovery code", desk.person)]
    assert wrong not in caplog.text and "salah-semua" not in caplog.text
