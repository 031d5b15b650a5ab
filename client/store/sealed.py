"""The encrypted kind of the folder of bytes: nobody without the key learns what is in a file, what it is called, or
whether it is one that they know.

A file is a sealed stream (`sync.sealing`) of its bytes, zeros, and its true size in eight bytes. The zeros are there
because a size to the byte would tell which photo it is; they follow Padmé (Nikitin and others 2019): at most an eighth
more, a fiftieth for a photo. A name is keyed. What comes in pieces is kept as records that are each sealed by
themselves: a stream whose end was written anew with each piece would seal different bytes under one nonce.
"""

import hashlib
import hmac
import io
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, BinaryIO, Final, Literal, cast

from client.store.blobs import Blobs, Part, go_on
from client.store.cipher import subkey
from sync import sealing
from sync.sealing import NotOpened, Stream

NAME: Final = 60
"""Characters of a keyed name: four fewer than those of a hash, so that each is known for what it is."""
TAIL: Final = 8
"""Bytes of the true size, at the end."""
HEAD: Final = 4
"""Bytes before a record: how long it is."""


class SealedBlobs(Blobs):
    """The same folder under a key. `NotOpened` while reading bytes that were changed on the disk."""

    def __init__(self, folder: Path, key: bytes, *, durable: bool = True, step: Callable[[str], None] = go_on) -> None:
        super().__init__(folder, durable=durable, step=step)
        self._content = subkey(key, "tenggat files")
        self._parts = subkey(key, "tenggat parts of files")
        self._names = subkey(key, "tenggat names of files")

    def named(self, sha256: str) -> str:
        if len(sha256) == NAME:
            return sha256
        return hmac.digest(self._names, sha256.encode(), "sha256").hex()[:NAME]

    def part(self, name: str) -> Part:
        return SealedPart(Path(super().part(self.named(name))), self._parts)

    def adopt(self, part: Part, sha256: str) -> bool:
        fresh, found = self._fresh(), None
        try:
            with part.open("rb") as pieces:
                found, _ = self._write(fresh, iter(lambda: pieces.read(sealing.CHUNK), b""))
            if found == sha256:
                self._place(fresh, sha256)
        except NotOpened:
            # Damaged since it came: it is fetched anew.
            pass
        finally:
            fresh.unlink(missing_ok=True)
        part.unlink(missing_ok=True)
        return found == sha256

    def open(self, sha256: str) -> BinaryIO:
        return _opened(self._path(sha256), self._content)

    def sound(self, sha256: str) -> bool:
        try:
            return super().sound(sha256)
        except NotOpened:
            return False

    def _as_stored(self, chunks: Iterator[bytes]) -> Iterator[bytes]:
        return sealing.sealed(self._content, os.urandom(sealing.SALT), _padded(chunks))

    def _digest(self, path: Path) -> str:
        with _opened(path, self._content) as file:
            return hashlib.file_digest(cast(Any, file), "sha256").hexdigest()


class SealedPart:
    """Something that is gathered piece by piece, each sealed as it comes: `length (4 bytes) | sealed stream`, again and
    again. What a process that died left half written at the end is cut away."""

    def __init__(self, path: Path, key: bytes) -> None:
        self._path, self._key = path, key

    def __fspath__(self) -> str:
        return str(self._path)

    def open(self, mode: Literal["rb", "wb", "ab+"]) -> BinaryIO:
        return cast(BinaryIO, _Pieces(self._path, self._key, mode))

    def exists(self) -> bool:
        return self._path.exists()

    def unlink(self, missing_ok: bool = False) -> None:
        self._path.unlink(missing_ok=missing_ok)

    def write_bytes(self, content: bytes) -> int:
        """As of a `Path`."""
        with self.open("wb") as file:
            return file.write(content)


class _Pieces(io.RawIOBase):
    """A part that is open: read from anywhere, written at its end, or emptied."""

    def __init__(self, path: Path, key: bytes, mode: Literal["rb", "wb", "ab+"]) -> None:
        super().__init__()
        self._key = key
        self._writes = mode != "rb"
        how = os.O_RDWR | os.O_CREAT | (os.O_TRUNC if mode == "wb" else 0) if self._writes else os.O_RDONLY
        how |= getattr(os, "O_BINARY", 0)
        self._file = os.fdopen(os.open(path, how, 0o600), "r+b" if self._writes else "rb")
        self._records: list[tuple[int, int, int]] = []
        """Of each record: where in the file its stream lies, how long that is, and where its bytes begin."""
        self._size = self._at = 0
        self._survey()

    def readable(self) -> bool:
        return True

    def writable(self) -> bool:
        return self._writes

    def seekable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._at

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        base = {io.SEEK_SET: 0, io.SEEK_CUR: self._at, io.SEEK_END: self._size}[whence]
        self._at = base + offset
        return self._at

    def truncate(self, size: int | None = None) -> int:
        assert (self._at if size is None else size) == 0, "a part is emptied or grows"
        self._file.truncate(0)
        self._records, self._size = [], 0
        return 0

    def write(self, content: Any) -> int:
        view = memoryview(content).cast("B")
        for start in range(0, len(view), sealing.CHUNK):
            piece = bytes(view[start : start + sealing.CHUNK])
            box = b"".join(sealing.sealed(self._key, os.urandom(sealing.SALT), [piece]))
            end = self._file.seek(0, io.SEEK_END)
            self._file.write(len(box).to_bytes(HEAD, "big") + box)
            self._file.flush()
            self._records.append((end + HEAD, len(box), self._size))
            self._size += len(piece)
        self._at = self._size
        return len(view)

    def readinto(self, buffer: Any) -> int:
        for where, length, begin in self._records:
            if begin <= self._at < begin + sealing.plain_size(length):
                self._file.seek(where)
                found = b"".join(sealing.opened(self._key, [self._file.read(length)]))[self._at - begin :]
                found = found[: len(buffer)]
                buffer[: len(found)] = found
                self._at += len(found)
                return len(found)
        return 0

    def fileno(self) -> int:
        return self._file.fileno()

    def close(self) -> None:
        self._file.close()
        super().close()

    def _survey(self) -> None:
        whole = self._file.seek(0, io.SEEK_END)
        place = 0
        while True:
            self._file.seek(place)
            length = int.from_bytes(self._file.read(HEAD), "big")
            if place + HEAD + length > whole or not sealing.SALT + sealing.TAG < length <= _LONGEST:
                break
            self._records.append((place + HEAD, length, self._size))
            self._size += sealing.plain_size(length)
            place += HEAD + length
        if self._writes and place < whole:
            self._file.truncate(place)


_LONGEST = sealing.sealed_size(sealing.CHUNK)


def _opened(path: Path, key: bytes) -> BinaryIO:
    file = path.open("rb")
    try:
        return cast(BinaryIO, io.BufferedReader(_Opened(file, key), sealing.CHUNK))
    except BaseException:
        file.close()
        raise


class _Opened(io.RawIOBase):
    """A sealed file, to be read from any place. That its end is there, and with it its size, is seen at once."""

    def __init__(self, file: BinaryIO, key: bytes) -> None:
        super().__init__()
        self._file = file
        self._padded = sealing.plain_size(os.fstat(file.fileno()).st_size)
        self._stream = Stream(key, file.read(sealing.SALT))
        self._last = max(0, (self._padded - 1) // sealing.CHUNK)
        self._held: tuple[int, bytes] = (-1, b"")
        self._at = 0
        if self._padded < TAIL:
            raise NotOpened("the sealed bytes were cut off")
        tail = b""
        while len(tail) < TAIL:
            tail += self._from(self._padded - TAIL + len(tail))
        self._size = int.from_bytes(tail, "big")

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._at

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        base = {io.SEEK_SET: 0, io.SEEK_CUR: self._at, io.SEEK_END: self._size}[whence]
        self._at = max(0, base + offset)
        return self._at

    def readinto(self, buffer: Any) -> int:
        if self._at >= self._size:
            return 0
        found = self._from(self._at)[: min(len(buffer), self._size - self._at)]
        buffer[: len(found)] = found
        self._at += len(found)
        return len(found)

    def close(self) -> None:
        self._file.close()
        super().close()

    def _from(self, place: int) -> bytes:
        """The bytes from there to the end of their chunk, padding among them."""
        number = place // sealing.CHUNK
        if self._held[0] != number:
            self._file.seek(sealing.SALT + number * sealing.SEALED)
            box = self._file.read(sealing.SEALED)
            self._held = number, self._stream.open(number, box, last=number == self._last)
        return self._held[1][place - number * sealing.CHUNK :]


def padded_size(size: int) -> int:
    """Bytes that are sealed for so many: with their size at the end, rounded up so that only the first few binary
    digits of it can be told from outside."""
    whole = size + TAIL
    exponent = whole.bit_length() - 1
    step = 1 << max(0, exponent - exponent.bit_length())
    return -(-whole // step) * step


def _padded(chunks: Iterator[bytes]) -> Iterator[bytes]:
    size = 0
    for chunk in chunks:
        size += len(chunk)
        yield chunk
    yield bytes(padded_size(size) - TAIL - size)
    yield size.to_bytes(TAIL, "big")
