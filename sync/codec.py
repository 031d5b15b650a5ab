"""Bytes to lines and back: NDJSON framing, zstd and gzip, each with its limits, all of it streaming.

A body is read as it comes: `inflate` turns a compressed stream into plain chunks of bounded size, `lines_in`
cuts those into lines, and `read_request` or `read_control` turns a line into a message. Memory stays flat
however long the body is, and a zip bomb costs no more than `MAX_BODY` bytes of work.
"""

import hashlib
import zlib
from collections.abc import Iterable, Iterator
from typing import IO, Protocol, TypeVar, cast

import msgspec
import zstandard

from sync.decoding import decoder
from sync.errors import Malformed, TooLarge, UnknownEncoding
from sync.messages import MAX_BODY, MAX_LINE, ControlLine, RecordHead, RequestLine

MEDIA = "application/x-ndjson"
"""Content-Type of both bodies."""

ENCODINGS = ("zstd", "gzip", "identity")
"""Content codings spoken, in order of preference."""

_CHUNK = 256 * 1024
_ZSTD_WINDOW = 8 * 1024 * 1024
"""RFC 8878 §3.1.1.1.2 recommends that a decoder support 8 MB; a larger window only makes it allocate."""
_ZSTD_LEVEL = 3
_GZIP_LEVEL = 6
_GZIP_WRAPPER = 31  # zlib's way to say: gzip header and trailer, largest window


class Readable(Protocol):
    """What a request's or a response's raw body offers."""

    def read(self, size: int = -1, /) -> bytes: ...


_encoder = msgspec.json.Encoder()
_request: msgspec.json.Decoder[RequestLine] = decoder(RequestLine)
_control: msgspec.json.Decoder[ControlLine] = decoder(ControlLine)
_head = decoder(RecordHead)

T = TypeVar("T")


def line_of(message: msgspec.Struct) -> bytes:
    """One message as one line, without its newline: JSON escapes any newline inside a string."""
    return _encoder.encode(message)


def line_hash(line: bytes) -> bytes:
    """SHA-256 of a command's line as it was sent: what tells a repetition from a reused sequence number."""
    return hashlib.sha256(line).digest()


def read_request(line: bytes) -> RequestLine:
    """The message in one line of a request; `Malformed` says what is wrong with it."""
    return decode(_request, line)


def read_control(line: bytes) -> ControlLine:
    """The message in one line of a response that is not a record."""
    return decode(_control, line)


def read_head(line: bytes) -> RecordHead:
    """Type, id, version and the few fields a device lists by; the rest of the line is only skipped over."""
    return decode(_head, line)


def decode(decoder: "msgspec.json.Decoder[T]", line: bytes) -> T:
    """One JSON text through a typed decoder; every way it can fail becomes `Malformed`."""
    try:
        return decoder.decode(line)
    except (msgspec.MsgspecError, UnicodeDecodeError) as error:
        raise Malformed(f"not a valid line: {error}") from None
    except RecursionError:
        raise Malformed("not a valid line: nested too deeply") from None


def choose_encoding(accept: str | None) -> str:
    """The best coding that an Accept-Encoding header allows (RFC 9110 §12.5.3, with q=0 as a refusal)."""
    offered = {}
    for part in (accept or "").lower().split(","):
        name, _, parameters = part.strip().partition(";")
        refused = parameters.replace(" ", "") in {"q=0", "q=0.0", "q=0.00", "q=0.000"}
        offered[name.strip()] = not refused
    return next((e for e in ENCODINGS if offered.get(e)), "identity")


def inflate(source: Readable, encoding: str, limit: int = MAX_BODY) -> Iterator[bytes]:
    """The plain bytes of a body, in chunks of at most 256 KiB.

    Raises `UnknownEncoding`, `Malformed` (damaged data) or `TooLarge` (more than `limit` bytes once plain).
    A stream that simply stops raises nothing here: the missing `end` line tells.
    """
    openers = {"zstd": _inflate_zstd, "gzip": _inflate_gzip, "identity": _plain, "": _plain}
    opener = openers.get(encoding.strip().lower())
    if opener is None:
        raise UnknownEncoding(f"Content-Encoding {encoding!r} is not one of {', '.join(ENCODINGS)}")
    total = 0
    for chunk in opener(source):
        total += len(chunk)
        if total > limit:
            raise TooLarge(f"the body is over {limit} bytes when decompressed")
        yield chunk


def _plain(source: Readable) -> Iterator[bytes]:
    while chunk := source.read(_CHUNK):
        yield chunk


def _inflate_zstd(source: Readable) -> Iterator[bytes]:
    reader = zstandard.ZstdDecompressor(max_window_size=_ZSTD_WINDOW).stream_reader(
        cast(IO[bytes], source), read_size=65_536
    )
    try:
        while chunk := reader.read(_CHUNK):
            yield chunk
    except zstandard.ZstdError as error:
        raise Malformed(f"damaged zstd data: {error}") from None


def _inflate_gzip(source: Readable) -> Iterator[bytes]:
    stream = zlib.decompressobj(_GZIP_WRAPPER)
    try:
        while raw := source.read(65_536):
            while raw and not stream.eof:
                if chunk := stream.decompress(raw, _CHUNK):
                    yield chunk
                raw = stream.unconsumed_tail
        if chunk := stream.flush():
            yield chunk
    except zlib.error as error:
        raise Malformed(f"damaged gzip data: {error}") from None


def lines_in(chunks: Iterable[bytes], max_line: int = MAX_LINE) -> Iterator[list[bytes]]:
    """The whole lines of each chunk, as a list, empty lines left out; a last line without newline is a cut one
    and never given out, so half a command can never be mistaken for a broken one."""
    rest = b""
    for chunk in chunks:
        *whole, rest = (rest + chunk).split(b"\n") if rest else chunk.split(b"\n")
        lines = [line for line in whole if line]
        if len(rest) > max_line or (lines and max(map(len, lines)) > max_line):
            raise TooLarge(f"a line is over {max_line} bytes")
        if lines:
            yield lines


class _Stream(Protocol):
    def compress(self, data: bytes, /) -> bytes: ...
    def flush(self) -> bytes: ...


def _compressor(encoding: str) -> _Stream | None:
    if encoding == "zstd":
        # With a checksum (4 bytes, as gzip has one): a byte that was damaged on the way must not become another text.
        return zstandard.ZstdCompressor(level=_ZSTD_LEVEL, write_checksum=True).compressobj()
    if encoding == "gzip":
        return zlib.compressobj(_GZIP_LEVEL, zlib.DEFLATED, _GZIP_WRAPPER)
    return None


def deflate(chunks: Iterable[bytes], encoding: str) -> Iterator[bytes]:
    """Chunks of lines, compressed as one stream; gives out bytes as soon as the coder has some."""
    stream = _compressor(encoding)
    if stream is None:
        yield from (chunk for chunk in chunks if chunk)
        return
    for chunk in chunks:
        if out := stream.compress(chunk):
            yield out
    yield stream.flush()
