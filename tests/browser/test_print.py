"""The receipt on paper."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.backstage import Backstage
from tests.browser.filling import begin
from tests.browser.window import Device


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_a_receipt_has_what_one_must_keep_and_nothing_of_the_screen(
    behind: Backstage, phone: Device, theme: str
) -> None:
    page = phone.open()
    begin(page)
    phone.synced()
    case = behind.file(behind.citizen(phone.token()), title="Lampu mati di perempatan", anonymous="office")
    phone.synced()
    phone.go(f"/case/{case}")
    page.emulate_media(color_scheme="dark" if theme == "dark" else "light")
    receipt = page.get_by_role("heading", name="Tanda terima").locator("..")
    code = receipt.locator("dd").last.inner_text()
    assert re.fullmatch(r"[0-9A-Z]{10}", code)
    # What the button asks for, where a browser has something to print with.
    page.evaluate("() => { window.print = () => { window.printed = true } }")
    receipt.get_by_role("button", name="Cetak").click()
    assert page.evaluate("() => window.printed")
    page.emulate_media(media="print")
    expect(receipt).to_contain_text(behind.number(case))
    expect(receipt.get_by_text(code)).to_be_visible()
    for date in ("Diteruskan ke kantor yang tepat", "Jawaban pertama", "Selesai ditangani"):
        expect(page.locator(".due").filter(has_text=date).first).to_be_visible()
    expect(page.get_by_role("navigation")).to_have_count(0)
    expect(page.get_by_role("banner")).to_have_count(0)
    expect(page.get_by_role("button")).to_have_count(0)
    ink, paper = page.evaluate(
        "() => [getComputedStyle(document.querySelector('h1')).color, getComputedStyle(document.body).backgroundColor]"
    )
    assert (ink, paper) == ("rgb(0, 0, 0)", "rgb(255, 255, 255)")
    sheets = len(re.findall(rb"/Type\s*/Page\b", page.pdf(format="A4")))
    assert sheets in {1, 2}


def test_a_receipt_on_paper_names_what_was_enclosed(behind: Backstage, phone: Device) -> None:
    page = phone.open()
    begin(page)
    phone.synced()
    case = behind.file(behind.citizen(phone.token()), "krk", street="Jalan Cetak 1")
    phone.synced()
    phone.go(f"/case/{case}")
    enclosed = page.get_by_role("main").locator(".only-print")
    expect(page.get_by_role("heading", name="Foto dan dokumen")).to_be_visible()
    expect(enclosed).to_be_hidden()
    page.emulate_media(media="print")
    expect(enclosed).to_contain_text("KTP pemohon: ktp.jpg")
    expect(enclosed.get_by_role("listitem")).to_have_count(6)
    expect(page.locator(".case-files")).to_be_hidden()
