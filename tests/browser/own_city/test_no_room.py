"""The device has no room left: said where it happens, nothing that was stored is harmed, and it goes on with room."""

import re

import pytest
from playwright.sync_api import CDPSession, Page, expect

from tests.browser.attaching import attach, offer, picker, refused
from tests.browser.backstage import Backstage
from tests.browser.filling import COMPLAINT, begin, file_complaint, fill_in
from tests.browser.permits import answered
from tests.browser.pictures import chosen, photo
from tests.browser.serving import ServerProcess
from tests.browser.waiting import until
from tests.browser.window import SAVED, Device

FULL = re.compile("Ruang di perangkat habis, jadi ini belum tersimpan")
NOT_SAVED = "Belum tersimpan!"
ROOM = 6_000_000
"""Bytes that the browser gives to this origin: enough for the app, and soon full."""

STORY = "Sejak tiga malam lampunya mati. " * 110
"""Longer than what room a full store may still find, and not too long for the question."""

_FILL = """async () => {
  const database = await new Promise((resolve, reject) => {
    const asked = indexedDB.open("something-else", 1);
    asked.onupgradeneeded = () => asked.result.createObjectStore("bytes", { autoIncrement: true });
    asked.onsuccess = () => resolve(asked.result);
    asked.onerror = () => reject(asked.error);
  });
  const put = size => new Promise(resolve => {
    const transaction = database.transaction("bytes", "readwrite");
    // Bytes that no compression makes smaller.
    transaction.objectStore("bytes").add(crypto.getRandomValues(new Uint8Array(size)));
    transaction.oncomplete = () => resolve(true);
    transaction.onabort = () => resolve(false);
  });
  for (const size of [60_000, 6_000, 600]) while (await put(size));
  database.close();
}"""

_RESERVED = """async () => {
  const database = await new Promise(resolve => {
    const asked = indexedDB.open("tenggat");
    asked.onsuccess = () => resolve(asked.result);
  });
  const asked = database.transaction("reserve").objectStore("reserve").count();
  return new Promise(resolve => {
    asked.onsuccess = () => { database.close(); resolve(asked.result); };
  });
}"""
"""How many blocks are kept in reserve for words: `BLOCKS` of client/web/src/device/reserve.ts where it is whole."""

_IN_ONE_BREATH = """async words => {
  const box = document.querySelector("main textarea");
  box.value = words;
  box.dispatchEvent(new Event("input", { bubbles: true }));
  // The screen has taken it, and the store has not answered.
  await Promise.resolve();
  box.form.requestSubmit();
}"""


class Room:
    """How much this origin may store. It must be made before the browser opens a store: what it once found free it
    remembers for half a minute."""

    def __init__(self, device: Device) -> None:
        self.page = device.page
        self.origin = device.address
        self.session: CDPSession = device.context.new_cdp_session(device.page)
        self.is_now(ROOM)

    def is_now(self, size: int) -> None:
        self.session.send("Storage.overrideQuotaForOrigin", {"origin": self.origin, "quotaSize": size})

    def fill(self, leaving: int = 0) -> None:
        """Something else of this origin takes all of it but so many bytes."""
        self.page.evaluate(_FILL)
        if leaving:
            used = self.session.send("Storage.getUsageAndQuota", {"origin": self.origin})["usage"]
            self.is_now(int(used) + leaving)

    def is_plenty(self) -> None:
        self.is_now(100 * ROOM)


def reserved(page: Page) -> int:
    return int(page.evaluate(_RESERVED))


@pytest.fixture
def room(phone: Device) -> Room:
    return Room(phone)


def at_the_story(phone: Device) -> Page:
    page = phone.open()
    phone.installed()
    begin(page)
    fill_in(page, COMPLAINT, until="Ceritakan")
    phone.synced()
    page.go_back()
    expect(phone.heading("Ceritakan")).to_be_visible()
    return page


def story(page: Page) -> str:
    return page.get_by_role("main").get_by_role("textbox").input_value()


def test_a_word_that_has_no_room_is_said_and_stays_on_the_screen(phone: Device, room: Room) -> None:
    page = at_the_story(phone)
    room.fill()
    before = [phone.stored(store) for store in ("outbox", "record", "line")]
    page.get_by_role("textbox").fill(STORY)
    expect(page.get_by_role("alert").filter(has_text=FULL)).to_be_visible()
    expect(page.get_by_role("status").filter(has_text=NOT_SAVED)).to_be_visible()
    page.get_by_role("button", name="Lanjut", exact=True).click()
    expect(page.get_by_role("alert").filter(has_text=FULL)).to_be_visible()
    assert story(page) == STORY
    assert [phone.stored(store) for store in ("outbox", "record", "line")] == before
    room.is_plenty()
    page.get_by_role("textbox").press("End")
    page.keyboard.type("Sekian.")
    expect(page.get_by_text(SAVED)).to_be_visible()
    expect(page.get_by_role("alert")).to_have_count(0)
    phone.reload()
    assert story(page) == STORY + "Sekian."
    page.get_by_role("button", name="Lanjut", exact=True).click()
    fill_in(page, COMPLAINT)
    page.get_by_role("button", name="Kirim", exact=True).click()
    expect(page.get_by_text(re.compile(r"LPR-\d{4}-\d{6}")).first).to_be_visible()


def test_whoever_goes_on_at_once_is_not_led_away_from_what_had_no_room(phone: Device, room: Room) -> None:
    page = at_the_story(phone)
    room.fill()
    page.evaluate(_IN_ONE_BREATH, STORY)
    expect(page.get_by_role("alert").filter(has_text=FULL)).to_be_visible()
    expect(phone.heading("Ceritakan")).to_be_visible()
    assert story(page) == STORY
    room.is_plenty()
    page.get_by_role("button", name="Lanjut", exact=True).click()
    expect(phone.heading("Bagaimana Anda menunjukkan lokasinya?")).to_be_visible()
    phone.reload()
    page.go_back()
    expect(phone.heading("Ceritakan")).to_be_visible()
    assert story(page) == STORY


def test_a_half_typed_action_that_has_no_room_is_said_and_stays(phone: Device, room: Room, behind: Backstage) -> None:
    page = at_the_story(phone)
    case = behind.file(behind.citizen(phone.token()))
    phone.synced()
    phone.go(f"/case/{case}/act/withdraw")
    note = page.get_by_role("textbox", name="Catatan")
    note.fill("Sudah")
    expect(page.get_by_text("Isian setengah jadi tersimpan di perangkat ini.")).to_be_visible()
    room.fill()
    note.fill(STORY)
    expect(page.get_by_role("alert").filter(has_text="belum tersimpan")).to_be_visible()
    assert note.input_value() == STORY
    assert [row["note"] for row in phone.stored("typing")] == ["Sudah"]
    room.is_plenty()
    note.fill(STORY + "Sekian.")
    expect(page.get_by_text("Isian setengah jadi tersimpan di perangkat ini.")).to_be_visible()
    expect(page.get_by_role("alert")).to_have_count(0)
    assert [row["note"] for row in phone.stored("typing")] == [STORY + "Sekian."]


def test_an_exchange_that_brings_more_than_fits_says_so_and_keeps_what_was_answered(
    phone: Device, room: Room, server: ServerProcess, behind: Backstage
) -> None:
    page = at_the_story(phone)
    known = {row["id"] for row in phone.stored("record")}
    phone.offline()
    page.get_by_role("textbox").fill("Belum terkirim.")
    expect(page.get_by_text(SAVED)).to_be_visible()
    mine = behind.citizen(phone.token())
    for place in range(30):
        behind.file(mine, title=f"Laporan nomor {place}", text=STORY)
    room.fill(leaving=60_000)
    phone.offline(False)
    phone.go("/sync")
    page.get_by_role("button", name="Sinkron sekarang").click()
    expect(page.get_by_role("alert").filter(has_text=FULL)).to_be_visible()
    # What became of the answer is kept, and none of the cases is there by halves.
    until(lambda: {row["state"] for row in phone.stored("outbox")} == {"acknowledged"}, "the answer")
    assert {row["id"] for row in phone.stored("record")} == known
    room.is_plenty()
    phone.synced()
    expect(page.get_by_role("alert")).to_have_count(0)
    assert len(phone.stored("record")) == len(phone.stored("line")) == len(known) + 30
    assert {status for _, _, status in server.commands()} == {"applied"}


def test_whoever_takes_photos_is_told_before_room_runs_out(phone: Device, behind: Backstage) -> None:
    # Chromium says that 10 GiB are free, whatever its disk and the session's quota are; others tell the truth.
    phone.context.add_init_script("navigator.storage.estimate = async () => ({ quota: 20e6, usage: 1e6 })")
    case = answered(behind, phone)
    phone.go(f"/case/{case}/form/file/land_proof")
    few = phone.page.get_by_role("status").filter(has_text="tinggal cukup untuk sekitar 39 foto")
    expect(few).to_contain_text("Hapus file atau aplikasi lain, atau sambungkan ke jaringan")
    attach(phone.page, chosen("halaman-1.jpg", photo(1)))
    expect(few).to_be_visible()


def test_a_photo_that_has_no_room_is_refused_and_the_others_stay(phone: Device, room: Room, behind: Backstage) -> None:
    room.is_now(4 * ROOM)
    case = answered(behind, phone)
    page = phone.page
    phone.go(f"/case/{case}/form/file/land_proof")
    attach(page, chosen("halaman-1.jpg", photo(1)))
    room.fill()
    offer(page, chosen("halaman-2.jpg", photo(2)), chosen("halaman-3.jpg", photo(3)))
    expect(refused(page)).to_have_text(re.compile(r"^halaman-2\.jpg: Ruang di perangkat habis.*Hapus sebagian foto"))
    removing = picker(page).get_by_role("button", name=re.compile("^Hapus "))
    expect(removing).to_have_count(1)
    phone.reload()
    expect(removing).to_have_accessible_name("Hapus halaman-1.jpg")
    expect(page.locator(".file img")).to_be_visible()
    room.is_plenty()
    attach(page, chosen("halaman-2.jpg", photo(2)))
    expect(refused(page)).to_have_count(0)


def test_words_have_room_where_photos_filled_the_disk(
    phone: Device, room: Room, server: ServerProcess, behind: Backstage
) -> None:
    room.is_now(5 * ROOM)
    case = answered(behind, phone)
    page = phone.page
    until(lambda: reserved(page) == 16, "the reserve")
    expect(phone.standing()).to_have_text("Tersinkron")
    phone.offline()
    room.fill(leaving=200_000)
    phone.go(f"/case/{case}/form/file/land_proof")
    offer(page, *(chosen(f"halaman-{seed}.jpg", photo(seed, (1600, 1200))) for seed in range(9)))
    expect(refused(page)).to_contain_text("Ruang di perangkat habis")
    kept = picker(page).get_by_role("button", name=re.compile("^Hapus ")).count()
    assert 0 < kept < 9
    warned = page.get_by_role("status").filter(has_text="hampir habis: foto berikutnya mungkin tidak muat")
    expect(warned).to_contain_text("Hapus file atau aplikasi lain, atau sambungkan ke jaringan")
    expect(phone.standing()).to_contain_text("ruang hampir habis")
    # To the last byte: what is typed from here on has nothing but the reserve.
    room.fill()
    assert reserved(page) == 16
    phone.go("/")
    file_complaint(page)
    assert reserved(page) == 0
    expect(phone.standing()).to_contain_text("ruang hampir habis")
    phone.reload()
    expect(phone.standing()).to_contain_text("ruang hampir habis")
    phone.offline(False)
    phone.synced()
    expect(page.get_by_text("Ruang hampir habis: foto mungkin tidak muat lagi.")).to_be_visible()
    assert {status for _, _, status in server.commands()} == {"applied"}
    assert any(number.startswith("LPR-") for number in server.numbers())
    phone.go(f"/case/{case}/form/file/land_proof")
    expect(picker(page).get_by_role("button", name=re.compile("^Hapus "))).to_have_count(kept)
