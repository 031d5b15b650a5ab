"""Photos of an officer: taken out of doors with a survey, sent in the evening; and documents that are still awaited."""

import json
import re

import pytest
from playwright.sync_api import expect

from tests.browser.attaching import attach, picker
from tests.browser.backstage import Backstage
from tests.browser.conftest import Make
from tests.browser.pictures import chosen, photo
from tests.browser.serving import ServerProcess
from tests.browser.signing import officer_at_work, staff_of, wards
from tests.browser.test_officer import FORM_KEPT, fill_survey, waits_for_survey
from tests.browser.window import Device, expect_js

GUNUNGPATI, GAJAHMUNGKUR = "33.74.12", "33.74.09"
PHOTOS = "Foto lokasi"


@pytest.fixture
def tablet(device: Make) -> Device:
    return device(geolocation={"latitude": -6.98, "longitude": 110.33, "accuracy": 8}, permissions=["geolocation"])


def test_photos_of_a_survey_go_up_with_it_in_the_evening(
    server: ServerProcess, behind: Backstage, tablet: Device
) -> None:
    case = waits_for_survey(behind, wards(behind, GUNUNGPATI)[0], "Jalan Difoto 1")
    page = officer_at_work(tablet, staff_of(behind, "surveyor", GUNUNGPATI))
    tablet.offline()
    tablet.go(f"/case/{case}/act/report_survey")
    fill_survey(page)
    attach(page, chosen("muka.jpg", photo(1, (2400, 1800))), chosen("batas.jpg", photo(2)), to=PHOTOS)
    expect(page.get_by_text(FORM_KEPT)).to_be_visible()
    # Half-way: the photos are kept with what is typed.
    page.close()
    page = tablet.page = tablet.context.new_page()
    tablet.open(f"/case/{case}/act/report_survey")
    expect(page.get_by_text("Melanjutkan isian yang tersimpan.")).to_be_visible()
    held = picker(page, PHOTOS).get_by_role("list", name="File yang ditambahkan").get_by_role("listitem")
    expect(held).to_have_count(2)
    expect_js(page, "[...document.querySelectorAll('.file img')].filter(one => one.naturalWidth).length >= 2")
    page.get_by_role("button", name="Hapus batas.jpg").click()
    page.get_by_role("button", name="Urungkan hapus batas.jpg").click()
    expect(held).to_have_count(2)
    page.get_by_role("group", name="Apakah keadaan di lapangan sesuai").get_by_text("Ya", exact=True).click()
    page.get_by_role("button", name="Kirim hasil survei").click()
    expect(page.get_by_role("region", name="Apa selanjutnya")).to_contain_text("Menunggu server")
    tablet.go("/sync")
    waiting = page.get_by_role("region", name="Foto dan dokumen yang menunggu (2)")
    expect(waiting.get_by_role("listitem").filter(has_text="muka.jpg")).to_contain_text(PHOTOS)
    page.get_by_text("Pindahkan lewat file").click()
    expect(page.get_by_text("2 foto dan dokumen tidak ikut di dalam file itu")).to_be_visible()
    tablet.go(f"/case/{case}")
    expect(page.get_by_text("Di perangkat ini, belum terkirim")).to_have_count(2)
    tablet.offline(False)
    tablet.synced()
    tablet.go(f"/case/{case}")
    expect(page.get_by_text(re.compile(r"^Semua \d+ file sudah sampai di server\."))).to_be_visible(timeout=40_000)
    [(line,)] = server.rows("SELECT line FROM case_record WHERE id = ?", case)
    mine = [one for one in json.loads(line)["attachments"] if one["document"] == "survey_photos"]
    assert [one["action"] for one in mine] == ["report_survey"] * 2
    assert all(one["arrived"] and one["role"] == "surveyor" for one in mine)
    page.get_by_role("button", name="Lihat muka.jpg").click()
    dialog = page.get_by_role("dialog", name="File 1 dari 2: muka.jpg")
    expect_js(page, "document.querySelector('dialog img')?.naturalWidth === 1600")
    page.keyboard.press("ArrowRight")
    expect(page.get_by_role("dialog", name="File 2 dari 2: batas.jpg")).to_be_visible()
    page.get_by_role("dialog").get_by_role("button", name="Tutup").click()
    expect(dialog).to_have_count(0)


def test_what_is_awaited_of_the_applicant_is_said_before_it_is_tried(behind: Backstage, tablet: Device) -> None:
    area = wards(behind, GAJAHMUNGKUR)[0]
    citizen = behind.citizen()
    case = behind.file(citizen, "krk", arrive=False, area=area, street="Jalan Menunggu 1")
    page = officer_at_work(tablet, staff_of(behind, "front_desk", GAJAHMUNGKUR))
    tablet.go(f"/case/{case}")
    expect(page.get_by_text("Belum sampai dari perangkat pengirim").first).to_be_visible()
    page.get_by_role("button", name="Lihat ktp.jpg").click()
    expect(page.get_by_role("dialog").get_by_role("alert")).to_contain_text("masih di perangkat pengirimnya")
    page.keyboard.press("Escape")
    page.get_by_role("link", name="Nyatakan lengkap").click()
    told = page.get_by_role("status").filter(has_text="Menunggu 6 dokumen pemohon")
    expect(told).to_contain_text("KTP pemohon")
    expect(told).to_contain_text("“Nyatakan lengkap” baru bisa dilakukan sesudah filenya sampai")
    page.get_by_role("button", name="Nyatakan lengkap").click()
    expect(page.get_by_role("alert")).to_contain_text("Dokumen pemohon belum semuanya sampai di server.")
    for one in behind.attachments(case):
        behind.deliver(citizen, case, one["id"], behind.content[one["sha256"]])
    tablet.synced()
    tablet.go(f"/case/{case}/act/accept")
    expect(tablet.heading("Nyatakan lengkap")).to_be_visible()
    expect(told).to_have_count(0)
    page.get_by_role("button", name="Nyatakan lengkap").click()
    expect(page.get_by_role("region", name="Apa selanjutnya")).to_contain_text("Survei lapangan")
    tablet.synced()
    assert behind.stage(case) == "survey"
    tablet.go(f"/case/{case}")
    expect(page.get_by_text("Semua 6 file sudah sampai di server.")).to_be_visible()


def test_a_file_that_is_only_at_the_server_says_that_it_needs_a_network(behind: Backstage, tablet: Device) -> None:
    case = behind.file(behind.citizen(), "krk", area=wards(behind, GAJAHMUNGKUR)[0], street="Jalan Jauh 1")
    # Whoever has nothing to do with it yet is brought small pictures alone.
    page = officer_at_work(tablet, staff_of(behind, "signer", GAJAHMUNGKUR))
    tablet.go(f"/case/{case}")
    told = page.get_by_text("perlu jaringan untuk dibuka")
    expect(told).to_have_count(6)
    page.get_by_role("button", name="Lihat ktp.jpg").click()
    expect(page.get_by_role("dialog").get_by_role("img", name="ktp.jpg")).to_be_visible()
    page.keyboard.press("Escape")
    # Here all six are one photo, and equal bytes lie once.
    expect(told).to_have_count(0)
