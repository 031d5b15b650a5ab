"""A person's devices on the page about oneself: seen with what is known of them, and put out one by one."""

import json
import re
import sqlite3
from contextlib import closing

from playwright.sync_api import Locator, Page, expect

from server.cli.demo import PASSWORD
from tests.browser.conftest import Make
from tests.browser.filling import file_complaint
from tests.browser.serving import ServerProcess
from tests.browser.signing import new_login, sign_in, sign_up
from tests.browser.window import Device

WRONG = r"status of 401"


def listed(page: Page) -> Locator:
    return page.get_by_role("list", name="Perangkat Anda").get_by_role("listitem")


def look(device: Device) -> Locator:
    """The list, as it is on the way to it."""
    device.go("/me")
    device.page.get_by_role("button", name="Lihat perangkat saya").click()
    expect(listed(device.page).first).to_be_visible()
    return listed(device.page)


def test_a_lost_phone_is_seen_and_put_out_and_hands_over_what_waits_on_it(
    server: ServerProcess, phone: Device, device: Make
) -> None:
    phone.watch.foresee(WRONG)
    login, page = new_login(), phone.open()
    phone.installed()
    sign_up(phone, login)
    lost = device()
    lost.open()
    lost.installed()
    sign_in(lost, login)
    lost.synced()
    lost.offline()
    lost.go("/")
    file_complaint(lost.page)
    instance = lost.instance()
    this, other = look(phone).all()
    expect(this).to_contain_text("Perangkat ini")
    expect(other).to_contain_text(re.compile(r"Peramban.*Masuk \w+, .* pukul .*Terakhir tersambung .* pukul .* WIB"))
    expect(this.get_by_role("button")).to_have_count(0)
    other.get_by_role("button", name="Keluarkan").click()
    password = other.get_by_label("Kata sandi Anda")
    expect(password).to_be_focused()
    expect(other).to_contain_text("yang belum terkirim di sana diserahkan dulu ke server")
    do = other.get_by_role("button", name="Ya, keluarkan")
    do.click()
    expect(password).to_have_accessible_description("Tulis kata sandi Anda.")
    password.fill("bukan ini")
    do.click()
    expect(password).to_have_accessible_description("Kata sandi sekarang tidak cocok.")
    expect(password).to_be_focused()
    password.fill(PASSWORD)
    do.click()
    expect(page.get_by_role("status").filter(has_text="Peramban sudah dikeluarkan.")).to_be_visible()
    expect(page.get_by_role("heading", name="Perangkat Anda")).to_be_focused()
    expect(listed(page)).to_have_count(1)
    expect(page.get_by_text("Hanya perangkat ini yang masuk dengan akun Anda.")).to_be_visible()
    lost.offline(False)
    lost.go("/sync")
    lost.page.get_by_role("button", name="Sinkron sekarang").click()
    expect(lost.page.get_by_role("alert").filter(has_text="sudah diserahkan ke server")).to_be_visible()
    kept = server.rows("SELECT status, payload FROM command WHERE instance = ?", instance)
    assert [status for status, _ in kept] == ["quarantined"]
    assert json.loads(kept[0][1])["data"]["action"] == "submit"
    assert lost.stored("record") == []


def test_without_a_network_it_says_so_and_goes_on_when_there_is_one(phone: Device, device: Make) -> None:
    login, page = new_login(), phone.open()
    phone.installed()
    sign_up(phone, login)
    second = device()
    second.open()
    sign_in(second, login)
    second.synced()
    phone.go("/me")
    phone.offline()
    page.get_by_role("button", name="Lihat perangkat saya").click()
    expect(page.get_by_role("alert")).to_have_text(re.compile("^Perangkat Anda dicatat di server, jadi ini perlu"))
    phone.offline(False)
    page.get_by_role("button", name="Coba lagi").click()
    expect(page.get_by_role("alert")).to_have_count(0)
    other = listed(page).nth(1)
    other.get_by_role("button", name="Keluarkan").click()
    other.get_by_label("Kata sandi Anda").fill(PASSWORD)
    phone.offline()
    other.get_by_role("button", name="Ya, keluarkan").click()
    expect(other.get_by_role("alert")).to_have_text(re.compile("^Mengeluarkan perangkat perlu jaringan"))
    other.get_by_role("button", name="Tidak jadi").click()
    expect(other.get_by_role("button", name="Keluarkan")).to_be_visible()
    expect(listed(page)).to_have_count(2)


def test_a_guest_has_no_list_and_a_new_account_one_device(phone: Device) -> None:
    page = phone.open()
    phone.installed()
    file_complaint(page)
    phone.go("/me")
    expect(page.get_by_role("heading", name="Tamu di perangkat ini")).to_be_visible()
    expect(page.get_by_role("button", name="Lihat perangkat saya")).to_have_count(0)
    sign_up(phone, new_login())
    expect(look(phone)).to_have_count(1)
    expect(page.get_by_text("Hanya perangkat ini yang masuk dengan akun Anda.")).to_be_visible()


def _brought(server: ServerProcess, of: str) -> None:
    """Beside the device of this instance, one that `import --for` made."""
    with closing(sqlite3.connect(server.data / "tenggat.sqlite3", timeout=10)) as connection, connection:
        connection.execute(
            "INSERT INTO device (id, person_id, token, created, app, health, carried)"
            " SELECT ?, d.person_id, ?, '2026-11-02T02:00:00Z', '', '{}', '2026-11-02T02:00:00Z'"
            " FROM device d JOIN instance i ON i.device_id = d.id WHERE i.id = ?",
            ("brought", b"nobody knows it", of),
        )
        connection.execute("INSERT INTO instance (id, device_id) VALUES ('lost', 'brought')")


def test_one_that_a_file_brought_says_so_and_since_when(server: ServerProcess, phone: Device) -> None:
    phone.open()
    phone.installed()
    sign_up(phone, new_login())
    phone.synced()
    _brought(server, phone.instance())
    this, other = look(phone).all()
    expect(this).to_contain_text("Perangkat ini")
    expect(other).to_contain_text("Perangkat yang isinya dibawa lewat fileDiterima admin kota Senin, 2 November 2026")
    other.get_by_role("button", name="Keluarkan: Perangkat yang isinya dibawa lewat file, diterima Senin").click()
    expect(other).to_contain_text("File lain dari perangkat itu tidak lagi dijalankan atas nama Anda")
    other.get_by_label("Kata sandi Anda").fill(PASSWORD)
    other.get_by_role("button", name="Ya, keluarkan").click()
    expect(listed(phone.page)).to_have_count(1)
