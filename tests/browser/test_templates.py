"""An officer answers with one of the city's texts where no network is: by finger and by keyboard, and what was typed
stays."""

import json

import pytest
from playwright.sync_api import Page, expect

from server.access import reply_templates
from tests.browser import axe
from tests.browser.backstage import Backstage
from tests.browser.conftest import Make
from tests.browser.serving import ServerProcess
from tests.browser.signing import officer_at_work, staff_of, wards
from tests.browser.window import Device

PEDURUNGAN, GAYAMSARI, TEMBALANG = "33.74.06", "33.74.04", "33.74.10"
TEXT = "Laporan Anda sudah kami teruskan ke regu lapangan.\nMereka datang dalam dua hari kerja."
SENT = f"Terima kasih.\n{TEXT}"
PUT_IN = "“Sudah diteruskan” disisipkan di tempat kursor. Periksa, lalu ubah seperlunya."


@pytest.fixture
def texts(behind: Backstage) -> None:
    """What an admin wrote: two for the answer, one for something else; kept once, since tests share a city."""
    server = behind.as_server
    for title, text, actions in (
        ("Sudah diteruskan", TEXT, ("answer", "forward")),
        ("Perlu waktu", "Perbaikan perlu alat berat, dan kami jadwalkan.", ("answer",)),
        ("Sudah selesai", "Lubang sudah ditambal.", ("resolve",)),
    ):
        if title not in [one.title for one in reply_templates.current(server.engine)]:
            wanted = reply_templates.checked(server.city, title, text, ("lapor",), actions)
            reply_templates.add(server.engine, server.world.sources, wanted, "cli")


def answering(
    behind: Backstage, device: Device, district: str, title: str, action: str = "Beri jawaban"
) -> tuple[Page, str]:
    """An officer without a network, at the form of an action on a complaint."""
    case = behind.file(behind.citizen(), title=title, area=wards(behind, district)[0], where="words")
    behind.act("aduan", case, "dispatch", form={})
    page = officer_at_work(device, staff_of(behind, "complaint_officer", district))
    # They come after the exchange, and nobody waits for them.
    page.wait_for_function(HELD)
    device.offline()
    device.reload()
    page.get_by_role("link", name=title).click()
    page.get_by_role("link", name=action).click()
    return page, case


HELD = """() => new Promise(resolve => {
  const opening = indexedDB.open("tenggat");
  opening.onsuccess = () => {
    const asked = opening.result.transaction("meta").objectStore("meta").get("templates");
    asked.onsuccess = () => { resolve(asked.result !== undefined); opening.result.close(); };
  };
})"""


@pytest.mark.usefixtures("texts")
def test_an_officer_answers_with_a_text_offline(server: ServerProcess, behind: Backstage, device: Make) -> None:
    phone = device()
    page, case = answering(behind, phone, PEDURUNGAN, "Jalan berlubang di depan pasar")
    answer = page.get_by_label("Jawaban untuk pelapor")
    answer.fill("Terima kasih.")
    page.get_by_text("Pakai templat").click()
    expect(page.get_by_role("button", name="Perlu waktu")).to_be_visible()
    expect(page.get_by_role("button", name="Sudah selesai")).to_have_count(0)
    assert axe.violations(page) == []
    page.get_by_role("button", name="Sudah diteruskan").click()
    expect(answer).to_have_value(SENT)
    expect(answer).to_be_focused()
    expect(page.get_by_text(PUT_IN)).to_be_visible()
    expect(page.get_by_role("button", name="Perlu waktu")).to_be_hidden()
    # It is typed like anything else: on the disk at once, and there again after a reload.
    expect(page.get_by_text("Isian setengah jadi tersimpan di perangkat ini.")).to_be_visible()
    phone.reload()
    expect(answer).to_have_value(SENT)
    page.get_by_role("button", name="Beri jawaban").click()
    expect(phone.heading("Jalan berlubang di depan pasar")).to_be_visible()
    phone.offline(False)
    phone.synced()
    [(line,)] = server.rows("SELECT line FROM case_record WHERE id = ?", case)
    assert json.loads(line)["forms"]["answer"]["answer"] == SENT


@pytest.mark.usefixtures("texts")
def test_with_a_keyboard_and_in_the_middle_of_what_is_there(behind: Backstage, device: Make) -> None:
    desktop = device()
    desktop.page.set_viewport_size({"width": 1280, "height": 900})
    page, _ = answering(behind, desktop, GAYAMSARI, "Selokan mampet di gang")
    answer = page.get_by_label("Jawaban untuk pelapor")
    answer.fill("Awal.\nAkhir.")
    answer.focus()
    page.keyboard.press("Control+Home")
    page.keyboard.press("End")
    # Something is marked, and is not replaced by what comes in.
    page.keyboard.press("Shift+Home")
    page.keyboard.press("Tab")
    expect(page.locator("summary", has_text="Pakai templat")).to_be_focused()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    expect(page.get_by_role("button", name="Perlu waktu")).to_be_focused()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(answer).to_have_value(f"Awal.\n{TEXT}\nAkhir.")
    expect(answer).to_be_focused()
    page.keyboard.type(" Salam.")
    expect(answer).to_have_value(f"Awal.\n{TEXT} Salam.\nAkhir.")
    assert axe.violations(page) == []


@pytest.mark.usefixtures("texts")
def test_a_reason_takes_one_as_long_as_it_fits(behind: Backstage, device: Make) -> None:
    page, _ = answering(behind, device(), TEMBALANG, "Bukan untuk kantor ini", "Pindahkan ke kantor lain")
    note = page.get_by_label("Alasan")
    page.get_by_text("Pakai templat").click()
    page.get_by_role("button", name="Sudah diteruskan").click()
    expect(note).to_have_value(TEXT)
    note.fill("x" * 3_950)
    page.get_by_text("Pakai templat").click()
    page.get_by_role("button", name="Sudah diteruskan").click()
    expect(page.get_by_text("“Sudah diteruskan” tidak muat di sini: paling banyak 4000 huruf.")).to_be_visible()
    expect(note).to_have_value("x" * 3_950)


@pytest.mark.usefixtures("texts")
def test_a_citizen_is_offered_none(behind: Backstage, device: Make) -> None:
    page = device().open("/new/lapor")
    expect(page.get_by_role("main")).to_be_visible()
    expect(page.get_by_text("Pakai templat")).to_have_count(0)
