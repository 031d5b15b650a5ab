"""What every kind of answer tells a browser, in one strict table: no header is missing, and none is there unasked."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

import pytest
from werkzeug.test import TestResponse

from server.app import create_app
from server.settings import Settings
from server.sources import Sources
from sync.codec import MEDIA
from tests.api.report_page import KEY
from tests.api.test_web import build
from tests.conftest import Clock, Server
from tests.sweeps.askers import Asker, askers
from tests.sweeps.asking import Question
from tests.sweeps.city_day import CityDay, live
from tests.sweeps.route_table import _photo, _style, _upload
from tests.sweeps.test_routes import ask

NOSNIFF: Final = {"X-Content-Type-Options": "nosniff"}
NOTHING_MAY: Final = "default-src 'none'; frame-ancestors 'none'"
FOREVER: Final = "public, max-age=31536000, immutable"

APP: Final = NOSNIFF | {
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self';"
    " img-src 'self' data: blob: https://tile.openstreetmap.org; connect-src 'self'; font-src 'self';"
    " manifest-src 'self'; worker-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
    "Permissions-Policy": "geolocation=(self), camera=(self), microphone=(), payment=(), usb=()",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-cache",
}
PAGE: Final = NOSNIFF | {
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; img-src 'self'; connect-src 'self';"
    " form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
    "Permissions-Policy": "geolocation=(), camera=(), microphone=(), payment=(), usb=()",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "private, no-cache",
}
ADMIN: Final = NOSNIFF | {
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self';"
    " connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
    "Permissions-Policy": "geolocation=(), camera=(), microphone=(), payment=(), usb=()",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cache-Control": "no-store",
}
PROGRAM: Final = NOSNIFF | {
    "Content-Security-Policy": NOTHING_MAY,
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
}
FILE: Final = PROGRAM | {
    "Content-Security-Policy": f"{NOTHING_MAY}; sandbox",
    # What may be seen rests on the token, which `Vary` says.
    "Cache-Control": "no-store",
}

SAID: Final = frozenset({name for kind in (APP, PAGE, ADMIN, PROGRAM, FILE) for name in kind})
"""Headers that the table speaks of: each answer has exactly those of its kind."""

PLAIN: Final = frozenset(
    {
        "Content-Type", "Content-Length", "Content-Encoding", "Content-Disposition", "Content-Range", "Vary", "Date",
        "ETag", "Last-Modified", "Accept-Ranges", "Location", "Allow", "Retry-After", "WWW-Authenticate",
        "X-Request-Id", "Set-Cookie", "Tus-Resumable", "Tus-Version", "Tus-Extension", "Tus-Max-Size",
        "Tus-Checksum-Algorithm", "Upload-Offset", "Upload-Length", "Upload-Metadata", "Upload-Expires",
    }
)  # fmt: skip
"""Headers that say something of the answer itself. Nothing else goes out: not what the server runs on, nor CORS."""


@dataclass(frozen=True)
class Kind:
    """One kind of answer: how to get it, and what it says."""

    name: str
    status: int
    says: dict[str, str]
    method: str = "GET"
    path: str = ""
    asker: str = "nobody"
    question: Callable[[CityDay, Asker], Question] = lambda _day, _asker: Question()


def _typed(**form: str) -> Callable[[CityDay, Asker], Question]:
    return lambda _day, asker: Question(form=form | ({"csrf": asker.csrf} if asker.csrf else {}))


def _body(body: bytes, **headers: str) -> Callable[[CityDay, Asker], Question]:
    return lambda _day, _asker: Question(body=body, headers=headers)


def _accepts(media: str) -> Callable[[CityDay, Asker], Question]:
    return lambda _day, _asker: Question(headers={"Accept": media})


def _exchange(day: CityDay, asker: Asker) -> Question:
    return Question(body=day.devices[asker.name].body())


def _named(day: CityDay, _: Asker) -> Question:
    return Question(at=_style(day))


def _device(day: CityDay, _: Asker) -> Question:
    return Question(at={"id": day.device})


def _tracked(day: CityDay, _: Asker) -> Question:
    return Question(query={"number": day.number, "code": day.code})


_CATALOGUE = PROGRAM | {"Cache-Control": "public, max-age=0, must-revalidate"}
_ORIGIN_ONLY = {"Referrer-Policy": "strict-origin-when-cross-origin"}
"""For the map's tiles (server/web/policy.py)."""
_FILE = "/api/v1/cases/<case>/files/<attachment>"
_STYLE = "/admin/assets/<name>"

KINDS: Final = (
    Kind("the app's page", 200, APP | _ORIGIN_ONLY, path="/"),
    Kind("the service worker", 200, APP, path="/sw.js"),
    Kind("an asset", 200, APP | {"Cache-Control": FOREVER}, path="/assets/app-ABCD1234.js"),
    Kind("a page for citizens", 200, PAGE, path="/lacak"),
    Kind("a case on that page", 200, PAGE, path="/lacak", question=_tracked),
    Kind("the form", 200, PAGE, path="/lapor"),
    Kind("the form refused", 422, PAGE, "POST", "/lapor", question=_typed(**{KEY: "k" * 43})),
    Kind("a form too large", 413, PAGE, "POST", "/lapor", question=_typed(text="x" * 600_000)),
    Kind("nothing, for a person", 404, PAGE, path="/tidak-ada", question=_accepts("text/html")),
    Kind("nothing, for a program", 404, PROGRAM, path="/api/v1/nothing"),
    Kind("another method, for a person", 405, PAGE, "DELETE", "/lapor", question=_accepts("text/html")),
    Kind("another method, for a program", 405, PROGRAM, "PUT", "/api/v1/catalogue"),
    Kind("a body too large", 413, PROGRAM, "POST", "/api/v1/diagnoses", "owner", _body(b"x" * 70_000)),
    Kind("a body of another kind", 415, PROGRAM, "POST", "/api/v1/bundles", question=_body(b"x")),
    Kind("values that cannot be taken", 422, PROGRAM, "POST", "/api/v1/devices", question=_body(b"{}")),
    Kind("an API's answer", 200, PROGRAM, path="/api/v1/me", asker="owner"),
    Kind("an API's refusal", 401, PROGRAM, path="/api/v1/me"),
    Kind("the catalogue", 200, _CATALOGUE, path="/api/v1/catalogue"),
    Kind("the description", 200, PROGRAM, path="/api/v1/openapi.json"),
    # An exchange counts its bytes: no cache keeps the answer to a POST, and no browser shows lines as a page.
    Kind("an exchange", 200, NOSNIFF, "POST", "/api/v1/sync", "owner", _exchange),
    Kind("an exchange refused", 400, PROGRAM, "POST", "/api/v1/sync", question=_body(b"")),
    Kind("a file", 200, FILE, path=_FILE, asker="owner", question=_photo),
    Kind("a small picture", 200, FILE, path=f"{_FILE}/thumbnail", asker="owner", question=_photo),
    Kind("a file of somebody else's", 404, PROGRAM, path=_FILE, asker="other", question=_photo),
    Kind("an upload", 200, PROGRAM, "HEAD", "/api/v1/uploads/<upload>", "owner", _upload()),
    Kind("what uploads speak", 204, PROGRAM, "OPTIONS", "/api/v1/uploads"),
    Kind("a sign of life", 200, PROGRAM, path="/healthz"),
    Kind("the numbers", 200, PROGRAM, path="/metrics"),
    Kind("an admin's page", 200, ADMIN, path="/admin/board", asker="admin"),
    Kind("an admin's picture", 200, ADMIN, path="/admin/devices/<id>/history.svg", asker="admin", question=_device),
    Kind("an admin's style sheet", 200, PROGRAM | {"Cache-Control": FOREVER}, path=_STYLE, question=_named),
    Kind("the way to sign in", 303, ADMIN, path="/admin/board"),
    Kind("the form to sign in", 200, ADMIN, path="/admin/sign-in"),
    Kind("the second step of it", 401, ADMIN, "POST", "/admin/sign-in/code", question=_typed(slip="x", code="1")),
    Kind("an admin's form sent", 303, ADMIN, "POST", "/admin/sign-out", "admin", _typed()),
    Kind("an admin's page refused", 403, ADMIN, path="/admin/audit", asker="supervisor"),
    Kind("nothing among the admin's pages", 404, ADMIN, path="/admin/devices/none", asker="admin"),
    Kind("another method among them", 405, PROGRAM, "PUT", "/admin/board", "admin"),
)


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("headers") / "data"


@pytest.fixture(scope="module")
def day(data: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[CityDay]:
    """A city with the app built, behind one proxy."""
    clock, web = Clock(), build(tmp_path_factory.mktemp("web") / "web")
    settings = Settings(data=data, web=web, proxies=1)
    server = Server(create_app(settings, Sources(clock=clock)), clock)
    yield live(server)
    server.engine.dispose()


def _answer(day: CityDay, kind: Kind, **headers: str) -> TestResponse:
    everyone = {asker.name: asker for asker in askers(day)}
    asker = everyone[kind.asker]
    question = kind.question(day, asker)
    question = replace(question, headers={**question.headers, **headers})
    return ask(day, kind.method, kind.path, question, asker)


@pytest.mark.parametrize("kind", KINDS, ids=[kind.name for kind in KINDS])
def test_an_answer_says_what_its_kind_must_and_nothing_else(kind: Kind, day: CityDay, kept_signed_in: None) -> None:
    plain = _answer(day, kind)
    assert plain.status_code == kind.status, plain.get_data()[:400]
    told = {name: value for name, value in plain.headers.items() if name in SAID}
    assert told == kind.says
    others = {name for name, _ in plain.headers} - SAID - PLAIN
    assert not others, f"nobody needs to be told {others}"
    _text_is_named(plain)


@pytest.mark.parametrize("kind", KINDS, ids=[kind.name for kind in KINDS])
def test_over_tls_a_browser_is_told_to_stay_there(kind: Kind, day: CityDay, kept_signed_in: None) -> None:
    """The proxy in front says over what it was asked. Over plain http nothing is said: the header would be ignored."""
    assert "Strict-Transport-Security" not in _answer(day, kind).headers
    secure = _answer(day, kind, **{"X-Forwarded-Proto": "https"})
    # An exchange counts its bytes, and whoever's browser makes one was told with the app's page.
    wanted = None if secure.mimetype == MEDIA else "max-age=31536000"
    assert secure.headers.get("Strict-Transport-Security") == wanted


@pytest.fixture
def kept_signed_in(day: CityDay) -> Iterator[None]:
    """Whoever signs out in a test is signed in again afterwards."""
    rows = day.server.rows("SELECT token, person_id, created, seen FROM admin_session")
    yield
    day.server.execute("DELETE FROM admin_session")
    for row in rows:
        day.server.execute(
            "INSERT INTO admin_session (token, person_id, created, seen) VALUES (:token, :person_id, :created, :seen)",
            **row._mapping,
        )


@pytest.mark.parametrize("kind", KINDS, ids=[kind.name for kind in KINDS])
def test_no_other_sites_script_reads_an_answer(kind: Kind, day: CityDay, kept_signed_in: None) -> None:
    """CORS is closed: asked from elsewhere, also beforehand (a preflight), no header opens anything."""
    foreign = {"Origin": "https://jahat.example"}
    asked = {"Access-Control-Request-Method": "PATCH", "Access-Control-Request-Headers": "authorization"}
    beforehand = replace(kind, method="OPTIONS")
    for response in (_answer(day, kind, **foreign), _answer(day, beforehand, **foreign, **asked)):
        assert response.status_code < 500
        assert not [name for name, _ in response.headers if name.lower().startswith("access-control-")]


def _text_is_named(response: TestResponse) -> None:
    """Text says how it is coded: a browser that guesses can be led to guess wrong."""
    media = response.headers.get("Content-Type", "")
    if media.startswith("text/"):
        assert "charset=utf-8" in media.replace('"', ""), media


def test_one_cookie_for_the_admins_pages_and_no_other(day: CityDay, kept_signed_in: None) -> None:
    baked: dict[str, list[str]] = {}
    for kind in KINDS:
        response = _answer(day, kind, **{"X-Forwarded-Proto": "https"})
        if cookies := response.headers.getlist("Set-Cookie"):
            baked[kind.name] = cookies
    (gone,) = baked.pop("an admin's form sent")
    assert "Max-Age=0" in gone
    assert baked == {}
    signed = _sign_in(day, "https")
    (cookie,) = signed.headers.getlist("Set-Cookie")
    parts = {part.strip().partition("=")[0] for part in cookie.split(";")}
    assert parts == {"__Host-tenggat_admin", "Secure", "HttpOnly", "SameSite", "Path"}, "and it ends with the browser"
    assert "SameSite=Strict" in cookie and "Path=/;" in cookie + ";"
    plain = _sign_in(day, "http").headers["Set-Cookie"]
    assert plain.startswith("tenggat_admin=") and "Path=/admin" in plain
    assert "Secure" not in plain, "or nobody could try it out on plain http"


def _sign_in(day: CityDay, scheme: str) -> TestResponse:
    typed: dict[str, Any] = {"login": "petugas7", "password": "kata sandi panjang"}
    return day.server.app.test_client(use_cookies=False).post(
        "/admin/sign-in", data=typed, headers={"X-Forwarded-Proto": scheme}
    )
