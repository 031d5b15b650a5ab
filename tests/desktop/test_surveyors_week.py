"""A surveyor's week without a network, through the real program without its window: each day begun anew, one of them
by a program that was killed, the clock a day further each time. Surveys with photos are typed, left half-way over the
night and sent in on the next day; a draft of one's own grows from day to day. Nobody asks for it, and once the city is
there again all of it is there, once.

`make soak` takes the week as issue 5 has it: 5,000 cases, 2,000 photos, seven days. Every time it is two days."""

import hashlib
import json
import os
import statistics
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from server.access import invitations, throttle
from server.access.staff import add_staff
from tests.browser import backstage
from tests.browser.backstage import Backstage
from tests.browser.signing import new_login, wards
from tests.browser.test_officer import waits_for_survey
from tests.desktop.conftest import PASSWORD, PIN
from tests.desktop.headless import PROFILE, Headless
from tests.desktop.test_week import Clock, Town, refusal
from tests.pictures import write_jpeg

SOAK = bool(os.environ.get("TENGGAT_SOAK"))
DAYS = 7 if SOAK else 2
SURVEYS = 29 if SOAK else 2
"""Each day."""
PHOTOS = 10 if SOAK else 2
"""Of each survey; the most that one may have."""
CASES = 5_000 if SOAK else 30
"""On the device, with those that are surveyed."""
GUNUNGPATI = "33.74.12"
DAY = 86_400
PATIENCE = 900.0 if SOAK else 90.0
STILL = 15.0 if SOAK else 3.0
OWN = "11111111-2222-4333-8444-555555555555"


@dataclass
class Survey:
    """What was acknowledged of it."""

    case: str
    street: str
    form: dict[str, Any]
    attach: list[dict[str, Any]] = field(default_factory=list)

    @property
    def typed(self) -> dict[str, Any]:
        return {"action": "report_survey", "form": self.form, "attach": self.attach}


class Week:
    """The city before the network went, and the surveyor."""

    def __init__(self, folder: Path) -> None:
        backstage.prepare(folder / "server")
        self.folder = folder
        self.behind = Backstage(folder / "server")
        self.city = Town(self.behind.as_server, folder)
        self.clock = Clock(folder)
        self.area = wards(self.behind, GUNUNGPATI)[0]
        self.streets = [f"Jalan Hari {day} nomor {n}" for day in range(DAYS) for n in range(SURVEYS)]
        self.surveys = [self._survey(place, street) for place, street in enumerate(self.streets)]
        self._others(CASES - len(self.surveys))
        self.photos: dict[str, str] = {}
        """The hash of each attachment."""
        self.took: dict[str, list[float]] = {}

    def _survey(self, place: int, street: str) -> Survey:
        form = {"point": {"lat": -7.05, "lon": 110.37}, "road_width": 3 + place / 2, "existing_use": "empty",
                "matches": "yes", "notes": f"dicatat di {street}"}  # fmt: skip
        return Survey(waits_for_survey(self.behind, self.area, street), street, form)

    def _others(self, number: int) -> None:
        """Cases of the same ward that others work on."""
        guest, inside = self.behind.citizen(), self.behind.as_server
        values = backstage.fields(inside, "lapor", area=self.area, where="words")
        data = {"service": "lapor", "action": "submit", "set": values}
        for begin in range(0, number, 500):
            many = range(begin, min(begin + 500, number))
            answer = guest.exchange(*(guest.command("case.act", str(uuid4()), data) for _ in many))
            assert {result["status"] for result in answer.results} == {"applied"}

    @contextmanager
    def program(self, *, killed: bool = False) -> Iterator[Headless]:
        """From its start in the morning to its end; `killed`: which nobody asked for."""
        with Headless(self.folder / "laptop" / "home", "tests.desktop.set_clock", **self.clock.environment) as begun:
            yield begun
            if killed:
                begun.kill()

    def joins(self) -> None:
        """Somebody who sits at the counter too, and so may file a draft of their own."""
        inside, login = self.behind.as_server, new_login("petugas")
        scopes = [f"office:{office.code}/{GUNUNGPATI}" for office in inside.city.offices]
        add_staff(
            inside.engine, inside.city, inside.world.sources, login=login, password=PASSWORD, name="Petugas Wilayah",
            roles=["surveyor", "front_desk"], scopes=scopes,
        )  # fmt: skip
        code = invitations.invite(inside.engine, inside.world.sources, login)[0]
        with self.program() as program, self.city.there():
            program.enter()
            link = f"https://127.0.0.1:{self.city.port}/#/gabung/{code}/{self.city.certificate.fingerprint}"
            program.gate("make", title=PROFILE, secret=PIN, link=link)
            program.desk("sync")
            assert len(program.desk("list")) == CASES

    def timed(self, program: Headless, method: str, *given: Any) -> Any:
        begun = time.perf_counter()
        answer = program.desk(method, *given)
        self.took.setdefault(method, []).append(time.perf_counter() - begun)
        return answer

    def photograph(self, program: Headless, survey: Survey) -> None:
        path = write_jpeg(self.folder / "camera.jpg", f"{survey.street} {len(survey.attach)}", (160, 120), noise=True)
        kept = program.keep(path.read_bytes(), f"{len(survey.attach)}.jpg")
        claims = {name: value for name, value in kept.items() if value is not None}
        survey.attach.append({"id": str(uuid4()), "document": "survey_photos"} | claims)
        self.photos[survey.attach[-1]["id"]] = kept["sha256"]
        self.timed(program, "keep_typing", survey.case, "report_survey", survey.typed)

    def sends(self, program: Headless, survey: Survey) -> None:
        assert program.desk("typing", survey.case, "report_survey") == survey.typed
        while len(survey.attach) < PHOTOS:
            self.photograph(program, survey)
        self.timed(program, "act", survey.case, survey.typed)
        program.desk("keep_typing", survey.case, "report_survey", None)

    def arrives(self, program: Headless) -> None:
        """All of it, by itself. Where nothing moves, a quarter of an hour goes by, here and at the city: a computer
        that slept so long looks at once, and nobody may begin more than so many uploads in one."""
        end, late, last, moved = time.monotonic() + PATIENCE, 0, None, 0.0
        while (now := _waiting(program)) != (0, 0):
            assert time.monotonic() < end, f"waited in vain for {now} to be received"
            if now != last:
                last, moved = now, time.monotonic()
            elif time.monotonic() > moved + STILL:
                late, moved = late + throttle.WINDOW, time.monotonic()
                self.clock.set(DAYS * DAY + late)
                self.behind.clock.back = timedelta(seconds=-late)
            time.sleep(0.2)

    def looks_through(self, program: Headless, sent: list[Survey]) -> None:
        """The list: all of it, found by a street, narrowed to a stage, and what of it is done but for the server."""
        rows = self.timed(program, "list")
        assert len(rows) == CASES + 1, "with the draft of one's own"
        titles = [(row["title"], row["id"]) for row in rows]
        for survey in self.surveys:
            assert [id_ for title, id_ in titles if title.endswith(f" {survey.street}")] == [survey.case]
        # The screen lays what waits here over the rows (client/web/src/ui/work/rows.ts).
        done = {entry["case"] for entry in self.timed(program, "outbox", "queued", "sent")}
        assert {row["id"] for row in rows if row["stage"] == "survey"} == {survey.case for survey in self.surveys}
        assert done == {OWN, *(survey.case for survey in sent)}
        for survey in sent:
            shown = self.timed(program, "files", survey.case)
            assert {one["attachment"] for one in shown} >= {one["id"] for one in survey.attach}
            assert all(one["here"] for one in shown if one["attachment"] in self.photos)


@pytest.fixture
def week(tmp_path: Path) -> Iterator[Week]:
    made = Week(tmp_path)
    yield made
    made.behind.close()


def test_a_surveyors_week(week: Week) -> None:
    week.joins()
    sent: list[Survey] = []
    night: Survey | None = None
    text = "Dicatat sepanjang pekan:"
    for day in range(DAYS):
        week.clock.set((day + 1) * DAY)
        with week.program(killed=day % 2 == 0) as program:
            program.opens()
            assert day == 0 or _text(program) == text
            assert refusal(program) == "unreachable"
            text += f" hari {day}"
            program.desk("edit", OWN, {"title": "Jembatan", "text": text}, *(["lapor"] if day == 0 else []))
            week.looks_through(program, sent)
            if night is not None:
                week.sends(program, night)
                sent.append(night)
            mine = week.surveys[day * SURVEYS : (day + 1) * SURVEYS]
            for survey in mine:
                week.timed(program, "keep_typing", survey.case, "report_survey", survey.typed)
                week.photograph(program, survey)
            # The last one is left for the next morning; on the last day, until the city is there again.
            night = mine[-1]
            for survey in mine[:-1]:
                week.sends(program, survey)
                sent.append(survey)
            assert _waiting(program) == (len(sent) + 1, sum(len(survey.attach) for survey in sent))
            if day == DAYS - 1:
                week.looks_through(program, sent)
                with week.city.there():
                    week.sends(program, night)
                    week.arrives(program)
                assert program.desk("outbox", "refused") == []
    print({name: f"{statistics.median(seconds):.4f} s" for name, seconds in week.took.items()})
    _arrived(week, text)


def _text(program: Headless) -> str:
    """Of the draft, as it was left."""
    return str(program.desk("case", OWN)["entries"][-1]["data"]["set"]["text"])


def _waiting(program: Headless) -> tuple[int, int]:
    """Commands, and files."""
    status = program.desk("status")
    return status["waiting"], status["files"]["waiting"]


def _arrived(week: Week, text: str) -> None:
    """At the server, word for word and byte for byte, and each command once."""
    inside = week.behind.as_server
    for survey in week.surveys:
        assert week.behind.stage(survey.case) == "analysis"
        [row] = inside.rows("SELECT line FROM case_record WHERE id = :id", id=survey.case)
        assert json.loads(row.line)["forms"]["report_survey"] == survey.form
        here = {one["id"]: one for one in json.loads(row.line)["attachments"] if one["document"] == "survey_photos"}
        assert {id_: one["sha256"] for id_, one in here.items()} == {o["id"]: o["sha256"] for o in survey.attach}
        assert all(one["arrived"] for one in here.values())
    for sha256 in week.photos.values():
        content = (week.folder / "server" / "files" / "blobs" / sha256[:2] / sha256).read_bytes()
        assert hashlib.sha256(content).hexdigest() == sha256
    [row] = inside.rows("SELECT state FROM case_record WHERE id = :id", id=OWN)
    assert json.loads(row.state)["fields"]["text"] == text
    done = inside.rows("SELECT payload, status FROM command WHERE payload IS NOT NULL")
    surveys = Counter(row.status for row in done if b'"report_survey"' in row.payload)
    assert surveys == {"applied": len(week.surveys)}
