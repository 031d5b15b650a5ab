"""A photo that was added is not lost: by a killed tab, a killed browser, or a day of broken connections."""

import json
import os
import re
from pathlib import Path

import pytest
from playwright.sync_api import BrowserType, expect

from tests.browser.attaching import attach, picker
from tests.browser.backstage import Backstage
from tests.browser.permits import answered, papers, send_in
from tests.browser.pictures import chosen, photo
from tests.browser.profile import Profile, crash
from tests.browser.serving import ServerProcess
from tests.browser.waiting import until
from tests.browser.window import Device, expect_js

SHOWN = "document.querySelectorAll('.file img').length > 0 && "
SHOWN += "[...document.querySelectorAll('.file img')].every(one => one.naturalWidth > 0)"


@pytest.mark.parametrize("death", ["tab", "browser"])
def test_a_photo_that_was_just_added_outlives_the_window(
    server: ServerProcess, behind: Backstage, chromium: BrowserType, tmp_path: Path, death: str
) -> None:
    profile = Profile(chromium, tmp_path / "profile", server.address)
    phone = profile.start()
    case = answered(behind, phone)
    phone.offline()
    phone.go(f"/case/{case}/form/file/ktp")
    attach(phone.page, chosen("ktp.jpg", photo(1)))
    # At the very moment that it is shown.
    if death == "tab":
        crash(phone.page)
        phone.page = phone.context.new_page()
    else:
        profile.kill(phone)
        phone = profile.start()
    page = phone.open(f"/case/{case}/form/file/ktp")
    expect(picker(page).get_by_text("ktp.jpg")).to_be_visible()
    expect_js(page, SHOWN)
    phone.context.close()


def test_a_day_of_broken_connections_ends_with_every_photo_at_the_server(
    own_city: tuple[ServerProcess, Backstage], chromium: BrowserType, tmp_path: Path
) -> None:
    server, behind = own_city
    profile = Profile(chromium, tmp_path / "profile", server.address)
    phone = profile.start()
    phone.server_gone()
    cases = [answered(behind, phone, street=f"Jalan Putus {n}", land_proof="letter_c") for n in range(CASES)]
    server.kill()
    taken = 0
    for case in cases:
        codes = [code for code, _ in papers(behind, land_proof="letter_c")]
        for code in codes:
            # A dozen each: what is left over after the other documents are pages of the land proof.
            n = 12 - (len(codes) - 1) if code == "land_proof" else 1
            phone.go(f"/case/{case}/form/file/{code}")
            expect(phone.heading(re.compile("."))).to_be_visible()
            attach(phone.page, *(chosen(f"{code}-{i}.jpg", photo(taken + i, (400, 300))) for i in range(n)))
            taken += n
        send_in(phone, case)
    assert taken == ALL
    line = Line(phone)
    server.start()
    amid(server, ALL * 10 // 100)
    line.is_there(False)
    until(lambda: any(row["trouble"] for row in phone.stored("upload")), "a file that was cut off")
    line.is_there()
    amid(server, ALL * 30 // 100)
    crash(phone.page)
    phone.page = phone.context.new_page()
    Line(phone)
    phone.open()
    amid(server, ALL * 50 // 100)
    server.kill()
    server.start()
    amid(server, ALL * 70 // 100)
    profile.kill(phone)
    phone = profile.start()
    phone.server_gone()
    phone.open()
    phone.synced()
    until(lambda: arrived(server) == ALL, "every photo at the server", LONG)
    phone.synced()
    until(lambda: phone.stored("upload") == [], "the device knowing of it")
    phone.go(f"/case/{cases[-1]}")
    expect(phone.page.get_by_text("Semua 12 file sudah sampai di server.")).to_be_visible()
    phone.context.close()


CASES = 5 if os.environ.get("TENGGAT_SOAK") else 1
ALL = 12 * CASES
"""Photos; sixty of them in `make soak`."""
LONG = 90
"""Seconds for a dozen photos on a slow network, with the waits after what went wrong."""


class Line:
    """A window's network, on which all of them take far longer than each of them."""

    def __init__(self, phone: Device) -> None:
        # One session for all that is asked: what another one asks of the same window does not count.
        self.session = phone.context.new_cdp_session(phone.page)
        self.is_there()

    def is_there(self, there: bool = True) -> None:
        conditions = {"offline": not there, "latency": 30, "downloadThroughput": 200_000, "uploadThroughput": 90_000}
        self.session.send("Network.emulateNetworkConditions", conditions)


def amid(server: ServerProcess, n: int) -> None:
    """Wait until so many photos are at the server, and be sure that there are more to come."""
    until(lambda: arrived(server) >= n, f"{n} photos at the server", LONG)
    found = arrived(server)
    assert found < ALL, "whatever breaks now would break nothing"


def arrived(server: ServerProcess) -> int:
    lines = [json.loads(line) for (line,) in server.rows("SELECT coalesce(own_line, line) FROM case_record")]
    return sum(one.get("arrived") is not None for line in lines for one in line.get("attachments", ()))
