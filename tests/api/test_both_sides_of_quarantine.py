"""Our own client against the server: what an officer does about its commands, and how it says that it stands."""

from collections.abc import Iterator
from pathlib import Path
from unittest import mock

import marshmallow as ma
import pytest

from client.account import begin_as_guest
from client.diagnosis import report
from client.engine import Engine
from client.store import Store
from client.transport import Unreachable
from client.work import Desk
from schemas.diagnosis import Diagnosis
from server.access import asking, roster
from server.access.roster import Chosen
from server.commands import amendments, batch
from server.domain.troubles import troubles
from sync.outbox import State
from tests.conftest import Server
from tests.wsgi_transport import WsgiTransport

from .filing import fields


@pytest.fixture
def store(tmp_path: Path, server: Server) -> Iterator[Store]:
    opened = Store(tmp_path / "device.sqlite3", clock=server.clock)
    begin_as_guest(opened)
    yield opened
    opened.close()


@pytest.fixture
def network(server: Server) -> WsgiTransport:
    return WsgiTransport(server.app)


@pytest.fixture
def engine(store: Store, network: WsgiTransport) -> Engine:
    made = Engine(store, network)
    made.sync()
    return made


def refused(server: Server, store: Store, engine: Engine) -> str:
    """Send a complaint to a server that cannot decide just now; its instance."""
    desk = Desk(store)
    desk.submit(desk.new("lapor", fields(server, "lapor")))
    with mock.patch.object(batch, "decide", side_effect=RuntimeError):
        engine.sync()
    (entry,) = store.outbox.entries(State.REFUSED)
    assert entry.result is not None
    assert entry.result["status"] == "quarantined"
    return store.outbox.identity(entry.instance)


def seq(store: Store) -> int:
    (entry,) = store.outbox.entries()
    return entry.seq


def test_a_refused_command_becomes_received_and_its_case_comes_along(
    server: Server, store: Store, engine: Engine
) -> None:
    instance = refused(server, store, engine)
    amendments.retry(server.world.commands, instance, seq(store), "cli")
    engine.sync()
    (entry,) = store.outbox.entries()
    assert entry.state is State.ACKNOWLEDGED
    assert (entry.result or {})["number"] == "LPR-2026-000001"
    assert store.records.count() == 1
    assert store.take().amended == 1
    assert engine.sync().exchanges == 1, "and all is said"


def test_the_officers_answer_is_shown_in_the_place_of_the_refusal(server: Server, store: Store, engine: Engine) -> None:
    instance = refused(server, store, engine)
    amendments.reject(server.world.commands, instance, seq(store), "cli", "Sudah dicatat di loket.")
    engine.sync()
    (entry,) = store.outbox.entries(State.REFUSED)
    assert (entry.result or {})["text"]["id"] == "Sudah dicatat di loket."
    assert (entry.result or {})["code"] == "answered"


def test_what_a_person_has_dealt_with_stays_so(server: Server, store: Store, engine: Engine) -> None:
    instance = refused(server, store, engine)
    with store.transaction():
        store.outbox.settle(store.outbox.entries(State.REFUSED)[0])
    amendments.retry(server.world.commands, instance, seq(store), "cli")
    engine.sync()
    (entry,) = store.outbox.entries()
    assert entry.state is State.SETTLED


def test_an_answer_that_breaks_off_is_told_again(
    server: Server, store: Store, engine: Engine, network: WsgiTransport
) -> None:
    instance = refused(server, store, engine)
    amendments.retry(server.world.commands, instance, seq(store), "cli")
    network.cut = 150
    with pytest.raises(Unreachable):
        engine.sync()
    assert store.take().amended == 0
    engine.sync()
    assert store.outbox.entries()[0].state is State.ACKNOWLEDGED


def test_what_is_not_here_or_cannot_become_so_is_passed_over(store: Store, engine: Engine) -> None:
    from sync.messages import Amended, Result, Status

    _, instance = store.outbox.instance()
    odd = [
        Amended(1, instance, Result(99, Status.APPLIED)),
        Amended(2, "00000000-0000-4000-8000-000000000000", Result(1, Status.APPLIED)),
        Amended(3, instance, Result(None, Status.RETRY)),
    ]
    with store.transaction():
        assert store.outbox.revise(odd, "2026-03-16T02:00:00Z") == 0


def test_a_new_epoch_forgets_how_far_it_heard(server: Server, store: Store, engine: Engine) -> None:
    instance = refused(server, store, engine)
    amendments.retry(server.world.commands, instance, seq(store), "cli")
    engine.sync()
    assert store.meta.get("amended") == 1
    server.execute("UPDATE feed_head SET epoch = 'RESTORED00'")
    server.execute("DELETE FROM amendment")
    server.execute("UPDATE device SET amended = 0")
    engine.sync()
    assert store.meta.get("amended") is None


def test_a_device_says_of_its_failures_only_while_there_are_some(
    server: Server, store: Store, engine: Engine, network: WsgiTransport
) -> None:
    quiet = store.health()
    assert (quiet.failed, quiet.trouble, quiet.ended) == (0, None, None)
    network.wifi = True
    for _ in range(2):
        with pytest.raises(Unreachable):
            engine.sync()
    network.wifi = False
    told = store.health()
    assert (told.failed, told.trouble, told.ended) == (2, "not_our_server", store.meta.get("last_success"))
    server.clock.move(minutes=5)
    engine.sync()
    (facts,) = roster.devices(server.engine, Chosen("all"), now=server.clock())
    assert [one.code for one in troubles(facts, server.clock())] == ["portal"]
    assert store.health().failed == 0
    server.clock.move(minutes=5)
    engine.sync()
    (facts,) = roster.devices(server.engine, Chosen("all"), now=server.clock())
    assert troubles(facts, server.clock()) == []


def test_it_tells_how_it_stands_when_asked_and_nothing_that_was_typed(
    server: Server, store: Store, engine: Engine
) -> None:
    refused(server, store, engine)
    (facts,) = roster.devices(server.engine, Chosen("all"), now=server.clock())
    assert asking.diagnoses(server.engine, facts.id) == []
    asking.ask_diagnosis(server.engine, server.world.sources, facts.id, "cli")
    engine.sync()
    (told,) = asking.diagnoses(server.engine, facts.id)
    assert told.body["outbox"] == {"refused": 1}
    assert told.body["refused"] == [{"kind": "case.act", "status": "quarantined", "code": "internal"}]
    assert told.body["app"].startswith("tenggat ")
    whole = str(told.body)
    assert not [
        one for one in fields(server, "lapor").values() if isinstance(one, str) and len(one) > 6 and one in whole
    ]
    assert store.meta.get("diagnose") is None


def test_the_report_is_what_the_server_takes(store: Store, engine: Engine) -> None:
    """Nothing in it is dropped by the description, so nothing of it was written in vain."""
    made = report(store)
    schema = Diagnosis(unknown=ma.RAISE)
    assert schema.load(made) == made


def test_a_device_that_was_told_to_start_over_has_all_it_had(server: Server, store: Store, engine: Engine) -> None:
    desk = Desk(store)
    desk.submit(desk.new("lapor", fields(server, "lapor")))
    engine.sync()
    (facts,) = roster.devices(server.engine, Chosen("all"), now=server.clock())
    asking.ask_resync(server.engine, server.world.sources, facts.id, "cli")
    report_ = engine.sync()
    assert (report_.received, store.records.count()) == (1, 1)
    server.clock.move(minutes=1)
    assert engine.sync().received == 0
    (facts,) = roster.devices(server.engine, Chosen("all"), now=server.clock())
    assert facts.resync_asked is None
