"""The first visit, and every one after it with no network."""

import time

from playwright.sync_api import Route, expect

from tests.browser.watching import NETWORK
from tests.browser.window import Device


def test_the_first_visit_shows_what_the_city_offers(phone: Device) -> None:
    page = phone.open()
    expect(phone.heading("Apa yang bisa kami bantu?")).to_be_visible()
    expect(page.get_by_role("link", name="Lapor", exact=True)).to_be_visible()
    expect(page.get_by_role("link", name="Keterangan Rencana Kota (KRK)")).to_be_visible()
    expect(phone.standing()).to_contain_text("Siap dipakai")


def test_the_app_starts_again_with_no_network(phone: Device) -> None:
    page = phone.open()
    phone.installed()
    phone.offline()
    phone.reload()
    page.get_by_role("link", name="Lapor", exact=True).click()
    expect(page.get_by_role("button", name="Mulai")).to_be_visible()


def test_the_app_starts_again_while_the_server_is_away(phone: Device) -> None:
    """The browser believes that there is a network, and there is no server."""
    page = phone.open()
    phone.installed()
    phone.watch.foresee(NETWORK)
    page.close()
    page = phone.context.new_page()
    phone.context.route("**/api/**", lambda route: route.abort("connectionrefused"))
    phone.open(page=page)
    expect(page.get_by_role("link", name="Keterangan Rencana Kota (KRK)")).to_be_visible()


def test_whoever_loses_the_network_before_the_list_of_services_came_is_told_what_to_do(phone: Device) -> None:
    phone.watch.foresee(NETWORK, "net::ERR_FAILED")
    phone.context.route("**/api/v1/catalogue", lambda route: route.abort())
    page = phone.open()
    expect(page.get_by_role("heading", name="Sambungkan sekali dulu")).to_be_visible()
    phone.context.unroute("**/api/v1/catalogue")
    phone.reload()
    expect(page.get_by_role("link", name="Lapor", exact=True)).to_be_visible()


def test_a_part_that_does_not_come_leaves_nobody_waiting_for_ever(phone: Device) -> None:
    page, held = phone.page, list[Route]()
    page.route("**/assets/device-*.js", lambda route: route.continue_() if held else held.append(route))
    phone.open("/me")
    expect(page.get_by_text("Sebentar…")).to_be_visible()
    expect(page.get_by_text("Ini lebih lama dari biasanya.")).to_be_visible()
    with page.expect_navigation():
        page.get_by_role("button", name="Muat ulang").click()
    expect(phone.heading("Saya")).to_be_visible()


EFFECTS_LATE = """
  const later = window.setTimeout;
  // By one of the two Preact waits for the screen to be drawn before it runs what comes after a drawing.
  window.setTimeout = (work, time, ...rest) => later(work, time >= 20 && time <= 100 ? 2000 : time, ...rest);
  window.requestAnimationFrame = () => 0;
"""


def test_a_part_that_comes_just_after_its_place_was_drawn_is_shown(phone: Device) -> None:
    page, held = phone.page, list[Route]()
    page.add_init_script(EFFECTS_LATE)
    page.route("**/assets/device-*.js", lambda route: held.append(route))
    phone.open("/")
    # The app fetches it ahead; then somebody asks for it, and it comes at that moment.
    end = time.monotonic() + 10
    while not held and time.monotonic() < end:
        page.wait_for_timeout(20)
    phone.go("/me")
    page.wait_for_timeout(100)
    [route] = held
    route.continue_()
    expect(phone.heading("Saya")).to_be_visible(timeout=6_000)


def test_everything_that_is_not_the_app_says_that_it_needs_a_network(phone: Device) -> None:
    phone.open()
    phone.installed()
    phone.offline()
    phone.page.goto(f"{phone.address}/lacak")
    expect(phone.heading("Halaman ini perlu jaringan")).to_be_visible()
    phone.page.get_by_role("link", name="Buka aplikasi").click()
    phone.ready()


def test_a_case_that_is_not_on_this_device_offers_what_its_screen_advises(phone: Device) -> None:
    page = phone.open("/case/LPR-2026-999999")
    expect(phone.heading("Berkas tidak ada di perangkat ini")).to_be_visible()
    page.get_by_role("link", name="Ke Sinkron").click()
    expect(phone.heading("Sinkron")).to_be_visible()
    page.go_back()
    page.get_by_role("link", name="Lacak berkas dengan nomor dan kode").click()
    expect(phone.heading("Lacak berkas")).to_be_visible()
