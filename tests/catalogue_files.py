"""Manifest entries for the documents of a catalogue, for tests that are about something else than their bytes."""

import hashlib
from collections.abc import Callable, Mapping
from typing import Any
from uuid import uuid4

from schemas.catalogue.model import Document, Service
from schemas.documents import MEDIA, wanted


def files(
    service: Service, values: Mapping[str, Any], new_id: Callable[[], str] = lambda: str(uuid4())
) -> list[dict[str, Any]]:
    """One file for each document that these answers make required."""
    return [file(document, new_id()) for document in wanted(service, values) if document.required]


def file(document: Document, id_: str, content: bytes | None = None) -> dict[str, Any]:
    """The manifest entry of one file of that document; without a `content` its bytes never come."""
    content = content or f"{document.code} {id_}".encode()
    return {
        "id": id_,
        "document": document.code,
        "sha256": hashlib.sha256(content).hexdigest(),
        "size": len(content),
        "type": MEDIA[document.types[0]][0],
        "name": f"{document.code}.{'pdf' if document.types[0] == 'pdf' else 'jpg'}",
    }
