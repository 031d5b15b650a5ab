"""POST /api/v1/bundles, by somebody who wrote bundles from docs/protocol.md alone, with nothing of ours."""

import io
import json
import tempfile
import zlib
from types import SimpleNamespace
from typing import Any
from uuid import uuid4

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from werkzeug.test import TestResponse

from client.bundles.carrying import carry
from server.bundles import importing, view
from server.files import uploads
from sync import bundle
from sync.errors import TooMany
from tests.api.device import Device, new_id
from tests.api.filing import edit
from tests.api.sending import checksum, entry, picture
from tests.bundles import by_hand
from tests.bundles.conftest import Make
from tests.conftest import Server

MEDIA = "application/vnd.tenggat.bundle"
Line = dict[str, Any]


class Stranger:
    """A device that speaks the protocol, and its files, with nothing of ours."""

    def __init__(self, server: Server) -> None:
        self.http = server.app.test_client()
        self.device = Device(server.app)
        self.answer = X25519PrivateKey.generate()
        self.about = self.http.get("/api/v1/about").json or {}

    def request(self, *parts: by_hand.Part, **changed: Any) -> bytes:
        answer = by_hand.text(self.answer.public_key().public_bytes_raw())
        speaker = {"part": "speaker", "token": self.device.token, "answer": answer}
        to = by_hand.raw(self.about["seal"])
        return by_hand.write(
            "request", str(uuid4()), to, Ed25519PrivateKey.generate(), [(speaker | changed, b""), *parts]
        )

    def exchange(self, *commands: bytes) -> by_hand.Part:
        return {"part": "exchange", "coding": "gzip"}, _gzip(self.device.body(commands))

    def post(self, file: bytes, media: str = MEDIA) -> TestResponse:
        return self.http.post("/api/v1/bundles", data=file, content_type=media, buffered=True)

    def read(self, response: TestResponse) -> list[by_hand.Part]:
        assert (response.status_code, response.content_type) == (200, MEDIA), response.get_data()
        header, parts = by_hand.read(response.get_data(), self.answer)
        assert header["kind"] == "answer" and header["by"] == self.about["sign"]
        return parts


def _gzip(plain: bytes) -> bytes:
    coder = zlib.compressobj(wbits=31)
    return coder.compress(plain) + coder.flush()


def _lines(part: by_hand.Part) -> list[Line]:
    head, body = part
    assert head["part"] == "exchange"
    import zstandard

    plain = zstandard.ZstdDecompressor().stream_reader(io.BytesIO(body)).read() if head["coding"] == "zstd" else body
    return [json.loads(line) for line in plain.splitlines()]


@pytest.fixture
def stranger(server: Server) -> Stranger:
    return Stranger(server)


def code(response: TestResponse) -> tuple[int, str]:
    return response.status_code, (response.json or {})["code"]


def test_written_from_the_protocol_alone(stranger: Stranger, server: Server) -> None:
    device, content, case = stranger.device, picture(), new_id()
    photo = entry(content)
    command = device.command("case.edit", case, {"service": "krk", "attach": [photo]})
    file = {"part": "file", "case": case, "attachment": photo["id"]}
    request = stranger.request(stranger.exchange(command), ({"part": "wish"}, b"of a later version"), (file, content))
    told = stranger.read(stranger.post(request))
    assert [head["part"] for head, _ in told] == ["server", "file", "exchange"]
    assert told[0][0]["epoch"] and told[0][0]["now"].endswith("Z")
    assert told[1][0]["code"] == "arrived" and told[1][0]["attachment"] == photo["id"]
    lines = _lines(told[2])
    assert [line["t"] for line in lines] == ["hello", "result", "promises", "reset", "case", "end"]
    assert lines[1]["status"] == "applied" and lines[4]["attachments"][0]["arrived"]
    again = stranger.read(stranger.post(request))
    assert _lines(again[2])[1] == lines[1] and again[1][0]["code"] == "arrived"
    assert len(server.rows("SELECT * FROM feed WHERE kind = 'case.edit'")) == 1


def test_ours_can_be_read_from_the_protocol_alone(phone: Make, server: Server) -> None:
    warga = phone()
    case = warga.draft(files=1)
    header, parts = by_hand.read(warga.bundle(), server.world.keys.used.seal)
    assert header["kind"] == "request" and header["to"] == server.world.keys.used.id
    assert [head["part"] for head, _ in parts] == ["speaker", "exchange", "file"]
    assert parts[0][0]["token"] == warga.store.meta.get("token")
    lines = _lines(parts[1])
    assert [line["t"] for line in lines] == ["hello", "command", "end"] and "clock" not in lines[0]
    assert parts[2][0]["case"] == case and checksum(parts[2][1]) == checksum(
        warga.store.blobs.read(warga.store.files.uploads()[0].sha256)
    )


def test_other_bytes_than_the_manifest_says_are_told_and_stop_nothing(stranger: Stranger) -> None:
    device, case = stranger.device, new_id()
    photo, other = entry(picture()), entry(picture(seed=2), document_="land_proof")
    command = device.command("case.edit", case, {"service": "krk", "attach": [photo, other]})
    files = [
        ({"part": "file", "case": case, "attachment": photo["id"]}, bytes(photo["size"])),
        ({"part": "file", "case": case, "attachment": other["id"]}, picture(seed=2)),
        ({"part": "file", "case": case, "attachment": new_id()}, b"of nothing"),
        ({"part": "file", "case": case, "attachment": other["id"]}, b"short"),
    ]
    told = stranger.read(stranger.post(stranger.request(stranger.exchange(command), *files)))
    assert [head["code"] for head, _ in told[1:5]] == ["hash_mismatch", "arrived", "not_found", "arrived"]
    assert set(told[1][0]["text"]) == {"id", "en"}


@pytest.mark.parametrize(
    ("hello", "why"),
    [({"guest": False}, "not_signed_in"), ({"protocol": "x"}, "malformed"), ({"instance": "x"}, "malformed")],
)
def test_an_exchange_refused_as_a_whole_is_told_to_the_device(stranger: Stranger, hello: Line, why: str) -> None:
    body = stranger.device.body([], **hello)
    told = stranger.read(stranger.post(stranger.request(({"part": "exchange", "coding": "identity"}, body))))
    assert [(head["part"], head.get("code")) for head, _ in told[1:]] == [("problem", why)]


@pytest.mark.parametrize(
    ("body", "coding", "why"),
    [(b"", "identity", "body_cut"), (b"no gzip at all", "gzip", "malformed"), (b"", "br", "unknown_encoding")],
)
def test_a_body_that_cannot_be_read_is_told_too(stranger: Stranger, body: bytes, coding: str, why: str) -> None:
    told = stranger.read(stranger.post(stranger.request(({"part": "exchange", "coding": coding}, body))))
    assert told[1][0]["code"] == why


def test_a_bundle_that_says_nonsense_inside(stranger: Stranger) -> None:
    """Sealed and signed rightly, and wrong all the same: always a clear refusal."""
    exchange = stranger.exchange()
    to, signing = by_hand.raw(stranger.about["seal"]), Ed25519PrivateKey.generate()
    for parts in (
        [],
        [exchange],
        [({"part": "speaker"}, b"")],
        [({"part": "speaker", "token": 7, "answer": "x" * 43}, b"")],
        [({"part": 1}, b"")],
        [({"part": "speaker", "token": "x", "answer": "x" * 42}, b"")],
        [({"size": -1, "part": "x"}, b"")],
        [({"size": 99, "part": "x"}, b"too few")],
        [({"part": "x" * 20_000}, b"")],
    ):
        file = by_hand.write("request", str(uuid4()), to, signing, parts)
        assert code(stranger.post(file)) == (400, "bundle_damaged"), parts
    many = [({"part": "x"}, b"")] * 10_001
    assert code(stranger.post(by_hand.write("request", str(uuid4()), to, signing, many))) == (400, "bundle_damaged")
    exchanges = stranger.request(*[exchange] * 21)
    assert code(stranger.post(exchanges)) == (400, "bundle_damaged")
    odd = stranger.request(answer=by_hand.text(b"\xff" * 32), token="short")
    assert stranger.post(odd).status_code in (200, 400)
    zero = stranger.request(exchange, answer=by_hand.text(bytes(32)))
    assert stranger.post(zero).status_code in (200, 400), "a key that no secret comes from"


def test_what_the_door_refuses(stranger: Stranger, server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    good = stranger.request(stranger.exchange())
    assert code(stranger.post(good, "application/octet-stream")) == (415, "wrong_media")
    assert code(stranger.post(b"")) == (400, "not_a_bundle")
    assert code(stranger.post(b"tenggat-bundle 2\n{}")) == (400, "newer_bundle")
    assert code(stranger.post(good[:-1])) == (400, "bundle_damaged")
    other = by_hand.write("request", str(uuid4()), bytes(range(32)), Ed25519PrivateKey.generate(), [])
    assert code(stranger.post(other)) == (409, "other_server")
    assert code(stranger.post(stranger.post(good).get_data())) == (400, "not_a_request")
    monkeypatch.setattr(view, "MOST_BYTES", 200)
    assert code(stranger.post(good)) == (413, "too_large")
    assert server.rows("SELECT * FROM command") == []


def test_so_many_from_one_address(stranger: Stranger, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(view, "MOST_BROUGHT", 2)
    answers = [stranger.post(b"x").status_code for _ in range(3)]
    assert answers == [400, 400, 429]


def test_a_phone_carries_another_phones(phone: Make, server: Server) -> None:
    warga, carrier = phone(), phone("kurir")
    case = warga.draft(files=2)
    warga.wire.offline = True
    path = warga.folder / "kiriman.tenggat"
    path.write_bytes(warga.bundle())
    server.clock.move(seconds=1)
    carried = carry(carrier.store, carrier.wire, path)
    answer = carried.answer
    assert carried.later == 0 and answer.name == "kiriman.answer.tenggat"
    heard = warga.hear(answer.read_bytes())
    assert heard.whole and heard.files == 2 and warga.stage(case) == "draft"
    assert carrier.store.records.count() == 0, "who carries it learns nothing"
    other = carrier.store.meta.get("server_keys")
    carrier.store.meta.set("server_keys", other | {"sign": other["seal"]})
    before = answer.read_bytes()
    with pytest.raises(bundle.OtherServer):
        carry(carrier.store, carrier.wire, path)
    assert answer.read_bytes() == before, "a forged answer takes no true one's place"
    assert sorted(p.name for p in warga.folder.glob("*.part")) == []


def test_a_bundle_for_another_server_is_not_sent_at_all(phone: Make) -> None:
    carrier = phone("kurir")
    path = carrier.folder / "kiriman.tenggat"
    path.write_bytes(by_hand.write("request", str(uuid4()), bytes(range(32)), Ed25519PrivateKey.generate(), []))
    carrier.wire.calls.clear()
    with pytest.raises(bundle.OtherServer):
        carry(carrier.store, carrier.wire, path)
    assert not any("bundles" in call for call in carrier.wire.calls)


def test_photos_in_a_bundle_are_not_counted_one_by_one(phone: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(uploads, "MOST_BEGUN", 1)
    monkeypatch.setattr(uploads, "MOST_BEGUN_ADDRESS", 1)
    warga, carrier = phone(), phone("kurir")
    warga.draft(files=3)
    warga.wire.offline = True
    path = warga.folder / "kiriman.tenggat"
    path.write_bytes(warga.bundle())
    carried = carry(carrier.store, carrier.wire, path)
    assert carried.later == 0 and warga.hear(carried.answer.read_bytes()).files == 3


def test_who_carries_is_told_of_photos_that_are_not_taken_for_now(phone: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    warga, carrier = phone(), phone("kurir")
    warga.draft(files=3)
    warga.wire.offline = True
    path = warga.folder / "kiriman.tenggat"
    path.write_bytes(warga.bundle())
    with monkeypatch.context() as patch:
        patch.setattr(uploads, "MOST_OPEN", 0)
        assert carry(carrier.store, carrier.wire, path).later == 3
    again = carry(carrier.store, carrier.wire, path)
    assert again.later == 0 and warga.hear(again.answer.read_bytes()).files == 3


def test_an_answer_waits_for_its_seal_among_the_city_s_files(
    phone: Make, server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    folders: list[str | None] = []

    def spool(size: int, dir: str | None = None) -> Any:
        folders.append(dir)
        return tempfile.SpooledTemporaryFile(size, dir=dir)

    monkeypatch.setattr(importing, "tempfile", SimpleNamespace(SpooledTemporaryFile=spool))
    importing.import_bundle(server.world, io.BytesIO(phone().bundle()), io.BytesIO())
    assert folders == [str(server.world.files.folder)]


def test_the_servers_refusal_reaches_who_carries(phone: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    warga = phone()
    path = warga.folder / "kiriman.tenggat"
    path.write_bytes(warga.bundle())
    monkeypatch.setattr(view, "MOST_BROUGHT", 1)
    carry(warga.store, warga.wire, path)
    with pytest.raises(TooMany) as refused:
        carry(warga.store, warga.wire, path)
    assert refused.value.extra["retry_after"] > 0


def test_the_keys_are_asked_for_once_before_anything_is_sent(phone: Make, server: Server) -> None:
    warga = phone()
    assert warga.wire.calls.index("GET /api/v1/about") < warga.wire.calls.index("POST /api/v1/sync")
    assert warga.wire.calls.count("GET /api/v1/about") == 1
    warga.engine.sync()
    assert warga.wire.calls.count("GET /api/v1/about") == 1
    edit(Device(server.app), new_id(), {"street": "x"})
    warga.store.meta.set("server_keys", warga.store.meta.get("server_keys") | {"epoch": "ANOTHER"})
    warga.engine.sync()
    assert warga.wire.calls.count("GET /api/v1/about") == 2, "after a restore they may be others"
