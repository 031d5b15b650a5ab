"""Answers of an action's form that is half typed, with its files: kept until the action is done.

A terminal's interview and a window's screen take up what the other left (`client/cli/half_typed.py` knows the same
places).
"""

from typing import Any, Final

from client.refusals import NoSuchFile
from client.store import Store
from sync.decoding import convert
from sync.messages import Attach

FORM: Final = "typing"
"""Case → action → answers."""
FILES: Final = "typing_files"
"""Case → action → entries of the manifest to be."""
REST: Final = "typing_rest"
"""Case → action → `note` and `items`."""


def half_typed(store: Store, case: str, action: str) -> dict[str, Any] | None:
    """What was typed, as `Act` of client/web/src/desk.ts; None where nothing was."""
    form, files, rest = (_held(store, key).get(case, {}).get(action) for key in (FORM, FILES, REST))
    if form is None and files is None and rest is None:
        return None
    found: dict[str, Any] = {"action": action} | (rest or {})
    return found | ({"form": form} if form else {}) | ({"attach": files} if files else {})


def keep_half_typed(store: Store, case: str, action: str, typed: dict[str, Any] | None) -> None:
    """Remember it; None forgets it. `NoSuchFile` where the bytes of one of its files are not here."""
    typed_ = typed or {}
    rest = {name: typed_[name] for name in ("note", "items") if typed_.get(name)}
    with store.transaction():
        for entry in typed_.get("attach") or ():
            hold(store, case, convert(entry, Attach))
        _keep(store, FORM, case, action, None if typed is None else typed_.get("form") or {})
        _keep(store, FILES, case, action, typed_.get("attach") or None)
        _keep(store, REST, case, action, rest or None)


def half_typed_files(store: Store, case: str) -> list[Attach]:
    """The files of all half-typed forms of a case."""
    return [convert(entry, Attach) for kept in _held(store, FILES).get(case, {}).values() for entry in kept]


def hold(store: Store, case: str, attach: Attach) -> None:
    """Its bytes stay on this device, and go up once a command names them. `NoSuchFile` where they are not here."""
    try:
        store.files.know(attach.sha256, attach.size, attach.type)
    except FileNotFoundError:
        raise NoSuchFile from None
    store.files.queue(case, attach, store.stamp())


def _held(store: Store, key: str) -> dict[str, dict[str, Any]]:
    return store.meta.get(key) or {}


def _keep(store: Store, key: str, case: str, action: str, value: Any) -> None:
    held = _held(store, key)
    forms = {code: form for code, form in held.pop(case, {}).items() if code != action}
    if value is not None:
        forms[action] = value
    if forms:
        held[case] = forms
    store.meta.set(key, held or None)
