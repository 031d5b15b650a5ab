"""A device that the city revoked, and one whose token the server does not know any more."""

import json
import re

from playwright.sync_api import Page, expect

from tests.browser.backstage import Backstage
from tests.browser.filling import file_complaint
from tests.browser.serving import ServerProcess
from tests.browser.signing import WARGA, new_login, sign_up, type_credentials
from tests.browser.window import Device

REFUSED = r"status of 401"
"""What the browser itself says of an exchange without a valid token."""


def withdraw(page: Page, note: str) -> None:
    """The complaint on the screen."""
    page.get_by_role("link", name="Cabut laporan").click()
    page.get_by_role("textbox", name="Catatan").fill(note)
    page.get_by_role("button", name="Cabut laporan").click()
    page.get_by_role("button", name="Ya: Cabut laporan").click()
    expect(page.get_by_text("Menunggu server: Dicabut pelapor")).to_be_visible()


def test_a_revoked_device_hands_over_what_waits_and_then_forgets_all(
    server: ServerProcess, behind: Backstage, phone: Device
) -> None:
    page = phone.open()
    phone.installed()
    file_complaint(page)
    number = page.get_by_text(re.compile(r"^LPR-\d{4}-\d{6}$")).first
    expect(number).to_be_visible()
    case = page.url.split("/case/")[1]
    token, instance = phone.token(), phone.instance()
    phone.offline()
    withdraw(page, "Sudah tidak perlu lagi.")
    behind.revoke(token)
    phone.offline(False)
    phone.go("/sync")
    page.get_by_role("button", name="Sinkron sekarang").click()
    told = page.get_by_role("alert").filter(has_text="Perangkat ini dicabut oleh kota")
    expect(told).to_contain_text("Yang belum terkirim sudah diserahkan ke server untuk diperiksa.")
    query = "SELECT status, payload FROM command WHERE instance = ? ORDER BY seq"
    *_, (status, payload) = server.rows(query, instance)
    assert status == "quarantined"
    assert json.loads(payload)["data"] == {"action": "withdraw", "note": "Sudah tidak perlu lagi."}
    assert behind.stage(case) == "received"
    for store in ("record", "line", "outbox", "typing"):
        assert phone.stored(store) == [], store
    phone.go("/")
    expect(page.get_by_role("link", name="Lihat apa yang terjadi")).to_be_visible()
    phone.go("/me")
    expect(page.get_by_role("heading", name="Belum masuk")).to_be_visible()
    # Also after the app was started anew; and no more once it was read.
    phone.reload()
    phone.go("/sync")
    told.get_by_role("button", name="Saya mengerti").click()
    expect(told).to_have_count(0)
    phone.go("/")
    expect(page.get_by_text("Anda belum punya berkas di perangkat ini.")).to_be_visible()


def test_a_token_that_the_server_forgot_costs_nothing_but_signing_in_again(
    server: ServerProcess, behind: Backstage, phone: Device
) -> None:
    phone.watch.foresee(REFUSED)
    page = phone.open()
    phone.installed()
    login = new_login()
    sign_up(phone, login)
    phone.synced()
    phone.offline()
    phone.go("/")
    file_complaint(page)
    case = page.url.split("/case/")[1]
    behind.forget(phone.token())
    phone.offline(False)
    phone.go("/sync")
    page.get_by_role("button", name="Sinkron sekarang").click()
    expect(page.get_by_text("Server tidak mengenal perangkat ini lagi.").first).to_be_visible()
    expect(page.get_by_role("region", name="Yang menunggu").get_by_role("link").first).to_be_visible()
    assert server.rows("SELECT id FROM case_record WHERE id = ?", case) == []
    page.get_by_role("main").get_by_role("link", name="Masuk").click()
    again = page.get_by_role("alert").filter(has_text="Masuk lagi")
    expect(again).to_contain_text(f"Masuk lagi sebagai {WARGA}; yang belum terkirim tetap ada di sini.")
    type_credentials(page, login, "kata-sandi-yang-salah")
    expect(page.get_by_role("alert").filter(has_text="tidak cocok")).to_be_visible()
    type_credentials(page, login, "coba-tenggat")
    expect(page.get_by_role("heading", name=WARGA)).to_be_visible()
    phone.synced()
    expect(page.get_by_text("Semua sudah diterima server")).to_be_visible()
    assert server.rows("SELECT stage FROM case_record WHERE id = ?", case) == [("received",)]
    submitted = [one for one in server.commands() if one[0] == phone.instance()]
    assert len(submitted) == len(set(submitted)) == len(phone.stored("outbox"))
    assert {status for _, _, status in submitted} == {"applied"}
