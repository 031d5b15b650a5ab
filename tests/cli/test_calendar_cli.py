"""`tenggat-server calendar`, `catalogue`, `setting`: what an admin does with the days and rules of a city."""

import json
import shutil
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from schemas.catalogue.load import city_folder
from server.access import catalogues
from server.app import create_app
from server.cli import main
from server.services import EXTENSION, Services
from server.settings import Settings
from tests.api.device import Device
from tests.api.filing import file
from tests.conftest import Server

DAY = ("--name-id", "Pemilihan lurah", "--name-en", "Village election", "--decree", "SK 12")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return shutil.copytree(city_folder("semarang"), tmp_path / "kota")


@pytest.fixture
def data(tmp_path: Path) -> Path:
    return tmp_path / "data"


def run(data: Path, *words: str, city: Path | None = None, answer: str | None = None, exits: int = 0) -> str:
    chosen = ["--city", str(city)] if city else []
    done: Result = CliRunner().invoke(main, ["--data", str(data), *chosen, *words], input=answer)
    assert done.exit_code == exits, done.output
    assert exits or done.exception is None
    return done.output


def _server(data: Path, city: str = "semarang") -> Server:
    app = create_app(Settings(city=city, data=data))
    found: Services = app.extensions[EXTENSION]
    return Server(app, found.sources.clock)  # type: ignore[arg-type]


def _soon(server: Server) -> str:
    """The first working day after today: within whatever limit begins now."""
    calendar = server.world.calendar
    return calendar.add_working(calendar.local(server.world.sources.clock()).date(), 1).isoformat()


def test_a_day_is_previewed_asked_about_entered_and_taken_back(data: Path) -> None:
    server = _server(data)
    phone = Device(server.app)
    case = file(server, phone)
    day, before = _soon(server), phone.held[case]["due"]
    told = run(data, "calendar", "preview", day)
    number = phone.held[case]["number"]
    assert "1 of 1 running dates move, in 1 cases" in told and number in told
    assert run(data, "calendar", "add", day, *DAY, answer="n\n", exits=1).count("move") == 1
    assert json.loads(run(data, "calendar", "preview", day, "--json"))["moved"] == 1, "no is no"
    done = run(data, "calendar", "add", day, *DAY, "--yes")
    assert f"{day} is closed by SK 12" in done
    assert "1 running cases looked at, 1 have another date or reason" in done
    phone.pull()
    assert phone.held[case]["due"] > before
    listed = json.loads(run(data, "calendar", "list", "--year", day[:4], "--json"))
    (mine,) = [one for one in listed if one["day"] == day]
    assert (mine["source"], mine["decree"], mine["kind"]) == ("admin", "SK 12", "closed")
    assert "[an admin, SK 12]" in run(data, "calendar", "list", "--year", day[:4])
    assert "1 of 1 running dates move" in run(data, "calendar", "preview", day, "--remove")
    run(data, "calendar", "remove", day, "--yes")
    phone.pull()
    assert phone.held[case]["due"] == before
    actions = [one["action"] for one in json.loads(run(data, "audit", "list", "--json"))]
    assert actions == ["calendar.remove", "calendar.enter"]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("add", "besok", *DAY), "2026-11-30"),
        (("add", "2062-01-01", *DAY), "next 10"),
        (("add", "2026-11-30", "--name-id", "x", "--name-en", "x"), "decree: is missing"),
        (("add", "2026-11-28", "--kind", "open", *DAY), "weekend"),
        (("add", "2026-11-30", "--kind", "open", *DAY), "working day already"),
        (("add", "2026-11-30", "--name-id", "x" * 201, "--name-en", "a\nb", "--decree", "SK"), "name_en"),
        (("remove", "2024-11-27"), "changed in the folder"),
        (("remove", "besok"), "2026-11-30"),
        (("preview", "2026-11-31"), "2026-11-30"),
        (("preview", "2024-11-27", "--remove"), "no admin entered"),
    ],
)
def test_slips_are_named_and_change_nothing(data: Path, words: tuple[str, ...], said: str) -> None:
    assert said in run(data, "calendar", *words, exits=1)
    assert "nothing was noted" in run(data, "audit", "list")


def test_the_list_says_where_each_day_comes_from(data: Path) -> None:
    year = run(data, "calendar", "list", "--year", "2024")
    assert "2024-11-27  Regional election day" in year and "[the city's folder, Keppres 33/2024]" in year
    assert "[joint leave]" in year and "[national]" in year
    assert "estimated" in run(data, "calendar", "list", "--year", "2030")
    assert "not known yet" in run(data, "calendar", "list", "--year", "2030")


def test_recount_counts_by_the_folder(data: Path, folder: Path) -> None:
    server = _server(data)
    phone = Device(server.app)
    case = file(server, phone)
    before, day = phone.held[case]["due"], _soon(server)
    path = folder / "calendar.toml"
    decreed = f'\n[[overrides]]\non = {day}\nkind = "closed"\nname = {{ id = "Banjir", en = "Flood" }}\ndecree = "SK"\n'
    path.write_text(path.read_text(encoding="utf-8").replace('"2026.1"', '"2026.2"') + decreed, encoding="utf-8")
    assert "1 running cases counted again with calendar 2026.2" in run(data, "recount", city=folder)
    phone.pull()
    assert phone.held[case]["due"] > before


def test_versions_that_were_served_and_what_is_different(data: Path, folder: Path) -> None:
    assert "it is served with the next start" in run(data, "catalogue", "versions")
    world = _server(data).world
    catalogues.begin_serving(world)
    catalogues.begin_serving(world)
    first = world.city.version
    assert run(data, "catalogue", "versions").count("first served") == 1
    path = folder / "services" / "krk.toml"
    krk = path.read_text(encoding="utf-8")
    days = world.city.service("krk").limit("decision").days
    changed = krk.replace(f"days = {days}\n", f"days = {days + 2}\n")
    assert changed != krk
    path.write_text(changed, encoding="utf-8")
    told = run(data, "catalogue", "diff", first[:6], city=folder)
    assert f"from {days} working days to {days + 2} working days; cases that run already keep theirs" in told
    assert run(data, "catalogue", "diff", first).strip() == "the two are the same"
    raw: Any = json.loads(run(data, "catalogue", "diff", first, "now", "--json", city=folder))
    assert f"menjadi {days + 2} hari kerja" in raw[0]["said"]["id"]
    assert "lists them" in run(data, "catalogue", "diff", "ffffffffffff", exits=1)
    run(data, "calendar", "add", "2026-12-01", *DAY, "--yes")
    found = json.loads(run(data, "catalogue", "versions", "--json"))
    assert {one["version"] for one in found} > {first} and len(found) == 2
    assert [one["now"] for one in found].count(True) == 1


def test_settings_are_listed_and_set(data: Path) -> None:
    assert json.loads(run(data, "setting", "list", "--json")) == {
        "silent_days": 3, "notice_days": 2, "notice_email": True, "admin_factor": True,
    }  # fmt: skip
    assert "silent_days is 5" in run(data, "setting", "set", "silent_days", "5")
    assert "already" in run(data, "setting", "set", "silent_days", "5")
    assert "notice_email is off" in run(data, "setting", "set", "notice_email", "off")
    assert "by cli" in run(data, "setting", "list")
    assert "from 1 to 60" in run(data, "setting", "set", "silent_days", "90", exits=1)
    assert "silent_days" in run(data, "setting", "set", "loud_days", "1", exits=1)
