"""The gate: several people on one computer, none of whom sees another's work."""

import json
import stat
from collections.abc import Callable
from uuid import uuid4

import pytest

from client import plain_http
from client.desktop.gate import IDLE
from client.desktop.remembered import FILE, MOST, Remembered
from tests.desktop.conftest import CITY, PIN, Laptop, Refused

OTHER = "739518"


def refused(ask: Callable[[], object]) -> Refused:
    with pytest.raises(Refused) as found:
        ask()
    return found.value


def test_a_new_profile_is_open_and_has_a_recovery_code(laptop: Laptop) -> None:
    standing = laptop.window.standing()
    assert standing["open"] is None and standing["profiles"] == [] and standing["kind"] == "pin"
    made = laptop.window.make()
    assert len(made["recovery"].replace("-", "")) == 32
    standing = laptop.window.standing()
    assert standing["open"] == {"profile": "petugas-survei", "title": "Petugas Survei", "server": CITY}
    assert standing["server"] == CITY and standing["version"]
    [profile] = standing["profiles"]
    assert (profile["kind"], profile["wait"], profile["wiped"]) == ("pin", 0, None)


def test_two_officers_share_a_laptop(laptop: Laptop) -> None:
    window = laptop.window
    window.make("Satu", PIN)
    window.desk("city")
    case = str(uuid4())
    window.desk("edit", case, {"name": "milik satu"}, "krk")
    window.gate("lock")
    window.make("Dua", OTHER)
    assert window.desk("list") == [] and window.desk("outbox") == [] and window.desk("case", case) is None
    assert json.loads(window.post("/desk/export", []).content)["entries"] == []
    assert refused(lambda: window.gate("open", profile="satu", secret=OTHER)).code == "wrong_secret"
    assert window.standing()["open"]["profile"] == "dua", "a wrong PIN changes nothing"
    window.gate("open", profile="satu", secret=PIN)
    assert [row["id"] for row in window.desk("list")] == [case]


def test_what_is_not_right_is_told_by_field_or_by_how_long_to_wait(laptop: Laptop) -> None:
    window = laptop.window
    assert "title" in refused(lambda: window.make(" ")).body["problems"]
    assert "secret" in refused(lambda: window.make(secret="123456")).body["problems"]
    assert "server" in refused(lambda: window.make(server="bukan alamat")).body["problems"]
    window.make()
    window.gate("lock")
    for _ in range(3):
        wrong = refused(lambda: window.gate("open", profile="petugas-survei", secret=OTHER))
    assert wrong.code == "wrong_secret" and wrong.body["retry_after"] > 0
    early = refused(lambda: window.gate("open", profile="petugas-survei", secret=PIN))
    assert (early.status, early.code) == (429, "too_soon") and early.body["retry_after"] > 0
    assert window.standing()["profiles"][0]["wait"] > 0
    assert refused(lambda: window.gate("open", profile="nobody", secret=PIN)).status == 404
    assert refused(lambda: window.gate("open", profile="../../etc", secret=PIN)).status < 500
    laptop.now += early.body["retry_after"] + 1
    window.gate("open", profile="petugas-survei", secret=PIN)


def test_a_code_opens_once_and_a_pin_can_be_changed(laptop: Laptop) -> None:
    window = laptop.window
    code = window.make()["recovery"]
    window.gate("lock")
    fresh = window.gate("recover", profile="petugas-survei", code=code, secret=OTHER)["recovery"]
    assert fresh != code and window.standing()["open"]
    assert refused(lambda: window.gate("recover", profile="petugas-survei", code=code, secret=PIN)).code == "wrong_code"
    assert "secret" in refused(lambda: window.gate("change", old=OTHER, secret="1")).body["problems"]
    window.gate("change", old=OTHER, secret=PIN)
    assert refused(lambda: window.gate("new_code", secret=OTHER)).code == "wrong_secret"
    newer = window.gate("new_code", secret=PIN)["recovery"]
    window.gate("lock")
    lost = refused(lambda: window.gate("recover", profile="petugas-survei", code=fresh, secret=OTHER))
    assert lost.code == "wrong_code"
    laptop.now += 3600
    window.gate("recover", profile="petugas-survei", code=newer, secret=PIN)
    window.gate("lock")
    window.gate("open", profile="petugas-survei", secret=PIN)


def test_nobody_in_front_for_a_quarter_of_an_hour_shuts_it(laptop: Laptop) -> None:
    window = laptop.window
    window.make()
    laptop.now += IDLE - 1
    assert window.desk("status"), "what only looks is no sign of anybody"
    laptop.now += 2
    assert refused(lambda: window.desk("status")).code == "locked"
    assert window.standing()["open"] is None
    window.gate("open", profile="petugas-survei", secret=PIN)
    for _ in range(3):
        laptop.now += IDLE - 1
        window.gate("awake")
    assert window.standing()["open"]
    window.desk("city")
    laptop.now += IDLE - 1
    window.desk("edit", str(uuid4()), {"name": "x"}, "krk")
    laptop.now += IDLE - 1
    assert window.standing()["open"], "whoever types is there"


def test_a_shut_profile_goes_on_in_the_background(laptop: Laptop) -> None:
    window = laptop.window
    window.make()
    window.desk("city")
    case = str(uuid4())
    window.desk("edit", case, {"name": "Tetangga"}, "krk")
    opened = laptop.bridge.gate.desk()
    window.gate("lock")
    opened.agent.sync()
    assert opened.store.outbox.waiting()[0] == 0
    assert opened in laptop.bridge.gate.all_opened()


def test_what_is_liked_outlives_the_program_and_is_nobodys_secret(laptop: Laptop) -> None:
    liked = {"language": "en", "theme": "dark"}
    laptop.window.gate("prefer", **liked)
    assert laptop.restart().standing()["preferences"] == liked
    assert stat.S_IMODE((laptop.home / FILE).stat().st_mode) == 0o600


def test_damage_to_what_is_remembered_is_forgotten(laptop: Laptop) -> None:
    laptop.window.make()
    for text in ("", "null", "[]", '{"server": 1, "tiles": [1], "preferences": 2}', "\0"):
        (laptop.home / FILE).write_text(text)
        assert laptop.window.standing()["server"] is None and laptop.window.standing()["preferences"] == {}


def test_maps_of_few_cities_are_remembered(laptop: Laptop) -> None:
    remembered = Remembered(laptop.home)
    for number in range(MOST + 3):
        remembered.see_tiles(f"https://tiles{number}.example")
    remembered.see_tiles(f"https://tiles{MOST}.example")
    tiles = remembered.get()["tiles"]
    assert len(tiles) == MOST and tiles[-1] == f"https://tiles{MOST + 2}.example"
    laptop.window.make()
    assert f" https://tiles{MOST}.example" in laptop.window.get("/").headers["Content-Security-Policy"]


def test_the_map_of_the_city_may_be_drawn_the_next_time(laptop: Laptop) -> None:
    laptop.window.make()
    city = laptop.window.desk("city")
    policy = laptop.window.get("/").headers["Content-Security-Policy"]
    assert city["map"]["tiles"].split("/{")[0].split("/")[2] in policy


def test_a_profile_stays_with_its_server_once_something_is_in_it(laptop: Laptop) -> None:
    window = laptop.window
    window.make(server=None)
    assert refused(lambda: window.desk("sign_in", "a", "b")).code == "no_server"
    window.gate("serve", server="kota.example")
    assert window.standing()["open"]["server"] == CITY and window.standing()["server"] == CITY
    window.gate("serve", server="https://lain.example")
    window.gate("serve", server=CITY)
    window.desk("city")
    window.desk("edit", str(uuid4()), {"name": "x"}, "krk")
    assert refused(lambda: window.gate("serve", server="https://lain.example")).code == "conflict"
    assert window.standing()["open"]["server"] == CITY


def test_plain_http_to_another_computer_is_refused_where_it_was_typed(laptop: Laptop) -> None:
    window, plain = laptop.window, "http://10.0.0.7:8000"
    problem = refused(lambda: window.make(server=plain)).body["problems"]["server"]
    assert problem["code"] == "plain_http" and "kosongkan dulu" in problem["text"]["id"]
    assert window.standing()["profiles"] == [], "and no profile was made"
    window.make(server=None)
    refusal = refused(lambda: window.gate("serve", server=plain))
    assert (refusal.status, refusal.code, refusal.body["server"]) == (403, "plain_http", plain)
    assert refusal.body["command"] == f"tenggat --profile petugas-survei plain-http {plain}"
    assert window.standing()["open"]["server"] is None and window.standing()["server"] is None
    window.gate("serve", server="http://127.0.0.1:9")


def test_a_yes_of_the_command_line_counts_in_the_window(laptop: Laptop) -> None:
    window, plain = laptop.window, "http://10.0.0.7:8000"
    window.make(server=None)
    opened = laptop.bridge.gate.desk()
    opened.serve(plain)
    for deed in (
        ("sign_in", "survei", "x"),
        ("sign_up", "warga", "x", "Warga"),
        ("change_password", "x", "angin di atas atap", False),
        ("end_device", "lain", "x"),
        ("invitation", "c" * 43),
        ("enrol", "c" * 43),
    ):
        refusal = refused(lambda deed=deed: window.desk(*deed))
        assert refusal.code == "plain_http" and refusal.body["command"] in refusal.body["text"]["en"]
    plain_http.agree(opened.store, plain)
    assert refused(lambda: window.desk("sign_in", "survei", "x")).code == "wrong_credentials"
    window.gate("serve", server=plain)
    assert window.standing()["server"] is None, "what will be refused is not filled in"
    window.make("Orang Kedua", server=None)
    assert window.standing()["open"]["server"] is None, "each profile says yes for itself"


def test_another_program_offers_a_profile_and_shuts_anothers(laptop: Laptop) -> None:
    window = laptop.window
    window.make("Satu", PIN)
    key = {"X-Tenggat-Key": "another program's key"}
    assert laptop.raw("POST", "/show", b'{"profile": "satu"}', **key)[0] == 200
    assert window.standing()["open"] and window.standing()["offered"] == "satu"
    window.make("Dua", OTHER)
    laptop.raw("POST", "/show", b'{"profile": "satu"}', **key)
    assert window.standing()["open"] is None


def test_quitting_ends_the_program(laptop: Laptop) -> None:
    laptop.window.gate("quit")
    assert laptop.bridge.over.is_set()
