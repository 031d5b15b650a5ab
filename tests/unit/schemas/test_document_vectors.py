"""The shared cases in `tests/vectors/documents.json`, which every language runs."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec
import pytest
from msgspec.structs import replace

from schemas.catalogue.model import City, Document, Service
from schemas.documents import counted, fault, missing, of_form, unarrived, wanted

VECTORS: dict[str, Any] = json.loads((Path(__file__).parents[2] / "vectors" / "documents.json").read_bytes())


@dataclass(frozen=True)
class Attached:
    document: str
    arrived: str | None = None


@pytest.fixture
def service(city: City) -> Service:
    """A service that has nothing but these documents."""
    label = {"label": {"id": "Berkas", "en": "File"}}
    documents = tuple(msgspec.convert(label | document, Document) for document in VECTORS["documents"])
    return replace(city.service("krk"), documents=documents)


def cases(part: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = VECTORS[part]
    assert found
    return found


def test_every_part_is_run() -> None:
    assert VECTORS.keys() == {"documents", "wanted", "of_form", "missing", "unarrived", "counted", "faults"}


@pytest.mark.parametrize("case", cases("wanted"), ids=str)
def test_wanted(service: Service, case: dict[str, Any]) -> None:
    assert [document.code for document in wanted(service, case["values"])] == case["codes"]


@pytest.mark.parametrize("case", cases("of_form"), ids=str)
def test_of_form(service: Service, case: dict[str, Any]) -> None:
    assert [document.code for document in of_form(service, case["form"], case["answers"])] == case["codes"]


@pytest.mark.parametrize("case", cases("missing"), ids=str)
def test_missing(service: Service, case: dict[str, Any]) -> None:
    attached = [Attached(code) for code in case["attached"]]
    assert list(missing(wanted(service, case["values"]), attached)) == case["codes"]


@pytest.mark.parametrize("case", cases("unarrived"), ids=str)
def test_unarrived(service: Service, case: dict[str, Any]) -> None:
    attached = [Attached(*entry) for entry in case["attached"]]
    assert list(unarrived(wanted(service, case["values"]), attached)) == case["codes"]


@pytest.mark.parametrize("case", cases("counted"), ids=str)
def test_counted(case: dict[str, Any]) -> None:
    assert list(counted(Attached(*entry) for entry in case["attached"])) == case["counts"]


@pytest.mark.parametrize("case", cases("faults"), ids=str)
def test_faults(service: Service, case: dict[str, Any]) -> None:
    found = fault(service.document(case["document"]), case["type"], case["size"], case["count"])
    assert (msgspec.to_builtins(found) if found else None) == case["problem"]
