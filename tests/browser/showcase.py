"""A city with something on every screen: cases in all states, a citizen amid things, an officer's full list."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, expect

from server.access.staff import add_staff
from server.admin import sessions
from server.cli.demo import PASSWORD
from tests.api.device import Device as Wire
from tests.api.device import new_id
from tests.api.filing import fields
from tests.browser import troubled
from tests.browser.attaching import attach
from tests.browser.backstage import Backstage, prepare
from tests.browser.filling import COMPLAINT, begin, fill_in
from tests.browser.pictures import chosen, pdf, photo
from tests.browser.serving import ServerProcess
from tests.browser.window import IN_THE_HAND, Device, new_device

OFFICER = "serbabisa"
EVERY_ROLE = ("front_desk", "surveyor", "planner", "complaint_officer", "supervisor")
CATEGORIES = ("road", "light", "drainage", "waste", "parking", "water", "tree", "other")
TITLES = (
    "Jalan berlubang di depan sekolah",
    "Lampu jalan mati di depan pasar",
    "Saluran mampet, air naik ke jalan setiap hujan deras sore hari",
    "Sampah menumpuk dua minggu",
    "Parkir liar di trotoar",
    "Air mati sejak pagi",
    "Pohon miring di tepi jalan",
    "Papan nama jalan hilang",
)


@dataclass
class Showcase:
    """The devices on which screens are shown, and the cases on them by what they are there for."""

    server: ServerProcess
    behind: Backstage
    browser: Browser
    cases: dict[str, str] = field(default_factory=dict)
    devices: dict[str, Device] = field(default_factory=dict)
    servers: list[ServerProcess] = field(default_factory=list)
    """More of them on the same data, for devices that need another app."""

    def device(self, name: str) -> Device:
        """Made when it is first asked for, and kept as it is then."""
        if name not in self.devices:
            made = new_device(self.browser, self.server.address, **_OPTIONS.get(name, {}))
            try:
                _MAKERS[name](self, made)
            except BaseException:
                # One that is only half made would be blamed for each of its screens.
                made.context.close()
                raise
            self.devices[name] = made
        return self.devices[name]

    def close(self) -> None:
        for device in self.devices.values():
            device.context.close()
        for server in self.servers:
            server.kill()


def fill_the_city(behind: Backstage) -> dict[str, str]:
    """Cases of the last two weeks, in all stages and places; those that screens ask for, by name."""
    server = behind.as_server
    scopes = [f"office:{office.code}" for office in server.city.offices]
    add_staff(
        server.engine, server.city, server.world.sources, login=OFFICER, password=PASSWORD,
        name="Petugas Serba Bisa", roles=EVERY_ROLE, scopes=scopes,
    )  # fmt: skip
    citizen = behind.citizen()
    areas = [area.code for area in server.city.areas if area.kind == "kelurahan"]
    for place in range(22):
        with behind.ago(days=14 - place * 0.65):
            given: dict[str, Any] = {
                "category": CATEGORIES[place % 8],
                "title": TITLES[place % 8],
                "area": areas[place * 11 % len(areas)],
                "where": "words",
            }
            case = behind.file(citizen, **given)
            if place % 3:
                behind.act("aduan", case, "dispatch")
            if place % 6 == 5:
                done = {"done": "Sudah diperbaiki oleh regu lapangan.", "done_on": "2026-11-20"}
                behind.act("aduan", case, "resolve", form=done)
    found = {}
    for place, days in enumerate((9, 6, 4, 3, 2, 1, 0.5, 0.1)):
        with behind.ago(days=days):
            there: dict[str, Any] = {"area": areas[place * 13 % len(areas)], "street": f"Jalan Contoh {place + 1}"}
            # The last one's photos are still on their way.
            case = behind.file(citizen, "krk", arrive=days > 0.1, **there)
            if place % 2 == 0:
                behind.act("loket", case, "accept")
            found["survey" if place % 2 == 0 else "completeness"] = case
    return found


def _citizen(show: Showcase, device: Device) -> None:
    """Somebody in the middle of things: a draft, and cases that want something of them."""
    troubled.with_tiles(device)
    page = device.open()
    device.installed()
    begin(page)
    show.cases["draft"] = page.url.split("/case/")[1].split("/")[0]
    fill_in(page, COMPLAINT, until="Ceritakan")
    device.synced()
    behind = show.behind
    mine = behind.citizen(device.token())
    with behind.ago(days=3):
        show.cases["received"] = case = behind.file(mine, title="Lampu jalan mati di depan pasar")
        behind.act("aduan", case, "dispatch", note="Diteruskan kepada yang berwenang.")
        show.cases["correction"] = case = behind.file(mine, "krk", street="Jalan Pemuda 10")
        items = [
            {"field": "nik", "reason": "Angka terakhir tidak terbaca."},
            {"field": "street", "reason": "Nomor rumah belum ada."},
            {"document": "ktp", "reason": "Foto kartu terpotong."},
        ]
        behind.act("loket", case, "request_correction", items=items, note="Mohon dilengkapi sekaligus.")
        show.cases["resolved"] = case = behind.file(mine, title="Saluran mampet di gang buntu")
        behind.act("aduan", case, "dispatch")
        done = {"done": "Saluran dibersihkan regu lapangan, air mengalir lagi.", "done_on": "2026-11-20"}
        behind.act("aduan", case, "resolve", form=done)
        show.cases["unclear"] = case = behind.file(mine, title="Bau menyengat pada malam hari")
        behind.act("aduan", case, "ask", form={"question": "Sejak kapan, dan dari arah mana?"})
    show.cases["conflict"] = _two_values(behind, mine)
    show.cases["late"] = case = behind.file(mine, title="Parkir liar di trotoar")
    device.open()
    device.synced()
    _too_late(show, device, case)


def _two_values(behind: Backstage, device: Wire) -> str:
    """A draft with a question that two devices answered differently."""
    case = new_id()
    first = {"service": "krk", "set": {"street": "Jalan Pandanaran 5", "name": "Warga Satu"}, "was": {}}
    behind.send(device, "case.edit", case, first)
    other = {"set": {"street": "Jalan Pandanaran 5B, belakang apotek"}, "was": {"street": "Jalan Pandanaran"}}
    behind.send(device, "case.edit", case, other, status="merged")
    return case


def _too_late(show: Showcase, device: Device, case: str) -> None:
    """Something done offline that the server has to refuse."""
    page = device.page
    device.offline()
    device.go(f"/case/{case}/act/withdraw")
    page.get_by_role("textbox", name="Catatan").fill("Sudah tidak perlu lagi.")
    page.get_by_role("button", name="Cabut laporan").click()
    page.get_by_role("button", name="Ya: Cabut laporan").click()
    expect(page.get_by_text("“Cabut laporan” tersimpan di perangkat ini")).to_be_visible()
    behind = show.behind
    behind.act("aduan", case, "point_elsewhere", form={"responsible": "Pemerintah provinsi", "contact": "Balai jalan"})
    device.offline(False)
    device.synced()


def _offline(show: Showcase, device: Device) -> None:
    """A guest whose complaint waits for a network, and will for as long as anybody looks."""
    page = device.open()
    device.installed()
    device.offline()
    begin(page)
    fill_in(page, COMPLAINT)
    page.get_by_role("button", name="Kirim", exact=True).click()
    expect(page.get_by_role("heading", name="Apa selanjutnya")).to_be_visible()
    show.cases["waiting"] = page.url.split("/case/")[1]


def _applicant(show: Showcase, device: Device) -> None:
    """Somebody with a permit's questions answered, who is about to photograph the documents."""
    page = device.open()
    device.installed()
    begin(page)
    device.synced()
    mine = show.behind.citizen(device.token())
    answers = fields(
        show.behind.as_server, "krk", street="Jalan Pemuda 12", applicant_kind="entity", land_proof="letter_c"
    )
    show.cases["papers"] = case = new_id()
    show.behind.send(mine, "case.edit", case, {"service": "krk", "set": answers, "was": {}})
    device.synced()
    device.offline()
    device.go(f"/case/{case}/form/file/ktp")
    attach(page, chosen("KTP depan.jpg", photo(3, (1200, 800), "KTP")))
    device.go(f"/case/{case}/form/file/land_proof")
    scans = [chosen(f"IMG_2026112{place}_0815{place}.jpg", photo(place + 5)) for place in range(2)]
    attach(page, *scans)
    device.go(f"/case/{case}/form/file/deed")
    attach(page, chosen("Akta pendirian perseroan terbatas dan perubahannya.pdf", pdf(), "application/pdf"))


def _enclosed(show: Showcase, device: Device) -> None:
    """An application that was sent in with its photos where no network is."""
    page = device.open()
    device.installed()
    begin(page)
    device.synced()
    mine = show.behind.citizen(device.token())
    show.cases["enclosed"] = case = new_id()
    answers = fields(show.behind.as_server, "krk", street="Jalan Gajah Mada 3")
    show.behind.send(mine, "case.edit", case, {"service": "krk", "set": answers, "was": {}})
    device.synced()
    device.offline()
    device.go(f"/case/{case}/form")
    page.get_by_role("link", name="Lanjutkan mengisi").click()
    fill_in(page, {})
    page.get_by_role("button", name="Kirim", exact=True).click()
    expect(page.get_by_role("heading", name="Foto dan dokumen")).to_be_visible()


def _beginner(show: Showcase, device: Device) -> None:
    """Somebody who begins where no network is: nobody else has their drafts."""
    device.open()
    device.installed()
    device.offline()


def _officer(show: Showcase, device: Device) -> None:
    """Whose laptop has been away for three days, with work on it, and who is signed in on the admin pages."""
    with show.behind.ago(days=3):
        show.behind.officer(OFFICER).exchange(app="tenggat 0.1.0", health={"waiting": 2, "files": 1})
    server = show.behind.as_server
    [row] = server.rows("SELECT id FROM person WHERE login = :login", login=OFFICER)
    sessions.begin(server.engine, server.world.sources, row.id)
    page = device.open("/me")
    device.installed()
    page.get_by_role("button", name="Masuk", exact=True).click()
    page.get_by_label("Nama masuk").fill(OFFICER)
    page.get_by_label("Kata sandi", exact=True).fill(PASSWORD)
    page.get_by_role("main").get_by_role("button", name="Masuk", exact=True).last.click()
    expect(device.heading("Tugas")).to_be_visible()
    expect(page.get_by_role("heading", name="Lewat batas waktu")).to_be_visible()


def _nobody(show: Showcase, device: Device) -> None:
    device.open()
    device.installed()


def _plain(show: Showcase, device: Device) -> None:
    """A browser that never had the app, and looks at the pages that the server draws."""
    behind = show.behind
    with behind.ago(days=3):
        case = behind.file(behind.citizen(), title="Lampu jalan mati di depan pasar")
        behind.act("aduan", case, "dispatch")
    show.cases["number"] = behind.number(case)
    [row] = behind.as_server.rows("SELECT line FROM case_record WHERE id = :id", id=case)
    show.cases["code"] = json.loads(row.line)["code"]


_OPTIONS: dict[str, dict[str, Any]] = {"applicant": IN_THE_HAND, "enclosed": IN_THE_HAND}

_MAKERS = {
    "citizen": _citizen,
    "offline": _offline,
    "applicant": _applicant,
    "enclosed": _enclosed,
    "beginner": _beginner,
    "officer": _officer,
    "nobody": _nobody,
    "plain": _plain,
    "lost": troubled.lost,
    "wiped": troubled.wiped,
    "updated": troubled.updated,
    "english": troubled.english,
    "early": troubled.early,
}


@contextmanager
def showcase_in(folder: Path, browser: Browser) -> Iterator[Showcase]:
    """A showcase with a server of its own, whose data lie in this folder."""
    prepare(folder)
    server, behind = ServerProcess(folder), Backstage(folder)
    server.start()
    try:
        showcase = Showcase(server, behind, browser, fill_the_city(behind))
        yield showcase
        showcase.close()
    finally:
        behind.close()
        server.kill()
