"""The outbox: what this device did and the server has not yet answered, and what became of it.

Every move goes through the table in `sync.outbox`; the SQL here only selects which rows make it.
"""

import json
import sqlite3
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from typing import Any

import msgspec

from client.store.database import Database
from sync.codec import decode, line_of
from sync.decoding import decoder
from sync.errors import Malformed, TooLarge
from sync.messages import MAX_COMMANDS, MAX_LINE, Amended, Command, Result, Status
from sync.outbox import EVENT_OF, KEEP_DAYS, REVISED, TRANSITIONS, WAITING, Event, Frozen, State, next_instance, step

MAX_BATCH = 8 * 1024 * 1024
"""Bytes of commands in one request, before compression."""

_command = decoder(Command)

_BLOCKED = {
    "id": "Menunggu perintah sebelumnya yang ditolak.",
    "en": "It builds on an earlier command that was refused.",
}

_WAITING = tuple(str(state) for state in WAITING)

# One that was sent and not heard of is answered by its own result: the amended one comes after it.
_ANSWERED = (State.REFUSED, State.SETTLED, State.ACKNOWLEDGED)

_BEFORE_ALL = (-(2**62), 0)


@dataclass(frozen=True)
class Entry:
    """One command in the outbox. `result` is the server's answer, once there is one."""

    instance: int
    seq: int
    state: State
    case: str
    kind: str
    queued_at: str
    sent_at: str | None
    command: Command
    line: bytes
    readable: bool
    """False where the line is damaged: `command` then holds only what stands beside it in the row."""
    result: dict[str, Any] | None

    @property
    def size(self) -> int:
        return len(self.line)

    @property
    def data(self) -> dict[str, Any]:
        """What the command carries, as plain values."""
        found = msgspec.json.decode(self.command.data)
        return found if isinstance(found, dict) else {}


class Outbox:
    """Commands in the order they were made. Callers hold the transaction that changes belong to."""

    def __init__(self, connection: Database, new_id: Callable[[], str]) -> None:
        self._db = connection
        self._new_id = new_id

    def instance(self) -> tuple[int, str]:
        """The instance that mints numbers now: its row and its id; made on first use."""
        row = self._db.execute("SELECT n, id FROM instance ORDER BY n DESC LIMIT 1").fetchone()
        if row is None:
            self._db.execute("INSERT INTO instance (id) VALUES (?)", (self._new_id(),))
            return self.instance()
        return row[0], row[1]

    def identity(self, n: int | None) -> str:
        """The id of that instance; of the one that mints now where none is named."""
        row = self._db.execute("SELECT id FROM instance WHERE n = ?", (n,)).fetchone()
        return str(row[0]) if row else self.instance()[1]

    def add(self, kind: str, case: str, data: Any, at: str, base: int) -> int:
        """Queue a command; its number. It builds on the last unanswered one about the same case."""
        n, _ = self.instance()
        seq = self._mint(n)
        command = Command(seq, kind, case, at, base, self._earlier(n, case), msgspec.Raw(msgspec.json.encode(data)))
        line = _checked(line_of(command))
        self._db.execute(
            "INSERT INTO outbox (instance, seq, state, case_id, kind, queued_at, line) VALUES (?, ?, ?, ?, ?, ?, ?)",
            (n, seq, State.QUEUED, case, kind, at, line),
        )
        return seq

    def amend(self, entry: Entry, kind: str, data: Any, at: str) -> None:
        """Rewrite a command that has not left the device. Raises `sync.outbox.Frozen` where it has."""
        state = step(entry.state, Event.AMEND)
        command = msgspec.structs.replace(entry.command, kind=kind, at=at, data=msgspec.Raw(msgspec.json.encode(data)))
        done = self._db.execute(
            "UPDATE outbox SET state = ?, kind = ?, line = ? WHERE instance = ? AND seq = ? AND state = ?",
            (state, kind, _checked(line_of(command)), entry.instance, entry.seq, entry.state),
        )
        _changed(done, entry)

    def settle(self, entry: Entry) -> None:
        """The person undid a queued command, or dealt with a refused one. Raises `Frozen` for any other."""
        # When that was, the next exchange says (`expire`): by a device's own clock, one a year behind, the text
        # would be forgotten at once.
        done = self._db.execute(
            "UPDATE outbox SET state = ?, settled_at = NULL WHERE instance = ? AND seq = ? AND state = ?",
            (step(entry.state, Event.SETTLE), entry.instance, entry.seq, entry.state),
        )
        _changed(done, entry)

    def entries(self, *states: State, case: str | None = None) -> list[Entry]:
        """Commands in these states (all where none is named), oldest first."""
        wanted = states or tuple(State)
        marks = ", ".join("?" * len(wanted))
        sql = f"SELECT * FROM outbox WHERE state IN ({marks})"  # noqa: S608 - only question marks go in
        values: list[Any] = [str(state) for state in wanted]
        if case is not None:
            sql += " AND case_id = ?"
            values.append(case)
        return [_entry(row) for row in self._db.execute(sql + " ORDER BY instance, seq", values)]

    def row(self, instance: int, seq: int) -> Entry | None:
        """The command of that key."""
        row = self._db.execute("SELECT * FROM outbox WHERE instance = ? AND seq = ?", (instance, seq)).fetchone()
        return _entry(row) if row else None

    def answered_after(self, now: str) -> list[Entry]:
        """What the server acknowledged after this moment of its clock, oldest first."""
        rows = self._db.execute(
            "SELECT * FROM outbox WHERE state = ? AND settled_at > ? ORDER BY instance, seq", (State.ACKNOWLEDGED, now)
        )
        return [_entry(row) for row in rows]

    def entry(self, seq: int) -> Entry | None:
        """The command of that number, of the newest instance that has it."""
        row = self._db.execute("SELECT * FROM outbox WHERE seq = ? ORDER BY instance DESC", (seq,)).fetchone()
        return _entry(row) if row else None

    def waiting(self) -> tuple[int, int, str | None]:
        """How many commands have no answer yet, their bytes, and since when the oldest waits."""
        row = self._db.execute(
            "SELECT count(*), coalesce(sum(length(line)), 0), min(queued_at) FROM outbox WHERE state IN (?, ?)",
            _WAITING,
        ).fetchone()
        return row[0], row[1], row[2]

    def count(self, state: State) -> int:
        found: int = self._db.execute("SELECT count(*) FROM outbox WHERE state = ?", (state,)).fetchone()[0]
        return found

    def take(self, at: str) -> tuple[str, list[int], list[bytes]]:
        """The next commands to send: instance id, numbers, lines; frozen from here on.

        Only one instance's at a time, the oldest's first, since a request speaks for one.
        """
        batch = self._batch(at, _BEFORE_ALL)
        return (self.instance()[1], [], []) if batch is None else (self.identity(batch[0]), *batch[1:])

    def batches(self, at: str, most: int) -> list[tuple[str, list[int], list[bytes]]]:
        """All that waits, as so many requests at most; each as `take` gives one, and frozen like it."""
        found: list[tuple[str, list[int], list[bytes]]] = []
        place = _BEFORE_ALL
        while len(found) < most and (batch := self._batch(at, place)) is not None:
            n, seqs, lines = batch
            found.append((self.identity(n), seqs, lines))
            place = (n, seqs[-1])
        return found

    def _batch(self, at: str, place: tuple[int, int]) -> tuple[int, list[int], list[bytes]] | None:
        """What waits behind this key, of one instance and as much as fits into a request."""
        found = self._db.execute(
            "SELECT instance FROM outbox WHERE state IN (?, ?) AND (instance, seq) > (?, ?) ORDER BY instance LIMIT 1",
            (*_WAITING, *place),
        ).fetchone()
        if found is None:
            return None
        n = found[0]
        seqs: list[int] = []
        lines: list[bytes] = []
        size = 0
        for seq, line in self._db.execute(
            "SELECT seq, line FROM outbox WHERE instance = ? AND state IN (?, ?) AND (instance, seq) > (?, ?)"
            " ORDER BY seq LIMIT ?",
            (n, *_WAITING, *place, MAX_COMMANDS),
        ):
            size += len(line)
            if size > MAX_BATCH and seqs:
                break
            seqs.append(seq)
            # Never written so, but a damaged one must be one line all the same: a request whose lines are not as
            # many as its end tells is refused as a whole, each time.
            lines.append(bytes(line).replace(b"\n", b" ") or b"?")
        self._db.execute(
            "UPDATE outbox SET state = ?, sent_at = coalesce(sent_at, ?) WHERE instance = ? AND seq <= ? AND state = ?",
            (step(State.QUEUED, Event.SEND), at, n, seqs[-1], State.QUEUED),
        )
        return n, seqs, lines

    def instances(self) -> list[str]:
        """The ids of all instances here, oldest first."""
        return [row[0] for row in self._db.execute("SELECT id FROM instance ORDER BY n")]

    def freeze(self, at: str) -> list[Entry]:
        """All that was not received, frozen from here on as if it had been sent: it leaves the device as a file."""
        self._db.execute(
            "UPDATE outbox SET state = ?, sent_at = coalesce(sent_at, ?) WHERE state = ?",
            (step(State.QUEUED, Event.SEND), at, State.QUEUED),
        )
        return self.entries(State.SENT, State.REFUSED)

    def answer(self, instance: str, results: Sequence[Result], now: str) -> set[int]:
        """Store what became of commands (`now`: the server's time). The sequence numbers that were found to be used
        by another copy of this database: those commands must be numbered anew."""
        n = self._db.execute("SELECT n FROM instance WHERE id = ?", (instance,)).fetchone()[0]
        rows: list[tuple[object, ...]] = []
        reused: set[int] = set()
        for result in results:
            if result.code == "seq_reused":
                reused.add(result.seq or 0)
                continue
            state = step(State.SENT, EVENT_OF[result.status])
            if state is not State.SENT and result.seq is not None:
                rows.append((state, now, line_of(result).decode(), n, result.seq, State.SENT))
        self._db.executemany(
            "UPDATE outbox SET state = ?, settled_at = ?, result = ? WHERE instance = ? AND seq = ? AND state = ?",
            rows,
        )
        return reused

    def revise(self, amended: Sequence[Amended], now: str) -> int:
        """Commands that were answered before have other results now (`now`: the server's time); how many of them are
        here."""
        found = 0
        for one in amended:
            row = self._db.execute(
                "SELECT o.instance, o.state FROM outbox o JOIN instance i ON i.n = o.instance"
                " WHERE i.id = ? AND o.seq = ?",
                (one.instance, one.result.seq),
            ).fetchone()
            state, event = State(row[1] if row else State.SENT), REVISED.get(one.result.status)
            if state not in _ANSWERED or event is None or (state, event) not in TRANSITIONS:
                continue
            self._db.execute(
                "UPDATE outbox SET state = ?, settled_at = ?, result = ? WHERE instance = ? AND seq = ?",
                (step(state, event), now, line_of(one.result).decode(), row[0], one.result.seq),
            )
            found += 1
        return found

    def rehome(self, instance: str) -> None:
        """The server takes nothing under `instance`, because it is someone else's: what waits under it keeps its
        numbers and goes under the id that follows from it (`sync.outbox.next_instance`), and so does what comes."""
        row = self._db.execute("SELECT n, next_seq FROM instance WHERE id = ?", (instance,)).fetchone()
        if row is None:
            return
        old, following = row
        n, newest = self.instance()
        home = next_instance(instance)
        known = self._db.execute("SELECT n FROM instance WHERE id = ?", (home,)).fetchone()
        if known is None:
            lowest = self._db.execute("SELECT min(n) FROM instance").fetchone()[0]
            # Only the newest mints: one whose own turn is over hands on what waits, and no more.
            known = (n + 1 if instance == newest else lowest - 1,)
            self._db.execute("INSERT INTO instance (n, id, next_seq) VALUES (?, ?, ?)", (*known, home, following))
        marks = ", ".join("?" * len(WAITING))
        self._db.execute(
            f"UPDATE outbox SET instance = ? WHERE instance = ? AND state IN ({marks})",  # noqa: S608 - question marks
            (*known, old, *WAITING),
        )
        self._db.execute("UPDATE instance SET next_seq = max(next_seq, ?) WHERE n = ?", (following, *known))

    def fork(self, instance: str | None = None, reused: Collection[int] = (), *, unsent: bool = True) -> None:
        """From here on a new instance id mints numbers; what waits and cannot go under its old one is numbered anew,
        in the same order.

        `instance` was found to have gone on in another copy of this database: of what waits, whatever never left, what
        the server answered with `seq_reused`, and what builds on those. All else that left keeps its key, since it may
        have been applied under it. Without `instance` nothing waits any more.

        `unsent` False: what never left keeps its key too. So it must be where the answer is to a request of another
        day: this may be an old state of a disk, from which it did leave meanwhile.
        """
        moving = self._moving(instance, reused, unsent) if instance else []
        n, newest = self.instance()
        if instance in (None, newest):
            self._db.execute("INSERT INTO instance (id) VALUES (?)", (self._new_id(),))
            n, _ = self.instance()
        numbers: dict[tuple[int, int], int] = {}
        for entry in moving:
            if entry.instance == n:
                continue
            seq = numbers[entry.instance, entry.seq] = self._mint(n)
            after = numbers.get((entry.instance, entry.command.after), 0)
            line = entry.line
            if entry.readable:
                line = line_of(msgspec.structs.replace(entry.command, seq=seq, after=after))
            self._db.execute(
                "UPDATE outbox SET instance = ?, seq = ?, state = ?, line = ?, sent_at = NULL"
                " WHERE instance = ? AND seq = ?",
                (n, seq, step(entry.state, Event.RENUMBER), line, entry.instance, entry.seq),
            )

    def _moving(self, instance: str, reused: Collection[int], unsent: bool) -> list[Entry]:
        chosen: list[Entry] = []
        keys: set[tuple[int, int]] = set()
        for entry in self.entries(*WAITING):
            named = self.identity(entry.instance) == instance
            builds = (entry.instance, entry.command.after) in keys
            never_left = unsent and entry.state is State.QUEUED
            if builds or never_left or (named and entry.seq in reused):
                chosen.append(entry)
                keys.add((entry.instance, entry.seq))
        return chosen

    def resend(self, now: str) -> None:
        """The server began a new epoch (`now`: its time): what it had acknowledged is sent again, byte for byte.

        What waits and builds on a refused command is refused here: that one is not sent again, so a server that
        forgot it in the restore would wait for it forever.
        """
        self._db.execute(
            "UPDATE outbox SET state = ? WHERE state = ?",
            (step(State.ACKNOWLEDGED, Event.NEW_EPOCH), State.ACKNOWLEDGED),
        )
        ended = {(e.instance, e.seq) for e in self.entries(State.REFUSED, State.SETTLED)}
        for entry in self.entries(*WAITING):
            if (entry.instance, entry.command.after) not in ended:
                continue
            ended.add((entry.instance, entry.seq))
            result = Result(entry.seq, Status.BLOCKED, "blocked", case=entry.case, text=_BLOCKED)
            self._db.execute(
                "UPDATE outbox SET state = ?, settled_at = ?, result = ? WHERE instance = ? AND seq = ?",
                (step(entry.state, Event.BLOCK), now, line_of(result).decode(), entry.instance, entry.seq),
            )

    def hand_over(self) -> int:
        """The device was revoked: what was refused goes up once more, since a restored server may not have kept it,
        and here it will be wiped. How many those are."""
        return self._db.execute(
            "UPDATE outbox SET state = ? WHERE state = ? AND coalesce(result, '') NOT LIKE '%\"device_revoked\"%'",
            (step(State.REFUSED, Event.HAND_OVER), State.REFUSED),
        ).rowcount

    def expire(self, now: str) -> None:
        """Forget what was acknowledged or settled more than `KEEP_DAYS` before the server's `now`."""
        self._db.execute(
            "UPDATE outbox SET settled_at = ? WHERE state = ? AND settled_at IS NULL", (now, State.SETTLED)
        )
        self._db.execute(
            "DELETE FROM outbox WHERE state IN (?, ?) AND julianday(settled_at) < julianday(?) - ?",
            (State.ACKNOWLEDGED, State.SETTLED, now, KEEP_DAYS),
        )

    def minted(self, instance: str) -> int:
        """The highest number given out under an instance."""
        row = self._db.execute("SELECT next_seq - 1 FROM instance WHERE id = ?", (instance,)).fetchone()
        return int(row[0]) if row else 0

    def adopt(self, instance: str, after: int) -> int:
        """The row of an instance whose commands came in a file; nothing below `after` is ever minted under it. One that
        is not known here gets a row behind all others: it never mints."""
        _, minting = self.instance()
        if instance == minting and self.minted(minting) < after - 1:
            # Our own, with numbers that were never given out here: this database is a copy, and may not go on under it.
            self._db.execute("INSERT INTO instance (id) VALUES (?)", (self._new_id(),))
        lowest = self._db.execute("SELECT min(n) FROM instance").fetchone()[0]
        self._db.execute(
            "INSERT INTO instance (n, id) VALUES (?, ?) ON CONFLICT (id) DO NOTHING", (lowest - 1, instance)
        )
        self._db.execute("UPDATE instance SET next_seq = max(next_seq, ?) WHERE id = ?", (after, instance))
        return int(self._db.execute("SELECT n FROM instance WHERE id = ?", (instance,)).fetchone()[0])

    def put_sent(self, n: int, seq: int, line: bytes, queued_at: str, sent_at: str) -> None:
        """A command that left another device, to be sent from here as it is."""
        command = _read(line)
        self._db.execute(
            "INSERT INTO outbox (instance, seq, state, case_id, kind, queued_at, sent_at, line)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            (
                n,
                seq,
                State.SENT,
                command.case if command else "",
                command.kind if command else "",
                queued_at,
                sent_at,
                line,
            ),
        )

    def _mint(self, n: int) -> int:
        self._db.execute("UPDATE instance SET next_seq = next_seq + 1 WHERE n = ?", (n,))
        row = self._db.execute("SELECT next_seq - 1 FROM instance WHERE n = ?", (n,)).fetchone()
        return int(row[0])

    def _earlier(self, n: int, case: str) -> int:
        row = self._db.execute(
            "SELECT max(seq) FROM outbox WHERE case_id = ? AND instance = ? AND state IN (?, ?)", (case, n, *_WAITING)
        ).fetchone()
        return int(row[0] or 0)


def _changed(done: sqlite3.Cursor, entry: Entry) -> None:
    """The timer may have sent it since it was read, and what is done to nobody's row would be lost without a word."""
    if done.rowcount != 1:
        raise Frozen(f"a command that was {entry.state} is something else by now")


def _checked(line: bytes) -> bytes:
    if len(line) > MAX_LINE:
        raise TooLarge(f"this is longer than {MAX_LINE // 1024} KiB and cannot be sent; shorten the text")
    return line


def _read(line: bytes) -> Command | None:
    try:
        return decode(_command, line)
    except Malformed:
        return None


def _entry(row: sqlite3.Row) -> Entry:
    """The row as a command. A line that cannot be read (a fault of the disk, or of an older version) still goes up:
    the server keeps it whole, and nothing behind it is held up."""
    line = bytes(row["line"])
    command = _read(line)
    return Entry(
        row["instance"],
        row["seq"],
        State(row["state"]),
        row["case_id"],
        row["kind"],
        row["queued_at"],
        row["sent_at"],
        command or Command(row["seq"], row["kind"], row["case_id"], row["queued_at"]),
        line,
        command is not None,
        json.loads(row["result"]) if row["result"] else None,
    )
