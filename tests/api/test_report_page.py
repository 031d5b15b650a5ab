"""A complaint without JavaScript: drawn from the catalogue, checked like any other, filed once, and nothing lost."""

import re
import shutil
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from schemas.catalogue.load import city_folder
from schemas.catalogue.model import Field
from schemas.form_problems import too_long
from server.domain import acting
from server.pages import filing
from server.pages.sheet import sheet_of
from tests.catalogue_values import answers, branches
from tests.conftest import Server

from .conftest import Make
from .html import Page, page_of

KEY, TRAP, SWITCH = "form.key", "form.page", "form.language"

ANSWERS = {
    "kind": "complaint",
    "category": "light",
    "title": "Lampu jalan mati",
    "text": "Lampu jalan mati sejak seminggu di depan pasar.",
    "where": "words",
    "area": "33.74.01.1001",
    "street": "Jalan Contoh, seberang halte",
    "anonymous": "no",
    "name": "Warga Satu",
}


def opened(server: Server, query: str = "") -> Page:
    response = server.app.test_client().get(f"/lapor{query}")
    assert response.status_code == 200
    return page_of(response)


def post(server: Server, data: dict[str, Any], query: str = "", address: str = "10.0.0.1") -> Any:
    return server.app.test_client().post(f"/lapor{query}", data=data, environ_base={"REMOTE_ADDR": address})


def fill(page: Page, **given: Any) -> dict[str, Any]:
    """The form as a browser sends it, with these answers typed in."""
    return page.sent() | given


def filed(server: Server, **given: Any) -> Any:
    """One report, sent from a form of its own; the answer."""
    return post(server, fill(opened(server), **(ANSWERS | given)))


def kept(server: Server) -> dict[str, int]:
    """How much there is of whatever a submission makes."""
    tables = ("person", "device", "instance", "command", "case_record", "stray", "feed")
    return {table: server.rows(f"SELECT count(*) AS n FROM {table}")[0].n for table in tables}


NOTHING = dict.fromkeys(("person", "device", "instance", "command", "case_record", "stray", "feed"), 0)
ONE = dict.fromkeys(NOTHING, 1) | {"stray": 0}


def problems(page: Page) -> dict[str, str]:
    """What the summary says, by the field that its link leads to; each link leads somewhere."""
    found = {}
    ids = {element.get("id"): element for element in page.elements}
    for link in page.all("a"):
        if link["href"].startswith("#") and link.inside("section"):
            target = ids[link["href"][1:]]
            found[target["name"]] = link.words
    return found


# ---- Drawn from the catalogue ----


def test_every_question_that_words_can_answer_is_asked(server: Server) -> None:
    page = opened(server)
    lapor = server.city.service("lapor")
    named = {element["name"] for element in page.elements if element.tag in ("input", "select", "textarea")}
    assert named == {field.name for field in lapor.fields} - {"point"} | {KEY, TRAP}
    for field in lapor.fields:
        if field.name == "point":
            continue
        assert field.label.id in page.main
        if field.help:
            assert field.help.id in page.main
        for option in field.options:
            if (field.name, option.code) != ("where", "map"):
                assert page.one("input", type="radio", name=field.name, value=option.code)
    assert not page.all("input", value="map")
    assert {element.words for element in page.all("h2")} == {group.label.id for group in lapor.groups}
    assert lapor.summary.id in page.one(cls="lead").words
    assert "Foto: tidak bisa dikirim dari halaman ini" in page.main


def test_areas_stand_under_their_district(server: Server) -> None:
    page = opened(server)
    groups = page.all("optgroup")
    assert len(groups) == 16
    inside = {
        group["label"]: {o["value"]: o.words for o in page.all("option") if group in o.parents} for group in groups
    }
    assert inside == {
        district.name: {a.code: a.name for a in server.city.areas if a.parent == district.code}
        for district in server.city.areas
        if district.kind == "kecamatan"
    }
    offices = {o["value"] for o in page.all("option") if o.inside("select")["name"] == "accused_office"}
    assert offices == {office.code for office in server.city.offices} | {""}


@pytest.mark.parametrize(
    ("query", "accused", "street"),
    [
        (
            "",
            "Isi bila “Tentang apa?” dijawab “Pelayanan aparat” atau “Perizinan”.",
            "Isi bila “Bagaimana Anda menunjukkan lokasinya?” dijawab “Dengan kata-kata”.",
        ),
        (
            "?lang=en",
            "Answer if “What is it about?” is “Conduct of officials” or “Permits”.",
            "Answer if “How will you show where it is?” is “In words”.",
        ),
    ],
)
def test_a_conditional_question_says_when_it_is_for(server: Server, query: str, accused: str, street: str) -> None:
    page = opened(server, query)

    def first_hint(name: str) -> str:
        (control,) = [element for element in page.elements if element.get("name") == name]
        return page.one(id=control["aria-describedby"].split()[0]).words

    assert first_hint("accused_office") == accused
    assert first_hint("street") == street
    # Asked here only in words: the map, which this page does not offer, is not named.
    assert first_hint("area") == street
    # Each right after the question it hangs on, and before the next one.
    asked = [element["name"] for element in page.elements if element.get("id") and "name" in element.attributes]
    order = list(dict.fromkeys(asked))
    assert order[order.index("category") :][:4] == ["category", "accused_office", "about_case", "title"]


def test_optional_questions_are_marked_and_no_others(server: Server) -> None:
    page = opened(server)
    marked = {element.get("for") for element in page.all("label") if element.words.endswith("(boleh dikosongkan)")}
    optional = {f"field-{f.name}" for f in server.city.service("lapor").fields if not f.required}
    assert marked == optional


def test_whatever_the_form_lets_a_person_answer_is_filed(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every option of every question, as a browser would send it."""
    monkeypatch.setattr(filing, "MOST", 1_000)
    sheet = sheet_of(server.city)
    assert sheet is not None
    count = 0
    for given in branches(server.city, sheet.fields):
        page = opened(server)
        for name, value in given.items():
            for one in page.all("input", name=name, type="radio"):
                assert value in {o["value"] for o in page.all("input", name=name)}, (name, one)
        response = post(server, fill(page, **given))
        assert response.status_code == 303, problems(page_of(response))
        count += 1
    assert count >= 20
    assert kept(server)["case_record"] == count


def _folder(tmp_path: Path, change: Callable[[str], str]) -> Path:
    folder = tmp_path / "kota"
    shutil.copytree(city_folder("semarang"), folder)
    path = folder / "services" / "lapor.toml"
    words = path.read_text()
    path.write_text(change(words))
    assert path.read_text() != words
    return folder


def test_another_city_calls_its_complaints_otherwise(make_server: Callable[..., Server], tmp_path: Path) -> None:
    def other(words: str) -> str:
        return words.replace('code = "lapor"', 'code = "aduan"', 1).replace('prefix = "LPR"', 'prefix = "ADU"')

    server = make_server(city=str(_folder(tmp_path, other)))
    response = filed(server)
    assert response.status_code == 303
    assert "ADU-2026-000001" in response.headers["Location"]


def test_a_city_without_complaints_has_no_form_and_no_link_to_one(
    make_server: Callable[..., Server], tmp_path: Path
) -> None:
    def without(words: str) -> str:
        start, end = words.index("[routes]"), words.index("[joins]")
        return (words[:start] + words[end:]).replace('effect = "route"\n', "")

    server = make_server(city=str(_folder(tmp_path, without)))
    assert server.city.service("lapor").routes is None
    for response in (server.app.test_client().get("/lapor"), post(server, ANSWERS)):
        assert response.status_code == 404
        assert "Halaman ini tidak ada" in page_of(response).main
    page = page_of(server.app.test_client().get("/lacak"))
    assert "/lapor" not in {link["href"] for link in page.all("a")}


# ---- Filed ----


def test_a_report_becomes_a_case_like_any_other(server: Server, staff: Make) -> None:
    response = filed(server)
    assert response.status_code == 303
    assert kept(server) == ONE
    (person,) = server.rows("SELECT kind, name FROM person")
    assert (person.kind, person.name) == ("guest", "Tamu")
    officer = staff("complaint_officer", scopes=("office:diskominfo",))
    officer.pull()
    (case,) = officer.held.values()
    assert (case["stage"], case["number"], case["district"]) == ("received", "LPR-2026-000001", "33.74.01")
    assert case["fields"] == ANSWERS
    # A page has no clock, so it claims nothing.
    assert "claimed" not in case["steps"][0]
    assert case["steps"][0]["at"] == "2026-03-16T02:00:00Z"


def test_the_receipt_tells_number_code_and_what_comes_next(server: Server) -> None:
    response = filed(server)
    where = response.headers["Location"]
    page = page_of(server.app.test_client().get(where))
    number, code = re.fullmatch(r"/lacak\?number=([\w-]+)&code=(\w{10})&new=1", where).groups()
    banner = page.one(cls="banner")
    assert "good" in banner["class"].split()
    for words in (number, code, "Simpan halaman ini", "Jangan bagikan kodenya"):
        assert words in banner.words
    assert page.all(cls="due-date")
    assert page.all("details", cls="why")
    # Opened from a note of number and code, it is the same page without the banner.
    later = page_of(server.app.test_client().get(f"/lacak?number={number}&code={code}"))
    assert not later.all(cls="banner")
    assert later.one("h1").words == number
    english = post(server, fill(opened(server), **ANSWERS), "?lang=en")
    assert english.headers["Location"].endswith("&new=1&lang=en")


def test_sent_twice_it_is_one_case(server: Server) -> None:
    data = fill(opened(server), **ANSWERS)
    first = post(server, data)
    server.clock.move(minutes=3)
    again = [post(server, data), post(server, data, "?lang=en")]
    assert first.status_code == 303
    assert {a.headers["Location"].removesuffix("&lang=en") for a in again} == {first.headers["Location"]}
    assert kept(server) == ONE


def _tapped(server: Server) -> None:
    for turn in range(1, 6):
        data = fill(opened(server), **ANSWERS)
        with ThreadPoolExecutor(6) as pool:
            found = list(pool.map(lambda _, form=data: post(server, form), range(6)))
        assert [response.status_code for response in found] == [303] * 6
        assert len({response.headers["Location"] for response in found}) == 1
        assert kept(server) == {table: turn * n for table, n in ONE.items()}


def test_tapped_many_times_at_once_it_is_one_case(server: Server) -> None:
    _tapped(server)


def test_tapped_many_times_at_once_on_postgresql_it_is_one_case(
    make_server: Callable[..., Server], postgres_url: str
) -> None:
    """Where two transactions go on side by side, and neither sees the guest that the other makes."""
    _tapped(make_server(database=postgres_url))


def test_each_form_is_a_person_of_its_own(server: Server) -> None:
    """What one page files is not tied to what another one did, not even by the same sender."""
    for _ in range(2):
        assert filed(server).status_code == 303
    assert kept(server) == {table: 2 * n for table, n in ONE.items()}


def test_other_words_under_the_same_key_are_told_and_not_lost(server: Server) -> None:
    page = opened(server)
    first = post(server, fill(page, **ANSWERS))
    response = post(server, fill(page, **(ANSWERS | {"title": "Pohon tumbang", "category": "tree"})))
    assert response.status_code == 409
    told = page_of(response)
    assert "laporan itu tidak berubah" in told.one(cls="banner").words
    link = told.one(cls="banner") and next(a for a in told.all("a") if a.inside("div") and "LPR" in a.words)
    assert link["href"] == first.headers["Location"].removesuffix("&new=1")
    assert kept(server)["case_record"] == 1
    # The server keeps it too, for an admin.
    assert b"Pohon tumbang" in bytes(server.rows("SELECT payload FROM stray")[0].payload)
    sent = told.sent()
    assert sent["title"] == ["Pohon tumbang"]
    assert sent[KEY] != page.sent()[KEY]
    second = post(server, sent)
    assert second.status_code == 303
    assert second.headers["Location"] != first.headers["Location"]
    assert kept(server)["case_record"] == 2


def test_an_answer_to_a_question_that_was_not_asked_is_left_out(server: Server) -> None:
    """Who stays anonymous to the office is not sent there by a name typed before."""
    response = filed(server, anonymous="office", accused_office="dpu")
    assert response.status_code == 303
    assert b"Warga Satu" not in bytes(server.rows("SELECT payload FROM command")[0].payload)
    state = bytes(server.rows("SELECT state FROM case_record")[0].state)
    assert b"Warga Satu" not in state
    assert b"dpu" not in state


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


# ---- Languages ----


def test_changing_the_language_keeps_what_was_typed(server: Server) -> None:
    page = opened(server)
    button = page.one("button", name=SWITCH)
    first = page.all("button")[0]
    assert first.get("name") is None, "a browser takes the first button for Enter"
    assert button["formaction"] == "/lapor?lang=en"
    response = post(server, fill(page, title="Baru dua kata", street="Jalan", **{SWITCH: "1"}), "?lang=en")
    assert response.status_code == 200
    english = page_of(response)
    assert english.one("html")["lang"] == "en"
    assert english.sent()["title"] == ["Baru dua kata"]
    assert english.sent()[KEY] == page.sent()[KEY]
    assert not problems(english)
    assert english.one("button", name=SWITCH)["formaction"] == "/lapor"
    assert kept(server) == NOTHING


def test_the_answers_helper_knows_the_form(server: Server) -> None:
    """The answers that these tests give are those that the form asks for."""
    sheet = sheet_of(server.city)
    assert sheet is not None
    asked: list[Field] = list(sheet.fields)
    assert set(ANSWERS) <= set(answers(server.city, asked, ANSWERS))
