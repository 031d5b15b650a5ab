"""People and offices on the admin pages in a real browser: the first and last day of an officer, at both sizes."""

import re
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from server.cli.demo import PASSWORD
from tests.browser.backstage import Backstage
from tests.browser.everybody import PHONE_FIRST, SIZES, is_for_everybody, too_wide
from tests.browser.serving import ServerProcess
from tests.browser.signing import new_login
from tests.browser.window import Device

Open = Callable[..., Page]


@pytest.fixture
def admin(browser: Browser, server: ServerProcess) -> Iterator[Open]:
    """Opens a page of the admin's, signed in, in a browser of its own; a policy that a page breaks fails the test."""
    contexts, complaints = [], []

    def open_(path: str = "/admin/people", size: str = "desk", login: str = "admin", **options: object) -> Page:
        context = browser.new_context(viewport=SIZES[size], **options)  # type: ignore[arg-type]
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(20_000)
        # A refusal is no fault of the page's, though Chromium notes each.
        page.on(
            "console",
            lambda said: (
                complaints.append(said.text) if said.type == "error" and "status of 4" not in said.text else None
            ),
        )
        page.on("pageerror", lambda error: complaints.append(error.message))
        page.goto(server.address + path)
        page.get_by_label("Nama pengguna").fill(login)
        page.get_by_label("Kata sandi").fill(PASSWORD)
        page.get_by_role("button", name="Masuk").click()
        expect(page.get_by_role("button", name="Keluar")).to_be_visible()
        return page

    yield open_
    for context in contexts:
        context.close()
    assert complaints == []


def add_officer(page: Page, login: str, *, office: str = "Dinas Perhubungan", district: str | None = None) -> None:
    """From the list of people to the password of somebody new."""
    page.get_by_role("link", name="Tambah petugas").click()
    page.get_by_label("Nama pengguna").fill(login)
    page.get_by_label("Nama", exact=True).fill("Petugas Baru")
    page.get_by_label("Petugas pengaduan").check()
    if district is None:
        page.get_by_label(office, exact=True).check()
    else:
        page.get_by_text(f"Hanya kecamatan tertentu, {office}").click()
        page.locator(".place", has=page.get_by_label(office, exact=True)).get_by_label(district).check()
    page.get_by_role("button", name="Tambah", exact=True).click()
    expect(page.get_by_role("status")).to_contain_text("Akun dibuat")


@pytest.mark.parametrize("size", PHONE_FIRST)
def test_an_officers_first_and_last_day(
    admin: Open, server: ServerProcess, behind: Backstage, phone: Device, size: str
) -> None:
    """Comes in by the link that is shown, works, leaves: and what waited on the phone comes to quarantine."""
    page, login = admin(size=size), new_login("petugas")
    add_officer(page, login, district="Genuk")
    expect(page.locator("#secret")).to_have_text(re.compile(r"^[0-9a-z]{5}(-[0-9a-z]{5}){3}$"))
    page.get_by_role("link", name="Undang perangkat").click()
    expect(page.get_by_label("Alamat server")).to_have_value(server.address)
    page.get_by_role("button", name="Buat tautan").click()
    expect(page.get_by_role("img", name="Kode QR dari tautan ini")).to_be_visible()
    link = page.locator("#link").inner_text()
    assert too_wide(page) == 0
    theirs = phone.open("/" + link.partition("/#/")[2])
    theirs.get_by_role("button", name=re.compile("^Masuk sebagai")).click()
    expect(phone.heading("Tugas")).to_be_visible()
    phone.synced()
    page.get_by_role("link", name="Ke halaman Petugas Baru").click()
    expect(page.get_by_text("dipakai")).to_have_count(1)
    expect(page.get_by_role("main")).not_to_contain_text(link[-43:])
    page.get_by_role("link", name="Tutup akun…").click()
    expect(page.get_by_role("main")).to_contain_text("Perangkat yang dicabut: 1")
    page.get_by_role("link", name="Batal").click()
    page.get_by_role("link", name="Tutup akun…").click()
    page.get_by_label("Alasan").select_option("left")
    page.get_by_role("button", name="Tutup akun").click()
    expect(page.get_by_role("status")).to_contain_text("Akun ditutup, perangkatnya dicabut.")
    phone.go("/sync")
    theirs.get_by_role("button", name="Sinkron sekarang").click()
    expect(theirs.get_by_role("alert").filter(has_text="Perangkat ini dicabut oleh kota")).to_be_visible()
    for store in ("record", "line", "outbox", "typing"):
        assert phone.stored(store) == [], store
    page.get_by_role("button", name="Buka akun lagi").click()
    expect(page.get_by_role("status")).to_contain_text("Akun dibuka lagi")


def test_a_supervisor_looks_after_no_accounts(admin: Open, server: ServerProcess) -> None:
    page = admin("/admin/board", login="atasan")
    expect(page.get_by_role("navigation").get_by_role("link", name="Orang & perangkat")).to_have_count(0)
    for path in ("/admin/people", "/admin/people/new", "/admin/offices"):
        page.goto(server.address + path)
        expect(page.get_by_role("heading", name="Anda tidak bisa membuka ini")).to_be_visible()


@pytest.mark.parametrize("size", PHONE_FIRST)
def test_what_was_typed_stays_without_javascript_too(admin: Open, size: str) -> None:
    page, login = admin(size=size, java_script_enabled=False), new_login("petugas")
    page.get_by_role("link", name="Tambah petugas").click()
    page.get_by_label("Nama pengguna").fill(login)
    page.get_by_label("Petugas survei").check()
    page.get_by_label("Inspektorat", exact=True).check()
    page.get_by_label("Saya tulis sendiri").check()
    page.get_by_label("Kata sandi baru").fill("pendek")
    page.get_by_role("button", name="Tambah", exact=True).click()
    expect(page.get_by_role("alert")).to_contain_text("Belum disimpan")
    expect(page.get_by_label("Nama", exact=True)).to_have_accessible_description(re.compile("Tulis 1 sampai 120 huruf"))
    expect(page.get_by_label("Kata sandi baru")).to_have_accessible_description(re.compile("paling sedikit 10"))
    expect(page.get_by_label("Nama pengguna")).to_have_value(login)
    expect(page.get_by_label("Inspektorat", exact=True)).to_be_checked()
    page.get_by_label("Nama", exact=True).fill("Petugas Lain")
    page.get_by_label("Buatkan, lalu tunjukkan satu kali").check()
    page.get_by_role("button", name="Tambah", exact=True).click()
    expect(page.get_by_role("status")).to_contain_text("Akun dibuat")
    page.get_by_role("link", name="Ke halaman Petugas Lain").click()
    page.get_by_role("link", name="Kata sandi baru").click()
    page.get_by_label("Saya tulis sendiri").check()
    page.get_by_label("Kata sandi baru").fill("hujan di jendela")
    page.get_by_role("button", name="Ganti kata sandi").click()
    expect(page.get_by_role("status")).to_contain_text("Perangkatnya tetap masuk")


@pytest.mark.parametrize("size", PHONE_FIRST)
def test_every_page_of_people_and_offices_is_for_everybody(
    admin: Open, server: ServerProcess, behind: Backstage, size: str
) -> None:
    page = admin(size=size)
    person = page.locator("a[id^=person-]").filter(has_text="Petugas Survei").first.get_attribute("href")
    places = [
        "/admin/people",
        "/admin/people?whose=citizen",
        "/admin/people?q=tidak-ada",
        "/admin/people/new?role=planner&scope=office:distaru/33.74.01",
        *(f"{person}{part}" for part in ("", "/change", "/invite", "/password", "/close", "?lang=en", "?done=closed")),
        "/admin/offices",
        "/admin/offices/distaru",
        "/admin/offices?lang=en",
    ]
    for place in places:
        page.goto(server.address + place)
        is_for_everybody(page, place)
    page.goto(server.address + "/admin/people/new")
    page.get_by_role("button", name="Tambah", exact=True).click()
    is_for_everybody(page, "refused")
    page.goto(f"{server.address}{person}/invite")
    page.get_by_role("button", name="Buat tautan").click()
    is_for_everybody(page, "invited")
    page.get_by_role("link", name="Ke halaman Petugas Survei").click()
    is_for_everybody(page, "with an invitation")
