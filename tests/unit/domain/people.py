"""Made-up people, commands and a walk through a service: what the tests of decisions stand on."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec

from schemas.catalogue.model import DRAFT, OWNER, ROLES, Action, City, Service
from server.domain.actor import SYSTEM, Actor, person_scope
from server.domain.calendar import Calendar
from server.domain.case import Case
from server.domain.decide import decide
from server.domain.lines import scopes_of
from server.domain.outcome import Context, Outcome
from sync.messages import Command, Status
from tests.catalogue_files import files
from tests.catalogue_values import answers

MONDAY = datetime(2026, 3, 16, 2, 0, tzinfo=UTC)
CASE = "00000000-0000-4000-8000-00000000cafe"
CLAIMED = "2026-03-16T08:00:00+07:00"

CITIZEN = Actor("p-citizen", "Warga Satu", frozenset({"citizen"}), frozenset({person_scope("p-citizen")}))
STRANGER = Actor("p-stranger", "Warga Dua", frozenset({"citizen"}), frozenset({person_scope("p-stranger")}))
SERVER = Actor(SYSTEM, "Tenggat", frozenset({SYSTEM}), frozenset())


def officer(role: str, number: int = 1, *, scopes: frozenset[str] = frozenset({"everything"})) -> Actor:
    """A member of staff with one role; another number is a colleague."""
    return Actor(f"p-{role}-{number}", f"Petugas {role} {number}", frozenset({role}), scopes)


STAFF = {role: officer(role) for role in sorted(ROLES - {"citizen"})}


@dataclass
class Desk:
    """A city, its clock, and one way to do things to a case: the real `decide`."""

    city: City
    calendar: Calendar
    now: datetime = MONDAY
    codes: int = 0
    seq: int = field(default=0)

    def context(self) -> Context:
        return Context(self.city, self.calendar, self.now, self._code)

    def _code(self) -> str:
        self.codes += 1
        return f"CODE{self.codes:06d}"

    def days(self, days: float) -> None:
        self.now += timedelta(days=days)

    def do(self, kind: str, case: Case | None, actor: Actor, /, **data: Any) -> Outcome:
        """One command, decided; a stranger's is marked as out of scope, as the server marks it."""
        self.seq += 1
        raw = msgspec.Raw(json.dumps(data).encode())
        visible = case is not None and (
            actor.owns(case.owner)
            or "everything" in actor.scopes
            or bool(actor.scopes & set(scopes_of(case, self.city.service(case.service))))
            or SYSTEM in actor.roles
        )
        return decide(Command(self.seq, kind, CASE, CLAIMED, data=raw), case, visible, actor, self.context())

    def act(self, case: Case | None, actor: Actor, action: str, /, **data: Any) -> Outcome:
        return self.do("case.act", case, actor, action=action, **data)

    def done(self, outcome: Outcome) -> Case:
        assert outcome.status is Status.APPLIED, (outcome.code, outcome.details)
        assert outcome.case is not None
        return outcome.case

    def draft(self, service: Service, given: Mapping[str, Any] | None = None, actor: Actor = CITIZEN) -> Case:
        values = answers(self.city, service.fields, given)
        attach = files(service, values)
        return self.done(self.do("case.edit", None, actor, service=service.code, set=values, attach=attach))

    def arrived(self, case: Case) -> Case:
        """The case with the bytes of all its files at the server."""
        for attachment in case.attachments:
            if attachment.arrived is None:
                found = {name: getattr(attachment, name) for name in ("sha256", "size", "type")}
                case = self.done(self.do("case.arrived", case, SERVER, **found))
        return case

    def submitted(self, service: Service, given: Mapping[str, Any] | None = None, actor: Actor = CITIZEN) -> Case:
        action = next(a for a in service.actions if a.effect == "submit")
        return self.arrived(self.done(self.act(self.draft(service, given, actor), actor, action.code)))

    def carried(self, service: Service, action: Action) -> dict[str, Any]:
        """What an action needs: its form, a note, the items of a correction."""
        data: dict[str, Any] = {}
        if action.form:
            data["form"] = answers(self.city, service.form(action.form).fields)
        if action.note == "required":
            data["note"] = "Alasan yang jelas"
        if action.effect == "correction":
            item = service.fields[0].name
            data["items"] = [{"field": item, "reason": "Tidak terbaca"}]
            if service.documents:
                data["items"].append({"document": service.documents[0].code, "reason": "Buram"})
        return data

    def everywhere(self, service: Service) -> dict[str, Case]:
        """A case in every stage that the service's actions lead to, each on a shortest way there."""
        found = {DRAFT: self.draft(service)}
        todo = [DRAFT]
        while todo:
            case = self.arrived(found[todo.pop(0)])
            for action in service.actions_from(case.stage):
                actor = CITIZEN if OWNER in action.roles else STAFF[action.roles[0]]
                outcome = self.act(case, actor, action.code, **self.carried(service, action))
                if outcome.case is not None and outcome.case.stage not in found:
                    found[outcome.case.stage] = outcome.case
                    todo.append(outcome.case.stage)
        return found
