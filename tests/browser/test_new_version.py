"""A new version comes while somebody fills in a form: it waits, and takes over when they say so."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.filling import COMPLAINT as ANSWERS
from tests.browser.filling import begin, fill_in
from tests.browser.releasing import copy_of_the_app, release, version_in
from tests.browser.serving import ServerProcess
from tests.browser.window import SAVED, Device, expect_js

NOTICE = "Versi baru sudah siap. Isian Anda tetap tersimpan."
WORDS, NEW_WORDS = "Apa yang bisa kami bantu?", "Ada yang bisa kami bantu?"


@pytest.fixture
def server(prepared: Path, tmp_path: Path) -> Iterator[ServerProcess]:
    """A server whose app this test may replace."""
    data = tmp_path / "server"
    data.mkdir()
    (data / "tenggat.sqlite3").write_bytes((prepared / "tenggat.sqlite3").read_bytes())
    process = ServerProcess(data, copy_of_the_app(tmp_path / "web"))
    process.start()
    yield process
    process.kill()


def look_for_a_new_version(page: Page) -> None:
    """As the browser does from time to time, and the app whenever it is looked at again. What the browser keeps of
    its own accord is gone by then, so that only the app's own keeping counts."""
    page.context.new_cdp_session(page).send("Network.clearBrowserCache")
    page.evaluate("async () => { await (await navigator.serviceWorker.getRegistration()).update() }")


def mark(page: Page) -> None:
    page.evaluate("() => { window.marked = true }")


def is_marked(page: Page) -> bool:
    """Whether the page was never loaded anew."""
    return bool(page.evaluate("() => window.marked === true"))


def telling(page: Page) -> Page:
    """A window with a question open, half answered."""
    begin(page)
    fill_in(page, ANSWERS, until="Ceritakan")
    page.get_by_role("textbox").fill("Lampunya mati")
    expect(page.get_by_text(SAVED)).to_be_visible()
    mark(page)
    return page


def test_a_new_version_interrupts_nothing_and_takes_over_when_told_to(server: ServerProcess, phone: Device) -> None:
    page = phone.open()
    phone.installed()
    old = version_in(server.web)
    telling(page)
    new = release(server.web, WORDS, NEW_WORDS)
    look_for_a_new_version(page)
    notice = page.get_by_role("status").filter(has_text=NOTICE)
    expect(notice).to_be_visible()
    expect(page.get_by_role("textbox")).to_be_focused()
    page.keyboard.press("End")
    page.keyboard.type(" sejak kemarin")
    expect(page.get_by_text(SAVED)).to_be_visible()
    # Of the old version, which the server has no more, this was never opened before.
    phone.go("/me")
    page.get_by_role("radio", name="English").check()
    expect(page.get_by_role("heading", name="Me", level=1, exact=True)).to_be_visible()
    page.get_by_role("radio", name="Indonesia").check()
    expect(page.get_by_text(old)).to_be_visible()
    page.go_back()
    expect(page.get_by_role("textbox")).to_have_value("Lampunya mati sejak kemarin")
    assert is_marked(page)
    with page.expect_navigation():
        notice.get_by_role("button", name="Pakai sekarang").click()
    expect(page.get_by_role("textbox")).to_have_value("Lampunya mati sejak kemarin")
    expect(notice).to_have_count(0)
    phone.go("/me")
    expect(page.get_by_text(new)).to_be_visible()
    phone.offline()
    phone.reload()
    phone.go("/")
    expect(phone.heading(NEW_WORDS)).to_be_visible()


def test_a_form_in_another_window_is_left_alone_by_it(server: ServerProcess, phone: Device) -> None:
    page = phone.open()
    phone.installed()
    other = telling(phone.open(page=phone.context.new_page()))
    release(server.web, WORDS, NEW_WORDS)
    look_for_a_new_version(page)
    with page.expect_navigation():
        page.get_by_role("button", name="Pakai sekarang").click()
    phone.go("/", page)
    expect(phone.heading(NEW_WORDS, page)).to_be_visible()
    expect_js(other, "navigator.serviceWorker.controller?.state === 'activated'")
    other.bring_to_front()
    other.get_by_role("textbox").press("End")
    other.keyboard.type(", gelap sekali.")
    expect(other.get_by_text(SAVED)).to_be_visible()
    other.get_by_role("button", name="Lanjut", exact=True).click()
    expect(phone.heading("Bagaimana Anda menunjukkan lokasinya?", other)).to_be_visible()
    assert is_marked(other)
    # What this window never opened is of a version that the server has no more.
    phone.go("/me", other)
    other.get_by_role("radio", name="English").check()
    expect(other.get_by_role("heading", name="Me", level=1, exact=True)).to_be_visible()
    assert is_marked(other)
    with other.expect_navigation():
        other.get_by_role("button", name="Use it now").click()
    expect(other.get_by_text(version_in(server.web))).to_be_visible()


def test_whoever_puts_it_off_has_it_when_the_app_is_next_started(server: ServerProcess, phone: Device) -> None:
    page = phone.open()
    phone.installed()
    release(server.web, WORDS, NEW_WORDS)
    look_for_a_new_version(page)
    page.get_by_role("button", name="Nanti saja").click()
    expect(page.get_by_text(NOTICE)).to_have_count(0)
    expect(phone.heading(WORDS)).to_be_visible()
    page.close()
    page = phone.page = phone.context.new_page()
    phone.open()
    expect(phone.heading(NEW_WORDS)).to_be_visible()
