"""A permit with its documents: photographed where no network is, sent when there is one, seen by who decides."""

import json
import re
from typing import Any

from playwright.sync_api import expect

from tests.browser.attaching import attach, offer, picker, refused
from tests.browser.backstage import Backstage
from tests.browser.conftest import Make
from tests.browser.permits import answered, papers, send_in
from tests.browser.pictures import HEIC, PAGE, blobs, chosen, pdf, photo, sha256, without_secrets
from tests.browser.serving import ServerProcess
from tests.browser.signing import officer_at_work, staff_of, wards
from tests.browser.window import SAVED, Device, expect_js

NGALIYAN = "33.74.15"


def files_of(server: ServerProcess, case: str) -> list[dict[str, Any]]:
    """The manifest as the server has it."""
    [(line,)] = server.rows("SELECT coalesce(own_line, line) FROM case_record WHERE id = ?", case)
    return list(json.loads(line).get("attachments", []))


def photograph_all(device: Device, case: str, behind: Backstage, **given: str) -> int:
    """A photo for each document that is required, one screen after the other; how many."""
    asked = papers(behind, **given)
    device.go(f"/case/{case}/form")
    device.page.get_by_role("link", name="Lanjutkan mengisi").click()
    for place, (code, label) in enumerate(asked):
        expect(device.heading(label)).to_be_visible()
        attach(device.page, chosen(f"{code}.jpg", photo(place, (800, 600), label)))
        expect(device.page.get_by_text(SAVED)).to_be_visible()
        device.page.get_by_role("button", name="Lanjut", exact=True).click()
        # What may be skipped comes between.
        while device.page.get_by_role("heading", level=1).inner_text().endswith("(boleh dilewati)"):
            device.page.get_by_role("button", name="Lanjut", exact=True).click()
    expect(device.heading("Periksa isian Anda")).to_be_visible()
    return len(asked)


def test_documents_taken_offline_arrive_and_are_seen_by_who_decides(
    own_city: tuple[ServerProcess, Backstage], device: Make
) -> None:
    server, behind = own_city
    area = wards(behind, NGALIYAN)[0]
    phone, desk = device(), device()
    phone.address = desk.address = server.address
    case = answered(behind, phone, area=area, street="Jalan Berfoto 1")
    phone.server_gone()
    server.kill()
    page = phone.page
    n = photograph_all(phone, case, behind, area=area)
    phone.reload()
    phone.go(f"/case/{case}/form/file/ktp")
    expect(picker(page).get_by_text("ktp.jpg")).to_be_visible()
    expect_js(page, "document.querySelector('.file img')?.naturalWidth > 0")
    send_in(phone, case)
    expect(page.get_by_text(f"0 dari {n} sudah sampai di server.")).to_be_visible()
    expect(page.get_by_text("Di perangkat ini, belum terkirim")).to_have_count(n)
    server.start()
    # The window that is open tells, with nothing pressed and nothing loaded anew.
    expect(page.get_by_text(f"Semua {n} file sudah sampai di server.")).to_be_visible(timeout=60_000)
    expect(page.get_by_text("Sampai dan diperiksa")).to_have_count(n)
    commands = [status for found, _, status in server.commands() if found == phone.instance()]
    assert commands.count("applied") == len(commands)
    found = files_of(server, case)
    assert len(found) == n
    assert all(one["arrived"] and one["taken"].startswith("2026-11-20T08:15:30") for one in found)
    assert all(abs(one["place"][0] + 6.98) < 0.001 for one in found), "the claims travel beside the picture"
    stored = {sha256(content): content for content in blobs(server.data)}
    assert all(without_secrets(stored[one["sha256"]]) for one in found)
    phone.reload()
    expect(page.get_by_text(f"Semua {n} file sudah sampai di server.")).to_be_visible()

    officer = officer_at_work(desk, staff_of(behind, "front_desk", NGALIYAN))
    officer.get_by_role("link", name=re.compile("Jalan Berfoto 1")).click()
    expect_js(officer, f"[...document.querySelectorAll('.file img')].filter(one => one.naturalWidth).length === {n}")
    officer.get_by_role("button", name="Lihat ktp.jpg").click()
    dialog = officer.get_by_role("dialog", name="File 1 dari 1: ktp.jpg")
    expect(dialog.get_by_role("img", name="ktp.jpg")).to_be_visible()
    expect_js(officer, "document.querySelector('dialog img')?.naturalWidth === 800")
    # Going back, as a phone's button does, closes what lies over the page, and no more.
    officer.go_back()
    expect(dialog).to_have_count(0)
    expect(officer.get_by_role("button", name="Lihat ktp.jpg")).to_be_focused()
    officer.keyboard.press("Enter")
    expect(dialog).to_be_visible()
    officer.keyboard.press("Escape")
    expect(dialog).to_have_count(0)
    expect(officer.get_by_role("heading", name="Foto dan dokumen")).to_be_visible()
    # What was looked at is there where no network is; what was not says so.
    desk.offline()
    officer.get_by_role("button", name="Lihat ktp.jpg").click()
    expect(dialog.get_by_role("img", name="ktp.jpg")).to_be_visible()
    dialog.get_by_role("button", name="Tutup").click()
    officer.get_by_role("link", name="Nyatakan lengkap").click()
    officer.get_by_role("button", name="Nyatakan lengkap").click()
    expect(officer.get_by_role("region", name="Apa selanjutnya")).to_contain_text("Menunggu server: Survei lapangan")
    desk.offline(False)
    desk.synced()
    assert behind.stage(case) == "survey"


def test_what_cannot_be_taken_is_refused_with_something_to_do(behind: Backstage, phone: Device) -> None:
    case = answered(behind, phone, land_proof="letter_c")
    page = phone.page
    phone.go(f"/case/{case}/form/file/land_proof")
    attach(page, chosen("letter-c.jpg", photo(1)))
    large = b"%PDF-1.4\n" + bytes(11 * 1024 * 1024)
    offer(
        page,
        chosen("IMG_0042.HEIC", HEIC, "image/heic"),
        chosen("peta.jpg", PAGE),
        chosen("akta.pdf", large, "application/pdf"),
        chosen("rusak.jpg", photo(2)[:400]),
        # A browser would show the upper half of it, and white below.
        chosen("separuh.jpg", photo(4)[:-4_000]),
        chosen("letter-c.jpg", photo(1)),
        chosen("halaman-2.jpg", photo(3)),
    )
    told = refused(page).get_by_role("listitem")
    expect(told).to_have_count(6)
    expect(told.nth(0)).to_have_text(re.compile(r"IMG_0042\.HEIC: .*HEIC.*Pengaturan › Kamera › Format.*Kompatibel"))
    expect(told.nth(1)).to_have_text(re.compile(r"peta\.jpg: Ini bukan foto atau PDF\. Ambil fotonya"))
    expect(told.nth(2)).to_have_text(re.compile(r"akta\.pdf: Lebih besar dari 10.MB\. Kecilkan"))
    expect(told.nth(3)).to_have_text(re.compile(r"rusak\.jpg: File ini rusak.*Ambil lagi"))
    expect(told.nth(4)).to_have_text(re.compile(r"separuh\.jpg: File ini rusak atau tidak lengkap"))
    expect(told.nth(5)).to_have_text("letter-c.jpg: File ini sudah ada di sini.")
    expect(picker(page).get_by_role("button", name=re.compile("^Hapus "))).to_have_count(2)
    # A next choice begins anew.
    attach(page, chosen("sertifikat.pdf", pdf(), "application/pdf"))
    expect(told).to_have_count(0)
    phone.go(f"/case/{case}/form")
    expect(page.get_by_role("listitem").filter(has_text="Bukti tanah")).to_contain_text("3 file")


def test_what_is_required_and_missing_is_named_and_each_is_a_way_there(behind: Backstage, phone: Device) -> None:
    case = answered(behind, phone)
    page = phone.page
    asked = papers(behind)
    phone.go(f"/case/{case}/form")
    expect(page.get_by_text(f"{len(asked)} dokumen lagi.")).to_be_visible()
    phone.go(f"/case/{case}/form/check")
    page.get_by_role("button", name="Kirim", exact=True).click()
    problems = page.get_by_role("alert").filter(has_text=f"Masih ada {len(asked)} bagian")
    expect(problems.get_by_role("link")).to_have_text([label for _, label in asked])
    problems.get_by_role("link", name="KTP pemohon").click()
    expect(phone.heading("KTP pemohon")).to_be_visible()
    page.get_by_role("button", name="Lanjut", exact=True).click()
    expect(page.get_by_text("Tambahkan dulu setidaknya satu file.")).to_be_visible()
    expect(page.get_by_role("group", name="KTP pemohon")).to_be_focused()
    attach(page, chosen("ktp.jpg", photo(1)))
    expect(page.get_by_text("Tambahkan dulu setidaknya satu file.")).to_have_count(0)
    # From the check, whoever changes one document goes on with checking.
    phone.go(f"/case/{case}/form/check")
    page.get_by_role("link", name="Ubah: Denah lokasi").click()
    attach(page, chosen("denah.jpg", photo(2)))
    page.get_by_role("button", name="Lanjut", exact=True).click()
    expect(phone.heading("Periksa isian Anda")).to_be_visible()
    expect(page.get_by_text("denah.jpg")).to_be_visible()
    page.get_by_role("button", name="Kirim", exact=True).click()
    expect(page.get_by_role("alert").filter(has_text=f"Masih ada {len(asked) - 2} bagian")).to_be_visible()


def test_a_file_is_dropped_pasted_removed_and_put_back(behind: Backstage, phone: Device) -> None:
    case = answered(behind, phone)
    page = phone.page
    phone.go(f"/case/{case}/form/file/land_proof")
    held = picker(page).get_by_role("list", name="File yang ditambahkan").get_by_role("listitem")
    for place, event in enumerate(("drop", "paste")):
        page.evaluate(GIVEN, [event, list(photo(place)), f"{event}.jpg"])
        expect(held).to_have_count(place + 1)
    status = page.get_by_role("group", name="Bukti tanah").get_by_role("status")
    expect(status).to_have_text("paste.jpg ditambahkan.")
    page.get_by_role("button", name="Hapus drop.jpg").click()
    expect(held).to_have_count(1)
    expect(status).to_have_text("drop.jpg dihapus.")
    undo = page.get_by_role("button", name="Urungkan hapus drop.jpg")
    expect(undo).to_be_focused()
    undo.click()
    expect(held).to_have_count(2)
    expect(status).to_have_text("drop.jpg dikembalikan.")
    phone.reload()
    expect(held).to_have_count(2)


def test_nothing_that_comes_while_another_is_made_small_is_passed_over(behind: Backstage, phone: Device) -> None:
    case = answered(behind, phone)
    page = phone.page
    phone.go(f"/case/{case}/form/file/land_proof")
    held = picker(page).get_by_role("list", name="File yang ditambahkan").get_by_role("listitem")
    page.evaluate(WATCHED)
    given = [[event, list(photo(place)), f"{place}.jpg"] for place, event in enumerate(("drop", "paste", "drop"))]
    page.evaluate(f"given => {{ for (const one of given) ({GIVEN})(one); }}", given)
    expect(held).to_have_count(3)
    # Whoever went on meanwhile would not hear of one that is refused.
    assert page.evaluate("[...onward]") == ["disabled"]
    expect(page.get_by_role("button", name="Lanjut", exact=True)).to_be_enabled()


def test_what_the_server_will_not_take_is_told_with_a_way_to_replace_it(behind: Backstage, phone: Device) -> None:
    case = answered(behind, phone)
    page = phone.page
    said = {"code": "broken_file", "status": 422, "text": {"id": "Rusak.", "en": "Broken."}, "detail": "cannot be read"}
    body = json.dumps({"type": "about:blank", "title": "broken_file"} | said)
    phone.watch.foresee("status of 422")
    uploads = re.compile("/api/v1/uploads")
    phone.context.route(uploads, lambda route: route.fulfill(status=422, body=body, content_type=PROBLEM))
    phone.go(f"/case/{case}/form/file/ktp")
    attach(page, chosen("ktp.jpg", photo(1)))
    phone.synced()
    refusal = page.get_by_role("region", name="1 file ditolak server")
    expect(refusal).to_contain_text("ktp.jpg")
    expect(refusal).to_contain_text("File ini rusak atau tidak lengkap. Ambil lagi fotonya")
    phone.go(f"/case/{case}")
    expect(page.get_by_text("Ditolak server: File ini rusak")).to_be_visible()
    page.get_by_role("link", name="Ganti file ini").click()
    expect(phone.heading("KTP pemohon")).to_be_visible()
    page.get_by_role("button", name="Hapus ktp.jpg").click()
    expect(page.get_by_role("button", name="Urungkan hapus ktp.jpg")).to_be_visible()
    # The way back is drawn before the row is gone.
    expect(page.get_by_role("button", name="Hapus ktp.jpg", exact=True)).to_have_count(0)
    phone.context.unroute(uploads)
    attach(page, chosen("ktp-baru.jpg", photo(2)))
    phone.synced()
    phone.go(f"/case/{case}")
    expect(page.get_by_text("Sudah sampai di server.")).to_be_visible()
    phone.go("/sync")
    expect(refusal).to_have_count(0)


WATCHED = """() => {
  window.onward = new Set();
  const look = () => {
    if (!document.querySelector(".picker-busy")) return;
    onward.add(document.querySelector("main button[type=submit]").disabled ? "disabled" : "enabled");
  };
  new MutationObserver(look).observe(document, { subtree: true, childList: true, attributes: true });
}"""

PROBLEM = "application/problem+json"

GIVEN = """([event, bytes, name]) => {
  const data = new DataTransfer();
  data.items.add(new File([new Uint8Array(bytes)], name, { type: "image/jpeg" }));
  const kind = event === "drop"
    ? new DragEvent("drop", { dataTransfer: data, bubbles: true, cancelable: true })
    : new ClipboardEvent("paste", { clipboardData: data, bubbles: true });
  document.querySelector("fieldset.picker").dispatchEvent(kind);
}"""
