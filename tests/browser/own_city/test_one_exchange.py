"""One exchange at a time for windows and service worker: whoever comes second waits, and nobody hears of it. And what
only failed to leave can still be taken back."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, Request, expect

from tests.browser.filling import file_complaint
from tests.browser.serving import ServerProcess
from tests.browser.waiting import until
from tests.browser.window import Device

NUMBER = re.compile(r"LPR-\d{4}-\d{6}")
OTHER_WINDOW = "Jendela lain sedang sinkron"
EXCHANGE = "/api/v1/sync"

_HOLD = """() => new Promise(held => {
  navigator.locks.request("tenggat.sync", () => new Promise(release => {
    self.release = release;
    held();
  }));
})"""


class Background:
    """The service worker in the middle of an exchange that takes as long as a test wants: it holds the lock under the
    name that `src/device/alone.ts` asks for."""

    def __init__(self, device: Device) -> None:
        [self.worker] = device.context.service_workers

    def begins(self) -> None:
        self.worker.evaluate(_HOLD)

    def is_through(self) -> None:
        self.worker.evaluate("self.release()")


@pytest.fixture
def asked(phone: Device) -> list[str]:
    """The paths of all requests of this phone."""
    found: list[str] = []

    def note(request: Request) -> None:
        found.append(request.url.removeprefix(phone.address))

    phone.context.on("request", note)
    return found


def filed(phone: Device) -> Page:
    """Somebody whose first complaint is at the server."""
    page = phone.open()
    phone.installed()
    file_complaint(page)
    expect(page.get_by_text(NUMBER).first).to_be_visible(timeout=20_000)
    phone.synced()
    return page


def test_whoever_presses_while_the_background_sends_waits_and_hears_of_no_other_window(
    phone: Device, asked: list[str]
) -> None:
    page = filed(phone)
    background = Background(phone)
    background.begins()
    asked.clear()
    phone.go("/me")
    phone.go("/sync")
    button = page.get_by_role("button", name="Sinkron sekarang")
    button.click()
    expect(button).to_be_disabled()
    expect(page.get_by_role("progressbar")).to_be_visible()
    expect(page.get_by_text(OTHER_WINDOW)).to_have_count(0)
    assert EXCHANGE not in asked
    background.is_through()
    expect(page.get_by_role("status").filter(has_text="Selesai")).to_be_visible()
    expect(button).to_be_enabled()
    assert EXCHANGE in asked
    expect(page.get_by_role("main").get_by_role("alert")).to_have_count(0)
    expect(page.get_by_text(OTHER_WINDOW)).to_have_count(0)


def test_what_is_filed_while_the_background_sends_follows_within_seconds(
    phone: Device, server: ServerProcess, asked: list[str]
) -> None:
    page = filed(phone)
    background = Background(phone)
    background.begins()
    asked.clear()
    phone.go("/")
    file_complaint(page, title="Lampu kedua, selagi yang lain mengirim")
    expect(page.get_by_text("Belum diterima server")).to_be_visible()
    assert EXCHANGE not in asked
    background.is_through()
    # By itself, and long before the minute after which the timer looks when nothing is urgent.
    expect(page.get_by_text(NUMBER).first).to_be_visible(timeout=10_000)
    assert len(server.numbers()) == 2
    assert {status for _, _, status in server.commands()} == {"applied"}


def no_network(phone: Device, server: ServerProcess) -> None:
    phone.offline()


def no_server(phone: Device, server: ServerProcess) -> None:
    """The browser believes that it has a network. That it has none was found out once, by a try that had nothing to
    send."""
    phone.server_gone()
    server.kill()
    phone.go("/sync")
    phone.page.get_by_role("button", name="Sinkron sekarang").click()
    expect(phone.page.get_by_role("alert").filter(has_text="Server tidak bisa dihubungi")).to_be_visible()


@pytest.mark.parametrize("away", [no_network, no_server])
def test_what_could_not_leave_is_taken_back_after_any_number_of_tries(
    phone: Device, server: ServerProcess, asked: list[str], away: Callable[[Device, ServerProcess], None]
) -> None:
    page = filed(phone)
    away(phone, server)
    phone.go("/")
    asked.clear()
    file_complaint(page, title="Yang ini tidak jadi")
    place = page.url.split("#")[1]
    until(lambda: page.evaluate("1") and "/api/v1/catalogue" in asked, "a try of the timer")
    phone.go("/sync")
    page.get_by_role("button", name="Sinkron sekarang").click()
    expect(page.get_by_role("alert").filter(has_text="Server tidak bisa dihubungi")).to_be_visible()
    assert EXCHANGE not in asked, "what was tried to be sent may have arrived, and is not taken back"
    phone.go(place)
    page.get_by_role("button", name="Batalkan").click()
    expect(page.get_by_role("link", name="Lanjutkan mengisi")).to_be_visible()
    phone.offline(False)
    server.kill()
    server.start()
    phone.synced()
    phone.go(place)
    expect(page.get_by_role("link", name="Lanjutkan mengisi")).to_be_visible()
    assert len(server.numbers()) == 1
