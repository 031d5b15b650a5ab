"""What is carried instead of sent: bundles that devices write, lose, copy and hand to each other or to the admin, and
the answers that come back late, twice, or never."""

import io
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from client.bundles.answering import Heard, take_answer
from client.bundles.carrying import carry
from client.bundles.writing import write_bundle
from server.bundles.importing import import_bundle
from sync import bundle
from sync.codec import inflate, lines_in, read_request
from sync.errors import TenggatError
from tests.simulation import invariants, photos
from tests.simulation.crashes import Killed
from tests.simulation.devices import Device

if TYPE_CHECKING:
    from tests.simulation.simulation import City

MOST = 3
"""Times that one file may be brought to the server, and one answer heard."""

DAMAGED = frozenset(("not_a_bundle", "newer_bundle", "bundle_damaged"))


@dataclass
class Letter:
    """A file on somebody's stick. `changes`: how many the server had seen when it answered."""

    device: str
    content: bytes
    used: int = 0
    changes: int = -1


class Post:
    """All files that are on their way."""

    def __init__(self, city: "City") -> None:
        self.city = city
        self.chance = city.world.chance
        self.requests: list[Letter] = []
        self.answers: list[Letter] = []

    def step(self, device: Device) -> None:
        """One thing that happens to a file, or that makes one."""
        choices: dict[Any, int] = {self.write: 3}
        if self.requests:
            choices[self.bring] = 3
        if self.answers:
            choices[self.hear] = 6
        what = self.chance.choices(list(choices), list(choices.values()))[0]
        if what == self.hear:
            name = self.chance.choice(self.answers).device
            device = next(d for d in self.city.devices if d.name == name)
        if device.busy:
            return
        came = what(device)
        self.city.trace.saw(f"{what.__name__}_{came}")
        self.city.trace.add(self.city.world.now.isoformat(), device.name, what.__name__, came)

    def write(self, device: Device) -> str:
        """A bundle of all that waits, or of the words alone."""
        into = io.BytesIO()
        with_files = self.chance.random() < 0.7
        self._light(device)
        came = device.do(lambda: write_bundle(device.store, into, files=with_files))
        if came == "ok":
            self._note(into)
            self.requests.append(Letter(device.name, into.getvalue()))
        return came

    def bring(self, device: Device) -> str:
        """One of the files reaches the server, in whatever order: by this device's network, or by the admin's hand."""
        letter = self.chance.choice(self.requests)
        content = letter.content
        if self.city.network.rate and self.city.world.faults.random() < 0.1:
            content = self._damaged(content)
        else:
            letter.used += 1
        if letter.used == MOST or self.chance.random() < 0.2:
            # Lost, or put away.
            self.requests.remove(letter)
        by_hand = self.chance.random() < 0.6
        came, answer = self._by_hand(content) if by_hand else self._carried(device, content)
        if content is not letter.content:
            invariants.require(by_hand is False or came in DAMAGED, "a damaged bundle is refused", came)
            return "damaged"
        if answer is not None and self.chance.random() < 0.8:
            self.answers.append(Letter(letter.device, answer, changes=self.city.server.changes))
        return ("again_" if letter.used > 1 else "") + came

    def hear(self, device: Device) -> str:
        """An answer reaches its device, or now and then one that it was not for."""
        city = self.city
        letter = self.chance.choice([one for one in self.answers if one.device == device.name])
        letter.used += 1
        if letter.used == MOST or self.chance.random() < 0.4:
            self.answers.remove(letter)
        if self.chance.random() < 0.1:
            other = self.chance.choice([d for d in city.devices if d is not device and not d.busy])
            came = other.do(lambda: take_answer(other.store, io.BytesIO(letter.content)))
            invariants.require(came in {"not_ours", "killed"}, "an answer is for one device", other.name, came)
            city.trace.saw("answer_of_another")
        city.ledger.hear(device)
        heard: list[Heard] = []
        epoch, before = device.store.meta.get("epoch"), _versions(device)
        self._light(device)
        came = city.taking(device, lambda: device.do(lambda: heard.append(_take(device, letter))))
        if epoch == device.store.meta.get("epoch"):
            older = [id_ for id_, version in _versions(device).items() if version < before.get(id_, 0)]
            invariants.require(not older, "an answer takes nothing back that came after it", device.name, older)
        if came == "ok" and heard[0].whole:
            came = "whole"
            if heard[0].more:
                came = "whole_more"
            elif device.fair and letter.changes == city.server.changes:
                invariants.check_device(device, city.server)
                photos.check_scope(device)
        return came

    def _by_hand(self, content: bytes) -> tuple[str, bytes | None]:
        """The admin imports it; the server may die of it."""
        server, into = self.city.server, io.BytesIO()
        if self.city.network.rate and self.city.world.faults.random() < 0.2:
            server.fuse.light(self.city.world.faults.randrange(40))
        try:
            import_bundle(server.services, io.BytesIO(content), into)
        except Killed:
            server.rise()
            return "killed", None
        except TenggatError as error:
            return error.code, None
        finally:
            server.fuse.douse()
            server.changes += 1
        return "imported", into.getvalue()

    def _carried(self, device: Device, content: bytes) -> tuple[str, bytes | None]:
        path = self.city.folder / "stick" / "file.tenggat"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
        answer = path.with_name("file.answer.tenggat")
        answer.unlink(missing_ok=True)
        device.busy = True
        came = device.do(lambda: carry(device.store, device.transport, path))
        device.busy = False
        return ("carried", answer.read_bytes()) if came == "ok" else (f"carried_{came}", None)

    def _note(self, content: io.BytesIO) -> None:
        """The books know what left the device, as the server will read it."""
        whole = bundle.examine(content)
        pair = self.city.server.services.keys.find(whole.header.to)
        assert pair is not None, "it was made for keys that the server has, or had"
        for part, body in bundle.parts(content, whole, pair.seal):
            if isinstance(part, bundle.Exchanged):
                lines = [line for some in lines_in(inflate(body, part.coding)) for line in some]
                instance = read_request(lines[0]).instance  # type: ignore[union-attr]
                for line in lines[1:]:
                    if line.startswith(b'{"t":"command"'):
                        self.city.ledger.sent(instance, line)

    def _light(self, device: Device) -> None:
        if self.city.network.rate and self.city.world.faults.random() < 0.08:
            device.fuse.light(self.city.world.faults.randrange(20))

    def _damaged(self, content: bytes) -> bytes:
        faults = self.city.world.faults
        self.city.trace.strike("bundle_damaged")
        at = faults.randrange(len(content))
        if faults.random() < 0.5:
            return content[:at]
        return content[:at] + bytes([content[at] ^ 1 << faults.randrange(8)]) + content[at + 1 :]


def _versions(device: Device) -> dict[str, int]:
    return {row["id"]: row["version"] for row in device.rows("SELECT id, version FROM record")}


def _take(device: Device, letter: Letter) -> Heard:
    return take_answer(device.store, io.BytesIO(letter.content))
