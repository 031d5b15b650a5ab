"""A complaint without JavaScript: drawn from the catalogue, and filed once, like any other."""

import re
import shutil
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from schemas.catalogue.load import city_folder
from schemas.catalogue.model import Field
from server.pages import filing
from server.pages.sheet import sheet_of
from tests.catalogue_values import answers, branches
from tests.conftest import Server

from .conftest import Make
from .html import page_of
from .report_page import ANSWERS, KEY, NOTHING, ONE, SWITCH, TRAP, filed, fill, kept, opened, post, problems

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
