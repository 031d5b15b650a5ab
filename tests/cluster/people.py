"""Who is at work while things break: citizens who report and send photos, and an officer who follows."""

import hashlib
import json
from abc import ABC, abstractmethod
from dataclasses import dataclass, field
from threading import Event, Lock, Thread
from typing import Any

from tests.api.device import Device, new_id
from tests.api.sending import MEDIA, coded, document, entry
from tests.cluster.wire import Wire

WRITERS = 8
COMPLAINT = {
    "kind": "complaint", "category": "road", "title": "Jalan berlubang", "text": "Lubang besar di tengah jalan",
    "where": "none", "anonymous": "no", "name": "Warga Satu",
}  # fmt: skip


@dataclass
class Book:
    """What was acknowledged, to anybody."""

    commands: dict[tuple[str, int], dict[str, Any]] = field(default_factory=dict)
    numbers: list[str] = field(default_factory=list)
    files: dict[str, str] = field(default_factory=dict)
    """Hash by the case it was sent for."""
    lock: Lock = field(default_factory=Lock)

    def note(self, instance: str, results: list[dict[str, Any]]) -> None:
        with self.lock:
            for result in results:
                assert result["status"] == "applied", result
                assert (instance, result["seq"]) not in self.commands, "answered twice"
                self.commands[instance, result["seq"]] = result
                self.numbers += [result["number"]] if "number" in result else []


class AtWork(Thread, ABC):
    """Somebody who goes on until told to stop. What went wrong is raised by `finish`."""

    def __init__(self, leave: Event) -> None:
        super().__init__(daemon=True)
        self._leave = leave
        self._fault: BaseException | None = None

    def run(self) -> None:
        try:
            while not self._leave.is_set():
                self.step()
        except BaseException as fault:
            self._fault = fault
            self._leave.set()

    @abstractmethod
    def step(self) -> None:
        """Something that they do, again and again."""

    def finish(self) -> None:
        self.join(120)
        assert not self.is_alive(), "somebody still waits for an answer"
        if self._fault:
            raise self._fault


class Working(AtWork):
    """With a device that speaks the protocol with nothing of ours."""

    def __init__(self, port: int, leave: Event, device: Device) -> None:
        super().__init__(leave)
        self.device = device
        self.wire = Wire(port)


class Writer(Working):
    """Reports, two in one exchange; then a draft with a document, whose bytes follow."""

    def __init__(self, port: int, leave: Event, book: Book, number: int) -> None:
        super().__init__(port, leave, Device(None))  # type: ignore[arg-type]
        self._book = book
        self._number = number
        self._rounds = 0

    def step(self) -> None:
        self._rounds += 1
        self._push(*(self._report(new_id()) for _ in range(2)))
        if self._rounds % 3 == 0:
            self._send()

    def _report(self, case: str) -> bytes:
        return self.device.command("case.act", case, {"service": "lapor", "action": "submit", "set": COMPLAINT})

    def _push(self, *lines: bytes) -> None:
        answer = self.wire.exchange(self.device, *lines)
        self._book.note(self.device.instance, answer.results)

    def _send(self) -> None:
        content = document(40_000, seed=self._number * 10_000 + self._rounds)
        file, case = entry(content, "application/pdf", "land_proof"), new_id()
        self._push(self.device.command("case.edit", case, {"service": "krk", "attach": [file]}))
        known = {"Tus_Resumable": "1.0.0", "Authorization": f"Bearer {self.device.token}"}
        told = {
            "Upload_Length": str(len(content)),
            "Upload_Metadata": f"case {coded(case)},attachment {coded(file['id'])}",
        }
        while True:
            made = self.wire.until("POST", "/api/v1/uploads", **known, **told)
            if made.status == 409 and json.loads(made.body)["code"] == "already_arrived":
                break  # the answer to the last byte was lost
            assert made.status == 201, (made.status, made.body)
            if self._bytes(made.headers["location"], content, known):
                break
        self._book.files[case] = hashlib.sha256(content).hexdigest()

    def _bytes(self, address: str, content: bytes, known: dict[str, str]) -> bool:
        """Whether all of them are at the server; where it knows nothing of this upload any more, another is begun."""
        path = "/" + address.split("/", 3)[-1] if "://" in address else address
        while True:
            stands = self.wire.until("HEAD", path, **known)
            if stands.status != 200:
                assert stands.status in {404, 410}, (stands.status, stands.body)
                return False
            offset = int(stands.headers["upload-offset"])
            if offset == len(content):
                return True
            told = {"Content_Type": MEDIA, "Upload_Offset": str(offset)}
            self.wire.until("PATCH", path, content[offset:], **known, **told)


class Follower(Working):
    """An officer's device: follows its cursor, and is never told of a case's past after its present."""

    def __init__(self, port: int, leave: Event, token: str) -> None:
        super().__init__(port, leave, Device(None, token, guest=False))  # type: ignore[arg-type]
        self.backwards = 0
        self.pages = 0

    def step(self) -> None:
        held = {name: line["v"] for name, line in self.device.held.items()}
        answer = self.wire.exchange(self.device, limit=200)
        self.pages += 1
        self.backwards += sum(line["v"] < held.get(line["id"], 0) for line in answer.records)
        if not answer.end.get("more") and not answer.records:
            self._leave.wait(0.02)
