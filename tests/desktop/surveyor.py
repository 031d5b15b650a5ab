"""A city that waits for a surveyor, and the first steps of whoever sits down before the real window."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from server.access import invitations
from tests.browser import backstage
from tests.browser.backstage import Backstage
from tests.browser.serving import ServerProcess
from tests.browser.signing import staff_of, wards
from tests.browser.test_officer import waits_for_survey
from tests.desktop.conftest import PIN
from tests.desktop.seat import Seat

GUNUNGPATI = "33.74.12"
STREETS = ("Jalan Pagi 1", "Jalan Siang 2", "Jalan Sore 3")
NAME = "Petugas Survei"
PROGRAM = Path(sys.executable).with_name("tenggat")


class Town:
    """A city with a surveyor who has been invited, and as many cases to survey as there are streets."""

    def __init__(self, folder: Path) -> None:
        backstage.prepare(folder)
        self.server = ServerProcess(folder)
        self.server.start()
        self.behind = Backstage(folder)
        login = staff_of(self.behind, "surveyor", GUNUNGPATI)
        self._area = wards(self.behind, GUNUNGPATI)[0]
        self.cases = [self.waits(street) for street in STREETS]
        inside = self.behind.as_server
        self.link = (
            f"{self.server.address}/#/gabung/{invitations.invite(inside.engine, inside.world.sources, login)[0]}"
        )

    def waits(self, street: str) -> str:
        """One more case to survey; its id."""
        return waits_for_survey(self.behind, self._area, street)

    def close(self) -> None:
        self.behind.close()
        self.server.kill()


@pytest.fixture
def town(tmp_path: Path) -> Iterator[Town]:
    made = Town(tmp_path / "server")
    yield made
    made.close()


@pytest.fixture
def seat(tmp_path: Path) -> Iterator[Seat]:
    made = Seat(tmp_path / "seat")
    yield made
    made.close()


def start(seat: Seat) -> "subprocess.Popen[str]":
    assert PROGRAM.is_file(), "pip install -e . puts the program there"
    return seat.run(str(PROGRAM))


def first_start(seat: Seat, link: str) -> str:
    """The recovery code."""
    seat.sees("Siapkan komputer ini", "PIN baru")
    seat.type("Nama Anda", NAME)
    seat.type("PIN baru$", PIN, "password text")
    seat.type("PIN baru sekali lagi", PIN, "password text")
    seat.type("Alamat server kota", link)
    seat.press("Siapkan")
    shown = seat.sees("Catat kode pemulihan").splitlines()
    code = " ".join(line.removeprefix("list item: ") for line in shown if line.startswith("list item: "))
    seat.press("Saya sudah mencatat kode ini", "check box")
    seat.press("Lanjut")
    seat.sees("semua sudah sampai", "3 berkas berjalan")
    return code


def enter(seat: Seat, pin: str = PIN) -> None:
    seat.type("PIN$", pin, "password text")
    seat.keys("Return")
