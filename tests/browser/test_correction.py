"""The front desk marks what is wrong; the applicant mends that and nothing else; meanwhile the clock stands."""

import json
import re

from playwright.sync_api import Page, expect

from tests.browser.attaching import attach
from tests.browser.backstage import Backstage
from tests.browser.conftest import Make
from tests.browser.pictures import chosen, photo
from tests.browser.serving import ServerProcess
from tests.browser.signing import new_login, officer_at_work, sign_up, staff_of, wards
from tests.browser.waiting import until
from tests.browser.window import SAVED, Device

PEDURUNGAN = "33.74.06"
STREET, NIK = "Nomor rumahnya belum ada.", "Angka terakhir tidak terbaca."


def mark(page: Page, label: str, reason: str | None) -> None:
    page.get_by_role("checkbox", name=label).check()
    if reason is not None:
        page.get_by_label(f"Apa yang harus diperbaiki di “{label}”?").fill(reason)


def ask_for_correction(page: Page) -> None:
    """The front desk, at the case on the screen."""
    page.get_by_role("link", name="Minta dilengkapi").click()
    send = page.get_by_role("button", name="Minta dilengkapi")
    send.click()
    expect(page.get_by_role("region", name="Ada 1 bagian yang perlu")).to_be_focused()
    mark(page, "Nama jalan dan nomor", STREET)
    mark(page, "NIK", None)
    expect(page.get_by_text("2 bagian ditandai.")).to_be_visible()
    # A mark without a reason helps nobody.
    send.click()
    page.get_by_role("button", name="NIK: Tulis apa yang harus diperbaiki.").click()
    expect(page.get_by_label("Apa yang harus diperbaiki di “NIK”?")).to_be_focused()
    page.keyboard.type(NIK)
    expect(page.get_by_text("Isian setengah jadi tersimpan di perangkat ini.")).to_be_visible()
    expect(page.get_by_text("Hitungan waktu berhenti sampai dijawab.")).to_be_visible()
    send.click()
    expect(page.get_by_role("region", name="Apa selanjutnya")).to_contain_text("Perlu dilengkapi")


def mend(device: Device, field: str, reason: str, value: str) -> None:
    page = device.page
    expect(device.heading(field)).to_be_visible()
    expect(page.get_by_text(f"Catatan petugas: {reason}")).to_be_visible()
    page.get_by_role("main").get_by_role("textbox").fill(value)
    expect(page.get_by_text(SAVED)).to_be_visible()
    page.get_by_role("button", name="Lanjut", exact=True).click()


def test_only_what_was_marked_is_mended_and_the_clock_goes_on(
    server: ServerProcess, behind: Backstage, phone: Device, device: Make
) -> None:
    citizen = phone.open()
    phone.installed()
    sign_up(phone, new_login())
    area, street = wards(behind, PEDURUNGAN)[0], "Jalan Tanpa Nomor"
    case = behind.file(behind.citizen(phone.token()), "krk", area=area, street=street)
    desk = device()
    page = officer_at_work(desk, staff_of(behind, "front_desk", PEDURUNGAN))
    page.get_by_role("link", name=re.compile(street)).click()
    ask_for_correction(page)
    desk.synced()
    assert behind.stage(case) == "correction"
    phone.synced()
    phone.go(f"/case/{case}")
    dates = citizen.get_by_role("region", name="Apa selanjutnya")
    expect(dates).to_contain_text("Perlu dilengkapi")
    expect(citizen.get_by_text("Berhenti, menunggu Anda").first).to_be_visible()
    phone.offline()
    citizen.get_by_role("link", name="Perbaiki sekarang").click()
    marked = citizen.get_by_role("main").get_by_role("listitem")
    expect(marked.filter(has_text=f"Nama jalan dan nomor: {STREET}")).to_be_visible()
    expect(marked.filter(has_text=f"NIK: {NIK}")).to_be_visible()
    # The sections of what was not marked are not offered, and not to be had by address either.
    expect(citizen.get_by_role("link", name="Rencana bangunan")).to_have_count(0)
    phone.go(f"/case/{case}/form/address")
    citizen.get_by_role("main").get_by_role("textbox").fill("Alamat lain")
    expect(citizen.get_by_role("alert")).to_contain_text("Hanya isian yang ditandai petugas yang bisa diperbaiki.")
    phone.go(f"/case/{case}/form")
    citizen.get_by_role("link", name="Lanjutkan mengisi").click()
    mend(phone, "NIK", NIK, "3374010101900001")
    mend(phone, "Nama jalan dan nomor", STREET, "Jalan Bernomor 7")
    expect(phone.heading("Periksa isian Anda")).to_be_visible()
    citizen.get_by_role("button", name="Kirim", exact=True).click()
    expect(dates).to_contain_text("Menunggu server: Pemeriksaan kelengkapan")
    assert behind.stage(case) == "correction"
    phone.offline(False)
    phone.synced()
    assert behind.stage(case) == "completeness"
    [(line,)] = server.rows("SELECT coalesce(own_line, line) FROM case_record WHERE id = ?", case)
    held = json.loads(line)["fields"]
    assert (held["nik"], held["street"]) == ("3374010101900001", "Jalan Bernomor 7")
    phone.go(f"/case/{case}")
    expect(citizen.get_by_text("Berhenti, menunggu Anda")).to_have_count(0)
    expect(dates).to_contain_text("Pemeriksaan kelengkapan")
    dates.get_by_text("Mengapa tanggal ini?").first.click()
    expect(dates.get_by_role("list").first).to_contain_text(re.compile("berhenti|dihentikan|menunggu", re.IGNORECASE))


def test_one_marked_document_is_replaced_and_no_other(
    server: ServerProcess, behind: Backstage, phone: Device, device: Make
) -> None:
    citizen = phone.open()
    phone.installed()
    sign_up(phone, new_login())
    case = behind.file(behind.citizen(phone.token()), "krk", area=wards(behind, PEDURUNGAN)[0], street="Jalan Foto 2")
    page = officer_at_work(device(), staff_of(behind, "front_desk", PEDURUNGAN))
    page.get_by_role("link", name=re.compile("Jalan Foto 2")).click()
    page.get_by_role("link", name="Minta dilengkapi").click()
    mark(page, "KTP pemohon", "Foto kartu terpotong.")
    page.get_by_role("button", name="Minta dilengkapi").click()
    expect(page.get_by_role("region", name="Apa selanjutnya")).to_contain_text("Perlu dilengkapi")
    until(lambda: behind.stage(case) == "correction", "the correction at the server")
    phone.synced()
    phone.offline()
    phone.go(f"/case/{case}/form")
    expect(citizen.get_by_text("1 dokumen lagi.")).to_be_visible()
    expect(citizen.get_by_role("link", name="Denah lokasi")).to_have_count(0)
    # Nor can another be had by its address.
    phone.go(f"/case/{case}/form/file/location_map")
    expect(citizen.get_by_text("Dokumen ini tidak perlu diperbaiki.")).to_be_visible()
    phone.go(f"/case/{case}/form")
    citizen.get_by_role("link", name="Lanjutkan mengisi").click()
    expect(phone.heading("KTP pemohon")).to_be_visible()
    expect(citizen.get_by_text("Catatan petugas: Foto kartu terpotong.")).to_be_visible()
    citizen.get_by_role("button", name="Hapus ktp.jpg").click()
    expect(citizen.get_by_role("button", name="Urungkan hapus ktp.jpg")).to_be_focused()
    attach(citizen, chosen("ktp-utuh.jpg", photo(77)))
    citizen.get_by_role("button", name="Lanjut", exact=True).click()
    expect(phone.heading("Periksa isian Anda")).to_be_visible()
    citizen.get_by_role("button", name="Kirim", exact=True).click()
    expect(citizen.get_by_role("region", name="Apa selanjutnya")).to_contain_text("Menunggu server")
    phone.offline(False)
    phone.synced()
    assert behind.stage(case) == "completeness"
    phone.go(f"/case/{case}")
    expect(citizen.get_by_text("Semua 6 file sudah sampai di server.")).to_be_visible(timeout=40_000)
    held = behind.attachments(case)
    assert [one["name"] for one in held if one["document"] == "ktp"] == ["ktp-utuh.jpg"]
    assert len(held) == 6
