"""Both languages say the same, and how somebody likes the screen stays as they chose it."""

import json
import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.backstage import Backstage
from tests.browser.conftest import Make
from tests.browser.filling import begin
from tests.browser.serving import ROOT
from tests.browser.window import Device

WORDS = ROOT / "client" / "web" / "src" / "words"
PLACEHOLDER = re.compile(r"(?<!\bpin )(?<!\bother )\{(\w+)[},]")
"""A text's own, and not a choice's: what stands behind its word is text."""


def words(language: str) -> dict[str, str]:
    found: dict[str, str] = {}
    for file in sorted((WORDS / language).glob("*.json")):
        found |= json.loads(file.read_text(encoding="utf-8"))
    return found


def prefer(page: Page, group: str, option: str) -> None:
    # No check(): where the language changes, the group has another name afterwards.
    page.get_by_role("group", name=group).get_by_role("radio", name=option, exact=True).click()


def ground(page: Page) -> float:
    """How light the page is, from 0 to 255."""
    colour = str(page.evaluate("() => getComputedStyle(document.body).backgroundColor"))
    return sum(map(float, re.findall(r"[\d.]+", colour)[:3])) / 3


def letters(page: Page) -> float:
    """Their size in pixels."""
    return float(page.evaluate("() => parseFloat(getComputedStyle(document.body).fontSize)"))


def test_whatever_is_said_is_said_in_both_languages() -> None:
    indonesian, english = words("id"), words("en")
    assert indonesian.keys() == english.keys()
    for word, text in indonesian.items():
        assert set(PLACEHOLDER.findall(text)) == set(PLACEHOLDER.findall(english[word])), word
        assert english[word].strip(), word


@pytest.mark.parametrize("language", ["id", "en"])
def test_however_the_device_stands_nothing_moves_under_a_finger(phone: Device, language: str) -> None:
    page = phone.open()
    standings = {
        re.sub(r"\{\w+\}", "12", text) for name, text in words(language).items() if name.startswith("standing_")
    }
    assert len(standings) > 5
    for width in (320, 360, 390, 414, 768):
        page.set_viewport_size({"width": width, "height": 740})
        heights = {
            page.locator(".standing [aria-live]").evaluate(
                "(place, text) => { place.textContent = text; return document.querySelector('.top').offsetHeight }",
                text,
            )
            for text in sorted(standings)
        }
        assert len(heights) == 1, f"at {width} px, with {sorted(standings)}"


def test_the_language_holds_at_once_and_after_a_reload_and_offline(phone: Device) -> None:
    page = phone.open("/me")
    phone.installed()
    prefer(page, "Bahasa", "English")
    expect(phone.heading("Me")).to_be_visible()
    expect(page.locator("html")).to_have_attribute("lang", "en")
    # The screen was drawn anew, and whoever chose goes on where they were.
    expect(page.get_by_role("radio", name="English")).to_be_focused()
    phone.offline()
    page.reload()
    expect(phone.heading("Me")).to_be_visible()
    expect(page.locator("html")).to_have_attribute("lang", "en")
    phone.go("/new/lapor")
    expect(phone.heading("Report a problem")).to_be_visible()
    phone.go("/me")
    prefer(page, "Language", "Indonesia")
    expect(phone.heading("Saya")).to_be_visible()
    expect(page.locator("html")).to_have_attribute("lang", "id")


def test_english_that_was_never_asked_for_is_there_offline(phone: Device) -> None:
    page = phone.open("/me")
    phone.installed()
    phone.offline()
    prefer(page, "Bahasa", "English")
    expect(phone.heading("Me")).to_be_visible()


def test_dates_are_told_in_the_language_that_was_chosen(behind: Backstage, phone: Device) -> None:
    page = phone.open()
    begin(page)
    phone.synced()
    case = behind.file(behind.citizen(phone.token()), title="Lampu mati", anonymous="office")
    phone.synced()
    phone.go(f"/case/{case}")
    promised = page.get_by_role("region", name="Apa selanjutnya").locator(".due-date").last
    expect(promised).to_have_text(re.compile(r"^(Senin|Selasa|Rabu|Kamis|Jumat|Sabtu|Minggu), \d+ [A-Z][a-z]+ \d{4}$"))
    phone.go("/me")
    prefer(page, "Bahasa", "English")
    phone.go(f"/case/{case}")
    expect(page.locator(".next .due-date").last).to_have_text(
        re.compile(r"^(Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day, \d+ [A-Z][a-z]+ \d{4}$")
    )


def test_colours_follow_the_device_unless_one_chose(device: Make) -> None:
    phone = device(color_scheme="dark")
    page = phone.open("/me")
    assert ground(page) < 64
    prefer(page, "Warna", "Terang")
    assert ground(page) > 192
    phone.reload()
    assert ground(page) > 192
    page.emulate_media(color_scheme="light")
    prefer(page, "Warna", "Gelap")
    assert ground(page) < 64
    prefer(page, "Warna", "Ikut perangkat")
    assert ground(page) > 192
    page.emulate_media(color_scheme="dark")
    assert ground(page) < 64


@pytest.mark.parametrize(("size", "times"), [("Besar", 1.1), ("Paling besar", 1.25)])
def test_letters_grow_and_stay_so(phone: Device, size: str, times: float) -> None:
    page = phone.open("/me")
    before = letters(page)
    prefer(page, "Ukuran huruf", size)
    assert letters(page) >= before * times
    phone.reload()
    assert letters(page) >= before * times
    expect(page.get_by_role("group", name="Ukuran huruf").get_by_role("radio", name=size, exact=True)).to_be_checked()
