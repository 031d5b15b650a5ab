"""People with the program that people have: the Python client's store and engine, on its own timer in a thread of its
own, over real HTTP. Nobody tells them what happened to the server; they go on."""

import json
import secrets
from abc import abstractmethod
from pathlib import Path
from threading import Event, Thread

from client.account import begin_as_guest
from client.engine import Engine
from client.store import Store
from client.transport import HttpTransport
from client.work import Desk
from sync.outbox import State
from tests.cluster.people import COMPLAINT, AtWork
from tests.pictures import write_jpeg

Key = tuple[str, int]


class Soon:
    """The engine's wait, but shorter; as jittered as its own."""

    def __init__(self, stop: Event) -> None:
        self._stop = stop

    def wait(self, timeout: float) -> bool:
        return self._stop.wait(min(timeout, 0.1 + secrets.randbelow(100) / 1_000))


class Living(AtWork):
    """Works until `leave`; the device exchanges until `switch_off`."""

    def __init__(self, folder: Path, port: int, leave: Event, token: str | None = None) -> None:
        super().__init__(leave)
        folder.mkdir(parents=True)
        self.folder = folder
        self.store = Store(folder / "device.sqlite")
        self.desk = Desk(self.store)
        self._off = Event()
        self._transport = HttpTransport(f"http://127.0.0.1:{port}")
        self._engine = Engine(self.store, self._transport)
        if token:
            self.store.meta.set("token", token)
        begin_as_guest(self.store)
        self._timer = Thread(target=self._exchange, daemon=True)
        self._timer.start()

    def _exchange(self) -> None:
        self._engine.run(Soon(self._off))

    def step(self) -> None:
        if self.store.meta.get("catalogue") is not None:
            self.work()
        self._leave.wait(0.1)

    @abstractmethod
    def work(self) -> None:
        """One thing more, with a network or without."""

    def done(self) -> set[Key]:
        """The keys of all that the server has acknowledged."""
        found = self.store.outbox.entries(State.ACKNOWLEDGED)
        return {(self.store.outbox.identity(entry.instance), entry.seq) for entry in found}

    def numbers(self) -> dict[str, str]:
        """By case, what its person reads on the screen."""
        return {row["id"]: row["number"] for row in self.store.records.by_due() if row["number"]}

    def troubled(self) -> str:
        """Why this device has not come to rest; empty where it has."""
        outbox, error = self.store.outbox, self.store.meta.get("last_error")
        told = {
            "waiting": outbox.waiting()[0],
            "refused": [(e.kind, e.result) for e in outbox.entries(State.REFUSED)],
            "files": self.store.files.unsent()[0],
            "error": error and error[:2],
        }
        return str(told) if any(told.values()) else ""

    def switch_off(self) -> None:
        self._off.set()
        self._timer.join(60)
        assert not self._timer.is_alive(), "the engine still waits for an answer"
        self._transport._http.close()
        self.store.close()


class Citizen(Living):
    """Reports, and has a photo of every third thing reported."""

    def __init__(self, folder: Path, port: int, leave: Event) -> None:
        super().__init__(folder, port, leave)
        self.photos: set[str] = set()
        self.cases: set[str] = set()

    def work(self) -> None:
        case = self.desk.new("lapor", COMPLAINT)
        if len(self.cases) % 3 == 0:
            seed = f"{self.folder.name} {len(self.cases)}"
            path = write_jpeg(self.folder / f"{seed}.jpg", seed, (300, 200), noise=True)
            self.desk.attach(case, "photos", path)
            [photo] = self.desk.case(case).files
            self.photos.add(photo.attachment.sha256)
        self.desk.submit(case)
        self.cases.add(case)


class Officer(Living):
    """Passes on whatever is new, once: also a case that its device has lost sight of, and sees as new again."""

    def __init__(self, folder: Path, port: int, leave: Event, token: str) -> None:
        super().__init__(folder, port, leave, token)
        self.passed_on: set[str] = set()

    def work(self) -> None:
        for row in list(self.store.records.by_due()):
            if row["id"] not in self.passed_on and row["stage"] == "received":
                self.desk.act(row["id"], "dispatch")
                self.passed_on.add(row["id"])


def steps(line: bytes) -> list[str]:
    """What was done to a case, as its record tells."""
    return [step["action"] for step in json.loads(line)["steps"]]
