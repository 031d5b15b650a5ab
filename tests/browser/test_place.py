"""A place, shown on a map or by where the device is; and the words that are left where neither works."""

import base64
import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, Route, expect

from tests.browser.conftest import Make
from tests.browser.filling import COMPLAINT, begin, fill_in
from tests.browser.window import SAVED, Device

TILES = "tile.openstreetmap.org"
GREY = base64.b64decode("iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAQAAAC1HAwCAAAAC0lEQVR42mN8/B8AAscB9Zr2m0kAAAAASUVORK5CYII=")
MIDDLE = "-6.99030, 110.42290"
"""Where the city's map begins."""

ON_THE_MAP = COMPLAINT | {"Bagaimana Anda menunjukkan lokasinya?": "Titik di peta"}
MAP = re.compile(r"/assets/(map|leaflet)-")
POINT = re.compile(r"^-?\d+\.\d{5}, \d+\.\d{5}")


@pytest.fixture
def walker(device: Make) -> Device:
    """A phone with a map of one grey tile."""
    phone: Device = device()
    phone.watch.tiles = TILES
    phone.context.route(f"https://{TILES}/**", lambda route: route.fulfill(body=GREY, content_type="image/png"))
    return phone


def asked_for_a_point(device: Device) -> Page:
    page = device.open()
    begin(page)
    fill_in(page, ON_THE_MAP, until="Titik di peta")
    return page


def point(page: Page) -> str:
    return page.get_by_text(POINT).inner_text()


@pytest.fixture
def loaded(walker: Device) -> Iterator[list[str]]:
    """Which files of the map the browser asked for."""
    found: list[str] = []
    walker.context.on("request", lambda request: found.append(request.url) if MAP.search(request.url) else None)
    yield found


def test_the_arrow_keys_move_the_map_under_its_mark(walker: Device, loaded: list[str]) -> None:
    page = asked_for_a_point(walker)
    expect(page.get_by_text("Belum ada titik.")).to_be_visible()
    assert loaded == [], "nobody pays for a map that they do not use"
    page.get_by_role("button", name="Pilih di peta").click()
    place = page.get_by_role("application", name=re.compile("^Peta."))
    expect(place).to_be_focused()
    assert len(loaded) >= 2
    expect(page.get_by_text("© kontributor OpenStreetMap")).to_be_visible()
    page.get_by_role("button", name="Pakai titik ini").click()
    expect(page.get_by_text(MIDDLE)).to_be_visible()
    expect(page.get_by_text(SAVED)).to_be_visible()
    expect(place).to_have_count(0)
    page.get_by_role("button", name="Pilih di peta").click()
    expect(place).to_be_focused()
    for key in ("ArrowUp", "ArrowRight"):
        page.keyboard.press(key)
        # A key that comes while the map still glides is not taken.
        expect(place.locator(".leaflet-pan-anim")).to_have_count(0)
    page.get_by_role("button", name="Pakai titik ini").click()
    expect(page.get_by_text(MIDDLE)).to_have_count(0)
    north, east = map(float, point(page).split(", "))
    assert north > -6.9903
    assert east > 110.4229
    expect(page.get_by_text(SAVED)).to_be_visible()
    walker.reload()
    assert point(page) == f"{north:.5f}, {east:.5f}"
    page.get_by_role("button", name="Hapus titik").click()
    expect(page.get_by_text("Belum ada titik.")).to_be_visible()


def test_tiles_that_do_not_come_leave_the_mark_and_words(walker: Device) -> None:
    walker.watch.foresee(r"net::ERR_FAILED")
    walker.context.route(f"https://{TILES}/**", lambda route: route.abort())
    page = asked_for_a_point(walker)
    page.get_by_role("button", name="Pilih di peta").click()
    expect(page.get_by_role("status").filter(has_text="tulis dengan kata-kata")).to_be_visible()
    page.get_by_role("button", name="Pakai titik ini").click()
    expect(page.get_by_text(MIDDLE)).to_be_visible()


def test_a_map_that_cannot_be_loaded_says_what_else_there_is(walker: Device) -> None:
    walker.watch.foresee(r"net::ERR_FAILED", "dynamically imported module")

    def without_map(route: Route) -> None:
        if MAP.search(route.request.url):
            route.abort()
        else:
            route.continue_()

    walker.context.route("**/assets/**", without_map)
    page = asked_for_a_point(walker)
    page.get_by_role("button", name="Pilih di peta").click()
    expect(page.get_by_role("alert")).to_contain_text("Pakai lokasi Anda, atau tulis dengan kata-kata.")


def test_the_outline_of_a_parcel_has_corners(walker: Device) -> None:
    page = walker.open("/new/krk")
    page.get_by_role("button", name="Mulai").click()
    page.get_by_role("link", name="Lanjutkan mengisi").wait_for()
    case = page.url.split("/case/")[1].split("/")[0]
    walker.go(f"/case/{case}/form/outline")
    expect(page.get_by_text("Belum ada batas tanah.")).to_be_visible()
    page.get_by_role("button", name="Pilih di peta").click()
    place = page.get_by_role("application")
    corners = page.get_by_text(re.compile(r"^\d+ sudut$"))
    for count, key in enumerate(("ArrowUp", "ArrowRight", "ArrowDown"), start=1):
        place.press(key)
        expect(place.locator(".leaflet-pan-anim")).to_have_count(0)
        page.get_by_role("button", name="Tambah sudut").click()
        expect(corners).to_have_text(f"{count} sudut")
    page.get_by_role("button", name="Hapus sudut terakhir").click()
    expect(corners).to_have_text("2 sudut")
    # Two corners are no parcel.
    page.get_by_role("button", name="Lanjut", exact=True).click()
    expect(page.get_by_role("group")).to_have_accessible_description(re.compile("^Salah: "))
    page.get_by_role("button", name="Tambah sudut").click()
    page.get_by_role("button", name="Tutup peta").click()
    page.get_by_role("button", name="Hapus semua sudut").click()
    expect(page.get_by_text("Belum ada batas tanah.")).to_be_visible()
    page.get_by_role("button", name="Urungkan hapus").click()
    expect(corners).to_have_text("3 sudut")
    page.get_by_role("button", name="Lanjut", exact=True).click()
    # The last of the questions leads to the documents.
    expect(walker.heading("Surat permohonan yang ditandatangani")).to_be_visible()


def test_half_an_area_is_kept_like_any_other_half_answer(phone: Device) -> None:
    page = phone.open()
    begin(page)
    fill_in(page, COMPLAINT, until="Kelurahan")
    district, ward = page.get_by_label("Kecamatan"), page.get_by_label("Kelurahan", exact=True).last
    district.select_option(label="Tembalang")
    expect(page.get_by_text(SAVED)).to_be_visible()
    phone.reload()
    expect(district.locator("option:checked")).to_have_text("Tembalang")
    page.get_by_role("button", name="Lanjut", exact=True).click()
    expect(page.get_by_text("Pilih kelurahan dari daftar.")).to_be_visible()
    ward.select_option(label="Bulusan")
    # Another kecamatan takes the kelurahan of the one before away, and stays.
    district.select_option(label="Mijen")
    expect(page.get_by_text(SAVED)).to_be_visible()
    phone.reload()
    expect(district.locator("option:checked")).to_have_text("Mijen")
    expect(ward).to_have_value("")


def test_where_the_device_is_goes_in_with_how_exact_it_is(device: Make) -> None:
    phone = device(
        permissions=["geolocation"], geolocation={"latitude": -6.9812345, "longitude": 110.4101, "accuracy": 140}
    )
    page = asked_for_a_point(phone)
    page.get_by_role("button", name="Pakai lokasi saya sekarang").click()
    expect(page.get_by_text("-6.98123, 110.41010 (±140 m)")).to_be_visible()
    expect(page.get_by_text("Titik ini bisa meleset sampai 140 meter.")).to_be_visible()
    phone.context.set_geolocation({"latitude": -6.98124, "longitude": 110.41, "accuracy": 9})
    page.get_by_role("button", name="Pakai lokasi saya sekarang").click()
    expect(page.get_by_text("-6.98124, 110.41000 (±9 m)")).to_be_visible()
    expect(page.get_by_text("Titik ini bisa meleset")).to_have_count(0)


def test_whoever_does_not_share_a_location_is_told_the_other_ways(device: Make) -> None:
    phone = device(permissions=[])
    page = asked_for_a_point(phone)
    page.get_by_role("button", name="Pakai lokasi saya sekarang").click()
    expect(page.get_by_role("alert")).to_contain_text("pilih di peta, atau tulis dengan kata-kata.")
    expect(page.get_by_role("button", name="Pakai lokasi saya sekarang")).to_be_enabled()
