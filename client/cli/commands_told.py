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
    "invalid_file": "todo_case_file",
    "unknown_document": "todo_case_file",
    "documents_missing": "todo_case_documents",
    "documents_waiting": "todo_case_waiting",
}


def told_command(app: App, service: Service | None, entry: Entry) -> str:
    """One line: the action's label, or the fields that were typed."""
    data = entry.data
    if entry.kind == "case.act" and service is not None:
        words = action_label(service, str(data.get("action")), app.language)
        answers = len(data.get("form", {}))
        more = ([app.say("answers", n=answers)] if answers else []) + _files(app, data)
        return f"{words} ({', '.join(more)})" if more else words
    if entry.kind == "case.edit":
        labels = {f.name: f.label.get(app.language) for f in service.fields} if service else {}
        names = [labels.get(name, name) for name in data.get("set", {})]
        named = ", ".join(names[:4]) + (f" +{len(names) - 4}" if len(names) > 4 else "")
        shown = "; ".join([*([named] if named else []), *_files(app, data)])
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
    labels = _labels(service, app.language) | _names(entry)
    for name, words in problems_of(details, app.language):
        tag = "" if name in _names(entry) else f" [{name}]"
        yield f"• {labels.get(name, name)}{tag}: {words}"
    todo = _todo(app, entry)
    yield app.say(todo, seq=seq, case=case)
    if todo not in {"todo_case_late", "refused_todo"}:
        yield app.say("refused_todo", seq=seq)


def _files(app: App, data: dict[str, Any]) -> list[str]:
    counted = (("kind_files", len(data.get("attach", ()))), ("kind_files_off", len(data.get("detach", ()))))
    return [app.say(key, n=n) for key, n in counted if n]


def _names(entry: Entry) -> dict[str, str]:
    """What the files that it attaches are called, by their ids."""
    return {one["id"]: one.get("name") or one["document"] for one in entry.data.get("attach", ())}


def _todo(app: App, entry: Entry) -> str:
    code = str((entry.result or {}).get("code"))
    kept = app.desk.possible.roles - {"citizen"} and (entry.data.get("form") or entry.data.get("note"))
    # Only what an officer recorded is kept as late evidence; anything else was simply not done.
    return _WHAT_TO_DO.get(code, "refused_todo") if code != "wrong_stage" or kept else "refused_todo"


def _labels(service: Service | None, language: Any) -> dict[str, str]:
    if service is None:
        return {}
    fields = [*service.fields, *(field for form in service.forms for field in form.fields)]
    return {field.name: field.label.get(language) for field in reversed(fields)}
