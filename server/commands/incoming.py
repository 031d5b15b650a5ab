"""Command lines as they came in: hashed, and read as far as they can be."""

from dataclasses import dataclass

import msgspec

from sync.codec import decode, line_hash, read_request
from sync.decoding import decoder
from sync.errors import Malformed
from sync.messages import Command, RequestLine, Sequence_


class _Key(msgspec.Struct):
    seq: Sequence_


class _Kind(msgspec.Struct):
    t: str = ""


_key = decoder(_Key)
_kind = decoder(_Kind)

CONTROL = frozenset({"hello", "check", "fetch", "end"})


@dataclass(frozen=True)
class Incoming:
    """One command line. `place` counts command lines from 1; `fault` says why there is no command in it."""

    place: int
    line: bytes
    hash: bytes
    seq: int | None
    command: Command | None
    fault: str | None = None


def read(place: int, line: bytes) -> Incoming | RequestLine:
    """What a request's line is: a control line as its message, anything else as a command.

    A broken command comes back with its fault, and with its sequence number if that much of it can be read, so that
    it can be answered and the queue moves on; so does a line of an unknown type. `Malformed` is raised only for a
    control line that cannot be read, since nothing typed is in it.
    """
    try:
        message = read_request(line)
        if not isinstance(message, Command):
            return message
        if message.after >= message.seq:
            raise Malformed("a command can only build on an earlier one")
    except Malformed as error:
        if _kind_of(line) in CONTROL:
            raise
        return Incoming(place, line, line_hash(line), _seq_of(line), None, error.detail)
    return Incoming(place, line, line_hash(line), message.seq, message)


def _kind_of(line: bytes) -> str:
    try:
        return decode(_kind, line).t
    except Malformed:
        return ""


def _seq_of(line: bytes) -> int | None:
    try:
        return decode(_key, line).seq
    except Malformed:
        return None
