"""The server dies between any two steps, or its disk is full; and requests for one upload come at the same time."""

import errno
import os
import threading
from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest

from server.commands import system
from server.files import blobs, content, disk, finishing, parts, rows
from tests.conftest import Server

from .device import Device
from .sending import Entry, Sender, code, draft, entry, picture

PHOTO = picture()


class Killed(BaseException):
    """SIGKILL, as far as a test in one process can have it: nothing that catches errors catches this."""


@pytest.fixture
def sender(guest: Device) -> Sender:
    guest.exchange()
    return Sender(guest)


def _before(monkeypatch: pytest.MonkeyPatch, where: object, name: str) -> None:
    def die(*_: object, **__: object) -> None:
        raise Killed

    monkeypatch.setattr(where, name, die)


def _after(monkeypatch: pytest.MonkeyPatch, where: object, name: str) -> None:
    real = getattr(where, name)

    def die(*args: object, **more: object) -> None:
        real(*args, **more)
        raise Killed

    monkeypatch.setattr(where, name, die)


STEPS: list[tuple[object, str]] = [
    (content, "verify"),
    (blobs.BlobStore, "put_thumbnail"),
    (rows, "mark_verified"),
    (blobs.BlobStore, "take_in"),
    (disk, "move"),
    (disk, "flush_folder"),
    (rows, "stored"),
    (system, "give"),
    (rows, "end"),
    (parts.Parts, "remove"),
]
MOMENTS = [(when, where, name) for where, name in STEPS for when in (_before, _after)]


@pytest.mark.parametrize(
    ("when", "where", "name"), MOMENTS, ids=[f"{when.__name__[1:]} {name}" for when, _, name in MOMENTS]
)
@pytest.mark.parametrize("back", ["head", "patch", "post"])
def test_killed_while_finishing(
    sender: Sender, server: Server, when: Callable[..., None], where: object, name: str, back: str
) -> None:
    file = entry(PHOTO)
    case = draft(sender.device, file)
    upload = sender.begin(case, file)
    middle = len(PHOTO) - 10
    sender.patch(upload, 0, PHOTO[:middle])
    with pytest.MonkeyPatch.context() as patch:
        when(patch, where, name)
        with pytest.raises(Killed):
            sender.patch(upload, middle, PHOTO[middle:])
    # It is back: nothing that was received is asked for again.
    if back == "head":
        assert sender.offset(upload) == len(PHOTO)
    elif back == "patch":
        assert code(sender.patch(upload, middle, PHOTO[middle:])) == (409, "wrong_offset")
        assert sender.patch(upload, len(PHOTO), b"").status_code == 204
    else:
        again = sender.create(case, file)
        if again.status_code == 201:
            assert again.headers.get("Upload-Offset") == str(len(PHOTO))
        else:
            assert code(again) == (409, "already_arrived")
    _whole(sender, server, case, file)


def _whole(sender: Sender, server: Server, case: str, file: Entry) -> None:
    sender.device.exchange()
    assert sender.device.held[case]["attachments"][0]["arrived"]
    assert sender.get(case, file).get_data() == PHOTO
    assert sender.get(case, file, small=True).status_code == 200
    assert [(row.sha256, row.size) for row in server.rows("SELECT * FROM blob")] == [(file["sha256"], len(PHOTO))]
    assert [row.code for row in server.rows("SELECT code FROM upload")] == ["done"]
    server.clock.move(days=8)
    assert server.world.files.parts.all() == set()


def test_bytes_that_were_acknowledged_are_flushed_first(sender: Sender, monkeypatch: pytest.MonkeyPatch) -> None:
    """The order that survives a power cut: bytes on the disk, then the answer."""
    flushed: list[int] = []
    real = os.fsync

    def fsync(handle: int) -> None:
        real(handle)
        flushed.append(os.fstat(handle).st_size)

    monkeypatch.setattr(os, "fsync", fsync)
    file = entry(PHOTO)
    upload = sender.begin(draft(sender.device, file), file)
    flushed.clear()
    assert sender.patch(upload, 0, PHOTO[:777]).headers["Upload-Offset"] == "777"
    assert 777 in flushed
    flushed.clear()
    assert sender.offset(upload) == 777
    assert 777 in flushed, "what HEAD tells is durable, whoever wrote it"


def test_the_files_are_gone_but_the_database_is_not(sender: Sender, server: Server) -> None:
    """Somebody restored one without the other: the device sends again."""
    file = entry(PHOTO)
    case = draft(sender.device, file)
    upload = sender.begin(case, file)
    with pytest.MonkeyPatch.context() as patch:
        _before(patch, blobs.BlobStore, "take_in")
        with pytest.raises(Killed):
            sender.patch(upload, 0, PHOTO)
    server.world.files.parts.remove(upload.rpartition("/")[2])
    assert sender.ask("HEAD", upload).status_code == 410
    assert sender.send(case, file, PHOTO).status_code == 204
    _whole(sender, server, case, file)


def test_a_hash_alone_is_not_the_bytes(sender: Sender, server: Server) -> None:
    """A blob that lies in the store is no reason to believe an upload of which not a byte came."""
    stranger = Sender(Device(server.app))
    file, theirs = entry(PHOTO), entry(PHOTO)
    sender.send(draft(sender.device, file), file, PHOTO)
    case = draft(stranger.device, theirs)
    upload = stranger.begin(case, theirs)
    assert stranger.offset(upload) == 0
    assert code(stranger.patch(upload, len(PHOTO), b"")) == (409, "wrong_offset")
    assert code(stranger.get(case, theirs)) == (409, "not_arrived")


@pytest.mark.parametrize(
    ("late", "where", "name"),
    [(False, content, "verify"), (False, blobs.BlobStore, "take_in"), (True, blobs.BlobStore, "take_in")],
    ids=["before it is verified", "before it is in the store", "once it is in the store"],
)
def test_given_up_while_it_is_looked_at(sender: Sender, late: bool, where: object, name: str) -> None:
    """A DELETE meets the request that brought the last byte: one of them is told so, and neither breaks."""
    file = entry(PHOTO)
    case = draft(sender.device, file)
    upload = sender.begin(case, file)
    given_up: list[int] = []
    with pytest.MonkeyPatch.context() as patch:
        meanwhile = _thereupon if late else _meanwhile
        meanwhile(patch, where, name, lambda: given_up.append(sender.ask("DELETE", upload).status_code))
        answer = sender.patch(upload, 0, PHOTO)
    assert given_up == [204]
    if late:
        assert answer.status_code == 204, "too late to give up: the bytes are in the store"
    else:
        assert code(answer) == (410, "ended")
        assert sender.send(case, file, PHOTO).status_code == 204
    _arrived(sender, case, file)


def test_swept_away_while_it_is_looked_at(sender: Sender, server: Server) -> None:
    """The bytes are gone, the row is not yet: the device is told to begin again."""
    file = entry(PHOTO)
    case = draft(sender.device, file)
    upload = sender.begin(case, file)
    with pytest.MonkeyPatch.context() as patch:
        gone = upload.rpartition("/")[2]
        _meanwhile(patch, finishing, "_verify", lambda: server.world.files.parts.remove(gone))
        assert code(sender.patch(upload, 0, PHOTO)) == (410, "ended")
    assert sender.send(case, file, PHOTO).status_code == 204
    _arrived(sender, case, file)


def _meanwhile(monkeypatch: pytest.MonkeyPatch, where: object, name: str, happens: Callable[[], object]) -> None:
    real = getattr(where, name)

    def late(*args: object, **more: object) -> object:
        happens()
        return real(*args, **more)

    monkeypatch.setattr(where, name, late)


def _thereupon(monkeypatch: pytest.MonkeyPatch, where: object, name: str, happens: Callable[[], object]) -> None:
    real = getattr(where, name)

    def early(*args: object, **more: object) -> object:
        given = real(*args, **more)
        happens()
        return given

    monkeypatch.setattr(where, name, early)


def _arrived(sender: Sender, case: str, file: Entry) -> None:
    sender.device.exchange()
    assert sender.device.held[case]["attachments"][0]["arrived"]
    assert sender.get(case, file).get_data() == PHOTO


# ---- No room ----


def test_no_room_is_said_and_nothing_is_lost(sender: Sender, monkeypatch: pytest.MonkeyPatch) -> None:
    file = entry(PHOTO)
    case = draft(sender.device, file)
    upload = sender.begin(case, file)
    sender.patch(upload, 0, PHOTO[:100])
    with monkeypatch.context() as patch:
        patch.setattr(disk, "FLOOR", 10**18)
        full = sender.patch(upload, 100, PHOTO[100:])
        assert code(full) == (507, "storage_full")
        assert full.headers["Retry-After"]
        assert code(sender.create(case, file)) == (507, "storage_full")
        assert sender.offset(upload) == 100
    assert sender.patch(upload, 100, PHOTO[100:]).status_code == 204


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EDQUOT])
def test_the_disk_fills_up_under_a_request(sender: Sender, monkeypatch: pytest.MonkeyPatch, number: int) -> None:
    file = entry(PHOTO)
    case = draft(sender.device, file)
    upload = sender.begin(case, file)
    real, left = Path.open, [2]

    def full(path: Path, mode: str = "r", **more: Any) -> object:
        if mode == "ab":
            left[0] -= 1
            if left[0] < 0:
                raise OSError(number, "full")
        return real(path, mode, **more)

    with monkeypatch.context() as patch:
        patch.setattr(Path, "open", full)
        assert code(sender.patch(upload, 0, PHOTO)) == (507, "storage_full")
    at = sender.offset(upload)
    assert 0 < at < len(PHOTO), "what came before stays"
    assert sender.patch(upload, at, PHOTO[at:]).status_code == 204


# ---- At the same time ----


class SlowBody:
    """A connection that gave some bytes and then hangs: its next read returns when it is told to."""

    def __init__(self, first: bytes, rest: bytes) -> None:
        self._first, self._rest = BytesIO(first), BytesIO(rest)
        self.hanging, self.go_on = threading.Event(), threading.Event()

    def read(self, size: int = -1) -> bytes:
        if found := self._first.read(size):
            return found
        self.hanging.set()
        assert self.go_on.wait(20)
        return self._rest.read(size)


@pytest.mark.parametrize("back", ["head", "patch", "delete", "post"])
def test_a_dead_connection_does_not_hold_the_upload(sender: Sender, server: Server, back: str) -> None:
    """Its PATCH sits in a read while the client is back. Whatever it reads later goes nowhere."""
    file = entry(PHOTO)
    case = draft(sender.device, file)
    upload = sender.begin(case, file)
    body = SlowBody(PHOTO[:5_000], b"\0" * (len(PHOTO) - 5_000))
    answers: list[tuple[int, str | None]] = []
    environ = {"wsgi.input": body, "wsgi.input_terminated": True, "CONTENT_LENGTH": str(len(PHOTO))}
    old = threading.Thread(target=lambda: answers.append(code(sender.patch(upload, 0, None, environ=environ))))
    old.start()
    assert body.hanging.wait(20)
    if back == "delete":
        assert sender.ask("DELETE", upload).status_code == 204
        upload = sender.begin(case, file)
    elif back == "post":
        upload = sender.begin(case, file)
    at = 5_000 if back == "patch" else sender.offset(upload)
    assert at == (0 if back in {"delete", "post"} else 5_000)
    assert sender.patch(upload, at, PHOTO[at : at + 1_000]).headers["Upload-Offset"] == str(at + 1_000)
    body.go_on.set()
    old.join(20)
    assert answers == [(409, "wrong_offset")]
    assert sender.offset(upload) == at + 1_000
    assert sender.patch(upload, at + 1_000, PHOTO[at + 1_000 :]).status_code == 204
    _whole(sender, server, case, file)


def test_what_head_told_stands(sender: Sender) -> None:
    """Once HEAD has told an offset, an older request that wakes up moves it no more."""
    file = entry(PHOTO)
    upload = sender.begin(draft(sender.device, file), file)
    body = SlowBody(PHOTO[:5_000], PHOTO[5_000:])
    answers: list[tuple[int, str | None]] = []
    environ = {"wsgi.input": body, "wsgi.input_terminated": True, "CONTENT_LENGTH": str(len(PHOTO))}
    old = threading.Thread(target=lambda: answers.append(code(sender.patch(upload, 0, None, environ=environ))))
    old.start()
    assert body.hanging.wait(20)
    assert sender.offset(upload) == 5_000
    body.go_on.set()
    old.join(20)
    assert answers == [(409, "wrong_offset")]
    assert sender.offset(upload) == 5_000


def test_who_comes_back_at_once_finds_what_was_on_its_way(sender: Sender, monkeypatch: pytest.MonkeyPatch) -> None:
    """HEAD waits for an older request that still writes, so that nothing of it is sent again."""
    monkeypatch.setattr(parts, "QUIET", 5.0)
    file = entry(PHOTO)
    upload = sender.begin(draft(sender.device, file), file)
    body = SlowBody(PHOTO[:5_000], PHOTO[5_000:9_000])
    environ = {"wsgi.input": body, "wsgi.input_terminated": True, "CONTENT_LENGTH": str(len(PHOTO))}
    old = threading.Thread(target=lambda: sender.patch(upload, 0, None, environ=environ))
    old.start()
    assert body.hanging.wait(20)
    threading.Timer(0.2, body.go_on.set).start()
    assert sender.offset(upload) == 9_000
    old.join(20)


@pytest.fixture
def whole(sender: Sender) -> tuple[str, str, Entry]:
    """An upload, its case and its file: all of its bytes came, and then the server was killed."""
    file = entry(PHOTO)
    case = draft(sender.device, file)
    upload = sender.begin(case, file)
    with pytest.MonkeyPatch.context() as patch:
        _before(patch, finishing, "_verify")
        with pytest.raises(Killed):
            sender.patch(upload, 0, PHOTO)
    return upload, case, file


@pytest.mark.parametrize("where", ["settle", "claim"])
def test_somebody_else_finishes_it_first(
    sender: Sender, server: Server, whole: tuple[str, str, Entry], where: str
) -> None:
    """Its part is gone into the store between a request's look at the row and its look at the part: that the part is
    empty says nothing, and nobody is sent back to the first byte."""
    upload, case, file = whole
    with pytest.MonkeyPatch.context() as patch:
        _once_meanwhile(patch, parts.Parts, where, lambda: sender.offset(upload))
        if where == "settle":
            assert sender.offset(upload) == len(PHOTO)
        else:
            late = sender.patch(upload, 0, PHOTO)
            assert code(late) == (409, "wrong_offset")
            assert late.get_json()["offset"] == len(PHOTO)
    _whole(sender, server, case, file)


def test_somebody_else_finishes_it_while_a_late_piece_is_refused(
    sender: Sender, server: Server, whole: tuple[str, str, Entry]
) -> None:
    upload, case, file = whole
    with pytest.MonkeyPatch.context() as patch:
        _once_meanwhile(patch, parts.Parts, "claim", lambda: sender.offset(upload))
        late = sender.patch(upload, len(PHOTO) - 5, PHOTO[-5:])
    assert code(late) == (409, "wrong_offset")
    assert late.get_json()["offset"] == len(PHOTO)
    _whole(sender, server, case, file)


def _once_meanwhile(monkeypatch: pytest.MonkeyPatch, where: object, name: str, happens: Callable[[], object]) -> None:
    """As `_meanwhile`, where what happens comes by there itself."""
    waiting = [happens]
    _meanwhile(monkeypatch, where, name, lambda: waiting.pop()() if waiting else None)


def test_many_finish_at_once_and_it_happens_once(sender: Sender, server: Server, whole: tuple[str, str, Entry]) -> None:
    upload, case, file = whole
    offsets: list[int] = []
    threads = [threading.Thread(target=lambda: offsets.append(sender.offset(upload))) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert offsets == [len(PHOTO)] * 6
    _whole(sender, server, case, file)
    assert server.rows("SELECT count(*) AS n FROM feed WHERE kind = 'case.arrived'")[0].n == 1
