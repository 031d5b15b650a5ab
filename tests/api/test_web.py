"""The built app as a browser gets it: small, kept where it may be kept, and with what a browser must be told."""

import gzip
import json
import os
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import brotli
import pytest
import zstandard

import client
from schemas.catalogue.load import city_folder
from server.api import coding
from server.settings import Settings, built_app
from tests.conftest import Server

from .html import page_of

SCRIPT = b"console.log('a script that is long enough to be worth packing');\n" * 20
STYLE = "assets/pages-WXYZ2345.css"
UNPACK: dict[str, Callable[[bytes], bytes]] = {
    "br": brotli.decompress,
    "gzip": gzip.decompress,
    "zstd": lambda data: zstandard.ZstdDecompressor().decompress(data),
    "identity": bytes,
}
FOREVER = "public, max-age=31536000, immutable"
POLICY = {
    "default-src": "'none'",
    "script-src": "'self'",
    "style-src": "'self'",
    "img-src": "'self' data: blob: https://tile.openstreetmap.org",
    "connect-src": "'self'",
    "font-src": "'self'",
    "manifest-src": "'self'",
    "worker-src": "'self'",
    "form-action": "'self'",
    "base-uri": "'none'",
    "frame-ancestors": "'none'",
}


def build(folder: Path, script: str = "app-ABCD1234.js") -> Path:
    """What `make web` leaves behind, in small."""
    noscript = "<p>Tanpa JavaScript Anda tetap bisa melapor dan melacak.</p>" * 5
    index = f'<!doctype html><title>Tenggat</title><script src="/assets/{script}"></script>{noscript}'.encode()
    files = {
        "index.html": index,
        "sw.js": SCRIPT,
        "manifest.webmanifest": b'{"name": "Tenggat"}',
        "robots.txt": b"User-agent: *\n",
        "icons/tenggat.svg": b"<svg xmlns='http://www.w3.org/2000/svg'/>",
        f"assets/{script}": SCRIPT,
        STYLE: b"body { margin: 0 }\n" * 9,
    }
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
        path.with_name(path.name + ".br").write_bytes(brotli.compress(content))
        path.with_name(path.name + ".gz").write_bytes(gzip.compress(content))
    (folder / "build.json").write_text(json.dumps({"version": script, "pages_css": STYLE}))
    return folder


@pytest.fixture
def web(tmp_path: Path) -> Path:
    return build(tmp_path / "web")


@pytest.fixture
def served(make_server: Callable[..., Server], web: Path) -> Server:
    """A server with the app built."""
    return make_server(web=web)


def get(server: Server, path: str, base: str = "http://kota.example", **headers: str) -> Any:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return server.app.test_client().get(path, headers=named, base_url=base, buffered=True)


# ---- Files ----


@pytest.mark.parametrize(("accepts", "coded"), [("gzip, deflate, br", "br"), ("gzip", "gzip"), ("", "identity")])
@pytest.mark.parametrize("path", ["/", "/assets/app-ABCD1234.js", "/sw.js"])
def test_the_smallest_file_that_a_browser_can_read(
    served: Server, web: Path, path: str, accepts: str, coded: str
) -> None:
    plain = (web / (path[1:] or "index.html")).read_bytes()
    response = get(served, path, Accept_Encoding=accepts)
    assert response.status_code == 200
    assert response.headers.get("Content-Encoding", "identity") == coded
    assert "Accept-Encoding" in response.headers["Vary"]
    body = response.get_data()
    assert int(response.headers["Content-Length"]) == len(body)
    assert UNPACK[coded](body) == plain
    assert coded == "identity" or len(body) < len(plain)


@pytest.mark.parametrize(
    ("path", "media", "kept"),
    [
        ("/", "text/html", "no-cache"),
        ("/sw.js", "text/javascript", "no-cache"),
        ("/manifest.webmanifest", "application/manifest+json", "no-cache"),
        ("/robots.txt", "text/plain", "no-cache"),
        ("/icons/tenggat.svg", "image/svg+xml", "no-cache"),
        ("/assets/app-ABCD1234.js", "text/javascript", FOREVER),
        (f"/{STYLE}", "text/css", FOREVER),
    ],
)
def test_what_changes_is_asked_for_again_and_what_cannot_is_kept(
    served: Server, path: str, media: str, kept: str
) -> None:
    response = get(served, path)
    assert response.status_code == 200
    assert response.mimetype == media
    assert response.headers["Cache-Control"] == kept
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert "Access-Control-Allow-Origin" not in response.headers
    assert "Set-Cookie" not in response.headers


@pytest.mark.parametrize("accepts", ["br", "gzip", ""])
def test_a_file_that_is_held_already_is_not_sent(served: Server, accepts: str) -> None:
    tag = get(served, "/", Accept_Encoding=accepts).headers["ETag"]
    # A proxy between us may have marked the tag as weak.
    for held in (tag, f"W/{tag}"):
        again = get(served, "/", Accept_Encoding=accepts, If_None_Match=held)
        assert (again.status_code, again.get_data()) == (304, b"")
        assert again.headers["ETag"] == tag
        assert again.headers["Cache-Control"] == "no-cache"
    assert get(served, "/", If_None_Match='"other"').status_code == 200


def test_a_new_build_is_found_without_a_restart_even_where_sizes_and_times_are_alike(served: Server, web: Path) -> None:
    """An image may be built with all times alike, and a hash is as long as the one before."""
    before = get(served, "/")
    moment = (web / "index.html").stat()
    build(web, "app-EFGH5678.js")
    os.utime(web / "index.html", ns=(moment.st_atime_ns, moment.st_mtime_ns))
    after = get(served, "/", If_None_Match=before.headers["ETag"])
    assert after.status_code == 200
    assert len(after.get_data()) == len(before.get_data())
    assert b"app-EFGH5678.js" in after.get_data()
    assert get(served, "/assets/app-EFGH5678.js").status_code == 200


def test_nothing_outside_the_folder_is_served(served: Server, web: Path) -> None:
    (web.parent / "secret.txt").write_text("secret")
    for path in ("/../secret.txt", "/assets/../../secret.txt", "/%2e%2e/secret.txt", "/assets//../../secret.txt"):
        response = get(served, path)
        assert response.status_code == 404
        assert b"secret" not in response.get_data()
    assert get(served, "/assets/nothing-ABCD1234.js").json["code"] == "not_found"


# ---- Headers ----


def _policy(response: Any) -> dict[str, str]:
    parts = response.headers["Content-Security-Policy"].split("; ")
    return {name: value for name, _, value in (part.partition(" ") for part in parts)}


def test_the_app_may_do_what_it_does_and_nothing_else(served: Server) -> None:
    response = get(served, "/")
    assert _policy(response) == POLICY
    assert response.headers["Permissions-Policy"].startswith("geolocation=(self), camera=(self), microphone=()")
    # The tile server refuses who does not say where they come from.
    assert response.headers["Referrer-Policy"] == "strict-origin-when-cross-origin"
    assert get(served, "/sw.js").headers["Referrer-Policy"] == "no-referrer"


def test_pictures_come_from_the_citys_own_map_or_from_nowhere(
    make_server: Callable[..., Server], web: Path, tmp_path: Path
) -> None:
    for name, table, source in (
        ("a", '[map]\ntiles = "https://peta.example:8443/{z}/{x}/{y}.png"\n', " https://peta.example:8443"),
        ("b", None, ""),
    ):
        words = (city_folder("semarang") / "city.toml").read_text()
        start, end = words.index("[map]"), words.index("[texts.app_name]")
        kept = words[start:end].split("\n", 2)[2]
        folder = _city(tmp_path / name, words[:start] + (table + kept if table else "") + words[end:])
        server = make_server(f"data-{name}", city=str(folder), web=web)
        assert _policy(get(server, "/"))["img-src"] == f"'self' data: blob:{source}"


def _city(folder: Path, words: str) -> Path:
    shutil.copytree(city_folder("semarang"), folder)
    (folder / "city.toml").write_text(words)
    return folder


@pytest.mark.parametrize("path", ["/", "/assets/app-ABCD1234.js", "/lacak", "/lapor"])
def test_https_is_asked_for_only_where_there_is_https(served: Server, path: str) -> None:
    assert "Strict-Transport-Security" not in get(served, path).headers
    secure = get(served, path, base="https://kota.example")
    assert secure.headers["Strict-Transport-Security"] == "max-age=31536000"


def test_a_proxy_is_believed_only_where_there_is_one(make_server: Callable[..., Server], web: Path) -> None:
    for proxies in (0, 1):
        server = make_server(f"data-{proxies}", web=web, proxies=proxies)
        for path in ("/", "/lacak"):
            found = "Strict-Transport-Security" in get(server, path, X_Forwarded_Proto="https").headers
            assert found == bool(proxies)


def test_the_api_answers_as_it_did(served: Server, server: Server) -> None:
    for path in ("/api/v1/catalogue", "/api/v1/me", "/api/v1/track/x?code=y", "/api/v1/nothing"):
        with_app, without = (get(s, path, base="https://kota.example") for s in (served, server))
        assert with_app.status_code == without.status_code
        # But for the request's own name.
        assert with_app.headers.pop("X-Request-Id") != without.headers.pop("X-Request-Id")
        assert dict(with_app.headers) == dict(without.headers)
        assert "Strict-Transport-Security" in with_app.headers
        assert with_app.headers["Content-Security-Policy"] == "default-src 'none'; frame-ancestors 'none'"


# ---- Where it was not built ----


def test_without_the_app_the_rest_works_and_says_how_to_build_it(
    make_server: Callable[..., Server], tmp_path: Path
) -> None:
    server = make_server(web=tmp_path / "later")
    response = get(server, "/")
    assert response.status_code == 503
    page = page_of(response)
    assert [element.words for element in page.all("code")] == ["make web", "make web"]
    assert "Aplikasi web belum dibuat" in page.one("section", lang="id").inside("main").words
    assert "The web app was not built" in page.one("section", lang="en").words
    assert get(server, "/api/v1/catalogue").status_code == 200
    plain = page_of(get(server, "/lacak"))
    assert not plain.all("link")
    assert plain.all("form")
    build(tmp_path / "later")
    assert get(server, "/").status_code == 200
    assert page_of(get(server, "/lacak")).one("link", rel="stylesheet")["href"] == f"/{STYLE}"


@pytest.mark.parametrize("told", ["", "{", "[1]", "null", '{"pages_css": 7}'])
def test_a_broken_note_of_the_build_costs_only_the_style(served: Server, web: Path, told: str) -> None:
    (web / "build.json").write_text(told)
    assert get(served, "/").status_code == 200
    page = page_of(get(served, "/lacak"))
    assert page.all("form")
    assert not page.all("link")


def test_where_the_app_is_looked_for() -> None:
    assert built_app() == Path(client.__file__).parent / "web" / "dist"
    assert Settings.from_environment({}).web == built_app()
    told = Settings.from_environment({"TENGGAT_WEB": "/srv/web", "TENGGAT_PROXIES": "2"})
    assert (told.web, told.proxies) == (Path("/srv/web"), 2)
    assert Settings.from_environment({"TENGGAT_WEB": "", "TENGGAT_PROXIES": ""}) == Settings()


# ---- The catalogue ----


@pytest.mark.parametrize(
    ("accepts", "coded"),
    [
        ("gzip, deflate, br, zstd", "br"),
        ("gzip, zstd", "zstd"),
        ("gzip", "gzip"),
        ("br;q=0, gzip", "gzip"),
        ("br;q=0.5, gzip;q=0.9", "gzip"),
        ("BR", "br"),
        ("*", "identity"),
        ("compress", "identity"),
        ("", "identity"),
    ],
)
def test_the_catalogue_comes_as_small_as_can_be_read(server: Server, accepts: str, coded: str) -> None:
    response = get(server, "/api/v1/catalogue", Accept_Encoding=accepts)
    assert response.headers.get("Content-Encoding", "identity") == coded
    assert UNPACK[coded](response.get_data()) == server.city.to_json()
    assert response.headers["Vary"] == "Accept-Encoding"
    assert response.headers["ETag"] == f'"{server.city.version}"'
    for held in (f'"{server.city.version}"', f'W/"{server.city.version}"', f'"old", "{server.city.version}"'):
        again = get(server, "/api/v1/catalogue", Accept_Encoding=accepts, If_None_Match=held)
        assert (again.status_code, again.get_data()) == (304, b"")
        assert again.headers["ETag"] == f'"{server.city.version}"'
        assert again.headers["Vary"] == "Accept-Encoding"
        assert "Content-Encoding" not in again.headers
    assert get(server, "/api/v1/catalogue", Accept_Encoding=accepts, If_None_Match='"old"').status_code == 200


def test_the_catalogue_fits_into_few_packets(server: Server) -> None:
    sizes = {coded: len(get(server, "/api/v1/catalogue", Accept_Encoding=coded).get_data()) for coded in ("", *UNPACK)}
    assert sizes["br"] < sizes["zstd"] < sizes["gzip"]
    assert sizes["gzip"] < sizes[""] / 5
    assert sizes["br"] < 15_000


def test_the_catalogue_is_packed_once(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    packed = []
    smallest = coding.smallest

    def counted(data: bytes, coded: str | None) -> bytes:
        packed.append(coded)
        return smallest(data, coded)

    monkeypatch.setattr(coding, "smallest", counted)
    for coded in ("br", "gzip", "zstd"):
        server.city.memo.pop(("catalogue", coded), None)
        for _ in range(3):
            get(server, "/api/v1/catalogue", Accept_Encoding=coded)
    assert packed == ["br", "gzip", "zstd"]
