"""A case as the server keeps it: immutable, so that a decision can fail half way and leave nothing behind."""

from typing import Any

import msgspec

from schemas.ledger import Ledger
from schemas.record import Conflict, Correction, Evidence, Step


class Case(msgspec.Struct, frozen=True, omit_defaults=True, kw_only=True):
    """The whole of a case. `version` grows by one with each change; it is what a device edits against."""

    id: str
    service: str
    rule: int
    """Version of the service's rules when it was submitted; a later change of limits does not touch it."""
    version: int
    stage: str
    owner: str
    """Person id of whoever the case belongs to."""
    created: str
    number: str | None = None
    code: str | None = None
    """Tracking code: with the number, enough for anyone to see stage and dates."""
    received: str | None = None
    opened: str | None = None
    """When an officer first opened it."""
    office: str = ""
    district: str | None = None
    fields: dict[str, Any] = {}
    forms: dict[str, dict[str, Any]] = {}
    """What each action's form carried, by action; the latest where it was done twice."""
    steps: tuple[Step, ...] = ()
    limits: tuple[Ledger, ...] = ()
    conflicts: tuple[Conflict, ...] = ()
    correction: Correction | None = None
    evidence: tuple[Evidence, ...] = ()
    links: tuple[str, ...] = ()
    """Numbers of cases this one is tied to."""

    def done_by(self, action: str) -> frozenset[str]:
        """Who did that action on this case."""
        return frozenset(step.by for step in self.steps if step.action == action)

    def times_done(self, action: str) -> int:
        return sum(step.action == action for step in self.steps)


def current(limits: tuple[Ledger, ...], code: str) -> Ledger | None:
    """The latest ledger of a limit, or None where it never started."""
    return next((ledger for ledger in reversed(limits) if ledger.limit == code), None)
