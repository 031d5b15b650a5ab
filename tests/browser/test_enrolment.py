"""Coming in by an admin's link, in a browser: what it says first, one button, and every link that opens nothing."""

import re

from playwright.sync_api import Page, expect

from server.access import invitations
from tests.browser.backstage import Backstage
from tests.browser.conftest import Make
from tests.browser.filling import file_complaint
from tests.browser.serving import ServerProcess
from tests.browser.signing import new_login, officer_at_work, sign_up, staff_of
from tests.browser.window import Device

GAYAMSARI = "33.74.04"
GONE = r"status of 410"


def code_for(behind: Backstage, login: str, days: int = 7) -> str:
    world = behind.as_server.world
    return invitations.invite(world.engine, world.sources, login, days)[0]


def enter(page: Page) -> None:
    page.get_by_role("button", name=re.compile("^Masuk sebagai")).click()


def test_a_link_says_whose_account_and_city_it_is_and_one_button_takes_it(
    server: ServerProcess, behind: Backstage, phone: Device
) -> None:
    login = staff_of(behind, "surveyor", GAYAMSARI, name="Petugas Lapangan")
    code = code_for(behind, login)
    page = phone.open(f"/gabung/{code}")
    expect(page.get_by_role("heading", name="Masuk dengan undangan")).to_be_visible()
    about = page.get_by_role("main")
    for words in ("Petugas Lapangan", login, "Petugas survei", behind.as_server.city.name.id):
        expect(about.get_by_role("definition").filter(has_text=words).first).to_be_visible()
    expect(about).to_contain_text("Bukan Anda?")
    [(used,)] = server.rows(
        "SELECT used FROM invitation i JOIN person p ON p.id = i.person_id WHERE p.login = ?", login
    )
    assert used is None, "looking uses nothing up"
    enter(page)
    expect(phone.heading("Tugas")).to_be_visible()
    phone.synced()
    phone.go("/me")
    expect(page.get_by_role("heading", name="Petugas Lapangan")).to_be_visible()
    page.go_back()
    # The code has no business in the way back.
    page.wait_for_url(lambda url: code not in url)


def test_a_link_opens_one_device_and_says_so_to_the_next(behind: Backstage, phone: Device, device: Make) -> None:
    login = staff_of(behind, "surveyor", GAYAMSARI)
    code = code_for(behind, login)
    enter(phone.open(f"/gabung/{code}"))
    expect(phone.heading("Tugas")).to_be_visible()
    second = device()
    second.watch.foresee(GONE)
    page = second.open(f"/gabung/{code}")
    expect(page.get_by_role("alert")).to_contain_text("sudah dipakai")
    expect(page.get_by_role("alert")).to_contain_text("Minta yang baru")
    expect(page.get_by_role("button", name=re.compile("^Masuk sebagai"))).to_have_count(0)


def test_links_that_open_nothing_say_what_to_do(behind: Backstage, phone: Device) -> None:
    phone.watch.foresee(r"status of 404", GONE)
    login = staff_of(behind, "surveyor", GAYAMSARI)
    world = behind.as_server.world
    page = phone.open(f"/gabung/{'x' * 43}")
    expect(page.get_by_role("alert")).to_contain_text("tidak dikenal di kota ini")
    phone.go(f"/gabung/{'x' * 20}")
    expect(page.get_by_role("alert")).to_contain_text("bukan tautan undangan yang utuh")
    code, made = invitations.invite(world.engine, world.sources, login)
    invitations.withdraw(world.engine, world.sources, made.id)
    phone.go(f"/gabung/{code}")
    expect(page.get_by_role("alert")).to_contain_text("ditarik kembali")
    code, made = invitations.invite(world.engine, world.sources, login)
    behind.as_server.execute("UPDATE invitation SET expires = '2026-01-01T00:00:00Z' WHERE id = :id", id=made.id)
    phone.go(f"/gabung/{code}")
    expect(page.get_by_role("alert")).to_contain_text("lewat waktunya")
    page.get_by_role("button", name="Pakai tautan lain").click()
    field = page.get_by_label("Tautan undangan")
    page.get_by_role("button", name="Periksa").click()
    expect(field).to_be_focused()
    expect(field).to_have_accessible_description(re.compile("Tempel tautannya dulu"))
    field.fill(f"https://kota-lain.example/#/gabung/{'c' * 43}")
    page.get_by_role("button", name="Periksa").click()
    expect(page.get_by_role("alert")).to_contain_text("https://kota-lain.example")
    page.get_by_role("button", name="Pakai tautan lain").click()
    page.get_by_label("Tautan undangan").fill(f" {phone.address}/#/gabung/{code_for(behind, login)} ")
    page.get_by_role("button", name="Periksa").click()
    enter(page)
    expect(phone.heading("Tugas")).to_be_visible()


def test_without_a_network_it_waits_for_one_and_the_link_stays_good(behind: Backstage, phone: Device) -> None:
    login = staff_of(behind, "surveyor", GAYAMSARI)
    page = phone.open("/me")
    phone.installed()
    page.get_by_role("main").get_by_role("link", name="Masuk dengan undangan").click()
    phone.offline()
    page.get_by_label("Tautan undangan").fill(f"{phone.address}/#/gabung/{code_for(behind, login)}")
    page.get_by_role("button", name="Periksa").click()
    expect(page.get_by_role("alert")).to_contain_text("Server tidak bisa dihubungi")
    phone.offline(False)
    page.get_by_role("button", name="Coba lagi").click()
    enter(page)
    expect(phone.heading("Tugas")).to_be_visible()


def test_another_persons_work_keeps_the_link_out_and_a_guests_goes_along(
    behind: Backstage, phone: Device, device: Make
) -> None:
    login, other = staff_of(behind, "surveyor", GAYAMSARI), staff_of(behind, "surveyor", GAYAMSARI, name="Orang Lain")
    page = officer_at_work(phone, login)
    phone.go(f"/gabung/{code_for(behind, other)}")
    expect(page.get_by_role("main")).to_contain_text("masih ada pekerjaan Petugas Wilayah")
    expect(page.get_by_role("button", name=re.compile("^Masuk sebagai"))).to_have_count(0)
    phone.go(f"/gabung/{code_for(behind, login)}")
    expect(page.get_by_role("main")).to_contain_text("sudah masuk sebagai Petugas Wilayah")
    account = new_login()
    first = device()
    first.open()
    sign_up(first, account)
    guest = device()
    theirs = guest.open()
    file_complaint(theirs, title="Lampu jalan padam di tikungan")
    guest.synced()
    guest.watch.foresee(r"status of 409")
    guest.go(f"/gabung/{code_for(behind, login)}")
    enter(theirs)
    expect(theirs.get_by_role("alert")).to_contain_text("Akun petugas tidak bisa mengambil berkas tamu")
    guest.go(f"/gabung/{code_for(behind, account)}")
    expect(theirs.get_by_role("main")).to_contain_text("ikut ke akun Anda")
    enter(theirs)
    expect(theirs.get_by_role("link", name="Lampu jalan padam di tikungan")).to_be_visible()
    guest.synced()
    guest.go("/me")
    expect(theirs.get_by_role("heading", name="Warga Contoh")).to_be_visible()
