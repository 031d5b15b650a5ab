"""The second step of signing in on the admin pages: a code of the phone, or one that is on paper."""

import base64
import hashlib
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import msgspec
import pytest

from server.access import (
    closing,
    factor_key,
    half_way,
    invitations,
    second_factor,
    slips,
    throttle,
    tokens,
)
from server.admin import sessions
from sync.errors import WrongCredentials
from tests.api.admin import PASSWORD, Desk, signed_in
from tests.api.second_factor import deeds, password_typed, set_up
from tests.conftest import Server


@pytest.fixture
def desk(server: Server) -> Desk:
    """An admin's, in a city that leaves it to each of them."""
    return signed_in(server, "admin", login="admin")


def _hashed(code: str) -> bytes:
    return tokens.hash_of(second_factor.canonical(code))


def test_nothing_opens_between_the_two_steps(server: Server, desk: Desk) -> None:
    set_up(desk)
    before = server.rows("SELECT count(*) FROM admin_session")
    half = password_typed(server)
    assert half.heading == "Kode dari ponsel"
    assert half.client.get_cookie(sessions.COOKIE, path="/admin") is None
    assert server.rows("SELECT count(*) FROM admin_session") == before
    for path in ("/admin/", "/admin/board", "/admin/audit", "/admin/second-factor", "/admin/told"):
        answer = half.client.get(path)
        assert answer.status_code == 303 and "/admin/sign-in" in answer.headers["Location"], path
    assert half.client.get("/admin/sign-in/code").headers["Location"] == "/admin/sign-in"


def test_the_field_is_one_that_a_phone_knows(server: Server, desk: Desk) -> None:
    set_up(desk)
    field = password_typed(server).shown.one("input", id="code")
    assert (field["autocomplete"], field["inputmode"], field["name"]) == ("one-time-code", "numeric", "code")


def test_a_code_leads_to_where_somebody_wanted_to_go(server: Server, desk: Desk) -> None:
    phone, _ = set_up(desk)
    server.clock.move(seconds=30)
    other = Desk(server, language="en")
    other.open("/admin/audit", action="factor")
    other.send("/admin/sign-in", login="admin", password=PASSWORD)
    assert other.heading == "The code of your phone"
    other.send("/code", code=f" {phone.code()[:3]} {phone.code()[3:]} ")
    assert other.heading == "Audit log"
    assert "factor.set" in other.words


def test_what_was_typed_when_the_session_ended_comes_through_both_steps(server: Server, desk: Desk) -> None:
    phone, _ = set_up(desk)
    server.clock.move(minutes=40)
    desk._take(desk.client.post("/admin/sign-out", data={"csrf": "x", "reason": "dicuri <b>"}))
    desk.send("/admin/sign-in", login="admin", password=PASSWORD)
    desk.send("/code", code=phone.wrong())
    desk.send("/code", code=phone.code())
    assert desk.heading == "Kirim yang tadi diketik?"
    assert "dicuri <b>" in desk.words


def test_whoever_begins_again_keeps_what_was_typed(server: Server, desk: Desk) -> None:
    phone, _ = set_up(desk)
    server.clock.move(minutes=40)
    desk._take(desk.client.post("/admin/sign-out", data={"csrf": "x", "reason": "dicuri <b>"}))
    desk.send("/admin/sign-in", login="admin", password=PASSWORD)
    desk.send("/admin/sign-in", again="1")
    assert desk.status == 200 and desk.heading == "Masuk" and not desk.shown.all("input", name="slip")
    desk.send("/admin/sign-in", login="admin", password=PASSWORD)
    desk.send("/code", code=phone.code())
    assert desk.heading == "Kirim yang tadi diketik?" and "dicuri <b>" in desk.words


def test_a_code_is_good_once(server: Server, desk: Desk) -> None:
    phone, _ = set_up(desk)
    again = password_typed(server)
    again.send("/code", code=phone.code())
    assert again.status == 401
    assert "sudah dipakai" in again.words and "setengah menit" in again.words
    server.clock.move(seconds=30)
    again.send("/code", code=phone.code(1))
    assert again.heading == "Papan sinkron"
    late = password_typed(server)
    late.send("/code", code=phone.code())
    assert late.status == 401, "and no older one either"


def test_of_two_who_come_with_one_code_at_once_one_is_let_in(server: Server, desk: Desk) -> None:
    phone, _ = set_up(desk)
    server.clock.move(seconds=30)
    code = phone.code()

    def comes(_: int) -> bool:
        try:
            second_factor.prove(server.world, desk.person, code)
        except WrongCredentials:
            return False
        return True

    with ThreadPoolExecutor(4) as pool:
        assert sorted(pool.map(comes, range(4))) == [False, False, False, True]


@pytest.mark.parametrize("off", [-30, 30])
def test_a_phone_may_be_half_a_minute_off(server: Server, desk: Desk, off: int) -> None:
    phone, _ = set_up(desk)
    server.clock.move(minutes=5)
    other = password_typed(server)
    other.send("/code", code=phone.code(off // 30 * 2))
    assert other.status == 401 and "jam ponsel Anda" in other.words
    other.send("/code", code=phone.code(off // 30))
    assert other.heading == "Papan sinkron"


def test_wrong_codes_are_counted_on_the_person_wherever_they_come_from(server: Server, desk: Desk) -> None:
    phone, _ = set_up(desk)
    server.clock.move(seconds=30)
    for _ in range(second_factor.MOST):
        other = password_typed(server)
        other.send("/code", code=phone.wrong())
        assert other.status == 401
    other = password_typed(server)
    other.send("/code", code=phone.code())
    assert other.status == 429 and "Coba lagi sesudah" in other.words
    assert desk.open("/admin/audit").main.startswith("Catatan audit"), "whoever is in stays in"
    server.clock.move(seconds=throttle.WINDOW)
    other = password_typed(server)
    other.send("/code", code=phone.code())
    assert other.heading == "Anda sudah masuk", "and is told of them"


def test_whoever_guesses_at_the_phone_does_not_close_the_paper(server: Server, desk: Desk) -> None:
    phone, codes = set_up(desk)
    other = password_typed(server)
    for _ in range(second_factor.MOST + 1):
        other.send("/code", code=phone.wrong())
    assert other.status == 429 and "Kode pemulihan tetap bisa dipakai sekarang." in other.words
    other.send("/code", recovery=codes[0], code="")
    assert other.heading == "Anda masuk dengan kode pemulihan"


def test_whoever_guesses_at_the_paper_closes_neither(server: Server, desk: Desk) -> None:
    """They know the password, and would else keep the owner out for as long as they like."""
    phone, codes = set_up(desk)
    server.clock.move(seconds=30)
    guessing = password_typed(server)
    for _ in range(throttle.MOST_ADDRESS):
        with pytest.raises(WrongCredentials):
            second_factor.recover(server.world, desk.person, "salah", "203.0.113.7")
    guessing.client.environ_base["REMOTE_ADDR"] = "203.0.113.7"
    guessing.send("/code", recovery=codes[0], code="")
    (told,) = guessing.shown.all("p", cls="error-text")
    assert (guessing.status, told["id"]) == (429, "recovery-wrong"), "told where it was typed"
    other = password_typed(server)
    other.send("/code", recovery=codes[0], code="")
    assert other.heading == "Anda masuk dengan kode pemulihan"
    other = password_typed(server)
    other.send("/code", code=phone.code())
    assert other.heading == "Papan sinkron"


def test_what_succeeds_is_no_guess(server: Server, desk: Desk) -> None:
    phone, _ = set_up(desk)
    for _ in range(second_factor.MOST + 2):
        server.clock.move(seconds=30)
        other = password_typed(server)
        other.send("/code", code=phone.code())
        assert other.heading == "Papan sinkron"


def test_a_recovery_code_opens_once_and_the_log_tells_it(server: Server, desk: Desk) -> None:
    _, codes = set_up(desk)
    other = password_typed(server)
    other.send("/code", recovery=codes[3].upper().replace("-", " "), code="")
    assert other.heading == "Anda masuk dengan kode pemulihan"
    assert "Kode itu tidak berlaku lagi. Kode pemulihan yang tersisa: 9 dari 10." in other.words
    other.follow("Lanjut")
    assert other.heading == "Papan sinkron"
    assert deeds(server)[-1] == ("factor.recovery_code", {"left": 9})
    again = password_typed(server)
    again.send("/code", recovery=codes[3], code="")
    assert again.status == 401 and "satu kali" in again.words
    other.open("/admin/second-factor")
    assert "9 dari 10" in other.words
    other.open(f"/admin/people/{desk.person}")
    assert "tersisa 9 dari 10" in other.words and "hampir habis" not in other.words


@pytest.mark.parametrize(
    ("left", "loud", "words", "tag"),
    [(3, "warning", "hampir habis. Buat yang baru", "hampir habis"), (0, "problem", "hanya admin lain", "habis")],
)
def test_few_recovery_codes_are_told_loudly_with_what_to_do(
    server: Server, desk: Desk, left: int, loud: str, words: str, tag: str
) -> None:
    _, codes = set_up(desk)
    for code in codes[left + 1 :]:
        server.execute("DELETE FROM recovery_code WHERE code = :code", code=_hashed(code))
    other = password_typed(server, onward="/admin/audit")
    other.send("/code", recovery=codes[left], code="")
    (told,) = other.shown.all("p", cls=loud)
    assert words in told.words and told["role"] == "alert"
    first, second = other.shown.all("a", cls="button")
    assert "secondary" not in (first["class"] or ""), "what is to be done now comes first"
    other.open(second["href"])
    assert other.heading == "Catatan audit", "and where somebody wanted to go is not forgotten"
    other.open(first["href"])
    assert words.split(".")[0] in other.shown.one("p", cls=loud).words
    other.open(f"/admin/people/{desk.person}")
    assert f"tersisa {left} dari 10 {tag}" in other.words
    other.follow("Buat kode pemulihan baru")
    assert other.heading == "Verifikasi dua langkah"


def test_a_form_that_came_through_a_recovery_code_is_not_lost_over_it(server: Server, desk: Desk) -> None:
    _, codes = set_up(desk)
    server.clock.move(minutes=40)
    desk._take(desk.client.post("/admin/sign-out", data={"csrf": "x", "reason": "dicuri"}))
    desk.send("/admin/sign-in", login="admin", password=PASSWORD)
    desk.send("/code", recovery=codes[0], code="")
    assert desk.heading == "Kirim yang tadi diketik?" and "dicuri" in desk.words
    assert "tersisa: 9 dari 10" in desk.words and "tekan nama Anda" in desk.words


def test_new_recovery_codes_end_those_of_before(server: Server, desk: Desk) -> None:
    _, old = set_up(desk)
    desk.open("/admin/second-factor")
    desk.send("/admin/second-factor", do="codes", password=PASSWORD)
    new = [one.words for one in desk.shown.all("li") if one.inside("ol")]
    assert len(new) == 10 and not set(new) & set(old)
    other = password_typed(server)
    other.send("/code", recovery=old[0], code="")
    assert other.status == 401
    other.send("/code", recovery=new[0], code="")
    assert other.heading == "Anda masuk dengan kode pemulihan"
    assert deeds(server)[1] == ("factor.codes", {})


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE person SET disabled = 'now' WHERE login = 'admin'",
        "UPDATE person SET password = password || 'x' WHERE login = 'admin'",
        None,
    ],
    ids=["closed", "another password", "too long ago"],
)
def test_the_first_step_lasts_no_longer_than_what_it_rests_on(server: Server, desk: Desk, change: str | None) -> None:
    phone, _ = set_up(desk)
    half = password_typed(server)
    if change:
        server.execute(change)
    server.clock.move(seconds=30 if change else half_way.GOOD_FOR.total_seconds())
    used = server.rows("SELECT step FROM second_factor")
    half.send("/code", code=phone.code())
    assert half.status == 401 and half.heading == "Masuk"
    assert ("terlalu lama" in half.words) is (change is None)
    assert ("berubah tepat saat Anda masuk" in half.words) is (change is not None)
    assert half.client.get_cookie(sessions.COOKIE, path="/admin") is None
    assert server.rows("SELECT step FROM second_factor") == used, "the code is not even looked at"


def test_whoever_has_a_backup_still_has_to_know_a_password(server: Server, desk: Desk) -> None:
    """Everything that is sealed or hashed there, and every key."""
    phone, _ = set_up(desk)
    half = password_typed(server)
    server.clock.move(seconds=30)
    key = factor_key.factor_key(server.world.keys.folder)
    (row,) = server.rows("SELECT token, password FROM half_way")
    mark = hashlib.sha256(
        server.rows("SELECT password FROM person WHERE id = :id", id=desk.person)[0].password.encode()
    )
    told = msgspec.json.encode([desk.person, mark.hexdigest()]).decode()
    forged = [
        slips.write(key, told, server.clock(), "half signed in"),
        bytes(row.token).hex(),
        base64.urlsafe_b64encode(row.token).decode().rstrip("="),
        bytes(row.password).hex(),
    ]
    for slip in forged:
        browser = server.app.test_client()
        answer = browser.post("/admin/sign-in/code", data={"slip": slip, "code": phone.code()})
        assert answer.status_code == 401 and browser.get_cookie(sessions.COOKIE, path="/admin") is None
    half.send("/code", code=phone.code())
    assert half.heading == "Papan sinkron"


def test_the_first_step_is_over_with_the_second(server: Server, desk: Desk) -> None:
    phone, _ = set_up(desk)
    half = password_typed(server)
    form = half.shown
    for status in (200, 401):
        server.clock.move(seconds=30)
        half.shown = form
        half.client.delete_cookie(sessions.COOKIE, path="/admin")
        half.send("/code", code=phone.code())
        assert half.status == status


def test_whoever_presses_twice_is_in(server: Server, desk: Desk) -> None:
    phone, _ = set_up(desk)
    half = password_typed(server, onward="/admin/audit")
    form = half.shown
    server.clock.move(seconds=30)
    half.send("/code", code=phone.code())
    half.shown = form
    half.send("/code", code=phone.code())
    assert (half.status, half.heading) == (200, "Catatan audit")
    half.client.delete_cookie(sessions.COOKIE, path="/admin")
    half.shown = form
    half.send("/code", code=phone.code())
    assert (half.status, half.heading) == (401, "Masuk"), "where the second came before the first one's answer"
    assert "tertekan dua kali" in half.words and "terlalu lama" not in half.words


@pytest.mark.parametrize("deed", [closing.set_password, closing.remove_factor, closing.end_sessions])
def test_what_a_deed_ended_is_not_told_to_be_too_long_ago(server: Server, desk: Desk, deed: Callable[..., Any]) -> None:
    phone, _ = set_up(desk)
    half = password_typed(server)
    where = (server.engine, server.city) if deed is closing.set_password else (server.engine,)
    deed(*where, server.world.sources, "admin", "cli")
    half.send("/code", code=phone.code())
    assert half.status == 401 and "berubah tepat saat Anda masuk" in half.words


def test_whoever_comes_back_after_a_night_is_told_that_it_was_too_long(server: Server, desk: Desk) -> None:
    phone, _ = set_up(desk)
    half = password_typed(server)
    server.clock.move(hours=16)
    password_typed(server)
    half.send("/code", code=phone.code())
    assert half.status == 401 and "terlalu lama" in half.words


def test_what_others_left_half_way_is_cleared_away(server: Server, desk: Desk) -> None:
    set_up(desk)
    password_typed(server)
    server.clock.move(seconds=half_way.KEPT_FOR.total_seconds())
    password_typed(server)
    assert len(server.rows("SELECT token FROM half_way")) == 1
    closing.end_sessions(server.engine, server.world.sources, "admin", "cli")
    assert not server.rows("SELECT token FROM half_way")


@pytest.mark.parametrize("slip", ["", "x", "é", "A" * 900])
def test_a_slip_that_is_none_leads_back_to_the_password(server: Server, slip: str) -> None:
    answer = server.app.test_client().post("/admin/sign-in/code", data={"slip": slip, "code": "123456"})
    assert answer.status_code == 401
    assert "<h1>Masuk</h1>" in answer.get_data(as_text=True)


@pytest.mark.parametrize("content", [None, b"", b"x", base64.b64encode(b"A" * 32)], ids=["gone", "empty", "x", "other"])
def test_where_the_key_is_gone_a_recovery_code_still_opens(server: Server, desk: Desk, content: bytes | None) -> None:
    phone, codes = set_up(desk)
    desk.open("/admin/health")
    assert "factor.key" not in desk.words
    path = server.world.keys.folder / factor_key.NAME
    path.unlink()
    if content is not None:
        path.write_bytes(content)
    server.clock.move(seconds=30)
    other = password_typed(server)
    for _ in range(second_factor.MOST + 1):
        other.send("/code", code=phone.code())
        assert other.status == 503 and other.heading == "Kode dari ponsel", "no guess is counted either"
        assert "kuncinya di server hilang atau rusak" in other.words and "tetap berlaku" in other.words
        assert other.shown.all("details")[-1].get("open") is not None
    assert path.exists() is (content is not None), "none is made in its place"
    other.send("/code", recovery=codes[0], code="")
    assert other.heading == "Anda masuk dengan kode pemulihan"
    other.open("/admin/health")
    assert "ponsel 1 orang tidak bisa diperiksa" in other.words


def test_a_key_that_cannot_be_read_is_told_to_whoever_sets_one_up(server: Server, desk: Desk) -> None:
    server.world.keys.folder.mkdir(parents=True, exist_ok=True)
    (server.world.keys.folder / factor_key.NAME).write_bytes(b"x")
    desk.open("/admin/second-factor")
    desk.send("/admin/second-factor", do="set_up", password=PASSWORD)
    assert desk.status == 503 and "kuncinya di server hilang atau rusak" in desk.words


def test_a_device_is_not_asked(server: Server, desk: Desk) -> None:
    set_up(desk)
    made = server.app.test_client().post("/api/v1/devices", json={"login": "admin", "password": PASSWORD})
    assert made.status_code == 201
    assert invitations.invite(server.engine, server.world.sources, "admin")[1].login == "admin"
