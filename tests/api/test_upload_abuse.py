"""Who means harm, or whose program is broken: rows, files and the disk stay bounded, and no input makes a 500."""

import os
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from server.cli import main
from server.files import content, disk, finishing, parts, tidying, uploads
from server.files.store import RECEIVING
from sync.errors import Busy
from tests.conftest import Server

from .device import Device, new_id
from .sending import MEDIA, Entry, Sender, code, coded, document, draft, entry, picture

PHOTO = picture()

MANY = int(os.environ.get("TENGGAT_CREATIONS", "2000"))
"""`make soak` makes 100,000."""


@pytest.fixture
def sender(guest: Device) -> Sender:
    guest.exchange()
    return Sender(guest)


def _files(server: Server) -> list[Path]:
    return [path for path in server.world.files.folder.rglob("*") if path.is_file()]


@pytest.mark.parametrize("slowed", [True, False])
def test_many_creations_leave_next_to_nothing(
    sender: Sender, server: Server, monkeypatch: pytest.MonkeyPatch, slowed: bool
) -> None:
    # Even without the throttle: as over weeks, or from many addresses.
    monkeypatch.setattr(uploads, "MOST_BEGUN", MANY // 2 if slowed else 10**9)
    monkeypatch.setattr(uploads, "MOST_BEGUN_ADDRESS", 10**9)
    files = [entry(picture(seed=seed, size=(20, 20)), document_="land_proof") for seed in range(10)]
    case = draft(sender.device, *files)
    answered: dict[int, int] = {}
    for number in range(MANY):
        # Some with a byte, so that there are part files too.
        body = b"\xff" if number % 10 == 0 else None
        status = sender.create(case, files[number % len(files)], body).status_code
        answered[status] = answered.get(status, 0) + 1
    assert answered == ({201: MANY} if not slowed else {201: uploads.MOST_BEGUN, 429: MANY - uploads.MOST_BEGUN})
    assert server.rows("SELECT count(*) AS n FROM upload")[0].n == len(files)
    assert server.rows("SELECT count(*) AS n FROM attempt WHERE key LIKE 'upload%'")[0].n <= 2
    assert len(_files(server)) <= len(files) + 2 * parts.LOCKS
    assert sum(path.stat().st_size for path in _files(server)) <= len(files)


def test_open_uploads_of_one_person_are_limited(
    sender: Sender, server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(uploads, "MOST_OPEN", 3)
    files = [entry(picture(seed=seed), document_="land_proof") for seed in range(5)]
    case = draft(sender.device, *files)
    begun = [sender.begin(case, file) for file in files[:3]]
    full = sender.create(case, files[3])
    assert code(full) == (429, "too_many")
    assert full.headers["Retry-After"]
    assert sender.create(case, files[2]).status_code == 201, "one takes its own place"
    assert sender.patch(begun[0], 0, picture(seed=0)).status_code == 204
    assert sender.create(case, files[3]).status_code == 201, "what is done counts no more"
    monkeypatch.setattr(uploads, "MOST_OPEN", 100)
    monkeypatch.setattr(uploads, "MOST_OPEN_BYTES", sum(file["size"] for file in files[1:4]))
    assert code(sender.create(case, files[4])) == (429, "too_many")
    other = Sender(Device(server.app))
    assert other.create(draft(other.device, files[4]), files[4]).status_code == 201, "a limit of each person's own"


def test_an_address_is_limited_too(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(uploads, "MOST_BEGUN_ADDRESS", 3)
    for number in range(5):
        guest = Sender(Device(server.app))
        file = entry(PHOTO)
        assert guest.create(draft(guest.device, file), file).status_code == (201 if number < 3 else 429)


def test_creations_clear_away_what_has_expired(sender: Sender, server: Server) -> None:
    files = [entry(picture(seed=seed), document_="land_proof") for seed in range(8)]
    case = draft(sender.device, *files)
    for file in files[:7]:
        assert sender.create(case, file, b"\xff\xd8").status_code == 201
    assert len(server.world.files.parts.all()) == 7
    server.clock.move(days=8)
    sender.begin(case, files[7])
    assert server.rows("SELECT count(*) AS n FROM upload")[0].n == 1
    assert server.world.files.parts.all() == set()


def test_tidy(server: Server, sender: Sender, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tidying, "BATCH", 2)
    done, *files = [entry(picture(seed=seed), document_="land_proof") for seed in range(6)]
    case = draft(sender.device, done, *files)
    sender.send(case, done, picture(seed=0))
    for file in files:
        sender.create(case, file, b"\xff\xd8")
    stray = server.world.files.parts.path(new_id())
    stray.write_bytes(b"whose row was forgotten")
    kept = sender.begin(case, files[0])
    sender.patch(kept, 0, picture(seed=1)[:50])
    # The program looks at the real clock, which is long after the tests'.
    server.execute("UPDATE upload SET expires = '2999-01-01T00:00:00Z' WHERE id = :id", id=kept.rpartition("/")[2])
    command = [*server.told, "tidy"]
    said = CliRunner().invoke(main, command)
    assert said.exit_code == 0, said.output
    assert "5 expired uploads and 1 stray files cleared away" in said.output
    assert "2 expired uploads cleared away" in said.output, "it tells how far it is"
    assert server.world.files.parts.all() == {kept.rpartition("/")[2]}
    assert sender.offset(kept) == 50
    assert sender.get(case, done).get_data() == picture(seed=0)
    assert "0 expired uploads and 0 stray" in CliRunner().invoke(main, command).output
    assert "7 days" in CliRunner().invoke(main, ["tidy", "--help"]).output


def test_two_creations_at_once_leave_one_upload(
    sender: Sender, server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whichever is written down last, the bytes of the other one are nobody's and go."""
    file = entry(PHOTO)
    case = draft(sender.device, file)
    real, began = disk.check_room, []

    def meanwhile(folder: Path, wanted: int) -> None:
        real(folder, wanted)
        if not began:
            began.append(0)
            assert sender.create(case, file, PHOTO[:100]).status_code == 201

    monkeypatch.setattr(disk, "check_room", meanwhile)
    upload = sender.begin(case, file)
    assert server.world.files.parts.all() == set()
    assert sender.patch(upload, 0, PHOTO).status_code == 204


def test_so_many_bodies_at_once_and_no_more(sender: Sender, server: Server) -> None:
    file = entry(PHOTO)
    upload = sender.begin(draft(sender.device, file), file)
    gate = server.world.files._gate
    taken = 0
    while gate.acquire(blocking=False):
        taken += 1
    assert taken >= 8
    busy = sender.patch(upload, 0, PHOTO)
    assert code(busy) == (503, "busy")
    assert busy.headers["Retry-After"]
    gate.release()
    assert sender.patch(upload, 0, PHOTO).status_code == 204


def test_what_is_looked_at_keeps_its_place(sender: Sender, server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    """Looking at pictures takes seconds, one at a time: those who wait for it must not take the exchanges' threads."""
    gate, seen = server.world.files._gate, []
    real = content.verify

    def verify(*given: Any) -> Any:
        left = 0
        while gate.acquire(blocking=False):
            left += 1
        for _ in range(left):
            gate.release()
        seen.append(left)
        return real(*given)

    monkeypatch.setattr(content, "verify", verify)
    file, other = entry(PHOTO), entry(picture(seed=2), document_="pbb")
    case = draft(sender.device, file, other)
    assert sender.send(case, file, PHOTO).status_code == 204
    assert seen == [RECEIVING - 1]
    upload = sender.begin(case, other)
    with monkeypatch.context() as patch:
        patch.setattr(finishing, "_verify", _busy)
        assert code(sender.patch(upload, 0, picture(seed=2))) == (503, "busy")
    assert sender.offset(upload) == other["size"], "HEAD finishes what was left"
    assert seen == [RECEIVING - 1] * 2
    while gate.acquire(blocking=False):
        pass
    assert sender.ask("HEAD", upload).status_code == 200, "what is done needs no place"


def _busy(*_: object) -> None:
    raise Busy("another request looks at it")


# ---- Anything at all ----


@pytest.fixture
def begun(sender: Sender) -> tuple[Sender, str, Entry]:
    file = entry(document(60), "application/pdf")
    return sender, draft(sender.device, file), file


TEXT = st.text(st.characters(codec="latin-1", exclude_characters="\r\n"), max_size=60)
ODD_ID = st.sampled_from(["", "x", "%00", "..%2F..%2Fx", "a" * 300, "\u0663", new_id(), new_id().upper()])


@settings(
    max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture], derandomize=True
)
@given(data=st.data())
def test_no_input_is_answered_with_a_500(begun: tuple[Sender, str, Entry], data: st.DataObject) -> None:
    sender, case, file = begun
    sender.device.app.testing = False
    upload = sender.begin(case, file)
    path = data.draw(st.sampled_from([upload, "/api/v1/uploads"]) | ODD_ID.map(lambda id_: f"/api/v1/uploads/{id_}"))
    names = [
        "Tus-Resumable", "Upload-Offset", "Upload-Length", "Upload-Metadata", "Upload-Checksum", "Content-Type",
        "X-HTTP-Method-Override", "Upload-Defer-Length", "Upload-Concat", "Range",
    ]  # fmt: skip
    ids = f"case {coded(case)},attachment {coded(file['id'])}"
    values = TEXT | st.sampled_from(["1.0.0", "0", "60", "-1", MEDIA, ids, "PATCH", "sha1 AAAA", "sha256 "])
    headers = data.draw(st.dictionaries(st.sampled_from(names), values, max_size=5))
    method = data.draw(st.sampled_from(["POST", "PATCH", "HEAD", "DELETE", "OPTIONS", "GET", "PUT"]))
    body = data.draw(st.binary(max_size=80) | st.none())
    answer = sender.ask(method, path, body, **headers)
    assert answer.status_code < 500, (method, path, headers, answer.get_data())
    if answer.status_code >= 400 and method != "HEAD":
        assert answer.mimetype == "application/problem+json"
    odd = data.draw(ODD_ID)
    assert sender.ask("GET", f"/api/v1/cases/{odd}/files/{odd}", **headers).status_code == 404
