"""An exchange in a file: sealed to who may read it, signed, and carried by anybody.

A bundle is

    tenggat-bundle 1\\n                          the magic line; the number is the format's
    {"kind":…,"id":…,"to":…,"by":…}\\n           the header, JSON in one line
    80 bytes                                    the content key, sealed by HPKE to the key that `to` names
    salt (16 bytes), chunk, chunk, … last chunk the content, sealed under that key (sync/sealing.py)
    64 bytes                                    Ed25519, by the key `by`, over what comes before

HPKE (RFC 9180, base mode) is X25519, HKDF-SHA256, ChaCha20-Poly1305, with magic line and header as its info: so nobody
can put another header before a content. The content is a sequence of parts, each a head (JSON in one line) and as many
bytes as its `size` says. Heads of an unknown kind are passed over. Who speaks stands inside; outside, two bundles of
one device have nothing in common.

Reading takes two walks over the file: `examine` finds out whether it is whole, `parts` opens it. Memory stays flat, and
every length has a limit. Keys, ids and chance are arguments (HPKE alone draws a key of its own for each sealing).
"""

import base64
import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Annotated, Any, Literal, Protocol

import msgspec
from cryptography.exceptions import InvalidSignature, InvalidTag
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.hpke import AEAD, KDF, KEM, Suite
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from sync.codec import line_of
from sync.decoding import decoder
from sync.errors import TenggatError
from sync.messages import Count, Identifier, Moment, Word
from sync.sealing import KEY, SALT, NotOpened, opened, sealed

FORMAT = 1
MAGIC = b"tenggat-bundle "
MEDIA = "application/vnd.tenggat.bundle"
LATER = "X-Tenggat-Later"
"""The header that tells whoever brings a bundle how many of its files were not taken for now."""

MAX_HEADER = 1024
"""Bytes of the header line."""
MAX_HEAD = 16 * 1024
"""Bytes of a part's head."""
MAX_PARTS = 10_000
MAX_EXCHANGES = 20
"""Exchanges in one bundle: an outbox of 100,000 commands needs more than one bundle."""
MAX_BUNDLE = 4 * 1024 * 1024 * 1024
"""Bytes of the whole file."""

_WRAPPED = 32 + KEY + 16
_SIGNATURE = 64
_CHUNK = 256 * 1024
_SIGNED = b"tenggat bundle signature\0"
_SUITE = Suite(KEM.X25519, KDF.HKDF_SHA256, AEAD.CHACHA20_POLY1305)


class NotABundle(TenggatError):
    """Some other file."""

    code = "not_a_bundle"


class NewerBundle(TenggatError):
    """A bundle of a format that this program is too old to read."""

    code = "newer_bundle"


class BundleDamaged(TenggatError):
    """Bytes of it were changed, or are missing: copy it again, or make a new one. Nothing typed is lost by it."""

    code = "bundle_damaged"


class OtherServer(TenggatError):
    """Sealed to, or signed by, another server than one's own."""

    code = "other_server"
    status = 409


Public = Annotated[str, msgspec.Meta(pattern=r"^[A-Za-z0-9_-]{43}\Z")]
"""A public key: 32 bytes in base64url without padding."""


class Header(msgspec.Struct):
    """What anybody may read of a bundle."""

    kind: Literal["request", "answer"]
    id: Identifier
    """The request's own, new for each; an answer has that of its request."""
    to: Annotated[str, msgspec.Meta(pattern=r"^[0-9a-f]{16}\Z")]
    """`key_id` of the key that it is sealed to."""
    by: Public
    """The key that it is signed with: a request's own one-time key, or the server's."""


class Speaker(msgspec.Struct, tag_field="part", tag="speaker", omit_defaults=True):
    """A request's first part: who speaks, and the one-time key that the answer is to be sealed to."""

    token: Annotated[str, msgspec.Meta(max_length=200)]
    answer: Public
    size: Count = 0


class Server(msgspec.Struct, tag_field="part", tag="server", omit_defaults=True):
    """An answer's first part: which life of the server's database spoke, and when."""

    epoch: Annotated[str, msgspec.Meta(max_length=64)]
    now: Moment
    size: Count = 0


class Exchanged(msgspec.Struct, tag_field="part", tag="exchange", omit_defaults=True):
    """The body of POST /api/v1/sync, or of its response, with its Content-Encoding."""

    coding: Annotated[str, msgspec.Meta(max_length=16)]
    size: Count


class Refused(msgspec.Struct, tag_field="part", tag="problem", omit_defaults=True):
    """In an answer, in the place of an exchange that was refused as a whole."""

    code: Word
    detail: Annotated[str, msgspec.Meta(max_length=2_000)] = ""
    size: Count = 0


class File(msgspec.Struct, tag_field="part", tag="file", omit_defaults=True):
    """In a request, a file's bytes; in an answer, what became of them."""

    case: Identifier
    attachment: Identifier
    size: Count = 0
    code: Annotated[str, msgspec.Meta(max_length=64)] = ""
    """`arrived`, or the word of a refusal."""
    text: dict[str, str] | None = None
    """The refusal in words, by language."""


Head = Speaker | Server | Exchanged | Refused | File

_KINDS: dict[str, type[Head]] = {
    "speaker": Speaker, "server": Server, "exchange": Exchanged, "problem": Refused, "file": File,
}  # fmt: skip


class _AnyHead(msgspec.Struct):
    part: Word
    size: Count = 0


_header = decoder(Header)
_any_head = decoder(_AnyHead)


class Writable(Protocol):
    """Where a bundle is written to."""

    def write(self, data: bytes, /) -> Any: ...


class Source(Protocol):
    """Where one is read from: anything that can seek."""

    def read(self, size: int = -1, /) -> bytes: ...
    def readline(self, size: int = -1, /) -> bytes: ...
    def seek(self, offset: int, whence: int = 0, /) -> int: ...
    def tell(self) -> int: ...


def encode_key(key: bytes) -> str:
    """A public key as text."""
    return base64.urlsafe_b64encode(key).decode().rstrip("=")


def decode_key(text: str) -> bytes:
    """The 32 bytes of a public key. `BundleDamaged` for any other text."""
    try:
        found = base64.b64decode(f"{text}=", altchars=b"-_", validate=True)
    except ValueError:
        found = b""
    if len(found) != KEY or encode_key(found) != text:
        raise BundleDamaged("this is not a public key")
    return found


def sealable_key(text: str) -> bytes:
    """The 32 bytes of a public key that something can be sealed to. `BundleDamaged` also for those few points of which
    no secret comes (RFC 7748, section 6.1)."""
    found = decode_key(text)
    try:
        _SUITE.encrypt(b"", X25519PublicKey.from_public_bytes(found))
    except ValueError:
        raise BundleDamaged("nothing can be sealed to this key") from None
    return found


def keys_id(pairs: Iterable[tuple[bytes, bytes]]) -> str:
    """What tells whether a device holds a server's keys as they are now: 16 hex digits of the SHA-256 of the public
    keys of each pair, seal before sign, the pair in use first."""
    return hashlib.sha256(b"".join(key for pair in pairs for key in pair)).hexdigest()[:16]


def key_id(public: bytes) -> str:
    """What a sealed content key is found by: 16 hex digits of the public key's SHA-256."""
    return hashlib.sha256(public).hexdigest()[:16]


@dataclass(frozen=True)
class OneTime:
    """The keys of one request, all from 32 secret bytes: what a device must keep until the answer has come."""

    secret: bytes

    @property
    def signing(self) -> Ed25519PrivateKey:
        return Ed25519PrivateKey.from_private_bytes(self._derived(b"tenggat bundle signing"))

    @property
    def answer(self) -> X25519PrivateKey:
        """What the answer is opened with."""
        return X25519PrivateKey.from_private_bytes(self._derived(b"tenggat bundle answer"))

    def _derived(self, purpose: bytes) -> bytes:
        return HKDF(SHA256(), KEY, None, purpose).derive(self.secret)


def write(
    into: Writable,
    kind: Literal["request", "answer"],
    bundle: str,
    to: bytes,
    signing: Ed25519PrivateKey,
    chance: bytes,
    parts: Iterable[tuple[Head, Iterable[bytes]]],
) -> int:
    """Write a bundle whose id is `bundle`, sealed to the public key `to`; how many bytes it has. `chance`: 48 random
    bytes, never used twice. Raises `ValueError` where a part has not as many bytes as its head says."""
    assert len(chance) == KEY + SALT, "a content key and a salt"
    header = Header(kind, bundle, key_id(to), encode_key(signing.public_key().public_bytes_raw()))
    said = MAGIC + b"%d\n" % FORMAT + line_of(header) + b"\n"
    wrapped = _SUITE.encrypt(chance[:KEY], X25519PublicKey.from_public_bytes(to), said)
    digest, size = hashlib.sha256(), 0
    for piece in _bytes(said + wrapped, sealed(chance[:KEY], chance[KEY:], _framed(parts))):
        digest.update(piece)
        size += len(piece)
        into.write(piece)
    into.write(signing.sign(_SIGNED + digest.digest()))
    return size + _SIGNATURE


def _bytes(first: bytes, rest: Iterable[bytes]) -> Iterator[bytes]:
    yield first
    yield from rest


def _framed(parts: Iterable[tuple[Head, Iterable[bytes]]]) -> Iterator[bytes]:
    for head, body in parts:
        yield line_of(head) + b"\n"
        left = head.size
        for piece in body:
            left -= len(piece)
            yield piece
        if left:
            raise ValueError(f"a part of {head.size} bytes has {head.size - left}")


@dataclass(frozen=True)
class Whole:
    """A bundle that was found whole: its signature is right by the key that its header names. Whether that is a key to
    be believed, the caller decides."""

    header: Header
    said: bytes
    """Magic line and header, as they stand there."""
    end: int
    """Where the signature begins."""


def examine(source: Source) -> Whole:
    """Read all of it once: `NotABundle`, `NewerBundle` or `BundleDamaged`."""
    source.seek(0)
    magic = source.readline(len(MAGIC) + 8)
    version = magic[len(MAGIC) :].removesuffix(b"\n")
    if not magic.startswith(MAGIC) or not magic.endswith(b"\n") or not version.isdigit():
        raise NotABundle("this is not a bundle of Tenggat's")
    if int(version) != FORMAT:
        raise NewerBundle("this bundle was made by a newer version of Tenggat; update this program")
    line = source.readline(MAX_HEADER + 1)
    try:
        header = _header.decode(line)
    except (msgspec.MsgspecError, UnicodeDecodeError):
        raise BundleDamaged("the bundle's header cannot be read") from None
    said = magic + line
    size = source.seek(0, 2)
    end = size - _SIGNATURE
    if not line.endswith(b"\n") or end < len(said) + _WRAPPED + SALT or size > MAX_BUNDLE:
        raise BundleDamaged("the bundle is not whole")
    source.seek(0)
    digest = hashlib.sha256()
    for piece in _read(source, end):
        digest.update(piece)
    try:
        by = Ed25519PublicKey.from_public_bytes(decode_key(header.by))
        by.verify(source.read(_SIGNATURE), _SIGNED + digest.digest())
    except InvalidSignature:
        raise BundleDamaged("the bundle is not whole: something changed it on its way") from None
    return Whole(header, said, end)


class Body:
    """The bytes of one part, read as a file is."""

    def __init__(self, content: "_Content", size: int) -> None:
        self._content = content
        self.left = size

    def read(self, size: int = -1, /) -> bytes:
        found = self._content.read(self.left if size < 0 else min(size, self.left))
        self.left -= len(found)
        return found

    def pieces(self) -> Iterator[bytes]:
        while piece := self.read(_CHUNK):
            yield piece


def parts(source: Source, whole: Whole, key: X25519PrivateKey) -> Iterator[tuple[Head, Body]]:
    """What is in a bundle that was examined. A part's bytes are there until the next part is asked for; kinds that are
    not known are passed over. `BundleDamaged` where it was sealed to another key, or its content is not as it should
    be; the parts before that are true all the same."""
    source.seek(len(whole.said))
    try:
        content_key = _SUITE.decrypt(source.read(_WRAPPED), key, whole.said)
    except (InvalidTag, ValueError):
        raise BundleDamaged("the bundle cannot be opened with this key") from None
    content = _Content(opened(content_key, _read(source, whole.end - source.tell())))
    for _ in range(MAX_PARTS):
        line = content.line(MAX_HEAD)
        if line is None:
            return
        try:
            said = _any_head.decode(line)
            kind = _KINDS.get(said.part)
            head = decoder(kind).decode(line) if kind else None
        except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
            raise BundleDamaged("a part of the bundle cannot be read") from None
        body = Body(content, said.size)
        if head is not None:
            yield head, body
        for _ in body.pieces():
            pass
        if body.left:
            raise BundleDamaged("a part of the bundle is shorter than it says")
    raise BundleDamaged(f"the bundle has more than {MAX_PARTS} parts")


def _read(source: Source, size: int) -> Iterator[bytes]:
    while size > 0 and (piece := source.read(min(_CHUNK, size))):
        size -= len(piece)
        yield piece


class _Content:
    """The plain bytes of the content, one after the other."""

    def __init__(self, pieces: Iterator[bytes]) -> None:
        self._pieces = pieces
        self._held = b""

    def line(self, most: int) -> bytes | None:
        """The next line; None at the end."""
        held = self._held
        while b"\n" not in held and len(held) <= most and (piece := self._next()):
            held += piece
        line, found, self._held = held.partition(b"\n")
        if not held:
            return None
        if not found or len(line) > most:
            raise BundleDamaged("a part of the bundle cannot be read")
        return line

    def read(self, size: int) -> bytes:
        """Up to so many bytes; none at the end."""
        while not self._held and size and (piece := self._next()):
            self._held = piece
        found, self._held = self._held[:size], self._held[size:]
        return found

    def _next(self) -> bytes:
        try:
            return next(self._pieces, b"")
        except NotOpened:
            raise BundleDamaged("the bundle's content is not whole") from None
