"""A complaint without JavaScript that cannot be taken as it is: told in words, and nothing lost."""

from collections.abc import Callable
from typing import Any

import pytest

from schemas.form_problems import too_long
from server.domain import acting
from server.pages import filing
from server.pages.sheet import sheet_of
from tests.conftest import Server

from .html import page_of
from .report_page import ANSWERS, KEY, NOTHING, TRAP, filed, fill, kept, opened, post, problems

# ---- Refused, and kept ----


def test_every_problem_is_told_twice_and_everything_typed_stays(server: Server) -> None:
    typed = {
        "kind": "wish",
        "title": "ab",
        "text": "\nbaris satu\r\n<b>\"dua\" & 'tiga'</b>\n",
        "where": "words",
        "area": "33.74.02.1003",
        "street": " ",
        "phone": "12",
        "email": "bukan alamat",
        "about_case": "KRK 2026",
        "accused_office": "dpu",
    }
    page = opened(server)
    response = post(server, fill(page, **typed))
    assert response.status_code == 422
    told = page_of(response)
    found = problems(told)
    assert list(found) == ["category", "title", "street", "anonymous", "phone", "email"]
    assert found["title"] == "Judul singkat: Tulis paling sedikit 5 karakter."
    assert found["category"] == "Tentang apa? Isi bagian ini."
    for name in found:
        error = told.one(id=f"error-{name}")
        assert found[name].endswith(error.words)
        marked = [element for element in told.elements if element.get("aria-invalid") == "true"]
        holder = next(e for e in marked if f"error-{name}" in e["aria-describedby"].split())
        assert holder.get("name") == name or holder.tag == "fieldset"
    assert len([e for e in told.elements if e.get("aria-invalid") == "true"]) == len(found)
    sent = told.sent()
    for name, value in typed.items():
        assert sent[name] == [value.replace("\r\n", "\n").replace("\n", "\r\n")], name
    assert sent[KEY] == page.sent()[KEY]
    assert told.one("title").words.startswith("Perlu diperbaiki: Lapor")
    assert kept(server) == NOTHING
    assert post(server, sent | ANSWERS | {"phone": "", "email": ""}).status_code == 303


def test_an_answer_that_needs_a_map_is_not_taken(server: Server) -> None:
    response = filed(server, where="map", point="-6.98,110.41")
    assert response.status_code == 422
    assert set(problems(page_of(response))) == {"where"}
    assert kept(server) == NOTHING


HOSTILE = [
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "' onfocus='alert(1)",
    "{{ 7 * 7 }}{% raw %}",
    "</textarea><h1>x",
    "\0\x08\x7f",
    "\u202egnirts",
    "x" * 30_000,
    "😀" * 3_000,
    "%00%ff\r\n\r\n",
]


@pytest.mark.parametrize("value", HOSTILE)
def test_whatever_is_typed_is_words_and_nothing_else(server: Server, value: str) -> None:
    sheet = sheet_of(server.city)
    assert sheet is not None
    response = post(server, fill(opened(server), **{field.name: value for field in sheet.fields}))
    assert response.status_code == 422
    page = page_of(response)
    assert not page.all("script")
    assert not page.all("img")
    assert len(page.all("h1")) == 1
    assert not [name for element in page.elements for name in element.attributes if name.startswith("on")]
    assert "49" not in page.main
    assert kept(server) == NOTHING


def test_bytes_that_are_no_text_and_forms_that_are_none(server: Server) -> None:
    key = opened(server).sent()[KEY][0]
    client = server.app.test_client()
    for body, media in (
        (f"{KEY}={key}&title=%ff%fe&kind=%00".encode(), "application/x-www-form-urlencoded"),
        (f"{KEY}={key}".encode() + b"&title=x" * 2_000, "application/x-www-form-urlencoded"),
        (b"\xff" * 200, "application/x-www-form-urlencoded"),
        (b'{"title": "x"}', "application/json"),
        (b"--x\r\nno", "multipart/form-data; boundary=x"),
        (b"", ""),
    ):
        response = client.post("/lapor", data=body, content_type=media)
        assert response.status_code == 422, (body[:40], response.status_code)
        assert page_of(response).one("form")
    assert kept(server) == NOTHING


def test_a_form_that_is_far_too_long_is_refused_in_words(server: Server) -> None:
    response = filed(server, text="x" * 600_000)
    assert response.status_code == 413
    assert "Isiannya terlalu panjang" in page_of(response).main


@pytest.mark.parametrize("key", ["", "short", "x" * 42, "x" * 44, "x" * 42 + "ö", "x" * 43 + "\n"])
def test_a_form_without_its_key_comes_back_with_a_new_one(server: Server, key: str) -> None:
    response = post(server, ANSWERS | {KEY: key})
    assert response.status_code == 422
    page = page_of(response)
    assert "belum terkirim" in page.one(cls="banner").words
    assert kept(server) == NOTHING
    assert page.sent()["title"] == [ANSWERS["title"]]
    assert post(server, page.sent()).status_code == 303


def test_a_key_that_is_somebodys_token_files_nothing_in_a_closed_account(server: Server) -> None:
    person, token = server.staff("planner")
    server.execute("UPDATE person SET disabled = '2026-01-01T00:00:00Z' WHERE id = :id", id=person)
    response = post(server, ANSWERS | {KEY: token})
    assert response.status_code == 422
    assert page_of(response).sent()[KEY] != [token]
    assert kept(server)["case_record"] == 0


def test_what_the_server_alone_refuses_is_told_beside_its_field(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The page checked by a catalogue that the server no longer has."""

    def refuse(*_: Any, **__: Any) -> Any:
        return {}, {"title": too_long(3)}

    monkeypatch.setattr(acting, "check_form", refuse)
    page = opened(server)
    response = post(server, fill(page, **ANSWERS))
    assert response.status_code == 422
    told = page_of(response)
    assert problems(told) == {"title": "Judul singkat: Singkat tulisan ini: paling banyak 3 karakter."}
    # The key is used up: under it the refusal would come again whatever was mended.
    assert told.sent()[KEY] != page.sent()[KEY]
    monkeypatch.undo()
    assert post(server, told.sent()).status_code == 303


def test_what_went_wrong_in_the_server_is_told_and_kept(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: Any, **__: Any) -> Any:
        raise RuntimeError("broken")

    monkeypatch.setattr(acting, "check_form", fail)
    response = filed(server)
    assert response.status_code == 500
    page = page_of(response)
    assert "Terjadi kesalahan di server" in page.one(cls="banner").words
    assert page.sent()["title"] == [ANSWERS["title"]]
    assert b"Lampu jalan" in bytes(server.rows("SELECT payload FROM command")[0].payload)


@pytest.mark.sqlite
def test_a_full_disk_loses_nothing_and_files_nothing_twice(server: Server) -> None:
    page = opened(server)
    with server.engine.connect() as connection:
        pages = connection.exec_driver_sql("PRAGMA page_count").scalar()
        connection.exec_driver_sql(f"PRAGMA max_page_count = {pages}")
    data = fill(page, **(ANSWERS | {"text": "Panjang sekali. " * 240}))
    statuses = []
    for _ in range(3):
        response = post(server, data)
        statuses.append(response.status_code)
        told = page_of(response)
        assert response.headers["Retry-After"]
        assert "Server sedang sibuk" in told.one(cls="banner").words
        assert told.sent()[KEY] == page.sent()[KEY]
        assert told.sent()["title"] == [ANSWERS["title"]]
    assert statuses == [503] * 3
    with server.engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA max_page_count = 1073741823")
    assert post(server, told.sent()).status_code == 303
    assert kept(server)["case_record"] == 1


# ---- Machines, and too many ----


def test_a_machine_gives_itself_away_and_a_person_is_told(server: Server) -> None:
    page = opened(server)
    assert "hidden" in page.one("input", name=TRAP).inside("div").parents[-1].attributes
    response = post(server, fill(page, **(ANSWERS | {TRAP: "https://x.example"})))
    assert response.status_code == 422
    assert kept(server) == NOTHING
    told = page_of(response)
    assert set(problems(told)) == {TRAP}
    assert not [parent for parent in told.one("input", name=TRAP).parents if "hidden" in parent.attributes]
    assert post(server, told.sent() | {TRAP: ""}).status_code == 303


def test_too_many_reports_of_one_address_wait_and_keep_what_was_typed(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(filing, "MOST", 3)
    server.clock.move(minutes=20)
    forms = [fill(opened(server), **ANSWERS) for _ in range(5)]
    # Neither a form that comes back nor one that comes twice is one more report.
    assert post(server, forms[0] | {"title": ""}).status_code == 422
    assert [post(server, form).status_code for form in (forms[0], forms[0], forms[1], forms[2])] == [303] * 4
    response = post(server, forms[3])
    assert response.status_code == 429
    told = page_of(response)
    assert "kirim lagi sesudah Senin, 16 Maret 2026 pukul 10.00 WIB" in told.one(cls="banner").words
    assert int(response.headers["Retry-After"]) == 40 * 60
    assert told.sent() == {name: value if isinstance(value, list) else [value] for name, value in forms[3].items()}
    assert post(server, forms[0]).status_code == 303
    assert post(server, forms[4], address="10.0.0.2").status_code == 303
    assert kept(server)["case_record"] == 4
    server.clock.move(minutes=40)
    assert post(server, told.sent()).status_code == 303


def test_reports_are_counted_by_who_asked_and_not_by_the_proxy(
    make_server: Callable[..., Server], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(filing, "MOST", 1)
    for proxies, statuses in ((1, [303, 303, 429]), (0, [303, 429, 429])):
        server = make_server(f"data-{proxies}", proxies=proxies)
        found = [
            server.app.test_client()
            .post("/lapor", data=fill(opened(server), **ANSWERS), headers={"X-Forwarded-For": f"9.9.9.9, {who}"})
            .status_code
            for who in ("10.0.0.1", "10.0.0.2", "10.0.0.1")
        ]
        assert found == statuses


def test_the_usual_limit_leaves_room_for_a_village() -> None:
    assert 10 <= filing.MOST <= 100
