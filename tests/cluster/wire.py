"""Asking a real server, as a phone does: again until it answers, and noting how it was refused meanwhile."""

import http.client
import json
import random
import time
from collections import Counter
from dataclasses import dataclass, field
from threading import Event
from typing import Any

from tests.api.device import Answer, Device

LONGEST = 30
"""Seconds that one request may take."""


@dataclass
class Answered:
    status: int
    headers: dict[str, str]
    body: bytes


@dataclass
class Wire:
    """One phone's way to the server. `refused` counts what came instead of an answer; `seconds` are those of answers,
    `waited` from the first try to the answer."""

    port: int
    stop: Event = field(default_factory=Event)
    refused: Counter[str] = field(default_factory=Counter)
    seconds: list[float] = field(default_factory=list)
    waited: list[float] = field(default_factory=list)

    def ask(self, method: str, path: str, body: bytes = b"", **headers: str) -> Answered:
        """One request; `OSError` or `HTTPException` where nothing whole comes back."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=LONGEST)
        try:
            connection.request(method, path, body, {name.replace("_", "-"): value for name, value in headers.items()})
            response = connection.getresponse()
            return Answered(
                response.status, {name.lower(): value for name, value in response.getheaders()}, response.read()
            )
        finally:
            connection.close()

    def until(self, method: str, path: str, body: bytes = b"", **headers: str) -> Answered:
        """The same again, until it is answered with anything but `busy` or silence."""
        first = time.perf_counter()
        while True:
            begun = time.perf_counter()
            try:
                found = self.ask(method, path, body, **headers)
            except (OSError, http.client.HTTPException) as error:
                self.refused[type(error).__name__] += 1
                self._rest()
                continue
            if found.status == 503:
                # HEAD says it in its header alone.
                wait = int(found.headers["retry-after"])
                told = json.loads(found.body) if method != "HEAD" else {"code": "busy", "retry_after": wait}
                assert (told["code"], wait) == ("busy", told["retry_after"]), told
                self.refused["busy"] += 1
                self._rest()
                continue
            now = time.perf_counter()
            self.seconds.append(now - begun)
            self.waited.append(now - first)
            return found

    def exchange(self, device: Device, *commands: bytes, **hello: Any) -> Answer:
        """These commands, the same bytes each time, until an answer came with its end."""
        body = device.body(commands, **hello)
        while True:
            found = self.until("POST", "/api/v1/sync", body, Authorization=f"Bearer {device.token}")
            assert found.status == 200, (found.status, found.body)
            answer = _read(found)
            if answer is not None:
                device.take(answer)
                return answer
            self.refused["cut"] += 1

    def _rest(self) -> None:
        """As phones do, but sooner: never all at once."""
        self.stop.wait(0.05 + random.random() / 5)


def _read(found: Answered) -> Answer | None:
    raw = [line for line in found.body.split(b"\n") if line]
    try:
        lines = [json.loads(line) for line in raw]
    except ValueError:
        return None
    return Answer(found.status, found.body, raw, lines) if lines and lines[-1]["t"] == "end" else None
