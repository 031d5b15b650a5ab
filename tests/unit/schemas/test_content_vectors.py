"""The shared cases in `tests/vectors/content.json`, which every language runs, and both sides of the network."""

import hashlib
import io
import json
from pathlib import Path
from typing import Any

import pytest

from client.files.keeping import keep_open
from client.files.refusals import FileRefused
from client.store import Store
from schemas.catalogue.model import City
from schemas.content import kind_of, pdf_ends
from server.files.content import verify
from server.files.errors import RefusedFile

VECTORS: dict[str, Any] = json.loads((Path(__file__).parents[2] / "vectors" / "content.json").read_bytes())


def cases(part: str) -> list[Any]:
    found: list[dict[str, Any]] = VECTORS[part]
    assert found
    return [pytest.param(case, id=case["name"]) for case in found]


def bytes_of(written: str) -> bytes:
    """Pieces in hexadecimal digits, each as often as it says."""
    pieces = (piece.partition("*") for piece in written.split())
    return b"".join(bytes.fromhex(digits) * int(times or 1) for digits, _, times in pieces)


def file_of(case: dict[str, Any]) -> bytes:
    """Long enough that its first bytes are not among its last."""
    return bytes_of(case["head"]) + b" " * 10_000 + bytes_of(case["tail"])


def test_every_part_is_run() -> None:
    assert VECTORS.keys() == {"kinds", "ends", "files"}


@pytest.mark.parametrize("case", cases("kinds"))
def test_kinds(case: dict[str, Any]) -> None:
    assert kind_of(bytes_of(case["head"])) == case["type"]


@pytest.mark.parametrize("case", cases("ends"))
def test_ends(case: dict[str, Any]) -> None:
    assert pdf_ends(bytes_of(case["tail"])) is case["ends"]


@pytest.mark.parametrize("case", cases("files"))
def test_what_a_device_takes(case: dict[str, Any], city: City, tmp_path: Path) -> None:
    store, document = Store(tmp_path / "device.db"), city.service("krk").document("ktp")
    try:
        kept = keep_open(store, io.BytesIO(file_of(case)), "berkas.bin", document)
        assert (kept.type, case["refused"]) == ("application/pdf", None)
    except FileRefused as refused:
        assert refused.why == case["refused"]
    finally:
        store.close()


@pytest.mark.parametrize("case", cases("files"))
def test_what_the_server_takes(case: dict[str, Any], tmp_path: Path) -> None:
    path, content = tmp_path / "part", file_of(case)
    path.write_bytes(content)
    try:
        verify(path, hashlib.sha256(content).hexdigest(), "application/pdf")
        assert case["refused"] is None
    except RefusedFile as refused:
        assert refused.code == case["refused"]
