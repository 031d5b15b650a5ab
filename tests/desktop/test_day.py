"""A surveyor's day in the real window: the program that is installed, on a screen in memory, pressed and typed into as
by a person who reads the screen with a screen reader; nothing of a test is in its process.

From the first start with a link to everything at the server; and what can be read on the disk meanwhile: nothing.
"""

import hashlib
import json
import os
import shutil
import signal
import subprocess
from pathlib import Path

from client.desktop.notices import GOES_ON
from client.desktop.notices import arrived as new_cases
from schemas.text import Text
from tests.desktop.seat import PATIENCE, Seat, until
from tests.desktop.surveyor import NAME, PROGRAM, STREETS, Town, enter, first_start, seat, start, town
from tests.pictures import JPEG_HEAD, write_jpeg

__all__ = ["seat", "town"]

PHOTOS = (2, 1, 0)
"""Of each survey."""
REMARK = "Pagar terkunci di belakang rumah"
WAITING = "belum terkirim sejak"


def choose(seat: Seat, path: Path) -> None:
    """In the system's own dialog."""
    seat.press("Pilih dari perangkat")
    seat.sees("Select Files")
    seat.keys("slash")
    seat.sees("text: /")
    seat.type("/", str(path), "text")
    seat.sees(f"text: {path}")
    seat.keys("Return")
    seat.sees(f"Hapus {path.name}")


def begin_survey(seat: Seat, street: str) -> None:
    seat.press("Tugas", "link")
    seat.press(f"Rumah tinggal – {street}", "link")
    seat.press("Kirim hasil survei", "link")
    seat.press("Pilih di peta")
    seat.press("Pakai titik ini")
    seat.type("Lebar jalan terukur", "6,5")
    seat.press("Tanah kosong", "radio button")
    seat.press("Ya$", "radio button")
    seat.type("Catatan untuk perencana", f"{REMARK}, {street}")


def send_survey(seat: Seat) -> None:
    seat.press("Kirim hasil survei")
    seat.sees("Menunggu kepastian server")


def show_again(seat: Seat) -> None:
    second = start(seat)
    assert second.wait(PATIENCE) == 0, "the second one shows the first, and ends"
    until(lambda: len(seat.windows()) == 1, "one window")


def notified(seat: Seat, *sentences: Text) -> None:
    """The computer was told to show these and no others, in this order, since the seat was taken."""
    until(lambda: len(seat.notified()) >= len(sentences), f"{sentences[-1].id} among the notifications")
    assert seat.notified() == [["Tenggat", "Tenggat", sentence.id] for sentence in sentences]


def tells_of_new_work(seat: Seat, town: Town) -> None:
    """Of what came while the window was closed, or small; and of what came while somebody looks at it, nothing."""
    town.waits("Jalan Malam 1")
    seat.press("Sinkron sekarang")
    seat.press("Tugas", "link")
    seat.sees("Jalan Malam 1")
    said = [GOES_ON]
    for leave, streets, told in (
        (seat.close_window, ["Jalan Malam 2"], [GOES_ON, new_cases(1)]),
        (seat.minimize_window, ["Jalan Malam 3", "Jalan Malam 4"], [new_cases(2)]),
    ):
        seat.press("Sinkron", "link")
        with town.server.halted():
            # Not before: what a timer brings while somebody looks at it is told of nowhere.
            for street in streets:
                town.waits(street)
            seat.press("Sinkron sekarang")
            leave()
        said += told
        notified(seat, *said)
        show_again(seat)


def quit_(seat: Seat, program: "subprocess.Popen[str]") -> None:
    seat.press("Keluar dari Tenggat")
    seat.press("Ya, keluar")
    assert program.wait(PATIENCE) == 0


def readable(seat: Seat, town: Town, photos: list[Path], *more: str) -> list[tuple[str, str]]:
    """Where on the disk one of the words of this day can be read: what was typed, the citizen's own, a PIN's wrapping,
    the bytes of photos."""
    words = {word: word.encode() for word in (REMARK, *STREETS, "Jalan Contoh", town.cases[0], *more)}
    words |= {photo.name: photo.read_bytes()[-400:-360] for photo in photos}
    words |= {"a database": b"SQLite format 3", "a photo": JPEG_HEAD}
    [(login,)] = town.server.rows("SELECT login FROM person WHERE name = ?", "Petugas Wilayah")
    words["login"] = str(login).encode()
    found = []
    for path in seat.files():
        try:
            content = path.read_bytes()
        except OSError:
            continue
        if path.name == "recently-used.xbel":
            # GTK's own, of the files that were chosen in its dialog: where they lie, and nothing of what is in them.
            continue
        found += [(str(path), word) for word, spelt in words.items() if spelt in content or _wide(spelt) in content]
    return found


def _wide(spelt: bytes) -> bytes:
    """As WebKit keeps texts with other letters than ASCII's."""
    return spelt.decode("latin-1").encode("utf-16-le")


def open_deleted(seat: Seat) -> list[str]:
    """Files without a name that programs hold open on the disk: nobody would find them by looking through folders."""
    found = []
    for pid in seat.processes():
        for place in Path(f"/proc/{pid}/fd").glob("*"):
            try:
                target = str(place.readlink())
                if target.endswith(" (deleted)") and target.startswith(str(seat.folder)) and place.stat().st_size:
                    found.append(f"{target}: {place.read_bytes()[:16]!r}")
            except OSError:
                continue
    return found


def test_a_surveyors_day(seat: Seat, town: Town, tmp_path: Path) -> None:
    pictures = tmp_path / "camera"
    pictures.mkdir()
    photos = [
        [write_jpeg(pictures / f"{place}-{n}.jpg", f"{place} {n}", (800, 600), noise=True) for n in range(number)]
        for place, number in enumerate(PHOTOS)
    ]
    flat = [photo for of_one in photos for photo in of_one]
    program = start(seat)
    code = first_start(seat, town.link)
    town.server.kill()

    # The first survey, shut half-way: the window comes back as it was, and the program never ended.
    begin_survey(seat, STREETS[0])
    choose(seat, photos[0][0])
    seat.close_window()
    assert program.poll() is None
    notified(seat, GOES_ON)
    show_again(seat)
    seat.sees("Kirim hasil survei", f"Hapus {photos[0][0].name}")
    assert seat.ask("read", "entry", "Lebar jalan terukur", 0) == "6,5"
    choose(seat, photos[0][1])
    send_survey(seat)
    seat.sees(WAITING)
    assert readable(seat, town, flat, code) == []
    control = seat.folder / "cache" / "control"
    control.write_bytes(b"x" + flat[0].read_bytes() + _wide(REMARK.encode()))
    assert {word for _, word in readable(seat, town, flat)} == {flat[0].name, "a photo", REMARK}, "it would be found"
    control.unlink()

    # Locked, with a try that is not the PIN.
    seat.press("Kunci sekarang")
    seat.sees(f"Terkunci: {NAME}")
    # A screen is read bit by bit: the first look may have begun on the one before.
    until(lambda: not any(street in seat.shown() for street in STREETS), "a screen without anybody's streets")
    enter(seat, "735912")
    seat.sees("PIN tidak cocok.")
    enter(seat)
    seat.sees("Tugas saya")

    # The second is half typed when the program is killed; the PIN opens it again, by the keyring's half of the key.
    begin_survey(seat, STREETS[1])
    seat.sees("Isian setengah jadi tersimpan di perangkat ini.")
    os.killpg(program.pid, signal.SIGKILL)
    program.wait(PATIENCE)
    assert readable(seat, town, flat, code) == [] == open_deleted(seat)
    program = start(seat)
    seat.sees(f"Masuk sebagai {NAME}")
    enter(seat)
    seat.sees(WAITING)
    seat.press("Tugas", "link")
    seat.press(f"Rumah tinggal – {STREETS[1]}", "link")
    seat.press("Kirim hasil survei", "link")
    seat.sees("Melanjutkan isian yang tersimpan.")
    assert seat.ask("read", "entry", "Lebar jalan terukur", 0) == "6,5"
    for photo in photos[1]:
        choose(seat, photo)
    send_survey(seat)
    begin_survey(seat, STREETS[2])
    send_survey(seat)

    # Quit in the evening, begun on the next morning, and the network is there.
    seat.press("Saya", "link")
    quit_(seat, program)
    assert readable(seat, town, flat, code) == []
    program = start(seat)
    enter(seat)
    # Three commands, and the files that go after them.
    seat.sees(f"{len(STREETS) + len(flat)} {WAITING}")
    town.server.start()
    seat.press("Sinkron", "link")
    seat.press("Sinkron sekarang")
    seat.sees("semua sudah sampai")
    arrived(town, flat)
    tells_of_new_work(seat, town)
    seat.press("Saya", "link")
    seat.press("Kunci sekarang")
    quit_(seat, program)
    assert readable(seat, town, flat, code) == []


def arrived(town: Town, photos: list[Path]) -> None:
    """At the server's database and its folder of files."""
    assert [town.behind.stage(case) for case in town.cases] == ["analysis"] * len(STREETS)
    attached = []
    for case, street, number in zip(town.cases, STREETS, PHOTOS, strict=True):
        [(line,)] = town.server.rows("SELECT line FROM case_record WHERE id = ?", case)
        survey = json.loads(line)["forms"]["report_survey"]
        assert survey["road_width"] == 6.5 and survey["notes"] == f"{REMARK}, {street}"
        mine = [one for one in json.loads(line)["attachments"] if one["document"] == "survey_photos"]
        assert len(mine) == number and all(one["arrived"] for one in mine)
        attached += [one["sha256"] for one in mine]
    assert len(set(attached)) == len(photos)
    for sha256 in attached:
        blob = town.server.data / "files" / "blobs" / sha256[:2] / sha256
        assert hashlib.sha256(blob.read_bytes()).hexdigest() == sha256
    assert {status for _, _, status in town.server.commands()} == {"applied"}
    payloads = town.server.rows("SELECT payload FROM command WHERE kind = 'case.act'")
    surveys = [payload for (payload,) in payloads if b'"report_survey"' in payload]
    assert len(surveys) == len(STREETS), "each of them once"


def test_the_installed_program_is_the_one_that_is_tested() -> None:
    assert shutil.which("tenggat", path=str(PROGRAM.parent)) == str(PROGRAM)
    text = PROGRAM.read_text()
    assert "client.start" in text and "main" in text
