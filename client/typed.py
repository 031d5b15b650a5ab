"""What was typed and attached, put into the outbox: into the last command where it has not left, else into a new one.

Callers hold the transaction.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from client.store import Store
from client.store.outbox import Entry
from client.view import LocalCase, is_submit, lay_over, types
from sync.messages import MAX_ATTACH
from sync.outbox import State

Attached = dict[str, Any]
"""An entry of a manifest, as it stands in a command."""


_CARRIES = ("set", "attach", "detach")


def put(
    store: Store,
    case: LocalCase,
    kind: str,
    changes: Mapping[str, Any],
    extra: Mapping[str, Any],
    attach: Sequence[Attached] = (),
    detach: Sequence[str] = (),
) -> None:
    """What was refused before is carried along, so that mending one thing does not lose the others; where it was typed
    again since, the newer words stand."""
    typed = [e for e in case.refused if types(e, case.service)]
    newer = {name for e in case.waiting for name in e.data.get("set", {})}
    carried = {name: value for e in typed for name, value in e.data.get("set", {}).items() if name not in newer}
    added = _files_of(typed, attach, detach)
    taken = [id_ for e in typed for id_ in e.data.get("detach", ())]
    # Of what never came to the server there is nothing to take away.
    taken += [id_ for id_ in detach if id_ not in {one["id"] for e in typed for one in e.data.get("attach", ())}]
    if not _amend(store, case, kind, carried | dict(changes), extra, added, taken):
        _add(store, case, kind, carried | dict(changes), extra, added, taken)
    for entry in typed:
        store.outbox.settle(entry)


def typed_data(data: Mapping[str, Any]) -> dict[str, Any]:
    """What of a command was typed and attached, without the deed that it came with."""
    return {name: value for name, value in data.items() if name in {"service", "set", "was", "attach", "detach"}}


def _amend(
    store: Store,
    case: LocalCase,
    kind: str,
    changes: dict[str, Any],
    extra: Mapping[str, Any],
    attach: Sequence[Attached],
    detach: Sequence[str],
) -> bool:
    """Into the last command. False where that has left, is something else, or is full of files."""
    last = case.last
    if last is None or last.state is not State.QUEUED or not types(last, case.service):
        return False
    old = last.data
    before, _ = lay_over(case.record.fields if case.record else {}, case.stage, case.waiting[:-1], case.service)
    data = old | dict(extra) | {"set": old.get("set", {}) | changes}
    data["was"] = _was(data["set"], before)
    here = {one["id"] for one in old.get("attach", ())}
    data["attach"] = [one for one in old.get("attach", ()) if one["id"] not in detach] + list(attach)
    data["detach"] = [*old.get("detach", ()), *(id_ for id_ in detach if id_ not in here)]
    if max(len(data["attach"]), len(data["detach"])) > MAX_ATTACH and not is_submit(last, case.service):
        return False
    data = _trimmed(data)
    if "action" not in data and not any(map(data.get, _CARRIES)) and (case.record or len(case.waiting) > 1):
        # Attached and taken away again before it left: nothing to say.
        store.outbox.settle(last)
    else:
        store.outbox.amend(last, "case.act" if "action" in data else kind, data, store.stamp())
    return True


def _add(
    store: Store,
    case: LocalCase,
    kind: str,
    changes: dict[str, Any],
    extra: Mapping[str, Any],
    attach: Sequence[Attached],
    detach: Sequence[str],
) -> None:
    """As a new command; as several where there are more files than one may carry, the deed with the last."""
    service = {"service": case.service.code} if case.record is None else {}
    loads = list(_loads(attach, detach))
    for some, gone in loads[:-1]:
        data = service | {"attach": some, "detach": gone}
        store.outbox.add("case.edit", case.id, _trimmed(data), store.stamp(), case.version)
    some, gone = loads[-1]
    data = {"set": changes, "was": _was(changes, case.expected)} | dict(extra) | service
    data |= {"attach": some, "detach": gone}
    store.outbox.add(kind, case.id, _trimmed(data), store.stamp(), case.version)


def _loads(attach: Sequence[Attached], detach: Sequence[str]) -> Iterator[tuple[list[Attached], list[str]]]:
    for start in range(0, max(len(attach), len(detach), 1), MAX_ATTACH):
        yield list(attach[start : start + MAX_ATTACH]), list(detach[start : start + MAX_ATTACH])


def _files_of(typed: Sequence[Entry], attach: Sequence[Attached], detach: Sequence[str]) -> list[Attached]:
    """The files that were refused together with something else, and these; without those that are taken away."""
    found = {one["id"]: one for e in typed for one in e.data.get("attach", ())}
    found |= {one["id"]: one for one in attach}
    return [one for id_, one in found.items() if id_ not in detach]


def _trimmed(data: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in data.items() if value or name not in {"attach", "detach"}}


def _was(changes: Mapping[str, Any], before: Mapping[str, Any]) -> dict[str, Any]:
    return {name: before[name] for name in changes if before.get(name) is not None}
