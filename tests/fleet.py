"""A city's devices in every trouble there is, made by what devices and admins do: exchanges, uploads, revocations.

Time is moved from nine days ago until now, so that a server that is started afterwards finds them as they would be.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import cycle, islice
from pathlib import Path
from typing import Any, Final

from sqlalchemy import text

from server.access import asking, devices, roster
from server.access.roster import Chosen
from server.access.staff import add_staff
from server.app import create_app
from server.services import EXTENSION, Services
from server.settings import Settings
from server.sources import Sources
from server.store.database import writing
from tests.api.admin import optional_factor
from tests.api.device import Device, new_id
from tests.api.sending import Sender, draft, entry, picture
from tests.conftest import Clock

PASSWORD: Final = "kata sandi panjang"
GIGABYTE: Final = 1_000_000_000

Step = Callable[["Fleet", Device], None]


def says(**health: Any) -> Step:
    """It comes, and tells that of itself."""

    def step(fleet: "Fleet", device: Device) -> None:
        known = {"free": 20 * GIGABYTE} | {name: value for name, value in health.items() if name != "app"}
        if "failed" in known:
            known |= {"ended": fleet.heard[device.instance]}
        if since := known.pop("days", None):
            known["oldest"] = fleet.ago(since)
        clock = (fleet.clock() + timedelta(minutes=known.pop("fast", 0))).isoformat(timespec="seconds")
        answer = device.exchange(app=health.get("app", ""), clock=clock, health=known)
        if "failed" not in known:
            fleet.heard[device.instance] = answer.hello["now"]

    return step


def sends_a_broken_line(_: "Fleet", device: Device) -> None:
    device.exchange(b'{"t":"command","seq":1,"kind":')


def differs(_: "Fleet", device: Device) -> None:
    device.exchange(others=[{"t": "check"}])


def revoked(why: str) -> Step:
    return lambda fleet, device: fleet.admin(lambda id_: asking.revoke(*fleet.place, [id_], "cli", why), device)


def asked(what: Callable[..., None]) -> Step:
    return lambda fleet, device: fleet.admin(lambda id_: what(*fleet.place, id_, "cli"), device)


def signs_out(_: "Fleet", device: Device) -> None:
    headers = {"Authorization": f"Bearer {device.token}"}
    assert device.app.test_client().delete("/api/v1/devices", headers=headers).status_code == 204


def loses_its_token(_: "Fleet", device: Device) -> None:
    device.token = "x" * 43
    assert device.post(device.body()).status_code == 401


def account_closed(fleet: "Fleet", device: Device) -> None:
    with writing(fleet.world.engine) as connection:
        connection.execute(
            text(
                "UPDATE person SET disabled = :now WHERE id = (SELECT d.person_id FROM instance i"
                " JOIN device d ON d.id = i.device_id WHERE i.id = :instance)"
            ),
            {"now": devices.stamp(fleet.clock()), "instance": device.instance},
        )
    assert device.post(device.body()).status_code == 401


def begins_an_upload(_: "Fleet", device: Device) -> None:
    content = picture()
    file = entry(content)
    case = draft(device, file)
    Sender(device).create(case, file)


def sends_a_broken_file(_: "Fleet", device: Device) -> None:
    content = b"\xff\xd8\xff" + b"no picture" * 50
    file = entry(content)
    case = draft(device, file)
    Sender(device).send(case, file, content)


KINDS: Final[dict[str, list[tuple[float, Step]]]] = {
    # A kind's name is the trouble that is to be found; the steps are what happened, so many days ago.
    "good": [(5, says()), (0.01, says())],
    "turned_away": [(5, says(waiting=2, days=1)), (0.1, loses_its_token)],
    "account_closed": [(5, says(waiting=1)), (0.1, account_closed)],
    "quarantined": [(1, sends_a_broken_line)],
    "not_handed_over": [(5, says(waiting=4)), (2, revoked("lost"))],
    "answers_cut": [(2, says()), *((0.3 - n / 20, says(failed=n + 1, trouble="unreachable")) for n in range(4))],
    "portal": [(2, says()), (0.02, says(failed=6, trouble="not_our_server"))],
    "untrusted": [(2, says()), (0.02, says(failed=3, trouble="untrusted_server"))],
    "device_full": [(2, says()), (0.02, says(failed=4, trouble="storage_full", free=0))],
    "stuck": [(0.1, says(waiting=7, bytes=90_000, days=3))],
    "silent_with_work": [(6, says(waiting=3, files=12, days=1))],
    "storage_low": [(0.1, says(free=100_000_000))],
    "clock_wrong": [(0.1, says(fast=-180))],
    "uploads_stuck": [(2, begins_an_upload), (0.1, says())],
    "uploads_refused": [(1, sends_a_broken_file), (0.1, says())],
    "digest_differs": [(3, says()), (2, differs), (1, differs), (0.2, differs)],
    "refused": [(0.1, says(refused=2))],
    "conflicts": [(0.1, says(conflicts=1))],
    "silent": [(5, says())],
    "never_synced": [],
    "old_version": [(0.1, says(app="tenggat 0.0.1"))],
    "resync_waits": [(3, says()), (0.2, asked(asking.ask_resync))],
    "diagnosis_waits": [(0.5, says()), (0.1, asked(asking.ask_diagnosis))],
    "wiped": [(5, says()), (3, revoked("stolen")), (2, says())],
    "signed_out": [(5, says()), (1, signs_out)],
}

GONE: Final = ("wiped", "signed_out")
"""Kinds that the board shows only when asked to."""

BEFORE: Final = {"resync_waits": "silent"}
"""Kinds that have a heavier trouble as well: whoever does not start over was not here since."""

FEW: Final = ("uploads_stuck", "uploads_refused")
"""Kinds that cost a picture each."""


@dataclass
class Fleet:
    """The devices being made. `devices` by login, which says its kind: stuck-03."""

    world: Services
    clock: Clock
    now: datetime
    devices: dict[str, Device] = field(default_factory=dict)
    heard: dict[str, str] = field(default_factory=dict)
    """The server's time at the last exchange that a device says ended whole, by instance."""

    @property
    def place(self) -> tuple[Any, Sources]:
        return self.world.engine, self.world.sources

    def ago(self, days: float) -> str:
        return (self.clock() - timedelta(days=days)).isoformat(timespec="seconds")

    def admin(self, do: Callable[[str], Any], device: Device) -> None:
        """What an admin does to a device that was here."""
        with writing(self.world.engine) as connection:
            id_ = connection.execute(
                text("SELECT device_id FROM instance WHERE id = :id"), {"id": device.instance}
            ).scalar_one()
        do(str(id_))

    def add(self, app: Any, login: str, office: str) -> None:
        person = add_staff(
            self.world.engine,
            self.world.city,
            self.world.sources,
            login=login,
            password=PASSWORD,
            name=f"Petugas {login}",
            roles=("surveyor", "front_desk"),
            scopes=(f"office:{office}",),
        )
        token = self.world.sources.new_token()
        with writing(self.world.engine) as connection:
            devices.new_device(connection, self.world.sources, person, token)
        self.devices[login] = Device(app, token, guest=False, instance=new_id())


def build(data: Path, count: int = 500, kinds: Iterable[str] = tuple(KINDS)) -> Fleet:
    """So many devices in the database in this folder, as many of each kind as of any other; and an admin to look at
    them, and a supervisor of one office."""
    now = datetime.now(UTC).replace(microsecond=0)
    clock = Clock(now - timedelta(days=9))
    app = create_app(Settings(data=data, web=None), Sources(clock=clock))
    fleet = Fleet(app.extensions[EXTENSION], clock, now)
    for login, role, scopes in (("admin", "admin", ()), ("atasan", "supervisor", ("office:dlh",))):
        place = (fleet.world.engine, fleet.world.city, fleet.world.sources)
        add_staff(*place, login=login, password=PASSWORD, name=login.title(), roles=(role,), scopes=scopes)
    optional_factor(fleet.world.engine)
    offices = cycle(("distaru", "dpu", "dlh"))
    wanted = list(kinds)
    chosen = [*(kind for kind in wanted if kind in FEW), *(kind for kind in wanted if kind not in FEW)]
    plenty = cycle(kind for kind in wanted if kind not in FEW)
    names = [*chosen, *islice(plenty, max(0, count - len(chosen)))]
    steps: list[tuple[float, int, Step, str]] = []
    for place_, kind in enumerate(names):
        login = f"{kind}-{place_:03}"
        fleet.add(app, login, next(offices))
        steps += [(days, place_, step, login) for days, step in KINDS[kind]]
    for days, _, step, login in sorted(steps, key=lambda one: (-one[0], one[1])):
        clock.now = now - timedelta(days=days)
        step(fleet, fleet.devices[login])
    clock.now = now
    return fleet


def all_of(fleet: Fleet) -> list[Any]:
    """What is known of the fleet's devices now."""
    return roster.devices(fleet.world.engine, Chosen("staff", gone=True), now=fleet.clock())
