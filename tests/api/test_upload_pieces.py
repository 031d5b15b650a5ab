"""Uploads in pieces: offsets, checksums, requests that are cut, and how an upload ends."""

from datetime import datetime
from email.utils import parsedate_to_datetime
from io import BytesIO

import pytest

from tests.conftest import Server

from .device import Device
from .sending import Sender, checksum, code, draft, entry, picture, stands

PHOTO = picture()


@pytest.fixture
def sender(guest: Device) -> Sender:
    guest.exchange()
    return Sender(guest)


# ---- Offsets, checksums, cuts ----


def test_a_wrong_offset_changes_nothing(sender: Sender) -> None:
    file = entry(PHOTO)
    upload = sender.begin(draft(sender.device, file), file)
    sender.patch(upload, 0, PHOTO[:100])
    for offset in (0, 99, 101, len(PHOTO)):
        answer = sender.patch(upload, offset, PHOTO[offset:])
        assert code(answer) == (409, "wrong_offset")
        assert answer.json is not None
        assert answer.json["offset"] == 100
    assert sender.offset(upload) == 100


class _Unread:
    def read(self, *_: object) -> bytes:
        raise AssertionError("the body was read")


def test_more_than_declared(sender: Sender) -> None:
    file = entry(PHOTO)
    case = draft(sender.device, file)
    upload = sender.begin(case, file)
    assert code(sender.patch(upload, 0, PHOTO + b"x")) == (413, "too_large")
    unread = {"wsgi.input": _Unread(), "wsgi.input_terminated": True, "CONTENT_LENGTH": str(len(PHOTO) + 1)}
    assert code(sender.patch(upload, 0, None, environ=unread)) == (413, "too_large"), "before a byte is read"
    assert sender.offset(upload) == 0
    sender.patch(upload, 0, PHOTO[:10])
    chunked = {"wsgi.input": BytesIO(PHOTO[10:] + b"x"), "wsgi.input_terminated": True}
    answer = sender.patch(upload, 10, None, environ=chunked, Transfer_Encoding="chunked")
    assert code(answer) == (413, "too_large")
    assert sender.offset(upload) == 10, "nothing of that request is kept"


@pytest.mark.parametrize("algorithm", ["sha1", "sha256"])
def test_checksums(sender: Sender, algorithm: str) -> None:
    file = entry(PHOTO)
    case = draft(sender.device, file)
    upload = sender.begin(case, file)
    damaged = b"y" + PHOTO[1:1000]
    wrong = sender.patch(upload, 0, damaged, Upload_Checksum=checksum(PHOTO[:1000], algorithm))
    assert code(wrong) == (460, "wrong_checksum")
    assert sender.offset(upload) == 0
    right = sender.patch(upload, 0, PHOTO[:1000], Upload_Checksum=checksum(PHOTO[:1000], algorithm))
    assert (right.status_code, sender.offset(upload)) == (204, 1000)
    last = sender.patch(upload, 1000, PHOTO[1000:], Upload_Checksum=checksum(b"", algorithm))
    assert (code(last), sender.offset(upload)) == ((460, "wrong_checksum"), 1000)
    assert sender.patch(upload, 1000, PHOTO[1000:]).status_code == 204


@pytest.mark.parametrize("given", ["md5 1B2M2Y8AsgTpgAmY7PhCfg==", "crc32 x", "SHA1 x", "", " "])
def test_an_algorithm_that_is_not_offered(sender: Sender, given: str) -> None:
    file = entry(PHOTO)
    upload = sender.begin(draft(sender.device, file), file)
    assert code(sender.patch(upload, 0, PHOTO, Upload_Checksum=given)) == (400, "unknown_algorithm")
    assert code(sender.patch(upload, 0, PHOTO, Upload_Checksum="sha1 %%")) == (400, "malformed")
    assert sender.offset(upload) == 0


@pytest.mark.parametrize("summed", [False, True])
@pytest.mark.parametrize("quiet", [False, True], ids=["the server says so", "the body just ends"])
def test_bytes_of_a_cut_request_are_kept(sender: Sender, summed: bool, quiet: bool) -> None:
    file = entry(PHOTO)
    case = draft(sender.device, file)
    upload = sender.begin(case, file)
    cut = {"wsgi.input": BytesIO(PHOTO[:20_000]), "CONTENT_LENGTH": str(len(PHOTO))}
    if quiet:
        cut["wsgi.input_terminated"] = "as granian"
    headers = {"Upload_Checksum": checksum(PHOTO) if summed else None}
    assert sender.patch(upload, 0, None, environ=cut, **headers).headers["Upload-Offset"] == "20000"
    assert sender.offset(upload) == 20_000
    assert sender.patch(upload, 20_000, PHOTO[20_000:]).status_code == 204
    assert sender.get(case, file).get_data() == PHOTO


# ---- Ending ----


def test_termination(sender: Sender, server: Server) -> None:
    file = entry(PHOTO)
    case = draft(sender.device, file)
    upload = sender.begin(case, file)
    sender.patch(upload, 0, PHOTO[:100])
    assert sender.ask("DELETE", upload).status_code == 204
    assert server.world.files.parts.all() == set()
    assert sender.ask("HEAD", upload).status_code == 410
    assert code(sender.patch(upload, 100, PHOTO[100:])) == (410, "ended")
    assert code(sender.ask("DELETE", upload)) == (410, "ended")
    assert sender.send(case, file, PHOTO).status_code == 204, "and begun anew"


def test_what_has_arrived_is_not_undone_by_a_termination(sender: Sender) -> None:
    file = entry(PHOTO)
    case = draft(sender.device, file)
    upload = sender.begin(case, file)
    sender.patch(upload, 0, PHOTO)
    assert sender.ask("DELETE", upload).status_code == 204
    assert sender.get(case, file).get_data() == PHOTO
    assert sender.ask("HEAD", upload).status_code == 404, "the upload is gone, the file is not"
    assert stands(sender.device, case) == [True]


def test_an_upload_expires_when_no_byte_comes(sender: Sender, server: Server) -> None:
    file = entry(PHOTO)
    case = draft(sender.device, file)
    begun = sender.create(case, file)
    upload = begun.headers["Location"]
    when = parsedate_to_datetime(begun.headers["Upload-Expires"])
    assert isinstance(when, datetime)
    assert (when - server.clock.now).days == 7
    for _ in range(3):
        server.clock.move(days=5)
        at = sender.offset(upload)
        moved = sender.patch(upload, at, PHOTO[at : at + 100])
        assert (parsedate_to_datetime(moved.headers["Upload-Expires"]) - server.clock.now).days == 7
    server.clock.move(days=7, seconds=1)
    assert sender.ask("HEAD", upload).status_code == 410
    answer = sender.patch(upload, 300, PHOTO[300:])
    assert code(answer) == (410, "ended")
    assert sender.send(case, file, PHOTO).status_code == 204
