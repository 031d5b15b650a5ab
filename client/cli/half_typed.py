"""Answers and files of an interview for an action that was stopped: kept, and taken up by the next one."""

from typing import Any

from client.cli.app import App

TYPING = "typing"
"""Where half-typed forms are kept between two runs: case → action → answers. `Store.forget` drops it."""

TYPING_FILES = "typing_files"
"""The files that were given to them so far: case → action → entries of the manifest to be."""


def half_typed(app: App) -> dict[str, dict[str, Any]]:
    """Answers of interviews that were stopped, by case and action."""
    return app.store.meta.get(TYPING) or {}


def keep_typed(app: App, case_id: str, action: str, answers: dict[str, Any] | None) -> None:
    """Remember the answers so far; None forgets them."""
    _keep(app, TYPING, case_id, action, answers)


def keep_files(app: App, case_id: str, action: str, kept: list[dict[str, Any]] | None) -> None:
    """Remember the files that were given so far; None forgets them."""
    _keep(app, TYPING_FILES, case_id, action, kept)


def _keep(app: App, key: str, case_id: str, action: str, answers: Any) -> None:
    with app.store.transaction():
        held = app.store.meta.get(key) or {}
        forms = {code: form for code, form in held.pop(case_id, {}).items() if code != action}
        if answers is not None:
            forms[action] = answers
        if forms:
            held[case_id] = forms
        app.store.meta.set(key, held or None)


def files_of(app: App, case_id: str, action: str) -> list[dict[str, Any]]:
    """The files that were given so far, as entries of the manifest to be."""
    found: list[dict[str, Any]] = (app.store.meta.get(TYPING_FILES) or {}).get(case_id, {}).get(action, [])
    return found
