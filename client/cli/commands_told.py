"""A command of the outbox in words: what it does, and, where it was refused, why and what to do."""

from collections.abc import Iterator
from typing import Any

from client.cli.app import App
from client.cli.plain import action_label
from client.cli.trouble import problems_of
from client.store.outbox import Entry
from schemas.catalogue.model import Service

_WHAT_TO_DO = {
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
        return f"{words} ({app.say('answers', n=answers)})" if answers else words
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


def refusal_lines(app: App, service: Service | None, entry: Entry, case: str) -> Iterator[str]:
    """Why the server refused: its sentence, who was first, each problem by its label, and what to do now."""
    result, seq = entry.result or {}, entry.seq
    text = result.get("text") or {}
    details = result.get("details") or {}
    yield text.get(app.language) or text.get("id") or result.get("code") or "?"
    if details.get("by") and details.get("at"):
        yield app.say("refused_by", name=details["by"], when=app.moment(details["at"]))
    labels = _labels(service, app.language)
    for name, words in problems_of(details, app.language):
        yield f"• {labels.get(name, name)} [{name}]: {words}"
    todo = _todo(app, entry)
    yield app.say(todo, seq=seq, case=case)
    if todo not in {"todo_case_late", "refused_todo"}:
        yield app.say("refused_todo", seq=seq)


def _todo(app: App, entry: Entry) -> str:
    code = str((entry.result or {}).get("code"))
    kept = app.desk.roles - {"citizen"} and (entry.data.get("form") or entry.data.get("note"))
    # Only what an officer recorded is kept as late evidence; anything else was simply not done.
    return _WHAT_TO_DO.get(code, "refused_todo") if code != "wrong_stage" or kept else "refused_todo"


def _labels(service: Service | None, language: Any) -> dict[str, str]:
    if service is None:
        return {}
    fields = [*service.fields, *(field for form in service.forms for field in form.fields)]
    return {field.name: field.label.get(language) for field in reversed(fields)}
