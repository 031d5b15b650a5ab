"""Everything about one case, in the order in which a person asks: where is it, by when, why, and what is in it."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

import msgspec
from rich.padding import Padding
from rich.text import Text as Rich

from client.cli.app import App
from client.cli.expecting import expected
from client.cli.files import as_json as file_json
from client.cli.files import table
from client.cli.needs import Needs
from client.cli.page import field_of, form_fields
from client.cli.papers import papers
from client.cli.plain import (
    action_label,
    long_date,
    office_name,
    role_name,
    span_in_words,
    stage_label,
)
from client.view import LocalCase
from schemas.catalogue.model import DRAFT, OWNER, Service
from schemas.documents import counted
from schemas.explain import date_in_words, explain
from schemas.ledger import Ledger
from schemas.record import CaseRecord
from schemas.text import Text
from sync.outbox import State


class CasePage(Needs):
    """One case being shown."""

    def print(self, why: bool) -> None:
        self._head()
        self._where()
        self._stage()
        self._dates(why)
        self.needs_you()
        self._fields()
        self._files()
        if self.case.record is not None:
            self._recorded(self.case.record)
            self._history(self.case.record)

    # Where it is.

    def _head(self) -> None:
        case = self.case
        title = case.service.title_of(case.fields).strip(" –-") or self.app.say("untitled")
        self.app.print(Rich.assemble((self.name, "bold"), "  ", case.service.name.get(self.language)))
        self.app.print(title, style="bold")

    def _where(self) -> None:
        say, case, record = self.app.say, self.case, self.case.record
        if record is None:
            self.line(say("state_only_here"))
        elif record.received:
            number = record.number or self.name
            self.line("✓ " + say("state_received", number=number, when=self.app.moment(record.received)), "green")
            opened = say("state_opened", when=self.app.moment(record.opened)) if record.opened else None
            self.line(f"✓ {opened}" if opened else f"· {say('state_unopened')}", "green" if opened else "")
        else:
            self.line("✓ " + say("state_backup"), "green")
        queued = [e for e in case.waiting if e.state is State.QUEUED]
        if queued:
            since = self.app.moment(queued[0].queued_at)
            self.line("● " + say("state_here", n=len(queued), when=since), "cyan")
            if (record is None or not record.received) and case.moved:
                for sentence in expected(self.app, case.service):
                    self.line(sentence, indent=4)
        if len(queued) < len(case.waiting):
            self.line("● " + say("state_here_sent"), "cyan")
        if case.refused:
            self.line("! " + say("state_refused_here", n=len(case.refused)), "bold red")
        if record is not None and record.code and record.owner == self.app.desk.person:
            self.line(say("tracking_code", code=record.code))

    def _stage(self) -> None:
        say, case = self.app.say, self.case
        self.app.print("")
        key = "stage_expected" if case.moved else "stage_is"
        self.app.print(say(key, stage=stage_label(case.service, case.stage, self.language)), style="bold")
        if case.stage != DRAFT:
            try:
                stage = case.service.stage(case.stage)
            except KeyError:
                return
            self.line(stage.says.get(self.language))
            if stage.waits_for == "applicant":
                self.line(say("acts_applicant"))
            elif stage.role and not stage.ending:
                self.line(say("acts_now", role=role_name(stage.role, self.language)))
        if case.record is not None and case.record.received:
            self.line(say("office_is", office=office_name(self.app.city, case.record.office, self.language)))
        actions = self.app.desk.possible.actions(case)
        if actions:
            self.line(say("you_can"))
            for action in actions:
                command = (
                    f"tenggat submit {self.name}"
                    if action.effect in {"submit", "resubmit"}
                    else f"tenggat act {self.name} {action.code}"
                )
                self.line(f"{action.label.get(self.language)}: {command}", indent=4)

    # By when, and why.

    def _dates(self, why: bool) -> None:
        record = self.case.record
        if record is None or not record.limits:
            return
        self.title("head_dates")
        for ledger in sorted(record.limits, key=lambda one: (one.state == "met", one.due)):
            label = self._limit_label(ledger)
            self.line(f"{label}: {self._date(ledger)}", self._urgency(ledger))
            if why:
                for sentence in explain(ledger, _limit_text(self.case.service, ledger), self.language, self.app.today):
                    self.line(f"– {sentence}", "dim", 4)
        if not why:
            self.line(self.app.say("why_hint", case=self.name), "dim")

    def _limit_label(self, ledger: Ledger) -> str:
        return _limit_text(self.case.service, ledger).get(self.language)

    def _date(self, ledger: Ledger) -> str:
        say, today = self.app.say, self.app.today
        if ledger.met is not None:
            key = "date_met_late" if ledger.breached(today) else "date_met"
            return say(key, when=date_in_words(ledger.met.astimezone(self.app.zone).date(), self.language))
        words = long_date(ledger.due, today, self.language)
        if ledger.state == "paused":
            words = f"{date_in_words(ledger.due, self.language)}; {say('date_paused')}"
        return f"{words}; {say('date_provisional')}" if ledger.provisional else words

    def _urgency(self, ledger: Ledger) -> str:
        if ledger.state != "running":
            return "dim" if ledger.state == "met" else ""
        return "bold red" if ledger.breached(self.app.today) else ""

    # What is in it.

    def _fields(self) -> None:
        case = self.case
        known = {field.name: field for field in case.service.fields}
        names = [name for name in known if name in case.fields] + [name for name in case.fields if name not in known]
        if not names:
            return
        self.title("head_fields")
        pairs = []
        for name in names:
            value = Rich(self.value(known.get(name), case.fields[name]))
            if name in case.unsent and case.record is not None:
                value.append(f"  ({self.app.say('unsent_mark')})", style="cyan")
            field = known.get(name)
            pairs.append((field.label.get(self.language) if field else name, value))
        self.pairs(pairs)

    def _files(self) -> None:
        if not self.case.files:
            return
        self.title("head_files")
        arrived, all_ = counted(self.case.files)
        self.line(self.app.say("files_counted", arrived=arrived, n=all_), "green" if arrived == all_ else "cyan")
        self.app.console.print(Padding(table(self.app, self.case), (0, 0, 0, 2), expand=False))

    def _recorded(self, record: CaseRecord) -> None:
        for action, values in record.forms.items():
            self.title("head_form", action=action_label(self.case.service, action, self.language))
            self.pairs(self._form_pairs(action, values))
        if record.evidence:
            self.title("head_evidence")
        for piece in record.evidence:
            action = action_label(self.case.service, piece.action, self.language)
            when = self.app.moment(piece.at)
            self.line(self.app.say("evidence_line", action=action, name=piece.name or "?", when=when), "yellow")
            if piece.note:
                self.line(piece.note, indent=4)
            self.pairs(self._form_pairs(piece.action, piece.form))
        if record.links:
            self.title("head_links")
            self.line(", ".join(record.links))

    def _form_pairs(self, action: str, values: Mapping[str, Any]) -> list[tuple[str, Rich]]:
        fields = form_fields(self.case.service, action)
        pairs = []
        for name, value in values.items():
            field = field_of(fields, name)
            pairs.append((field.label.get(self.language) if field else name, Rich(self.value(field, value))))
        return pairs

    def _history(self, record: CaseRecord) -> None:
        if not record.steps:
            return
        self.title("head_history")
        for step in record.steps:
            role = role_name(step.role, self.language)
            # An owner's name is personal; the role says enough.
            who = f"{step.name}, {role}" if step.name and step.role != OWNER else role
            self.line(f"{self.app.moment(step.at)}", "dim")
            self.line(f"{action_label(self.case.service, step.action, self.language)} – {who}", indent=4)
            if step.note:
                self.line(f"“{step.note}”", indent=4)
            if step.skew is not None:
                span = span_in_words(abs(step.skew), self.language)
                self.line(self.app.say("step_claimed", when=self.app.moment(step.claimed), span=span), "yellow", 4)


def _limit_text(service: Service, ledger: Ledger) -> Text:
    try:
        return service.limit(ledger.limit).label
    except KeyError:
        return Text(ledger.limit, ledger.limit)


def as_json(app: App, case: LocalCase) -> str:
    """The same for programs; `record` is the server's line as it came."""
    found = {
        "id": case.id,
        "number": case.number,
        "service": case.service.code,
        "stage": case.stage,
        "stage_confirmed": not case.moved,
        "fields": case.fields,
        "unsent": sorted(case.unsent),
        "waiting": list(_entries(case.waiting)),
        "refused": list(_entries(case.refused)),
        "problems": {
            name: {"code": problem.code, "text": problem.text.get(app.language)}
            for name, problem in (app.desk.possible.problems(case) | app.desk.possible.document_problems(case)).items()
        }
        if app.desk.possible.submitting(case)
        else {},
        "actions": [action.code for action in app.desk.possible.actions(case)],
        "files": [file_json(paper) for paper in papers(app, case)],
        "record": msgspec.to_builtins(case.record) if case.record else None,
    }
    return json.dumps(found, ensure_ascii=False, indent=2)


def _entries(entries: Any) -> Iterator[dict[str, Any]]:
    for entry in entries:
        yield {"seq": entry.seq, "kind": entry.kind, "state": str(entry.state), "queued_at": entry.queued_at,
               "data": entry.data, "result": entry.result}  # fmt: skip
