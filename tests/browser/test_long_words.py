"""A title that is one word without end, as an address copied from a map is: it stands in lines, and moves nothing
out of sight, on the phone of whoever typed it and in the lists of officers."""

import pytest
from playwright.sync_api import Browser, Page, ViewportSize, expect

from server.cli.demo import PASSWORD
from tests.browser.backstage import Backstage
from tests.browser.conftest import Make
from tests.browser.filling import CHECK, COMPLAINT, begin, fill_in
from tests.browser.serving import ServerProcess
from tests.browser.signing import officer_at_work, staff_of, wards
from tests.browser.test_every_screen import DESK, SMALL, too_wide
from tests.browser.window import Device

GAYAMSARI = "33.74.04"
WORD = "https://peta.example.id/titik?" + "W" * 70


@pytest.fixture
def small(device: Make) -> Device:
    return device(viewport=SMALL)


def fits(page: Page, where: str) -> None:
    page.wait_for_timeout(100)
    assert too_wide(page) == [], where


def test_on_the_phone_of_whoever_typed_it(small: Device) -> None:
    page = small.open()
    small.installed()
    small.offline()
    begin(page)
    fill_in(page, COMPLAINT | {"Judul singkat": WORD, "Jalan dan patokan": WORD})
    expect(small.heading(CHECK)).to_be_visible()
    fits(page, "the check")
    small.go("/")
    expect(page.get_by_role("link", name=WORD)).to_be_visible()
    fits(page, "home")
    page.get_by_role("link", name=WORD).click()
    expect(small.heading(WORD)).to_be_visible()
    fits(page, "the draft")
    small.go("/sync")
    expect(page.get_by_role("heading", name="Yang menunggu")).to_be_visible()
    page.get_by_text("Isinya", exact=True).click()
    fits(page, "what waits")


@pytest.mark.parametrize("size", [SMALL, DESK], ids=["phone", "desk"])
def test_at_an_officers(size: ViewportSize, behind: Backstage, device: Make) -> None:
    area = wards(behind, GAYAMSARI)[0]
    case = behind.file(behind.citizen(), title=WORD, area=area, where="words", landmark=WORD)
    officers = device(viewport=size)
    page = officer_at_work(officers, staff_of(behind, "complaint_officer", GAYAMSARI, name=WORD[:60]))
    expect(page.get_by_role("link", name=WORD).first).to_be_visible()
    fits(page, "the list")
    page.get_by_role("link", name=WORD).first.click()
    expect(page.get_by_role("heading", name="Apa selanjutnya")).to_be_visible()
    fits(page, "the case, beside the list where there is room")
    officers.go(f"/case/{case}/act/dispatch")
    expect(officers.heading("Teruskan")).to_be_visible()
    page.get_by_text("Isi berkas", exact=True).click()
    fits(page, "an action")
    officers.go("/")
    expect(page.get_by_role("link", name="Daftar tugas")).to_be_visible()
    fits(page, "home")
    officers.go("/me")
    expect(officers.heading("Saya")).to_be_visible()
    fits(page, "the account")


@pytest.mark.parametrize("size", [SMALL, DESK], ids=["phone", "desk"])
def test_on_the_admin_pages(size: ViewportSize, behind: Backstage, browser: Browser, server: ServerProcess) -> None:
    """Somebody's name is one word, too."""
    login = staff_of(behind, "surveyor", GAYAMSARI, name=WORD[:60])
    context = browser.new_context(viewport=size)
    page = context.new_page()
    page.goto(f"{server.address}/admin/people?q={login}")
    page.get_by_label("Nama pengguna").fill("admin")
    page.get_by_label("Kata sandi").fill(PASSWORD)
    page.get_by_role("button", name="Masuk").click()
    person = page.get_by_role("link", name=WORD[:60]).get_attribute("href")
    assert person
    office = behind.as_server.city.offices[0].code
    forms = [f"{person}{part}" for part in ("", "/change", "/invite", "/password", "/close")]
    for place in (f"/admin/people?q={login}", *forms, "/admin/offices", f"/admin/offices/{office}", "/admin/audit"):
        page.goto(server.address + place)
        assert too_wide(page) == [], place
    context.close()
