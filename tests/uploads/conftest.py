"""Real servers of a city that takes large files, and somebody with a file to send."""

import hashlib
import json
import shutil
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from schemas.catalogue.load import city_folder
from tests.api.device import Device
from tests.api.sending import document
from tests.browser.serving import ServerProcess

MB = 1_000_000


@pytest.fixture(scope="session")
def large_city(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The city that ships, but drawings may have 50 MB."""
    folder = tmp_path_factory.mktemp("large") / "semarang"
    shutil.copytree(city_folder("semarang"), folder)
    krk = folder / "services" / "krk.toml"
    text = krk.read_text(encoding="utf-8")
    assert text.count("max_mb = 20") == 1
    krk.write_text(text.replace("max_mb = 20", "max_mb = 50"), encoding="utf-8")
    return folder


@pytest.fixture
def servers(tmp_path: Path, large_city: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[list[ServerProcess]]:
    """Two processes that serve the same folder on two ports."""
    monkeypatch.setenv("TENGGAT_CITY", str(large_city))
    made = [ServerProcess(tmp_path / "data", tmp_path) for _ in range(2)]
    try:
        for server in made:
            server.start()
        yield made
    finally:
        for server in made:
            server.kill()


class WiredDevice(Device):
    """A device that speaks to a real server, at whatever port."""

    def __init__(self) -> None:
        super().__init__(None)  # type: ignore[arg-type]

    def meet(self, port: int, *commands: bytes) -> list[dict[str, Any]]:
        """One exchange; the lines of the answer."""
        request = urllib.request.Request(
            f"http://127.0.0.1:{port}/api/v1/sync",
            self.body(commands),
            {"Authorization": f"Bearer {self.token}", "Accept-Encoding": "identity"},
        )
        with urllib.request.urlopen(request, timeout=30) as response:
            lines = [json.loads(line) for line in response.read().splitlines()]
        hello, end = lines[0], lines[-1]
        self.epoch, self.cursor = hello["epoch"], end.get("cursor", self.cursor)
        self.held |= {line["id"]: line for line in lines if "v" in line}
        return lines


@dataclass
class Parcel:
    """A file on a case's manifest, whose bytes are to be sent."""

    device: WiredDevice
    case: str
    attachment: str
    content: bytes
    path: Path

    @property
    def sha256(self) -> str:
        return hashlib.sha256(self.content).hexdigest()

    @property
    def metadata(self) -> dict[str, str]:
        return {"case": self.case, "attachment": self.attachment, "filename": "gambar.pdf"}

    def arrived(self, port: int) -> bool:
        """Whether the record says so."""
        self.device.meet(port)
        (entry,) = self.device.held[self.case]["attachments"]
        return bool(entry.get("arrived"))

    def fetched(self, port: int) -> bytes:
        """The bytes as the server hands them out."""
        request = urllib.request.Request(
            f"http://127.0.0.1:{port}/api/v1/cases/{self.case}/files/{self.attachment}",
            headers={"Authorization": f"Bearer {self.device.token}"},
        )
        with urllib.request.urlopen(request, timeout=30) as response:
            found: bytes = response.read()
        return found


def packed(folder: Path, port: int, size: int, seed: int = 1) -> Parcel:
    """A draft with one PDF of that size; its bytes are not at the server yet."""
    content = document(size, seed)
    path = folder / f"gambar-{seed}.pdf"
    path.write_bytes(content)
    device, case, attachment = WiredDevice(), str(uuid4()), str(uuid4())
    parcel = Parcel(device, case, attachment, content, path)
    file = {
        "id": attachment, "document": "drawings", "sha256": parcel.sha256, "size": size, "type": "application/pdf",
    }  # fmt: skip
    lines = device.meet(port, device.command("case.edit", case, {"service": "krk", "attach": [file]}))
    assert [line["status"] for line in lines if line["t"] == "result"] == ["applied"], lines
    return parcel
