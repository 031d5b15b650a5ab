"""Which photos and files a case wants, whether they are there, and whether one can be taken: the same rules everywhere.

Pure. An attachment is an entry of a case's manifest; its bytes may still be on their way.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final, Protocol

from schemas.catalogue.model import Document, Service
from schemas.form_problems import Problem
from schemas.text import Text

MB: Final = 1024 * 1024
"""What the catalogue's `max_mb` counts in, in bytes."""

MEDIA: Final[dict[str, tuple[str, ...]]] = {
    "image": ("image/jpeg", "image/png", "image/webp"),
    "pdf": ("application/pdf",),
}
"""The media types that each of the catalogue's types of document stands for."""

_KINDS: Final = {"image": Text("foto", "a photo"), "pdf": Text("PDF", "a PDF")}


class Attached(Protocol):
    """What these rules need to know of an attachment, be it on a record or still in a command."""

    @property
    def document(self) -> str: ...


class Sent(Attached, Protocol):
    """The same, with whether its bytes are at the server."""

    @property
    def arrived(self) -> str | None: ...


def wanted(service: Service, values: Mapping[str, Any]) -> tuple[Document, ...]:
    """The applicant's documents that are asked for, given the (clean) answers."""
    return tuple(document for document in service.documents if document.form is None and document.asked(values))


def of_form(service: Service, form: str | None, answers: Mapping[str, Any]) -> tuple[Document, ...]:
    """The documents that come with an officers' form, given its (clean) answers; none without a form."""
    return tuple(d for d in service.documents if form is not None and d.form == form and d.asked(answers))


def missing(documents: Sequence[Document], attached: Iterable[Attached]) -> tuple[str, ...]:
    """The codes of those that are required and have no file."""
    there = {attachment.document for attachment in attached}
    return tuple(document.code for document in documents if document.required and document.code not in there)


def unarrived(documents: Sequence[Document], attached: Iterable[Sent]) -> tuple[str, ...]:
    """The codes of those that are required and have a file whose bytes are not at the server."""
    waiting = {attachment.document for attachment in attached if attachment.arrived is None}
    return tuple(document.code for document in documents if document.required and document.code in waiting)


def counted(attached: Iterable[Sent]) -> tuple[int, int]:
    """How many have arrived, and how many there are: "2 of 3 photos arrived"."""
    there = [attachment.arrived is not None for attachment in attached]
    return sum(there), len(there)


def fault(document: Document, media: str, size: int, count: int) -> Problem | None:
    """Why this file cannot be one of that document's: its media type, its size in bytes, or that it is the `count`th.
    None where it can."""
    if media not in [each for kind in document.types for each in MEDIA.get(kind, ())]:
        return Problem("wrong_type", _wrong_type(document))
    if size > document.max_mb * MB:
        return Problem(
            "too_large",
            Text(
                f"Berkas ini lebih dari {document.max_mb} MB. Kecilkan, atau bagi menjadi beberapa berkas.",
                f"This file is over {document.max_mb} MB. Make it smaller, or split it into several files.",
            ),
        )
    if count > document.count_max:
        return Problem(
            "too_many",
            Text(
                f"Paling banyak {document.count_max} berkas. Hapus salah satu dulu.",
                f"At most {document.count_max} files. Remove one first."
                if document.count_max > 1
                else "Only one file. Remove the other first.",
            ),
        )
    return None


def _wrong_type(document: Document) -> Text:
    kinds = [_KINDS[kind] for kind in document.types]
    indonesian, english = " atau ".join(k.id for k in kinds), " or ".join(k.en for k in kinds)
    return Text(f"Berkas ini harus berupa {indonesian}.", f"This must be {english}.")
