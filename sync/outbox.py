"""The life of a command on the device that made it, in one table.

    queued        written, may still be amended; never left the device
    sent          left the device at least once; frozen, sent again byte for byte until a result comes
    acknowledged  the server has it; kept 30 days and sent again if the server starts a new epoch
    refused       rejected, quarantined or blocked; stays visible with its reason until the person settles it
    settled       one that the person undid before it left, or corrected or gave up after it was refused;
                  its text stays readable

Nothing leaves this table but acknowledged and settled commands that are old enough.
"""

from enum import StrEnum
from hashlib import sha256
from uuid import UUID

from sync.errors import TenggatError
from sync.messages import Status


class State(StrEnum):
    QUEUED = "queued"
    SENT = "sent"
    ACKNOWLEDGED = "acknowledged"
    REFUSED = "refused"
    SETTLED = "settled"


class Event(StrEnum):
    AMEND = "amend"
    SEND = "send"
    RESULT_DONE = "result_done"
    RESULT_REFUSED = "result_refused"
    RESULT_RETRY = "result_retry"
    NEW_EPOCH = "new_epoch"
    RENUMBER = "renumber"
    SETTLE = "settle"
    BLOCK = "block"
    HAND_OVER = "hand_over"
    REVISED_DONE = "revised_done"


TRANSITIONS: dict[tuple[State, Event], State] = {
    (State.QUEUED, Event.AMEND): State.QUEUED,
    (State.QUEUED, Event.SEND): State.SENT,
    # The instance id was found to be used by another: what never got a result is numbered anew.
    (State.QUEUED, Event.RENUMBER): State.QUEUED,
    (State.SENT, Event.RENUMBER): State.QUEUED,
    # Sent again after a lost answer: still the same bytes.
    (State.SENT, Event.SEND): State.SENT,
    (State.SENT, Event.RESULT_DONE): State.ACKNOWLEDGED,
    (State.SENT, Event.RESULT_REFUSED): State.REFUSED,
    (State.SENT, Event.RESULT_RETRY): State.SENT,
    (State.SENT, Event.NEW_EPOCH): State.SENT,
    # An officer looked at what was refused, and it could be done after all. What the person has dealt with stays so.
    (State.REFUSED, Event.REVISED_DONE): State.ACKNOWLEDGED,
    (State.SENT, Event.REVISED_DONE): State.ACKNOWLEDGED,
    (State.ACKNOWLEDGED, Event.REVISED_DONE): State.ACKNOWLEDGED,
    (State.SETTLED, Event.REVISED_DONE): State.SETTLED,
    # A repeated response tells the same thing again.
    (State.ACKNOWLEDGED, Event.RESULT_DONE): State.ACKNOWLEDGED,
    (State.REFUSED, Event.RESULT_REFUSED): State.REFUSED,
    (State.SETTLED, Event.RESULT_REFUSED): State.SETTLED,
    # A restored server lost what it had acknowledged: it is sent again, byte for byte, under the same key.
    (State.ACKNOWLEDGED, Event.NEW_EPOCH): State.SENT,
    (State.REFUSED, Event.NEW_EPOCH): State.REFUSED,
    (State.QUEUED, Event.NEW_EPOCH): State.QUEUED,
    (State.SETTLED, Event.NEW_EPOCH): State.SETTLED,
    (State.REFUSED, Event.SETTLE): State.SETTLED,
    # The server was restored and no longer knows the refused command that this one builds on.
    (State.QUEUED, Event.BLOCK): State.REFUSED,
    (State.SENT, Event.BLOCK): State.REFUSED,
    # The device was revoked and will be wiped: what was refused goes up again, to be kept there.
    (State.REFUSED, Event.HAND_OVER): State.SENT,
    # Undone before it ever left.
    (State.QUEUED, Event.SETTLE): State.SETTLED,
}

EVENT_OF: dict[Status, Event] = {
    Status.APPLIED: Event.RESULT_DONE,
    Status.MERGED: Event.RESULT_DONE,
    Status.REJECTED: Event.RESULT_REFUSED,
    Status.QUARANTINED: Event.RESULT_REFUSED,
    Status.BLOCKED: Event.RESULT_REFUSED,
    Status.RETRY: Event.RESULT_RETRY,
}

REVISED: dict[Status, Event] = {
    Status.APPLIED: Event.REVISED_DONE,
    Status.MERGED: Event.REVISED_DONE,
    Status.REJECTED: Event.RESULT_REFUSED,
    Status.QUARANTINED: Event.RESULT_REFUSED,
    Status.BLOCKED: Event.RESULT_REFUSED,
}
"""Which event it is that a command, answered before, has another result now."""

WAITING = (State.QUEUED, State.SENT)
"""What the screen counts as *on this device*."""

KEEP_DAYS = 30
"""How long an acknowledged command can still be sent to a restored server."""


class Frozen(TenggatError):
    """The command cannot change any more: it left the device, or its result has come."""

    code = "frozen"


def step(state: State, event: Event) -> State:
    """The state after the event; `Frozen` where the table has no such move."""
    try:
        return TRANSITIONS[state, event]
    except KeyError:
        raise Frozen(f"a command that is {state} cannot {event.replace('_', ' ')}") from None


def next_instance(taken: str) -> str:
    """The id under which an outbox goes on when its own turned out to be someone else's. Always the same one: a disk
    that is brought back from before takes the same step again, and its commands are known under the keys they had."""
    digits = sha256(f"tenggat instance {taken}".encode()).hexdigest()[:32]
    return str(UUID(hex=digits, version=4))
