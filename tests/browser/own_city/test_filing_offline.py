"""A complaint written where there is no network: kept, said so, and received once, by itself."""

import re

from playwright.sync_api import expect

from tests.browser.filling import COMPLAINT, begin, file_complaint, fill_in, question
from tests.browser.serving import ServerProcess
from tests.browser.window import SAVED, Device

NUMBER = re.compile(r"LPR-\d{4}-\d{6}")


def test_a_complaint_filed_offline_arrives_once_and_by_itself(phone: Device, server: ServerProcess) -> None:
    page = phone.open()
    phone.installed()
    phone.offline()
    file_complaint(page)
    where = page.get_by_role("list", name="Di mana berkas ini sekarang")
    expect(where).to_contain_text("Tersimpan aman. Terkirim sendiri begitu ada jaringan.")
    expect(where).to_contain_text("Belum diterima server")
    expect(phone.standing()).to_contain_text("1 belum terkirim")
    assert server.rows("SELECT id FROM case_record") == []
    phone.reload()
    expect(where).to_contain_text("Belum diterima server")
    phone.offline(False)
    expect(page.get_by_text(NUMBER).first).to_be_visible(timeout=20_000)
    expect(where).to_contain_text("Diterima server")
    expect(phone.standing()).to_contain_text("Tersinkron")
    assert len(server.numbers()) == 1 and {status for _, _, status in server.commands()} == {"applied"}
    expect(page.get_by_role("heading", name="Semua tanggal")).to_be_visible()


def test_the_date_of_a_complaint_that_was_not_received_yet_is_said_as_the_citys(phone: Device) -> None:
    page = phone.open()
    phone.installed()
    begin(page)
    place = page.url.split("#")[1]
    phone.synced()
    phone.offline()
    phone.go(place)
    fill_in(page, COMPLAINT)
    expect(
        page.get_by_text(re.compile(r"Bila dikirim sekarang: .+ paling lambat \w+, \d+ \w+ 20\d\d\."))
    ).to_be_visible()


def test_what_has_not_left_can_be_taken_back(phone: Device, server: ServerProcess) -> None:
    page = phone.open()
    phone.installed()
    phone.offline()
    file_complaint(page)
    page.get_by_role("button", name="Batalkan").click()
    page.get_by_role("link", name="Lanjutkan mengisi").click()
    expect(page.get_by_text("Semua sudah terisi.")).to_be_visible()
    page.get_by_role("button", name="Buang draf ini").click()
    page.get_by_role("button", name="Ya, buang").click()
    expect(page.get_by_text("Anda belum punya berkas di perangkat ini.")).to_be_visible()
    assert server.rows("SELECT id FROM case_record") == []


def test_an_incomplete_complaint_is_not_sent_and_each_gap_leads_to_its_question(phone: Device) -> None:
    page = phone.open()
    begin(page)
    fill_in(page, COMPLAINT, until="Judul singkat")
    page.get_by_role("button", name="Lanjut", exact=True).click()
    expect(page.get_by_role("main").get_by_role("textbox")).to_be_focused()
    page.get_by_role("link", name="Daftar isian").click()
    page.get_by_role("link", name="Periksa isian Anda").click()
    page.get_by_role("button", name="Kirim", exact=True).click()
    summary = page.get_by_role("alert")
    expect(summary).to_be_focused()
    expect(summary.get_by_role("link")).not_to_have_count(0)
    summary.get_by_role("link", name="Ceritakan").click()
    expect(phone.heading("Ceritakan")).to_be_visible()
    assert question(page) == "Ceritakan"


def test_whoever_changes_an_answer_while_checking_goes_on_with_checking(phone: Device) -> None:
    page = phone.open()
    begin(page)
    fill_in(page, COMPLAINT)
    page.get_by_role("link", name="Ubah: Judul singkat").click()
    page.get_by_role("textbox").fill("Lampu jalan mati total")
    expect(page.get_by_text(SAVED)).to_be_visible()
    phone.reload()
    page.get_by_role("button", name="Lanjut", exact=True).click()
    expect(phone.heading("Periksa isian Anda")).to_be_visible()
    expect(page.get_by_text("Lampu jalan mati total")).to_be_visible()
    page.get_by_role("link", name="Ubah: Ceritakan").click()
    page.get_by_role("link", name="Kembali").click()
    expect(phone.heading("Periksa isian Anda")).to_be_visible()
