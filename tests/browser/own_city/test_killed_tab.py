"""The tab, or the whole browser, dies while somebody writes: what the screen called kept is there, to the letter."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import BrowserType, Page, expect

from tests.browser.backstage import Backstage
from tests.browser.filling import COMPLAINT, begin, fill_in
from tests.browser.profile import Profile, crash
from tests.browser.serving import ServerProcess
from tests.browser.signing import officer_at_work
from tests.browser.window import SAVED, Device

FORM_SAVED = "Isian setengah jadi tersimpan di perangkat ini."
STORY = "Sejak tiga malam lampunya mati; anak-anak takut lewat, dan kemarin ada yang jatuh."
NOTE = "Alamat pada surat tanah berbeda dari yang diisi; mohon disamakan."

LAST_WORD = 12
"""Letters. Keystrokes are stored with relaxed durability, which with the whole browser gone may cost the last word
(`src/device/work.ts`); in one of some two hundred kills it did. A tab alone costs nothing."""


@pytest.fixture
def profile(chromium: BrowserType, server: ServerProcess, tmp_path: Path) -> Profile:
    return Profile(chromium, tmp_path / "profile", server.address)


@pytest.fixture
def phone(profile: Profile) -> Iterator[Device]:
    device = profile.start()
    yield device
    device.context.close()
    assert device.watch.unforeseen() == []


def write(page: Page, words: str) -> None:
    """Letter by letter, as fast as the page takes them."""
    box = page.get_by_role("main").get_by_role("textbox").last
    box.focus()
    box.press("End")
    for letter in words:
        page.keyboard.press(letter)


def at_the_story(device: Device, profile: Profile) -> Page:
    """A draft with its longest question open."""
    page = device.open()
    device.installed()
    begin(page)
    fill_in(page, COMPLAINT, until="Ceritakan")
    profile.listen(page, SAVED)
    return page


def again(device: Device, profile: Profile, place: str) -> Page:
    """The same question in a new window."""
    device.page = device.context.new_page()
    profile.listen(device.open(place), SAVED, FORM_SAVED)
    return device.page


def place_of(page: Page) -> str:
    return page.url.split("#")[1]


def box(page: Page) -> str:
    """What stands in it once the store was read."""
    found = page.get_by_role("main").get_by_role("textbox").last
    expect(found).to_be_visible()
    return found.input_value()


def test_a_story_that_was_called_kept_survives_its_tab(phone: Device, profile: Profile) -> None:
    page = at_the_story(phone, profile)
    place = place_of(page)
    write(page, STORY)
    expect(page.get_by_text(SAVED)).to_be_visible()
    crash(page)
    page = again(phone, profile, place)
    assert box(page) == STORY
    page.get_by_role("button", name="Lanjut", exact=True).click()
    phone.go(place)
    assert box(page) == STORY


def test_in_the_middle_of_a_word_nothing_goes_that_was_called_kept(phone: Device, profile: Profile) -> None:
    """Nobody waits for the last letters here: they may be lost, and what is there is a beginning of what was typed."""
    page = at_the_story(phone, profile)
    place = place_of(page)
    found = ""
    for known, under_way in ((1, 5), (23, 24), (40, 52)):
        write(page, STORY[len(found) : known])
        expect(page.get_by_text(SAVED)).to_be_visible()
        write(page, STORY[known:under_way])
        crash(page)
        heard = profile.acknowledged
        page = again(phone, profile, place)
        found = box(page)
        assert STORY[:under_way].startswith(found), "letters that nobody typed, or in another order"
        assert len(found) >= max(known, len(heard))
    write(page, STORY[len(found) :])
    expect(page.get_by_text(SAVED)).to_be_visible()
    phone.reload()
    assert box(page) == STORY


def test_a_story_that_was_called_kept_survives_its_browser(profile: Profile) -> None:
    """Every process of it at once, with no time to write anything down."""
    before = profile.start()
    page = at_the_story(before, profile)
    place = place_of(page)
    write(page, STORY[:50])
    expect(page.get_by_text(SAVED)).to_be_visible()
    write(page, STORY[50:])
    profile.kill(before)
    assert len(profile.acknowledged) >= 50
    after = profile.start()
    page = after.open(place)
    found = box(page)
    assert STORY.startswith(found) and len(found) >= len(profile.acknowledged) - LAST_WORD
    # The outbox is whole as well: it goes to the server under the instance that it was written under.
    after.synced()
    expect(after.standing()).to_contain_text("Tersinkron")
    assert {row["state"] for row in after.stored("outbox")} == {"acknowledged"}
    after.context.close()
    assert before.watch.unforeseen() == after.watch.unforeseen() == []


def test_an_officers_half_typed_form_survives_its_tab_and_its_browser(profile: Profile, behind: Backstage) -> None:
    citizen = behind.citizen()
    case = behind.file(citizen, "krk", street="Jalan Surat 1")
    before = profile.start()
    page = officer_at_work(before, "loket")
    place = f"/case/{case}/act/request_correction"
    page = again(before, profile, place)
    write(page, NOTE[:30])
    expect(page.get_by_text(FORM_SAVED)).to_be_visible()
    crash(page)
    page = again(before, profile, place)
    expect(page.get_by_text("Melanjutkan isian yang tersimpan.")).to_be_visible()
    assert box(page) == NOTE[:30]
    write(page, NOTE[30:])
    expect(page.get_by_text(FORM_SAVED)).to_be_visible()
    profile.kill(before)
    assert profile.acknowledged == NOTE
    after = profile.start()
    page = after.open(place)
    found = box(page)
    assert NOTE.startswith(found) and len(found) >= len(NOTE) - LAST_WORD
    assert [row["note"] for row in after.stored("typing")] == [found]
    after.context.close()
    assert before.watch.unforeseen() == after.watch.unforeseen() == []
