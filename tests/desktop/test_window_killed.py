"""The real window is killed at random moments while somebody types into it: on a screen in memory, with a keyboard,
read as by a screen reader. After each death every page of the store is sound, the PIN opens it, and whatever stood on
the screen while the screen said that it is stored is there."""

import os
import random
import signal
import subprocess
import sys
import threading
import time

import pytest

from tests.desktop.conftest import PIN
from tests.desktop.seat import PATIENCE, Seat, until
from tests.desktop.surveyor import NAME, STREETS, Town, enter, first_start, seat, start, town
from tests.desktop.test_killed import chance

__all__ = ["chance", "seat", "town"]

DEATHS = 12 if os.environ.get("TENGGAT_SOAK") else 2
LONGEST = 3.0
"""Seconds."""
NOTES = "Catatan untuk perencana"
STORED = "Isian setengah jadi tersimpan di perangkat ini."


def goes_to_the_notes(seat: Seat) -> None:
    seat.press("Tugas", "link")
    seat.press(f"Rumah tinggal – {STREETS[0]}", "link")
    seat.press("Kirim hasil survei", "link")
    seat.sees(NOTES)


def typed(seat: Seat) -> str | None:
    return seat.ask("read", "entry", NOTES, 0)


def types_until_death(
    seat: Seat, program: "subprocess.Popen[str]", words: list[str], seconds: float, *, early: bool
) -> str:
    """The last that stood in the notes when the screen, looked at after that, said that it is stored. `seconds`: until
    death, from the first letter (`early`), or from when the screen first said so."""
    until(lambda: seat.ask("focus", "entry", NOTES, 0), NOTES)
    seat.keys("ctrl+End")
    stored = typed(seat) or ""
    death = threading.Timer(seconds, os.killpg, (program.pid, signal.SIGKILL))
    hands = threading.Thread(target=_types, args=(seat, program, words))
    if early:
        death.start()
    hands.start()
    while program.poll() is None:
        now = typed(seat)
        # Read first, then asked whether it is stored: of what came in between that is true too.
        if now is not None and STORED in seat.shown():
            if now != stored and death.ident is None:
                death.start()
            stored = now
    hands.join()
    assert program.wait(PATIENCE) == -signal.SIGKILL
    return stored


def _types(seat: Seat, program: "subprocess.Popen[str]", words: list[str]) -> None:
    """As people do: a word, and a moment to think of the next."""
    for word in words:
        if program.poll() is None:
            seat.hand("type", "--delay", "20", "--", word)
            time.sleep(0.2)


def is_sound(seat: Seat) -> None:
    asked = [sys.executable, "-m", "tests.desktop.sound", PIN, str(seat.folder / "scratch")]
    done = subprocess.run(asked, env=seat.environment, capture_output=True, text=True, check=False, timeout=PATIENCE)
    assert done.returncode == 0 and done.stdout, done.stderr


@pytest.mark.long
def test_the_window_is_killed_while_somebody_types(seat: Seat, town: Town, chance: random.Random) -> None:
    program = start(seat)
    first_start(seat, town.link)
    town.server.kill()
    goes_to_the_notes(seat)
    before, said = "", 0
    for death in range(DEATHS):
        words = [f"{death}.{chance.randrange(1000):03}-" for _ in range(20)]
        early = death > 0 and chance.random() < 0.3
        stored = types_until_death(seat, program, words, chance.uniform(0, LONGEST), early=early)
        is_sound(seat)
        program = start(seat)
        seat.sees(f"Masuk sebagai {NAME}")
        enter(seat)
        goes_to_the_notes(seat)
        found = typed(seat) or ""
        assert found.startswith(stored), f"after death {death + 1}: {stored!r} was stored, and there is {found!r}"
        assert (before + "".join(words)).startswith(found), "and nothing that nobody typed"
        said += stored != before
        before = found
    print(f"{DEATHS} deaths; {said} of them after the screen said that something new is stored; {len(before)} letters")
    assert said, "something was typed and stored between two deaths"
