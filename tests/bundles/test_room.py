"""A bundle that does not fit is refused before it froze or wrote anything."""

import errno
import os
from pathlib import Path
from typing import Any

import pytest

from client.bundles.placing import placed
from client.bundles.room import NoRoomForBundle
from client.bundles.writing import write_bundle
from client.files.room import RESERVE
from client.store.blobs import Blobs
from sync import bundle
from sync.outbox import State
from tests.bundles.conftest import Carry, Make, Phone


def write(warga: Phone, path: Path) -> int:
    with placed(path) as file:
        return write_bundle(warga.store, file).bytes


def test_without_room_nothing_is_frozen_or_written(
    phone: Make, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    warga = phone()
    warga.draft(files=2)
    needs = sum(upload.size for upload in warga.store.files.uploads())
    # The photos alone would fit: what people type must still find its room.
    monkeypatch.setattr(Blobs, "free", lambda _: RESERVE + needs)
    with pytest.raises(NoRoomForBundle) as refused:
        write(warga, tmp_path / "kiriman.tenggat")
    assert set(warga.states()) == {State.QUEUED} and not list(tmp_path.glob("*kiriman*"))
    text, mb = refused.value.extra["text"], -(-refused.value.extra["needed"] // 1_000_000)
    assert refused.value.extra["needed"] > needs
    assert f"perlu {mb} MB" in text.id and f"needs {mb} MB" in text.en


def test_a_disk_that_says_there_is_room_and_has_none_freezes_nothing(
    phone: Make, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: Any) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    warga = phone()
    warga.draft(files=1)
    monkeypatch.setattr(os, "posix_fallocate", full)
    with pytest.raises(NoRoomForBundle):
        write(warga, tmp_path / "kiriman.tenggat")
    assert set(warga.states()) == {State.QUEUED} and not list(tmp_path.glob("*kiriman*"))


@pytest.mark.parametrize("held", [True, False])
def test_the_file_is_as_long_as_the_bundle(
    phone: Make, carried: Carry, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, held: bool
) -> None:
    def cannot(*_: Any) -> None:
        raise OSError(errno.EOPNOTSUPP, "Operation not supported")

    if not held:
        monkeypatch.setattr(os, "posix_fallocate", cannot)
    warga = phone()
    warga.draft(files=2)
    path = tmp_path / "kiriman.tenggat"
    assert write(warga, path) == path.stat().st_size
    assert carried(path.read_bytes())[0].arrived == 2


def test_a_stick_that_is_pulled_out_half_way_leaves_no_file_and_keeps_nothing_back(
    phone: Make, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is in a file counts as sent before its first byte is written; the next road takes it all the same."""

    def broken(into: Any, *_: Any) -> int:
        into.write(b"half")
        raise OSError(errno.ENOSPC, "No space left on device")

    warga = phone()
    warga.draft(files=1)
    with monkeypatch.context() as patch:
        patch.setattr(bundle, "write", broken)
        with pytest.raises(OSError, match="No space"):
            write(warga, tmp_path / "kiriman.tenggat")
    assert not list(tmp_path.glob("*kiriman*"))
    assert write(warga, tmp_path / "kiriman.tenggat")
    warga.engine.sync()
    assert set(warga.states()) == {State.ACKNOWLEDGED} and warga.store.files.unsent()[0] == 0
