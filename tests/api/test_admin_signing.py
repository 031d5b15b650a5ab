"""Signing in on the admin pages, what holds the door, and the log of what is done there."""

import re
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from server import admin
from server.access import audit, own_sessions
from server.admin import assets, gate, sessions, signing
from server.store.database import writing
from server.web.built import BuiltApp
from sync.errors import Conflict
from tests.api.admin import PASSWORD, Desk, signed_in
from tests.api.html import Page
from tests.conftest import Server


def _page_of(server: Server) -> Desk:
    return signed_in(server, "admin", login="admin")


def test_an_admin_signs_in_and_out(server: Server) -> None:
    desk = _page_of(server)
    assert desk.status == 200
    assert "Petugas admin" in desk.shown.html
    cookie = desk.client.get_cookie(sessions.COOKIE, path="/admin")
    assert cookie is not None
    assert (cookie.http_only, cookie.same_site, cookie.path) == (True, "Strict", "/admin")
    assert cookie.value not in str(server.rows("SELECT * FROM admin_session")), "only its hash is kept"
    desk.send("/sign-out")
    assert "Anda sudah keluar" in desk.words
    desk.open("/admin/audit")
    assert desk.heading == "Masuk"
    assert server.rows("SELECT count(*) FROM admin_session") == [(0,)]


@pytest.mark.parametrize(
    ("login", "password", "status"), [("admin", "salah sekali", 401), ("tidak ada", PASSWORD, 401), ("admin", "", 401)]
)
def test_a_wrong_password_is_refused_with_the_login_kept(
    server: Server, login: str, password: str, status: int
) -> None:
    _page_of(server)
    desk = Desk(server)
    desk.open("/admin/audit")
    desk.send("/admin/sign-in", login=login, password=password)
    assert desk.status == status
    assert "tidak cocok" in desk.words
    assert next(one for one in desk.shown.elements if one.get("id") == "login")["value"] == login


def test_guessing_is_slowed_down_with_a_time_to_come_back(server: Server) -> None:
    _page_of(server)
    desk = Desk(server)
    desk.open("/admin/sign-in")
    for _ in range(10):
        desk.send("/admin/sign-in", login="admin", password="tebakan lagi")
    desk.send("/admin/sign-in", login="admin", password=PASSWORD)
    assert desk.status == 429
    assert "Coba lagi sesudah" in desk.words


def test_who_has_no_business_here_is_told_so(server: Server) -> None:
    for role in ("surveyor", "section_head"):
        desk = signed_in(server, role, scopes=("office:distaru",), login=role)
        assert desk.status == 403
        assert "bukan" not in desk.words
        assert "tidak berperan admin" in desk.words
        assert "masuk di “Saya”" in desk.words and "ada di “Tugas”" in desk.words, "and where their work is"
    assert server.rows("SELECT count(*) FROM admin_session") == [(0,)]


def test_a_citizen_is_told_where_their_cases_are(server: Server) -> None:
    account = {"login": "warga", "password": PASSWORD, "name": "Warga Satu"}
    assert server.app.test_client().post("/api/v1/accounts", json=account).status_code == 201
    desk = Desk(server, language="en")
    desk.open("/admin/sign-in")
    desk.send("/admin/sign-in", login="warga", password=PASSWORD)
    assert desk.status == 403
    assert "Your cases are in the app" in desk.words and "“Work”" not in desk.words
    assert not [one for one in desk.shown.all("a") if one["href"] == "/#/me"], "which is not built here"


@pytest.mark.parametrize("css", [None, "/pages.css"])
def test_it_leads_to_the_app_where_that_is_built(
    server: Server, monkeypatch: pytest.MonkeyPatch, css: str | None
) -> None:
    monkeypatch.setattr(BuiltApp, "pages_css", css)
    desk = signed_in(server, "section_head", login="kasi")
    assert [one.words for one in desk.shown.all("a") if one["href"] == "/#/me"] == (["Buka aplikasi"] if css else [])


@pytest.mark.parametrize("minutes", [31, 12 * 60])
def test_a_session_ends_by_itself(server: Server, minutes: int) -> None:
    desk = _page_of(server)
    while minutes > 60:
        minutes -= 29
        server.clock.move(minutes=29)
        desk.open("/admin/audit")
        assert desk.heading != "Masuk"
    server.clock.move(minutes=minutes)
    desk.open("/admin/audit")
    assert desk.heading == "Masuk"
    assert "Sesi Anda sudah berakhir" in desk.words


def test_what_a_page_asks_by_itself_keeps_nobody_signed_in(server: Server) -> None:
    desk = _page_of(server)
    for _ in range(4):
        server.clock.move(minutes=10)
        response = desk.client.get("/admin/audit?auto=1")
    assert response.status_code == 401


@pytest.mark.parametrize(
    "change",
    ["UPDATE person SET disabled = 'now'", "UPDATE person SET roles = 'surveyor'", "DELETE FROM admin_session"],
)
def test_a_session_lasts_no_longer_than_what_it_rests_on(server: Server, change: str) -> None:
    desk = _page_of(server)
    server.execute(change)
    desk.open("/admin/audit")
    assert desk.heading == "Masuk"


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Sec-Fetch-Site": "cross-site"}, 403),
        ({"Sec-Fetch-Site": "same-site"}, 403),
        ({"Origin": "https://jahat.example"}, 403),
        ({"Origin": "null"}, 403),
        ({"Sec-Fetch-Site": "same-origin", "Origin": "https://nama-di-depan-proksi.example"}, 303),
        ({"Origin": "http://localhost"}, 303),
        ({}, 303),
    ],
)
def test_a_form_of_another_site_is_refused(server: Server, headers: dict[str, str], status: int) -> None:
    _page_of(server)
    typed = {"login": "admin", "password": PASSWORD}
    assert server.app.test_client().post("/admin/sign-in", data=typed, headers=headers).status_code == status


@pytest.mark.parametrize("csrf", [None, "", "0" * 64, "é"])
def test_a_form_without_its_mark_is_refused(server: Server, csrf: str | None) -> None:
    desk = _page_of(server)
    response = desk.client.post("/admin/sign-out", data={} if csrf is None else {"csrf": csrf})
    assert response.status_code == 403
    assert "<h1>Anda tidak bisa membuka ini</h1>" in response.get_data(as_text=True)
    assert server.rows("SELECT count(*) FROM admin_session") == [(1,)]


def test_what_was_typed_when_the_session_ended_is_kept_and_sent_by_hand(server: Server) -> None:
    desk = _page_of(server)
    desk.open("/admin/audit")
    server.clock.move(minutes=40)
    desk._take(desk.client.post("/admin/sign-out", data={"csrf": "x", "reason": "dicuri <b>", "password": ""}))
    assert desk.status == 401
    assert "masih tersimpan di halaman ini" in desk.words
    desk.send("/admin/sign-in", login="admin", password=PASSWORD)
    assert "dicuri <b>" in desk.words
    assert server.rows("SELECT count(*) FROM admin_session") == [(1,)], "nothing was sent without a hand"
    desk.send("/admin/sign-out")
    assert "Anda sudah keluar" in desk.words


NEW_OFFICER = {"user": "survei2", "name": "Petugas Dua", "role": ["surveyor", "planner"], "scope": "office:distaru"}


def _sent_too_late(server: Server, **typed: Any) -> Desk:
    """A new officer's form whose admin's session was over, and the admin signed in again."""
    desk = _page_of(server)
    server.clock.move(minutes=40)
    data = {"csrf": "x"} | NEW_OFFICER | typed
    answer = desk.client.post("/admin/people/new?lang=en", data=data)
    desk._take(answer)
    assert desk.status == 401 and "Petugas Dua" in answer.text and "RAHASIA" not in answer.text
    desk.send("/admin/sign-in", login="admin", password=PASSWORD)
    return desk


def test_of_a_new_officer_all_is_kept_but_the_password(server: Server) -> None:
    desk = _sent_too_late(server, how="given", password="RAHASIA-1 panjang")
    assert desk.heading == "Go on with what was typed before"
    desk.send("/admin/people/new")
    assert desk.status == 200 and "was not kept. Type it once more" in desk.words
    assert not server.rows("SELECT id FROM person WHERE login = 'survei2'"), "nobody is added without it"
    assert desk.shown.one(id="name")["value"] == "Petugas Dua" and desk.shown.one(id="password").get("value") is None
    assert desk.shown.one(id="given").get("checked") is not None
    assert {one["value"] for one in desk.shown.all("input") if one.get("checked") is not None} == {
        "surveyor", "planner", "office:distaru", "given",
    }  # fmt: skip
    desk.send("/admin/people/new", password="angin di atas atap")
    (row,) = server.rows("SELECT name, roles FROM person WHERE login = 'survei2'")
    assert (row.name, set(row.roles.split())) == ("Petugas Dua", {"surveyor", "planner"})


def test_a_password_that_nobody_typed_is_no_secret_of_the_form(server: Server) -> None:
    """A browser fills the field in, beside a password that is to be made up."""
    desk = _sent_too_late(server, how="made_up", password="RAHASIA-1 panjang")
    desk.send("/admin/people/new")
    assert desk.status == 200 and server.rows("SELECT name FROM person WHERE login = 'survei2'") == [("Petugas Dua",)]


@pytest.mark.parametrize(
    ("path", "typed", "heading"),
    [
        ("/admin/password?lang=en", {"old": "x", "password": "y"}, "Your password"),
        ("/admin/second-factor", {"password": "x", "do": "set_up"}, "Verifikasi dua langkah"),
        ("/admin/sign-out", {"password": "x"}, "Papan sinkron"),
    ],
)
def test_whoever_fills_a_form_in_once_more_is_at_that_form(
    server: Server, path: str, typed: dict[str, str], heading: str
) -> None:
    desk = _page_of(server)
    server.clock.move(minutes=40)
    desk._take(desk.client.post(path, data={"csrf": "x"} | typed))
    desk.send("/admin/sign-in", login="admin", password=PASSWORD)
    assert desk.heading == heading


def test_no_secret_of_a_form_is_kept(server: Server) -> None:
    """Whichever page it is sent to, and whichever of the fields in which somebody types one; and of no form but the one
    that is drawn once more with it, the rest."""
    templates = (Path(admin.__file__).parent / "templates" / "admin").glob("*.html")
    asked = {name for one in templates for name in re.findall(r'name="(\w+)" type="password"', one.read_text())}
    assert asked == {"old", "password"} and asked < signing.SECRET
    rules = [rule for rule in server.app.url_map.iter_rules() if rule.endpoint.startswith("admin.")]
    pages = [rule for rule in rules if "POST" in (rule.methods or ()) and gate_of(server, rule.endpoint)]
    assert len(pages) > 20
    for rule in pages:
        path = server.app.url_map.bind("localhost").build(rule.endpoint, dict.fromkeys(rule.arguments, "0"))
        for name in signing.SECRET:
            typed = {"csrf": "x", "do": "set_up", "reason": "dicuri", name: "RAHASIA-1"}
            answer = server.app.test_client().post(path, data=typed)
            told = answer.get_data(as_text=True)
            back = rule.endpoint in signing.COMES_BACK
            assert answer.status_code == 401 and ("kecuali kata sandinya" if back else "isinya tidak disimpan") in told
            assert "RAHASIA" not in told and ("dicuri" in told) is back, path


def gate_of(server: Server, endpoint: str) -> frozenset[str] | None:
    with server.app.app_context():
        return gate.allowed(endpoint)


@pytest.mark.parametrize("method", ["POST", "OPTIONS"])
def test_more_than_any_form_holds_is_asked_to_sign_in_like_the_rest(server: Server, method: str) -> None:
    server.app.testing = False
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    endless = {"CONTENT_LENGTH": "9" * 30}
    client = server.app.test_client()
    answer = client.open("/admin/sign-out", method=method, headers=headers, environ_overrides=endless)
    assert answer.status_code == 401


@pytest.mark.parametrize(
    "onward", ["https://jahat.example/", "//jahat.example", "/admin/\\jahat", "/lacak", "/admin/\n"]
)
def test_a_link_leads_to_no_other_site_by_way_of_signing_in(server: Server, onward: str) -> None:
    _page_of(server)
    typed = {"login": "admin", "password": PASSWORD, "next": onward}
    response = server.app.test_client().post("/admin/sign-in", data=typed)
    assert response.headers["Location"] == "/admin/"


def test_signing_in_leads_to_the_page_that_was_asked_for_in_the_same_language(server: Server) -> None:
    _page_of(server)
    desk = Desk(server, language="en")
    desk.open("/admin/audit", action="session")
    assert desk.heading == "Sign in"
    desk.send("/admin/sign-in", login="admin", password=PASSWORD)
    assert desk.heading == "Audit log"
    assert "session.begin" in desk.words


def test_headers_let_a_page_do_nothing_but_what_it_needs(server: Server) -> None:
    desk = _page_of(server)
    response = desk.client.get("/admin/audit")
    policy = response.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert "frame-ancestors 'none'" in policy
    assert response.headers["Cache-Control"] == "no-store"
    assert "<script>" not in response.get_data(as_text=True)
    assert " style=" not in response.get_data(as_text=True)
    assert "Strict-Transport-Security" not in response.headers
    secure = desk.client.get("/admin/sign-in", base_url="https://localhost")
    assert "Strict-Transport-Security" in secure.headers


def test_behind_tls_the_cookie_is_of_this_host_alone(server: Server) -> None:
    _page_of(server)
    client, typed = server.app.test_client(), {"login": "admin", "password": PASSWORD}
    said = client.post("/admin/sign-in", data=typed, base_url="https://localhost").headers["Set-Cookie"]
    name, _, rest = said.partition("=")
    assert name == "__Host-tenggat_admin"
    assert {"Secure", "HttpOnly", "SameSite=Strict", "Path=/"} <= set(rest.split("; "))
    assert "Domain" not in said
    page = client.get("/admin/audit", base_url="https://localhost")
    assert page.status_code == 200
    # What a plain page of a neighbouring host could have put there is no session.
    secret = rest.partition(";")[0]
    other = server.app.test_client()
    other.set_cookie(sessions.COOKIE, secret, path="/admin")
    assert other.get("/admin/audit", base_url="https://localhost").status_code == 303
    csrf = next(one["value"] for one in Page(page.get_data(as_text=True)).elements if one.get("name") == "csrf")
    out = client.post("/admin/sign-out", data={"csrf": csrf}, base_url="https://localhost")
    assert out.headers["Set-Cookie"].startswith("__Host-tenggat_admin=;") and "Secure" in out.headers["Set-Cookie"]
    assert server.rows("SELECT count(*) FROM admin_session") == [(1,)], "the one of the plain page"


def test_a_session_begins_anew_with_each_sign_in(server: Server) -> None:
    """Nobody can have a session ready into which somebody else then signs in."""
    desk = _page_of(server)
    known = "k" * 43
    client = server.app.test_client()
    client.set_cookie(sessions.COOKIE, known, path="/admin")
    client.post("/admin/sign-in", data={"login": "admin", "password": PASSWORD})
    first = client.get_cookie(sessions.COOKIE, path="/admin")
    client.post("/admin/sign-in", data={"login": "admin", "password": PASSWORD})
    second = client.get_cookie(sessions.COOKIE, path="/admin")
    assert first is not None and second is not None
    assert len({known, first.value, second.value}) == 3
    assert server.rows("SELECT count(*) FROM admin_session") == [(2,)], "the desk's and the second"
    assert desk.client.get("/admin/audit").status_code == 200


def test_the_style_sheet_is_kept_for_ever_under_a_name_of_its_content(server: Server) -> None:
    desk = Desk(server)
    desk.open("/admin/sign-in")
    sheet = next(one["href"] for one in desk.shown.elements if one.get("rel") == "stylesheet")
    response = desk.client.get(sheet, headers={"Accept-Encoding": "br"})
    assert response.mimetype == "text/css"
    assert "immutable" in response.headers["Cache-Control"]
    assert response.headers["Content-Encoding"] == "br"
    assert desk.client.get("/admin/assets/admin-000000000000.css").status_code == 404
    assert desk.client.get("/admin/assets/..%2fgate.py").status_code == 404


def test_every_part_of_the_style_sheet_goes_out_with_it(server: Server) -> None:
    desk = Desk(server)
    desk.open("/admin/sign-in")
    sheet = desk.client.get(next(one["href"] for one in desk.shown.elements if one.get("rel") == "stylesheet")).text
    parts = sorted((Path(assets.__file__).parent / "static" / "style").iterdir())
    assert len(parts) > 5 and all(part.read_text("utf-8") in sheet for part in parts)
    # Colours and sizes come first: the others are written in them.
    assert sheet.startswith((Path(assets.__file__).parent / "static" / "style" / "tokens.css").read_text("utf-8"))


def test_every_route_says_who_may_ask_it(server: Server) -> None:
    from server.admin import gate

    ours = [rule for rule in server.app.url_map.iter_rules() if rule.endpoint.startswith("admin.")]
    assert len(ours) > 4
    with server.app.app_context():
        open_to_all = {rule.endpoint for rule in ours if not gate.allowed(rule.endpoint)}
        assert all(gate.allowed(rule.endpoint) is not None for rule in ours)
        roles = {role for rule in ours for role in gate.allowed(rule.endpoint) or ()}
    assert roles == own_sessions.ROLES, "whoever comes in has a page, and whoever has one comes in"
    assert open_to_all == {
        "admin.sign_in",
        "admin.sign_in_page",
        "admin.sign_in_code",
        "admin.sign_in_code_page",
        "admin.asset_file",
    }


# ---- The log ----


def _note(server: Server, *targets: str) -> None:
    with writing(server.engine) as connection:
        for target in targets:
            audit.note(connection, "cli", "device.revoke", target, {"reason": "lost"}, now=server.clock())


def test_the_log_is_a_chain(server: Server) -> None:
    assert audit.verify(server.engine) == (0, "00" * 32)
    _note(server, "a", "b", "c")
    count, last = audit.verify(server.engine)
    assert count == 3
    _note(server, "d")
    assert audit.verify(server.engine, last)[0] == 4
    assert [one.target for one in audit.entries(server.engine)] == ["d", "c", "b", "a"]
    assert [one.pos for one in audit.entries(server.engine, before=3, most=1)] == [2]
    with pytest.raises(Conflict, match="cut off"):
        audit.verify(server.engine, "ff" * 32)


@pytest.mark.parametrize(
    ("statement", "row"),
    [
        ("UPDATE audit SET target = 'x' WHERE pos = 2", 2),
        ("UPDATE audit SET details = '{}' WHERE pos = 2", 2),
        ("UPDATE audit SET at = '2020-01-01T00:00:00Z' WHERE pos = 1", 1),
        ("DELETE FROM audit WHERE pos = 2", 3),
        ("DELETE FROM audit WHERE pos = 1", 2),
        ("UPDATE audit SET prev = hash WHERE pos = 3", 3),
    ],
)
def test_a_row_that_was_changed_is_named(server: Server, statement: str, row: int) -> None:
    _note(server, "a", "b", "c")
    with pytest.raises(DBAPIError, match="never changed"):
        server.execute(statement)
    postgres = server.engine.dialect.name == "postgresql"
    for trigger in ("audit_kept ON audit",) if postgres else ("audit_kept_UPDATE", "audit_kept_DELETE"):
        server.execute(f"DROP TRIGGER {trigger}")
    server.execute(statement)
    with pytest.raises(Conflict, match=f"row {row} "):
        audit.verify(server.engine)


def test_the_log_on_postgresql_is_kept_and_whole_under_many_writers(make_server: Any, postgres_url: str) -> None:
    from concurrent.futures import ThreadPoolExecutor

    server = make_server(database=postgres_url)
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda n: _note(server, f"{n}"), range(40)))
    assert audit.verify(server.engine)[0] == 40
    for statement in ("UPDATE audit SET target = 'x'", "DELETE FROM audit"):
        with pytest.raises(DBAPIError, match="never changed"):
            server.execute(statement)
    with server.engine.connect() as connection:
        assert connection.execute(text("SELECT count(*) FROM audit")).scalar() == 40


def test_the_log_is_paged_and_filtered(server: Server) -> None:
    desk = _page_of(server)
    _note(server, *(f"target-{n:03}" for n in range(60)))
    desk.open("/admin/audit")
    assert "target-059" in desk.words
    assert "target-001" not in desk.words
    desk.follow("Lebih lama")
    assert "target-001" in desk.words
    desk.open("/admin/audit", action="session")
    assert "session.begin" in desk.words
    assert "target-" not in desk.words
    desk.open("/admin/audit", before="9" * 30, action="%_'\"")
    assert desk.status == 200
