"""A device that speaks the protocol with nothing of ours: stdlib JSON, and its own reading of every rule.

It keeps what a device keeps (instance, numbers, epoch, cursor, records) and applies a response as
docs/protocol.md says.
"""

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

from flask import Flask
from werkzeug.test import TestResponse

Line = dict[str, Any]


@dataclass
class Answer:
    """A response, read line by line. `raw` are the lines as they came."""

    status: int
    body: bytes
    raw: list[bytes]
    lines: list[Line]

    def all(self, kind: str) -> list[Line]:
        return [line for line in self.lines if line["t"] == kind]

    def one(self, kind: str) -> Line:
        (found,) = self.all(kind)
        return found

    @property
    def hello(self) -> Line:
        return self.one("hello")

    @property
    def end(self) -> Line:
        return self.one("end")

    @property
    def results(self) -> list[Line]:
        return self.all("result")

    @property
    def records(self) -> list[Line]:
        return [line for line in self.lines if "id" in line and "v" in line]

    @property
    def result(self) -> Line:
        return self.one("result")


def dumps(line: Line) -> bytes:
    return json.dumps(line, separators=(",", ":")).encode()


def new_id() -> str:
    return str(uuid4())


@dataclass
class Device:
    """A guest's device, or one that was given a token."""

    app: Flask
    token: str = field(default_factory=lambda: "g" + uuid4().hex + "0123456789")
    guest: bool = True
    instance: str = field(default_factory=new_id)
    epoch: str | None = None
    cursor: str | None = None
    seq: int = 0
    held: dict[str, Line] = field(default_factory=dict)
    scopes: list[str] = field(default_factory=list)

    def command(self, kind: str, case: str, data: Line | None = None, **more: Any) -> bytes:
        """The next command, as the line that is frozen once sent."""
        self.seq += 1
        line = {"t": "command", "seq": self.seq, "kind": kind, "case": case, "at": "2026-03-16T09:00:00+07:00"}
        return dumps(line | {"data": data or {}} | more)

    def body(self, commands: Iterable[bytes] = (), *others: Line, **hello: Any) -> bytes:
        """A whole request body."""
        first = {"t": "hello", "protocol": 1, "instance": self.instance, "app": "test/1", "guest": self.guest}
        if self.epoch is not None:
            first["epoch"] = self.epoch
        if self.cursor is not None:
            first["cursor"] = self.cursor
        commands = list(commands)
        lines = [dumps(first | hello), *commands, *map(dumps, others), dumps({"t": "end", "commands": len(commands)})]
        return b"\n".join(lines) + b"\n"

    def post(self, body: bytes, **headers: str) -> TestResponse:
        return self.app.test_client().post(
            "/api/v1/sync", data=body, headers={"Authorization": f"Bearer {self.token}"} | headers
        )

    def exchange(self, *commands: bytes, others: Iterable[Line] = (), **hello: Any) -> Answer:
        """Send these commands, and take in what comes back."""
        response = self.post(self.body(commands, *others, **hello))
        assert response.status_code == 200, response.get_data()
        answer = read(response)
        self.take(answer)
        return answer

    def pull(self, limit: int = 10_000, most: int = 1_000) -> list[Answer]:
        """Pull until there is no more; the digest at the end is right."""
        answers = []
        for _ in range(most):
            answers.append(self.exchange(limit=limit))
            if not answers[-1].end.get("more"):
                assert answers[-1].end["digest"] == self.digest()
                return answers
        raise AssertionError("the server always has more")

    def take(self, answer: Answer) -> None:
        """Apply a response that has its end; one that was cut off changes nothing."""
        if not answer.lines or answer.lines[-1]["t"] != "end":
            return
        if answer.all("reset"):
            self.held.clear()
        for line in answer.lines:
            if line["t"] in {"left", "deleted"}:
                self.held.pop(line["id"], None)
            elif "v" in line and "id" in line:
                self.held[line["id"]] = line
        if answer.hello.get("wipe"):
            self.held.clear()
        self.epoch, self.cursor = answer.hello["epoch"], answer.end.get("cursor", self.cursor)
        self.scopes = answer.hello.get("scopes", [])

    def digest(self) -> list[list[Any]]:
        """Count and sum over what is held, scope by scope, counted anew from the records themselves."""
        found = []
        for scope in self.scopes:
            hashes = [
                int.from_bytes(hashlib.sha256(f"{line['id']}:{line['v']}".encode()).digest()[:8], "big")
                for line in self.held.values()
                if scope in line["scopes"]
            ]
            found.append([len(hashes), f"{sum(hashes) % 2**64:016x}"])
        return found


def read(response: TestResponse) -> Answer:
    body = response.get_data()
    raw = [line for line in body.split(b"\n") if line]
    return Answer(response.status_code, body, raw, [json.loads(line) for line in raw])
