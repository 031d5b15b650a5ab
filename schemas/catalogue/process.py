"""How a case moves: the stages it passes, who may move it, and the limits that run meanwhile."""

from collections.abc import Mapping
from typing import Annotated, Any, Literal

import msgspec

from schemas.catalogue.questions import Code
from schemas.text import Text

Unit = Literal["working", "calendar"]
Rolls = Literal["next", "previous"]
Ending = Literal["done", "refused", "withdrawn", "conditional", "elsewhere", "duplicate"]
Note = Literal["none", "optional", "required"]
Effect = Literal["submit", "correction", "resubmit", "route", "link"]
Days = Annotated[int, msgspec.Meta(ge=1, le=3_650)]
Times = Annotated[int, msgspec.Meta(ge=1, le=100)]

# Where a case is before it was ever submitted; reserved, because a draft lives on the device and has no
# deadline.
DRAFT = "draft"
# Stands for the person whose case it is, in an action's roles.
OWNER = "owner"
ROLES: frozenset[str] = frozenset(
    (
        "citizen",
        "front_desk",
        "surveyor",
        "planner",
        "section_head",
        "signer",
        "complaint_officer",
        "supervisor",
        "admin",
    )
)


class StageLimit(msgspec.Struct, frozen=True):
    """How long a case may stay in one stage. `open`: the number is not verified against a rule."""

    days: Days
    unit: Unit = "working"
    rolls: Rolls = "next"
    open: bool = False


class Stage(msgspec.Struct, frozen=True, kw_only=True):
    """A place where a case waits for someone.

    `says` tells the applicant what happens now. `role` is who acts in it. `waits_for = "applicant"` pauses
    every clock. `ending` says how the case came to an end; `continues` allows actions out of an ending
    (collecting, reopening). The stage's own `limit` starts when the stage is entered and is met when it is
    left; leaving to a stage that waits for the applicant only pauses it.
    """

    code: Code
    label: Text
    says: Text
    role: str | None = None
    waits_for: Literal["applicant"] | None = None
    ending: Ending | None = None
    continues: bool = False
    limit: StageLimit | None = None


class Limit(msgspec.Struct, frozen=True, kw_only=True):
    """A promise in days, from the first of `starts` to the first of `ends` after it.

    Events are `enter:<stage>` and `action:<action>`. A start while the limit already runs, or is paused,
    changes nothing; a start after it ended begins it anew. `rolls`: where the last day of a calendar limit
    goes when it is no working day. `law` names the rule; `open`: the number is not verified against one.
    `silence`: what that rule makes of no decision in time. Watched and warned of, and nothing follows by itself.
    """

    code: Code
    label: Text
    days: Days
    unit: Unit
    starts: tuple[str, ...]
    ends: tuple[str, ...]
    rolls: Rolls = "next"
    law: Text | None = None
    open: bool = False
    silence: Literal["granted"] | None = None


class Beyond(msgspec.Struct, frozen=True):
    """After an action was done `times` times on a case, only `roles` may do it again."""

    times: Times
    roles: tuple[str, ...]


class Action(msgspec.Struct, frozen=True, kw_only=True):
    """Something that a person may do with a case.

    `from_` (TOML key `from`): the stages it is possible in. `to`: the stage it leads to; None stays. `roles`:
    who may, `owner` being the person whose case it is. `form`: what it asks. `not_by`: who did one of these
    actions on this case may not do this one, because who did the work may not approve it. `times`: at most so
    often a case. `waits_for_documents`: not before the bytes of the applicant's required documents are at the server.

    Effects: `submit` leaves the reserved stage `draft`. `correction` carries items [{field or document,
    reason}], every defect at once. `resubmit` may change only the marked items. `route` sets the case's
    office. `link` needs the form field `case` and ties this case to that one.
    """

    code: Code
    label: Text
    from_: tuple[str, ...] = msgspec.field(name="from")
    roles: tuple[str, ...]
    to: str | None = None
    help: Text | None = None
    form: str | None = None
    note: Note = "none"
    not_by: tuple[str, ...] = ()
    times: Times | None = None
    beyond: Beyond | None = None
    effect: Effect | None = None
    waits_for_documents: bool = False


class Routes(msgspec.Struct, frozen=True):
    """Which office gets a case: `table` by the value of `field`.

    `never` is the field in which the applicant names the office complained about: a case never goes to that
    one, but to `instead`.
    """

    field: str
    table: dict[str, str]
    never: str | None = None
    instead: str | None = None

    def office(self, values: Mapping[str, Any]) -> str | None:
        """The office for these (clean) values; None when the table has no answer."""
        value = values.get(self.field)
        found = self.table.get(value) if isinstance(value, str) else None
        return self.instead if found is not None and found == self.accused(values) else found

    def accused(self, values: Mapping[str, Any]) -> str | None:
        """The office that must never get this case, however it is dispatched; None when none is named."""
        named = values.get(self.never) if self.never else None
        return named if isinstance(named, str) and named else None
