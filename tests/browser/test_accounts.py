"""A guest who signs up, a second device, a wrong password, and who may sign out when."""

import json
from datetime import UTC, datetime, timedelta

from playwright.sync_api import expect

from server.access import closing
from server.cli.demo import PASSWORD
from tests.browser.backstage import Backstage
from tests.browser.conftest import Make
from tests.browser.filling import file_complaint
from tests.browser.serving import ServerProcess
from tests.browser.signing import (
    new_login,
    officer_at_work,
    sign_in,
    sign_out,
    sign_up,
    staff_of,
    type_credentials,
    wards,
)  # fmt: skip
from tests.browser.window import Device

WRONG = r"status of 401"
GAYAMSARI = "33.74.04"


def owner_and_number(server: ServerProcess, case: str) -> tuple[str, str]:
    """The person whose case it is, and its number."""
    [(line,)] = server.rows("SELECT coalesce(own_line, line) FROM case_record WHERE id = ?", case)
    record = json.loads(line)
    return record["owner"], record["number"]


def test_signing_up_keeps_what_a_guest_did_and_a_second_device_has_it_too(
    server: ServerProcess, phone: Device, device: Make
) -> None:
    page = phone.open()
    phone.installed()
    file_complaint(page, title="Pohon miring di tepi jalan")
    case = page.url.split("/case/")[1]
    phone.synced()
    before = owner_and_number(server, case)
    login = new_login()
    sign_up(phone, login)
    phone.synced()
    assert owner_and_number(server, case) == before
    phone.go(f"/case/{case}")
    expect(page.get_by_text(before[1]).first).to_be_visible()
    second = device()
    other = second.open()
    sign_in(second, login)
    expect(other.get_by_role("heading", name="Warga Contoh")).to_be_visible()
    second.synced(other)
    second.go("/", other)
    other.get_by_role("link", name="Pohon miring di tepi jalan").click()
    expect(other.get_by_text(before[1]).first).to_be_visible()
    expect(other.get_by_role("list", name="Di mana berkas ini sekarang")).to_contain_text("Diterima server")


def test_what_is_wrong_with_a_sign_up_or_a_sign_in_stands_at_its_field(phone: Device) -> None:
    phone.watch.foresee(WRONG, r"status of 409")
    page = phone.open("/me")
    login = new_login()
    page.get_by_role("button", name="Daftar").click()
    type_credentials(page, "ab", "pendek", "")
    name = page.get_by_label("Nama Anda")
    expect(name).to_be_focused()
    expect(name).to_have_accessible_description("Tulis nama Anda.")
    expect(page.get_by_label("Nama masuk")).to_have_accessible_description(
        "Nomor telepon, e-mail, atau nama yang mudah Anda ingat. Tulis paling sedikit 3 huruf atau angka."
    )
    expect(page.get_by_text("Tulis paling sedikit 10 huruf atau angka.")).to_be_visible()
    # The login of an officer is taken.
    type_credentials(page, "loket", PASSWORD, "Warga Contoh")
    expect(page.get_by_text("Nama masuk ini sudah dipakai. Pilih yang lain.")).to_be_visible()
    expect(page.get_by_label("Nama masuk")).to_be_focused()
    page.get_by_role("button", name="Masuk", exact=True).click()
    type_credentials(page, login, "kata-sandi-yang-salah")
    expect(page.get_by_role("alert")).to_have_text(
        "Nama masuk atau kata sandi tidak cocok. Periksa keduanya. Bila lupa, minta admin kota menggantinya."
    )
    # What was typed is still there, to be looked at.
    expect(page.get_by_label("Nama masuk")).to_have_value(login)
    page.get_by_label("Tampilkan kata sandi").check()
    expect(page.get_by_label("Kata sandi", exact=True)).to_have_attribute("type", "text")


def test_a_password_is_changed_with_the_old_one(server: ServerProcess, phone: Device) -> None:
    phone.watch.foresee(WRONG, r"status of 422")
    page, fresh = phone.open(), "angin di atas atap"
    phone.installed()
    sign_up(phone, new_login())
    phone.go("/me")
    page.get_by_role("button", name="Ganti kata sandi").click()
    page.get_by_label("Kata sandi sekarang").fill("bukan ini")
    page.get_by_label("Kata sandi baru").fill("password12")
    page.get_by_role("button", name="Ganti", exact=True).click()
    expect(page.get_by_text("Kata sandi sekarang tidak cocok.")).to_be_visible()
    expect(page.get_by_label("Kata sandi sekarang")).to_be_focused()
    page.get_by_label("Kata sandi sekarang").fill(PASSWORD)
    page.get_by_role("button", name="Ganti", exact=True).click()
    expect(page.get_by_text("Kata sandi ini mudah ditebak orang.")).to_be_visible()
    page.get_by_label("Kata sandi baru").fill(fresh)
    page.get_by_role("button", name="Ganti", exact=True).click()
    expect(page.get_by_text("Kata sandi sudah diganti.")).to_be_visible()
    expect(page.get_by_label("Kata sandi baru")).to_have_count(0)


def test_a_password_that_an_admin_made_up_asks_for_ones_own(behind: Backstage, phone: Device) -> None:
    login = staff_of(behind, "complaint_officer", GAYAMSARI)
    world = behind.as_server.world
    given = closing.set_password(world.engine, world.city, world.sources, login, "cli").told or ""
    page = phone.open("/me")
    phone.installed()
    sign_in(phone, login, given)
    expect(phone.heading("Tugas")).to_be_visible()
    phone.synced()
    phone.go("/me")
    told = page.get_by_text("Kata sandi Anda dibuatkan admin kota dan berlaku sampai")
    expect(told).to_be_visible()
    page.get_by_role("button", name="Ganti kata sandi").click()
    page.get_by_label("Kata sandi sekarang").fill(given)
    page.get_by_label("Kata sandi baru").fill("angin di atas atap")
    page.get_by_role("button", name="Ganti", exact=True).click()
    expect(page.get_by_text("Kata sandi sudah diganti.")).to_be_visible()
    expect(told).to_have_count(0)
    phone.synced()
    phone.go("/me")
    expect(page.get_by_role("button", name="Ganti kata sandi")).to_be_visible()
    expect(told).to_have_count(0)


def test_whether_a_made_up_password_is_over_the_servers_time_tells(behind: Backstage, phone: Device) -> None:
    login = staff_of(behind, "complaint_officer", GAYAMSARI)
    world = behind.as_server.world
    given = closing.set_password(world.engine, world.city, world.sources, login, "cli").told or ""
    # Of a phone that believes it is a month later.
    phone.page.clock.install(time=datetime.now(UTC) + timedelta(days=30))
    page = phone.open("/me")
    phone.installed()
    sign_in(phone, login, given)
    expect(phone.heading("Tugas")).to_be_visible()
    phone.synced()
    phone.go("/me")
    expect(page.get_by_text("Kata sandi Anda dibuatkan admin kota dan berlaku sampai")).to_be_visible()


def test_nobody_signs_out_while_something_waits(server: ServerProcess, phone: Device) -> None:
    page = phone.open()
    phone.installed()
    sign_up(phone, new_login())
    phone.synced()
    phone.offline()
    phone.go("/")
    file_complaint(page)
    case = page.url.split("/case/")[1]
    phone.go("/me")
    expect(page.get_by_text("Belum bisa keluar:")).to_be_visible()
    expect(page.get_by_role("button", name="Keluar")).to_have_count(0)
    page.get_by_role("link", name="Lihat yang belum selesai").click()
    expect(phone.heading("Sinkron")).to_be_visible()
    phone.offline(False)
    phone.synced()
    assert server.rows("SELECT stage FROM case_record WHERE id = ?", case) == [("received",)]
    sign_out(phone)
    for store in ("record", "line", "outbox", "typing"):
        assert phone.stored(store) == [], store
    phone.go("/")
    expect(page.get_by_text("Anda belum punya berkas di perangkat ini.")).to_be_visible()


def test_an_officer_who_signs_out_leaves_nothing_of_the_cases_behind(behind: Backstage, phone: Device) -> None:
    login = staff_of(behind, "complaint_officer", GAYAMSARI)
    title = "Saluran mampet di gang buntu"
    case = behind.file(behind.citizen(), title=title, area=wards(behind, GAYAMSARI)[0], where="words")
    page = officer_at_work(phone, login)
    page.get_by_role("link", name=title).click()
    page.get_by_role("link", name="Minta penjelasan").click()
    page.get_by_label("Apa yang perlu dijelaskan pelapor?").fill("Sejak kapan?")
    expect(page.get_by_text("Isian setengah jadi tersimpan di perangkat ini.")).to_be_visible()
    assert len(phone.stored("typing")) == 1
    phone.synced()
    # Signing out is told to the server, or it does not happen.
    phone.offline()
    phone.go("/me")
    page.get_by_role("button", name="Keluar", exact=True).click()
    page.get_by_role("button", name="Ya, keluar").click()
    expect(page.get_by_role("alert").filter(has_text="Keluar perlu jaringan, supaya server tahu.")).to_be_visible()
    phone.offline(False)
    page.get_by_role("button", name="Ya, keluar").click()
    expect(page.get_by_role("heading", name="Belum masuk")).to_be_visible()
    everything = json.dumps([phone.stored(store) for store in ("meta", "record", "line", "outbox", "typing")])
    for secret in (title, case, login, "Sejak kapan"):
        assert secret not in everything
    phone.go("/work")
    expect(page.get_by_text("Bagian ini untuk petugas kota. Masuk dulu dengan akun petugas.")).to_be_visible()
    expect(page.get_by_role("navigation", name="Bagian aplikasi").get_by_role("link", name="Tugas")).to_have_count(0)
