"""A browser without JavaScript: the pages that the server draws are enough to report and to follow a case."""

import re

import pytest
from playwright.sync_api import Page, Route, expect

from tests.browser.conftest import Make
from tests.browser.serving import ServerProcess
from tests.browser.window import Device


@pytest.fixture
def plain(device: Make) -> Device:
    return device(java_script_enabled=False)


def fill(page: Page, title: str) -> None:
    """The whole report."""
    page.get_by_role("radio", name="Pengaduan").check()
    page.get_by_role("radio", name="Lampu jalan").check()
    page.get_by_label("Judul singkat").fill(title)
    page.get_by_label("Ceritakan").fill("Sejak tiga malam lampunya mati, dan jalannya gelap sekali.")
    page.get_by_role("radio", name="Tidak ada lokasi tertentu").check()
    page.get_by_role("radio", name="Sembunyikan juga dari kantor yang menangani").check()


def without_scripts(route: Route) -> None:
    """Chromium's switch stops scripts, and still reads the page as if there were some: <noscript> stays closed."""
    answer = route.fetch()
    route.fulfill(response=answer, body=re.sub("</?noscript>", "", answer.text()))


def test_the_page_of_the_app_leads_to_both(plain: Device) -> None:
    page = plain.page
    page.route(f"{plain.address}/", without_scripts)
    page.goto(plain.address)
    expect(page.get_by_text("Tanpa JavaScript Anda tetap bisa:")).to_be_visible()
    page.get_by_role("link", name="Melapor masalah").click()
    expect(plain.heading("Lapor")).to_be_visible()
    page.goto(plain.address)
    page.get_by_role("link", name="Melacak berkas").click()
    expect(plain.heading("Lacak berkas")).to_be_visible()


def test_a_report_is_filed_once_and_followed(server: ServerProcess, plain: Device) -> None:
    page = plain.page
    page.goto(f"{plain.address}/lapor")
    fill(page, "Lampu mati di perempatan")
    # An impatient second tap is the same report.
    page.get_by_role("button", name="Kirim laporan").dblclick()
    receipt = page.get_by_role("region", name="Laporan Anda sudah kami terima")
    expect(receipt).to_be_visible()
    number, code = receipt.locator("strong").all_inner_texts()
    assert re.fullmatch(r"LPR-\d{4}-\d{6}", number)
    page.reload()
    expect(receipt).to_be_visible()
    found = server.rows("SELECT count(*) FROM case_record WHERE instr(line, 'Lampu mati di perempatan')")
    assert found == [(1,)]
    page.goto(f"{plain.address}/lacak")
    page.get_by_label("Nomor berkas").fill(number.lower())
    page.get_by_label("Kode lacak").fill(code)
    page.get_by_role("button", name="Lihat").click()
    expect(plain.heading(number)).to_be_visible()
    expect(page.get_by_role("heading", name="Sekarang: Diterima")).to_be_visible()
    page.get_by_text("Mengapa tanggal ini?").first.click()
    expect(page.get_by_role("listitem").filter(has_text=re.compile(r"\d{4}")).first).to_be_visible()


def test_what_is_missing_is_said_and_what_was_typed_stays(plain: Device) -> None:
    # The answer to a form that cannot be taken is no success, and the browser says so.
    plain.watch.foresee(r"status of 422")
    page = plain.page
    page.goto(f"{plain.address}/lapor")
    page.get_by_label("Judul singkat").fill("Lampu mati")
    page.get_by_role("button", name="Kirim laporan").click()
    wrong = page.get_by_role("region", name="Ada isian yang harus diperbaiki")
    expect(wrong).to_be_visible()
    expect(page).to_have_title(re.compile("^Perlu diperbaiki: "))
    expect(page.get_by_label("Judul singkat")).to_have_value("Lampu mati")
    story = page.get_by_label("Ceritakan")
    expect(story).to_have_attribute("aria-invalid", "true")
    wrong.get_by_role("link", name=re.compile("Ceritakan")).click()
    expect(story).to_be_in_viewport()


def test_a_case_that_is_not_there_is_said_in_words(plain: Device) -> None:
    plain.watch.foresee(r"status of 4\d\d")
    page = plain.page
    page.goto(f"{plain.address}/lacak")
    page.get_by_label("Nomor berkas").fill("LPR-2026-000999")
    page.get_by_label("Kode lacak").fill("AAAAAAAAAA")
    page.get_by_role("button", name="Lihat").click()
    expect(page.get_by_text("Tidak ada berkas dengan nomor dan kode ini.").first).to_be_visible()
    expect(page.get_by_label("Nomor berkas")).to_have_value("LPR-2026-000999")


def test_it_speaks_english_and_keeps_what_was_typed(plain: Device) -> None:
    page = plain.page
    page.goto(f"{plain.address}/lapor")
    page.get_by_label("Judul singkat").fill("Street light out")
    page.get_by_role("button", name="Show this in English").click()
    expect(plain.heading("Report a problem")).to_be_visible()
    expect(page.locator("html")).to_have_attribute("lang", "en")
    expect(page.get_by_label("A short title")).to_have_value("Street light out")
    page.get_by_role("link", name="Track a case").click()
    expect(plain.heading("Track a case")).to_be_visible()
    page.get_by_role("link", name="Bahasa Indonesia").click()
    expect(plain.heading("Lacak berkas")).to_be_visible()
