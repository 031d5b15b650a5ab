"""The sealed folder of bytes: read from any place, found out when damaged, and parts that outlive a process."""

import io
import os
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from client.store.blobs import Blobs
from client.store.sealed import NAME, TAIL, SealedBlobs, padded_size
from sync.sealing import CHUNK, NotOpened, sealed_size

KEY = bytes(range(32))
SIZES = [0, 1, 100, CHUNK - TAIL - 1, CHUNK - TAIL, CHUNK - 3, CHUNK, CHUNK + 1, 3 * CHUNK - 5, 5 * CHUNK + 17]


@pytest.fixture
def blobs(tmp_path: Path) -> SealedBlobs:
    return SealedBlobs(tmp_path / "files", KEY, durable=False)


@pytest.mark.parametrize("size", SIZES)
def test_what_was_kept_is_read_whole_and_from_any_place(blobs: SealedBlobs, size: int) -> None:
    content = os.urandom(size)
    sha256, told = blobs.put([content[:7], content[7:]])
    assert told == size and blobs.read(sha256) == content and blobs.sound(sha256)
    with blobs.open(sha256) as file:
        assert file.seek(0, io.SEEK_END) == size and file.read() == b""
        for place in sorted({0, 1, size // 3, max(0, size - 9), CHUNK - 1, CHUNK, CHUNK + 1}):
            assert file.seek(place) == place
            assert file.read(11) == content[place : place + 11]
        file.seek(size // 2)
        assert file.read() == content[size // 2 :] and file.tell() == size


def test_it_is_named_and_found_as_a_plain_one_is(blobs: SealedBlobs, tmp_path: Path) -> None:
    plain = Blobs(tmp_path / "plain", durable=False)
    sha256 = blobs.put([b"halo"])[0]
    assert plain.put([b"halo"])[0] == sha256 and plain.named(sha256) == sha256
    name = blobs.named(sha256)
    assert len(name) == NAME and name not in sha256 and blobs.named(name) == name
    assert blobs.has(sha256) and blobs.has(name)
    blobs.drop([name])
    assert not blobs.has(sha256)
    with pytest.raises(FileNotFoundError):
        blobs.open(sha256)
    assert SealedBlobs(tmp_path, bytes(32)).named(sha256) != name


def test_equal_bytes_are_there_once_and_damaged_ones_are_written_anew(blobs: SealedBlobs) -> None:
    sha256 = blobs.put([b"halo" * 9000])[0]
    [path] = blobs.folder.glob("??/*")
    before = path.read_bytes()
    assert blobs.put([b"halo" * 9000])[0] == sha256 and path.read_bytes() == before
    path.write_bytes(before[:-1])
    assert blobs.put([b"halo" * 9000])[0] == sha256 and blobs.sound(sha256)
    assert list(blobs.folder.glob("**/*.part")) == []


@pytest.mark.parametrize("size", [10, CHUNK, 3 * CHUNK])
def test_every_kind_of_damage_is_found(blobs: SealedBlobs, size: int) -> None:
    sha256 = blobs.put([os.urandom(size)])[0]
    other = blobs.put([os.urandom(size)])[0]
    path = blobs.folder / blobs.named(sha256)[:2] / blobs.named(sha256)
    foreign = (blobs.folder / blobs.named(other)[:2] / blobs.named(other)).read_bytes()
    whole = path.read_bytes()
    flipped = bytearray(whole)
    flipped[len(whole) // 2] ^= 1
    cut = (b"", whole[:5], whole[:-1], whole + b"x")
    for damaged in (*cut, bytes(flipped), bytes(len(whole)), foreign, b"plain text"):
        path.write_bytes(damaged)
        assert not blobs.sound(sha256)
        if damaged != foreign:
            with pytest.raises(NotOpened):
                blobs.read(sha256)
    path.write_bytes(whole)
    assert blobs.sound(sha256)


def test_chunks_of_one_file_cannot_change_places(blobs: SealedBlobs) -> None:
    sha256 = blobs.put([os.urandom(4 * CHUNK)])[0]
    path = blobs.folder / blobs.named(sha256)[:2] / blobs.named(sha256)
    whole = path.read_bytes()
    one, two = whole[16 : 16 + CHUNK + 16], whole[16 + CHUNK + 16 : 16 + 2 * (CHUNK + 16)]
    path.write_bytes(whole[:16] + two + one + whole[16 + 2 * (CHUNK + 16) :])
    assert not blobs.sound(sha256)


def test_a_size_tells_little_and_costs_little() -> None:
    sizes = [padded_size(n) for n in range(0, 3_000_000, 997)]
    assert all(a <= b for a, b in pairwise(sizes)) and len(set(sizes)) < 250
    assert all(n + TAIL <= padded_size(n) <= (n + TAIL) * 1.12 + 2 for n in range(0, 3_000_000, 997))
    assert sealed_size(padded_size(200_000)) < 200_000 * 1.04


# Parts.


def test_a_part_grows_over_processes_and_becomes_the_file(blobs: SealedBlobs, tmp_path: Path) -> None:
    content = os.urandom(3 * CHUNK + 500)
    sha256 = blobs.put([content])[0]
    blobs.drop([sha256])
    for begin, end in ((0, 10), (10, 70_000), (70_000, 70_001), (70_001, len(content))):
        again = SealedBlobs(blobs.folder, KEY, durable=False)
        with again.part("satu").open("ab+") as into:
            assert into.seek(0, io.SEEK_END) == begin == into.tell()
            assert into.write(content[begin:end]) == end - begin and into.tell() == end
    with blobs.part("satu").open("rb") as found:
        assert b"".join(iter(lambda: found.read(1000), b"")) == content
        found.seek(69_990)
        assert found.read(5) == content[69_990:69_995]
    assert blobs.adopt(blobs.part("satu"), sha256)
    assert blobs.read(sha256) == content and not blobs.part("satu").exists()
    assert list(blobs.folder.glob("*.part")) == []


def test_a_part_that_is_begun_anew_is_empty(blobs: SealedBlobs) -> None:
    part = blobs.part("satu")
    part.open("wb").close()
    for mode in ("wb", "ab+"):
        with part.open(mode) as into:  # type: ignore[arg-type]
            into.write(b"alt")
            into.seek(0)
            into.truncate()
            assert into.seek(0, io.SEEK_END) == 0
            into.write(b"neu")
        with part.open("rb") as found:
            assert found.read() == b"neu"
    part.unlink()
    part.unlink(missing_ok=True)
    assert not part.exists()


@pytest.mark.parametrize("torn", [1, 3, 4, 20, 500])
def test_what_was_half_written_at_its_end_is_cut_away(blobs: SealedBlobs, torn: int) -> None:
    part = blobs.part("satu")
    with part.open("ab+") as into:
        into.write(b"a" * 1000)
        into.write(b"b" * 1000)
    path = Path(os.fspath(part))
    os.truncate(path, path.stat().st_size - torn)
    with part.open("ab+") as into:
        assert into.seek(0, io.SEEK_END) == 1000
        into.write(b"c" * 10)
    with part.open("rb") as found:
        assert b"".join(iter(lambda: found.read(600), b"")) == b"a" * 1000 + b"c" * 10


def test_a_part_that_is_not_what_it_should_be_is_gone(blobs: SealedBlobs) -> None:
    sha256 = blobs.put([b"halo"])[0]
    kept = blobs.put([b"lain"])[0]
    with blobs.part("satu").open("wb") as into:
        into.write(b"lain")
    # What came is another file that is kept here: that one stays.
    assert not blobs.adopt(blobs.part("satu"), sha256)
    assert blobs.sound(kept) and blobs.sound(sha256) and not blobs.part("satu").exists()
    with blobs.part("dua").open("wb") as into:
        into.write(b"halo")
    path = Path(os.fspath(blobs.part("dua")))
    path.write_bytes(path.read_bytes()[:-1] + b"x")
    assert not blobs.adopt(blobs.part("dua"), sha256)
    assert sorted(p.name for p in blobs.folder.glob("*")) == sorted({blobs.named(n)[:2] for n in (sha256, kept)})


def test_one_bytes_sequence_never_lies_there_twice_under_one_nonce(blobs: SealedBlobs) -> None:
    """The same bytes twice into one part, and twice as a file: nothing of it looks the same."""
    with blobs.part("satu").open("wb") as into:
        into.write(b"a" * 500)
        into.write(b"a" * 500)
    content = Path(os.fspath(blobs.part("satu"))).read_bytes()
    half = len(content) // 2
    assert content[4:half] != content[half + 4 :]
    sha256 = blobs.put([b"a" * 500])[0]
    [path] = blobs.folder.glob("??/*")
    first = path.read_bytes()
    blobs.drop([sha256])
    blobs.put([b"a" * 500])
    assert path.read_bytes()[16:] != first[16:]


def test_orphans_are_named_as_they_lie_and_only_if_unknown(blobs: SealedBlobs, monkeypatch: Any) -> None:
    old, known = blobs.put([b"alt"])[0], blobs.put([b"bekannt"])[0]
    part = blobs.part("satu")
    with part.open("wb") as into:
        into.write(b"x")
    for path in (*blobs.folder.glob("??/*"), Path(os.fspath(part))):
        os.utime(path, (1, 1))
    young = blobs.put([b"jung"])[0]
    found = list(blobs.orphans({known}))
    assert found == [blobs.named(old)] and not part.exists()
    blobs.drop(found)
    assert not blobs.has(old) and blobs.has(known) and blobs.has(young)
