"""A form that was sent, as the command that it is: from a guest of its own, under a key that is used once.

The form carries one secret, its key. It is the guest's token, and the instance and the case follow from it: so the
same form sent twice, by a second tap or by a reload, is the same command of the same sender, and is answered with
what was stored (docs/adr/0008-pages-without-javascript.md).
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

import msgspec

from schemas.record import CaseRecord
from schemas.text import Text
from server.access import devices, throttle, tokens
from server.api import tracking
from server.commands.batch import Sender
from server.commands.incoming import Incoming, read
from server.pages.sheet import Sheet
from server.services import Services
from sync.codec import line_of, read_control
from sync.errors import NotSignedIn
from sync.messages import Act, Command, Result, Status

HOUR: Final = 60 * 60
MOST: Final = 30
"""New reports of one address in an hour. Generous, because a mobile network puts a whole district behind one address,
and a browser without JavaScript may come through its maker's; a machine is stopped all the same."""


@dataclass(frozen=True)
class Filed:
    """The case that the form became, now or before."""

    number: str
    code: str


@dataclass(frozen=True)
class NotFiled:
    """Why it did not. `problems` by field; `earlier` is what the same form became when it held something else."""

    status: int
    text: Text | None
    problems: Mapping[str, Text]
    earlier: Filed | None = None


def is_key(typed: str) -> bool:
    """Whether this can be a form's key; one that was cut off on the way cannot."""
    try:
        return tokens.from_header(f"Bearer {typed}") == typed
    except NotSignedIn:
        return False


def send(world: Services, sheet: Sheet, key: str, answers: dict[str, Any], address: str) -> Filed | NotFiled:
    """File these (clean) answers. Raises `TooMany` and `Busy`: nothing was done, and the same key may come again."""
    instance, case = _derived(key, "instance"), _derived(key, "case")
    limited, now = f"form:{address}"[:160], world.sources.clock()
    # A form that was sent before is not one more report, so its receipt is never refused.
    again = devices.is_known(world.engine, instance)
    if not again:
        throttle.check(world.engine, limited, now, MOST, HOUR)
    seat = devices.admit(world.engine, f"Bearer {key}", instance, True, world.sources)
    (answer,) = world.commands.apply(Sender(seat.actor(), instance, seat.revoked), [_command(sheet, case, answers)])
    result = read_control(answer)
    assert isinstance(result, Result), "a command is answered with its result"
    record = tracking.of_case(world, case)
    filed = _filed(record) if record and record.owner == seat.person else None
    if result.status is Status.APPLIED and filed is not None:
        if not again:
            throttle.count(world.engine, limited, now, HOUR)
        return filed
    return _refused(result, filed)


def _derived(key: str, what: str) -> str:
    """A UUID as random as the key. Nobody who sees it learns the key, which opens the case."""
    return str(UUID(bytes=hashlib.sha256(f"{what} of {key}".encode()).digest()[:16], version=4))


def _command(sheet: Sheet, case: str, answers: dict[str, Any]) -> Incoming:
    act = Act(service=sheet.service.code, set=answers, action=sheet.action)
    # No claim of a time: a page has no clock, and the same form must give the same bytes whenever it is sent.
    line = line_of(Command(1, "case.act", case, "", data=msgspec.Raw(msgspec.json.encode(act))))
    incoming = read(1, line)
    assert isinstance(incoming, Incoming), "a command is no control line"
    return incoming


def _filed(record: CaseRecord) -> Filed | None:
    return Filed(record.number, record.code) if record.number and record.code else None


def _refused(result: Result, earlier: Filed | None) -> NotFiled:
    text = Text(**result.text) if result.text else None
    told = (result.details or {}).get("problems") or {}
    problems = {name: Text(problem["id"], problem["en"]) for name, problem in told.items()}
    if result.code == "seq_reused":
        return NotFiled(409, None, {}, earlier)
    return NotFiled(422 if result.status is Status.REJECTED else 500, text, problems)
