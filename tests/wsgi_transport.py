"""A network of one process: what the client sends goes straight to the server's WSGI application.

It can be switched off, lead to a Wi-Fi's sign-in page, or break an answer off, as a real one does.
"""

import io
from collections.abc import Iterable
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from client.transport import NotOurServer, Progress, Reply, Unreachable, silent
from sync.codec import MEDIA, deflate
from sync.errors import from_problem


class WsgiTransport:
    """`offline`, `wifi` and `cut` (bytes after which the next answer breaks off) are switched by the test."""

    def __init__(self, app: Flask) -> None:
        self._client: FlaskClient = app.test_client()
        self.offline = False
        self.wifi = False
        self.cut: int | None = None
        self.calls: list[str] = []

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

    def _ask(self, method: str, path: str, **options: Any) -> TestResponse:
        if self.offline:
            raise Unreachable("no network in this test")
        if self.wifi:
            raise NotOurServer("a sign-in page answered")
        self.calls.append(f"{method} {path}")
        response = self._client.open(path, method=method, **options)
        if response.mimetype == "application/problem+json":
            raise from_problem(response.get_json())
        return response
