"""Two windows of one browser: one outbox, one exchange at a time, the same on both."""

import re
from datetime import date

from playwright.sync_api import Page, Request, expect

from tests.browser.filling import COMPLAINT, answer, begin, fill_in, on
from tests.browser.serving import ServerProcess
from tests.browser.window import Device

NUMBER_ONE = f"LPR-{date.today().year}-000001"
NUMBER = re.compile(r"LPR-\d{4}-\d{6}")


class Exchanges:
    """How many exchanges of a browser were under way at once, over all of its windows."""

    def __init__(self, device: Device) -> None:
        self.most = self.all = 0
        # By themselves: one that began before this was made also comes to its end.
        self.running: set[Request] = set()
        device.context.on("request", self._begin)
        device.context.on("requestfinished", self._end)
        device.context.on("requestfailed", self._end)

    def _begin(self, request: Request) -> None:
        if request.url.endswith("/api/v1/sync"):
            self.all += 1
            self.running.add(request)
            self.most = max(self.most, len(self.running))

    def _end(self, request: Request) -> None:
        self.running.discard(request)


def slowly(device: Device, page: Page) -> None:
    """On a network on which two exchanges at once would be seen."""
    far = {"offline": False, "latency": 400, "downloadThroughput": -1, "uploadThroughput": -1}
    session = device.context.new_cdp_session(page)
    session.send("Network.enable")
    session.send("Network.emulateNetworkConditions", far)


def number_on(page: Page) -> str:
    expect(page.get_by_text(NUMBER).first).to_be_visible(timeout=20_000)
    found = NUMBER.search(page.get_by_role("main").inner_text())
    assert found is not None
    return found[0]


def test_two_windows_type_into_one_draft_and_send_it_once(phone: Device, server: ServerProcess) -> None:
    one = phone.open()
    exchanges = Exchanges(phone)
    begin(one)
    two = phone.context.new_page()
    two.goto(one.url)
    phone.ready(two)
    # A window that nobody looks at is drawn once a second.
    one.bring_to_front()
    answer(one, "Pengaduan")
    on(one)
    answer(one, "Lampu jalan")
    phone.go(one.url.split("#")[1].rsplit("/", 1)[0] + "/check", two)
    expect(two.get_by_text("Lampu jalan")).to_be_visible()
    on(one)
    fill_in(one, COMPLAINT)
    expect(two.get_by_text("Jalan Pemuda, seberang halte")).to_be_visible()
    one.get_by_role("button", name="Kirim", exact=True).click()
    two.get_by_role("link", name="Beranda").click()
    two.get_by_role("link", name="Lampu jalan mati di depan pasar").click()
    assert number_on(one) == number_on(two) == NUMBER_ONE
    assert exchanges.all > 0 and exchanges.most == 1
    assert server.numbers() == [NUMBER_ONE] and {status for _, _, status in server.commands()} == {"applied"}
    assert len({instance for instance, _, _ in server.commands()}) == 1


def test_both_windows_send_at_once_and_the_case_is_there_once(phone: Device, server: ServerProcess) -> None:
    one = phone.open()
    begin(one)
    fill_in(one, COMPLAINT)
    two = phone.context.new_page()
    two.goto(one.url)
    phone.ready(two)
    expect(two.get_by_role("button", name="Kirim", exact=True)).to_be_enabled()
    exchanges = Exchanges(phone)
    for page in (one, two):
        slowly(phone, page)
        # Both clicks are on their way before either has been answered.
        page.evaluate("setTimeout(() => [...document.querySelectorAll('button')].at(-1).click(), 300)")
    assert number_on(one) == NUMBER_ONE
    assert exchanges.all > 0 and exchanges.most == 1
    two.get_by_role("link", name="Beranda").click()
    expect(two.get_by_role("link", name="Lampu jalan mati di depan pasar")).to_have_count(1)
    assert server.numbers() == [NUMBER_ONE] and {status for _, _, status in server.commands()} == {"applied"}
