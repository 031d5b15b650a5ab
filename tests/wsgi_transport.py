"""A network of one process: what the client sends goes straight to the server's WSGI application.

It can be switched off, lead to a Wi-Fi's sign-in page, or break an answer off, as a real one does.
"""

import io
from collections.abc import Iterable, Mapping
from typing import Any, BinaryIO

from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from client.transport import Answer, Body, NotOurServer, Progress, Reply, Unreachable, silent
from sync.codec import MEDIA, deflate
from sync.errors import from_problem


class WsgiTransport:
    """`offline`, `wifi` and `cut` (bytes after which the next answer breaks off) are switched by the test."""

    def __init__(self, app: Flask) -> None:
        self._client: FlaskClient = app.test_client()
        self.offline = False
        self.wifi = False
        self.uploads = True
        """Whether files get through; exchanges do all the same."""
        self.cut: int | None = None
        self.calls: list[str] = []
        self.sent = 0
        """Bytes of files that went up."""

    def exchange(self, token: str, lines: Iterable[bytes], progress: Progress = silent) -> Reply:
        body = b"".join(deflate(lines, "zstd"))
        progress("sending", 0, len(body))
        headers = {
            "Authorization": f"Bearer {token}",
            "Content-Type": MEDIA,
            "Content-Encoding": "zstd",
            "Accept-Encoding": "zstd",
        }
        response = self._ask("POST", "/api/v1/sync", data=body, headers=headers)
        answer, self.cut = response.data[: self.cut], None
        progress("receiving", len(answer), len(response.data))
        return Reply(io.BytesIO(answer), response.headers.get("Content-Encoding", "identity"))

    def catalogue(self, version: str | None) -> bytes | None:
        headers = {"If-None-Match": f'"{version}"'} if version else {}
        response = self._ask("GET", "/api/v1/catalogue", headers=headers)
        return None if response.status_code == 304 else response.data

    def call(self, method: str, path: str, body: Any = None, token: str | None = None) -> Any:
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        response = self._ask(method, path, json=body, headers=headers)
        return None if response.status_code == 204 else response.get_json()

    def ask(self, method: str, path: str, headers: Mapping[str, str], body: Body | None = None) -> Answer:
        if not self.uploads:
            raise Unreachable("no file gets through in this test")
        data = body.read() if body is not None else b""
        self.sent += len(data)
        response = self._open(method, path, data=data, headers=dict(headers))
        return _answer(response)

    def fetch(
        self,
        path: str,
        headers: Mapping[str, str],
        into: BinaryIO,
        progress: Progress = silent,
        method: str = "GET",
        body: Body | None = None,
    ) -> Answer:
        response = self._open(method, path, headers=dict(headers), data=body.read() if body is not None else None)
        if response.status_code in (200, 206):
            if response.status_code == 200:
                into.seek(0)
                into.truncate()
            into.write(response.data)
            progress("fetching", into.tell(), into.tell())
        response.close()
        return _answer(response)

    def _ask(self, method: str, path: str, **options: Any) -> TestResponse:
        response = self._open(method, path, **options)
        if response.mimetype == "application/problem+json":
            raise from_problem(response.get_json())
        return response

    def _open(self, method: str, path: str, **options: Any) -> TestResponse:
        if self.offline:
            raise Unreachable("no network in this test")
        if self.wifi:
            raise NotOurServer("a sign-in page answered")
        self.calls.append(f"{method} {path}")
        return self._client.open(path, method=method, **options)


def _answer(response: TestResponse) -> Answer:
    problem = response.get_json() if response.mimetype == "application/problem+json" and response.data else None
    return Answer(response.status_code, {name.lower(): value for name, value in response.headers}, problem)
