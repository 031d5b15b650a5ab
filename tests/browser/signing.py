"""Signing in, up and out on the screen; and officers who see one kecamatan alone, so that tests can share a city."""

from playwright.sync_api import Page, expect

from server.access.staff import add_staff
from server.cli.demo import PASSWORD
from tests.api.device import new_id
from tests.browser.backstage import Backstage
from tests.browser.window import Device

WARGA = "Warga Contoh"


def new_login(kind: str = "warga") -> str:
    """One that no other test has."""
    return f"{kind}-{new_id()[:13]}"


def staff_of(behind: Backstage, role: str, *districts: str, name: str = "Petugas Wilayah") -> str:
    """The login of a new officer, who works in all offices but sees the cases of these kecamatan alone."""
    server = behind.as_server
    login = new_login("petugas")
    scopes = [f"office:{office.code}/{district}" for office in server.city.offices for district in districts]
    add_staff(
        server.engine, server.city, server.world.sources,
        login=login, password=PASSWORD, name=name, roles=[role], scopes=scopes,
    )  # fmt: skip
    return login


def wards(behind: Backstage, district: str) -> list[str]:
    """The codes of the kelurahan of a kecamatan."""
    return [area.code for area in behind.as_server.city.areas if area.parent == district]


def type_credentials(page: Page, login: str, password: str, name: str | None = None) -> None:
    """Into the form that is open, and off with it."""
    form = page.get_by_role("main").locator("form")
    if name is not None:
        form.get_by_label("Nama Anda").fill(name)
    form.get_by_label("Nama masuk").fill(login)
    form.get_by_label("Kata sandi", exact=True).fill(password)
    form.get_by_role("button").click()


def sign_in(device: Device, login: str, password: str = PASSWORD) -> None:
    """From anywhere in the app; to where the app leads whoever signed in."""
    device.go("/me")
    device.page.get_by_role("main").get_by_role("button", name="Masuk", exact=True).first.click()
    type_credentials(device.page, login, password)


def sign_up(device: Device, login: str, password: str = PASSWORD, name: str = WARGA) -> None:
    device.go("/me")
    device.page.get_by_role("main").get_by_role("button", name="Daftar", exact=True).first.click()
    type_credentials(device.page, login, password, name)
    expect(device.page.get_by_role("heading", name=name)).to_be_visible()


def sign_out(device: Device) -> None:
    """Until the device speaks for nobody."""
    device.go("/me")
    device.page.get_by_role("button", name="Keluar", exact=True).click()
    device.page.get_by_role("button", name="Ya, keluar").click()
    expect(device.page.get_by_role("heading", name="Belum masuk")).to_be_visible()


def officer_at_work(device: Device, login: str) -> Page:
    """An officer's device with their cases on it."""
    page = device.open("/me")
    device.installed()
    sign_in(device, login)
    expect(device.heading("Tugas")).to_be_visible()
    device.synced()
    device.go("/work")
    expect(device.heading("Tugas")).to_be_visible()
    return page
