"""A little city after one day of work: people of every kind, and something of each that nobody else may see.

What people typed holds a marker word. An answer in which somebody else's stands has told what it must not.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Final

from pyotp import TOTP

from schemas.catalogue.model import Override
from schemas.text import Text
from server.access import asking, closing, days_off, devices, invitations, reply_templates, second_factor, tokens
from server.admin import sessions
from server.commands import amendments, quarantine
from server.commands.quarantine import Item
from tests.api.admin import half_way_in, optional_factor
from tests.api.device import Device, new_id
from tests.api.filing import act, application, arrive
from tests.api.report_page import ANSWERS, fill, opened
from tests.api.sending import Sender, document, entry, picture
from tests.conftest import Server

PASSWORD: Final = "kata sandi panjang"
CLOSED: Final = Override(date(2026, 12, 1), "closed", Text("Banjir", "Flood"), "SK 9")
"""A day that the admin closed."""
UNKNOWN: Final = "u" * 43
"""A token that no device has."""

MARKERS: Final[Mapping[str, str]] = {
    "owner": "PENANDA-PEMOHON",
    "name": "PENANDA-NAMA",
    "draft": "PENANDA-KONSEP",
    "other": "PENANDA-WARGA-LAIN",
    "guest": "PENANDA-TAMU-SATU",
    "other guest": "PENANDA-TAMU-LAIN",
    "closed": "PENANDA-AKUN-DITUTUP",
    "aside": "PENANDA-DISISIHKAN",
    "login": "petugas3",
}
"""By whose it is: `owner` stands on cases that the planning office sees too, `draft` on what only that citizen does,
`name` is how their account is called; `aside` in lines that were set aside; `login` is the surveyor's."""


@dataclass
class CityDay:
    """The city. `devices` and `cookies` by who has them; the rest is what addresses of routes name."""

    server: Server
    devices: dict[str, Device] = field(default_factory=dict)
    persons: dict[str, str] = field(default_factory=dict)
    cookies: dict[str, str] = field(default_factory=dict)
    filed: str = ""
    """A case of the owner's that waits to be looked at; `accepted` one that goes its way, `draft` one not yet sent."""
    accepted: str = ""
    draft: str = ""
    number: str = ""
    code: str = ""
    photo: str = ""
    """The attachment of `accepted` whose bytes are here."""
    upload: str = ""
    """The address of one under way; `waiting` is the attachment that is still to begin."""
    waiting: dict[str, Any] = field(default_factory=dict)
    invitation: str = ""
    device: str = ""
    """The surveyor's, with a report of how it stands; it is asked for another."""
    came: str = ""
    stuck: str = ""
    """The key of a command in quarantine; `stray` of a line without a number."""
    stray: str = ""
    template: str = ""
    """A text that officers answer with."""
    factor: str = ""
    """What the supervisor's phone makes codes of."""

    @property
    def lost(self) -> str:
        """The device that is the owner's too, and was revoked."""
        instance = self.devices["revoked"].instance
        found: str = self.server.rows("SELECT device_id FROM instance WHERE id = :id", id=instance)[0][0]
        return found

    @property
    def secrets(self) -> list[str]:
        """What no answer may hold: tokens and cookies that somebody has, and how a stored password begins."""
        tokens = [device.token for device in self.devices.values() if device.token != UNKNOWN]
        return [*tokens, *self.cookies.values(), self.factor, "$argon2"]


def live(server: Server) -> CityDay:
    """One day of it."""
    day = CityDay(server)
    _people(day)
    _cases(day)
    _files(day)
    _set_aside(day)
    _looked_after(day)
    _gone(day)
    return day


def _people(day: CityDay) -> None:
    for name, role, scope in (
        ("front desk", "front_desk", "office:distaru"),
        ("planner", "planner", "office:distaru"),
        ("surveyor", "surveyor", "office:distaru"),
        ("elsewhere", "front_desk", "office:disdag"),
        ("supervisor", "supervisor", "office:distaru"),
        ("supervisor elsewhere", "supervisor", "office:dlh"),
        ("admin", "admin", ""),
        ("left", "admin", ""),
        # The cases' land lies in the first kecamatan.
        ("this district", "planner", "office:distaru/33.74.01"),
        ("other district", "front_desk", "office:distaru/33.74.02"),
    ):
        person, token = day.server.staff(role, scopes=(scope,) if scope else ())
        day.persons[name] = person
        day.devices[name] = Device(day.server.app, token, guest=False)
    for name in ("owner", "other", "closed"):
        day.devices[name], day.persons[name] = _signed_up(day.server, name)
    day.devices["revoked"] = _signed_in(day.server, "owner")
    for name in ("guest", "other guest"):
        day.devices[name] = Device(day.server.app)
    for device in day.devices.values():
        device.exchange()
    day.devices["unknown"] = Device(day.server.app, UNKNOWN, guest=False)


def _signed_up(server: Server, name: str) -> tuple[Device, str]:
    account = {"login": name, "password": PASSWORD, "name": MARKERS["name" if name == "owner" else name]}
    made = server.app.test_client().post("/api/v1/accounts", json=account).get_json()
    return Device(server.app, made["token"], guest=False), made["person"]["id"]


def _signed_in(server: Server, login: str) -> Device:
    made = server.app.test_client().post("/api/v1/devices", json={"login": login, "password": PASSWORD}).get_json()
    return Device(server.app, made["token"], guest=False)


def _cases(day: CityDay) -> None:
    owner = day.devices["owner"]
    photo = entry(picture(), document_="ktp", name=f"{MARKERS['owner']}.jpg")
    day.photo = photo["id"]
    day.accepted, day.filed = (_file(day, owner, photo) for photo in (photo, None))
    record = owner.held[day.accepted]
    day.number, day.code = record["number"], record["code"]
    assert Sender(owner).send(day.accepted, photo, picture()).status_code == 204
    assert act(day.devices["front desk"], day.accepted, "accept").result["status"] == "applied"
    for name in ("other", "guest", "other guest", "closed"):
        drafted = {"service": "krk", "set": {"name": MARKERS[name]}}
        day.devices[name].exchange(day.devices[name].command("case.edit", new_id(), drafted))
    # And a complaint from the page without JavaScript.
    typed = fill(opened(day.server), **ANSWERS)
    assert day.server.app.test_client().post("/lapor", data=typed).status_code == 303


def _file(day: CityDay, owner: Device, photo: dict[str, Any] | None) -> str:
    data = application(day.server, name=MARKERS["owner"])
    if photo is not None:
        data["attach"] = [photo, *(file for file in data["attach"] if file["document"] != photo["document"])]
    case = new_id()
    result = owner.exchange(owner.command("case.act", case, {"action": "submit"} | data)).result
    assert result["status"] == "applied", result
    if photo is None:
        arrive(owner, case)
    return case


def _files(day: CityDay) -> None:
    """A draft with one file half way up, and one that has not begun."""
    owner, half = day.devices["owner"], document()
    files = [
        entry(content, "application/pdf", document_="land_proof", name=f"{MARKERS['draft']}.pdf")
        for content in (half, document(seed=2))
    ]
    day.draft, day.waiting = new_id(), files[1]
    data = {"service": "krk", "set": {"name": MARKERS["draft"]}, "attach": files}
    result = owner.exchange(owner.command("case.edit", day.draft, data)).result
    assert result["status"] == "applied", result
    sender = Sender(owner)
    day.upload = sender.begin(day.draft, files[0])
    assert sender.patch(day.upload, 0, half[:1_000]).status_code == 204


def _set_aside(day: CityDay) -> None:
    surveyor, marker = day.devices["surveyor"], MARKERS["aside"].encode()
    for number in range(3):
        # Half a letter: kept as it came, and no command.
        line = surveyor.command("case.act", day.filed, {"action": "report_survey", "note": "HERE"})
        broken = line.replace(b'"HERE"', b'"' + marker + b" %d \xe9" % number + b'"')
        assert surveyor.exchange(broken).result["status"] == "quarantined"
    surveyor.exchange(b'{"t":"command","note":"' + marker)
    found: list[Item] = quarantine.items(day.server.engine)
    keyed = [one.key for one in found if not one.stray]
    day.stuck, (day.stray,) = keyed[0], (one.key for one in found if one.stray)
    last = quarantine.item(day.server.engine, keyed[-1])
    assert last.seq is not None
    amendments.reject(day.server.world.commands, last.instance, last.seq, day.persons["admin"], "Kirim lagi.")


def _looked_after(day: CityDay) -> None:
    engine, sources = day.server.engine, day.server.world.sources
    surveyor = day.devices["surveyor"]
    day.device = day.server.rows("SELECT device_id FROM instance WHERE id = :id", id=surveyor.instance)[0][0]
    asking.ask_diagnosis(engine, sources, day.device, day.persons["admin"])
    headers = {"Authorization": f"Bearer {surveyor.token}"}
    told = day.server.app.test_client().post("/api/v1/diagnoses", json={"app": "tenggat 1"}, headers=headers)
    assert told.status_code == 204, told.get_data()
    day.came = day.server.rows("SELECT came FROM diagnosis")[0][0]
    asking.ask_diagnosis(engine, sources, day.device, day.persons["admin"])
    wanted = reply_templates.checked(day.server.city, "Terima kasih", "Terima kasih atas laporan Anda.", [], [])
    day.template = reply_templates.add(engine, sources, wanted, day.persons["admin"]).id
    days_off.enter(day.server.world, CLOSED, day.persons["admin"])
    day.invitation, _ = invitations.invite(engine, sources, MARKERS["login"])
    optional_factor(engine)
    offered = second_factor.offer(day.server.world, day.persons["supervisor"])
    day.factor, code = offered.secret, TOTP(offered.secret).at(day.server.clock())
    second_factor.confirm(day.server.world, day.persons["supervisor"], offered.slip, code)
    for name in ("admin", "supervisor", "supervisor elsewhere", "left"):
        half = half_way_in(day.server, day.persons[name]) if name == "supervisor" else ""
        day.cookies[name] = sessions.begin(engine, sources, day.persons[name], half=half)
    _sessions_that_are_over(day)


def _sessions_that_are_over(day: CityDay) -> None:
    """Signed out, left alone for too long, and held for too long. Their rows are there, as until the next sign-in."""
    engine, sources, now = day.server.engine, day.server.world.sources, day.server.clock()
    for name in ("signed out", "idle", "worn out"):
        day.cookies[name] = sessions.begin(engine, sources, day.persons["admin"])
    sessions.end(engine, day.cookies["signed out"], now)
    for name, column, ago in (("idle", "seen", sessions.IDLE), ("worn out", "created", sessions.LONGEST)):
        day.server.execute(
            f"UPDATE admin_session SET {column} = :then WHERE token = :token",
            then=devices.stamp(now - ago),
            token=tokens.hash_of(day.cookies[name]),
        )


def _gone(day: CityDay) -> None:
    """An account that is closed while its device stays, as only an older version closed it (`closing.disable` puts
    devices out too), somebody who left the office, and a lost phone."""
    engine, sources = day.server.engine, day.server.world.sources
    closed = {"now": devices.stamp(day.server.clock()), "id": day.persons["closed"]}
    day.server.execute("UPDATE person SET disabled = :now WHERE id = :id", **closed)
    closing.disable(engine, sources, day.persons["left"], day.persons["admin"])
    asking.revoke(engine, sources, [day.lost], day.persons["admin"], "lost")
