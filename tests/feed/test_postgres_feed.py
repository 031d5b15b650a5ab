"""The feed on a real PostgreSQL: many writers, one reader that follows the cursor, and nothing is missed.

The writers go through the real commands and the reader through the real pull. The same run with positions from a
plain sequence does miss changes, which shows that the test can fail.
"""

import json
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import Connection, text

from server.commands.apply import Commands
from server.commands.batch import Sender
from server.commands.incoming import Incoming, read
from server.domain.actor import Actor, office_scope, person_scope
from server.feed import stamp
from server.feed.pull import Pull
from server.store.database import reading, writing
from sync.digest import digest_of
from tests.conftest import Server

WRITERS, COMMANDS, BATCH = 8, 5_056, 4
OFFICE = office_scope("diskominfo")
COMPLAINT = {
    "kind": "complaint", "category": "road", "title": "Jalan berlubang", "text": "Lubang besar di tengah jalan",
    "where": "none", "anonymous": "no", "name": "Warga Satu",
}  # fmt: skip


@dataclass
class Reader:
    """Follows the feed as a device of the office does, and keeps what it was told."""

    server: Server
    scopes: tuple[str, ...] = (person_scope("reader"), OFFICE)
    cursor: str | None = None
    held: dict[str, int] = field(default_factory=dict)
    within: dict[str, list[str]] = field(default_factory=dict)
    pages: int = 0
    backwards: int = 0
    resets: int = 0
    digest: list[Any] = field(default_factory=list)

    def page(self, limit: int = 200) -> bool:
        """One pull; whether there is more."""
        with reading(self.server.engine) as connection:
            pull = Pull(connection, self.scopes[0], self.scopes, self.cursor, limit)
            lines = [json.loads(line) for chunk in pull.lines() for line in chunk.splitlines()]
        self.pages += 1
        for line in lines[:-1]:
            if line["t"] == "reset":
                self.resets += 1
                continue
            self.backwards += line["v"] < self.held.get(line["id"], 0)
            self.held[line["id"]], self.within[line["id"]] = line["v"], line["scopes"]
        end = lines[-1]
        self.cursor, self.digest = end.get("cursor", self.cursor), end.get("digest") or self.digest
        return bool(end.get("more"))

    def missed(self) -> set[str]:
        """Cases in scope that this reader does not hold as they are, though it read to the end."""
        while self.page():
            pass
        with reading(self.server.engine) as connection:
            rows = connection.execute(text("SELECT id, version, scopes FROM case_record")).all()
        mine = set(self.scopes)
        return {row.id for row in rows if mine & set(row.scopes.split()) and self.held.get(row.id) != row.version}

    def summed(self) -> list[tuple[int, str]]:
        """The digest of what is held, scope by scope, counted anew."""
        return [digest_of((i, v) for i, v in self.held.items() if s in self.within[i]) for s in self.scopes]


def _commands(count: int) -> Iterator[list[Incoming]]:
    """Small batches, as devices send them: four drafts; then two of them are typed on and two are submitted.

    Batches of drafts have no lock in common but the feed's own: those that submit also stand in line for a number.
    """
    seq = 0
    for _ in range(count // (2 * BATCH)):
        cases = [str(uuid4()) for _ in range(BATCH)]
        drafted = [(case, "case.edit", {"service": "lapor", "set": COMPLAINT}) for case in cases]
        later: list[tuple[str, str, dict[str, Any]]] = [
            (case, "case.act", {"action": "submit"}) if n % 2 else (case, "case.edit", {"set": {"rt_rw": "1/1"}})
            for n, case in enumerate(cases)
        ]
        for commands in (drafted, later):
            batch: list[Incoming] = []
            for case, kind, data in commands:
                seq += 1
                line = {"t": "command", "seq": seq, "kind": kind, "case": case, "at": "", "data": data}
                item = read(len(batch) + 1, json.dumps(line).encode())
                assert isinstance(item, Incoming)
                batch.append(item)
            yield batch


def _write(commands: Commands, writer: int, count: int) -> list[tuple[str, int]]:
    """One device's pushes, each a transaction; the keys that were acknowledged."""
    person = f"writer-{writer}"
    actor = Actor(person, person, frozenset({"citizen"}), frozenset({person_scope(person)}))
    sender = Sender(actor, str(UUID(int=writer + 1)))
    done = []
    for batch in _commands(count):
        for line in commands.apply(sender, batch):
            result = json.loads(line)
            assert result["status"] == "applied", result
            done.append((sender.instance, result["seq"]))
    return done


def _run(server: Server, total: int) -> tuple[Reader, set[tuple[str, int]]]:
    everyone = tuple(person_scope(f"writer-{n}") for n in range(WRITERS))
    reader, busy = Reader(server, (person_scope("reader"), OFFICE, *everyone)), threading.Event()

    def follow() -> None:
        while not busy.is_set():
            reader.page()

    with ThreadPoolExecutor(WRITERS + 1) as pool:
        following = pool.submit(follow)
        writing_ = [pool.submit(_write, server.world.commands, n, total // WRITERS) for n in range(WRITERS)]
        try:
            acknowledged = {key for future in writing_ for key in future.result()}
        finally:
            busy.set()
        following.result()
    return reader, acknowledged


def _check_order(server: Server) -> None:
    """Positions have no gap, and each case's versions come in their order."""
    with reading(server.engine) as connection:
        feed = connection.execute(text("SELECT pos, case_id, version FROM feed ORDER BY pos")).all()
        head = stamp.head(connection).pos
    assert [row.pos for row in feed] == list(range(1, head + 1))
    seen: dict[str, int] = {}
    for row in feed:
        assert row.version == seen.get(row.case_id, 0) + 1
        seen[row.case_id] = row.version


def test_eight_writers_one_reader_nothing_missed(make_server: Callable[..., Server], postgres_url: str) -> None:
    server = make_server(database=postgres_url)
    reader, acknowledged = _run(server, COMMANDS)
    missed = reader.missed()
    assert len(acknowledged) == COMMANDS
    assert missed == set(), f"{len(missed)} missed"
    stored = {(row.instance, row.seq) for row in server.rows("SELECT instance, seq FROM feed")}
    assert acknowledged - stored == set(), "acknowledged but absent"
    assert stored - acknowledged == set(), "present but never acknowledged"
    assert reader.backwards == 0
    assert reader.resets == 1
    assert reader.pages > 20, "it read while they wrote"
    _check_order(server)
    assert [tuple(scope) for scope in reader.digest] == reader.summed()
    assert len(reader.held) == COMMANDS // 2
    office = Reader(server)
    assert office.missed() == set()
    assert [tuple(scope) for scope in office.digest] == office.summed() == reader.summed()[:2]
    numbers = server.rows("SELECT number FROM case_record WHERE number IS NOT NULL ORDER BY number")
    assert [row.number for row in numbers] == [f"LPR-2026-{n:06d}" for n in range(1, COMMANDS // 4 + 1)]


# ---- That it can fail ----


class PlainSequence:
    """What a feed must not do: positions from a PostgreSQL sequence, in the order they are asked for."""

    def __init__(self, server: Server) -> None:
        server.execute("CREATE SEQUENCE plain")

    def take(self, connection: Connection, n: int, _mark: str | None = None) -> int:
        last = connection.execute(
            text("SELECT max(nextval('plain')) FROM generate_series(1, :n)"), {"n": n}
        ).scalar_one()
        # The head as such a design has it: whatever is the highest.
        connection.execute(text("SET LOCAL lock_timeout = '5s'"))
        return int(last) - n + 1

    def head(self, connection: Connection) -> stamp.Head:
        row = connection.execute(
            text("SELECT (SELECT epoch FROM feed_head) AS epoch, coalesce((SELECT max(pos) FROM feed), 0) AS pos")
        ).one()
        return stamp.Head(row.epoch, row.pos, "")


def _one(commands: Commands, case: str, person: str) -> None:
    actor = Actor(person, person, frozenset({"citizen"}), frozenset({person_scope(person)}))
    data = {"service": "lapor", "action": "submit", "set": COMPLAINT}
    line = json.dumps({"t": "command", "seq": 1, "kind": "case.act", "case": case, "at": "", "data": data}).encode()
    item = read(1, line)
    assert isinstance(item, Incoming)
    (result,) = commands.apply(Sender(actor, str(uuid4())), [item])
    assert b'"status":"applied"' in result


def _interleaved(
    server: Server, another: Server, monkeypatch: pytest.MonkeyPatch, take: Callable[[Connection, int], int]
) -> Reader:
    """Two transactions, of two processes, since those of one would be one: the first takes its position, then waits
    with its commit until the second has committed (or until it is clear that the second must wait for it)."""
    first, second = str(uuid4()), str(uuid4())
    # Scopes and counters exist already, so that nothing but the feed's own order makes one wait for the other.
    for person in ("one", "two"):
        _one(server.world.commands, str(uuid4()), person)
    reader = Reader(server)
    reader.page()
    taken, may_commit = threading.Event(), threading.Event()

    def slow(connection: Connection, n: int, _mark: str | None) -> int:
        position = take(connection, n)
        if threading.current_thread().name == "slow":
            taken.set()
            may_commit.wait(2)
        return position

    monkeypatch.setattr(stamp, "take", slow)
    monkeypatch.setattr("server.commands.world.World._give_numbers", lambda *_: None)
    # The sums are guarded by the feed's lock; without one they would hide what is to be seen here.
    monkeypatch.setattr(
        "server.feed.digests._SET_DIGEST", 'UPDATE scope SET "count" = :count, "sum" = :sum WHERE id = -:id'
    )
    slow_one = threading.Thread(target=_one, args=(server.world.commands, first, "one"), name="slow")
    slow_one.start()
    assert taken.wait(5)
    other = threading.Thread(target=_one, args=(another.world.commands, second, "two"))
    other.start()
    other.join(0.5)
    reader.page()
    may_commit.set()
    slow_one.join()
    other.join()
    return reader


def test_a_plain_sequence_misses(
    make_server: Callable[..., Server], postgres_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    server, another = (make_server(database=postgres_url) for _ in range(2))
    plain = PlainSequence(server)
    monkeypatch.setattr("server.feed.pull.head", plain.head)
    monkeypatch.setattr(stamp, "take", plain.take)
    assert len(_interleaved(server, another, monkeypatch, plain.take).missed()) == 1


def test_the_same_interleaving_misses_nothing(
    make_server: Callable[..., Server], postgres_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    server, another = (make_server(database=postgres_url) for _ in range(2))
    reader = _interleaved(server, another, monkeypatch, stamp.take)
    assert reader.missed() == set()
    assert len(reader.held) == 4
    assert [row.pos for row in server.rows("SELECT pos FROM feed ORDER BY pos")] == [1, 2, 3, 4]


# ---- Starting up, and the same doors on PostgreSQL ----


def test_several_workers_start_at_once(make_server: Callable[..., Server], postgres_url: str) -> None:
    with ThreadPoolExecutor(4) as pool:
        servers = [future.result() for future in [pool.submit(make_server, database=postgres_url) for _ in range(4)]]
    assert len(servers[0].rows("SELECT epoch FROM feed_head")) == 1
    assert len({json.dumps([row.epoch for row in s.rows("SELECT epoch FROM feed_head")]) for s in servers}) == 1


def test_odd_input_on_postgres(make_server: Callable[..., Server], postgres_url: str) -> None:
    """PostgreSQL refuses what SQLite swallows: NUL in texts, integers of more than 32 bits, texts too long."""
    from tests.api.device import Device, new_id
    from tests.api.filing import edit, file

    server = make_server(database=postgres_url)
    guest = Device(server.app)
    lines = [
        edit(guest, new_id(), {"name": "a\0b", "storeys": 10**30}),
        guest.command("case.\0", new_id()),
        guest.command("case.edit", new_id(), {"service": "kr\0k"}),
        edit(guest, new_id() + "\n", {"name": "x"}),
        edit(guest, new_id(), {"street": "x" * 15_000}),
        guest.command("case.act", new_id(), {"service": "krk", "action": "\0"}),
    ]
    answer = guest.exchange(
        *lines, app="x\0y", clock="9999-12-31T23:59:59Z", health={"oldest": "\0" * 40, "free": 2**53 - 1}
    )
    assert [r["status"] for r in answer.results] == [
        "applied",
        "rejected",
        "rejected",
        "quarantined",
        "applied",
        "rejected",
    ]
    assert guest.exchange(*lines).results == answer.results
    client = server.app.test_client()
    assert client.get("/api/v1/track/%00?code=%00").status_code in {404, 422}
    account = {"login": "a\0bc", "password": "kata sandi panjang", "name": "x"}
    for path in ("accounts", "devices"):
        assert client.post(f"/api/v1/{path}", json=account).status_code == 422
    case = file(server, guest)
    assert guest.held[case]["number"] == "KRK-2026-000001"
    guest.pull()
    server.execute("UPDATE device SET revoked = '2026-03-16T00:00:00Z'")
    assert guest.exchange(edit(guest, case, {"name": "x"})).result["code"] == "device_revoked"


def test_a_value_that_no_column_takes_is_set_aside(
    make_server: Callable[..., Server], postgres_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A DataError is no reason to try again: the one command is quarantined, not the queue stopped."""
    from server.commands.world import World
    from tests.api.device import Device, new_id
    from tests.api.filing import edit

    server = make_server(database=postgres_url)
    guest, poisoned, real = Device(server.app), new_id(), World._write_cases

    def write(self: World, changed: Any) -> None:
        if poisoned in changed:
            self.connection.execute(text("SELECT CAST(:x AS TEXT)"), {"x": "\0"})
        real(self, changed)

    monkeypatch.setattr(World, "_write_cases", write)
    answer = guest.exchange(*(edit(guest, case, {"name": "x"}) for case in (new_id(), poisoned, new_id())))
    assert [r["status"] for r in answer.results] == ["applied", "quarantined", "applied"]


def test_writers_wait_instead_of_failing(make_server: Callable[..., Server], postgres_url: str) -> None:
    """Two devices of one person, at one case at once: versions come one after the other."""
    server = make_server(database=postgres_url)
    case = str(uuid4())
    _one(server.world.commands, case, "one")
    actor = Actor("o", "Petugas", frozenset({"complaint_officer"}), frozenset({OFFICE}))

    def note(number: int) -> bytes:
        line = json.dumps({"t": "command", "seq": 1, "kind": "case.act", "case": case, "at": "",
                           "data": {"action": "submit", "note": f"Catatan {number}"}}).encode()  # fmt: skip
        item = read(1, line)
        assert isinstance(item, Incoming)
        return next(iter(server.world.commands.apply(Sender(actor, str(uuid4())), [item])))

    with ThreadPoolExecutor(6) as pool:
        versions = sorted(json.loads(line)["version"] for line in pool.map(note, range(12)))
    assert versions == list(range(2, 14))
    with writing(server.engine) as connection:
        state = json.loads(bytes(connection.execute(text("SELECT state FROM case_record")).scalar_one()))
    assert len(state["evidence"]) == 12
