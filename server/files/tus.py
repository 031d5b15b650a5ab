"""What tus 1.0.0 says in headers, read: pure (https://tus.io/protocols/resumable-upload, sections in comments)."""

import base64
import binascii
import hashlib
import hmac
import re
from dataclasses import dataclass, field
from datetime import datetime
from email.utils import format_datetime
from typing import Any

from werkzeug.datastructures import Headers

from server.files.errors import UnknownAlgorithm, WrongMedia, WrongVersion
from sync.errors import Malformed

VERSION = "1.0.0"
EXTENSIONS = "creation,creation-with-upload,checksum,termination,expiration"
MOST_SAID = 2_000
"""Characters of `Upload-Metadata` that are kept."""
ALGORITHMS = ("sha1", "sha256")
MEDIA = "application/offset+octet-stream"

_NUMBER = re.compile(r"[0-9]{1,18}")
_WORD = re.compile(r"[!-+\--~]+")
_ID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")


def check_version(headers: Headers) -> None:
    """§ Tus-Resumable: another version is answered with 412, and not looked into."""
    if headers.get("Tus-Resumable") != VERSION:
        raise WrongVersion(f"this server speaks tus {VERSION}; say so in Tus-Resumable")


def check_media(headers: Headers) -> None:
    if headers.get("Content-Type", "").partition(";")[0].strip().lower() != MEDIA:
        raise WrongMedia(f"the bytes of an upload are of the type {MEDIA}")


def number(headers: Headers, name: str) -> int:
    """A header that is a whole number, not negative."""
    found = headers.get(name, "").strip()
    if not _NUMBER.fullmatch(found):
        raise Malformed(f"{name} must be a whole number")
    return int(found)


def metadata(headers: Headers) -> dict[str, str]:
    """§ Upload-Metadata: pairs of a key and a value in base64, or a key alone. Values that are no text are left out."""
    found: dict[str, str] = {}
    for pair in filter(None, (p.strip() for p in headers.get("Upload-Metadata", "").split(","))):
        key, _, coded = pair.partition(" ")
        if not _WORD.fullmatch(key) or key in found:
            raise Malformed("Upload-Metadata is not pairs of a word and base64, each word once")
        try:
            found[key] = base64.b64decode(coded.strip(), validate=True).decode()
        except binascii.Error:
            raise Malformed(f"the value of {key} in Upload-Metadata is not base64") from None
        except UnicodeDecodeError:
            found[key] = ""
    return found


def said(headers: Headers) -> str:
    """§ Upload-Metadata: HEAD must tell it as the creation did. `Malformed` for more than is kept."""
    found = headers.get("Upload-Metadata", "")
    if len(found) > MOST_SAID:
        raise Malformed(f"Upload-Metadata has over {MOST_SAID} characters")
    return found


def as_metadata(given: dict[str, str]) -> str:
    """The same, written."""
    return ",".join(f"{key} {base64.b64encode(value.encode()).decode()}" for key, value in given.items())


def identifier(given: dict[str, str], name: str) -> str:
    """One of the ids that a creation must name."""
    found = given.get(name, "")
    if not is_id(found):
        raise Malformed(f"Upload-Metadata must name the {name} by its id")
    return found


def is_id(text: str) -> bool:
    return bool(_ID.fullmatch(text))


@dataclass
class Checksum:
    """§ Checksum: what the bytes of one request should sum up to, summed up as they come."""

    algorithm: str
    wanted: bytes
    _sum: Any = field(init=False, repr=False)

    def __post_init__(self) -> None:
        self._sum = hashlib.new(self.algorithm, usedforsecurity=False)

    def update(self, piece: bytes) -> None:
        self._sum.update(piece)

    def right(self) -> bool:
        return hmac.compare_digest(self._sum.digest(), self.wanted)


def checksum(headers: Headers) -> Checksum | None:
    """None where none was sent; `UnknownAlgorithm` for one that is not offered."""
    given = headers.get("Upload-Checksum")
    if given is None:
        return None
    algorithm, _, coded = given.strip().partition(" ")
    if algorithm not in ALGORITHMS:
        raise UnknownAlgorithm(f"checksums here are {' or '.join(ALGORITHMS)}")
    try:
        return Checksum(algorithm, base64.b64decode(coded.strip(), validate=True))
    except binascii.Error:
        raise Malformed("the value of Upload-Checksum is not base64") from None


def expires(moment: datetime) -> str:
    """§ Upload-Expires: as HTTP writes dates."""
    return format_datetime(moment, usegmt=True)
