"""What happens at the city while somebody looks at a screen: cases filed and moved by others, devices revoked.

It writes through the server's own code on the same database, as a second worker process would, and so with no
browser and no waiting. The tests that use it are about what a screen then shows.
"""

import base64
import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from schemas.documents import wanted
from server.access import devices, tokens
from server.app import create_app
from server.cli import demo
from server.settings import Settings
from server.sources import Sources
from server.store.database import writing
from tests.api.device import Device, Line, new_id
from tests.api.filing import fields
from tests.browser.pictures import photo, sha256
from tests.catalogue_files import file as manifest_entry
from tests.conftest import Clock, Server


class RealClock(Clock):
    """The time it is, set back for what happened before a test."""

    def __init__(self) -> None:
        self.back = timedelta()

    def __call__(self) -> datetime:
        return datetime.now(UTC) - self.back


def prepare(data: Path) -> None:
    """A database with the demonstration accounts and nothing else."""
    app = create_app(Settings(data=data, web=None))
    server = Server(app, RealClock())
    demo.prepare(server.world)
    server.engine.dispose()


class Backstage:
    """The people behind the counter, and other citizens. `as_server` opens the rest of the server's tests' kit."""

    def __init__(self, data: Path) -> None:
        self.clock = RealClock()
        self.as_server = Server(create_app(Settings(data=data, web=None), Sources(clock=self.clock)), self.clock)
        self._officers: dict[str, Device] = {}
        self.content: dict[str, bytes] = {}
        """What was attached by whoever filed from here, by its hash."""
        self.photos = 0
        """How many were made, so that no two cases have the same."""

    def close(self) -> None:
        self.as_server.engine.dispose()

    @contextmanager
    def ago(self, **delta: float) -> Iterator[None]:
        """What is done in here was done so long ago."""
        self.clock.back = timedelta(**delta)
        yield
        self.clock.back = timedelta()

    def officer(self, login: str) -> Device:
        """One of the demonstration accounts at a device of their own."""
        if login not in self._officers:
            [row] = self.as_server.rows("SELECT id FROM person WHERE login = :login", login=login)
            token = self.as_server.world.sources.new_token()
            with writing(self.as_server.engine) as connection:
                devices.new_device(connection, self.as_server.world.sources, row.id, token)
            self._officers[login] = Device(self.as_server.app, token, guest=False)
        return self._officers[login]

    def citizen(self, token: str | None = None) -> Device:
        """Somebody else, or a second device of the guest whose token this is."""
        return Device(self.as_server.app, token) if token else Device(self.as_server.app)

    def file(self, device: Device, service: str = "lapor", *, arrive: bool = True, **given: Any) -> str:
        """File a case; its id. The photos that it requires are at the server, unless they are not to `arrive`."""
        case = new_id()
        values = fields(self.as_server, service, **given)
        asked = wanted(self.as_server.city.service(service), values)
        self.photos += 1
        content = photo(self.photos % 40, (320, 240))
        self.content[sha256(content)] = content
        attach = [manifest_entry(one, new_id(), content) for one in asked if one.required]
        self.send(device, "case.act", case, {"service": service, "action": "submit", "set": values, "attach": attach})
        for one in attach if arrive else ():
            self.deliver(device, case, one["id"], content)
        return case

    def deliver(self, device: Device, case: str, attachment: str, content: bytes) -> None:
        """The bytes of one file, in one request. What this person sent before is not asked for again."""
        about = {"case": case, "attachment": attachment}
        headers = {
            "Authorization": f"Bearer {device.token}",
            "Tus-Resumable": "1.0.0",
            "Upload-Length": str(len(content)),
            "Upload-Metadata": ",".join(f"{k} {base64.b64encode(v.encode()).decode()}" for k, v in about.items()),
            "Content-Type": "application/offset+octet-stream",
        }
        response = device.app.test_client().post("/api/v1/uploads", data=content, headers=headers)
        assert response.status_code in {201, 409}, response.get_data(as_text=True)

    def attachments(self, case: str) -> list[Line]:
        """The manifest of a case."""
        [row] = self.as_server.rows("SELECT state FROM case_record WHERE id = :id", id=case)
        return list(json.loads(row.state).get("attachments", []))

    def act(self, who: Device | str, case: str, action: str, **data: Any) -> None:
        device = self.officer(who) if isinstance(who, str) else who
        self.send(device, "case.act", case, {"action": action} | data)

    def send(self, device: Device, kind: str, case: str, data: Line, status: str = "applied") -> Line:
        """One command, as the answer tells of it; it must have ended so."""
        answer = device.exchange(device.command(kind, case, data))
        assert answer.result["status"] == status, answer.result
        return answer.result

    def number(self, case: str) -> str:
        [row] = self.as_server.rows("SELECT number FROM case_record WHERE id = :id", id=case)
        return str(row.number)

    def stage(self, case: str) -> str:
        [row] = self.as_server.rows("SELECT stage FROM case_record WHERE id = :id", id=case)
        return str(row.stage)

    def revoke(self, token: str) -> None:
        """What an administrator does to a phone that was lost."""
        now = devices.stamp(self.clock())
        self.as_server.execute("UPDATE device SET revoked = :now WHERE token = :t", now=now, t=tokens.hash_of(token))

    def forget(self, token: str) -> None:
        """The server never heard of this device: it came back from an old backup."""
        values = {"t": tokens.hash_of(token), "other": tokens.hash_of(new_id())}
        self.as_server.execute("UPDATE device SET token = :other WHERE token = :t", **values)
