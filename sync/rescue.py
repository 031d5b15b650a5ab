"""The file into which a browser writes what the server has not received, for the day on which it finds no network any
more (client/web/src/device/rescue.ts): read, and checked before anything of it is believed.

It is plain JSON, neither sealed nor signed, since a browser that never met the server can write it too. A guest's has
the guest's token, since nothing else leads to a guest's cases; an account's has none.
"""

from collections.abc import Iterator
from itertools import groupby
from typing import Any

import msgspec

from sync.decoding import decoder
from sync.errors import Malformed, TooLarge
from sync.messages import MAX_BODY, MAX_LINE, Identifier, Sequence_

FORMAT = "tenggat-outbox"
VERSION = 1


class Person(msgspec.Struct):
    id: str = ""
    name: str = ""
    kind: str = ""


class Carried(msgspec.Struct):
    """One command, under the key that it keeps."""

    instance: Identifier
    seq: Sequence_
    line: str
    queued_at: Any = ""


class Rescue(msgspec.Struct):
    """What such a file says. `files_left`: photos and documents whose bytes stayed on the device."""

    format: str
    version: int
    entries: list[Carried]
    exported: Any = ""
    person: Person | None = None
    token: str | None = None
    files_left: Any = 0

    def by_instance(self) -> Iterator[tuple[str, list[Carried]]]:
        """The entries of each instance, in the order of their numbers, each number once."""
        for instance, entries in groupby(sorted(self.entries, key=_key), lambda entry: entry.instance):
            yield instance, list({entry.seq: entry for entry in entries}.values())


class _Numbered(msgspec.Struct):
    seq: Any = None


_rescue = decoder(Rescue)
_numbered = decoder(_Numbered)


def read(content: bytes) -> Rescue:
    """What is in such a file. `Malformed` for any other, and where one of its lines could not be sent as it is;
    `TooLarge`."""
    if len(content) > MAX_BODY:
        raise TooLarge(f"the file is over {MAX_BODY} bytes")
    try:
        found = _rescue.decode(content)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        raise Malformed("this is not a file of Tenggat's, or it is damaged") from None
    if found.format != FORMAT or found.version != VERSION:
        raise Malformed("this is not a file of Tenggat's, or one of a newer version of it")
    for entry in found.entries:
        _check(entry)
    return found


def _check(entry: Carried) -> None:
    line = entry.line.encode("utf-8", "surrogatepass")
    if not line or b"\n" in line or len(line) > MAX_LINE or _other_number(line, entry.seq):
        raise Malformed(f"the text of number {entry.seq} cannot be sent")


def _other_number(line: bytes, seq: int) -> bool:
    """A line that was damaged where it lay still goes up as it is; one that says another number is another's."""
    try:
        said = _numbered.decode(line).seq
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return False
    return said is not None and said != seq


def _key(entry: Carried) -> tuple[str, int]:
    return entry.instance, entry.seq
