"""A browser as a person has it before them: what is read and pressed is found by its role and its name."""

import re
import time
from collections.abc import Callable, Iterator
from typing import Any, ClassVar

from playwright.sync_api import Browser, BrowserContext, Error, Locator, Page, expect

from tests.browser.watching import NETWORK, Watch

SAVED = "Tersimpan di perangkat ini."
STORE = "tenggat"
"""The name of the app's database in the browser."""

PARTS = re.compile("Bagian aplikasi|Parts of the app")


class Device:
    """A browser that shares nothing with another: a phone. Its first window is `page`."""

    alive: ClassVar[set["Device"]] = set()

    def __init__(self, context: BrowserContext, address: str) -> None:
        self.context = context
        self.address = address
        self.watch = Watch()
        self.watch.over(context)
        context.set_default_timeout(20_000)
        self.page = context.pages[0] if context.pages else context.new_page()
        Device.alive.add(self)
        context.on("close", lambda _: Device.alive.discard(self))

    def shows(self) -> str:
        """What its windows show, and what they wait for: for whoever reads of a test that failed."""
        told = [f"asked and not answered: {request.url}" for request in self.watch.unanswered]
        for page in self.context.pages:
            try:
                told += [f"window at {page.url}", page.locator("body").aria_snapshot(timeout=2_000)]
            except Error as error:
                told.append(f"a window that does not answer: {error.message}")
        return "\n".join(told)

    def open(self, place: str = "/", page: Page | None = None) -> Page:
        """Load the app at one of its screens, and wait until it is there."""
        page = page or self.page
        page.goto(f"{self.address}/#{place}")
        return self.ready(page)

    def go(self, place: str, page: Page | None = None) -> Page:
        """To another screen, without loading anything."""
        page = page or self.page
        page.evaluate("place => { location.hash = place }", place)
        return page

    def ready(self, page: Page | None = None) -> Page:
        page = page or self.page
        expect(page.get_by_role("navigation", name=PARTS)).to_be_visible()
        return page

    def installed(self) -> None:
        """Wait until the app is kept for use with no network. Not for `ready`: where nothing comes to be kept, that has
        no end, and neither had the test."""
        expect_js(self.page, "navigator.serviceWorker.controller !== null", seconds=60)

    def offline(self, on: bool = True) -> None:
        """No network at all, for the service worker neither."""
        self.watch.foresee(NETWORK)
        self.context.set_offline(on)

    def server_gone(self) -> None:
        """From here on the server may be away."""
        self.watch.foresee(NETWORK)

    def reload(self) -> None:
        self.page.reload()
        self.ready()

    def heading(self, name: str | re.Pattern[str], page: Page | None = None) -> Locator:
        return (page or self.page).get_by_role("heading", level=1, name=name)

    def synced(self, page: Page | None = None) -> None:
        """Exchange now, as a person asks for it, and wait until it was done."""
        page = page or self.page
        self.go("/sync", page)
        done = page.get_by_role("status").filter(has_text="Selesai")
        for _ in range(5):
            page.get_by_role("button", name="Sinkron sekarang").click()
            try:
                expect(done).to_be_visible(timeout=5_000)
            except AssertionError:
                # The timer may begin between the look at the button and the click, which then does nothing.
                continue
            return
        raise AssertionError("no exchange came to its end")

    def standing(self, page: Page | None = None) -> Locator:
        """The words in the frame that say how this device stands."""
        return (page or self.page).get_by_role("banner").get_by_role("link").last

    def stored(self, store: str) -> list[Any]:
        """All rows of one of the database's stores, with their keys where they stand beside them."""
        found: list[Any] = self.page.evaluate(_ALL, [STORE, store])
        return found

    def token(self) -> str:
        """The device's token, by which the server knows it."""
        return str(self.page.evaluate(_ONE, [STORE, "meta", "token"]))

    def instance(self) -> str:
        """The id under which this device mints numbers."""
        return str(max(self.stored("instance"), key=lambda row: row["n"])["id"])


PHONE: dict[str, Any] = {
    "locale": "id-ID",
    "timezone_id": "Asia/Jakarta",
    "viewport": {"width": 390, "height": 844},
}


IN_THE_HAND: dict[str, Any] = {"has_touch": True, "is_mobile": True, "device_scale_factor": 1}
"""What is touched, and has a camera."""


def new_device(browser: Browser, address: str, **options: Any) -> Device:
    """A phone of this city, unless `options` of a browser context say otherwise."""
    return Device(browser.new_context(**(PHONE | options)), address)


def devices_of(browser: Browser, address: str) -> Iterator[Callable[..., Device]]:
    """Makes devices until it goes on: then it closes them, and fails where one of them complained of what no test
    foresaw."""
    made: list[Device] = []

    def make(**options: Any) -> Device:
        made.append(new_device(browser, address, **options))
        return made[-1]

    yield make
    complaints = [text for one in made for text in one.watch.unforeseen()]
    for one in made:
        one.context.close()
    assert not complaints, "\n".join(complaints)


def expect_js(page: Page, condition: str, seconds: float = 20) -> None:
    """Wait until this is true in the page. Asked from outside, since the page's policy forbids it to evaluate words."""
    end = time.monotonic() + seconds
    while not page.evaluate(condition):
        assert time.monotonic() < end, f"never true: {condition}"
        page.wait_for_timeout(50)


_OPEN = """const opened = name => new Promise((resolve, reject) => {
  const asked = indexedDB.open(name);
  asked.onsuccess = () => resolve(asked.result);
  asked.onerror = () => reject(asked.error);
});
const told = request => new Promise((resolve, reject) => {
  request.onsuccess = () => resolve(request.result);
  request.onerror = () => reject(request.error);
});"""

_ALL = f"""async ([name, store]) => {{ {_OPEN}
  const database = await opened(name);
  const found = await told(database.transaction(store).objectStore(store).getAll());
  database.close();
  return found;
}}"""

_ONE = f"""async ([name, store, key]) => {{ {_OPEN}
  const database = await opened(name);
  const found = await told(database.transaction(store).objectStore(store).get(key));
  database.close();
  return found;
}}"""
