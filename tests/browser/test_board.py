"""The admin pages in a real browser: five hundred devices in every trouble, live, on a phone and on a desk."""

import itertools
import re
from collections.abc import Callable, Iterator

import pytest
import requests
from playwright.sync_api import Browser, ConsoleMessage, Page, expect
from sqlalchemy import text

from server.access import own_sessions
from server.domain import trouble_words
from server.store.database import writing
from tests.api.device import Device
from tests.browser import axe
from tests.browser.everybody import PHONE_FIRST, SIZES, is_for_everybody
from tests.browser.serving import ServerProcess
from tests.fleet import BEFORE, GONE, KINDS, PASSWORD, Fleet, build

COUNT = 500

Open = Callable[..., Page]


@pytest.fixture(scope="module")
def city_of_devices(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[ServerProcess, Fleet]]:
    """A server that finds five hundred devices in its database, and what made them."""
    data = tmp_path_factory.mktemp("board") / "server"
    fleet = build(data, COUNT)
    process = ServerProcess(data)
    process.start()
    yield process, fleet
    process.kill()
    fleet.world.engine.dispose()


@pytest.fixture
def admin(browser: Browser, city_of_devices: tuple[ServerProcess, Fleet]) -> Iterator[Open]:
    """Opens a page of the admin's, signed in, in a browser of the test's own. What a page complains of, a policy that
    it breaks among it, fails the test."""
    server, _ = city_of_devices
    contexts, complaints = [], []

    def open_(path: str = "/admin/board", size: str = "desk", login: str = "admin", **options: object) -> Page:
        context = browser.new_context(viewport=SIZES[size], **options)  # type: ignore[arg-type]
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(20_000)
        page.on("console", lambda said: complaints.append(said.text) if _is_a_complaint(said) else None)
        page.on("pageerror", lambda error: complaints.append(error.message))
        page.goto(server.address + path)
        page.get_by_label("Nama pengguna").fill(login)
        page.get_by_label("Kata sandi").fill(PASSWORD)
        page.get_by_role("button", name="Masuk").click()
        expect(page.get_by_role("button", name="Keluar")).to_be_visible()
        return page

    yield open_
    for context in contexts:
        context.close()
    assert complaints == []


def _is_a_complaint(said: ConsoleMessage) -> bool:
    # A refusal is no fault of the page's, though Chromium notes each.
    return said.type == "error" and "Failed to load resource" not in said.text


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind not in ("good", "old_version")])
def test_each_trouble_is_named_with_why_and_what_to_do(
    admin: Open, city_of_devices: tuple[ServerProcess, Fleet], kind: str
) -> None:
    gone = "&gone=1" if kind in GONE else ""
    page = admin(f"/admin/board?q={kind}-0{gone}")
    # What is sought may stand within another kind's name: stuck in uploads_stuck.
    rows = page.locator("table.board tbody tr").filter(has_text=re.compile(rf"\b{kind}-0"))
    expect(rows).to_have_count(sum(login.startswith(f"{kind}-0") for login in city_of_devices[1].devices))
    first, said = (trouble_words.name_of(code).id for code in (BEFORE.get(kind, kind), kind))
    for row in rows.all():
        expect(row.locator(".tag").first).to_have_text(first)
        expect(row.locator(".tag").filter(has_text=said)).to_have_count(1)
        expect(row.locator(".why")).not_to_be_empty()
        expect(row.locator(".do")).not_to_be_empty()


def test_an_old_version_is_seen_beside_the_newest(admin: Open) -> None:
    page = admin("/admin/board?trouble=old_version")
    expect(page.locator("table.board tbody tr").first).to_contain_text("tenggat 0.0.1")


def test_the_worst_come_first_and_all_are_found_page_by_page(
    admin: Open, city_of_devices: tuple[ServerProcess, Fleet]
) -> None:
    page = admin()
    expect(page.locator("table.board tbody tr").first).to_contain_text("Ditolak masuk")
    shown: list[str] = []
    for number in itertools.count(2):
        shown += [link.get_attribute("id") or "" for link in page.locator("a[id^=device-]").all()]
        if not page.locator("#next").count():
            break
        page.locator("#next").click()
        page.wait_for_url(re.compile(rf"page={number}\b"))
    here = [login for login in city_of_devices[1].devices if not login.startswith(GONE)]
    assert len(shown) == len(set(shown)) == len(here)
    assert page.locator("table.board tbody tr.bad").count() == 0, "the last page is of those that are well"


def test_filters_narrow_it_down(admin: Open) -> None:
    page = admin()
    page.get_by_text("Saring", exact=True).click()
    page.get_by_label("Dinas").select_option("dlh")
    page.get_by_label("Masalah").select_option("stuck")
    page.get_by_role("button", name="Tampilkan").click()
    rows = page.locator("table.board tbody tr")
    expect(rows.filter(has_text="Tidak kunjung terkirim")).not_to_have_count(0)
    expect(page).to_have_url(re.compile("trouble=stuck"))
    for row in rows.all():
        expect(row).to_contain_text("Dinas Lingkungan Hidup")
        expect(row).to_contain_text("Tidak kunjung terkirim")
    page.get_by_label("Cari").fill("tidak-ada-yang-begini")
    page.get_by_role("button", name="Tampilkan").click()
    expect(rows).to_have_count(0)
    page.get_by_role("link", name="Hapus saringan").click()
    expect(page.locator("table.board tbody tr")).to_have_count(50)


def _comes(server: ServerProcess, device: Device, **health: object) -> None:
    """A device comes to the running server, by the network."""
    headers = {"Authorization": f"Bearer {device.token}"}
    body = device.body(health=health)
    assert requests.post(f"{server.address}/api/v1/sync", data=body, headers=headers, timeout=20).status_code == 200


@pytest.mark.parametrize("size", ["phone", "desk"])
def test_a_change_is_seen_with_no_reload_and_takes_nothing_out_of_ones_hands(
    admin: Open, city_of_devices: tuple[ServerProcess, Fleet], size: str
) -> None:
    server, fleet = city_of_devices
    login = next(one for one in fleet.devices if one.startswith("good-") and (size == "desk" or one > "good-1"))
    page = admin(f"/admin/board?q={login}", size)
    row = page.locator("table.board tbody tr")
    expect(row).to_contain_text("Tidak ada masalah")
    page.evaluate("window.untouched = true")
    link = page.locator("a[id^=device-]")
    link.focus()
    _comes(server, fleet.devices[login], refused=3)
    expect(row).to_contain_text("Ada yang ditolak")
    expect(row).to_contain_text("Ditolak: 3")
    assert page.evaluate("window.untouched"), "nothing was loaded anew"
    expect(link).to_be_focused()
    _comes(server, fleet.devices[login], refused=0)
    expect(row).to_contain_text("Tidak ada masalah")


def _session_over(fleet: Fleet) -> None:
    with writing(fleet.world.engine) as connection:
        who = connection.execute(text("SELECT id FROM person WHERE login = 'admin'")).scalar_one()
        own_sessions.end_all(connection, who)


def _factor_wanted(fleet: Fleet) -> None:
    with writing(fleet.world.engine) as connection:
        connection.execute(text("UPDATE setting SET value = 'true' WHERE name = 'admin_factor'"))


@pytest.fixture
def wanted_no_more(city_of_devices: tuple[ServerProcess, Fleet]) -> Iterator[None]:
    yield
    with writing(city_of_devices[1].world.engine) as connection:
        connection.execute(text("UPDATE setting SET value = 'false' WHERE name = 'admin_factor'"))


@pytest.mark.parametrize(("happens", "says"), [(_session_over, "Masuk"), (_factor_wanted, "Verifikasi dua langkah")])
@pytest.mark.usefixtures("wanted_no_more")
def test_a_board_that_may_show_nothing_more_says_so_and_does_not_grow_old(
    admin: Open, city_of_devices: tuple[ServerProcess, Fleet], happens: Callable[[Fleet], None], says: str
) -> None:
    server, fleet = city_of_devices
    page = admin("/admin/board?q=good-")
    happens(fleet)
    _comes(server, next(device for login, device in fleet.devices.items() if login.startswith("good-")))
    expect(page.get_by_role("heading", level=1)).to_have_text(says, timeout=60_000)


def test_more_boards_than_streams_keep_up_all_the_same(
    admin: Open, city_of_devices: tuple[ServerProcess, Fleet]
) -> None:
    """Streams hold threads of the server; devices must come through however many are open."""
    server, fleet = city_of_devices
    page = admin("/admin/board?q=good-")
    cookies = {one["name"]: one["value"] for one in page.context.cookies()}
    url = f"{server.address}/admin/board/events?auto=1"
    streams = [requests.get(url, cookies=cookies, stream=True, timeout=20) for _ in range(12)]
    assert {one.status_code for one in streams} == {200, 503}
    _comes(server, next(device for login, device in fleet.devices.items() if login.startswith("good-")))
    for one in streams:
        one.close()


def test_without_javascript_all_of_it_works(admin: Open) -> None:
    page = admin("/admin/board?q=silent-", java_script_enabled=False)
    assert page.locator("meta[http-equiv=refresh]").count() == 1
    page.locator("a[id^=device-]").first.click()
    page.get_by_role("button", name="Paksa sinkron ulang").click()
    expect(page.get_by_role("status")).to_contain_text("akan sinkron ulang pada kontak berikutnya")


@pytest.mark.parametrize("size", PHONE_FIRST)
def test_a_device_is_revoked_only_after_a_question(
    admin: Open, city_of_devices: tuple[ServerProcess, Fleet], size: str
) -> None:
    kinds = "conflicts-0" if size == "phone" else "conflicts-1"
    page = admin(f"/admin/board?q={kinds}", size)
    page.locator("a[id^=device-]").first.click()
    expect(page.get_by_role("img", name=re.compile("Grafik"))).to_be_visible()
    assert page.locator("img.chart").evaluate("one => one.complete && one.naturalWidth > 0")
    page.get_by_text("Angka-angkanya").click()
    expect(page.locator("#numbers table")).to_be_visible()
    page.get_by_role("link", name="Cabut perangkat…").click()
    page.get_by_role("link", name="Batal").click()
    page.get_by_role("link", name="Cabut perangkat…").click()
    page.get_by_label("Alasan").select_option("stolen")
    page.get_by_role("button", name="Cabut", exact=True).click()
    expect(page.get_by_role("status")).to_contain_text("Perangkat dicabut.")
    page.goto(f"{city_of_devices[0].address}/admin/audit?action=device")
    expect(page.locator("tbody tr").first).to_contain_text("why: stolen")


@pytest.mark.parametrize("size", PHONE_FIRST)
def test_what_is_in_quarantine_is_read_and_laid_aside(admin: Open, size: str) -> None:
    page = admin("/admin/quarantine", size)
    page.locator(".cards a").first.click()
    page.get_by_role("button", name="Tampilkan isinya").click()
    expect(page.get_by_label("Perintah (JSON)")).to_have_value('{"t":"command","seq":1,"kind":')
    page.get_by_role("button", name="Perbaiki dan jalankan").click()
    expect(page.get_by_label("Perintah (JSON)")).to_have_attribute("aria-invalid", "true")
    page.get_by_role("button", name="Kesampingkan").click()
    expect(page.get_by_role("status")).to_contain_text("Baris dikesampingkan.")


def test_a_supervisor_sees_their_office_and_no_deeds(admin: Open) -> None:
    page = admin("/admin/board", login="atasan")
    expect(page.get_by_role("navigation").get_by_role("link")).to_have_text(["Papan sinkron", "Untuk Anda"])
    rows = page.locator("table.board tbody tr")
    expect(rows).to_have_count(50)
    for row in rows.all():
        expect(row).to_contain_text("Dinas Lingkungan Hidup")
    page.locator("a[id^=device-]").first.click()
    expect(page.get_by_role("heading", name="Mengapa tersendat")).to_be_visible()
    expect(page.get_by_role("button", name="Paksa sinkron ulang")).to_have_count(0)


@pytest.mark.parametrize("size", PHONE_FIRST)
def test_every_admin_page_is_for_everybody(admin: Open, size: str) -> None:
    page = admin("/admin/board?q=stuck", size)
    address = page.url.partition("/admin")[0]
    device = page.locator("a[id^=device-]").first.get_attribute("href")
    held = "/admin/quarantine"
    page.goto(address + held)
    item = page.locator(".cards a").first.get_attribute("href")
    places = [
        "/admin/board",
        device,
        f"{device}/revoke",
        held,
        item,
        "/admin/health",
        "/admin/told",
        "/admin/audit",
        "/admin/nowhere",
    ]
    for place in [*places, "/admin/board?lang=en", "/admin/board?q=nobody", "/admin/quarantine/nothing"]:
        page.goto(f"{address}{place}")
        is_for_everybody(page, place)


@pytest.mark.parametrize("place", ["/admin/board?q=s_", "/admin/health"])
@pytest.mark.parametrize("size", ["phone", "desk"])
def test_a_table_of_the_admins_keeps_to_its_page(admin: Open, place: str, size: str) -> None:
    """Nothing of it is scrolled to sideways, and it does not touch the window's edge; not even where answers were cut
    and uploads stand still."""
    page = admin(place, size)
    [table, heading] = (page.locator(one).bounding_box() for one in ("table.board", "main h1"))
    assert table and heading and table["x"] + table["width"] <= heading["x"] + heading["width"] + 1, (table, heading)
    assert page.locator(".scroll").count() == 0


ALL_IN_SIGHT = """one => {
  const { left, right, top, bottom } = one.getBoundingClientRect();
  const seen = across => document.elementFromPoint(across, (top + bottom) / 2) === one;
  return left > -1 && right < innerWidth + 1 && [left + 2, (left + right) / 2, right - 2].every(seen);
}"""
"""Of a link: nothing of it is beyond an edge, or under another one."""


@pytest.mark.parametrize("language", ["id", "en"])
def test_the_menu_is_one_line_on_a_phone_in_which_one_sees_where_one_is(admin: Open, language: str) -> None:
    page = admin(size="phone")
    page.goto(f"{page.url}?lang={language}")
    menu = page.get_by_role("navigation")
    links = menu.get_by_role("link")
    places = [link.get_attribute("href") or "" for link in links.all()]
    for place in (places[0], places[len(places) // 2], places[-1]):
        page.goto(page.url.partition("/admin")[0] + place)
        size = menu.bounding_box()
        assert size and size["height"] < 64, "one line"
        here = menu.locator("[aria-current=page]")
        expect(here).to_have_attribute("href", place)
        assert here.evaluate(ALL_IN_SIGHT), place
        # By the keyboard, through all of it.
        links.first.focus()
        for link in links.all():
            expect(link).to_be_focused()
            assert link.evaluate(ALL_IN_SIGHT), (place, link.inner_text())
            page.keyboard.press("Tab")


def test_signing_in_is_for_everybody(browser: Browser, city_of_devices: tuple[ServerProcess, Fleet]) -> None:
    page = browser.new_page(viewport=SIZES["phone"])
    page.goto(f"{city_of_devices[0].address}/admin/audit")
    assert axe.violations(page) == []
    page.get_by_label("Nama pengguna").fill("admin")
    page.get_by_label("Kata sandi").fill("bukan ini")
    page.get_by_role("button", name="Masuk").click()
    expect(page.get_by_role("alert")).to_contain_text("tidak cocok")
    expect(page.get_by_label("Nama pengguna")).to_have_value("admin")
    assert axe.violations(page) == []
    page.close()
