"""Bytes sealed under a key, in chunks: what a file of any size is wrapped in on a lost laptop or a USB stick.

The construction is STREAM (Hoang, Reyhanitabar, Rogaway, Vizár 2015) as age uses it (age-encryption.org/v1): the key of
one stream is derived from the caller's key and a random salt, each chunk of 64 KiB is sealed with ChaCha20-Poly1305
under its number, and the last one says that it is the last. So chunks that are changed, exchanged, repeated or cut off
at the end are found, memory stays flat, and any place can be read without what is before it.

A sealed stream is `salt (16 bytes) | chunk | chunk | … | last chunk`; each chunk is 16 bytes longer than what is in it.
An empty stream has one empty last chunk.
"""

from collections.abc import Iterable, Iterator

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from sync.errors import TenggatError

KEY = 32
SALT = 16
CHUNK = 64 * 1024
TAG = 16
SEALED = CHUNK + TAG


class NotOpened(TenggatError):
    """These bytes were not sealed under this key, or they were changed or cut off since."""

    code = "not_opened"


class Stream:
    """The chunks of one sealed stream. `salt` is new for each stream and never used twice under one key."""

    def __init__(self, key: bytes, salt: bytes) -> None:
        assert len(key) == KEY and len(salt) == SALT, "keys are 32 bytes, salts 16"
        self.salt = salt
        self._cipher = ChaCha20Poly1305(HKDF(SHA256(), KEY, salt, b"tenggat stream").derive(key))

    def seal(self, number: int, plain: bytes, last: bool) -> bytes:
        """Chunk `number` (from 0), `CHUNK` bytes of it, or up to as many in the last one."""
        assert last or len(plain) == CHUNK, "only the last chunk may be short"
        return self._cipher.encrypt(_nonce(number, last), plain, None)

    def open(self, number: int, sealed: bytes, last: bool) -> bytes:
        """What was sealed as this chunk. `NotOpened` where it is another one, or damaged."""
        try:
            return self._cipher.decrypt(_nonce(number, last), sealed, None)
        except InvalidTag:
            raise NotOpened("these bytes were changed, cut off, or sealed under another key") from None


def sealed(key: bytes, salt: bytes, plain: Iterable[bytes]) -> Iterator[bytes]:
    """The sealed stream of these bytes, which may come in pieces of any size."""
    stream = Stream(key, salt)
    yield salt
    held: bytes | None = None
    number = 0
    for chunk in _regular(plain, CHUNK):
        if held is not None:
            yield stream.seal(number, held, last=False)
            number += 1
        held = chunk
    yield stream.seal(number, held or b"", last=True)


def opened(key: bytes, pieces: Iterable[bytes]) -> Iterator[bytes]:
    """What is in a sealed stream. `NotOpened` as soon as a chunk is wrong, or at the end where the last one is missing:
    until the end nobody may take what came for all there is."""
    source = iter(pieces)
    head = b""
    while len(head) < SALT and (piece := next(source, None)) is not None:
        head += piece
    if len(head) < SALT:
        raise NotOpened("the sealed bytes were cut off")
    stream = Stream(key, head[:SALT])
    held: bytes | None = None
    number = 0
    for chunk in _regular(_after(head[SALT:], source), SEALED):
        if held is not None:
            yield stream.open(number, held, last=False)
            number += 1
        held = chunk
    if held is None:
        raise NotOpened("the sealed bytes were cut off")
    if plain := stream.open(number, held, last=True):
        yield plain


def sealed_size(plain: int) -> int:
    """Bytes of the sealed stream of so many."""
    return SALT + plain + TAG * max(1, -(-plain // CHUNK))


def plain_size(sealed: int) -> int:
    """Bytes in a sealed stream of this size. `NotOpened` for a size that none has."""
    body = sealed - SALT
    chunks = max(1, -(-body // SEALED))
    size = body - TAG * chunks
    if size < 0 or sealed_size(size) != sealed:
        raise NotOpened("the sealed bytes were cut off")
    return size


def _nonce(number: int, last: bool) -> bytes:
    return number.to_bytes(11, "big") + bytes([last])


def _after(first: bytes, rest: Iterator[bytes]) -> Iterator[bytes]:
    if first:
        yield first
    yield from rest


def _regular(pieces: Iterable[bytes], size: int) -> Iterator[bytes]:
    """The same bytes in pieces of this size, the last one shorter and never empty."""
    held = bytearray()
    for piece in pieces:
        held += piece
        while len(held) >= size:
            yield bytes(held[:size])
            del held[:size]
    if held:
        yield bytes(held)
