"""The desktop window and an admin's link: pasted at the gate or later; and a newer version, told and never pressed."""

import re

import pytest
from playwright.sync_api import Page, expect

from server.access import invitations
from server.access.staff import add_staff
from tests.browser.test_gate import NAME, heading, inside, laptop, make, page, press, question, sound  # noqa: F401
from tests.desktop.conftest import CITY, PASSWORD, PIN, Laptop


@pytest.fixture
def link(laptop: Laptop) -> str:  # noqa: F811
    server = laptop.network.server
    add_staff(
        server.engine, server.city, server.world.sources, login="lapangan", password=PASSWORD, name="Petugas Lapangan",
        roles=["surveyor"], scopes=["office:distaru"],
    )  # fmt: skip
    return f"{CITY}/#/gabung/{invitations.invite(server.engine, server.world.sources, 'lapangan')[0]}"


def test_a_link_that_is_pasted_at_the_first_start_is_all_that_is_asked_of_the_city(
    page: Page,  # noqa: F811
    laptop: Laptop,  # noqa: F811
    link: str,
) -> None:
    page.get_by_label("Nama Anda").fill(NAME)
    page.get_by_label("PIN baru", exact=True).fill(PIN)
    page.get_by_label("PIN baru sekali lagi").fill(PIN)
    address = page.get_by_label("Alamat server kota")
    address.fill(f"{link[:-43]}{'x' * 43}")
    page.set_viewport_size({"width": 1280, "height": 780})
    page.evaluate("scrollTo(0, 0)")
    address.press("Enter")
    expect(page.get_by_role("alert")).to_contain_text("tidak dikenal di kota ini")
    # The form ends below the window's edge.
    expect(page.get_by_role("alert")).to_be_in_viewport(ratio=1)
    assert laptop.bridge.gate.profiles.all() == [], "nothing was made, and all that was typed is still there"
    expect(page.get_by_label("PIN baru sekali lagi")).to_have_value(PIN)
    address.fill(link)
    press(page, "Siapkan")
    heading(page, "Catat kode pemulihan")
    page.get_by_label("Saya sudah mencatat kode ini").check()
    press(page, "Lanjut")
    inside(page)
    expect(page.get_by_role("link", name="Tugas", exact=True)).to_be_visible()
    page.get_by_role("link", name="Saya", exact=True).click()
    expect(page.get_by_role("heading", name="Petugas Lapangan")).to_be_visible()


def test_a_link_that_comes_later_says_first_whose_it_is(page: Page, laptop: Laptop, link: str) -> None:  # noqa: F811
    make(page)
    page.get_by_role("link", name="Saya", exact=True).click()
    page.get_by_role("main").get_by_role("link", name="Masuk dengan undangan").click()
    heading(page, "Masuk dengan undangan")
    sound(page)
    page.get_by_label("Tautan undangan").fill(link)
    press(page, "Periksa")
    expect(page.get_by_role("definition").filter(has_text="Petugas Lapangan")).to_be_visible()
    sound(page)
    laptop.network.wifi = True
    press(page, "Masuk sebagai Petugas Lapangan")
    expect(page.get_by_role("alert")).to_contain_text("bukan server kota")
    laptop.network.wifi = False
    press(page, "Masuk sebagai Petugas Lapangan")
    heading(page, "Tugas")


def test_a_newer_version_is_told_beside_a_form_and_stays_away_once_it_was_read(
    page: Page,  # noqa: F811
    laptop: Laptop,  # noqa: F811
) -> None:
    make(page)
    question(page)
    field = page.get_by_role("textbox")
    field.fill("Lampu jalan mati")
    laptop.bridge.gate.desk().store.meta.set("newer", "99.1")
    laptop.bridge.gate.desk().told()
    told = page.get_by_role("status").filter(has_text="Tenggat 99.1 sudah ada")
    expect(told).to_be_visible()
    expect(field).to_be_focused()
    field.press_sequentially(" sejak kemarin")
    expect(field).to_have_value("Lampu jalan mati sejak kemarin")
    sound(page)
    told.get_by_role("button", name="Nanti").click()
    expect(told).to_have_count(0)
    page.get_by_role("link", name=re.compile("^Beranda")).click()
    inside(page)
    expect(told).to_have_count(0)
