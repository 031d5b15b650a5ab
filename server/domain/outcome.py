"""What a decision needs to be told, and what it answers."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import Any

from schemas.catalogue.model import City
from schemas.text import Text
from server.domain.calendar import Calendar
from server.domain.case import Case
from server.domain.workflow import Refusal
from sync.messages import Status


@dataclass(frozen=True)
class Context:
    """The world around a decision: the city's rules, the server's time, and a source of tracking codes."""

    city: City
    calendar: Calendar
    now: datetime
    tracking_code: Callable[[], str]

    @cached_property
    def stamp(self) -> str:
        """The server's time as it stands on a case: UTC, to the second."""
        return self.now.strftime("%Y-%m-%dT%H:%M:%SZ")


@dataclass(frozen=True)
class Outcome:
    """What became of a command."""

    status: Status
    case: Case | None = None
    """The case after it, where anything changed; None leaves all as it was."""
    code: str | None = None
    text: Text | None = None
    details: dict[str, Any] = field(default_factory=dict)


def applied(case: Case) -> Outcome:
    return Outcome(Status.APPLIED, case)


def merged(case: Case, code: str | None = None, **details: Any) -> Outcome:
    """Part of it, or all of it beside what somebody else typed, is on the case; `details` show the other side."""
    return Outcome(Status.MERGED, case, code, _MERGED[code] if code else None, details)


_MERGED = {
    "both_kept": Text(
        "Isian yang sama sudah diubah di tempat lain. Keduanya disimpan; pilih yang berlaku.",
        "The same field was changed elsewhere. Both are kept; choose which one stands.",
    ),
    "choose_first": Text(
        "Belum terkirim: isian yang sama sudah diubah di tempat lain. Keduanya disimpan; pilih yang berlaku,"
        " lalu kirim lagi.",
        "Not sent yet: the same field was changed elsewhere. Both are kept; choose which one stands, then send it"
        " again.",
    ),
}


def rejected(refusal: Refusal, case: Case | None = None) -> Outcome:
    """Not done. `case` is given only where the refusal itself left something on it."""
    return Outcome(Status.REJECTED, case, refusal.code, refusal.text, dict(refusal.details))
