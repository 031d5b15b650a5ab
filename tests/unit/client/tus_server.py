"""A tus server of a few lines, over a wire that does what networks do: it cuts bodies, loses answers, and lies."""

import hashlib
from base64 import b64decode
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, BinaryIO

from client.transport import Answer, Body, NotOurServer, Progress, Unreachable, silent

SPOKEN = {"tus-resumable": "1.0.0"}


@dataclass
class Begun:
    attachment: str
    length: int
    received: bytearray = field(default_factory=bytearray)
    ended: bool = False


@dataclass
class TusServer:
    """`wanted`: the manifest, hash by attachment. `refuse`: what is said of an attachment instead of taking its last
    byte (status, problem). `faults`: what happens to the next requests, by method: `("cut", n)` the body breaks after
    n bytes, `("lost",)` it was done and the answer does not come, `("answer", Answer)` somebody else answers."""

    wanted: dict[str, str]
    refuse: dict[str, tuple[int, dict[str, Any]]] = field(default_factory=dict)
    faults: dict[str, list[tuple[Any, ...]]] = field(default_factory=dict)
    uploads: dict[str, Begun] = field(default_factory=dict)
    arrived: dict[str, bytes] = field(default_factory=dict)
    calls: list[str] = field(default_factory=list)
    received: int = 0
    """Bytes that came in, over all requests."""

    def ask(self, method: str, path: str, headers: Mapping[str, str], body: Body | None = None) -> Answer:
        self.calls.append(method)
        assert headers["Authorization"] == "Bearer t" and headers["Tus-Resumable"] == "1.0.0"
        queue = self.faults.get(method, [])
        fault = queue.pop(0) if queue else ("none",)
        if fault[0] == "answer":
            return fault[1]  # type: ignore[no-any-return]
        if fault[0] == "raise":
            raise fault[1]
        answer = getattr(self, f"_{method.lower()}")(path, headers, body, fault)
        if fault[0] == "lost":
            raise Unreachable("the answer was lost")
        return answer  # type: ignore[no-any-return]

    def _post(self, path: str, headers: Mapping[str, str], _body: Any, _fault: Any) -> Answer:
        given = dict(pair.split(" ") for pair in headers["Upload-Metadata"].split(","))
        attachment = b64decode(given["attachment"]).decode()
        if attachment not in self.wanted:
            return problem(404, "not_found")
        if attachment in self.arrived:
            return problem(409, "already_arrived")
        if attachment in self.refuse and any(u.attachment == attachment and u.ended for u in self.uploads.values()):
            return problem(*self.refuse[attachment])
        upload = Begun(attachment, int(headers["Upload-Length"]))
        url = f"/api/v1/uploads/{len(self.uploads)}"
        held = next(
            (b for b in self.arrived.values() if hashlib.sha256(b).hexdigest() == self.wanted[attachment]), None
        )
        self.uploads[url] = upload
        if held is not None:
            self.arrived[attachment] = held
            return Answer(201, SPOKEN | {"location": url, "upload-offset": str(upload.length)})
        return Answer(201, SPOKEN | {"location": url})

    def _head(self, path: str, _headers: Mapping[str, str], _body: Any, _fault: Any) -> Answer:
        upload = self.uploads.get(path)
        if upload is None or upload.ended:
            return Answer(404 if upload is None else 410, SPOKEN)
        return Answer(200, SPOKEN | {"upload-offset": str(len(upload.received))})

    def _patch(self, path: str, headers: Mapping[str, str], body: Body, fault: tuple[Any, ...]) -> Answer:
        upload = self.uploads.get(path)
        if upload is None or upload.ended:
            return problem(410, "ended")
        if int(headers["Upload-Offset"]) != len(upload.received):
            return problem(409, "wrong_offset")
        assert int(headers["Content-Length"]) == len(body)
        if fault[0] == "cut":
            piece = body.read(fault[1])
            self.received += len(piece)
            upload.received += piece
            raise Unreachable("the connection broke")
        data = body.read()
        assert len(data) == len(body)
        self.received += len(data)
        upload.received += bytes(data) if fault[0] != "damage" else b"\0" * len(data)
        if len(upload.received) == upload.length:
            return self._finish(upload)
        return Answer(204, SPOKEN | {"upload-offset": str(len(upload.received))})

    def _finish(self, upload: Begun) -> Answer:
        if upload.attachment in self.refuse:
            upload.ended = True
            return problem(*self.refuse[upload.attachment])
        if hashlib.sha256(upload.received).hexdigest() != self.wanted[upload.attachment]:
            upload.ended = True
            return problem(460, "hash_mismatch", text={"id": "Rusak di jalan.", "en": "Damaged on its way."})
        self.arrived[upload.attachment] = bytes(upload.received)
        return Answer(204, SPOKEN | {"upload-offset": str(upload.length)})

    # What a transport has beside, and these tests do not need.

    def exchange(self, *_: Any) -> Any:
        raise AssertionError("no exchange here")

    def catalogue(self, _: Any) -> Any:
        raise AssertionError("no catalogue here")

    def call(self, *_: Any, **__: Any) -> Any:
        raise AssertionError("no call here")

    def fetch(self, _path: str, _headers: Mapping[str, str], _into: BinaryIO, _progress: Progress = silent) -> Answer:
        raise NotOurServer("no download here")


def problem(status: int, code: str | dict[str, Any], **more: Any) -> Answer:
    body = code if isinstance(code, dict) else {"code": code, "detail": f"it is {code}"} | more
    return Answer(status, SPOKEN, body)
