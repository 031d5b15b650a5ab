"""An officer's day: the list by date, a survey where no network is, and what a colleague was quicker with."""

import json
import re

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.backstage import Backstage
from tests.browser.conftest import Make
from tests.browser.serving import ServerProcess
from tests.browser.signing import officer_at_work, staff_of, wards
from tests.browser.window import Device
from tests.catalogue_values import answers

TUGU, MIJEN, GENUK, CANDISARI, BANYUMANIK = "33.74.16", "33.74.14", "33.74.05", "33.74.08", "33.74.11"
FORM_KEPT = "Isian setengah jadi tersimpan di perangkat ini."
EXPECTED = "Menunggu server: Telaah rencana kota"


@pytest.fixture
def tablet(device: Make) -> Device:
    """An officer's, out of doors."""
    return device(geolocation={"latitude": -6.98, "longitude": 110.33, "accuracy": 8}, permissions=["geolocation"])


def waits_for_survey(behind: Backstage, area: str, street: str) -> str:
    """A KRK that waits for its survey."""
    case = behind.file(behind.citizen(), "krk", area=area, street=street)
    behind.act("loket", case, "accept")
    return case


def fill_survey(page: Page) -> None:
    page.get_by_role("button", name="Pakai lokasi saya sekarang").click()
    expect(page.get_by_text("-6.98000, 110.33000 (±8 m)")).to_be_visible()
    page.get_by_label("Lebar jalan terukur").fill("6,5")
    page.get_by_role("group", name="Keadaan sekarang").get_by_text("Tanah kosong", exact=True).click()


def test_the_list_goes_by_date_and_is_narrowed_by_what_one_looks_for(behind: Backstage, tablet: Device) -> None:
    login = staff_of(behind, "complaint_officer", TUGU)
    areas = wards(behind, TUGU)
    citizen = behind.citizen()
    # Two more than are drawn at once, and not filed in the order of their dates.
    for place in range(52):
        with behind.ago(days=(place * 7) % 16):
            behind.file(citizen, title=f"Laporan nomor {place}", area=areas[place % len(areas)], where="words")
    page = officer_at_work(tablet, login)
    rows = page.get_by_role("region", name="Daftar berkas").get_by_role("listitem").get_by_role("link")
    expect(rows).to_have_count(50)
    expect(page.get_by_role("heading", level=2).first).to_contain_text("Lewat batas waktu")
    page.get_by_role("button", name="Tampilkan 2 lagi (sisa 2)").click()
    expect(rows).to_have_count(52)
    expect(rows.nth(50)).to_be_focused()
    by_date = sorted(tablet.stored("record"), key=lambda row: (row["due"], row["number"]))
    assert len({row["due"] for row in by_date}) > 5
    assert rows.all_inner_texts() == [row["title"] for row in by_date]
    page.get_by_role("searchbox", name="Cari").fill("nomor 17")
    expect(rows).to_have_text(["Laporan nomor 17"])
    expect(page.get_by_text("1 dari 52 berkas")).to_be_visible()


def test_a_kecamatan_narrows_the_list_and_stays_chosen(behind: Backstage, tablet: Device) -> None:
    login = staff_of(behind, "complaint_officer", GENUK, CANDISARI)
    citizen = behind.citizen()
    behind.file(citizen, title="Di Genuk", area=wards(behind, GENUK)[0], where="words")
    behind.file(citizen, title="Di Candisari", area=wards(behind, CANDISARI)[0], where="words")
    page = officer_at_work(tablet, login)
    rows = page.get_by_role("region", name="Daftar berkas").get_by_role("listitem").get_by_role("link")
    expect(rows).to_have_text(["Di Genuk", "Di Candisari"])
    page.get_by_text("Saring", exact=True).click()
    page.get_by_label("Kecamatan").select_option(label="Candisari (1)")
    expect(rows).to_have_text(["Di Candisari"])
    rows.first.click()
    expect(tablet.heading("Di Candisari")).to_be_visible()
    page.get_by_role("link", name="Kembali").click()
    expect(rows).to_have_text(["Di Candisari"])
    expect(rows.first).to_be_focused()
    page.get_by_text(re.compile("^Saring")).click()
    page.get_by_role("button", name="Hapus saringan").click()
    expect(rows).to_have_count(2)


def test_a_survey_made_where_no_network_is_arrives_once(
    server: ServerProcess, behind: Backstage, tablet: Device
) -> None:
    case = waits_for_survey(behind, wards(behind, MIJEN)[0], "Jalan Survei 1")
    page = officer_at_work(tablet, staff_of(behind, "surveyor", MIJEN))
    tablet.offline()
    tablet.reload()
    page.get_by_role("link", name="Jalan Survei 1").click()
    page.get_by_role("link", name="Kirim hasil survei").click()
    fill_survey(page)
    expect(page.get_by_text(FORM_KEPT)).to_be_visible()
    # Half-way: the battery is empty, and somewhere else it goes on.
    page.close()
    page = tablet.page = tablet.context.new_page()
    tablet.open("/work")
    page.get_by_role("link", name="Jalan Survei 1").click()
    page.get_by_role("link", name="Kirim hasil survei").click()
    expect(page.get_by_text("Melanjutkan isian yang tersimpan.")).to_be_visible()
    expect(page.get_by_label("Lebar jalan terukur")).to_have_value("6,5")
    expect(page.get_by_text("-6.98000, 110.33000 (±8 m)")).to_be_visible()
    send = page.get_by_role("button", name="Kirim hasil survei")
    send.click()
    summary = page.get_by_role("region", name="Ada 1 bagian yang perlu dilengkapi atau diperbaiki")
    expect(summary).to_be_focused()
    summary.get_by_role("button").click()
    page.keyboard.press("Space")
    send.click()
    expect(page.get_by_role("region", name="Apa selanjutnya")).to_contain_text(EXPECTED)
    tablet.go("/work")
    expect(page.get_by_text("Tidak ada yang menunggu tindakan Anda.")).to_be_visible()
    assert behind.stage(case) == "survey"
    tablet.offline(False)
    tablet.synced()
    expect(page.get_by_text("Semua sudah diterima server")).to_be_visible()
    assert behind.stage(case) == "analysis"
    instance = tablet.instance()
    mine = [(number, status) for found, number, status in server.commands() if found == instance]
    assert mine == [(1, "applied")]
    [(line,)] = server.rows("SELECT line FROM case_record WHERE id = ?", case)
    survey = json.loads(line)["forms"]["report_survey"]
    assert survey["road_width"] == 6.5
    assert survey["point"] == {"lat": -6.98, "lon": 110.33, "accuracy": 8}


def test_the_list_stands_where_it_stood_when_a_case_opens_beside_it(behind: Backstage, device: Make) -> None:
    waits_for_survey(behind, wards(behind, MIJEN)[0], "Jalan Samping 1")
    desktop = device(viewport={"width": 1280, "height": 800})
    page = officer_at_work(desktop, staff_of(behind, "surveyor", MIJEN))
    stands = [desktop.heading("Tugas"), page.get_by_text("Tugas saya")]
    before = [_corner(one) for one in stands]
    page.get_by_role("link", name="Jalan Samping 1").click()
    expect(page.get_by_role("heading", name="Apa selanjutnya")).to_be_visible()
    assert [_corner(one)[1] for one in stands] == [top for _, top in before]
    assert _corner(stands[0]) == before[0]
    edges = [_corner(one)[0] for one in (stands[0], page.get_by_role("searchbox").locator(".."))]
    assert edges[0] == edges[1], "the list begins under its heading"


def _corner(one: Locator) -> tuple[float, float]:
    box = one.bounding_box()
    assert box is not None
    return box["x"], box["y"]


def test_whoever_comes_back_to_a_list_that_the_case_has_left_is_at_its_heading(
    behind: Backstage, tablet: Device
) -> None:
    waits_for_survey(behind, wards(behind, MIJEN)[0], "Jalan Kembali 1")
    page = officer_at_work(tablet, staff_of(behind, "surveyor", MIJEN))
    page.get_by_role("link", name="Jalan Kembali 1").click()
    page.get_by_role("link", name="Kirim hasil survei").click()
    fill_survey(page)
    page.get_by_role("group", name="Apakah keadaan di lapangan sesuai").get_by_text("Ya", exact=True).click()
    page.get_by_role("button", name="Kirim hasil survei").click()
    expect(page.get_by_role("region", name="Apa selanjutnya")).to_be_visible()
    page.get_by_role("link", name="Kembali").click()
    expect(page.get_by_role("link", name="Jalan Kembali 1")).to_have_count(0)
    expect(tablet.heading("Tugas")).to_be_focused()


def test_home_counts_what_the_list_counts(behind: Backstage, tablet: Device) -> None:
    areas = wards(behind, BANYUMANIK)
    for place in range(2):
        case = behind.file(behind.citizen(), "krk", area=areas[0], street=f"Jalan Hitung {place}")
    # It waits for its applicant, and has no date meanwhile.
    behind.act("loket", case, "request_correction", items=[{"field": "nik", "reason": "Tidak terbaca."}])
    page = officer_at_work(tablet, staff_of(behind, "front_desk", BANYUMANIK))
    running = page.get_by_role("radio", name="Berjalan").locator("..").inner_text().split()[-1]
    assert int(running) >= 2
    tablet.go("/")
    expect(page.get_by_text(f"{running} berkas berjalan")).to_be_visible()


def test_the_window_is_named_after_what_is_looked_at(behind: Backstage, device: Make) -> None:
    waits_for_survey(behind, wards(behind, MIJEN)[0], "Jalan Judul 1")
    desktop = device()
    desktop.page.set_viewport_size({"width": 1280, "height": 800})
    page = officer_at_work(desktop, staff_of(behind, "surveyor", MIJEN))
    expect(page).to_have_title("Tugas – Tenggat")
    page.get_by_role("link", name="Jalan Judul 1").click()
    expect(page).to_have_title(re.compile("Jalan Judul 1 – Tenggat"))
    page.get_by_role("link", name="Kirim hasil survei").click()
    expect(page).to_have_title("Kirim hasil survei – Tenggat")
    page.go_back()
    expect(page).to_have_title(re.compile("Jalan Judul 1 – Tenggat"))
    desktop.go("/work")
    expect(page).to_have_title("Tugas – Tenggat")


def test_what_a_colleague_was_quicker_with_is_told_and_kept_as_evidence(behind: Backstage, tablet: Device) -> None:
    case = waits_for_survey(behind, wards(behind, BANYUMANIK)[0], "Jalan Survei 2")
    page = officer_at_work(tablet, staff_of(behind, "surveyor", BANYUMANIK))
    tablet.offline()
    tablet.go(f"/case/{case}/act/report_survey")
    fill_survey(page)
    page.get_by_role("group", name="Apakah keadaan di lapangan sesuai").get_by_text("Ya", exact=True).click()
    page.get_by_role("button", name="Kirim hasil survei").click()
    expect(page.get_by_role("region", name="Apa selanjutnya")).to_contain_text(EXPECTED)
    survey = answers(behind.as_server.city, behind.as_server.city.service("krk").form("survey").fields, {})
    behind.act("survei", case, "report_survey", form=survey)
    tablet.offline(False)
    tablet.synced()
    expect(page.get_by_role("heading", name="Perlu Anda tangani (1)")).to_be_visible()
    expect(page.get_by_text(re.compile("^Lebih dulu: Petugas Survei, "))).to_be_visible()
    expect(page.get_by_text("disimpan di berkas sebagai bukti yang datang terlambat")).to_be_visible()
    page.get_by_role("link", name=re.compile("Jalan Survei 2")).click()
    expect(page.get_by_role("heading", name="Ditolak server: Kirim hasil survei")).to_be_visible()
    late = page.get_by_role("heading", name="Datang terlambat, disimpan sebagai bukti").locator("..")
    expect(late).to_contain_text("Petugas Wilayah")
    expect(late).to_contain_text("6,5 m")
    page.get_by_role("button", name="Kesampingkan").click()
    page.get_by_role("button", name="Ya, kesampingkan").click()
    expect(page.get_by_role("heading", name="Ditolak server: Kirim hasil survei")).to_have_count(0)
    expect(late).to_contain_text("6,5 m")
