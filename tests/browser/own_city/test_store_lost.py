"""The browser clears its store: noticed, said, and no number is ever used twice."""

import re

from playwright.sync_api import expect

from tests.browser.filling import file_complaint
from tests.browser.serving import ServerProcess
from tests.browser.troubled import evict
from tests.browser.window import Device

NUMBER = re.compile(r"LPR-\d{4}-\d{6}")


def test_a_lost_store_is_said_and_mints_under_a_new_id(phone: Device, server: ServerProcess) -> None:
    page = phone.open()
    phone.installed()
    file_complaint(page)
    expect(page.get_by_text(NUMBER).first).to_be_visible(timeout=20_000)
    before = phone.instance()
    phone.offline()
    phone.open()
    file_complaint(page, title="Lampu kedua, belum terkirim")
    expect(phone.standing()).to_contain_text("1 belum terkirim")
    evict(phone)
    phone.open()
    expect(phone.standing()).to_contain_text("Perlu perhatian")
    phone.standing().click()
    told = page.get_by_role("alert").filter(has_text="Data di perangkat ini hilang")
    expect(told).to_contain_text("belum terkirim")
    assert phone.instance() != before
    phone.offline(False)
    told.get_by_role("button", name="Saya mengerti").click()
    expect(told).to_have_count(0)
    phone.open()
    file_complaint(page, title="Lampu ketiga, sesudahnya")
    expect(page.get_by_text(NUMBER).first).to_be_visible(timeout=20_000)
    assert phone.instance() != before
    assert len(server.numbers()) == 2 and server.rows("SELECT * FROM stray") == []
    assert {status for _, _, status in server.commands()} == {"applied"}
    assert len({instance for instance, _, _ in server.commands()}) == 2


def test_whoever_clears_everything_begins_anew(phone: Device, server: ServerProcess) -> None:
    """All data of the site, as a person may clear it in the browser's settings: nothing is left that could tell."""
    page = phone.open()
    file_complaint(page)
    expect(page.get_by_text(NUMBER).first).to_be_visible(timeout=20_000)
    evict(phone, "all")
    phone.open()
    expect(page.get_by_text("Anda belum punya berkas di perangkat ini.")).to_be_visible()
    file_complaint(page, title="Lampu lain di tempat lain")
    expect(page.get_by_text(NUMBER).first).to_be_visible(timeout=20_000)
    assert len(server.numbers()) == 2 and {status for _, _, status in server.commands()} == {"applied"}
    assert len({instance for instance, _, _ in server.commands()}) == 2
