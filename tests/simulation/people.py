"""What people do with what their device shows them: type, submit, choose, correct, act, undo, try again.

All of it goes through the real Desk; a person never sees more than the device does. Every free text carries a mark
(see `World.mark`), so that afterwards each typed text can be looked for.
"""

from collections.abc import Callable
from typing import Any

import msgspec

from client import documents
from client.view import LocalCase
from schemas.catalogue.model import DRAFT, Action, Field
from sync.errors import TenggatError
from sync.outbox import State
from tests.catalogue_values import WORDS, answers
from tests.simulation.devices import Device
from tests.simulation.photos import Camera
from tests.simulation.world import World

SERVICES = ("krk", "krk", "iptb", "lapor", "lapor")

POISON = "racun"
"""A text on which the simulated server's `decide` raises."""


class People:
    """Everybody in the city."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.chance = world.people
        self.camera = Camera(world)

    def act(self, device: Device) -> str:
        """One thing that this person does now; its name and what came of it."""
        if device.store.meta.get("catalogue") is None:
            return "no catalogue yet"
        choices: dict[Callable[[Device], str], int] = (
            {self.work: 8}
            if device.staff
            else {self.new: 2, self.edit: 8, self.photo: 3, self.submit: 4, self.choose: 3, self.answer: 2}
        ) | {self.retry: 1, self.undo: 1}
        if "front_desk" in device.roles:
            choices |= {self.new: 1, self.edit: 1, self.submit: 1, self.choose: 1}
        step = self.chance.choices(list(choices), list(choices.values()))[0]
        return f"{step.__name__}: {step(device)}"

    def new(self, device: Device) -> str:
        service = device.desk.city.service(self.chance.choice(SERVICES))
        fields = answers(device.desk.city, service.fields, variant=self.chance.randrange(7))
        for field in self._free(service.fields):
            if field.name in fields and self.chance.random() < 0.5:
                fields[field.name] = self._text(field)
        if service.district_field and self.chance.random() < 0.7:
            fields[service.district_field] = self._area(device)
        case = self.world.new_id()
        came = device.do(lambda: device.desk.new(service.code, fields, case))
        if came == "ok" and self.chance.random() < 0.8:
            self._complete(device, case)
        return came

    def _complete(self, device: Device, case: str) -> None:
        """Take the photos that a draft, or a correction, still lacks."""
        try:
            lacking = device.desk.possible.document_problems(device.desk.case(case))
        except TenggatError:
            return
        for code in lacking:
            self._photo(device, case, code)

    def photo(self, device: Device) -> str:
        """One photo more, or one taken away."""
        case = self._pick(device, device.desk.possible.may_edit)
        if case is None:
            return "nothing to take a photo of"
        self._complete(device, case.id)
        marked = documents.marked(case, device.desk.city)
        open_to = [d.code for d in case.service.documents if d.form is None and (marked is None or d.code in marked)]
        files = [file for file in case.files if file.document in open_to]
        if files and self.chance.random() < 0.4:
            file = self.chance.choice(files)
            return device.do(lambda: device.desk.detach(case.id, file.id))
        if not open_to:
            return "no photo is asked for"
        return self._photo(device, case.id, self.chance.choice(open_to))

    def _photo(self, device: Device, case: str, code: str) -> str:
        path = self.camera.take(device.folder)
        return device.do(lambda: device.desk.attach(case, code, path))

    def edit(self, device: Device) -> str:
        case = self._pick(device, lambda c: device.desk.possible.may_edit(c) and device.desk.possible.marked(c) is None)
        case = case or self._pick(device, device.desk.possible.may_edit)
        if case is None:
            return "nothing to edit"
        marked = device.desk.possible.marked(case)
        fields = [f for f in self._free(case.service.fields) if marked is None or f.name in marked]
        if not fields:
            return "nothing marked"
        # Few fields, so that two devices often type in the same one.
        some = self.chance.sample(fields[:3], k=min(len(fields[:3]), self.chance.choice((1, 2, 2))))
        changes: dict[str, Any] = {field.name: self._text(field) for field in some}
        where = case.service.district_field
        if where and self.chance.random() < 0.1 if marked is None else where in marked:
            changes[str(where)] = self._area(device)
        return device.do(lambda: device.desk.edit(case.id, changes))

    def submit(self, device: Device) -> str:
        case = self._pick(device, lambda c: device.desk.possible.submitting(c) is not None)
        if case is not None and self.chance.random() < 0.7:
            self._complete(device, case.id)
        return "nothing to submit" if case is None else device.do(lambda: device.desk.submit(case.id))

    def choose(self, device: Device) -> str:
        case = self._pick(device, lambda c: c.record is not None and bool(c.record.conflicts))
        if case is None or case.record is None:
            return "nothing to choose"
        name = self.chance.choice(case.record.conflicts).field
        return device.do(lambda: device.desk.choose(case.id, name, self.chance.choice(("ours", "theirs"))))

    def answer(self, device: Device) -> str:
        """What an applicant does to a case under way: explain, rate, reopen, withdraw."""
        case = self._pick(device, lambda c: c.stage != DRAFT and bool(device.desk.possible.actions(c)))
        if case is None:
            return "nothing to answer"
        found = [a for a in device.desk.possible.actions(case) if a.code != "withdraw" or self.chance.random() < 0.1]
        return self._do(device, case, self.chance.choice(found)) if found else "nothing to answer"

    def work(self, device: Device) -> str:
        case = self._pick(device, lambda c: c.stage != DRAFT and bool(device.desk.possible.actions(c)))
        if case is None:
            return "nothing to do"
        if self.chance.random() < 0.4:
            device.do(lambda: device.desk.opened(case))
        found = device.desk.possible.actions(case)
        # Complaints that travel from office to office are what leaves a scope.
        routed = [a for a in found if a.effect == "route"]
        if routed and self.chance.random() < 0.6:
            found = routed
        return self._do(device, case, self.chance.choice(found)) if found else "nothing to do"

    def retry(self, device: Device) -> str:
        refused = device.store.outbox.entries(State.REFUSED)
        if not refused:
            return "nothing was refused"
        entry = self.chance.choice(refused)
        if self.chance.random() < 0.5:
            return device.do(lambda: device.desk.retry(entry))

        def settle() -> None:
            with device.store.transaction():
                device.store.outbox.settle(entry)

        return "gave up " + device.do(settle)

    def undo(self, device: Device) -> str:
        queued = device.store.outbox.entries(State.QUEUED)
        return "nothing to undo" if not queued else device.do(lambda: device.desk.undo(queued[-1]))

    def _do(self, device: Device, case: LocalCase, action: Action) -> str:
        city = device.desk.city
        form: dict[str, Any] = {}
        if action.form:
            asked = case.service.form(action.form).fields
            form = answers(city, asked, variant=self.chance.randrange(7))
            form |= {f.name: self._text(f) for f in self._free(asked) if f.name in form}
            form |= {f.name: self.chance.choice(("dpu", "dlh")) for f in asked if f.type == "office"}
        items = []
        if action.effect == "correction":
            names = [f.name for f in self.chance.sample(self._free(case.service.fields), 2)]
            names += [case.service.district_field] if case.service.district_field else []
            items = [{"field": name, "reason": f"tidak terbaca {self.world.mark()}"} for name in names]
            items += [{"document": "ktp", "reason": "buram"}] if self.chance.random() < 0.4 else []
        note = f"catatan {self.world.mark()}" if action.note is not None else None
        asked_for = [d.code for d in case.service.documents if action.form and d.form == action.form]
        files = {code: [self.camera.take(device.folder)] for code in asked_for if self.chance.random() < 0.6}
        came = device.do(lambda: device.desk.act(case.id, action.code, form, note, items, files))
        return f"{action.code} {case.number} {came}"

    def _free(self, fields: Any) -> list[Field]:
        """Fields of free text that are always asked, so that nothing but a person takes a text out of them."""
        return [f for f in fields if f.type in {"text", "longtext"} and f.when is None]

    def _area(self, device: Device) -> str:
        """Somewhere in the three kecamatan that this city's surveyors share."""
        near = sorted(a.code for a in device.desk.city.areas if a.kind == "kecamatan")[:3]
        areas = device.desk.city.areas
        return self.chance.choice([a.code for a in areas if a.kind == "kelurahan" and a.code[:8] in near])

    def _text(self, field: Field) -> str:
        return f"{self.world.mark()} {WORDS} {WORDS}"[: field.size].strip()

    def _pick(self, device: Device, fits: Callable[[LocalCase], bool]) -> LocalCase | None:
        """A case on this device that this can be done to, among the first few looked at."""
        ids = [row["id"] for row in device.store.records.by_due()]
        ids += sorted({entry.case for entry in device.store.outbox.entries() if entry.kind != "poison"} - set(ids))
        for _ in range(min(len(ids), 6)):
            try:
                case = device.desk.case(self.chance.choice(ids))
            except TenggatError:
                continue
            if fits(case):
                return case
        return None


def poisons(world: World, case: str, seq: int, mark: str) -> list[tuple[str, bytes]]:
    """Lines that no device should ever write, by name; `seq` is the number they stand under in the outbox."""
    good = {"t": "command", "seq": seq, "kind": "case.edit", "case": case, "at": "2026-03-02T08:00:00+07:00"}

    def line(**changes: Any) -> bytes:
        return msgspec.json.encode(good | changes)

    return [
        ("cut", line(data={"set": {"street": mark}})[:-9]),
        ("empty", b""),
        ("newline", line(data={"set": {"street": mark}}).replace(b'"data"', b'\n"data"')),
        ("shape", line(data={"set": 5, "note": mark})),
        ("kind", line(kind="poison", data={"set": {"street": mark}})),
        ("after", line(after=seq + 5, data={"set": {"street": mark}})),
        ("no_seq", line(seq=mark)),
        ("raises", line(data={"service": "krk", "set": {"street": f"{POISON} {mark}"}})),
        ("bytes", b"\xff\xfe\x00 " + mark.encode()),
    ]
