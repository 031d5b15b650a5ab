"""The admin's pages with devices in every trouble on them, for whoever looks at screenshots."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Browser, Page, expect

from server.jobs.registry import JOBS
from server.jobs.runner import run_due
from tests.browser.serving import ServerProcess
from tests.fleet import KINDS, PASSWORD, build

COUNT = 2 * len(KINDS)


@dataclass(frozen=True)
class Seen:
    """`place`: the address behind /admin. `then`: what is pressed there. `login`: who looks."""

    name: str
    place: str
    then: Callable[[Page], None] = lambda _page: None
    login: str = "admin"


def _the_device(page: Page) -> None:
    page.locator("a[id^=device-]").first.click()


def _what_was_typed(page: Page) -> None:
    page.locator("main a[href*='/admin/quarantine/']").first.click()


def _another_phone(page: Page) -> None:
    page.get_by_label("Kata sandi Anda sekarang").fill(PASSWORD)
    page.get_by_role("button", name="Atur verifikasi dua langkah").click()


SEEN = (
    Seen("admin-board", "/board"),
    Seen("admin-board-supervisor", "/board", login="atasan"),
    Seen("admin-device", "/board?trouble=digest_differs", _the_device),
    Seen("admin-quarantine", "/quarantine"),
    Seen("admin-quarantined", "/quarantine", _what_was_typed),
    Seen("admin-health", "/health"),
    Seen("admin-health-english", "/health?lang=en"),
    Seen("admin-password", "/password"),
    Seen("admin-factor", "/second-factor"),
    Seen("admin-factor-offered", "/second-factor", _another_phone),
    Seen("admin-told", "/told", login="atasan"),
)


@dataclass
class Office:
    """Somebody at the admin's pages, of each sort one."""

    server: ServerProcess
    browser: Browser
    pages: dict[str, Page]

    def open(self, seen: Seen) -> Page:
        page = self.page_of(seen.login)
        page.goto(f"{self.server.address}/admin{seen.place}")
        seen.then(page)
        page.wait_for_load_state()
        return page

    def page_of(self, login: str) -> Page:
        return self.pages.get(login) or self._signed_in(login)

    def _signed_in(self, login: str) -> Page:
        page = self.pages[login] = self.browser.new_context().new_page()
        page.goto(f"{self.server.address}/admin/")
        page.get_by_label("Nama pengguna").fill(login)
        page.get_by_label("Kata sandi").fill(PASSWORD)
        page.get_by_role("button", name="Masuk").click()
        expect(page.get_by_role("button", name="Keluar")).to_be_visible()
        return page


@contextmanager
def office_in(data: Path, browser: Browser) -> Iterator[Office]:
    """A city with two devices of each kind, whose jobs have run."""
    fleet = build(data, COUNT)
    for job in JOBS:
        run_due(fleet.world, job, "shots")
    process = ServerProcess(data)
    process.start()
    try:
        yield Office(process, browser, {})
    finally:
        process.kill()
        fleet.world.engine.dispose()
