"""What somebody can do with a case, decided from what this device holds of it: for screens that offer it, and for the
desk that refuses the rest. The server decides in the end."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from client import documents
from client.refusals import documents_waiting
from client.view import LocalCase, is_submit
from schemas.catalogue.model import DRAFT, OWNER, Action, City
from schemas.forms import Problem, check_form
from schemas.text import Text
from sync.outbox import State


@dataclass(frozen=True)
class Possible:
    """For one person: `person` is their id, None for somebody who is nobody yet."""

    city: City
    person: str | None
    roles: frozenset[str]

    def actions(self, case: LocalCase) -> list[Action]:
        """The actions of this stage that this person's role may do, as far as a device can tell."""
        mine = (
            case.record is None
            or case.record.owner == self.person
            or (not case.record.owner and "front_desk" in self.roles)
        )
        return [
            a
            for a in case.service.actions_from(case.stage)
            if (OWNER in a.roles and mine)
            or (
                self.roles & set(a.roles)
                and (a.effect == "submit" or not mine or (case.record is not None and not case.record.owner))
            )
        ]

    def submitting(self, case: LocalCase) -> Action | None:
        """The action that sends this draft or correction in, where there is one."""
        return next((a for a in self.actions(case) if a.effect in {"submit", "resubmit"}), None)

    def may_edit(self, case: LocalCase) -> bool:
        """Whether fields can be typed: in a draft, in a correction, or while the submit still waits on this device."""
        if case.stage == DRAFT or self.submitting(case) is not None:
            return True
        return case.last is not None and case.last.state is State.QUEUED and is_submit(case.last, case.service)

    def refuse_awaited(self, case: LocalCase, action_code: str) -> None:
        """`DocumentsWaiting` where the action must wait for bytes that, as far as this device knows, are not at the
        server yet. A screen asks before it offers the action; a command may go up all the same."""
        action = next((a for a in self.actions(case) if a.code == action_code), None)
        waiting = documents.awaited(case, action, self.city) if action else ()
        if waiting:
            raise documents_waiting([case.service.document(code).label for code in waiting], waiting)

    def marked(self, case: LocalCase) -> set[str] | None:
        """The fields that a correction allows to change; None where all of them can be."""
        correction = case.record.correction if case.record else None
        if case.record is None or case.record.stage == DRAFT or correction is None:
            return None
        return {item.field for item in correction.items if item.field}

    def unchosen(self, case: LocalCase) -> list[str]:
        """Fields in conflict for which no choice waits on this device."""
        chosen = {e.data.get("field") for e in case.waiting if e.kind == "case.choose"}
        fields = [c.field for c in case.record.conflicts] if case.record else []
        return [name for name in dict.fromkeys(fields) if name not in chosen]

    def problems(self, case: LocalCase) -> dict[str, Problem]:
        """What is missing or wrong before the case can be sent in, by field."""
        return check_form(self.city, case.service, case.service.fields, case.fields, partial=False)[1]

    def document_problems(self, case: LocalCase) -> dict[str, Problem]:
        """The required documents that have no file, by document."""
        return documents.problems(case, self.city)

    def form_problems(self, case: LocalCase, action: Action, form: Mapping[str, Any]) -> dict[str, Problem]:
        if action.form is None:
            problem = Problem("no_form", Text("Tindakan ini tidak meminta isian.", "This action asks for nothing."))
            return dict.fromkeys(form, problem)
        return check_form(self.city, case.service, case.service.form(action.form).fields, form, partial=False)[1]
