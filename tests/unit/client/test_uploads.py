"""Files on their way up: resumed, never sent twice, each for itself; and every way in which a network can fail."""

from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import pytest

from client.files import uploads, wire
from client.files.uploads import Sent, Uploads
from client.files.wire import ServerFull
from client.store.files import Upload
from client.transport import Answer, NotOurServer, Unreachable
from sync.errors import NotSignedIn, TooMany
from sync.messages import Status
from tests.unit.client.conftest import Bench
from tests.unit.client.test_attaching import on_record
from tests.unit.client.tus_server import SPOKEN, TusServer, problem


@dataclass
class Trip:
    """A device with files whose command the server has, and a server that waits for their bytes."""

    bench: Bench
    server: TusServer
    sizes: dict[str, int]

    def run(self, **given: Any) -> Sent:
        return Uploads(self.bench.store, self.server, **given).run()

    def known(self, name: str) -> Upload:
        return next(u for u in self.bench.store.files.uploads() if u.name == f"{name}.jpg")

    def id(self, name: str) -> str:
        return self.known(name).attachment


@pytest.fixture
def trip(bench: Bench) -> Trip:
    bench.store.meta.set("token", "t")
    case_id = bench.desk.new("krk", {})
    for name, side in (("kecil", 8), ("sedang", 300), ("besar", 900)):
        bench.desk.attach(case_id, "land_proof", bench.photo(name, (side, side)))
    entries = bench.sent()[-1]["data"]["attach"]
    bench.send(Status.APPLIED)
    bench.arrive(bench.record(id=case_id, attachments=tuple(map(on_record, entries))))
    server = TusServer({one["id"]: one["sha256"] for one in entries})
    return Trip(bench, server, {one["name"][:-4]: one["size"] for one in entries})


def test_all_go_up_smallest_first_and_each_byte_once(trip: Trip) -> None:
    assert sorted(trip.sizes, key=trip.sizes.__getitem__) == ["kecil", "sedang", "besar"]
    sent = trip.run()
    assert [trip.id(name) for name in ("kecil", "sedang", "besar")] == list(trip.server.arrived)
    assert (sent.files, sent.bytes) == (3, sum(trip.sizes.values())) and trip.server.received == sent.bytes
    assert trip.server.calls == ["POST", "PATCH"] * 3


def test_nothing_goes_that_has_arrived_or_that_the_server_would_not_know(trip: Trip) -> None:
    bench = trip.bench
    bench.desk.new("krk", {})
    [case] = {upload.case for upload in bench.store.files.uploads()}
    bench.desk.attach(case, "ktp", bench.photo("baru"))
    listed = [on_record(_plain(f), arrived="2026-03-16T02:00:00Z") for f in _files(bench, case)]
    bench.arrive(bench.record(id=case, v=2, attachments=tuple(listed)))
    assert trip.run().files == 0 and trip.server.calls == []


def _files(bench: Bench, case: str) -> list[Any]:
    return [file for file in bench.desk.case(case).files if not file.waiting]


def _plain(file: Any) -> dict[str, Any]:
    one = file.attachment
    return {"id": one.id, "document": one.document, "sha256": one.sha256, "size": one.size, "type": one.type}


def test_a_broken_connection_ends_the_run_and_the_next_goes_on_from_there(trip: Trip) -> None:
    trip.server.faults["PATCH"] = [("cut", 100)]
    with pytest.raises(Unreachable):
        trip.run()
    assert trip.server.calls == ["POST", "PATCH"], "what comes after would fare no better"
    trip.server.calls.clear()
    assert trip.run().files == 3
    assert trip.server.calls[:2] == ["HEAD", "PATCH"] and trip.server.received == sum(trip.sizes.values())


def test_it_goes_on_after_the_program_was_started_anew(trip: Trip) -> None:
    trip.server.faults["PATCH"] = [("cut", 100)]
    with pytest.raises(Unreachable):
        trip.run()
    again = trip.bench.started_anew()
    assert Uploads(again, trip.server).run().files == 3
    assert trip.server.received == sum(trip.sizes.values())
    again.close()


def test_an_answer_that_was_lost_is_found_out_by_asking(trip: Trip) -> None:
    trip.server.faults["PATCH"] = [("lost",)]
    with pytest.raises(Unreachable):
        trip.run()
    assert trip.run().files == 3 and trip.server.received == sum(trip.sizes.values())
    trip.server.faults["POST"] = [("lost",)]
    assert trip.run().files == 3, "before the echo, only what was known of them is asked"
    assert trip.server.received == sum(trip.sizes.values())


def test_a_creation_whose_answer_was_lost_is_begun_again(trip: Trip) -> None:
    trip.server.faults["POST"] = [("lost",)]
    with pytest.raises(Unreachable):
        trip.run()
    assert trip.run().files == 3 and len(trip.server.uploads) == 4


@pytest.mark.parametrize("ended", [True, False], ids=["410", "404"])
def test_an_upload_that_ended_is_begun_again(trip: Trip, ended: bool) -> None:
    trip.server.faults["PATCH"] = [("cut", 100)]
    with pytest.raises(Unreachable):
        trip.run()
    if ended:
        trip.server.uploads["/api/v1/uploads/0"].ended = True
    else:
        trip.server.uploads["/api/v1/uploads/9"] = trip.server.uploads.pop("/api/v1/uploads/0")
    assert trip.run().files == 3
    assert len(trip.server.arrived) == 3


def test_an_upload_that_ends_under_our_hands_waits_for_the_next_run(trip: Trip) -> None:
    trip.server.faults["PATCH"] = [("answer", problem(410, "ended"))]
    assert trip.run().files == 2
    assert trip.known("kecil").trouble is not None and not trip.known("kecil").refused
    assert trip.run().files == 3 and trip.known("kecil").trouble is None


def test_what_the_server_has_from_this_person_is_not_sent_again(trip: Trip) -> None:
    trip.run()
    bench, case = trip.bench, trip.known("besar").case
    bench.desk.attach(case, "ktp", bench.photo("besar", (900, 900)))
    entry = bench.sent()[-1]["data"]["attach"][0]
    bench.send(Status.APPLIED)
    trip.server.wanted[entry["id"]] = entry["sha256"]
    listed = [on_record(_plain(file), arrived="2026-03-16T02:00:00Z") for file in _files(bench, case)]
    bench.arrive(bench.record(id=case, v=3, attachments=(*listed, on_record(entry))))
    before = trip.server.received
    trip.server.calls.clear()
    assert trip.run() == Sent(1, 0, []) and trip.server.received == before and trip.server.calls == ["POST"]


def test_what_has_arrived_already_is_done(trip: Trip) -> None:
    trip.server.arrived = dict.fromkeys(trip.server.wanted, b"")
    assert trip.run().files == 3 and trip.server.received == 0


@pytest.mark.parametrize("code", ["wrong_type", "heic", "unsafe_image", "broken_file", "too_large"])
def test_a_refused_file_says_why_and_the_others_go(trip: Trip, code: str) -> None:
    said = {"code": code, "detail": "no", "text": {"id": "Rusak, kata server.", "en": "Damaged, says the server."}}
    trip.server.refuse = {trip.id("kecil"): (422, said)}
    sent = trip.run()
    assert sent.files == 2 and [upload.name for upload in sent.refused] == ["kecil.jpg"]
    known = trip.known("kecil")
    assert known.refused and known.trouble is not None and known.trouble["id"] == "Rusak, kata server."
    trip.server.calls.clear()
    assert trip.run().files == 2 and trip.bench.store.files.unsent()[0] == 3
    trip.bench.desk.attach(known.case, "land_proof", trip.bench.photo("kecil", (8, 8)))
    trip.server.refuse.clear()
    trip.run()
    assert trip.id("kecil") in trip.server.arrived


def test_a_refusal_that_only_a_head_heard_is_told_by_the_next_creation(trip: Trip) -> None:
    said = {"code": "broken_file", "detail": "no", "text": {"id": "Rusak.", "en": "Damaged."}}
    trip.server.refuse = {trip.id("kecil"): (422, said)}
    trip.server.faults["PATCH"] = [("lost",)]
    with pytest.raises(Unreachable):
        trip.run()
    assert [u.name for u in trip.run().refused] == ["kecil.jpg"]
    assert (trip.known("kecil").trouble or {})["id"] == "Rusak."


def test_bytes_damaged_on_the_way_go_again_and_not_for_ever(trip: Trip) -> None:
    trip.server.faults["PATCH"] = [("damage",)]
    assert trip.run().files == 2 and not trip.known("kecil").refused
    assert trip.run().files == 3 and trip.id("kecil") in trip.server.arrived
    trip.server.arrived.clear()
    trip.bench.store.files.restart()
    for refused in ([], ["kecil"], ["sedang", "besar"]):
        trip.server.faults["PATCH"] = [("damage",)] * 3
        assert [upload.name[:-4] for upload in trip.run().refused] == refused
    known = trip.known("kecil")
    assert known.refused and "jaringan lain" in (known.trouble or {})["id"]


def test_bytes_that_are_gone_or_spoiled_here_are_said_to_be(trip: Trip) -> None:
    blobs = trip.bench.store.blobs
    blobs.drop([trip.known("kecil").sha256])
    spoiled = blobs.named(trip.known("sedang").sha256)
    next(blobs.folder.glob(f"*/{spoiled}")).write_bytes(b"x")
    sent = trip.run()
    assert sent.files == 1 and {u.name for u in sent.refused} == {"kecil.jpg", "sedang.jpg"}
    assert "Lampirkan sekali lagi" in (trip.known("kecil").trouble or {})["id"]


def test_one_that_is_not_known_there_waits_and_the_others_go(trip: Trip) -> None:
    gone = trip.id("kecil")
    sha256 = trip.server.wanted.pop(gone)
    assert trip.run().files == 2
    assert (trip.known("kecil").trouble or {})["code"] == "not_found" and not trip.known("kecil").refused
    trip.server.wanted[gone] = sha256
    trip.run()
    assert gone in trip.server.arrived


PORTAL = Answer(200, {"content-type": "text/html"})


@pytest.mark.parametrize("method", ["POST", "PATCH", "HEAD"])
@pytest.mark.parametrize("answer", [PORTAL, Answer(302, {"location": "http://wifi.example/"}), Answer(404, {})])
def test_whatever_else_answers_is_not_our_server(trip: Trip, method: str, answer: Answer) -> None:
    if method == "HEAD":
        trip.server.faults["PATCH"] = [("cut", 100)]
        with pytest.raises(Unreachable):
            trip.run()
    trip.server.faults[method] = [("answer", answer)]
    with pytest.raises(NotOurServer):
        trip.run()
    assert trip.run().files == 3 and trip.server.received == sum(trip.sizes.values())


def test_an_address_elsewhere_is_never_followed(trip: Trip) -> None:
    for place in ("http://evil.example/api/v1/uploads/1", "/somewhere", ""):
        trip.server.faults["POST"] = [("answer", Answer(201, SPOKEN | {"location": place}))]
        with pytest.raises(NotOurServer):
            trip.run()
    assert trip.known("kecil").url is None


def test_an_offset_that_cannot_be_is_not_believed(trip: Trip) -> None:
    for offset in ("", "x", "-1", "999999999"):
        trip.server.faults["PATCH"] = [("answer", Answer(204, SPOKEN | {"upload-offset": offset}))]
        with pytest.raises(NotOurServer):
            trip.run()


@pytest.mark.parametrize(
    ("status", "code", "kind"),
    [
        (401, "not_signed_in", NotSignedIn),
        (429, "too_many", TooMany),
        (507, "storage_full", ServerFull),
        (503, "busy", Exception),
    ],
)
def test_what_is_not_about_the_file_ends_the_run(trip: Trip, status: int, code: str, kind: type[Exception]) -> None:
    trip.server.faults["POST"] = [("answer", problem(status, code, retry_after=60))]
    with pytest.raises(kind):
        trip.run()
    assert trip.server.calls == ["POST"] and trip.known("kecil").trouble is None


@pytest.mark.parametrize(("status", "kind"), [(401, NotSignedIn), (503, Unreachable), (429, Unreachable)])
def test_the_same_where_the_answer_has_no_body(trip: Trip, status: int, kind: type[Exception]) -> None:
    trip.server.faults["PATCH"] = [("cut", 100)]
    with pytest.raises(Unreachable):
        trip.run()
    trip.server.faults["HEAD"] = [("answer", Answer(status, SPOKEN))]
    with pytest.raises(kind):
        trip.run()


def test_what_is_typed_meanwhile_goes_between_two_pieces(trip: Trip, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(uploads, "PIECE", 1_000)
    stops: list[int] = []
    sent = trip.run(between=lambda: stops.append(trip.server.received))
    assert sent.bytes == sum(trip.sizes.values()) == trip.server.received
    assert max(b - a for a, b in pairwise(stops)) <= 1_000 and stops[0] <= 1_000


def test_what_the_server_has_is_known_here_piece_by_piece(trip: Trip, monkeypatch: pytest.MonkeyPatch) -> None:
    """For whoever looks while it is broken off: "40% terkirim"."""
    monkeypatch.setattr(uploads, "PIECE", 1_000)
    trip.server.faults["PATCH"] = [("none",)] * 5 + [("cut", 500)]
    with pytest.raises(Unreachable):
        trip.run()
    assert trip.known("besar").sent == 2_000 and trip.bench.store.files.unsent()[2] > 2_000


def test_progress_is_told_for_each_file(trip: Trip) -> None:
    told: list[tuple[str, int, int | None]] = []
    Uploads(trip.bench.store, trip.server).run(lambda *what: told.append(what))
    assert [done for what, done, _ in told if what == "file"] == [1, 2, 3]
    assert {total for what, _, total in told if what == "file"} == {3}
    assert ("uploading", trip.sizes["besar"], trip.sizes["besar"]) in told


def test_a_server_that_never_moves_on_does_not_hold_up_the_rest(trip: Trip) -> None:
    trip.server.faults["PATCH"] = [("answer", problem(409, "wrong_offset"))] * 3
    assert trip.run().files == 2
    assert trip.run().files == 3


def test_one_that_says_well_done_and_stays_where_it_was_does_not_either(trip: Trip) -> None:
    trip.server.faults["PATCH"] = [("answer", Answer(204, SPOKEN | {"upload-offset": "0"}))] * 3
    assert trip.run().files == 2
    assert (trip.known("kecil").trouble or {})["code"] == "stuck" and not trip.known("kecil").refused
    assert trip.run().files == 3


def test_a_file_is_read_from_the_disk_as_it_is_sent(trip: Trip) -> None:
    """Not held in memory: what the network library asks for is what is read."""
    blob = trip.bench.store.blobs.open(trip.known("besar").sha256)
    with blob:
        rest = wire.Rest(blob, 10, trip.sizes["besar"], lambda *_: None, trip.sizes["besar"])
        pieces = list(rest)
    assert len(rest) == sum(map(len, pieces)) == trip.sizes["besar"] - 10 and max(map(len, pieces)) <= 16_384
