"""From a chosen file to bytes that are safe: refused in words, never lost, never written where there is no room."""

import errno
import io
import os
from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest

from client.files.keeping import Kept, keep, keep_open
from client.files.refusals import FileRefused, StorageFull
from client.files.room import RESERVE
from client.store.blobs import CHUNK, Blobs
from schemas.catalogue.model import Document
from tests.pictures import write_jpeg, write_pdf
from tests.unit.client.conftest import Bench


@pytest.fixture
def ktp(bench: Bench) -> Document:
    return bench.city.service("krk").document("ktp")


@pytest.fixture
def photos(bench: Bench) -> Document:
    """Pictures only."""
    return bench.city.service("krk").document("survey_photos")


def stored(bench: Bench) -> list[Path]:
    return [path for path in bench.store.blobs.folder.glob("**/*") if path.is_file()]


def test_a_photo_is_kept_small_under_its_hash(bench: Bench, ktp: Document, tmp_path: Path) -> None:
    path = write_jpeg(tmp_path / "KTP saya.JPEG", "a", (2400, 1800))
    kept = keep(bench.store, path, ktp)
    [blob] = stored(bench)
    assert blob.name == bench.store.blobs.named(kept.sha256) and blob.parent.name == blob.name[:2]
    assert len(bench.store.blobs.read(kept.sha256)) == kept.size and (blob.name == kept.sha256) != bench.store.sealed
    assert (kept.type, kept.name) == ("image/jpeg", "KTP saya.jpg")
    assert blob.stat().st_mode & 0o77 == 0 and bench.store.blobs.folder.stat().st_mode & 0o77 == 0
    assert path.exists() and bench.store.blobs.sound(kept.sha256)


def test_equal_bytes_are_there_once(bench: Bench, ktp: Document, tmp_path: Path) -> None:
    first = keep(bench.store, write_jpeg(tmp_path / "satu.jpg", "a"), ktp)
    second = keep(bench.store, write_jpeg(tmp_path / "dua.jpg", "a"), ktp)
    assert first.sha256 == second.sha256 and second.name == "dua.jpg" and len(stored(bench)) == 1


def test_a_document_stays_as_it_is(bench: Bench, ktp: Document, tmp_path: Path) -> None:
    path = write_pdf(tmp_path / "surat", "a", 900_000)
    kept = keep(bench.store, path, ktp)
    assert bench.store.blobs.read(kept.sha256) == path.read_bytes()
    assert (kept.type, kept.name, kept.size) == ("application/pdf", "surat.pdf", path.stat().st_size)


def _why(bench: Bench, path: Path, document: Document) -> str:
    with pytest.raises(FileRefused) as refused:
        keep(bench.store, path, document)
    text = refused.value.extra["text"]
    assert text.id and text.en and text.id != text.en
    assert stored(bench) == []
    return refused.value.why


def test_what_cannot_be_attached_is_refused_in_words_and_leaves_nothing(
    bench: Bench, ktp: Document, photos: Document, tmp_path: Path
) -> None:
    def made(name: str, content: bytes) -> Path:
        path = tmp_path / name
        path.write_bytes(content)
        return path

    assert _why(bench, made("kosong.jpg", b""), ktp) == "broken_file"
    assert _why(bench, made("surat.docx", b"PK\x03\x04" + b"x" * 100), ktp) == "wrong_type"
    assert _why(bench, made("foto.heic", b"\0\0\0\x18ftypheic\0\0\0\0"), ktp) == "heic"
    assert _why(bench, made("foto.jpg", b"\xff\xd8\xff" + b"x" * 100), ktp) == "broken_file"
    assert _why(bench, made("surat.pdf", write_pdf(tmp_path / "x").read_bytes()[:-8]), ktp) == "broken_file"
    assert _why(bench, write_pdf(tmp_path / "besar.pdf", "a", ktp.max_mb * 1024 * 1024 + 1), ktp) == "too_large"
    assert _why(bench, write_pdf(tmp_path / "a.pdf", "a"), photos) == "wrong_type"
    assert _why(bench, tmp_path / "tidak-ada.jpg", ktp) == "unreadable"
    assert _why(bench, tmp_path, ktp) == "unreadable"
    # A picture is called what it is, whatever its name says.
    assert keep(bench.store, write_jpeg(tmp_path / "a.pdf", "a"), photos).name == "a.jpg"


def test_names_obey_nobody(bench: Bench, ktp: Document, tmp_path: Path) -> None:
    for given, called in (
        ("a\x1b[2Jb.jpg", "a [2Jb.jpg"),
        (".jpg", ".jpg.jpg"),
        ("x" * 180 + ".jpg", "x" * 150 + ".jpg"),
    ):
        assert keep(bench.store, write_jpeg(tmp_path / given, "a"), ktp).name == called


def test_a_full_disk_is_said_before_anything_is_written(
    bench: Bench, ktp: Document, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = write_jpeg(tmp_path / "a.jpg", "a")
    monkeypatch.setattr(Blobs, "free", lambda _: RESERVE)
    with pytest.raises(StorageFull) as full:
        keep(bench.store, path, ktp)
    assert "Kosongkan" in full.value.extra["text"].id and stored(bench) == []
    monkeypatch.setattr(Blobs, "free", lambda _: RESERVE + 100_000)
    assert keep(bench.store, path, ktp).size < 100_000


def test_a_disk_that_fills_up_under_the_write_leaves_nothing_half(
    bench: Bench, ktp: Document, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = write_jpeg(tmp_path / "a.jpg", "a")

    def full(_: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(StorageFull):
        keep(bench.store, path, ktp)
    assert stored(bench) == []


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EACCES, errno.EROFS])
def test_the_device_s_own_disk_is_never_taken_for_the_chosen_file(
    bench: Bench, ktp: Document, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int
) -> None:
    """A part that cannot even be begun names its own path in the error."""
    path = write_jpeg(tmp_path / "a.jpg", "a")

    def refused(part: Path, *_: object) -> int:
        raise OSError(number, os.strerror(number), str(part))

    monkeypatch.setattr(os, "open", refused)
    with pytest.raises(StorageFull) as full:
        keep(bench.store, path, ktp)
    text = full.value.extra["text"]
    assert str(path) not in text.id and ("hampir habis" in text.id) == (number == errno.ENOSPC)
    assert "tetap aman" in text.id and "stays safe" in text.en


def test_a_chosen_file_that_cannot_be_read_to_its_end_is_not_the_device_s_disk(
    bench: Bench, ktp: Document, tmp_path: Path
) -> None:
    class Bad(io.BytesIO):
        def read(self, size: int | None = -1, /) -> bytes:
            if size == CHUNK:
                raise OSError(errno.EIO, "Input/output error")
            return super().read(size)

    content = write_pdf(tmp_path / "a.pdf", "a", 900_000).read_bytes()
    with pytest.raises(FileRefused) as refused:
        keep_open(bench.store, Bad(content), "a.pdf", ktp)
    assert refused.value.why == "broken_file" and stored(bench) == []


def test_what_the_disk_spoiled_is_not_taken_for_the_same(bench: Bench, ktp: Document, tmp_path: Path) -> None:
    path = write_jpeg(tmp_path / "a.jpg", "a")
    kept = keep(bench.store, path, ktp)
    [blob] = stored(bench)
    blob.write_bytes(b"\0" * kept.size)
    assert not bench.store.blobs.sound(kept.sha256)
    assert keep(bench.store, path, ktp) == kept and bench.store.blobs.sound(kept.sha256)


def test_bytes_are_flushed_before_they_get_their_name(
    bench: Bench, ktp: Document, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    done: list[str] = []
    flush, rename = os.fsync, Path.replace
    monkeypatch.setattr(os, "fsync", lambda n: (done.append("flush"), flush(n))[1])
    monkeypatch.setattr(Path, "replace", lambda self, to: (done.append("rename"), rename(self, to))[1])
    keep(bench.store, write_jpeg(tmp_path / "a.jpg", "a"), ktp)
    assert done == ["flush", "rename", "flush", "flush"], "the file, its folder, and the folder of that"


def test_a_chunk_that_fails_leaves_no_part(tmp_path: Path) -> None:
    blobs = Blobs(tmp_path / "files")

    def chunks() -> Iterator[bytes]:
        yield b"abc"
        raise ValueError("cut")

    with pytest.raises(ValueError, match="cut"):
        blobs.put(chunks())
    assert list((tmp_path / "files").iterdir()) == []


def test_what_a_dead_process_left_is_swept_up_when_it_is_old(tmp_path: Path) -> None:
    blobs = Blobs(tmp_path / "files")

    def one(content: bytes) -> str:
        given: Iterable[bytes] = [content]
        return blobs.put(given)[0]

    known, old, young = one(b"known"), one(b"old"), one(b"young")
    part = blobs.part("a")
    part.write_bytes(b"half")
    for path in (*blobs.folder.glob(f"*/{old}"), *blobs.folder.glob(f"*/{known}"), part):
        os.utime(path, (1, 1))
    assert list(blobs.orphans({known})) == [old] and not part.exists()
    # Written again, it is as young as any other: its row may be about to come.
    assert one(b"old") == old
    assert list(blobs.orphans({known})) == [] and blobs.has(young)


def test_a_kept_file_is_an_entry_of_a_manifest() -> None:
    attach = Kept("a" * 64, 3, "image/jpeg", "a.jpg", "2026-03-16T09:00:00+07:00", (1.0, 2.0), 3.0).attach("i", "ktp")
    assert (attach.id, attach.document, attach.place, attach.accuracy) == ("i", "ktp", (1.0, 2.0), 3.0)
