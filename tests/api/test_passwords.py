"""Which passwords may be chosen: any letters at all, but none of those that are guessed first."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from argon2 import PasswordHasher
from zxcvbn.frequency_lists import FREQUENCY_LISTS

from server.access import passwords, throttle
from server.access.staff import add_staff
from sync.errors import Invalid
from tests.api.html import page_of
from tests.conftest import Server

ACCOUNT = {"login": "warga-sekayu", "name": "Warga Sekayu"}


def _sign_up(server: Server, password: str, **changed: str) -> tuple[int, Any]:
    response = server.app.test_client().post("/api/v1/accounts", json=ACCOUNT | {"password": password} | changed)
    return response.status_code, response.json


@pytest.mark.parametrize(
    "password",
    [
        "password12", "1234567890", "qwertyuiop", "aaaaaaaaaaaaaaaa", "P@ssw0rd123", "iloveyou123", "abcdefghij",
        "bismillah1", "sayang1234", "katasandi1", "Semarang2026", "TENGGAT2026", "merdeka1945", "warga-sekayu1",
        "wargasekayu", "kota semarang", "passwordpassword" * 9,
    ],
)  # fmt: skip
def test_what_is_guessed_first_is_refused_in_words(server: Server, password: str) -> None:
    status, problem = _sign_up(server, password)
    assert (status, problem["code"]) == (422, "invalid")
    fault = problem["problems"]["password"]
    assert fault["code"] == "too_common"
    assert "mudah ditebak" in fault["id"] and "guessed" in fault["en"]
    assert password not in str(problem)
    assert server.rows("SELECT * FROM person") == []


@pytest.mark.parametrize(
    "password",
    [
        "kucingku lucu sekali", "hujan di jendela", "7391 8264 5520 9", "!!..,,;;::--__??x", "ПарольДлинный",
        "サンプルの合言葉です", "🦜 burung biru 🦜", "  blanks around are letters too  ",
        "x7" + "kelapa gunung sepatu " * 9,
    ],
)  # fmt: skip
def test_any_letters_are_taken_as_they_are(server: Server, password: str) -> None:
    assert _sign_up(server, password)[0] == 201
    client = server.app.test_client()

    def sign_in(typed: str) -> int:
        found = {"login": ACCOUNT["login"], "password": typed}
        return client.post("/api/v1/devices", json=found).status_code

    assert sign_in(password) == 201
    if len(password) > 72:
        assert sign_in(password[:72]) == 401, "no letter of it is left out"
    assert sign_in(password.swapcase() + "x") == 401
    assert sign_in(password + " ") == 401


def test_a_long_password_is_of_use_and_a_boundless_one_is_not(server: Server) -> None:
    words = "angin menyapu daun kering di halaman sekolah tua "
    assert _sign_up(server, (words * 9)[: passwords.LONGEST])[0] == 201
    assert _sign_up(server, (words * 9)[: passwords.LONGEST + 1], login="lain")[0] == 422


def test_a_login_or_a_name_is_no_password(server: Server) -> None:
    assert _sign_up(server, "kunang-kunang")[0] == 201
    assert _sign_up(server, "kunang-kunang1", login="kunang-kunang")[0] == 422
    assert _sign_up(server, "Brotosumarto7", login="lain", name="Brotosumarto")[0] == 422


def test_the_lists_of_stolen_passwords_are_used_to_their_end() -> None:
    """All of them that are long enough to be chosen here."""
    stolen = [word for word in FREQUENCY_LISTS["passwords"] if len(word) >= passwords.SHORTEST]
    assert len(stolen) > 500
    assert [word for word in stolen if passwords.fault(word) is None] == []


def test_staff_get_no_easier_ones(server: Server) -> None:
    with pytest.raises(Invalid) as refused:
        add_staff(
            server.engine,
            server.city,
            server.world.sources,
            login="loket",
            password="loket12345",
            name="Petugas Loket",
            roles=["front_desk"],
            scopes=[],
        )
    assert refused.value.extra["problems"]["password"]["code"] == "too_common"


def test_many_at_once_are_each_judged_by_their_own_words() -> None:
    """The library holds them in one place for all threads."""

    def judged(number: int) -> bool:
        name = f"kunang{number:05d}bintang"
        return passwords.fault(f"{name}1", name) is not None and passwords.fault(f"{name}1", "somebody-else") is None

    with ThreadPoolExecutor(8) as pool:
        assert all(pool.map(judged, range(200)))


def test_accounts_are_not_made_by_the_thousand(server: Server) -> None:
    """Each try counts for its address, whatever becomes of it; other addresses go on."""
    made = [_sign_up(server, "kucingku lucu sekali", login=f"warga{n}")[0] for n in range(throttle.MOST_ADDRESS - 2)]
    assert set(made) == {201}
    assert [_sign_up(server, typed)[0] for typed in ("password12", "pendek", "kucingku lucu sekali")] == [422, 422, 429]
    here, elsewhere = server.app.test_client(), {"REMOTE_ADDR": "192.0.2.7"}
    typed = ACCOUNT | {"password": "kucingku lucu sekali"}
    assert here.post("/api/v1/accounts", json=typed, environ_overrides=elsewhere).status_code == 201
    server.clock.move(seconds=throttle.WINDOW)
    assert _sign_up(server, "kucingku lucu sekali", login="lain")[0] == 201


def test_a_password_stays_good_until_somebody_changes_it(server: Server) -> None:
    _sign_up(server, "kucingku lucu sekali")
    server.clock.move(days=2_000)
    typed = {"login": ACCOUNT["login"], "password": "kucingku lucu sekali"}
    assert server.app.test_client().post("/api/v1/devices", json=typed).status_code == 201


def test_a_hash_of_lower_costs_is_made_anew_when_its_owner_signs_in(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    _sign_up(server, "kucingku lucu sekali")

    def sign_in(password: str = "kucingku lucu sekali") -> tuple[int, str]:
        typed = {"login": ACCOUNT["login"], "password": password}
        status = server.app.test_client().post("/api/v1/devices", json=typed).status_code
        return status, server.rows("SELECT password FROM person")[0].password

    status, before = sign_in()
    assert (status, sign_in()[1]) == (201, before), "of today's costs it stays"
    monkeypatch.setattr(passwords, "_hasher", PasswordHasher(time_cost=2, memory_cost=16, parallelism=1))
    assert sign_in("bukan ini") == (401, before)
    status, after = sign_in()
    assert status == 201 and "m=16,t=2" in after and after != before
    assert sign_in() == (201, after)


def test_of_two_who_make_a_hash_anew_at_once_both_come_in(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    """And none comes in where it was another password that was first."""
    _sign_up(server, "kucingku lucu sekali")
    hasher = PasswordHasher(time_cost=2, memory_cost=16, parallelism=1)
    fresh, typed = passwords.fresh, {"login": ACCOUNT["login"], "password": "kucingku lucu sekali"}
    monkeypatch.setattr(passwords, "_hasher", hasher)

    def sign_in(meanwhile: str) -> int:
        def late(stored: str | None, password: str) -> str | None:
            server.execute("UPDATE person SET password = :hash", hash=hasher.hash(meanwhile))
            return fresh(stored, password)

        with monkeypatch.context() as patch:
            patch.setattr(passwords, "fresh", late)
            return server.app.test_client().post("/api/v1/devices", json=typed).status_code

    old = server.rows("SELECT password FROM person")[0].password
    assert sign_in("kucingku lucu sekali") == 201
    server.execute("UPDATE person SET password = :old", old=old)
    assert sign_in("angin di atas atap") == 401
    assert hasher.verify(server.rows("SELECT password FROM person")[0].password, "angin di atas atap")


def test_a_new_city_has_no_account_and_no_way_in(server: Server) -> None:
    assert server.rows("SELECT * FROM person") == server.rows("SELECT * FROM invitation") == []
    client = server.app.test_client()
    for login, password in (("admin", "admin"), ("root", "root"), ("admin", "coba-tenggat"), ("admin", "")):
        assert client.post("/api/v1/devices", json={"login": login, "password": password}).status_code in (401, 422)
        assert client.post("/admin/sign-in", data={"login": login, "password": password}).status_code == 401


def test_a_browsers_keeper_of_passwords_finds_its_way_about(server: Server) -> None:
    page = page_of(server.app.test_client().get("/admin/sign-in"))
    field = page.one("input", name="password")
    assert (field["type"], field["autocomplete"]) == ("password", "current-password")
    assert page.one("input", name="login")["autocomplete"] == "username"
    assert not {name for one in page.elements for name in one.attributes if name.startswith("on")}, (
        "nothing hinders pasting"
    )
