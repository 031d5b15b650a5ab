"""A case as the server keeps it: immutable, so that a decision can fail half way and leave nothing behind."""

from schemas.ledger import Ledger
from schemas.record import CaseBody


class Case(CaseBody, frozen=True, omit_defaults=True, kw_only=True):
    """The whole of a case. `version` grows by one with each change; it is what a device edits against."""

    version: int

    def done_by(self, action: str) -> frozenset[str]:
        """Who did that action on this case."""
        return frozenset(step.by for step in self.steps if step.action == action)

    def times_done(self, action: str) -> int:
        return sum(step.action == action for step in self.steps)


def current(limits: tuple[Ledger, ...], code: str) -> Ledger | None:
    """The latest ledger of a limit, or None where it never started."""
    return next((ledger for ledger in reversed(limits) if ledger.limit == code), None)
