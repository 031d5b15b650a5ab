"""Guessing and flooding are slowed down at every door, and by all of a city's processes together.

Two of them stand on one database, and whoever is refused by one is refused by the other: they are asked in turn.
"""

import re
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cached_property
from http.cookies import SimpleCookie
from itertools import cycle
from pathlib import Path
from typing import Any, Final

import pytest
from pyotp import TOTP
from werkzeug.test import TestResponse

from server.access import devices, invitations, second_factor, throttle, wrong_codes
from server.admin import sessions
from server.bundles import view as bundles
from server.files import uploads
from server.observe import metrics
from server.pages import filing
from sync.codec import MEDIA
from tests.api.admin import half_way_in, optional_factor
from tests.api.device import Device, new_id
from tests.api.filing import file
from tests.api.report_page import ANSWERS, fill, opened
from tests.api.sending import coded, document, draft, entry
from tests.conftest import Clock, Server
from tests.sweeps.city_day import PASSWORD
from tests.sweeps.test_routes import page_says_what_to_do, problem_code

FEW: Final = 12
"""Tries that are let through where the real number would take long; `test_the_numbers` has those."""

THREADS: Final = 24
"""Who guess at once."""

HERE, ELSEWHERE = "203.0.113.7", "203.0.113.8"


class City:
    """Two processes of one city, asked in turn, with somebody of each kind in it."""

    def __init__(self, made: list[Server], clock: Clock) -> None:
        self.servers, self.clock = made, clock
        self._next = cycle(made)
        first = made[0]
        account = {"login": "warga", "password": PASSWORD, "name": "Warga Satu"}
        self.bearer = {"Authorization": f"Bearer {_token(self.post('/api/v1/accounts', '10.0.0.1', json=account))}"}
        self.admin, _ = first.staff("admin", scopes=())
        self.guarded, _ = first.staff("admin", scopes=())
        offered = second_factor.offer(first.world, self.guarded)
        self.phone = TOTP(offered.secret)
        self.paper = second_factor.confirm(first.world, self.guarded, offered.slip, self.phone.at(clock()))
        self.device = Device(first.app)
        self.case = file(first, self.device)
        record = self.device.held[self.case]
        self.number, self.code = record["number"], record["code"]
        self.files = [entry(document(seed=n), "application/pdf", document_="land_proof") for n in range(2)]
        self.draft = draft(self.device, *self.files)

    def invitation(self) -> str:
        world = self.servers[0].world
        return invitations.invite(world.engine, world.sources, "petugas1")[0]

    @cached_property
    def another_device(self) -> str:
        """The id of one that the citizen has beside the one that asks."""
        _sign_in("warga")(self, "10.0.0.1", 0)
        listed = self.ask("GET", "/api/v1/me/devices", "10.0.0.1", headers=self.bearer).json or {}
        return str(listed["devices"][1]["id"])

    @cached_property
    def session(self) -> str:
        """The cookie of an admin's, in a city that leaves a second factor to each of them."""
        optional_factor(self.servers[0].engine)
        cookie = SimpleCookie(_at_the_admins("petugas1")(self, "10.0.0.1", 0).headers["Set-Cookie"])
        return cookie[sessions.COOKIE].value

    def ask(self, method: str, path: str, address: str, **more: Any) -> TestResponse:
        """One request to whichever process is next."""
        client = next(self._next).app.test_client(use_cookies=False)
        return client.open(path, method=method, environ_base={"REMOTE_ADDR": address}, buffered=True, **more)

    def post(self, path: str, address: str, **more: Any) -> TestResponse:
        return self.ask("POST", path, address, **more)


def _token(response: TestResponse) -> str:
    return str((response.json or {})["token"])


Try = Callable[[City, str, int], TestResponse]
"""A request from an address, the how manieth."""


@dataclass(frozen=True)
class Door:
    """`guess` is what is counted, `most` of it are let through; `good` would succeed, and is refused after that too.

    `whole`: whoever comes from elsewhere is refused as well: it is a login, a person or a device of theirs that is
    counted, no address.
    `page`: the answer is a page for people.
    """

    name: str
    guess: Try
    good: Try
    status: int
    most: int = FEW
    whole: bool = False
    page: bool = False
    window: int = throttle.WINDOW


def _sign_in(login: str | None = None, password: str = PASSWORD) -> Try:
    def send(city: City, address: str, n: int) -> TestResponse:
        return city.post("/api/v1/devices", address, json={"login": login or f"siapa-{n}", "password": password})

    return send


def _at_the_admins(login: str | None = None, password: str = PASSWORD) -> Try:
    def send(city: City, address: str, n: int) -> TestResponse:
        return city.post("/admin/sign-in", address, data={"login": login or f"siapa-{n}", "password": password})

    return send


def _at_the_second_step(right: bool) -> Try:
    def send(city: City, address: str, n: int) -> TestResponse:
        slip = half_way_in(city.servers[0], city.guarded)
        code = city.phone.at(city.clock()) if right else "tebakan"
        return city.post("/admin/sign-in/code", address, data={"slip": slip, "code": code})

    return send


def _on_paper(right: bool) -> Try:
    def send(city: City, address: str, n: int) -> TestResponse:
        slip = half_way_in(city.servers[0], city.guarded)
        code = city.paper.pop() if right else "tebakan"
        return city.post("/admin/sign-in/code", address, data={"slip": slip, "recovery": code})

    return send


def _own_password(old: str) -> Try:
    def send(city: City, address: str, n: int) -> TestResponse:
        json = {"old": old, "password": f"angin di atas atap {n}"}
        return city.ask("PUT", "/api/v1/me/password", address, headers=city.bearer, json=json)

    return send


def _put_out(password: str) -> Try:
    def send(city: City, address: str, n: int) -> TestResponse:
        path = f"/api/v1/me/devices/{city.another_device}/end"
        return city.post(path, address, headers=city.bearer, json={"password": password})

    return send


def _on_a_page(path: str, **typed: str) -> Try:
    """With a session that goes on: only the password is asked for once more."""

    def send(city: City, address: str, n: int) -> TestResponse:
        data = {"csrf": sessions.csrf_of(city.session)} | typed
        headers = {"Cookie": f"{sessions.COOKIE}={city.session}"}
        return city.post(path.format(person=city.admin), address, headers=headers, data=data)

    return send


def _sign_up(city: City, address: str, n: int) -> TestResponse:
    account = {"login": f"baru-{n}-{new_id()}", "password": PASSWORD, "name": "Warga Baru"}
    return city.post("/api/v1/accounts", address, json=account)


def _track(path: str, code: str | None = None) -> Try:
    def send(city: City, address: str, n: int) -> TestResponse:
        query = {"code": code or city.code, "number": city.number}
        return city.ask("GET", path.format(number=city.number), address, query_string=query)

    return send


def _code(path: str, known: bool = False) -> Try:
    def send(city: City, address: str, n: int) -> TestResponse:
        return city.post(path, address, json={"code": city.invitation() if known else "x" * 43})

    return send


def _guest(city: City, address: str, n: int) -> TestResponse:
    return _says(city, Device(city.servers[0].app), address=address)


def _bundle(city: City, address: str, n: int) -> TestResponse:
    return city.post("/api/v1/bundles", address, data=b"x", content_type="application/vnd.tenggat.bundle")


def _upload(city: City, address: str, n: int) -> TestResponse:
    wanted = city.files[n % 2]
    headers = {
        "Authorization": f"Bearer {city.device.token}",
        "Tus-Resumable": "1.0.0",
        "Upload-Length": str(wanted["size"]),
        "Upload-Metadata": f"case {coded(city.draft)},attachment {coded(wanted['id'])}",
    }
    return city.post("/api/v1/uploads", address, headers=headers)


def _report(city: City, address: str, n: int) -> TestResponse:
    return city.post("/lapor", address, data=fill(opened(city.servers[0]), **ANSWERS))


ADMIN: Final = _at_the_admins("petugas1")
CODE: Final = _at_the_second_step(True)
TRACK: Final = "/api/v1/track/{number}"
WRONG: Final = "AAAAAAAAAA"
GUESS: Final = "tebakan lain"
NEW: Final = {"password": "angin di atas atap"}

DOORS: Final = (
    Door("a login", _sign_in("warga", "tebakan lain"), _sign_in("warga"), 401, throttle.MOST, whole=True),
    Door("signing in", _sign_in(password="tebakan lain"), _sign_in("warga"), 401),
    Door("an admin's login", _at_the_admins("petugas1", "salah"), ADMIN, 401, throttle.MOST, whole=True, page=True),
    Door("signing in as an admin", _at_the_admins(password="salah"), ADMIN, 401, page=True),
    Door("a code", _at_the_second_step(False), CODE, 401, second_factor.MOST, whole=True, page=True),
    Door("a recovery code", _on_paper(False), _on_paper(True), 401, page=True),
    # A login is one, at whichever door it is guessed at.
    Door("the same as a device's", _sign_in("petugas1", "salah"), ADMIN, 401, throttle.MOST, whole=True, page=True),
    Door("changing one's own", _own_password(GUESS), _own_password(PASSWORD), 401, throttle.MOST, whole=True),
    Door("putting a device out", _put_out(GUESS), _put_out(PASSWORD), 401, throttle.MOST, whole=True),
    *(
        Door(
            name,
            _on_a_page(path, **{field: GUESS}, **more),
            _on_a_page(path, **{field: PASSWORD}, **more),
            401,
            throttle.MOST,
            whole=True,
            page=True,
        )
        for name, path, field, more in (
            ("changing one's own on its page", "/admin/password", "old", NEW),
            ("giving oneself another", "/admin/people/{person}/password", "old", NEW | {"how": "given"}),
            ("another phone", "/admin/second-factor", "password", {"do": "set_up"}),
        )
    ),
    Door("signing up", _sign_up, _sign_up, 201),
    Door("tracking", _track(TRACK, WRONG), _track(TRACK), 404),
    Door("tracking on the page", _track("/lacak", WRONG), _track("/lacak"), 404, page=True),
    Door("tracking, then on the page", _track(TRACK, WRONG), _track("/lacak"), 404, page=True),
    Door("looking at an invitation", _code("/api/v1/invitations"), _code("/api/v1/invitations", True), 404),
    Door("enrolling", _code("/api/v1/invitations"), _code("/api/v1/enrolments", True), 404),
    Door("new guests", _guest, _guest, 200),
    Door("bundles", _bundle, _bundle, 400),
    Door("a person's uploads", _upload, _upload, 201, whole=True),
    Door("complaints on the page", _report, _report, 303, page=True, window=filing.HOUR),
)


@pytest.fixture
def few(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(throttle, "MOST_ADDRESS", FEW)
    monkeypatch.setattr(bundles, "MOST_BROUGHT", FEW)
    monkeypatch.setattr(uploads, "MOST_BEGUN", FEW)
    monkeypatch.setattr(filing, "MOST", FEW)
    monkeypatch.setattr(devices, "MOST_GUESTS", FEW)


@pytest.fixture
def city(make_server: Callable[..., Server], clock: Clock, tmp_path: Path) -> City:
    return City([make_server(), make_server()], clock)


@pytest.mark.parametrize("door", DOORS, ids=[door.name for door in DOORS])
def test_a_door_closes_for_a_while_and_opens_again(door: Door, city: City, few: None) -> None:
    for n in range(door.most):
        assert door.guess(city, HERE, n).status_code == door.status, f"the {n + 1}th of {door.most}"
    wait = 0
    for _ in city.servers:
        wait = _refused(door, door.good(city, HERE, 0))
        _refused_as_well_or_not(door, city)
    assert 0 < wait <= door.window
    city.clock.move(seconds=wait - 1)
    _refused(door, door.good(city, HERE, 1))
    city.clock.move(seconds=1)
    for n in range(len(city.servers)):
        assert door.good(city, HERE, n).status_code != 429, "the window is over, as was told"


def _refused(door: Door, response: TestResponse) -> int:
    """Seconds to wait, as it is told to programs and people."""
    assert response.status_code == 429
    wait = int(response.headers["Retry-After"])
    if door.page:
        page_says_what_to_do(response)
        assert re.search(r"\d\d[.:]\d\d", response.get_data(as_text=True)), "when to come again"
    else:
        assert problem_code(response) == "too_many"
    return wait


def _refused_as_well_or_not(door: Door, city: City) -> None:
    elsewhere = door.good(city, ELSEWHERE, 1)
    assert (elsewhere.status_code == 429) == door.whole, "an address is counted by itself, a login wherever from"


def test_what_succeeds_is_no_guess(city: City, few: None) -> None:
    """A whole office behind one address signs in and looks at its cases all morning."""
    for n in range(FEW + 3):
        assert _sign_in("warga")(city, HERE, n).status_code == 201
        assert _track(TRACK)(city, HERE, n).status_code == 200


def test_a_village_of_guests_goes_on_where_no_new_one_comes_in(city: City, few: None) -> None:
    """Counted is who is new: those who are in exchange as ever, and whoever is refused has changed nothing."""
    villagers = [Device(city.servers[0].app) for _ in range(FEW)]
    for n, phone in enumerate([*villagers, *villagers, *villagers]):
        assert _says(city, phone).status_code == 200, n
    late = Device(city.servers[0].app)
    commands = [late.command("case.edit", new_id(), {"service": "lapor", "set": {"title": "Lampu padam"}})]
    before, turned_away = city.servers[0].rows("SELECT count(*) AS n FROM person"), _turned_away()
    refused = _says(city, late, *commands)
    assert _turned_away() == turned_away + 1, "and whoever looks after the server sees it among its numbers"
    assert (refused.status_code, problem_code(refused)) == (429, "too_many")
    assert city.servers[0].rows("SELECT count(*) AS n FROM person") == before
    assert _says(city, villagers[0]).status_code == 200
    _, token = city.servers[0].staff("surveyor")
    assert _says(city, Device(city.servers[0].app, token, guest=False)).status_code == 200, "no guest is no new guest"
    city.clock.move(seconds=int(refused.headers["Retry-After"]))
    assert b'"applied"' in _says(city, late, *commands).get_data()


def _turned_away() -> float:
    labels = {"route": "/api/v1/sync", "method": "POST", "status": "429"}
    return metrics.counts.registry.get_sample_value("tenggat_http_requests_total", labels) or 0.0


def _says(city: City, phone: Device, *commands: bytes, address: str = HERE) -> TestResponse:
    headers = {"Authorization": f"Bearer {phone.token}"}
    return city.post("/api/v1/sync", address, data=phone.body(commands), headers=headers, content_type=MEDIA)


def test_others_go_on_where_one_login_is_guessed_at(city: City) -> None:
    for n in range(throttle.MOST):
        _sign_in("petugas1", "tebakan lain")(city, ELSEWHERE, n)
    assert _sign_in("petugas1")(city, HERE, 0).status_code == 429
    assert _sign_in("warga")(city, ELSEWHERE, 0).status_code == 201


HOUSE, SAME_HOUSE, NEXT_HOUSE = "2001:db8:0:1::7", "2001:db8:0:1:ffff::1", "2001:db8:0:2::7"


@pytest.mark.parametrize(
    "door", [door for door in DOORS if not door.whole], ids=[door.name for door in DOORS if not door.whole]
)
def test_whoever_has_a_whole_network_of_ipv6_is_one_address(door: Door, city: City, few: None) -> None:
    for n in range(door.most):
        assert door.guess(city, HOUSE if n % 2 else f"2001:db8:0:1::{n:x}:1", n).status_code == door.status
    _refused(door, door.good(city, SAME_HOUSE, 0))
    assert door.good(city, NEXT_HOUSE, 1).status_code != 429, "the neighbours have another network"


def test_an_ipv4_address_is_the_same_however_a_server_writes_it(city: City, few: None) -> None:
    for n in range(FEW):
        assert _track(TRACK, WRONG)(city, f"::ffff:{HERE}" if n % 2 else HERE, n).status_code == 404
    assert [_track(TRACK)(city, who, 0).status_code for who in (HERE, f"::ffff:{HERE}")] == [429, 429]
    assert _track(TRACK)(city, f"::ffff:{ELSEWHERE}", 0).status_code == 200


def test_a_login_that_looks_like_an_address_is_a_login(city: City) -> None:
    for n in range(throttle.MOST):
        _sign_in(HOUSE, "tebakan lain")(city, HERE, n)
    assert [_sign_in(who, "tebakan")(city, HERE, 0).status_code for who in (HOUSE, SAME_HOUSE)] == [429, 401]


@pytest.mark.parametrize("header", ["X-Forwarded-For", "X-Real-Ip", "Forwarded", "Client-Ip"])
def test_nobody_is_another_address_by_saying_so(city: City, few: None, header: str) -> None:
    """No proxy stands in front here, so what a request says of where it comes from is its own invention."""
    told = {}
    for n in range(FEW + 1):
        json = {"login": f"siapa-{n}", "password": "tebakan lain"}
        told[n] = city.post("/api/v1/devices", HERE, json=json, headers={header: f"198.51.100.{n}"}).status_code
    assert told == dict.fromkeys(range(FEW), 401) | {FEW: 429}


def test_a_refused_password_is_not_even_looked_at(city: City, monkeypatch: pytest.MonkeyPatch) -> None:
    """A hash is slow on purpose: whoever floods the door must not keep the server busy with it."""
    for n in range(throttle.MOST):
        _sign_in("warga", "tebakan lain")(city, HERE, n)
    monkeypatch.setattr("server.access.passwords.fits", lambda *_: pytest.fail("looked at"))
    assert _sign_in("warga")(city, HERE, 0).status_code == 429


def test_the_numbers() -> None:
    """Those that the manual and the threat model speak of."""
    assert (throttle.MOST, throttle.MOST_ADDRESS, throttle.WINDOW) == (10, 100, 15 * 60)
    assert (uploads.MOST_BEGUN, uploads.MOST_BEGUN_ADDRESS, bundles.MOST_BROUGHT) == (2_500, 5_000, 200)
    assert (second_factor.MOST, wrong_codes.MOST, wrong_codes.TOLD) == (5, 20, 5)
    assert (filing.MOST, filing.HOUR, devices.MOST_GUESTS) == (30, 60 * 60, 500)


def test_many_at_once_guess_no_more_than_one_after_the_other(city: City, monkeypatch: pytest.MonkeyPatch) -> None:
    """All of them are past the door before the first password was looked at, which takes long on purpose."""
    looked, all_in = [], threading.Barrier(THREADS)

    def slow(_stored: str | None, _password: str) -> bool:
        looked.append(1)
        return False

    def guess(n: int) -> int:
        all_in.wait()
        return _sign_in("warga", "tebakan lain")(city, HERE, n).status_code

    monkeypatch.setattr("server.access.passwords.fits", slow)
    with ThreadPoolExecutor(THREADS) as pool:
        told = list(pool.map(guess, range(THREADS)))
    assert len(looked) == told.count(401) == throttle.MOST
    assert told.count(429) == THREADS - throttle.MOST
