"""What the person at this device has to do about a case: what waits, what was refused, what to correct or choose."""

from rich.text import Text as Rich

from client.cli.commands_told import refusal_lines, told_command
from client.cli.page import Page, field_of
from schemas.record import CaseRecord


class Needs(Page):
    """The part of a case's page that asks for something."""

    def needs_you(self) -> None:
        case, record = self.case, self.case.record
        if case.waiting:
            self.title("head_waiting")
            for entry in case.waiting:
                self.line(f"{entry.seq}. {told_command(self.app, case.service, entry)}", "cyan")
        if case.refused:
            self.title("head_refused")
            for entry in case.refused:
                self.line(f"{entry.seq}. {told_command(self.app, case.service, entry)}", "red")
                for line in refusal_lines(self.app, case.service, entry, self.name):
                    self.line(line, indent=5)
        if record is not None and record.correction is not None:
            self._corrections(record)
        if record is not None and record.conflicts:
            self._conflicts(record)
        if self.app.desk.possible.submitting(case) is not None:
            self._problems()

    def _corrections(self, record: CaseRecord) -> None:
        correction = record.correction
        assert correction is not None, "asked for only where there is one"
        self.title("head_correction", round=correction.round)
        for item in correction.items:
            self.line(f"• {self._item_label(item.field, item.document)}: {item.reason}")
        if correction.mended:
            self.line(self.app.say("mended_on", when=self.app.moment(correction.mended)), "green")

    def _item_label(self, field: str | None, document: str | None) -> str:
        try:
            if document is not None:
                return self.case.service.document(document).label.get(self.language)
            return f"{self.case.service.field(field or '').label.get(self.language)} [{field}]"
        except KeyError:
            return document or field or "?"

    def _conflicts(self, record: CaseRecord) -> None:
        say = self.app.say
        self.title("head_conflicts")
        for conflict in record.conflicts:
            field = field_of(self.case.service.fields, conflict.field)
            label = field.label.get(self.language) if field else conflict.field
            by = say("theirs_you") if conflict.by == self.app.desk.person else say("theirs_other")
            theirs = say("theirs", by=by, when=self.app.moment(conflict.at))
            self.line(f"{label} [{conflict.field}]", "magenta")
            self.pairs(
                [
                    (f"ours – {say('ours')}", Rich(self.value(field, conflict.ours))),
                    (f"theirs – {theirs}", Rich(self.value(field, conflict.theirs))),
                ]
            )
            waiting = [e.data for e in self.case.waiting if e.kind == "case.choose"]
            taken = [data["take"] for data in waiting if data.get("field") == conflict.field]
            if taken:
                self.line(say("choice_waits", take=taken[-1]), "cyan")
            else:
                self.line(say("choose_how", case=self.name, field=conflict.field))

    def _problems(self) -> None:
        found, files = self.app.desk.possible.problems(self.case), self.app.desk.possible.document_problems(self.case)
        if not found and not files:
            return
        self.title("head_problems")
        for name, problem in found.items():
            field = field_of(self.case.service.fields, name)
            label = field.label.get(self.language) if field else name
            self.line(f"• {label} [{name}]: {problem.text.get(self.language)}", "yellow")
        for code, problem in files.items():
            self.line(f"• [{code}] {problem.text.get(self.language)}", "yellow")
