"""Who may speak with the window's server: the window, and nobody else on this computer."""

from urllib.parse import quote

import pytest

from client.desktop.door import KEYS, Door
from client.desktop.problems import NoEntry
from tests.desktop.conftest import Laptop, Refused


def test_a_key_works_once(laptop: Laptop) -> None:
    address = laptop.bridge.door.address().removeprefix(laptop.bridge.door.origin)
    assert laptop.raw("GET", address)[0] == 303
    assert laptop.raw("GET", address)[0] == 403
    assert laptop.raw("GET", "/enter?key=")[0] == 403
    assert laptop.raw("GET", "/enter?key=" + quote("kunci é"))[0] == 403
    assert laptop.raw("GET", "/enter")[0] == 403


def test_old_keys_are_forgotten() -> None:
    door = Door(1)
    first = door.key()
    for _ in range(KEYS):
        door.key()
    with pytest.raises(NoEntry):
        door.enter(first)


def test_the_cookie_is_for_scripts_of_no_page_and_for_no_other_page(laptop: Laptop) -> None:
    response = laptop.window.http.get(laptop.bridge.door.address(), allow_redirects=False, timeout=10)
    cookie = response.headers["Set-Cookie"]
    assert "HttpOnly" in cookie and "samesite=strict" in cookie.lower() and f"tenggat-{laptop.bridge.port}=" in cookie


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/"),
        ("GET", "/gate"),
        ("GET", "/desk/watch"),
        ("GET", "/desk/file?case=a&attachment=b&size=original"),
        ("GET", "/assets/anything.js"),
        ("POST", "/gate/open"),
        ("POST", "/gate/quit"),
        ("POST", "/desk/list"),
        ("POST", "/desk/keep_file?name=a&types=image&max_mb=5"),
        ("POST", "/desk/export"),
        ("POST", "/desk/import"),
        ("POST", "/desk/bundle"),
        ("GET", "/desk/bundle/a.tenggat"),
    ],
)
def test_without_the_cookie_nothing_is_told(laptop: Laptop, method: str, path: str) -> None:
    laptop.window.make()
    assert laptop.raw(method, path, b"[]", **{"X-Tenggat": "desk"})[0] == 403
    wrong = {"X-Tenggat": "desk", "Cookie": f"tenggat-{laptop.bridge.port}=nonsense"}
    assert laptop.raw(method, path, b"[]", **wrong)[0] == 403


def test_a_page_that_had_its_name_led_here_gets_nothing(laptop: Laptop) -> None:
    cookie = laptop.window.http.cookies.get_dict()
    held = "; ".join(f"{name}={value}" for name, value in cookie.items())
    port = laptop.bridge.port
    assert laptop.raw("GET", "/gate", Cookie=held)[0] == 200
    for host in ("evil.example", f"evil.example:{port}", f"localhost:{port}", "127.0.0.1", f"[::1]:{port}", ""):
        assert laptop.raw("GET", "/gate", Cookie=held, Host=host)[0] == 403, host
    key = laptop.bridge.door.address().removeprefix(laptop.bridge.door.origin)
    assert laptop.raw("GET", key, Host=f"evil.example:{port}")[0] == 403
    assert laptop.raw("GET", key)[0] == 303, "the key is not used up by whoever came under another name"


def test_a_deed_needs_the_header_and_no_other_pages_origin(laptop: Laptop) -> None:
    window = laptop.window
    window.make()
    ours = {"Origin": window.origin}
    assert window.post("/gate/awake", {}, **ours).status_code == 200
    assert window.http.post(f"{window.origin}/gate/lock", data="{}", timeout=10).status_code == 403
    for origin in (
        "https://evil.example",
        "null",
        f"{window.origin}0",
        window.origin.replace("127.0.0.1", "localhost"),
    ):
        assert window.post("/gate/lock", {}, Origin=origin).status_code == 403, origin
    assert window.standing()["open"] is not None, "none of them locked anything"


def test_another_port_of_this_computer_is_another_page(laptop: Laptop) -> None:
    for site in ("cross-site", "same-site"):
        assert laptop.window.get("/gate", **{"Sec-Fetch-Site": site}).status_code == 403
    answer = laptop.window.get("/gate", **{"Sec-Fetch-Site": "same-origin"})
    assert answer.status_code == 200
    assert answer.headers["Cross-Origin-Resource-Policy"] == "same-origin"
    assert answer.headers["Cache-Control"] == "no-store"
    assert "Access-Control-Allow-Origin" not in answer.headers and "Server" not in answer.headers


def test_only_the_first_programs_key_shows_the_window(laptop: Laptop) -> None:
    shown: list[bool] = []
    laptop.bridge.show = lambda: shown.append(True)
    assert laptop.raw("POST", "/show", b"{}")[0] == 403
    assert laptop.raw("POST", "/show", b"{}", **{"X-Tenggat-Key": "guess"})[0] == 403
    assert not shown
    key = {"X-Tenggat-Key": "another program's key"}
    assert laptop.raw("POST", "/show", b"{}", **key, Host="evil.example")[0] == 403
    assert laptop.raw("POST", "/show", b"{}", **key)[0] == 200 and shown == [True]


@pytest.mark.parametrize(
    "path",
    [
        "/assets/../../../../setup.cfg",
        "/../../setup.cfg",
        "/assets/..%2f..%2f..%2fsetup.cfg",
        "/%2e%2e/%2e%2e/setup.cfg",
        "/assets/%2e%2e%5c%2e%2e%5csetup.cfg",
        "//etc/passwd",
        "/assets/.hidden",
        "/assets/%00",
        "/assets",
        "/sw.js",
        "/build.json",
    ],
)
def test_no_path_leads_out_of_the_screens_folder(laptop: Laptop, path: str) -> None:
    cookie = "; ".join(f"{name}={value}" for name, value in laptop.window.http.cookies.get_dict().items())
    status, body = laptop.raw("GET", path, Cookie=cookie)
    assert status == 404 and b"Tenggat" not in body


def test_a_locked_gate_tells_nothing_of_the_desk(laptop: Laptop) -> None:
    laptop.window.make()
    laptop.window.gate("lock")
    for ask in (
        lambda: laptop.window.desk("list"),
        lambda: laptop.window.desk("edit", "00000000-0000-4000-8000-000000000001", {"name": "x"}, "krk"),
        lambda: laptop.window.desk("export"),
        lambda: laptop.window.keep(b"x"),
        lambda: laptop.window.file("a", "b", "original"),
    ):
        with pytest.raises(Refused) as refused:
            ask()
        assert (refused.value.status, refused.value.code) == (423, "locked")


RUBBISH = [
    b"", b"null", b"{}", b"[", b"[]]", b"\xff\xfe", b"[" * 100_000, b'["\\ud800"]', b"[1e999]", b"[NaN]",
    b'["\\u0000", {"a": "\\u0000"}]', b"[9999999999999999999999]", b'[{"instance": 9223372036854775808, "seq": 1}]',
    b'[{"instance": -1, "seq": -1}]', b'["a", "b", "c", "d", "e", "f", "g"]', b'[["a"], ["b"]]', b"[null, null, null]",
    b'["00000000-0000-4000-8000-000000000001", {"\\ud800": "\\ud800"}, "krk"]',
    b'["00000000-0000-4000-8000-000000000001", {"action": "submit", "attach": [{}]}]',
]  # fmt: skip


@pytest.mark.parametrize("catalogue", [False, True])
def test_rubbish_is_never_answered_with_a_fault_of_ours(laptop: Laptop, catalogue: bool) -> None:
    from client.desktop.desk import METHODS

    window = laptop.window
    window.make(server="https://kota.example" if catalogue else None)
    if catalogue:
        assert window.desk("city") is not None
    laptop.network.offline = True
    for method in sorted(METHODS | {"export", "import", "nonsense", "keep_file?types=image&max_mb=1", "__init__"}):
        for body in RUBBISH:
            status = window.post(f"/desk/{method}", body).status_code
            assert status < 500 or (status == 503 and method in {"sync"}), (method, body[:60], status)
    for deed in ("make", "open", "recover", "change", "serve", "prefer", "nonsense"):
        for body in RUBBISH:
            assert window.post(f"/gate/{deed}", body).status_code < 500, (deed, body[:60])
            if window.standing()["open"] is None:
                window.gate("open", profile="petugas-survei", secret="284617")


def test_bodies_have_a_limit_of_their_own(laptop: Laptop) -> None:
    window = laptop.window
    window.make()
    big = b'["' + b"x" * (5 * 1024 * 1024) + b'"]'
    for path in ("/desk/case", "/gate/open"):
        answer = window.post(path, big)
        assert answer.status_code == 413 and answer.json()["code"] == "too_large"


def test_the_page_may_do_little(laptop: Laptop) -> None:
    page = laptop.window.get("/")
    policy = page.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy and "script-src 'self';" in policy and "connect-src 'self';" in policy
    assert page.headers["Cache-Control"] == "no-store" and 'data-desk="desktop"' in page.text
    assert "ponsel" not in page.text.partition("<body>")[2], "what is said to phones"
