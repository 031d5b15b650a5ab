"""Sending bytes by tus with nothing of ours, and pictures and documents to send."""

import base64
import hashlib
import io
import random
from typing import Any

from PIL import Image
from werkzeug.test import TestResponse

from .device import Device, new_id

Entry = dict[str, Any]

MEDIA = "application/offset+octet-stream"


def picture(kind: str = "JPEG", size: tuple[int, int] = (800, 600), seed: int = 1, **saving: Any) -> bytes:
    """A picture that compresses little, like a photo."""
    small = Image.frombytes("RGB", (80, 60), random.Random(seed).randbytes(80 * 60 * 3))
    out = io.BytesIO()
    small.resize(size).save(out, kind, **saving)
    return out.getvalue()


def document(size: int = 5_000, seed: int = 1) -> bytes:
    """A PDF as far as anybody looks: header, filler, end."""
    head, tail = b"%PDF-1.7\n", b"\n%%EOF\n"
    return head + random.Random(seed).randbytes(size - len(head) - len(tail)) + tail


def entry(content: bytes, type_: str = "image/jpeg", document_: str = "ktp", **more: Any) -> Entry:
    """A file's entry in a manifest."""
    found = {"id": new_id(), "document": document_, "sha256": hashlib.sha256(content).hexdigest()}
    return found | {"size": len(content), "type": type_, "name": "foto.jpg"} | more


def draft(device: Device, *files: Entry, case: str | None = None) -> str:
    """A draft of a KRK that these files are attached to; its id."""
    case = case or new_id()
    result = device.exchange(device.command("case.edit", case, {"service": "krk", "attach": list(files)})).result
    assert result["status"] == "applied", result
    return case


def coded(text: str) -> str:
    return base64.b64encode(text.encode()).decode()


def checksum(content: bytes, algorithm: str = "sha256") -> str:
    return f"{algorithm} {base64.b64encode(hashlib.new(algorithm, content).digest()).decode()}"


class Sender:
    """One device's uploads. A header given as None is left out."""

    def __init__(self, device: Device) -> None:
        self.device = device

    def ask(
        self, method: str, path: str, body: bytes | None = None, environ: Any = None, **headers: str | None
    ) -> TestResponse:
        given: dict[str, str | None] = {"Tus-Resumable": "1.0.0", "Authorization": f"Bearer {self.device.token}"}
        given |= {name.replace("_", "-"): value for name, value in headers.items()}
        sent = {name: value for name, value in given.items() if value is not None}
        client = self.device.app.test_client()
        return client.open(path, method=method, data=body, headers=sent, environ_overrides=environ or {}, buffered=True)

    def create(self, case: str, file: Entry, body: bytes | None = None, **headers: str | None) -> TestResponse:
        told = {
            "Upload_Length": str(file["size"]),
            "Upload_Metadata": f"case {coded(case)},attachment {coded(file['id'])}",
        }
        if body is not None:
            told["Content_Type"] = MEDIA
        return self.ask("POST", "/api/v1/uploads", body, **(told | headers))

    def begin(self, case: str, file: Entry) -> str:
        """The address of a new upload."""
        response = self.create(case, file)
        assert response.status_code == 201, response.get_data()
        return response.headers["Location"]

    def patch(
        self, upload: str, offset: int, body: bytes | None, environ: Any = None, **headers: str | None
    ) -> TestResponse:
        told: dict[str, str | None] = {"Content_Type": MEDIA, "Upload_Offset": str(offset)}
        return self.ask("PATCH", upload, body, environ, **(told | headers))

    def offset(self, upload: str) -> int:
        response = self.ask("HEAD", upload)
        assert response.status_code == 200, response.status
        return int(response.headers["Upload-Offset"])

    def send(self, case: str, file: Entry, content: bytes) -> TestResponse:
        """All of it in one request; the last answer."""
        return self.patch(self.begin(case, file), 0, content)

    def get(self, case: str, file: Entry, small: bool = False, **headers: str | None) -> TestResponse:
        path = f"/api/v1/cases/{case}/files/{file['id']}" + ("/thumbnail" if small else "")
        return self.ask("GET", path, **headers)


def code(response: TestResponse) -> tuple[int, str | None]:
    """Status and word code of an answer."""
    return response.status_code, response.json["code"] if response.json else None


def stands(device: Device, case: str) -> list[bool]:
    """By file, whether its bytes have arrived, as the next exchange tells."""
    device.exchange()
    return [bool(attachment.get("arrived")) for attachment in device.held[case]["attachments"]]
