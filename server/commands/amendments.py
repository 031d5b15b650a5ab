"""Answering a command anew: what lay in quarantine is carried out after all, or refused in an officer's words.

It stays one command with one key: its result changes, once, together with its effect and with what builds on it, and
the device that sent it hears of that with its next exchange. What was there before is kept.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final, Literal

from sqlalchemy import Connection, Row, text

from server.access import audit
from server.access.devices import stamp
from server.commands.apply import Commands, by_current_rules
from server.commands.batch import Batch, Sender, lock_instances, perform
from server.commands.incoming import Incoming, read
from server.domain.actor import Actor, person_scope
from server.store.database import for_update, writing
from sync.codec import line_of
from sync.decoding import decoder
from sync.errors import Conflict, Invalid, NotFound
from sync.messages import Result, Status

How = Literal["retried", "corrected", "rejected", "follows"]

MOST: Final = 500
"""Amended results in one response; more come with the next."""

ANSWERED: Final = "answered"
"""The code of a refusal in an officer's own words."""

DONE: Final = frozenset({Status.APPLIED, Status.MERGED})


# The hash and the line stay those that were sent: the device may still send them again.
_ANEW = (
    "UPDATE command SET status = :status, case_id = :case_id, kind = :kind, result = :result"
    " WHERE instance = :instance AND seq = :seq"
)


@dataclass(frozen=True)
class Held:
    """A command in quarantine. `person` is who sent it, `by` as whom it is carried out."""

    instance: str
    seq: int
    payload: bytes
    result: bytes
    by: Actor


class NotDone(Conflict):
    """Trying again ended in another refusal, and nothing was changed. `result` says why."""

    def __init__(self, result: Result) -> None:
        self.result = result
        super().__init__("it still cannot be carried out", **({"text": result.text} if result.text else {}))


def since(connection: Connection, device: str, heard: int) -> Iterator[bytes]:
    """`amended` lines for the commands of a device's instances, from after the last that it heard."""
    for row in connection.execute(_SINCE, {"device": device, "heard": heard, "most": MOST}):
        # The result is passed on as it is stored.
        head = f'{{"t":"amended","n":{row.n},"instance":"{row.instance}","result":'
        yield head.encode() + bytes(row.result) + b"}\n"


@by_current_rules
def retry(commands: Commands, instance: str, seq: int, who: str, line: bytes | None = None) -> Result:
    """Carry a command out in its sender's name: as it was sent, or this corrected `line` in its place. What builds on
    it goes along. `NotFound`; `Conflict` where somebody dealt with it meanwhile; `Invalid` for a line that is no
    command of this number; `NotDone` where it ends in another refusal."""
    with writing(commands.engine) as connection:
        held = _held(connection, instance, seq)
        first = read_command(held.payload if line is None else line, seq)
        again = _Again(commands, held, first, _building_on(connection, instance, seq))
        perform(connection, [again], commands.rules)
        result = again.result_of(seq)
        if result.status not in DONE:
            raise NotDone(result)
        how: How = "retried" if line is None else "corrected"
        details = {"seq": seq, "status": str(result.status), "also": len(again.rows) - 1}
        _note(connection, commands, who, f"quarantine.{how}", instance, details)
        _amend(connection, commands, again, who, how, {seq: line} if line else {})
    return result


def reject(commands: Commands, instance: str, seq: int, who: str, words: str) -> Result:
    """Refuse a command in these words, which its sender is shown. Errors as of `retry`."""
    words = words.strip()
    if not words:
        raise Invalid("the sender needs an answer", problems={"words": {"code": "required"}})
    with writing(commands.engine) as connection:
        held = _held(connection, instance, seq)
        before = decoder(Result).decode(held.result)
        result = Result(seq, Status.REJECTED, ANSWERED, case=before.case, text={"id": words, "en": words})
        connection.execute(
            _REJECT, {"instance": instance, "seq": seq, "status": str(Status.REJECTED), "result": line_of(result)}
        )
        _note(connection, commands, who, "quarantine.rejected", instance, {"seq": seq})
        row = {"seq": seq, "how": "rejected", "before": held.result, "result": line_of(result), "payload": None}
        _add(connection, instance, who, stamp(commands.sources.clock()), [row])
    return result


def read_command(line: bytes, seq: int | None) -> Incoming:
    """A line as the command that it must be; of this number, where one is given."""
    found = read(1, line)
    if not isinstance(found, Incoming) or found.command is None:
        fault = found.fault if isinstance(found, Incoming) else "it is another kind of line"
        raise Invalid(f"this is no command: {fault}", problems={"line": {"code": "malformed", "fault": fault}})
    if seq is not None and found.seq != seq:
        raise Invalid(f"its seq must stay {seq}", problems={"line": {"code": "wrong_seq", "seq": seq}})
    return found


def sender_of(connection: Connection, instance: str, person: str) -> Actor:
    """Who sent what came under an instance: whoever has its device now, else the person who sent it then. Whether the
    device was revoked since, or the account closed, does not matter: an officer vouches for it."""
    row = connection.execute(_PERSON, {"instance": instance, "person": person}).one()
    granted = connection.execute(_GRANTS, {"person": row.id}).scalars().all()
    return Actor(row.id, row.name, frozenset(row.roles.split()), frozenset({person_scope(row.id), *granted}))


class _Again(Batch):
    """A command and what builds on it, decided anew under the keys that they have."""

    waits = False
    keep = _ANEW

    def __init__(self, commands: Commands, held: Held, first: Incoming, building: Sequence[Row[object]]) -> None:
        self._before: dict[int, bytes] = {held.seq: held.result} | {row.seq: bytes(row.result) for row in building}
        others = [read_command(bytes(row.payload), row.seq) for row in building]
        super().__init__(commands.rules.current, commands.sources, Sender(held.by, held.instance), [first, *others])

    def know(self, seq: int, hash_: bytes, status: str, result: bytes) -> None:
        if seq not in self._before:
            super().know(seq, hash_, status, result)

    def result_of(self, seq: int) -> Result:
        return next(answer for answer in self.answers if isinstance(answer, Result) and answer.seq == seq)

    def changed(self) -> Iterator[tuple[int, bytes, bytes]]:
        """Number, result before and result now, of those whose result is another."""
        for row in self.rows:
            seq, result = row["seq"], row["result"]
            assert isinstance(seq, int) and isinstance(result, bytes), "rows hold lines from here on"
            if result != self._before[seq]:
                yield seq, self._before[seq], result


def _held(connection: Connection, instance: str, seq: int) -> Held:
    # As for a chunk of commands: the instance's row is locked first.
    lock_instances(connection, [instance])
    row = connection.execute(_COMMAND, {"instance": instance, "seq": seq}).one_or_none()
    if row is None:
        raise NotFound("there is no such command")
    if row.status != Status.QUARANTINED or row.payload is None:
        raise Conflict("somebody has dealt with this command meanwhile")
    return Held(instance, seq, bytes(row.payload), bytes(row.result), sender_of(connection, instance, row.person_id))


def _building_on(connection: Connection, instance: str, seq: int) -> list[Row[object]]:
    """The commands that were blocked because of this one, one by another, in order."""
    waiting, chain = [], {seq}
    for row in connection.execute(_BLOCKED, {"instance": instance, "seq": seq}):
        found = read(1, bytes(row.payload))
        if isinstance(found, Incoming) and found.command and found.command.after in chain:
            chain.add(row.seq)
            waiting.append(row)
    return waiting


def _amend(
    connection: Connection, commands: Commands, again: _Again, who: str, how: How, lines: dict[int, bytes]
) -> None:
    rows: list[dict[str, object]] = [
        {"seq": seq, "how": how if place == 0 else "follows", "before": old, "result": new, "payload": lines.get(seq)}
        for place, (seq, old, new) in enumerate(again.changed())
    ]
    _add(connection, again.sender.instance, who, stamp(commands.sources.clock()), rows)


def _note(
    connection: Connection, commands: Commands, who: str, action: str, instance: str, details: dict[str, object]
) -> None:
    """Behind the row of the device that is to be told: whoever revokes it comes from there to the log."""
    connection.execute(text(for_update(_DEVICE, connection.engine)), {"instance": instance})
    audit.note(connection, who, action, instance, details, now=commands.sources.clock())


def _add(connection: Connection, instance: str, who: str, at: str, rows: Sequence[dict[str, object]]) -> None:
    """Behind the log's lock (`_note`), so numbers come in the order of commits."""
    last: int = connection.execute(_LAST).scalar_one()
    numbered = [
        row | {"n": last + place, "instance": instance, "at": at, "person": who} for place, row in enumerate(rows, 1)
    ]
    connection.execute(_ADD, numbered)
    connection.execute(_TELL, {"instance": instance, "n": last + len(rows)})


_SINCE = text(
    "SELECT a.n, a.instance, a.result FROM amendment a JOIN instance i ON i.id = a.instance"
    " WHERE i.device_id = :device AND a.n > :heard ORDER BY a.n LIMIT :most"
)
_COMMAND = text("SELECT status, person_id, result, payload FROM command WHERE instance = :instance AND seq = :seq")
_BLOCKED = text(
    "SELECT seq, result, payload FROM command WHERE instance = :instance AND seq > :seq AND status = 'blocked'"
    " AND payload IS NOT NULL ORDER BY seq"
)
_REJECT = text("UPDATE command SET status = :status, result = :result WHERE instance = :instance AND seq = :seq")
_PERSON = text(
    "SELECT p.id, p.name, p.roles FROM person p WHERE p.id = coalesce((SELECT d.person_id FROM instance i"
    " JOIN device d ON d.id = i.device_id WHERE i.id = :instance), :person)"
)
_GRANTS = text('SELECT scope FROM "grant" WHERE person_id = :person')
_LAST = text("SELECT coalesce(max(n), 0) FROM amendment")
_ADD = text(
    'INSERT INTO amendment (n, instance, seq, at, person, how, "before", result, payload)'
    " VALUES (:n, :instance, :seq, :at, :person, :how, :before, :result, :payload)"
)
_DEVICE = "SELECT id FROM device WHERE id = (SELECT device_id FROM instance WHERE id = :instance)"
_TELL = text("UPDATE device SET amended = :n WHERE id = (SELECT device_id FROM instance WHERE id = :instance)")
