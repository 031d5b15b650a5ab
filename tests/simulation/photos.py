"""Photos in the city: who takes which, and what must hold of their bytes, wherever they are.

The books know bytes by their hash alone. Where a hash is named, by a case or by a command that waits, its bytes must
lie somewhere: on a device's disk, or in the server's store.
"""

import hashlib
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec
from PIL import Image

from server.domain.case import Case
from tests.simulation.devices import Device
from tests.simulation.invariants import outbox, require, scopes_of
from tests.simulation.network import Parcel
from tests.simulation.servers import Server
from tests.simulation.world import World

if TYPE_CHECKING:
    from tests.simulation.simulation import City

_NAMING = {"queued", "sent", "refused", "acknowledged"}


class Camera:
    """Small pictures, no two alike but by chance."""

    def __init__(self, world: World) -> None:
        self.world = world
        self._taken = 0

    def take(self, folder: Path) -> Path:
        """A new picture, or now and then one that was taken before."""
        path = folder / "camera.jpg"
        if path.exists() and self.world.people.random() < 0.15:
            return path
        self._taken += 1
        n = self._taken
        Image.new("RGB", (8, 8), (n * 37 % 256, n * 101 % 256, n * 197 % 256)).save(path, "JPEG", quality=90)
        return path


class Echoes:
    """The hashes that a device's records said have arrived, in the server's present life as far as it knows."""

    def __init__(self) -> None:
        self.hashes: set[str] = set()
        self._epoch: str | None = None

    def hear(self, device: Device) -> None:
        if device.epoch != self._epoch:
            self._epoch, self.hashes = device.epoch, set()
        if device.mid_page or not device.rows("SELECT 1 FROM meta WHERE key = 'cursor'"):
            return  # some of the records here may be of the life before
        for row in device.rows("SELECT line FROM record"):
            entries = msgspec.json.decode(bytes(row["line"])).get("attachments", ())
            self.hashes |= {entry["sha256"] for entry in entries if entry.get("arrived")}


def on_device(device: Device) -> set[str]:
    """The hashes of the bytes that lie on a device's disk, read and hashed."""
    return _whole(path for path in device.store.blobs.folder.glob("??/*"))


def own(device: Device) -> set[str]:
    """The hashes of the bytes that a device holds to send them, or in case they have to be sent again."""
    return {row["sha256"] for row in device.rows("SELECT sha256 FROM upload")} & on_device(device)


def at_server(server: Server) -> set[str]:
    """The same of the server's store."""
    return _whole((server.files / "blobs").glob("??/*"))


def everywhere(server: Server, devices: Iterable[Device]) -> set[str]:
    found = at_server(server)
    for device in devices:
        found |= on_device(device)
    return found


def check_photos(server: Server, devices: Iterable[Device], cases: Mapping[str, Case], gone: set[str]) -> None:
    """No bytes were let go of before their hash was echoed, and what has arrived is there, whole. `gone`: what a
    disaster destroyed that nobody could have saved."""
    stored = at_server(server)
    for path in (server.files / "blobs").glob("??/*"):
        require(path.name in stored, "what is stored is what its name says", path.name)
    named: dict[str, str] = {}
    for case in cases.values():
        for attachment in case.attachments:
            named[attachment.sha256] = case.id
            if attachment.arrived is not None:
                require(attachment.sha256 in stored, "what has arrived is stored", case.id, attachment.id)
                size = server.blob(attachment.sha256).stat().st_size
                require(size == attachment.size, "what has arrived is all of it", case.id, attachment.id)
    present = set(stored)
    for device in devices:
        present |= on_device(device)
        for row in outbox(device):
            if row["state"] in _NAMING - {"acknowledged"}:
                named |= dict.fromkeys(_attached(bytes(row["line"])), device.name)
    lost = named.keys() - present - gone
    require(not lost, "no bytes are dropped before their hash was echoed", sorted((s, named[s]) for s in lost))


def awaited(device: Device) -> set[str]:
    """The hashes of what was attached on this device and somebody still waits for: named by a command that has no
    good answer yet, or by a record on this device that does not say it has arrived."""
    named: dict[str, str] = {}
    own: set[tuple[str, str]] = set()
    for row in outbox(device):
        if row["state"] not in _NAMING:
            continue
        data = _data(bytes(row["line"]))
        brought = [(str(entry["id"]), str(entry["sha256"])) for entry in data.get("attach", ())]
        own |= set(brought)
        if row["state"] != "acknowledged":
            for gone in data.get("detach", ()):
                named.pop(gone, None)
            named |= dict(brought)
    found = set(named.values())
    for row in device.rows("SELECT line FROM record"):
        for entry in msgspec.json.decode(bytes(row["line"])).get("attachments", ()):
            if entry.get("arrived") is None and (entry["id"], entry["sha256"]) in own:
                found.add(entry["sha256"])
    return found


def check_handed_out(city: "City", cases: Mapping[str, Case]) -> None:
    """Everybody asks for the bytes of some file: who may see its case is given them, whole, and nobody else."""
    arrived = [(case, a) for case in cases.values() for a in case.attachments if a.arrived]
    for device in city.devices if arrived else ():
        token = device.store.meta.get("token")
        seat = city.server.rows(
            "SELECT person_id, revoked FROM device WHERE token = :t", t=hashlib.sha256((token or "").encode()).digest()
        )
        if not seat:
            continue
        case, attachment = city.world.chance.choice(arrived)
        person = seat[0].person_id
        grants = {row.scope for row in city.server.rows('SELECT scope FROM "grant" WHERE person_id = :p', p=person)}
        may = bool((grants | {f"person:{person}"}) & scopes_of(case, city.catalogue)) and seat[0].revoked is None
        path = f"/api/v1/cases/{case.id}/files/{attachment.id}"
        answer = city.network.deliver(Parcel("GET", path, {"Authorization": f"Bearer {token}"}, b""))
        given = answer.status == 200 and hashlib.sha256(answer.body).hexdigest() == attachment.sha256
        city.trace.saw("asked_in_scope" if may else "asked_out_of_scope")
        require(
            given if may else answer.status in {401, 404}, "bytes are for who may see the case", device.name, path,
            answer.status,
        )  # fmt: skip


def check_scope(device: Device) -> None:
    """A device that has just synced holds no photo of a case that it does not hold, but what it is to send itself."""
    stray = device.rows("SELECT case_id FROM fetched WHERE case_id NOT IN (SELECT id FROM record)")
    require(not stray, "nothing fetched is out of scope", device.name, [row["case_id"] for row in stray])
    if not device.died:
        # One that was killed between a commit and what follows it sweeps later, and so does one whose person took a
        # photo that then could not be attached.
        rows = {row["sha256"] for row in device.rows("SELECT sha256 FROM file")}
        stray_bytes = on_device(device) - rows - device.photographed
        require(not stray_bytes, "nothing fetched lies about", device.name, stray_bytes)


def check_arrived(devices: Iterable[Device], cases: Mapping[str, Case]) -> int:
    """At the end: what a device still has to send is nothing; how many photos have arrived. What a guest brought whose
    device was revoked before its person made an account is nobody's to send any more, and stays on the device."""
    for device in devices:
        ready = [u for u in device.store.files.uploads() if u.unsent and not u.refused]
        person = device.desk.person
        on_case = {
            a.id
            for case in cases.values()
            for a in case.attachments
            if a.arrived is None and person in {a.by, case.owner}
        }
        left = [u for u in ready if u.attachment in on_case]
        require(not left, "every photo arrives", device.name, [(u.attachment, u.trouble) for u in left])
    return sum(a.arrived is not None for case in cases.values() for a in case.attachments)


def _whole(paths: Iterable[Path]) -> set[str]:
    found = set()
    for path in paths:
        content = path.read_bytes()
        if hashlib.sha256(content).hexdigest() == path.name:
            found.add(path.name)
    return found


def _attached(line: bytes) -> list[str]:
    return [entry["sha256"] for entry in _data(line).get("attach", ())]


def _data(line: bytes) -> dict[str, Any]:
    """What a command carries; nothing where the line is a broken one."""
    try:
        data: Any = msgspec.json.decode(line).get("data", {})
        return data if isinstance(data, dict) else {}
    except (msgspec.DecodeError, AttributeError, UnicodeDecodeError):
        return {}
