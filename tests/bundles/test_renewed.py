"""The server's keys are renewed under devices that hear of it, and under others; old ones are put out for good."""

import io
import os
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from client.bundles import keys as known
from client.bundles.carrying import carry
from client.transport import NotOurServer, Unreachable
from server.bundles import keys, renewing
from server.bundles.importing import import_bundle
from server.bundles.keys import Keys, Pair
from server.files import disk
from sync import bundle
from sync.bundle import OtherServer
from sync.errors import TenggatError
from sync.outbox import State
from tests.bundles.conftest import Carry, Make, Phone
from tests.conftest import Server

ABOUT = "GET /api/v1/about"


def renew(server: Server) -> tuple[Pair, Pair]:
    server.clock.move(minutes=1)
    return renewing.renew(server.world, "cli")


def forget(server: Server) -> None:
    renewing.forget(server.world, "cli", server.world.keys.pairs[1:])


def header(file: bytes) -> bundle.Header:
    return bundle.examine(io.BytesIO(file)).header


def asked(phone: Phone) -> int:
    """How often this phone asked for the keys since it was last asked here."""
    count = sum("/api/v1/about" in call for call in phone.wire.calls)
    phone.wire.calls.clear()
    return count


def test_a_device_learns_new_keys_at_its_next_exchange(phone: Make, server: Server, carried: Carry) -> None:
    warga = phone()
    old, new = renew(server)
    asked(warga)
    warga.engine.sync()
    assert asked(warga) == 1
    epoch = warga.store.meta.get("epoch")
    warga.report()
    file = warga.bundle()
    assert header(file).to == new.id and header(file).to != old.id
    _, answer = carried(file)
    assert header(answer).by == new.told()["sign"] and warga.hear(answer).whole
    warga.engine.sync()
    assert asked(warga) == 0 and warga.store.meta.get("epoch") == epoch


def test_whoever_was_away_all_the_time_is_opened_and_answered_under_the_old_keys(
    phone: Make, server: Server, carried: Carry
) -> None:
    warga, survei = phone(), phone("survei")
    warga.report()
    made_before = warga.bundle()
    old, _ = renew(server)
    renew(server)
    survei.report()
    for file, device in ((made_before, warga), (survei.bundle(), survei)):
        assert header(file).to == old.id
        _, answer = carried(file)
        assert header(answer).by == old.told()["sign"]
        assert device.hear(answer).whole and device.states() == [State.ACKNOWLEDGED]
    asked(warga)
    warga.engine.sync()
    assert asked(warga) == 1, "the answer told that there are others; they are asked for over a network alone"


def test_an_answer_under_the_old_keys_still_counts_for_whoever_learned_the_new_ones(
    phone: Make, server: Server, carried: Carry
) -> None:
    warga = phone()
    warga.report()
    file = warga.bundle()
    renew(server)
    _, answer = carried(file)
    warga.engine.sync()
    assert header(warga.bundle()).to == server.world.keys.used.id
    assert warga.hear(answer).results[0].status == "applied"


def test_a_carrier_with_other_keys_than_the_bundle_brings_it(phone: Make, server: Server) -> None:
    warga, carrier = phone(), phone("kurir")
    path = warga.folder / "kiriman.tenggat"
    warga.report()
    path.write_bytes(warga.bundle())
    renew(server)
    assert warga.hear(carry(carrier.store, carrier.wire, path).answer.read_bytes()).settled == 1, (
        "older than the server"
    )
    warga.engine.sync()
    warga.report("Jalan rusak")
    path.write_bytes(warga.bundle())
    assert carry(carrier.store, carrier.wire, path).later == 0, "newer than the carrier"
    carrier.engine.sync()
    asked(carrier)
    path.write_bytes(phone("lama").bundle())
    renew(server)
    carrier.engine.sync()
    asked(carrier)
    carry(carrier.store, carrier.wire, path)
    assert asked(carrier) == 0, "the server tells what it still opens"


@pytest.mark.parametrize(("way", "refusal"), [("offline", Unreachable), ("wifi", NotOurServer)])
def test_a_carrier_that_reaches_no_server_says_so_and_not_that_the_file_is_of_another(
    phone: Make, server: Server, way: str, refusal: type[TenggatError]
) -> None:
    """It has yet to hear that the server renewed its keys: whoever is told of another city throws the file away."""
    carrier = phone("kurir")
    renew(server)
    path = carrier.folder / "kiriman.tenggat"
    path.write_bytes(phone().bundle())
    setattr(carrier.wire, way, True)
    with pytest.raises(refusal):
        carry(carrier.store, carrier.wire, path)
    assert not path.with_name("kiriman.answer.tenggat").exists()
    setattr(carrier.wire, way, False)
    assert carry(carrier.store, carrier.wire, path).answer.exists()


def test_a_carrier_that_the_server_answered_says_that_the_file_is_of_another(
    phone: Make, make_server: Callable[..., Server], tmp_path: Path
) -> None:
    carrier = phone("kurir")
    path = carrier.folder / "kiriman.tenggat"
    stranger = Phone(make_server("lain"), tmp_path)
    path.write_bytes(stranger.bundle())
    stranger.store.close()
    asked(carrier)
    with pytest.raises(OtherServer):
        carry(carrier.store, carrier.wire, path)
    assert asked(carrier) == 1


def test_what_was_forgotten_opens_nothing_and_loses_nothing(phone: Make, server: Server, carried: Carry) -> None:
    warga = phone()
    case = warga.report()
    file = warga.bundle()
    renew(server)
    forget(server)
    with pytest.raises(OtherServer):
        carried(file)
    assert len(server.world.keys.pairs) == 1 and server.rows("SELECT id FROM case_record") == []
    warga.engine.sync()
    assert warga.stage(case) != "draft" and set(warga.states()) == {State.ACKNOWLEDGED}
    warga.report("Jalan rusak")
    _, answer = carried(warga.bundle())
    assert warga.hear(answer).whole


def test_who_holds_a_key_that_leaked_is_not_believed_once_it_was_forgotten(phone: Make, server: Server) -> None:
    """What a thief signs is an answer as long as the device knows of nothing else; the server's word ends that."""
    warga = phone()
    warga.report()
    file = warga.bundle()
    stolen = server.world.keys.used
    renew(server)
    into = io.BytesIO()
    request = bundle.examine(io.BytesIO(file))
    [(speaker, _), *_] = [(head, body) for head, body in bundle.parts(io.BytesIO(file), request, stolen.seal)]
    assert isinstance(speaker, bundle.Speaker)
    bundle.write(
        into, "answer", request.header.id, bundle.decode_key(speaker.answer), stolen.sign, os.urandom(48),
        [(bundle.Server(warga.store.meta.get("epoch"), "2026-03-16T02:00:00Z"), ())],
    )  # fmt: skip
    warga.engine.sync()
    warga.hear(into.getvalue())
    forget(server)
    warga.engine.sync()
    with pytest.raises(OtherServer):
        warga.hear(into.getvalue())
    assert known.signing(warga.store) == {server.world.keys.used.told()["sign"]}


def test_every_process_of_a_city_takes_them_up_without_a_restart(
    server: Server, make_server: Callable[..., Server], phone: Make
) -> None:
    other = make_server("data")
    assert other.world.keys.folder == server.world.keys.folder and other.world.keys is not server.world.keys
    warga = phone()
    for one in (server, other):
        assert one.app.test_client().get("/api/v1/about").json == server.app.test_client().get("/api/v1/about").json
    before, new = renew(server)
    assert other.world.keys.used.id == new.id and other.world.keys.mark == server.world.keys.mark
    warga.report()
    file = warga.bundle()
    assert header(file).to == before.id
    into = io.BytesIO()
    assert len(import_bundle(other.world, io.BytesIO(file), into).results) == 1
    assert warga.hear(into.getvalue()).settled == 1
    renewing.forget(other.world, "cli", other.world.keys.pairs[1:])
    assert [pair.id for pair in server.world.keys.pairs] == [new.id]


@pytest.mark.parametrize("step", range(6))
def test_a_renewal_that_dies_has_happened_or_has_not(
    server: Server, phone: Make, step: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whichever of its steps is the last one, a pair is whole, and every device can go by it."""
    warga = phone()
    old = server.world.keys.used
    steps = _dying(monkeypatch, after=step)
    try:
        renewing.renew(server.world, "cli")
    except KeyboardInterrupt:
        assert steps[0] == step + 1
    monkeypatch.undo()
    died = server.world.keys.used
    assert (died.id == old.id) is (step < 4) and died.shares_with(old) is (step < 4)
    assert all(pair.id == old.id for pair in server.world.keys.pairs[1:])
    assert len(Keys(server.world.keys.folder).pairs) == len(server.world.keys.pairs)
    _, new = renew(server)
    assert new.id not in (old.id, died.id) and not new.shares_with(old)
    assert {pair.id for pair in server.world.keys.pairs[1:]} == {old.id, died.id}, "no pair that nobody was told"
    warga.report()
    into = io.BytesIO()
    import_bundle(server.world, io.BytesIO(warga.bundle()), into)
    assert warga.hear(into.getvalue()).whole
    forget(server)
    files = {path.name for path in server.world.keys.folder.iterdir()}
    assert files == {keys.SEAL, keys.SIGN, f"{old.id}{keys.FORGOTTEN}", f"{died.id}{keys.FORGOTTEN}"}
    assert [pair.id for pair in server.world.keys.pairs] == [new.id]


def _dying(monkeypatch: pytest.MonkeyPatch, after: int) -> list[int]:
    """This process is gone after so many steps that others can see."""
    done = [0]

    def counted(real: Callable[..., None]) -> Callable[..., None]:
        def step(*given: Path) -> None:
            done[0] += 1
            if done[0] > after:
                raise KeyboardInterrupt
            real(*given)

        return step

    monkeypatch.setattr(renewing.os, "link", counted(os.link))  # type: ignore[attr-defined]
    monkeypatch.setattr(disk, "move", counted(disk.move))
    return done


def test_nobody_reads_half_a_renewal(server: Server) -> None:
    folder = server.world.keys.folder
    whole = {server.world.keys.used.public}
    seen: list[tuple[bytes, bytes]] = []
    over = threading.Event()

    def read() -> None:
        mine = Keys(folder)
        while not over.is_set():
            seen.append(mine.used.public)

    with ThreadPoolExecutor(2) as pool:
        readers = [pool.submit(read) for _ in range(2)]
        for _ in range(40):
            _, new = renew(server)
            whole.add(new.public)
        over.set()
        for reader in readers:
            reader.result()
    assert len(set(seen)) > 5 and set(seen) <= whole


def test_a_renewal_between_two_looks_is_seen_whole(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = [server.world.keys.used.public]
    real, looks = Path.read_bytes, iter((1, 2))

    def read(path: Path) -> bytes:
        found = real(path)
        if path.name == keys.SEAL and next(looks, None) == 1:
            whole.append(renew(server)[1].public)
        return found

    monkeypatch.setattr(Path, "read_bytes", read)
    assert Keys(server.world.keys.folder).used.public == whole[1] != whole[0]


def test_two_who_renew_at_once_do_so_one_after_the_other(server: Server) -> None:
    first = server.world.keys.used
    with ThreadPoolExecutor(4) as pool:
        for done in [pool.submit(renew, server) for _ in range(4)]:
            done.result()
    pairs = server.world.keys.pairs
    assert len({pair.id for pair in pairs}) == 5 and pairs[-1].id == first.id
    noted = server.rows("SELECT target FROM audit WHERE action = 'keys.renew' ORDER BY pos")
    assert [row.target for row in noted] == [pair.id for pair in reversed(pairs[1:])]


def test_an_exchange_does_not_wait_for_keys(phone: Make, server: Server) -> None:
    warga = phone()
    (server.world.keys.folder / keys.SEAL).write_text("broken")
    warga.report()
    warga.engine.sync()
    assert set(warga.states()) == {State.ACKNOWLEDGED} and server.world.keys.mark == ""


def test_an_old_key_that_cannot_be_read_stops_no_new_one(server: Server) -> None:
    _, new = renew(server)
    [old] = server.world.keys.folder.glob("seal.*.key")
    old.write_text("broken")
    assert [pair.id for pair in server.world.keys.pairs] == [new.id]
