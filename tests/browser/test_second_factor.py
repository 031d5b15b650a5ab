"""Two-step verification in a real browser: from setting it up to a recovery code, at both sizes."""

import re
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, Page, expect
from pyotp import TOTP

from server.access.staff import add_staff
from server.cli.demo import PASSWORD
from tests.browser.backstage import Backstage
from tests.browser.everybody import PHONE_FIRST, SIZES, is_for_everybody
from tests.browser.serving import ServerProcess
from tests.browser.signing import new_login

Open = Callable[..., Page]


@pytest.fixture
def login(behind: Backstage) -> str:
    """A new admin, in a city that leaves it to each of them."""
    world, login = behind.as_server.world, new_login("admin")
    place = (world.engine, world.city, world.sources)
    add_staff(*place, login=login, password=PASSWORD, name="Admin Baru", roles=["admin"], scopes=[])
    return login


@pytest.fixture
def typed(browser: Browser, server: ServerProcess, login: str) -> Iterator[Open]:
    """A browser of its own in which login and password were typed."""
    contexts = []

    def open_(size: str, path: str = "/admin/sign-in") -> Page:
        context = browser.new_context(viewport=SIZES[size])
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(20_000)
        page.goto(server.address + path)
        page.get_by_label(re.compile("Nama pengguna|User name")).fill(login)
        page.get_by_label(re.compile("Kata sandi|Password")).fill(PASSWORD)
        page.get_by_role("button", name=re.compile("Masuk|Sign in")).click()
        return page

    yield open_
    for context in contexts:
        context.close()


def _wrong(phone: TOTP) -> str:
    return next(code for code in ("000000", "111111") if not phone.verify(code, valid_window=3))


@pytest.mark.parametrize("size", PHONE_FIRST)
def test_set_up_signed_in_and_the_phone_forgotten(typed: Open, login: str, size: str) -> None:
    page = typed(size)
    page.get_by_role("link", name="Admin Baru").click()
    is_for_everybody(page, "before it is set up")
    page.get_by_label("Kata sandi Anda sekarang").fill(PASSWORD)
    page.get_by_role("button", name="Atur verifikasi dua langkah").click()
    expect(page.get_by_role("img", name="Kode QR untuk aplikasi autentikator")).to_be_visible()
    is_for_everybody(page, "what is offered")
    phone = TOTP(page.locator("#secret").inner_text().replace(" ", ""))
    link = page.get_by_role("link", name="Sedang memakai ponsel itu sendiri").get_attribute("href")
    assert link and link.startswith("otpauth://totp/") and phone.secret in link
    page.get_by_label("Ketik kode").fill(_wrong(phone))
    page.get_by_role("button", name="Aktifkan").click()
    expect(page.get_by_label("Ketik kode")).to_have_accessible_description(re.compile("jam ponsel Anda"))
    page.get_by_label("Ketik kode").fill(phone.now())
    page.get_by_role("button", name="Aktifkan").click()
    codes = page.get_by_role("listitem").filter(has_text=re.compile(r"^([0-9a-z]{5}-){4}[0-9a-z]{5}$"))
    expect(codes).to_have_count(10)
    is_for_everybody(page, "the recovery codes")
    first = codes.first.inner_text()
    page.get_by_role("link", name="Sudah saya simpan, lanjut").click()
    expect(page.get_by_role("heading", name="Papan sinkron")).to_be_visible()
    page.get_by_role("link", name="Admin Baru").click()
    is_for_everybody(page, "once it is set up")

    page = typed(size, "/admin/audit?lang=en&action=factor")
    expect(page.get_by_role("heading", name="The code of your phone")).to_be_visible()
    is_for_everybody(page, "the second step")
    page.get_by_label("Six-digit code").fill(_wrong(phone))
    page.get_by_role("button", name="Sign in", exact=True).click()
    expect(page).to_have_title(re.compile("^To be corrected"))
    expect(page.get_by_label("Six-digit code")).to_have_accessible_description(re.compile("the clock of your"))
    page.get_by_text("Is the phone not at hand?").click()
    page.get_by_label("Recovery code").fill(first.upper().replace("-", " "))
    is_for_everybody(page, "a wrong code, and the way without a phone")
    page.get_by_role("button", name="Sign in with a recovery code").click()
    expect(page.get_by_role("status")).to_contain_text("9 of 10")
    is_for_everybody(page, "a recovery code was used")
    page.get_by_role("link", name="Go on").click()
    expect(page.get_by_role("heading", name="Audit log")).to_be_visible()
    expect(page.get_by_role("main")).to_contain_text("factor.recovery_code")
    expect(page.get_by_role("main")).to_contain_text(login)
