"""What waits goes out in a file and its answer comes back in one: once, in any order, and for nobody else's eyes."""

import io

import pytest

from client import account
from client.bundles import keys
from client.bundles.answering import AnswerTooOld, NotAnAnswer, NotOurs
from client.bundles.keys import NoServerKeys
from client.engine import Engine
from client.files.refusals import OF_CODES
from client.store import Store
from client.work import Desk
from server.bundles.importing import NotARequest, import_bundle
from server.feed import stamp
from server.store.database import writing
from sync import bundle
from sync.bundle import OtherServer
from sync.errors import NotSignedIn
from sync.messages import MAX_COMMANDS
from sync.outbox import Frozen, State, next_instance
from tests.bundles.conftest import PASSWORD, Carry, Make
from tests.conftest import Server


def test_a_day_without_a_network_goes_there_and_back(phone: Make, carried: Carry) -> None:
    warga = phone()
    case = warga.draft(files=3)
    warga.wire.offline = True
    found, answer = carried(warga.bundle())
    assert [result.status for result in found.results] == ["applied"] * len(found.results) != []
    assert found.arrived == 3 and found.problems == []
    heard = warga.hear(answer)
    assert heard.whole and heard.settled == len(found.results) and heard.files == 3
    assert set(warga.states()) == {State.ACKNOWLEDGED}
    record = warga.desk.case(case).record
    assert record is not None and all(one.arrived for one in record.attachments), "the answer says what has arrived"
    assert warga.store.files.unsent()[0] == 0
    assert warga.store.digest([f"person:{warga.desk.person}"])[0][0] == 1


def test_what_was_written_is_frozen_as_if_sent(phone: Make) -> None:
    warga = phone()
    warga.draft()
    assert set(warga.states()) == {State.QUEUED}
    warga.bundle()
    assert set(warga.states()) == {State.SENT}
    with pytest.raises(Frozen):
        warga.desk.undo(warga.store.outbox.entries()[0])


def test_twice_and_after_the_device_itself_came_it_is_one(phone: Make, carried: Carry, server: Server) -> None:
    warga = phone()
    warga.report()
    file = warga.bundle()
    first, answer = carried(file)
    again, _ = carried(file)
    assert first.results == again.results
    warga.engine.sync()
    carried(file)
    assert len(server.rows("SELECT * FROM feed")) == 1
    before = list(warga.store.records.by_due())
    heard = warga.hear(answer)
    assert not heard.whole and heard.settled == 0, "the device has moved on since: only results are heard"
    assert list(warga.store.records.by_due()) == before


def test_two_bundles_out_of_order_and_their_answers_too(phone: Make, carried: Carry, server: Server) -> None:
    warga = phone()
    first_case = warga.report("Lampu padam")
    first = warga.bundle()
    second_case = warga.report("Jalan rusak")
    second = warga.bundle()
    _, to_second = carried(second)
    server.clock.move(minutes=1)
    _, to_first = carried(first)
    assert warga.hear(to_first).whole and warga.stage(first_case) == warga.stage(second_case) == "received"
    assert not warga.hear(to_second).whole
    assert set(warga.states()) == {State.ACKNOWLEDGED}
    assert warga.engine.sync().mended == 0, "nothing differs from the server"


def test_a_late_answer_never_takes_records_back(phone: Make, carried: Carry, server: Server) -> None:
    """As the simulation's sabotage, by hand: with the answer's records and cursor, a change would be lost for good."""
    warga = phone()
    case = warga.draft()
    file = warga.bundle()
    _, answer = carried(file)
    server.clock.move(minutes=1)
    warga.engine.sync()
    warga.desk.edit(case, {"name": "Nama yang lain"})
    warga.engine.sync()
    cursor = warga.store.meta.get("cursor")
    heard = warga.hear(answer)
    assert not heard.whole and warga.store.meta.get("cursor") == cursor
    assert warga.desk.case(case).fields["name"] == "Nama yang lain"
    assert warga.engine.sync().mended == 0


def test_an_answer_heard_twice_changes_nothing_more(phone: Make, carried: Carry) -> None:
    warga = phone()
    warga.report()
    _, answer = carried(warga.bundle())
    assert warga.hear(answer).whole
    held = (warga.store.meta.get("cursor"), warga.store.records.versions(), warga.states())
    assert not warga.hear(answer).whole
    assert (warga.store.meta.get("cursor"), warga.store.records.versions(), warga.states()) == held


def test_imported_months_later_it_gets_the_stored_results(phone: Make, carried: Carry, server: Server) -> None:
    warga = phone()
    warga.report()
    file = warga.bundle()
    first, _ = carried(file)
    server.clock.move(days=200)
    again, answer = carried(file)
    assert again.results == first.results
    heard = warga.hear(answer)
    assert heard.results == first.results and set(warga.states()) == {State.ACKNOWLEDGED}


def test_a_guest_that_only_ever_learned_the_keys(phone: Make, carried: Carry, server: Server) -> None:
    warga = phone(met=False)
    with pytest.raises(NoServerKeys) as refused:
        warga.bundle()
    assert "Sinkronkan" in refused.value.extra["text"].id, "it says what to do"
    assert keys.keep(warga.store, warga.wire.call("GET", "/api/v1/about"))
    with warga.store.transaction():
        warga.store.outbox.add("case.edit", warga.store.new_id(), {"service": "lapor"}, warga.store.stamp(), 0)
    found, answer = carried(warga.bundle())
    assert [r.status for r in found.results] == ["applied"]
    heard = warga.hear(answer)
    assert heard.whole and heard.received == 1 and warga.store.meta.get("person")["kind"] == "guest"
    warga.engine.sync()


def test_nobody_is_signed_in(phone: Make) -> None:
    warga = phone()
    warga.store.meta.set("token", None)
    with pytest.raises(NotSignedIn):
        warga.bundle()


def test_useless_to_whoever_finds_it(phone: Make, carried: Carry) -> None:
    warga = phone()
    case = warga.report("Lubang di depan rumah")
    one, other = warga.bundle(), warga.bundle()
    _, answer = carried(one)
    token, instance = warga.store.meta.get("token").encode(), warga.store.outbox.instance()[1].encode()
    for file in (one, other, answer):
        for secret in (b"Lubang", token, instance, case.encode(), warga.desk.person.encode()):
            assert secret not in file
    heads = [bundle.examine(io.BytesIO(file)).header for file in (one, other)]
    assert not {heads[0].id, heads[0].by} & {heads[1].id, heads[1].by}, "two of one device have nothing in common"
    stranger = phone("lain")
    with pytest.raises(NotOurs):
        stranger.hear(answer)


def test_what_goes_the_wrong_way_is_said(phone: Make, carried: Carry, server: Server) -> None:
    warga = phone()
    file = warga.bundle()
    _, answer = carried(file)
    with pytest.raises(NotAnAnswer):
        warga.hear(file)
    with pytest.raises(NotARequest):
        import_bundle(server.world, io.BytesIO(answer), None)


def test_another_server_can_do_nothing_with_it(phone: Make, carried: Carry, make_server: object) -> None:
    warga = phone()
    warga.report()
    file = warga.bundle()
    other: Server = make_server("lain")  # type: ignore[operator]
    with pytest.raises(OtherServer):
        import_bundle(other.world, io.BytesIO(file), None)
    assert other.rows("SELECT * FROM command") == []
    # And it cannot pretend to be the right one: the answer must be signed by the server that this device met.
    into, one = io.BytesIO(), bundle.examine(io.BytesIO(file)).header
    keys_ = warga.store.meta.get("bundles")[0]
    answer_key = bundle.OneTime(bytes.fromhex(keys_["secret"])).answer.public_key().public_bytes_raw()
    parts = [(bundle.Server("EPOCH", "2026-03-16T02:00:00Z"), ())]
    bundle.write(into, "answer", one.id, answer_key, other.world.keys.used.sign, bytes(48), parts)
    with pytest.raises(OtherServer):
        warga.hear(into.getvalue())


def test_the_server_was_restored_meanwhile(phone: Make, carried: Carry, server: Server) -> None:
    warga = phone()
    warga.report()
    old_file = warga.bundle()
    _, old_answer = carried(old_file)
    with writing(server.engine) as connection:
        stamp.begin(connection, "SECONDLIFE")
    found, answer = carried(warga.bundle())
    assert [(r.status, r.code) for r in found.results] == [("retry", "new_epoch")], "older ones must come first"
    server.clock.move(minutes=1)
    heard = warga.hear(answer)
    assert heard.whole and warga.store.meta.get("epoch") == "SECONDLIFE" and warga.store.meta.get("cursor")
    with pytest.raises(AnswerTooOld):
        warga.hear(old_answer)
    assert set(warga.states()) == {State.SENT}, "what an earlier life of the server said no longer holds"
    found, _ = carried(old_file, late=True)
    assert [r.status for r in found.results] == ["applied"], "a device that is lost will never send them again"
    found, answer = carried(warga.bundle())
    warga.hear(answer)
    assert set(warga.states()) == {State.ACKNOWLEDGED}


def test_a_revoked_device_hands_over_and_is_wiped(phone: Make, carried: Carry, server: Server) -> None:
    warga = phone()
    case = warga.draft(files=1)
    server.execute("UPDATE device SET revoked = '2026-03-16T02:00:00Z'")
    found, answer = carried(warga.bundle())
    assert {(r.status, r.code) for r in found.results} == {("quarantined", "device_revoked")}
    assert [file.code for file in found.files] == ["not_signed_in"], "no bytes are taken from it"
    assert server.rows("SELECT * FROM case_record WHERE id = :id", id=case) == []
    first = warga.hear(answer)
    assert first.wiped and warga.store.meta.get("token") is None and warga.store.outbox.entries() == []


def test_a_wipe_heard_late_is_a_wipe(phone: Make, carried: Carry, server: Server) -> None:
    warga = phone()
    file = warga.bundle()
    warga.report()
    warga.engine.sync()
    server.execute("UPDATE device SET revoked = '2026-03-16T02:00:00Z'")
    _, answer = carried(file)
    assert warga.hear(answer).wiped and warga.store.records.count() == 0


def test_somebody_who_signed_in_anew_is_not_wiped_by_the_old_token(
    phone: Make, carried: Carry, server: Server, officer: str
) -> None:
    petugas = phone("petugas", login=officer)
    file = petugas.bundle()
    server.execute("UPDATE device SET revoked = '2026-03-16T02:00:00Z'")
    account.sign_in(petugas.store, petugas.wire, officer, PASSWORD)
    petugas.engine.sync()
    _, answer = carried(file)
    heard = petugas.hear(answer)
    assert not heard.wiped and petugas.store.meta.get("token")


def test_the_guest_signed_in_while_the_bundle_was_on_its_way(phone: Make, carried: Carry) -> None:
    """The old token is void, and the instance the account's: nothing is done, and nothing may be numbered anew, since
    the device may have sent the same commands itself."""
    warga = phone()
    warga.report()
    file = warga.bundle()
    account.sign_up(phone("lain").store, phone("lain").wire, "sari", PASSWORD, "Sari")
    account.sign_in(warga.store, warga.wire, "sari", PASSWORD)
    found, answer = carried(file)
    assert [p.code for p in found.problems] == ["instance_taken"] and found.results == []
    instance = warga.store.outbox.instance()
    warga.hear(answer)
    assert warga.store.outbox.instance() == instance and set(warga.states()) == {State.SENT}
    warga.engine.sync()
    assert set(warga.states()) == {State.ACKNOWLEDGED}


def test_a_copy_of_a_device_goes_on_under_the_next_id(phone: Make, carried: Carry, server: Server) -> None:
    warga, other = phone(), phone("lain")
    other.store._db.execute("UPDATE instance SET id = ?", (warga.store.outbox.instance()[1],))
    other.report()
    found, answer = carried(other.bundle())
    assert [p.code for p in found.problems] == ["instance_taken"]
    taken = other.store.outbox.instance()[1]
    other.hear(answer)
    assert other.store.outbox.instance()[1] == next_instance(taken) and set(other.states()) == {State.SENT}
    _, answer = carried(other.bundle())
    other.hear(answer)
    assert set(other.states()) == {State.ACKNOWLEDGED}


def test_more_than_one_request_holds(phone: Make, carried: Carry) -> None:
    """Two instances (a copy was found), and each with its own numbers: one bundle, several exchanges."""
    warga = phone()
    warga.report()
    with warga.store.transaction():
        warga.store.outbox._db.execute("INSERT INTO instance (id) VALUES (?)", (warga.store.new_id(),))
    warga.report("Jalan rusak")
    found, answer = carried(warga.bundle())
    assert len(found.results) == 2 and found.problems == []
    heard = warga.hear(answer)
    assert heard.whole and heard.settled == 2 and set(warga.states()) == {State.ACKNOWLEDGED}


def test_an_outbox_longer_than_a_request(phone: Make, carried: Carry) -> None:
    warga = phone()
    case = warga.draft()
    with warga.store.transaction():
        for _ in range(MAX_COMMANDS + 5):
            warga.store.outbox.add("case.open", case, {}, warga.store.stamp(), 0)
    found, answer = carried(warga.bundle())
    assert len(found.results) == MAX_COMMANDS + 6
    assert warga.hear(answer).settled == MAX_COMMANDS + 6 and warga.store.outbox.waiting()[0] == 0


def test_photos_can_stay_and_come_later(phone: Make, carried: Carry) -> None:
    warga = phone()
    warga.draft(files=2)
    small = warga.bundle(files=False)
    found, answer = carried(small)
    assert found.files == [] and warga.hear(answer).whole
    assert warga.store.files.unsent()[0] == 2
    found, _ = carried(warga.bundle())
    assert found.arrived == 2 and found.results == []
    again, answer = carried(warga.bundle())
    assert again.arrived == 2, "what has arrived is said once more"
    warga.hear(answer)
    assert warga.store.files.unsent()[0] == 0


def test_a_photo_that_the_server_refuses_is_told(phone: Make, carried: Carry, monkeypatch: pytest.MonkeyPatch) -> None:
    warga = phone()
    case = warga.draft()
    attachment = warga.photo(case, "ktp")
    from server.files import content
    from server.files.errors import BrokenFile

    def broken(*_: object) -> None:
        raise BrokenFile("not whole")

    monkeypatch.setattr(content, "verify", broken)
    found, answer = carried(warga.bundle())
    assert [file.code for file in found.files] == ["broken_file"]
    assert warga.hear(answer).files_refused == [attachment]
    (upload,) = warga.store.files.uploads()
    assert upload.refused and upload.trouble is not None and upload.trouble["id"] != OF_CODES["lost"].id


def test_an_officer_gets_the_work_back(phone: Make, carried: Carry, officer: str) -> None:
    warga, petugas = phone(), phone("petugas", login=officer)
    for number in range(3):
        warga.draft(name=f"Warga {number}")
    warga.report()
    warga.engine.sync()
    _, answer = carried(petugas.bundle())
    assert petugas.hear(answer).whole


def test_the_clock_of_another_day_is_not_believed(phone: Make, carried: Carry, server: Server) -> None:
    warga = phone()
    warga.engine.sync()
    before = server.rows("SELECT seen, health, skew FROM device")
    warga.report()
    file = warga.bundle()
    server.clock.move(days=3)
    _, answer = carried(file)
    assert server.rows("SELECT seen, health, skew FROM device") == before, "the device was not there"
    warga.hear(answer)
    assert warga.store.meta.get("last_success_here") is None


def test_only_so_many_bundles_are_remembered(phone: Make, carried: Carry) -> None:
    warga = phone()
    warga.report()
    first = warga.bundle()
    _, answer = carried(first)
    for _ in range(20):
        warga.bundle(files=False)
    with pytest.raises(NotOurs):
        warga.hear(answer)
    _, answer = carried(warga.bundle())
    assert warga.hear(answer).settled == 1, "a younger one has it all"


def test_a_full_store_is_reopened(phone: Make, carried: Carry) -> None:
    """What opens the answer survives the process that made the request."""
    warga = phone()
    warga.report()
    file = warga.bundle()
    warga.store.close()
    warga.store = Store(warga.folder / "device.sqlite", clock=warga.server.clock)
    _, answer = carried(file)
    assert warga.hear(answer).settled == 1


def test_a_disk_from_yesterday_numbers_nothing_anew_that_was_sent_meanwhile(
    phone: Make, carried: Carry, server: Server
) -> None:
    """Found by the simulation: the answer knows higher numbers than this disk, on which what was sent still waits."""
    warga = phone()
    warga.report()
    file = warga.bundle()
    warga.report("Jalan rusak")
    warga.store.close()
    path = warga.folder / "device.sqlite"
    yesterday = path.read_bytes()
    warga.store = Store(path, clock=server.clock)
    Engine(warga.store, warga.wire).sync()
    Desk(warga.store).new("lapor", {"title": "Lain lagi"})
    Engine(warga.store, warga.wire).sync()
    _, answer = carried(file)
    warga.store.close()
    path.write_bytes(yesterday)
    warga.store = Store(path, clock=server.clock)
    before = len(server.rows("SELECT * FROM command"))
    warga.hear(answer)
    Engine(warga.store, warga.wire).sync()
    assert len(server.rows("SELECT * FROM command")) == before == 3
