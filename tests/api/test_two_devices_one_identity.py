"""Two people's devices with one instance id, as when a store is copied: the second goes on under an id of its own."""

from itertools import count
from pathlib import Path

from client.account import begin_as_guest
from client.engine import Engine
from client.store import Store
from client.work import Desk
from tests.conftest import Server
from tests.wsgi_transport import WsgiTransport

from .filing import fields


def test_a_taken_identity_is_changed_within_one_sync(server: Server, tmp_path: Path) -> None:
    reports = []
    for name in ("first", "second"):
        ids = count(1)
        # Both mint the same ids, one after the other.
        store = Store(tmp_path / f"{name}.sqlite3", new_id=lambda ids=ids: f"00000000-0000-4000-8000-{next(ids):012d}")
        begin_as_guest(store)
        engine = Engine(store, WsgiTransport(server.app))
        engine.sync()
        desk = Desk(store)
        desk.submit(desk.new("lapor", fields(server, "lapor"), case_id=f"00000000-0000-4000-9000-{len(reports):012d}"))
        reports.append(engine.sync())
        assert store.outbox.waiting()[0] == 0
        store.close()
    assert [report.sent for report in reports] == [1, 1]
    assert server.rows("SELECT count(*) AS n FROM feed")[0].n == 2
    assert server.rows("SELECT count(DISTINCT instance) AS n FROM command")[0].n == 2
