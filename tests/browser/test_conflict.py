"""The same draft on two phones of one person, changed on both while neither has a network."""

import json

import pytest
from playwright.sync_api import Page, expect

from tests.api.device import new_id
from tests.api.filing import fields
from tests.browser.backstage import Backstage
from tests.browser.conftest import Make
from tests.browser.serving import ServerProcess
from tests.browser.signing import WARGA, new_login, sign_in, sign_up
from tests.browser.window import SAVED, Device

ON_ONE, ON_OTHER = "Lampu mati di gang satu", "Lampu mati di gang dua"


def draft_of(behind: Backstage, token: str) -> str:
    """A complaint with everything in it, not sent in yet."""
    case = new_id()
    answers = fields(behind.as_server, "lapor", where="words", title="Lampu mati", anonymous="office")
    behind.send(behind.citizen(token), "case.edit", case, {"service": "lapor", "set": answers, "was": {}})
    return case


def type_title(device: Device, case: str, title: str) -> None:
    device.go(f"/case/{case}/form/title")
    device.page.get_by_role("textbox", name="Judul singkat").fill(title)
    expect(device.page.get_by_text(SAVED)).to_be_visible()


def titles(server: ServerProcess, case: str) -> tuple[str, str]:
    """Where the case stands, and its title."""
    [(stage, line)] = server.rows("SELECT stage, coalesce(own_line, line) FROM case_record WHERE id = ?", case)
    return stage, json.loads(line)["fields"]["title"]


@pytest.fixture
def two(device: Make, behind: Backstage) -> tuple[Device, Device, str]:
    """Two phones of one person, and a draft on both that was changed on both."""
    one, other = device(), device()
    login = new_login()
    one.open()
    sign_up(one, login)
    case = draft_of(behind, one.token())
    other.open()
    sign_in(other, login)
    expect(other.page.get_by_role("heading", name=WARGA)).to_be_visible()
    for phone, title in ((one, ON_ONE), (other, ON_OTHER)):
        phone.synced()
        phone.offline()
        type_title(phone, case, title)
    for phone in (one, other):
        phone.offline(False)
        phone.synced()
    return one, other, case


def side(page: Page, title: str) -> str:
    """What is told over one of the two values."""
    return page.locator(".side").filter(has_text=title).locator("p").first.inner_text()


def test_both_stand_side_by_side_until_one_is_chosen(server: ServerProcess, two: tuple[Device, Device, str]) -> None:
    one, other, case = two
    page = other.page
    assert titles(server, case) == ("draft", ON_ONE), "the first that came stands"
    expect(page.get_by_text("1 berkas punya isian dengan dua nilai. Pilih yang benar:")).to_be_visible()
    # Sent in as it is it cannot be, and wherever it is filled in stands the way to choose.
    two_values = page.get_by_text("1 isian punya dua nilai. Pilih yang benar.")
    for place in ("", "/form", "/form/title"):
        other.go(f"/case/{case}{place}")
        expect(two_values).to_be_visible()
    other.go(f"/case/{case}/form/text")
    expect(other.heading("Ceritakan")).to_be_visible()
    expect(two_values).to_have_count(0)
    other.go(f"/case/{case}/form/check")
    expect(two_values).to_be_visible()
    expect(page.get_by_role("button", name="Kirim", exact=True)).to_have_count(0)
    page.get_by_role("link", name="Pilih", exact=True).click()
    expect(other.heading("Pilih yang benar")).to_be_focused()
    assert side(page, ON_ONE) == "Yang sekarang ada di berkas"
    assert side(page, ON_OTHER).startswith("Dari Anda, ")
    page.get_by_role("button", name=f"Pakai yang ini Judul singkat: {ON_OTHER}").click()
    expect(other.heading(ON_OTHER)).to_be_visible()
    other.go(f"/case/{case}/form/check")
    page.get_by_role("button", name="Kirim", exact=True).click()
    expect(page.get_by_role("heading", name="Apa selanjutnya")).to_be_visible()
    other.synced()
    assert titles(server, case) == ("received", ON_OTHER)
    one.synced()
    one.go(f"/case/{case}")
    expect(one.heading(ON_OTHER)).to_be_visible()
    expect(one.page.get_by_text("punya dua nilai")).to_have_count(0)


def test_a_choice_made_offline_is_kept_and_arrives(server: ServerProcess, two: tuple[Device, Device, str]) -> None:
    one, _, case = two
    one.synced()
    page = one.page
    one.go(f"/case/{case}/choose")
    expect(page.get_by_role("button", name=ON_ONE)).to_be_visible()
    one.offline()
    page.get_by_role("button", name=ON_ONE).click()
    expect(one.heading(ON_ONE)).to_be_visible()
    one.go(f"/case/{case}/choose")
    expect(page.get_by_text(f"Anda memilih: {ON_ONE}")).to_be_visible()
    one.offline(False)
    one.synced()
    one.go(f"/case/{case}/choose")
    expect(page.get_by_text("Tidak ada yang perlu dipilih lagi di berkas ini.")).to_be_visible()
    assert titles(server, case) == ("draft", ON_ONE)
