"""Commands that the server gives itself: the same way in as everybody's, in the name of the system."""

from collections.abc import Iterable, Sequence

import msgspec
from sqlalchemy import Engine, text

from server.commands.apply import Commands
from server.commands.batch import Sender
from server.commands.incoming import Incoming, read
from server.domain.actor import SYSTEM, Actor, person_scope
from server.store.database import reading
from sync.codec import line_of
from sync.messages import Command

ACTOR = Actor(SYSTEM, "Tenggat", frozenset({SYSTEM}), frozenset())


def give(commands: Commands, kind: str, cases: Iterable[str], data: object = None) -> int:
    """Apply one command of a kind to each of these cases; how many there were.

    Each run is an instance of its own: the server has no outbox, so nothing of it is ever sent twice.
    """
    at = commands.sources.clock().strftime("%Y-%m-%dT%H:%M:%SZ")
    raw = msgspec.Raw(msgspec.json.encode(data or {}))
    lines = [line_of(Command(seq, kind, case, at, data=raw)) for seq, case in enumerate(cases, 1)]
    incoming = [item for place, line in enumerate(lines, 1) if isinstance(item := read(place, line), Incoming)]
    return sum(1 for _ in commands.apply(Sender(ACTOR, commands.sources.new_id()), incoming))


def hand_over(commands: Commands, guest: str, person: str) -> int:
    """Give a guest's cases to an account; how many."""
    return give(commands, "case.hand_over", _in_scope(commands.engine, person_scope(guest)), {"to": person})


def _in_scope(engine: Engine, scope: str) -> Sequence[str]:
    with reading(engine) as connection:
        return connection.execute(_IN_SCOPE, {"scope": scope}).scalars().all()


_IN_SCOPE = text(
    "SELECT c.id FROM reach r JOIN scope s ON s.id = r.scope JOIN case_record c ON c.born = r.born"
    " WHERE s.name = :scope AND r.present = 1"
)
