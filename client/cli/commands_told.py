"""A command of the outbox in words: what it does, and, where it was refused, why and what to do."""

from collections.abc import Iterator, Mapping
from typing import Any

from client.cli.app import App
from client.cli.plain import action_label
from client.cli.trouble import problems_of
from client.store.outbox import Entry
from schemas.catalogue.model import Service

_TODO = {
    "invalid": "todo_case_mend",
    "wrong_stage": "todo_case_late",
    "choose_first": "todo_case_choose",
    "blocked": "todo_case_blocked",
}


def told_command(app: App, service: Service | None, entry: Entry) -> str:
    """One line: the action's label, or the fields that were typed."""
    data = entry.data
    if entry.kind == "case.act" and service is not None:
        words = action_label(service, str(data.get("action")), app.language)
        answers = len(data.get("form", {}))
        return f"{words} ({answers})" if answers else words
    if entry.kind == "case.edit":
        labels = {f.name: f.label.get(app.language) for f in service.fields} if service else {}
        names = [labels.get(name, name) for name in data.get("set", {})]
        shown = ", ".join(names[:4]) + (f" +{len(names) - 4}" if len(names) > 4 else "")
        return app.say("kind_edit", fields=shown or "–")
    if entry.kind == "case.choose":
        return app.say("kind_choose", take=data.get("take"), field=data.get("field"))
    if entry.kind == "case.open":
        return app.say("kind_open")
    return app.say("kind_other", kind=entry.kind)


def refusal_lines(app: App, service: Service | None, result: Mapping[str, Any], seq: int, case: str) -> Iterator[str]:
    """Why the server refused: its sentence, who was first, each problem by its label, and what to do now."""
    text = result.get("text") or {}
    details = result.get("details") or {}
    yield text.get(app.language) or text.get("id") or result.get("code") or "?"
    if details.get("by") and details.get("at"):
        yield app.say("refused_by", name=details["by"], when=app.moment(details["at"]))
    labels = _labels(service, app.language)
    for name, words in problems_of(details, app.language):
        yield f"• {labels.get(name, name)} [{name}]: {words}"
    todo = _TODO.get(str(result.get("code")))
    if todo:
        yield app.say(todo, seq=seq, case=case)
    if todo not in {"todo_case_late"}:
        yield app.say("refused_todo", seq=seq)


def _labels(service: Service | None, language: Any) -> dict[str, str]:
    if service is None:
        return {}
    fields = [*service.fields, *(field for form in service.forms for field in form.fields)]
    return {field.name: field.label.get(language) for field in reversed(fields)}
