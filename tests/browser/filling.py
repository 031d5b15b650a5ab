"""Filling in a form on the screen, question by question, as somebody would who knows the answers."""

from collections.abc import Mapping

from playwright.sync_api import Page, expect

from tests.browser.attaching import CHOOSE, attach_photo
from tests.browser.window import SAVED

COMPLAINT: dict[str, str | list[str]] = {
    "Apa yang ingin Anda sampaikan?": "Pengaduan",
    "Tentang apa?": "Lampu jalan",
    "Judul singkat": "Lampu jalan mati di depan pasar",
    "Ceritakan": "Sejak tiga malam lampunya mati, dan jalannya gelap sekali.",
    "Bagaimana Anda menunjukkan lokasinya?": "Dengan kata-kata",
    "Kelurahan": ["Semarang Tengah", "Sekayu"],
    "Jalan dan patokan": "Jalan Pemuda, seberang halte",
    "Apakah nama Anda boleh terlihat?": "Sembunyikan juga dari kantor yang menangani",
}
"""Answers to a complaint, by question; those that are not here may be skipped."""

CHECK = "Periksa isian Anda"


SKIPPED = " (boleh dilewati)"


def question(page: Page) -> str:
    """What is asked now, without the words that it may be skipped."""
    return page.get_by_role("heading", level=1).inner_text().removesuffix(SKIPPED)


def wants_a_file(page: Page) -> bool:
    """Whether a document is asked for now, and must be there."""
    title = page.get_by_role("heading", level=1).inner_text()
    return not title.endswith(SKIPPED) and page.get_by_role("button", name=CHOOSE).count() > 0


def answer(page: Page, given: str | list[str]) -> None:
    """Answer the question on the screen, by what kind of question it is; until the screen says that it is kept."""
    if isinstance(given, list):
        district, ward = given
        page.get_by_label("Kecamatan").select_option(label=district)
        page.get_by_label("Kelurahan", exact=True).last.select_option(label=ward)
    elif page.get_by_role("main").get_by_role("radio").count():
        page.get_by_role("main").get_by_text(given, exact=True).click()
    else:
        page.get_by_role("main").get_by_role("textbox").fill(given)
    expect(page.get_by_role("main").get_by_role("status").filter(has_text=SAVED)).to_be_visible()


def on(page: Page) -> None:
    """To the next question."""
    before = page.url
    page.get_by_role("button", name="Lanjut", exact=True).click()
    page.wait_for_url(lambda url: url != before)


def fill_in(page: Page, answers: Mapping[str, str | list[str]], until: str = CHECK) -> None:
    """From the question on the screen to the check, or to the question `until`, which is not answered. Each required
    document gets a photo."""
    while (asked := question(page)) != until:
        if asked in answers:
            answer(page, answers[asked])
        elif wants_a_file(page):
            attach_photo(page, seed=len(asked))
        on(page)


def begin(page: Page, service: str = "Lapor") -> None:
    """From the home screen to the first question of a service."""
    page.get_by_role("main").get_by_role("link", name=service, exact=True).click()
    page.get_by_role("button", name="Mulai").click()
    page.get_by_role("link", name="Lanjutkan mengisi").click()
    expect(page.get_by_role("button", name="Lanjut", exact=True)).to_be_visible()


def file_complaint(page: Page, **instead: str) -> None:
    """A whole complaint, from the home screen to its page."""
    begin(page)
    fill_in(page, COMPLAINT | ({"Judul singkat": instead["title"]} if "title" in instead else {}))
    page.get_by_role("button", name="Kirim", exact=True).click()
    expect(page.get_by_role("heading", name="Apa selanjutnya")).to_be_visible()
