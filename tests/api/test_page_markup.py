"""Every page in every state: whole HTML that a screen reader can follow, and that asks a browser for nothing."""

import gzip
import itertools
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from schemas.text import Language
from server.pages import filing, view
from server.pages.words import WORDS
from sync.errors import Busy
from tests.conftest import Server

from .html import Page, page_of
from .report_page import ANSWERS, SWITCH, TRAP, filed, fill, opened, post

Shown = Callable[[Server, str], Any]


def _get(path: str, **headers: str) -> Shown:
    def show(server: Server, lang: str) -> Any:
        separator = "&" if "?" in path else "?"
        return server.app.test_client().get(f"{path}{separator}{lang}", headers={"Accept": "text/html"} | headers)

    return show


def _post(**given: str) -> Shown:
    return lambda server, lang: post(server, fill(opened(server), **(ANSWERS | given)), f"?{lang}")


def _receipt(server: Server, lang: str) -> Any:
    return server.app.test_client().get(f"{filed(server).headers['Location']}&{lang}")


def _again(server: Server, lang: str) -> Any:
    data = fill(opened(server), **ANSWERS)
    post(server, data)
    return post(server, data | {"title": "Yang lain lagi"}, f"?{lang}")


def _many(server: Server, lang: str) -> Any:
    while (response := post(server, fill(opened(server), **ANSWERS), f"?{lang}")).status_code == 303:
        pass
    return response


def _far_too_long(server: Server, lang: str) -> Any:
    return post(server, fill(opened(server), title="x" * 600_000), f"?{lang}")


def _wrong_method(server: Server, lang: str) -> Any:
    return server.app.test_client().post(f"/lacak?{lang}", headers={"Accept": "text/html"})


STATES: dict[str, tuple[int, Shown]] = {
    "tracking": (200, _get("/lacak")),
    "a wrong pair": (404, _get("/lacak?number=x&code=y")),
    "half a pair": (422, _get("/lacak?number=&code=")),
    "a receipt": (200, _receipt),
    "a form": (200, _get("/lapor")),
    "a form with mistakes": (422, _post(title="a", where="map", email="x", category="")),
    "a trapped machine": (422, _post(**{TRAP: "x"})),
    "a used form": (409, _again),
    "too many": (429, _many),
    "no key": (422, _post(**{"form.key": ""})),
    "changing the language": (200, _post(**{SWITCH: "1"})),
    "far too long": (413, _far_too_long),
    "no such page": (404, _get("/tidak-ada")),
    "no such part of the API": (404, _get("/api/v1/tidak-ada")),
    "the wrong method": (405, _wrong_method),
    "no app": (503, _get("/")),
}


@pytest.fixture(params=STATES)
def state(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> tuple[int, Shown]:
    monkeypatch.setattr(filing, "MOST", 2)
    found: tuple[int, Shown] = STATES[request.param]
    return found


LANGUAGES = pytest.mark.parametrize("language", ["id", "en"])


def shown(server: Server, state: tuple[int, Shown], language: str) -> tuple[Any, Page]:
    status, show = state
    response = show(server, f"lang={language}")
    assert response.status_code == status
    return response, page_of(response)


@LANGUAGES
def test_a_screen_reader_finds_its_way(server: Server, state: tuple[int, Shown], language: str) -> None:
    _, page = shown(server, state, language)
    assert page.one("html")["lang"] == language
    assert page.one("title").words.endswith(server.city.name.get(_language(language)))
    assert len(page.one("title").words) > len(server.city.name.get(_language(language))) + 3
    ids = [element["id"] for element in page.elements if "id" in element.attributes]
    assert len(ids) == len(set(ids))
    skip = page.all("a")[0]
    assert "skip" in skip["class"]
    assert skip["href"] == "#content"
    assert page.one("main")["id"] == "content"
    assert len(page.all("header")) == len(page.all("footer")) == len(page.all("nav")) == 1
    for element in page.elements:
        for name in ("aria-describedby", "aria-labelledby", "for"):
            for pointed in (element.get(name) or "").split():
                assert pointed in ids, (name, pointed)
        if element.tag == "a":
            assert element.words
            assert not element["href"].startswith("#") or element["href"][1:] in ids
    levels = [int(element.tag[1]) for element in page.elements if re.fullmatch(r"h[1-6]", element.tag)]
    assert levels.count(1) == 1
    # A notice may come before the heading of the page; after it no level is skipped.
    after = levels[levels.index(1) :]
    assert all(below <= above + 1 for above, below in itertools.pairwise(after)), levels


def _language(code: str) -> Language:
    return "en" if code == "en" else "id"


@LANGUAGES
def test_every_control_has_a_name(server: Server, state: tuple[int, Shown], language: str) -> None:
    _, page = shown(server, state, language)
    labelled = {element["for"] for element in page.all("label") if "for" in element.attributes}
    for control in page.elements:
        if control.tag in ("select", "textarea") or (control.tag == "input" and control.get("type") != "hidden"):
            around = control.inside("label")
            assert control.get("id") in labelled or (around and around.words), control.attributes
        if control.get("type") in ("radio", "checkbox"):
            assert control.inside("fieldset")
        if control.tag == "fieldset":
            inside = next(element for element in page.elements if control in element.parents)
            assert inside.tag == "legend"
            assert inside.words
        if control.tag == "button":
            assert control.words
            assert control["type"] == "submit"


@LANGUAGES
def test_a_page_asks_for_nothing_and_sets_nothing(server: Server, state: tuple[int, Shown], language: str) -> None:
    response, page = shown(server, state, language)
    assert "Set-Cookie" not in response.headers
    assert response.headers["Content-Security-Policy"] == (
        "default-src 'none'; style-src 'self'; img-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none';"
        " frame-ancestors 'none'"
    )
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert response.headers["Referrer-Policy"] == "no-referrer"
    assert response.headers["Permissions-Policy"].startswith("geolocation=(), camera=()")
    # Going back after a failed network must show the form as it was typed; so it is kept, by this browser alone.
    assert response.headers["Cache-Control"] == "private, no-cache"
    for element in page.elements:
        assert element.tag not in ("script", "style", "iframe", "object", "img")
        assert "style" not in element.attributes
        assert not [name for name in element.attributes if name.startswith("on")]
        for name in ("href", "action", "formaction", "src"):
            assert not re.match(r"\w+:|//", element.get(name) or ""), "nothing leads away from this server"


@LANGUAGES
def test_the_city_stands_on_every_page(server: Server, state: tuple[int, Shown], language: str) -> None:
    _, page = shown(server, state, language)
    say = _language(language)
    assert page.one(cls="top-name").words == server.city.name.get(say)
    foot = page.one("footer").words
    assert server.city.texts["other_help"].get(say) in foot
    assert server.city.texts["privacy"].get(say) in foot
    assert {"/", "/lacak", "/lapor"} == {
        link["href"].partition("?")[0] for link in page.all("a") if link.inside("footer")
    }


@LANGUAGES
def test_the_language_is_carried_along(server: Server, state: tuple[int, Shown], language: str) -> None:
    _, page = shown(server, state, language)
    for element in page.elements:
        target = element.get("href") or element.get("action") or ""
        section = element.inside("section")
        # Where both languages stand side by side, each has links of its own.
        if not re.match(r"/(lacak|lapor)", target) or (section and section.get("lang")):
            continue
        hidden = element.tag == "form" and page.all("input", type="hidden", name="lang", value=language)
        assert ("lang=en" in target or bool(hidden)) == (language == "en"), element.attributes


def test_the_other_language_is_one_link_away(server: Server) -> None:
    client = server.app.test_client()
    for path in ("/lacak", "/lapor", "/lacak?number=LPR-2026-000001", "/lacak?number=x&code=y%26z", "/tidak-ada"):
        page = page_of(client.get(path, headers={"Accept": "text/html"}))
        link = next(a for a in page.all("a") if a.get("hreflang"))
        assert (link["hreflang"], link.words) == ("en", "English")
        base = path.partition("?")[0]
        english = page_of(client.get(f"{base}{link['href']}", headers={"Accept": "text/html"}))
        assert english.one("html")["lang"] == "en"
        back = next(a for a in english.all("a") if a.get("hreflang"))
        home = page_of(client.get(f"{base}{back['href']}", headers={"Accept": "text/html"}))
        assert home.one("html")["lang"] == "id"
        # All else that the address said is still there.
        for other in (english, home):
            assert {k: v for k, v in other.sent().items() if "." not in k and k != "lang"} == {
                k: v for k, v in page.sent().items() if "." not in k
            }


def test_an_unknown_language_is_indonesian(server: Server) -> None:
    for asked in ("?lang=fr", "?lang=", "", "?_external=1&endpoint=x&_anchor=y&lang=de"):
        page = page_of(server.app.test_client().get(f"/lacak{asked}"))
        assert page.one("html")["lang"] == "id"


# ---- Refusals ----


def test_who_asks_for_html_gets_a_page_and_a_program_gets_a_problem(server: Server) -> None:
    browser = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"
    for accepts, media in (
        (browser, "text/html"),
        ("text/html", "text/html"),
        ("*/*", "application/problem+json"),
        ("application/json", "application/problem+json"),
        ("application/problem+json, text/html;q=0.5", "application/problem+json"),
        (None, "application/problem+json"),
    ):
        for path in ("/tidak-ada", "/api/v1/tidak-ada"):
            headers = {"Accept": accepts} if accepts else {}
            response = server.app.test_client().get(path, headers=headers)
            assert (response.status_code, response.mimetype) == (404, media), (accepts, path)
    # What the API has to say to whoever asks it is not for pages.
    refused = server.app.test_client().get("/api/v1/me", headers={"Accept": browser})
    assert (refused.status_code, refused.mimetype) == (401, "application/problem+json")
    assert "WWW-Authenticate" in refused.headers
    assert page_of(server.app.test_client().post("/lapor/", headers={"Accept": browser})).one("h1")


def test_a_fault_of_ours_is_a_page_too(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise RuntimeError("broken")

    where = filed(server).headers["Location"]
    monkeypatch.setattr(view, "standing_of", fail)
    response = server.app.test_client().get(where)
    assert response.status_code == 500
    assert "Terjadi kesalahan" in page_of(response).main
    assert "broken" not in response.get_data(as_text=True)


def test_a_server_that_is_busy_says_so(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    def busy(*_: object) -> None:
        raise Busy("locked", retry_after=5)

    where = filed(server).headers["Location"]
    monkeypatch.setattr(view, "standing_of", busy)
    response = server.app.test_client().get(where)
    assert (response.status_code, response.headers["Retry-After"]) == (503, "5")
    assert "Server sedang sibuk" in page_of(response).main


# ---- Small ----


def test_pages_are_packed_for_whoever_can_read_it(server: Server) -> None:
    client = server.app.test_client()
    plain, packed = (client.get("/lapor", headers={"Accept-Encoding": coded}) for coded in ("", "gzip, br"))
    assert packed.headers["Content-Encoding"] == "gzip"
    assert packed.headers["Vary"] == plain.headers["Vary"] == "Accept-Encoding"
    assert Page(gzip.decompress(packed.get_data()).decode()).one("form")
    assert len(packed.get_data()) < 6_000 < len(plain.get_data())
    assert "Content-Encoding" not in client.get("/lapor", headers={"Accept-Encoding": "gzip;q=0"}).headers


def test_every_word_is_there_in_both_languages_and_none_is_left_over() -> None:
    folder = Path(view.__file__).parent
    sources = [path.read_text() for path in (*folder.glob("*.py"), *folder.glob("templates/*.html"))]
    source = "\n".join(sources)
    for key, text in WORDS.items():
        assert text.id.strip()
        assert text.en.strip()
        assert text.id != text.en or key in {"number_hint"}
        assert sorted(re.findall(r"{\w+}", text.id)) == sorted(re.findall(r"{\w+}", text.en)), key
        used = re.findall(rf"[\"']{key}[\"']", source)
        # Once in the table itself.
        assert len(used) > 1 or key.startswith("refused_"), f"{key} is never said"
