"""A whole complaint with the keyboard alone: where the focus is can always be seen, and it is where one goes on."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.backstage import Backstage
from tests.browser.conftest import Make
from tests.browser.filling import CHECK, COMPLAINT, question
from tests.browser.permits import answered
from tests.browser.pictures import chosen, photo
from tests.browser.window import SAVED, Device

MANY = 60
"""More stops than any screen has."""

FOCUSED = """() => {
  const at = document.activeElement;
  if (!at || at === document.body) return null;
  const [label] = at.labels ?? [];
  const look = [at, label, at.nextElementSibling, at.parentElement].filter(Boolean).map(part => getComputedStyle(part));
  const { left, top, width, height } = (label ?? at).getBoundingClientRect();
  const there = document.elementFromPoint(left + width / 2, top + height / 2);
  return {
    name: (at.getAttribute("aria-label") ?? (label ?? at).innerText ?? "").trim(),
    role: at.getAttribute("role") ?? at.tagName.toLowerCase(),
    ring: look.some(style => style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2),
    open: there !== null && [at, label].some(part => part?.contains(there) || there.contains(part ?? null)),
  };
}"""


@pytest.fixture
def phone(device: Make) -> Device:
    """Of somebody who sees no scrolling, and so can look at each stop at once."""
    return device(reduced_motion="reduce")


def focused(page: Page) -> dict[str, object]:
    """What has the focus; it must be seen."""
    found = page.evaluate(FOCUSED)
    assert found is not None, "nothing has the focus"
    assert found["ring"], f"that this has the focus cannot be seen: {found}"
    assert found["open"], f"this has the focus, and lies under something else or outside of what is shown: {found}"
    return dict(found)


def tab_to(page: Page, name: str, key: str = "Tab") -> None:
    """On from stop to stop until this one; every stop on the way must be seen."""
    seen = []
    for _ in range(MANY):
        page.keyboard.press(key)
        at = focused(page)
        if str(at["name"]).splitlines()[:1] == [name]:
            return
        seen.append(at["name"])
    raise AssertionError(f"no way to “{name}” by {key}: {seen}")


def heading_has_focus(page: Page, name: str) -> None:
    expect(page.get_by_role("heading", level=1, name=name)).to_be_focused()


def choose(page: Page, option: str) -> None:
    """One of several: with Tab into the group, with the arrows within it."""
    page.keyboard.press("Tab")
    page.keyboard.press("Space")
    for _ in range(MANY):
        if str(focused(page)["name"]).splitlines()[0] == option:
            return
        page.keyboard.press("ArrowDown")
    raise AssertionError(f"“{option}” is not among the choices")


def answer(page: Page, given: str | list[str]) -> None:
    if isinstance(given, list):
        for label, text in zip(("Kecamatan", "Kelurahan"), given, strict=True):
            tab_to(page, label)
            page.keyboard.type(text)
    elif page.get_by_role("main").get_by_role("radio").count():
        choose(page, given)
    else:
        page.keyboard.press("Tab")
        assert focused(page)["role"] in {"input", "textarea"}
        page.keyboard.type(given)
    expect(page.get_by_role("main").get_by_role("status").filter(has_text=SAVED)).to_be_visible()


def press(page: Page, name: str) -> None:
    tab_to(page, name)
    page.keyboard.press("Enter")


def begin(page: Page) -> None:
    """From the page of the service to the first question."""
    page.get_by_role("button", name="Mulai").wait_for()
    press(page, "Mulai")
    page.get_by_role("link", name="Lanjutkan mengisi").wait_for()
    heading_has_focus(page, "Lapor")
    press(page, "Lanjutkan mengisi")
    page.get_by_role("button", name="Lanjut", exact=True).wait_for()


def test_a_complaint_is_filed_with_the_keyboard_alone(phone: Device) -> None:
    page = phone.open()
    page.get_by_role("link", name="Lapor", exact=True).wait_for()
    press(page, "Lapor")
    heading_has_focus(page, "Lapor")
    begin(page)
    while (asked := question(page)) != CHECK:
        heading_has_focus(page, asked)
        if asked in COMPLAINT:
            answer(page, COMPLAINT[asked])
        before = page.url
        press(page, "Lanjut")
        page.wait_for_url(lambda url, before=before: url != before)
    heading_has_focus(page, CHECK)
    press(page, "Kirim")
    heading_has_focus(page, "Lampu jalan mati di depan pasar")
    phone.synced()
    assert phone.stored("record")[0]["stage"] == "received"


def test_an_answer_that_cannot_be_taken_has_the_focus_at_once(phone: Device) -> None:
    page = phone.open("/new/lapor")
    begin(page)
    heading_has_focus(page, "Apa yang ingin Anda sampaikan?")
    press(page, "Lanjut")
    first = page.get_by_role("radio", name="Pengaduan")
    expect(first).to_be_focused()
    expect(page.get_by_role("group")).to_have_accessible_description(re.compile("^Salah: "))
    # Whoever cannot answer goes on without.
    press(page, "Lewati dulu")
    heading_has_focus(page, "Tentang apa?")
    tab_to(page, "← Kembali", "Shift+Tab")
    page.keyboard.press("Enter")
    heading_has_focus(page, "Apa yang ingin Anda sampaikan?")


def test_the_first_stop_leads_past_the_frame(phone: Device) -> None:
    page = phone.open("/new/lapor")
    page.keyboard.press("Tab")
    assert focused(page)["name"] == "Langsung ke isi"
    skip = page.get_by_role("button", name="Langsung ke isi")
    expect(skip).to_be_in_viewport()
    page.keyboard.press("Enter")
    expect(page.get_by_role("main")).to_be_focused()
    page.keyboard.press("Tab")
    assert page.evaluate("() => document.querySelector('main').contains(document.activeElement)")
    expect(skip).not_to_be_in_viewport()


def test_a_photo_is_added_looked_at_and_removed_with_the_keyboard_alone(phone: Device, behind: Backstage) -> None:
    case = answered(behind, phone)
    page = phone.page
    # From here on the browser gives its list of files away: asked for only as the key is pressed, it may come too late.
    page.on("filechooser", lambda _: None)
    phone.go(f"/case/{case}/form/file/ktp")
    heading_has_focus(page, "KTP pemohon")
    tab_to(page, "Pilih dari perangkat")
    with page.expect_file_chooser() as dialog:
        page.keyboard.press("Enter")
    dialog.value.set_files([chosen("ktp.jpg", photo(1))])
    group = page.get_by_role("group", name="KTP pemohon")
    expect(group.get_by_role("status")).to_have_text("ktp.jpg ditambahkan.")
    # The button that was pressed is gone, since one is all; the way goes on from here all the same.
    expect(page.get_by_role("button", name="Pilih dari perangkat")).to_have_count(0)
    expect(group).to_be_focused()
    press(page, "Lihat ktp.jpg")
    viewer = page.get_by_role("dialog")
    expect(viewer.get_by_role("img", name="ktp.jpg")).to_be_visible()
    tab_to(page, "Ukuran penuh")
    page.keyboard.press("Enter")
    expect(viewer.get_by_role("button", name="Paskan di layar")).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.get_by_role("button", name="Lihat ktp.jpg")).to_be_focused()
    press(page, "Hapus ktp.jpg")
    undo = page.get_by_role("button", name="Urungkan hapus ktp.jpg")
    expect(undo).to_be_focused()
    page.keyboard.press("Enter")
    expect(group.get_by_role("status")).to_have_text("ktp.jpg dikembalikan.")
    expect(group).to_be_focused()
    press(page, "Hapus ktp.jpg")
    expect(undo).to_be_focused()
    expect(page.get_by_role("button", name="Lihat ktp.jpg")).to_have_count(0)
    press(page, "Lanjut")
    expect(page.get_by_text("Tambahkan dulu setidaknya satu file.")).to_be_visible()
    expect(group).to_be_focused()
