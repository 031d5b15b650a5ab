"""What waits on a phone that finds no network any more, carried as a file to one that does."""

import json
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Make
from tests.browser.filling import file_complaint
from tests.browser.serving import ServerProcess
from tests.browser.signing import WARGA, new_login, sign_in, sign_up
from tests.browser.window import Device


def save_to_file(device: Device, folder: Path) -> Path:
    """All that waits, as the phone would put it among the downloads."""
    page = device.page
    device.go("/sync")
    page.get_by_text("Pindahkan lewat file").click()
    with page.expect_download() as saving:
        page.get_by_role("button", name="kiriman ke file").click()
    saved = folder / saving.value.suggested_filename
    saving.value.save_as(saved)
    expect(page.get_by_text(f"Tersimpan sebagai {saved.name} di unduhan Anda.")).to_be_visible()
    return saved


def take_in(device: Device, file: Path) -> None:
    device.go("/sync")
    unfold = device.page.get_by_text("Pindahkan lewat file")
    if not device.page.get_by_label("Pilih file").is_visible():
        unfold.click()
    device.page.get_by_label("Pilih file").set_input_files(file)


def told(device: Device, taken: int, known: int) -> None:
    words = f"{taken} kiriman diambil; {known} sudah ada di sini."
    expect(device.page.get_by_role("status").filter(has_text=words)).to_be_visible()


def of(server: ServerProcess, instance: str) -> list[tuple[str, int, str]]:
    return [command for command in server.commands() if command[0] == instance]


def test_what_is_carried_by_file_arrives_once_whoever_sends_it_first(
    server: ServerProcess, device: Make, tmp_path: Path
) -> None:
    stranded = device()
    page = stranded.open()
    stranded.installed()
    stranded.offline()
    file_complaint(page, title="Air mati sejak pagi")
    case, instance = page.url.split("/case/")[1], stranded.instance()
    file = save_to_file(stranded, tmp_path)
    carrier = device()
    carrier.open("/sync")
    take_in(carrier, file)
    told(carrier, 1, 0)
    carrier.synced()
    assert of(server, instance) == [(instance, 1, "applied")]
    [(number,)] = server.rows("SELECT number FROM case_record WHERE id = ?", case)
    # The carrier speaks for the same guest now, and sees what became of it.
    carrier.go("/")
    carrier.page.get_by_role("link", name="Air mati sejak pagi").click()
    expect(carrier.page.get_by_text(number).first).to_be_visible()
    take_in(carrier, file)
    told(carrier, 0, 1)
    # And the phone that was stranded comes back after all.
    stranded.offline(False)
    stranded.synced()
    stranded.go(f"/case/{case}")
    expect(page.get_by_text(number).first).to_be_visible()
    assert of(server, instance) == [(instance, 1, "applied")]
    assert stranded.instance() == instance
    # It goes on under numbers that nobody used.
    stranded.go("/")
    file_complaint(page, title="Air masih mati")
    case = page.url.split("/case/")[1]
    stranded.synced()
    assert [number for _, number, _ in of(server, instance)] == list(range(1, len(of(server, instance)) + 1))
    assert {status for _, _, status in of(server, instance)} == {"applied"}
    assert server.rows("SELECT stage FROM case_record WHERE id = ?", case) == [("received",)]


def test_a_file_of_an_account_goes_up_from_where_that_account_is_signed_in(
    server: ServerProcess, device: Make, tmp_path: Path
) -> None:
    stranded = device()
    stranded.open()
    stranded.installed()
    login = new_login()
    sign_up(stranded, login)
    stranded.synced()
    stranded.offline()
    stranded.go("/")
    file_complaint(stranded.page)
    case = stranded.page.url.split("/case/")[1]
    file = save_to_file(stranded, tmp_path)
    carrier = device()
    page = carrier.open("/sync")
    take_in(carrier, file)
    expect(page.get_by_role("alert")).to_contain_text("File itu milik sebuah akun. Masuk dulu dengan akun itu")
    sign_in(carrier, login)
    expect(page.get_by_role("heading", name=WARGA)).to_be_visible()
    take_in(carrier, file)
    told(carrier, 1, 0)
    carrier.synced()
    assert server.rows("SELECT stage FROM case_record WHERE id = ?", case) == [("received",)]
    other = device()
    other.open()
    sign_up(other, new_login())
    take_in(other, file)
    expect(other.page.get_by_role("alert")).to_contain_text("File itu milik orang lain.")


@pytest.mark.parametrize("damage", ["another", "cut", "newer"])
def test_what_is_no_file_of_ours_is_refused_in_words(phone: Device, tmp_path: Path, damage: str) -> None:
    whole = json.dumps({"format": "tenggat-outbox", "version": 1, "exported": "", "entries": [], "person": None})
    content = {
        "another": b"\x89PNG\r\n\x1a\n\xff\xfe",
        "cut": whole[:40].encode(),
        "newer": whole.replace('"version": 1', '"version": 99').encode(),
    }[damage]
    file = tmp_path / "tenggat.json"
    file.write_bytes(content)
    phone.open("/sync")
    take_in(phone, file)
    expect(phone.page.get_by_role("alert")).to_contain_text("Itu bukan file Tenggat, atau rusak di jalan.")
    assert phone.stored("outbox") == []
    # Mended, the same file can be chosen once more.
    file.write_text(whole.replace('"person": null', '"person": null, "token": "' + "g" * 43 + '"'), encoding="utf-8")
    take_in(phone, file)
    told(phone, 0, 0)
