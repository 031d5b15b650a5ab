"""Tracking without JavaScript: the same facts as the API's, in words, and not a word more."""

from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

import pytest

from schemas.explain import WEEKDAYS
from server.access import throttle
from tests.conftest import Server

from .conftest import Make
from .device import Device
from .filing import act, arrive, fields, file
from .html import Page, page_of

WRONG = {
    "id": "Tidak ada berkas dengan nomor dan kode ini.",
    "en": "There is no case with this number and code.",
}


def ask(server: Server, **query: str) -> Any:
    return server.app.test_client().get(f"/lacak?{urlencode(query)}")


def shown(server: Server, record: dict[str, Any], **query: str) -> Page:
    response = ask(server, number=record["number"], code=record["code"], **query)
    assert response.status_code == 200
    return page_of(response)


def told(server: Server, record: dict[str, Any]) -> Any:
    return server.app.test_client().get(f"/api/v1/track/{record['number']}?code={record['code']}").json


def test_the_empty_form(server: Server) -> None:
    page = page_of(ask(server))
    form = page.one("form")
    assert (form["method"], form["action"]) == ("get", "/lacak")
    assert set(page.sent()) == {"number", "code"}
    assert not page.all(cls="error-summary")
    assert not page.all(aria_invalid="true")
    # A link with nothing but a number fills it in and finds no fault yet.
    linked = page_of(ask(server, number="LPR-2026-000001"))
    assert linked.sent()["number"] == ["LPR-2026-000001"]
    assert not linked.all(cls="error-summary")


@pytest.mark.parametrize("language", ["id", "en"])
def test_a_case_in_words(server: Server, guest: Device, staff: Make, language: str) -> None:
    case = file(server, guest)
    record = guest.held[case]
    server.clock.move(hours=2)
    act(staff("front_desk"), case, "accept")
    page = shown(server, {"number": f" {record['number'].lower()} ", "code": record["code"].lower()}, lang=language)
    facts = told(server, record)
    assert page.one("h1").words == record["number"]
    assert facts["label"][language] in page.main
    assert facts["says"][language] in page.main
    assert facts["service"][language] in page.main
    dates = {element.words for element in page.all(cls="due-date")}
    assert len(page.all(cls="due")) == len(facts["limits"]) == len(page.all("details", cls="why"))
    assert any(words.startswith(WEEKDAYS[language]) for words in dates)
    sentences = {element.words for element in page.all("li") if element.inside("details")}
    assert sentences == {sentence for limit in facts["limits"] for sentence in limit["why"][language]}
    for limit in facts["limits"]:
        assert limit["label"][language] in {element.words for element in page.all(cls="due-label")}


def test_dates_are_told_as_the_city_reads_its_clock(server: Server, guest: Device, staff: Make) -> None:
    case = file(server, guest)
    server.clock.move(hours=6)
    act(staff("front_desk"), case, "accept")
    page = shown(server, guest.held[case])
    assert [entry.words for entry in page.all(cls="when")] == [
        "Senin, 16 Maret 2026 pukul 09.00 WIB",
        "Senin, 16 Maret 2026 pukul 15.00 WIB",
        "Senin, 16 Maret 2026 pukul 15.00 WIB",
    ]
    moments = [entry["datetime"] for entry in page.all("time") if entry.inside("ol")]
    assert moments[0] == "2026-03-16T09:00:00+07:00"
    assert [entry.words for entry in page.all(cls="what")][1:] == ["Dibuka oleh petugas", "Survei lapangan"]
    assert [entry.get("class") for entry in page.all("li") if entry.inside("ol") == page.one("ol", cls="timeline")] == [
        None,
        None,
        "now",
    ]


def test_the_timeline_says_what_went_on(server: Server, guest: Device, staff: Make) -> None:
    case = file(server, guest, "lapor", category="road")
    officer = staff("complaint_officer", scopes=("office:diskominfo", "office:dpu"))
    server.clock.move(hours=1)
    officer.exchange(officer.command("case.open", case))
    server.clock.move(hours=1)
    act(officer, case, "dispatch")
    server.clock.move(hours=1)
    act(officer, case, "answer", form={"answer": "Kami kirim petugas besok pagi."})
    page = shown(server, guest.held[case], lang="en")
    assert [entry.words for entry in page.all(cls="what")] == [
        "Received",
        "Opened by an officer",
        "Being handled",
        "Something was done; the stage is still Being handled",
    ]
    assert "petugas besok" not in page.html


def test_how_many_files_have_arrived_is_told_and_nothing_of_them(server: Server, guest: Device) -> None:
    case = file(server, guest, land_proof="shm", pbb="paid", is_owner="yes", has_proxy="no", applicant_kind="person")
    assert "0 dari 5 foto dan dokumen sudah sampai." in shown(server, guest.held[case]).main
    arrive(guest, case)
    page = shown(server, guest.held[case], lang="en")
    assert "5 of 5 photos and documents have arrived." in page.main
    assert "ktp" not in page.html
    without = file(server, guest, "lapor")
    assert "have arrived" not in shown(server, guest.held[without], lang="en").main


def test_how_far_a_date_is(server: Server, guest: Device, staff: Make) -> None:
    """Ahead, today, past, waiting for the applicant, done: each said, and what runs comes first."""
    server.clock.move(days=49)  # a Monday with no holiday in the week after it
    case = file(server, guest, "lapor")
    record = guest.held[case]
    officer = staff("complaint_officer", scopes=("office:diskominfo",))

    def limits() -> list[tuple[str, str, bool]]:
        page = shown(server, record)
        labels, far = page.all(cls="due-label"), page.all(cls="due-far")
        return [(a.words, b.words, "late" in b["class"].split()) for a, b in zip(labels, far, strict=True)]

    assert limits() == [
        ("Diteruskan ke kantor yang tepat", "besok", False),
        ("Jawaban pertama", "4 hari lagi", False),
        ("Selesai ditangani", "9 hari lagi", False),
    ]
    server.clock.move(days=1)
    assert limits()[0][1:] == ("hari ini", False)
    server.clock.move(days=2)
    assert limits()[0][1:] == ("lewat 2 hari", True)
    act(officer, case, "ask", form={"question": "Di sebelah mana?"})
    page = shown(server, record)
    assert "datang ke loket" in page.main
    assert {far for _, far, _ in limits()} == {
        "hitungan berhenti sementara",
        "hitungan berhenti sementara, sesudah terlambat",
    }
    act(guest, case, "explain", form={"reply": "Di depan pasar."})
    assert "datang ke loket" not in shown(server, record).main
    act(officer, case, "dispatch")
    assert limits() == [
        ("Jawaban pertama", "besok", False),
        ("Selesai ditangani", "6 hari lagi", False),
        ("Diteruskan ke kantor yang tepat", "selesai, terlambat", True),
    ]
    act(officer, case, "answer", form={"answer": "Kami kirim petugas besok pagi."})
    assert ("Jawaban pertama", "selesai, tepat waktu", False) in limits()


def test_a_date_that_may_move_says_so(server: Server, guest: Device) -> None:
    """In three years, whose joint leave is not decreed yet; and not now."""
    certain = shown(server, guest.held[file(server, guest, "lapor", title="Yang pertama")])
    assert not certain.all(cls="provisional")
    server.clock.move(days=365 * 3)
    record = guest.held[file(server, guest)]
    marked = [limit["provisional"] for limit in told(server, record)["limits"]]
    assert any(marked)
    found = shown(server, record).all(cls="provisional")
    assert [element.words for element in found] == ["Tanggal ini masih bisa berubah."] * marked.count(True)


@pytest.mark.parametrize("language", ["id", "en"])
def test_a_wrong_pair_gets_one_answer_that_does_not_tell_which(server: Server, guest: Device, language: str) -> None:
    record = guest.held[file(server, guest)]
    pairs = [
        (record["number"], "0000000000"),
        ("KRK-2026-999999", record["code"]),
        ("\0", "\0"),
        ("x", "ö"),
        ("x" * 5_000, "<b>"),
    ]
    answers = []
    for number, code in pairs:
        response = ask(server, number=number, code=code, lang=language)
        assert response.status_code == 404
        page = page_of(response)
        assert page.sent()["number"] == [number]
        assert page.sent()["code"] == [code]
        (problem,) = [link.words for link in page.all("a") if link.inside("section")]
        assert problem.startswith(WRONG[language])
        answers.append((problem, [element.attributes.keys() for element in page.all("input")]))
    assert len({str(answer) for answer in answers}) == 1


def test_a_missing_half_is_asked_for(server: Server) -> None:
    response = ask(server, number="LPR-2026-000001", code=" ")
    assert response.status_code == 422
    page = page_of(response)
    assert page.one(cls="error-text")["id"] == "error-code"
    assert [link["href"] for link in page.all("a") if link.inside("section")] == ["#field-code"]
    assert page.sent()["number"] == ["LPR-2026-000001"]
    assert page.one("title").words.startswith("Perlu diperbaiki: ")


def test_guessing_is_slowed_down_together_with_the_api(server: Server, guest: Device) -> None:
    record = guest.held[file(server, guest)]
    for turn in range(throttle.MOST_ADDRESS):
        if turn % 2:
            ask(server, number="x", code="y")
        else:
            server.app.test_client().get("/api/v1/track/x?code=y")
    assert server.app.test_client().get(f"/api/v1/track/{record['number']}?code={record['code']}").status_code == 429
    response = ask(server, number=record["number"], code=record["code"])
    assert response.status_code == 429
    page = page_of(response)
    # The window ends a quarter of an hour after the full hour.
    assert "Coba lagi sesudah Senin, 16 Maret 2026 pukul 09.15 WIB" in page.main
    assert int(response.headers["Retry-After"]) == 15 * 60
    assert page.sent()["code"] == [record["code"]]
    server.clock.move(minutes=15)
    shown(server, record)


@pytest.mark.parametrize("service", ["krk", "iptb", "lapor"])
@pytest.mark.parametrize("anonymous", ["no", "public", "office"])
def test_nothing_of_what_the_applicant_wrote_is_shown(
    server: Server, guest: Device, service: str, anonymous: str
) -> None:
    kinds = {"text": "Penanda {}", "longtext": "Penanda {} panjang sekali", "email": "penanda{}@contoh.id"}
    markers: dict[str, Any] = {"anonymous": anonymous, "where": "words"}
    for number, field in enumerate(server.city.service(service).fields):
        if field.type in kinds:
            markers[field.name] = kinds[field.type].format(number)
        elif field.type == "phone":
            markers[field.name] = f"0813999{number:05d}"
    filed = fields(server, service, **markers)
    record = guest.held[file(server, guest, service, **markers)]
    assert "Penanda" in str(record)
    html = shown(server, record).html
    for value in (*(str(v) for v in filed.values() if len(str(v)) > 6), record["owner"], record["id"], "Tamu"):
        assert value not in html
    for secret in ("enanda", "0813999"):
        assert secret not in html


def test_a_page_of_a_case_whose_service_is_gone(make_server: Callable[..., Server], stall_folder: Any) -> None:
    """The city took a service out of its catalogue: the codes stand in for the words that went with it."""
    before = make_server(city=str(stall_folder))
    guest = Device(before.app)
    record = guest.held[file(before, guest, "izin_pkl")]
    after = make_server()
    page = shown(after, record)
    assert record["stage"] in page.main
    assert page.one("h1").words == record["number"]
