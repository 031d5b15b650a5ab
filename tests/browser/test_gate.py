"""The desktop window's screens before the app, in a browser that speaks with the window's own server: who it is, a PIN,
a recovery code; and what becomes of what was typed when the window is locked."""

import re
from collections.abc import Callable, Iterator
from datetime import UTC
from pathlib import Path
from typing import Literal
from uuid import uuid4

import pytest
from playwright.sync_api import Browser, Page, ViewportSize, expect

from client.bundles.writing import write_bundle
from client.files.keeping import keep_open
from server.bundles.importing import import_bundle
from server.files.errors import BrokenFile
from sync.errors import NotSignedIn
from sync.messages import PROTOCOL
from tests.browser.axe import COLOURS, violations
from tests.browser.test_every_screen import too_wide, whole
from tests.browser.waiting import until
from tests.browser.watching import Watch
from tests.browser.window import SAVED
from tests.conftest import Server
from tests.desktop.conftest import CITY, PIN, Laptop, Network
from tests.pictures import write_jpeg

NAME = "Petugas Survei"
OTHER = "735912"
PHONE: ViewportSize = {"width": 360, "height": 740}


@pytest.fixture
def laptop(tmp_path: Path, make_server: Callable[..., Server]) -> Iterator[Laptop]:
    made = Laptop(tmp_path / "home", Network(make_server()))
    yield made
    made.bridge.close()


@pytest.fixture
def page(browser: Browser, laptop: Laptop) -> Iterator[Page]:
    context = browser.new_context(viewport=PHONE, reduced_motion="reduce")
    watch = Watch()
    watch.over(context)
    page = context.new_page()
    page.goto(laptop.bridge.door.address())
    yield page
    context.close()
    # A locked desk and a wrong PIN are refused, and a browser says so.
    assert [told for told in watch.unforeseen() if not re.search(r"\b4\d\d\b", str(told))] == []


def heading(page: Page, name: str) -> None:
    expect(page.get_by_role("heading", level=1, name=name)).to_be_visible()


def press(page: Page, name: str) -> None:
    page.get_by_role("button", name=name, exact=True).click()


def sound(page: Page) -> None:
    """Nothing that axe objects to in either theme, nothing wider than a small phone, however large the letters."""
    whole(page, PHONE)
    found = violations(page)
    page.emulate_media(color_scheme="dark")
    found += violations(page, COLOURS)
    page.emulate_media(color_scheme="light")
    page.evaluate("document.documentElement.dataset.size = 'largest'")
    wide = too_wide(page)
    page.evaluate("document.documentElement.dataset.size = 'normal'")
    page.set_viewport_size(PHONE)
    assert (found, wide) == ([], [])


def make(page: Page, name: str = NAME, pin: str = PIN) -> str:
    """A new person on this computer, in the app; the recovery code."""
    page.get_by_label("Nama Anda").fill(name)
    page.get_by_label("PIN baru", exact=True).fill(pin)
    page.get_by_label("PIN baru sekali lagi").fill(pin)
    page.get_by_label("Alamat server kota").fill(CITY)
    press(page, "Siapkan")
    heading(page, "Catat kode pemulihan")
    code = " ".join(page.get_by_role("list", name="Kode pemulihan").get_by_role("listitem").all_inner_texts())
    page.get_by_label("Saya sudah mencatat kode ini").check()
    press(page, "Lanjut")
    inside(page)
    return code


def inside(page: Page) -> None:
    expect(page.get_by_role("navigation", name="Bagian aplikasi")).to_be_visible()


def enter(page: Page, pin: str = PIN) -> None:
    page.get_by_label("PIN", exact=True).fill(pin)
    # In the field itself: a screen that was just drawn gives the focus to its heading first.
    page.get_by_label("PIN", exact=True).press("Enter")


def question(page: Page) -> None:
    """Where a complaint asks for its title."""
    page.get_by_role("link", name="Lapor", exact=True).click()
    page.get_by_role("button", name=re.compile("Mulai")).click()
    page.wait_for_url(re.compile("/form"))
    page.evaluate("location.hash = location.hash.replace(/form.*/, 'form/title')")
    expect(page.get_by_role("textbox")).to_be_visible()
    # Nobody types before the screen has said what it is.
    expect(page.get_by_role("heading", level=1, name="Judul singkat")).to_be_focused()


def test_the_first_start_with_the_keyboard_alone(page: Page, laptop: Laptop) -> None:
    heading(page, "Siapkan komputer ini")
    sound(page)
    press(page, "Siapkan")
    expect(page.get_by_text("Tulis nama Anda.")).to_be_visible()
    expect(page.get_by_label("Nama Anda")).to_be_focused()
    sound(page)
    page.keyboard.type(NAME)
    for typed in ("123456", "284617", ""):
        page.keyboard.press("Tab")
        page.keyboard.type(typed)
    page.keyboard.press("Enter")
    expect(page.get_by_text("Ini terlalu mudah ditebak.")).to_be_visible()
    page.keyboard.type(PIN)
    page.keyboard.press("Enter")
    heading(page, "Catat kode pemulihan")
    assert len(page.get_by_role("list", name="Kode pemulihan").get_by_role("listitem").all()) == 8
    sound(page)
    press(page, "Lanjut")
    expect(page.get_by_role("alert")).to_have_text("Catat kodenya dulu, lalu beri tanda di sini.")
    expect(page.get_by_label("Saya sudah mencatat kode ini")).to_be_focused()
    page.keyboard.press("Space")
    press(page, "Lanjut")
    inside(page)
    assert [profile.title for profile in laptop.bridge.gate.profiles.all()] == [NAME]
    # No address yet: said, and given where one's own things are.
    page.get_by_role("link", name="Saya", exact=True).click()
    page.get_by_label("Alamat server kota").fill("bukan alamat")
    press(page, "Simpan")
    expect(page.get_by_text("Ini bukan alamat server atau tautan.")).to_be_visible()
    sound(page)
    page.get_by_label("Alamat server kota").fill(CITY)
    press(page, "Simpan")
    expect(page.get_by_text(CITY, exact=True)).to_be_visible()


def test_another_language_keeps_what_is_typed_and_is_remembered(page: Page, laptop: Laptop) -> None:
    page.get_by_label("Nama Anda").fill(NAME)
    press(page, "English")
    heading(page, "Set up this computer")
    expect(page.get_by_label("Your name")).to_have_value(NAME)
    page.wait_for_function("fetch('/gate').then(one => one.json()).then(gate => gate.preferences.language === 'en')")
    page.goto(laptop.bridge.door.address())
    heading(page, "Set up this computer")


def test_a_lock_keeps_what_is_typed_and_the_place(page: Page) -> None:
    make(page)
    question(page)
    page.get_by_role("textbox").type("Lampu jalan mati")
    place = page.url
    press(page, "Kunci sekarang")
    heading(page, f"Terkunci: {NAME}")
    expect(page.get_by_label("PIN", exact=True)).to_be_focused()
    expect(page.locator("body")).not_to_contain_text("Lampu")
    sound(page)
    enter(page)
    expect(page.get_by_role("textbox")).to_have_value("Lampu jalan mati")
    assert page.url == place


def stored(laptop: Laptop, text: str) -> None:
    """On the disk: where something was saved before, the screen says so all along."""
    outbox = laptop.bridge.gate.desk().store.outbox
    until(lambda: any(text in entry.line.decode() for entry in outbox.entries()), f"“{text}” in the outbox")


def test_who_goes_away_finds_it_locked_and_goes_on_in_the_same_place(page: Page, laptop: Laptop) -> None:
    page.clock.install()
    # The app took hold of the clock that it found.
    page.reload()
    make(page)
    question(page)
    page.get_by_role("textbox").type("Lampu jalan mati")
    # No request may be on its way when minutes pass in a moment: its own time would be over.
    stored(laptop, "Lampu jalan mati")
    page.clock.fast_forward("14:00")
    page.keyboard.type(" total")
    stored(laptop, "Lampu jalan mati total")
    # It looks at the clock every ten seconds, so also now.
    page.clock.fast_forward("16:00")
    heading(page, f"Terkunci: {NAME}")
    expect(page.get_by_text("Terkunci karena lama tidak dipakai.")).to_be_visible()
    enter(page)
    expect(page.get_by_role("textbox")).to_have_value("Lampu jalan mati total")


def test_wrong_pins_wait_and_the_wait_is_counted_down(page: Page, laptop: Laptop) -> None:
    make(page)
    press(page, "Kunci sekarang")
    page.clock.install()
    submit = page.get_by_role("button", name="Buka", exact=True)
    for _ in range(3):
        enter(page, OTHER)
        expect(page.get_by_text("PIN tidak cocok.")).to_be_visible()
        expect(page.get_by_label("PIN", exact=True)).to_be_focused()
    expect(submit).to_be_disabled()
    expect(page.get_by_text(re.compile("Coba lagi dalam [1-5] detik")).first).to_be_visible()
    sound(page)
    laptop.now += 6
    page.clock.fast_forward(6_000)
    expect(submit).to_be_enabled()
    expect(page.get_by_text("Sekarang bisa dicoba lagi.")).to_be_visible()
    enter(page)
    inside(page)


def test_a_forgotten_pin_is_replaced_with_the_code(page: Page) -> None:
    code = make(page)
    press(page, "Kunci sekarang")
    press(page, "Lupa PIN")
    heading(page, "Ganti PIN yang lupa")
    sound(page)
    page.get_by_label("Kode pemulihan").fill(code[:10])
    page.get_by_label("PIN baru", exact=True).fill(OTHER)
    page.get_by_label("PIN baru sekali lagi").fill(OTHER)
    press(page, "Ganti dan buka")
    expect(page.get_by_text("Kodenya 32 huruf dan angka; yang tertulis 8.")).to_be_visible()
    page.get_by_label("Kode pemulihan").fill(code.lower().replace(" ", "-"))
    press(page, "Ganti dan buka")
    heading(page, "Catat kode pemulihan")
    assert " ".join(page.get_by_role("list", name="Kode pemulihan").get_by_role("listitem").all_inner_texts()) != code
    page.get_by_label("Saya sudah mencatat kode ini").check()
    press(page, "Lanjut")
    press(page, "Kunci sekarang")
    enter(page, PIN)
    expect(page.get_by_text("PIN tidak cocok.")).to_be_visible()
    enter(page, OTHER)
    inside(page)


def test_nothing_of_one_person_stays_for_the_next(page: Page) -> None:
    make(page)
    question(page)
    page.get_by_role("textbox").type("Rahasia orang pertama")
    press(page, "Kunci sekarang")
    press(page, f"Bukan {NAME}?")
    heading(page, "Siapa Anda?")
    sound(page)
    press(page, "Tambah orang")
    heading(page, "Tambah orang")
    page.evaluate("sessionStorage.setItem('x', 'y'); window.same = true")
    make(page, "Petugas Loket", OTHER)
    assert page.evaluate("[window.same ?? null, sessionStorage.length, location.hash]") == [None, 0, "#/"]
    expect(page.locator("body")).not_to_contain_text("Rahasia")
    press(page, "Kunci sekarang")
    press(page, "Bukan Petugas Loket?")
    page.get_by_role("button", name=NAME).click()
    heading(page, f"Masuk sebagai {NAME}")
    enter(page, OTHER)
    expect(page.get_by_text("PIN tidak cocok.")).to_be_visible()
    enter(page)
    inside(page)
    expect(page.locator("main")).to_contain_text("Rahasia orang pertama")


def test_another_pin_another_code_and_the_end(page: Page, laptop: Laptop) -> None:
    code = make(page)
    page.get_by_role("link", name="Saya", exact=True).click()
    press(page, "Ganti PIN")
    page.get_by_label("PIN sekarang").fill(OTHER)
    page.get_by_label("PIN baru", exact=True).fill(OTHER)
    page.get_by_label("PIN baru sekali lagi").fill(OTHER)
    press(page, "Ganti")
    expect(page.get_by_text("PIN tidak cocok.")).to_be_visible()
    sound(page)
    page.get_by_label("PIN sekarang").fill(PIN)
    press(page, "Ganti")
    expect(page.get_by_text("PIN sudah diganti.")).to_be_visible()
    press(page, "Kode pemulihan baru")
    sound(page)
    page.get_by_label("PIN sekarang").fill(OTHER)
    press(page, "Buat kode baru")
    heading(page, "Catat kode pemulihan")
    assert str(page.get_by_role("list", name="Kode pemulihan").inner_text()).split() != code.split()
    page.get_by_label("Saya sudah mencatat kode ini").check()
    press(page, "Lanjut")
    press(page, "Keluar dari Tenggat")
    expect(page.get_by_role("alert")).to_contain_text("Selama ditutup, tidak ada yang dikirim")
    sound(page)
    press(page, "Ya, keluar")
    heading(page, "Tenggat sudah ditutup")
    assert laptop.bridge.over.is_set()


def test_what_waits_is_carried_to_the_server_in_a_locked_file(page: Page, laptop: Laptop, tmp_path: Path) -> None:
    make(page)
    question(page)
    page.get_by_role("textbox").fill("Yang pertama")
    expect(page.get_by_text(SAVED)).to_be_visible()
    opened = laptop.bridge.gate.desk()
    opened.agent.sync()
    laptop.network.offline = True
    page.get_by_role("textbox").fill("Lampu padam di depan balai")
    expect(page.get_by_text(SAVED)).to_be_visible()
    page.evaluate("location.hash = '#/sync'")
    page.get_by_text("Berkas bawaan", exact=True).click()
    sound(page)
    with page.expect_download() as fetched:
        press(page, "Simpan 1 kiriman")
    path = tmp_path / fetched.value.suggested_filename
    fetched.value.save_as(path)
    expect(page.get_by_text(re.compile(rf"{path.name} sudah dibuat: 1 kiriman dan 0 file"))).to_be_visible()
    assert path.suffix == ".tenggat" and b"Lampu padam" not in path.read_bytes()
    sound(page)
    laptop.network.server.clock.move(seconds=1)
    answer = tmp_path / "answer.tenggat"
    with path.open("rb") as source, answer.open("wb") as into:
        import_bundle(laptop.network.server.world, source, into)
    # A file for the server is carried there, and from here nothing can be.
    page.get_by_label("Pilih file").set_input_files(path)
    expect(page.get_by_role("alert").filter(has_text="Server tidak bisa dihubungi")).to_be_visible()
    page.get_by_label("Pilih file").set_input_files(answer)
    expect(page.get_by_text("1 kiriman diambil; 0 sudah ada di sini.")).to_be_visible()
    assert not opened.store.outbox.waiting()[0]


def answer_to(laptop: Laptop, folder: Path, **server: object) -> Path:
    """What the city's admin gives back for all that waits here, with these places of the server's set otherwise."""
    asked, answer = folder / "asked.tenggat", folder / "answered.tenggat"
    with asked.open("wb") as into:
        write_bundle(laptop.bridge.gate.desk().store, into)
    laptop.network.server.clock.move(seconds=1)
    with pytest.MonkeyPatch.context() as patch, asked.open("rb") as source, answer.open("wb") as into:
        for place, other in server.items():
            patch.setattr(place.replace("__", "."), other)
        import_bundle(laptop.network.server.world, source, into)
    return answer


def refuses(error: Exception) -> Callable[..., None]:
    def refuse(*_: object, **__: object) -> None:
        raise error

    return refuse


def test_what_an_answer_brought_is_told_in_words(page: Page, laptop: Laptop, tmp_path: Path) -> None:
    make(page)
    question(page)
    page.get_by_role("textbox").fill("Yang pertama")
    expect(page.get_by_text(SAVED)).to_be_visible()
    opened = laptop.bridge.gate.desk()
    opened.agent.sync()
    laptop.network.offline = True
    [(case, *_)] = opened.store.records.rows(0)
    page.evaluate("location.hash = '#/sync'")
    page.get_by_text("Berkas bawaan", exact=True).click()

    def takes(answer: Path, role: Literal["alert", "status"], *sentences: str) -> None:
        page.get_by_label("Pilih file").set_input_files(answer)
        banner = page.locator(f".banner[role={role}]").filter(has_text=sentences[0])
        expect(banner.locator("p")).to_have_text([re.compile(re.escape(one)) for one in sentences])

    def types(text: str) -> None:
        opened.desk.begin(str(uuid4()), "lapor", {"title": text})

    problem, late = "Server menolak seluruh isi berkas ini", "Komputer ini sudah mendengar kabar yang lebih baru"
    types("Ditolak semua")
    takes(
        answer_to(laptop, tmp_path, server__bundles__importing__take_in=refuses(NotSignedIn("nobody"))),
        "alert", problem, late,
    )  # fmt: skip
    expect(page.locator(".banner[role=alert] li")).to_have_count(1)

    photo = write_jpeg(tmp_path / "rusak.jpg", "rusak", (64, 48))
    document = opened.desk.city.service("lapor").document("photos")
    with photo.open("rb") as source:
        opened.desk.attach_kept(case, document.code, keep_open(opened.store, source, photo.name, document, UTC))
    opened.store.outbox.add("case.act", case, {"action": "rate"}, opened.store.stamp(), 0)
    takes(
        answer_to(laptop, tmp_path, server__files__content__verify=refuses(BrokenFile("not whole"))),
        "alert", "1 kiriman ditolak server", "1 foto atau dokumen tidak diterima server",
    )  # fmt: skip
    sound(page)

    types("Versi lama")
    takes(
        answer_to(laptop, tmp_path, server__exchange__exchanging__PROTOCOL=PROTOCOL + 1),
        "alert", "Aplikasi ini terlalu lama untuk server kota",
    )  # fmt: skip
    for text in ("Banyak", "kabar"):
        types(text)
    answer = answer_to(laptop, tmp_path, server__exchange__exchanging__MAX_PAGE=1)
    takes(answer, "status", "Server punya lebih banyak kabar daripada yang muat")
    takes(answer, "status", late)
