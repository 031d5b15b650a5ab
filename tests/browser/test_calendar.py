"""A day closed by decree in a real browser: looked at, agreed to, counted, taken back; on a phone and on a desk."""

import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Page, expect

from schemas.catalogue.load import city_folder
from schemas.explain import date_in_words
from server.access import catalogues
from server.access.staff import add_staff
from server.app import create_app
from server.services import EXTENSION, Services
from server.settings import Settings
from server.sources import Sources
from tests.api.admin import optional_factor
from tests.api.device import Device
from tests.api.filing import file
from tests.browser import axe
from tests.browser.everybody import PHONE_FIRST, SIZES, is_for_everybody, too_wide
from tests.browser.serving import ServerProcess
from tests.conftest import Clock, Server

PASSWORD = "kata sandi panjang"
CASES = 25

Open = Callable[..., Page]


@dataclass
class City:
    """A city of its own: what is closed here moves no other test's dates."""

    process: ServerProcess
    soon: date
    """The next working day: within every limit that runs."""
    phone: Device

    def due(self) -> set[str]:
        """The due dates, as the applicant's phone has them now."""
        self.phone.pull()
        return {str(record["due"]) for record in self.phone.held.values()}


@pytest.fixture(scope="module")
def city(tmp_path_factory: pytest.TempPathFactory) -> Iterator[City]:
    folder = tmp_path_factory.mktemp("calendar")
    data = folder / "server"
    _of_yesterday(folder, data)
    world: Services = (app := create_app(Settings(data=data))).extensions[EXTENSION]
    add_staff(
        world.engine, world.city, world.sources, login="admin", password=PASSWORD, name="Admin", roles=["admin"],
        scopes=[],
    )  # fmt: skip
    optional_factor(world.engine)
    phone = Device(app)
    for _ in range(CASES):
        file(Server(app, Clock()), phone)
    process = ServerProcess(data)
    process.start()
    today = world.calendar.local(world.sources.clock()).date()
    yield City(process, world.calendar.add_working(today, 1), phone)
    process.kill()
    world.engine.dispose()


def _of_yesterday(folder: Path, data: Path) -> None:
    """The city served another catalogue before: a shorter decision."""
    other = shutil.copytree(city_folder("semarang"), folder / "kota")
    path = other / "services" / "krk.toml"
    path.write_text(path.read_text("utf-8").replace("days = 5\n", "days = 3\n"), "utf-8")
    world: Services = create_app(Settings(city=str(other), data=data), Sources(clock=Clock())).extensions[EXTENSION]
    catalogues.begin_serving(world)
    world.engine.dispose()


@pytest.fixture
def admin(browser: Browser, city: City) -> Iterator[Open]:
    """Opens a page of the admin's, signed in; a policy that a page breaks fails the test."""
    contexts, complaints = [], []

    def open_(path: str, size: str = "desk", **options: object) -> Page:
        context = browser.new_context(viewport=SIZES[size], **options)  # type: ignore[arg-type]
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(20_000)
        page.on("console", lambda said: complaints.append(said.text) if _is_a_complaint(said) else None)
        page.on("pageerror", lambda error: complaints.append(error.message))
        page.goto(city.process.address + path)
        page.get_by_label("Nama pengguna").fill("admin")
        page.get_by_label("Kata sandi").fill(PASSWORD)
        page.get_by_role("button", name="Masuk").click()
        expect(page.get_by_role("button", name="Keluar")).to_be_visible()
        return page

    yield open_
    for context in contexts:
        context.close()
    assert complaints == []


def _is_a_complaint(said: ConsoleMessage) -> bool:
    # A refusal is no fault of the page's, though Chromium notes each.
    return said.type == "error" and "Failed to load resource" not in said.text


def fill(page: Page, day: date) -> None:
    page.get_by_text("Tutup atau buka satu hari").click()
    page.get_by_label("Tanggal").fill(day.isoformat())
    page.get_by_label("Keterangan dalam bahasa Indonesia").fill("Pemilihan lurah")
    page.get_by_label("Keterangan dalam bahasa Inggris").fill("Village election")
    page.get_by_label("Surat keputusan").fill("SK Wali Kota 12/2026")
    page.get_by_role("button", name="Lihat akibatnya dulu").click()


@pytest.mark.parametrize("size", PHONE_FIRST)
def test_a_day_is_closed_and_taken_back(admin: Open, city: City, size: str) -> None:
    page = admin("/admin/settings", size)
    page.get_by_role("link", name="Kalender").click()
    before = city.due()
    fill(page, city.soon)
    main = page.get_by_role("main")
    expect(main).to_contain_text("Belum ada yang berubah")
    expect(main).to_contain_text(f"{CASES} dari {CASES} batas waktu berjalan bergeser, di {CASES} berkas.")
    rows = page.locator("table.board tbody tr")
    expect(rows).to_have_count(20)
    for due in before:
        expect(rows.first).to_contain_text(date_in_words(date.fromisoformat(due), "id"))
    expect(main).to_contain_text("… dan 5 lagi.")
    assert too_wide(page) == 0
    page.get_by_role("link", name="Batal").click()
    assert city.due() == before
    fill(page, city.soon)
    page.get_by_role("button", name="Ya, tutup hari itu").click()
    expect(page.get_by_role("status")).to_contain_text("Batas waktu yang berjalan dihitung ulang")
    # By itself: the page asks again until a server has counted all of them.
    expect(page.locator("#recount")).to_contain_text(f"{CASES} berkas diperiksa, {CASES} berubah", timeout=60_000)
    after = city.due()
    assert len(after) == 1 and min(after) > max(before)
    row = page.locator("table.board tbody tr.ours")
    expect(row).to_contain_text("Pemilihan lurah")
    expect(row).to_contain_text("Diatur admin, SK Wali Kota 12/2026")
    row.get_by_role("link", name="Batalkan hari ini").click()
    expect(main).to_contain_text(f"{CASES} dari {CASES} batas waktu berjalan bergeser")
    page.get_by_role("button", name="Ya, batalkan").click()
    expect(page.locator("#recount")).to_contain_text(f"{CASES} berkas diperiksa, {CASES} berubah", timeout=60_000)
    assert city.due() == before


def test_without_a_script_the_same_is_done(admin: Open, city: City) -> None:
    page = admin("/admin/calendar", java_script_enabled=False)
    fill(page, city.soon)
    page.get_by_role("button", name="Ya, tutup hari itu").click()
    expect(page.get_by_role("status")).to_contain_text("Tersimpan.")
    page.get_by_role("link", name="Batalkan hari ini").click()
    page.get_by_role("button", name="Ya, batalkan").click()
    expect(page.get_by_role("status")).to_contain_text("Dibatalkan.")


def test_a_slip_is_named_beside_what_was_typed(admin: Open, city: City) -> None:
    page = admin("/admin/calendar")
    fill(page, date(city.soon.year + 40, 1, 2))
    expect(page.get_by_role("alert")).to_contain_text("Perbaiki yang ditandai")
    expect(page.get_by_label("Tanggal")).to_have_attribute("aria-invalid", "true")
    expect(page.get_by_label("Surat keputusan")).to_have_value("SK Wali Kota 12/2026")
    assert axe.violations(page) == []


def test_settings_and_what_changed_in_the_catalogue(admin: Open) -> None:
    page = admin("/admin/settings")
    page.get_by_label("Perangkat disebut diam sesudah (hari)").fill("99")
    page.get_by_role("button", name="Simpan").click()
    expect(page.get_by_label("Perangkat disebut diam sesudah (hari)")).to_have_attribute("aria-invalid", "true")
    assert axe.violations(page) == []
    page.get_by_label("Perangkat disebut diam sesudah (hari)").fill("4")
    page.get_by_label("Kirim pemberitahuan lewat surel").uncheck()
    page.get_by_role("button", name="Simpan").click()
    expect(page.get_by_role("status")).to_contain_text("Tersimpan.")
    expect(page.get_by_label("Kirim pemberitahuan lewat surel")).not_to_be_checked()
    page.get_by_role("link", name="Versi katalog").click()
    page.get_by_label("Dari versi").select_option(index=page.get_by_label("Dari versi").locator("option").count() - 1)
    page.get_by_role("button", name="Bandingkan").click()
    expect(page.get_by_role("main")).to_contain_text("dari 3 hari kerja menjadi 5 hari kerja")


@pytest.mark.parametrize("size", PHONE_FIRST)
def test_every_one_of_these_pages_is_for_everybody(admin: Open, city: City, size: str) -> None:
    page = admin("/admin/calendar", size)
    fill(page, city.soon)
    preview = page.url.removeprefix(city.process.address)
    for place in (
        "/admin/settings", "/admin/calendar", "/admin/calendar?year=2030", "/admin/calendar?lang=en", preview,
        f"{preview}&lang=en", "/admin/catalogue", "/admin/catalogue?old=nothing&new=nothing",
    ):  # fmt: skip
        page.goto(f"{city.process.address}{place}")
        is_for_everybody(page, place)
